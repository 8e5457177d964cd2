//! The writer: JSON in one canonical spelling, from typed values only.
//!
//! Members in the order in which they are written, no white space, and one way to write each string: `"` and `\` are
//! escaped, control characters as `\b \t \n \f \r` or `\u00xx`, everything else stands for itself.

use crate::text;
use crate::value::{Part, Value};

/// Appends JSON to a buffer and puts the commas itself.
///
/// The caller opens and closes in pairs and gives each member a name; everything that could break the text (quotes,
/// control characters, things that are not hex or no number) is made harmless here.
pub struct Writer<'b> {
    out: &'b mut Vec<u8>,
    after_value: bool,
}

impl<'b> Writer<'b> {
    /// A writer for one value at the end of `out`.
    pub fn new(out: &'b mut Vec<u8>) -> Self {
        Self {
            out,
            after_value: false,
        }
    }

    /// `[`
    pub fn begin_array(&mut self) {
        self.begin(b'[');
    }

    /// `]`
    pub fn end_array(&mut self) {
        self.end(b']');
    }

    /// `{`
    pub fn begin_object(&mut self) {
        self.begin(b'{');
    }

    /// `}`
    pub fn end_object(&mut self) {
        self.end(b'}');
    }

    /// The name of the next member.
    pub fn name(&mut self, name: &str) {
        self.string(name);
        self.out.push(b':');
        self.after_value = false;
    }

    /// A string.
    pub fn string(&mut self, text: &str) {
        self.separate();
        self.out.push(b'"');
        escape_into(self.out, text);
        self.out.push(b'"');
    }

    /// Bytes as a string of `0x` and lower-case hex.
    pub fn hex(&mut self, bytes: &[u8]) {
        self.separate();
        self.out.extend_from_slice(b"\"0x");
        self.out.extend(
            bytes
                .iter()
                .flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]),
        );
        self.out.push(b'"');
    }

    /// Hex digits without `0x` as a string of `0x` and the digits in lower case. Text that is not hex is written as it
    /// is, as a string, so that it can only be refused.
    pub fn hex_text(&mut self, digits: &str) {
        if !digits.bytes().fold(true, |all, byte| all & byte.is_ascii_hexdigit()) {
            return self.string(digits);
        }
        self.separate();
        self.out.extend_from_slice(b"\"0x");
        let start = self.out.len();
        self.out.extend_from_slice(digits.as_bytes());
        if let Some(written) = self.out.get_mut(start..) {
            written.make_ascii_lowercase();
        }
        self.out.push(b'"');
    }

    /// An Ethereum quantity: `0x` and hex digits without leading zeros, `0x0` for zero.
    pub fn quantity_u64(&mut self, number: u64) {
        self.quantity_be(&number.to_be_bytes());
    }

    /// An Ethereum quantity from big-endian bytes of any length.
    pub fn quantity_be(&mut self, bytes: &[u8]) {
        self.separate();
        self.out.extend_from_slice(b"\"0x");
        let digits = bytes
            .iter()
            .flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)]);
        let start = self.out.len();
        self.out.extend(digits.skip_while(|&digit| digit == b'0'));
        if self.out.len() == start {
            self.out.push(b'0');
        }
        self.out.push(b'"');
    }

    /// A JSON number.
    pub fn u64(&mut self, number: u64) {
        self.separate();
        let mut digits = [0u8; 20];
        let mut left = number;
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
            used += 1;
            if left == 0 {
                break;
            }
        }
        self.out
            .extend_from_slice(digits.get(digits.len() - used..).unwrap_or_default());
    }

    /// A JSON number.
    pub fn i64(&mut self, number: i64) {
        if number < 0 {
            self.separate();
            self.out.push(b'-');
            self.after_value = false;
        }
        self.u64(number.unsigned_abs());
    }

    /// A JSON number as it is written. Text that is no number becomes `null`.
    pub fn number_text(&mut self, number: &str) {
        if text::number(number.as_bytes(), 0).is_ok_and(|(_, end)| end == number.len()) {
            self.raw(number.as_bytes());
        } else {
            self.null();
        }
    }

    /// `true` or `false`
    pub fn bool(&mut self, value: bool) {
        self.raw(if value { b"true" } else { b"false" });
    }

    /// `null`
    pub fn null(&mut self) {
        self.raw(b"null");
    }

    /// A value of a request with everything in it, in canonical spelling and in the order of the body.
    pub fn value(&mut self, value: Value<'_>) {
        let document = value.document();
        let mut open: Vec<(u32, u8)> = Vec::new();
        for index in value.tokens() {
            self.close_ended(&mut open, index);
            let (part, end) = document.part(index);
            match part {
                Part::Name(name) => self.name(name),
                Part::Text(text) => self.string(text),
                Part::Number(number) => self.number_text(number),
                Part::Bool(value) => self.bool(value),
                Part::Null => self.null(),
                Part::OpenArray => {
                    self.begin_array();
                    open.push((end, b']'));
                }
                Part::OpenObject => {
                    self.begin_object();
                    open.push((end, b'}'));
                }
            }
        }
        self.close_ended(&mut open, value.tokens().end);
    }

    /// Closes every container that ends before the token `index`.
    fn close_ended(&mut self, open: &mut Vec<(u32, u8)>, index: u32) {
        while let Some((_, bracket)) = open.pop_if(|&mut (end, _)| end == index) {
            self.end(bracket);
        }
    }

    /// JSON that was checked before.
    pub(crate) fn raw(&mut self, json: &[u8]) {
        self.separate();
        self.out.extend_from_slice(json);
    }

    fn begin(&mut self, bracket: u8) {
        self.separate();
        self.out.push(bracket);
        self.after_value = false;
    }

    fn end(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.after_value = true;
    }

    fn separate(&mut self) {
        if self.after_value {
            self.out.push(b',');
        }
        self.after_value = true;
    }
}

