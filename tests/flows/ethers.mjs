// The ordinary flows of ethers.js, over HTTP and then over WebSocket.
import {
  Contract,
  ContractFactory,
  FetchRequest,
  JsonRpcProvider,
  Transaction,
  Wallet,
  WebSocketProvider,
  parseEther,
  toQuantity,
} from "ethers";
import WebSocket from "ws";
import {
  contracts,
  emptyBlob,
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
/** Legible forms of what ethers wraps in classes. */
const plain = (value) => JSON.parse(JSON.stringify(value));
const told = ({ blockNumber, status, type, from, to, contractAddress, gasUsed, gasPrice, logs }) => ({
  blockNumber,
  status,
  type,
  from,
  to,
  contractAddress,
  gasUsed,
  gasPrice,
  logs: logs.map(({ address, topics, data, index }) => ({ address, topics, data, index })),
});

const request = new FetchRequest(url);
for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
// Without its cache of a quarter of a second, which is longer than a step takes.
const http = new JsonRpcProvider(request, undefined, { pollingInterval: 100, cacheTimeout: -1 });
const wallet = new Wallet(key, http);
const box = await everything();
http.destroy();
await overWebSocket(box);

async function everything() {
  const { chainId } = await step("network", async () => ({ chainId: (await http.getNetwork()).chainId }));
  await step("block number", () => http.getBlockNumber());
  await step("fee data", async () => plain(await http.getFeeData()));
  await step("balances", () => balances());

  const box = await deploy();
  await reads(box);
  const stored = await step("store", async () => told(await (await box.store(42)).wait()));
  await logs(box, stored);
  await transactions(chainId, box);
  await blocks(stored.blockNumber);
  await batch(box);
  await multicall(box);
  await filters(box);
  await further(chainId, box);
  if (onAnvil) await nodeSigns(chainId, box);
  return box;
}

/** At every kind of block. */
async function balances() {
  const tags = ["earliest", "latest", "pending", "safe", "finalized", 0];
  return Promise.all(tags.map((tag) => http.getBalance(payee, tag)));
}

async function deploy() {
  const factory = new ContractFactory(BOX.abi, BOX.code, wallet);
  const box = await factory.deploy(7);
  await step("deployed", async () => told(await box.deploymentTransaction().wait()));
  await step("code", async () => (await box.getDeployedCode()) === BOX.deployed);
  return box;
}

async function reads(box) {
  const head = await http.getBlock("latest");
  await step("retrieve", () => box.retrieve());
  for (const blockTag of ["latest", "pending", head.number, head.hash]) {
    await step(`retrieve at ${typeof blockTag} ${String(blockTag).length}`, () => box.retrieve({ blockTag }));
  }
  await step("retrieve from somebody", () => box.connect(http).retrieve({ from: payee }));
  await step("retrieve with everything", () =>
    http.call({
      to: box,
      from: wallet,
      data: "0x2e64cec1",
      gasLimit: 100_000,
      maxFeePerGas: parseEther("0.00000002"),
      maxPriorityFeePerGas: 1,
      value: 0,
    }),
  );
  await step("call with a gas price and an access list", () =>
    http.call({
      to: box,
      from: wallet,
      data: "0x2e64cec1",
      gasPrice: parseEther("0.00000002"),
      accessList: { [box.target]: [`0x${"0".repeat(64)}`] },
    }),
  );
  await fails("fail", () => box.fail());
  await fails("estimate of a failure", () => http.estimateGas({ to: box, data: "0xa9cc4718" }));
  await step("estimate", () => box.store.estimateGas(1));
  await step("estimate at a block", () => http.estimateGas({ to: payee, value: 1, from: wallet, blockTag: "latest" }));
  await step("storage", () => http.getStorage(box, 0));
  await step("storage at a block", () => http.getStorage(box, 0n, head.number));
  await step("nonce", () =>
    Promise.all(["latest", "pending", head.hash].map((tag) => http.getTransactionCount(wallet, tag))),
  );
  await step("code at a block", async () => (await http.getCode(box, head.number)).length);
}

async function logs(box, { blockNumber }) {
  const { hash } = await http.getBlock(blockNumber);
  const brief = (found) => found.map(({ address, topics, data }) => ({ address, topics, data }));
  await step("events by name", async () => brief(await box.queryFilter("Stored")));
  await step("events by topic", async () => brief(await box.queryFilter(box.filters.Stored(wallet), 0, "latest")));
  await step("logs of a block", async () =>
    brief(await http.getLogs({ blockHash: hash, address: await box.getAddress() })),
  );
  await step("logs of a range", async () => brief(await http.getLogs({ fromBlock: 0, toBlock: blockNumber })));
  await step("logs of several addresses and topics", async () =>
    brief(
      await http.getLogs({
        fromBlock: "earliest",
        address: [payee, await box.getAddress()],
        topics: [[box.interface.getEvent("Stored").topicHash, `0x${"1".repeat(64)}`], null],
      }),
    ),
  );
}

/** Of every type, signed here. */
async function transactions(chainId, box) {
  const send = (name, request) => step(name, async () => told(await (await wallet.sendTransaction(request)).wait()));
  await send("legacy", { type: 0, to: payee, value: parseEther("0.01") });
  await send("eip-2930", {
    type: 1,
    to: box,
    data: box.interface.encodeFunctionData("store", [1]),
    accessList: [{ address: await box.getAddress(), storageKeys: [`0x${"0".repeat(64)}`] }],
  });
  await send("eip-1559", { to: payee, value: 1 });
  await send("a creation", { data: MULTICALL.code });
  const authorization = await new Wallet(`0x${"42".repeat(32)}`, http).authorize({
    address: await box.getAddress(),
    chainId,
  });
  await send("eip-7702", { type: 4, to: payee, value: 0, gasLimit: 200_000, authorizationList: [authorization] });
  await step("delegated code", () => http.getCode(new Wallet(`0x${"42".repeat(32)}`)));
  const blob = { data: emptyBlob.data, commitment: emptyBlob.commitment, proof: emptyBlob.cellProofs };
  await send("eip-4844", { type: 3, to: payee, maxFeePerBlobGas: 1_000_000_000, blobs: [blob], blobWrapperVersion: 1 });
  const signed = await wallet.signTransaction(await wallet.populateTransaction({ to: payee, value: 2 }));
  await step("broadcast", async () => told(await (await http.broadcastTransaction(signed)).wait()));
  await fails("broadcast twice", () => http.broadcastTransaction(signed));
  await step("a transaction found again", async () => {
    const { type, to, value, nonce, blockNumber } = await http.getTransaction(Transaction.from(signed).hash);
    return { type, to, value, nonce, blockNumber };
  });
  await step("result of a transaction", async () =>
    told(await http.waitForTransaction(Transaction.from(signed).hash, 1, 5000)),
  );
}

async function blocks(number) {
  const brief = ({ number, gasUsed, transactions, prefetched }) => ({ number, gasUsed, transactions, prefetched });
  await step("block", async () => brief(plain(await http.getBlock(number))));
  await step("block with transactions", async () => {
    const block = await http.getBlock((await http.getBlock(number)).hash, true);
    return { length: block.length, from: block.prefetchedTransactions.map(({ from }) => from) };
  });
  await step("blocks that are not there", () =>
    Promise.all([http.getBlock(9_999_999), http.getTransaction(`0x${"9".repeat(64)}`)]),
  );
}

/** What is asked at once, ethers sends as one batch. */
async function batch(box) {
  await step("batch", () =>
    Promise.all([
      http.getBlockNumber(),
      http.getBalance(payee),
      box.retrieve(),
      http.getCode(payee),
      http.send("eth_chainId", []),
    ]),
  );
  await step("batch with failures", async () => {
    const outcomes = await Promise.allSettled([
      http.getBlockNumber(),
      box.fail(),
      http.estimateGas({ to: box, data: "0xa9cc4718" }),
      box.retrieve(),
    ]);
    return outcomes.map(({ status }) => status);
  });
}

async function multicall(box) {
  const multicall = await (
    await new ContractFactory(MULTICALL.abi, MULTICALL.code, wallet).deploy()
  ).waitForDeployment();
  const retrieve = { target: box, allowFailure: false, callData: "0x2e64cec1" };
  const fail = { target: box, allowFailure: true, callData: "0xa9cc4718" };
  await step("multicall", async () =>
    (await multicall.aggregate3.staticCall([retrieve, fail, retrieve])).toArray().map((item) => item.toArray()),
  );
}

async function filters(box) {
  const seen = { blocks: 0, pending: 0, stored: [] };
  await http.on("block", () => (seen.blocks += 1));
  await http.on("pending", () => (seen.pending += 1));
  await box.on("Stored", (by, value) => seen.stored.push([by, value]));
  await settled();
  await (await box.store(43)).wait();
  await eventually(() => seen.blocks > 0 && seen.stored.length > 0 && (seen.pending > 0 || !onAnvil));
  await box.removeAllListeners();
  await http.removeAllListeners();
  await step("listened", () => seen.stored);
  const id = await http.send("eth_newFilter", [{ address: await box.getAddress(), fromBlock: "0x0" }]);
  await (await box.store(44)).wait();
  await step("logs of a filter", async () => (await http.send("eth_getFilterLogs", [id])).length);
  await step("changes of a filter", async () => (await http.send("eth_getFilterChanges", [id])).length);
  await step("uninstalled", () => http.send("eth_uninstallFilter", [id]));
}

/** Methods without a function of their own in ethers, in the usual spelling. */
async function further(chainId, box) {
  const to = await box.getAddress();
  const read = { to, data: "0x2e64cec1" };
  const slot = `0x${"0".repeat(64)}`;
  const one = `0x${"1".padStart(64, "0")}`;
  const { hash } = await (await box.store(45)).wait();
  const head = await http.getBlock("latest");
  const ask = (method, params) => step(method, () => http.send(method, params));
  await ask("net_version", []);
  await step("web3_clientVersion", async () => typeof (await http.send("web3_clientVersion", [])));
  await ask("eth_syncing", []);
  await ask("eth_feeHistory", ["0x4", "latest", [10, 50.5, 90]]);
  await ask("eth_maxPriorityFeePerGas", []);
  await ask("eth_blobBaseFee", []);
  await ask("eth_getProof", [to, [slot, one], "latest"]);
  await ask("eth_createAccessList", [{ ...read, from: wallet.address }, "latest"]);
  await ask("eth_getBlockReceipts", ["latest"]);
  await ask("eth_getBlockTransactionCountByNumber", ["latest"]);
  await ask("eth_getBlockTransactionCountByHash", [head.hash]);
  await ask("eth_getTransactionByBlockNumberAndIndex", ["latest", "0x0"]);
  await ask("eth_getTransactionByBlockHashAndIndex", [head.hash, "0x0"]);
  await ask("eth_getUncleCountByBlockNumber", ["latest"]);
  await step("a call at a hash", () => http.send("eth_call", [read, { blockHash: head.hash }]));
  await step("a call at a canonical hash", () =>
    http.send("eth_call", [read, { blockHash: head.hash, requireCanonical: true }]),
  );
  await step("a call at a number object", () =>
    http.send("eth_call", [read, { blockNumber: toQuantity(head.number) }]),
  );
  await step("a call with another state", () =>
    http.send("eth_call", [read, "latest", { [to]: { stateDiff: { [slot]: one } } }]),
  );
  await step("a call with another code", () =>
    http.send("eth_call", [
      { to: payee, data: "0x2e64cec1" },
      "latest",
      { [payee]: { code: BOX.deployed, balance: "0x1", state: { [slot]: one } } },
    ]),
  );
  await step("txpool_status", () => http.send("txpool_status", []));
  await step(
    "debug_traceTransaction",
    async () =>
      (await http.send("debug_traceTransaction", [hash, { tracer: "callTracer", tracerConfig: { withLog: true } }]))
        .type,
  );
  await step(
    "debug_traceTransaction with steps",
    async () =>
      (await http.send("debug_traceTransaction", [hash, { disableStorage: true, disableStack: true }])).failed,
  );
  await step(
    "debug_traceCall",
    async () => (await http.send("debug_traceCall", [read, "latest", { tracer: "callTracer" }])).type,
  );
  await step(
    "eth_simulateV1",
    async () =>
      (
        await http.send("eth_simulateV1", [
          {
            blockStateCalls: [{ calls: [{ from: wallet.address, ...read }] }],
            traceTransfers: true,
            validation: false,
          },
          "latest",
        ])
      )[0].calls[0].returnData,
  );
  if (onAnvil) {
    await step("trace_transaction", async () => (await http.send("trace_transaction", [hash])).length);
    await step("trace_block", async () => (await http.send("trace_block", [toQuantity(head.number)])).length);
  }
}

/** The node holds the key, as browsers' wallets do. */
async function nodeSigns(chainId, box) {
  const accounts = await step("accounts", () => http.send("eth_accounts", []));
  const signer = await http.getSigner(accounts[3]);
  await step("sent by the node", async () =>
    told(await (await signer.sendTransaction({ to: payee, value: 3 })).wait()),
  );
  await step("stored by the node", async () => told(await (await box.connect(signer).store(46)).wait()));
  await step("deployed by the node", async () =>
    told(await (await new ContractFactory(BOX.abi, BOX.code, signer).deploy(8)).deploymentTransaction().wait()),
  );
  await step("legacy by the node", async () =>
    told(
      await (await signer.sendTransaction({ type: 0, to: payee, value: 3, gasPrice: parseEther("0.00000002") })).wait(),
    ),
  );
  await step("unchecked", async () => (await signer.sendUncheckedTransaction({ to: payee, value: 4 })).length);
  await step("personal_sign", () => signer.signMessage("a message with ümlauts"));
  await step("eth_sign", () => signer._legacySignMessage("another message"));
  const { domain, types, message } = letter(chainId, await box.getAddress());
  await step("typed data", () => signer.signTypedData(domain, types, message));
  await step("signed by the node", () =>
    http.send("eth_signTransaction", [
      { from: accounts[3], to: payee, value: "0x1", gas: "0x5208", gasPrice: "0x4a817c800", nonce: "0x10" },
    ]),
  );
}

async function overWebSocket(box) {
  const socket = new WebSocket(wsUrl, { headers });
  const ws = new WebSocketProvider(socket);
  const stored = box.connect(new Wallet(key, ws));
  const seen = { blocks: 0, pending: 0, stored: [], logs: 0 };
  await ws.on("block", () => (seen.blocks += 1));
  await ws.on("pending", () => (seen.pending += 1));
  await ws.on(
    { address: await box.getAddress(), topics: [box.interface.getEvent("Stored").topicHash] },
    () => (seen.logs += 1),
  );
  await new Contract(await box.getAddress(), BOX.abi, ws).on("Stored", (by, value) => seen.stored.push([by, value]));
  await settled();
  await step("ws: block number", () => ws.getBlockNumber());
  await step("ws: retrieve", () => box.connect(ws).retrieve());
  await step("ws: store", async () => told(await (await stored.store(47)).wait()));
  await eventually(() => seen.blocks > 0 && seen.pending > 0 && seen.logs > 0 && seen.stored.length > 0);
  await step("ws: listened", () => seen.stored);
  await ws.removeAllListeners();
  await step("ws: several at once", () =>
    Promise.all([ws.getBalance(payee), ws.getCode(payee), box.connect(ws).retrieve()]),
  );
  await ws.destroy();
}
