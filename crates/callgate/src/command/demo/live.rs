//! One line per decision, for people: follows the audit file and shortens its lines.

use crate::output::say;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::time::Duration;

/// How often the file is looked at: fast enough to feel live.
const GLANCE: Duration = Duration::from_millis(80);

/// Longest line taken from the audit file; its writer's own bound is far below.
const LINE: u64 = 64 * 1024;

/// Follows the audit file forever.
pub(super) async fn follow(audit: &Path) -> anyhow::Result<()> {
    let mut reader = BufReader::new(std::fs::File::open(audit)?);
    let mut line = String::new();
    loop {
        if reader.by_ref().take(LINE).read_line(&mut line)? == 0 {
            tokio::time::sleep(GLANCE).await;
            continue;
        }
        if !line.ends_with('\n') {
            continue;
        }
        if let Some(short) = shorten(&line) {
            say(short);
        }
        line.clear();
    }
}

/// The audit line in one glance, or `None` for events that are not decisions.
fn shorten(line: &str) -> Option<String> {
    let event: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| event.get(name).and_then(Value::as_str);
    let time = text("ts").and_then(|stamp| stamp.get(11..23)).unwrap_or_default();
    match text("event")? {
        "call" => {
            let rule = text("rule_name").map(|rule| format!(" by {rule}")).unwrap_or_default();
            let to = text("to").map(|to| format!(" to {to}")).unwrap_or_default();
            let micros = |name: &str| event.get(name).and_then(Value::as_u64);
            let took = match (micros("us_callgate"), micros("us_node")) {
                (Some(own), Some(node)) => format!("  {own} µs + {node} µs node"),
                (Some(own), None) => format!("  {own} µs"),
                _ => String::new(),
            };
            let why = text("why")
                .map(|why| format!("\n               {why}"))
                .unwrap_or_default();
            Some(format!(
                "  {time} {:<5} {:<12} {}{to}: {}{rule}{took}{why}",
                text("decision").unwrap_or_default(),
                text("principal").unwrap_or("nobody"),
                text("method").unwrap_or("(no method)"),
                text("reason").unwrap_or_default(),
            ))
        }
        "refusal" => Some(format!(
            "  {time} deny  {:<12} request refused: {}",
            text("principal").unwrap_or("nobody"),
            text("reason").unwrap_or_default()
        )),
        "reload" => Some(format!("  {time} policy reloaded: revision {}", event.get("revision")?)),
        "reload_refused" => Some(format!("  {time} broken policy refused, the last good one stays")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_call_is_one_line() {
        let line = r#"{"seq":1,"ts":"2026-11-22T03:12:11.123456Z","event":"call","principal":"shop","method":"eth_chainId","decision":"allow","reason":"granted","us_callgate":12,"us_node":340}"#;
        assert_eq!(
            shorten(line).unwrap(),
            "  03:12:11.123 allow shop         eth_chainId: granted  12 µs + 340 µs node"
        );
    }

    #[test]
    fn other_events_are_silent() {
        assert_eq!(shorten(r#"{"seq":1,"event":"listener_started"}"#), None);
        assert_eq!(shorten("not json"), None);
    }
}
