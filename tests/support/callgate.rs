//! The real binary, with a policy and files of its own in a directory of its own.

use super::PATIENCE;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tempfile::TempDir;

/// A running Callgate.
pub(crate) struct Callgate {
    /// Where calls go.
    pub(crate) address: SocketAddr,
    /// Where /health, /ready and /metrics are.
    pub(crate) admin: SocketAddr,
    process: Child,
    directory: TempDir,
    output: Arc<Mutex<String>>,
}

/// A Callgate to be started.
pub(crate) struct Setup {
    directory: TempDir,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Callgate {
    /// A directory with `policy` as policy.yaml.
    pub(crate) fn with_policy(policy: &str) -> Setup {
        let setup = Setup {
            directory: tempfile::tempdir().unwrap(),
            arguments: Vec::new(),
            environment: Vec::new(),
        };
        setup.file("policy.yaml", policy)
    }

    /// `http://address/`
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// `ws://address/`
    pub(crate) fn ws_url(&self) -> String {
        format!("ws://{}/", self.address)
    }

    /// A file of this Callgate.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file the way editors and Kubernetes do: whole, then renamed into place.
    pub(crate) fn replace(&self, name: &str, text: &str) {
        let next = self.path(&format!(".{name}.next"));
        std::fs::write(&next, text).unwrap();
        std::fs::rename(next, self.path(name)).unwrap();
    }

    /// Everything the process ever wrote to standard output and standard error.
    pub(crate) fn output(&self) -> String {
        self.output_from(0)
    }

    /// What the process wrote after the first `start` bytes.
    pub(crate) fn output_from(&self, start: usize) -> String {
        self.output.lock().unwrap()[start..].to_owned()
    }

    /// The audit lines so far.
    pub(crate) fn audit(&self) -> Vec<serde_json::Value> {
        self.output()
            .lines()
            .filter(|line| line.starts_with("{\"seq\""))
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The audit lines of one kind, once there are `count` of them: lines are written a moment after the answer.
    pub(crate) async fn events(&self, event: &str, count: usize) -> Vec<serde_json::Value> {
        let of_kind =
            || -> Vec<serde_json::Value> { self.audit().into_iter().filter(|line| line["event"] == event).collect() };
        super::eventually(&format!("{count} audit lines of kind {event}"), || async {
            of_kind().len() >= count
        })
        .await;
        of_kind()
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill")
            .args([&format!("-{name}"), &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(done.success());
    }

    /// Waits for the process to end by itself.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("callgate did not end:\n{}", self.output());
    }

    /// GET on the admin address: status and body.
    pub(crate) async fn admin_get(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}{path}", self.admin)).await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Waits until /ready says so.
    pub(crate) async fn ready(self) -> Self {
        super::eventually("callgate gets ready", || async {
            self.admin_get("/ready").await.0 == 200
        })
        .await;
        self
    }
}

impl Drop for Callgate {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            eprintln!("--- callgate wrote:\n{}", self.output());
        }
    }
}

impl Setup {
    /// Puts another file beside the policy.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.directory.path().join(name), text).unwrap();
        self
    }

    /// Adds command line arguments.
    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Sets an environment variable of the process.
    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The directory, before the start.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts in front of `upstream` and waits for the line that says it listens.
    pub(crate) fn start(self, upstream: &str) -> Callgate {
        self.arguments(&["--upstream", upstream]).start_as_written()
    }

    /// Starts in front of the upstream that the policy names.
    pub(crate) fn start_as_written(self) -> Callgate {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callgate"));
        command
            .arg("serve")
            .arg("--policy")
            .arg(self.directory.path().join("policy.yaml"));
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("callgate starts");
        let output = Arc::new(Mutex::new(String::new()));
        collect(process.stdout.take().unwrap(), &output);
        collect(process.stderr.take().unwrap(), &output);
        let (address, admin) = wait_for_addresses(&mut process, &output);
        Callgate {
            address,
            admin,
            process,
            directory: self.directory,
            output,
        }
    }
}

fn collect(pipe: impl Read + Send + 'static, output: &Arc<Mutex<String>>) {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let Ok(line) = line else { return };
            let mut output = output.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
        }
    });
}

/// The line for people: `callgate: calls on http://127.0.0.1:8550, admin on http://127.0.0.1:9550, …`
fn wait_for_addresses(process: &mut Child, output: &Mutex<String>) -> (SocketAddr, SocketAddr) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = output.lock().unwrap().clone();
        if let Some(addresses) = text.lines().find_map(addresses) {
            return addresses;
        }
        if let Some(status) = process.try_wait().unwrap() {
            std::thread::sleep(std::time::Duration::from_millis(50));
            panic!("callgate ended at the start ({status}):\n{}", output.lock().unwrap());
        }
        assert!(Instant::now() < deadline, "callgate does not listen:\n{text}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line = line.strip_prefix("callgate: ")?;
    let after = |marker: &str| line.split(marker).nth(1)?.split([',', ' ']).next()?.parse().ok();
    Some((after("calls on http://")?, after("admin on http://")?))
}
