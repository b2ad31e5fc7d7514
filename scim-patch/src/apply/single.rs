//! Single values (RFC 7644 §3.5.2.1–§3.5.2.3).

use std::collections::HashSet;

use scim_core::{Attribute, Mutability};
use scim_schema::{Identity, same_value};
use serde_json::{Map, Value};

use super::{
    judge_unset, level, put, required,
    undo::{Undo, restore_parts},
};
use crate::{
    PatchError, PatchErrorKind as Kind,
    budget::{Budget, weight},
    plan::{Cause, PartChange, Parts, Slot},
};

/// Sets or removes a simple value.
pub(super) fn assign(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    value: Option<&Value>,
    by: Cause,
) -> Result<Option<Undo>, PatchError> {
    let attribute = &slot.attribute;
    let known = level(attributes, slot).and_then(|level| level.get(attribute.name.as_str()));
    let same = match (known, value) {
        (Some(known), Some(value)) => same_value(attribute, known, value),
        (known, value) => known.is_none() && value.is_none(),
    };
    if same {
        return Ok(None);
    }
    if known.is_some() && attribute.mutability == Mutability::Immutable {
        return Err(PatchError::at(by.operation, Kind::Immutable(slot.path())));
    }
    // An empty text is a value, but not one that a required attribute can have
    // (RFC 7643 §4.1.1).
    if value.is_none_or(|value| value.as_str().is_some_and(str::is_empty)) {
        judge_unset(slot, by)?;
    }
    Ok(Some(Undo::Attribute(put(attributes, slot, value.cloned()))))
}

/// Changes the parts of a complex value.
pub(super) fn parts(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    parts: &Parts,
    budget: &mut Budget,
) -> Result<Option<Undo>, PatchError> {
    let name = slot.attribute.name.as_str();
    let known = level(attributes, slot).and_then(|level| level.get_mut(name));
    match known {
        Some(Value::Object(object)) if !parts.clear => {
            let undo = change_parts(object, slot, parts, budget)?;
            let Some(undo) = judge_parts(object, slot, parts, undo)? else { return Ok(None) };
            if !object.is_empty() {
                return Ok(Some(Undo::Parts(undo)));
            }
            restore_parts(object, slot, undo);
            judge_unset(slot, slot.last())?;
            Ok(Some(Undo::Attribute(put(attributes, slot, None))))
        }
        _ => replace_parts(attributes, slot, parts, budget),
    }
}

/// A complex value that is made anew, or removed.
fn replace_parts(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    parts: &Parts,
    budget: &mut Budget,
) -> Result<Option<Undo>, PatchError> {
    let attribute = &slot.attribute;
    let mut object = Map::new();
    change_parts(&mut object, slot, parts, budget)?;
    for sub in attribute.sub_attributes.iter().filter(|sub| super::is_demanded(sub)) {
        if !object.is_empty() && !object.contains_key(sub.name.as_str()) {
            return Err(required(slot.path_of(sub), cause_of(slot, parts, sub)));
        }
    }
    let value = (!object.is_empty()).then_some(Value::Object(object));
    let known = level(attributes, slot).and_then(|level| level.get(attribute.name.as_str()));
    let same = match (known, &value) {
        (Some(known), Some(value)) => same_value(attribute, known, value),
        (known, value) => known.is_none() && value.is_none(),
    };
    if same {
        return Ok(None);
    }
    if let Some(known) = known {
        if attribute.mutability == Mutability::Immutable {
            return Err(PatchError::at(slot.last().operation, Kind::Immutable(slot.path())));
        }
        if let Some(value) = &value {
            judge_fixed(slot, parts, known, value)?;
        }
    }
    if value.is_none() {
        judge_unset(slot, slot.last())?;
    }
    Ok(Some(Undo::Attribute(put(attributes, slot, value))))
}

/// The parts that were, in the order in which they were changed.
fn change_parts(
    object: &mut Map<String, Value>,
    slot: &Slot,
    parts: &Parts,
    budget: &mut Budget,
) -> Result<Vec<(usize, Option<Value>)>, PatchError> {
    let mut undo = Vec::with_capacity(parts.parts.len());
    let mut moved = None;
    for part in &parts.parts {
        let Some(sub) = slot.sub(part.sub) else { continue };
        let known = object.get(sub.name.as_str());
        let value = match changed(sub, known, &part.change, budget) {
            Ok(value) => value,
            Err(kind) => {
                restore_parts(object, slot, undo);
                return Err(PatchError::at(part.by.operation, kind));
            }
        };
        let same = match (known, &value) {
            (Some(known), Some(value)) => same_value(sub, known, value),
            (known, value) => known.is_none() && value.is_none(),
        };
        if !same {
            undo.push((part.sub, set(object, sub, value)));
            moved = moved.or((sub.name == "value").then_some(part.by));
        }
    }
    if let Some(by) = moved {
        drop_derived(object, slot, by, &mut undo);
    }
    Ok(undo)
}

