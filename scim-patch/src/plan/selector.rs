//! Filters that select elements of a list.

use scim_filter::{Checked, Key, Node, Operand, ResolvedPath, Test, TestOp};

use crate::budget::terms;

/// Selects elements of a list.
#[derive(Clone)]
pub(crate) struct Selector {
    pub(crate) checked: Checked,
    pub(crate) terms: usize,
    /// The key that the `value` of selected elements has, where the filter asks for one.
    pub(crate) value: Option<Key>,
}

impl Selector {
    pub(crate) fn new(checked: Checked) -> Self {
        let value = value_of(checked.root()).cloned();
        Self { terms: terms(&checked), value, checked }
    }

    /// The values that the filter asks for, if it consists of `value eq` and `or` alone.
    pub(crate) fn values(&self) -> Option<Vec<&str>> {
        let one = |node| own_value(node).and_then(|operand| operand.value.as_str());
        match self.checked.root() {
            Node::Or(parts) => parts.iter().map(one).collect(),
            node => one(node).map(|value| vec![value]),
        }
    }

    /// Whether the filter looks at nothing but the `value` of elements.
    pub(crate) fn reads_value_alone(&self) -> bool {
        reads_value_alone(self.checked.root())
    }
}

fn value_of(node: &Node) -> Option<&Key> {
    match node {
        Node::And(parts) => parts.iter().find_map(value_of),
        node => own_value(node).map(|operand| &operand.key),
    }
}

/// The operand of `value eq`.
fn own_value(node: &Node) -> Option<&Operand> {
    match node {
        Node::Test(Test { path, op: TestOp::Eq(operand) }) if is_value(path) => Some(operand),
        _ => None,
    }
}

fn is_value(path: &ResolvedPath) -> bool {
    path.sub.is_none() && path.name.as_ref().is_none_or(|name| *name == "value")
}

fn reads_value_alone(node: &Node) -> bool {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().all(reads_value_alone),
        Node::Not(inner) => reads_value_alone(inner),
        Node::Test(test) => is_value(&test.path),
        Node::Constant(_) => true,
        Node::Element(_) => false,
    }
}
