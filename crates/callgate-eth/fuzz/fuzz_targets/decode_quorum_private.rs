//! Private transactions of GoQuorum: no bytes panic, and what decodes keeps its bytes, its mark and one hash.
#![no_main]

use callgate_eth::transaction::{decode, decode_quorum_private};

libfuzzer_sys::fuzz_target!(|raw: &[u8]| {
    if let Ok(decoded) = decode_quorum_private(raw) {
        assert_eq!(decoded.bytes(), raw);
        assert!(decoded.is_private() && decoded.chain_id().is_none() && decoded.value().is_zero());
        assert_eq!(decoded.payload_hash().map(|hash| hash.as_slice()), Some(decoded.input()));
        let _ = decoded.sender();
        // Elsewhere the same bytes are a transaction of chain 1.
        let public = decode(raw).map(|public| (public.chain_id(), public.hash()));
        assert_eq!(public, Ok((Some(1), decoded.hash())));
    }
});
