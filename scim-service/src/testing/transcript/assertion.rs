//! What a step wants to find in the JSON of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::{
    json_path::JsonPath,
    outcome::shortened,
    scope::{Missing, Scope},
    step::SyntaxError,
    template::{Pattern, text},
    tree::Tree,
};

/// Longest text of found values in a message, in characters.
const SHOWN: usize = 160;

/// `[path, operation]` or `[path, operation, value]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Assertion {
    text: String,
    path: JsonPath,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Equal(Tree),
    NotEqual(Tree),
    EqualIgnoringCase(Tree),
    Exists,
    Absent,
    Empty,
    NotEmpty,
    Kind(Kind),
    Size(usize),
    SizeAtLeast(usize),
    SizeAtMost(usize),
    Contains(Tree),
    ContainsNot(Tree),
    Matches(Pattern),
    OneOf(Tree),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Int,
    Str,
    Bool,
    Array,
    Object,
}

impl Assertion {
    /// What is wrong, or `None` where the assertion holds.
    pub(super) fn check(
        &self,
        document: &Value,
        scope: &mut Scope,
    ) -> Result<Option<String>, Missing> {
        let found = self.path.find(document, scope)?;
        if self.holds(&found, scope)? {
            return Ok(None);
        }
        let found = match found.as_slice() {
            [] => "nothing".to_owned(),
            [value] => value.to_string(),
            values => {
                let all: Value = values.iter().copied().cloned().collect();
                format!("{} values: {all}", values.len())
            }
        };
        Ok(Some(format!("{}; found {}", self.text, shortened(&found, SHOWN))))
    }

    fn holds(&self, found: &[&Value], scope: &mut Scope) -> Result<bool, Missing> {
        let mut any = found.iter();
        Ok(match &self.test {
            Test::Equal(wanted) => {
                let wanted = wanted.fill(scope)?;
                any.any(|value| same(value, &wanted))
            }
            Test::NotEqual(wanted) => {
                let wanted = wanted.fill(scope)?;
                !any.any(|value| same(value, &wanted))
            }
            Test::EqualIgnoringCase(wanted) => {
                let wanted = text(&wanted.fill(scope)?).to_lowercase();
                any.any(|value| value.as_str().is_some_and(|text| text.to_lowercase() == wanted))
            }
            Test::Exists => !found.is_empty(),
            Test::Absent => found.is_empty(),
            Test::Empty => found.iter().all(|value| is_empty(value)),
            Test::NotEmpty => !found.is_empty() && !any.any(|value| is_empty(value)),
            Test::Kind(kind) => !found.is_empty() && found.iter().all(|value| kind.is(value)),
            Test::Size(size) => self.size(found) == *size,
            Test::SizeAtLeast(size) => self.size(found) >= *size,
            Test::SizeAtMost(size) => self.size(found) <= *size,
            Test::Contains(wanted) => {
                let wanted = wanted.fill(scope)?;
                any.any(|value| contains(value, &wanted))
            }
            Test::ContainsNot(wanted) => {
                let wanted = wanted.fill(scope)?;
                !any.any(|value| contains(value, &wanted))
            }
            Test::Matches(pattern) => {
                for text in any.filter_map(|value| value.as_str()) {
                    if pattern.search(text, scope)? {
                        return Ok(true);
                    }
                }
                false
            }
            Test::OneOf(wanted) => {
                let wanted = wanted.fill(scope)?;
                !found.is_empty() && found.iter().all(|value| contains(&wanted, value))
            }
        })
    }

    /// The number of matches where the path leads to many, else the length of the one value.
    fn size(&self, found: &[&Value]) -> usize {
        if self.path.spreads() {
            return found.len();
        }
        match found.first() {
            Some(Value::Array(elements)) => elements.len(),
            Some(Value::Object(members)) => members.len(),
            Some(Value::String(text)) => text.chars().count(),
            _ => 0,
        }
    }
}

impl TryFrom<Value> for Assertion {
    type Error = SyntaxError;

    fn try_from(value: Value) -> Result<Self, SyntaxError> {
        let parts = value.as_array().map(Vec::as_slice).ok_or(SyntaxError::Assertion)?;
        let (path, operation, wanted) = match parts {
            [path, operation] => (path, operation, None),
            [path, operation, wanted] => (path, operation, Some(wanted)),
            _ => return Err(SyntaxError::Assertion),
        };
        let path = path.as_str().ok_or(SyntaxError::Path)?;
        let operation = operation.as_str().ok_or(SyntaxError::Assertion)?;
        let mut text = format!("{path} {operation}");
        if let Some(wanted) = wanted {
            text = format!("{text} {wanted}");
        }
        Ok(Self { text, path: JsonPath::parse(path)?, test: Test::parse(operation, wanted)? })
    }
}

impl Test {
    fn parse(operation: &str, wanted: Option<&Value>) -> Result<Self, SyntaxError> {
        let wanted_for = |test: fn(Value) -> Result<Self, SyntaxError>| {
            wanted.cloned().ok_or(SyntaxError::Assertion).and_then(test)
        };
        match (operation, wanted) {
            ("exists", None) => Ok(Self::Exists),
            ("absent", None) => Ok(Self::Absent),
            ("empty", None) => Ok(Self::Empty),
            ("nonempty", None) => Ok(Self::NotEmpty),
            ("eq", _) => wanted_for(|value| Ok(Self::Equal(value.try_into()?))),
            ("ne", _) => wanted_for(|value| Ok(Self::NotEqual(value.try_into()?))),
            ("ieq", _) => wanted_for(|value| Ok(Self::EqualIgnoringCase(value.try_into()?))),
            ("type", _) => wanted_for(|value| Ok(Self::Kind(read(value)?))),
            ("len", _) => wanted_for(|value| Ok(Self::Size(read(value)?))),
            ("minlen", _) => wanted_for(|value| Ok(Self::SizeAtLeast(read(value)?))),
            ("maxlen", _) => wanted_for(|value| Ok(Self::SizeAtMost(read(value)?))),
            ("contains", _) => wanted_for(|value| Ok(Self::Contains(value.try_into()?))),
            ("not_contains", _) => wanted_for(|value| Ok(Self::ContainsNot(value.try_into()?))),
            ("re", _) => wanted_for(|value| Ok(Self::Matches(read::<String>(value)?.try_into()?))),
            ("in", Some(Value::Array(_))) => wanted_for(|value| Ok(Self::OneOf(value.try_into()?))),
            _ => Err(SyntaxError::Assertion),
        }
    }
}

impl Kind {
    fn is(self, value: &Value) -> bool {
        match self {
            Self::Int => is_integer(value),
            Self::Str => value.is_string(),
            Self::Bool => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, SyntaxError> {
    serde_json::from_value(value).map_err(|_| SyntaxError::Assertion)
}

/// Whether two values are equal; numbers are if they have the same value, however written.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y))
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(name, x)| y.get(name).is_some_and(|y| same(x, y)))
        }
        _ => a == b,
    }
}

/// Whether a value is a JSON number without a fraction.
pub(super) fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn contains(value: &Value, wanted: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|element| same(element, wanted)),
        Value::String(whole) => whole.contains(&text(wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
