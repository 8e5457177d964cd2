//! Owns how a policy names a secret: by where it is, never by what it is.

use super::raw_identity::RawSecret;

/// A reference to a secret; `None` for what can only be a literal.
pub(super) fn reference(text: &str) -> Option<RawSecret> {
    let (scheme, name) = text.split_once(':')?;
    if name.is_empty() {
        return None;
    }
    match scheme {
        "file" => Some(RawSecret::File(name.to_owned())),
        "env" if is_name(name) => Some(RawSecret::Env(name.to_owned())),
        "cred" if is_name(name) => Some(RawSecret::Cred(name.to_owned())),
        _ => None,
    }
}

/// A reference or, when it is none, the literal itself.
pub(super) fn read(text: &str) -> RawSecret {
    reference(text).unwrap_or_else(|| RawSecret::Literal(text.to_owned()))
}

fn is_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_schemes_are_references() {
        assert_eq!(
            reference("file:/run/secrets/key"),
            Some(RawSecret::File("/run/secrets/key".to_owned()))
        );
        assert_eq!(
            reference("env:JWT_SECRET"),
            Some(RawSecret::Env("JWT_SECRET".to_owned()))
        );
        assert_eq!(reference("cred:jwt"), Some(RawSecret::Cred("jwt".to_owned())));
        for literal in ["hunter2", "vault:a", "env:", "env:A B", "file:"] {
            assert_eq!(reference(literal), None, "{literal}");
        }
    }

    #[test]
    fn a_literal_never_prints() {
        assert!(!format!("{:?}", read("hunter2")).contains("hunter2"));
    }
}
