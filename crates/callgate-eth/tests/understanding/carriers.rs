//! Methods that carry transactions, signatures and calls: section B.

use callgate_eth::{OperationKind, Reason, To, TransactionType};

use crate::support::{ALICE, BOB, NODE, Refused, Same, check, with, written};

#[test]
fn b16_a_transaction_for_the_node_to_sign() {
    for (method, kind) in [
        ("eth_sendTransaction", OperationKind::Send),
        ("eth_signTransaction", OperationKind::Sign),
    ] {
        let params = format!(
            r#"[{{"from":{ALICE:?},"to":{BOB:?},"value":"0x1","gas":"0x5208","gasPrice":"0x1","nonce":"0x0"}}]"#
        );
        with(&NODE, method, &params, |call| {
            let call = call.unwrap();
            let [operation] = call.operations() else {
                panic!("one operation")
            };
            assert_eq!(operation.kind(), kind);
            assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
            assert_eq!(operation.to(), To::Address(BOB.parse().unwrap()));
            assert_eq!(operation.chain_id(), NODE.chain_id);
            assert_eq!(operation.transaction_type(), TransactionType::Legacy);
            assert_eq!((operation.gas_price(), operation.max_fee_per_gas()), (Some(1), Some(1)));
        });
        check(
            method,
            &[
                ("[{}]", Refused(Reason::MissingFrom)),
                ("[]", Refused(Reason::WrongArity)),
                (r#"["0x02"]"#, Refused(Reason::WrongType)),
            ],
        );
    }
}

#[test]
fn b17_signing_methods_that_are_not_understood_yet() {
    for method in [
        "eth_fillTransaction",
        "eth_resend",
        "personal_signTransaction",
        "account_signTransaction",
    ] {
        let error = written(method, &format!(r#"[{{"from":{ALICE:?}}}]"#)).unwrap_err();
        assert_eq!(error.reason(), Reason::OperationsNotUnderstood, "{method}");
    }
}

#[test]
fn b18_messages_are_signed_by_the_address_given_wherever_it_stands() {
    for (method, params) in [
        ("eth_sign", format!(r#"[{ALICE:?},"0xdeadbeef00"]"#)),
        ("personal_sign", format!(r#"["0xdeadbeef00",{ALICE:?}]"#)),
        ("personal_sign", format!(r#"["0xdeadbeef00",{ALICE:?},null]"#)),
    ] {
        with(&NODE, method, &params, |call| {
            let call = call.unwrap();
            let [operation] = call.operations() else {
                panic!("one operation")
            };
            assert_eq!(operation.kind(), OperationKind::Sign);
            assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
            assert_eq!(operation.to(), To::None);
            assert_eq!(operation.selector(), None);
            assert_eq!(operation.input_bytes().as_ref(), [0xde, 0xad, 0xbe, 0xef, 0]);
            assert_eq!(
                (operation.gas(), operation.nonce(), operation.hash()),
                (None, None, None)
            );
        });
    }
    check(
        "eth_sign",
        &[
            (&format!(r#"[{ALICE:?},"0xdeadbeef"]"#), Same),
            (&format!(r#"["0xdeadbeef",{ALICE:?}]"#), Refused(Reason::NotAnAddress)),
            (&format!(r#"[{ALICE:?},"hello"]"#), Refused(Reason::NotHex)),
            (&format!("[{ALICE:?}]"), Refused(Reason::WrongArity)),
        ],
    );
    check(
        "personal_sign",
        &[
            (&format!(r#"["0xdeadbeef",{ALICE:?}]"#), Same),
            (&format!(r#"[{ALICE:?},"0xdeadbeef"]"#), Refused(Reason::NotAnAddress)),
            (
                &format!(r#"["0xdeadbeef",{ALICE:?},"password"]"#),
                Refused(Reason::Refused),
            ),
        ],
    );
}

#[test]
fn b_every_other_carrier_says_what_is_not_understood() {
    for (method, what) in [
        (
            "eth_sendRawTransactionSync",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "eth_sendRawTransactionConditional",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "eth_sendPrivateTransaction",
            "parameter 1 (`request`) carries a signed transaction",
        ),
        ("eth_sendBundle", "parameter 1 (`bundle`) carries signed transactions"),
        ("mev_sendBundle", "parameter 1 (`bundle`) carries signed transactions"),
        ("eth_callBundle", "parameter 1 (`bundle`) carries signed transactions"),
        ("eth_cancelBundle", "it submits something"),
        (
            "debug_batchSendRawTransaction",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "trace_rawTransaction",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "eth_distributePrivateTransaction",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "eea_sendRawTransaction",
            "parameter 1 (`transaction`) carries a signed transaction",
        ),
        (
            "eth_sendUserOperation",
            "parameter 1 (`userOperation`) carries a user operation",
        ),
        (
            "personal_sendTransaction",
            "parameter 1 (`transaction`) carries a transaction",
        ),
        (
            "eth_sendTransactionAsync",
            "parameter 1 (`transaction`) carries a transaction",
        ),
        (
            "eth_sendUnsignedTransaction",
            "parameter 1 (`transaction`) carries a transaction",
        ),
        (
            "eth_signTypedData_v4",
            "parameter 2 (`data`) carries typed data to sign",
        ),
        ("account_signData", "it signs something"),
        ("eth_callMany", "parameter 1 (`bundles`) carries a list of calls"),
        ("eth_simulateV1", "parameter 1 (`payload`) carries a list of calls"),
        ("trace_call", "parameter 1 (`transaction`) carries a call"),
        ("trace_callMany", "parameter 1 (`calls`) carries a list of calls"),
        ("debug_traceCall", "parameter 1 (`transaction`) carries a call"),
        (
            "debug_traceBlock",
            "parameter 1 (`block`) carries a whole block of transactions in RLP",
        ),
        ("overlay_callConstructor", "it executes something"),
        ("overlay_getLogs", "parameter 2 (`stateOverrides`) carries overrides"),
        ("priv_call", "parameter 2 (`transaction`) carries a call"),
        ("proof_call", "parameter 1 (`transaction`) carries a call"),
        (
            "engine_newPayloadV4",
            "parameter 1 (`payload`) carries a signed transaction",
        ),
        ("anvil_reorg", "parameter 2 (`txBlockPairs`) carries a transaction"),
        (
            "quorumPermission_addOrg",
            "parameter 4 (`transaction`) carries a transaction",
        ),
        ("priv_getFilterChanges", "its filter ids are not bound to who made them"),
        ("debug_subscribe", "its subscription ids are not bound to who made them"),
    ] {
        let error = written(method, "[]").unwrap_err();
        assert_eq!(error.reason(), Reason::OperationsNotUnderstood, "{method}");
        assert_eq!(error.reason().code(), "operations_not_understood");
        assert!(
            error.message().starts_with(&format!("`{method}` ")) && error.message().contains(what),
            "{error}"
        );
    }
}

#[test]
fn b35_methods_that_stop_transactions_are_sealed_or_not_understood() {
    use callgate_eth::catalogue::{Carrier, method};
    for name in [
        "anvil_dropTransaction",
        "hardhat_dropTransaction",
        "miner_setExtra",
        "admin_clearTxpool",
    ] {
        assert!(method(name).unwrap().is_sealed(), "{name}");
    }
    for name in [
        "eth_cancelBundle",
        "eth_cancelPrivateTransaction",
        "rundler_dropLocalUserOperation",
    ] {
        assert!(matches!(method(name).unwrap().carrier(), Carrier::NotYet(_)), "{name}");
    }
}
