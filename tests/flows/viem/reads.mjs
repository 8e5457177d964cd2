// What is read and executed without sending anything.
import { createPublicClient, encodeFunctionData, http, parseEther } from "viem";
import { fails, headers, onAnvil, payee, step, url } from "../flow.mjs";
import {
  abi,
  account,
  aggregate,
  BOX,
  box,
  chain,
  MULTICALL,
  ONE,
  PATIENCE,
  reader,
  RETRIEVE,
  SLOT,
} from "./ground.mjs";

export async function chainInformation() {
  await step("chain id", () => reader.getChainId());
  await step("block number", () => reader.getBlockNumber());
  await step("gas price", () => reader.getGasPrice());
  await step("priority fee", () => reader.estimateMaxPriorityFeePerGas());
  await step("fees", () => reader.estimateFeesPerGas());
  await step("blob fee", () => reader.getBlobBaseFee());
  await step("fee history", () => reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [25, 75] }));
  await step("fee history of a block", () =>
    reader.getFeeHistory({ blockCount: 1, rewardPercentiles: [], blockNumber: 1n }),
  );
}

export async function reads() {
  const head = await reader.getBlock();
  const at = [
    {},
    { blockTag: "latest" },
    { blockTag: "pending" },
    { blockTag: "safe" },
    { blockTag: "finalized" },
    { blockTag: "earliest" },
    { blockNumber: head.number },
  ];
  await step("balances", () => Promise.all(at.map((block) => reader.getBalance({ address: payee, ...block }))));
  await step("nonces", () => Promise.all(at.map((block) => reader.getTransactionCount({ address: payee, ...block }))));
  await step("code", async () => (await reader.getCode({ address: box })) === BOX.deployed);
  await step("code at a block", async () => (await reader.getCode({ address: box, blockNumber: 0n })) ?? "none");
  await step("storage", () => reader.getStorageAt({ address: box, slot: "0x0" }));
  await step("storage of a word", () => reader.getStorageAt({ address: box, slot: SLOT, blockTag: "latest" }));
  await step("proof", () => reader.getProof({ address: box, storageKeys: [SLOT, ONE] }));
  await step("proof at a block", () => reader.getProof({ address: box, storageKeys: [], blockNumber: head.number }));
  await step("retrieve", () => reader.readContract({ address: box, abi, functionName: "retrieve" }));
  await step("retrieve at a block", () =>
    reader.readContract({ address: box, abi, functionName: "retrieve", blockNumber: head.number }),
  );
  await step("call", () => reader.call({ to: box, data: RETRIEVE }));
  await step("call with everything", () =>
    reader.call({
      account: account.address,
      to: box,
      data: RETRIEVE,
      gas: 100_000n,
      maxFeePerGas: 20_000_000_000n,
      maxPriorityFeePerGas: 1n,
      nonce: 2,
      value: 0n,
      accessList: [{ address: box, storageKeys: [SLOT] }],
    }),
  );
  await step("call with a gas price", () =>
    reader.call({ account, to: box, data: RETRIEVE, gasPrice: 20_000_000_000n, blockTag: "pending" }),
  );
  await step(
    "call that creates",
    async () => (await reader.call({ data: MULTICALL.code })).data === MULTICALL.deployed,
  );
  await step("deployless call", () => reader.call({ code: BOX.code + ONE.slice(2), data: RETRIEVE }));
  await step("deployless by a factory", () =>
    reader.call({
      factory: aggregate,
      factoryData: "0x82ad56cb" + "20".padStart(64, "0") + "".padStart(64, "0"),
      to: box,
      data: RETRIEVE,
    }),
  );
  await fails("fail", () => reader.readContract({ address: box, abi, functionName: "fail" }));
  await fails("simulated failure", () => reader.simulateContract({ account, address: box, abi, functionName: "fail" }));
  await step("simulated store", () =>
    reader
      .simulateContract({ account, address: box, abi, functionName: "store", args: [1n] })
      .then(({ result }) => result ?? null),
  );
  await step("estimate", () => reader.estimateGas({ account, to: payee, value: 1n }));
  await step("estimate with a state", () =>
    reader.estimateGas({
      account: payee,
      to: box,
      data: encodeFunctionData({ abi, functionName: "store", args: [3n] }),
      stateOverride: [{ address: payee, balance: parseEther("1") }],
    }),
  );
  await step("estimate of a contract", () =>
    reader.estimateContractGas({ account, address: box, abi, functionName: "store", args: [3n], blockTag: "latest" }),
  );
  await step("access list", () => reader.createAccessList({ account, to: box, data: RETRIEVE }));
  await step("multicall", () =>
    reader
      .multicall({
        contracts: ["retrieve", "fail", "retrieve"].map((functionName) => ({ address: box, abi, functionName })),
      })
      .then((items) => items.map(({ status, result }) => ({ status, result }))),
  );
  await step("deployless multicall", () =>
    reader.multicall({ deployless: true, contracts: [{ address: box, abi, functionName: "retrieve" }] }),
  );
}

