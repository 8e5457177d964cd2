//! Forms that libraries send in their ordinary flows and that were refused, each test named after what went wrong.

use callgate_eth::{Dialect, Reason, To, TransactionType};

use crate::support::{ALICE, BOB, NODE, Refused, check, check_objects, node, with, written, written_for};

#[test]
fn creations_of_libraries_built_on_alloy_were_refused_for_their_null_to() {
    let object = format!(r#"{{"from":{ALICE:?},"to":null,"data":"0x6001"}}"#);
    for method in [
        "eth_call",
        "eth_estimateGas",
        "eth_sendTransaction",
        "eth_createAccessList",
    ] {
        with(&NODE, method, &format!("[{object}]"), |call| {
            assert_eq!(call.unwrap().operations()[0].to(), To::Create, "{method}");
        });
        let text = written(method, &format!("[{object}]")).unwrap();
        assert!(!text.contains("null") && !text.contains("\"to\""), "{method}: {text}");
    }
    let nowhere = r#"{"maxFeePerBlobGas":"0x1","to":null}"#;
    check_objects("eth_call", &[(nowhere, Refused(Reason::Conflict))]);
}

#[test]
fn transactions_to_be_filled_in_were_refused_as_if_they_were_signed() {
    for (kind, derived) in [("0x0", TransactionType::Legacy), ("0x1", TransactionType::Eip2930)] {
        let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"type":"{kind}","value":"0x1"}}]"#);
        with(&NODE, "eth_fillTransaction", &params, |call| {
            assert_eq!(call.unwrap().operations()[0].transaction_type(), derived);
        });
        assert!(
            written("eth_fillTransaction", &params)
                .unwrap()
                .contains(&format!(r#""type":"{kind}""#))
        );
        let error = written("eth_signTransaction", &params).unwrap_err();
        assert_eq!(error.reason(), Reason::Conflict, "the node would sign another type");
    }
    let plain = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?}}}]"#);
    let text = written("eth_fillTransaction", &plain).unwrap();
    assert!(!text.contains("type") && text.contains("chainId"), "{text}");
    // GoQuorum stores the private payload already now.
    let private = format!(r#"[{{"from":{ALICE:?},"data":"0x00","privateFor":[]}}]"#);
    assert!(written_for(&node(Dialect::Goquorum), "eth_fillTransaction", &private).is_ok());
    check("eth_fillTransaction", &[(&private, Refused(Reason::UnknownMember))]);
}

#[test]
fn estimates_of_blob_transactions_were_refused_for_lack_of_blobs() {
    for fees in ["", r#","maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1""#] {
        let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"nonce":"0x7","type":"0x3"{fees}}}]"#);
        with(&NODE, "eth_estimateGas", &params, |call| {
            let call = call.unwrap();
            assert_eq!(call.operations()[0].transaction_type(), TransactionType::Eip4844);
        });
        assert!(written("eth_estimateGas", &params).unwrap().contains(r#""type":"0x3""#));
        for method in ["eth_sendTransaction", "eth_signTransaction"] {
            check(method, &[(&params, Refused(Reason::Conflict))]);
        }
    }
    let priced = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"gasPrice":"0x1","type":"0x3"}}]"#);
    let creation = format!(r#"[{{"from":{ALICE:?},"type":"0x3"}}]"#);
    for params in [priced, creation] {
        check("eth_estimateGas", &[(&params, Refused(Reason::Conflict))]);
    }
}

