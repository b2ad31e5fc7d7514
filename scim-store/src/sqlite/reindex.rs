//! Keys computed anew, when the rules by which they were computed have changed.
//!
//! The file remembers for each tenant and type by which rules its keys were computed: its schema
//! and the version of comparison keys. Before the first use of a tenant's resources by a schema,
//! the store compares, and where they differ it computes the keys anew.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::{Connection, OptionalExtension, params};
use scim_core::Version;
use scim_filter::Key;
use scim_schema::ResourceSchema;

use super::{
    error::SqliteError,
    resource::{self, Keys},
    scope::Scope,
};

/// The schemas by which the keys of tenants are known to be up to date.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<Arc<str>, Schemas>>);

/// By resource type. What is held cannot give its address to another schema.
type Schemas = HashMap<Box<str>, ResourceSchema>;

impl Known {
    pub(super) fn has(&self, scope: &Scope) -> bool {
        let known = self.lock();
        let schema = known.get(&scope.tenant).and_then(|schemas| schemas.get(scope.kind()));
        schema.is_some_and(|schema| std::ptr::eq(schema.base(), scope.schema().base()))
    }

    pub(super) fn add(&self, scopes: &[Scope]) {
        let mut known = self.lock();
        for scope in scopes {
            let schemas = known.entry(scope.tenant.clone()).or_default();
            schemas.insert(scope.kind().into(), scope.schema().clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Arc<str>, Schemas>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the keys of a tenant's resources are those of these schemas.
pub(super) fn is_current(connection: &Connection, scopes: &[Scope]) -> Result<bool, SqliteError> {
    for scope in scopes {
        if recorded(connection, scope)?.as_deref() != Some(&rules(scope.schema())?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the keys of a tenant's resources those of these schemas.
pub(super) fn bring_up_to_date(
    connection: &Connection,
    scopes: &[Scope],
) -> Result<(), SqliteError> {
    for scope in scopes {
        let rules = rules(scope.schema())?;
        if recorded(connection, scope)?.as_deref() != Some(&rules) {
            rebuild(connection, scope)?;
            record(connection, scope, &rules)?;
        }
    }
    Ok(())
}

/// By what rules the keys of a type are computed: it changes whenever they do.
fn rules(schema: &ResourceSchema) -> Result<String, SqliteError> {
    let mut text = serde_json::to_string(&schema.schemas().collect::<Vec<_>>())?;
    for indexed in schema.indexed() {
        text.push_str(&format!("\n{} {}", indexed.label, indexed.unique));
    }
    Ok(format!("{} {}", Key::VERSION, Version::of(text.as_bytes()).as_str()))
}

fn recorded(connection: &Connection, scope: &Scope) -> Result<Option<String>, SqliteError> {
    let mut statement =
        connection.prepare_cached("SELECT rules FROM indexed WHERE tenant = ?1 AND type = ?2")?;
    let row = params![&*scope.tenant, scope.kind()];
    Ok(statement.query_row(row, |row| row.get(0)).optional()?)
}

fn record(connection: &Connection, scope: &Scope, rules: &str) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO indexed (tenant, type, rules) VALUES (?1, ?2, ?3) \
         ON CONFLICT (tenant, type) DO UPDATE SET rules = excluded.rules",
    )?;
    statement.execute(params![&*scope.tenant, scope.kind(), rules])?;
    Ok(())
}

fn rebuild(connection: &Connection, scope: &Scope) -> Result<(), SqliteError> {
    let whose = params![&*scope.tenant, scope.kind()];
    connection.execute("DELETE FROM key WHERE tenant = ?1 AND type = ?2", whose)?;
    let mut statement =
        connection.prepare("SELECT id FROM resource WHERE tenant = ?1 AND type = ?2")?;
    let ids = statement.query_map(whose, |row| row.get::<_, String>(0))?;
    for id in ids {
        let Some(head) = resource::head(connection, scope, &id?)? else { continue };
        resource::shadow(connection, scope, head.num, &head.attributes)?;
        let keys = Keys::of(scope, &head.attributes);
        if let Some(attribute) = resource::add_keys(connection, scope, &head.id, &keys)? {
            // Both were accepted under the rules of their time; the first keeps the key.
            tracing::warn!(attribute, "resources share a key that must be unique by now");
        }
    }
    Ok(())
}
