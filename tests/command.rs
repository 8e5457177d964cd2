//! The subcommands: what they print, and their exit codes.

use crate::support::policy::{RULESETS, text};
use crate::support::tools::{self, need};
use crate::support::wallet::Draft;
use crate::support::{Wallet, repository};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn callgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callgate"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("callgate runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn policy_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write(
        "policy.yaml",
        &text(RULESETS).replace("version: 1\n", "version: 1\nchain_id: 1\n"),
    );
    write("credentials.yaml", &crate::support::policy::credentials());
    write("keys.json", &crate::support::token::Issuer::new("k1").jwks());
    directory
}

fn at(directory: &tempfile::TempDir, name: &str) -> String {
    directory.path().join(name).display().to_string()
}

#[test]
fn help_of_every_subcommand_has_an_example_or_says_what_it_does() {
    for command in [
        vec!["serve"],
        vec!["demo"],
        vec!["check"],
        vec!["explain"],
        vec!["credential", "new"],
        vec!["credential", "rotate"],
        vec!["credential", "list"],
        vec!["decode"],
        vec!["schema"],
    ] {
        let mut arguments = command.clone();
        arguments.push("--help");
        let output = callgate(&arguments);
        assert_eq!(output.status.code(), Some(0), "{command:?}");
        assert!(out(&output).contains("Example"), "{command:?}: {}", out(&output));
    }
}

