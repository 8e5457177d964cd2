//! Raw transactions: no bytes panic, and what decodes keeps its bytes and one hash.
#![no_main]

use callgate_eth::transaction::decode;

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    if let Ok(decoded) = decode(raw) {
        assert_eq!(decoded.bytes(), raw);
        assert_eq!(decode(decoded.bytes()).map(|again| again.hash()), Ok(decoded.hash()));
        let _ = decoded.sender();
        for authorization in decoded.authorizations() {
            let _ = authorization.authority();
        }
    }
});
