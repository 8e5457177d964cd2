//! The type of one member: an atomic type, bytes of any length, text, a struct, or arrays of these.

/// What a type name spells, without its arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base<'n> {
    Address,
    Bool,
    String,
    Bytes,
    /// `bytes1` to `bytes32`.
    FixedBytes(usize),
    /// `uint8` to `uint256`, in steps of 8; the number is the bits.
    Uint(usize),
    /// `int8` to `int256`.
    Int(usize),
    /// Another struct, by name.
    Struct(&'n str),
}

/// The outermost array of a type name: what is in it, and its fixed length.
pub(super) fn array(name: &str) -> Option<(&str, Option<usize>)> {
    let (inner, length) = name.strip_suffix(']')?.rsplit_once('[')?;
    if length.is_empty() {
        return Some((inner, None));
    }
    number(length).map(|length| (inner, Some(length)))
}

/// The type that a name without arrays spells; none when it is neither atomic nor the name of a struct.
pub(super) fn base(name: &str) -> Option<Base<'_>> {
    Some(match name {
        "address" => Base::Address,
        "bool" => Base::Bool,
        "string" => Base::String,
        "bytes" => Base::Bytes,
        // The short spellings exist in Solidity; EIP-712 names types canonically, and signers disagree on these two.
        "uint" | "int" => return None,
        _ => {
            for (prefix, of) in SIZED {
                if let Some(size) = name.strip_prefix(prefix).filter(|size| is_digits(size)) {
                    // Whatever looks like a sized type and is none is no name of a struct either.
                    return number(size).and_then(of);
                }
            }
            return is_identifier(name).then_some(Base::Struct(name));
        }
    })
}

/// The type of a size, when it is one that exists.
type OfSize = fn(usize) -> Option<Base<'static>>;

/// The types with a size in their names.
const SIZED: [(&str, OfSize); 3] = [
    ("uint", |bits| is_width(bits).then_some(Base::Uint(bits))),
    ("int", |bits| is_width(bits).then_some(Base::Int(bits))),
    ("bytes", |bytes| {
        (1..=32).contains(&bytes).then_some(Base::FixedBytes(bytes))
    }),
];

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it can name a struct or a member: a Solidity identifier.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'));
    first && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
}

fn is_width(bits: usize) -> bool {
    (8..=256).contains(&bits) && bits.is_multiple_of(8)
}

/// Digits without leading zeros.
fn number(text: &str) -> Option<usize> {
    let plain = is_digits(text) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_spell_one_type_or_none() {
        for (name, expected) in [
            ("address", Some(Base::Address)),
            ("uint256", Some(Base::Uint(256))),
            ("uint8", Some(Base::Uint(8))),
            ("int128", Some(Base::Int(128))),
            ("bytes32", Some(Base::FixedBytes(32))),
            ("bytes1", Some(Base::FixedBytes(1))),
            ("Person", Some(Base::Struct("Person"))),
            ("integer", Some(Base::Struct("integer"))),
            ("uint", None),
            ("int", None),
            ("uint7", None),
            ("uint264", None),
            ("int0", None),
            ("bytes0", None),
            ("bytes33", None),
            ("uint08", None),
            ("", None),
            ("1a", None),
            ("a b", None),
            ("a]", None),
        ] {
            assert_eq!(base(name), expected, "{name}");
        }
    }

    #[test]
    fn arrays_are_taken_off_from_the_right() {
        assert_eq!(array("uint8[]"), Some(("uint8", None)));
        assert_eq!(array("uint8[2][]"), Some(("uint8[2]", None)));
        assert_eq!(array("uint8[][3]"), Some(("uint8[]", Some(3))));
        for name in ["uint8", "uint8[0]", "uint8[-1]", "uint8[01]", "[", "]"] {
            assert_eq!(array(name), None, "{name}");
        }
    }
}
