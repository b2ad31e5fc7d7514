//! The one comparison key (RFC 7643 §2.3, RFC 7644 §3.4.2.2, §7.8).

mod decimal;
mod instant;
mod text;

use std::{cmp::Ordering, fmt};

use compact_str::{CompactString, ToCompactString};
use scim_core::Kind;
use serde_json::{Number, Value};

#[cfg(feature = "sql")]
pub(crate) use self::decimal::Decimal;
use crate::eval::Texts;

/// A comparable value as text whose byte order, equality, prefixes and substrings are the value's.
///
/// Computed once, when a value is stored and when a filter is checked, it is what filters, sort
/// orders, uniqueness, PATCH and SQL compare, so that all of them agree.
///
/// How values compare is laid down by RFC 7644 §3.4.2.2, for each type of RFC 7643 §2.3 by the
/// section named here:
///
/// | values | key | section |
/// |---|---|---|
/// | text, case counts | as it is | RFC 7643 §2.3.1 |
/// | text, case does not count | NFC(fold(NFC(width(text)))): fullwidth and halfwidth forms mapped, full Unicode case folding | RFC 7644 §7.8, RFC 8265 §3.3 |
/// | reference | as text | RFC 7643 §2.3.7 |
/// | date and time | the instant, in UTC: `2011-05-13T04:42:34.5`, the fraction without trailing zeros | RFC 7643 §2.3.5 |
/// | number | sign, exponent and digits, exact | RFC 7643 §2.3.3, §2.3.4 |
/// | boolean | `true`, `false` | RFC 7643 §2.3.2 |
/// | binary | the base64 text without padding | RFC 7643 §2.3.6 |
///
/// ```
/// use scim_filter::Key;
///
/// assert_eq!(Key::text("Straße", false), Key::text("STRASSE", false));
/// assert_eq!(Key::instant("2011-05-13T06:42:34+02:00"), Key::instant("2011-05-13T04:42:34.0Z"));
/// assert!(Key::decimal("-10") < Key::decimal("9.5"));
/// assert_eq!(Key::decimal("10e-1"), Key::decimal("1"));
/// ```
///
/// # Columns of keys
///
/// A table that is to be searched and sorted exactly holds, beside each value or in its place, the
/// value's key, compared byte by byte (in PostgreSQL `COLLATE "C"`). Store [`Key::VERSION`] too,
/// and compute the keys again when it differs. With the feature `sql`, `sql::Column::key` names
/// such a column.
///
/// ```
/// use scim_core::{AttrName, Attribute, Compat, Kind};
/// use scim_filter::{Attributes, Key, ResolvedPath};
/// use serde_json::json;
///
/// let name = AttrName::from_static;
/// let value = Attribute::new(name("value"), Kind::String);
/// let schema = vec![Attribute::complex(name("emails"), [value]).multi_valued()];
/// let resolved = schema.resolve(&"emails.value".parse()?, &Compat::STRICT).unwrap();
/// let path = ResolvedPath::of(&resolved).unwrap();
///
/// let user = json!({"emails": [{"value": "Ada@Example.com"}, {"value": "JÖRG@example.com"}]});
/// let rows: Vec<Key> = path
///     .values(user.as_object().unwrap())
///     .filter_map(|value| Key::of(value, path.kind, path.case_exact))
///     .collect();
/// assert_eq!(rows[0].as_str(), "ada@example.com");
/// assert_eq!(rows[1].as_str(), "jörg@example.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(CompactString);

/// Values are personal data as often as not, so they are not shown.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(_)")
    }
}

impl Key {
    /// The version of the rules, which the tables of Unicode are a part of. Stored keys of another
    /// version must be computed again.
    pub const VERSION: u32 = 1;

    /// The key of a value of an attribute; `None` if it is no single value of the attribute's
    /// type, which makes it equal to nothing.
    pub fn of(value: &Value, kind: Kind, case_exact: bool) -> Option<Self> {
        match (kind, value) {
            (Kind::String | Kind::Reference, Value::String(text)) => {
                Some(Self::text(text, case_exact))
            }
            (Kind::DateTime, Value::String(text)) => Self::instant(text),
            (Kind::Binary, Value::String(text)) => Some(Self::binary(text)),
            (Kind::Boolean, Value::Bool(value)) => Some(Self::boolean(*value)),
            (Kind::Decimal | Kind::Integer, Value::Number(number)) => Self::number(number),
            _ => None,
        }
    }

    /// The key of a string or reference.
    pub fn text(text: &str, case_exact: bool) -> Self {
        if case_exact { Self(text.into()) } else { Self(text::fold(text)) }
    }

    /// The key of an xsd:dateTime; without a zone it is in UTC. `None` if it is no date and time,
    /// or lies outside the years 0000 to 9999 in UTC.
    pub fn instant(text: &str) -> Option<Self> {
        instant::key(text).map(Self)
    }

    /// The key of a number in JSON's notation. `None` if it is no number, or one beyond 10^4998.
    pub fn decimal(text: &str) -> Option<Self> {
        decimal::key(text).map(Self)
    }

    /// The key of a JSON number.
    pub fn number(number: &Number) -> Option<Self> {
        match number.as_i64() {
            Some(integer) => Some(Self(decimal::integer_key(integer))),
            None => decimal::key(&number.to_compact_string()).map(Self),
        }
    }

    /// The key of a boolean.
    pub fn boolean(value: bool) -> Self {
        Self(CompactString::const_new(if value { "true" } else { "false" }))
    }

