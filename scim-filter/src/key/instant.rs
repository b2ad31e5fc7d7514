//! Dates with a time (RFC 7643 §2.3.5, xsd:dateTime).

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use compact_str::CompactString;

/// `YYYY-MM-DDThh:mm:ss` in UTC and the fraction without trailing zeros. What has no fraction is
/// a prefix of what has one, and sorts before it.
pub(super) fn key(text: &str) -> Option<CompactString> {
    let (seconds, rest) = text.split_at_checked("YYYY-MM-DDThh:mm:ss".len())?;
    let (fraction, zone) = fraction(rest)?;
    let offset = offset(zone)?;
    let (date, midnight) = local(seconds)?;
    let mut key = match (offset, midnight) {
        (0, false) => CompactString::from(seconds),
        (_, true) if !fraction.is_empty() => return None,
        (_, next_day) => {
            let ahead = TimeDelta::minutes(if next_day { 24 * 60 } else { 0 } - offset);
            written(date.checked_add_signed(ahead)?)?
        }
    };
    if !fraction.is_empty() {
        key.push('.');
        key.push_str(fraction);
    }
    Some(key)
}

fn written(utc: NaiveDateTime) -> Option<CompactString> {
    let year = u32::try_from(utc.year()).ok().filter(|year| *year <= 9999)?;
    let mut key = CompactString::default();
    let parts = [
        (None, year / 100),
        (None, year % 100),
        (Some('-'), utc.month()),
        (Some('-'), utc.day()),
        (Some('T'), utc.hour()),
        (Some(':'), utc.minute()),
        (Some(':'), utc.second()),
    ];
    for (sign, part) in parts {
        key.extend(sign);
        key.push(char::from_digit(part / 10, 10)?);
        key.push(char::from_digit(part % 10, 10)?);
    }
    Some(key)
}

/// The date and time as written. `24:00:00` is given as `00:00:00` and `true`: it ends the day.
fn local(text: &str) -> Option<(NaiveDateTime, bool)> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] =
        text.as_bytes()
    else {
        return None;
    };
    let year = number([*y0, *y1])? * 100 + number([*y2, *y3])?;
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(year).ok()?,
        number([*m0, *m1])?,
        number([*d0, *d1])?,
    )?;
    let (hour, minute, second) = (number([*h0, *h1])?, number([*n0, *n1])?, number([*s0, *s1])?);
    let midnight = (hour, minute, second) == (24, 0, 0);
    let hour = if midnight { 0 } else { hour };
    Some((date.and_hms_opt(hour, minute, second)?, midnight))
}

/// The fraction without trailing zeros, and what stands behind it.
fn fraction(text: &str) -> Option<(&str, &str)> {
    let Some(digits) = text.strip_prefix('.') else { return Some(("", text)) };
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let fraction = digits.get(..digits.len() - rest.len())?;
    if fraction.is_empty() { None } else { Some((fraction.trim_end_matches('0'), rest)) }
}

/// A zone, in minutes ahead of UTC; at most 14 hours (XML Schema Part 2 §3.2.7.3).
fn offset(zone: &str) -> Option<i64> {
    match zone.as_bytes() {
        [] | [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (number([*h0, *h1])?, number([*m0, *m1])?);
            let offset = i64::from(hours * 60 + minutes);
            let is_valid = minutes < 60 && offset <= 14 * 60;
            is_valid.then_some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}

fn number(digits: [u8; 2]) -> Option<u32> {
    let [tens, ones] = digits.map(|digit| char::from(digit).to_digit(10));
    Some(tens? * 10 + ones?)
}
