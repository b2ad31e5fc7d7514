//! The state that a list ends in (RFC 7643 §2.4, RFC 7644 §3.5.2).

use std::collections::{HashMap, HashSet};

use scim_core::Mutability;
use scim_schema::{Identity, is_hollow, same_element, same_elements, same_value};
use serde_json::{Map, Value};

use super::{
    Rules,
    edit::{ListEdit, Original, State},
    judge_unset, required,
    undo::restore_parts,
};
use crate::{
    PatchError, PatchErrorKind as Kind,
    plan::{Cause, Slot},
};

/// Tidies up and judges what was touched; whether the list is another than before.
pub(super) fn list(
    edit: &mut ListEdit<'_, '_>,
    rules: Rules,
    by: Cause,
) -> Result<bool, PatchError> {
    let touched = edit.touched();
    drop_empty(edit, &touched, rules);
    // Before elements that became equal are made one: that must hide no change.
    judge_fixed(edit, by)?;
    merge_equal(edit, &touched);
    judge_required(edit, by)?;
    if !is_changed(edit) {
        return Ok(false);
    }
    if edit.before() > 0 && edit.slot.attribute.mutability == Mutability::Immutable {
        return Err(PatchError::at(by.operation, Kind::Immutable(edit.slot.path())));
    }
    if edit.live().next().is_none() {
        judge_unset(edit.slot, by)?;
    }
    Ok(true)
}

/// Takes out elements that say nothing.
fn drop_empty(edit: &mut ListEdit<'_, '_>, touched: &[usize], rules: Rules) {
    let attribute = &edit.slot.attribute;
    for &at in touched {
        let Some(element) = edit.get(at) else { continue };
        let empty = element.as_object().is_some_and(Map::is_empty);
        if empty || rules.drop_empty_entries && is_hollow(attribute, element) {
            edit.remove(at);
        }
    }
}

/// Makes one element of those that became equal: the first stays and takes over what it lacks.
fn merge_equal(edit: &mut ListEdit<'_, '_>, touched: &[usize]) {
    let slot = edit.slot;
    let is_same =
        |one: &Value, other: &Value| same_element(&slot.attribute, slot.relation, one, other);
    // A few are held against all others, many by way of an index.
    const FEW: usize = 4;
    if touched.len() <= FEW {
        for &at in touched {
            let twin = |edit: &ListEdit<'_, '_>| {
                let element = edit.get(at)?;
                edit.live()
                    .find(|(other, known)| *other != at && is_same(known, element))
                    .map(|(twin, _)| twin)
            };
            while let Some(twin) = twin(edit) {
                join(edit, twin.min(at), twin.max(at));
            }
        }
        return;
    }
    let mut first: HashMap<Identity, usize> = HashMap::new();
    let all: Vec<usize> = edit.live().map(|(at, _)| at).collect();
    for at in all {
        let Some(element) = edit.get(at) else { continue };
        let identity = Identity::of(&slot.attribute, slot.relation, element);
        match first.get(&identity) {
            // Elements that were equal before are not the patch's affair.
            Some(known)
                if touched.binary_search(&at).is_ok() || touched.binary_search(known).is_ok() =>
            {
                join(edit, *known, at);
            }
            Some(_) => {}
            None => {
                first.insert(identity, at);
            }
        }
    }
}

fn join(edit: &mut ListEdit<'_, '_>, first: usize, later: usize) {
    let later_parts = edit.get(later).cloned();
    edit.remove(later);
    let Some(Value::Object(parts)) = later_parts else { return };
    for (sub, attribute) in edit.slot.attribute.sub_attributes.iter().enumerate() {
        let name = attribute.name.as_str();
        let lacks = edit.get(first).is_some_and(|known| known.get(name).is_none());
        if let Some(value) = parts.get(name).filter(|_| lacks) {
            edit.set_part(first, sub, Some(value.clone()));
        }
    }
}

