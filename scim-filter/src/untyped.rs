//! Filters held against resources of which no schema is known.

use std::cmp::Ordering;

use scim_core::{AttrName, AttrPath, Kind};
use serde_json::Value;

use crate::{
    CompareOp, Expr, Filter, Key, Literal, LiteralKind,
    eval::{Texts, is_unassigned},
    key::Compared,
};

impl Filter {
    /// Whether a resource fulfils the filter, judged without a schema.
    ///
    /// `id`, `externalId`, `schemas`, the parts of `meta` and `primary` have the types of RFC 7643
    /// §2.4, §3 and §3.1. Other values compare with literals of the same JSON type, strings
    /// without case. Names match in any case; what does not fit does not match.
    ///
    /// ```
    /// use scim_filter::Filter;
    /// use serde_json::json;
    ///
    /// let filter: Filter = r#"emails[type eq "work" and value ew "@example.com"]"#.parse()?;
    /// let user = json!({"emails": [{"type": "Work", "value": "ada@example.com"}]});
    /// assert!(filter.matches(&user));
    /// # Ok::<(), scim_filter::ParseError>(())
    /// ```
    pub fn matches(&self, resource: &Value) -> bool {
        let texts = Texts::default();
        Scope { value: resource, parent: None, listed: false, texts: &texts }.fulfils(self.expr())
    }
}

/// What the names in a filter are looked up in.
#[derive(Clone, Copy)]
struct Scope<'a> {
    value: &'a Value,
    /// The attribute before the brackets that the filter stands in.
    parent: Option<&'a AttrPath>,
    /// Whether the value is an element of a list.
    listed: bool,
    /// The texts of the resource.
    texts: &'a Texts,
}

impl<'a> Scope<'a> {
    fn fulfils(self, expr: &Expr) -> bool {
        match expr {
            Expr::And(parts) => parts.iter().all(|part| self.fulfils(part)),
            Expr::Or(parts) => parts.iter().any(|part| self.fulfils(part)),
            Expr::Not(inner) => !self.fulfils(inner),
            Expr::Present { path } => self.is_present(path),
            Expr::Element { path, filter } => self.visit(path, &mut |value, listed| {
                let inside = Scope { value, parent: Some(path), listed, texts: self.texts };
                !is_unassigned(value) && inside.fulfils(filter)
            }),
            Expr::Compare { path, op, literal } if literal.kind() == LiteralKind::Null => {
                match op {
                    CompareOp::Eq => !self.is_present(path),
                    CompareOp::Ne => self.is_present(path),
                    _ => false,
                }
            }
            Expr::Compare { path, op: CompareOp::Ne, literal } => {
                !self.compares(path, CompareOp::Eq, literal)
            }
            Expr::Compare { path, op, literal } => self.compares(path, *op, literal),
        }
    }

    fn is_present(self, path: &AttrPath) -> bool {
        self.visit(path, &mut |value, _| !is_unassigned(value))
    }

    fn compares(self, path: &AttrPath, op: CompareOp, literal: &Literal) -> bool {
        let typing = self.typing(path);
        let Some(operand) = Operand::new(literal, typing) else { return false };
        if typing == Typing::Primary
            && self.lacks_primary(path)
            && operand.holds(op, &Value::Bool(false), self.texts)
        {
            return true;
        }
        self.visit(path, &mut |value, _| match value {
            // A complex attribute is compared by its `value`.
            Value::Object(_) => {
                member(value, "value").is_some_and(|value| operand.holds(op, value, self.texts))
            }
            value => operand.holds(op, value, self.texts),
        })
    }

    /// Whether some element does not say whether it is primary.
    fn lacks_primary(self, path: &AttrPath) -> bool {
        let lacks = |element: &Value| {
            !is_unassigned(element) && member(element, "primary").is_none_or(Value::is_null)
        };
        match path.sub() {
            None => self.listed && lacks(self.value),
            Some(_) => {
                let elements = self.find(path).and_then(|(base, name, _)| member(base, name?));
                elements.and_then(Value::as_array).is_some_and(|all| all.iter().any(lacks))
            }
        }
    }

