//! What a plan does to one attribute.

use scim_core::{AttrPath, Attribute, Mutability, SchemaUri};
use scim_filter::{Checked, Element, Key, Node, Test, TestOp};
use serde_json::Value;

use crate::{Delta, apply::work::weight, message::Op};

/// An attribute and what is done to it. Attributes do not depend on one another, so the
/// operations on each stand together, in their order.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) container: Option<SchemaUri>,
    pub(crate) attribute: Attribute,
    pub(crate) relation: bool,
    /// The last operation that sets `$ref`: then it is no leftover of an earlier `value`.
    pub(crate) ref_by: Option<usize>,
    pub(crate) work: Work,
}

/// Which operation, and what kind it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) operation: usize,
    pub(crate) op: Op,
}

impl Cause {
    pub(crate) fn removes(self) -> bool {
        self.op == Op::Remove
    }
}

#[derive(Clone)]
pub(crate) enum Work {
    /// A single simple value: the last one counts.
    Assign { value: Option<Value>, by: Cause },
    /// A single complex value.
    Parts(Parts),
    /// A list.
    List(Vec<ListStep>),
    /// A list of which only the `value` of elements matters.
    Relation { delta: Delta, by: Cause },
}

#[derive(Clone)]
pub(crate) struct Parts {
    /// Whether all earlier parts are removed first.
    pub(crate) clear: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) by: Cause,
}

#[derive(Clone)]
pub(crate) struct Part {
    /// The position of the sub-attribute.
    pub(crate) sub: usize,
    pub(crate) change: PartChange,
    pub(crate) by: Cause,
}

#[derive(Clone)]
pub(crate) enum PartChange {
    Set(Value),
    Unset,
    /// Adds to a list.
    Extend(Vec<Value>),
    /// Takes out of a list.
    Take(Vec<Value>),
}

#[derive(Clone)]
pub(crate) struct ListStep {
    pub(crate) kind: ListKind,
    pub(crate) by: Cause,
}

#[derive(Clone)]
pub(crate) enum ListKind {
    Add(Vec<Value>),
    Replace(Vec<Value>),
    Clear,
    /// Removes the elements that are listed.
    Take(Vec<Value>),
    /// Removes the elements that are selected.
    Remove(Selector),
    /// Changes parts of the elements that are selected, or of all.
    Merge {
        selector: Option<Selector>,
        parts: Vec<Part>,
        missing: Missing,
    },
    /// Puts another element in the place of those that are selected.
    Overwrite {
        selector: Selector,
        element: Value,
        missing: Missing,
    },
}

/// What becomes of a change when no element is selected.
#[derive(Clone)]
pub(crate) enum Missing {
    Ignore,
    Refuse,
    /// An element is made, beginning with this.
    Create(Value),
}

/// Selects elements of a list.
#[derive(Clone)]
pub(crate) struct Selector {
    pub(crate) checked: Checked,
    pub(crate) terms: usize,
    /// The key that the `value` of selected elements has, where the filter asks for one.
    pub(crate) value: Option<Key>,
}

