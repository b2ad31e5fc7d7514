//! Memberships: `members` of groups, and `groups` of users derived from them.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use scim_core::{Error, Mutability};
use scim_schema::Projection;
use serde_json::{Map, Value, json};

use super::data::{Data, Row};
use crate::{Context, StoreError, Stored, UnknownMembers};

/// Leaves of each relation the elements that exist and that it can hold, each with the type of
/// what it names.
pub(super) fn known(
    data: &Data,
    cx: &Context,
    mut attributes: Map<String, Value>,
) -> Result<Map<String, Value>, StoreError> {
    for relation in cx.endpoint().relations() {
        let Some(Value::Array(elements)) = attributes.get_mut(relation.as_str()) else { continue };
        let all = elements.len();
        let types = cx.schema().related_types(relation.as_str());
        elements.retain_mut(|element| {
            let kind = id_of(element).and_then(|id| kind_of(data, types, id));
            if let (Some(kind), Value::Object(element)) = (kind, element) {
                element.insert("type".to_owned(), Value::String(kind.to_owned()));
            }
            kind.is_some()
        });
        if elements.len() < all && cx.unknown_members() == UnknownMembers::Refuse {
            return Err(Error::invalid_value(format!(
                "`{relation}` names a resource that does not exist"
            ))
            .into());
        }
        if elements.is_empty() {
            attributes.remove(relation.as_str());
        }
    }
    Ok(attributes)
}

/// Takes a deleted resource out of all that hold it.
pub(super) fn forget(data: &mut Data, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let holders: Vec<_> = data.holders(id).cloned().collect();
    for (kind, holder) in holders {
        let Some(mut row) = data.row(&kind, &holder).cloned() else { continue };
        let attributes = Arc::make_mut(&mut row.attributes);
        for relation in &row.relations {
            let name = relation.as_str();
            let Some(Value::Array(members)) = attributes.get_mut(name) else { continue };
            members.retain(|member| id_of(member) != Some(id));
            if members.is_empty() {
                attributes.remove(name);
            }
        }
        row.touch(now);
        data.put(&kind, &holder, Some(row))?;
    }
    Ok(())
}

/// Adds the names of members.
pub(super) fn name_all(data: &Data, cx: &Context, stored: &mut Stored) {
    for relation in cx.endpoint().relations() {
        if !stored.attributes.contains_key(relation.as_str()) {
            continue;
        }
        if let Some(Value::Array(elements)) = stored.attributes_mut().get_mut(relation.as_str()) {
            elements.iter_mut().for_each(|element| name(data, element));
        }
    }
}

/// Whether an answer can hold the groups of a resource.
pub(super) fn shows_groups(cx: &Context, want: &Projection) -> bool {
    let attributes = &cx.schema().base().attributes;
    let groups = attributes.iter().find(|attribute| attribute.name == "groups");
    groups.is_some_and(|groups| groups.mutability == Mutability::ReadOnly)
        && want.includes("groups")
}

/// Adds the groups of a resource.
pub(super) fn show(groups: Vec<Value>, stored: &mut Stored) {
    if !groups.is_empty() {
        stored.attributes_mut().insert("groups".to_owned(), Value::Array(groups));
    }
}

fn name(data: &Data, element: &mut Value) {
    let display = id_of(element).and_then(|id| {
        let row = data.tables.values().find_map(|table| table.rows.get(id))?;
        row.attributes.get("displayName").cloned()
    });
    if let (Some(display), Value::Object(element)) = (display, element) {
        element.insert("display".to_owned(), display);
    }
}

/// The groups that hold a resource.
pub(super) fn groups_of(data: &Data, id: &str) -> Vec<Value> {
    let rows = data.holders(id).filter_map(|(kind, group)| Some((group, data.row(kind, group)?)));
    rows.map(|(group, row)| element(group, row)).collect()
}

/// The ids of what a resource holds.
fn held(row: &Row) -> impl Iterator<Item = &str> {
    let relations = row.relations.iter().map(|name| row.attributes.get(name.as_str()));
    relations.filter_map(|elements| elements?.as_array()).flatten().filter_map(id_of)
}

/// The same of a row that may be there.
pub(super) fn all_held(row: Option<&Row>) -> BTreeSet<String> {
    let Some(row) = row.filter(|row| !row.relations.is_empty()) else { return BTreeSet::new() };
    held(row).map(str::to_owned).collect()
}

fn element(group: &str, row: &Row) -> Value {
    match row.attributes.get("displayName") {
        Some(display) => json!({"value": group, "display": display, "type": "direct"}),
        None => json!({"value": group, "type": "direct"}),
    }
}

/// The type of the resource with this id, if it is one of these, of which none means any.
fn kind_of<'a>(data: &'a Data, types: &[String], id: &str) -> Option<&'a str> {
    let mut tables =
        data.tables.iter().filter(|(kind, _)| types.is_empty() || types.contains(kind));
    tables.find(|(_, table)| table.rows.contains_key(id)).map(|(kind, _)| kind.as_str())
}

fn id_of(element: &Value) -> Option<&str> {
    element.get("value").and_then(Value::as_str)
}
