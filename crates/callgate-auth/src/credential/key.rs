//! The spelling of keys: `callgate_<id>_<secret><checksum>`.
//!
//! After GitHub's scheme: underscores so that a double click selects the whole, a fixed prefix that secret scanners
//! find, and a CRC-32 over everything before it as six base62 digits, so that a typing mistake is told from a wrong
//! key without looking anything up. A scanner's expression: `callgate_[a-z0-9-]{1,64}_[0-9A-Za-z]{46,}`.

use super::Digest;
use crate::Secret;
use aws_lc_rs::digest::SHA256;
use zeroize::Zeroizing;

/// Random bytes a new key is made of: four numbers of 128 bits, ten base62 characters each.
pub const RANDOM_BYTES: usize = 64;
/// The longest id, bytes.
pub const ID_BYTES: usize = 64;

const PREFIX: &str = "callgate_";
/// 40 base62 characters are 238 bits: a fast hash suffices, nothing can be guessed.
const SECRET_CHARS: usize = 40;
const CHECKSUM_CHARS: usize = 6;
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// How stored hashes begin.
const HASH_PREFIX: &str = "sha256:";

/// A new key and what is stored of it.
pub struct Generated {
    /// Shown once, then gone.
    pub key: Secret,
    /// `sha256:<hex>` of the whole key, for the file.
    pub hash: String,
}

/// Makes a key for `id` out of [`RANDOM_BYTES`] bytes from a cryptographic generator.
pub fn generate(id: &str, random: &[u8; RANDOM_BYTES]) -> Result<Generated, IdError> {
    check_id(id)?;
    // Reserved in full, so that no reallocation leaves a copy behind.
    let mut key = String::with_capacity(PREFIX.len() + id.len() + 1 + SECRET_CHARS + CHECKSUM_CHARS);
    key.push_str(PREFIX);
    key.push_str(id);
    key.push('_');
    let (words, _) = random.as_chunks::<16>();
    for word in words {
        push_base62(&mut key, u128::from_le_bytes(*word), SECRET_CHARS / words.len());
    }
    let checksum = crc32fast::hash(key.as_bytes());
    push_base62(&mut key, u128::from(checksum), CHECKSUM_CHARS);
    let hash = write_hash(&digest(&key));
    Ok(Generated {
        key: Secret::from(key),
        hash,
    })
}

/// An id in BAF's style (`u0` and eight characters) for a credential that is given none.
pub fn fresh_id(random: &[u8; 8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |byte: &u8| {
        ALPHABET
            .get(usize::from(byte % 32))
            .map_or('0', |letter| char::from(*letter))
    };
    std::iter::once('u')
        .chain(std::iter::once('0'))
        .chain(random.iter().map(letter))
        .collect()
}

/// An id that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {ID_BYTES} characters out of a-z, 0-9 and `-`")]
pub struct IdError;

/// Whether `id` can name a credential: `[a-z0-9-]{1,64}`; an underscore would be taken for the separator.
pub fn check_id(id: &str) -> Result<(), IdError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !id.is_empty() && id.len() <= ID_BYTES && id.bytes().all(fits) {
        Ok(())
    } else {
        Err(IdError)
    }
}

/// What a presented key looks like.
pub(super) enum Spelling<'k> {
    /// One of ours, complete.
    Ours { id: &'k str },
    /// Begins like one of ours and is not.
    Wrong,
    /// Something else: perhaps a literal secret.
    Other,
}

impl<'k> Spelling<'k> {
    pub(super) fn of(key: &'k str) -> Self {
        match key.strip_prefix(PREFIX) {
            None => Self::Other,
            Some(rest) => Self::read(key, rest).map_or(Self::Wrong, |id| Self::Ours { id }),
        }
    }

    fn read(key: &'k str, rest: &'k str) -> Option<&'k str> {
        let (id, secret) = rest.split_once('_')?;
        check_id(id).ok()?;
        let long_enough = secret.len() >= SECRET_CHARS + CHECKSUM_CHARS;
        if !long_enough || !secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (body, checksum) = key.split_at_checked(key.len() - CHECKSUM_CHARS)?;
        let mut expected = String::with_capacity(CHECKSUM_CHARS);
        push_base62(
            &mut expected,
            u128::from(crc32fast::hash(body.as_bytes())),
            CHECKSUM_CHARS,
        );
        (checksum == expected).then_some(id)
    }
}

