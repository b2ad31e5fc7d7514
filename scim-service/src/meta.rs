//! What the service knows about a resource (RFC 7643 §3.1).

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use compact_str::CompactString;
use scim_core::json;
use scim_schema::Projection;

use crate::{Context, Stored};

/// The attribute `meta` of a resource.
pub(crate) struct Meta<'a> {
    cx: &'a Context,
    stored: &'a Stored,
    location: &'a str,
    created: CompactString,
    modified: CompactString,
}

impl<'a> Meta<'a> {
    pub(crate) fn new(cx: &'a Context, stored: &'a Stored, location: &'a str) -> Self {
        let (created, modified) = (instant(stored.created), instant(stored.modified));
        Self { cx, stored, location, created, modified }
    }

    /// Its sub-attributes by name.
    pub(crate) fn members(&self) -> [(&'static str, &str); 5] {
        [
            ("resourceType", self.cx.resource_type()),
            ("created", &self.created),
            ("lastModified", &self.modified),
            ("location", self.location),
            ("version", self.stored.version.as_tag()),
        ]
    }

    /// Adds what is asked for of it to an object that is being written.
    pub(crate) fn write(&self, want: &Projection, text: &mut Vec<u8>) {
        let start = text.len();
        json::write_name("meta", text);
        text.push(b'{');
        let open = text.len();
        let is_included = want.includes_in("meta");
        for (name, value) in self.members().into_iter().filter(|(name, _)| is_included(name)) {
            json::write_name(name, text);
            json::write_text(value, text);
        }
        if text.len() > open {
            text.push(b'}');
        } else {
            text.truncate(start);
        }
    }
}

/// An instant in UTC, to the millisecond, of a length that needs no allocation.
fn instant(time: DateTime<Utc>) -> CompactString {
    let utc = time.naive_utc();
    let (year, nanosecond) = (utc.year(), utc.nanosecond());
    let usual = (0..=9999).contains(&year) && nanosecond < 1_000_000_000;
    if !usual {
        return time.to_rfc3339_opts(SecondsFormat::Millis, true).into();
    }
    let (year, milliseconds) = (year.unsigned_abs(), nanosecond / 1_000_000);
    let [y1, y2] = [year / 100, year % 100].map(two_digits);
    let [mo, d] = [utc.month(), utc.day()].map(two_digits);
    let [h, mi, s] = [utc.hour(), utc.minute(), utc.second()].map(two_digits);
    let [ms1, ms2] = [milliseconds / 10, milliseconds % 10 * 10].map(two_digits);
    let text = [
        y1[0], y1[1], y2[0], y2[1], b'-', mo[0], mo[1], b'-', d[0], d[1], b'T', h[0], h[1], b':',
        mi[0], mi[1], b':', s[0], s[1], b'.', ms1[0], ms1[1], ms2[0], b'Z',
    ];
    str::from_utf8(&text).unwrap_or_default().into()
}

fn two_digits(number: u32) -> [u8; 2] {
    [number / 10, number % 10].map(|digit| b'0' + digit as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expect_as_chrono(time: DateTime<Utc>) {
        assert_eq!(instant(time), time.to_rfc3339_opts(SecondsFormat::Millis, true));
    }

    #[test]
    fn years_of_any_length_and_leap_seconds_are_written() {
        for text in [
            "0000-01-01T00:00:00Z",
            "0999-12-31T23:59:59.999Z",
            "9999-12-31T23:59:59.999999999Z",
            "2016-12-31T23:59:60Z",
            "2016-12-31T23:59:60.5Z",
        ] {
            expect_as_chrono(text.parse().unwrap());
        }
        expect_as_chrono(DateTime::<Utc>::MIN_UTC);
        expect_as_chrono(DateTime::<Utc>::MAX_UTC);
    }

    proptest! {
        #[test]
        fn instants_are_written_as_chrono_writes_them(
            second in -99_999_999_999_i64..999_999_999_999,
            nanosecond in 0_u32..1_000_000_000,
        ) {
            expect_as_chrono(DateTime::from_timestamp(second, nanosecond).unwrap());
        }
    }
}
