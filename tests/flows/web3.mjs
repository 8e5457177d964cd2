// The ordinary flows of web3.js, over HTTP and then over WebSocket.
import { HttpProvider, Web3, WebSocketProvider } from "web3";
import {
  contracts,
  eventually,
  fails,
  headers,
  key,
  letter,
  onAnvil,
  payee,
  settled,
  step,
  url,
  wsUrl,
} from "./flow.mjs";

const { box: BOX, multicall: MULTICALL } = contracts;
const SLOT = `0x${"0".repeat(64)}`;
const RETRIEVE = "0x2e64cec1";
const told = ({ blockNumber, status, type, from, to, contractAddress, gasUsed, effectiveGasPrice, logs }) => ({
  blockNumber,
  status,
  type,
  from,
  to,
  contractAddress,
  gasUsed,
  effectiveGasPrice,
  logs: logs.map(({ address, topics, data, logIndex }) => ({ address, topics, data, logIndex })),
});

const web3 = connected(new HttpProvider(url, { providerOptions: { headers } }));
const [account] = web3.eth.accounts.wallet.add(key);
const box = await deployed(BOX, [7]);
const aggregate = await deployed(MULTICALL, []);
await chainInformation();
await reads();
await transactions();
await blocksAndLogs();
await filters();
await batch();
if (onAnvil) await nodeSigns();
await overWebSocket();
// Timers of its own keep it from ending by itself.
process.exit(0);

function connected(provider) {
  const web3 = new Web3(provider);
  web3.eth.transactionPollingInterval = 100;
  return web3;
}

async function deployed({ abi, code }, args) {
  const contract = new web3.eth.Contract(abi);
  const deployment = contract.deploy({ data: code, arguments: args });
  const gas = await step("estimate of a deployment", () => deployment.estimateGas({ from: account.address }));
  const made = await deployment.send({ from: account.address, gas: String(gas) });
  await step("deployed", async () => ({
    address: made.options.address,
    length: (await web3.eth.getCode(made.options.address)).length,
  }));
  return made;
}

async function chainInformation() {
  await step("chain id", () => web3.eth.getChainId());
  await step("network id", () => web3.eth.net.getId());
  await step("block number", () => web3.eth.getBlockNumber());
  await step("syncing", () => web3.eth.isSyncing());
  await step("gas price", () => web3.eth.getGasPrice());
  await step("priority fee", () => web3.eth.getMaxPriorityFeePerGas());
  await step("fee data", () => web3.eth.calculateFeeData());
  await step("fee history", () => web3.eth.getFeeHistory(3, "latest", [10, 90]));
  await step("client", async () => typeof (await web3.eth.getNodeInfo()));
  if (onAnvil) await step("coinbase", async () => (await web3.eth.getCoinbase()).length);
}

async function reads() {
  const { hash, number } = await web3.eth.getBlock("latest");
  const tags = [undefined, "latest", "pending", "safe", "finalized", "earliest", number];
  await step("balances", () => Promise.all(tags.map((tag) => web3.eth.getBalance(payee, tag))));
  await step("nonces", () => Promise.all(tags.map((tag) => web3.eth.getTransactionCount(account.address, tag))));
  await step("code at a block", () => web3.eth.getCode(box.options.address, "earliest"));
  await step("storage", () => web3.eth.getStorageAt(box.options.address, 0));
  await step("storage of a word", () => web3.eth.getStorageAt(box.options.address, SLOT, number));
  await step("proof", () => web3.eth.getProof(box.options.address, [SLOT], "latest"));
  await step("retrieve", () => box.methods.retrieve().call());
  await step("retrieve from somebody at a block", () => box.methods.retrieve().call({ from: payee }, number));
  await step("call", () => web3.eth.call({ to: box.options.address, data: RETRIEVE }));
  await step("call with input", () =>
    web3.eth.call(
      { to: box.options.address, input: RETRIEVE, from: account.address, gas: 100_000, gasPrice: "0x4a817c800" },
      "pending",
    ),
  );
  await fails("fail", () => box.methods.fail().call());
  await fails("estimate of a failure", () => box.methods.fail().estimateGas());
  await step("estimate", () => box.methods.store(1).estimateGas({ from: account.address }));
  await step("estimate of a payment", () =>
    web3.eth.estimateGas({ from: account.address, to: payee, value: 1 }, "latest"),
  );
  await step("access list", () =>
    web3.eth.createAccessList({ from: account.address, to: box.options.address, data: RETRIEVE }),
  );
  await step("access list of a method", () => box.methods.store(3).createAccessList({ from: account.address }));
  const item = (callData, allowFailure) => ({ target: box.options.address, allowFailure, callData });
  await step("multicall", () => aggregate.methods.aggregate3([item(RETRIEVE, false), item("0xa9cc4718", true)]).call());
  await step("a block by hash", async () => (await web3.eth.getBlock(hash)).number);
}

