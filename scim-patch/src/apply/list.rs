//! Lists (RFC 7644 §3.5.2.1–§3.5.2.3).

use scim_schema::same_value;
use serde_json::{Map, Value};

use super::{
    Rules,
    edit::ListEdit,
    element::{is_listed, is_primary, kept_parts, laid_over, sets_primary},
    find, finish,
    index::Index,
    level, put,
    single::changed,
    undo::Undo,
};
use crate::{
    PatchError, PatchErrorKind as Kind,
    budget::Budget,
    plan::{Cause, ListKind, ListStep, Missing, Part, Selector, Slot},
};

/// Does the steps to a list, one after the other, and judges what it ends as.
pub(super) fn run(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    steps: &[ListStep],
    rules: Rules,
    budget: &mut Budget,
) -> Result<Option<Undo>, PatchError> {
    let name = slot.attribute.name.as_str();
    let mut made = Vec::new();
    let known = level(attributes, slot).and_then(|level| level.get_mut(name));
    let (elements, is_made) = match known.and_then(Value::as_array_mut) {
        Some(elements) => (elements, false),
        None => (&mut made, true),
    };
    let edit = ListEdit::new(slot, elements);
    let mut run = ListRun::new(edit, steps, rules, budget);
    let outcome = run.all(steps).and_then(|()| finish::list(&mut run.edit, rules, slot.last()));
    match outcome {
        Ok(true) if is_made => {
            made.retain(|element| !element.is_null());
            let made = (!made.is_empty()).then_some(Value::Array(made));
            Ok(Some(Undo::Attribute(put(attributes, slot, made))))
        }
        Ok(true) => Ok(Some(run.edit.finish().unwrap_or_else(|| emptied(attributes, slot)))),
        other => {
            run.edit.roll_back();
            other.map(|_| None)
        }
    }
}

/// What it costs to change an element, beside what is copied: it is remembered as it was.
const CHANGED: usize = 4;

pub(super) fn emptied(attributes: &mut Map<String, Value>, slot: &Slot) -> Undo {
    Undo::Attribute(put(attributes, slot, None))
}

pub(super) struct ListRun<'p, 'r, 'w> {
    pub(super) edit: ListEdit<'p, 'r>,
    rules: Rules,
    pub(super) budget: &'w mut Budget,
    /// Where elements are by their value; there if it is worth it.
    pub(super) index: Option<Index>,
    /// What it costs to look at all elements; known once it matters.
    pub(super) weight: Option<usize>,
    /// Where the primary elements are; known once it matters.
    primary: Option<Vec<usize>>,
    /// The operation at hand.
    by: Cause,
}

impl<'p, 'r, 'w> ListRun<'p, 'r, 'w> {
    fn new(
        edit: ListEdit<'p, 'r>,
        steps: &[ListStep],
        rules: Rules,
        budget: &'w mut Budget,
    ) -> Self {
        let index = find::index(&edit, steps);
        let by = edit.slot.last();
        Self { edit, rules, budget, index, weight: None, primary: None, by }
    }

    fn all(&mut self, steps: &[ListStep]) -> Result<(), PatchError> {
        for step in steps {
            self.by = step.by;
            self.step(&step.kind).map_err(|kind| PatchError::at(step.by.operation, kind))?;
        }
        Ok(())
    }

    fn step(&mut self, kind: &ListKind) -> Result<(), Kind> {
        match kind {
            ListKind::Add(elements) => self.add(elements),
            ListKind::Replace(elements) => {
                self.edit.clear();
                self.add(elements)
            }
            ListKind::Clear => {
                self.edit.clear();
                Ok(())
            }
            ListKind::Take(listed) => listed.iter().try_for_each(|element| self.take(element)),
            ListKind::Remove(selector) => {
                let selected = self.select(Some(selector))?;
                selected.into_iter().for_each(|at| self.edit.remove(at));
                Ok(())
            }
            ListKind::Merge { selector, parts, missing } => {
                self.merge(selector.as_ref(), parts, missing)
            }
            ListKind::Overwrite { selector, element, missing } => {
                self.overwrite(selector, element, missing)
            }
        }
    }

    fn take(&mut self, listed: &Value) -> Result<(), Kind> {
        for at in self.candidates(listed)? {
            if self.edit.get(at).is_some_and(|known| is_listed(self.edit.slot, known, listed)) {
                self.edit.remove(at);
            }
        }
        Ok(())
    }

    fn add(&mut self, elements: &[Value]) -> Result<(), Kind> {
        let mut primary = Vec::new();
        for element in elements {
            let at = match self.find(element)? {
                Some(at) => {
                    if !self.edit.slot.relation {
                        self.fill(at, element)?;
                    }
                    at
                }
                None => self.push(element.clone())?,
            };
            if is_primary(element) {
                primary.push(at);
            }
        }
        self.keep_one_primary(primary)
    }

    fn push(&mut self, element: Value) -> Result<usize, Kind> {
        self.pay(&element, 0)?;
        self.weight = self.weight.map(|known| known + 1);
        let at = self.edit.push(element);
        self.note(at);
        Ok(at)
    }

