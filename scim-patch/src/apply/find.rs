//! Elements found: by a filter, by their value, by all that they hold.

use scim_schema::same_element;
use serde_json::Value;

use super::{edit::ListEdit, element::has_value, index::Index, list::ListRun};
use crate::{
    PatchErrorKind as Kind,
    budget::weight,
    plan::{ListKind, ListStep, Selector, Slot},
};

/// An index of what the steps look for, if it is worth it.
pub(super) fn index(edit: &ListEdit<'_, '_>, steps: &[ListStep]) -> Option<Index> {
    /// Fewer comparisons than this cost less than an index.
    const FEW: usize = 1_024;
    let lookups: usize = steps.iter().map(|step| sought(&step.kind).count()).sum();
    let sizes = edit.len() + lookups;
    (lookups > 2 && lookups.saturating_mul(sizes) > FEW).then(|| {
        let all = steps.iter().flat_map(|step| sought(&step.kind));
        let mut index = Index::new(all.filter_map(|sought| sought.bucket(edit.slot)));
        edit.live().for_each(|(at, element)| index.insert(edit.slot, at, element));
        index
    })
}

/// What a step looks for by its value.
enum Sought<'p> {
    Element(&'p Value),
    Selected(&'p Selector),
}

impl Sought<'_> {
    fn bucket(&self, slot: &Slot) -> Option<u64> {
        match self {
            Self::Element(element) => Some(Index::bucket(slot, element)),
            Self::Selected(selector) => selector.value.as_ref().map(Index::bucket_of_key),
        }
    }
}

fn sought(kind: &ListKind) -> impl Iterator<Item = Sought<'_>> {
    let (elements, selector): (&[Value], Option<&Selector>) = match kind {
        ListKind::Add(elements) | ListKind::Replace(elements) | ListKind::Take(elements) => {
            (elements, None)
        }
        ListKind::Remove(selector) | ListKind::Overwrite { selector, .. } => (&[], Some(selector)),
        ListKind::Merge { selector, .. } => (&[], selector.as_ref()),
        ListKind::Clear => (&[], None),
    };
    let selector = selector.filter(|selector| selector.value.is_some());
    elements.iter().map(Sought::Element).chain(selector.map(Sought::Selected))
}

impl ListRun<'_, '_, '_> {
    /// The elements that fulfil a filter, or all.
    pub(super) fn select(&mut self, selector: Option<&Selector>) -> Result<Vec<usize>, Kind> {
        let Some(selector) = selector else {
            self.budget.spend(self.edit.len(), 1)?;
            return Ok(self.edit.live().map(|(at, _)| at).collect());
        };
        if let (Some(index), Some(key)) = (&self.index, &selector.value) {
            let found = index.of_key(key);
            self.budget.spend(found.len(), selector.terms)?;
            let fits =
                |at: &usize| self.edit.get(*at).is_some_and(|one| selector.checked.matches(one));
            return Ok(found.into_iter().filter(fits).collect());
        }
        let weight = self.weight();
        self.budget.spend(weight, selector.terms)?;
        let fits = self.edit.live().filter(|(_, element)| selector.checked.matches(element));
        Ok(fits.map(|(at, _)| at).collect())
    }

    /// Where an element with the same `value` as this one could be.
    pub(super) fn candidates(&mut self, element: &Value) -> Result<Vec<usize>, Kind> {
        let found = match &self.index {
            Some(index) if has_value(element) => index.like(self.edit.slot, element),
            _ => self.edit.live().map(|(at, _)| at).collect(),
        };
        self.budget.spend(found.len(), 1)?;
        Ok(found)
    }

    /// Where the element is that is equal to this one.
    pub(super) fn find(&mut self, element: &Value) -> Result<Option<usize>, Kind> {
        let slot = self.edit.slot;
        let is_same = |known: &Value| same_element(&slot.attribute, slot.relation, known, element);
        let Some(index) = &self.index else {
            return Ok(self.edit.live().find(|(_, known)| is_same(known)).map(|(at, _)| at));
        };
        let found = index.like(slot, element);
        self.budget.spend(found.len(), 1)?;
        Ok(found.into_iter().find(|at| self.edit.get(*at).is_some_and(is_same)))
    }

    /// What it costs to look at all elements. Found out once; what comes is added, what goes stays
    /// in the sum.
    fn weight(&mut self) -> usize {
        *self
            .weight
            .get_or_insert_with(|| self.edit.live().map(|(_, element)| weight(element)).sum())
    }

    /// Pays for a value that is copied into an element, and for what that costs beside.
    pub(super) fn pay(&mut self, value: &Value, beside: usize) -> Result<(), Kind> {
        let more = weight(value);
        self.budget.spend(beside + more, 1)?;
        // In an element that is there, only long texts make a difference.
        self.weight = self.weight.map(|known| known + more - 1);
        Ok(())
    }
}
