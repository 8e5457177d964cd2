//! Private transactions: who takes part is told, and nothing turns public, or private, by accident.

use callgate_eth::{Dialect, OperationKind, Participant, Protection, Reason, Recipients, To};

use crate::support::{ALICE, BOB, node, with, written_for};

const ONE: &str = "A1aVtMxLCUHmBVHXoZzzBgPbW/wj5axDpW9X8l91SGo=";
const TWO: &str = "Ko2bVqD+nNlNYL5EE7y3IdOnviftjiizpjRt+HTuFBs=";

fn key(text: &str) -> Participant {
    Participant::parse(text).unwrap()
}

fn object(members: &str) -> String {
    format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"data":"0xa9059cbb"{members}}}]"#)
}

fn reason(dialect: Dialect, method: &str, params: &str) -> Result<String, Reason> {
    written_for(&node(dialect), method, params).map_err(|error| error.reason())
}

#[test]
fn b37_a_private_transaction_of_goquorum_names_its_participants() {
    let params = object(&format!(
        r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"mandatoryFor":["{TWO}"],"privacyFlag":2"#
    ));
    for method in ["eth_sendTransaction", "eth_sendTransactionAsync", "eth_fillTransaction"] {
        with(&node(Dialect::Goquorum), method, &params, |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            let privacy = operation.privacy().unwrap();
            assert!(operation.is_private());
            assert_eq!(privacy.from, Some(key(ONE)));
            assert_eq!(privacy.to, Recipients::Members(vec![key(TWO)]));
            assert_eq!(privacy.mandatory, [key(TWO)]);
            assert_eq!(privacy.protection, Protection::MandatoryParties);
        });
    }
    let written = reason(Dialect::Goquorum, "eth_sendTransaction", &params).unwrap();
    assert!(
        written.contains(&format!(
            r#""privateFrom":"{ONE}","privateFor":["{TWO}"],"mandatoryFor":["{TWO}"],"privacyFlag":2"#
        )),
        "{written}"
    );
}

