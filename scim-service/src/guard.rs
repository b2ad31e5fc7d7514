//! Under which conditions a write is made.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, header};
use scim_core::{EntityTags, Error, Version};
use serde_json::Value;

use crate::{Context, Invariant, Policy, Stored};

/// Under which conditions a write is made: for which versions it is meant (RFC 7644 §3.14,
/// RFC 9110 §13.1), what must hold afterwards, and what a policy says of a deletion.
///
/// ```
/// # use scim_service::{Guard, StoreError, Stored};
/// # struct Transaction;
/// # impl Transaction {
/// #     fn load(&self) -> Option<Stored> { None }
/// #     fn remove(&self) {}
/// #     fn answer(&self, _: &scim_service::Context, _: &scim_service::Query) -> Result<scim_service::Page, StoreError> { loop {} }
/// # }
/// /// Deletes a resource; a transaction that ends with an error is rolled back.
/// fn delete(transaction: &Transaction, guard: &Guard) -> Result<bool, StoreError> {
///     let Some(current) = transaction.load() else { return Ok(false) };
///     guard.check(&current.version)?;
///     if guard.judges() {
///         guard.judge(current)?;
///     }
///     transaction.remove();
///     for invariant in &guard.invariants {
///         invariant.check(|cx, query| transaction.answer(cx, query))?;
///     }
///     Ok(true)
/// }
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Guard {
    /// `If-Match`.
    pub if_match: Option<EntityTags>,
    /// `If-None-Match`.
    pub if_none_match: Option<EntityTags>,
    /// What must hold once the write is made.
    pub invariants: Vec<Invariant>,
    pub(crate) policy: Option<(Context, Arc<dyn Policy>)>,
}

impl Guard {
    /// The versions that a request is meant for.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self {
            if_match: entity_tags(headers, header::IF_MATCH),
            if_none_match: entity_tags(headers, header::IF_NONE_MATCH),
            ..Self::default()
        }
    }

    /// The same, with what must hold once the write is made.
    #[must_use]
    pub fn under(mut self, invariants: Vec<Invariant>) -> Self {
        self.invariants = invariants;
        self
    }

    /// The same, for a deletion that this policy judges.
    #[must_use]
    pub fn policy(mut self, cx: Context, policy: Arc<dyn Policy>) -> Self {
        self.policy = policy.judges().then_some((cx, policy));
        self
    }

    /// Whether a write is meant for this version.
    ///
    /// # Errors
    /// 412 if not.
    pub fn check(&self, version: &Version) -> Result<(), Error> {
        let wanted = self.if_match.as_ref().is_none_or(|tags| tags.matches(version));
        let unwanted = self.if_none_match.as_ref().is_some_and(|tags| tags.matches(version));
        if wanted && !unwanted {
            return Ok(());
        }
        Err(Error::precondition_failed(
            "the resource has another version than the request is meant for",
        ))
    }

    /// Whether a deletion must be shown the resource: [`Guard::judge`].
    pub fn judges(&self) -> bool {
        self.policy.is_some()
    }

    /// What the policy says of the deletion of a resource, which holds every attribute. Called
    /// inside the store's transaction.
    ///
    /// # Errors
    /// What the client is answered; nothing is deleted.
    pub fn judge(&self, current: Stored) -> Result<(), Error> {
        let Some((cx, policy)) = &self.policy else { return Ok(()) };
        let resource = cx.schema().trust(Value::Object(Arc::unwrap_or_clone(current.attributes)));
        policy.before_delete(cx, &current.id, &resource)
    }

    /// Whether the write is meant for certain versions only.
    pub(crate) fn has_precondition(&self) -> bool {
        self.if_match.is_some() || self.if_none_match.is_some()
    }
}

/// The entity tags in the lines of a header, which are one list (RFC 9110 §5.3).
fn entity_tags(headers: &HeaderMap, name: HeaderName) -> Option<EntityTags> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    match lines.iter().any(|line| line.trim() == "*") {
        true => Some(EntityTags::Any),
        false if lines.is_empty() => None,
        false => Some(EntityTags::parse(&lines.join(","))),
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("if_match", &self.if_match)
            .field("if_none_match", &self.if_none_match)
            .field("invariants", &self.invariants)
            .finish_non_exhaustive()
    }
}
