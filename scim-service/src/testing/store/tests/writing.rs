//! Faults of writes.

use std::sync::Arc;

use scim_core::{Uniqueness, Version};
use serde_json::{Map, Value, json};

use super::broken::{Broken, Fault, copy, of_tenant, pause, with_names, with_unknown};
use crate::{
    Applied, Change, Context, Endpoint, Guard, New, Store, StoreError, Stored, UnknownMembers,
    Updated, testing::store::race::lock,
};

impl Broken {
    pub(super) async fn add(&self, cx: &Context, mut new: New) -> Result<Stored, StoreError> {
        let cx = &self.request(cx);
        match self.fault {
            Some(Fault::TellsSecrets) => {
                for secret in new.resource.take_secrets().iter() {
                    let value = json!(secret.text());
                    new.resource.attributes_mut().insert(secret.path().to_owned(), value);
                }
            }
            Some(Fault::KeepsSecretsOfTheDead) => {
                let texts = new.resource.secrets().iter().filter_map(|secret| secret.text());
                let texts = texts.map(|text| (new.id.clone(), text.to_owned()));
                lock(&self.secrets).extend(texts);
            }
            Some(Fault::OverwritesIds) => {
                self.inner.delete(cx, &new.id, &Guard::default()).await?;
            }
            Some(Fault::HeedsCaseOfNames) => {
                return self.inner.create(&with_names(cx, Uniqueness::Server, true), new).await;
            }
            Some(Fault::ForgetsUniqueness) => {
                return self.inner.create(&with_names(cx, Uniqueness::None, false), new).await;
            }
            Some(Fault::LooksBeforeItTakes) => {
                let name = |one: &Map<String, Value>| {
                    one.get("userName").map(|name| name.to_string().to_lowercase())
                };
                let wanted = name(new.resource.attributes());
                if self.all(cx).await.iter().any(|one| name(&one.attributes) == wanted) {
                    return Err(StoreError::conflict("userName"));
                }
                pause().await;
                return self.inner.create(&with_names(cx, Uniqueness::None, false), new).await;
            }
            _ => {}
        }
        let stored = self.add_judged(cx, new).await?;
        lock(&self.versions).insert(stored.id.clone(), stored.version.clone());
        let want = scim_schema::Projection::default_of(cx.schema());
        Ok(self.spoil(cx, stored, &want))
    }

    /// What the store takes a request for.
    fn request(&self, cx: &Context) -> Context {
        match self.fault {
            Some(Fault::SkipsWhatShouldBeRefused) => with_unknown(cx, UnknownMembers::Skip),
            Some(Fault::RefusesWhatShouldBeSkipped) => with_unknown(cx, UnknownMembers::Refuse),
            _ => cx.clone(),
        }
    }

    pub(super) async fn alter(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        let cx = &self.request(cx);
        let before = self.whole(cx, id).await;
        match (self.fault, &before) {
            (Some(Fault::FindsOldValues), Some(before)) => self.bury(Some(copy(before))),
            (Some(Fault::LeaksOnUpdate), None) => {
                for tenant in ["first", "second"] {
                    let found = self.inner.update(&of_tenant(cx, tenant), id, change).await?;
                    if found.is_some() {
                        return Ok(found);
                    }
                }
            }
            (Some(Fault::ForgetsUniquenessOnUpdate), _) => {
                return self
                    .inner
                    .update(&with_names(cx, Uniqueness::None, false), id, change)
                    .await;
            }
            (Some(Fault::LosesUpdates), Some(before)) => {
                let Applied::Next(next) = change.apply(copy(before))? else {
                    return Ok(Some(Updated::unchanged(copy(before))));
                };
                pause().await;
                self.overwrite(cx, id, next.into_attributes()).await;
                return Ok(self.whole(cx, id).await.map(Updated::changed));
            }
            (Some(Fault::WritesInHalves), Some(before)) => {
                let Applied::Next(next) = change.apply(copy(before))? else {
                    return Ok(Some(Updated::unchanged(copy(before))));
                };
                let mut half = Map::clone(&before.attributes);
                if let Some(display) = next.attributes().get("displayName") {
                    half.insert("displayName".to_owned(), display.clone());
                }
                self.overwrite(cx, id, half).await;
                pause().await;
                self.overwrite(cx, id, next.into_attributes()).await;
                return Ok(self.whole(cx, id).await.map(Updated::changed));
            }
            (Some(Fault::WritesBeforeItChecks), Some(before)) => {
                if let Some((_, delta)) = change.split("members") {
                    let mut attributes = Map::clone(&before.attributes);
                    let mut members = match attributes.remove("members") {
                        Some(Value::Array(members)) => members,
                        _ => Vec::new(),
                    };
                    delta.apply_to(&mut members);
                    attributes.insert("members".to_owned(), Value::Array(members));
                    self.overwrite(&with_unknown(cx, UnknownMembers::Skip), id, attributes).await;
                }
            }
            (Some(Fault::ForgetsDeltas), Some(_)) => {
                if let Some((rest, _)) = change.split("members") {
                    return self.inner.update(cx, id, &rest).await;
                }
            }
            _ => {}
        }
        match self.fault {
            Some(Fault::KeepsSecretsOfRefused) => {
                lock(&self.secrets).extend(change.set_secrets().map(|text| (id.to_owned(), text)));
            }
            Some(Fault::LosesSecretsOnPut) if format!("{change:?}").contains("Replace") => {
                lock(&self.secrets).insert(id.to_owned(), String::new());
            }
            Some(Fault::LeavesVersionOfSecrets) if change.set_secrets().is_some() => {
                return Ok(before.map(Updated::unchanged));
            }
            _ => {}
        }
        let outcome = self.alter_judged(cx, id, change).await;
        self.afterwards(cx, id, change, before, outcome).await
    }

