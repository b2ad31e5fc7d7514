//! Negation normal form: `not` stands at tests and elements only.

use crate::{Element, Node, Operand, ResolvedPath, Test, TestOp};

/// A filter without inner negation. Under SQL's NULLs each form is true exactly when the filter is,
/// so no condition needs a `coalesce`, which would keep an index from being used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form<'a> {
    Constant(bool),
    All(Vec<Self>),
    Any(Vec<Self>),
    Test(&'a Test, bool),
    Element(&'a Element, bool),
}

impl<'a> Form<'a> {
    /// The node, or its negation if `holds` is false.
    pub(super) fn of(node: &'a Node, holds: bool) -> Self {
        match (node, holds) {
            (Node::Constant(constant), _) => Self::Constant(*constant == holds),
            (Node::Not(inner), _) => Self::of(inner, !holds),
            (Node::Test(test), _) => Self::Test(test, holds),
            (Node::Element(element), _) => Self::Element(element, holds),
            (Node::And(nodes), true) | (Node::Or(nodes), false) => Self::join(nodes, holds, true),
            (Node::Or(nodes), true) | (Node::And(nodes), false) => Self::join(nodes, holds, false),
        }
    }

    /// All of the nodes, or any; flat.
    fn join(nodes: &'a [Node], holds: bool, all: bool) -> Self {
        let mut forms = Vec::with_capacity(nodes.len());
        for node in nodes {
            match (Self::of(node, holds), all) {
                (Self::All(inner), true) | (Self::Any(inner), false) => forms.extend(inner),
                (form, _) => forms.push(form),
            }
        }
        if all { Self::All(forms) } else { Self::Any(forms) }
    }

    /// Whether it holds only for an element that has some value, so that nobody need ask whether
    /// there is an element.
    pub(super) fn needs_value(&self) -> bool {
        match self {
            Self::Constant(_) | Self::Element(..) => false,
            Self::All(forms) => forms.iter().any(Self::needs_value),
            Self::Any(forms) => forms.iter().all(Self::needs_value),
            Self::Test(test, holds) => *holds && !is_default(&test.path, &test.op),
        }
    }

    /// The tests that hold wherever the form does and that an index can answer.
    pub(super) fn lookups(&self) -> Vec<&'a Test> {
        match self {
            Self::Test(test, true) if is_lookup(test) => vec![test],
            Self::All(forms) => forms.iter().flat_map(Self::lookups).collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether an index by value finds the few values that fulfil the test.
pub(super) fn is_lookup(test: &Test) -> bool {
    match &test.op {
        TestOp::Eq(_) => !is_default(&test.path, &test.op),
        TestOp::StartsWith(operand) => !operand.key.as_str().is_empty(),
        TestOp::Gt(_) | TestOp::Ge(_) | TestOp::Lt(_) | TestOp::Le(_) => true,
        TestOp::Present | TestOp::Contains(_) | TestOp::EndsWith(_) => false,
    }
}

/// Whether a missing value fulfils the test (RFC 7643 §2.4: `primary` is false unless it is true).
pub(super) fn is_default(path: &ResolvedPath, op: &TestOp) -> bool {
    let is_false = |operand: &Operand| operand.value == serde_json::Value::Bool(false);
    path.default_false && matches!(op, TestOp::Eq(operand) if is_false(operand))
}
