//! What a store was given, as it should answer it.

use std::collections::BTreeMap;

use scim_core::Compat;
use scim_filter::{Checked, Key};
use serde_json::{Map, Value, json};

use super::{
    bench::{Bench, Kept, Outcome, Type, ensure, id},
    edit::Edit,
    sample,
};
use crate::{Context, Sort};

/// All resources of a tenant, each with the attributes that were written.
pub(super) struct World {
    known: BTreeMap<String, (Type, Kept)>,
}

impl World {
    /// Gives the store the sample and remembers it.
    pub(super) async fn load(bench: &Bench) -> Outcome<Self> {
        let mut world = Self { known: BTreeMap::new() };
        for (number, body) in (0_u64..).zip(sample::users()) {
            world.add(bench, Type::User, bench.users(), number, body).await?;
        }
        let cx = bench.users();
        let (now, unknown) = (cx.now(), cx.unknown_members());
        let strict = cx.with(Compat::STRICT, now, unknown);
        if let Ok(valid) = Bench::valid(&strict, sample::hollow()) {
            let body = Value::Object(valid.into_attributes());
            world.add(bench, Type::User, strict, 100, body).await?;
        }
        if let Ok(_groups) = bench.groups() {
            for (number, body) in (sample::GROUPS..).zip(sample::groups()) {
                world.add(bench, Type::Group, bench.groups()?, number, body).await?;
            }
        }
        // Some change, so that not all that was created first is also oldest.
        for number in [20, 15, 30] {
            world.retouch(bench, number).await?;
        }
        Ok(world)
    }

    async fn add(
        &mut self,
        bench: &Bench,
        kind: Type,
        cx: Context,
        number: u64,
        body: Value,
    ) -> Outcome {
        let attributes = Bench::valid(&cx, body.clone())?.into_attributes();
        let kept = bench.make(&cx, &id(number), body).await?;
        ensure!(kept.id == id(number), "a new resource has got another id");
        let known = Kept { attributes, created: cx.now(), modified: cx.now(), ..kept };
        self.known.insert(known.id.clone(), (kind, known));
        Ok(())
    }

    /// Changes a user.
    async fn retouch(&mut self, bench: &Bench, number: u64) -> Outcome {
        let cx = bench.users();
        let name = format!("renamed-{number}");
        let done = bench
            .done(&id(number), Edit::one(cx.clone(), "replace", "userName", json!(name))?)
            .await?;
        if let Some((_, kept)) = self.known.get_mut(&id(number)) {
            kept.attributes.insert("userName".to_owned(), json!(name));
            (kept.modified, kept.version) = (cx.now(), done.kept.version);
        }
        Ok(())
    }

    pub(super) fn kept(&self, id: &str) -> Option<&Kept> {
        self.known.get(id).map(|(_, kept)| kept)
    }

    /// The resources of a type with all that filters, orders and answers can name, by id.
    pub(super) fn complete(&self, kind: Type) -> Vec<Map<String, Value>> {
        let of_kind = self.known.values().filter(|(of, _)| *of == kind);
        of_kind.map(|(kind, kept)| self.completed(*kind, kept)).collect()
    }

    fn completed(&self, kind: Type, kept: &Kept) -> Map<String, Value> {
        let mut resource = self.derived(kind, kept);
        resource.insert("id".to_owned(), json!(kept.id));
        let meta = json!({
            "resourceType": name(kind),
            "created": kept.created.to_rfc3339(),
            "lastModified": kept.modified.to_rfc3339(),
            "version": kept.version.to_string(),
        });
        resource.insert("meta".to_owned(), meta);
        resource
    }

    /// The attributes, with what follows from other resources.
    pub(super) fn derived(&self, kind: Type, kept: &Kept) -> Map<String, Value> {
        let mut attributes = kept.attributes.clone();
        if let Some(Value::Array(members)) = attributes.get_mut("members") {
            members.iter_mut().for_each(|member| self.describe(member));
        }
        if kind == Type::User {
            let groups: Vec<Value> = self.groups_of(&kept.id);
            if !groups.is_empty() {
                attributes.insert("groups".to_owned(), Value::Array(groups));
            }
        }
        attributes
    }

    fn describe(&self, member: &mut Value) {
        let known = member.get("value").and_then(Value::as_str).and_then(|id| self.known.get(id));
        if let (Some((kind, kept)), Value::Object(member)) = (known, member) {
            member.insert("type".to_owned(), json!(name(*kind)));
            if let Some(display) = kept.text("displayName").filter(|text| !text.is_empty()) {
                member.insert("display".to_owned(), json!(display));
            }
        }
    }

    fn groups_of(&self, member: &str) -> Vec<Value> {
        let groups = self.known.values().filter(|(kind, _)| *kind == Type::Group);
        groups
            .filter(|(_, group)| group.values("members").contains(member))
            .map(|(_, group)| {
                let display = group.attributes.get("displayName");
                json!({"value": group.id, "display": display, "type": "direct"})
            })
            .collect()
    }

    /// The ids of what matches, in order.
    pub(super) fn select(
        &self,
        kind: Type,
        filter: Option<&Checked>,
        sort: Option<&Sort>,
    ) -> Vec<String> {
        let mut found: Vec<(Option<Key>, String)> = self
            .complete(kind)
            .into_iter()
            .filter_map(|resource| {
                let key = sort.and_then(|sort| sort.path.sort_key(&resource));
                let id = resource.get("id")?.as_str()?.to_owned();
                let matches = filter.is_none_or(|one| one.matches(&Value::Object(resource)));
                matches.then_some((key, id))
            })
            .collect();
        let descending = sort.is_some_and(|sort| sort.descending);
        found.sort_by(|(left, left_id), (right, right_id)| {
            let keys = (left.is_none(), left).cmp(&(right.is_none(), right));
            let keys = if descending { keys.reverse() } else { keys };
            keys.then_with(|| left_id.cmp(right_id))
        });
        found.into_iter().map(|(_, id)| id).collect()
    }
}

pub(super) fn name(kind: Type) -> &'static str {
    match kind {
        Type::User => "User",
        Type::Group => "Group",
    }
}
