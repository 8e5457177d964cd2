//! Who takes part in a private transaction: GoQuorum's `privateFor` family, and the restricted transactions of the
//! Enterprise Ethereum Alliance that Besu and EthSigner spoke.
//!
//! Participants are the 32-byte public keys of transaction managers (Tessera), in base64. GoQuorum reads a missing or null
//! `privateFor` as a public transaction and an empty list as one private to the sender alone, so both must be told apart.
//!
//! Enterprise Ethereum Client Specification 7, section 6 "Enterprise JSON-RPC": <https://entethalliance.org/specs/ethereum-client/>

use std::fmt;

/// A participant: the public key of a transaction manager, or the id of a privacy group, which has the same form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Participant([u8; 32]);

/// What makes an operation a private one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// The sender's own transaction manager; none leaves the choice to the node. Beside a signed private transaction of
    /// GoQuorum it is a claim: the sender is whoever stored the payload, and only a node with several private states
    /// compares. In a restricted transaction it is signed, and Besu compares it with the node's own key.
    pub from: Option<Participant>,
    /// Who else may see it. Where a contract is extended to new parties, GoQuorum adds those the contract has.
    pub to: Recipients,
    /// Those of the recipients without whom it must not be applied (GoQuorum's mandatory parties).
    pub mandatory: Vec<Participant>,
    /// How the private state it makes is protected.
    pub protection: Protection,
}

/// Who may see a private transaction beside its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipients {
    /// These; an empty list means the sender alone.
    Members(Vec<Participant>),
    /// The members of a privacy group, whoever they are at the time.
    Group(Participant),
}

/// How the private state is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// EEA `restricted`: the payload reaches its participants only.
    Restricted,
    /// EEA `unrestricted`: the encrypted payload may reach others.
    Unrestricted,
    /// GoQuorum `privacyFlag` 0: standard private.
    Standard,
    /// GoQuorum `privacyFlag` 1: counter-party protection.
    PartyProtection,
    /// GoQuorum `privacyFlag` 2: with mandatory parties.
    MandatoryParties,
    /// GoQuorum `privacyFlag` 3: private state validation.
    StateValidation,
}

/// The most participants of one private transaction: consortia have dozens, and each gets a copy of the payload.
pub const MAX_PARTICIPANTS: usize = 100;

impl Participant {
    /// A key from its bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key from its base64 text (RFC 4648 section 4, padded), in its one canonical spelling.
    pub fn parse(text: &str) -> Option<Self> {
        use base64::Engine as _;
        let mut bytes = [0; 33];
        let length = base64::engine::general_purpose::STANDARD
            .decode_slice(text, &mut bytes)
            .ok()?;
        let [key @ .., _] = bytes;
        (length == key.len() && text.len() == 44).then_some(Self(key))
    }

    /// The key.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Privacy {
    /// Everybody it names beside the sender: members and mandatory parties. Empty for a group.
    pub fn members(&self) -> &[Participant] {
        match &self.to {
            Recipients::Members(members) => members,
            Recipients::Group(_) => &[],
        }
    }

    /// The privacy group it is for.
    pub fn group(&self) -> Option<Participant> {
        match self.to {
            Recipients::Group(group) => Some(group),
            Recipients::Members(_) => None,
        }
    }
}

impl Protection {
    /// GoQuorum's number for it.
    pub fn flag(self) -> Option<u64> {
        match self {
            Self::Standard => Some(0),
            Self::PartyProtection => Some(1),
            Self::MandatoryParties => Some(2),
            Self::StateValidation => Some(3),
            Self::Restricted | Self::Unrestricted => None,
        }
    }

    /// The protection of a `privacyFlag`.
    pub fn of_flag(flag: u64) -> Option<Self> {
        [
            Self::Standard,
            Self::PartyProtection,
            Self::MandatoryParties,
            Self::StateValidation,
        ]
        .into_iter()
        .find(|protection| protection.flag() == Some(flag))
    }

    /// The word of the EEA for it, as in the member `restriction`.
    pub fn restriction(self) -> Option<&'static str> {
        match self {
            Self::Restricted => Some("restricted"),
            Self::Unrestricted => Some("unrestricted"),
            Self::Standard | Self::PartyProtection | Self::MandatoryParties | Self::StateValidation => None,
        }
    }

    /// The protection of an EEA `restriction`.
    pub fn of_restriction(word: &str) -> Option<Self> {
        [Self::Restricted, Self::Unrestricted]
            .into_iter()
            .find(|protection| protection.restriction() == Some(word))
    }
}

impl fmt::Display for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use base64::Engine as _;
        f.write_str(&base64::engine::general_purpose::STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_participant_has_one_spelling() {
        let text = "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=";
        assert_eq!(Participant::parse(text).unwrap().to_string(), text);
        for bad in [
            "",
            "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo",
            "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGp=",
            "A1aVtMxLCUHmBVHXoZzzBgPbW_wj5axDpW9X8l91SGo=",
            " A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=",
            "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGpA",
            "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91",
        ] {
            assert_eq!(Participant::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_flag_and_word_comes_back() {
        for flag in 0..4 {
            assert_eq!(Protection::of_flag(flag).and_then(Protection::flag), Some(flag));
        }
        assert_eq!(Protection::of_flag(4), None);
        for word in ["restricted", "unrestricted"] {
            assert_eq!(
                Protection::of_restriction(word).and_then(Protection::restriction),
                Some(word)
            );
        }
        assert_eq!(Protection::of_restriction("Restricted"), None);
    }
}
