//! EIP-712 messages: what is shown is what is signed. The example is that of the EIP.

use callgate_eth::{Context, Dialect, OperationKind, Reason, To};

use crate::support::{ALICE, CHAIN, NODE, Refused, Same, check, node, serving, with, written, written_for};

/// The message of EIP-712, without a chain.
pub(crate) const MAIL: &str = r#"{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},"primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","verifyingContract":"0xcccccccccccccccccccccccccccccccccccccccc"},"message":{"from":{"name":"Cow","wallet":"0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826"},"to":{"name":"Bob","wallet":"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},"contents":"Hello, Bob!"}}"#;

const METHODS: [&str; 4] = [
    "eth_signTypedData",
    "eth_signTypedData_v3",
    "eth_signTypedData_v4",
    "account_signTypedData",
];

/// A message with one member `x` of this type and value.
fn one(kind: &str, value: &str) -> String {
    format!(
        r#"[{ALICE:?},{{"types":{{"T":[{{"name":"x","type":"{kind}"}}],"U":[{{"name":"y","type":"bool"}}]}},"primaryType":"T","domain":{{}},"message":{{"x":{value}}}}}]"#
    )
}

fn reason(params: &str) -> Result<String, Reason> {
    written("eth_signTypedData_v4", params).map_err(|error| error.reason())
}

#[test]
fn b18_the_facts_of_a_typed_message() {
    for method in METHODS {
        with(&serving(method), method, &format!("[{ALICE:?},{MAIL}]"), |call| {
            let call = call.unwrap();
            let [operation] = call.operations() else {
                panic!("one operation")
            };
            assert_eq!(operation.kind(), OperationKind::Sign);
            assert_eq!(operation.sender(), Ok(ALICE.parse().unwrap()));
            assert_eq!((operation.to(), operation.value()), (To::None, None));
            let message = operation.typed_message().unwrap();
            assert_eq!(message.primary_type(), "Mail");
            assert_eq!(message.domain_name(), Some("Ether Mail"));
            assert_eq!(
                message.contract(),
                Some("0xcccccccccccccccccccccccccccccccccccccccc".parse().unwrap())
            );
            assert_eq!(message.chain_id(), None);
            assert_eq!(operation.position().to_string(), "params[1]");
        });
        check(method, &[(&format!("[{ALICE:?},{MAIL}]"), Same)]);
    }
}

#[test]
fn json_in_a_string_is_read_as_strictly_and_written_as_the_client_takes_it() {
    let text = serde_json::Value::from(MAIL).to_string();
    let params = format!("[{ALICE:?},{text}]");
    let object = format!("[{ALICE:?},{MAIL}]");
    for dialect in [Dialect::Generic, Dialect::Anvil, Dialect::Hardhat, Dialect::Reth] {
        assert_eq!(
            written_for(&node(dialect), "eth_signTypedData_v4", &params).unwrap(),
            object
        );
    }
    for given in [&params, &object] {
        assert_eq!(
            &written_for(&node(Dialect::Web3signer), "eth_signTypedData", given).unwrap(),
            &params
        );
    }
    for inner in [
        "",
        "hello",
        "{}",
        &format!("{MAIL} "),
        &MAIL.replacen("\"primaryType\"", "\"primaryType\":\"Person\",\"primarytype\"", 1),
        &format!("{MAIL}{MAIL}"),
        &MAIL.replacen('{', "/**/{", 1),
    ] {
        let params = format!("[{ALICE:?},{}]", serde_json::Value::from(inner));
        let expected = inner.trim_end() == MAIL;
        assert_eq!(reason(&params).is_ok(), expected, "{inner}");
    }
}

