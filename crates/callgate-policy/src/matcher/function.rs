//! Owns the function matcher: selectors, written as such or as signatures. A selector with `to`
//! bounds the outermost call only; what that function calls in turn it cannot bound.

use alloy_primitives::keccak256;

/// The longest signature: nested tuples included, nobody's is longer.
const MAX_SIGNATURE_BYTES: usize = 1024;

/// How deep tuples may nest in a signature.
const MAX_TUPLES: usize = 16;

/// Which functions of a contract may be called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Functions {
    selectors: Vec<[u8; 4]>,
    fallback: bool,
}

/// One function of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// A selector.
    Selector([u8; 4]),
    /// Calldata shorter than four bytes.
    Fallback,
}

/// Why a text names no function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FunctionError {
    /// `0x` with another number of digits than eight.
    #[error("a selector is `0x` and eight hex digits")]
    Selector,
    /// Neither a selector nor a signature.
    #[error("not a function: write `transfer(address,uint256)`, a selector such as `0xa9059cbb`, or `fallback`")]
    Form,
    /// A type that Solidity does not have, or not in its canonical spelling.
    #[error("`{0}` is not a type as signatures spell it")]
    Type(String),
}

impl Functions {
    /// A matcher for these functions.
    #[must_use]
    pub(crate) fn new(list: impl IntoIterator<Item = Function>) -> Self {
        let mut functions = Self::default();
        for function in list {
            match function {
                Function::Selector(selector) => functions.selectors.push(selector),
                Function::Fallback => functions.fallback = true,
            }
        }
        functions.selectors.sort_unstable();
        functions.selectors.dedup();
        functions
    }

    /// Whether calldata with this selector (`None`: shorter than four bytes) is for one of them.
    #[must_use]
    pub(crate) fn contains(&self, selector: Option<[u8; 4]>) -> bool {
        match selector {
            None => self.fallback,
            Some(selector) => self.selectors.binary_search(&selector).is_ok(),
        }
    }
}

impl Function {
    /// Reads `fallback`, a selector or a signature.
    ///
    /// # Errors
    /// Says why the text names no function.
    pub(crate) fn read(text: &str) -> Result<Self, FunctionError> {
        let text = text.trim();
        if text == "fallback" {
            return Ok(Self::Fallback);
        }
        if let Some(digits) = text.strip_prefix("0x") {
            return read_selector(digits).map(Self::Selector);
        }
        let canonical = canonical_signature(text)?;
        let hash = keccak256(canonical.as_bytes());
        hash.first_chunk::<4>()
            .copied()
            .map(Self::Selector)
            .ok_or(FunctionError::Form)
    }
}

fn read_selector(digits: &str) -> Result<[u8; 4], FunctionError> {
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(FunctionError::Selector);
    }
    u32::from_str_radix(digits, 16)
        .map(u32::to_be_bytes)
        .map_err(|_| FunctionError::Selector)
}

/// The spelling that is hashed: no spaces, `uint` and `int` with their size.
fn canonical_signature(text: &str) -> Result<String, FunctionError> {
    let (name, rest) = text.split_once('(').ok_or(FunctionError::Form)?;
    let arguments = rest.strip_suffix(')').ok_or(FunctionError::Form)?;
    let mut letters = name.bytes();
    let first_is_name = letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'));
    let rest_is_name = letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    if !first_is_name || !rest_is_name || text.len() > MAX_SIGNATURE_BYTES {
        return Err(FunctionError::Form);
    }
    let mut canonical = format!("{name}(");
    write_types(arguments, 0, &mut canonical)?;
    canonical.push(')');
    Ok(canonical)
}

/// Writes a list of types separated by commas, tuples in parentheses.
fn write_types(list: &str, depth: usize, out: &mut String) -> Result<(), FunctionError> {
    if depth > MAX_TUPLES {
        return Err(FunctionError::Form);
    }
    if list.trim().is_empty() {
        return Ok(());
    }
    for (index, part) in split_list(list)?.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_type(part.trim(), depth, out)?;
    }
    Ok(())
}

fn write_type(text: &str, depth: usize, out: &mut String) -> Result<(), FunctionError> {
    let unknown = || FunctionError::Type(text.to_owned());
    if let Some(rest) = text.strip_prefix('(') {
        let (members, suffix) = rest.rsplit_once(')').ok_or(FunctionError::Form)?;
        if members.trim().is_empty() {
            return Err(unknown());
        }
        out.push('(');
        write_types(members, depth.saturating_add(1), out)?;
        out.push(')');
        return write_suffix(suffix, out).ok_or_else(unknown);
    }
    let (base, suffix) = text
        .find('[')
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or((text, ""));
    out.push_str(base_type(base).ok_or_else(unknown)?);
    write_suffix(suffix, out).ok_or_else(unknown)
}

