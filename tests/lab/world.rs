//! The world that every node of the lab is put into: who has money, what code is where, and the words by which an answer or
//! a block gives away what was executed.

use crate::support::Wallet;
use alloy_primitives::keccak256;

/// The chain id of every node of the lab.
pub(crate) const CHAIN_ID: u64 = 1337;

/// The account whose key every node of the lab has, unlocked: the first one of the development mnemonic.
pub(crate) const UNLOCKED: &str = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

/// Whom the policy lets be paid, up to `MOST` wei.
pub(crate) const GOOD: &str = "0x600d00000000000000000000000000000000a11c";

/// Whom nobody may pay.
pub(crate) const EVIL: &str = "0xbad000000000000000000000000000000000eeee";

/// The most wei that the policy lets GOOD be paid at once.
pub(crate) const MOST: u128 = 1_000_000;

/// An account that holds `GOOD_BALANCE` wei and that nobody ever pays: who reads it sees that very number.
pub(crate) const GOOD_SAVER: &str = "0x600d000000000000000000000000000000005a7e";

/// Like `GOOD_SAVER`, with `EVIL_BALANCE`.
pub(crate) const EVIL_SAVER: &str = "0xbad0000000000000000000000000000000005a7e";

/// What GOOD_SAVER holds, in wei.
pub(crate) const GOOD_BALANCE: u64 = 0x600d_600d;

/// What EVIL_SAVER holds, in wei.
pub(crate) const EVIL_BALANCE: u64 = 0x0bad_0bad;

/// A contract that answers any call with `GOOD_WORD`; the policy lets `read()` of it be called. Made by `deployer()` with nonce 0.
pub(crate) const GOOD_CONTRACT: &str = "0x663f3ad617193148711d28f5334ee4ed07016602";

/// A contract that answers any call with `EVIL_WORD`; the policy lets nobody call it. Made by `deployer()` with nonce 1.
pub(crate) const EVIL_CONTRACT: &str = "0x2e983a1ba5e8b38aaaec4b440b9ddcfbf72e15d1";

/// The calldata of `read()`.
pub(crate) const READ: &str = "0x57de26a4";

/// The calldata of `other()`, which no rule lets anybody call.
pub(crate) const OTHER: &str = "0x85295877";

/// What GOOD_CONTRACT answers.
pub(crate) const GOOD_WORD: &str = "0x600d600d600d600d600d600d600d600d600d600d600d600d600d600d600d600d";

/// What EVIL_CONTRACT answers.
pub(crate) const EVIL_WORD: &str = "0x0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad0bad";

/// Who makes the two contracts.
pub(crate) fn deployer() -> Wallet {
    Wallet::development(2)
}

/// The wallet of case `number`: it has a little money, and nonce 0.
pub(crate) fn sender(number: usize) -> Wallet {
    Wallet::from_key(keccak256(format!("sender of case {number}")))
}
