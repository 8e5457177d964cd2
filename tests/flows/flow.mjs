// What the JavaScript flows share: where they run, and one line per step by which two runs can be compared.
//
// A flow is told by environment variables: FLOW_URL and FLOW_WS_URL, FLOW_AUTHORIZATION (the value of the header, empty
// for none), FLOW_KEY (the private key of a funded account), FLOW_PAYEE (an address), FLOW_NODE (`anvil` or `geth`).
import { readFileSync } from "node:fs";

export const url = required("FLOW_URL");
export const wsUrl = required("FLOW_WS_URL");
export const key = required("FLOW_KEY");
export const payee = required("FLOW_PAYEE");
const authorization = process.env.FLOW_AUTHORIZATION ?? "";

/** Headers of every request. */
export const headers = authorization ? { Authorization: authorization } : {};
/** Whether the node holds keys, and serves what a development node serves beside the standard. */
export const onAnvil = required("FLOW_NODE") === "anvil";
/** The contracts of the flows: `box` and `multicall`, each with `abi` and `code`. */
export const contracts = JSON.parse(readFileSync(new URL("contracts.json", import.meta.url), "utf8"));

const INFINITY = `c0${"00".repeat(47)}`;
/** A blob of nothing but zeros needs no library: its commitment and all of its proofs are the point at infinity. */
export const emptyBlob = {
  data: `0x${"00".repeat(131072)}`,
  commitment: `0x${INFINITY}`,
  proof: `0x${INFINITY}`,
  cellProofs: `0x${INFINITY.repeat(128)}`,
};

/** A typed message, as wallets show it: the domain is of the chain. */
export function letter(chainId, contract) {
  return {
    domain: { name: "Callgate flows", version: "1", chainId: Number(chainId), verifyingContract: contract },
    types: {
      Person: [
        { name: "name", type: "string" },
        { name: "wallet", type: "address" },
      ],
      Letter: [
        { name: "from", type: "Person" },
        { name: "to", type: "Person[]" },
        { name: "amount", type: "uint256" },
        { name: "sealed", type: "bool" },
        { name: "body", type: "bytes" },
      ],
    },
    primaryType: "Letter",
    message: {
      from: { name: "Anna", wallet: payee },
      to: [{ name: "Bert", wallet: contract }],
      amount: 7,
      sealed: true,
      body: "0x1234",
    },
  };
}

/** One step that must succeed: prints what it gave, and gives it on. */
export async function step(name, action) {
  const result = await action();
  print(name, "result", result);
  return result;
}

/** One step that must fail at the node: prints the first of code and reason that the library tells. */
export async function fails(name, action) {
  try {
    await action();
  } catch (error) {
    print(name, "error", error.reason ?? error.shortMessage ?? error.message);
    return;
  }
  throw new Error(`${name}: went through, and should have failed`);
}

/** Time for listeners to be set up, of which libraries tell nobody: far more than it takes on an idle machine. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 2000));

/** Waits until `condition` gives something. */
export async function eventually(condition) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("waited in vain");
}

function print(step, kind, value) {
  console.log(JSON.stringify({ step, [kind]: normalised(value) }));
}

// Values that differ between two runs of the same flow are replaced by what stays the same about them:
// - 32 bytes of hex that are neither an address nor a small number: `<word n>`, counted by first appearance, so that
//   the same word is the same placeholder wherever it stands;
// - members that tell a time, a version or the account of a block producer: `<name of the member>`;
// - the nodes of a proof: their number.
const words = new Map();
const DIFFERS = /^(timestamp|blockTimestamp|date|miner|coinbase|feeRecipient|extraData|prevRandao|clientVersion)$/;
const PROOFS = /^(accountProof|proof)$/;

function normalised(value, name = "") {
  if (DIFFERS.test(name)) return `<${name}>`;
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return text(value);
  if (value instanceof Map) return normalised([...value]);
  if (Array.isArray(value)) {
    return PROOFS.test(name) ? `<${value.length > 0 ? "nodes" : "no nodes"}>` : value.map((item) => normalised(item));
  }
  if (value && typeof value === "object") {
    const entries = Object.entries(value).filter(([, member]) => typeof member !== "function");
    return Object.fromEntries(entries.map(([member, inner]) => [text(member), normalised(inner, member)]));
  }
  return value;
}

function text(value) {
  return value.replace(/0x[0-9a-f]{64}(?![0-9a-f])/gi, (word) => {
    if (/^0x0{24}/.test(word)) return word.toLowerCase();
    const known = words.get(word.toLowerCase()) ?? `<word ${words.size + 1}>`;
    words.set(word.toLowerCase(), known);
    return known;
  });
}

function required(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set`);
    process.exit(2);
  }
  return value;
}