/// Appends one call: `{"jsonrpc":"2.0","id":…,"method":"…","params":[…]}`.
///
/// `params` writes the whole array, brackets included; when it writes nothing there are no parameters (`[]`).
pub fn write_call(out: &mut Vec<u8>, id: u64, method: &str, params: impl FnOnce(&mut Writer<'_>)) {
    let mut writer = Writer::new(out);
    writer.out.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":");
    writer.u64(id);
    writer.out.extend_from_slice(b",\"method\":");
    writer.after_value = false;
    writer.string(method);
    writer.out.extend_from_slice(b",\"params\":");
    writer.after_value = false;
    let start = writer.out.len();
    params(&mut writer);
    if writer.out.len() == start {
        writer.out.extend_from_slice(b"[]");
    }
    debug_assert_eq!(writer.out.get(start), Some(&b'['), "params are an array");
    writer.out.push(b'}');
}

/// One batch for a node, out of several calls.
pub struct BatchWriter<'b> {
    out: &'b mut Vec<u8>,
    calls: usize,
}

impl<'b> BatchWriter<'b> {
    /// Begins a batch at the end of `out`.
    pub fn new(out: &'b mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { out, calls: 0 }
    }

    /// Appends one call, as [`write_call`] does.
    pub fn call(&mut self, id: u64, method: &str, params: impl FnOnce(&mut Writer<'_>)) {
        if self.calls > 0 {
            self.out.push(b',');
        }
        self.calls += 1;
        write_call(self.out, id, method, params);
    }

    /// Ends the batch and says how many calls it has.
    pub fn finish(self) -> usize {
        self.out.push(b']');
        self.calls
    }
}

fn hex_digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

fn escape_into(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at_checked(text::plain_end(rest, 0)).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let Some((&byte, after)) = special.split_first() else {
            return;
        };
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[hex_digit(byte >> 4), hex_digit(byte & 15)]);
            }
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests;
