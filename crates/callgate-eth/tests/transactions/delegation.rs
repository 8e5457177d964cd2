//! Hand-made faults of delegations, and of creations in types without. Each test is named after its entry in the list of
//! attacks on raw transactions; where an entry concerns policy, here is tested that the fact it needs is told.

use alloy_primitives::{Address, TxKind, U256};
use callgate_eth::transaction::{
    AuthorizationFault, MAX_AUTHORIZATIONS, SignatureFault, TransactionError, TransactionType,
};

use crate::support::{
    Item, ORDER, Parts, TO, accepted, authority, authorization, eip4844, eip7702, legacy, refusal, sender, sign,
    with_blob_proofs,
};

#[test]
fn c10_high_s_in_an_authorization() {
    let parts = Parts::of(&sign(&eip7702(vec![authorization(1, TO, 3)])));
    let mut fields = parts.items[9].list()[0].list().to_vec();
    let s = U256::from_be_slice(fields[5].bytes());
    fields[5] = Item::Bytes((ORDER - s).to_be_bytes_trimmed_vec());
    let error = refusal(&parts.with(9, Item::List(vec![Item::List(fields)])));
    let fault = AuthorizationFault::Signature(SignatureFault::HighS);
    assert_eq!(error, TransactionError::Authorization { index: 0, fault });
}

#[test]
fn c18_authority_is_not_the_sender() {
    let decoded = accepted(&sign(&eip7702(vec![authorization(1, TO, 3)])));
    assert_eq!(decoded.sender(), Ok(sender().address()));
    assert_eq!(decoded.authorizations()[0].authority(), Ok(authority().address()));
    assert_ne!(sender().address(), authority().address());
}

#[test]
fn c19_authorization_for_every_chain() {
    let decoded = accepted(&sign(&eip7702(vec![authorization(0, TO, 3), authorization(5, TO, 3)])));
    let flags: Vec<_> = decoded
        .authorizations()
        .iter()
        .map(|it| (it.chain_id(), it.holds_on_every_chain()))
        .collect();
    assert_eq!(flags, [(0, true), (5, false)]);
}

#[test]
fn c21_number_of_authorizations() {
    assert_eq!(refusal(&sign(&eip7702(vec![]))), TransactionError::NoAuthorizations);
    let list = vec![authorization(1, TO, 3); MAX_AUTHORIZATIONS + 1];
    let error = refusal(&sign(&eip7702(list)));
    assert_eq!(
        error,
        TransactionError::TooManyAuthorizations {
            limit: MAX_AUTHORIZATIONS
        }
    );
}

#[test]
fn c21_malformed_authorizations() {
    let parts = Parts::of(&sign(&eip7702(vec![authorization(1, TO, 3)])));
    let fields = parts.items[9].list()[0].list().to_vec();
    let with = |index: usize, bytes: &[u8]| {
        let mut changed = fields.clone();
        changed[index] = Item::Bytes(bytes.to_vec());
        refusal(&parts.with(9, Item::List(vec![Item::List(changed)])))
    };
    assert_eq!(with(0, &[1; 9]).code(), "too_wide");
    assert_eq!(with(1, &[]).code(), "wrong_length");
    let exhausted = TransactionError::Authorization {
        index: 0,
        fault: AuthorizationFault::NonceExhausted,
    };
    assert_eq!(with(2, &[0xff; 8]), exhausted);
    assert_eq!(with(3, &[2]).code(), "invalid_authorization");
    assert_eq!(with(4, &[]).code(), "invalid_authorization");
    assert_eq!(with(5, &[]).code(), "invalid_authorization");
    let six = Item::List(vec![Item::List([fields.as_slice(), &[Item::Bytes(vec![])]].concat())]);
    assert_eq!(refusal(&parts.with(9, six)).code(), "extra_field");
    let five = Item::List(vec![Item::List(fields[..5].to_vec())]);
    assert_eq!(refusal(&parts.with(9, five)).code(), "missing_field");
    let flat = Item::List(fields);
    assert_eq!(refusal(&parts.with(9, flat)).code(), "expected_list");
}

#[test]
fn c24_delegation_to_the_zero_address_is_told() {
    let decoded = accepted(&sign(&eip7702(vec![authorization(1, Address::ZERO, 3)])));
    assert_eq!(decoded.authorizations()[0].delegate(), Address::ZERO);
}

#[test]
fn c25_creation_is_told_and_impossible_in_types_3_and_4() {
    let mut tx = legacy(Some(1));
    tx.to = TxKind::Create;
    assert_eq!(accepted(&sign(&tx)).to(), None);
    let parts = Parts::of(&sign(&eip7702(vec![authorization(1, TO, 3)])));
    let error = refusal(&parts.with_bytes(5, &[]));
    assert_eq!(error, TransactionError::CreationForbidden(TransactionType::Eip7702));
    let parts = Parts::of(&sign(&with_blob_proofs(eip4844(1), 1)));
    let mut inner = parts.items[0].list().to_vec();
    inner[5] = Item::Bytes(vec![]);
    let error = refusal(&parts.with(0, Item::List(inner)));
    assert_eq!(error, TransactionError::CreationForbidden(TransactionType::Eip4844));
}
