//! The subset of JSONPath (RFC 9535) in which transcripts name parts of an answer.

use serde::Deserialize;
use serde_json::Value;

use super::{
    assertion::same,
    scope::{Missing, Scope},
    step::SyntaxError,
    template::Template,
    tree::Tree,
};

/// `$.a.b`, `$['urn:x']`, `[0]`, `[*]`, `[?(@.a.b=='c')]`; quoted parts may hold variables.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct JsonPath(Vec<Segment>);

#[derive(Debug, Clone)]
enum Segment {
    Member(Template),
    Index(usize),
    Every,
    Where { member: Vec<String>, equals: Tree },
}

impl JsonPath {
    pub(super) fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut rest = text.strip_prefix('$').ok_or(SyntaxError::Path)?;
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let (segment, tail) = Segment::parse(rest)?;
            segments.push(segment);
            rest = tail;
        }
        Ok(Self(segments))
    }

    /// Every value at the path, in the order of the document.
    pub(super) fn find<'v>(
        &self,
        document: &'v Value,
        scope: &mut Scope,
    ) -> Result<Vec<&'v Value>, Missing> {
        self.0.iter().try_fold(vec![document], |found, segment| segment.select(found, scope))
    }

    /// Whether the path can lead to several values of one array.
    pub(super) fn spreads(&self) -> bool {
        self.0.iter().any(|segment| matches!(segment, Segment::Every | Segment::Where { .. }))
    }
}

impl TryFrom<String> for JsonPath {
    type Error = SyntaxError;

    fn try_from(text: String) -> Result<Self, SyntaxError> {
        Self::parse(&text)
    }
}

impl Segment {
    /// Reads one segment and returns what comes after it.
    fn parse(text: &str) -> Result<(Self, &str), SyntaxError> {
        if let Some(name) = text.strip_prefix('.') {
            let end = name.find(|c: char| !is_name_char(c)).unwrap_or(name.len());
            let (name, tail) = name.split_at(end);
            let begins_well = |c: char| is_name_char(c) && c != '-' && !c.is_ascii_digit();
            if !name.starts_with(begins_well) {
                return Err(SyntaxError::Path);
            }
            return Ok((Self::Member(Template::parse(name)?), tail));
        }
        if let Some(quoted) = text.strip_prefix("['") {
            let (name, tail) = quoted.split_once("']").ok_or(SyntaxError::Path)?;
            return Ok((Self::Member(Template::parse(name)?), tail));
        }
        if let Some(filter) = text.strip_prefix("[?(@.") {
            return Self::parse_filter(filter);
        }
        let bracketed = text.strip_prefix('[').and_then(|text| text.split_once(']'));
        match bracketed.ok_or(SyntaxError::Path)? {
            ("*", tail) => Ok((Self::Every, tail)),
            (index, tail) => Ok((Self::Index(index.parse().map_err(|_| SyntaxError::Path)?), tail)),
        }
    }

    /// Reads `a.b=='c')]`, where the literal may also be a number, `true`, `false` or `null`.
    fn parse_filter(text: &str) -> Result<(Self, &str), SyntaxError> {
        let (member, literal) = text.split_once("==").ok_or(SyntaxError::Path)?;
        let literal = literal.trim_start();
        let (equals, tail) = match literal.strip_prefix('\'') {
            Some(quoted) => {
                let (literal, tail) = quoted.split_once('\'').ok_or(SyntaxError::Path)?;
                let tail = tail.strip_prefix(")]").ok_or(SyntaxError::Path)?;
                (Tree::Text(Template::parse(literal)?), tail)
            }
            None => {
                let (literal, tail) = literal.split_once(")]").ok_or(SyntaxError::Path)?;
                let literal = serde_json::from_str(literal).map_err(|_| SyntaxError::Path)?;
                if matches!(literal, Value::String(_) | Value::Array(_) | Value::Object(_)) {
                    return Err(SyntaxError::Path);
                }
                (Tree::Leaf(literal), tail)
            }
        };
        let member: Vec<_> = member.trim_end().split('.').map(str::to_owned).collect();
        if !member
            .iter()
            .all(|name| !name.is_empty() && name.chars().all(|c| is_name_char(c) || c == '$'))
        {
            return Err(SyntaxError::Path);
        }
        Ok((Self::Where { member, equals }, tail))
    }

