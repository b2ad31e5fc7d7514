//! Memberships: `members` of groups, and `groups` of users derived from them.

use chrono::{DateTime, Utc};
use scim_core::{Error, Mutability};
use scim_schema::Projection;
use serde_json::{Map, Value, json};

use super::data::Data;
use crate::{Context, StoreError, UnknownMembers};

/// Leaves of each relation the elements that exist, each with the type of what it names.
pub(super) fn known(
    data: &Data,
    cx: &Context,
    mut attributes: Map<String, Value>,
) -> Result<Map<String, Value>, StoreError> {
    for relation in cx.endpoint().relations() {
        let Some(Value::Array(elements)) = attributes.get_mut(relation.as_str()) else { continue };
        let all = elements.len();
        elements.retain_mut(|element| {
            let kind = id_of(element).and_then(|id| kind_of(data, id));
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

/// Takes a deleted resource out of all groups.
pub(super) fn forget(data: &mut Data, id: &str, now: DateTime<Utc>) {
    let rows = data.tables.values_mut().flat_map(|table| table.rows.values_mut());
    for row in rows {
        let Some(Value::Array(members)) = row.attributes.get_mut("members") else { continue };
        let before = members.len();
        members.retain(|member| id_of(member) != Some(id));
        if members.len() < before {
            if members.is_empty() {
                row.attributes.remove("members");
            }
            row.touch(now);
        }
    }
}

/// Adds what is derived: names of members, and the groups of a user.
pub(super) fn derive(
    data: &Data,
    cx: &Context,
    id: &str,
    attributes: &mut Map<String, Value>,
    want: &Projection,
) {
    for relation in cx.endpoint().relations() {
        if let Some(Value::Array(elements)) = attributes.get_mut(relation.as_str()) {
            elements.iter_mut().for_each(|element| name(data, element));
        }
    }
    let groups = cx.schema().base().attributes.iter().find(|attribute| attribute.name == "groups");
    if groups.is_some_and(|groups| groups.mutability == Mutability::ReadOnly)
        && want.includes("groups")
    {
        let groups = groups_of(data, id);
        if !groups.is_empty() {
            attributes.insert("groups".to_owned(), Value::Array(groups));
        }
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

fn groups_of(data: &Data, id: &str) -> Vec<Value> {
    let rows = data.tables.values().flat_map(|table| &table.rows);
    let holds = |attributes: &Map<String, Value>| {
        let members = attributes.get("members").and_then(Value::as_array);
        members.is_some_and(|members| members.iter().any(|member| id_of(member) == Some(id)))
    };
    rows.filter(|(_, row)| holds(&row.attributes))
        .map(|(group, row)| match row.attributes.get("displayName") {
            Some(display) => json!({"value": group, "display": display, "type": "direct"}),
            None => json!({"value": group, "type": "direct"}),
        })
        .collect()
}

fn kind_of<'a>(data: &'a Data, id: &str) -> Option<&'a str> {
    let mut tables = data.tables.iter();
    tables.find(|(_, table)| table.rows.contains_key(id)).map(|(kind, _)| kind.as_str())
}

fn id_of(element: &Value) -> Option<&str> {
    element.get("value").and_then(Value::as_str)
}
