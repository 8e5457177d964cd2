//! The sidecar of a blob transaction in network form: version 0 (EIP-4844: `[tx, blobs, commitments, proofs]`) and
//! version 1 (EIP-7594: `[tx, 1, blobs, commitments, cell_proofs]`). Checks counts, sizes and that each versioned
//! hash belongs to its commitment; the proofs themselves are the node's work. Blobs are borrowed, never copied.
//!
//! EIP-4844: <https://eips.ethereum.org/EIPS/eip-4844>, EIP-7594: <https://eips.ethereum.org/EIPS/eip-7594>

use alloy_eips::eip4844::{BYTES_PER_BLOB, BYTES_PER_COMMITMENT, BYTES_PER_PROOF, kzg_to_versioned_hash};
use alloy_eips::eip7594::{CELLS_PER_EXT_BLOB, EIP_7594_WRAPPER_VERSION};
use alloy_primitives::B256;
use alloy_rlp::Header;

use super::error::TransactionError;
use super::field::Field;
use super::reader::Reader;

/// Most blobs of one transaction on any fork: 6 in Cancun, 9 in Prague (EIP-7691), 6 again from Osaka.
pub(super) const MAX_BLOBS: usize = 9;

/// Most blobs with cell proofs: they exist from Osaka only, which allows 6 per transaction (EIP-7594).
const MAX_BLOBS_WITH_CELLS: usize = 6;

/// The most bytes a sidecar has. Version 0 with all its blobs is longer than version 1 with all of its.
pub(super) const MAX_SIDECAR_BYTES: usize = MAX_BLOBS * BYTES_PER_BLOB_ITEM + LIST_HEADERS;

/// A blob, its commitment and proof with their RLP headers.
const BYTES_PER_BLOB_ITEM: usize = (BYTES_PER_BLOB + 4) + (BYTES_PER_COMMITMENT + 1) + (BYTES_PER_PROOF + 1);

/// Headers of the wrapper and its three lists, at most 9 bytes each.
const LIST_HEADERS: usize = 4 * 9;

/// What the network form adds to the transaction, borrowed from it.
pub(super) struct Sidecar<'a> {
    version: Version,
    blobs: Vec<&'a [u8; BYTES_PER_BLOB]>,
    commitments: Vec<&'a [u8; BYTES_PER_COMMITMENT]>,
    proofs: Vec<&'a [u8; BYTES_PER_PROOF]>,
}

/// How the sidecar proves its blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// One proof per blob (EIP-4844); written without a version.
    BlobProofs,
    /// One proof per cell of the extended blob (EIP-7594); written as version 1.
    CellProofs,
}

impl<'a> Sidecar<'a> {
    /// Reads what stands in the wrapper after the transaction.
    pub(super) fn read(wrapper: &mut Reader<'a>) -> Result<Self, TransactionError> {
        let version = Version::read(wrapper)?;
        let blobs = items(wrapper, Field::Blobs, Field::Blob, version.max_blobs())?;
        let commitments = items(wrapper, Field::Commitments, Field::Commitment, version.max_blobs())?;
        let max_proofs = version.max_blobs() * version.proofs_per_blob();
        let proofs = items(wrapper, Field::Proofs, Field::Proof, max_proofs)?;
        Ok(Self {
            version,
            blobs,
            commitments,
            proofs,
        })
    }

    /// Which proofs it carries.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Whether it is the sidecar of a transaction with these versioned hashes.
    pub(super) fn check(&self, versioned_hashes: &[B256]) -> Result<(), TransactionError> {
        let blobs = versioned_hashes.len();
        expect_count(Field::Blobs, self.blobs.len(), blobs)?;
        expect_count(Field::Commitments, self.commitments.len(), blobs)?;
        expect_count(Field::Proofs, self.proofs.len(), blobs * self.version.proofs_per_blob())?;
        for (index, (hash, commitment)) in versioned_hashes.iter().zip(&self.commitments).enumerate() {
            if kzg_to_versioned_hash(commitment.as_slice()) != *hash {
                return Err(TransactionError::CommitmentMismatch { index });
            }
        }
        Ok(())
    }

    /// Whether `wrapper`, the network form without its type byte, is what writing the transaction `inner` (an RLP
    /// list) and this sidecar gives. Compares piece by piece: blobs are not copied to be written again.
    pub(super) fn reproduces(&self, wrapper: &[u8], inner: &[u8]) -> bool {
        let version: &[u8] = match self.version {
            Version::BlobProofs => &[],
            Version::CellProofs => &[EIP_7594_WRAPPER_VERSION],
        };
        let lists = length_of_list(&self.blobs) + length_of_list(&self.commitments) + length_of_list(&self.proofs);
        let mut comparison = Comparison {
            rest: Some(wrapper),
            header: Vec::new(),
        };
        comparison.header(&Header {
            list: true,
            payload_length: inner.len() + version.len() + lists,
        });
        comparison.piece(inner);
        comparison.piece(version);
        comparison.list(&self.blobs);
        comparison.list(&self.commitments);
        comparison.list(&self.proofs);
        comparison.rest.is_some_and(<[u8]>::is_empty)
    }
}

impl Version {
    /// A version number stands before the lists from version 1 on.
    fn read(wrapper: &mut Reader<'_>) -> Result<Self, TransactionError> {
        if wrapper.list_is_next() {
            return Ok(Self::BlobProofs);
        }
        match wrapper.u64(Field::SidecarVersion)? {
            version if version == u64::from(EIP_7594_WRAPPER_VERSION) => Ok(Self::CellProofs),
            version => Err(TransactionError::UnknownSidecarVersion(version)),
        }
    }

