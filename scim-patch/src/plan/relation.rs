//! What is done to a relation, as one change of its set of members.

use scim_core::{Kind, Mutability};

use super::{Cause, ListKind, ListStep, Slot};
use crate::{
    Delta,
    apply::work::{Work, weight},
    delta::value_of,
    message::Op,
    plan,
};

/// Makes one change of the operations on a relation, where that comes to the same.
pub(super) fn fold(mut slot: Slot) -> Slot {
    if let plan::Work::List(steps) = &slot.work
        && can_fold(&slot)
        && let Some(delta) = delta_of(steps)
    {
        let by = steps.last().map_or(Cause { operation: 0, op: Op::Replace }, |step| step.by);
        slot.work = plan::Work::Relation { delta, by };
    }
    slot
}

/// Members are told apart by the text of their `value`, and neither can the list as a whole be
/// refused for what it holds.
fn can_fold(slot: &Slot) -> bool {
    let by_text = slot.attribute.sub_attribute("value").is_some_and(|value| {
        value.case_exact && matches!(value.kind, Kind::String | Kind::Reference)
    });
    let open = !slot.attribute.required && slot.attribute.mutability == Mutability::ReadWrite;
    let primary = slot.attribute.sub_attribute("primary").is_some();
    slot.relation && by_text && open && !primary
}

/// What filters may come to while operations are folded, in terms of filters that stores are
/// given, and in comparisons with members that are added.
const MAX_TERMS: usize = 256;
const MAX_WORK: usize = 100_000;

fn delta_of(steps: &[ListStep]) -> Option<Delta> {
    let mut delta = Delta::default();
    let mut work = Work::new(MAX_WORK);
    let mut terms = Work::new(MAX_TERMS);
    for step in steps {
        match &step.kind {
            ListKind::Add(elements) => elements.iter().for_each(|one| delta.add(one.clone())),
            ListKind::Replace(elements) => delta = Delta::replace(elements.clone()),
            ListKind::Clear => delta = Delta::replace([]),
            ListKind::Take(elements) => {
                elements.iter().filter_map(value_of).for_each(|value| delta.remove(value));
            }
            ListKind::Remove(selector) => match selector.values() {
                Some(values) => values.into_iter().for_each(|value| delta.remove(value)),
                // What is added may still lack what the filter looks at.
                None if !delta.add.is_empty() && !selector.reads_value_alone() => return None,
                None => {
                    terms.spend(1, selector.terms).ok()?;
                    work.spend(delta.add.values().map(weight).sum(), selector.terms).ok()?;
                    delta.remove_where(&selector.checked);
                }
            },
            ListKind::Merge { .. } | ListKind::Overwrite { .. } => return None,
        }
    }
    Some(delta)
}