#[test]
fn b37_null_and_missing_recipients_are_public_and_an_empty_list_is_not() {
    let goquorum = |members: &str| reason(Dialect::Goquorum, "eth_sendTransaction", &object(members));
    with(
        &node(Dialect::Goquorum),
        "eth_sendTransaction",
        &object(r#","privateFor":[]"#),
        |call| {
            let call = call.unwrap();
            assert_eq!(
                call.operations()[0].privacy().unwrap().to,
                Recipients::Members(Vec::new())
            );
        },
    );
    with(&node(Dialect::Goquorum), "eth_sendTransaction", &object(""), |call| {
        assert!(!call.unwrap().operations()[0].is_private());
    });
    assert_eq!(goquorum(r#","privateFor":null"#), Err(Reason::NullParameter));
    assert_eq!(goquorum(&format!(r#","privateFrom":"{ONE}""#)), Err(Reason::Conflict));
    assert_eq!(goquorum(r#","privacyFlag":0"#), Err(Reason::Conflict));
    assert_eq!(goquorum(r#","privateFor":"x""#), Err(Reason::WrongType));
    assert_eq!(goquorum(r#","privateFor":["x"]"#), Err(Reason::WrongType));
    assert_eq!(
        goquorum(&format!(r#","privateFor":["{TWO}"],"privacyFlag":4"#)),
        Err(Reason::OutOfRange)
    );
    assert_eq!(
        goquorum(&format!(r#","privateFor":["{TWO}"],"privacyFlag":2"#)),
        Err(Reason::Conflict)
    );
    let mandatory = |members: &str| goquorum(&format!(r#","privateFor":["{TWO}"],"mandatoryFor":["{ONE}"]{members}"#));
    assert_eq!(mandatory(r#","privacyFlag":2"#), Err(Reason::Conflict));
    // The transaction manager counts the sender among the participants.
    assert!(mandatory(&format!(r#","privacyFlag":2,"privateFrom":"{ONE}""#)).is_ok());
    for flag in ["", r#","privacyFlag":0"#, r#","privacyFlag":1"#, r#","privacyFlag":3"#] {
        let from = format!(r#","privateFrom":"{ONE}"{flag}"#);
        assert_eq!(mandatory(&from), Err(Reason::Conflict), "{flag}");
        let none = format!(r#","privateFor":["{TWO}"],"mandatoryFor":[]{flag}"#);
        assert!(goquorum(&none).is_ok(), "{flag}");
    }
    for flag in [r#""0x2""#, r#""2""#, "null", "[]"] {
        let members = format!(r#","privateFor":["{TWO}"],"mandatoryFor":["{TWO}"],"privacyFlag":{flag}"#);
        assert_eq!(goquorum(&members), Err(Reason::WrongType), "{flag}");
    }
    for flag in ["2.0", "-1", "4", "18446744073709551615"] {
        let members = format!(r#","privateFor":["{TWO}"],"mandatoryFor":["{TWO}"],"privacyFlag":{flag}"#);
        assert_eq!(goquorum(&members), Err(Reason::OutOfRange), "{flag}");
    }
    let many = vec![format!("\"{TWO}\""); 101].join(",");
    assert_eq!(goquorum(&format!(r#","privateFor":[{many}]"#)), Err(Reason::TooMany));
}

/// GoQuorum has the member and never looks at it.
#[test]
fn b37_a_restriction_changes_nothing_on_goquorum() {
    let goquorum = |members: &str| reason(Dialect::Goquorum, "eth_sendTransaction", &object(members));
    let plain = goquorum(&format!(r#","privateFor":["{TWO}"]"#));
    assert!(plain.is_ok());
    assert_eq!(
        goquorum(&format!(r#","privateFor":["{TWO}"],"restriction":"restricted""#)),
        plain
    );
    for (members, expected) in [
        (
            format!(r#","privateFor":["{TWO}"],"restriction":"unrestricted""#),
            Reason::Conflict,
        ),
        (
            format!(r#","privateFor":["{TWO}"],"restriction":"none""#),
            Reason::OutOfRange,
        ),
        (r#","restriction":"restricted""#.to_owned(), Reason::Conflict),
        (
            format!(r#","privateFor":["{TWO}"],"privacyGroupId":"{ONE}""#),
            Reason::Conflict,
        ),
    ] {
        assert_eq!(goquorum(&members), Err(expected), "{members}");
    }
}

/// GoQuorum sends the payload to the participants first and finds out later.
#[test]
fn b37_what_no_private_transaction_can_be() {
    let of = |method: &str, members: &str| {
        let object = format!(r#"[{{"from":{ALICE:?},"to":{BOB:?},"privateFor":["{TWO}"]{members}}}]"#);
        reason(Dialect::Goquorum, method, &object)
    };
    for method in ["eth_sendTransaction", "eth_sendTransactionAsync", "eth_fillTransaction"] {
        assert!(of(method, r#","data":"0x00","value":"0x0""#).is_ok());
        for (members, expected) in [
            (r#","data":"0x00","value":"0x1""#, Reason::Conflict),
            (r#","data":"0x00","gasPrice":"0x1","accessList":[]"#, Reason::Conflict),
            (r#","data":"0x00","accessList":[]"#, Reason::Conflict),
            (r#","data":"0x00","maxFeePerGas":"0x1""#, Reason::NotRead),
            ("", Reason::MissingMember),
            (r#","data":"0x""#, Reason::MissingMember),
        ] {
            assert_eq!(of(method, members), Err(expected), "{method} {members}");
        }
    }
    let eea = format!(r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"restriction":"restricted""#);
    for (members, expected) in [
        (r#","value":"0x0""#, None),
        (r#","value":"0x1""#, Some(Reason::Conflict)),
    ] {
        let outcome = reason(
            Dialect::Generic,
            "eea_sendTransaction",
            &object(&format!("{eea}{members}")),
        );
        assert_eq!(outcome.err(), expected, "{members}");
    }
}

/// Where GoQuorum only signs, `data` is signed as it is: the hash of a payload that was stored before.
#[test]
fn c27_what_is_only_signed_has_the_hash_of_its_payload() {
    let of = |method: &str, bytes: usize, password: &str| {
        let data = "a9059cbb".to_owned() + &"00".repeat(bytes.saturating_sub(4));
        let members = format!(
            r#""from":{ALICE:?},"to":{BOB:?},"gas":"0x1","gasPrice":"0x0","nonce":"0x0","data":"0x{data}","privateFor":["{TWO}"]"#
        );
        (method.to_owned(), format!("[{{{members}}}{password}]"))
    };
    for (method, params) in [
        of("eth_signTransaction", 64, ""),
        of("personal_signTransaction", 64, ",\"secret\""),
    ] {
        with(&node(Dialect::Goquorum), &method, &params, |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert!(operation.hides_calldata() && operation.is_private());
            assert_eq!((operation.selector(), operation.input_len()), (None, 64));
        });
    }
    for bytes in [4, 63, 65] {
        let (method, params) = of("eth_signTransaction", bytes, "");
        assert_eq!(
            reason(Dialect::Goquorum, &method, &params),
            Err(Reason::Conflict),
            "{bytes}"
        );
    }
    let (method, params) = of("eth_sendTransaction", 64, "");
    with(&node(Dialect::Goquorum), &method, &params, |call| {
        let call = call.unwrap();
        let operation = &call.operations()[0];
        assert!(!operation.hides_calldata());
        assert_eq!(operation.selector(), Some([0xa9, 0x05, 0x9c, 0xbb]));
    });
    let (method, params) = of("eth_resend", 64, "");
    assert_eq!(reason(Dialect::Goquorum, &method, &params), Err(Reason::Refused));
}

#[test]
fn b37_goquorums_own_contracts_are_private_or_public_whatever_is_said() {
    let extend = |members: &str| format!(r#"[{BOB:?},"{ONE}",{ALICE:?},{{"from":{ALICE:?}{members}}}]"#);
    let permit = |members: &str| format!(r#"["ORG","enode://ab@127.0.0.1:1",{ALICE:?},{{"from":{ALICE:?}{members}}}]"#);
    let members = format!(r#","privateFor":["{ONE}"]"#);
    let (private, public) = ("quorumExtension_extendContract", "quorumPermission_addOrg");
    with(&node(Dialect::Goquorum), private, &extend(&members), |call| {
        assert!(call.unwrap().operations()[0].is_private());
    });
    assert_eq!(
        reason(Dialect::Goquorum, private, &extend("")),
        Err(Reason::MissingMember)
    );
    assert_eq!(
        reason(Dialect::Generic, private, &extend("")),
        Err(Reason::OperationsNotUnderstood)
    );
    assert_eq!(
        reason(Dialect::Goquorum, public, &permit(&members)),
        Err(Reason::Conflict)
    );
    assert!(reason(Dialect::Goquorum, public, &permit("")).is_ok());
}

#[test]
fn a57_other_clients_know_no_participants() {
    for dialect in Dialect::ALL.into_iter().filter(|dialect| *dialect != Dialect::Goquorum) {
        for members in [format!(r#","privateFor":["{TWO}"]"#), r#","privacyFlag":0"#.to_owned()] {
            assert_eq!(
                reason(dialect, "eth_sendTransaction", &object(&members)),
                Err(Reason::UnknownMember)
            );
        }
    }
    let call = object(&format!(r#","privateFor":["{TWO}"]"#));
    assert_eq!(reason(Dialect::Goquorum, "eth_call", &call), Err(Reason::UnknownMember));
}

#[test]
fn b12_restricted_transactions_of_the_eea() {
    let good = object(&format!(
        r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"restriction":"restricted""#
    ));
    with(&node(Dialect::Generic), "eea_sendTransaction", &good, |call| {
        let call = call.unwrap();
        let operation = &call.operations()[0];
        assert_eq!(operation.kind(), OperationKind::Send);
        assert_eq!(operation.privacy().unwrap().protection, Protection::Restricted);
        assert_eq!(operation.privacy().unwrap().members(), [key(TWO)]);
    });
    let group = good.replacen(
        &format!(r#""privateFor":["{TWO}"]"#),
        &format!(r#""privacyGroupId":"{TWO}""#),
        1,
    );
    with(&node(Dialect::Generic), "eea_sendTransaction", &group, |call| {
        assert_eq!(call.unwrap().operations()[0].privacy().unwrap().group(), Some(key(TWO)));
    });
    let eea = |members: &str| reason(Dialect::Generic, "eea_sendTransaction", &object(members));
    for (members, expected) in [
        (String::new(), Reason::MissingMember),
        (
            format!(r#","privateFrom":"{ONE}","privateFor":["{TWO}"]"#),
            Reason::MissingMember,
        ),
        (
            format!(r#","privateFor":["{TWO}"],"restriction":"restricted""#),
            Reason::MissingMember,
        ),
        (
            format!(r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"restriction":"open""#),
            Reason::OutOfRange,
        ),
        (
            format!(
                r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"privacyGroupId":"{TWO}","restriction":"restricted""#
            ),
            Reason::Conflict,
        ),
        (
            format!(r#","privateFrom":"{ONE}","privateFor":["{TWO}"],"restriction":"restricted","privacyFlag":1"#),
            Reason::Conflict,
        ),
    ] {
        assert_eq!(eea(&members), Err(expected), "{members}");
    }
}

#[test]
fn b12_the_group_stands_before_the_call() {
    let params = format!(r#"["{TWO}",{{"to":{BOB:?},"data":"0x06fdde03"}},"latest"]"#);
    with(&node(Dialect::Besu), "priv_call", &params, |call| {
        let call = call.unwrap();
        let operation = &call.operations()[0];
        assert_eq!(operation.position().to_string(), "params[1]");
        assert_eq!(operation.privacy().unwrap().group(), Some(key(TWO)));
    });
    let bad = params.replacen(TWO, "group", 1);
    assert_eq!(reason(Dialect::Besu, "priv_call", &bad), Err(Reason::WrongType));
}

#[test]
fn what_the_node_fills_in_the_caller_leaves_out() {
    let add = |members: &str| format!(r#"["ORG","enode://ab@127.0.0.1:1",{ALICE:?},{{"from":{ALICE:?}{members}}}]"#);
    with(
        &node(Dialect::Goquorum),
        "quorumPermission_addOrg",
        &add(r#","gas":"0x1","gasPrice":"0x0""#),
        |call| {
            let call = call.unwrap();
            let operation = &call.operations()[0];
            assert_eq!(operation.kind(), OperationKind::Send);
            assert_eq!((operation.to(), operation.value()), (To::Node, None));
            assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
        },
    );
    let outcome = |members: &str| reason(Dialect::Goquorum, "quorumPermission_addOrg", &add(members));
    for members in [
        format!(r#","to":{BOB:?}"#),
        r#","data":"0x00""#.to_owned(),
        r#","value":"0x1""#.to_owned(),
    ] {
        assert_eq!(outcome(&members), Err(Reason::Conflict), "{members}");
    }
    let none = format!(r#"["ORG","enode://ab@127.0.0.1:1",{ALICE:?},{{}}]"#);
    assert_eq!(
        reason(Dialect::Goquorum, "quorumPermission_addOrg", &none),
        Err(Reason::MissingFrom)
    );
}