#[test]
fn a_domain_of_another_chain_is_refused() {
    let with_chain = |chain: &str| {
        let data = MAIL
            .replacen(
                r#"{"name":"verifyingContract","type":"address"}"#,
                r#"{"name":"verifyingContract","type":"address"},{"name":"chainId","type":"uint256"}"#,
                1,
            )
            .replacen(r#""version":"1","#, &format!(r#""version":"1","chainId":{chain},"#), 1);
        format!("[{ALICE:?},{data}]")
    };
    for chain in [CHAIN.to_string(), format!("\"{CHAIN:#x}\""), format!("\"{CHAIN}\"")] {
        with(&NODE, "eth_signTypedData_v4", &with_chain(&chain), |call| {
            let call = call.unwrap();
            assert_eq!(call.operations()[0].chain_id(), Some(CHAIN));
        });
    }
    for chain in ["1", "\"0x1\"", "\"1\""] {
        assert_eq!(reason(&with_chain(chain)), Err(Reason::WrongChain), "{chain}");
    }
    for chain in ["-1", "1.5", "\"01\"", "\"0x01\"", "null", "\"one\"", "1e3"] {
        assert!(reason(&with_chain(chain)).is_err(), "{chain}");
    }
    let unknown = Context { chain_id: None, ..NODE };
    with(&unknown, "eth_signTypedData_v4", &with_chain("1"), |call| {
        assert_eq!(call.unwrap_err().reason(), Reason::ChainUnknown);
    });
}

#[test]
fn a_message_has_exactly_the_members_of_its_type() {
    let change = |from: &str, to: &str| {
        let changed = MAIL.replacen(from, to, 1);
        assert_ne!(changed, MAIL, "{from}");
        reason(&format!("[{ALICE:?},{changed}]")).unwrap_err()
    };
    assert_eq!(
        change(
            r#""contents":"Hello, Bob!""#,
            r#""contents":"Hello, Bob!","amount":"1""#
        ),
        Reason::UnknownMember
    );
    assert_eq!(change(r#","contents":"Hello, Bob!""#, ""), Reason::MissingMember);
    assert_eq!(
        change(r#""contents":"Hello, Bob!""#, r#""contents":null"#),
        Reason::WrongType
    );
    assert_eq!(
        change(
            r#""wallet":"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb""#,
            r#""wallet":"0xbb""#
        ),
        Reason::NotAnAddress
    );
    assert_eq!(
        change(r#""primaryType":"Mail""#, r#""primaryType":"Letter""#),
        Reason::MissingMember
    );
    assert_eq!(
        change(r#""primaryType":"Mail""#, r#""primaryType":"EIP712Domain""#),
        Reason::MissingMember
    );
    assert_eq!(change(r#""version":"1","#, ""), Reason::MissingMember);
    assert_eq!(
        change(r#""version":"1""#, r#""version":"1","site":"x""#),
        Reason::UnknownMember
    );
    assert_eq!(
        change(r#""message":"#, r#""extra":{},"message":"#),
        Reason::UnknownMember
    );
    assert_eq!(
        change(r#""type":"Person"}"#, r#""type":"Persona"}"#),
        Reason::MissingMember
    );
    assert_eq!(
        change(
            r#"{"name":"wallet","type":"address"}"#,
            r#"{"name":"name","type":"address"}"#
        ),
        Reason::Conflict
    );
    assert_eq!(
        change(
            r#"{"name":"wallet","type":"address"}"#,
            r#"{"name":"wal let","type":"address"}"#
        ),
        Reason::Conflict
    );
    assert_eq!(
        change(
            r#"{"name":"wallet","type":"address"}"#,
            r#"{"name":"wallet","type":"address","x":1}"#
        ),
        Reason::UnknownMember
    );
    assert_eq!(change(r#""Person":["#, r#""uint8":[],"Person":["#), Reason::Conflict);
}

#[test]
fn values_are_of_their_types() {
    let max = format!("\"0x{}\"", "f".repeat(64));
    let rows: &[(&str, &str, bool)] = &[
        ("uint8", "255", true),
        ("uint8", "256", false),
        ("uint8", "\"255\"", true),
        ("uint8", "\"0xff\"", true),
        ("uint8", "\"0x0ff\"", false),
        ("uint8", "-1", false),
        ("uint8", "1.0", false),
        ("uint8", "\"1e2\"", false),
        ("uint8", "\"007\"", false),
        ("uint8", "\"-0\"", false),
        ("uint8", "true", false),
        ("uint256", &max, true),
        ("uint256", "9007199254740991", true),
        ("uint256", "9007199254740992", false),
        ("int8", "127", true),
        ("int8", "128", false),
        ("int8", "-128", true),
        ("int8", "-129", false),
        ("int8", "\"-128\"", true),
        ("int256", &max, false),
        ("bool", "true", true),
        ("bool", "\"true\"", false),
        ("bool", "1", false),
        ("string", "\"\"", true),
        ("string", "1", false),
        ("bytes", "\"0x\"", true),
        ("bytes", "\"0xabc\"", false),
        ("bytes", "[171]", false),
        ("bytes4", "\"0x12345678\"", true),
        ("bytes4", "\"0x123456\"", false),
        ("bytes4", "\"0x1234567890\"", false),
        ("address", ALICE_TEXT, true),
        ("address", "\"0x0\"", false),
        ("uint8[]", "[]", true),
        ("uint8[]", "[1,256]", false),
        ("uint8[2]", "[1,2]", true),
        ("uint8[2]", "[1]", false),
        ("uint8[][2]", "[[],[1]]", true),
        ("uint8[][2]", "[[]]", false),
        ("U", "{\"y\":true}", true),
        ("U", "{}", false),
        ("U[]", "[{\"y\":true},{\"y\":1}]", false),
        ("uint", "1", false),
        ("uint7", "1", false),
        ("V", "1", false),
        ("T", "{\"x\":1}", false),
    ];
    for (kind, value, good) in rows {
        assert_eq!(reason(&one(kind, value)).is_ok(), *good, "{kind} {value}");
    }
}

const ALICE_TEXT: &str = "\"0x00000000000000000000000000000000000a11ce\"";

#[test]
fn other_things_are_no_typed_data() {
    check(
        "eth_signTypedData_v4",
        &[
            (&format!("[{ALICE:?},[]]"), Refused(Reason::WrongType)),
            (&format!("[{ALICE:?},{{}}]"), Refused(Reason::MissingMember)),
            (&format!("[{MAIL},{ALICE:?}]"), Refused(Reason::WrongType)),
            (&format!("[{ALICE:?}]"), Refused(Reason::WrongArity)),
        ],
    );
}

#[test]
fn b18_clef_signs_data_and_safe_transactions() {
    let safe =
        |members: &str| format!(r#"[{ALICE:?},{{"safe":"0xcccccccccccccccccccccccccccccccccccccccc"{members}}}]"#);
    with(
        &NODE,
        "account_signGnosisSafeTx",
        &safe(r#","value":"20","operation":0"#),
        |call| {
            let call = call.unwrap();
            let message = call.operations()[0].typed_message().unwrap();
            assert_eq!(message.primary_type(), "SafeTx");
            assert_eq!(
                message.contract(),
                Some("0xcccccccccccccccccccccccccccccccccccccccc".parse().unwrap())
            );
        },
    );
    check(
        "account_signGnosisSafeTx",
        &[
            (&safe(r#","operation":1"#), Refused(Reason::Refused)),
            (&safe(r#","Operation":0"#), Refused(Reason::UnknownMember)),
            (&safe(r#","to":"0x00""#), Refused(Reason::NotAnAddress)),
            (&safe(r#","value":{}"#), Refused(Reason::WrongType)),
            (&safe(r#","chainId":"0x1""#), Refused(Reason::WrongChain)),
            (&format!("[{ALICE:?},{{}}]"), Refused(Reason::MissingMember)),
        ],
    );
    check(
        "account_signData",
        &[
            (&format!(r#"["text/plain",{ALICE:?},"0xab"]"#), Same),
            (
                &format!(r#"["application/x-clique-header",{ALICE:?},"0xab"]"#),
                Refused(Reason::Refused),
            ),
            (&format!(r#"["text/plain",{ALICE:?},{{}}]"#), Refused(Reason::WrongType)),
        ],
    );
}
