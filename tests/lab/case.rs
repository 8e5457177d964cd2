//! A body, and where it comes from.

use crate::support::Wallet;
use crate::world;
use std::cell::Cell;
use std::collections::HashSet;

/// One body that is sent to a node as it is and through Callgate.
pub(crate) struct Case {
    /// The entry of the catalogue that it tries: `A-01`, `0.1`, `C-10`, or `mutation`.
    pub(crate) group: &'static str,
    /// What is odd about it, unique in its group.
    pub(crate) name: String,
    /// The bytes.
    pub(crate) body: Vec<u8>,
    /// Whether it has a wallet of its own.
    pub(crate) has_sender: bool,
    /// Whether a node that takes it is of no more use: it is started anew.
    pub(crate) ruins: bool,
}

/// The cases, in their order.
#[derive(Default)]
pub(crate) struct Corpus {
    cases: Vec<Case>,
    bodies: HashSet<Vec<u8>>,
    /// Whether the next case has asked for its wallet.
    sender_is_asked: Cell<bool>,
}

impl Corpus {
    /// One more case, unless its body is there already.
    pub(crate) fn add(&mut self, group: &'static str, name: impl Into<String>, body: impl Into<Vec<u8>>) {
        let (name, body) = (name.into(), body.into());
        let has_sender = self.sender_is_asked.replace(false);
        if !self.bodies.insert(body.clone()) {
            return;
        }
        self.cases.push(Case {
            group,
            name,
            body,
            has_sender,
            ruins: false,
        });
    }

    /// One more case, after which a node that took it must be started anew.
    pub(crate) fn add_ruinous(&mut self, group: &'static str, name: impl Into<String>, body: impl Into<Vec<u8>>) {
        let before = self.cases.len();
        self.add(group, name, body);
        for case in &mut self.cases[before..] {
            case.ruins = true;
        }
    }

    /// The wallet of the case that is added next: funded, with nonce 0, and nobody else's.
    pub(crate) fn sender(&self) -> Wallet {
        self.sender_is_asked.set(true);
        world::sender(self.cases.len())
    }

    /// All of them.
    pub(crate) fn cases(&self) -> &[Case] {
        &self.cases
    }
}
