//! Numbers (RFC 7643 §2.3.3, §2.3.4).

use compact_str::CompactString;

/// The exponents that a key can hold: far more than a 64-bit float, little enough for four digits.
const BOUND: i64 = 4999;

/// `0`; or `p`, the exponent and the digits; or `-`, and the nine's complements of both with `~`
/// behind them. Read as 0.DIGITS × 10^exponent, the exponent offset by 5000.
pub(super) fn key(text: &str) -> Option<CompactString> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let number = Number::read(text)?;
    let (leading, digits) = number.significant();
    if digits.clone().next().is_none() {
        return Some(CompactString::const_new("0"));
    }
    let point = i64::try_from(number.int.len()).ok()? - i64::try_from(leading).ok()?;
    let exponent = point.checked_add(number.exponent?)?;
    if !(-BOUND..=BOUND).contains(&exponent) {
        return None;
    }
    Some(write(negative, exponent, digits))
}

/// The key of a whole number.
pub(super) fn integer_key(number: i64) -> CompactString {
    let mut rest = number.unsigned_abs();
    if rest == 0 {
        return CompactString::const_new("0");
    }
    let mut places = [b'0'; 20];
    let mut len = 0;
    for place in places.iter_mut().rev() {
        if rest == 0 {
            break;
        }
        *place = b'0' + (rest % 10) as u8;
        rest /= 10;
        len += 1;
    }
    let digits = places.get(places.len() - len..).unwrap_or_default();
    let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
    write(number < 0, len as i64, digits.iter().copied().take(len - zeros))
}

fn write(negative: bool, exponent: i64, digits: impl Iterator<Item = u8>) -> CompactString {
    let mut key = CompactString::default();
    key.push(if negative { '-' } else { 'p' });
    let offset = if negative { BOUND - exponent } else { BOUND + 1 + exponent };
    for unit in [1000, 100, 10, 1] {
        key.push(char::from(b'0' + (offset / unit % 10) as u8));
    }
    if negative {
        key.extend(digits.map(|digit| char::from(b'0' + b'9' - digit)));
        key.push('~');
    } else {
        key.extend(digits.map(char::from));
    }
    key
}

/// A number as its key has it: 0.DIGITS × 10^exponent; without digits it is 0.
#[cfg(feature = "sql")]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    pub(crate) exponent: i64,
    pub(crate) digits: String,
}

#[cfg(feature = "sql")]
impl Decimal {
    /// The number that this is the key of; `None` if it is the key of no number.
    pub(crate) fn of(key: &super::Key) -> Option<Self> {
        let key = key.as_str();
        if key == "0" {
            return Some(Self { negative: false, exponent: 0, digits: String::new() });
        }
        let (negative, rest) = match key.strip_prefix('-') {
            Some(rest) => (true, rest.strip_suffix('~')?),
            None => (false, key.strip_prefix('p')?),
        };
        let (offset, digits) = rest.split_at_checked(4)?;
        let offset: i64 = offset.parse().ok()?;
        if !negative {
            let exponent = offset - BOUND - 1;
            return Some(Self { negative, exponent, digits: digits.to_owned() });
        }
        let digits = digits.bytes().map(|digit| char::from(b'0' + b'9' - digit)).collect();
        Some(Self { negative, exponent: BOUND - offset, digits })
    }
}

/// A number in JSON's notation, without its sign.
struct Number<'a> {
    int: &'a str,
    frac: &'a str,
    /// `None` if it is beyond all bounds.
    exponent: Option<i64>,
}

impl<'a> Number<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, signed(exponent)?),
            None => (text, Some(0)),
        };
        let (int, frac) = match mantissa.split_once('.') {
            Some((int, frac)) if are_digits(frac) => (int, frac),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let is_int = are_digits(int) && (int.len() == 1 || !int.starts_with('0'));
        is_int.then_some(Self { int, frac, exponent })
    }

    /// How many zeros come first, and the digits from there to the last that is not zero.
    fn significant(&self) -> (usize, impl Iterator<Item = u8> + Clone + 'a) {
        let digits = self.int.bytes().chain(self.frac.bytes());
        let leading = digits.clone().take_while(|digit| *digit == b'0').count();
        let trailing = digits.clone().rev().take_while(|digit| *digit == b'0').count();
        let len = self.int.len() + self.frac.len();
        (leading, digits.skip(leading).take(len.saturating_sub(leading + trailing)))
    }
}

/// An exponent; `Some(None)` if it has more than nine digits.
fn signed(text: &str) -> Option<Option<i64>> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !are_digits(digits) {
        return None;
    }
    let value = digits.trim_start_matches('0');
    if value.len() > 9 {
        return Some(None);
    }
    let value = value.bytes().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(Some(if text.starts_with('-') { -value } else { value }))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
