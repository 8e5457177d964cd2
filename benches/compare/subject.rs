//! What is measured: the bare node, nginx, and Callgate with small and with large tables.

use crate::load::{TARGET, WALLET_KEY};
use std::fmt::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A proxy on its port (or the bare node).
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) token: Option<String>,
    process: Option<Child>,
    /// Resident memory before the first request, in MiB.
    pub(crate) at_rest_mib: Option<f64>,
}

impl Subject {
    fn new(name: &'static str, address: SocketAddr, token: Option<String>, process: Option<Child>) -> Self {
        let mut subject = Self {
            name,
            address,
            token,
            process,
            at_rest_mib: None,
        };
        if subject.is_proxy() {
            wait_for(address);
            std::thread::sleep(SETTLING);
            subject.at_rest_mib = subject.resident_mib();
        }
        subject
    }

    /// nginx checks nothing, so it has no refusals of its own: its forwarding is the yardstick for them.
    pub(crate) fn takes(&self, _scenario: &str) -> bool {
        true
    }

    pub(crate) fn is_proxy(&self) -> bool {
        self.process.is_some()
    }

    /// User and system time of the process and its children, in seconds.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        self.process
            .as_ref()
            .map_or(0.0, |process| tree(process.id()).iter().map(|pid| cpu(*pid)).sum())
    }

    /// Resident memory of the process and its children, in MiB.
    pub(crate) fn resident_mib(&self) -> Option<f64> {
        self.process
            .as_ref()
            .map(|process| tree(process.id()).iter().map(|pid| resident(*pid)).sum())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            for pid in tree(process.id()).into_iter().rev() {
                let _ = Command::new("kill").arg(pid.to_string()).status();
            }
            let _ = process.wait();
        }
    }
}

pub(crate) fn start_all(work: &Path, node: SocketAddr, cpu: &str) -> Vec<Subject> {
    vec![
        Subject::new("bare node", node, None, None),
        nginx(work, node, cpu),
        callgate("callgate", work, node, cpu, Size::Small, Credential::Key),
        callgate(
            "callgate, 100k credentials, 10k rules",
            work,
            node,
            cpu,
            Size::Large,
            Credential::Key,
        ),
        callgate(
            "callgate, ES256 JWT (seen)",
            work,
            node,
            cpu,
            Size::Small,
            Credential::Jwt,
        ),
    ]
}

