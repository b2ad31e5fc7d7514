//! JSON as a hostile client may send it (RFC 7643 §2.1, RFC 8259).

use std::{cell::Cell, collections::HashSet, fmt, ops::Range};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use thiserror::Error;

use crate::Error as ScimError;

/// How much of a document is read before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Arrays and objects inside one another; at most 120.
    pub max_depth: usize,
    /// Values of all kinds, containers included.
    pub max_nodes: usize,
}

impl Limits {
    /// 64 deep, 200,000 values.
    pub const DEFAULT: Self = Self { max_depth: 64, max_nodes: 200_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Why a document is refused, and where.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("{kind} at line {line} column {column}")]
pub struct JsonError {
    kind: JsonErrorKind,
    line: usize,
    column: usize,
}

/// The kinds of [`JsonError`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Not JSON, or cut off.
    #[error("the body is not valid JSON")]
    Syntax,
    /// Bytes that are not UTF-8.
    #[error("the body is not UTF-8")]
    Utf8,
    /// Deeper than [`Limits::max_depth`].
    #[error("the body is nested too deeply")]
    Depth,
    /// More values than [`Limits::max_nodes`].
    #[error("the body holds too many values")]
    Nodes,
    /// Two members of one object have the same name, or names that differ in case alone.
    #[error("an object names the same attribute twice")]
    DuplicateName,
    /// U+0000 in a string, which no store can be trusted to keep.
    #[error("a string holds the character U+0000")]
    Nul,
}

impl JsonError {
    /// What is wrong.
    pub fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// The line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte in the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}

/// 400 invalidSyntax; invalidValue for U+0000.
impl From<JsonError> for ScimError {
    fn from(error: JsonError) -> Self {
        match error.kind {
            JsonErrorKind::Nul => Self::invalid_value(error.to_string()),
            _ => Self::invalid_syntax(error.to_string()),
        }
    }
}

/// Reads a document in one pass.
///
/// # Errors
/// [`JsonError`] for anything but one well-formed JSON value within the limits, without
/// duplicate names (RFC 7643 §2.1: names that differ in case are the same) and without U+0000.
pub fn from_slice(bytes: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    let reader = Reader {
        limits,
        input: bytes.as_ptr_range(),
        nodes: Cell::new(0),
        refusal: Cell::new(None),
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Node { reader: &reader, depth: 0 }.deserialize(&mut deserializer);
    read.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| {
        let syntax = if std::str::from_utf8(bytes).is_ok() {
            JsonErrorKind::Syntax
        } else {
            JsonErrorKind::Utf8
        };
        let kind = reader.refusal.get().unwrap_or(syntax);
        JsonError { kind, line: error.line(), column: error.column() }
    })
}

struct Reader<'a> {
    limits: &'a Limits,
    input: Range<*const u8>,
    nodes: Cell<usize>,
    refusal: Cell<Option<JsonErrorKind>>,
}

impl Reader<'_> {
    #[cold]
    fn refuse<E: de::Error>(&self, kind: JsonErrorKind) -> E {
        self.refusal.set(Some(kind));
        E::custom(kind)
    }

    fn count<E: de::Error>(&self) -> Result<(), E> {
        let nodes = self.nodes.get() + 1;
        self.nodes.set(nodes);
        if nodes > self.limits.max_nodes { Err(self.refuse(JsonErrorKind::Nodes)) } else { Ok(()) }
    }

    fn check_text<E: de::Error>(&self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(self.refuse(JsonErrorKind::Nul)) } else { Ok(()) }
    }
}

#[derive(Clone, Copy)]
struct Node<'a> {
    reader: &'a Reader<'a>,
    depth: usize,
}

impl<'a> Node<'a> {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= self.reader.limits.max_depth {
            return Err(self.reader.refuse(JsonErrorKind::Depth));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.reader.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        self.reader.check_text(value)?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        self.reader.check_text(&value)?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut object = Map::new();
        let mut names = Names::default();
        while let Some(key) = map.next_key_seed(KeyReader(&self.reader.input))? {
            let Key::Name(name) = key else { return exact_number(&mut map) };
            self.reader.check_text(&name)?;
            if !names.insert(&name, &object) {
                return Err(self.reader.refuse(JsonErrorKind::DuplicateName));
            }
            let value = map.next_value_seed(below)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// The name under which serde_json hands over a number when an embedder has switched on its
/// `arbitrary_precision` feature.
const ARBITRARY_PRECISION: &str = "$serde_json::private::Number";

/// What stands before a value of an object.
enum Key {
    Name(String),
    /// Nothing: the object is a number as serde_json hands it over.
    Number,
}

/// Reads a [`Key`]. A name that the client has sent lies in the input or was unescaped; that of
/// serde_json does not.
struct KeyReader<'a>(&'a Range<*const u8>);

impl<'de> DeserializeSeed<'de> for KeyReader<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeyReader<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Key, E> {
        if name == ARBITRARY_PRECISION && !self.0.contains(&name.as_ptr()) {
            return Ok(Key::Number);
        }
        Ok(Key::Name(name.to_owned()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        Ok(Key::Name(name.to_owned()))
    }
}

fn exact_number<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Value, A::Error> {
    let digits: String = map.next_value()?;
    digits.parse().map(Value::Number).map_err(de::Error::custom)
}

/// The names of one object, compared without case: a scan while they are few, a set after that.
#[derive(Default)]
struct Names {
    /// A bit for each name: where it is not set, there is no such name.
    marks: u64,
    folded: HashSet<String>,
}

impl Names {
    const FEW: usize = 32;

