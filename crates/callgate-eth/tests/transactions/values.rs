//! Hand-made faults of content: v, chain ids, signatures, fees, nonces. Each test is named after its entry in the list of
//! attacks on raw transactions; where an entry concerns policy, here is tested that the fact it needs is told.

use alloy_consensus::TxLegacy;
use alloy_primitives::U256;
use callgate_eth::transaction::{Field, RecoverError, SignatureFault, TransactionError, TransactionType};

use crate::support::{
    Item, ORDER, Parts, TO, accepted, authorization, eip1559, eip2930, eip7702, legacy, refusal, sender, sign,
};

#[test]
fn c07_legacy_v() {
    let parts = Parts::of(&sign(&legacy(Some(1))));
    let with_v = |v: u64| {
        let bytes = v.to_be_bytes();
        let minimal: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        parts.with_bytes(6, &minimal)
    };
    for v in [0, 1, 2, 26, 29, 30, 31, 32, 33, 34] {
        assert_eq!(refusal(&with_v(v)), TransactionError::LegacyV(v));
    }
    for v in [35, 36] {
        assert_eq!(refusal(&with_v(v)), TransactionError::ZeroChainId);
    }
    for (v, chain_id) in [(27, None), (28, None), (37, Some(1)), (38, Some(1)), (255, Some(110))] {
        let decoded = accepted(&with_v(v));
        assert_eq!(
            (decoded.chain_id(), decoded.is_protected()),
            (chain_id, chain_id.is_some())
        );
    }
    assert_eq!(accepted(&with_v(u64::MAX)).chain_id(), Some((u64::MAX - 35) / 2));
    let error = refusal(&parts.with_bytes(6, &[1, 0, 0, 0, 0, 0, 0, 0, 0]));
    assert!(
        matches!(
            error,
            TransactionError::TooWide {
                field: Field::V,
                bits: 64,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(refusal(&parts.with_bytes(6, &[0, 27])).code(), "leading_zero");
}

#[test]
fn c09_chain_id_of_none_or_another() {
    for (raw, zero_at) in [
        (sign(&eip2930()), 0),
        (sign(&eip1559()), 0),
        (sign(&eip7702(vec![authorization(1, TO, 3)])), 0),
    ] {
        let parts = Parts::of(&raw);
        assert_eq!(refusal(&parts.with_bytes(zero_at, &[])), TransactionError::ZeroChainId);
        assert_eq!(accepted(&parts.with_bytes(zero_at, &[5])).chain_id(), Some(5));
        assert_eq!(
            accepted(&parts.with_bytes(zero_at, &[0xff; 8])).chain_id(),
            Some(u64::MAX)
        );
        let error = refusal(&parts.with_bytes(zero_at, &[1; 9]));
        assert!(
            matches!(
                error,
                TransactionError::TooWide {
                    field: Field::ChainId,
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn c10_high_s() {
    for (raw, at) in [(sign(&eip2930()), 8), (sign(&eip1559()), 9)] {
        let mut parts = Parts::of(&raw);
        let s = U256::from_be_slice(parts.items[at + 2].bytes());
        let flipped: &[u8] = if parts.items[at].bytes().is_empty() { &[1] } else { &[] };
        parts.items[at] = Item::Bytes(flipped.to_vec());
        let error = refusal(&parts.with_bytes(at + 2, &(ORDER - s).to_be_bytes_trimmed_vec()));
        assert_eq!(error, TransactionError::Signature(SignatureFault::HighS));
    }
    let mut parts = Parts::of(&sign(&legacy(Some(1))));
    let s = U256::from_be_slice(parts.items[8].bytes());
    let flipped = if parts.items[6].bytes() == [37] { 38 } else { 37 };
    parts.items[6] = Item::Bytes(vec![flipped]);
    let error = refusal(&parts.with_bytes(8, &(ORDER - s).to_be_bytes_trimmed_vec()));
    assert_eq!(error, TransactionError::Signature(SignatureFault::HighS));
}

#[test]
fn c11_r_and_s_out_of_range() {
    let parts = Parts::of(&sign(&eip1559()));
    let order = ORDER.to_be_bytes_trimmed_vec();
    for (index, bytes, fault) in [
        (10, vec![], SignatureFault::ROutOfRange),
        (10, order.clone(), SignatureFault::ROutOfRange),
        (11, vec![], SignatureFault::SOutOfRange),
        (11, order, SignatureFault::SOutOfRange),
        (11, vec![0xff; 32], SignatureFault::SOutOfRange),
    ] {
        assert_eq!(
            refusal(&parts.with_bytes(index, &bytes)),
            TransactionError::Signature(fault)
        );
    }
    assert_eq!(refusal(&parts.with_bytes(10, &[1; 33])).code(), "too_wide");
}

#[test]
fn c11_parity_other_than_zero_and_one() {
    for (raw, at) in [(sign(&eip2930()), 8), (sign(&eip1559()), 9)] {
        let parts = Parts::of(&raw);
        for parity in [2, 3, 27, 28, 255] {
            let error = refusal(&parts.with_bytes(at, &[parity]));
            assert_eq!(error, TransactionError::Signature(SignatureFault::Parity));
        }
    }
}

#[test]
fn c11_r_off_the_curve_has_no_sender() {
    let decoded = accepted(&Parts::of(&sign(&eip1559())).with_bytes(10, &[5]));
    assert_eq!(decoded.sender(), Err(RecoverError::NoKey));
    assert_eq!(decoded.sender(), Err(RecoverError::NoKey), "and keeps having none");
}

#[test]
fn c12_a_changed_field_has_another_sender() {
    let parts = Parts::of(&sign(&eip1559()));
    let decoded = accepted(&parts.with_bytes(1, &[8]));
    assert_ne!(decoded.sender(), Ok(sender().address()));
}

#[test]
fn c27_goquorum_private_v_reads_as_chain_one() {
    // v 37 and 38 mark private transactions there; whoever serves another chain refuses them by the chain id.
    for v in [37, 38] {
        assert_eq!(
            accepted(&Parts::of(&sign(&legacy(None))).with_bytes(6, &[v])).chain_id(),
            Some(1)
        );
    }
}

#[test]
fn c33_cost_beyond_256_bits() {
    let mut tx = eip1559();
    tx.access_list = Default::default();
    tx.gas_limit = u64::MAX;
    tx.max_fee_per_gas = u128::MAX;
    let gas = U256::from(tx.gas_limit) * U256::from(tx.max_fee_per_gas);
    tx.value = U256::MAX - gas;
    accepted(&sign(&tx));
    tx.value += U256::ONE;
    assert_eq!(refusal(&sign(&tx)), TransactionError::CostOverflow);
}

#[test]
fn c33_tip_above_the_cap() {
    let mut tx = eip1559();
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    accepted(&sign(&tx));
    tx.max_priority_fee_per_gas += 1;
    assert_eq!(refusal(&sign(&tx)), TransactionError::PriorityAboveMaximum);
}

#[test]
fn c33_fees_and_gas_wider_than_their_fields() {
    let parts = Parts::of(&sign(&eip1559()));
    for (index, field, bytes, bits) in [
        (1, Field::Nonce, 9, 64),
        (2, Field::MaxPriorityFeePerGas, 17, 128),
        (3, Field::MaxFeePerGas, 17, 128),
        (4, Field::GasLimit, 9, 64),
        (6, Field::Value, 33, 256),
    ] {
        let error = refusal(&parts.with_bytes(index, &vec![1; bytes]));
        let matches =
            matches!(error, TransactionError::TooWide { field: at, bits: width, .. } if at == field && width == bits);
        assert!(matches, "{error}");
    }
}

#[test]
fn c34_the_last_nonce() {
    for kind in [TransactionType::Legacy, TransactionType::Eip1559] {
        let raw = |nonce| match kind {
            TransactionType::Legacy => sign(&TxLegacy {
                nonce,
                ..legacy(Some(1))
            }),
            _ => {
                let mut tx = eip1559();
                tx.nonce = nonce;
                sign(&tx)
            }
        };
        assert_eq!(accepted(&raw(u64::MAX - 1)).nonce(), u64::MAX - 1);
        assert_eq!(refusal(&raw(u64::MAX)), TransactionError::NonceExhausted);
    }
}