/// `[]` and `[3]`, any number of times.
fn write_suffix(mut suffix: &str, out: &mut String) -> Option<()> {
    while !suffix.is_empty() {
        let (size, rest) = suffix.strip_prefix('[')?.split_once(']')?;
        let is_size = size.is_empty() || is_number(size);
        if !is_size {
            return None;
        }
        out.push('[');
        out.push_str(size);
        out.push(']');
        suffix = rest;
    }
    Some(())
}

/// The canonical name of an elementary type.
fn base_type(text: &str) -> Option<&str> {
    match text {
        "address" | "bool" | "string" | "bytes" | "function" => return Some(text),
        "uint" => return Some("uint256"),
        "int" => return Some("int256"),
        _ => {}
    }
    let bits = text.strip_prefix("uint").or_else(|| text.strip_prefix("int"));
    if let Some(bits) = bits
        .filter(|bits| is_number(bits))
        .and_then(|bits| bits.parse::<u16>().ok())
    {
        return ((8..=256).contains(&bits) && bits % 8 == 0).then_some(text);
    }
    let bytes = text
        .strip_prefix("bytes")
        .filter(|size| is_number(size))?
        .parse::<u16>()
        .ok()?;
    (1..=32).contains(&bytes).then_some(text)
}

/// Digits without leading zero, as signatures write sizes.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 9 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Splits at the commas that stand outside parentheses.
fn split_list(list: &str) -> Result<Vec<&str>, FunctionError> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0_usize);
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.checked_sub(1).ok_or(FunctionError::Form)?,
            b',' if depth == 0 => {
                parts.push(list.get(start..at).ok_or(FunctionError::Form)?);
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err(FunctionError::Form);
    }
    parts.push(list.get(start..).ok_or(FunctionError::Form)?);
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_become_selectors() {
        for (text, selector) in [
            ("transfer(address,uint256)", [0xa9, 0x05, 0x9c, 0xbb]),
            ("transfer( address , uint )", [0xa9, 0x05, 0x9c, 0xbb]),
            ("0xa9059cbb", [0xa9, 0x05, 0x9c, 0xbb]),
            ("0xA9059CBB", [0xa9, 0x05, 0x9c, 0xbb]),
            ("approve(address,uint256)", [0x09, 0x5e, 0xa7, 0xb3]),
            ("totalSupply()", [0x18, 0x16, 0x0d, 0xdd]),
            // ERC-4337 EntryPoint v0.6
            (
                "handleOps((address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,bytes,bytes)[],address)",
                [0x1f, 0xad, 0x94, 0x8c],
            ),
            ("baz(uint32,bool)", [0xcd, 0xcd, 0x77, 0xc0]),
            ("bar(bytes3[2])", [0xfc, 0xe3, 0x53, 0xf6]),
            ("sam(bytes,bool,uint256[])", [0xa5, 0x64, 0x3b, 0xf2]),
        ] {
            assert_eq!(Function::read(text), Ok(Function::Selector(selector)), "{text}");
        }
        assert_eq!(Function::read("fallback"), Ok(Function::Fallback));
    }

    #[test]
    fn what_is_no_function_is_refused() {
        for text in [
            "",
            "0x",
            "0xa9059c",
            "0xa9059cbb00",
            "0xa9059cbg",
            "transfer",
            "transfer(address",
            "transfer)address(",
            "transfer(address,)",
            "transfer(,)",
            "transfer(address to,uint256 value)",
            "transfer(uint7)",
            "transfer(uint0)",
            "transfer(uint264)",
            "transfer(bytes0)",
            "transfer(bytes33)",
            "transfer(bytes01)",
            "transfer(address))",
            "transfer((address)",
            "transfer(())",
            "transfer(address[)",
            "transfer(address[0])",
            "transfer(address[x])",
            "9transfer()",
            "trans fer()",
            "(address)",
            "transfer(Address)",
        ] {
            assert!(Function::read(text).is_err(), "{text}");
        }
        let deep = |n: usize| format!("f({}uint256{})", "(".repeat(n), ")".repeat(n));
        assert!(Function::read(&deep(MAX_TUPLES)).is_ok());
        assert!(Function::read(&deep(MAX_TUPLES + 1)).is_err());
    }

    #[test]
    fn short_calldata_needs_fallback() {
        let transfer = Function::read("transfer(address,uint256)").unwrap();
        let listed = Functions::new([transfer]);
        assert!(listed.contains(Some([0xa9, 0x05, 0x9c, 0xbb])));
        assert!(!listed.contains(Some([0; 4])));
        assert!(!listed.contains(None));
        assert!(Functions::new([Function::Fallback]).contains(None));
        assert!(!Functions::new([Function::Fallback]).contains(Some([0; 4])));
    }
}
