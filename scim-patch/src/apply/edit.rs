//! A list that is changed in place and remembers what it was.

use serde_json::Value;

use super::undo::{Undo, restore_elements, restore_parts};
use crate::plan::Slot;

/// A list under change. Removed elements are null, so that positions stay.
pub(super) struct ListEdit<'p, 'r> {
    pub(super) slot: &'p Slot,
    elements: &'r mut Vec<Value>,
    before: usize,
    /// Before this all elements are gone.
    start: usize,
    /// For each element that was there, where its original is, counted from 1; empty while there
    /// are few originals.
    marks: Vec<u32>,
    originals: Vec<Original>,
}

/// An element as it was.
pub(super) struct Original {
    pub(super) at: usize,
    pub(super) state: State,
}

/// What is kept of an element that changes.
pub(super) enum State {
    /// The element; another, or none, is in its place.
    Whole(Value),
    /// The parts that changed.
    Parts(Vec<(usize, Option<Value>)>),
}

impl State {
    pub(super) fn restore(self, element: &mut Value, slot: &Slot) {
        match self {
            Self::Whole(original) => *element = original,
            Self::Parts(parts) => {
                if let Value::Object(object) = element {
                    restore_parts(object, slot, parts);
                }
            }
        }
    }
}

impl<'p, 'r> ListEdit<'p, 'r> {
    /// As many originals are looked through faster than marks are made.
    const FEW: usize = 8;

    pub(super) fn new(slot: &'p Slot, elements: &'r mut Vec<Value>) -> Self {
        let before = elements.len();
        Self { slot, elements, before, start: 0, marks: Vec::new(), originals: Vec::new() }
    }

    /// How many elements there were.
    pub(super) fn before(&self) -> usize {
        self.before
    }

    /// How many places there are, also those of removed elements.
    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    /// An element that is there.
    pub(super) fn get(&self, at: usize) -> Option<&Value> {
        self.elements.get(at).filter(|element| !element.is_null())
    }

    /// The elements that are there, with their positions.
    pub(super) fn live(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.elements.iter().enumerate().skip(self.start).filter(|(_, element)| !element.is_null())
    }

    pub(super) fn push(&mut self, element: Value) -> usize {
        self.elements.push(element);
        self.elements.len() - 1
    }

    pub(super) fn remove(&mut self, at: usize) {
        self.replace(at, Value::Null);
    }

    /// Removes all elements.
    pub(super) fn clear(&mut self) {
        for at in self.start..self.elements.len() {
            if self.get(at).is_some() {
                self.remove(at);
            }
        }
        self.start = self.elements.len();
    }

    pub(super) fn replace(&mut self, at: usize, value: Value) {
        let Some(element) = self.elements.get_mut(at) else { return };
        let mut earlier = std::mem::replace(element, value);
        if at >= self.before {
            return;
        }
        match self.original(at) {
            None => self.remember(at, State::Whole(earlier)),
            Some(original) => {
                if let State::Parts(parts) = &mut original.state {
                    let parts = std::mem::take(parts);
                    let slot = self.slot;
                    State::Parts(parts).restore(&mut earlier, slot);
                    if let Some(original) = self.original(at) {
                        original.state = State::Whole(earlier);
                    }
                }
            }
        }
    }

    /// Sets or removes a part of an element; what it was.
    pub(super) fn set_part(&mut self, at: usize, sub: usize, value: Option<Value>) {
        let Some(name) = self.slot.sub(sub).map(|sub| sub.name.as_str()) else { return };
        let Some(Value::Object(object)) = self.elements.get_mut(at) else { return };
        let earlier = match value {
            None => object.remove(name),
            Some(value) => match object.get_mut(name) {
                Some(known) => Some(std::mem::replace(known, value)),
                None => object.insert(name.to_owned(), value),
            },
        };
        if at >= self.before {
            return;
        }
        match self.original(at).map(|original| &mut original.state) {
            None => self.remember(at, State::Parts(vec![(sub, earlier)])),
            Some(State::Whole(_)) => {}
            Some(State::Parts(parts)) => {
                if parts.iter().all(|(known, _)| *known != sub) {
                    parts.push((sub, earlier));
                }
            }
        }
    }

    fn original(&mut self, at: usize) -> Option<&mut Original> {
        if self.marks.is_empty() {
            return self.originals.iter_mut().find(|original| original.at == at);
        }
        let mark = self.marks.get(at).copied().unwrap_or_default();
        let position = usize::try_from(mark).ok()?.checked_sub(1)?;
        self.originals.get_mut(position)
    }

    fn remember(&mut self, at: usize, state: State) {
        self.originals.push(Original { at, state });
        if !self.marks.is_empty() {
            self.mark(at, self.originals.len());
        } else if self.originals.len() > Self::FEW {
            self.marks = vec![0; self.before];
            let known: Vec<usize> = self.originals.iter().map(|original| original.at).collect();
            for (position, at) in known.into_iter().enumerate() {
                self.mark(at, position + 1);
            }
        }
    }

    fn mark(&mut self, at: usize, position: usize) {
        if let (Some(mark), Ok(position)) = (self.marks.get_mut(at), u32::try_from(position)) {
            *mark = position;
        }
    }

    /// The elements that changed, as they were.
    pub(super) fn originals(&self) -> &[Original] {
        &self.originals
    }

    /// The positions of the elements that changed or came, and are there.
    pub(super) fn touched(&self) -> Vec<usize> {
        let mut touched: Vec<usize> = self.originals.iter().map(|original| original.at).collect();
        touched.sort_unstable();
        touched.extend(self.before..self.elements.len());
        touched.retain(|at| self.get(*at).is_some());
        touched
    }

    /// Makes the list what it was.
    pub(super) fn roll_back(self) {
        restore_elements(self.elements, self.slot, self.before, self.originals);
    }

    /// How to take back what was done; `None`, and all as it was, if nothing is left in the list.
    pub(super) fn finish(self) -> Option<Undo> {
        if self.live().next().is_some() {
            return Some(Undo::List { before: self.before, originals: self.originals });
        }
        self.roll_back();
        None
    }
}
