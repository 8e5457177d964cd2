//! Methods that carry transactions, signatures and calls: section B.

use callgate_eth::{OperationKind, Reason, To, TransactionType};

use crate::support::{ALICE, BOB, NODE, Refused, Same, check, serving, with};

#[test]
fn b16_a_transaction_for_the_node_to_sign() {
    for (method, kind) in [
        ("eth_sendTransaction", OperationKind::Send),
        ("eth_signTransaction", OperationKind::Sign),
    ] {
        let params = format!(
            r#"[{{"from":{ALICE:?},"to":{BOB:?},"value":"0x1","gas":"0x5208","gasPrice":"0x1","nonce":"0x0"}}]"#
        );
        with(&serving(method), method, &params, |call| {
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
fn b18_messages_are_signed_by_the_address_given_wherever_it_stands() {
    for (method, params) in [
        ("eth_sign", format!(r#"[{ALICE:?},"0xdeadbeef00"]"#)),
        ("personal_sign", format!(r#"["0xdeadbeef00",{ALICE:?}]"#)),
        ("personal_sign", format!(r#"["0xdeadbeef00",{ALICE:?},null]"#)),
    ] {
        with(&serving(method), method, &params, |call| {
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
            (&format!(r#"["0xdeadbeef",{ALICE:?},"password"]"#), Same),
        ],
    );
}
