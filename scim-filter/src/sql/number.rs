//! Comparisons of numbers, which keys compare exactly (RFC 7643 §2.3.3, §2.3.4).

use std::cmp::Ordering;

use super::{
    Dialect, Holds, Param,
    leaf::{Sink, typed},
};
use crate::{Key, key::Decimal};

/// Up to here every whole number is a float of its own.
const MOST_EXACT: u64 = 1 << 53;

/// So many places PostgreSQL keeps behind the point.
const MOST_PLACES: usize = 16_383;

/// The comparison of a column of numbers with the number of this key; `None` if the column cannot
/// answer it.
pub(super) fn compare(
    sink: &mut Sink,
    sql: &str,
    holds: Holds,
    sign: &'static str,
    key: &Key,
) -> Option<String> {
    let number = Decimal::of(key)?;
    let is_small = |whole: i64| whole.unsigned_abs() < MOST_EXACT;
    Some(match (holds, sink.dialect) {
        (Holds::Integer, _) => with_whole(sink, sql, sign, &number),
        (Holds::Float, _) => with_float(sink, sql, sign, &number, key)?,
        // A whole number can be looked up among integers, too.
        (_, Dialect::Postgres) if number.whole().is_some() => with_whole(sink, sql, sign, &number),
        (_, Dialect::Postgres) => {
            let bound = sink.bind_text(&number.exact()?);
            let bound = typed(sink.dialect, &bound, "text");
            format!("{sql} {sign} {}", typed(sink.dialect, &bound, "numeric"))
        }
        (_, Dialect::Sqlite) if number.whole().is_some_and(is_small) => {
            with_whole(sink, sql, sign, &number)
        }
        (_, Dialect::Sqlite) if number.floor().is_some_and(is_small) => {
            with_float(sink, sql, sign, &number, key)?
        }
        // Out here floats are scarcer than whole numbers.
        (_, Dialect::Sqlite) => {
            let float = with_float(sink, sql, sign, &number, key)?;
            let whole = with_whole(sink, sql, sign, &number);
            format!("(typeof({sql}) = 'real' AND {float} OR typeof({sql}) <> 'real' AND {whole})")
        }
    })
}

/// The comparison of whole numbers with this one.
fn with_whole(sink: &mut Sink, sql: &str, sign: &'static str, number: &Decimal) -> String {
    let bound = match (number.whole(), number.floor()) {
        (Some(whole), _) => Some((sign, whole)),
        (None, Some(floor)) => below(sign).map(|sign| (sign, floor)),
        // Beyond all of them.
        (None, None) if number.negative == sign.starts_with('>') && sign != "=" => {
            return format!("{sql} IS NOT NULL");
        }
        (None, None) => None,
    };
    match bound {
        Some((sign, whole)) => {
            let bound = sink.bind(Param::Integer(whole));
            format!("{sql} {sign} {}", typed(sink.dialect, &bound, "bigint"))
        }
        None => "FALSE".to_owned(),
    }
}

/// The comparison of floats with this number. A float stands for the shortest decimal that it is
/// the nearest float of, which is what JSON shows.
fn with_float(
    sink: &mut Sink,
    sql: &str,
    sign: &'static str,
    number: &Decimal,
    key: &Key,
) -> Option<String> {
    let nearest: f64 = number.text().parse().ok()?;
    let nearest = nearest.clamp(f64::MIN, f64::MAX);
    let shown = format!("{nearest:e}");
    let sign = match Key::decimal(&shown)?.cmp(key) {
        Ordering::Equal => Some(sign),
        Ordering::Less => below(sign),
        Ordering::Greater => above(sign),
    };
    let Some(sign) = sign else { return Some("FALSE".to_owned()) };
    let bound = match sink.dialect {
        Dialect::Sqlite => sink.bind(Param::Real(nearest)),
        Dialect::Postgres => {
            let bound = sink.bind_text(&shown);
            typed(sink.dialect, &typed(sink.dialect, &bound, "text"), "float8")
        }
    };
    Some(format!("{sql} {sign} {bound}"))
}

/// The comparison with the last value below a bound that equals the one with the bound; `None` if
/// nothing is equal to it.
pub(super) fn below(sign: &'static str) -> Option<&'static str> {
    match sign {
        "=" => None,
        ">" | ">=" => Some(">"),
        _ => Some("<="),
    }
}

/// The same with the first value above it.
fn above(sign: &'static str) -> Option<&'static str> {
    match sign {
        "=" => None,
        ">" | ">=" => Some(">="),
        _ => Some("<"),
    }
}

impl Decimal {
    /// In a notation that Rust and PostgreSQL read.
    fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!(
            "{sign}0.{}e{}",
            if self.digits.is_empty() { "0" } else { &self.digits },
            self.exponent
        )
    }

    /// The same, if PostgreSQL keeps all of its places.
    fn exact(&self) -> Option<String> {
        let zeros = usize::try_from(-self.exponent).unwrap_or(0);
        (zeros + self.digits.len() <= MOST_PLACES).then(|| self.text())
    }

    /// The digits before the point, as a number; `None` if it is far from one of 64 bits.
    fn integral(&self) -> Option<i128> {
        let places = usize::try_from(self.exponent).unwrap_or(0);
        if places > 20 {
            return None;
        }
        let digits = self.digits.bytes().chain(std::iter::repeat(b'0')).take(places);
        let whole = digits.fold(0, |sum, digit| sum * 10 + i128::from(digit.wrapping_sub(b'0')));
        Some(if self.negative { -whole } else { whole })
    }

    fn has_fraction(&self) -> bool {
        usize::try_from(self.exponent).unwrap_or(0) < self.digits.len()
    }

    /// The number, if it is a whole one of 64 bits.
    fn whole(&self) -> Option<i64> {
        if self.has_fraction() { None } else { i64::try_from(self.integral()?).ok() }
    }

    /// The greatest whole number that is not greater, if it is one of 64 bits.
    fn floor(&self) -> Option<i64> {
        let integral = self.integral()?;
        let is_less = self.negative && self.has_fraction();
        i64::try_from(if is_less { integral - 1 } else { integral }).ok()
    }
}