    fn select<'v>(
        &self,
        found: Vec<&'v Value>,
        scope: &mut Scope,
    ) -> Result<Vec<&'v Value>, Missing> {
        let found = found.into_iter();
        Ok(match self {
            Self::Member(name) => {
                let name = name.fill(scope)?;
                found.filter_map(|value| value.get(&name)).collect()
            }
            Self::Index(index) => found.filter_map(|value| value.get(*index)).collect(),
            Self::Every => found.filter_map(Value::as_array).flatten().collect(),
            Self::Where { member, equals } => {
                let wanted = equals.fill(scope)?;
                let is_wanted = |element: &&Value| {
                    let member = member.iter().try_fold(*element, |value, name| value.get(name));
                    same(member.unwrap_or(&Value::Null), &wanted)
                };
                found.filter_map(Value::as_array).flatten().filter(is_wanted).collect()
            }
        })
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(path: &str) -> Value {
        let document = json!({
            "a": {"b": 1, "b-c": 2, "_d": null},
            "urn:x:2.0:User": {"dept": "Ops"},
            "x.y": "dotted",
            "emails": [
                {"type": "work", "value": "w", "primary": true, "rank": 1},
                {"type": "home", "value": "h", "primary": false, "rank": 2},
                {"value": "n", "meta": {"kind": "odd"}},
            ],
            "matrix": [[1, 2], [3]],
        });
        let mut scope = Scope::default();
        scope.set("type", "home");
        scope.set("urn", "urn:x:2.0:User");
        let found = JsonPath::parse(path).unwrap().find(&document, &mut scope).unwrap();
        found.into_iter().cloned().collect()
    }

    #[test]
    fn members_are_named_with_dots_or_in_quotes() {
        assert_eq!(find("$.a.b"), json!([1]));
        assert_eq!(find("$.a.b-c"), json!([2]));
        assert_eq!(find("$.a._d"), json!([null]));
        assert_eq!(find("$['urn:x:2.0:User'].dept"), json!(["Ops"]));
        assert_eq!(find("$['x.y']"), json!(["dotted"]));
        assert_eq!(find("$.none.b"), json!([]));
    }

    #[test]
    fn the_root_alone_is_the_document() {
        assert_eq!(find("$").as_array().unwrap().len(), 1);
    }

    #[test]
    fn elements_are_taken_by_index_or_all() {
        assert_eq!(find("$.emails[1].value"), json!(["h"]));
        assert_eq!(find("$.emails[3].value"), json!([]));
        assert_eq!(find("$.emails[*].value"), json!(["w", "h", "n"]));
        assert_eq!(find("$.matrix[*][0]"), json!([1, 3]));
        assert_eq!(find("$.a[0]"), json!([]));
        assert_eq!(find("$.a[*]"), json!([]));
    }

    #[test]
    fn filters_compare_with_a_literal() {
        assert_eq!(find("$.emails[?(@.type=='work')].value"), json!(["w"]));
        assert_eq!(find("$.emails[?(@.type == 'home')].value"), json!(["h"]));
        assert_eq!(find("$.emails[?(@.primary==true)].value"), json!(["w"]));
        assert_eq!(find("$.emails[?(@.rank==2)].value"), json!(["h"]));
        assert_eq!(find("$.emails[?(@.meta.kind=='odd')].value"), json!(["n"]));
        assert_eq!(find("$.emails[?(@.type=='fax')]"), json!([]));
    }

    #[test]
    fn a_filter_for_null_takes_what_is_absent() {
        assert_eq!(find("$.emails[?(@.type==null)].value"), json!(["n"]));
    }

    #[test]
    fn quoted_parts_hold_variables() {
        assert_eq!(find("$.emails[?(@.type=='{{type}}')].value"), json!(["h"]));
        assert_eq!(find("$['{{urn}}'].dept"), json!(["Ops"]));
    }

    #[test]
    fn only_wildcards_and_filters_spread() {
        for path in ["$.a[*]", "$.a[?(@.b=='c')].d"] {
            assert!(JsonPath::parse(path).unwrap().spreads());
        }
        assert!(!JsonPath::parse("$.a[0]['[*]']").unwrap().spreads());
    }

    #[test]
    fn anything_else_is_refused() {
        for path in [
            "",
            "a.b",
            "$a",
            "$.",
            "$..a",
            "$.1a",
            "$.-a",
            "$[",
            "$[x]",
            "$[-1]",
            "$['a'",
            "$[*",
            "$[?(@.a)]",
            "$[?(@.a=='b')",
            "$[?(@.a=='b]",
            "$[?(@.a=={})]",
            "$[?(@.a==\"b\")]",
            "$[?(@.a..b=='c')]",
            "$[?(@.a b=='c')]",
            "$.a b",
        ] {
            assert!(matches!(JsonPath::parse(path), Err(SyntaxError::Path)), "{path}");
        }
    }
}
