// Hardhat as a client of a node elsewhere: once with a key of its own, once with the accounts of the node.
require("@nomicfoundation/hardhat-ethers");

const url = process.env.FLOW_URL;
const httpHeaders = process.env.FLOW_AUTHORIZATION ? { Authorization: process.env.FLOW_AUTHORIZATION } : {};

module.exports = {
  // Nothing is compiled: the contracts of the flows come as code.
  solidity: "0.8.28",
  defaultNetwork: "keys",
  networks: {
    keys: { url, httpHeaders, accounts: [process.env.FLOW_KEY] },
    fixed: { url, httpHeaders, accounts: [process.env.FLOW_KEY], gas: 500_000, gasPrice: 20_000_000_000 },
    mnemonic: {
      url,
      httpHeaders,
      accounts: { mnemonic: "test test test test test test test test test test test junk", count: 3 },
      gasMultiplier: 1.5,
    },
    node: { url, httpHeaders, accounts: "remote" },
  },
};
