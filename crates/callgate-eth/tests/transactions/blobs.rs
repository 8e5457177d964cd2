//! Hand-made faults of blob transactions. Each test is named after its entry in the list of
//! attacks on raw transactions; where an entry concerns policy, here is tested that the fact it needs is told.

use alloy_primitives::U256;
use callgate_eth::transaction::{
    Field, MAX_BLOB_TRANSACTION_BYTES, MAX_TRANSACTION_BYTES, SidecarVersion, TransactionError, decode_hex,
};

use crate::support::{Item, Parts, accepted, eip4844, refusal, sign, with_blob_proofs, with_cell_proofs};

#[test]
fn c15_blob_transaction_in_block_form() {
    assert_eq!(refusal(&sign(&eip4844(1))), TransactionError::MissingSidecar);
    assert_eq!(refusal(&[0x03, 0xc1, 0x01]), TransactionError::MissingSidecar);
    assert_eq!(
        refusal(&[0x03, 0xc0]),
        TransactionError::MissingField {
            field: Field::Transaction,
            offset: 2
        }
    );
}

#[test]
fn c16_both_network_forms_are_one_transaction() {
    let old = accepted(&sign(&with_blob_proofs(eip4844(1), 1)));
    let new = accepted(&sign(&with_cell_proofs(eip4844(1), 1)));
    assert_eq!(old.hash(), new.hash());
    assert_ne!(old.bytes(), new.bytes());
    assert_eq!(old.sidecar_version(), Some(SidecarVersion::BlobProofs));
    assert_eq!(new.sidecar_version(), Some(SidecarVersion::CellProofs));
}

#[test]
fn c17_sidecar_version() {
    let parts = Parts::of(&sign(&with_cell_proofs(eip4844(1), 1)));
    let version = |bytes: &[u8]| refusal(&parts.with(1, Item::Verbatim(bytes.to_vec())));
    assert_eq!(version(&[0x02]), TransactionError::UnknownSidecarVersion(2));
    assert_eq!(version(&[0x80]), TransactionError::UnknownSidecarVersion(0));
    assert_eq!(version(&[0x00]).code(), "leading_zero");
    assert_eq!(version(&[0x81, 0x01]).code(), "not_shortest");
    assert_eq!(version(&[0x82, 0x00, 0x01]).code(), "leading_zero");
    assert_eq!(
        refusal(&parts.without(1)).code(),
        "too_many_blobs",
        "cell proofs without a version"
    );
}

#[test]
fn c17_counts_of_the_sidecar() {
    let field_and_counts = |raw: &[u8]| match refusal(raw) {
        TransactionError::SidecarCount { field, found, expected } => (field, found, expected),
        other => panic!("{other}"),
    };
    let raw = sign(&with_blob_proofs(eip4844(2), 2));
    let parts = Parts::of(&raw);
    for (index, field) in [(1, Field::Blobs), (2, Field::Commitments), (3, Field::Proofs)] {
        let fewer = Item::List(parts.items[index].list()[..1].to_vec());
        assert_eq!(field_and_counts(&parts.with(index, fewer)), (field, 1, 2));
        let more = Item::List([parts.items[index].list(), &parts.items[index].list()[..1]].concat());
        assert_eq!(field_and_counts(&parts.with(index, more)), (field, 3, 2));
        let none = Item::List(vec![]);
        assert_eq!(field_and_counts(&parts.with(index, none)), (field, 0, 2));
    }
    let cells = Parts::of(&sign(&with_cell_proofs(eip4844(1), 1)));
    let one_proof = Item::List(cells.items[4].list()[..1].to_vec());
    assert_eq!(field_and_counts(&cells.with(4, one_proof)), (Field::Proofs, 1, 128));
}

