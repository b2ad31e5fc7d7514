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
impl Key {
    /// Stub.
    pub fn of(value: &serde_json::Value, _kind: scim_core::Kind, case_exact: bool) -> Option<Self> {
        match value {
            serde_json::Value::String(s) => {
                Some(Key(if case_exact { s.as_str().into() } else { s.to_lowercase().into() }))
            }
            serde_json::Value::Null
            | serde_json::Value::Object(_)
            | serde_json::Value::Array(_) => None,
            v => Some(Key(v.to_string().into())),
        }
    }
    /// Stub.
    pub fn instant(t: &str) -> Option<Self> {
        t.contains('T').then(|| Key(t.into()))
    }
}
