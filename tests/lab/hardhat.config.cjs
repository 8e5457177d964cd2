// Hardhat's own node, for the lab. Its accounts are those of the development mnemonic.
module.exports = {
  // Nothing is compiled: the contracts of the lab come as code.
  solidity: "0.8.28",
  networks: { hardhat: { chainId: 1337, loggingEnabled: false } },
};
