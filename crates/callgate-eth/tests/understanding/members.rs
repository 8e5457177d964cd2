//! What members of an object say together: its type, its lists, its costs (A-52 to A-57).

use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use callgate_eth::{Address, B256, Dialect, Reason, TransactionType, U256};

use crate::support::{ALICE, BOB, CHAIN, NODE, Refused, check, check_objects, node, with, written};

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

#[test]
fn a52_the_type_is_what_the_members_make_it() {
    let signature = r#""yParity":"0x0","r":"0x1","s":"0x1""#;
    let authorizations =
        format!(r#""authorizationList":[{{"chainId":"0x0","address":{BOB:?},"nonce":"0x0",{signature}}}]"#);
    for (members, outcome) in [
        (r#""gasPrice":"0x1""#.to_owned(), Ok(TransactionType::Legacy)),
        (
            r#""gasPrice":"0x1","type":"0x0""#.to_owned(),
            Ok(TransactionType::Legacy),
        ),
        (
            r#""gasPrice":"0x1","accessList":[]"#.to_owned(),
            Ok(TransactionType::Eip2930),
        ),
        (
            r#""gasPrice":"0x1","accessList":[],"type":"0x1""#.to_owned(),
            Ok(TransactionType::Eip2930),
        ),
        (r#""maxFeePerGas":"0x1""#.to_owned(), Ok(TransactionType::Eip1559)),
        (
            r#""maxPriorityFeePerGas":"0x1","maxFeePerGas":"0x1","type":"0x2""#.to_owned(),
            Ok(TransactionType::Eip1559),
        ),
        (r#""type":"0x2""#.to_owned(), Ok(TransactionType::Eip1559)),
        (authorizations.clone(), Ok(TransactionType::Eip7702)),
        (
            format!(r#""type":"0x4",{authorizations}"#),
            Ok(TransactionType::Eip7702),
        ),
        (format!(r#""type":"0x0",{authorizations}"#), Err(Reason::Conflict)),
        (format!(r#""type":"0x2",{authorizations}"#), Err(Reason::Conflict)),
        (format!(r#""gasPrice":"0x1",{authorizations}"#), Err(Reason::Conflict)),
        (r#""type":"0x4""#.to_owned(), Err(Reason::Conflict)),
        (r#""type":"0x5""#.to_owned(), Err(Reason::OutOfRange)),
        (r#""type":"0x7f""#.to_owned(), Err(Reason::OutOfRange)),
        (r#""type":"0x02""#.to_owned(), Ok(TransactionType::Eip1559)),
        (r#""type":"0x002""#.to_owned(), Err(Reason::NotAQuantity)),
        (r#""type":2"#.to_owned(), Err(Reason::NotAQuantity)),
        (
            r#""gasPrice":"0x1","maxFeePerGas":"0x1""#.to_owned(),
            Err(Reason::Conflict),
        ),
        (r#""gasPrice":"0x1","type":"0x2""#.to_owned(), Err(Reason::Conflict)),
        (r#""maxFeePerGas":"0x1","type":"0x0""#.to_owned(), Err(Reason::Conflict)),
        (
            r#""gasPrice":"0x1","value":"0x0","type":"0x1""#.to_owned(),
            Err(Reason::Conflict),
        ),
    ] {
        for method in ["eth_call", "eth_sendTransaction"] {
            let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{members}}}]"#);
            with(&NODE, method, &params, |call| {
                let kind = call
                    .map(|call| call.operations()[0].transaction_type())
                    .map_err(|error| error.reason());
                // Geth would sign a legacy transaction without the list.
                let dropped = method == "eth_sendTransaction" && outcome == Ok(TransactionType::Eip2930);
                let outcome = if dropped { Err(Reason::NotRead) } else { outcome };
                assert_eq!(kind, outcome, "{method} {members}");
            });
        }
    }
}

#[test]
fn a52_without_fees_the_node_decides_what_it_signs() {
    let object = |members: &str| format!(r#"[{{"from":{ALICE:?},"to":{BOB:?}{members}}}]"#);
    for (dialect, members, outcome) in [
        (Dialect::Generic, "", Ok(TransactionType::Eip1559)),
        (Dialect::Geth, r#","accessList":[]"#, Ok(TransactionType::Eip1559)),
        (Dialect::Geth, r#","type":"0x0""#, Err(Reason::Conflict)),
        (Dialect::Geth, r#","type":"0x1","accessList":[]"#, Err(Reason::Conflict)),
        (Dialect::Goquorum, "", Ok(TransactionType::Legacy)),
        (Dialect::Goquorum, r#","type":"0x0""#, Ok(TransactionType::Legacy)),
        (Dialect::Goquorum, r#","accessList":[]"#, Ok(TransactionType::Eip2930)),
    ] {
        with(&node(dialect), "eth_sendTransaction", &object(members), |call| {
            let kind = call
                .map(|call| call.operations()[0].transaction_type())
                .map_err(|error| error.reason());
            assert_eq!(kind, outcome, "{dialect:?} {members}");
        });
    }
    for (members, kind) in [
        ("", TransactionType::Legacy),
        (r#","type":"0x0""#, TransactionType::Legacy),
        (r#","type":"0x1""#, TransactionType::Eip2930),
        (r#","accessList":[]"#, TransactionType::Eip2930),
    ] {
        with(&NODE, "eth_call", &object(members), |call| {
            assert_eq!(call.unwrap().operations()[0].transaction_type(), kind, "{members}");
        });
    }
}

#[test]
fn a53_authorizations_are_signed_and_name_their_authority() {
    let item = |members: &str| format!(r#"[{{"to":{BOB:?},"authorizationList":[{{{members}}}]}}]"#);
    let good = format!(r#""chainId":"0x0","address":{BOB:?},"nonce":"0x1","yParity":"0x0","r":"0x1","s":"0x1""#);
    with(&NODE, "eth_call", &item(&good), |call| {
        let call = call.unwrap();
        let [authorization] = call.operations()[0].authorizations() else {
            panic!("one authorization")
        };
        assert_eq!(authorization.delegate(), address(BOB));
        assert_eq!((authorization.chain_id(), authorization.nonce()), (0, 1));
        assert!(authorization.authority().is_ok());
    });
    for (members, reason) in [
        (
            good.replace(r#""yParity":"0x0""#, r#""yParity":"0x100""#),
            Reason::BadSignature,
        ),
        (
            good.replace(r#""yParity":"0x0""#, r#""yParity":"0x2""#),
            Reason::BadSignature,
        ),
        (good.replace(r#""r":"0x1""#, r#""r":"0x0""#), Reason::BadSignature),
        (
            good.replace(r#""s":"0x1""#, &format!(r#""s":"0x{}""#, "f".repeat(64))),
            Reason::BadSignature,
        ),
        (
            good.replace(r#""nonce":"0x1""#, r#""nonce":"0xffffffffffffffff""#),
            Reason::BadSignature,
        ),
        (format!(r#"{good},"authority":{ALICE:?}"#), Reason::UnknownMember),
        (format!(r#"{good},"v":"0x1b""#), Reason::UnknownMember),
        (good.replace(r#""chainId":"0x0","#, ""), Reason::MissingMember),
        (good.replace(r#","s":"0x1""#, ""), Reason::MissingMember),
    ] {
        check("eth_call", &[(&item(&members), Refused(reason))]);
    }
    let padded = good.replace(r#""r":"0x1""#, &format!(r#""r":"0x{}1""#, "0".repeat(63)));
    assert_eq!(
        written("eth_call", &item(&padded)).unwrap(),
        written("eth_call", &item(&good)).unwrap()
    );
    check(
        "eth_call",
        &[(
            &format!(r#"[{{"to":{BOB:?},"authorizationList":[]}}]"#),
            Refused(Reason::MissingMember),
        )],
    );
    let many = |count| {
        format!(
            r#"[{{"to":{BOB:?},"authorizationList":[{}]}}]"#,
            vec![format!("{{{good}}}"); count].join(",")
        )
    };
    assert!(written("eth_call", &many(16)).is_ok());
    check("eth_call", &[(&many(17), Refused(Reason::TooMany))]);
    check(
        "eth_call",
        &[(
            &many(1).replace(&format!(r#""to":{BOB:?},"#), ""),
            Refused(Reason::Conflict),
        )],
    );
}

#[test]
fn a53_the_authority_is_who_signed() {
    let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(0x46)).unwrap();
    let unsigned = alloy_eips::eip7702::Authorization {
        chain_id: U256::from(CHAIN),
        address: address(BOB),
        nonce: 7,
    };
    let signature = signer.sign_hash_sync(&unsigned.signature_hash()).unwrap();
    let item = format!(
        r#"{{"chainId":"{CHAIN:#x}","address":{BOB:?},"nonce":"0x7","yParity":"{:#x}","r":"{:#x}","s":"{:#x}"}}"#,
        u8::from(signature.v()),
        signature.r(),
        signature.s()
    );
    for method in ["eth_call", "eth_sendTransaction"] {
        let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"authorizationList":[{item}]}}]"#);
        with(&NODE, method, &params, |call| {
            let call = call.unwrap();
            let [authorization] = call.operations()[0].authorizations() else {
                panic!("one authorization")
            };
            assert_eq!(authorization.authority(), Ok(signer.address()), "{method}");
        });
        assert!(
            written(method, &params)
                .unwrap()
                .contains(&format!(r#""authorizationList":[{item}]"#)),
            "{method}"
        );
    }
}

#[test]
fn a55_access_lists_are_objects_and_bounded() {
    let key = format!("\"0x{}\"", "01".repeat(32));
    let entry = |keys: usize| {
        format!(
            r#"{{"address":{BOB:?},"storageKeys":[{}]}}"#,
            vec![key.as_str(); keys].join(",")
        )
    };
    let list = |entries: &[String]| format!(r#"[{{"accessList":[{}]}}]"#, entries.join(","));
    assert!(
        written("eth_call", &list(&[entry(2), entry(0)]))
            .unwrap()
            .contains(&format!(r#""accessList":[{},{}]"#, entry(2), entry(0)))
    );
    assert!(written("eth_call", &list(&vec![entry(0); 256])).is_ok());
    assert!(written("eth_call", &list(&[entry(512), entry(512)])).is_ok());
    for (params, reason) in [
        (list(&vec![entry(0); 257]), Reason::TooMany),
        (list(&[entry(1025)]), Reason::TooMany),
        (list(&[entry(512), entry(513)]), Reason::TooMany),
        (list(&[format!("[{BOB:?},[]]")]), Reason::WrongType),
        (
            list(&[format!(r#"{{"address":{BOB:?},"storageKeys":["0x01"]}}"#)]),
            Reason::NotAHash,
        ),
        (list(&[format!(r#"{{"address":{BOB:?}}}"#)]), Reason::MissingMember),
        (list(&[r#"{"storageKeys":[]}"#.to_owned()]), Reason::MissingMember),
        (
            list(&[format!(r#"{{"address":{BOB:?},"storageKeys":[],"x":1}}"#)]),
            Reason::UnknownMember,
        ),
        (r#"[{"accessList":{}}]"#.to_owned(), Reason::WrongType),
        (r#"[{"accessList":null}]"#.to_owned(), Reason::WrongType),
    ] {
        check("eth_call", &[(&params, Refused(reason))]);
    }
}

#[test]
fn a56_extremes_are_counted_not_wrapped() {
    let most = "f".repeat(64);
    for (members, reason) in [
        (r#""nonce":"0xffffffffffffffff""#.to_owned(), Reason::OutOfRange),
        (r#""nonce":"0x10000000000000000""#.to_owned(), Reason::OutOfRange),
        (r#""gas":"0x10000000000000000""#.to_owned(), Reason::OutOfRange),
        (
            r#""gasPrice":"0x100000000000000000000000000000000""#.to_owned(),
            Reason::OutOfRange,
        ),
        (
            r#""maxFeePerGas":"0x100000000000000000000000000000000""#.to_owned(),
            Reason::OutOfRange,
        ),
        (
            format!(r#""gas":"0x1","gasPrice":"0x1","value":"0x{most}""#),
            Reason::OutOfRange,
        ),
        (
            format!(r#""gas":"0x1","maxFeePerGas":"0x1","value":"0x{most}""#),
            Reason::OutOfRange,
        ),
        (
            r#""maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x2""#.to_owned(),
            Reason::Conflict,
        ),
    ] {
        check_objects("eth_call", &[(&format!("{{{members}}}"), Refused(reason))]);
    }
    for members in [
        r#""nonce":"0xfffffffffffffffe""#.to_owned(),
        r#""gas":"0xffffffffffffffff","gasPrice":"0xffffffffffffffffffffffffffffffff""#.to_owned(),
        format!(r#""gas":"0x0","gasPrice":"0x1","value":"0x{most}""#),
    ] {
        assert!(written("eth_call", &format!("[{{{members}}}]")).is_ok(), "{members}");
    }
}

#[test]
fn a57_members_of_single_chains_are_unknown() {
    for name in [
        "privateFor",
        "privateFrom",
        "restriction",
        "privacyGroupId",
        "mandatoryFor",
        "privacyFlag",
        "strict",
        "tip",
        "condition",
        "creationMethod",
        "eip712Meta",
        "calls",
        "feeToken",
        "sender",
        "callbackUrl",
        "v",
        "hash",
        "",
    ] {
        let reason = if name == "callbackUrl" {
            Reason::Refused
        } else {
            Reason::UnknownMember
        };
        for value in ["null", "[]", "{}", r#""0x1""#] {
            check_objects("eth_call", &[(&format!(r#"{{"{name}":{value}}}"#), Refused(reason))]);
            let signed = format!(r#"{{"from":{ALICE:?},"{name}":{value}}}"#);
            check_objects("eth_sendTransaction", &[(&signed, Refused(reason))]);
        }
    }
}

#[test]
fn blobs_are_simulated_but_not_signed_here() {
    let hash = format!("\"0x01{}\"", "00".repeat(31));
    let object = |method: &str, members: &str| {
        written(method, &format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{members}}}]"#)).map_err(|error| error.reason())
    };
    let hashes = format!(r#""blobVersionedHashes":[{hash}],"maxFeePerBlobGas":"0x1""#);
    assert!(
        object("eth_call", &hashes)
            .unwrap()
            .ends_with(&format!(r#""blobVersionedHashes":[{hash}]}},"latest"]"#))
    );
    with(&NODE, "eth_call", &format!(r#"[{{"to":{BOB:?},{hashes}}}]"#), |call| {
        let call = call.unwrap();
        assert_eq!(call.operations()[0].blob_count(), 1);
        assert_eq!(call.operations()[0].max_fee_per_blob_gas(), Some(1));
        assert_eq!(call.operations()[0].transaction_type(), TransactionType::Eip4844);
    });
    assert_eq!(object("eth_sendTransaction", &hashes), Err(Reason::Refused));
    for member in ["blobs", "commitments", "proofs", "sidecar"] {
        for method in ["eth_sendTransaction", "eth_signTransaction", "eth_fillTransaction"] {
            assert_eq!(object(method, &format!(r#""{member}":[]"#)), Err(Reason::Refused));
        }
    }
    assert_eq!(object("eth_call", r#""sidecar":[]"#), Err(Reason::Refused));
    assert_eq!(object("eth_call", r#""blobVersionedHashes":[]"#), Err(Reason::TooMany));
    let hashes = |count| format!(r#""blobVersionedHashes":[{}]"#, vec![hash.as_str(); count].join(","));
    assert!(object("eth_call", &hashes(128)).is_ok());
    assert_eq!(object("eth_call", &hashes(129)), Err(Reason::TooMany));
}
