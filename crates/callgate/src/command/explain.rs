//! `callgate explain`: what a policy decides about a call, and why. The same understanding and the same decision as the proxy.

use crate::cli::{Explain, Format};
use crate::exit::{Exit, Failure, fail};
use crate::files;
use crate::output::{colours, remark, say};
use callgate_eth::{Client, Context, transaction, understand};
use callgate_policy::settings::{ChainId, NodeDialect};
use callgate_policy::{Compiled, Document, Door, FilePurpose, Inputs, Principal, Section};
use callgate_rpc::{Call, Limits, Request, Tape};
use serde_json::{Map, Value, json};
use std::path::Path;

pub(super) fn run(options: &Explain) -> Result<Exit, Failure> {
    let (document, compiled) = compile(&options.policy)?;
    let who = Who::of(&options.principal, &document, &options.policy)?;
    let body = body(&options.call)?;
    let mut tape = Tape::new();
    let request = match callgate_rpc::parse(body.as_bytes(), &mut tape, &Limits::default()) {
        Ok(request) => request,
        Err(error) => {
            told(
                options,
                &json!({ "decision": { "allowed": false, "reason": "not_a_request", "sentence": error.to_string() } }),
                &error.to_string(),
            );
            return Ok(Exit::Denied);
        }
    };
    let judge = |call| explain(options, &compiled, &who, call);
    let all_allowed = match request {
        Request::Single(call) => judge(call),
        // Every call is told, so no short circuit.
        Request::Batch(batch) => batch.iter().map(judge).fold(true, |all, allowed| all & allowed),
    };
    Ok(if all_allowed { Exit::Done } else { Exit::Denied })
}

/// Who is asked about.
struct Who {
    section: Section,
    claims: Map<String, Value>,
    tenant: Option<String>,
}

impl Who {
    fn of(text: &str, document: &Document, policy: &Path) -> Result<Self, Failure> {
        if text.trim_start().starts_with('{') {
            let claims = serde_json::from_str(text).map_err(|error| {
                fail(
                    Exit::Usage,
                    format_args!("--as is not a JSON object of claims: {error}"),
                )
            })?;
            return Ok(Self {
                section: Section::Jwt,
                claims,
                tenant: None,
            });
        }
        let claims = Map::from_iter([("id".to_owned(), Value::from(text))]);
        Ok(Self {
            section: Section::AppCreds,
            claims,
            tenant: tenant_of(text, document, policy),
        })
    }
}

/// The tenant that the credentials file gives this id, when there is such a file here.
fn tenant_of(id: &str, document: &Document, policy: &Path) -> Option<String> {
    let need = document
        .files()
        .into_iter()
        .find(|need| need.purpose == FilePurpose::Credentials)?;
    let text = files::read(&beside(policy, &need.path)).ok()?;
    let listed = callgate_auth::credential::list(&need.path, &text).ok()?;
    listed.into_iter().find(|one| one.id == id)?.tenant
}

fn compile(policy: &Path) -> Result<(Document, Compiled), Failure> {
    let text = files::read(policy)?;
    let bad = |report: callgate_policy::Report| fail(Exit::BadPolicy, format_args!("{}\n", report.render(colours())));
    let document = callgate_policy::read(&policy.display().to_string(), &text).map_err(bad)?;
    let mut inputs = Inputs::default();
    for need in document.files() {
        if matches!(need.purpose, FilePurpose::Set | FilePurpose::Tenants) {
            let text = files::read(&beside(policy, &need.path)).map_err(|failure| Failure {
                exit: Exit::BadPolicy,
                ..failure
            })?;
            inputs.files.insert(need.path, text);
        }
    }
    let compiled = callgate_policy::compile(&document, &inputs).map_err(bad)?;
    Ok((document, compiled))
}

/// Paths in a policy are relative to it.
fn beside(policy: &Path, path: &str) -> std::path::PathBuf {
    policy.parent().unwrap_or_else(|| Path::new("")).join(path)
}

/// The request text; `jsonrpc` and `id` are filled in for a single call that leaves them out.
fn body(call: &str) -> Result<String, Failure> {
    let text = match call.strip_prefix('@') {
        Some(file) => files::read(Path::new(file))?,
        None if call == "-" => files::read_standard_input()?,
        None => call.to_owned(),
    };
    // Filled in as text: what is explained is what was typed, duplicate members and all.
    if let Ok(Value::Object(object)) = serde_json::from_str::<Value>(&text)
        && !object.contains_key("jsonrpc")
        && !object.is_empty()
        && let Some((_, members)) = text.split_once('{')
    {
        let id = if object.contains_key("id") { "" } else { r#""id":1,"# };
        return Ok(format!(r#"{{"jsonrpc":"2.0",{id}{members}"#));
    }
    Ok(text)
}

/// Tells about one call; whether it is allowed.
fn explain(
    options: &Explain,
    compiled: &Compiled,
    who: &Who,
    call: Result<Call<'_>, callgate_rpc::InvalidCall<'_>>,
) -> bool {
    let refuse = |reason: &str, sentence: &str| {
        let told_json = json!({ "decision": { "allowed": false, "reason": reason, "sentence": sentence } });
        told(options, &told_json, &format!("denied: {sentence} ({reason})"));
        false
    };
    let call = match call {
        Ok(call) => call,
        Err(invalid) => return refuse("invalid_request", &invalid.to_string()),
    };
    let context = Context {
        chain_id: chain_id(options, compiled, &call),
        client: client(options, compiled),
    };
    let understood = match understand(&call, &context) {
        Ok(understood) => understood,
        Err(misunderstood) => return refuse(misunderstood.reason().code(), &misunderstood.to_string()),
    };
    let principal = Principal {
        section: who.section,
        claims: &who.claims,
        tenant: who.tenant.as_deref(),
    };
    let explanation = compiled.policy.explain(
        &principal,
        understood,
        Door {
            operator: options.operator,
        },
    );
    let data = serde_json::to_value(&explanation).unwrap_or(Value::Null);
    told(options, &data, explanation.to_string().trim_end());
    explanation.decision.allowed
}

fn told(options: &Explain, data: &Value, text: &str) {
    match options.format {
        Format::Human => say(text),
        Format::Json => say(format_args!("{data:#}")),
    }
}

/// The chain to judge for: the flag's, the policy's, or the one that the transaction itself names.
fn chain_id(options: &Explain, compiled: &Compiled, call: &Call<'_>) -> Option<u64> {
    if let Some(id) = options.chain_id {
        return Some(id);
    }
    match compiled.settings.chain_id {
        ChainId::Pinned(id) => Some(id),
        ChainId::Auto => {
            let raw = call.params().get(0).and_then(callgate_rpc::Value::as_str);
            let named = raw
                .and_then(|text| transaction::decode_hex(text).ok())
                .and_then(|decoded| decoded.chain_id());
            let id = named.unwrap_or(1);
            remark(format_args!(
                "chain_id is `auto` in the policy: judged as on chain {id} (--chain-id says otherwise)"
            ));
            Some(id)
        }
    }
}

/// The client to write for: the flag's, or the policy's. Without a node to ask, `auto` is what all clients understand alike.
fn client(options: &Explain, compiled: &Compiled) -> Client {
    match (&options.client, compiled.settings.dialect) {
        (Some(text), _) => Client::of_text(text),
        (None, NodeDialect::Pinned(dialect)) => dialect.into(),
        (None, NodeDialect::Auto) => Client::default(),
    }
}
