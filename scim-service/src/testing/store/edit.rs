//! Changes as checks make them.

use std::sync::Arc;

use scim_core::{EntityTags, Error, Version};
use scim_patch::{Patch, Plan};
use serde_json::{Value, json};

use super::bench::Outcome;
use crate::{Change, Context, Guard, Invariant, Permissive, Policy, Write};

/// A PUT or a PATCH, and under which conditions.
#[derive(Clone)]
pub(super) struct Edit {
    cx: Context,
    guard: Guard,
    policy: Arc<dyn Policy>,
    what: What,
}

#[derive(Clone)]
enum What {
    Put(Value),
    Patch(Plan),
}

impl Edit {
    pub(super) fn put(cx: Context, body: Value) -> Self {
        Self { cx, guard: Guard::default(), policy: Arc::new(Permissive), what: What::Put(body) }
    }

    pub(super) fn patch(cx: Context, operations: Value) -> Outcome<Self> {
        let message = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        let patch = Patch::from_value(message, cx.compat()).map_err(Error::from)?;
        let plan = patch.plan(cx.schema()).map_err(Error::from)?;
        let policy = Arc::new(Permissive);
        Ok(Self { cx, guard: Guard::default(), policy, what: What::Patch(plan) })
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
        let Self { cx, guard, policy, what } = self;
        let change = match what {
            What::Put(body) => Change::replace(cx.clone(), guard, body, policy),
            What::Patch(plan) => Change::patch(cx.clone(), guard, plan, policy),
        };
        (cx, change)
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