fn drop_derived(
    object: &mut Map<String, Value>,
    slot: &Slot,
    by: Cause,
    undo: &mut Vec<(usize, Option<Value>)>,
) {
    for (at, sub) in slot.attribute.sub_attributes.iter().enumerate() {
        if slot.is_derived(sub, by)
            && let Some(earlier) = object.remove(sub.name.as_str())
        {
            undo.push((at, Some(earlier)));
        }
    }
}

fn set(object: &mut Map<String, Value>, sub: &Attribute, value: Option<Value>) -> Option<Value> {
    let name = sub.name.as_str();
    match (value, object.get_mut(name)) {
        (None, _) => object.remove(name),
        (Some(value), Some(known)) => Some(std::mem::replace(known, value)),
        (Some(value), None) => object.insert(name.to_owned(), value),
    }
}

/// What a part becomes.
pub(super) fn changed(
    sub: &Attribute,
    known: Option<&Value>,
    change: &PartChange,
    budget: &mut Budget,
) -> Result<Option<Value>, Kind> {
    let elements = || known.and_then(Value::as_array).cloned().unwrap_or_default();
    let identity = |element: &Value| Identity::of(sub, false, element);
    let (mut list, given) = match change {
        PartChange::Set(value) => {
            budget.spend(weight(value), 1)?;
            return Ok(Some(value.clone()));
        }
        PartChange::Unset => return Ok(None),
        PartChange::Extend(given) | PartChange::Take(given) => (elements(), given),
    };
    // Each value is hashed, which costs more than to compare it.
    budget.spend(list.iter().chain(given).map(weight).sum(), 4)?;
    if let PartChange::Take(gone) = change {
        let gone: HashSet<Identity> = gone.iter().map(identity).collect();
        list.retain(|known| !gone.contains(&identity(known)));
    } else {
        let mut there: HashSet<Identity> = list.iter().map(identity).collect();
        list.extend(given.iter().filter(|element| there.insert(identity(element))).cloned());
    }
    Ok((!list.is_empty()).then_some(Value::Array(list)))
}

/// Judges what became of the parts; `None`, and all as it was, if that is the same as before.
#[expect(clippy::type_complexity, reason = "what was, part by part, if anything changed")]
fn judge_parts(
    object: &mut Map<String, Value>,
    slot: &Slot,
    parts: &Parts,
    undo: Vec<(usize, Option<Value>)>,
) -> Result<Option<Vec<(usize, Option<Value>)>>, PatchError> {
    let mut refused = None;
    let mut changed = false;
    for (at, (sub, earlier)) in undo.iter().enumerate() {
        let first = undo.iter().position(|(other, _)| other == sub) == Some(at);
        let Some(sub) = slot.sub(*sub).filter(|_| first) else { continue };
        let now = object.get(sub.name.as_str());
        let same = match (earlier, now) {
            (Some(earlier), Some(now)) => same_value(sub, earlier, now),
            (earlier, now) => earlier.is_none() && now.is_none(),
        };
        if same {
            continue;
        }
        changed = true;
        let by = cause_of(slot, parts, sub);
        let fixed =
            [sub, &slot.attribute].into_iter().any(|one| one.mutability == Mutability::Immutable);
        if fixed && (earlier.is_some() || slot.attribute.mutability == Mutability::Immutable) {
            refused = Some(PatchError::at(by.operation, Kind::Immutable(slot.path_of(sub))));
        } else if now.is_none() && super::is_demanded(sub) && !object.is_empty() {
            refused = Some(required(slot.path_of(sub), by));
        }
    }
    if !changed || refused.is_some() {
        restore_parts(object, slot, undo);
        return refused.map_or(Ok(None), Err);
    }
    Ok(Some(undo))
}

/// Judges that the parts that cannot change did not.
fn judge_fixed(slot: &Slot, parts: &Parts, before: &Value, now: &Value) -> Result<(), PatchError> {
    for sub in &slot.attribute.sub_attributes {
        let name = sub.name.as_str();
        if sub.mutability == Mutability::Immutable
            && let Some(before) = before.get(name)
            && !now.get(name).is_some_and(|now| same_value(sub, now, before))
        {
            let by = cause_of(slot, parts, sub);
            return Err(PatchError::at(by.operation, Kind::Immutable(slot.path_of(sub))));
        }
    }
    Ok(())
}

/// The operation that says what becomes of a sub-attribute.
fn cause_of(slot: &Slot, parts: &Parts, sub: &Attribute) -> Cause {
    let own = |at: usize| slot.sub(at).is_some_and(|known| known.name == sub.name);
    parts.parts.iter().rev().find(|part| own(part.sub)).map_or(parts.by, |part| part.by)
}
