// What only a development node serves: signatures with its keys, and its pool.
import { createTestClient, createWalletClient, publicActions } from "viem";
import { letter, payee, step } from "../flow.mjs";
import { abi, BOX, box, chain, mined, RETRIEVE, SLOT, transport } from "./ground.mjs";

/** The node holds the key, as browsers' wallets do. */
export async function nodeSigns() {
  const [, , , from] = await step("accounts", () => createWalletClient({ chain, transport }).getAddresses());
  const signer = createWalletClient({ account: from, chain, transport });
  await step("accounts asked for", () => signer.requestAddresses());
  await step("sent by the node", async () => mined(await signer.sendTransaction({ to: payee, value: 3n })));
  await step("stored by the node", async () =>
    mined(await signer.writeContract({ address: box, abi, functionName: "store", args: [46n] })),
  );
  await step("deployed by the node", async () =>
    mined(await signer.deployContract({ abi, bytecode: BOX.code, args: [8n] })),
  );
  await step("legacy by the node", async () =>
    mined(
      await signer.sendTransaction({ type: "legacy", to: payee, value: 1n, gasPrice: 20_000_000_000n, gas: 21_000n }),
    ),
  );
  await step("with an access list by the node", async () =>
    mined(
      await signer.sendTransaction({ to: box, data: RETRIEVE, accessList: [{ address: box, storageKeys: [SLOT] }] }),
    ),
  );
  await step("personal_sign", () => signer.signMessage({ message: "a message with ümlauts" }));
  await step("personal_sign of bytes", () => signer.signMessage({ message: { raw: "0x00ff" } }));
  const { domain, types, primaryType, message } = letter(chain.id, box);
  await step("typed data", () => signer.signTypedData({ domain, types, primaryType, message }));
  await step(
    "signed by the node",
    async () =>
      (
        await signer.signTransaction({
          to: payee,
          value: 1n,
          gas: 21_000n,
          maxFeePerGas: 20_000_000_000n,
          maxPriorityFeePerGas: 1n,
          nonce: 16,
          type: "eip1559",
        })
      ).length,
  );
}

export async function pool() {
  const test = createTestClient({ chain, mode: "anvil", transport }).extend(publicActions);
  await step("txpool status", () => test.getTxpoolStatus());
  await step("txpool content", () => test.getTxpoolContent());
  await step("txpool inspection", () => test.inspectTxpool());
}
