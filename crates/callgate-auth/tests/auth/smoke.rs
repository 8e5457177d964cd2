//! Arbitrary input never panics, and what is read at all keeps its promises. The fuzz targets go deeper.

use crate::common::*;
use base64::Engine as _;
use callgate_auth::credential::{InlineSecrets, NewCredential, Store, add, list, parse_time, rotate};
use callgate_auth::jwt::KeySet;
use callgate_auth::{Place, Places, Switches};
use proptest::prelude::*;

const HASH: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

proptest! {
    #[test]
    fn tokens(text in ".{0,200}", header in ".{0,60}", payload in ".{0,60}") {
        let verifier = verifier();
        prop_assert!(verifier.verify(&text, NOW).is_err());
        let encoded = format!("{}.{}.AAAA", B64.encode(&header), B64.encode(&payload));
        prop_assert!(verifier.verify(&encoded, NOW).is_err());
        let _ = verifier.shape(&encoded);
    }

    #[test]
    fn key_sets(text in ".{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(KeySet::from_jwks(&text).is_err());
        prop_assert!(KeySet::from_pem(&text).is_err());
        for tag in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"] {
            prop_assert!(KeySet::from_pem(&pem::encode(&pem::Pem::new(tag, bytes.clone()))).is_err());
        }
    }

    #[test]
    fn credential_files(text in "[-\\[\\]{}:,\"'#&*!|>%@ \r\nidhashprevous~0-9a]{0,120}", any in "\\PC{0,120}") {
        for text in [text, any] {
            let _ = Store::read("f", &text, InlineSecrets::Allowed);
            let new = NewCredential { id: "new", hash: HASH, tenant: None, expires: Some(NOW) };
            if let Ok(before) = list("f", &text) && let Ok(after) = add("f", &text, &new) {
                prop_assert_eq!(list("f", &after).unwrap().len(), before.len() + 1);
            }
            let _ = rotate("f", &text, "a", HASH, NOW);
        }
    }

    #[test]
    fn times(text in ".{0,40}", digits in "[0-9TZ:+. -]{0,30}") {
        let _ = (parse_time(&text), parse_time(&digits));
    }

    #[test]
    fn requests(value in proptest::collection::vec(any::<u8>(), 0..80), query in ".{0,80}", name in "(?i)(authorization|cookie|x-key|.{0,9})") {
        let switches = Switches {
            basic: true,
            bearer: true,
            access_token: true,
            header: Some("X-Key".to_owned()),
            query: Some("k".to_owned()),
            cookie: Some("k".to_owned()),
        };
        let places = Places::new(Some(&switches), Some(&switches)).unwrap();
        let _ = places.extract([(name.as_str(), value.as_slice())], Some(&query));
    }

    #[test]
    fn lookups(key in ".{0,120}") {
        let store = Store::read("f", &format!("- {{ id: a, hash: {HASH} }}"), InlineSecrets::Refused).unwrap();
        for key in [key.clone(), format!("callgate_{key}"), format!("callgate_a_{key}")] {
            prop_assert!(store.find(&key, Place::Header, NOW).is_err());
            prop_assert!(store.find_pair("a", &key, Place::Basic, NOW).is_err());
        }
    }
}
