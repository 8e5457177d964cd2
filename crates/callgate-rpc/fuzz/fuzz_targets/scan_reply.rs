//! Answers as a broken or hostile node writes them: nothing panics, and what is relayed is one JSON value.
#![no_main]

use callgate_rpc::{
    BatchReply, NodeMessage, Outcome, Reply, ReplyLimits, read_text, scan_batch, scan_message, scan_reply,
};
use callgate_rpc::{Id, write_node_error};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // As deep as the second reader goes.
    let limits = ReplyLimits {
        depth: 100,
        ..ReplyLimits::default()
    };
    if let Ok(reply) = scan_reply(bytes, &limits) {
        check(&reply);
    }
    match scan_message(bytes, &limits) {
        Ok(NodeMessage::Reply(reply)) => check(&reply),
        Ok(NodeMessage::Batch(replies)) => {
            assert_eq!(scan_batch(bytes, &limits), Ok(BatchReply::Replies(replies.clone())));
            replies.iter().for_each(check);
        }
        Ok(NodeMessage::Notification(news)) => assert!(is_json(news.result)),
        Err(_) => {}
    }
    let _ = read_text(bytes);
});

fn check(reply: &Reply<'_>) {
    match reply.outcome {
        Outcome::Result(result) => assert!(is_json(result)),
        Outcome::Error(error) => {
            let mut out = Vec::new();
            write_node_error(&mut out, &Id::Null, error.raw);
            assert!(is_json(&out));
        }
    }
}

/// By grammar: numbers of any size and lone surrogates may pass.
fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}
