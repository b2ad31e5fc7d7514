//! The one comparison key.

use compact_str::CompactString;

/// A comparable value as text whose byte order, equality, prefixes and substrings are the value's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(CompactString);

impl Key {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
