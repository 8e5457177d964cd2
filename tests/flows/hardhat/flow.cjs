// The ordinary flows of Hardhat's network stack against a node elsewhere: its provider, which fills in accounts, chain id,
// gas and fees and signs what it has a key for, and hardhat-ethers on top of it. Runs itself again for each network of
// the configuration.
const { spawnSync } = require("node:child_process");

const NETWORKS = ["keys", "fixed", "mnemonic", ...(process.env.FLOW_NODE === "anvil" ? ["node"] : [])];

if (process.env.HARDHAT_NETWORK) {
  visit(process.env.HARDHAT_NETWORK).catch((error) => {
    console.error(error);
    process.exit(1);
  });
} else {
  for (const HARDHAT_NETWORK of NETWORKS) {
    const { status } = spawnSync(process.execPath, [__filename], {
      cwd: __dirname,
      env: { ...process.env, HARDHAT_NETWORK, HARDHAT_DISABLE_TELEMETRY_PROMPT: "true" },
      stdio: "inherit",
    });
    if (status !== 0) process.exit(status ?? 1);
  }
}

async function visit(name) {
  const { contracts, eventually, fails, letter, payee, step } = await import("../flow.mjs");
  const { ethers, network } = require("hardhat");
  const { box: BOX, multicall: MULTICALL } = contracts;
  const provider = network.provider;
  const named = (what) => `${name}: ${what}`;
  const ask = (method, params = []) => step(named(method), () => provider.send(method, params));
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
  const slot = `0x${"0".repeat(64)}`;

  const accounts = await ask("eth_accounts");
  const from = accounts[name === "node" ? 4 : name === "mnemonic" ? 2 : 0];
  const signer = await ethers.getSigner(from);
  // Only the funded account of the flows exists on every node.
  if (name === "mnemonic") {
    const funder = await ethers.getSigner(accounts[1]);
    await step(named("funded"), async () =>
      told(await (await funder.sendTransaction({ to: from, value: ethers.parseEther("1") })).wait()),
    );
  }

  await ask("eth_chainId");
  await ask("eth_blockNumber");
  await ask("net_version");
  await step(named("fees"), async () => JSON.parse(JSON.stringify(await ethers.provider.getFeeData())));
  const box = await new ethers.ContractFactory(BOX.abi, BOX.code, signer).deploy(7);
  await step(named("deployed"), async () => told(await box.deploymentTransaction().wait()));
  const to = await box.getAddress();
  await step(named("retrieve"), () => box.retrieve());
  await fails(named("fail"), () => box.fail());
  await step(named("estimate"), () => box.store.estimateGas(1));
  await step(named("store"), async () => told(await (await box.store(42)).wait()));
  await step(named("payment"), async () => told(await (await signer.sendTransaction({ to: payee, value: 1 })).wait()));
  await step(named("legacy"), async () =>
    told(await (await signer.sendTransaction({ to: payee, value: 1, gasPrice: 20_000_000_000n })).wait()),
  );
  await step(named("eip-1559"), async () =>
    told(
      await (
        await signer.sendTransaction({ to: payee, value: 1, maxFeePerGas: 20_000_000_000n, maxPriorityFeePerGas: 1n })
      ).wait(),
    ),
  );
  if (name === "keys") {
    await step(named("eip-2930"), async () =>
      told(
        await (
          await signer.sendTransaction({
            to,
            data: box.interface.encodeFunctionData("store", [1]),
            type: 1,
            gasPrice: 20_000_000_000n,
            accessList: [{ address: to, storageKeys: [slot] }],
          })
        ).wait(),
      ),
    );
  }
  await step(named("events"), async () => (await box.queryFilter("Stored", 0)).map(({ args }) => args.toArray()));
  const multicall = await (
    await new ethers.ContractFactory(MULTICALL.abi, MULTICALL.code, signer).deploy()
  ).waitForDeployment();
  const item = { target: to, allowFailure: true, callData: "0x2e64cec1" };
  await step(named("multicall"), async () => (await multicall.aggregate3.staticCall([item, item])).length);

  // What tests and scripts ask the provider for as it is, with as little as it lets them.
  const hash = await provider.request({ method: "eth_sendTransaction", params: [{ from, to: payee, value: "0x1" }] });
  const receipt = await eventually(() => provider.send("eth_getTransactionReceipt", [hash]));
  await step(named("eth_sendTransaction"), () => ({
    status: receipt.status,
    type: receipt.type,
    gasUsed: receipt.gasUsed,
  }));
  await step(
    named("eth_getTransactionByHash"),
    async () => (await provider.send("eth_getTransactionByHash", [hash])).type,
  );
  await ask("eth_call", [{ to, data: "0x2e64cec1" }]);
  await ask("eth_call", [{ to, data: "0x2e64cec1" }, "latest"]);
  await ask("eth_estimateGas", [{ from, to, data: "0x2e64cec1" }]);
  await ask("eth_getStorageAt", [to, "0x0", "latest"]);
  await ask("eth_getBalance", [payee, "latest"]);
  await step(
    named("eth_getBlockByNumber"),
    async () => (await provider.send("eth_getBlockByNumber", ["latest", false])).transactions.length,
  );
  // hardhat-ethers asks it while it waits for a transaction, to know whether the node mines by itself.
  await step(named("hardhat_metadata"), () =>
    provider.send("hardhat_metadata", []).then(
      () => "served",
      () => "not served",
    ),
  );
  await step(
    named("debug_traceTransaction"),
    async () => (await provider.send("debug_traceTransaction", [hash])).failed,
  );
  await step(named("personal_sign"), () => signer.signMessage("a message with ümlauts"));
  const { domain, types, message } = letter(network.config.chainId ?? (await ethers.provider.getNetwork()).chainId, to);
  await step(named("typed data"), () => signer.signTypedData(domain, types, message));
  await step(named("eth_sign"), () => provider.send("eth_sign", [from, "0x1234"]));
}
