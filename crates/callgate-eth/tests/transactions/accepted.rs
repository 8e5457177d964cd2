//! Signed transactions of every type decode to exactly what was signed.

use alloy_consensus::{SignableTransaction, Transaction};
use alloy_primitives::{Address, B256, TxKind, U256, keccak256};
use callgate_eth::transaction::{
    Authorization, AuthorizationFault, MAX_AUTHORIZATIONS, MAX_BLOB_TRANSACTION_BYTES, SidecarVersion, TransactionType,
};

use crate::support::{
    TO, accepted, authority, authorization, eip1559, eip2930, eip4844, eip7702, every_kind, legacy, sender, sign,
    with_blob_proofs, with_cell_proofs,
};

#[test]
fn every_kind_keeps_its_bytes_and_names_its_sender() {
    for (name, raw) in every_kind() {
        let decoded = accepted(&raw);
        assert_eq!(decoded.bytes(), raw, "{name}");
        assert_eq!(decoded.sender(), Ok(sender().address()), "{name}");
    }
}

#[test]
fn every_kind_has_the_fields_that_were_signed() {
    let tx = legacy(Some(1));
    same_fields(&sign(&tx), &tx, TransactionType::Legacy);
    let tx = legacy(None);
    same_fields(&sign(&tx), &tx, TransactionType::Legacy);
    let tx = eip2930();
    same_fields(&sign(&tx), &tx, TransactionType::Eip2930);
    let tx = eip1559();
    same_fields(&sign(&tx), &tx, TransactionType::Eip1559);
    let tx = with_blob_proofs(eip4844(3), 3);
    same_fields(&sign(&tx), &tx, TransactionType::Eip4844);
    let tx = with_cell_proofs(eip4844(3), 3);
    same_fields(&sign(&tx), &tx, TransactionType::Eip4844);
    let tx = eip7702(vec![authorization(1, TO, 3), authorization(0, Address::ZERO, 4)]);
    same_fields(&sign(&tx), &tx, TransactionType::Eip7702);
}

fn same_fields(raw: &[u8], signed: &dyn Transaction, kind: TransactionType) {
    let decoded = accepted(raw);
    assert_eq!(decoded.transaction_type(), kind);
    assert_eq!(decoded.chain_id(), signed.chain_id());
    assert_eq!(decoded.is_protected(), signed.chain_id().is_some());
    assert_eq!(decoded.nonce(), signed.nonce());
    assert_eq!(decoded.gas(), signed.gas_limit());
    assert_eq!(decoded.gas_price(), signed.gas_price());
    assert_eq!(decoded.max_fee_per_gas(), signed.max_fee_per_gas());
    assert_eq!(decoded.max_priority_fee_per_gas(), signed.max_priority_fee_per_gas());
    assert_eq!(decoded.max_fee_per_blob_gas(), signed.max_fee_per_blob_gas());
    assert_eq!(decoded.to(), signed.to());
    assert_eq!(decoded.value(), signed.value());
    assert_eq!(decoded.input(), signed.input().as_ref());
    assert_eq!(
        decoded.access_list_len(),
        signed.access_list().map_or(0, |list| list.len())
    );
    assert_eq!(decoded.blob_count(), signed.blob_count().unwrap_or(0) as usize);
    assert_eq!(
        decoded.authorizations().len(),
        signed.authorization_count().unwrap_or(0) as usize
    );
}

#[test]
fn authorizations_name_authority_delegate_chain_and_nonce() {
    let raw = sign(&eip7702(vec![
        authorization(1, TO, 3),
        authorization(0, Address::ZERO, 4),
    ]));
    let decoded = accepted(&raw);
    let facts: Vec<_> = decoded
        .authorizations()
        .iter()
        .map(|it| (it.authority(), it.delegate(), it.chain_id(), it.nonce()))
        .collect();
    let authority = authority().address();
    assert_eq!(facts, [(Ok(authority), TO, 1, 3), (Ok(authority), Address::ZERO, 0, 4)]);
}

#[test]
fn an_authorization_from_parts_names_the_same_authority() {
    use callgate_eth::transaction::{Parity, Signature};
    let signed = authorization(1, TO, 3);
    let parity = Parity::try_from(u64::from(signed.y_parity())).unwrap();
    let signature = Signature::new(parity, signed.r(), signed.s()).unwrap();
    let from_parts = Authorization::new(1, TO, 3, signature).unwrap();
    assert_eq!(from_parts.authority(), Ok(authority().address()));
    assert_ne!(
        Authorization::new(2, TO, 3, signature).unwrap().authority(),
        Ok(authority().address())
    );
    let exhausted = Authorization::new(1, TO, u64::MAX, signature);
    assert_eq!(exhausted.err(), Some(AuthorizationFault::NonceExhausted));
}

#[test]
fn as_many_authorizations_as_allowed_decode() {
    let list = vec![authorization(1, TO, 3); MAX_AUTHORIZATIONS];
    assert_eq!(
        accepted(&sign(&eip7702(list))).authorizations().len(),
        MAX_AUTHORIZATIONS
    );
}

#[test]
fn blob_transactions_know_their_sidecar() {
    let blob_proofs = accepted(&sign(&with_blob_proofs(eip4844(9), 9)));
    assert_eq!(
        (blob_proofs.blob_count(), blob_proofs.sidecar_version()),
        (9, Some(SidecarVersion::BlobProofs))
    );
    let cell_proofs = accepted(&sign(&with_cell_proofs(eip4844(6), 6)));
    assert_eq!(
        (cell_proofs.blob_count(), cell_proofs.sidecar_version()),
        (6, Some(SidecarVersion::CellProofs))
    );
    assert_eq!(accepted(&sign(&eip1559())).sidecar_version(), None);
}

#[test]
fn the_longest_blob_transaction_fits_the_limit() {
    let mut tx = eip4844(9);
    tx.input = vec![0; 128 * 1024 - 600].into();
    let raw = sign(&with_blob_proofs(tx, 9));
    assert!(raw.len() <= MAX_BLOB_TRANSACTION_BYTES);
    assert!(
        raw.len() + 1024 > MAX_BLOB_TRANSACTION_BYTES,
        "the limit is not far above what is possible"
    );
    accepted(&raw);
}

#[test]
fn creations_have_no_to() {
    let mut tx = eip1559();
    tx.to = TxKind::Create;
    tx.value = U256::ZERO;
    assert_eq!(accepted(&sign(&tx)).to(), None);
}

#[test]
fn clones_and_debug_do_not_show_calldata() {
    let decoded = accepted(&sign(&eip1559()));
    assert_eq!(decoded.clone().hash(), decoded.hash());
    assert_eq!(
        format!("{decoded:?}"),
        "RawTransaction { type: Eip1559, bytes: 276, .. }"
    );
}

#[test]
fn hashes_are_those_of_the_transaction_without_sidecar() {
    let tx = eip4844(2);
    let signature = {
        use alloy_signer::SignerSync;
        sender().sign_hash_sync(&tx.signature_hash()).unwrap()
    };
    let inner = *tx.clone().into_signed(signature).hash();
    for raw in [sign(&with_blob_proofs(tx.clone(), 2)), sign(&with_cell_proofs(tx, 2))] {
        let decoded = accepted(&raw);
        assert_eq!(decoded.hash(), inner);
        assert_ne!(decoded.hash(), keccak256(&raw));
    }
    let raw = sign(&eip1559());
    assert_eq!(accepted(&raw).hash(), B256::from(keccak256(raw)));
}
