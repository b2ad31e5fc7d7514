//! Checked filters held against resources (RFC 7644 §3.4.2.2).

mod text;

use std::cmp::Ordering;

use serde_json::Value;

pub(crate) use self::text::Texts;
use crate::{Checked, Element, Node, Operand, ResolvedPath, Test, TestOp, key::Compared};

impl Checked {
    /// Whether a resource of canonical form fulfils the filter; for a filter of
    /// [`Filter::check_element`](crate::Filter::check_element), whether an element does.
    ///
    /// A value that is `null`, an empty string, an empty list or an empty object is no value: it
    /// is neither present nor equal to anything (RFC 7643 §2.5).
    pub fn matches(&self, resource: &Value) -> bool {
        match &self.root {
            Node::Test(test) => test.matches(resource, None),
            node => node.joined(resource, &Texts::default()),
        }
    }

    /// The attributes and values that a filter consisting of `eq` alone, joined by `and`, demands:
    /// what an element must hold that is made to fulfil it (RFC 7644 §3.5.2.1). `None` for any
    /// other filter.
    pub fn equalities(&self) -> Option<Vec<(&ResolvedPath, &Value)>> {
        match &self.root {
            Node::And(parts) => parts.iter().map(Node::equality).collect(),
            node => node.equality().map(|equality| vec![equality]),
        }
    }
}

impl Node {
    #[inline]
    fn matches(&self, scope: &Value, texts: &Texts) -> bool {
        match self {
            Self::Test(test) => test.matches(scope, Some(texts)),
            node => node.joined(scope, texts),
        }
    }

    /// A node that is no test by itself, apart so that a lone test stays short.
    #[inline(never)]
    fn joined(&self, scope: &Value, texts: &Texts) -> bool {
        match self {
            Self::Test(test) => test.matches(scope, Some(texts)),
            Self::And(parts) => parts.iter().all(|part| part.matches(scope, texts)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(scope, texts)),
            Self::Not(inner) => !inner.matches(scope, texts),
            Self::Element(element) => element.matches(scope, texts),
            Self::Constant(outcome) => *outcome,
        }
    }

    fn equality(&self) -> Option<(&ResolvedPath, &Value)> {
        match self {
            Self::Test(Test { path, op: TestOp::Eq(operand) }) => Some((path, &operand.value)),
            _ => None,
        }
    }
}

impl Test {
    /// Whether a resource or element fulfils the test; among other tests, with the texts that they
    /// have folded.
    #[inline]
    fn matches(&self, scope: &Value, texts: Option<&Texts>) -> bool {
        match self.path.attribute(scope) {
            Some(text @ Value::String(_)) if self.path.sub.is_none() => self.holds(text, texts),
            found => self.holds_for_any(found, texts),
        }
    }

    /// Whether any value of an attribute fulfils the test, apart so that one of a single text stays
    /// short.
    #[inline(never)]
    fn holds_for_any(&self, found: Option<&Value>, texts: Option<&Texts>) -> bool {
        let default = self.path.default_false && !matches!(self.op, TestOp::Present);
        self.path.any(found, default, |value| self.holds(value, texts))
    }

    /// Whether one value fulfils the test.
    #[inline]
    fn holds(&self, value: &Value, texts: Option<&Texts>) -> bool {
        let ResolvedPath { kind, case_exact, .. } = self.path;
        let compared = Compared { value, kind, case_exact, texts };
        if let TestOp::Eq(operand) = &self.op {
            // Only empty values have an empty key, and they are none.
            return operand.key.matches_among(compared) && !operand.key.as_str().is_empty();
        }
        self.holds_otherwise(compared)
    }

    /// The tests other than `eq`, apart so that `eq` stays short.
    #[inline(never)]
    fn holds_otherwise(&self, compared: Compared<'_>) -> bool {
        if is_unassigned(compared.value) {
            return false;
        }
        let order = |operand: &Operand| operand.key.order_among(compared);
        match &self.op {
            TestOp::Eq(operand) => operand.key.matches_among(compared),
            TestOp::Present => true,
            TestOp::Contains(operand) => operand.key.is_within_among(compared),
            TestOp::StartsWith(operand) => operand.key.begins_among(compared),
            TestOp::EndsWith(operand) => operand.key.ends_among(compared),
            TestOp::Gt(operand) => order(operand).is_some_and(Ordering::is_gt),
            TestOp::Ge(operand) => order(operand).is_some_and(Ordering::is_ge),
            TestOp::Lt(operand) => order(operand).is_some_and(Ordering::is_lt),
            TestOp::Le(operand) => order(operand).is_some_and(Ordering::is_le),
        }
    }
}

impl Element {
    fn matches(&self, scope: &Value, texts: &Texts) -> bool {
        self.path.any(self.path.attribute(scope), false, |element| {
            self.filter.matches(element, texts) && !is_unassigned(element)
        })
    }
}

impl ResolvedPath {
    /// Whether any value at this path passes, given what was found of the attribute. With `default`,
    /// elements without a value there have the value `false`.
    #[inline]
    fn any(&self, found: Option<&Value>, default: bool, pass: impl Fn(&Value) -> bool) -> bool {
        let by_default = || default && pass(&Value::Bool(false));
        let Some(value) = found else { return self.sub.is_none() && by_default() };
        if self.sub.is_none() && !value.is_array() {
            return pass(value);
        }
        self.any_of_many(value, by_default, &pass)
    }

    #[inline(never)]
    fn any_of_many(
        &self,
        value: &Value,
        by_default: impl Fn() -> bool,
        pass: impl Fn(&Value) -> bool,
    ) -> bool {
        let Some(sub) = &self.sub else { return any_value(value, pass) };
        any_value(value, |element| match element.get(sub.as_str()) {
            Some(value) if !value.is_null() => any_value(value, &pass),
            _ => !is_unassigned(element) && by_default(),
        })
    }

    /// The attribute's value or values.
    #[inline]
    fn attribute<'v>(&self, scope: &'v Value) -> Option<&'v Value> {
        let scope = match &self.container {
            Some(container) => scope.get(container.as_str())?,
            None => scope,
        };
        match &self.name {
            Some(name) => scope.get(name.as_str()).filter(|value| !value.is_null()),
            None => Some(scope),
        }
    }
}

/// The value, or any of the values if it is a list.
#[inline]
fn any_value(value: &Value, pass: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(values) => values.iter().any(pass),
        value => pass(value),
    }
}

/// Whether a value is as good as none (RFC 7643 §2.5): `null`, empty, or made of such.
pub(crate) fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.iter().all(is_unassigned),
        Value::Object(members) => members.values().all(is_unassigned),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
