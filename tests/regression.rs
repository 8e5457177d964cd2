//! Bugs that were fixed, each in a test named after what went wrong.

use std::process::{Command, Stdio};

#[test]
fn the_demo_listened_where_others_could_use_its_public_secrets() {
    let output = Command::new(env!("CARGO_BIN_EXE_callgate"))
        .args([
            "demo",
            "--once",
            "--listen",
            "0.0.0.0:0",
            "--upstream",
            "http://127.0.0.1:1",
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("can be reached by others"), "{told}");
}
