// The ordinary flows of viem, over HTTP (one call each, then batched) and over WebSocket.
import { onAnvil } from "../flow.mjs";
import { logsAndFilters, overWebSocket, watching } from "./events.mjs";
import { reader } from "./ground.mjs";
import { nodeSigns, pool } from "./node.mjs";
import { batched, chainInformation, reads, simulations } from "./reads.mjs";
import { blocks, transactions, writes } from "./transactions.mjs";

await chainInformation();
await reads();
await writes();
await transactions();
await blocks();
await logsAndFilters();
await simulations();
await watching(reader, "polled");
await batched();
if (onAnvil) {
  await nodeSigns();
  await pool();
}
await overWebSocket();
