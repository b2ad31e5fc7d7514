//! Changes of a resource, as one function that a store runs inside its transaction.

use std::{fmt, sync::Arc};

use scim_core::Error;
use scim_patch::{Delta, Outcome, Plan};
use scim_schema::{Issue, Mode, Secrets, Valid};
use serde_json::Value;

use crate::{Action, Context, Draft, Guard, Invariant, Policy, Proposal, StoreError, Stored};

/// A change of a resource: precondition, PUT or PATCH, policy and validation as one function of
/// the current state. A store calls it inside its transaction, as often as it has to.
///
/// ```
/// # use scim_service::{Applied, Change, Stored, StoreError, Updated};
/// # struct Transaction;
/// # impl Transaction {
/// #     fn load(&self) -> Option<Stored> { None }
/// #     fn write(&self, _: scim_schema::Valid) -> Stored { loop {} }
/// #     fn answer(&self, _: &scim_service::Context, _: &scim_service::Query) -> Result<scim_service::Page, StoreError> { loop {} }
/// # }
/// /// Changes a resource; a transaction that ends with an error is rolled back.
/// fn update(transaction: &Transaction, change: &Change) -> Result<Option<Updated>, StoreError> {
///     let Some(current) = transaction.load() else { return Ok(None) };
///     let stored = match change.apply(current)? {
///         Applied::Same(stored) => return Ok(Some(Updated::unchanged(stored))),
///         Applied::Next(valid) => transaction.write(valid),
///     };
///     for invariant in change.invariants() {
///         invariant.check(|cx, query| transaction.answer(cx, query))?;
///     }
///     Ok(Some(Updated::changed(stored)))
/// }
/// ```
#[derive(Clone)]
pub struct Change(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    cx: Context,
    guard: Guard,
    edit: Edit,
    policy: Arc<dyn Policy>,
    secrets: Secrets,
}

#[derive(Clone)]
enum Edit {
    Replace(Value),
    Patch(Plan),
}

/// What a change makes of a resource.
#[derive(Debug)]
pub enum Applied {
    /// Nothing: here it is again. Version and time of change stay.
    Same(Stored),
    /// This, to be written.
    Next(Valid),
}

impl Change {
    /// A replacement by the body of a PUT (RFC 7644 §3.5.1).
    pub fn replace(cx: Context, guard: Guard, body: Value, policy: Arc<dyn Policy>) -> Self {
        Self::new(cx, guard, Edit::Replace(body), policy)
    }

    /// A PATCH (RFC 7644 §3.5.2).
    pub fn patch(cx: Context, guard: Guard, plan: Plan, policy: Arc<dyn Policy>) -> Self {
        Self::new(cx, guard, Edit::Patch(plan), policy)
    }

    fn new(cx: Context, guard: Guard, edit: Edit, policy: Arc<dyn Policy>) -> Self {
        Self(Arc::new(Parts { cx, guard, edit, policy, secrets: Secrets::default() }))
    }

    /// The same, setting these secrets, which are hashed. Secrets of the body or plan itself are
    /// not kept.
    #[must_use]
    pub fn secrets(mut self, secrets: Secrets) -> Self {
        Arc::make_mut(&mut self.0).secrets = secrets;
        self
    }

    /// The same, if this holds afterwards and nothing else.
    #[cfg(all(test, feature = "testing"))]
    pub(crate) fn under(mut self, invariants: Vec<Invariant>) -> Self {
        Arc::make_mut(&mut self.0).guard.invariants = invariants;
        self
    }

    /// A secret that the change sets.
    #[cfg(all(test, feature = "testing"))]
    pub(crate) fn set_secrets(&self) -> Option<String> {
        self.0.secrets.iter().find_map(|secret| secret.text().map(str::to_owned))
    }

    /// What a PATCH leaves out because no schema knows it: also where nothing else of it reaches the
    /// resource, such as with a change of members. Of a PUT, [`Valid::dropped`] tells.
    pub fn dropped(&self) -> &[Issue] {
        match &self.0.edit {
            Edit::Patch(plan) => plan.dropped(),
            Edit::Replace(_) => &[],
        }
    }

    /// What must hold once the change is made. If it comes to nothing, that need not be asked.
    pub fn invariants(&self) -> &[Invariant] {
        &self.0.guard.invariants
    }