#[test]
fn c17_sizes_in_the_sidecar() {
    let parts = Parts::of(&sign(&with_blob_proofs(eip4844(1), 1)));
    for (index, field, size) in [
        (1, Field::Blob, 131_072),
        (2, Field::Commitment, 48),
        (3, Field::Proof, 48),
    ] {
        for wrong in [size - 1, size + 1] {
            let error = refusal(&parts.with(index, Item::List(vec![Item::Bytes(vec![0xff; wrong])])));
            let matches = matches!(error, TransactionError::WrongLength { field: at, bytes, expected, .. }
                if at == field && bytes == wrong && expected == size);
            assert!(matches, "{error}");
        }
    }
}

#[test]
fn c17_commitment_of_another_blob() {
    let parts = Parts::of(&sign(&with_blob_proofs(eip4844(2), 2)));
    let mut commitments = parts.items[2].list().to_vec();
    commitments.swap(0, 1);
    let error = refusal(&parts.with(2, Item::List(commitments.clone())));
    assert_eq!(error, TransactionError::CommitmentMismatch { index: 0 });
    commitments.swap(0, 1);
    commitments[1] = Item::Bytes(vec![7; 48]);
    let error = refusal(&parts.with(2, Item::List(commitments)));
    assert_eq!(error, TransactionError::CommitmentMismatch { index: 1 });
}

#[test]
fn c17_number_of_blobs() {
    accepted(&sign(&with_blob_proofs(eip4844(9), 9)));
    let error = refusal(&sign(&with_blob_proofs(eip4844(10), 10)));
    // Ten blobs are already over the size limit, which comes first.
    assert_eq!(error.code(), "too_large");
    let error = refusal(&sign(&with_blob_proofs(eip4844(10), 1)));
    assert_eq!(
        error,
        TransactionError::TooManyBlobs {
            field: Field::BlobVersionedHashes,
            limit: 9
        }
    );
    accepted(&sign(&with_cell_proofs(eip4844(6), 6)));
    let error = refusal(&sign(&with_cell_proofs(eip4844(7), 7)));
    assert_eq!(
        error,
        TransactionError::TooManyBlobs {
            field: Field::Blobs,
            limit: 6
        }
    );
    let none = sign(&with_blob_proofs(eip4844(0), 0));
    assert_eq!(refusal(&none), TransactionError::NoBlobs);
}

#[test]
fn c17_version_of_the_blob_hash() {
    let mut tx = eip4844(2);
    tx.blob_versioned_hashes[1].0[0] = 0x02;
    let error = refusal(&sign(&with_blob_proofs(tx, 2)));
    assert_eq!(error, TransactionError::BlobHashVersion { index: 1, version: 2 });
}

#[test]
fn c29_oversize_blob_transactions() {
    let mut bytes = vec![0x03; MAX_BLOB_TRANSACTION_BYTES + 1];
    assert_eq!(refusal(&bytes).code(), "too_large");
    bytes.pop();
    assert_ne!(refusal(&bytes).code(), "too_large");
    let text = format!("0x03{}", "zz".repeat(MAX_BLOB_TRANSACTION_BYTES));
    assert_eq!(decode_hex(&text).unwrap_err().code(), "too_large");
    let mut tx = eip4844(1);
    tx.input = vec![0; MAX_TRANSACTION_BYTES].into();
    let error = refusal(&sign(&with_blob_proofs(tx, 1)));
    assert!(
        matches!(
            error,
            TransactionError::TooLarge {
                limit: MAX_TRANSACTION_BYTES,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn c33_blob_gas_counts_too() {
    let mut tx = eip4844(1);
    tx.max_fee_per_blob_gas = u128::MAX;
    let gas = U256::from(tx.gas_limit) * U256::from(tx.max_fee_per_gas);
    let blob_gas = U256::from(131_072) * U256::from(u128::MAX);
    tx.value = U256::MAX - gas - blob_gas;
    accepted(&sign(&with_blob_proofs(tx.clone(), 1)));
    tx.value += U256::ONE;
    assert_eq!(refusal(&sign(&with_blob_proofs(tx, 1))), TransactionError::CostOverflow);
}
