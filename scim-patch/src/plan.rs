//! Patches held against a schema.

mod build;
mod list;
mod relation;
mod schemas;
mod selector;
mod slot;
mod target;
mod value;

use std::fmt;

use scim_core::{AttrPath, Compat};
use scim_schema::{Issue, ResourceSchema, Secrets};

use crate::{Delta, Limits, PatchError, PatchErrorKind as Kind};

pub(crate) use self::{
    build::build,
    selector::Selector,
    slot::{Cause, ListKind, ListStep, Missing, Part, PartChange, Parts, Slot, Work},
};

/// What a patch does to any resource of one type: paths resolved, values in the form of their
/// attributes, gathered by attribute. It can be applied any number of times.
#[derive(Clone)]
pub struct Plan {
    pub(crate) schema: ResourceSchema,
    pub(crate) compat: Compat,
    pub(crate) limits: Limits,
    /// What is to be done, one slot an attribute.
    pub(crate) slots: Vec<Slot>,
    pub(crate) secrets: Secrets,
    touched: Vec<AttrPath>,
    pub(crate) dropped: Vec<Issue>,
    pub(crate) reported: Vec<Issue>,
    expected_id: Option<ExpectedId>,
}

/// The terms of filters that a relation as a whole may have to be held against.
const MOST_TERMS: usize = 16;

#[derive(Clone)]
struct ExpectedId {
    id: Box<str>,
    operation: usize,
}

impl Plan {
    /// The attributes and sub-attributes that the patch writes, by their canonical paths, whether
    /// or not they change by it. An extension that is removed as a whole is named by its URI.
    pub fn touched(&self) -> impl Iterator<Item = &AttrPath> {
        self.touched.iter()
    }

    /// What was left out because no schema knows it, as in [`Valid::dropped`]; a resource that the
    /// plan is applied to takes it over.
    ///
    /// [`Valid::dropped`]: scim_schema::Valid::dropped
    pub fn dropped(&self) -> &[Issue] {
        &self.dropped
    }

    /// What was stored as sent though it lacks the form of its attribute, or left unset because it
    /// breaks a constraint that allows for that, as in [`Valid::reported`]; a resource that the
    /// plan is applied to takes it over.
    ///
    /// [`Valid::reported`]: scim_schema::Valid::reported
    pub fn reported(&self) -> &[Issue] {
        &self.reported
    }

    /// The `id` that the patch takes the resource to have: some clients send it along.
    pub fn expected_id(&self) -> Option<&str> {
        self.expected_id.as_ref().map(|expected| &*expected.id)
    }

    /// Holds the `id` that a client sent along against that of the resource.
    ///
    /// # Errors
    /// 400 mutability if it is another one.
    pub fn check_id(&self, id: &str) -> Result<(), PatchError> {
        match &self.expected_id {
            Some(expected) if *expected.id != *id => {
                Err(PatchError::at(expected.operation, Kind::OtherId))
            }
            _ => Ok(()),
        }
    }

    /// Takes the values that are never returned out of the plan, to be hashed before it is applied.
    pub fn take_secrets(&mut self) -> Secrets {
        std::mem::take(&mut self.secrets)
    }

    /// Splits off what the patch does to a relation, so that a store can change the rows of that
    /// relation without loading it: the plan for all other attributes, and the change of the
    /// relation. `None` if the outcome depends on more than the `value` of elements, or can be
    /// refused for what the relation holds, or if filters have to look at each element many times;
    /// the plan as a whole has to be applied then.
    ///
    /// Secrets, what was left out or reported, and the expected `id` stay with the plan.
    pub fn delta(&self, relation: &str) -> Option<(Self, Delta)> {
        if !self.schema.is_relation(relation) {
            return None;
        }
        let (own, rest): (Vec<&Slot>, Vec<&Slot>) =
            self.slots.iter().partition(|slot| slot.is_named(relation));
        let delta = match own.first().map(|slot| &slot.work) {
            None => Delta::default(),
            Some(Work::Relation { delta, .. }) if delta.terms() <= MOST_TERMS => delta.clone(),
            Some(_) => return None,
        };
        let rest = Self {
            schema: self.schema.clone(),
            slots: rest.into_iter().cloned().collect(),
            secrets: self.secrets.clone(),
            touched: self.touched.clone(),
            dropped: self.dropped.clone(),
            reported: self.reported.clone(),
            expected_id: self.expected_id.clone(),
            ..*self
        };
        Some((rest, delta))
    }
}

/// Without values.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let touched: Vec<String> = self.touched.iter().map(ToString::to_string).collect();
        f.debug_struct("Plan").field("touched", &touched).finish_non_exhaustive()
    }
}
