//! Resources written (RFC 7644 §3.3, §3.5, §3.6).

use http::StatusCode;
use scim_core::{AttrPath, EntityTags, Error, json};
use scim_patch::{Patch, Plan};
use scim_schema::{Mode, Projection, Secrets, Valid};
use serde_json::Value;

use crate::{
    Action, Change, Context, Draft, Event, Guard, New, OnConflict, Proposal, Store, StoreError,
    Stored, Target, Updated,
    answer::{self, Answer, Refusal, failed},
    body::Json,
    derive,
    params::Params,
    read::missing,
    service::{Head, Parts},
    store::{self, TRIES},
};

impl<S: Store> Parts<S> {
    /// Creates a resource (RFC 7644 §3.3).
    pub(crate) async fn create(&self, cx: &Context, params: &Params, body: Json) -> Answer {
        let Json { mut value, text } = body;
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(names_of(&value));
        let mut tries = 0;
        let (created, action) = loop {
            tries += 1;
            let written = match self.creation(cx, (self.ids)(), value, &|_| ()).await? {
                Creation::New(new) => {
                    let created = self.store.create(cx, new).await;
                    created.map(|stored| Some((Updated::changed(stored), Action::Create)))
                }
                Creation::Adopted { id, change } => {
                    let updated = self.store.update(cx, &id, &change).await;
                    updated.map(|updated| Some((updated?, Action::Replace)))
                }
            };
            match written {
                Ok(Some(created)) => break created,
                // What was to be taken over has changed, or gone, in the meantime.
                Ok(None) => {}
                Err(error) if error.is_stale() => {}
                Err(error) => return Err(failed(error)),
            }
            if tries == TRIES {
                return Err(failed(StoreError::lost()));
            }
            value = json::from_slice(&text, &self.limits.json)?;
        };
        let Updated { stored: created, changed } = created;
        if changed {
            self.policy.after(cx, &Event { action, id: &created.id, stored: Some(&created) });
        }
        // No relation of another resource can name an id before it is there.
        let alone = action == Action::Create && cx.endpoint().relations().is_empty();
        let created = if alone { created } else { self.whole(cx, created, &want).await? };
        self.resource(StatusCode::CREATED, cx, created, &want)
    }

    /// What a create comes to: a new resource, or one that is taken over. What the policy has
    /// judged is written without what `leave_out` takes away, which is set afterwards.
    pub(crate) async fn creation(
        &self,
        cx: &Context,
        id: String,
        body: Value,
        leave_out: &(dyn Fn(&mut Valid) + Send + Sync),
    ) -> Result<Creation, Error> {
        self.policy.authorize(cx, Action::Create, &Target::New)?;
        let mut invariants = self.policy.invariants(cx, Action::Create)?;
        let mut valid = cx.schema().validate(body, Mode::Create, cx.compat())?;
        let adoptable = match cx.endpoint().on_conflict_rule() {
            OnConflict::Refuse => None,
            OnConflict::Adopt(may) => {
                Box::pin(self.adoptable(cx, &valid, &**may)).await.map_err(Refusal::into_error)?
            }
        };
        if let Some(stored) = &adoptable {
            self.policy.authorize(cx, Action::Replace, &Target::Resource(&stored.id))?;
            invariants.extend(self.policy.invariants(cx, Action::Replace)?);
        }
        let secrets = self.hashed(cx, &valid.take_secrets()).await?;
        if let Some(stored) = adoptable {
            let if_match = Some(EntityTags::List(vec![stored.version]));
            let guard = Guard { if_match, invariants, ..Guard::default() };
            leave_out(&mut valid);
            // With the default values of a new resource: `active` is true unless it is given.
            let body = Value::Object(valid.into_attributes());
            let change =
                Change::replace(cx.clone(), guard, body, self.policy.clone()).secrets(secrets);
            return Ok(Creation::Adopted { id: stored.id, change });
        }
        valid.add_secrets(&secrets);
        if self.policy.judges() {
            Proposal {
                id: None,
                action: Action::Create,
                before: None,
                resource: Draft::new(&mut valid),
                delta: None,
            }
            .judged_by(&*self.policy, cx)?;
        }
        leave_out(&mut valid);
        Ok(Creation::New(New::with_id(id, valid).under(invariants)))
    }

    /// Replaces a resource (RFC 7644 §3.5.1).
    pub(crate) async fn replace(
        &self,
        cx: &Context,
        id: &str,
        head: &Head,
        params: &Params,
        body: Value,
    ) -> Answer {
        self.policy.authorize(cx, Action::Replace, &Target::Resource(id))?;
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(names_of(&body));
        let change = self.replacement(cx, Guard::of(&head.headers), body).await?;
        let stored = self.update(cx, id, &change, Action::Replace).await?;
        let stored = self.whole(cx, stored, &want).await?;
        self.resource(StatusCode::OK, cx, stored, &want)
    }

