//! `callgate schema`: the JSON Schema of the policy file.

use crate::exit::{Exit, Failure};
use crate::output::say;

pub(super) fn run() -> Result<Exit, Failure> {
    say(callgate_policy::schema().trim_end());
    Ok(Exit::Done)
}
