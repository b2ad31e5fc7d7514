//! Changes as checks make them.

use std::sync::Arc;

use scim_core::{EntityTags, Error, Version};
use scim_patch::{Patch, Plan};
use scim_schema::Secrets;
use serde_json::{Value, json};

use super::bench::Outcome;
use crate::{Change, Context, Guard, Invariant, Permissive, Policy, Write};

/// A PUT or a PATCH, and under which conditions.
#[derive(Clone)]
pub(super) struct Edit {
    cx: Context,
    guard: Guard,
    policy: Arc<dyn Policy>,
    secrets: Secrets,
    what: What,
}

#[derive(Clone)]
enum What {
    Put(Value),
    Patch(Plan),
}

impl Edit {
    pub(super) fn put(cx: Context, body: Value) -> Self {
        Self::new(cx, What::Put(body))
    }

    pub(super) fn patch(cx: Context, operations: Value) -> Outcome<Self> {
        let message = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        let patch = Patch::from_value(message, cx.compat()).map_err(Error::from)?;
        let plan = patch.plan(cx.schema()).map_err(Error::from)?;
        Ok(Self::new(cx, What::Patch(plan)))
    }

    fn new(cx: Context, what: What) -> Self {
        let (guard, secrets) = (Guard::default(), Secrets::default());
        Self { cx, guard, policy: Arc::new(Permissive), secrets, what }
    }

    /// Setting this secret, hashed already; or removing it.
    pub(super) fn secret(mut self, attribute: &str, hash: Option<&str>) -> Self {
        self.secrets.set(attribute, hash.into());
        self
    }

    /// A PATCH of one operation.
    pub(super) fn one(cx: Context, op: &str, path: &str, value: Value) -> Outcome<Self> {
        let operation = match value {
            Value::Null => json!({"op": op, "path": path}),
            value => json!({"op": op, "path": path, "value": value}),
        };
        Self::patch(cx, json!([operation]))
    }

    pub(super) fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// Only for this version.
    pub(super) fn only_for(self, version: &Version) -> Self {
        self.guard(only_for(version))
    }

    /// Only if this holds afterwards.
    pub(super) fn under(mut self, invariants: Vec<Invariant>) -> Self {
        self.guard = self.guard.under(invariants);
        self
    }

    pub(super) fn policy(mut self, policy: impl Policy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    pub(super) fn into_change(self) -> (Context, Change) {
        let Self { cx, guard, policy, secrets, what } = self;
        let change = match what {
            What::Put(body) => Change::replace(cx.clone(), guard, body, policy),
            What::Patch(plan) => Change::patch(cx.clone(), guard, plan, policy),
        };
        (cx, change.secrets(secrets))
    }

    pub(super) fn into_write(self, id: String) -> Write {
        let (cx, change) = self.into_change();
        Write::Update { cx, id, change }
    }
}

/// `If-Match` with this version.
pub(super) fn only_for(version: &Version) -> Guard {
    Guard { if_match: Some(EntityTags::List(vec![version.clone()])), ..Guard::default() }
}
