//! Members that libraries send along in objects to be simulated, and that no client reads there: they are checked, and
//! not written.

use alloy_eips::eip4844::{BYTES_PER_BLOB, BYTES_PER_COMMITMENT, BYTES_PER_PROOF};
use alloy_eips::eip7594::CELLS_PER_EXT_BLOB;
use callgate_rpc::Value;

use super::read::MAX_BLOB_HASHES;
use crate::form::scalar::{self, HexText};
use crate::misunderstood::{Misunderstood, Reason};
use crate::spot::Spot;

/// A proof for each cell of each blob (EIP-7594).
const MAX_PROOFS: usize = MAX_BLOB_HASHES * CELLS_PER_EXT_BLOB;

/// What stood in such members and must agree with others.
#[derive(Default)]
pub(super) struct Aside {
    blobs: Option<usize>,
    commitments: Option<usize>,
    proofs: Option<usize>,
}

impl Aside {
    /// Reads one member. False when there is none of this name.
    pub(super) fn set(&mut self, name: &str, value: Value<'_>, spot: &Spot<'_>) -> Result<bool, Misunderstood> {
        match name {
            // web3.js notes what it would sign for; the chain that counts is in `chainId`.
            "chain" | "hardfork" => drop(scalar::string(value, spot)?),
            "networkId" => drop(scalar::quantity_u64(value, spot)?),
            // viem sends the blobs themselves; what a simulation sees of them are their hashes.
            "blobs" => self.blobs = Some(count(value, BYTES_PER_BLOB, MAX_BLOB_HASHES, spot)?),
            "commitments" => self.commitments = Some(count(value, BYTES_PER_COMMITMENT, MAX_BLOB_HASHES, spot)?),
            "proofs" => self.proofs = Some(count(value, BYTES_PER_PROOF, MAX_PROOFS, spot)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Blobs stand beside as many hashes, and have a commitment and a proof each, or a proof for each of their cells.
    pub(super) fn check(&self, hashes: usize, value: Value<'_>, spot: &Spot<'_>) -> Result<(), Misunderstood> {
        let as_many = |items: Option<usize>, each: usize| items.is_none_or(|items| items == hashes * each);
        let proved = as_many(self.proofs, 1) || as_many(self.proofs, CELLS_PER_EXT_BLOB);
        if as_many(self.blobs, 1) && as_many(self.commitments, 1) && proved {
            return Ok(());
        }
        Err(spot.refuse(
            Reason::Conflict,
            value,
            "has another number of `blobs`, `commitments` or `proofs` than of `blobVersionedHashes`",
        ))
    }
}

/// How many items of a list there are, each of so many bytes.
fn count(value: Value<'_>, bytes: usize, most: usize, spot: &Spot<'_>) -> Result<usize, Misunderstood> {
    let list = value
        .as_array()
        .filter(|list| (1..=most).contains(&list.len()))
        .ok_or_else(|| spot.wrong_type(value, &format!("an array of 1 to {most} items")))?;
    for (index, item) in list.iter().enumerate() {
        let spot = spot.item(index);
        if HexText::read(item, &spot)?.len() != bytes {
            return Err(spot.refuse(Reason::OutOfRange, item, format_args!("must have {bytes} bytes")));
        }
    }
    Ok(list.len())
}
