//! The resources of one tenant.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use compact_str::CompactString;
use scim_core::{AttrName, Version};
use scim_filter::Key;
use scim_schema::{Projection, Secrets};
use serde_json::{Map, Value};

use super::member;
use crate::{Context, StoreError, Stored};

/// The resources of one tenant, by resource type.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) tables: BTreeMap<String, Table>,
    /// Which resources hold a resource in a relation, by its id: their types and ids.
    holders: HashMap<String, BTreeSet<(String, String)>>,
    /// What the write under way has changed, as it was before.
    journal: Vec<Before>,
}

/// The resources of one type.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<String, Row>,
    /// Who has a value that must be unique.
    unique: HashMap<Claim, String>,
}

/// The path of an attribute, and a comparison key.
type Claim = (CompactString, Key);

/// One resource.
#[derive(Clone, Debug)]
pub(super) struct Row {
    version: u64,
    created: DateTime<Utc>,
    modified: DateTime<Utc>,
    pub(super) attributes: Arc<Map<String, Value>>,
    /// The attributes that name other resources.
    pub(super) relations: Vec<AttrName>,
    /// What is never returned.
    secrets: Secrets,
    /// The values that nobody else may have.
    claims: Vec<Claim>,
}

#[derive(Debug)]
struct Before {
    kind: String,
    id: String,
    row: Option<Row>,
}

/// Undoes what is in the journal, whatever ends the write.
struct Undo<'a>(&'a mut Data);

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        while let Some(Before { kind, id, row }) = self.0.journal.pop() {
            self.0.swap(&kind, &id, row);
        }
    }
}

impl Row {
    /// The row of a resource that is created now.
    pub(super) fn new(cx: &Context, attributes: Map<String, Value>, secrets: Secrets) -> Self {
        Self {
            secrets,
            version: 1,
            created: cx.now(),
            modified: cx.now(),
            relations: cx.endpoint().relations().to_vec(),
            claims: claims(cx, &attributes),
            attributes: attributes.into(),
        }
    }

    /// The row with other attributes, changed now.
    pub(super) fn next(
        &self,
        cx: &Context,
        attributes: Map<String, Value>,
        secrets: &Secrets,
    ) -> Self {
        let (version, created) = (self.version + 1, self.created);
        let mut all = self.secrets.clone();
        all.merge(secrets);
        Self { version, created, ..Self::new(cx, attributes, all) }
    }

    /// Whether these are not what is kept already: a new secret, or the removal of an old one.
    pub(super) fn is_moved_by(&self, secrets: &Secrets) -> bool {
        secrets.iter().any(|one| one.text().is_some() || self.secret(one.path()).is_some())
    }

    /// What is kept of an attribute that is never returned.
    pub(super) fn secret(&self, attribute: &str) -> Option<&str> {
        self.secrets.iter().find(|secret| secret.path() == attribute)?.text()
    }

    /// Marks a change.
    pub(super) fn touch(&mut self, now: DateTime<Utc>) {
        self.version += 1;
        self.modified = now;
    }

    /// The resource as it is kept.
    pub(super) fn stored(&self, id: &str) -> Stored {
        let version = Version::counter(self.version);
        Stored::new(id, version, self.created, self.attributes.clone()).modified(self.modified)
    }
}

impl Table {
    /// Puts a row in the place of another, with the values that nobody else may have.
    fn swap(&mut self, id: &str, row: Option<Row>) -> Option<Row> {
        let claims = row.as_ref().map(|row| row.claims.clone()).unwrap_or_default();
        let old = match row {
            Some(row) => self.rows.insert(id.to_owned(), row),
            None => self.rows.remove(id),
        };
        for claim in old.iter().flat_map(|old| &old.claims) {
            self.unique.remove(claim);
        }
        self.unique.extend(claims.into_iter().map(|claim| (claim, id.to_owned())));
        old
    }
}

