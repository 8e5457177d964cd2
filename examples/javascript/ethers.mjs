// ethers.js against Callgate: HTTP, then WebSocket. Prints one line per step; exits non-zero when a step goes wrong.
import assert from "node:assert/strict";
import { FetchRequest, JsonRpcProvider, Wallet, WebSocketProvider, parseEther } from "ethers";
import WebSocket from "ws";

const url = process.env.CALLGATE_URL ?? "http://127.0.0.1:8550";
const wsUrl = process.env.CALLGATE_WS_URL ?? "ws://127.0.0.1:8550";
const key = required("CALLGATE_KEY");
const walletKey = required("WALLET_KEY");
const payee = required("PAYEE");

const request = new FetchRequest(url);
request.setHeader("Authorization", `Bearer ${key}`);
const http = new JsonRpcProvider(request);
await visit("http", http);
http.destroy();

const socket = new WebSocket(wsUrl, { headers: { Authorization: `Bearer ${key}` } });
const ws = new WebSocketProvider(socket);
const head = new Promise((resolve) => ws.once("block", resolve));
await visit("websocket", ws);
console.log(`websocket: a new head arrived: ${await head}`);
await ws.destroy();
console.log("done");

/** What every application does: read, pay, and meet a refusal. */
async function visit(front, provider) {
  console.log(`${front}: block ${await provider.getBlockNumber()}`);
  console.log(`${front}: balance of the payee ${await provider.getBalance(payee)} wei`);
  const receipt = await pay(provider);
  console.log(`${front}: paid in block ${receipt.blockNumber}`);

  await assert.rejects(provider.send("admin_peers", []), (error) => {
    assert.equal(error.error?.code ?? error.info?.error?.code, -32004, `unexpected error: ${error}`);
    return true;
  });
  console.log(`${front}: admin_peers is refused with -32004`);
}

async function pay(provider) {
  const wallet = new Wallet(walletKey, provider);
  const sent = await wallet.sendTransaction({ to: payee, value: parseEther("0.001") });
  return sent.wait();
}

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set: see examples/README.md`);
    process.exit(2);
  }
  return value;
}
