//! What is known about the node a call is meant for: its chain, and the dialect its client speaks.

/// The node a call is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// The chain id; while it is unknown nothing signed or to be signed is understood.
    pub chain_id: Option<u64>,
    /// What the client reads.
    pub dialect: Dialect,
}

/// A client's way of reading parameters. Where clients differ, a call is written as this one reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// What all of them read alike, or refuse; the safe choice for a client nobody has named.
    #[default]
    Generic,
    /// go-ethereum.
    Geth,
    /// Hyperledger Besu.
    Besu,
    /// GoQuorum.
    Goquorum,
    /// Nethermind.
    Nethermind,
    /// Erigon.
    Erigon,
    /// Reth.
    Reth,
    /// Foundry's anvil.
    Anvil,
    /// Hardhat's node.
    Hardhat,
    /// Web3signer, which signs with its own keys and passes everything else on to the node behind it.
    Web3signer,
}

/// The member of a call object that carries the calldata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calldata {
    /// `data` and `input`, with the same bytes: whichever a client reads or prefers, it reads these.
    Both,
    /// `data` alone.
    Data,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 10] = [
        Self::Generic,
        Self::Geth,
        Self::Besu,
        Self::Goquorum,
        Self::Nethermind,
        Self::Erigon,
        Self::Reth,
        Self::Anvil,
        Self::Hardhat,
        Self::Web3signer,
    ];

    /// The name as in policies: `goquorum`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Geth => "geth",
            Self::Besu => "besu",
            Self::Goquorum => "goquorum",
            Self::Nethermind => "nethermind",
            Self::Erigon => "erigon",
            Self::Reth => "reth",
            Self::Anvil => "anvil",
            Self::Hardhat => "hardhat",
            Self::Web3signer => "web3signer",
        }
    }

    /// The dialect of a name, exact.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    /// The dialect of a node that answers `web3_clientVersion` with `version`; generic when the client is not known.
    pub fn of_client(version: &str) -> Self {
        let client = version
            .split(['/', ' '])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        match client.as_str() {
            "geth" if version.to_ascii_lowercase().contains("quorum") => Self::Goquorum,
            "geth" => Self::Geth,
            "besu" => Self::Besu,
            "nethermind" => Self::Nethermind,
            "erigon" => Self::Erigon,
            "reth" => Self::Reth,
            "anvil" => Self::Anvil,
            "hardhatnetwork" => Self::Hardhat,
            _ => Self::Generic,
        }
    }

    /// GoQuorum reads only `data` in calls; Hardhat's node takes the two names for one and refuses both at once. All
    /// others, and a client nobody has named, get both.
    pub(crate) fn calldata(self) -> Calldata {
        match self {
            Self::Goquorum | Self::Hardhat => Calldata::Data,
            Self::Generic
            | Self::Geth
            | Self::Besu
            | Self::Nethermind
            | Self::Erigon
            | Self::Reth
            | Self::Anvil
            | Self::Web3signer => Calldata::Both,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_is_found_by_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::by_name(dialect.name()), Some(dialect));
        }
        assert_eq!(Dialect::by_name("Geth"), None);
    }

    #[test]
    fn clients_are_told_apart_by_what_they_say() {
        for (version, dialect) in [
            ("Geth/v1.16.4-stable-41714b49/linux-amd64/go1.25.1", Dialect::Geth),
            (
                "Geth/v1.10.3-stable(quorum-v24.4.1)/linux-amd64/go1.19.5",
                Dialect::Goquorum,
            ),
            ("besu/v25.8.0/linux-x86_64/openjdk-java-21", Dialect::Besu),
            ("Nethermind/v1.33.1+7f1ba1d4/linux-x64/dotnet9.0.9", Dialect::Nethermind),
            ("erigon/3.1.0/linux-amd64/go1.24.1", Dialect::Erigon),
            ("reth/v1.8.2-9c30bf7/x86_64-unknown-linux-gnu", Dialect::Reth),
            ("anvil/v1.3.6", Dialect::Anvil),
            ("HardhatNetwork/2.26.3/@nomicfoundation/edr/0.11.3", Dialect::Hardhat),
            ("bor/v2.2.9/linux-amd64", Dialect::Generic),
            ("", Dialect::Generic),
        ] {
            assert_eq!(Dialect::of_client(version), dialect, "{version}");
        }
    }
}
