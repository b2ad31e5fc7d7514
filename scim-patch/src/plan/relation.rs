//! What is done to a relation, as one change of its set of members.

use scim_core::{Kind, Mutability};

use super::{Cause, ListKind, ListStep, Slot, Work};
use crate::{
    Delta, Limits,
    budget::{Budget, weight},
    delta::value_of,
    message::Op,
};

/// Makes one change of the operations on a relation, where that comes to the same.
pub(super) fn fold(mut slot: Slot, limits: &Limits) -> Slot {
    if let Work::List(steps) = &slot.work
        && can_fold(&slot)
        && let Some(delta) = delta_of(steps, limits)
    {
        let by = steps.last().map_or(Cause { operation: 0, op: Op::Replace }, |step| step.by);
        slot.work = Work::Relation { delta, by };
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

/// `None` if it would not be exact, or more work than the limits allow.
fn delta_of(steps: &[ListStep], limits: &Limits) -> Option<Delta> {
    let mut budget = Budget::new(limits.max_work);
    let mut delta = Delta::default();
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
                    let added = delta.add.values().map(weight).sum();
                    budget.spend(added, selector.terms).ok()?;
                    delta.remove_where(&selector.checked);
                }
            },
            ListKind::Merge { .. } | ListKind::Overwrite { .. } => return None,
        }
    }
    Some(delta)
}
