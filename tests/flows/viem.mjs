// The ordinary flows of viem, over HTTP (one call each, then batched) and over WebSocket.
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  encodeFunctionData,
  hexToBytes,
  http,
  parseEther,
  publicActions,
  webSocket,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import NodeWebSocket from "ws";
import { contracts, emptyBlob, eventually, fails, headers, key, letter, onAnvil, payee, step, url, wsUrl } from "./flow.mjs";

const { box: BOX, multicall: MULTICALL } = contracts;
const { abi } = BOX;
const SLOT = `0x${"0".repeat(64)}`;
const ONE = `0x${"1".padStart(64, "0")}`;
const RETRIEVE = "0x2e64cec1";
const account = privateKeyToAccount(key);
/** What an empty blob needs of a KZG library. */
const kzg = { blobToKzgCommitment: () => hexToBytes(emptyBlob.commitment), computeBlobKzgProof: () => hexToBytes(emptyBlob.proof) };
/** A node that reads its first blob is slow. */
const PATIENCE = { timeout: 60_000 };
const transport = http(url, { fetchOptions: { headers }, ...PATIENCE });
const chain = await chainOf(transport);
const reader = createPublicClient({ chain, transport, pollingInterval: 100, cacheTime: 0 });
const wallet = createWalletClient({ account, chain, transport });
const told = ({ blockNumber, status, type, from, to, contractAddress, gasUsed, effectiveGasPrice, logs }) => ({
  blockNumber, status, type, from, to, contractAddress, gasUsed, effectiveGasPrice,
  logs: logs.map(({ address, topics, data, logIndex }) => ({ address, topics, data, logIndex })),
});
const mined = async (hash) => told(await reader.waitForTransactionReceipt({ hash }));
const write = async (value) => mined(await wallet.writeContract({ address: box, abi, functionName: "store", args: [value] }));

const box = await deploy(BOX, [7n]);
const aggregate = await deploy(MULTICALL);
chain.contracts = { multicall3: { address: aggregate } };
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

async function chainOf(transport) {
  const id = await createPublicClient({ transport }).getChainId();
  return defineChain({
    id,
    name: "the chain of the flows",
    nativeCurrency: { name: "ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
}

async function deploy({ abi, code }, args) {
  const receipt = await step("deployed", async () => mined(await wallet.deployContract({ abi, bytecode: code, args })));
  return receipt.contractAddress;
}

async function chainInformation() {
  await step("chain id", () => reader.getChainId());
  await step("block number", () => reader.getBlockNumber());
  await step("gas price", () => reader.getGasPrice());
  await step("priority fee", () => reader.estimateMaxPriorityFeePerGas());
  await step("fees", () => reader.estimateFeesPerGas());
  await step("blob fee", () => reader.getBlobBaseFee());
  await step("fee history", () => reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] }));
  await step("fee history of a block", () => reader.getFeeHistory({ blockCount: 1, rewardPercentiles: [], blockNumber: 1n }));
}

