// Logs, filters, and what is watched: by polling over HTTP, by subscriptions over WebSocket.
import { createPublicClient, createWalletClient, webSocket } from "viem";
import NodeWebSocket from "ws";
import { eventually, headers, onAnvil, payee, settled, step, wsUrl } from "../flow.mjs";
import { abi, account, aggregate, box, chain, mined, PATIENCE, reader, write } from "./ground.mjs";

export async function logsAndFilters() {
  const event = abi.find(({ type }) => type === "event");
  const { hash } = await reader.getBlock({ blockNumber: 3n });
  const brief = (logs) =>
    logs.map(({ address, eventName, args, logIndex }) => ({ address, eventName, args, logIndex }));
  await step("logs", async () => brief(await reader.getLogs({ address: box, fromBlock: 0n, toBlock: "latest" })));
  await step("logs of a block", async () => brief(await reader.getLogs({ blockHash: hash })));
  await step("logs of an event", async () =>
    brief(
      await reader.getLogs({
        address: [box, aggregate],
        event,
        args: { by: [account.address, payee] },
        fromBlock: "earliest",
        strict: true,
      }),
    ),
  );
  await step("logs of several events", async () => brief(await reader.getLogs({ events: [event], fromBlock: 1n })));
  await step("events of a contract", async () =>
    brief(await reader.getContractEvents({ address: box, abi, eventName: "Stored", fromBlock: 0n })),
  );
  const filters = {
    event: await reader.createEventFilter({ address: box, event, args: { by: account.address }, fromBlock: 0n }),
    contract: await reader.createContractEventFilter({ address: box, abi, eventName: "Stored", strict: true }),
    block: await reader.createBlockFilter(),
    pending: await reader.createPendingTransactionFilter(),
  };
  await write(6n);
  await step("logs of a filter", async () => brief(await reader.getFilterLogs({ filter: filters.event })));
  for (const [name, filter] of Object.entries(filters)) {
    await step(`changes: ${name}`, () => eventually(async () => (await reader.getFilterChanges({ filter })).length));
    await step(`uninstalled: ${name}`, () => reader.uninstallFilter({ filter }));
  }
}

export async function watching(client, front) {
  const seen = { blocks: 0, numbers: 0, pending: 0, stored: [], logs: 0 };
  const stop = [
    client.watchBlocks({ includeTransactions: true, onBlock: () => (seen.blocks += 1) }),
    client.watchBlockNumber({ onBlockNumber: () => (seen.numbers += 1) }),
    client.watchPendingTransactions({ onTransactions: () => (seen.pending += 1) }),
    client.watchEvent({ address: box, onLogs: () => (seen.logs += 1) }),
    client.watchContractEvent({
      address: box,
      abi,
      eventName: "Stored",
      args: { by: account.address },
      onLogs: (logs) => seen.stored.push(...logs.map(({ args }) => args)),
    }),
  ];
  await settled();
  await write(45n);
  await eventually(() => seen.blocks && seen.numbers && seen.logs && seen.stored.length && (seen.pending || !onAnvil));
  stop.forEach((end) => end());
  await step(`${front}: watched`, () => seen.stored);
}

export async function overWebSocket() {
  globalThis.WebSocket = class extends NodeWebSocket {
    constructor(address, protocols) {
      super(address, protocols, { headers });
    }
  };
  const transport = webSocket(wsUrl, PATIENCE);
  const client = createPublicClient({ chain, transport });
  await step("ws: balance", () => client.getBalance({ address: payee }));
  await step("ws: retrieve", () => client.readContract({ address: box, abi, functionName: "retrieve" }));
  await watching(client, "ws");
  const sender = createWalletClient({ account, chain, transport });
  await step("ws: store", async () =>
    mined(await sender.writeContract({ address: box, abi, functionName: "store", args: [47n] })),
  );
  await step("ws: several at once", () =>
    Promise.all([
      client.getBalance({ address: payee }),
      client.getChainId(),
      client.getStorageAt({ address: box, slot: "0x0" }),
    ]),
  );
  (await transport({ chain }).value.getRpcClient()).close();
}
