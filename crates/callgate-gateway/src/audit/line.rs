//! An event as one JSON line, written into a reused buffer: members in fixed order, every text escaped and bounded.

use std::fmt::{self, Write};
use std::net::IpAddr;

use alloy_primitives::{FixedBytes, hex};

use super::event::{
    Actor, CallEvent, ConnectionChange, ConnectionEvent, Event, Front, ListenerChange, ListenerEvent, OperationFacts,
    Origin, RefusalEvent, ReloadEvent,
};
use crate::level::Detail;

/// The most bytes of a text that a stranger chose (method, principal, tenant): longer ones are cut and marked.
const TEXT: usize = 256;

/// The most bytes of an explanation.
const EXPLANATION: usize = 2048;

/// The most bytes shown in hex: a hash.
const LONGEST: usize = 32;

/// Writes `event` without its beginning (`{"seq":…,`), which the queue adds, and with its line feed.
pub(super) fn write(out: &mut Vec<u8>, unix_micros: u64, event: &Event<'_>, detail: Detail) {
    let mut line = Line { out };
    line.stamp(unix_micros);
    match event {
        Event::Call(call) => line.call(call, detail),
        Event::Refusal(refusal) => line.refusal(refusal, detail),
        Event::Connection(connection) => line.connection(connection),
        Event::Reload(reload) => line.reload(reload),
        Event::Listener(listener) => line.listener(listener),
    }
    line.out.extend_from_slice(b"}\n");
}

/// Writes the line that tells how many lines were lost before it, whole.
pub(super) fn write_gap(sequence: u64, lost: u64, out: &mut Vec<u8>) {
    write_head(sequence, out);
    out.extend_from_slice(b"\"event\":\"gap\",\"lost\":");
    decimal(out, lost);
    out.extend_from_slice(b"}\n");
}

/// Writes the beginning of a line.
pub(super) fn write_head(sequence: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"seq\":");
    decimal(out, sequence);
    out.push(b',');
}

struct Line<'o> {
    out: &'o mut Vec<u8>,
}

