//! The demo's JSON Web Token: signed with the public secret of `policies/quickstart.yaml`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The secret in the policy: public, so worth nothing outside the demo.
const SECRET: &[u8] = b"callgate-demo-only-this-secret-is-public";

/// A day: longer than anybody looks at a demo.
const LIFETIME_SECS: u64 = 86_400;

/// A token for the owner of `wallet` (0x and 40 lower-case hex digits), valid from `now` (unix seconds).
pub(super) fn mint(wallet: &str, now: u64) -> String {
    let claims = format!(
        r#"{{"iss":"https://demo.example","aud":"callgate","sub":"alice","wallet":"{wallet}","iat":{now},"exp":{}}}"#,
        now + LIFETIME_SECS
    );
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET);
    let tag = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}
