// viem against Callgate: HTTP, then WebSocket. Prints one line per step; exits non-zero when a step goes wrong.
import assert from "node:assert/strict";
import WebSocket from "ws";
import { createPublicClient, createWalletClient, custom, defineChain, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";

const url = process.env.CALLGATE_URL ?? "http://127.0.0.1:8550";
const wsUrl = process.env.CALLGATE_WS_URL ?? "ws://127.0.0.1:8550";
const key = required("CALLGATE_KEY");
const account = privateKeyToAccount(required("WALLET_KEY"));
const payee = required("PAYEE");

const headers = { Authorization: `Bearer ${key}` };
await visit("http", http(url, { fetchOptions: { headers }, batch: true }));

const socket = await open(new WebSocket(wsUrl, { headers }));
await visit("websocket", custom(jsonRpc(socket)));
socket.close();
console.log("done");

/** What every application does: read (viem batches these over HTTP), pay, and meet a refusal. */
async function visit(front, transport) {
  const id = await createPublicClient({ transport }).getChainId();
  const chain = defineChain({
    id,
    name: "behind Callgate",
    nativeCurrency: { name: "ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const reader = createPublicClient({ chain, transport, pollingInterval: 100 });
  const [block, balance] = await Promise.all([reader.getBlockNumber(), reader.getBalance({ address: payee })]);
  console.log(`${front}: block ${block}, balance of the payee ${balance} wei`);

  const wallet = createWalletClient({ account, chain, transport });
  const hash = await wallet.sendTransaction({ to: payee, value: parseEther("0.001") });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  console.log(`${front}: paid in block ${receipt.blockNumber}`);

  await assert.rejects(reader.request({ method: "admin_peers", params: [] }), (error) => {
    assert.match(`${error.details ?? error.message} ${error.code} ${error.cause?.code}`, /-32004/);
    return true;
  });
  console.log(`${front}: admin_peers is refused with -32004`);
}

/** An EIP-1193 provider over one socket: browsers cannot set headers on a WebSocket, Node.js can. */
function jsonRpc(socket) {
  const waiting = new Map();
  let next = 1;
  socket.on("message", (data) => {
    const { id, result, error } = JSON.parse(data);
    const call = waiting.get(id);
    if (!call) return;
    waiting.delete(id);
    if (error) call.reject(Object.assign(new Error(error.message), { code: error.code, data: error.data }));
    else call.resolve(result);
  });
  return {
    request: ({ method, params }) =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params: params ?? [] }));
      }),
  };
}

function open(socket) {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set: see examples/README.md`);
    process.exit(2);
  }
  return value;
}
