//! Forms that libraries send in their ordinary flows and that were refused, each test named after what went wrong.

use callgate_eth::{Reason, To};

use crate::support::{ALICE, NODE, Refused, check_objects, with, written};

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