async function reads() {
  const head = await reader.getBlock();
  const at = [{}, { blockTag: "latest" }, { blockTag: "pending" }, { blockTag: "safe" }, { blockTag: "finalized" }, { blockTag: "earliest" }, { blockNumber: head.number }];
  await step("balances", () => Promise.all(at.map((block) => reader.getBalance({ address: payee, ...block }))));
  await step("nonces", () => Promise.all(at.map((block) => reader.getTransactionCount({ address: payee, ...block }))));
  await step("code", async () => (await reader.getCode({ address: box })) === BOX.deployed);
  await step("code at a block", async () => (await reader.getCode({ address: box, blockNumber: 0n })) ?? "none");
  await step("storage", () => reader.getStorageAt({ address: box, slot: "0x0" }));
  await step("storage of a word", () => reader.getStorageAt({ address: box, slot: SLOT, blockTag: "latest" }));
  await step("proof", () => reader.getProof({ address: box, storageKeys: [SLOT, ONE] }));
  await step("proof at a block", () => reader.getProof({ address: box, storageKeys: [], blockNumber: head.number }));
  await step("retrieve", () => reader.readContract({ address: box, abi, functionName: "retrieve" }));
  await step("retrieve at a block", () => reader.readContract({ address: box, abi, functionName: "retrieve", blockNumber: head.number }));
  await step("call", () => reader.call({ to: box, data: RETRIEVE }));
  await step("call with everything", () =>
    reader.call({ account: account.address, to: box, data: RETRIEVE, gas: 100_000n, maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1n, nonce: 2, value: 0n, accessList: [{ address: box, storageKeys: [SLOT] }] }),
  );
  await step("call with a gas price", () => reader.call({ account, to: box, data: RETRIEVE, gasPrice: 20_000_000_000n, blockTag: "pending" }));
  await step("call that creates", async () => (await reader.call({ data: MULTICALL.code })).data === MULTICALL.deployed);
  await step("deployless call", () => reader.call({ code: BOX.code + ONE.slice(2), data: RETRIEVE }));
  await step("deployless by a factory", () => reader.call({ factory: aggregate, factoryData: "0x82ad56cb" + "20".padStart(64, "0") + "".padStart(64, "0"), to: box, data: RETRIEVE }));
  await fails("fail", () => reader.readContract({ address: box, abi, functionName: "fail" }));
  await fails("simulated failure", () => reader.simulateContract({ account, address: box, abi, functionName: "fail" }));
  await step("simulated store", () => reader.simulateContract({ account, address: box, abi, functionName: "store", args: [1n] }).then(({ result }) => result ?? null));
  await step("estimate", () => reader.estimateGas({ account, to: payee, value: 1n }));
  await step("estimate with a state", () => reader.estimateGas({ account: payee, to: box, data: encodeFunctionData({ abi, functionName: "store", args: [3n] }), stateOverride: [{ address: payee, balance: parseEther("1") }] }));
  await step("estimate of a contract", () => reader.estimateContractGas({ account, address: box, abi, functionName: "store", args: [3n], blockTag: "latest" }));
  await step("access list", () => reader.createAccessList({ account, to: box, data: RETRIEVE }));
  await step("multicall", () => reader.multicall({ contracts: ["retrieve", "fail", "retrieve"].map((functionName) => ({ address: box, abi, functionName })) }).then((items) => items.map(({ status, result }) => ({ status, result }))));
  await step("deployless multicall", () => reader.multicall({ deployless: true, contracts: [{ address: box, abi, functionName: "retrieve" }] }));
}

async function writes() {
  await step("store", () => write(42n));
  await step("prepared", async () => {
    const request = await wallet.prepareTransactionRequest({ to: payee, value: 1n });
    const { type, gas, nonce, maxFeePerGas, maxPriorityFeePerGas } = request;
    return { type, gas, nonce, maxFeePerGas, maxPriorityFeePerGas };
  });
  await step("signed by itself", () => wallet.signMessage({ message: "a message" }));
  await step("message verified", async () => reader.verifyMessage({ address: account.address, message: "a message", signature: await wallet.signMessage({ message: "a message" }) }));
  const { domain, types, primaryType, message } = letter(chain.id, box);
  await step("typed data verified", async () =>
    reader.verifyTypedData({ address: box, domain, types, primaryType, message, signature: await wallet.signTypedData({ domain, types, primaryType, message }) }),
  );
}

async function transactions() {
  const send = (name, request) => step(name, async () => mined(await wallet.sendTransaction(request)));
  await send("legacy", { type: "legacy", to: payee, value: parseEther("0.01") });
  await send("eip-2930", { type: "eip2930", to: box, data: encodeFunctionData({ abi, functionName: "store", args: [5n] }), accessList: [{ address: box, storageKeys: [SLOT] }] });
  await send("eip-1559", { to: payee, value: 1n });
  const other = privateKeyToAccount(`0x${"42".repeat(32)}`);
  const authorization = await wallet.signAuthorization({ account: other, contractAddress: box });
  await send("eip-7702", { to: payee, gas: 200_000n, authorizationList: [authorization] });
  await step("delegation", () => reader.getDelegation({ address: other.address }));
  await step("estimate with an authorization", async () =>
    reader.estimateGas({ account, to: payee, authorizationList: [await wallet.signAuthorization({ account: other, contractAddress: aggregate, nonce: 1 })] }),
  );
  if (onAnvil) {
    await send("eip-4844", { to: payee, blobs: [emptyBlob.data], kzg, maxFeePerBlobGas: 1_000_000_000n });
  }
  const serialized = await wallet.signTransaction(await wallet.prepareTransactionRequest({ to: payee, value: 2n }));
  const hash = await reader.sendRawTransaction({ serializedTransaction: serialized });
  await step("sent as it is", () => mined(hash));
  await fails("sent twice", () => reader.sendRawTransaction({ serializedTransaction: serialized }));
  await step("sent and waited for", async () => {
    const serializedTransaction = await wallet.signTransaction(await wallet.prepareTransactionRequest({ to: payee, value: 3n }));
    return told(await reader.sendRawTransactionSync({ serializedTransaction }));
  });
  await step("transaction", async () => {
    const { type, to, value, nonce, blockNumber, transactionIndex } = await reader.getTransaction({ hash });
    return { type, to, value, nonce, blockNumber, transactionIndex };
  });
  await step("confirmations", () => reader.getTransactionConfirmations({ hash }));
  await step("receipt", async () => told(await reader.getTransactionReceipt({ hash })));
}

