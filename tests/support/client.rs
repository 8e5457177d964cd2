//! A client over HTTP: says who it is, asks, and keeps status, headers and body.

use serde_json::{Value, json};

/// A client of one Callgate.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Client {
    /// Nobody yet.
    pub(crate) fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            http,
            url: url.to_owned(),
            headers: Vec::new(),
        }
    }

    /// The same client with one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same client with `Authorization: Bearer …`.
    pub(crate) fn bearer(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    /// One call.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Answer {
        self.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string())
            .await
    }

    /// A body as it is.
    pub(crate) async fn post(&self, body: &str) -> Answer {
        self.post_bytes(body.as_bytes().to_vec()).await
    }

    /// A body that the server may cut off: the status, or `None` when the connection ended first.
    pub(crate) async fn post_or_cut(&self, body: String) -> Option<u16> {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.send().await.ok().map(|answer| answer.status().as_u16())
    }

    /// Bytes as they are.
    pub(crate) async fn post_bytes(&self, body: Vec<u8>) -> Answer {
        let mut request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .body(body);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("an answer");
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.expect("a body"),
        }
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// `result`; fails when there is none.
    pub(crate) fn result(&self) -> Value {
        self.json()
            .get("result")
            .cloned()
            .unwrap_or_else(|| panic!("no result: {self:?}"))
    }

    /// `error.code`; fails when there is none.
    pub(crate) fn code(&self) -> i64 {
        self.json()
            .pointer("/error/code")
            .and_then(Value::as_i64)
            .unwrap_or_else(|| panic!("no error: {self:?}"))
    }

    /// `error.data.reason`.
    pub(crate) fn reason(&self) -> String {
        self.json()
            .pointer("/error/data/reason")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}
