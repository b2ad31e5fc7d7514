//! Resources written (RFC 7644 §3.3, §3.5, §3.6).

use http::{HeaderMap, StatusCode, header, request};
use scim_core::{AttrPath, EntityTags};
use scim_patch::Patch;
use scim_schema::{Mode, Projection};
use serde_json::Value;

use crate::{
    Action, Change, Context, Event, Guard, New, Proposal, Store, Stored,
    answer::{self, Answer, Refusal, failed},
    params::Params,
    read::missing,
    service::Parts,
};

impl<S: Store> Parts<S> {
    /// Creates a resource (RFC 7644 §3.3).
    pub(crate) async fn create(&self, cx: &Context, params: &Params, body: Value) -> Answer {
        self.policy.authorize(cx, Action::Create)?;
        let touched = names_of(&body);
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(&touched);
        let mut valid = cx.schema().validate(body, Mode::Create, cx.compat())?;
        valid.take_secrets();
        let mut proposal = Proposal {
            id: None,
            action: Action::Create,
            before: None,
            resource: &mut valid,
            delta: None,
        };
        self.policy.before(cx, &mut proposal)?;
        let has_relation = cx
            .endpoint()
            .relations()
            .iter()
            .any(|name| valid.attributes().contains_key(name.as_str()));
        let created =
            self.store.create(cx, New::with_id((self.ids)(), valid)).await.map_err(failed)?;
        self.policy
            .after(cx, &Event { action: Action::Create, id: &created.id, stored: Some(&created) });
        let created = if has_relation { self.whole(cx, created, &want).await? } else { created };
        self.resource(StatusCode::CREATED, cx, created, &want)
    }

    /// Replaces a resource (RFC 7644 §3.5.1).
    pub(crate) async fn replace(
        &self,
        cx: &Context,
        id: &str,
        head: &request::Parts,
        params: &Params,
        body: Value,
    ) -> Answer {
        self.policy.authorize(cx, Action::Replace)?;
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(&names_of(&body));
        let change = Change::replace(cx.clone(), guard(&head.headers), body, self.policy.clone());
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
        head: &request::Parts,
        params: &Params,
        body: Value,
    ) -> Answer {
        self.policy.authorize(cx, Action::Patch)?;
        let plan = Patch::from_value(body, cx.compat())?.plan(cx.schema())?;
        let touched: Vec<AttrPath> = plan.touched().cloned().collect();
        let want = params.projection(cx.schema(), cx.compat())?.with_touched(&touched);
        let change = Change::patch(cx.clone(), guard(&head.headers), plan, self.policy.clone());
        let stored = self.update(cx, id, &change, Action::Patch).await?;
        if want.is_default() && !cx.endpoint().does_patch_answer_body() {
            let location = self.location(cx.endpoint(), id);
            let response = answer::tagged(answer::empty(StatusCode::NO_CONTENT), &stored.version);
            return Ok(answer::located(response, &location));
        }
        let stored = self.whole(cx, stored, &want).await?;
        self.resource(StatusCode::OK, cx, stored, &want)
    }

    /// Deletes a resource (RFC 7644 §3.6).
    pub(crate) async fn delete(&self, cx: &Context, id: &str, head: &request::Parts) -> Answer {
        self.policy.authorize(cx, Action::Delete)?;
        if !self.store.delete(cx, id, &guard(&head.headers)).await.map_err(failed)? {
            return Err(missing(cx).into());
        }
        self.policy.after(cx, &Event { action: Action::Delete, id, stored: None });
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
        action: Action,
    ) -> Result<Stored, Refusal> {
        let updated = self.store.update(cx, id, change).await.map_err(failed)?;
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
        if !want.includes_derived() {
            return Ok(stored);
        }
        let found = self.store.get(cx, &stored.id, want).await.map_err(failed)?;
        found.ok_or_else(|| missing(cx).into())
    }
}

/// The preconditions of a write (RFC 7644 §3.14).
fn guard(headers: &HeaderMap) -> Guard {
    let tags = |name| {
        let value: Option<&http::HeaderValue> = headers.get(name);
        value.map(|tags| EntityTags::parse(tags.to_str().unwrap_or_default()))
    };
    Guard { if_match: tags(header::IF_MATCH), if_none_match: tags(header::IF_NONE_MATCH) }
}

/// The attributes that a body names, those of extensions one by one.
fn names_of(body: &Value) -> Vec<AttrPath> {
    let Value::Object(body) = body else { return Vec::new() };
    let inside = |uri: &str, value: &Value| -> Vec<String> {
        let names = value.as_object().into_iter().flat_map(|object| object.keys());
        names.map(|name| format!("{uri}:{name}")).collect()
    };
    body.iter()
        .flat_map(
            |(name, value)| {
                if name.contains(':') { inside(name, value) } else { vec![name.clone()] }
            },
        )
        .filter_map(|path| path.parse().ok())
        .collect()
}
