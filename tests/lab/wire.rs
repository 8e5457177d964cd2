//! Bodies as they are, to a node or to Callgate.

use serde_json::{Value, json};
use std::time::Duration;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a node is asked before it counts as gone.
const ATTEMPTS: usize = 3;

/// Where bodies go.
#[derive(Clone)]
pub(crate) struct Wire {
    http: reqwest::Client,
    url: String,
    credential: Option<String>,
}

impl Wire {
    /// To `url`, as nobody.
    pub(crate) fn to(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self {
            http,
            url: url.to_owned(),
            credential: None,
        }
    }

    /// As the owner of a secret.
    pub(crate) fn bearer(mut self, secret: &str) -> Self {
        self.credential = Some(format!("Bearer {secret}"));
        self
    }

    /// The text of the answer; empty when the other end only closed the connection or said nothing in time.
    pub(crate) async fn post(&self, body: &[u8]) -> String {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .body(body.to_vec());
        if let Some(credential) = &self.credential {
            request = request.header("authorization", credential);
        }
        match request.send().await {
            Ok(answer) => {
                let bytes = answer.bytes().await.unwrap_or_default();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            Err(_) => String::new(),
        }
    }

    /// Asks in one batch; `null` for what the node refuses. None when it does not answer any more.
    pub(crate) async fn ask(&self, questions: &[(&str, Value)]) -> Option<Vec<Value>> {
        let calls: Vec<_> = questions
            .iter()
            .enumerate()
            .map(|(id, (method, params))| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .collect();
        let body = serde_json::to_vec(&calls).unwrap();
        for _ in 0..ATTEMPTS {
            let answer = self.post(&body).await;
            if let Ok(mut answers) = serde_json::from_str::<Vec<Value>>(&answer) {
                answers.sort_by_key(|answer| answer["id"].as_u64());
                return Some(answers.iter_mut().map(|answer| answer["result"].take()).collect());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        None
    }
}