fn nginx(work: &Path, node: SocketAddr, cpu: &str) -> Subject {
    let dir = work.join("nginx");
    std::fs::create_dir_all(&dir).expect("a directory");
    let address = free_port();
    let at = dir.display();
    let config = format!(
        r#"worker_processes 1; daemon off; pid {at}/pid; error_log {at}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; tcp_nodelay on;
  client_body_temp_path {at}/b; proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;
  client_body_buffer_size 64k; proxy_buffers 16 8k;
  upstream node {{ server {node}; keepalive 256; keepalive_requests 1000000000; }}
  server {{ listen {address} backlog=4096;
    location / {{ proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}
"#
    );
    let path = dir.join("nginx.conf");
    std::fs::write(&path, config).expect("nginx.conf");
    let process = pinned(cpu, "nginx")
        .arg("-p")
        .arg(&dir)
        .arg("-c")
        .arg(&path)
        .spawn()
        .expect("nginx starts");
    Subject::new("nginx", address, None, Some(process))
}

#[derive(Clone, Copy, PartialEq)]
enum Size {
    Small,
    Large,
}

#[derive(Clone, Copy)]
enum Credential {
    Key,
    Jwt,
}

fn callgate(
    name: &'static str,
    work: &Path,
    node: SocketAddr,
    cpu: &str,
    size: Size,
    credential: Credential,
) -> Subject {
    let dir = work.join(name.replace([' ', ',', '(', ')'], ""));
    std::fs::create_dir_all(&dir).expect("a directory");
    let token = match credential {
        Credential::Key => "bench-secret-00000000000000000000000000000007".to_owned(),
        Credential::Jwt => jwt(&dir),
    };
    write_files(&dir, size, matches!(credential, Credential::Jwt));
    let address = free_port();
    let admin = free_port();
    let process = pinned(cpu, env!("CARGO_BIN_EXE_callgate"))
        .args(["serve", "--workers", "1", "--policy"])
        .arg(dir.join("policy.yaml"))
        .args([
            "--upstream",
            &format!("http://{node}"),
            "--listen",
            &address.to_string(),
            "--admin",
            &admin.to_string(),
        ])
        .spawn()
        .expect("callgate starts");
    Subject::new(name, address, Some(token), Some(process))
}

fn write_files(dir: &Path, size: Size, with_jwt: bool) {
    let (credentials, rules) = if size == Size::Large {
        (100_000, 10_000)
    } else {
        (10, 10)
    };
    let mut list = String::new();
    for n in 0..credentials {
        writeln!(list, "- {{ id: app-{n}, secret: bench-secret-{n:032} }}").expect("a String");
    }
    std::fs::write(dir.join("credentials.yaml"), list).expect("credentials");
    let wallet = alloy_signer_local::PrivateKeySigner::from_slice(&WALLET_KEY)
        .expect("a key")
        .address();
    let mut policy = String::from(
        "version: 1\ninsecure_inline_secrets: true\nchain_id: 1\nlog: { level: 1, audit: { file: audit.log } }\n",
    );
    if with_jwt {
        policy.push_str(
            "jwt:\n  enabled: true\n  bearer: true\n  issuers:\n    - issuer: https://idp.example\n      audiences: [callgate]\n      algorithms: [ES256]\n      keys: { jwks_file: keys.json }\n  mappings:\n    - { claims: { sub: \".+\" }, ruleset: apps }\n",
        );
    }
    policy.push_str("appcreds:\n  enabled: true\n  bearer: true\n  credentials: { file: credentials.yaml }\n  mappings:\n    - { claims: { id: \".+\" }, ruleset: apps }\n");
    policy.push_str("rulesets:\n  apps:\n    chain: { info: true, blocks: true, transactions: true }\n    tx:\n");
    for n in 0..rules {
        writeln!(
            policy,
            "      - {{ name: rule-{n}, to: \"0x{n:040x}\", function: \"0x70a08231\", call: true }}"
        )
        .expect("a String");
    }
    writeln!(
        policy,
        "      - {{ name: read, to: \"{TARGET}\", function: \"0x70a08231\", call: true }}"
    )
    .expect("a String");
    writeln!(
        policy,
        "      - {{ name: pay, from: \"{wallet:#x}\", to: \"{TARGET}\", raw: true }}"
    )
    .expect("a String");
    std::fs::write(dir.join("policy.yaml"), policy).expect("policy");
}

/// A fresh ES256 key, its JWKS beside the policy, and a token that lives for a day.
fn jwt(dir: &Path) -> String {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let point = pair.public_key().as_ref();
    let jwks = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"bench","x":"{}","y":"{}"}}]}}"#,
        encode(&point[1..33]),
        encode(&point[33..65])
    );
    std::fs::write(dir.join("keys.json"), jwks).expect("keys");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock")
        .as_secs();
    let claims = format!(
        r#"{{"iss":"https://idp.example","aud":"callgate","sub":"team-wallet-backend","iat":{now},"exp":{}}}"#,
        now + 86_400
    );
    let signed = format!(
        "{}.{}",
        encode(br#"{"alg":"ES256","typ":"JWT","kid":"bench"}"#),
        encode(claims.as_bytes())
    );
    let signature = pair
        .sign(&aws_lc_rs::rand::SystemRandom::new(), signed.as_bytes())
        .expect("a signature");
    format!("{signed}.{}", encode(signature.as_ref()))
}

fn pinned(cpu: &str, program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", cpu, program]).stdout(Stdio::null());
    command
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

fn wait_for(address: SocketAddr) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "nothing listens on {address}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Between the first connection and the look at a proxy's memory: by then it has nothing left to set up.
const SETTLING: Duration = Duration::from_millis(500);

/// A process and all its descendants.
fn tree(pid: u32) -> Vec<u32> {
    let mut all = vec![pid];
    let children =
        std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/task/{pid}/children"))).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        all.extend(tree(child));
    }
    all
}

fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<f64> = after
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // After the command name and the state letter: utime and stime are the 12th and 13th numbers counted from zero at ppid.
    fields
        .get(10)
        .zip(fields.get(11))
        .map_or(0.0, |(user, system)| (user + system) / TICKS_PER_SECOND)
}

/// Linux reports process times in this unit on every architecture it supports.
const TICKS_PER_SECOND: f64 = 100.0;

fn resident(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<f64>().ok())
        .unwrap_or_default()
        / 1024.0
}
