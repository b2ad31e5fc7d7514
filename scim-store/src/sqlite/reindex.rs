//! Keys computed anew, when the rules by which they were computed have changed.

use http::Extensions;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use scim_core::Version;
use scim_filter::Key;
use scim_service::{Context, Endpoint, Tenant};

use super::{
    error::SqliteError,
    resource::{self, Keys},
    scope::Scope,
};

/// The version of the comparison keys as the file holds it.
const KEY_VERSION: &str = "key version";

/// Brings the keys of these resource types up to date, all or none.
///
/// # Errors
/// When the keys of a type that is not among them are of another version.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    endpoints: &[Endpoint],
) -> Result<(), SqliteError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for endpoint in endpoints {
        let name = format!("keys of {}", endpoint.name());
        let rules = rules(endpoint)?;
        if fact(&transaction, &name)?.as_deref() != Some(&rules) {
            rebuild(&transaction, endpoint)?;
            set_fact(&transaction, &name, &rules)?;
        }
    }
    let version = Key::VERSION.to_string();
    match fact(&transaction, KEY_VERSION)? {
        Some(known) if known != version && !covers(&transaction, endpoints)? => {
            return Err(SqliteError::KeyVersion);
        }
        Some(known) if known == version => {}
        _ => set_fact(&transaction, KEY_VERSION, &version)?,
    }
    Ok(transaction.commit()?)
}

/// By what rules the keys of a type are computed: it changes whenever they do.
fn rules(endpoint: &Endpoint) -> Result<String, SqliteError> {
    let schema = endpoint.schema();
    let mut text = serde_json::to_string(&schema.schemas().collect::<Vec<_>>())?;
    for indexed in schema.indexed() {
        text.push_str(&format!("\n{} {}", indexed.label, indexed.unique));
    }
    Ok(format!("{} {}", Key::VERSION, Version::of(text.as_bytes()).as_str()))
}

fn covers(connection: &Connection, endpoints: &[Endpoint]) -> Result<bool, SqliteError> {
    let mut statement = connection.prepare("SELECT DISTINCT type FROM tally WHERE count > 0")?;
    let types = statement.query_map([], |row| row.get::<_, String>(0))?;
    let types = types.collect::<Result<Vec<_>, _>>()?;
    Ok(types.iter().all(|kind| endpoints.iter().any(|known| known.name() == kind)))
}

fn fact(connection: &Connection, name: &str) -> Result<Option<String>, SqliteError> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

fn set_fact(connection: &Connection, name: &str, value: &str) -> Result<(), SqliteError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?;
    statement.execute(params![name, value])?;
    Ok(())
}

fn rebuild(connection: &Connection, endpoint: &Endpoint) -> Result<(), SqliteError> {
    let mut statement = connection.prepare("SELECT tenant FROM tally WHERE type = ?1")?;
    let tenants = statement.query_map([endpoint.name()], |row| row.get::<_, String>(0))?;
    for tenant in tenants.collect::<Result<Vec<_>, _>>()? {
        let mut extensions = Extensions::new();
        extensions.insert(Tenant(tenant.as_str().into()));
        let cx = Context::new(endpoint.clone(), extensions);
        rebuild_tenant(connection, &Scope { cx, tenant: tenant.into() })?;
    }
    Ok(())
}

fn rebuild_tenant(connection: &Connection, scope: &Scope) -> Result<(), SqliteError> {
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