/// The digest by which a key is stored and found.
pub(super) fn digest(key: &str) -> Digest {
    let mut out = [0; 32];
    let digest = aws_lc_rs::digest::digest(&SHA256, key.as_bytes());
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}

pub(super) fn write_hash(digest: &Digest) -> String {
    let mut text = String::with_capacity(HASH_PREFIX.len() + 64);
    text.push_str(HASH_PREFIX);
    for digit in digest.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.extend(char::from_digit(u32::from(digit), 16));
    }
    text
}

pub(super) fn read_hash(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix(HASH_PREFIX)?.as_bytes();
    let (pairs, rest) = hex.as_chunks::<2>();
    let mut digest = [0; 32];
    if pairs.len() != digest.len() || !rest.is_empty() {
        return None;
    }
    for (to, [high, low]) in digest.iter_mut().zip(pairs) {
        *to = digit(*high)? << 4 | digit(*low)?;
    }
    Some(digest)
}

fn digit(hex: u8) -> Option<u8> {
    match hex {
        b'0'..=b'9' => Some(hex - b'0'),
        b'a'..=b'f' => Some(hex - b'a' + 10),
        _ => None,
    }
}

/// Writes the last `digits` base62 digits of `number`. With 128 random bits for ten digits the bias is below 2⁻⁶⁸.
fn push_base62(out: &mut String, mut number: u128, digits: usize) {
    let mut text = Zeroizing::new([b'0'; SECRET_CHARS]);
    for place in text.iter_mut().take(digits) {
        *place = BASE62.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    out.extend(text.iter().take(digits).rev().map(|letter| char::from(*letter)));
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "tests")]
mod tests {
    use super::*;

    fn key(id: &str, fill: u8) -> String {
        let generated = generate(id, &[fill; RANDOM_BYTES]).unwrap();
        generated.key.expose_str().unwrap().to_owned()
    }

    #[test]
    fn a_key_says_whose_it_is_and_ends_with_its_checksum() {
        let key = key("app-1", 7);
        assert!(key.starts_with("callgate_app-1_"));
        assert_eq!(key.len(), "callgate_app-1_".len() + 46);
        assert!(matches!(Spelling::of(&key), Spelling::Ours { id: "app-1" }));
    }

    #[test]
    fn the_stored_hash_is_that_of_the_whole_key() {
        let generated = generate("app", &[1; RANDOM_BYTES]).unwrap();
        let digest = digest(generated.key.expose_str().unwrap());
        assert_eq!(read_hash(&generated.hash), Some(digest));
        assert_eq!(write_hash(&digest), generated.hash);
    }

    #[test]
    fn every_changed_cut_or_added_character_is_noticed() {
        let key = key("app", 9);
        for at in "callgate_app".len()..key.len() {
            let mut changed = key.clone().into_bytes();
            changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
            assert!(
                matches!(Spelling::of(&String::from_utf8(changed).unwrap()), Spelling::Wrong),
                "{at}"
            );
            assert!(matches!(Spelling::of(&key[..at]), Spelling::Wrong), "{at}");
        }
        assert!(matches!(Spelling::of(&format!("{key}0")), Spelling::Wrong));
        assert!(matches!(Spelling::of(&format!("{key}é")), Spelling::Wrong));
        assert!(matches!(Spelling::of(&key.to_uppercase()), Spelling::Other));
    }

    #[test]
    fn ids_hold_at_the_limit_and_fail_one_further() {
        assert_eq!(check_id(&"a".repeat(ID_BYTES)), Ok(()));
        assert_eq!(check_id(&"a".repeat(ID_BYTES + 1)), Err(IdError));
        for id in ["", "A", "a_b", "a b", "é", "a/b", "a\n"] {
            assert_eq!(check_id(id), Err(IdError), "{id:?}");
        }
        assert_eq!(check_id("u0abcd1234"), Ok(()));
        assert_eq!(check_id(&fresh_id(&[0, 1, 2, 3, 31, 32, 254, 255])), Ok(()));
    }

    #[test]
    fn hashes_have_one_spelling() {
        let good = write_hash(&[0xab; 32]);
        assert_eq!(read_hash(&good), Some([0xab; 32]));
        for bad in [
            good.to_uppercase(),
            good.replace("sha256", "sha1"),
            format!("{good}0"),
            good[..70].to_owned(),
        ] {
            assert_eq!(read_hash(&bad), None, "{bad}");
        }
    }
}