impl Line<'_> {
    fn call(&mut self, call: &CallEvent<'_>, detail: Detail) {
        self.event("call");
        self.origin(&call.origin);
        self.optional_number("item", call.item.map(|item| item as u64));
        self.actor(call.actor.as_ref());
        self.optional_text("ruleset", call.ruleset);
        self.optional_text("method", call.method);
        self.plain("decision", call.decision.name());
        self.text("reason", call.reason);
        if let Some(rule) = &call.rule {
            self.number("rule", rule.index as u64);
            self.optional_text("rule_name", rule.name);
        }
        self.operations(call.operations);
        if let Some(asks) = call.asks {
            self.name("asks");
            self.string(asks, EXPLANATION);
        }
        if let Some(sent) = &call.upstream {
            self.text("upstream", sent.name);
            self.plain("upstream_outcome", sent.outcome.name());
            if let Some(code) = sent.code {
                self.name("upstream_code");
                let _ = write!(Raw(self.out), "{code}");
            }
        }
        self.number("us_callgate", call.us_callgate);
        self.optional_number("us_node", call.us_node);
        self.number("revision", call.revision);
        self.why(call.why, detail);
    }

    fn refusal(&mut self, refusal: &RefusalEvent<'_>, detail: Detail) {
        self.event("refusal");
        self.origin(&refusal.origin);
        self.actor(refusal.actor.as_ref());
        self.plain("refused", refusal.kind.name());
        self.text("reason", refusal.reason);
        self.optional_text("presented", refusal.presented);
        self.number("us_callgate", refusal.us_callgate);
        self.number("revision", refusal.revision);
        self.why(refusal.why, detail);
    }

    fn connection(&mut self, connection: &ConnectionEvent<'_>) {
        match &connection.change {
            ConnectionChange::Opened => self.event("connection_opened"),
            ConnectionChange::Closed { .. } => self.event("connection_closed"),
        }
        self.origin(&connection.origin);
        self.actor(Some(&connection.actor));
        if let ConnectionChange::Closed { reason, code, calls } = &connection.change {
            self.text("reason", reason);
            self.optional_number("code", code.map(u64::from));
            self.number("calls", *calls);
        }
    }

    fn reload(&mut self, reload: &ReloadEvent<'_>) {
        self.event(if reload.failure.is_some() {
            "reload_refused"
        } else {
            "reload"
        });
        self.text("trigger", reload.trigger);
        self.number("revision", reload.revision);
        self.text("digest", reload.digest);
        if let Some(failure) = reload.failure {
            self.name("failure");
            self.string(failure, EXPLANATION);
        }
    }

    fn listener(&mut self, listener: &ListenerEvent<'_>) {
        self.event(match listener.change {
            ListenerChange::Started => "listener_started",
            ListenerChange::Stopped => "listener_stopped",
        });
        self.text("listener", listener.name);
        self.display("address", &listener.address);
    }

    fn origin(&mut self, origin: &Origin<'_>) {
        self.text("request_id", origin.request_id);
        self.plain(
            "front",
            match origin.front {
                Front::Http => "http",
                Front::WebSocket => "ws",
            },
        );
        self.text("listener", origin.listener);
        if let Some(peer) = &origin.peer {
            self.address("peer", *peer);
        }
        self.optional_text("connection", origin.connection);
    }

    fn actor(&mut self, actor: Option<&Actor<'_>>) {
        if let Some(actor) = actor {
            self.text("principal", actor.principal);
            self.text("auth", actor.auth);
            self.optional_text("tenant", actor.tenant);
        }
    }

    /// The facts of a single operation stand beside the others; several stand in a list.
    fn operations(&mut self, operations: &[OperationFacts]) {
        match operations {
            [] => {}
            [one] => self.operation(one),
            several => {
                self.name("operations");
                self.out.push(b'[');
                for (place, operation) in several.iter().enumerate() {
                    self.out
                        .extend_from_slice(if place == 0 { b"{\"n\":" } else { b",{\"n\":" });
                    decimal(self.out, place as u64);
                    self.operation(operation);
                    self.out.push(b'}');
                }
                self.out.push(b']');
            }
        }
    }

    fn operation(&mut self, operation: &OperationFacts) {
        self.plain("kind", operation.kind);
        if let Some(at) = &operation.at {
            self.text("at", at);
        }
        self.hex("from", operation.from.as_deref().map(FixedBytes::as_slice));
        self.hex("to", operation.to.as_deref().map(FixedBytes::as_slice));
        if operation.creates {
            self.name("creates");
            self.out.extend_from_slice(b"true");
        }
        if !operation.value.is_zero() {
            self.name("value");
            let _ = write!(Raw(self.out), "\"{:#x}\"", operation.value);
        }
        self.hex("selector", operation.selector.as_ref().map(<[u8; 4]>::as_slice));
        self.hex("hash", operation.hash.as_ref().map(FixedBytes::as_slice));
        for (name, holds) in [("overrides", operation.overrides), ("private", operation.private)] {
            if holds {
                self.name(name);
                self.out.extend_from_slice(b"true");
            }
        }
        self.optional_text("message", operation.message.as_deref());
        self.hex("contract", operation.contract.as_deref().map(FixedBytes::as_slice));
    }

    fn why(&mut self, why: Option<&dyn fmt::Display>, detail: Detail) {
        if let (Some(why), Detail::Reasons) = (why, detail) {
            self.name("why");
            self.out.push(b'"');
            let _ = write!(
                Escaped {
                    out: self.out,
                    left: EXPLANATION
                },
                "{why}"
            );
            self.out.push(b'"');
        }
    }

    fn event(&mut self, name: &'static str) {
        self.plain("event", name);
    }

    /// `"ts":"2026-11-22T03:12:11.123456Z"`: RFC 3339, UTC, microseconds.
    fn stamp(&mut self, unix_micros: u64) {
        self.out.extend_from_slice(b"\"ts\":\"");
        stamp(self.out, unix_micros);
        self.out.push(b'"');
    }

    fn name(&mut self, name: &str) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A text of ours: no escaping needed.
    fn plain(&mut self, name: &str, value: &'static str) {
        self.name(name);
        self.out.push(b'"');
        self.out.extend_from_slice(value.as_bytes());
        self.out.push(b'"');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.string(value, TEXT);
    }

    fn optional_text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    fn string(&mut self, value: &str, bound: usize) {
        self.out.push(b'"');
        let _ = Escaped {
            out: self.out,
            left: bound,
        }
        .write_str(value);
        self.out.push(b'"');
    }

    fn display(&mut self, name: &str, value: &dyn fmt::Display) {
        self.name(name);
        self.out.push(b'"');
        let _ = write!(
            Escaped {
                out: self.out,
                left: TEXT
            },
            "{value}"
        );
        self.out.push(b'"');
    }

    /// An address as text. Version 4, the usual one, without the detour of the formatter.
    fn address(&mut self, name: &str, address: IpAddr) {
        let IpAddr::V4(four) = address else {
            return self.display(name, &address);
        };
        self.name(name);
        for (place, octet) in four.octets().into_iter().enumerate() {
            self.out.push(if place == 0 { b'"' } else { b'.' });
            decimal(self.out, u64::from(octet));
        }
        self.out.push(b'"');
    }

    fn number(&mut self, name: &str, value: u64) {
        self.name(name);
        decimal(self.out, value);
    }

    fn optional_number(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.number(name, value);
        }
    }

    fn hex(&mut self, name: &str, bytes: Option<&[u8]>) {
        let Some(bytes) = bytes else { return };
        let mut digits = [0; 2 * LONGEST];
        let digits = digits.get_mut(..2 * bytes.len()).unwrap_or_default();
        // Fails only for more than the longest, which no field is.
        let _ = hex::encode_to_slice(bytes, digits);
        self.name(name);
        self.out.extend_from_slice(b"\"0x");
        self.out.extend_from_slice(digits);
        self.out.push(b'"');
    }
}

/// Bytes that need no escaping.
struct Raw<'o>(&'o mut Vec<u8>);

