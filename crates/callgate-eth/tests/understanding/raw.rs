//! Signed transactions inside a call: decoded, bound to the chain, written canonically. What decodes at all is the
//! subject of the tests of transactions.

use callgate_eth::{Context, Dialect, OperationKind, Reason, To, TransactionType, U256};

use crate::support::{CHAIN, NODE, Refused, Same, check, node, with, written};

/// Signed transactions of the execution-apis test chain (CC0-1.0), all by the same account.
pub(crate) const SENDER: &str = "0x7435ed30a8b4aeb0877cef0c6e8cffe834eb865f";
pub(crate) const UNPROTECTED: &str = "0xf86007018318d7a1948dcd17433742f4c0ca53122ab541d0ba67fc27ff80801ba0fdc2a2fc2c32a776163067aa756373d8dec4d0f62442d276eecadfb84d070af3a01c288ccaca4a1169f9aa10fe5b37d466d634a705417d0347b450da2782306f0c";
pub(crate) const LEGACY: &str = "0xf8666701825208940c2c51a0990aee1d73c1228de15868834155750801808718e5bb3abd10a0a0a27e91bce83ad5af4ef7405a89581eacca7291da16b00b73e852bcbc2b14f50da057f949643dca392e9df65b91111957e6601250a56e4305ead868e9b7edd57634";
pub(crate) const CREATION: &str = "0xf88177018301bc188080ae43600052600060205260405b604060002060208051600101905281526020016101408110600b57506101006040f38718e5bb3abd10a0a0c1411dcf9a03606ff0e2d2462f681458edcbec2cae777be2fbb6cf8fe79520e9a06c4d63174bdae8bde70a110b5651d1cb5831597f5ac925eb498feaa22901d768";
pub(crate) const EIP2930: &str = "0x01f869870c72dd9d5e883e818b01825208940c2c51a0990aee1d73c1228de1586883415575080180c080a05f4e6fee116fa6e221a3186489c5a55c6bb291b0e1f122f60278c1a4c74cb2eda04b2ec580eac3e785d2147f4f1e80a6b10e231dbc19c5944f43ba4726ebed6b01";
pub(crate) const EIP1559: &str = "0x02f86e870c72dd9d5e883e819101843b9aca0182520894717f8aa2b982bee0e29f573d31df288663e1ce160180c080a0e6645e29f57a516694e7b8ef47b6c6569f25df1fe45f14e332b8edff86bd8ecca037fafbbe6aeb5600ae0061e53658a897fca1afaa4b8ca868fcaf02a2fa994f3e";

#[test]
fn b01_the_facts_of_a_signed_transaction() {
    with(&NODE, "eth_sendRawTransaction", &format!("[{EIP1559:?}]"), |call| {
        let call = call.unwrap();
        let [operation] = call.operations() else {
            panic!("one operation")
        };
        assert_eq!(operation.kind(), OperationKind::Raw);
        assert_eq!(operation.sender(), Ok(SENDER.parse().unwrap()));
        assert_eq!(
            operation.to(),
            To::Address("0x717f8aa2b982bee0e29f573d31df288663e1ce16".parse().unwrap())
        );
        assert_eq!(operation.value(), Some(U256::ONE));
        assert_eq!(operation.gas(), Some(21_000));
        assert_eq!(operation.gas_price(), None);
        assert_eq!(operation.max_fee_per_gas(), Some(1_000_000_001));
        assert_eq!(operation.max_priority_fee_per_gas(), Some(1));
        assert_eq!(operation.nonce(), Some(145));
        assert_eq!(operation.chain_id(), Some(CHAIN));
        assert_eq!(operation.transaction_type(), TransactionType::Eip1559);
        assert!(operation.is_protected());
        assert_eq!(
            (operation.selector(), operation.input_len(), operation.blob_count()),
            (None, 0, 0)
        );
        assert_eq!(
            operation.hash(),
            Some(
                "0x128547effc200ad69159dcffa8bcf53fa70518ea8efb1d2d865fb00ff4326ca5"
                    .parse()
                    .unwrap()
            )
        );
    });
    with(&NODE, "eth_sendRawTransaction", &format!("[{CREATION:?}]"), |call| {
        let call = call.unwrap();
        let operation = &call.operations()[0];
        assert_eq!((operation.to(), operation.selector()), (To::Create, None));
        assert_eq!(operation.input_len(), 46);
    });
}

#[test]
fn b01_the_bytes_are_written_as_they_were_judged() {
    for raw in [UNPROTECTED, LEGACY, CREATION, EIP2930, EIP1559] {
        check("eth_sendRawTransaction", &[(&format!("[{raw:?}]"), Same)]);
        let upper = raw.to_uppercase().replacen("0X", "0x", 1);
        assert_eq!(
            written("eth_sendRawTransaction", &format!("[{upper:?}]")).unwrap(),
            format!("[{raw:?}]")
        );
    }
}

#[test]
fn c07_unprotected_transactions_are_understood_and_say_so() {
    with(&NODE, "eth_sendRawTransaction", &format!("[{UNPROTECTED:?}]"), |call| {
        let call = call.unwrap();
        let operation = &call.operations()[0];
        assert!(!operation.is_protected());
        assert_eq!(
            (operation.chain_id(), operation.transaction_type()),
            (None, TransactionType::Legacy)
        );
    });
}

#[test]
fn c09_the_chain_is_ours_before_anything_else() {
    let other = Context {
        chain_id: Some(1),
        client: Dialect::Generic.into(),
    };
    let unknown = Context {
        chain_id: None,
        client: Dialect::Generic.into(),
    };
    for raw in [LEGACY, EIP2930, EIP1559] {
        let params = format!("[{raw:?}]");
        with(&other, "eth_sendRawTransaction", &params, |call| {
            let error = call.unwrap_err();
            assert_eq!((error.reason(), error.param()), (Reason::WrongChain, Some(0)));
            assert_eq!(
                error.message(),
                "`params[0]` is signed for chain 3503995874084926 (0xc72dd9d5e883e), this one is 1 (0x1)"
            );
        });
        with(&unknown, "eth_sendRawTransaction", &params, |call| {
            assert_eq!(call.unwrap_err().reason(), Reason::ChainUnknown);
        });
    }
}

#[test]
fn c01_c13_c29_c37_what_is_no_canonical_transaction_is_undecodable() {
    let trailing = format!("{EIP1559}00");
    let too_long = format!("0x02{}", "00".repeat(128 * 1024));
    for text in [
        "", "0x", "0x00", "0x05c0", "0x7ec0", "0xc0", "02", "0X02", "0x0", "0xzz", &trailing, &too_long,
    ] {
        check(
            "eth_sendRawTransaction",
            &[(&format!("[{text:?}]"), Refused(Reason::UndecodableTransaction))],
        );
    }
    for value in ["1", "{}", "[]", "true"] {
        check(
            "eth_sendRawTransaction",
            &[(&format!("[{value}]"), Refused(Reason::WrongType))],
        );
    }
}

#[test]
fn c27_v_37_and_38_are_private_on_goquorum() {
    // The example of EIP-155, on chain 1 with v 37.
    let raw = "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";
    for (dialect, reason) in [
        (Dialect::Generic, None),
        (Dialect::Goquorum, Some(Reason::OperationsNotUnderstood)),
    ] {
        let context = Context {
            chain_id: Some(1),
            ..node(dialect)
        };
        with(&context, "eth_sendRawTransaction", &format!("[{raw:?}]"), |call| {
            assert_eq!(call.err().map(|error| error.reason()), reason);
        });
    }
}