    /// The key of base64 text.
    pub fn binary(text: &str) -> Self {
        Self(text.trim_end_matches('=').into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the key of a value of an attribute. As [`Key::of`] and `==`, but for ASCII
    /// text and whole numbers without computing a key.
    #[inline]
    pub fn matches(&self, value: &Value, kind: Kind, case_exact: bool) -> bool {
        self.matches_among(Compared::alone(value, kind, case_exact))
    }

    /// [`Key::matches`], among the texts of a resource that are folded once.
    #[inline]
    pub(crate) fn matches_among(&self, compared: Compared<'_>) -> bool {
        let Compared { value, kind, case_exact, texts } = compared;
        match (kind, value) {
            (Kind::String | Kind::Reference, Value::String(text)) => {
                self.matches_text(text, case_exact, texts)
            }
            (Kind::Boolean, Value::Bool(value)) => self.0 == if *value { "true" } else { "false" },
            _ => Self::of(value, kind, case_exact).is_some_and(|key| key == *self),
        }
    }

    /// The order of a value's key and this one: `Less` if the value is less. `None` if the value
    /// has no key.
    pub fn order_of(&self, value: &Value, kind: Kind, case_exact: bool) -> Option<Ordering> {
        self.order_among(Compared::alone(value, kind, case_exact))
    }

    pub(crate) fn order_among(&self, compared: Compared<'_>) -> Option<Ordering> {
        let Compared { value, kind, case_exact, texts } = compared;
        match (kind, value) {
            (Kind::String | Kind::Reference, Value::String(text)) if case_exact => {
                Some(text.as_str().cmp(&self.0))
            }
            (Kind::String | Kind::Reference, Value::String(text)) if text.is_ascii() => {
                Some(text.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(self.0.bytes()))
            }
            (Kind::String | Kind::Reference, Value::String(text)) => {
                Some(comparable(text, false, texts, |text| text.cmp(self.as_str())))
            }
            _ => Self::of(value, kind, case_exact).map(|key| key.cmp(self)),
        }
    }

    /// Whether a value's key begins with this one.
    pub fn begins(&self, value: &Value, kind: Kind, case_exact: bool) -> bool {
        self.begins_among(Compared::alone(value, kind, case_exact))
    }

    pub(crate) fn begins_among(&self, compared: Compared<'_>) -> bool {
        self.is_part(
            compared,
            |text| text.get(..self.0.len()),
            |text| text.starts_with(self.as_str()),
        )
    }

    /// Whether a value's key ends with this one.
    pub fn ends(&self, value: &Value, kind: Kind, case_exact: bool) -> bool {
        self.ends_among(Compared::alone(value, kind, case_exact))
    }

    pub(crate) fn ends_among(&self, compared: Compared<'_>) -> bool {
        let tail = |text: &'_ [u8]| text.len().checked_sub(self.0.len());
        self.is_part(compared, |text| text.get(tail(text)?..), |text| text.ends_with(self.as_str()))
    }

    /// Whether a value's key holds this one.
    pub fn is_within(&self, value: &Value, kind: Kind, case_exact: bool) -> bool {
        self.is_within_among(Compared::alone(value, kind, case_exact))
    }

    pub(crate) fn is_within_among(&self, compared: Compared<'_>) -> bool {
        /// Below this, comparing at each place is faster than folding, and never slow.
        const FEW: usize = 4096;
        let Compared { value, kind, case_exact, texts } = compared;
        let Some(text) = text_of(value, kind) else { return false };
        let (bytes, part) = (text.as_bytes(), self.0.as_bytes());
        if !case_exact && !part.is_empty() && bytes.len() * part.len() <= FEW && text.is_ascii() {
            return bytes.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
        }
        comparable(text, case_exact, texts, |text| text.contains(self.as_str()))
    }

    #[inline]
    fn matches_text(&self, text: &str, case_exact: bool, texts: Option<&Texts>) -> bool {
        if case_exact {
            return self.0 == text;
        }
        // A key is lower case, so a text that differs from it by the case of ASCII letters alone
        // has this key.
        let key = self.as_str();
        key == text
            || key.eq_ignore_ascii_case(text)
            || !text.is_ascii() && self.is_folded(text, texts)
    }

    #[cold]
    fn is_folded(&self, text: &str, texts: Option<&Texts>) -> bool {
        comparable(text, false, texts, |text| text == self.as_str())
    }

    fn is_part(
        &self,
        compared: Compared<'_>,
        slice: impl for<'t> Fn(&'t [u8]) -> Option<&'t [u8]>,
        test: impl Fn(&str) -> bool,
    ) -> bool {
        let Compared { value, kind, case_exact, texts } = compared;
        match text_of(value, kind) {
            Some(text) if !case_exact && text.is_ascii() => slice(text.as_bytes())
                .is_some_and(|part| part.eq_ignore_ascii_case(self.0.as_bytes())),
            Some(text) => comparable(text, case_exact, texts, test),
            None => false,
        }
    }
}

/// A value that is compared with a key, and how.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'v> {
    pub(crate) value: &'v Value,
    pub(crate) kind: Kind,
    pub(crate) case_exact: bool,
    /// The texts of the resource that are folded already, if others look at them, too.
    pub(crate) texts: Option<&'v Texts>,
}

impl<'v> Compared<'v> {
    fn alone(value: &'v Value, kind: Kind, case_exact: bool) -> Self {
        Self { value, kind, case_exact, texts: None }
    }
}

fn text_of(value: &Value, kind: Kind) -> Option<&str> {
    match kind {
        Kind::String | Kind::Reference => value.as_str(),
        _ => None,
    }
}

/// Calls with a text as it compares.
fn comparable<T>(
    text: &str,
    case_exact: bool,
    texts: Option<&Texts>,
    call: impl FnOnce(&str) -> T,
) -> T {
    if case_exact || text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return call(text);
    }
    match texts {
        Some(texts) => texts.folded(text, call),
        None => call(&text::fold(text)),
    }
}

#[cfg(test)]
mod tests;