impl Write for Raw<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// The inside of a JSON string: control characters and the line separators that split lines elsewhere are escaped, and
/// what is longer than the bound is cut at a character and marked with `…`.
struct Escaped<'o> {
    out: &'o mut Vec<u8>,
    left: usize,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() <= self.left && all_plain(text) {
            self.left -= text.len();
            self.out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        for character in text.chars() {
            if character.len_utf8() > self.left {
                self.left = 0;
                self.out.extend_from_slice("…".as_bytes());
                return Err(fmt::Error);
            }
            self.left -= character.len_utf8();
            self.escape(character);
        }
        Ok(())
    }
}

impl Escaped<'_> {
    fn escape(&mut self, character: char) {
        match character {
            '"' => self.out.extend_from_slice(b"\\\""),
            '\\' => self.out.extend_from_slice(b"\\\\"),
            '\n' => self.out.extend_from_slice(b"\\n"),
            '\u{2028}' | '\u{2029}' => self.unicode(character),
            _ if character.is_control() => self.unicode(character),
            _ => {
                let mut bytes = [0; 4];
                self.out.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
            }
        }
    }

    fn unicode(&mut self, character: char) {
        let _ = write!(Raw(self.out), "\\u{:04x}", u32::from(character));
    }
}

/// Written without an early exit, so that it becomes vector instructions.
fn all_plain(text: &str) -> bool {
    text.bytes().fold(true, |plain, byte| plain & is_plain(byte))
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\'
}

fn decimal(out: &mut Vec<u8>, value: u64) {
    padded(out, value, 1);
}

/// Writes `value` with at least `width` digits.
fn padded(out: &mut Vec<u8>, mut value: u64, width: usize) {
    let start = out.len();
    while value > 0 || out.len() - start < width {
        out.push(b'0' + u8::try_from(value % 10).unwrap_or(0));
        value /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

/// Writes the moment in RFC 3339 form, in UTC with microseconds.
fn stamp(out: &mut Vec<u8>, unix_micros: u64) {
    let seconds = unix_micros / 1_000_000;
    let (year, month, day) = civil(seconds / 86_400);
    padded(out, year, 4);
    for (separator, value) in [
        (b'-', month),
        (b'-', day),
        (b'T', seconds / 3600 % 24),
        (b':', seconds / 60 % 60),
        (b':', seconds % 60),
    ] {
        out.push(separator);
        padded(out, value, 2);
    }
    out.push(b'.');
    padded(out, unix_micros % 1_000_000, 6);
    out.push(b'Z');
}

/// The date of a day since the Unix epoch in the proleptic Gregorian calendar (Howard Hinnant's `civil_from_days`, for
/// days that are not negative): years are counted from March so that the leap day is the last of its year.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamped(unix_micros: u64) -> String {
        let mut out = Vec::new();
        stamp(&mut out, unix_micros);
        String::from_utf8(out).unwrap()
    }

    fn escaped(text: &str, bound: usize) -> String {
        let mut out = Vec::new();
        Line { out: &mut out }.string(text, bound);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn moments_are_dates() {
        assert_eq!(stamped(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(stamped(951_827_696_000_001), "2000-02-29T12:34:56.000001Z");
        assert_eq!(stamped(1_709_251_199_999_999), "2024-02-29T23:59:59.999999Z");
        assert_eq!(stamped(1_709_251_200_000_000), "2024-03-01T00:00:00.000000Z");
        assert_eq!(stamped(4_102_444_799_000_000), "2099-12-31T23:59:59.000000Z");
        assert_eq!(stamped(4_107_542_400_000_000), "2100-03-01T00:00:00.000000Z");
    }

    #[test]
    fn texts_cannot_leave_their_line_or_their_string() {
        let hostile = "a\"b\\c\nd\re\u{0}f\u{2028}g\u{85}h";
        let line = escaped(hostile, 100);
        assert_eq!(line, r#""a\"b\\c\nd\u000de\u0000f\u2028g\u0085h""#);
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
    }

    #[test]
    fn every_character_comes_back_and_none_breaks_the_line() {
        let all = (0..=0x2_ffff).filter_map(char::from_u32);
        for character in all {
            let line = escaped(character.encode_utf8(&mut [0; 4]), 4);
            assert!(
                !line
                    .chars()
                    .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')),
                "{line}"
            );
            assert_eq!(serde_json::from_str::<String>(&line).unwrap(), character.to_string());
        }
    }

    #[test]
    fn addresses_are_written_as_the_formatter_does() {
        for text in [
            "0.0.0.0",
            "127.0.0.1",
            "10.20.30.255",
            "::1",
            "2001:db8::7",
            "::ffff:192.0.2.1",
        ] {
            let mut out = Vec::new();
            Line { out: &mut out }.address("peer", text.parse().unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), format!(",\"peer\":\"{text}\""));
        }
    }

    #[test]
    fn texts_are_cut_at_their_bound_and_at_a_character() {
        assert_eq!(escaped("abcd", 4), "\"abcd\"");
        assert_eq!(escaped("abcde", 4), "\"abcd…\"");
        assert_eq!(escaped("abcé", 4), "\"abc…\"");
        assert_eq!(escaped("", 0), "\"\"");
    }
}
