//! The resources of one tenant.

use std::collections::{BTreeMap, HashMap};

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
    /// Who has a value that must be unique, by attribute and comparison key.
    unique: HashMap<(String, String), String>,
}

/// One resource.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) version: u64,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
    pub(super) attributes: Map<String, Value>,
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
        member::derive(self, cx, id, &mut stored.attributes, want);
        Some(stored)
    }

    pub(super) fn insert(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: Map<String, Value>,
    ) -> Result<(), StoreError> {
        let table = self.tables.entry(cx.resource_type().to_owned()).or_default();
        table.claim(cx, id, &attributes)?;
        let row = Row { version: 1, created: cx.now(), modified: cx.now(), attributes };
        table.rows.insert(id.to_owned(), row);
        Ok(())
    }

    pub(super) fn replace(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: Map<String, Value>,
    ) -> Result<(), StoreError> {
        let table = self.tables.entry(cx.resource_type().to_owned()).or_default();
        table.claim(cx, id, &attributes)?;
        if let Some(row) = table.rows.get_mut(id) {
            row.attributes = attributes;
            row.touch(cx.now());
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, cx: &Context, id: &str) {
        if let Some(table) = self.tables.get_mut(cx.resource_type()) {
            table.rows.remove(id);
            table.unique.retain(|_, owner| owner != id);
        }
    }
}

impl Table {
    /// Takes the unique values of a resource, all or none.
    fn claim(
        &mut self,
        cx: &Context,
        id: &str,
        attributes: &Map<String, Value>,
    ) -> Result<(), StoreError> {
        let mut claims = Vec::new();
        for indexed in cx.schema().indexed().iter().filter(|indexed| indexed.unique) {
            for key in indexed.keys(attributes) {
                let claim = (indexed.label.clone(), key.as_str().to_owned());
                if self.unique.get(&claim).is_some_and(|owner| owner != id) {
                    return Err(StoreError::conflict(&indexed.label));
                }
                claims.push(claim);
            }
        }
        self.unique.retain(|_, owner| owner != id);
        self.unique.extend(claims.into_iter().map(|claim| (claim, id.to_owned())));
        Ok(())
    }
}
