//! Text with `{{variables}}` in it.

use std::fmt::Write as _;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::{
    scope::{Missing, Scope},
    step::SyntaxError,
};

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(String),
    Variable { name: String, filter: Option<Filter> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Filter {
    Percent,
    Form,
    Upper,
    Lower,
    SwapCase,
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('{') {
            plain.push_str(before);
            rest = match Part::placeholder(tail)? {
                Some((part, tail)) => {
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part);
                    tail
                }
                None => {
                    plain.push('{');
                    tail
                }
            };
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// The text with every variable in its place.
    pub(super) fn fill(&self, scope: &mut Scope) -> Result<String, Missing> {
        self.render(|name, filter| {
            let text = text(scope.value(name)?);
            Ok(filter.map_or_else(|| text.clone(), |filter| filter.apply(&text)))
        })
    }

    /// Like [`fill`](Self::fill), but a text that is nothing but a variable keeps the type of its
    /// value.
    pub(super) fn value(&self, scope: &mut Scope) -> Result<Value, Missing> {
        match self.0.as_slice() {
            [Part::Variable { name, filter: None }] => scope.value(name).cloned(),
            _ => self.fill(scope).map(Value::String),
        }
    }

    /// The text with `by` in the place of every variable.
    pub(super) fn masked(&self, by: &str) -> String {
        let Ok(text) = self.render(|_, _| Ok::<_, std::convert::Infallible>(by.to_owned()));
        text
    }

    fn render<E>(
        &self,
        mut variable: impl FnMut(&str, Option<Filter>) -> Result<String, E>,
    ) -> Result<String, E> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Variable { name, filter } => text.push_str(&variable(name, *filter)?),
            }
        }
        Ok(text)
    }
}

impl TryFrom<String> for Template {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        Self::parse(&text)
    }
}

impl Part {
    /// Reads `{name}}` or `{name|filter}}`, what follows the first brace of a placeholder, and
    /// returns what comes after it. Braces that hold anything else are text.
    fn placeholder(text: &str) -> Result<Option<(Self, &str)>, SyntaxError> {
        let Some((inner, tail)) = text.strip_prefix('{').and_then(|text| text.split_once("}}"))
        else {
            return Ok(None);
        };
        let (name, filter) = match inner.split_once('|') {
            Some((name, filter)) => (name.trim(), Some(filter.trim())),
            None => (inner.trim(), None),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_.$-".contains(c)) {
            return Ok(None);
        }
        let filter = filter.map(Filter::parse).transpose()?;
        Ok(Some((Self::Variable { name: name.to_owned(), filter }, tail)))
    }
}

impl Filter {
    fn parse(name: &str) -> Result<Self, SyntaxError> {
        Ok(match name {
            "q" => Self::Percent,
            "qp" => Self::Form,
            "upper" => Self::Upper,
            "lower" => Self::Lower,
            "swapcase" => Self::SwapCase,
            _ => return Err(SyntaxError::Filter),
        })
    }

    fn apply(self, text: &str) -> String {
        match self {
            Self::Percent => percent_encode(text, "%20"),
            Self::Form => percent_encode(text, "+"),
            Self::Upper => text.to_uppercase(),
            Self::Lower => text.to_lowercase(),
            Self::SwapCase => text.chars().map(swap_case).collect(),
        }
    }
}

/// Escapes all but the unreserved characters of RFC 3986 §2.3.
fn percent_encode(text: &str, blank: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push_str(blank),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

fn swap_case(c: char) -> String {
    if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
}

/// A JSON value as it stands inside a longer text: strings without their quotes.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A regular expression with placeholders; their values match literally.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Pattern(Template);

impl Pattern {
    /// The expression, and whether it occurs in `text`.
    pub(super) fn search(&self, text: &str, scope: &mut Scope) -> Result<bool, Missing> {
        let pattern = self
            .0
            .render(|name, _| Ok(regex::escape(&super::template::text(scope.value(name)?))))?;
        Ok(Regex::new(&pattern).is_ok_and(|regex| regex.is_match(text)))
    }

    /// The expression with its placeholders left open, for messages.
    pub(super) fn shown(&self) -> String {
        self.0.masked("…")
    }
}

impl TryFrom<String> for Pattern {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        let template = Template::parse(&text)?;
        Regex::new(&template.masked("x")).map_err(|_| SyntaxError::Pattern)?;
        Ok(Self(template))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::default();
        scope.set("name", json!("Añe o'B & C"));
        scope.set("a.id", json!("42"));
        scope.set("count", json!(7));
        scope
    }

    fn fill(text: &str) -> String {
        Template::parse(text).unwrap().fill(&mut scope()).unwrap()
    }

    #[test]
    fn variables_stand_anywhere_in_a_text() {
        assert_eq!(fill("/Users/{{a.id}}?x={{ a.id }}&n={{count}}"), "/Users/42?x=42&n=7");
    }

    #[test]
    fn filters_encode_and_change_case() {
        assert_eq!(fill("{{name|q}}"), "A%C3%B1e%20o%27B%20%26%20C");
        assert_eq!(fill("{{name|qp}}"), "A%C3%B1e+o%27B+%26+C");
        assert_eq!(fill("{{name|upper}}"), "AÑE O'B & C");
        assert_eq!(fill("{{name|lower}}"), "añe o'b & c");
        assert_eq!(fill("{{ name | swapcase }}"), "aÑE O'b & c");
    }

    #[test]
    fn unreserved_characters_stay_as_they_are() {
        assert_eq!(percent_encode("aZ09-._~/+%", "%20"), "aZ09-._~%2F%2B%25");
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        assert!(matches!(Template::parse("{{name|rot13}}"), Err(SyntaxError::Filter)));
    }

    #[test]
    fn braces_that_hold_no_name_are_text() {
        for text in ["{{}}", "{\"a\":{\"b\":{}}}", "{{a b}}", "{{name", "}}{{"] {
            assert_eq!(fill(text), text);
        }
        assert_eq!(fill("{{{a.id}}}"), "{42}");
    }

    #[test]
    fn an_unknown_variable_is_missing_by_name() {
        let missing = Template::parse("x{{b.id}}").unwrap().fill(&mut scope()).unwrap_err();
        assert_eq!(missing, Missing("b.id".to_owned()));
    }

    #[test]
    fn values_in_a_pattern_match_literally() {
        let mut scope = Scope::default();
        scope.set("base", json!("https://a.b/v2"));
        let pattern = Pattern::try_from("^{{base}}/Users/[0-9]+$".to_owned()).unwrap();
        assert!(pattern.search("https://a.b/v2/Users/7", &mut scope).unwrap());
        assert!(!pattern.search("https://aXb/v2/Users/7", &mut scope).unwrap());
        assert!(!pattern.search("https://a.b/v2/Users/x", &mut scope).unwrap());
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        assert!(matches!(Pattern::try_from("(".to_owned()), Err(SyntaxError::Pattern)));
    }
}