    /// Patches a resource (RFC 7644 §3.5.2). Answered with 204 where the type says so, unless the
    /// request names attributes.
    pub(crate) async fn patch(
        &self,
        cx: &Context,
        id: &str,
        head: &Head,
        params: &Params,
        body: Value,
    ) -> Answer {
        self.policy.authorize(cx, Action::Patch, &Target::Resource(id))?;
        let plan =
            Patch::from_value_within(body, cx.compat(), &self.limits.patch)?.plan(cx.schema())?;
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(plan.touched());
        let change = self.patching(cx, Guard::of(&head.headers), plan).await?;
        let stored = self.update(cx, id, &change, Action::Patch).await?;
        if want.is_default() && !cx.endpoint().does_patch_answer_body() {
            let location = self.location(cx.endpoint(), id);
            let response = answer::tagged(answer::empty(StatusCode::NO_CONTENT), &stored.version);
            return Ok(answer::located(response, location));
        }
        let stored = self.whole(cx, stored, &want).await?;
        self.resource(StatusCode::OK, cx, stored, &want)
    }

    /// Deletes a resource (RFC 7644 §3.6).
    pub(crate) async fn delete(&self, cx: &Context, id: &str, head: &Head) -> Answer {
        self.policy.authorize(cx, Action::Delete, &Target::Resource(id))?;
        let guard = self.deletion(cx, Guard::of(&head.headers))?;
        if !store::delete(&self.store, cx, id, &guard).await.map_err(failed)? {
            return Err(missing(cx).into());
        }
        self.policy.after(cx, &Event { action: Action::Delete, id, stored: None });
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    /// A replacement by a body, its secrets hashed beforehand.
    pub(crate) async fn replacement(
        &self,
        cx: &Context,
        guard: Guard,
        body: Value,
    ) -> Result<Change, Error> {
        let secrets = match self.secrets {
            // What breaks a rule here does so in the change, which then is refused.
            Some(_) => cx.schema().secrets_of(body.clone(), cx.compat()).unwrap_or_default(),
            None => Secrets::default(),
        };
        let secrets = self.hashed(cx, &secrets).await?;
        let guard = guard.under(self.policy.invariants(cx, Action::Replace)?);
        Ok(Change::replace(cx.clone(), guard, body, self.policy.clone()).secrets(secrets))
    }

    /// A patch by a plan, its secrets hashed beforehand.
    pub(crate) async fn patching(
        &self,
        cx: &Context,
        guard: Guard,
        mut plan: Plan,
    ) -> Result<Change, Error> {
        let secrets = self.hashed(cx, &plan.take_secrets()).await?;
        let guard = guard.under(self.policy.invariants(cx, Action::Patch)?);
        Ok(Change::patch(cx.clone(), guard, plan, self.policy.clone()).secrets(secrets))
    }

    /// The conditions of a deletion.
    pub(crate) fn deletion(&self, cx: &Context, guard: Guard) -> Result<Guard, Error> {
        let guard = guard.under(self.policy.invariants(cx, Action::Delete)?);
        Ok(guard.policy(cx.clone(), self.policy.clone()))
    }

    /// Secrets as they may be kept: hashed, or not at all.
    async fn hashed(&self, cx: &Context, secrets: &Secrets) -> Result<Secrets, Error> {
        let mut hashed = Secrets::default();
        let Some(hash) = &self.secrets else { return Ok(hashed) };
        for secret in secrets.iter() {
            let value = match secret.text() {
                Some(_) => Value::String(hash(cx.clone(), secret.clone()).await?),
                None => Value::Null,
            };
            hashed.set(secret.path(), value);
        }
        Ok(hashed)
    }

    pub(crate) async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
        action: Action,
    ) -> Result<Stored, Refusal> {
        let updated = store::update(&self.store, cx, id, change).await.map_err(failed)?;
        let updated = updated.ok_or_else(|| missing(cx))?;
        if updated.changed {
            self.policy.after(cx, &Event { action, id, stored: Some(&updated.stored) });
        }
        Ok(updated.stored)
    }

    /// The resource with what an update need not load, where the answer holds it.
    async fn whole(
        &self,
        cx: &Context,
        stored: Stored,
        want: &Projection,
    ) -> Result<Stored, Refusal> {
        if !want.includes_derived() && !derive::is_shown(cx, want) {
            return Ok(stored);
        }
        let load = derive::loaded(cx, want, want)?;
        let found = self.store.get(cx, &stored.id, &load).await.map_err(failed)?;
        found.ok_or_else(|| missing(cx).into())
    }
}

/// What a create comes to.
pub(crate) enum Creation {
    /// A new resource.
    New(New),
    /// One that is there, taken over.
    Adopted { id: String, change: Change },
}

/// The attributes that a body names, those of extensions one by one.
fn names_of(body: &Value) -> impl Iterator<Item = AttrPath> {
    let named = |(uri, value): (&String, &Value)| -> Vec<String> {
        match value {
            Value::Object(object) if uri.contains(':') => {
                object.keys().map(|name| format!("{uri}:{name}")).collect()
            }
            _ => vec![uri.clone()],
        }
    };
    let members = body.as_object().into_iter().flatten();
    members.flat_map(named).filter_map(|path| path.parse().ok())
}