impl Data {
    /// Makes a write, or leaves everything as it was.
    pub(super) fn attempt<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let undo = Undo(self);
        let done = write(undo.0)?;
        undo.0.journal.clear();
        Ok(done)
    }

    pub(super) fn row(&self, kind: &str, id: &str) -> Option<&Row> {
        self.tables.get(kind)?.rows.get(id)
    }

    /// A resource as it is kept.
    pub(super) fn stored(&self, cx: &Context, id: &str) -> Option<Stored> {
        self.row(cx.resource_type(), id).map(|row| row.stored(id))
    }

    /// A resource with what is derived from others.
    pub(super) fn get(&self, cx: &Context, id: &str, want: &Projection) -> Option<Stored> {
        let row = self.row(cx.resource_type(), id)?;
        Some(self.shown(cx, id, row, member::shows_groups(cx, want)))
    }

    /// All resources of a type, by id, each with what is derived from others.
    pub(super) fn all<'a>(&'a self, cx: &'a Context) -> impl Iterator<Item = Stored> + 'a {
        let rows = self.tables.get(cx.resource_type()).into_iter().flat_map(|table| &table.rows);
        let groups = member::shows_groups(cx, &Projection::default_of(cx.schema()));
        rows.map(move |(id, row)| self.shown(cx, id, row, groups))
    }

    fn shown(&self, cx: &Context, id: &str, row: &Row, groups: bool) -> Stored {
        let mut stored = row.stored(id);
        member::name_all(self, cx, &mut stored);
        if groups {
            member::show(member::groups_of(self, id), &mut stored);
        }
        stored
    }

    /// The types and ids of the resources that hold a resource in a relation, in order.
    pub(super) fn holders(&self, id: &str) -> impl Iterator<Item = &(String, String)> {
        self.holders.get(id).into_iter().flatten()
    }

    /// Puts a row in the place of what was there; none deletes it.
    ///
    /// # Errors
    /// 409 if a value that must be unique is another's.
    pub(super) fn put(&mut self, kind: &str, id: &str, row: Option<Row>) -> Result<(), StoreError> {
        if let (Some(row), Some(table)) = (&row, self.tables.get(kind)) {
            let taken = |claim: &&Claim| table.unique.get(*claim).is_some_and(|owner| owner != id);
            if let Some((attribute, _)) = row.claims.iter().find(taken) {
                return Err(StoreError::conflict(attribute));
            }
        }
        let row = self.swap(kind, id, row);
        self.journal.push(Before { kind: kind.to_owned(), id: id.to_owned(), row });
        Ok(())
    }

    /// Puts a row in the place of another, with what is looked up by it.
    fn swap(&mut self, kind: &str, id: &str, row: Option<Row>) -> Option<Row> {
        let after = member::all_held(row.as_ref());
        let old = match self.tables.get_mut(kind) {
            Some(table) => table.swap(id, row),
            None => self.tables.entry(kind.to_owned()).or_default().swap(id, row),
        };
        let before = member::all_held(old.as_ref());
        if before != after {
            self.hold(kind, id, &before, &after);
        }
        old
    }

    /// Notes what a resource holds.
    fn hold(&mut self, kind: &str, id: &str, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        let owner = (kind.to_owned(), id.to_owned());
        for member in before.difference(after) {
            if let Some(owners) = self.holders.get_mut(member) {
                owners.remove(&owner);
                if owners.is_empty() {
                    self.holders.remove(member);
                }
            }
        }
        for member in after.difference(before) {
            self.holders.entry(member.clone()).or_default().insert(owner.clone());
        }
    }
}

/// The values of a resource that must be unique.
fn claims(cx: &Context, attributes: &Map<String, Value>) -> Vec<Claim> {
    let indexed = cx.schema().indexed();
    let unique = indexed.iter().filter(|indexed| indexed.unique);
    let keys = unique.flat_map(|indexed| {
        let keys = indexed.keys(attributes).into_iter();
        keys.map(|key| (CompactString::from(&indexed.label), key))
    });
    keys.collect()
}
