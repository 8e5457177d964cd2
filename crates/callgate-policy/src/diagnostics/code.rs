//! Owns the stable codes of policy problems: what `CG-Pxxxx` means never changes once released.
//!
//! | range | about |
//! | --- | --- |
//! | 00xx | text: syntax, keys, types |
//! | 01xx | settings: addresses, URLs, limits |
//! | 02xx | files beside the policy: tenants, sets |
//! | 03xx | identity: issuers, credentials, mappings |
//! | 04xx | rules: matchers, names, templates |
//! | 09xx | warnings of `callgate check` |

/// A stable problem code, printed as `CG-Pxxxx`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// The code as printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.0)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)*) => {
        impl Code {
            $($(#[doc = $doc])+ pub const $name: Self = Self($text);)*
            /// Every code, for the test that none is used twice.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

codes! {
    /// The text is not YAML or JSON.
    SYNTAX = "CG-P0001";
    /// The file is larger, deeper or has more values than a policy may have.
    TOO_BIG = "CG-P0002";
    /// A key nobody knows.
    UNKNOWN_KEY = "CG-P0003";
    /// A key written twice.
    DUPLICATE_KEY = "CG-P0004";
    /// A value of the wrong kind.
    WRONG_TYPE = "CG-P0005";
    /// A required key is absent.
    MISSING_KEY = "CG-P0006";
    /// A word that is none of those allowed.
    UNKNOWN_WORD = "CG-P0007";
    /// A number that is not one, or out of its range.
    BAD_NUMBER = "CG-P0008";
    /// A duration without unit or out of range.
    BAD_DURATION = "CG-P0009";
    /// A size without unit or out of range.
    BAD_SIZE = "CG-P0010";
    /// Two keys that exclude each other, or a list that may not be empty.
    CONFLICT = "CG-P0011";
    /// An anchor, alias or tag that a policy may not use.
    YAML_FEATURE = "CG-P0012";
    /// A listener, upstream or admin address that is not an address or not allowed.
    BAD_ADDRESS = "CG-P0101";
    /// A URL that is none, or not allowed here.
    BAD_URL = "CG-P0102";
    /// An upstream that points at a node's engine port.
    ENGINE_PORT = "CG-P0103";
    /// An admin address beyond loopback.
    ADMIN_EXPOSED = "CG-P0104";
    /// The number of listeners or upstreams is not supported.
    BAD_COUNT = "CG-P0105";
    /// A path, host, origin, header, cookie or query name that cannot be one.
    BAD_NAME = "CG-P0106";
    /// Two things with the same name or address.
    SAME_NAME = "CG-P0107";
    /// A file the policy names was not given or could not be read.
    FILE_MISSING = "CG-P0201";
    /// A tenant without an id, twice, or with values that cannot be used.
    BAD_TENANT = "CG-P0202";
    /// A set member that is not an address.
    BAD_SET_MEMBER = "CG-P0203";
    /// A secret written out where a reference is needed.
    INLINE_SECRET = "CG-P0301";
    /// A signature algorithm that is unknown, or does not go with its keys.
    BAD_ALGORITHM = "CG-P0303";
    /// An issuer without keys, audience or algorithms, or defined twice.
    BAD_ISSUER = "CG-P0304";
    /// An identity section that is enabled and can never accept anybody.
    USELESS_SECTION = "CG-P0305";
    /// A mapping that names a ruleset which does not exist.
    UNKNOWN_RULESET = "CG-P0306";
    /// A claim matcher that cannot be compiled.
    BAD_CLAIM_MATCHER = "CG-P0307";
    /// A regular expression that is none or too large.
    BAD_REGEX = "CG-P0401";
    /// A text that is neither an address nor an expression for one.
    BAD_ADDRESS_MATCHER = "CG-P0402";
    /// A set that does not exist.
    UNKNOWN_SET = "CG-P0403";
    /// A function signature or selector that is none.
    BAD_FUNCTION = "CG-P0404";
    /// An amount that is none.
    BAD_AMOUNT = "CG-P0405";
    /// A condition that holds no comparison or comparisons that exclude each other.
    BAD_CONDITION = "CG-P0407";
    /// A method name that cannot be one or is not in the catalogue.
    BAD_METHOD = "CG-P0408";
    /// A namespace nobody knows.
    BAD_NAMESPACE = "CG-P0409";
    /// A template that is not closed, names nothing, or stands where none is allowed.
    BAD_TEMPLATE = "CG-P0410";
    /// A tenant that lacks a variable a templated mapping needs.
    MISSING_VARIABLE = "CG-P0411";
    /// Warning: a dot that means any character in something that looks like a name.
    LINT_DOT = "CG-P0901";
    /// Warning: an entry that can never be reached.
    LINT_UNREACHABLE = "CG-P0902";
    /// Warning: a mapping hidden by an earlier one.
    LINT_SHADOWED = "CG-P0903";
    /// Warning: a ruleset no mapping leads to.
    LINT_UNMAPPED = "CG-P0904";
    /// Warning: the same thing granted twice.
    LINT_TWICE = "CG-P0905";
    /// Warning: an entry or ruleset that allows nothing.
    LINT_NOTHING = "CG-P0906";
    /// Warning: something configured that has no effect.
    LINT_NO_EFFECT = "CG-P0907";
    /// Warning: sealed methods may be reached from other machines.
    LINT_EXPOSED = "CG-P0908";
    /// Warning: an address in mixed case whose checksum (EIP-55) is wrong.
    LINT_CHECKSUM = "CG-P0909";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn no_code_is_used_twice_and_all_have_one_form() {
        let mut seen: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(seen.iter().all(|code| code.len() == 8 && code.starts_with("CG-P")));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), Code::ALL.len());
    }
}
