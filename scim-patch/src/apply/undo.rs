//! How to take back what was done to an attribute.

use serde_json::{Map, Value};

use super::{edit::Original, level, put};
use crate::plan::Slot;

/// An attribute that was changed.
pub(super) struct Done<'p> {
    pub(super) slot: &'p Slot,
    pub(super) undo: Undo,
}

/// What an attribute was before.
pub(super) enum Undo {
    /// The whole attribute.
    Attribute(Option<Value>),
    /// The parts of a single complex value, in the order in which they were changed.
    Parts(Vec<(usize, Option<Value>)>),
    /// Elements of a list. Those removed are null until all is done.
    List { before: usize, originals: Vec<Original> },
}

impl Undo {
    pub(super) fn roll_back(self, attributes: &mut Map<String, Value>, slot: &Slot) {
        match self {
            Self::Attribute(value) => {
                put(attributes, slot, value);
            }
            Self::Parts(parts) => {
                let value = level(attributes, slot)
                    .and_then(|level| level.get_mut(slot.attribute.name.as_str()))
                    .and_then(Value::as_object_mut);
                if let Some(object) = value {
                    restore_parts(object, slot, parts);
                }
            }
            Self::List { before, originals } => {
                if let Some(elements) = elements(attributes, slot) {
                    restore_elements(elements, slot, before, originals);
                }
            }
        }
    }

    /// Takes out what is left of removed elements.
    pub(super) fn commit(&self, attributes: &mut Map<String, Value>, slot: &Slot) {
        if let Self::List { before, originals } = self
            && let Some(elements) = elements(attributes, slot)
        {
            close_gaps(elements, *before, originals);
        }
    }
}

/// Takes out removed elements. A few among many are found by what is known of them.
fn close_gaps(elements: &mut Vec<Value>, before: usize, originals: &[Original]) {
    const FEW: usize = 4;
    if originals.len() > FEW || elements.len() > before + FEW {
        return elements.retain(|element| !element.is_null());
    }
    let mut touched: Vec<usize> = originals.iter().map(|original| original.at).collect();
    touched.sort_unstable();
    touched.extend(before..elements.len());
    for at in touched.into_iter().rev() {
        if elements.get(at).is_some_and(Value::is_null) {
            elements.remove(at);
        }
    }
}

fn elements<'r>(attributes: &'r mut Map<String, Value>, slot: &Slot) -> Option<&'r mut Vec<Value>> {
    level(attributes, slot)?.get_mut(slot.attribute.name.as_str())?.as_array_mut()
}

pub(super) fn restore_parts(
    object: &mut Map<String, Value>,
    slot: &Slot,
    parts: Vec<(usize, Option<Value>)>,
) {
    for (sub, value) in parts.into_iter().rev() {
        let Some(name) = slot.sub(sub).map(|sub| sub.name.as_str()) else { continue };
        match value {
            Some(value) => object.insert(name.to_owned(), value),
            None => object.remove(name),
        };
    }
}

pub(super) fn restore_elements(
    elements: &mut Vec<Value>,
    slot: &Slot,
    before: usize,
    originals: Vec<Original>,
) {
    elements.truncate(before);
    for original in originals {
        if let Some(element) = elements.get_mut(original.at) {
            original.state.restore(element, slot);
        }
    }
}
