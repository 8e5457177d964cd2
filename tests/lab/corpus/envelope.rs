//! Section 0.1 and A-01 to A-40: what stands around a call. Each form is tried with each pair of calls.

use super::base::{PAIRS, Pair, pair};
use crate::case::Corpus;

/// Forms of a body as a template: `M` and `P` are the method (with its quotation marks) and the parameters, `N` and `Q` those
/// of the decoy.
const TEMPLATES: &[(&str, &str, &str)] = &[
    ("0.1", "plain", r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P}"#),
    (
        "0.1",
        "members in another order",
        r#"{"params":P,"method":M,"id":1,"jsonrpc":"2.0"}"#,
    ),
    (
        "0.1",
        "white space everywhere",
        " {\n\t\"jsonrpc\" : \"2.0\" ,\r\n \"id\" : 1 , \"method\" : M , \"params\" : P } \n",
    ),
    (
        "A-01",
        "another method after it",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":N}"#,
    ),
    (
        "A-01",
        "another method before it",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"params":P,"method":M}"#,
    ),
    (
        "A-01",
        "the same method twice",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"method":M,"params":P}"#,
    ),
    (
        "A-02",
        "method, then null",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":null}"#,
    ),
    (
        "A-02",
        "null, then method",
        r#"{"jsonrpc":"2.0","id":1,"method":null,"params":P,"method":M}"#,
    ),
    (
        "A-02",
        "method, then number",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":7}"#,
    ),
    (
        "A-02",
        "method, then list",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":[N]}"#,
    ),
    (
        "A-02",
        "method, then object",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":{}}"#,
    ),
    (
        "A-02",
        "method is a list",
        r#"{"jsonrpc":"2.0","id":1,"method":[M],"params":P}"#,
    ),
    (
        "A-02",
        "method is null",
        r#"{"jsonrpc":"2.0","id":1,"method":null,"params":P}"#,
    ),
    (
        "A-03",
        "other params after them",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":Q,"params":P}"#,
    ),
    (
        "A-03",
        "other params before them",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"params":Q}"#,
    ),
    (
        "A-03",
        "params, then null",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"params":null}"#,
    ),
    (
        "A-03",
        "params, then none",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"params":[]}"#,
    ),
    (
        "A-03",
        "null, then params",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":null,"params":P}"#,
    ),
    (
        "A-03",
        "params, then an object",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"params":{}}"#,
    ),
    (
        "A-03",
        "the whole decoy after it",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"method":N,"params":Q}"#,
    ),
    (
        "A-03",
        "the whole decoy before it",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"params":Q,"method":M,"params":P}"#,
    ),
    (
        "A-04",
        "two ids",
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":M,"params":P}"#,
    ),
    (
        "A-04",
        "id, then null",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"id":null}"#,
    ),
    (
        "A-04",
        "two versions",
        r#"{"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"method":M,"params":P}"#,
    ),
    ("A-05", "METHOD", r#"{"jsonrpc":"2.0","id":1,"METHOD":M,"params":P}"#),
    ("A-05", "Method", r#"{"jsonrpc":"2.0","id":1,"Method":M,"params":P}"#),
    ("A-05", "PARAMS", r#"{"jsonrpc":"2.0","id":1,"method":M,"PARAMS":P}"#),
    (
        "A-05",
        "Params beside params",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":Q,"Params":P}"#,
    ),
    (
        "A-05",
        "params beside Params",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"Params":P,"params":Q}"#,
    ),
    (
        "A-05",
        "Method beside method",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"params":P,"Method":M}"#,
    ),
    (
        "A-05",
        "method beside Method",
        r#"{"jsonrpc":"2.0","id":1,"Method":M,"params":P,"method":N}"#,
    ),
    (
        "A-05",
        "a decoy under other case",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"METHOD":N,"PARAMS":Q}"#,
    ),
    ("A-05", "ID", r#"{"jsonrpc":"2.0","ID":1,"method":M,"params":P}"#),
    ("A-05", "JSONRPC", r#"{"JsonRpc":"2.0","id":1,"method":M,"params":P}"#),
    (
        "A-05",
        "long s in params",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"param\u{17f}\":P}",
    ),
    (
        "A-05",
        "long s beside params",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":Q,\"param\u{17f}\":P}",
    ),
    (
        "A-05",
        "long s in jsonrpc",
        "{\"j\u{17f}onrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-05",
        "escaped long s",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":Q,"param\u017f":P}"#,
    ),
    (
        "A-05",
        "dotless i in id",
        "{\"jsonrpc\":\"2.0\",\"\u{131}d\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-07",
        "escaped names",
        r#"{"json\u0072pc":"2.0","\u0069d":1,"\u006dethod":M,"p\u0061rams":P}"#,
    ),
    (
        "A-07",
        "escaped name beside it",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"\u006dethod":M,"params":P}"#,
    ),
    (
        "A-07",
        "escaped params beside them",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":Q,"p\u0061rams":P}"#,
    ),
    (
        "A-07",
        "escaped version",
        r#"{"jsonrpc":"\u0032.0","id":1,"method":M,"params":P}"#,
    ),
    ("A-08", "no version", r#"{"id":1,"method":M,"params":P}"#),
    (
        "A-08",
        "version 1.0",
        r#"{"jsonrpc":"1.0","id":1,"method":M,"params":P}"#,
    ),
    (
        "A-08",
        "version is a number",
        r#"{"jsonrpc":2.0,"id":1,"method":M,"params":P}"#,
    ),
    (
        "A-08",
        "version is null",
        r#"{"jsonrpc":null,"id":1,"method":M,"params":P}"#,
    ),
    (
        "A-08",
        "version with a space",
        r#"{"jsonrpc":" 2.0","id":1,"method":M,"params":P}"#,
    ),
    (
        "A-08",
        "version is an object",
        r#"{"jsonrpc":{"2.0":null},"id":1,"method":M,"params":P}"#,
    ),
    ("A-08", "version 2", r#"{"jsonrpc":"2","id":1,"method":M,"params":P}"#),
    (
        "A-08",
        "version 2.00",
        r#"{"jsonrpc":"2.00","id":1,"method":M,"params":P}"#,
    ),
    (
        "A-08",
        "version 3.0",
        r#"{"jsonrpc":"3.0","id":1,"method":M,"params":P}"#,
    ),
    ("A-09", "a notification", r#"{"jsonrpc":"2.0","method":M,"params":P}"#),
    ("A-09", "a notification without version", r#"{"method":M,"params":P}"#),
    (
        "A-10",
        "id is null",
        r#"{"jsonrpc":"2.0","id":null,"method":M,"params":P}"#,
    ),
    ("A-11", "id is -1", r#"{"jsonrpc":"2.0","id":-1,"method":M,"params":P}"#),
    (
        "A-11",
        "id is 1.5",
        r#"{"jsonrpc":"2.0","id":1.5,"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is 1e400",
        r#"{"jsonrpc":"2.0","id":1e400,"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is 2^53+1",
        r#"{"jsonrpc":"2.0","id":9007199254740993,"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is 2^64",
        r#"{"jsonrpc":"2.0","id":18446744073709551616,"method":M,"params":P}"#,
    ),
    ("A-11", "id is -0", r#"{"jsonrpc":"2.0","id":-0,"method":M,"params":P}"#),
    (
        "A-11",
        "id is an empty text",
        r#"{"jsonrpc":"2.0","id":"","method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is a text",
        r#"{"jsonrpc":"2.0","id":"0x1","method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is an object",
        r#"{"jsonrpc":"2.0","id":{},"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is a list",
        r#"{"jsonrpc":"2.0","id":[],"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is a list of one",
        r#"{"jsonrpc":"2.0","id":[1],"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is true",
        r#"{"jsonrpc":"2.0","id":true,"method":M,"params":P}"#,
    ),
    (
        "A-11",
        "id is a private state",
        r#"{"jsonrpc":"2.0","id":"PSI/other/1","method":M,"params":P}"#,
    ),
    (
        "A-13",
        "params in an object",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":{"0":P}}"#,
    ),
    (
        "A-13",
        "params by name",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":{"bytes":"0x","transaction":{}}}"#,
    ),
    (
        "A-14",
        "params are null",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":null}"#,
    ),
    ("A-14", "no params", r#"{"jsonrpc":"2.0","id":1,"method":M}"#),
    (
        "A-14",
        "params are empty",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":[]}"#,
    ),
    (
        "A-14",
        "params hold null",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":[null]}"#,
    ),
    (
        "A-14",
        "params are an empty text",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":""}"#,
    ),
    (
        "A-14",
        "params in params",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":[P]}"#,
    ),
    (
        "A-14",
        "params are false",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":false}"#,
    ),
    ("A-16", "a request as a list", r#"["2.0",1,M,P]"#),
    ("A-16", "a request as a list, id last", r#"["2.0",M,P,1]"#),
    ("A-16", "a request as a list in a batch", r#"[["2.0",1,M,P]]"#),
    ("A-16", "a request as a list, id last, in a batch", r#"[["2.0",M,P,1]]"#),
    (
        "A-16",
        "a request as a list beside a request",
        r#"[{"jsonrpc":"2.0","id":2,"method":N,"params":Q},["2.0",1,M,P]]"#,
    ),
    (
        "A-17",
        "result beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"result":"0x1"}"#,
    ),
    (
        "A-17",
        "error beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"error":null}"#,
    ),
    (
        "A-17",
        "meta beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"meta":{}}"#,
    ),
    (
        "A-17",
        "chainId beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"chainId":"0x1"}"#,
    ),
    (
        "A-17",
        "auth beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"auth":"operator"}"#,
    ),
    (
        "A-17",
        "an empty name beside",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,"":1}"#,
    ),
    (
        "A-17",
        "a request in a request",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"params":Q,"request":{"jsonrpc":"2.0","id":1,"method":M,"params":P}}"#,
    ),
    (
        "A-24",
        "two documents",
        r#"{"jsonrpc":"2.0","id":1,"method":N,"params":Q}{"jsonrpc":"2.0","id":2,"method":M,"params":P}"#,
    ),
    (
        "A-24",
        "two documents on two lines",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}\n{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":N,\"params\":Q}",
    ),
    (
        "A-24",
        "rubbish after it",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P}x"#,
    ),
    (
        "A-24",
        "a brace too many",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P}}"#,
    ),
    (
        "A-24",
        "a brace too few",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P"#,
    ),
    (
        "A-25",
        "a form feed first",
        "\u{c}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-25",
        "a vertical tab first",
        "\u{b}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-25",
        "a hard space first",
        "\u{a0}{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-25",
        "NUL first",
        "\0{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}",
    ),
    (
        "A-25",
        "NUL last",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":M,\"params\":P}\0",
    ),
    (
        "A-28",
        "a comment first",
        r#"/* */{"jsonrpc":"2.0","id":1,"method":M,"params":P}"#,
    ),
    (
        "A-28",
        "a comment within",
        r#"{"jsonrpc":"2.0","id":1,/*"method":N,*/"method":M,"params":P}"#,
    ),
    (
        "A-28",
        "a comment to the end of the line",
        "{\"jsonrpc\":\"2.0\",\"id\":1, //\n\"method\":M,\"params\":P}",
    ),
    (
        "A-28",
        "a comment of another kind",
        "{\"jsonrpc\":\"2.0\",\"id\":1, #\n\"method\":M,\"params\":P}",
    ),
    (
        "A-29",
        "a lone surrogate beside",
        r#"{"jsonrpc":"2.0","id":"\ud800","method":M,"params":P}"#,
    ),
    (
        "A-29",
        "NUL in the id",
        r#"{"jsonrpc":"2.0","id":"\u0000","method":M,"params":P}"#,
    ),
    (
        "A-29",
        "a control character in the id",
        "{\"jsonrpc\":\"2.0\",\"id\":\"\u{1}\",\"method\":M,\"params\":P}",
    ),
    (
        "A-29",
        "NUL in a name",
        r#"{"jsonrpc":"2.0","id":1,"method\u0000":N,"method":M,"params":P}"#,
    ),
    ("A-31", "id is 01", r#"{"jsonrpc":"2.0","id":01,"method":M,"params":P}"#),
    ("A-31", "id is +1", r#"{"jsonrpc":"2.0","id":+1,"method":M,"params":P}"#),
    (
        "A-31",
        "id is NaN",
        r#"{"jsonrpc":"2.0","id":NaN,"method":M,"params":P}"#,
    ),
    (
        "A-31",
        "id is 0x1",
        r#"{"jsonrpc":"2.0","id":0x1,"method":M,"params":P}"#,
    ),
    ("A-31", "id is 1.", r#"{"jsonrpc":"2.0","id":1.,"method":M,"params":P}"#),
    ("A-31", "id is .5", r#"{"jsonrpc":"2.0","id":.5,"method":M,"params":P}"#),
    (
        "A-31",
        "a comma too many in the call",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":P,}"#,
    ),
    (
        "A-31",
        "single quotes",
        r#"{'jsonrpc':'2.0','id':1,'method':M,'params':P}"#,
    ),
    (
        "A-31",
        "names without quotes",
        r#"{jsonrpc:"2.0",id:1,method:M,params:P}"#,
    ),
    (
        "A-35",
        "a batch of one",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "a batch with the decoy first",
        r#"[{"jsonrpc":"2.0","id":1,"method":N,"params":Q},{"jsonrpc":"2.0","id":2,"method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "a batch with the decoy last",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},{"jsonrpc":"2.0","id":2,"method":N,"params":Q}]"#,
    ),
    (
        "A-35",
        "a batch with one id twice",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}]"#,
    ),
    (
        "A-35",
        "null in a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},null]"#,
    ),
    (
        "A-35",
        "null first in a batch",
        r#"[null,{"jsonrpc":"2.0","id":1,"method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "a number in a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},1]"#,
    ),
    (
        "A-35",
        "an empty list in a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},[]]"#,
    ),
    (
        "A-35",
        "an empty object in a batch",
        r#"[{},{"jsonrpc":"2.0","id":1,"method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "a batch in a batch",
        r#"[[{"jsonrpc":"2.0","id":1,"method":M,"params":P}]]"#,
    ),
    (
        "A-35",
        "a notification in a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},{"jsonrpc":"2.0","method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "two documents, the first a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":N,"params":Q}][{"jsonrpc":"2.0","id":1,"method":M,"params":P}]"#,
    ),
    (
        "A-35",
        "a comma too many in a batch",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},]"#,
    ),
    (
        "A-35",
        "a batch in an object",
        r#"{"0":{"jsonrpc":"2.0","id":1,"method":M,"params":P}}"#,
    ),
    (
        "A-35",
        "a batch with a duplicate name in one item",
        r#"[{"jsonrpc":"2.0","id":1,"method":M,"params":P},{"jsonrpc":"2.0","id":2,"id":3,"method":N,"params":Q}]"#,
    ),
    (
        "A-40",
        "params as a text of JSON",
        r#"{"jsonrpc":"2.0","id":1,"method":M,"params":"[]"}"#,
    ),
];

/// The entry, what is odd, and how it is made from the plain form.
type OnBytes = (&'static str, &'static str, fn(&str) -> Vec<u8>);

/// What is done to the bytes of the plain form.
const ON_BYTES: &[OnBytes] = &[
    ("A-26", "UTF-8 with a mark", |body| {
        [b"\xef\xbb\xbf", body.as_bytes()].concat()
    }),
    ("A-26", "UTF-16, little end first", |body| {
        body.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }),
    ("A-26", "UTF-16, big end first, with a mark", |body| {
        let units = std::iter::once(0xfeff).chain(body.encode_utf16());
        units.flat_map(u16::to_be_bytes).collect()
    }),
    ("A-26", "UTF-32", |body| {
        body.chars().flat_map(|char| u32::from(char).to_be_bytes()).collect()
    }),
    ("A-27", "an overlong letter in a name", |body| {
        spell(body, "\"method\"", b"\"m\xc1\xa5thod\"")
    }),
    ("A-27", "an overlong letter in a value", |body| {
        spell(body, "eth_", b"eth\xc1\x9f")
    }),
    ("A-27", "an invalid byte beside", |body| {
        spell(body, "\"id\":1", b"\"id\":\"\xff\"")
    }),
    ("A-27", "a lone continuation in a name", |body| {
        spell(body, "\"params\"", b"\"params\x80\"")
    }),
    ("A-27", "a surrogate in UTF-8", |body| {
        spell(body, "\"id\":1", b"\"id\":\"\xed\xa0\x80\"")
    }),
    ("A-25", "128 spaces first", |body| {
        [[b' '; 128].as_slice(), body.as_bytes()].concat()
    }),
    ("A-25", "100000 spaces first", |body| {
        [vec![b' '; 100_000].as_slice(), body.as_bytes()].concat()
    }),
    ("A-19", "a space before the method", |body| {
        spell(body, "\"eth_", b"\" eth_")
    }),
    ("A-19", "a line feed after the method", |body| {
        spell(body, "\",\"params\"", b"\\n\",\"params\"")
    }),
    ("A-19", "a hard space after the method", |body| {
        spell(body, "\",\"params\"", b"\\u00a0\",\"params\"")
    }),
    ("A-19", "an em space before the method", |body| {
        spell(body, "\"eth_", b"\"\\u2003eth_")
    }),
    ("A-19", "a byte order mark in the method", |body| {
        spell(body, "\"eth_", b"\"\\ufeffeth_")
    }),
    ("A-19", "NUL after the method", |body| {
        spell(body, "\",\"params\"", b"\\u0000\",\"params\"")
    }),
    ("A-20", "another letter case in the method", |body| {
        spell(body, "\"eth_", b"\"ETH_")
    }),
    ("A-20", "another first letter in the method", |body| {
        spell(body, "\"eth_", b"\"Eth_")
    }),
    ("A-20", "a dot in the method", |body| spell(body, "\"eth_", b"\"eth.")),
    ("A-20", "no underscore in the method", |body| {
        spell(body, "\"eth_", b"\"eth")
    }),
    ("A-20", "two underscores in the method", |body| {
        spell(body, "\"eth_", b"\"eth__")
    }),
    ("A-07", "an escaped letter in the method", |body| {
        spell(body, "\"eth_", b"\"eth\\u005f")
    }),
    ("A-07", "an escaped letter in a parameter", |body| {
        spell(body, "\"0x", b"\"0\\u0078")
    }),
    ("A-07", "an escaped slash in the id", |body| {
        spell(body, "\"id\":1", b"\"id\":\"\\/\"")
    }),
    ("A-15", "a parameter too many", |body| spell(body, "]}", b",null]}")),
    ("A-15", "another parameter too many", |body| spell(body, "]}", b",{}]}")),
    ("A-15", "a text too many", |body| spell(body, "]}", b",\"latest\"]}")),
    ("A-15", "two parameters too many", |body| spell(body, "]}", b",{},{}]}")),
    ("A-31", "a comma too many in the params", |body| {
        spell(body, "]}", b",]}")
    }),
    ("A-32", "a thousand members beside", |body| {
        let more: String = (0..1000).map(|n| format!(",\"x{n}\":0")).collect();
        spell(body, "\"id\":1", format!("\"id\":1{more}").as_bytes())
    }),
    ("A-33", "forty levels beside", |body| {
        spell(
            body,
            "\"id\":1",
            format!("\"id\":1,\"x\":{}{}", "[".repeat(40), "]".repeat(40)).as_bytes(),
        )
    }),
    ("A-11", "a long id", |body| {
        spell(body, "\"id\":1", format!("\"id\":\"{}\"", "9".repeat(5000)).as_bytes())
    }),
    ("A-39", "digits of another script", |body| {
        spell(body, "\"0x", "\"०x".as_bytes())
    }),
    ("A-23", "a long method", |body| {
        spell(body, "\"eth_", format!("\"{}eth_", "e".repeat(3000)).as_bytes())
    }),
];

/// Replaces the last place of `old`, or leaves the body alone.
fn spell(body: &str, old: &str, new: &[u8]) -> Vec<u8> {
    match body.rfind(old) {
        Some(at) => [&body.as_bytes()[..at], new, &body.as_bytes()[at + old.len()..]].concat(),
        None => body.as_bytes().to_vec(),
    }
}

/// Every form with every pair.
pub(super) fn add(corpus: &mut Corpus) {
    for which in 0..PAIRS {
        for (group, name, template) in TEMPLATES {
            let pair = pair(corpus, which);
            let body = fill(template, &pair);
            corpus.add(group, format!("{name}: {}", pair.name), body);
        }
        for (group, name, change) in ON_BYTES {
            let pair = pair(corpus, which);
            let plain = pair.asked.body();
            let body = change(&plain);
            if body != plain.as_bytes() {
                corpus.add(group, format!("{name}: {}", pair.name), body);
            }
        }
    }
    alone(corpus);
}

fn fill(template: &str, pair: &Pair) -> String {
    let mut body = String::new();
    for (place, char) in template.char_indices() {
        // The placeholders are the capital letters that stand alone.
        let neighbour = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '"');
        let alone = !neighbour(template[..place].chars().next_back())
            && !neighbour(template[place + char.len_utf8()..].chars().next());
        match char {
            'M' if alone => body.push_str(&format!("\"{}\"", pair.asked.method)),
            'P' if alone => body.push_str(&pair.asked.params),
            'N' if alone => body.push_str(&format!("\"{}\"", pair.decoy.method)),
            'Q' if alone => body.push_str(&pair.decoy.params),
            char => body.push(char),
        }
    }
    body
}

/// Bodies without a call, and methods that are none.
fn alone(corpus: &mut Corpus) {
    let bodies = [
        "",
        " ",
        "[]",
        "{}",
        "[{}]",
        "[[]]",
        "null",
        "true",
        "0",
        "\"eth_chainId\"",
        "[null]",
        "[1]",
        "[[1,\"eth_chainId\",[]]]",
        "}",
        "[",
        "[{\"jsonrpc\":\"2.0\"}]",
        "{\"jsonrpc\":\"2.0\",\"id\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\"0x1\",\"result\":{}}}",
    ];
    for (number, body) in bodies.iter().enumerate() {
        corpus.add("A-35", format!("no call {number}"), *body);
    }
    let names = [
        "eth_zzz_subscribe",
        "debug_x_subscribe",
        "admin_foo_subscribe",
        "eth_a_unsubscribe",
        "eth_subscribe_",
        "_subscribe",
        "eth_subscribe",
        "eth__subscribe",
        "rpc_modules",
        "rpc.discover",
        "rpc_discover",
        "system_multicall",
        "eth_",
        "_",
        "",
        "eth",
        "eth_chainId2",
        "eth_chainid",
        "eth-chainId",
        "eth/chainId",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "toString",
    ];
    for name in names {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{name}","params":["newPendingTransactions"]}}"#);
        corpus.add("A-20", format!("method {name}, with a parameter"), body);
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{name}","params":[]}}"#);
        corpus.add("A-20", format!("method {name}"), body);
    }
}
