//! Well-formed calls, from which the odd ones are made.

use crate::case::Corpus;
use crate::support::Wallet;
use crate::support::wallet::Draft;
use crate::world::{CHAIN_ID, EVIL, EVIL_CONTRACT, EVIL_SAVER, GOOD, GOOD_CONTRACT, GOOD_SAVER, READ, UNLOCKED};

/// A method with its parameters as JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) params: String,
}

/// A call, and another to hide it behind.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) name: &'static str,
    pub(crate) asked: Asked,
    pub(crate) decoy: Asked,
}

/// How many pairs there are.
pub(crate) const PAIRS: usize = 8;

impl Asked {
    pub(crate) fn new(method: &'static str, params: impl Into<String>) -> Self {
        Self {
            method,
            params: params.into(),
        }
    }

    /// A payment that the sender signed, with nonce 0.
    pub(crate) fn raw(sender: &Wallet, to: &str) -> Self {
        Self::new("eth_sendRawTransaction", format!("[\"{}\"]", payment(sender, to)))
    }

    /// A payment that the node signs.
    pub(crate) fn send(to: &str) -> Self {
        Self::new(
            "eth_sendTransaction",
            format!(r#"[{{"from":"{UNLOCKED}","to":"{to}","value":"0x5"}}]"#),
        )
    }

    /// A call of a contract.
    pub(crate) fn call(to: &str) -> Self {
        Self::new("eth_call", format!(r#"[{{"to":"{to}","data":"{READ}"}},"latest"]"#))
    }

    /// What an account holds.
    pub(crate) fn balance(of: &str) -> Self {
        Self::new("eth_getBalance", format!(r#"["{of}","latest"]"#))
    }

    /// In the plainest form.
    pub(crate) fn body(&self) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{}","params":{}}}"#,
            self.method, self.params
        )
    }
}

/// A raw payment of five wei.
pub(crate) fn payment(sender: &Wallet, to: &str) -> String {
    sender.sign(&Draft::pay(CHAIN_ID, 0, to.parse().unwrap(), 5))
}

/// One of the pairs, for the case that is added next.
pub(crate) fn pair(corpus: &Corpus, which: usize) -> Pair {
    let sender = corpus.sender();
    let chain_id = || Asked::new("eth_chainId", "[]");
    let (name, asked, decoy) = match which {
        0 => ("signed to EVIL", Asked::raw(&sender, EVIL), Asked::raw(&sender, GOOD)),
        1 => ("signed to GOOD", Asked::raw(&sender, GOOD), chain_id()),
        2 => ("sent to EVIL", Asked::send(EVIL), Asked::send(GOOD)),
        3 => ("sent to GOOD", Asked::send(GOOD), Asked::send(EVIL)),
        4 => ("calls EVIL", Asked::call(EVIL_CONTRACT), Asked::call(GOOD_CONTRACT)),
        5 => ("calls GOOD", Asked::call(GOOD_CONTRACT), Asked::call(EVIL_CONTRACT)),
        6 => ("reads EVIL", Asked::balance(EVIL_SAVER), Asked::balance(GOOD_SAVER)),
        _ => ("chain id", chain_id(), Asked::send(EVIL)),
    };
    Pair { name, asked, decoy }
}
