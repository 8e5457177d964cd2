//! `callgate credential new|rotate|list`: the secret is shown once, the file keeps a hash.

use crate::cli::{Credential, ListCredentials, NewCredential, RotateCredential};
use crate::exit::{Exit, Failure, fail};
use crate::files;
use crate::output::{remark, say};
use base64::Engine;
use callgate_auth::credential::{self, Generated, RANDOM_BYTES};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(super) fn run(action: &Credential) -> Result<Exit, Failure> {
    match action {
        Credential::New(options) => new(options),
        Credential::Rotate(options) => rotate(options),
        Credential::List(options) => list(options),
    }
}

fn new(options: &NewCredential) -> Result<Exit, Failure> {
    let expires = options
        .expires
        .as_deref()
        .map(|time| {
            credential::parse_time(time).map_err(|error| fail(Exit::Usage, format_args!("--expires `{time}`: {error}")))
        })
        .transpose()?;
    let generated = generate(&options.id)?;
    let name = options.file.display().to_string();
    let text = files::read_if_there(&options.file)?.unwrap_or_default();
    let entry = credential::NewCredential {
        id: &options.id,
        hash: &generated.hash,
        tenant: options.tenant.as_deref(),
        expires,
    };
    let text = credential::add(&name, &text, &entry).map_err(|error| refuse(&name, &error))?;
    files::replace(&options.file, &text)?;
    show(&options.id, &generated)
}

fn rotate(options: &RotateCredential) -> Result<Exit, Failure> {
    let keep = span(&options.keep)?;
    let generated = generate(&options.id)?;
    let name = options.file.display().to_string();
    let text = files::read(&options.file)?;
    let until = unix_seconds() + keep.as_secs();
    let text =
        credential::rotate(&name, &text, &options.id, &generated.hash, until).map_err(|error| refuse(&name, &error))?;
    files::replace(&options.file, &text)?;
    remark(format_args!(
        "The secret before this one works on for {}.",
        options.keep
    ));
    show(&options.id, &generated)
}

fn list(options: &ListCredentials) -> Result<Exit, Failure> {
    let name = options.file.display().to_string();
    let text = files::read(&options.file)?;
    let listed = credential::list(&name, &text).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        fail(Exit::BadPolicy, format_args!("{}\n", lines.join("\n")))
    })?;
    say(format_args!(
        "{:<32} {:<16} {:<10} {:<21} PREVIOUS SECRET UNTIL",
        "ID", "TENANT", "STATE", "EXPIRES"
    ));
    let now = unix_seconds();
    for one in listed {
        let state = match (one.disabled, one.expires) {
            (true, _) => "disabled",
            (_, Some(end)) if end <= now => "expired",
            _ => "live",
        };
        let time = |at: Option<u64>| at.and_then(credential::write_time).unwrap_or_else(|| "-".to_owned());
        say(format_args!(
            "{:<32} {:<16} {state:<10} {:<21} {}",
            one.id,
            one.tenant.as_deref().unwrap_or("-"),
            time(one.expires),
            time(one.previous_expires.filter(|until| *until > now)),
        ));
    }
    Ok(Exit::Done)
}

/// The three ways to present the key, ready to paste. Remarks go to standard error, so that `| cut` gets the key alone.
fn show(id: &str, generated: &Generated) -> Result<Exit, Failure> {
    let key = generated
        .key
        .expose_str()
        .ok_or_else(|| fail(Exit::Internal, "a generated key is not text"))?;
    say(key);
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{key}"));
    remark(format_args!(
        "\nThis is the only time the key is shown. Present it as one of\n  \
         Authorization: Bearer {key}\n  \
         Authorization: Basic {basic}\n  \
         X-Api-Key: {key}\nas the policy's `appcreds` section allows."
    ));
    Ok(Exit::Done)
}

fn generate(id: &str) -> Result<Generated, Failure> {
    let mut random = zeroize::Zeroizing::new([0; RANDOM_BYTES]);
    getrandom::fill(random.as_mut_slice()).map_err(|error| {
        fail(
            Exit::Internal,
            format_args!("the system gives no random bytes: {error}"),
        )
    })?;
    credential::generate(id, &random).map_err(|error| fail(Exit::Usage, format_args!("--id `{id}`: id {error}")))
}

fn refuse(name: &str, error: &credential::EditError) -> Failure {
    let exit = match error {
        credential::EditError::Unreadable(_) | credential::EditError::WouldBreak(_) => Exit::BadPolicy,
        _ => Exit::Usage,
    };
    fail(exit, format_args!("`{name}`: {error}"))
}

/// `90s`, `15m`, `24h` or `7d`.
fn span(text: &str) -> Result<Duration, Failure> {
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => 0,
    };
    text.get(..text.len().saturating_sub(1))
        .and_then(|count| count.parse::<u64>().ok())
        .and_then(|count| count.checked_mul(unit))
        .filter(|seconds| *seconds > 0 && *seconds <= LONGEST_KEEP_SECS)
        .map(Duration::from_secs)
        .ok_or_else(|| {
            fail(
                Exit::Usage,
                format_args!("--keep `{text}`: expected a number with s, m, h or d, at most 90d"),
            )
        })
        .or_else(|failure| if text == "0" { Ok(Duration::ZERO) } else { Err(failure) })
}

/// An old secret that lives longer than a quarter was not rotated.
const LONGEST_KEEP_SECS: u64 = 90 * 86_400;

fn unix_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("24h", 86_400), ("7d", 604_800), ("0", 0)] {
            assert_eq!(span(text).unwrap().as_secs(), seconds, "{text}");
        }
        for text in ["", "24", "h", "-1h", "1.5h", "91d", "18446744073709551615d", "1ч"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
