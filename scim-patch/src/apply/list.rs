//! Lists (RFC 7644 §3.5.2.1–§3.5.2.3).

use scim_core::Mutability;
use scim_schema::{same_element, same_value};
use serde_json::{Map, Value};

use super::{
    Rules,
    edit::ListEdit,
    finish,
    index::Index,
    level, put,
    single::changed,
    undo::Undo,
    work::{Work, weight},
};
use crate::{
    PatchError, PatchErrorKind as Kind,
    plan::{Cause, ListKind, ListStep, Missing, Part, PartChange, Selector, Slot},
};

/// Does the steps to a list, one after the other, and judges what it ends as.
pub(super) fn run(
    attributes: &mut Map<String, Value>,
    slot: &Slot,
    steps: &[ListStep],
    rules: Rules,
    work: &mut Work,
) -> Result<Option<Undo>, PatchError> {
    let name = slot.attribute.name.as_str();
    let mut made = Vec::new();
    let known = level(attributes, slot).and_then(|level| level.get_mut(name));
    let (elements, is_made) = match known.and_then(Value::as_array_mut) {
        Some(elements) => (elements, false),
        None => (&mut made, true),
    };
    let edit = ListEdit::new(slot, elements);
    let mut run = ListRun::new(edit, steps, rules, work);
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

pub(super) fn emptied(attributes: &mut Map<String, Value>, slot: &Slot) -> Undo {
    Undo::Attribute(put(attributes, slot, None))
}

struct ListRun<'p, 'r, 'w> {
    edit: ListEdit<'p, 'r>,
    rules: Rules,
    work: &'w mut Work,
    /// The work to look at all elements once; known once it matters.
    scan: Option<usize>,
    /// Where elements are by their value; there if it is worth it.
    index: Option<Index>,
    /// Where the primary elements are; known once it matters.
    primary: Option<Vec<usize>>,
    /// The operation at hand.
    by: Cause,
}

