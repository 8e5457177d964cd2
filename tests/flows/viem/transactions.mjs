// What is signed here and sent, and what becomes of it.
import { encodeFunctionData, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { emptyBlob, fails, letter, onAnvil, payee, step } from "../flow.mjs";
import { abi, account, aggregate, box, chain, kzg, mined, reader, SLOT, told, wallet, write } from "./ground.mjs";

export async function writes() {
  await step("store", () => write(42n));
  await step("prepared", async () => {
    const request = await wallet.prepareTransactionRequest({ to: payee, value: 1n });
    const { type, gas, nonce, maxFeePerGas, maxPriorityFeePerGas } = request;
    return { type, gas, nonce, maxFeePerGas, maxPriorityFeePerGas };
  });
  await step("signed by itself", () => wallet.signMessage({ message: "a message" }));
  await step("message verified", async () =>
    reader.verifyMessage({
      address: account.address,
      message: "a message",
      signature: await wallet.signMessage({ message: "a message" }),
    }),
  );
  const { domain, types, primaryType, message } = letter(chain.id, box);
  await step("typed data verified", async () =>
    reader.verifyTypedData({
      address: box,
      domain,
      types,
      primaryType,
      message,
      signature: await wallet.signTypedData({ domain, types, primaryType, message }),
    }),
  );
}

export async function transactions() {
  const send = (name, request) => step(name, async () => mined(await wallet.sendTransaction(request)));
  await send("legacy", { type: "legacy", to: payee, value: parseEther("0.01") });
  await send("eip-2930", {
    type: "eip2930",
    to: box,
    data: encodeFunctionData({ abi, functionName: "store", args: [5n] }),
    accessList: [{ address: box, storageKeys: [SLOT] }],
  });
  await send("eip-1559", { to: payee, value: 1n });
  const other = privateKeyToAccount(`0x${"42".repeat(32)}`);
  const authorization = await wallet.signAuthorization({ account: other, contractAddress: box });
  await send("eip-7702", { to: payee, gas: 200_000n, authorizationList: [authorization] });
  await step("delegation", () => reader.getDelegation({ address: other.address }));
  await step("estimate with an authorization", async () =>
    reader.estimateGas({
      account,
      to: payee,
      authorizationList: [await wallet.signAuthorization({ account: other, contractAddress: aggregate, nonce: 1 })],
    }),
  );
  if (onAnvil) {
    await send("eip-4844", { to: payee, blobs: [emptyBlob.data], kzg, maxFeePerBlobGas: 1_000_000_000n });
  }
  const serialized = await wallet.signTransaction(await wallet.prepareTransactionRequest({ to: payee, value: 2n }));
  const hash = await reader.sendRawTransaction({ serializedTransaction: serialized });
  await step("sent as it is", () => mined(hash));
  await fails("sent twice", () => reader.sendRawTransaction({ serializedTransaction: serialized }));
  await step("sent and waited for", async () => {
    const serializedTransaction = await wallet.signTransaction(
      await wallet.prepareTransactionRequest({ to: payee, value: 3n }),
    );
    return told(await reader.sendRawTransactionSync({ serializedTransaction }));
  });
  await step("transaction", async () => {
    const { type, to, value, nonce, blockNumber, transactionIndex } = await reader.getTransaction({ hash });
    return { type, to, value, nonce, blockNumber, transactionIndex };
  });
  await step("confirmations", () => reader.getTransactionConfirmations({ hash }));
  await step("receipt", async () => told(await reader.getTransactionReceipt({ hash })));
}

export async function blocks() {
  const brief = ({ number, gasUsed, transactions }) => ({
    number,
    gasUsed,
    transactions: transactions.map((item) => item.from ?? item),
  });
  const { hash } = await step("block", () => reader.getBlock({ blockNumber: 2n }));
  await step("block by hash", async () => brief(await reader.getBlock({ blockHash: hash })));
  await step("block with transactions", async () =>
    brief(await reader.getBlock({ blockTag: "latest", includeTransactions: true })),
  );
  await step("transactions of a block", () =>
    Promise.all([
      reader.getBlockTransactionCount({ blockHash: hash }),
      reader.getBlockTransactionCount({ blockNumber: 2n }),
      reader.getBlockTransactionCount(),
    ]),
  );
  await step("transaction by place", async () => [
    (await reader.getTransaction({ blockHash: hash, index: 0 })).nonce,
    (await reader.getTransaction({ blockNumber: 2n, index: 0 })).nonce,
    (await reader.getTransaction({ blockTag: "latest", index: 0 })).nonce,
  ]);
  await fails("a block that is not there", () => reader.getBlock({ blockNumber: 9_999_999n }));
}
