//! A client for the tour: one JSON-RPC call over HTTP, as an application would make it.

use serde_json::Value;
use std::time::Duration;

/// A call on a loopback node takes milliseconds; a node that was just started may take a little longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug)]
pub(super) enum Wire {
    /// `result`.
    Result(Value),
    /// `error`.
    Error {
        /// `error.code`.
        code: i64,
        /// `error.message`.
        message: String,
        /// `error.data.rule`, when told.
        rule: Option<String>,
    },
}

/// An HTTP client.
pub(super) struct Client(reqwest::Client);

impl Client {
    /// A client without proxies: everything here is on loopback.
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self(reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()?))
    }

    /// Calls `method` with `params` (a JSON array) as the owner of `bearer`.
    pub(super) async fn call(
        &self,
        url: &str,
        bearer: Option<&str>,
        method: &str,
        params: &str,
    ) -> anyhow::Result<Wire> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let mut request = self.0.post(url).header("content-type", "application/json").body(body);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        let text = request.send().await?.text().await?;
        let answer: Value = serde_json::from_str(&text)?;
        if let Some(error) = answer.get("error") {
            return Ok(Wire::Error {
                code: error.get("code").and_then(Value::as_i64).unwrap_or_default(),
                message: error
                    .get("message")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                rule: error.pointer("/data/rule").and_then(Value::as_str).map(str::to_owned),
            });
        }
        Ok(Wire::Result(answer.get("result").cloned().unwrap_or(Value::Null)))
    }
}