    /// Whether the name is new.
    fn insert(&mut self, name: &str, object: &Map<String, Value>) -> bool {
        if object.len() < Self::FEW {
            let mark = mark(name);
            let marked = self.marks & mark != 0;
            self.marks |= mark;
            return !marked || !object.keys().any(|known| known.eq_ignore_ascii_case(name));
        }
        if self.folded.is_empty() {
            self.folded = object.keys().map(|known| known.to_ascii_lowercase()).collect();
        }
        self.folded.insert(name.to_ascii_lowercase())
    }
}

/// A bit that names which differ in case alone share.
fn mark(name: &str) -> u64 {
    let folded = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte | 0x20));
    let bytes = name.as_bytes();
    let middle = folded(bytes.get(bytes.len() / 2));
    let sum = folded(bytes.first()) * 5 + middle * 3 + folded(bytes.last());
    1 << (sum.wrapping_add(bytes.len()) % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: impl AsRef<[u8]>) -> JsonErrorKind {
        from_slice(text.as_ref(), &Limits::DEFAULT).unwrap_err().kind()
    }

    #[test]
    fn the_value_is_the_one_serde_json_reads() {
        let text = r#"{"a":[1,-2,2.5,1e3,true,null,"\u00e9"],"b":{"c":{}},"18446744073709551615":18446744073709551615}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(from_slice(text.as_bytes(), &Limits::DEFAULT).unwrap(), plain);
    }

    #[test]
    fn names_that_differ_in_case_are_duplicates() {
        assert_eq!(kind(r#"{"a":1,"a":2}"#), JsonErrorKind::DuplicateName);
        assert_eq!(kind(r#"{"userName":1,"x":{"A":1,"a":1}}"#), JsonErrorKind::DuplicateName);
        let many = (0..40).map(|i| format!("\"n{i}\":0")).collect::<Vec<_>>().join(",");
        assert_eq!(kind(format!("{{{many},\"N3\":1}}")), JsonErrorKind::DuplicateName);
        assert_eq!(kind(format!("{{{many},\"z\":1,\"Z\":1}}")), JsonErrorKind::DuplicateName);
        assert!(from_slice(format!("{{{many}}}").as_bytes(), &Limits::DEFAULT).is_ok());
    }

    #[test]
    fn a_name_of_serde_json_is_a_name_like_any_other() {
        for name in ["$serde_json::private::Number", "\\u0024serde_json::private::Number"] {
            let text = format!(r#"{{"{name}":"1"}}"#);
            let value = from_slice(text.as_bytes(), &Limits::DEFAULT).unwrap();
            assert_eq!(value.as_object().map(Map::len), Some(1), "{name}");
        }
        assert_eq!(from_slice(b"1.50", &Limits::DEFAULT).unwrap().as_f64(), Some(1.5));
    }

    #[test]
    fn depth_is_bounded_exactly() {
        let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(from_slice(nested(64).as_bytes(), &Limits::DEFAULT).is_ok());
        assert_eq!(kind(nested(65)), JsonErrorKind::Depth);
        assert_eq!(kind("[".repeat(100_000)), JsonErrorKind::Depth);
        assert_eq!(kind("{\"a\":".repeat(100_000)), JsonErrorKind::Depth);
    }

    #[test]
    fn the_number_of_values_is_bounded() {
        let limits = Limits { max_nodes: 4, ..Limits::DEFAULT };
        assert!(from_slice(b"[1,2,3]", &limits).is_ok());
        assert_eq!(from_slice(b"[1,2,3,4]", &limits).unwrap_err().kind(), JsonErrorKind::Nodes);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        for bad in ["", "{", "[1,]", "{'a':1}", "nul", "1 2", "\"\\ud800\"", "01", "{\"a\"}"] {
            assert_eq!(kind(bad), JsonErrorKind::Syntax, "{bad}");
        }
        let error = from_slice(b"{\n  \"a\": x}", &Limits::DEFAULT).unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 8));
        assert_eq!(kind(b"{\"a\":\"\xff\"}"), JsonErrorKind::Utf8);
        assert_eq!(kind(r#"{"a":"x\u0000y"}"#), JsonErrorKind::Nul);
        assert_eq!(kind(r#"{"a\u0000":1}"#), JsonErrorKind::Nul);
    }

    #[test]
    fn nul_is_an_invalid_value_and_all_else_invalid_syntax() {
        let scim_type = |text: &str| {
            ScimError::from(from_slice(text.as_bytes(), &Limits::DEFAULT).unwrap_err()).scim_type
        };
        assert_eq!(scim_type(r#""\u0000""#), Some(crate::ScimType::InvalidValue));
        assert_eq!(scim_type("{"), Some(crate::ScimType::InvalidSyntax));
    }
}
