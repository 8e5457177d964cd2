//! A body, and where it comes from.

use crate::support::Wallet;
use crate::world;
use std::collections::HashSet;

/// One body that is sent to a node as it is and through Callgate.
pub(crate) struct Case {
    /// The entry of the catalogue that it tries: `A-01`, `0.1`, `C-10`, or `mutation`.
    pub(crate) group: &'static str,
    /// What is odd about it, unique in its group.
    pub(crate) name: String,
    /// The bytes.
    pub(crate) body: Vec<u8>,
    /// Whether a node that takes it is of no more use: it is started anew.
    pub(crate) ruins: bool,
}

/// The cases, in their order.
#[derive(Default)]
pub(crate) struct Corpus {
    cases: Vec<Case>,
    bodies: HashSet<Vec<u8>>,
}

impl Corpus {
    /// One more case, unless its body is there already.
    pub(crate) fn add(&mut self, group: &'static str, name: impl Into<String>, body: impl Into<Vec<u8>>) {
        let (name, body) = (name.into(), body.into());
        if !self.bodies.insert(body.clone()) {
            return;
        }
        self.cases.push(Case {
            group,
            name,
            body,
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
        world::sender(self.cases.len())
    }

    /// All of them.
    pub(crate) fn cases(&self) -> &[Case] {
        &self.cases
    }
}
