//! Answers as a broken or hostile node writes them: no bytes panic, and `null` passes only where a method may answer it.
#![no_main]

use callgate_eth::catalogue;
use callgate_rpc::{Outcome, ReplyLimits, scan_reply};

libfuzzer_sys::fuzz_target!(|input: (u16, &[u8])| {
    let (choice, answer) = input;
    let methods = catalogue::all();
    let kinds = methods[usize::from(choice) % methods.len()].answer();
    if let Ok(reply) = scan_reply(answer, &ReplyLimits::default())
        && let Outcome::Result(result) = reply.outcome
    {
        let passes = kinds.check(result).is_ok();
        // White space around a value changes nothing about its kind.
        let spaced = [b" ", result, b"\n"].concat();
        assert_eq!(kinds.check(spaced.trim_ascii()).is_ok(), passes);
    }
});
