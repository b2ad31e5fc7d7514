//! Memberships: the rows of relations, and what is derived from them.

use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use scim_core::{AttrName, Error};
use scim_filter::{
    Checked, ResolvedPath,
    sql::{self, Column, Columns, Dialect, Place},
};
use scim_patch::Delta;
use scim_service::{StoreError, Stored, UnknownMembers, Values};
use serde_json::{Map, Value};

use super::{
    error::SqliteError,
    page::bound,
    scope::{Scope, Wanted},
};

/// More members than this are turned into JSON only while the answer is sent.
const LARGE: usize = 1000;

/// One element of a relation, or one group.
#[derive(Debug)]
struct Element {
    id: String,
    kind: String,
    display: Option<String>,
}

impl Element {
    fn value(self) -> Value {
        let mut object = Map::new();
        object.insert("value".to_owned(), self.id.into());
        object.insert("type".to_owned(), self.kind.into());
        if let Some(display) = self.display {
            object.insert("display".to_owned(), display.into());
        }
        object.into()
    }
}

const MEMBERS: &str = "SELECT m.member, m.type, x.display FROM member m \
    LEFT JOIN resource x ON x.tenant = m.tenant AND x.type = m.type AND x.id = m.member \
    WHERE m.tenant = ?1 AND m.owner = ?2 ORDER BY m.member";
const GROUPS: &str = "SELECT m.owner, 'direct', x.display FROM member m \
    LEFT JOIN resource x ON x.tenant = m.tenant AND x.type = m.owner_type AND x.id = m.owner \
    WHERE m.tenant = ?1 AND m.member = ?2 ORDER BY m.owner";

fn elements(
    connection: &Connection,
    select: &str,
    scope: &Scope,
    id: &str,
) -> Result<Vec<Element>, SqliteError> {
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![&*scope.tenant, id], |row| {
        Ok(Element { id: row.get(0)?, kind: row.get(1)?, display: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts into a resource the rows that are wanted.
pub(super) fn complete(
    connection: &Connection,
    scope: &Scope,
    stored: &mut Stored,
    wanted: &Wanted,
) -> Result<(), SqliteError> {
    for (name, select) in [(&wanted.groups, GROUPS), (&wanted.members, MEMBERS)] {
        let Some(name) = name else { continue };
        let found = elements(connection, select, scope, &stored.id)?;
        if found.len() > LARGE {
            let elements = found.into_iter().map(|element| Ok(element.value()));
            let attribute = name.as_str().into();
            stored.values = Some(Values { attribute, elements: Box::new(elements) });
        } else if !found.is_empty() {
            let elements: Vec<Value> = found.into_iter().map(Element::value).collect();
            stored.attributes_mut().insert(name.as_str().to_owned(), elements.into());
        }
    }
    Ok(())
}

/// The elements of the relation as they stand in the resource's document.
pub(super) fn load(
    connection: &Connection,
    scope: &Scope,
    id: &str,
) -> Result<Vec<Value>, SqliteError> {
    let found = elements(connection, MEMBERS, scope, id)?;
    Ok(found.into_iter().map(|element| Element { display: None, ..element }.value()).collect())
}

/// Takes the elements of the relation, and what is derived, out of a document.
pub(super) fn take(scope: &Scope, attributes: &mut Map<String, Value>) -> Vec<Value> {
    let Wanted { members, groups } = scope.all();
    if let Some(groups) = groups {
        attributes.remove(groups.as_str());
    }
    match members.and_then(|members| attributes.remove(members.as_str())) {
        Some(Value::Array(elements)) => elements,
        _ => Vec::new(),
    }
}

fn id_of(element: &Value) -> Option<&str> {
    element.get("value").and_then(Value::as_str)
}

/// What a change of a relation came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Touched {
    /// Rows that were deleted and inserted.
    pub(super) rows: usize,
    /// Elements that name no resource and were left out.
    pub(super) unknown: usize,
}

/// Makes the elements of a relation these.
pub(super) fn replace(
    connection: &Connection,
    scope: &Scope,
    owner: &str,
    elements: &[Value],
) -> Result<Touched, StoreError> {
    let ids: Vec<&str> = elements.iter().filter_map(id_of).collect();
    let removed = clear(connection, scope, owner, &ids)?;
    let added = add(connection, scope, owner, ids.into_iter())?;
    Ok(Touched { rows: removed + added.rows, ..added })
}

/// Changes the elements of a relation.
pub(super) fn change(
    connection: &Connection,
    scope: &Scope,
    owner: &str,
    delta: &Delta,
) -> Result<Touched, StoreError> {
    let added: Vec<&str> = delta.add.keys().map(AsRef::as_ref).collect();
    let mut rows = 0;
    if delta.clear {
        rows += clear(connection, scope, owner, &added)?;
    } else {
        let mut statement = connection
            .prepare_cached("DELETE FROM member WHERE tenant = ?1 AND owner = ?2 AND member = ?3")
            .map_err(SqliteError::from)?;
        for id in &delta.remove {
            let row = params![&*scope.tenant, owner, id.as_str()];
            rows += statement.execute(row).map_err(SqliteError::from)?;
        }
        for filter in &delta.remove_where {
            rows += remove_where(connection, scope, owner, filter, &added)?;
        }
    }
    let added = add(connection, scope, owner, added.into_iter())?;
    Ok(Touched { rows: rows + added.rows, ..added })
}

/// Removes all elements but those that are to be there anyway.
fn clear(
    connection: &Connection,
    scope: &Scope,
    owner: &str,
    keep: &[&str],
) -> Result<usize, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "DELETE FROM member WHERE tenant = ?1 AND owner = ?2 \
             AND member NOT IN (SELECT value FROM json_each(?3))",
        )
        .map_err(SqliteError::from)?;
    let keep = serde_json::to_string(keep)?;
    Ok(statement.execute(params![&*scope.tenant, owner, keep]).map_err(SqliteError::from)?)
}

/// Where a filter over one element finds its parts.
struct Elements;

impl Columns for Elements {
    fn id(&self) -> &str {
        "m.member"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        Some(Place::Value(match path.name.as_ref()?.as_str() {
            "value" => Column::text("m.member").required(),
            "type" => Column::key("lower(m.type)"),
            "display" => Column::key(super::columns::MEMBER_DISPLAY),
            _ => return None,
        }))
    }
}

fn remove_where(
    connection: &Connection,
    scope: &Scope,
    owner: &str,
    filter: &Checked,
    keep: &[&str],
) -> Result<usize, StoreError> {
    let found = sql::compile(filter, &Elements, Dialect::Sqlite, 4)
        .map_err(|error| StoreError::unsupported(error.attribute()))?;
    let delete = format!(
        "DELETE FROM member AS m WHERE m.tenant = ?1 AND m.owner = ?2 \
         AND m.member NOT IN (SELECT value FROM json_each(?3)) AND ({})",
        found.text
    );
    let fixed: [rusqlite::types::Value; 3] = [
        scope.tenant.to_string().into(),
        owner.to_owned().into(),
        serde_json::to_string(keep)?.into(),
    ];
    let values = fixed.into_iter().chain(found.params.into_iter().map(bound));
    let mut statement = connection.prepare_cached(&delete).map_err(SqliteError::from)?;
    Ok(statement.execute(params_from_iter(values)).map_err(SqliteError::from)?)
}

/// Adds elements that name resources.
///
/// # Errors
/// 400 invalidValue for an element that names no resource, if that is not to be passed over.
fn add<'a>(
    connection: &Connection,
    scope: &Scope,
    owner: &str,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Touched, StoreError> {
    let types = scope.member_types();
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO member (tenant, owner_type, owner, member, type) \
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )
        .map_err(SqliteError::from)?;
    let mut touched = Touched::default();
    for id in ids {
        match kind_of(connection, scope, &types, id)? {
            Some(kind) => {
                let row = params![&*scope.tenant, scope.kind(), owner, id, kind];
                touched.rows += insert.execute(row).map_err(SqliteError::from)?;
            }
            None if scope.cx.unknown_members() == UnknownMembers::Refuse => {
                let relation = scope.relation().map(AttrName::as_str).unwrap_or_default();
                let detail = format!("`{relation}` names a resource that does not exist");
                return Err(Error::invalid_value(detail).into());
            }
            None => touched.unknown += 1,
        }
    }
    Ok(touched)
}