async function blocks() {
  const brief = ({ number, gasUsed, transactions }) => ({ number, gasUsed, transactions: transactions.map((item) => item.from ?? item) });
  const { hash } = await step("block", () => reader.getBlock({ blockNumber: 2n }));
  await step("block by hash", async () => brief(await reader.getBlock({ blockHash: hash })));
  await step("block with transactions", async () => brief(await reader.getBlock({ blockTag: "latest", includeTransactions: true })));
  await step("transactions of a block", () => Promise.all([reader.getBlockTransactionCount({ blockHash: hash }), reader.getBlockTransactionCount({ blockNumber: 2n }), reader.getBlockTransactionCount()]));
  await step("transaction by place", async () => [(await reader.getTransaction({ blockHash: hash, index: 0 })).nonce, (await reader.getTransaction({ blockNumber: 2n, index: 0 })).nonce, (await reader.getTransaction({ blockTag: "latest", index: 0 })).nonce]);
  await fails("a block that is not there", () => reader.getBlock({ blockNumber: 9_999_999n }));
}

async function logsAndFilters() {
  const event = abi.find(({ type }) => type === "event");
  const { hash } = await reader.getBlock({ blockNumber: 3n });
  const brief = (logs) => logs.map(({ address, eventName, args, logIndex }) => ({ address, eventName, args, logIndex }));
  await step("logs", async () => brief(await reader.getLogs({ address: box, fromBlock: 0n, toBlock: "latest" })));
  await step("logs of a block", async () => brief(await reader.getLogs({ blockHash: hash })));
  await step("logs of an event", async () => brief(await reader.getLogs({ address: [box, aggregate], event, args: { by: [account.address, payee] }, fromBlock: "earliest", strict: true })));
  await step("logs of several events", async () => brief(await reader.getLogs({ events: [event], fromBlock: 1n })));
  await step("events of a contract", async () => brief(await reader.getContractEvents({ address: box, abi, eventName: "Stored", fromBlock: 0n })));
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

async function simulations() {
  const state = [{ address: box, stateDiff: [{ slot: SLOT, value: ONE }] }];
  const whole = [{ address: payee, balance: parseEther("2"), nonce: 3, code: BOX.deployed, state: [{ slot: SLOT, value: ONE }] }];
  await step("call with another state", () => reader.call({ to: box, data: RETRIEVE, stateOverride: state }));
  await step("call with another account", () => reader.readContract({ address: payee, abi, functionName: "retrieve", stateOverride: whole }));
  await step("call in another block", () => reader.call({ to: box, data: RETRIEVE, blockOverrides: { number: 100n, time: 9_999_999_999n, gasLimit: 20_000_000n, baseFeePerGas: 0n } }));
  await step("blocks simulated", async () => {
    const number = (await reader.getBlockNumber()) + 1n;
    const blocks = await reader.simulateBlocks({
      blocks: [
        { blockOverrides: { number, baseFeePerGas: 10n }, calls: [{ account, to: box, abi, functionName: "store", args: [9n] }, { to: box, abi, functionName: "retrieve" }], stateOverrides: [{ address: account.address, balance: parseEther("9") }] },
        { calls: [{ account, to: payee, value: 1n }] },
      ],
      traceTransfers: true,
    });
    return blocks.map(({ number, calls }) => ({ number, calls: calls.map(({ status, gasUsed, result, logs }) => ({ status, gasUsed, result, logs: logs?.length })) }));
  });
  await step("calls simulated", async () => {
    const { results } = await reader.simulateCalls({ account: account.address, calls: [{ to: payee, value: 1n }, { to: box, abi, functionName: "retrieve" }] });
    return results.map(({ status, result, gasUsed }) => ({ status, result, gasUsed }));
  });
  // Its calls that create say nothing of `to`, which anvil does not take there.
  if (!onAnvil) {
    await step("calls simulated with assets", async () => {
      const { results, assetChanges } = await reader.simulateCalls({ account: account.address, calls: [{ to: payee, value: 1n }], traceAssetChanges: true });
      return { status: results.map(({ status }) => status), assetChanges };
    });
  }
}

async function watching(client, front) {
  const seen = { blocks: 0, numbers: 0, pending: 0, stored: [], logs: 0 };
  const stop = [
    client.watchBlocks({ includeTransactions: true, onBlock: () => (seen.blocks += 1) }),
    client.watchBlockNumber({ onBlockNumber: () => (seen.numbers += 1) }),
    client.watchPendingTransactions({ onTransactions: () => (seen.pending += 1) }),
    client.watchEvent({ address: box, onLogs: () => (seen.logs += 1) }),
    client.watchContractEvent({ address: box, abi, eventName: "Stored", args: { by: account.address }, onLogs: (logs) => seen.stored.push(...logs.map(({ args }) => args)) }),
  ];
  await new Promise((resolve) => setTimeout(resolve, 600));
  await write(45n);
  await eventually(() => seen.blocks && seen.numbers && seen.logs && seen.stored.length && (seen.pending || !onAnvil));
  stop.forEach((end) => end());
  await step(`${front}: watched`, () => seen.stored);
}

/** viem's own batches: of JSON-RPC, and of calls into one multicall. */
async function batched() {
  const client = createPublicClient({ chain, transport: http(url, { fetchOptions: { headers }, batch: true, ...PATIENCE }), batch: { multicall: true } });
  await step("batch", () => Promise.all([client.getBalance({ address: payee }), client.getChainId(), client.getCode({ address: aggregate }).then((code) => code.length)]));
  await step("batch of one", () => client.getBalance({ address: payee }));
  await step("batch with failures", async () => {
    const settled = await Promise.allSettled([client.getBalance({ address: payee }), client.estimateGas({ to: box, data: "0xa9cc4718" }), client.getChainId()]);
    return settled.map(({ status }) => status);
  });
  await step("calls batched into one", () => Promise.all(["retrieve", "retrieve"].map((functionName) => client.readContract({ address: box, abi, functionName }))));
}

/** The node holds the key, as browsers' wallets do. */
async function nodeSigns() {
  const [, , , from] = await step("accounts", () => createWalletClient({ chain, transport }).getAddresses());
  const signer = createWalletClient({ account: from, chain, transport });
  await step("accounts asked for", () => signer.requestAddresses());
  await step("sent by the node", async () => mined(await signer.sendTransaction({ to: payee, value: 3n })));
  await step("stored by the node", async () => mined(await signer.writeContract({ address: box, abi, functionName: "store", args: [46n] })));
  await step("deployed by the node", async () => mined(await signer.deployContract({ abi, bytecode: BOX.code, args: [8n] })));
  await step("legacy by the node", async () => mined(await signer.sendTransaction({ type: "legacy", to: payee, value: 1n, gasPrice: 20_000_000_000n, gas: 21_000n })));
  await step("with an access list by the node", async () => mined(await signer.sendTransaction({ to: box, data: RETRIEVE, accessList: [{ address: box, storageKeys: [SLOT] }] })));
  await step("personal_sign", () => signer.signMessage({ message: "a message with ümlauts" }));
  await step("personal_sign of bytes", () => signer.signMessage({ message: { raw: "0x00ff" } }));
  const { domain, types, primaryType, message } = letter(chain.id, box);
  await step("typed data", () => signer.signTypedData({ domain, types, primaryType, message }));
  await step("signed by the node", async () => (await signer.signTransaction({ to: payee, value: 1n, gas: 21_000n, maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1n, nonce: 16, type: "eip1559" })).length);
}

async function pool() {
  const test = createTestClient({ chain, mode: "anvil", transport }).extend(publicActions);
  await step("txpool status", () => test.getTxpoolStatus());
  await step("txpool content", () => test.getTxpoolContent());
  await step("txpool inspection", () => test.inspectTxpool());
}

async function overWebSocket() {
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
  await step("ws: store", async () => mined(await sender.writeContract({ address: box, abi, functionName: "store", args: [47n] })));
  await step("ws: several at once", () => Promise.all([client.getBalance({ address: payee }), client.getChainId(), client.getStorageAt({ address: box, slot: "0x0" })]));
  (await transport({ chain }).value.getRpcClient()).close();
}
