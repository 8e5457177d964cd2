//! Members that libraries send along in objects to be simulated, and that no client reads there: they are checked, and
//! not written.

use alloy_eips::eip4844::BYTES_PER_BLOB;
use callgate_rpc::Value;

use super::read::MAX_BLOB_HASHES;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// What stood in such members and must agree with others.
#[derive(Default)]
pub(super) struct Aside {
    blobs: Option<usize>,
}

impl Aside {
    /// Reads one member. False when there is none of this name.
    pub(super) fn set(&mut self, name: &str, value: Value<'_>, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
        match name {
            // web3.js notes what it would sign for; the chain that counts is in `chainId`.
            "chain" | "hardfork" => drop(scalar::string(value, spot)?),
            "networkId" => drop(scalar::quantity_u64(value, spot)?),
            // viem sends the blobs themselves; what a simulation sees of them are their hashes.
            "blobs" => self.blobs = Some(blobs(value, spot)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Blobs stand beside as many hashes.
    pub(super) fn check(&self, hashes: usize, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        match self.blobs {
            Some(blobs) if blobs != hashes => Err(spot.refuse(
                Reason::Conflict,
                value,
                format_args!("has {blobs} `blobs` and {hashes} `blobVersionedHashes`"),
            )),
            _ => Ok(()),
        }
    }
}

/// How many there are, each of the one size blobs have.
fn blobs(value: Value<'_>, spot: &Spot<'_>) -> Result<usize, Misunderstood> {
    let list = value
        .as_array()
        .filter(|list| (1..=MAX_BLOB_HASHES).contains(&list.len()))
        .ok_or_else(|| spot.wrong_type(value, &format!("an array of 1 to {MAX_BLOB_HASHES} blobs")))?;
    for (index, item) in list.iter().enumerate() {
        let spot = spot.item(index);
        if HexText::read(item, &spot)?.len() != BYTES_PER_BLOB {
            return Err(spot.refuse(
                Reason::OutOfRange,
                item,
                format_args!("is no blob: it has not {BYTES_PER_BLOB} bytes"),
            ));
        }
    }
    Ok(list.len())
}
