//! Relations: lists of which only the `value` of elements matters.

use serde_json::{Map, Value};

use super::{edit::ListEdit, level, list::emptied, put, undo::Undo};
use crate::{
    Delta, PatchError,
    budget::{Budget, weight},
    plan::{Cause, Slot},
};

/// Changes the members of a relation.
pub(super) fn run(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    delta: &Delta,
    by: Cause,
    budget: &mut Budget,
) -> Result<Option<Undo>, PatchError> {
    let name = slot.attribute.name.as_str();
    let known = level(attributes, slot).and_then(|level| level.get_mut(name));
    let Some(elements) = known.and_then(Value::as_array_mut) else {
        let members: Vec<Value> = delta.add.values().cloned().collect();
        return Ok((!members.is_empty())
            .then(|| Undo::Attribute(put(attributes, slot, Some(Value::Array(members))))));
    };
    if !delta.remove_where.is_empty() {
        let spent = budget.spend(elements.iter().map(weight).sum(), delta.terms());
        spent.map_err(|kind| PatchError::at(by.operation, kind))?;
    }
    let (gone, fresh) = delta.outcome(elements);
    if gone.is_empty() && fresh.is_empty() {
        return Ok(None);
    }
    let mut edit = ListEdit::new(slot, elements);
    gone.into_iter().for_each(|at| edit.remove(at));
    fresh.into_iter().for_each(|member| {
        edit.push(member.clone());
    });
    Ok(Some(edit.finish().unwrap_or_else(|| emptied(attributes, slot))))
}
