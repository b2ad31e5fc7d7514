//! Values of the simple types (RFC 7643 §2.3).

use std::fmt::{self, Write};

use scim_core::{Compat, Kind};
use scim_filter::Key;
use serde_json::{Number, Value};

use crate::Rule;

/// Brings a value into the form of its type.
///
/// # Errors
/// The rule it breaks, if it is not of that type and [`Compat`] does not let it be made so.
pub(crate) fn canonical(kind: Kind, value: &mut Value, compat: &Compat) -> Result<(), Rule> {
    if let Value::String(text) = value {
        if has_nul(text) {
            return Err(Rule::Nul);
        }
        if let Some(coerced) = coerce(kind, text, compat) {
            *value = coerced;
        }
    }
    match (kind, &*value) {
        (Kind::String | Kind::Reference, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) => {
            Ok(())
        }
        (Kind::Decimal, Value::Number(number)) => exact(number),
        (Kind::Integer, Value::Number(number)) if is_whole(number) => Ok(()),
        (Kind::DateTime, Value::String(text)) if Key::instant(text).is_some() => Ok(()),
        (Kind::Binary, Value::String(text)) if is_base64(text) => Ok(()),
        (kind, _) => Err(Rule::Type(description(kind))),
    }
}

/// Whether a text holds U+0000, eight bytes at a time.
pub(crate) fn has_nul(text: &str) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // The lowest byte of zero, if there is one, borrows and leaves its high bit set.
    let holds_zero = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word.wrapping_sub(ONES) & !word & HIGHS != 0
    };
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    words.iter().any(holds_zero)
        || match bytes.last_chunk::<8>() {
            Some(last) => holds_zero(last),
            None => rest.iter().fold(false, |found, byte| found | (*byte == 0)),
        }
}

fn description(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Decimal => "a number",
        Kind::Integer => "a whole number",
        Kind::DateTime => "a date and time",
        Kind::Binary => "base64",
        Kind::Complex => "an object",
        _ => "a string",
    }
}

/// A boolean or number that stands in a string.
fn coerce(kind: Kind, text: &str, compat: &Compat) -> Option<Value> {
    match kind {
        Kind::Boolean if compat.boolean_strings => {
            let is = |word| text.eq_ignore_ascii_case(word);
            (is("true") || is("false")).then(|| Value::Bool(is("true")))
        }
        Kind::Decimal | Kind::Integer if compat.numeric_strings => {
            text.parse::<Number>().ok().map(Value::Number)
        }
        _ => None,
    }
}

/// A whole number is written without a fraction and without an exponent (RFC 7643 §2.3.4).
fn is_whole(number: &Number) -> bool {
    number.is_i64() || number.is_u64()
}

/// A decimal of up to 15 significant digits is exact in every store.
fn exact(number: &Number) -> Result<(), Rule> {
    const DIGITS: usize = 15;
    let mut count = Significant::default();
    match write!(count, "{number}") {
        Ok(()) if count.digits <= DIGITS => Ok(()),
        _ => Err(Rule::Precision),
    }
}

/// Counts the significant digits of what is written to it.
#[derive(Default)]
struct Significant {
    digits: usize,
    /// Zeros that count if another digit follows.
    zeros: usize,
    exponent: bool,
}