export async function simulations() {
  const state = [{ address: box, stateDiff: [{ slot: SLOT, value: ONE }] }];
  const whole = [
    { address: payee, balance: parseEther("2"), nonce: 3, code: BOX.deployed, state: [{ slot: SLOT, value: ONE }] },
  ];
  await step("call with another state", () => reader.call({ to: box, data: RETRIEVE, stateOverride: state }));
  await step("call with another account", () =>
    reader.readContract({ address: payee, abi, functionName: "retrieve", stateOverride: whole }),
  );
  await step("call in another block", () =>
    reader.call({
      to: box,
      data: RETRIEVE,
      blockOverrides: { number: 100n, time: 9_999_999_999n, gasLimit: 20_000_000n, baseFeePerGas: 0n },
    }),
  );
  await step("blocks simulated", async () => {
    const number = (await reader.getBlockNumber()) + 1n;
    const blocks = await reader.simulateBlocks({
      blocks: [
        {
          blockOverrides: { number, baseFeePerGas: 10n },
          calls: [
            { account, to: box, abi, functionName: "store", args: [9n] },
            { to: box, abi, functionName: "retrieve" },
          ],
          stateOverrides: [{ address: account.address, balance: parseEther("9") }],
        },
        { calls: [{ account, to: payee, value: 1n }] },
      ],
      traceTransfers: true,
    });
    return blocks.map(({ number, calls }) => ({
      number,
      calls: calls.map(({ status, gasUsed, result, logs }) => ({ status, gasUsed, result, logs: logs?.length })),
    }));
  });
  await step("calls simulated", async () => {
    const { results } = await reader.simulateCalls({
      account: account.address,
      calls: [
        { to: payee, value: 1n },
        { to: box, abi, functionName: "retrieve" },
      ],
    });
    return results.map(({ status, result, gasUsed }) => ({ status, result, gasUsed }));
  });
  // Its calls that create say nothing of `to`, which anvil does not take there.
  if (!onAnvil) {
    await step("calls simulated with assets", async () => {
      const { results, assetChanges } = await reader.simulateCalls({
        account: account.address,
        calls: [{ to: payee, value: 1n }],
        traceAssetChanges: true,
      });
      return { status: results.map(({ status }) => status), assetChanges };
    });
  }
}

/** viem's own batches: of JSON-RPC, and of calls into one multicall. */
export async function batched() {
  const client = createPublicClient({
    chain,
    transport: http(url, { fetchOptions: { headers }, batch: true, ...PATIENCE }),
    batch: { multicall: true },
  });
  await step("batch", () =>
    Promise.all([
      client.getBalance({ address: payee }),
      client.getChainId(),
      client.getCode({ address: aggregate }).then((code) => code.length),
    ]),
  );
  await step("batch of one", () => client.getBalance({ address: payee }));
  await step("batch with failures", async () => {
    const outcomes = await Promise.allSettled([
      client.getBalance({ address: payee }),
      client.estimateGas({ to: box, data: "0xa9cc4718" }),
      client.getChainId(),
    ]);
    return outcomes.map(({ status }) => status);
  });
  await step("calls batched into one", () =>
    Promise.all(
      ["retrieve", "retrieve"].map((functionName) => client.readContract({ address: box, abi, functionName })),
    ),
  );
}
