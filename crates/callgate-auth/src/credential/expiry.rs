//! Expiry times of credential files: RFC 3339 with an offset, or unix seconds.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Not a usable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time such as `2030-01-31T12:00:00Z` (with an offset) or unix seconds, not before 1970")]
pub struct TimeError;

/// Reads a time as unix seconds; fractions are cut off.
pub fn parse_time(text: &str) -> Result<u64, TimeError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Four digits are more likely a year than a second of 1970.
    if digits && text.len() > 4 {
        let seconds = text.parse::<i64>().map_err(|_| TimeError)?;
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| TimeError)?;
        return u64::try_from(seconds).map_err(|_| TimeError);
    }
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimeError)?;
    u64::try_from(time.unix_timestamp()).map_err(|_| TimeError)
}

/// Writes unix seconds as RFC 3339 in UTC; `None` beyond the year 9999.
pub fn write_time(seconds: u64) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    time.format(&Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        assert_eq!(parse_time("2030-01-31T12:00:00Z"), Ok(1_896_091_200));
        assert_eq!(parse_time("2030-01-31T13:00:00.9+01:00"), Ok(1_896_091_200));
        assert_eq!(parse_time("1896091200"), Ok(1_896_091_200));
        assert_eq!(write_time(1_896_091_200).as_deref(), Some("2030-01-31T12:00:00Z"));
    }

    #[test]
    fn refuses_what_could_be_read_two_ways() {
        for text in [
            "",
            "2030",
            "2030-01-31",
            "2030-01-31T12:00:00",
            "tomorrow",
            "-1",
            "1969-12-31T23:59:59Z",
            "1e9",
            "99999999999999",
            "99999999999999999999",
        ] {
            assert_eq!(parse_time(text), Err(TimeError), "{text}");
        }
    }
}