/// The type of the resource with this id.
fn kind_of<'t>(
    connection: &Connection,
    scope: &Scope,
    types: &'t [String],
    id: &str,
) -> Result<Option<&'t str>, SqliteError> {
    let mut statement = connection
        .prepare_cached("SELECT 1 FROM resource WHERE tenant = ?1 AND type = ?2 AND id = ?3")?;
    for kind in types {
        if statement.exists(params![&*scope.tenant, kind, id])? {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// A group that loses a member.
pub(super) struct Owner {
    pub(super) kind: String,
    pub(super) id: String,
}

/// Deletes all memberships in and of a resource, and gives the groups that it was in.
pub(super) fn forget(
    connection: &Connection,
    scope: &Scope,
    id: &str,
) -> Result<Vec<Owner>, SqliteError> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM member WHERE tenant = ?1 AND member = ?2 RETURNING owner_type, owner",
    )?;
    let owners = statement.query_map(params![&*scope.tenant, id], |row| {
        Ok(Owner { kind: row.get(0)?, id: row.get(1)? })
    })?;
    let owners = owners.collect::<Result<Vec<_>, _>>()?;
    let mut statement =
        connection.prepare_cached("DELETE FROM member WHERE tenant = ?1 AND owner = ?2")?;
    statement.execute(params![&*scope.tenant, id])?;
    Ok(owners)
}

/// Moves the version of a group that has lost a member.
pub(super) fn bump(
    connection: &Connection,
    scope: &Scope,
    owner: &Owner,
) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "UPDATE resource SET version = version + 1, modified = ?4 \
         WHERE tenant = ?1 AND type = ?2 AND id = ?3 RETURNING num",
    )?;
    let now = scope.cx.now().timestamp_millis();
    let row = params![&*scope.tenant, owner.kind, owner.id, now];
    statement.query_row(row, |row| row.get::<_, i64>(0)).optional()?;
    Ok(())
}
