//! A-59 to A-75: calls that look like permitted ones and are others: on state that is made up, with code of their own, among many.

use crate::case::Corpus;
use crate::world::{EVIL, EVIL_CONTRACT, EVIL_SAVER, GOOD, GOOD_CONTRACT, OTHER, READ, UNLOCKED};

/// The code of EVIL_CONTRACT: answers its word.
const EVIL_CODE: &str = "0x7f0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad60005260206000f3";

/// State overrides: `$G` the permitted contract, `$E` the other, `$C` code that answers EVIL's word, `$K` a storage key.
const OVERRIDES: &[(&str, &str, &str)] = &[
    ("A-61", "code", r#"{"$G":{"code":"$C"}}"#),
    ("A-61", "code as a null member", r#"{"$G":{"code":null}}"#),
    ("A-61", "code of another", r#"{"$E":{"code":"$C"}}"#),
    ("A-61", "code under another case", r#"{"$G":{"Code":"$C"}}"#),
    (
        "A-61",
        "a precompile moved",
        r#"{"0x0000000000000000000000000000000000000001":{"movePrecompileToAddress":"$G"}}"#,
    ),
    (
        "A-61",
        "the identity moved here",
        r#"{"0x0000000000000000000000000000000000000004":{"movePrecompileToAddress":"$G"}}"#,
    ),
    ("A-61", "balance", r#"{"$G":{"balance":"0x1"}}"#),
    ("A-61", "nonce", r#"{"$G":{"nonce":"0x1"}}"#),
    ("A-61", "nothing", "{}"),
    ("A-61", "an empty account", r#"{"$G":{}}"#),
    ("A-61", "null", "null"),
    ("A-61", "a list", "[]"),
    ("A-61", "a list of accounts", r#"[["$G",{"code":"$C"}]]"#),
    ("A-61", "a text", r#""latest""#),
    ("A-62", "one address twice", r#"{"$G":{},"$G":{"code":"$C"}}"#),
    ("A-62", "one address in two cases", r#"{"$G":{},"$g":{"code":"$C"}}"#),
    (
        "A-62",
        "an address with 0X",
        r#"{"0X663f3ad617193148711d28f5334ee4ed07016602":{"code":"$C"}}"#,
    ),
    (
        "A-62",
        "an address without 0x",
        r#"{"663f3ad617193148711d28f5334ee4ed07016602":{"code":"$C"}}"#,
    ),
    ("A-62", "a short address", r#"{"0x1":{"code":"$C"}}"#),
    ("A-63", "state and stateDiff", r#"{"$G":{"state":{},"stateDiff":{}}}"#),
    ("A-63", "state", r#"{"$G":{"state":{"$K":"$K"}}}"#),
    ("A-63", "stateDiff", r#"{"$G":{"stateDiff":{"$K":"$K"}}}"#),
    ("A-63", "a short slot", r#"{"$G":{"stateDiff":{"0x1":"0x1"}}}"#),
    ("A-63", "fakeBalance", r#"{"$G":{"fakeBalance":"0x1"}}"#),
];

/// Block overrides.
const BLOCKS: &[(&str, &str)] = &[
    ("number", r#"{"number":"0x1"}"#),
    ("time", r#"{"time":"0xffffffff"}"#),
    ("timestamp", r#"{"timestamp":"0xffffffff"}"#),
    ("coinbase", r#"{"coinbase":"$E"}"#),
    ("feeRecipient", r#"{"feeRecipient":"$E"}"#),
    ("another case", r#"{"NUMBER":"0x1"}"#),
    ("gasLimit", r#"{"gasLimit":"0xffffffffffffffff"}"#),
    ("baseFeePerGas", r#"{"baseFeePerGas":"0x0"}"#),
    ("nothing", "{}"),
    ("null", "null"),
    ("unknown", r#"{"x":1}"#),
];

/// What stands in the third place of `debug_traceCall`.
const TRACERS: &[(&str, &str)] = &[
    (
        "a script",
        r#"{"tracer":"{data:[],fault:function(){},step:function(){},result:function(){return 1}}"}"#,
    ),
    ("callTracer", r#"{"tracer":"callTracer"}"#),
    ("prestateTracer", r#"{"tracer":"prestateTracer"}"#),
    ("an unknown one", r#"{"tracer":"evilTracer"}"#),
    ("another case", r#"{"Tracer":"callTracer"}"#),
    ("a long time", r#"{"tracer":"callTracer","timeout":"1000h"}"#),
    ("a timeout in a number", r#"{"timeout":5}"#),
    ("memory", r#"{"enableMemory":true}"#),
    ("reexec", r#"{"reexec":1000000}"#),
    ("overrides within", r#"{"stateOverrides":{"$G":{"code":"$C"}}}"#),
    ("block overrides within", r#"{"blockOverrides":{"number":"0x1"}}"#),
    (
        "overrides of another case within",
        r#"{"StateOverrides":{"$G":{"code":"$C"}}}"#,
    ),
    ("txIndex", r#"{"txIndex":"0x0"}"#),
    ("a list", "[]"),
];

/// Calls of several calls.
const SEVERAL: &[(&str, &str, &str, &str)] = &[
    (
        "A-74",
        "good, then evil",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$g1,$e1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "evil in the second block",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$g1]},{"calls":[$e1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "calls twice",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1],"calls":[$g1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "blocks twice, empty last",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1]}],"blockStateCalls":[{}]},"latest"]"#,
    ),
    (
        "A-74",
        "blocks twice, good last",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1]}],"blockStateCalls":[{"calls":[$g1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "blocks in another case",
        "eth_simulateV1",
        r#"[{"BlockStateCalls":[{"calls":[$e1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "blocks in both cases",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$g1]}],"BLOCKSTATECALLS":[{"calls":[$e1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "calls in another case",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"Calls":[$e1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "a payload of lists",
        "eth_simulateV1",
        r#"[[[[null,null,[$e1]]]],"latest"]"#,
    ),
    (
        "A-74",
        "no calls",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{}]},"latest"]"#,
    ),
    (
        "A-74",
        "no blocks",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[]},"latest"]"#,
    ),
    (
        "A-74",
        "no block parameter",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1]}]}]"#,
    ),
    (
        "A-74",
        "overrides in a block",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"stateOverrides":{"$G":{"code":"$C"}},"calls":[$g1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "a block of another number",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"blockOverrides":{"number":"0xffffff"},"calls":[$g1]}]},"latest"]"#,
    ),
    (
        "A-74",
        "validated",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1]}],"validation":true},"latest"]"#,
    ),
    (
        "A-74",
        "validation as a text",
        "eth_simulateV1",
        r#"[{"blockStateCalls":[{"calls":[$e1]}],"validation":"true"},"latest"]"#,
    ),
    (
        "A-75",
        "many, evil last",
        "eth_callMany",
        r#"[[{"transactions":[$g1,$e1]}],{"blockNumber":"latest"}]"#,
    ),
    (
        "A-75",
        "many, by other names",
        "eth_callMany",
        r#"[[{"Transactions":[$e1]}],{}]"#,
    ),
    (
        "A-75",
        "traced",
        "trace_callMany",
        r#"[[[$g1,["trace"]],[$e1,["trace"]]],"latest"]"#,
    ),
    ("A-75", "one traced", "trace_call", r#"[$e1,["trace"],"latest"]"#),
    (
        "A-75",
        "many traced",
        "debug_traceCallMany",
        r#"[[{"transactions":[$e1]}],{"blockNumber":"latest"},{}]"#,
    ),
    (
        "A-75",
        "an old name",
        "eth_multicallV1",
        r#"[[{"calls":[$e1]}],"latest"]"#,
    ),
    (
        "A-59",
        "hash and tx in a bundle",
        "mev_sendBundle",
        r#"[{"version":"v0.1","inclusion":{"block":"0x1"},"body":[{"hash":"$K","tx":"0x02"}]}]"#,
    ),
    (
        "A-59",
        "an empty bundle",
        "eth_sendBundle",
        r#"[{"txs":[],"blockNumber":"0x1"}]"#,
    ),
    (
        "A-65",
        "in the name of the node's account",
        "eth_call",
        r#"[{"from":"$F","to":"$E","data":"$D"},"latest"]"#,
    ),
    (
        "A-65",
        "estimated in the name of another",
        "eth_estimateGas",
        r#"[{"from":"$F","to":"$P","value":"0x5"}]"#,
    ),
    (
        "A-65",
        "estimated, permitted",
        "eth_estimateGas",
        r#"[{"from":"$F","to":"$Q","value":"0x5"}]"#,
    ),
    (
        "A-67",
        "a call without payee",
        "eth_call",
        r#"[{"data":"$C"},"latest"]"#,
    ),
    (
        "A-67",
        "a creation estimated",
        "eth_estimateGas",
        r#"[{"from":"$F","data":"$C"}]"#,
    ),
    (
        "A-67",
        "a creation sent",
        "eth_sendTransaction",
        r#"[{"from":"$F","data":"$C"}]"#,
    ),
    (
        "A-67",
        "a creation sent, payee null",
        "eth_sendTransaction",
        r#"[{"from":"$F","to":null,"data":"$C"}]"#,
    ),
    (
        "A-40",
        "the object as a text",
        "eth_sendTransaction",
        r#"["{\"from\":\"$F\",\"to\":\"$P\",\"value\":\"0x5\"}"]"#,
    ),
    (
        "A-71",
        "a filter that nobody made",
        "eth_getFilterChanges",
        r#"["0x1"]"#,
    ),
    ("A-71", "the logs of one", "eth_getFilterLogs", r#"["0x1"]"#),
    ("A-71", "the end of one", "eth_uninstallFilter", r#"["0x1"]"#),
    ("A-71", "the end of a subscription", "eth_unsubscribe", r#"["0x1"]"#),
    ("A-71", "a filter by a number", "eth_getFilterChanges", "[1]"),
    ("B-26", "a proof", "eth_getProof", r#"["$S",[],"latest"]"#),
    ("B-26", "a proof of a list", "eth_getProof", r#"[["$S"],[],"latest"]"#),
    ("B-26", "a slot", "eth_getStorageAt", r#"["$E","0x0","latest"]"#),
    ("B-26", "a slot by a number", "eth_getStorageAt", r#"["$E",0,"latest"]"#),
    ("B-26", "code", "eth_getCode", r#"["$E","latest"]"#),
    (
        "B-26",
        "the range of accounts",
        "debug_accountRange",
        r#"["latest","0x",1,true,true,true]"#,
    ),
    ("B-26", "the pool", "txpool_content", "[]"),
    (
        "B-26",
        "the pool of the node's account",
        "txpool_contentFrom",
        r#"["$F"]"#,
    ),
    ("B-26", "what is pending", "eth_getBlockByNumber", r#"["pending",true]"#),
];

pub(super) fn add(corpus: &mut Corpus) {
    for (group, name, overrides) in OVERRIDES {
        for (method, form) in [
            ("eth_call", r#"[$g1,"latest",$X]"#),
            ("eth_estimateGas", r#"[$g1,"latest",$X]"#),
            ("debug_traceCall", r#"[$g1,"latest",{"stateOverrides":$X}]"#),
        ] {
            let params = fill(&form.replace("$X", overrides));
            corpus.add(group, format!("{name}: {method}"), request(method, &params));
        }
    }
    for (name, overrides) in BLOCKS {
        for method in ["eth_call", "eth_estimateGas"] {
            let params = fill(&format!(r#"[$g1,"latest",{{}},{overrides}]"#));
            corpus.add("A-64", format!("{name}: {method}"), request(method, &params));
        }
        let params = fill(&format!(r#"[$g1,"latest",null,{overrides}]"#));
        corpus.add(
            "A-64",
            format!("{name}, no state: eth_call"),
            request("eth_call", &params),
        );
    }
    for (name, tracer) in TRACERS {
        let params = fill(&format!(r#"[$e1,"latest",{tracer}]"#));
        corpus.add(
            "A-73",
            format!("{name}: debug_traceCall"),
            request("debug_traceCall", &params),
        );
        let params = fill(&format!(r#"["$K",{tracer}]"#));
        corpus.add(
            "A-73",
            format!("{name}: debug_traceTransaction"),
            request("debug_traceTransaction", &params),
        );
    }
    for (group, name, method, params) in SEVERAL {
        corpus.add(group, format!("{name}: {method}"), request(method, &fill(params)));
    }
    for count in [2, 17, 65, 257] {
        let calls = vec!["$e1"; count].join(",");
        let params = fill(&format!(r#"[{{"blockStateCalls":[{{"calls":[{calls}]}}]}},"latest"]"#));
        corpus.add("A-74", format!("{count} calls"), request("eth_simulateV1", &params));
        let blocks = vec![r#"{"calls":[$g1]}"#; count].join(",");
        let params = fill(&format!(r#"[{{"blockStateCalls":[{blocks}]}},"latest"]"#));
        corpus.add("A-74", format!("{count} blocks"), request("eth_simulateV1", &params));
    }
}

fn request(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
}

fn fill(text: &str) -> String {
    text.replace("$g1", r#"{"to":"$G","data":"$D"}"#)
        .replace("$e1", r#"{"to":"$E","data":"$D"}"#)
        .replace("$G", GOOD_CONTRACT)
        .replace("$g", "0x663F3AD617193148711D28F5334EE4ED07016602")
        .replace("$E", EVIL_CONTRACT)
        .replace("$C", EVIL_CODE)
        .replace("$D", READ)
        .replace("$O", OTHER)
        .replace("$F", UNLOCKED)
        .replace("$P", EVIL)
        .replace("$Q", GOOD)
        .replace("$S", EVIL_SAVER)
        .replace(
            "$K",
            "0x0000000000000000000000000000000000000000000000000000000000000001",
        )
}
