//! The load: wrk with a body per scenario, and the CPU time of the proxy while it runs.

use crate::subject::Subject;
use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy_eips::eip2718::Encodable2718;
use alloy_primitives::{Address, TxKind, U256};
use alloy_signer::SignerSync;
use alloy_signer_local::PrivateKeySigner;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What the clients send in one run.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    script: std::path::PathBuf,
}

/// One run of one subject.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// Requests per second.
    pub(crate) rate: f64,
    /// CPU microseconds of the proxy per request; `None` for the bare node.
    pub(crate) cpu: Option<f64>,
    /// Answers that were not 2xx, or socket errors.
    pub(crate) errors: u64,
}

/// Concurrent connections.
const CONNECTIONS: &str = "-c32";

/// The address in every allowed call, and the wallet that signs the raw transactions.
pub(crate) const TARGET: &str = "0x1111111111111111111111111111111111111111";
pub(crate) const WALLET_KEY: [u8; 32] = [7; 32];

pub(crate) fn scenarios(work: &Path) -> Vec<Scenario> {
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":4711,"method":"eth_call","params":[{{"from":"0x00000000000000000000000000000000000000aa","to":"{TARGET}","data":"0x70a08231000000000000000000000000abababababababababababababababababababab"}},"latest"]}}"#
    );
    let batch = format!("[{}]", [call.as_str(); 10].join(","));
    let big = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{{"address":"{TARGET}","fromBlock":"0x1","toBlock":"0x2"}}]}}"#
    );
    let refused = r#"{"jsonrpc":"2.0","id":1,"method":"debug_traceTransaction","params":["0x1111111111111111111111111111111111111111111111111111111111111111"]}"#;
    vec![
        scenario(work, "call", &[call]),
        scenario(work, "raw", &raw_transactions()),
        scenario(work, "batch of 10", &[batch]),
        scenario(work, "32 KiB answer", &[big]),
        scenario(work, "refused", &[refused.to_owned()]),
    ]
}

fn scenario(work: &Path, name: &'static str, bodies: &[String]) -> Scenario {
    let file = name.replace(' ', "-");
    std::fs::write(work.join(format!("{file}.bodies")), bodies.join("\n")).expect("bodies");
    let script = work.join(format!("{file}.lua"));
    let mut lua = String::new();
    writeln!(
        lua,
        r#"
local bodies, n = {{}}, 0
for line in io.lines("{}") do bodies[#bodies + 1] = line end
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local auth = os.getenv("AUTH")
if auth ~= "" then wrk.headers["Authorization"] = "Bearer " .. auth end
request = function()
  n = n + 1
  return wrk.format(nil, "/", nil, bodies[(n - 1) % #bodies + 1])
end
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("SAMPLE %d %d %d\n", summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end"#,
        work.join(format!("{file}.bodies")).display()
    )
    .expect("a String");
    std::fs::write(&script, lua).expect("script");
    Scenario { name, script }
}

fn raw_transactions() -> Vec<String> {
    let signer = PrivateKeySigner::from_slice(&WALLET_KEY).expect("a key");
    (0..500)
        .map(|nonce| {
            let transaction = TxEip1559 {
                chain_id: 1,
                nonce,
                gas_limit: 60_000,
                max_fee_per_gas: 30_000_000_000,
                max_priority_fee_per_gas: 1_000_000_000,
                to: TxKind::Call(TARGET.parse::<Address>().expect("an address")),
                value: U256::from(1_u64),
                access_list: Default::default(),
                input: vec![0xa9, 0x05, 0x9c, 0xbb].into(),
            };
            let signature = signer
                .sign_hash_sync(&transaction.signature_hash())
                .expect("a signature");
            let raw = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
            let hex = alloy_primitives::hex::encode_prefixed(raw);
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"eth_sendRawTransaction","params":["{hex}"]}}"#)
        })
        .collect()
}

/// Runs one scenario against one subject for `span`.
pub(crate) fn run(subject: &Subject, scenario: &Scenario, span: Duration, _work: &Path) -> Sample {
    let before = subject.cpu_seconds();
    let output = Command::new("wrk")
        .args(["-t1", CONNECTIONS, &format!("-d{}s", span.as_secs().max(1)), "-s"])
        .arg(&scenario.script)
        .arg(format!("http://{}/", subject.address))
        .env("AUTH", subject.token.as_deref().unwrap_or(""))
        .output()
        .expect("wrk runs");
    let used = subject.cpu_seconds() - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("SAMPLE "))
        .unwrap_or_else(|| panic!("wrk said: {text}"));
    let numbers: Vec<f64> = line.split(' ').map(|n| n.parse().expect("a number")).collect();
    let (requests, micros) = (numbers[0].max(1.0), numbers[1]);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let errors = numbers[2] as u64;
    Sample {
        rate: requests / (micros / 1e6),
        cpu: subject.is_proxy().then(|| used * 1e6 / requests),
        errors,
    }
}

pub(crate) fn on_path(tool: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(tool).is_file()))
}

/// Keeps this process, and so the stand-in node and wrk, on one core.
pub(crate) fn pin_this_process(cpu: &str) {
    let pid = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["-a", "-p", "-c", cpu, &pid])
        .output()
        .expect("taskset runs");
    assert!(
        done.status.success(),
        "taskset: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