impl Slot {
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.container.is_none() && self.attribute.name == name
    }

    pub(crate) fn path(&self) -> AttrPath {
        AttrPath::from_parts(self.container.clone(), self.attribute.name.clone(), None)
    }

    pub(crate) fn path_of(&self, sub: &Attribute) -> AttrPath {
        self.path().with_sub(sub.name.clone())
    }

    pub(crate) fn sub(&self, sub: usize) -> Option<&Attribute> {
        self.attribute.sub_attributes.get(sub)
    }

    /// The operation that says last what becomes of the attribute.
    pub(crate) fn last(&self) -> Cause {
        match &self.work {
            Work::Assign { by, .. } | Work::Relation { by, .. } => *by,
            Work::Parts(parts) => parts.parts.last().map_or(parts.by, |part| part.by),
            Work::List(steps) => {
                steps.last().map_or(Cause { operation: 0, op: Op::Replace }, |step| step.by)
            }
        }
    }

    pub(crate) fn assign(&mut self, value: Option<Value>, by: Cause) {
        self.work = Work::Assign { value, by };
    }

    /// Removes the attribute.
    pub(crate) fn clear(&mut self, by: Cause) {
        match &mut self.work {
            Work::Parts(parts) => *parts = Parts { clear: true, parts: Vec::new(), by },
            Work::List(steps) => *steps = vec![ListStep { kind: ListKind::Clear, by }],
            Work::Assign { .. } | Work::Relation { .. } => self.assign(None, by),
        }
    }

    /// Changes a part of a single complex value. Of a single part the last change counts.
    pub(crate) fn part(&mut self, part: Part) {
        self.note_ref(&part);
        let decides = matches!(part.change, PartChange::Set(_) | PartChange::Unset);
        if let Work::Parts(parts) = &mut self.work {
            if decides {
                parts.parts.retain(|earlier| earlier.sub != part.sub);
            }
            parts.by = part.by;
            parts.push(part);
        }
    }

    pub(crate) fn step(&mut self, kind: ListKind, by: Cause) {
        if let ListKind::Merge { parts, .. } = &kind {
            parts.iter().for_each(|part| self.note_ref(part));
        }
        if let Work::List(steps) = &mut self.work {
            steps.push(ListStep { kind, by });
        }
    }

    fn note_ref(&mut self, part: &Part) {
        let is_ref = self.sub(part.sub).is_some_and(|sub| sub.name == "$ref");
        if is_ref && matches!(part.change, PartChange::Set(_)) {
            self.ref_by = Some(part.by.operation);
        }
    }

    /// Whether a sub-attribute says something of the resource that `value` refers to, and so does
    /// not outlive a `value` that an operation changes: what the server knows of it, and an
    /// address that is not given along with the new `value`.
    pub(crate) fn is_derived(&self, sub: &Attribute, by: Cause) -> bool {
        let refers = self.attribute.sub_attribute("$ref").is_some();
        let stale = sub.name == "$ref" && self.ref_by.is_none_or(|last| last < by.operation);
        refers && (sub.mutability == Mutability::ReadOnly || stale)
    }
}

impl PartChange {
    /// The work to make the change.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Unset => 1,
            Self::Set(value) => weight(value),
            Self::Extend(values) | Self::Take(values) => {
                1 + values.iter().map(weight).sum::<usize>()
            }
        }
    }
}

impl Parts {
    /// Adds a change; what extends one and the same list extends it at once.
    fn push(&mut self, part: Part) {
        if let PartChange::Extend(more) = &part.change
            && let Some(Part { sub, change: PartChange::Extend(known), by }) = self.parts.last_mut()
            && *sub == part.sub
        {
            known.extend(more.iter().cloned());
            *by = part.by;
            return;
        }
        self.parts.push(part);
    }
}

impl Selector {
    pub(crate) fn new(checked: Checked) -> Self {
        let value = value_of(checked.root()).cloned();
        Self { terms: terms(checked.root()), value, checked }
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

/// How many terms a filter has.
pub(crate) fn terms(node: &Node) -> usize {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().map(terms).sum(),
        Node::Not(inner) => terms(inner),
        Node::Element(Element { filter, .. }) => terms(filter),
        Node::Test(_) | Node::Constant(_) => 1,
    }
}

fn value_of(node: &Node) -> Option<&Key> {
    match node {
        Node::And(parts) => parts.iter().find_map(value_of),
        node => own_value(node).map(|operand| &operand.key),
    }
}

/// The operand of `value eq`.
fn own_value(node: &Node) -> Option<&scim_filter::Operand> {
    match node {
        Node::Test(Test { path, op: TestOp::Eq(operand) }) if is_value(path) => Some(operand),
        _ => None,
    }
}

fn is_value(path: &scim_filter::ResolvedPath) -> bool {
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
