//! How much work a patch may be, counted while it is planned and applied.

use scim_filter::{Checked, Element, Node};
use serde_json::Value;

use crate::PatchErrorKind as Kind;

/// The work that is left, in comparisons: of one value with one term of a filter.
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) fn new(work: usize) -> Self {
        Self(work)
    }

    /// # Errors
    /// There is not as much left.
    pub(crate) fn spend(&mut self, values: usize, each: usize) -> Result<(), Kind> {
        let work = values.saturating_mul(each);
        self.0 = self.0.checked_sub(work).ok_or(Kind::TooMuchWork)?;
        Ok(())
    }
}

/// What it costs to compare an element, or to copy it: one, and more where texts are long.
/// Elements hold parts, and parts hold simple values.
pub(crate) fn weight(element: &Value) -> usize {
    let part = |value: &Value| match value {
        Value::Array(values) => values.len() + values.iter().map(text).sum::<usize>(),
        value => text(value),
    };
    1 + match element {
        Value::Object(parts) => parts.values().map(part).sum(),
        element => part(element),
    }
}

/// What a text adds: it is looked through, and folded if it is not ASCII.
fn text(value: &Value) -> usize {
    const BYTES: usize = 64;
    match value {
        Value::String(text) if text.len() < BYTES => 0,
        Value::String(text) if text.is_ascii() => text.len() / BYTES,
        Value::String(text) => text.len() / 2,
        _ => 0,
    }
}

/// How many terms a filter has.
pub(crate) fn terms(filter: &Checked) -> usize {
    fn of(node: &Node) -> usize {
        match node {
            Node::And(parts) | Node::Or(parts) => parts.iter().map(of).sum(),
            Node::Not(inner) => of(inner),
            Node::Element(Element { filter, .. }) => of(filter),
            Node::Test(_) | Node::Constant(_) => 1,
        }
    }
    of(filter.root())
}
