//! Values from JSON text (RFC 8259) that a hostile client may have sent: within limits, and
//! without names that mean the same (RFC 7643 §2.1).

use serde_json::{Map, Value};
use thiserror::Error;

use super::{names::Names, scan::plain_prefix};
use crate::Error as ScimError;

/// How much of a document is read before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Arrays and objects inside one another; at most [`Limits::DEEPEST`].
    pub max_depth: usize,
    /// Values of all kinds, containers included.
    pub max_nodes: usize,
}

impl Limits {
    /// What an embedder cannot exceed: values are read, compared and dropped by recursion.
    pub const DEEPEST: usize = 120;

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
    fn at(bytes: &[u8], at: usize, kind: JsonErrorKind) -> Self {
        let before = bytes.get(..at).unwrap_or(bytes);
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let in_line = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        Self { kind, line, column: in_line + 1 }
    }

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
    let text = str::from_utf8(bytes)
        .map_err(|error| JsonError::at(bytes, error.valid_up_to(), JsonErrorKind::Utf8))?;
    let mut reader = Reader { text, at: 0, nodes: 0, limits };
    reader.document().map_err(|kind| JsonError::at(bytes, reader.at, kind))
}

/// A document as far as it has been read. Where reading stops, `at` is the byte that is refused.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: usize,
    limits: &'a Limits,
}

type Read<T> = Result<T, JsonErrorKind>;

impl<'a> Reader<'a> {
    fn document(&mut self) -> Read<Value> {
        let value = self.value(0)?;
        self.skip_blanks();
        if self.peek().is_none() { Ok(value) } else { Err(JsonErrorKind::Syntax) }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        let first = self.token()?;
        self.count()?;
        match first {
            b'"' => Ok(Value::String(self.string()?)),
            b'{' => Ok(Value::Object(self.object(self.below(depth)?)?)),
            b'[' => Ok(Value::Array(self.array(self.below(depth)?)?)),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(JsonErrorKind::Syntax),
        }
    }

    /// Counts a value.
    fn count(&mut self) -> Read<()> {
        self.nodes += 1;
        if self.nodes > self.limits.max_nodes {
            return Err(JsonErrorKind::Nodes);
        }
        Ok(())
    }

    fn below(&self, depth: usize) -> Read<usize> {
        let max = self.limits.max_depth.min(Limits::DEEPEST);
        if depth < max { Ok(depth + 1) } else { Err(JsonErrorKind::Depth) }
    }

    fn object(&mut self, depth: usize) -> Read<Map<String, Value>> {
        let mut object = Map::new();
        let mut names = Names::default();
        self.at += 1;
        let mut next = self.token()?;
        while next != b'}' {
            if next != b'"' {
                return Err(JsonErrorKind::Syntax);
            }
            let start = self.at;
            let name = self.string()?;
            if !names.insert(&name, &object) {
                self.at = start;
                return Err(JsonErrorKind::DuplicateName);
            }
            self.expect(b':')?;
            // Most values are texts, and these need not go through `value`.
            if self.token()? == b'"' {
                self.count()?;
                let text = self.string()?;
                object.insert(name, Value::String(text));
            } else {
                let value = self.value(depth)?;
                object.insert(name, value);
            }
            next = self.separated(b'}')?;
        }
        self.at += 1;
        Ok(object)
    }