#[test]
fn usage_mistakes_exit_with_2() {
    for arguments in [
        vec![],
        vec!["nonsense"],
        vec!["serve", "--nonsense"],
        vec!["check"],
        vec!["check", "/does/not/exist.yaml"],
    ] {
        assert_eq!(callgate(&arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn check_tells_every_mistake_at_once_and_exits_with_3() {
    let directory = policy_directory();
    let fine = callgate(&["check", &at(&directory, "policy.yaml")]);
    assert_eq!(fine.status.code(), Some(0), "{}{}", out(&fine), err(&fine));
    let bad = directory.path().join("bad.yaml");
    std::fs::write(
        &bad,
        r#"version: 2
chain_id: many
listenrs: []
log: { level: 7 }
appcreds:
  enabled: yes please
  mappings:
    - claims: { id: "[" }
      ruleset: nobody
rulesets:
  apps:
    chain: { inf: true }
    tx:
      - { form: "0x12" }
      - { to: "0x12g", raw: 1 }
      - { value: { lte: "1 mega" } }
"#,
    )
    .unwrap();
    let output = callgate(&["check", &bad.display().to_string()]);
    assert_eq!(output.status.code(), Some(3));
    let said = err(&output) + &out(&output);
    for mistake in ["listenrs", "inf", "form", "nobody", "1 mega", "yes please"] {
        assert!(said.contains(mistake), "`{mistake}` is not told:\n{said}");
    }
    assert!(
        said.contains("did you mean") && said.contains("listeners") && said.contains("bad.yaml:3"),
        "{said}"
    );
    let machine = callgate(&["check", "--format", "json", &bad.display().to_string()]);
    assert_eq!(machine.status.code(), Some(3));
    let problems: Value = serde_json::from_str(&out(&machine)).expect("JSON");
    assert!(problems.as_array().map_or(0, Vec::len) >= 10, "{problems}");
}

#[test]
fn serve_refuses_a_bad_policy_with_3_and_a_taken_address_with_4() {
    let directory = policy_directory();
    std::fs::write(directory.path().join("bad.yaml"), "version: 1\nnonsense: true\n").unwrap();
    let bad = callgate(&[
        "serve",
        "--policy",
        &at(&directory, "bad.yaml"),
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
    ]);
    assert_eq!(bad.status.code(), Some(3), "{}", err(&bad));
    assert!(err(&bad).contains("nonsense"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = callgate(&[
        "serve",
        "--policy",
        &at(&directory, "policy.yaml"),
        "--listen",
        &address,
        "--admin",
        "127.0.0.1:0",
    ]);
    assert_eq!(output.status.code(), Some(4), "{}", err(&output));
    assert!(err(&output).contains(&address), "{}", err(&output));
}

#[test]
fn explain_tells_the_rule_and_the_nearest_miss() {
    let directory = policy_directory();
    let policy = at(&directory, "policy.yaml");
    let explain =
        |who: &str, call: &Value| callgate(&["explain", "--policy", &policy, "--as", who, "--call", &call.to_string()]);
    let allowed = explain("shop", &json!({ "method": "eth_blockNumber", "params": [] }));
    assert_eq!(allowed.status.code(), Some(0), "{}{}", out(&allowed), err(&allowed));
    assert!(out(&allowed).contains("shop"), "{}", out(&allowed));
    let denied = explain(
        "shop",
        &json!({ "method": "debug_traceTransaction", "params": [format!("0x{:064x}", 1)] }),
    );
    assert_eq!(denied.status.code(), Some(1), "{}", out(&denied));
    let read = explain(
        "shop",
        &json!({ "method": "eth_getBalance", "params": [Wallet::development(2).text()] }),
    );
    let about = format!(
        "asks about account {}\nasks about block latest\n",
        Wallet::development(2).text()
    );
    assert!(out(&read).contains(&about), "{}", out(&read));
    let raw = Wallet::development(1).sign(&Draft::pay(
        1,
        0,
        Wallet::development(2).address(),
        2_000_000_000_000_000_000,
    ));
    let too_much = explain("shop", &json!({ "method": "eth_sendRawTransaction", "params": [raw] }));
    assert_eq!(too_much.status.code(), Some(1));
    assert!(
        out(&too_much).contains("pay") && out(&too_much).contains("value"),
        "{}",
        out(&too_much)
    );
    let claims = json!({ "wallet": "0x70997970c51812dc3a010c7d01b50e0d17dc79c8" }).to_string();
    assert_eq!(
        explain(&claims, &json!({ "method": "eth_chainId", "params": [] }))
            .status
            .code(),
        Some(0)
    );
    assert_eq!(
        explain("nobody-known", &json!({ "method": "eth_chainId" }))
            .status
            .code(),
        Some(1)
    );
    let json_form = callgate(&[
        "explain",
        "--format",
        "json",
        "--policy",
        &policy,
        "--as",
        "shop",
        "--call",
        r#"{"method":"eth_chainId"}"#,
    ]);
    let _: Value = serde_json::from_str(&out(&json_form)).expect("JSON");
    assert_eq!(
        explain("shop", &json!("nonsense")).status.code(),
        Some(1),
        "what is no call is refused"
    );
}

#[test]
fn credentials_are_made_rotated_and_listed() {
    let directory = tempfile::tempdir().unwrap();
    let file = at(&directory, "credentials.yaml");
    let made = callgate(&["credential", "new", "--file", &file, "--id", "shop", "--tenant", "acme"]);
    assert_eq!(made.status.code(), Some(0), "{}", err(&made));
    let key = out(&made).trim().to_owned();
    assert!(key.starts_with("callgate_shop_"), "{key}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("sha256:") && !text.contains(&key),
        "the file keeps a hash: {text}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        callgate(&["credential", "new", "--file", &file, "--id", "shop"])
            .status
            .code(),
        Some(2),
        "the id is taken"
    );
    let rotated = callgate(&["credential", "rotate", "--file", &file, "--id", "shop", "--keep", "1h"]);
    assert_eq!(rotated.status.code(), Some(0), "{}", err(&rotated));
    assert_ne!(out(&rotated).trim(), key);
    let listed = callgate(&["credential", "list", "--file", &file]);
    assert!(
        out(&listed).contains("shop") && out(&listed).contains("acme") && !out(&listed).contains("sha256"),
        "{}",
        out(&listed)
    );
    assert_eq!(
        callgate(&["credential", "rotate", "--file", &file, "--id", "nobody"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn decode_tells_the_sender_or_the_mistake() {
    let wallet = Wallet::development(1);
    let raw = wallet.sign(&Draft::pay(5, 7, Wallet::development(2).address(), 11).input(&[0xa9, 0x05, 0x9c, 0xbb]));
    let output = callgate(&["decode", &raw]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let told: Value = serde_json::from_str(&out(&output)).expect("JSON");
    assert_eq!(told["from"], wallet.text());
    assert_eq!(told["to"], Wallet::development(2).text());
    assert_eq!(
        (told["chainId"].clone(), told["nonce"].clone(), told["selector"].clone()),
        (json!(5), json!(7), json!("0xa9059cbb"))
    );
    for bad in ["0x00", "nonsense", &raw[..raw.len() - 2], &format!("{raw}00")] {
        let output = callgate(&["decode", bad]);
        assert_eq!(output.status.code(), Some(1), "{bad}");
        assert!(!err(&output).is_empty());
    }
}

#[test]
fn the_schema_is_json_and_knows_the_keys() {
    let output = callgate(&["schema"]);
    let schema: Value = serde_json::from_str(&out(&output)).expect("JSON");
    let all = schema.to_string();
    for key in [
        "rulesets",
        "appcreds",
        "tenants_tag",
        "tennants_tag",
        "chain_id",
        "authorizations",
    ] {
        assert!(all.contains(key), "{key}");
    }
}

#[test]
fn the_demo_shows_the_tour() {
    let anvil = need!(tools::anvil(), "anvil is missing: tests/tools/install anvil");
    let path = std::env::join_paths([anvil.parent().unwrap(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_callgate"))
        .args(["demo", "--once", "--listen", "127.0.0.1:0"])
        .env("PATH", path)
        .output()
        .unwrap();
    let said = out(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", err(&output));
    for part in ["curl", "1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. "] {
        assert!(said.contains(part), "`{part}` is missing:\n{said}");
    }
}

#[test]
fn the_readme_names_files_that_exist() {
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    for name in readme
        .split(['`', '(', ')'])
        .filter(|text| text.starts_with("policies/") || text.starts_with("examples/") || text.starts_with("benches/"))
    {
        let name = name.split([' ', '#']).next().unwrap();
        assert!(repository(name).exists(), "{name}");
    }
}
