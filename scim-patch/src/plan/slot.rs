//! What a plan does to one attribute.

use scim_core::{AttrPath, Attribute, Mutability, SchemaUri};
use serde_json::Value;

use super::Selector;
use crate::{Delta, message::Op};

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

impl ListKind {
    /// Whether it depends on the list if the step is refused, other than for too much work.
    fn can_be_refused(&self) -> bool {
        matches!(self, Self::Merge { .. } | Self::Overwrite { .. })
    }
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
            Work::List(_) => self.step(ListKind::Clear, by),
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
            let begins_anew = matches!(kind, ListKind::Replace(_) | ListKind::Clear);
            if begins_anew && !steps.iter().any(|step| step.kind.can_be_refused()) {
                steps.clear();
            }
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