    fn array(&mut self, depth: usize) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        self.at += 1;
        let mut next = self.token()?;
        while next != b']' {
            values.push(self.value(depth)?);
            next = self.separated(b']')?;
        }
        self.at += 1;
        Ok(values)
    }

    /// Goes past a comma to what it separates; without a comma, only the end may follow.
    fn separated(&mut self, end: u8) -> Read<u8> {
        match self.token()? {
            b',' => {
                self.at += 1;
                let next = self.token()?;
                if next == end { Err(JsonErrorKind::Syntax) } else { Ok(next) }
            }
            next if next == end => Ok(next),
            _ => Err(JsonErrorKind::Syntax),
        }
    }

    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.token()? != byte {
            return Err(JsonErrorKind::Syntax);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(JsonErrorKind::Syntax);
        }
        self.at += word.len();
        Ok(value)
    }

    /// A number as serde_json reads it, so that it is as exact as the embedder has told serde_json.
    fn number(&mut self) -> Read<Value> {
        let in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().iter().take_while(|byte| in_number(byte)).count();
        let digits = self.text.get(self.at..self.at + length).unwrap_or_default();
        let number = digits.parse().map_err(|_| JsonErrorKind::Syntax)?;
        self.at += length;
        Ok(Value::Number(number))
    }

    /// A string, from its opening quote to behind its closing one. What it returns would go through
    /// memory in pieces, which wait for one another.
    #[inline(always)]
    fn string(&mut self) -> Read<String> {
        match self.plain() {
            Some(text) => Ok(text.to_owned()),
            None => self.escaped(),
        }
    }

    /// A string without escapes.
    #[inline]
    fn plain(&mut self) -> Option<&'a str> {
        let start = self.at + 1;
        let end = start + plain_prefix(self.text.as_bytes().get(start..)?);
        let text = self.text.get(start..end)?;
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        Some(text)
    }

    /// Any string.
    #[cold]
    fn escaped(&mut self) -> Read<String> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let plain = self.at..self.at + plain_prefix(self.rest());
            self.at = plain.end;
            text.push_str(self.text.get(plain).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(JsonErrorKind::Syntax),
            }
        }
    }

    /// A character behind a backslash; one outside of the first plane is a pair of escapes.
    fn escape(&mut self) -> Read<char> {
        let &[b'\\', kind, ..] = self.rest() else { return Err(JsonErrorKind::Syntax) };
        let short = match kind {
            b'"' | b'\\' | b'/' => kind,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => return self.code_point(),
            _ => return Err(JsonErrorKind::Syntax),
        };
        self.at += 2;
        Ok(char::from(short))
    }

    fn code_point(&mut self) -> Read<char> {
        let (first, second) = (self.code_unit(0), self.code_unit(6));
        let units = [first.ok_or(JsonErrorKind::Syntax)?, second.unwrap_or_default()];
        let char = char::decode_utf16(units).next().and_then(Result::ok);
        match char.ok_or(JsonErrorKind::Syntax)? {
            '\0' => Err(JsonErrorKind::Nul),
            char => {
                self.at += 6 * char.len_utf16();
                Ok(char)
            }
        }
    }

    /// The number in an escape such as `\u00e9`.
    fn code_unit(&self, ahead: usize) -> Option<u16> {
        let escape = self.rest().get(ahead..ahead + 6)?.strip_prefix(b"\\u")?;
        let digit = |unit, byte: &u8| Some(unit << 4 | char::from(*byte).to_digit(16)?);
        u16::try_from(escape.iter().try_fold(0_u32, digit)?).ok()
    }

    /// The byte that the next token begins with.
    fn token(&mut self) -> Read<u8> {
        self.skip_blanks();
        self.peek().ok_or(JsonErrorKind::Syntax)
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One in each line.
    const NO_JSON: &str = r#"
{
[
[1
[1,
[1,]
[,1]
[1,,2]
[1 2]
[1}
[}
1 2
{'a':1}
{"a"}
{"a" 1}
{"a":}
{"a":1
{"a":1,}
{"a":1 "b":2}
{"a":1]
{,}
{1:2}
{]
nul
tru
fals
True
-
+1
01
1.
.5
1e
1-2
NaN
"
"a
"\
"\"
"\x"
"\n
"\u004"
"\u+041"
"\u004g"
"\ud800"
"\ud800\u0041"
"\ude00""#;

    fn kind(text: impl AsRef<[u8]>) -> JsonErrorKind {
        from_slice(text.as_ref(), &Limits::DEFAULT).unwrap_err().kind()
    }

    #[test]
    fn the_value_is_the_one_serde_json_reads() {
        for text in [
            r#"{"a":[1,-2,2.5,1e3,true,false,null,"\u00e9"],"b":{"c":{}},"18446744073709551615":18446744073709551615}"#,
            " \t\r\n{ \t\r\n\"a\" \t\r\n: \t\r\n[ 1 \t\r\n, \t\r\n2 ] , \"b\" : [ ] } \t\r\n",
            r#""\"\\\/\b\f\n\r\t, then plain text, \"quoted\"""#,
            r#""\u0041\u00e9\uFFFD\u20aC\ud83d\ude00\ud83d\uDE00.""#,
        ] {
            let plain: Value = serde_json::from_str(text).unwrap();
            assert_eq!(from_slice(text.as_bytes(), &Limits::DEFAULT).unwrap(), plain);
        }
    }

    #[test]
    fn names_that_differ_in_case_are_duplicates() {
        assert_eq!(kind(r#"{"a":1,"a":2}"#), JsonErrorKind::DuplicateName);
        assert_eq!(kind(r#"{"userName":1,"x":{"A":1,"a":1}}"#), JsonErrorKind::DuplicateName);
        let named = |name: usize| format!("\"n{name}\":0");
        for count in 1..2 * Names::FEW {
            let many = (0..count).map(named).collect::<Vec<_>>().join(",");
            assert!(from_slice(format!("{{{many}}}").as_bytes(), &Limits::DEFAULT).is_ok());
            for known in 0..count {
                let again = named(known).to_uppercase();
                let text = format!("{{{many},{again}}}");
                assert_eq!(kind(text), JsonErrorKind::DuplicateName, "{known} of {count}");
            }
            let text = format!("{{{many},\"z\":1,\"Z\":1}}");
            assert_eq!(kind(text), JsonErrorKind::DuplicateName, "{count}");
        }
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
        let with_control = ["\"a\nb\"", "\"\\n\n\"", "\u{feff}1", "1\u{a0}"];
        for bad in NO_JSON.lines().chain(with_control) {
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
            assert_eq!(kind(bad), JsonErrorKind::Syntax, "{bad}");
        }
        for (text, place) in [
            ("{\n  \"a\": x}", (2, 8)),
            ("{\"a\": 1,\n\n \"A\": 2}", (3, 2)),
            ("[1, 2 3]", (1, 7)),
            ("[\"ab\\x\"]", (1, 5)),
            ("[\"ab\\u0000\"]", (1, 5)),
            ("[12", (1, 4)),
        ] {
            let error = from_slice(text.as_bytes(), &Limits::DEFAULT).unwrap_err();
            assert_eq!((error.line(), error.column()), place, "{text}");
        }
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
