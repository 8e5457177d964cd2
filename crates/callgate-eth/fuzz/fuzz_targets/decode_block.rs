//! Blocks: no bytes panic, and what decodes keeps its bytes and has transactions that decode alone to the same.
#![no_main]

use callgate_eth::TransactionType;
use callgate_eth::transaction::{MAX_BLOCK_TRANSACTIONS, decode, decode_block};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    if let Ok(block) = decode_block(raw) {
        assert_eq!(block.bytes(), raw);
        assert!(block.transactions().len() <= MAX_BLOCK_TRANSACTIONS);
        for transaction in block.transactions() {
            let _ = transaction.sender();
            // Alone, blob transactions need their sidecar.
            if transaction.transaction_type() != TransactionType::Eip4844 {
                let alone = decode(transaction.bytes()).map(|alone| alone.hash());
                assert_eq!(alone, Ok(transaction.hash()));
            }
        }
    }
});
