//! Restricted transactions of the EEA: no bytes panic, and what decodes keeps its bytes and names its participants.
#![no_main]

use callgate_eth::transaction::{decode, decode_quorum_private, decode_restricted};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    if let Ok(decoded) = decode_restricted(raw) {
        assert_eq!(decoded.bytes(), raw);
        assert!(decoded.privacy().from.is_some() && decoded.value().is_zero());
        assert_eq!(decoded.is_protected(), decoded.chain_id().is_some());
        assert_eq!(decode_restricted(decoded.bytes()).map(|again| again.sender()), Ok(decoded.sender()));
        assert!(decode(raw).is_err() && decode_quorum_private(raw).is_err());
    }
});