async function transactions() {
  const send = (name, request) =>
    step(name, async () => told(await web3.eth.sendTransaction({ from: account.address, ...request })));
  await step("store", async () => told(await box.methods.store(42).send({ from: account.address })));
  await send("legacy", {
    type: 0,
    to: payee,
    value: web3.utils.toWei("0.01", "ether"),
    gas: 21_000,
    gasPrice: 20_000_000_000n,
  });
  await send("eip-2930", {
    type: 1,
    to: box.options.address,
    data: box.methods.store(1).encodeABI(),
    gas: 100_000,
    gasPrice: 20_000_000_000n,
    accessList: [{ address: box.options.address, storageKeys: [SLOT] }],
  });
  await send("eip-1559", { to: payee, value: 1 });
  const signed = await web3.eth.accounts.signTransaction(
    {
      from: account.address,
      to: payee,
      value: 2,
      gas: 21_000,
      maxFeePerGas: 20_000_000_000n,
      maxPriorityFeePerGas: 1n,
      nonce: await web3.eth.getTransactionCount(account.address),
    },
    key,
  );
  await step("signed apart", async () => told(await web3.eth.sendSignedTransaction(signed.rawTransaction)));
  await fails("sent twice", () => web3.eth.sendSignedTransaction(signed.rawTransaction));
  await step("transaction", async () => {
    const { type, to, value, nonce, blockNumber } = await web3.eth.getTransaction(signed.transactionHash);
    return { type, to, value, nonce, blockNumber };
  });
  await step("receipt", async () => told(await web3.eth.getTransactionReceipt(signed.transactionHash)));
}

async function blocksAndLogs() {
  const brief = ({ number, gasUsed, transactions }) => ({
    number,
    gasUsed,
    transactions: transactions.map((item) => item.from ?? item),
  });
  const { hash } = await step("block", () => web3.eth.getBlock(3));
  await step("block with transactions", async () => brief(await web3.eth.getBlock(hash, true)));
  await step("transactions of a block", () =>
    Promise.all([web3.eth.getBlockTransactionCount(hash), web3.eth.getBlockTransactionCount(3)]),
  );
  await step("uncles of a block", () =>
    Promise.all([web3.eth.getBlockUncleCount(hash), web3.eth.getBlockUncleCount("latest")]),
  );
  await step("transactions by place", async () => [
    (await web3.eth.getTransactionFromBlock(hash, 0)).nonce,
    (await web3.eth.getTransactionFromBlock(3, 0)).nonce,
  ]);
  const logs = (found) => found.map(({ address, topics, data }) => ({ address, topics, data }));
  await step("logs", async () =>
    logs(await web3.eth.getPastLogs({ address: box.options.address, fromBlock: "earliest", toBlock: "latest" })),
  );
  await step("logs of a block", async () => logs(await web3.eth.getPastLogs({ blockHash: hash })));
  await step("logs by topics", async () =>
    logs(
      await web3.eth.getPastLogs({
        fromBlock: 0,
        topics: [null, [`0x${account.address.slice(2).toLowerCase().padStart(64, "0")}`]],
      }),
    ),
  );
  const told = (found) => found.map(({ event, returnValues }) => [event, returnValues.value]);
  await step("events", async () =>
    told(await box.getPastEvents("Stored", { fromBlock: 0, toBlock: "latest", filter: { by: account.address } })),
  );
  await step("all events", async () => told(await box.getPastEvents("allEvents", { fromBlock: "earliest" })));
}

