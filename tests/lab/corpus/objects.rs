//! A-41 to A-58: what a call or transaction object says twice, in another spelling or in another place. Each object is tried
//! with each method that takes one.

use crate::case::Corpus;
use crate::world::{EVIL, EVIL_CONTRACT, GOOD, GOOD_CONTRACT, OTHER, READ, UNLOCKED};

/// Members of an object: `$G` is whom the policy permits, `$E` whom it does not, `$D` permitted calldata, `$O` other calldata,
/// `$F` the node's own account, `$g` and `$e` their digits in capitals.
const OBJECTS: &[(&str, &str, &str)] = &[
    ("A-41", "plain, permitted", r#""from":"$F","to":"$G","data":"$D""#),
    ("A-41", "plain, not permitted", r#""from":"$F","to":"$E","data":"$D""#),
    ("A-41", "TO after to", r#""from":"$F","to":"$G","TO":"$E","data":"$D""#),
    ("A-41", "To before to", r#""from":"$F","To":"$E","to":"$G","data":"$D""#),
    ("A-41", "TO alone", r#""from":"$F","TO":"$E","data":"$D""#),
    (
        "A-41",
        "DATA after data",
        r#""from":"$F","to":"$G","data":"$D","DATA":"$O""#,
    ),
    (
        "A-41",
        "INPUT after data",
        r#""from":"$F","to":"$G","data":"$D","INPUT":"$O""#,
    ),
    (
        "A-41",
        "VALUE after value",
        r#""from":"$F","to":"$G","data":"$D","value":"0x0","VALUE":"0xffffff""#,
    ),
    (
        "A-41",
        "From after from",
        r#""from":"$F","to":"$G","data":"$D","From":"$E""#,
    ),
    ("A-41", "escaped to", r#""from":"$F","\u0074o":"$E","data":"$D""#),
    (
        "A-41",
        "escaped to after to",
        r#""from":"$F","to":"$G","t\u006f":"$E","data":"$D""#,
    ),
    ("A-43", "to twice", r#""from":"$F","to":"$G","data":"$D","to":"$E""#),
    (
        "A-43",
        "to twice, the other way",
        r#""from":"$F","to":"$E","data":"$D","to":"$G""#,
    ),
    (
        "A-43",
        "to, then null",
        r#""from":"$F","to":"$G","data":"$D","to":null"#,
    ),
    (
        "A-43",
        "null, then to",
        r#""from":"$F","to":null,"data":"$D","to":"$E""#,
    ),
    ("A-43", "data twice", r#""from":"$F","to":"$G","data":"$D","data":"$O""#),
    (
        "A-43",
        "value twice",
        r#""from":"$F","to":"$G","data":"$D","value":"0x0","value":"0xffffff""#,
    ),
    ("A-43", "from twice", r#""from":"$E","to":"$G","data":"$D","from":"$F""#),
    ("A-44", "input alone", r#""from":"$F","to":"$G","input":"$D""#),
    (
        "A-44",
        "both alike",
        r#""from":"$F","to":"$G","data":"$D","input":"$D""#,
    ),
    (
        "A-44",
        "data good, input other",
        r#""from":"$F","to":"$G","data":"$D","input":"$O""#,
    ),
    (
        "A-44",
        "data other, input good",
        r#""from":"$F","to":"$G","data":"$O","input":"$D""#,
    ),
    (
        "A-44",
        "input first and other",
        r#""from":"$F","to":"$G","input":"$O","data":"$D""#,
    ),
    (
        "A-44",
        "input null, data other",
        r#""from":"$F","to":"$G","input":null,"data":"$O""#,
    ),
    (
        "A-44",
        "input empty, data other",
        r#""from":"$F","to":"$G","input":"0x","data":"$O""#,
    ),
    (
        "A-44",
        "data empty, input other",
        r#""from":"$F","to":"$G","data":"0x","input":"$O""#,
    ),
    (
        "A-44",
        "data null, input good",
        r#""from":"$F","to":"$G","data":null,"input":"$D""#,
    ),
    (
        "A-44",
        "both in another case of digits",
        r#""from":"$F","to":"$G","data":"0x57DE26A4","input":"0x57de26a4""#,
    ),
    (
        "A-45",
        "gas and gasLimit",
        r#""from":"$F","to":"$G","data":"$D","gas":"0x10000","gasLimit":"0xffffff""#,
    ),
    (
        "A-45",
        "gasLimit alone",
        r#""from":"$F","to":"$G","data":"$D","gasLimit":"0x10000""#,
    ),
    (
        "A-45",
        "both kinds of fees",
        r#""from":"$F","to":"$G","data":"$D","gasPrice":"0x77359400","maxFeePerGas":"0x77359400""#,
    ),
    (
        "A-45",
        "max_fee_per_gas",
        r#""from":"$F","to":"$G","data":"$D","max_fee_per_gas":"0x77359400""#,
    ),
    ("A-46", "no from", r#""to":"$G","data":"$D""#),
    ("A-46", "no from, not permitted", r#""to":"$E","data":"$D""#),
    ("A-46", "from is null", r#""from":null,"to":"$G","data":"$D""#),
    ("A-46", "from is empty", r#""from":"","to":"$G","data":"$D""#),
    ("A-46", "from is 0x", r#""from":"0x","to":"$G","data":"$D""#),
    ("A-46", "from is another", r#""from":"$E","to":"$G","data":"$D""#),
    ("A-47", "no to", r#""from":"$F","data":"$D""#),
    ("A-47", "to is null", r#""from":"$F","to":null,"data":"$D""#),
    ("A-47", "to is empty", r#""from":"$F","to":"","data":"$D""#),
    ("A-47", "to is 0x", r#""from":"$F","to":"0x","data":"$D""#),
    ("A-47", "to is 0x0", r#""from":"$F","to":"0x0","data":"$D""#),
    ("A-47", "to is short", r#""from":"$F","to":"0xbad","data":"$D""#),
    (
        "A-47",
        "to has a byte too many",
        r#""from":"$F","to":"$G00","data":"$D""#,
    ),
    (
        "A-47",
        "to in 32 bytes",
        r#""from":"$F","to":"0x000000000000000000000000$g","data":"$D""#,
    ),
    ("A-47", "to without 0x", r#""from":"$F","to":"$g","data":"$D""#),
    ("A-47", "to with 0X", r#""from":"$F","to":"0X$e","data":"$D""#),
    ("A-47", "to in capitals", r#""from":"$F","to":"0x$g","data":"$D""#),
    ("A-47", "to in a list", r#""from":"$F","to":["$E"],"data":"$D""#),
    ("A-47", "to with a space", r#""from":"$F","to":" $E","data":"$D""#),
    ("A-47", "to is a number", r#""from":"$F","to":12,"data":"$D""#),
    ("A-47", "to is a name", r#""from":"$F","to":"evil.eth","data":"$D""#),
    (
        "A-49",
        "value is empty",
        r#""from":"$F","to":"$G","data":"$D","value":"""#,
    ),
    (
        "A-49",
        "value is 0x",
        r#""from":"$F","to":"$G","data":"$D","value":"0x""#,
    ),
    (
        "A-49",
        "value is 0x00",
        r#""from":"$F","to":"$G","data":"$D","value":"0x00""#,
    ),
    (
        "A-49",
        "value is decimal",
        r#""from":"$F","to":"$G","data":"$D","value":"10000000""#,
    ),
    (
        "A-49",
        "value is a number",
        r#""from":"$F","to":"$G","data":"$D","value":10000000"#,
    ),
    (
        "A-49",
        "value is 1e9",
        r#""from":"$F","to":"$G","data":"$D","value":1e9"#,
    ),
    (
        "A-49",
        "value is octal",
        r#""from":"$F","to":"$G","data":"$D","value":"0o777777777""#,
    ),
    (
        "A-49",
        "value is binary",
        r#""from":"$F","to":"$G","data":"$D","value":"0b1111111111111111111111111""#,
    ),
    (
        "A-49",
        "value with underscores",
        r#""from":"$F","to":"$G","data":"$D","value":"10_000_000""#,
    ),
    (
        "A-49",
        "value is negative",
        r#""from":"$F","to":"$G","data":"$D","value":"-0x1""#,
    ),
    (
        "A-49",
        "value with #",
        r##""from":"$F","to":"$G","data":"$D","value":"#ffffff""##,
    ),
    (
        "A-49",
        "value too large",
        r#""from":"$F","to":"$G","data":"$D","value":"0x10000000000000000000000000000000000000000000000000000000000000000""#,
    ),
    (
        "A-49",
        "value one over the limit",
        r#""from":"$F","to":"$G","data":"$D","value":"0xf4241""#,
    ),
    (
        "A-49",
        "value at the limit",
        r#""from":"$F","to":"$G","data":"$D","value":"0xf4240""#,
    ),
    (
        "A-49",
        "value is null",
        r#""from":"$F","to":"$G","data":"$D","value":null"#,
    ),
    (
        "A-49",
        "value in capitals",
        r#""from":"$F","to":"$G","data":"$D","value":"0XA""#,
    ),
    (
        "A-50",
        "data of an odd length",
        r#""from":"$F","to":"$G","data":"0x57de26a""#,
    ),
    ("A-50", "data without 0x", r#""from":"$F","to":"$G","data":"57de26a4""#),
    (
        "A-50",
        "data as a list of bytes",
        r#""from":"$F","to":"$G","data":[87,222,38,164]"#,
    ),
    (
        "A-50",
        "data with a space",
        r#""from":"$F","to":"$G","data":"0x57 de26a4""#,
    ),
    ("A-50", "data with 0X", r#""from":"$F","to":"$G","data":"0X57de26a4""#),
    (
        "A-51",
        "another chain id",
        r#""from":"$F","to":"$G","data":"$D","chainId":"0x1""#,
    ),
    (
        "A-51",
        "chain id 0",
        r#""from":"$F","to":"$G","data":"$D","chainId":"0x0""#,
    ),
    (
        "A-51",
        "chain id in decimal",
        r#""from":"$F","to":"$G","data":"$D","chainId":1337"#,
    ),
    (
        "A-51",
        "the chain id",
        r#""from":"$F","to":"$G","data":"$D","chainId":"0x539""#,
    ),
    (
        "A-52",
        "type 0 with a list of authorizations",
        r#""from":"$F","to":"$G","data":"$D","type":"0x0","authorizationList":[]"#,
    ),
    (
        "A-52",
        "type 4 without one",
        r#""from":"$F","to":"$G","data":"$D","type":"0x4""#,
    ),
    (
        "A-52",
        "type 2 with a gas price",
        r#""from":"$F","to":"$G","data":"$D","type":"0x2","gasPrice":"0x77359400""#,
    ),
    ("A-52", "type 127", r#""from":"$F","to":"$G","data":"$D","type":"0x7f""#),
    (
        "A-52",
        "type as a number",
        r#""from":"$F","to":"$G","data":"$D","type":2"#,
    ),
    (
        "A-53",
        "an authorization that nobody signed",
        r#""from":"$F","to":"$G","data":"$D","authorizationList":[{"chainId":"0x539","address":"$E","nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}]"#,
    ),
    (
        "A-53",
        "an authorization with an authority",
        r#""from":"$F","to":"$G","data":"$D","authorizationList":[{"chainId":"0x539","address":"$E","nonce":"0x0","authority":"$F"}]"#,
    ),
    (
        "A-53",
        "an empty list of authorizations",
        r#""from":"$F","to":"$G","data":"$D","authorizationList":[]"#,
    ),
    (
        "A-55",
        "an access list of lists",
        r#""from":"$F","to":"$G","data":"$D","accessList":[["$E",[]]]"#,
    ),
    (
        "A-55",
        "an access list",
        r#""from":"$F","to":"$G","data":"$D","accessList":[{"address":"$E","storageKeys":["0x0000000000000000000000000000000000000000000000000000000000000001"]}]"#,
    ),
    (
        "A-55",
        "an access list with a short key",
        r#""from":"$F","to":"$G","data":"$D","accessList":[{"address":"$E","storageKeys":["0x1"]}]"#,
    ),
    (
        "A-56",
        "the greatest nonce",
        r#""from":"$F","to":"$G","data":"$D","nonce":"0xffffffffffffffff""#,
    ),
    (
        "A-56",
        "gas above 2^64",
        r#""from":"$F","to":"$G","data":"$D","gas":"0x10000000000000000""#,
    ),
    (
        "A-56",
        "a gas price above 2^128",
        r#""from":"$F","to":"$G","data":"$D","gasPrice":"0x100000000000000000000000000000000""#,
    ),
    (
        "A-56",
        "a nonce with zeros",
        r#""from":"$F","to":"$G","data":"$D","nonce":"0x0000""#,
    ),
    (
        "A-57",
        "privateFor",
        r#""from":"$F","to":"$G","data":"$D","privateFor":["$E"]"#,
    ),
    (
        "A-57",
        "privateFor is null",
        r#""from":"$F","to":"$G","data":"$D","privateFor":null"#,
    ),
    (
        "A-57",
        "calls within",
        r#""from":"$F","to":"$G","data":"$D","calls":[{"to":"$E"}]"#,
    ),
    (
        "A-57",
        "an unknown member",
        r#""from":"$F","to":"$G","data":"$D","tip":"0x1""#,
    ),
    ("A-57", "an empty name", r#""from":"$F","to":"$G","data":"$D","":"$E""#),
    (
        "A-57",
        "restriction",
        r#""from":"$F","to":"$G","data":"$D","restriction":"restricted","privacyGroupId":"x""#,
    ),
    ("A-67", "other calldata", r#""from":"$F","to":"$G","data":"$O""#),
    (
        "A-67",
        "three bytes of calldata",
        r#""from":"$F","to":"$G","data":"0x57de26""#,
    ),
    ("A-67", "no calldata", r#""from":"$F","to":"$G""#),
    (
        "A-68",
        "more calldata than the function has",
        r#""from":"$F","to":"$G","data":"$D00000000000000000000000000000000000000000000000000000000000000ff""#,
    ),
];

/// A method around the object `{…}`, and whether its permitted form is a call of the contract; else a payment.
const METHODS: &[(&str, &str, bool)] = &[
    ("eth_call", r#"[{…},"latest"]"#, true),
    ("eth_estimateGas", "[{…}]", true),
    ("eth_sendTransaction", "[{…}]", false),
    (
        "eth_signTransaction",
        r#"[{…,"gas":"0x186a0","gasPrice":"0x77359400","nonce":"0x0"}]"#,
        false,
    ),
    ("eth_fillTransaction", "[{…}]", false),
    ("eth_createAccessList", r#"[{…},"latest"]"#, true),
    ("debug_traceCall", r#"[{…},"latest"]"#, true),
    (
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[{…}]}]},"latest"]"#,
        true,
    ),
];

/// Every object with every method; a call of `eth_call` also as a payment estimated.
pub(super) fn add(corpus: &mut Corpus) {
    for (method, params, is_call) in METHODS {
        for (group, name, object) in OBJECTS {
            let params = params.replace('…', &fill(object, *is_call));
            corpus.add(group, format!("{name}: {method}"), request(method, &params));
        }
    }
    for (name, params) in ODD_OBJECTS {
        for (method, ..) in METHODS {
            let params = fill(params, true);
            corpus.add("A-58", format!("{name}: {method}"), request(method, &params));
        }
    }
    for block in BLOCKS {
        let call = fill(r#"{"to":"$E","data":"$D"}"#, true);
        let params = format!("[{call},{block}]");
        corpus.add(
            "A-69",
            format!("block {block}: eth_call of EVIL"),
            request("eth_call", &params),
        );
        let call = fill(r#"{"to":"$G","data":"$D"}"#, true);
        let params = format!("[{call},{block}]");
        corpus.add(
            "A-69",
            format!("block {block}: eth_call of GOOD"),
            request("eth_call", &params),
        );
        let params = format!("[\"{EVIL}\",{block}]");
        corpus.add(
            "A-69",
            format!("block {block}: eth_getBalance"),
            request("eth_getBalance", &params),
        );
        let params = format!("[{block},false]");
        corpus.add(
            "A-69",
            format!("block {block}: eth_getBlockByNumber"),
            request("eth_getBlockByNumber", &params),
        );
    }
    for filter in FILTERS {
        let filter = fill(filter, true);
        for method in ["eth_getLogs", "eth_newFilter"] {
            corpus.add(
                "A-70",
                format!("{filter}: {method}"),
                request(method, &format!("[{filter}]")),
            );
        }
    }
    for flag in ["\"true\"", "1", "0", "\"0x1\"", "null", "[]", "\"false\"", "true", "{}"] {
        let params = format!("[\"latest\",{flag}]");
        corpus.add(
            "A-80",
            format!("{flag}: eth_getBlockByNumber"),
            request("eth_getBlockByNumber", &params),
        );
    }
}

fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
}

fn fill(text: &str, is_call: bool) -> String {
    let (good, evil) = if is_call {
        (GOOD_CONTRACT, EVIL_CONTRACT)
    } else {
        (GOOD, EVIL)
    };
    text.replace("$G", good)
        .replace("$E", evil)
        .replace("$g", &good[2..].to_ascii_uppercase())
        .replace("$e", &evil[2..].to_ascii_uppercase())
        .replace("$D", if is_call { READ } else { "0x" })
        .replace("$O", OTHER)
        .replace("$F", UNLOCKED)
}

/// Where an object is due.
const ODD_OBJECTS: &[(&str, &str)] = &[
    ("a list in its place", r#"[["$F","$E"],"latest"]"#),
    ("a text of JSON in its place", r#"["{\"to\":\"$E\"}","latest"]"#),
    ("null in its place", r#"[null,"latest"]"#),
    ("an empty object", r#"[{},"latest"]"#),
    ("an empty text", r#"["","latest"]"#),
    ("the object in a list", r#"[[{"to":"$E","data":"$D"}],"latest"]"#),
    (
        "the object twice",
        r#"[{"to":"$G","data":"$D"},{"to":"$E","data":"$D"}]"#,
    ),
    ("the block first", r#"["latest",{"to":"$E","data":"$D"}]"#),
];

/// Forms of a block parameter.
const BLOCKS: &[&str] = &[
    "\"latest\"",
    "\"LATEST\"",
    "\"Latest\"",
    "\" latest\"",
    "\"pending\"",
    "\"safe\"",
    "\"earliest\"",
    "\"accepted\"",
    "\"0x1\"",
    "\"0x01\"",
    "\"0X1\"",
    "\"1\"",
    "\"010\"",
    "\"#1\"",
    "1",
    "1.0",
    "-1",
    "\"\"",
    "\"0x\"",
    "null",
    "true",
    "[]",
    "{}",
    "{\"blockNumber\":\"0x1\"}",
    "{\"BlockNumber\":\"0x1\"}",
    "{\"blockNumber\":\"latest\"}",
    "{\"blockNumber\":1}",
    "{\"blockTag\":\"latest\"}",
    "{\"blockNumber\":\"0x1\",\"blockHash\":\"0x0000000000000000000000000000000000000000000000000000000000000001\"}",
    "{\"blockNumber\":\"0x1\",\"blockNumber\":\"0x2\"}",
    "{\"blockNumber\":\"0x1\",\"requireCanonical\":\"yes\"}",
    "{\"blockNumber\":\"0x1\",\"requireCanonical\":true}",
    "\"0xffffffffffffffff\"",
    "\"0x8000000000000000\"",
    "\"0x10000000000000000\"",
    "\"0x0000000000000000000000000000000000000000000000000000000000000001\"",
];

/// Forms of a log filter.
const FILTERS: &[&str] = &[
    "{}",
    "{\"address\":\"$E\"}",
    "{\"address\":[\"$G\",\"$E\"]}",
    "{\"address\":[[\"$E\"]]}",
    "{\"address\":null}",
    "{\"address\":[]}",
    "{\"Address\":\"$E\"}",
    "{\"address\":\"$G\",\"ADDRESS\":\"$E\"}",
    "{\"address\":\"$G\",\"address\":\"$E\"}",
    "{\"topics\":null}",
    "{\"topics\":[]}",
    "{\"topics\":[null]}",
    "{\"topics\":[[null]]}",
    "{\"topics\":[[]]}",
    "{\"topics\":[\"0x1\"]}",
    "{\"topics\":[1]}",
    "{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}",
    "{\"fromBlock\":\"latest\",\"toBlock\":\"0x0\"}",
    "{\"fromBlock\":0}",
    "{\"fromBlock\":\"0x0\",\"fromBlock\":\"0x1\"}",
    "{\"FromBlock\":\"0x0\"}",
    "{\"fromBlock\":\"\"}",
    "{\"toBlock\":\"LATEST\"}",
    "{\"fromBlock\":\"0x0\",\"blockHash\":\"0x0000000000000000000000000000000000000000000000000000000000000001\"}",
    "{\"blockhash\":\"0x0000000000000000000000000000000000000000000000000000000000000001\"}",
    "{\"limit\":1}",
    "[]",
    "\"latest\"",
    "null",
    "[{\"address\":\"$E\"}]",
];