    /// Calls for each value at a path until the call is true, telling whether it is in a list.
    fn visit(self, path: &AttrPath, pass: &mut dyn FnMut(&'a Value, bool) -> bool) -> bool {
        let Some((base, name, sub)) = self.find(path) else { return false };
        let value = match name {
            Some(name) => member(base, name),
            None => Some(base),
        };
        let (Some(value), Some(sub)) = (value, sub) else {
            return value.is_some_and(|value| each(value, pass));
        };
        each(value, &mut |element, _| member(element, sub).is_some_and(|value| each(value, pass)))
    }

    /// The object that holds the attribute, the attribute's name and that of the sub-attribute.
    fn find<'p>(self, path: &'p AttrPath) -> Option<(&'a Value, Option<&'p str>, Option<&'p str>)> {
        let name = path.name().map(AttrName::as_str);
        let sub = path.sub().map(AttrName::as_str);
        if self.parent.is_some() && !self.value.is_object() {
            // A simple value is called `value`.
            let is_value = path.uri().is_none() && sub.is_none() && *path.name()? == "value";
            return is_value.then_some((self.value, None, None));
        }
        let Some(uri) = path.uri() else { return Some((self.value, name, sub)) };
        if let Some(extension) = member(self.value, uri.as_str()) {
            return Some((extension, name, sub));
        }
        // Without a schema, the last step of an extension's URI may have been read as a name.
        let named = name.and_then(|name| member(self.value, &format!("{uri}:{name}")));
        if let Some(extension) = named {
            return Some((extension, sub, None));
        }
        self.is_base(uri.as_str()).then_some((self.value, name, sub))
    }

    /// Whether a URI without an object of its own is that of the resource's base schema.
    fn is_base(self, uri: &str) -> bool {
        const CORE: &str = "urn:ietf:params:scim:schemas:core:";
        let is_core = uri.get(..CORE.len()).is_some_and(|start| start.eq_ignore_ascii_case(CORE));
        let named = || {
            let schemas = member(self.value, "schemas").and_then(Value::as_array);
            let mut schemas = schemas.into_iter().flatten().filter_map(Value::as_str);
            schemas.any(|schema| schema.eq_ignore_ascii_case(uri))
        };
        self.parent.is_none() && (is_core || named())
    }

    fn typing(self, path: &AttrPath) -> Typing {
        let steps = match self.parent {
            Some(parent) => (parent.name(), path.name()),
            None => (path.name(), path.sub()),
        };
        let lower = |name: Option<&AttrName>| name.map(|name| name.as_str().to_ascii_lowercase());
        let (name, sub) = (lower(steps.0), lower(steps.1));
        match (name.as_deref(), sub.as_deref()) {
            (Some("id" | "externalid"), None) => Typing::Exact,
            (Some("meta"), Some("created" | "lastmodified")) => Typing::Instant,
            (Some("meta"), Some("resourcetype" | "location" | "version")) => Typing::Exact,
            (_, Some("primary")) => Typing::Primary,
            _ => Typing::Json,
        }
    }
}

/// What is known of an attribute's type.
#[derive(Clone, Copy, PartialEq)]
enum Typing {
    Exact,
    Instant,
    Primary,
    /// The type of the value itself.
    Json,
}

/// A literal as values of its type are compared with it.
struct Operand {
    key: Key,
    kind: Kind,
    case_exact: bool,
}

impl Operand {
    fn new(literal: &Literal, typing: Typing) -> Option<Self> {
        let text = literal.text();
        let (key, kind) = match (literal.kind(), typing) {
            (LiteralKind::String, Typing::Instant) => (Key::instant(text)?, Kind::DateTime),
            (LiteralKind::String, Typing::Exact | Typing::Json) => {
                (Key::text(text, typing == Typing::Exact), Kind::String)
            }
            (LiteralKind::Boolean, Typing::Primary | Typing::Json) => {
                (Key::boolean(literal.as_bool()?), Kind::Boolean)
            }
            (LiteralKind::Number, Typing::Json) => (Key::decimal(text)?, Kind::Decimal),
            _ => return None,
        };
        Some(Self { key, kind, case_exact: typing == Typing::Exact })
    }

    fn holds(&self, op: CompareOp, value: &Value, texts: &Texts) -> bool {
        let Self { key, kind, case_exact } = self;
        if is_unassigned(value) || *kind == Kind::Boolean && op != CompareOp::Eq {
            return false;
        }
        let compared = Compared { value, kind: *kind, case_exact: *case_exact, texts: Some(texts) };
        let order = |pass: fn(Ordering) -> bool| key.order_among(compared).is_some_and(pass);
        match op {
            CompareOp::Eq => key.matches_among(compared),
            // Asked as the contrary of `eq`.
            CompareOp::Ne => false,
            CompareOp::Co => key.is_within_among(compared),
            CompareOp::Sw => key.begins_among(compared),
            CompareOp::Ew => key.ends_among(compared),
            CompareOp::Gt => order(Ordering::is_gt),
            CompareOp::Ge => order(Ordering::is_ge),
            CompareOp::Lt => order(Ordering::is_lt),
            CompareOp::Le => order(Ordering::is_le),
        }
    }
}

/// The member of an object, in whatever case.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| {
        members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    })
}

fn each<'v>(value: &'v Value, pass: &mut dyn FnMut(&'v Value, bool) -> bool) -> bool {
    match value {
        Value::Array(values) => values.iter().any(|value| pass(value, true)),
        value => pass(value, false),
    }
}
