//! The resources of one tenant.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use scim_core::Version;
use scim_schema::Projection;
use serde_json::{Map, Value};

use super::member;
use crate::{Context, StoreError, Stored};

/// The resources of one tenant, by resource type.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) tables: BTreeMap<String, Table>,
}

/// The resources of one type.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<String, Row>,
    /// Who has a value that must be unique.
    unique: HashMap<Claim, String>,
}

/// An attribute and a comparison key.
type Claim = (String, String);

/// One resource.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) version: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
    pub(super) attributes: Arc<Map<String, Value>>,
}

impl Row {
    /// Marks a change.
    pub(super) fn touch(&mut self, now: DateTime<Utc>) {
        self.version += 1;
        self.modified = now;
    }

    fn stored(&self, id: &str) -> Stored {
        let version = Version::counter(self.version);
        Stored::new(id, version, self.created, self.attributes.clone()).modified(self.modified)
    }
}

impl Data {
    pub(super) fn row(&self, kind: &str, id: &str) -> Option<&Row> {
        self.tables.get(kind)?.rows.get(id)
    }

    /// A resource as it is kept.
    pub(super) fn stored(&self, cx: &Context, id: &str) -> Option<Stored> {
        self.row(cx.resource_type(), id).map(|row| row.stored(id))
    }

    /// A resource with what is derived from others.
    pub(super) fn get(&self, cx: &Context, id: &str, want: &Projection) -> Option<Stored> {
        let mut stored = self.stored(cx, id)?;
        member::name_all(self, cx, &mut stored);
        if member::shows_groups(cx, want) {
            member::show(member::groups_of(self, id), &mut stored);
        }
        Some(stored)
    }

    /// All resources of a type, by id, each with what is derived from others.
    pub(super) fn all<'a>(&'a self, cx: &'a Context) -> impl Iterator<Item = Stored> + 'a {
        let rows = self.tables.get(cx.resource_type()).into_iter().flat_map(|table| &table.rows);
        let shows = member::shows_groups(cx, &Projection::default_of(cx.schema()));
        let mut groups = if shows { member::groups(self) } else { HashMap::new() };
        rows.map(move |(id, row)| {
            let mut stored = row.stored(id);
            member::name_all(self, cx, &mut stored);
            member::show(groups.remove(id.as_str()).unwrap_or_default(), &mut stored);
            stored
        })
    }

    /// # Errors
    /// 409 if the id, or a value that must be unique, is another's.
    pub(super) fn insert(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: Map<String, Value>,
    ) -> Result<(), StoreError> {
        let table = self.tables.entry(cx.resource_type().to_owned()).or_default();
        if table.rows.contains_key(id) {
            return Err(StoreError::conflict("id"));
        }
        table.claim(cx, id, &attributes)?;
        let row = Row {
            version: 1,
            created: cx.now(),
            modified: cx.now(),
            attributes: attributes.into(),
        };
        table.rows.insert(id.to_owned(), row);
        Ok(())
    }

    /// # Errors
    /// 409 if a value that must be unique is another's; the resource is what it was then.
    pub(super) fn replace(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: Map<String, Value>,
    ) -> Result<(), StoreError> {
        let table = self.tables.entry(cx.resource_type().to_owned()).or_default();
        table.claim(cx, id, &attributes)?;
        if let Some(row) = table.rows.get_mut(id) {
            row.attributes = attributes.into();
            row.touch(cx.now());
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, cx: &Context, id: &str) {
        if let Some(table) = self.tables.get_mut(cx.resource_type()) {
            let had = table.rows.remove(id).map(|row| claims(cx, &row.attributes));
            table.give_up(had.unwrap_or_default());
        }
    }
}

impl Table {
    /// Takes the unique values of a resource, all or none, and gives up those that it had.
    fn claim(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        let wanted = claims(cx, attributes);
        let taken = |claim: &&Claim| self.unique.get(*claim).is_some_and(|owner| owner != id);
        if let Some((attribute, _)) = wanted.iter().find(taken) {
            return Err(StoreError::conflict(attribute));
        }
        let had = self.rows.get(id).map(|row| claims(cx, &row.attributes));
        self.give_up(had.unwrap_or_default());
        self.unique.extend(wanted.into_iter().map(|claim| (claim, id.to_owned())));
        Ok(())
    }

    fn give_up(&mut self, claims: Vec<Claim>) {
        for claim in claims {
            self.unique.remove(&claim);
        }
    }
}

/// The values of a resource that must be unique.
fn claims(cx: &Context, attributes: &Map<String, Value>) -> Vec<Claim> {
    let indexed = cx.schema().indexed();
    let unique = indexed.iter().filter(|indexed| indexed.unique);
    let keys = unique.flat_map(|indexed| {
        let keys = indexed.keys(attributes).into_iter();
        keys.map(|key| (indexed.label.clone(), key.as_str().to_owned()))
    });
    keys.collect()
}