    async fn afterwards(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
        before: Option<Stored>,
        outcome: Result<Option<Updated>, StoreError>,
    ) -> Result<Option<Updated>, StoreError> {
        let Some(before) = before else { return outcome };
        let is_put = format!("{change:?}").contains("Replace");
        let came =
            outcome.as_ref().map(|updated| updated.as_ref().map(|one| one.changed)).map_err(drop);
        match (self.fault, came) {
            (Some(Fault::IgnoresIfMatch), Err(())) => {
                // Whatever version it was meant for.
                for guess in guesses() {
                    let mut pretended = copy(&before);
                    pretended.version = guess;
                    if let Ok(Applied::Next(next)) = change.apply(pretended) {
                        self.overwrite(cx, id, next.into_attributes()).await;
                        return Ok(self.whole(cx, id).await.map(Updated::changed));
                    }
                }
            }
            (Some(Fault::ForgetsPolicies), Err(())) => {
                let mut attributes = Map::clone(&before.attributes);
                attributes.insert("displayName".to_owned(), json!("After"));
                self.overwrite(cx, id, attributes).await;
            }
            (Some(Fault::ForgetsMembersOfPut), Ok(Some(_)))
                if is_put && cx.resource_type() == "Group" =>
            {
                let mut attributes =
                    Arc::unwrap_or_clone(self.whole(cx, id).await.unwrap().attributes);
                attributes.remove("members");
                attributes.extend(
                    before
                        .attributes
                        .get("members")
                        .map(|members| ("members".to_owned(), members.clone())),
                );
                self.overwrite(cx, id, attributes).await;
            }
            (Some(Fault::MergesPut), Ok(Some(_))) if is_put => {
                let mut attributes = Map::clone(&before.attributes);
                attributes.extend(Map::clone(&self.whole(cx, id).await.unwrap().attributes));
                self.overwrite(cx, id, attributes).await;
            }
            (Some(Fault::MovesWithoutChange), Ok(Some(false))) => {
                let mut other = Map::clone(&before.attributes);
                other.insert("displayName".to_owned(), json!("Another"));
                self.overwrite(cx, id, other).await;
                self.overwrite(cx, id, Map::clone(&before.attributes)).await;
            }
            (Some(Fault::AlwaysSaysChanged), Ok(Some(_))) => {
                return Ok(self.whole(cx, id).await.map(Updated::changed));
            }
            _ => {}
        }
        let want = scim_schema::Projection::default_of(cx.schema());
        Ok(outcome?.map(|Updated { stored, changed }| {
            lock(&self.versions).insert(stored.id.clone(), stored.version.clone());
            Updated { stored: self.spoil(cx, stored, &want), changed }
        }))
    }

    pub(super) async fn remove(
        &self,
        cx: &Context,
        id: &str,
        guard: &Guard,
    ) -> Result<bool, StoreError> {
        let guard = match self.fault {
            Some(Fault::IgnoresIfMatchOnDelete) => &Guard::default(),
            _ => guard,
        };
        let before = self.whole(cx, id).await;
        let groups = Endpoint::groups(scim_schema::catalog::group());
        let mut extensions = http::Extensions::new();
        extensions.extend(
            cx.get::<crate::Tenant>()
                .cloned()
                .map(|tenant| {
                    let mut one = http::Extensions::new();
                    one.insert(tenant);
                    one
                })
                .unwrap_or_default(),
        );
        for group in self.all(&Context::new(groups, extensions)).await {
            let members = group.attributes.get("members").and_then(Value::as_array);
            let held = members.is_some_and(|members| members.iter().any(|one| one["value"] == id));
            if held {
                lock(&self.dead).push((group.id, id.to_owned()));
            }
        }
        let mut done = self.remove_judged(cx, id, guard).await?;
        match self.fault {
            Some(Fault::ShowsDeleted | Fault::ListsDeleted) if done => self.bury(before),
            Some(Fault::LeaksOnDelete) => {
                for tenant in ["first", "second"] {
                    done |= self.inner.delete(&of_tenant(cx, tenant), id, guard).await?;
                }
            }
            Some(Fault::DeletesNobody) => done = true,
            _ => {}
        }
        Ok(done)
    }
}

/// Versions that checks mean.
fn guesses() -> Vec<Version> {
    let counters = (1..50).map(Version::counter);
    counters.chain([Version::token("another-version-than-any")]).collect()
}