    /// Makes an element that changed its value known to the index.
    fn note(&mut self, at: usize) {
        if let (Some(index), Some(element)) = (&mut self.index, self.edit.get(at)) {
            index.insert(self.edit.slot, at, element);
        }
    }

    /// Gives an element the parts of one that is equal to it.
    fn fill(&mut self, at: usize, element: &Value) -> Result<(), Kind> {
        let Value::Object(object) = element else { return Ok(()) };
        let slot = self.edit.slot;
        for (sub, attribute) in slot.attribute.sub_attributes.iter().enumerate() {
            let name = attribute.name.as_str();
            let Some(value) = object.get(name) else { continue };
            let known = self.edit.get(at).and_then(|known| known.get(name));
            let identifies = name == "value" || name == "type";
            if !known.is_some_and(|known| identifies || same_value(attribute, known, value)) {
                self.pay(value, CHANGED)?;
                self.edit.set_part(at, sub, Some(value.clone()));
            }
        }
        Ok(())
    }

    fn merge(
        &mut self,
        selector: Option<&Selector>,
        parts: &[Part],
        missing: &Missing,
    ) -> Result<(), Kind> {
        let mut selected = self.select(selector)?;
        let is_made = selected.is_empty();
        if is_made {
            let Some(template) = self.template(missing)? else { return Ok(()) };
            selected.push(self.push(template)?);
        }
        let mut primary = Vec::new();
        for at in selected {
            self.change(at, parts)?;
            self.note(at);
            let is_made_so = is_made && self.edit.get(at).is_some_and(is_primary);
            if is_made_so || sets_primary(self.edit.slot, parts) {
                primary.push(at);
            }
        }
        self.keep_one_primary(primary)
    }

    fn change(&mut self, at: usize, parts: &[Part]) -> Result<(), Kind> {
        let slot = self.edit.slot;
        let mut moved = false;
        for part in parts {
            let Some(sub) = slot.sub(part.sub) else { continue };
            let known = self.edit.get(at).and_then(|known| known.get(sub.name.as_str()));
            let value = changed(sub, known, &part.change, self.budget)?;
            let same = match (known, &value) {
                (Some(known), Some(value)) => same_value(sub, known, value),
                (known, value) => known.is_none() && value.is_none(),
            };
            if !same {
                moved |= known.is_some() && sub.name == "value";
                self.pay(value.as_ref().unwrap_or(&Value::Null), CHANGED)?;
                self.edit.set_part(at, part.sub, value);
            }
        }
        if moved {
            for (sub, attribute) in slot.attribute.sub_attributes.iter().enumerate() {
                let is_there =
                    self.edit.get(at).and_then(|one| one.get(attribute.name.as_str())).is_some();
                if is_there && slot.is_derived(attribute, self.by) {
                    self.edit.set_part(at, sub, None);
                }
            }
        }
        Ok(())
    }

    fn overwrite(
        &mut self,
        selector: &Selector,
        element: &Value,
        missing: &Missing,
    ) -> Result<(), Kind> {
        let selected = self.select(Some(selector))?;
        let mut primary = Vec::new();
        if selected.is_empty() {
            let Some(template) = self.template(missing)? else { return Ok(()) };
            primary.push(self.push(laid_over(template, element))?);
        }
        for at in selected {
            self.pay(element, CHANGED)?;
            let kept = self.edit.get(at).map(|known| kept_parts(self.edit.slot, known, element));
            self.edit.replace(at, laid_over(kept.unwrap_or(Value::Null), element));
            self.note(at);
            primary.push(at);
        }
        primary.retain(|at| self.edit.get(*at).is_some_and(is_primary));
        self.keep_one_primary(primary)
    }

    fn template(&self, missing: &Missing) -> Result<Option<Value>, Kind> {
        match missing {
            Missing::Ignore => Ok(None),
            Missing::Refuse => Err(Kind::NoTarget(self.edit.slot.path())),
            Missing::Create(template) => Ok(Some(template.clone())),
        }
    }

    /// Of the elements that an operation made primary one stays so, and no other element does
    /// (RFC 7644 §3.5.2).
    fn keep_one_primary(&mut self, made: Vec<usize>) -> Result<(), Kind> {
        let slot = self.edit.slot;
        let subs = &slot.attribute.sub_attributes;
        let Some(sub) = subs.iter().position(|sub| sub.name == "primary") else { return Ok(()) };
        let Some((first, more)) = made.split_first() else { return Ok(()) };
        if more.iter().any(|at| at != first) && !self.rules.first_primary_wins {
            return Err(Kind::Primary(slot.path()));
        }
        let known = self.primary.take().unwrap_or_else(|| {
            self.edit.live().filter(|(_, one)| is_primary(one)).map(|(at, _)| at).collect()
        });
        for at in known.iter().chain(more).filter(|at| *at != first) {
            if self.edit.get(*at).is_some_and(is_primary) {
                self.edit.set_part(*at, sub, Some(Value::Bool(false)));
            }
        }
        self.primary = Some(vec![*first]);
        Ok(())
    }
}