    /// Whether the change is meant for certain versions only.
    pub(crate) fn has_precondition(&self) -> bool {
        self.0.guard.has_precondition()
    }

    /// What the change makes of the current state, which holds every attribute.
    ///
    /// # Errors
    /// 412 for another version than the one it is meant for; 400 and whatever the policy says for
    /// what cannot be done.
    pub fn apply(&self, current: Stored) -> Result<Applied, StoreError> {
        self.make(current, None)
    }

    /// The change without what it does to a relation, and that by itself, so that a store which
    /// keeps the relation as rows need not load it. `None` if the two cannot be told apart: then
    /// the store loads all and calls [`Change::apply`].
    pub fn split(&self, relation: &str) -> Option<(Self, Delta)> {
        let (edit, delta) = match &self.0.edit {
            Edit::Patch(plan) => {
                let (rest, delta) = plan.delta(relation)?;
                (Edit::Patch(rest), delta)
            }
            Edit::Replace(body) => self.split_body(body, relation)?,
        };
        let mut rest = self.clone();
        Arc::make_mut(&mut rest.0).edit = edit;
        Some((rest, delta))
    }

    /// What the change, split from a relation, makes of a state that lacks the relation.
    ///
    /// # Errors
    /// As [`Change::apply`].
    pub fn apply_head(&self, head: Stored, delta: &Delta) -> Result<Applied, StoreError> {
        self.make(head, Some(delta))
    }

    fn split_body(&self, body: &Value, relation: &str) -> Option<(Edit, Delta)> {
        let (schema, compat) = (self.0.cx.schema(), self.0.cx.compat());
        let mut valid = schema.validate(body.clone(), Mode::Create, compat).ok()?;
        let elements = match valid.attributes_mut().remove(relation) {
            Some(Value::Array(elements)) => elements,
            _ => Vec::new(),
        };
        let mut rest = body.clone();
        rest.as_object_mut()?.retain(|name, _| !name.eq_ignore_ascii_case(relation));
        Some((Edit::Replace(rest), Delta::replace(elements)))
    }

    fn make(&self, mut current: Stored, delta: Option<&Delta>) -> Result<Applied, StoreError> {
        let Parts { cx, guard, edit, policy, secrets } = &*self.0;
        guard.check(&current.version)?;
        let attributes = std::mem::take(&mut current.attributes);
        let mut before = cx.schema().trust(Value::Object(Arc::unwrap_or_clone(attributes)));
        let (mut after, action) = match edit {
            Edit::Patch(plan) => {
                plan.check_id(&current.id).map_err(Error::from)?;
                if !policy.judges() && secrets.is_empty() {
                    let outcome = plan.apply(&mut before).map_err(Error::from)?;
                    before.take_secrets();
                    return Ok(settle(current, before, outcome == Outcome::Changed));
                }
                let mut after = before.clone();
                plan.apply(&mut after).map_err(Error::from)?;
                (after, Action::Patch)
            }
            Edit::Replace(body) => {
                let mode = Mode::Replace(before.attributes());
                let after = cx.schema().validate(body.clone(), mode, cx.compat());
                (after.map_err(Error::from)?, Action::Replace)
            }
        };
        // The secrets of the body stand in clear; those of the change are hashed.
        after.take_secrets();
        after.add_secrets(secrets);
        let differs = |after: &Valid| !cx.schema().same(after.attributes(), before.attributes());
        if policy.judges() && (differs(&after) || delta.is_some_and(|delta| !delta.is_empty())) {
            let (id, before) = (Some(current.id.as_str()), Some(&before));
            let resource = Draft::new(&mut after);
            Proposal { id, action, before, resource, delta }.judged_by(&**policy, cx)?;
        }
        let changed = !after.secrets().is_empty() || differs(&after);
        Ok(settle(current, after, changed))
    }
}

fn settle(mut current: Stored, after: Valid, changed: bool) -> Applied {
    if changed {
        return Applied::Next(after);
    }
    current.attributes = after.into_attributes().into();
    Applied::Same(current)
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edit = match &self.0.edit {
            Edit::Replace(_) => "Replace",
            Edit::Patch(_) => "Patch",
        };
        f.debug_struct("Change").field("edit", &edit).finish_non_exhaustive()
    }
}
