//! Credential files: nothing panics, and an edited file is still a file with what it should hold.
#![no_main]

use callgate_auth::credential::{InlineSecrets, NewCredential, Store, add, list, rotate};
use libfuzzer_sys::fuzz_target;

const HASH: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fuzz_target!(|text: &str| {
    let _ = Store::read("f", text, InlineSecrets::Refused);
    let Ok(before) = list("f", text) else { return };
    let new = NewCredential { id: "new", hash: HASH, tenant: Some("t"), expires: Some(1_800_000_000) };
    if let Ok(after) = add("f", text, &new) {
        assert_eq!(list("f", &after).map(|after| after.len()), Ok(before.len() + 1));
    }
    for listed in before.iter().take(3) {
        if let Ok(after) = rotate("f", text, &listed.id, HASH, 1_800_000_000) {
            assert_eq!(list("f", &after).map(|after| after.len()), Ok(before.len()));
        }
    }
});
