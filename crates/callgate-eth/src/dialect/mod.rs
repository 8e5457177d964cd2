//! Clients and their dialects: each reads the same JSON-RPC a little differently, and differently from release to release.
//! A call is written as the client at hand reads exactly what was checked; what that client would not read, or would read
//! as something else, is refused.
//!
//! Where a method differs (how many parameters are read, what stands at a position, what an omitted block means) is data:
//! `data/dialects.json`. Where objects differ (members that are read, ignored, or change the type of a transaction) is in
//! [`reads`]. For a client that nobody has named, `generic`, only what all of them read alike is left.

mod reads;
mod version;

use std::fmt;

pub(crate) use self::reads::{BlockNames, Member};
pub use self::version::Version;

/// A client's way of reading parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// What all of them read alike; the safe choice for a client nobody has named.
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
    /// Web3signer, which signs with its own keys and passes everything else on to the node behind it. It cannot be told by
    /// `web3_clientVersion`, which is answered by that node.
    Web3signer,
}

/// A client: its dialect, and its version where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Client {
    /// Its dialect.
    pub dialect: Dialect,
    /// Its version. Without one, what releases read differently is refused.
    pub version: Option<Version>,
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
}

impl Client {
    /// The client that answers `web3_clientVersion` with `text`; generic when it is not known.
    ///
    /// GoQuorum and many other forks begin with `Geth/` too; an operator can put a name of his own behind the client's.
    pub fn of_text(text: &str) -> Self {
        let mut parts = text.split('/');
        let name = parts.next().unwrap_or_default();
        let dialect = match name.split(' ').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "geth" if text.contains("(quorum-") => Dialect::Goquorum,
            "geth" => Dialect::Geth,
            "besu" => Dialect::Besu,
            "nethermind" => Dialect::Nethermind,
            "erigon" => Dialect::Erigon,
            "reth" => Dialect::Reth,
            "anvil" => Dialect::Anvil,
            "hardhatnetwork" => Dialect::Hardhat,
            _ => return Self::default(),
        };
        let version = match dialect {
            Dialect::Goquorum => text
                .split_once("(quorum-")
                .and_then(|(_, version)| Version::parse(version)),
            // One part, or two when the operator's name stands first; a name can look like anything but the last of them.
            _ => parts.take(2).filter_map(Version::parse).last(),
        };
        Self { dialect, version }
    }
}

impl From<Dialect> for Client {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, version: None }
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dialect.name())?;
        match self.version {
            Some(version) => write!(f, " {version}"),
            None => Ok(()),
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
    fn clients_and_versions_are_told_apart_by_what_they_say() {
        for (text, expected) in [
            ("Geth/v1.17.8-stable-1a2b3c4d/linux-amd64/go1.25.1", "geth 1.17.8"),
            ("Geth/shop/v1.16.7-stable-1a2b3c4d/linux-amd64/go1.24.9", "geth 1.16.7"),
            (
                "Geth/v9.9.9/v1.16.7-stable-1a2b3c4d/linux-amd64/go1.24.9",
                "geth 1.16.7",
            ),
            (
                "Geth/v1.17.6-unstable-1a2b3c4d-20260820/linux-amd64/go1.25.1",
                "geth 1.17.6",
            ),
            (
                "Geth/v1.10.3-stable-0d4a719f(quorum-v24.4.1)/linux-amd64/go1.21.13",
                "goquorum 24.4.1",
            ),
            ("besu/v25.8.0/linux-x86_64/openjdk-java-21", "besu 25.8.0"),
            (
                "besu/us/v26.7.1-dev-ac23d311/osx-aarch_64/corretto-java-21",
                "besu 26.7.1",
            ),
            ("Nethermind/v1.33.1+7f1ba1d4/linux-x64/dotnet9.0.9", "nethermind 1.33.1"),
            ("erigon/3.2.0/linux-amd64/go1.24.7", "erigon 3.2.0"),
            ("erigon/3.00.0/linux-amd64/go1.22.5", "erigon 3.0.0"),
            ("reth/v1.8.2-9c30bf7/x86_64-unknown-linux-gnu", "reth 1.8.2"),
            ("anvil/v1.7.1", "anvil 1.7.1"),
            ("HardhatNetwork/2.26.3/@nomicfoundation/edr/0.11.3", "hardhat 2.26.3"),
            ("Geth/custom/linux-amd64", "geth"),
            ("bor/v2.2.9/linux-amd64", "generic"),
            ("Gethx/v1.17.8", "generic"),
            ("", "generic"),
        ] {
            assert_eq!(Client::of_text(text).to_string(), expected, "{text}");
        }
    }
}