#[test]
fn estimates_of_viem_were_refused_for_the_blobs_beside_their_hashes() {
    let blob = format!("\"0x{}\"", "00".repeat(131_072));
    let hash = format!("\"0x01{}\"", "ab".repeat(31));
    let object = |members: &str| format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{members}}}]"#);
    let both = object(&format!(r#""blobs":[{blob}],"blobVersionedHashes":[{hash}]"#));
    let text = written("eth_estimateGas", &both).unwrap();
    assert!(text.contains(&hash) && !text.contains("blobs"), "only the hashes count");
    check("eth_sendTransaction", &[(&both, Refused(Reason::Refused))]);
    for (members, reason) in [
        (format!(r#""blobs":[{blob}]"#), Reason::Conflict),
        (
            format!(r#""blobs":[{blob},{blob}],"blobVersionedHashes":[{hash}]"#),
            Reason::Conflict,
        ),
        (
            format!(r#""blobs":[],"blobVersionedHashes":[{hash}]"#),
            Reason::WrongType,
        ),
        (
            format!(r#""blobs":["0x00"],"blobVersionedHashes":[{hash}]"#),
            Reason::OutOfRange,
        ),
        (
            format!(r#""blobs":{blob},"blobVersionedHashes":[{hash}]"#),
            Reason::WrongType,
        ),
    ] {
        check("eth_estimateGas", &[(&object(&members), Refused(reason))]);
    }
}

#[test]
fn estimates_of_web3_js_were_refused_for_the_notes_it_sends_along() {
    let notes = r#""chain":"mainnet","hardfork":"london","networkId":"0x1""#;
    let params = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},{notes}}}]"#);
    let text = written("eth_estimateGas", &params).unwrap();
    assert!(
        !["chain", "hardfork", "networkId"]
            .iter()
            .any(|name| text.contains(name)),
        "{text}"
    );
    check("eth_sendTransaction", &[(&params, Refused(Reason::UnknownMember))]);
    for (note, reason) in [
        (r#""chain":{"name":"x"}"#, Reason::WrongType),
        (r#""hardfork":1"#, Reason::WrongType),
        (r#""networkId":"1""#, Reason::NotAQuantity),
        (r#""common":{}"#, Reason::UnknownMember),
        (r#""Chain":"mainnet""#, Reason::UnknownMember),
    ] {
        check_objects("eth_call", &[(&format!("{{{note}}}"), Refused(reason))]);
    }
}

#[test]
fn log_subscriptions_of_cast_were_refused_for_a_range_of_everything() {
    let logs = |range: &str| format!(r#"["logs",{{"address":{ALICE:?}{range}}}]"#);
    for range in [
        r#","fromBlock":"earliest","toBlock":"latest""#,
        r#","fromBlock":"0x0""#,
        r#","fromBlock":"latest","toBlock":"latest""#,
        r#","toBlock":"latest""#,
    ] {
        assert_eq!(written("eth_subscribe", &logs(range)).unwrap(), logs(""), "{range}");
    }
    for (range, reason) in [
        (r#","fromBlock":"0x1""#, Reason::Conflict),
        (r#","fromBlock":"pending""#, Reason::Conflict),
        (r#","fromBlock":"safe","toBlock":"latest""#, Reason::Conflict),
        (r#","toBlock":"0x64""#, Reason::Conflict),
        (r#","toBlock":"pending""#, Reason::Conflict),
        (r#","toBlock":"earliest""#, Reason::Conflict),
    ] {
        check("eth_subscribe", &[(&logs(range), Refused(reason))]);
    }
    let one = format!(r#","blockHash":"0x{}""#, "ab".repeat(32));
    check("eth_subscribe", &[(&logs(&one), Refused(Reason::UnknownMember))]);
}

#[test]
fn slots_with_leading_zeros_were_refused_though_they_are_common() {
    for (slot, written_as) in [
        ("0x", "0x0"),
        ("0x00", "0x0"),
        ("0x0a", "0xa"),
        ("0x000", "0x0"),
        ("0x00000000000000000000000000000001", "0x1"),
    ] {
        let params = |slot: &str| format!(r#"[{ALICE:?},"{slot}","latest"]"#);
        assert_eq!(written("eth_getStorageAt", &params(slot)).unwrap(), params(written_as));
        let params = |slot: &str| format!(r#"[{ALICE:?},["{slot}"],"latest"]"#);
        assert_eq!(written("eth_getProof", &params(slot)).unwrap(), params(written_as));
        let params = |slot: &str| format!(r#"[{{{ALICE:?}:["{slot}"]}},"latest"]"#);
        assert_eq!(
            written("eth_getStorageValues", &params(slot)).unwrap(),
            params(written_as)
        );
    }
}

#[test]
fn transaction_types_of_two_digits_were_refused() {
    let params = |kind: &str| format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"type":"{kind}"}}]"#);
    for method in ["eth_call", "eth_sendTransaction"] {
        assert_eq!(written(method, &params("0x02")), written(method, &params("0x2")));
        check(method, &[(&params("0x7f"), Refused(Reason::OutOfRange))]);
        check(method, &[(&params("0x002"), Refused(Reason::NotAQuantity))]);
    }
}

#[test]
fn simulations_were_refused_for_commitments_and_proofs_beside_their_hashes() {
    let (hash, point) = (
        format!("\"0x01{}\"", "ab".repeat(31)),
        format!("\"0x{}\"", "c0".repeat(48)),
    );
    let params = |members: &str| format!(r#"[{{"to":{BOB:?},"blobVersionedHashes":[{hash}],{members}}},"latest"]"#);
    let cells = vec![point.as_str(); 128].join(",");
    for members in [
        format!(r#""commitments":[{point}]"#),
        format!(r#""proofs":[{point}]"#),
        format!(r#""commitments":[{point}],"proofs":[{cells}]"#),
    ] {
        let text = written("eth_call", &params(&members)).unwrap();
        assert!(text.contains(&hash) && !text.contains(&point), "only the hashes count");
    }
    for (members, reason) in [
        (format!(r#""commitments":[{point},{point}]"#), Reason::Conflict),
        (format!(r#""proofs":[{point},{point}]"#), Reason::Conflict),
        (r#""proofs":[]"#.to_owned(), Reason::WrongType),
        (r#""commitments":["0x00"]"#.to_owned(), Reason::OutOfRange),
    ] {
        check("eth_call", &[(&params(&members), Refused(reason))]);
    }
}