/** web3.js has no functions for filters over HTTP: applications ask for them as they are. */
async function filters() {
  const ask = (method, params) => web3.requestManager.send({ method, params });
  const logs = await ask("eth_newFilter", [{ address: box.options.address, fromBlock: "earliest", toBlock: "latest" }]);
  const blocks = await ask("eth_newBlockFilter", []);
  const pending = await ask("eth_newPendingTransactionFilter", []);
  await box.methods.store(43).send({ from: account.address });
  await step("logs of a filter", async () => (await ask("eth_getFilterLogs", [logs])).length);
  for (const filter of [logs, blocks, pending]) {
    await step("changes", () => eventually(async () => (await ask("eth_getFilterChanges", [filter])).length));
    await step("uninstalled", () => ask("eth_uninstallFilter", [filter]));
  }
}

async function batch() {
  const batch = new web3.BatchRequest();
  const requests = [
    { jsonrpc: "2.0", id: 1, method: "eth_getBalance", params: [payee, "latest"] },
    { jsonrpc: "2.0", id: 2, method: "eth_call", params: [{ to: box.options.address, data: RETRIEVE }, "latest"] },
    { jsonrpc: "2.0", id: 3, method: "eth_chainId", params: [] },
  ].map((request) => batch.add(request));
  await step("batch", async () => {
    await batch.execute();
    return Promise.all(requests);
  });
}

/** The node holds the key, as browsers' wallets do. */
async function nodeSigns() {
  const from = (await step("accounts", () => web3.eth.getAccounts()))[3];
  await step("requested accounts", async () => (await web3.eth.requestAccounts()).length);
  await step("sent by the node", async () => told(await web3.eth.sendTransaction({ from, to: payee, value: 3 })));
  await step("stored by the node", async () => told(await box.methods.store(44).send({ from })));
  await step(
    "deployed by the node",
    async () =>
      (await new web3.eth.Contract(BOX.abi).deploy({ data: BOX.code, arguments: [8] }).send({ from })).options.address,
  );
  await step("eth_sign", () => web3.eth.sign(web3.utils.utf8ToHex("a message"), from));
  // It sends a password always, which anvil does not take.
  await fails("personal_sign", () => web3.eth.personal.sign("a message with ümlauts", from, ""));
  const { types, ...rest } = letter(await web3.eth.getChainId(), box.options.address);
  const domain = [
    ["name", "string"],
    ["version", "string"],
    ["chainId", "uint256"],
    ["verifyingContract", "address"],
  ].map(([name, type]) => ({ name, type }));
  await step("typed data", () =>
    web3.eth.signTypedData(from, { types: { EIP712Domain: domain, ...types }, ...rest }, false),
  );
  await step(
    "signed by the node",
    async () =>
      (await web3.eth.signTransaction({ from, to: payee, value: 1, gas: 21_000, gasPrice: 20_000_000_000n, nonce: 16 }))
        .raw.length,
  );
}

async function overWebSocket() {
  const provider = new WebSocketProvider(wsUrl, { headers });
  const ws = connected(provider);
  ws.eth.accounts.wallet.add(key);
  const watched = new ws.eth.Contract(BOX.abi, box.options.address);
  const seen = { heads: 0, pending: 0, logs: 0, stored: [] };
  const heads = await ws.eth.subscribe("newHeads");
  heads.on("data", () => (seen.heads += 1));
  const pending = await ws.eth.subscribe("pendingTransactions");
  pending.on("data", () => (seen.pending += 1));
  const logs = await ws.eth.subscribe("logs", { address: box.options.address });
  logs.on("data", () => (seen.logs += 1));
  watched.events
    .Stored({ filter: { by: account.address } })
    .on("data", ({ returnValues }) => seen.stored.push(returnValues.value));
  await settled();
  await step("ws: block number", async () => typeof (await ws.eth.getBlockNumber()));
  await step("ws: retrieve", () => watched.methods.retrieve().call());
  await step("ws: store", async () => told(await watched.methods.store(45).send({ from: account.address })));
  await eventually(() => seen.heads && seen.pending && seen.logs && seen.stored.length);
  await step("ws: watched", () => seen.stored);
  await heads.unsubscribe();
  await ws.eth.clearSubscriptions();
  await step("ws: several at once", () =>
    Promise.all([ws.eth.getBalance(payee), ws.eth.getChainId(), watched.methods.retrieve().call()]),
  );
  provider.disconnect();
}
