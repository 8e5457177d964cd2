//! Blocks in RLP: what their transactions say, where an error stands, how much is read.

use alloy_primitives::{U256, hex};
use callgate_eth::transaction::{
    BlockError, Field, MAX_BLOCK_BYTES, MAX_BLOCK_TRANSACTIONS, RawBlock, TransactionError, TransactionType, decode,
    decode_block, decode_block_hex,
};

use crate::forms::{block, bytes, encode, header, in_block};
use crate::support::{Item, Parts, TO, authorization, eip4844, eip7702, every_kind, legacy, sign, with_blob_proofs};

/// Block 0 and block 3 of the execution-apis test chain (CC0-1.0), as go-ethereum wrote them: the third has three
/// unprotected transactions and an uncle.
const GENESIS: &str = include_str!("blocks/genesis.hex");
const THIRD: &str = include_str!("blocks/third.hex");

fn accepted(items: &[Item]) -> RawBlock {
    decode_block(&encode(&Item::List(items.to_vec()))).unwrap_or_else(|error| panic!("must decode: {error}"))
}

fn refusal(items: &[Item]) -> BlockError {
    decode_block(&encode(&Item::List(items.to_vec()))).expect_err("must be refused")
}

#[test]
fn blocks_of_a_client_decode() {
    let genesis = decode_block_hex(GENESIS.trim()).unwrap();
    assert_eq!(genesis.transactions().len(), 0);
    let third = decode_block_hex(THIRD.trim()).unwrap();
    assert_eq!(hex::encode_prefixed(third.bytes()), THIRD.trim());
    let facts: Vec<_> = third
        .transactions()
        .iter()
        .map(|it| (it.nonce(), it.is_protected(), it.to().is_some(), it.input().len()))
        .collect();
    assert_eq!(
        facts,
        [(63, false, true, 0), (64, false, false, 46), (65, false, false, 37)]
    );
    let senders: Vec<_> = third.transactions().iter().map(|it| it.sender().unwrap()).collect();
    assert_eq!(senders[0], senders[1]);
    assert_eq!(senders[0], senders[2]);
}

#[test]
fn a_transaction_in_a_block_is_the_one_that_was_sent() {
    let sent: Vec<_> = every_kind()
        .into_iter()
        .filter(|(name, _)| !name.ends_with("proofs"))
        .collect();
    let items: Vec<_> = sent.iter().map(|(_, raw)| in_block(raw)).collect();
    let block = accepted(&block(items));
    assert_eq!(block.transactions().len(), sent.len());
    for ((name, raw), inside) in sent.iter().zip(block.transactions()) {
        let alone = decode(raw).unwrap();
        assert_eq!(inside.bytes(), raw, "{name}");
        assert_eq!(
            (inside.hash(), inside.sender()),
            (alone.hash(), alone.sender()),
            "{name}"
        );
        assert_eq!(inside.transaction_type(), alone.transaction_type(), "{name}");
    }
}

#[test]
fn c15_blob_transactions_stand_in_blocks_without_their_sidecar() {
    let raw = sign(&eip4844(3));
    let block = accepted(&block(vec![bytes(&raw)]));
    let [inside] = block.transactions() else {
        panic!("one transaction")
    };
    assert_eq!(inside.transaction_type(), TransactionType::Eip4844);
    assert_eq!((inside.blob_count(), inside.sidecar_version()), (3, None));
    assert_eq!(inside.bytes(), raw);
    let sent = decode(&sign(&with_blob_proofs(eip4844(3), 3))).unwrap();
    assert_eq!((inside.hash(), inside.sender()), (sent.hash(), sent.sender()));
}

#[test]
fn errors_name_the_transaction_the_field_and_the_byte() {
    let standing = in_block(&sign(&legacy(Some(1))));
    let first = encode(&standing).len();
    let parts = Parts::of(&sign(&legacy(Some(1))));
    let error = refusal(&block(vec![standing.clone(), in_block(&parts.with_bytes(3, &[1; 19]))]));
    let header = encode(&header(15)).len();
    let offset = 3 + header + 3 + first;
    assert_eq!(
        error.to_string(),
        format!(
            "`transactions[1]`, from byte {offset}, is no signed transaction: `to` at byte 13 is 19 bytes long, not 20"
        )
    );
    // One byte more: the string around it.
    let error = refusal(&block(vec![standing, bytes([0x02])]));
    let fault = TransactionError::MissingField {
        field: Field::Transaction,
        offset: 1,
    };
    let BlockError::Transaction {
        index: 1, fault: told, ..
    } = error
    else {
        panic!("{error}")
    };
    assert_eq!(told, fault);
    let error = refusal(&[Item::List(vec![bytes([1; 31])])]);
    assert_eq!(error.to_string(), "`parent_hash` at byte 2 is 31 bytes long, not 32");
}

#[test]
fn a_block_has_a_bound_on_its_transactions() {
    let standing = in_block(&sign(&legacy(Some(1))));
    let most = accepted(&block(vec![standing.clone(); MAX_BLOCK_TRANSACTIONS]));
    assert_eq!(most.transactions().len(), MAX_BLOCK_TRANSACTIONS);
    assert_eq!(
        refusal(&block(vec![standing; MAX_BLOCK_TRANSACTIONS + 1])),
        BlockError::TooManyTransactions {
            limit: MAX_BLOCK_TRANSACTIONS
        }
    );
}

#[test]
fn c29_a_block_has_a_bound_on_its_length() {
    let too_large = |raw: &[u8]| decode_block(raw).is_err_and(|error| error.code() == "too_large");
    assert!(too_large(&vec![0xf9; MAX_BLOCK_BYTES + 1]));
    assert!(!too_large(&vec![0xf9; MAX_BLOCK_BYTES]));
    let text = format!("0x{}", "f9".repeat(MAX_BLOCK_BYTES + 1));
    assert_eq!(decode_block_hex(&text).unwrap_err().code(), "too_large");
}

/// A block may hold what no pool takes: a transaction beyond 128 KiB.
#[test]
fn a_transaction_in_a_block_may_be_longer_than_one_that_is_sent() {
    let mut transaction = legacy(Some(1));
    transaction.input = vec![0; 200 * 1024].into();
    let raw = sign(&transaction);
    assert_eq!(decode(&raw).unwrap_err().code(), "too_large");
    assert_eq!(
        accepted(&block(vec![in_block(&raw)])).transactions()[0].input().len(),
        200 * 1024
    );
}

#[test]
fn c18_every_authorization_in_a_block_is_told() {
    let raw = sign(&eip7702(vec![authorization(1, TO, 3)]));
    let block = accepted(&block(vec![bytes(raw)]));
    assert_eq!(block.transactions()[0].authorizations().len(), 1);
    assert_eq!(block.transactions()[0].value(), U256::from(1_000_000));
}