/// Judges that elements that changed keep what cannot change.
fn judge_fixed(edit: &ListEdit<'_, '_>, by: Cause) -> Result<(), PatchError> {
    let slot = edit.slot;
    let subs = slot.attribute.sub_attributes.iter().enumerate();
    for (at, sub) in subs.filter(|(_, sub)| sub.mutability == Mutability::Immutable) {
        let name = sub.name.as_str();
        let changes = |original: &Original| {
            let Some(now) = edit.get(original.at) else { return false };
            let Some(before) = original.part(at, name, now) else { return false };
            !now.get(name).is_some_and(|now| same_value(sub, now, before))
        };
        if edit.originals().iter().any(changes) {
            return Err(PatchError::at(by.operation, Kind::Immutable(slot.path_of(sub))));
        }
    }
    Ok(())
}

/// Judges that elements have what is required, unless they lacked it before.
fn judge_required(edit: &ListEdit<'_, '_>, by: Cause) -> Result<(), PatchError> {
    let slot = edit.slot;
    let subs = slot.attribute.sub_attributes.iter().enumerate();
    for (at, sub) in subs.filter(|(_, sub)| super::is_demanded(sub)) {
        let name = sub.name.as_str();
        let lacks = |now: &Value| now.get(name).is_none();
        let loses = |original: &Original| {
            edit.get(original.at)
                .is_some_and(|now| lacks(now) && original.part(at, name, now).is_some())
        };
        let mut came = (edit.before()..edit.len()).filter_map(|at| edit.get(at));
        if edit.originals().iter().any(loses) || came.any(lacks) {
            return Err(required(slot.path_of(sub), by));
        }
    }
    Ok(())
}

impl Original {
    /// What a part was; `now` is the element as it is.
    fn part<'v>(&'v self, sub: usize, name: &str, now: &'v Value) -> Option<&'v Value> {
        match &self.state {
            State::Whole(before) => before.get(name),
            State::Parts(parts) => match parts.iter().find(|(known, _)| *known == sub) {
                Some((_, before)) => before.as_ref(),
                None => now.get(name),
            },
        }
    }

    /// The element as it was.
    fn whole(&self, slot: &Slot, now: Option<&Value>) -> Value {
        match &self.state {
            State::Whole(before) => before.clone(),
            State::Parts(parts) => {
                let mut before = now.cloned().unwrap_or_default();
                if let Value::Object(object) = &mut before {
                    restore_parts(object, slot, parts.clone());
                }
                before
            }
        }
    }
}

/// Whether the list, as a set, is another than before. Of a relation `value` alone counts.
fn is_changed(edit: &ListEdit<'_, '_>) -> bool {
    let slot = edit.slot;
    if let ([original], true) = (edit.originals(), edit.len() == edit.before())
        && !slot.relation
        && let State::Parts(parts) = &original.state
        && let Some(now) = edit.get(original.at)
    {
        return parts.iter().any(|(sub, before)| part_changed(slot, *sub, before.as_ref(), now));
    }
    let before: Vec<Value> =
        edit.originals().iter().map(|one| one.whole(slot, edit.get(one.at))).collect();
    let now: Vec<&Value> = edit.touched().into_iter().filter_map(|at| edit.get(at)).collect();
    if slot.relation {
        let identity = |element: &Value| Identity::of(&slot.attribute, true, element);
        let before: HashSet<Identity> = before.iter().map(identity).collect();
        return before != now.into_iter().map(identity).collect();
    }
    !same_elements(&slot.attribute, &before, &now)
}

fn part_changed(slot: &Slot, sub: usize, before: Option<&Value>, now: &Value) -> bool {
    let Some(sub) = slot.sub(sub) else { return false };
    match (before, now.get(sub.name.as_str())) {
        (Some(before), Some(now)) => !same_value(sub, before, now),
        (before, now) => before.is_some() || now.is_some(),
    }
}
