//! PEM files (RFC 7468) with public keys or certificates.

use super::{KEY_TRIES, KEYS_BYTES, Key, KeyError, KeyFault, der};

/// Reads every block of `text`; one bad block spoils the file, since an operator wrote it.
pub(super) fn read(text: &str) -> Result<Vec<Key>, KeyError> {
    if text.len() > KEYS_BYTES {
        return Err(KeyError::TooLarge);
    }
    let blocks = pem::parse_many(text).map_err(|_| KeyError::NotPem)?;
    if blocks.is_empty() {
        return Err(KeyError::NotPem);
    }
    if blocks.len() > KEY_TRIES {
        return Err(KeyError::TooManyPem);
    }
    let read = |(at, block): (usize, &pem::Pem)| key(block).map_err(|fault| KeyError::Pem { index: at + 1, fault });
    blocks.iter().enumerate().map(read).collect()
}

fn key(block: &pem::Pem) -> Result<Key, KeyFault> {
    let material = match block.tag() {
        "PUBLIC KEY" => der::spki(block.contents())?,
        "RSA PUBLIC KEY" => der::rsa_public_key(block.contents())?,
        "CERTIFICATE" => der::certificate(block.contents())?,
        label if label.ends_with("PRIVATE KEY") => return Err(KeyFault::Private),
        _ => return Err(KeyFault::Type),
    };
    material.into_key(None, None)
}
