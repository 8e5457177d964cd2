//! Where a client reads a method differently from its general form, from a version on (`data/dialects.json`).

use super::{Shape, WhenOmitted};
use crate::dialect::{Client, Dialect, Version};

/// How one client reads a method.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(super) dialect: Dialect,
    pub(super) since: Since,
    /// How many leading parameters it reads: what stands behind them would have no effect, or another.
    pub(super) takes: usize,
    /// What it reads at a position.
    pub(super) shapes: &'static [(usize, Shape)],
    /// What it takes a missing parameter for.
    pub(super) omitted: &'static [(usize, WhenOmitted)],
    /// Why nothing can be said to it.
    pub(super) refused: Option<&'static str>,
}

/// From when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// In every version, or in those before the ones that are told.
    Always,
    /// From this version on.
    Version(Version),
    /// Where the version is not known.
    Unknown,
}

impl Difference {
    /// The one that counts for a client: the first of its dialect that its version has reached; they are sorted from the
    /// newest. What nobody has named reads what all read alike; so does the node behind Web3signer, which nobody can ask.
    pub(super) fn find(all: &'static [Self], client: Client) -> Option<&'static Self> {
        let dialect = match client.dialect {
            Dialect::Web3signer => Dialect::Generic,
            other => other,
        };
        let mut of_dialect = all.iter().filter(|difference| difference.dialect == dialect);
        match client.version {
            Some(version) => of_dialect.find(|difference| match difference.since {
                Since::Version(since) => version >= since,
                Since::Always => true,
                Since::Unknown => false,
            }),
            None => {
                let mut found = None;
                for difference in of_dialect {
                    match difference.since {
                        Since::Unknown => return Some(difference),
                        Since::Always => found = Some(difference),
                        Since::Version(_) => {}
                    }
                }
                found
            }
        }
    }

    pub(crate) fn takes(&self) -> usize {
        self.takes
    }

    pub(crate) fn shape(&self, position: usize) -> Option<Shape> {
        let found = self.shapes.iter().find(|(place, _)| *place == position);
        found.map(|(_, shape)| *shape)
    }

    pub(crate) fn when_omitted(&self, position: usize) -> Option<WhenOmitted> {
        let found = self.omitted.iter().find(|(place, _)| *place == position);
        found.map(|(_, omitted)| *omitted)
    }

    pub(crate) fn refused(&self) -> Option<&'static str> {
        self.refused
    }
}
