//! Attribute names (RFC 7643 §2.1).

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// The name of an attribute or sub-attribute (RFC 7643 §2.1).
///
/// Names keep the case they were written in and compare without it, for ASCII letters.
///
/// ```
/// use scim_core::AttrName;
///
/// let name: AttrName = "userName".parse()?;
/// assert_eq!(name, "USERNAME".parse::<AttrName>()?);
/// assert_eq!(name.as_str(), "userName");
/// assert!("1st".parse::<AttrName>().is_err());
/// # Ok::<(), scim_core::InvalidName>(())
/// ```
#[derive(Clone, Debug)]
pub struct AttrName(CompactString);

/// A text that cannot be the name of an attribute.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("an attribute name is a letter followed by letters, digits, `-`, `_` or `$`")]
pub struct InvalidName;

impl AttrName {
    /// A name of a standard attribute, which is known to be well formed.
    ///
    /// # Panics
    /// At compile time, when the text is no attribute name.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_name(name.as_bytes()), "not an attribute name");
        Self(CompactString::const_new(name))
    }

    /// A name that a schema of a company's own defines outside the grammar of RFC 7643 §2.1,
    /// such as `Date of birth`. It cannot be written in filters and paths.
    ///
    /// # Errors
    /// When it is empty, begins or ends with a blank, or holds a quote, a backslash, a bracket,
    /// a colon, a dot or a control character.
    pub fn opaque(name: &str) -> Result<Self, InvalidName> {
        let forbidden =
            |c: char| c.is_control() || matches!(c, '"' | '\'' | '\\' | '[' | ']' | ':' | '.');
        if name.is_empty() || name.trim() != name || name.contains(forbidden) {
            return Err(InvalidName);
        }
        Ok(Self(name.into()))
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hashes a text as the name it would be, so that the members of a document can be looked up
    /// among names as they stand.
    pub fn hash_text<H: Hasher>(text: &str, state: &mut H) {
        hash_folded(text, state);
    }

    /// Whether the name follows the grammar, so that filters and paths can name it.
    pub fn is_standard(&self) -> bool {
        is_name(self.0.as_bytes())
    }
}

/// `ATTRNAME = ["$"] ALPHA *( "$" / "-" / "_" / DIGIT / ALPHA )`; the leading `$` is there for `$ref`.
const fn is_name(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if !AttrName::is_continued_by(*byte) {
            return false;
        }
        rest = tail;
    }
    begins_as_name(bytes)
}

/// `["$"] ALPHA`
const fn begins_as_name(bytes: &[u8]) -> bool {
    matches!(bytes, [b'$', first, ..] | [first, ..] if first.is_ascii_alphabetic())
}

impl AttrName {
    /// Whether a byte may stand in a name behind its first letter.
    pub const fn is_continued_by(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'-' | b'_')
    }

    /// The name that a text begins with, and what stands behind it.
    #[inline]
    pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
        let end = text.bytes().position(|byte| !Self::is_continued_by(byte)).unwrap_or(text.len());
        text.split_at_checked(end).filter(|(name, _)| begins_as_name(name.as_bytes()))
    }

    /// A name that [`AttrName::split`] has found.
    #[inline]
    pub(crate) fn found(name: &str) -> Self {
        Self(name.into())
    }
}

impl FromStr for AttrName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if is_name(text.as_bytes()) { Ok(Self(text.into())) } else { Err(InvalidName) }
    }
}

impl fmt::Display for AttrName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq for AttrName {
    fn eq(&self, other: &Self) -> bool {
        self == other.as_str()
    }
}

impl Eq for AttrName {}

impl PartialEq<str> for AttrName {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialEq<&str> for AttrName {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl Hash for AttrName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_folded(&self.0, state);
    }
}

impl PartialOrd for AttrName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AttrName {
    fn cmp(&self, other: &Self) -> Ordering {
        let fold = |name: &Self| name.0.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
        fold(self).cmp(&fold(other))
    }
}

impl AsRef<str> for AttrName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for AttrName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Reads names of a schema, so also those outside the grammar.
impl<'de> Deserialize<'de> for AttrName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = CompactString::deserialize(deserializer)?;
        Self::opaque(&text).map_err(de::Error::custom)
    }
}

/// Hashes a text without the case of its ASCII letters.
pub(crate) fn hash_folded<H: Hasher>(text: &str, state: &mut H) {
    for byte in text.bytes() {
        state.write_u8(byte.to_ascii_lowercase());
    }
    state.write_u8(0xff);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7643 §2.1
    #[test]
    fn the_grammar_of_names_is_kept() {
        for good in ["a", "$ref", "a-b", "a_b", "a1", "x509Certificates", "a$"] {
            assert!(good.parse::<AttrName>().is_ok(), "{good}");
        }
        for bad in ["", "$", "$$a", "1a", "a.b", "a b", "ä", "-a", "_a", "a:b"] {
            assert!(bad.parse::<AttrName>().is_err(), "{bad}");
        }
    }

    /// RFC 7643 §2.1
    #[test]
    fn opaque_names_hold_blanks_but_nothing_that_paths_are_made_of() {
        assert!(AttrName::opaque("Date of birth").is_ok_and(|name| !name.is_standard()));
        for bad in ["", " a", "a ", "a\"b", "a'b", "a\\b", "a[b", "a]b", "a:b", "a.b", "a\nb"] {
            assert!(AttrName::opaque(bad).is_err(), "{bad:?}");
        }
    }

    /// RFC 7643 §2.1
    #[test]
    fn order_equality_and_hash_agree_on_case() {
        use std::collections::{BTreeSet, HashSet};
        let names = || ["userName", "USERNAME", "username"].map(AttrName::from_static);
        assert_eq!(HashSet::from(names()).len(), 1);
        assert_eq!(BTreeSet::from(names()).len(), 1);
    }
}