    fn max_blobs(self) -> usize {
        match self {
            Self::BlobProofs => MAX_BLOBS,
            Self::CellProofs => MAX_BLOBS_WITH_CELLS,
        }
    }

    fn proofs_per_blob(self) -> usize {
        match self {
            Self::BlobProofs => 1,
            Self::CellProofs => CELLS_PER_EXT_BLOB,
        }
    }
}

/// A list of byte strings of length `N`, at most `limit` of them.
fn items<'a, const N: usize>(
    wrapper: &mut Reader<'a>,
    field: Field,
    item: Field,
    limit: usize,
) -> Result<Vec<&'a [u8; N]>, TransactionError> {
    let mut list = wrapper.list(field)?;
    let mut items = Vec::new();
    while !list.is_empty() {
        if items.len() == limit {
            return Err(TransactionError::TooManyBlobs { field, limit });
        }
        items.push(list.fixed(item)?);
    }
    Ok(items)
}

fn expect_count(field: Field, found: usize, expected: usize) -> Result<(), TransactionError> {
    if found == expected {
        Ok(())
    } else {
        Err(TransactionError::SidecarCount { field, found, expected })
    }
}

fn payload_of_list<const N: usize>(items: &[&[u8; N]]) -> usize {
    items.len()
        * Header {
            list: false,
            payload_length: N,
        }
        .length_with_payload()
}

fn length_of_list<const N: usize>(items: &[&[u8; N]]) -> usize {
    Header {
        list: true,
        payload_length: payload_of_list(items),
    }
    .length_with_payload()
}

/// A writer that compares instead of writing. `rest` is none once a piece differed.
struct Comparison<'a> {
    rest: Option<&'a [u8]>,
    header: Vec<u8>,
}

impl Comparison<'_> {
    fn piece(&mut self, piece: &[u8]) {
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(piece));
    }

    fn header(&mut self, header: &Header) {
        self.header.clear();
        header.encode(&mut self.header);
        self.rest = self.rest.and_then(|rest| rest.strip_prefix(self.header.as_slice()));
    }

    fn list<const N: usize>(&mut self, items: &[&[u8; N]]) {
        self.header(&Header {
            list: true,
            payload_length: payload_of_list(items),
        });
        for item in items {
            self.header(&Header {
                list: false,
                payload_length: N,
            });
            self.piece(item.as_slice());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static BLOB: [u8; BYTES_PER_BLOB] = [7; BYTES_PER_BLOB];
    static POINT: [u8; BYTES_PER_COMMITMENT] = [8; BYTES_PER_COMMITMENT];

    /// A sidecar of one blob, and the wrapper that holds it around the empty list.
    fn wrapped(version: Version) -> (Sidecar<'static>, Vec<u8>) {
        let proofs = vec![&POINT; version.proofs_per_blob()];
        let sidecar = Sidecar {
            version,
            blobs: vec![&BLOB],
            commitments: vec![&POINT],
            proofs,
        };
        let mut lists = Vec::new();
        if version == Version::CellProofs {
            lists.push(1);
        }
        for (items, item) in [
            (1, BLOB.as_slice()),
            (1, POINT.as_slice()),
            (version.proofs_per_blob(), &POINT),
        ] {
            let mut payload = Vec::new();
            for _ in 0..items {
                Header {
                    list: false,
                    payload_length: item.len(),
                }
                .encode(&mut payload);
                payload.extend_from_slice(item);
            }
            Header {
                list: true,
                payload_length: payload.len(),
            }
            .encode(&mut lists);
            lists.extend(payload);
        }
        let mut wrapper = Vec::new();
        Header {
            list: true,
            payload_length: 1 + lists.len(),
        }
        .encode(&mut wrapper);
        wrapper.push(0xc0);
        wrapper.extend(lists);
        (sidecar, wrapper)
    }

    #[test]
    fn the_wrapper_it_was_read_from_is_reproduced() {
        for version in [Version::BlobProofs, Version::CellProofs] {
            let (sidecar, wrapper) = wrapped(version);
            assert!(sidecar.reproduces(&wrapper, &[0xc0]), "{version:?}");
        }
    }

    #[test]
    fn a_wrapper_that_differs_anywhere_is_not_reproduced() {
        let (sidecar, wrapper) = wrapped(Version::CellProofs);
        let places = (0..20).chain(131_000..wrapper.len()).step_by(7);
        for place in places {
            let mut changed = wrapper.clone();
            changed[place] ^= 1;
            assert!(!sidecar.reproduces(&changed, &[0xc0]), "byte {place}");
        }
        assert!(!sidecar.reproduces(&wrapper, &[0xc1]));
        assert!(!sidecar.reproduces(&[wrapper.as_slice(), &[0]].concat(), &[0xc0]));
        assert!(!sidecar.reproduces(&wrapper[..wrapper.len() - 1], &[0xc0]));
        assert!(!sidecar.reproduces(&[], &[]));
    }

    #[test]
    fn the_longest_sidecar_is_that_of_version_0() {
        let with_cells = MAX_BLOBS_WITH_CELLS * (BYTES_PER_BLOB + 4 + 49 + CELLS_PER_EXT_BLOB * 49) + LIST_HEADERS;
        assert!(with_cells < MAX_SIDECAR_BYTES);
    }
}