impl<'p, 'r, 'w> ListRun<'p, 'r, 'w> {
    fn new(edit: ListEdit<'p, 'r>, steps: &[ListStep], rules: Rules, work: &'w mut Work) -> Self {
        /// Fewer comparisons than this cost less than an index.
        const FEW: usize = 1_024;
        let lookups: usize = steps.iter().map(lookups).sum();
        let sizes = edit.len() + lookups;
        let index = (lookups > 2 && lookups.saturating_mul(sizes) > FEW)
            .then(|| Index::new(edit.slot, edit.live()));
        let by = edit.slot.last();
        Self { edit, rules, work, scan: None, index, primary: None, by }
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
                self.clear();
                self.add(elements)
            }
            ListKind::Clear => {
                self.clear();
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

    fn clear(&mut self) {
        let all: Vec<usize> = self.edit.live().map(|(at, _)| at).collect();
        all.into_iter().for_each(|at| self.edit.remove(at));
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
                        self.fill(at, element);
                    }
                    at
                }
                None => self.push(element.clone()),
            };
            if is_primary(element) {
                primary.push(at);
            }
        }
        self.keep_one_primary(primary)
    }

    /// Counts values that come to stand in so many elements.
    fn copies(&mut self, times: usize, size: usize) -> Result<(), Kind> {
        self.work.spend(times, size)?;
        // What takes the place of something else counts if it is long.
        self.scan = self.scan.map(|scan| scan + times * size.saturating_sub(1));
        Ok(())
    }

    /// Counts work on all elements.
    fn look_at_all(&mut self, terms: usize) -> Result<(), Kind> {
        let edit = &self.edit;
        let scan = *self.scan.get_or_insert_with(|| edit.live().map(|(_, one)| weight(one)).sum());
        self.work.spend(scan, terms)
    }

    /// Counts work on some elements.
    fn look_at(&mut self, found: &[usize], terms: usize) -> Result<(), Kind> {
        let size = found.iter().map(|at| self.edit.get(*at).map_or(1, weight)).sum();
        self.work.spend(size, terms)
    }

    fn push(&mut self, element: Value) -> usize {
        self.scan = self.scan.map(|scan| scan + weight(&element));
        let at = self.edit.push(element);
        self.note(at);
        at
    }

    /// Makes an element that changed its value known to the index.
    fn note(&mut self, at: usize) {
        if let (Some(index), Some(element)) = (&mut self.index, self.edit.get(at)) {
            index.insert(self.edit.slot, at, element);
        }
    }

    /// Gives an element the parts of one that is equal to it.
    fn fill(&mut self, at: usize, element: &Value) {
        let Value::Object(object) = element else { return };
        let slot = self.edit.slot;
        for (sub, attribute) in slot.attribute.sub_attributes.iter().enumerate() {
            let name = attribute.name.as_str();
            let Some(value) = object.get(name) else { continue };
            let known = self.edit.get(at).and_then(|known| known.get(name));
            let identifies = name == "value" || name == "type";
            if !known.is_some_and(|known| identifies || same_value(attribute, known, value)) {
                self.edit.set_part(at, sub, Some(value.clone()));
            }
        }
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
            selected.push(self.edit.push(template));
        }
        let size = 1 + parts.iter().map(|part| part.change.weight() - 1).sum::<usize>();
        self.copies(selected.len(), size)?;
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
            let value = changed(sub, known, &part.change, self.work)?;
            let same = match (known, &value) {
                (Some(known), Some(value)) => same_value(sub, known, value),
                (known, value) => known.is_none() && value.is_none(),
            };
            if !same {
                moved |= known.is_some() && sub.name == "value";
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
        self.copies(selected.len().max(1), weight(element))?;
        let mut primary = Vec::new();
        if selected.is_empty() {
            let Some(template) = self.template(missing)? else { return Ok(()) };
            primary.push(self.push(laid_over(template, element)));
        }
        for at in selected {
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

    /// The elements that fulfil a filter, or all.
    fn select(&mut self, selector: Option<&Selector>) -> Result<Vec<usize>, Kind> {
        let Some(selector) = selector else {
            self.look_at_all(1)?;
            return Ok(self.edit.live().map(|(at, _)| at).collect());
        };
        if let (Some(index), Some(key)) = (&self.index, &selector.value) {
            let found = index.of_key(key);
            self.look_at(&found, selector.terms)?;
            let fits =
                |at: &usize| self.edit.get(*at).is_some_and(|one| selector.checked.matches(one));
            return Ok(found.into_iter().filter(fits).collect());
        }
        self.look_at_all(selector.terms)?;
        let fits = self.edit.live().filter(|(_, element)| selector.checked.matches(element));
        Ok(fits.map(|(at, _)| at).collect())
    }

    /// Where an element with the same `value` as this one could be.
    fn candidates(&mut self, element: &Value) -> Result<Vec<usize>, Kind> {
        let found = match &self.index {
            Some(index) if has_value(element) => index.like(self.edit.slot, element),
            _ => self.edit.live().map(|(at, _)| at).collect(),
        };
        self.look_at(&found, 1)?;
        Ok(found)
    }

    /// Where the element is that is equal to this one.
    fn find(&mut self, element: &Value) -> Result<Option<usize>, Kind> {
        let slot = self.edit.slot;
        let is_same = |known: &Value| same_element(&slot.attribute, slot.relation, known, element);
        let Some(index) = &self.index else {
            return Ok(self.edit.live().find(|(_, known)| is_same(known)).map(|(at, _)| at));
        };
        let found = index.like(slot, element);
        self.look_at(&found, 1)?;
        Ok(found.into_iter().find(|at| self.edit.get(*at).is_some_and(is_same)))
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

/// How many elements a step looks for by their value.
fn lookups(step: &ListStep) -> usize {
    match &step.kind {
        ListKind::Add(elements) | ListKind::Replace(elements) | ListKind::Take(elements) => {
            elements.len()
        }
        ListKind::Remove(selector) | ListKind::Overwrite { selector, .. } => {
            usize::from(selector.value.is_some())
        }
        ListKind::Merge { selector, .. } => {
            usize::from(selector.as_ref().is_some_and(|selector| selector.value.is_some()))
        }
        ListKind::Clear => 0,
    }
}

fn is_primary(element: &Value) -> bool {
    element.get("primary") == Some(&Value::Bool(true))
}

fn sets_primary(slot: &Slot, parts: &[Part]) -> bool {
    parts.iter().any(|part| {
        matches!(part.change, PartChange::Set(Value::Bool(true)))
            && slot.sub(part.sub).is_some_and(|sub| sub.name == "primary")
    })
}

fn has_value(element: &Value) -> bool {
    !element.is_object() || element.get("value").is_some()
}

/// Whether an element is the one that is listed: the same `value`, and the same `type` where that
/// is given; where elements have no `value`, the same in all that is given.
fn is_listed(slot: &Slot, known: &Value, listed: &Value) -> bool {
    let (Value::Object(known), Value::Object(listed)) = (known, listed) else {
        return same_element(&slot.attribute, slot.relation, known, listed);
    };
    let has_value = listed.contains_key("value");
    listed.iter().all(|(name, value)| {
        let counts = match name.as_str() {
            "value" => true,
            "type" => !has_value || !slot.relation,
            _ => !has_value,
        };
        !counts
            || slot
                .attribute
                .sub_attribute(name)
                .zip(known.get(name))
                .is_some_and(|(sub, known)| same_element(sub, false, known, value))
    })
}

/// The parts of an element that another in its place takes over: what the server knows, unless
/// that is of what another `value` referred to.
fn kept_parts(slot: &Slot, known: &Value, element: &Value) -> Value {
    let moved = known.get("value") != element.get("value");
    let kept = |name: &str| {
        let sub = slot.attribute.sub_attribute(name);
        sub.is_some_and(|sub| {
            sub.mutability == Mutability::ReadOnly
                && !(moved && slot.attribute.sub_attribute("$ref").is_some())
        })
    };
    match known {
        Value::Object(known) => {
            let parts = known.iter().filter(|(name, _)| kept(name));
            Value::Object(parts.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
        _ => Value::Null,
    }
}

/// An element, and what it does not say itself.
fn laid_over(under: Value, element: &Value) -> Value {
    match (under, element) {
        (Value::Object(mut under), Value::Object(element)) => {
            under.extend(element.iter().map(|(name, value)| (name.clone(), value.clone())));
            Value::Object(under)
        }
        (_, element) => element.clone(),
    }
}