impl Write for Significant {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'e' | b'E' => self.exponent = true,
                _ if self.exponent => {}
                b'0' if self.digits > 0 => self.zeros += 1,
                b'1'..=b'9' => {
                    self.digits += 1 + std::mem::take(&mut self.zeros);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Standard or URL-safe, padded or not (RFC 7643 §2.3.6, RFC 4648 §4, §5).
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let fits = match digits.len() % 4 {
        0 => padding == 0,
        1 => false,
        rest => padding == 0 || rest + padding == 4,
    };
    let kinds = digits
        .bytes()
        .fold(0, |kinds, byte| kinds | ALPHABET.get(usize::from(byte)).copied().unwrap_or(OTHER));
    fits && kinds & OTHER == 0 && kinds & (STANDARD | URL_SAFE) != STANDARD | URL_SAFE
}

const OTHER: u8 = 1;
const STANDARD: u8 = 2;
const URL_SAFE: u8 = 4;

/// Which alphabet a character belongs to; those of both have no bit.
const ALPHABET: [u8; 128] = {
    let mut table = [OTHER; 128];
    let mut at = 0;
    while at < table.len() {
        let byte = at as u8;
        #[expect(clippy::indexing_slicing, reason = "checked by the compiler: this is a constant")]
        {
            table[at] = match byte {
                b'+' | b'/' => STANDARD,
                b'-' | b'_' => URL_SAFE,
                _ if byte.is_ascii_alphanumeric() => 0,
                _ => OTHER,
            };
        }
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accepted(kind: Kind, value: Value, compat: &Compat) -> Option<Value> {
        let mut value = value;
        canonical(kind, &mut value, compat).is_ok().then_some(value)
    }

    /// RFC 7643 §2.3
    #[test]
    fn types_are_those_of_json_and_strings_become_them_only_leniently() {
        let cases = [
            (Kind::Boolean, json!("True"), json!(true)),
            (Kind::Boolean, json!("false"), json!(false)),
            (Kind::Decimal, json!("900.5"), json!(900.5)),
            (Kind::Integer, json!("7"), json!(7)),
        ];
        for (kind, sent, stored) in cases {
            assert_eq!(accepted(kind, sent.clone(), &Compat::STRICT), None, "{sent}");
            assert_eq!(accepted(kind, sent, &Compat::INTEROP), Some(stored));
        }
        for (kind, wrong) in [
            (Kind::Boolean, json!("yes")),
            (Kind::Boolean, json!(1)),
            (Kind::Integer, json!(1.0)),
            (Kind::Integer, json!("1.5")),
            (Kind::String, json!(1)),
            (Kind::Decimal, json!("a")),
            (Kind::DateTime, json!("2011-05-13")),
            (Kind::Binary, json!("!!")),
        ] {
            assert_eq!(accepted(kind, wrong.clone(), &Compat::INTEROP), None, "{wrong}");
        }
    }

    /// RFC 7643 §2.3.3, RFC 7643 §2.3.4
    #[test]
    fn large_integers_and_fifteen_digits_are_exact_and_more_are_refused() {
        assert!(
            accepted(Kind::Integer, json!(9_007_199_254_740_993_i64), &Compat::STRICT).is_some()
        );
        assert!(accepted(Kind::Decimal, json!(1234567890.12345), &Compat::STRICT).is_some());
        assert!(accepted(Kind::Decimal, json!(1234567890123456_i64), &Compat::STRICT).is_none());
        assert!(
            accepted(Kind::Decimal, json!(1_000_000_000_000_000_000_i64), &Compat::STRICT)
                .is_some()
        );
    }

    /// RFC 7643 §2.3.1
    #[test]
    fn the_character_of_zero_is_found_wherever_it_stands() {
        for length in 0..40 {
            for others in ["a", "\u{1}", "\u{7f}"] {
                let text = others.repeat(length);
                assert!(!has_nul(&text));
                for at in 0..length {
                    let mut text = text.clone();
                    text.replace_range(at..=at, "\0");
                    assert!(has_nul(&text), "{at} of {length}");
                }
            }
            assert!(!has_nul(&"\u{80}é😀".repeat(length)));
        }
    }

    /// RFC 7643 §2.3.6
    #[test]
    fn base64_may_lack_its_padding_and_be_url_safe() {
        for good in ["", "TQ==", "TQ", "TWE=", "TWE", "TWFu", "-_8", "+/8="] {
            assert!(accepted(Kind::Binary, json!(good), &Compat::STRICT).is_some(), "{good}");
        }
        for bad in ["T", "TQ=", "TWFu=", "T===", "=", "TQ==TQ==", "+_8", "T Q", "TQ\n", "é"] {
            assert!(accepted(Kind::Binary, json!(bad), &Compat::STRICT).is_none(), "{bad}");
        }
    }
}
