// What the parts of the viem flow stand on: the chain, its clients, and two contracts deployed on it.
import { createPublicClient, createWalletClient, defineChain, hexToBytes, http } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { contracts, emptyBlob, headers, key, step, url } from "../flow.mjs";

export const { box: BOX, multicall: MULTICALL } = contracts;
export const { abi } = BOX;
export const SLOT = `0x${"0".repeat(64)}`;
export const ONE = `0x${"1".padStart(64, "0")}`;
export const RETRIEVE = "0x2e64cec1";
export const account = privateKeyToAccount(key);
/** What an empty blob needs of a KZG library. */
export const kzg = {
  blobToKzgCommitment: () => hexToBytes(emptyBlob.commitment),
  computeBlobKzgProof: () => hexToBytes(emptyBlob.proof),
};
/** A node that reads its first blob is slow. */
export const PATIENCE = { timeout: 60_000 };
export const transport = http(url, { fetchOptions: { headers }, ...PATIENCE });
export const chain = await chainOf(transport);
export const reader = createPublicClient({ chain, transport, pollingInterval: 100, cacheTime: 0 });
export const wallet = createWalletClient({ account, chain, transport });
export const told = ({ blockNumber, status, type, from, to, contractAddress, gasUsed, effectiveGasPrice, logs }) => ({
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
export const mined = async (hash) => told(await reader.waitForTransactionReceipt({ hash }));
export const write = async (value) =>
  mined(await wallet.writeContract({ address: box, abi, functionName: "store", args: [value] }));

export const box = await deploy(BOX, [7n]);
export const aggregate = await deploy(MULTICALL);
chain.contracts = { multicall3: { address: aggregate } };

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
