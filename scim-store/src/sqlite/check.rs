//! Whether all that the file holds fits together.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, params};
use scim_service::StoreError;
use serde_json::{Map, Value};

use super::{
    error::SqliteError,
    member,
    resource::{self, Keys},
    scope::Scope,
};

/// Something in the file that does not fit the rest. It names ids and rules, never values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The type of the resource; empty if the fault is not of one.
    pub resource_type: String,
    /// The id of the resource; empty if the fault is not of one.
    pub id: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.resource_type.as_str(), self.id.as_str()) {
            ("", _) => write!(f, "{}", self.what),
            (kind, "") => write!(f, "{kind}: {}", self.what),
            (kind, id) => write!(f, "{kind} {id}: {}", self.what),
        }
    }
}

/// The file itself, by SQLite's own checks.
pub(super) fn file(connection: &Connection) -> Result<Vec<Fault>, StoreError> {
    Ok(file_faults(connection)?)
}

fn file_faults(connection: &Connection) -> Result<Vec<Fault>, SqliteError> {
    let of_file = |what| Fault { resource_type: String::new(), id: String::new(), what };
    let mut faults = Vec::new();
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            faults.push(of_file(line));
        }
    }
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    for table in statement.query_map([], |row| row.get::<_, String>(0))? {
        faults.push(of_file(format!("a row of `{}` belongs to nothing", table?)));
    }
    Ok(faults)
}

/// The resources of one type: documents, their keys and their memberships.
pub(super) fn resources(connection: &Connection, scope: &Scope) -> Result<Vec<Fault>, StoreError> {
    let mut check = Check { connection, scope, keys: 0, resources: 0, faults: Vec::new() };
    check.each()?;
    check.counts()?;
    check.members()?;
    check.secrets()?;
    Ok(check.faults)
}

struct Check<'a> {
    connection: &'a Connection,
    scope: &'a Scope,
    /// The keys that the documents ask for.
    keys: u64,
    resources: u64,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, id: &str, what: impl Into<String>) {
        let resource_type = self.scope.kind().to_owned();
        self.faults.push(Fault { resource_type, id: id.to_owned(), what: what.into() });
    }

    fn each(&mut self) -> Result<(), SqliteError> {
        let mut statement = self.connection.prepare(
            "SELECT r.id, r.doc, r.display, json(s.keys) FROM resource r \
             LEFT JOIN search s ON s.num = r.num WHERE r.tenant = ?1 AND r.type = ?2",
        )?;
        let mut rows = statement.query(params![&*self.scope.tenant, self.scope.kind()])?;
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let doc: String = row.get(1)?;
            let display: Option<String> = row.get(2)?;
            let shadow: Option<String> = row.get(3)?;
            self.resources += 1;
            match serde_json::from_str(&doc) {
                Ok(attributes) => self.one(&id, attributes, display, shadow)?,
                Err(_) => self.fault(&id, "its document cannot be read"),
            }
        }
        Ok(())
    }

    fn one(
        &mut self,
        id: &str,
        mut attributes: Map<String, Value>,
        display: Option<String>,
        shadow: Option<String>,
    ) -> Result<(), SqliteError> {
        let shown = attributes.get("displayName").and_then(Value::as_str);
        if shown != display.as_deref() {
            self.fault(id, "its name beside the document is another");
        }
        let shadow = shadow.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if shadow != Some(Value::Object(self.scope.schema().shadow(&attributes))) {
            self.fault(id, "its search keys do not fit its document");
        }
        let keys = Keys::of(self.scope, &attributes);
        self.keys += keys.count();
        if let Some(attribute) = resource::missing_key(self.connection, self.scope, id, &keys)? {
            self.fault(id, format!("it cannot be found by its `{attribute}`"));
        }
        let count = attributes.len();
        member::take(self.scope, &mut attributes);
        if attributes.len() != count {
            self.fault(id, "its document holds memberships, which are kept as rows");
        }
        Ok(())
    }

    /// No key and no count that no document asks for.
    fn counts(&mut self) -> Result<(), SqliteError> {
        let whose = params![&*self.scope.tenant, self.scope.kind()];
        let count = |statement: &str| {
            let found = self.connection.query_row(statement, whose, |row| row.get::<_, i64>(0));
            Ok::<_, SqliteError>(found.optional()?.map_or(0, i64::unsigned_abs))
        };
        let keys = count("SELECT count(*) FROM key WHERE tenant = ?1 AND type = ?2")?;
        let tally = count("SELECT count FROM tally WHERE tenant = ?1 AND type = ?2")?;
        if keys > self.keys {
            self.fault("", format!("{} keys belong to no resource", keys - self.keys));
        }
        if tally != self.resources {
            self.fault("", format!("{} resources are counted as {tally}", self.resources));
        }
        Ok(())
    }

    /// Nobody is gone whose secrets are kept.
    fn secrets(&mut self) -> Result<(), SqliteError> {
        let mut statement = self.connection.prepare(
            "SELECT DISTINCT s.id FROM secret s WHERE s.tenant = ?1 AND s.type = ?2 \
             AND NOT EXISTS (SELECT 1 FROM resource x \
             WHERE x.tenant = ?1 AND x.type = ?2 AND x.id = s.id)",
        )?;
        let whose = params![&*self.scope.tenant, self.scope.kind()];
        let ids = statement.query_map(whose, |row| row.get::<_, String>(0))?;
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            self.fault(&id, "a secret of it is kept and it does not exist");
        }
        Ok(())
    }

    /// Both ends of each membership are there.
    fn members(&mut self) -> Result<(), SqliteError> {
        for (id, kind, what) in [
            ("m.owner", "m.owner_type", "it has members and does not exist"),
            ("m.member", "m.type", "it is a member and does not exist"),
        ] {
            let mut statement = self.connection.prepare(&format!(
                "SELECT DISTINCT {id} FROM member m WHERE m.tenant = ?1 AND {kind} = ?2 \
                 AND NOT EXISTS (SELECT 1 FROM resource x \
                 WHERE x.tenant = ?1 AND x.type = ?2 AND x.id = {id})"
            ))?;
            let whose = params![&*self.scope.tenant, self.scope.kind()];
            let ids = statement.query_map(whose, |row| row.get::<_, String>(0))?;
            for id in ids.collect::<Result<Vec<_>, _>>()? {
                self.fault(&id, what);
            }
        }
        Ok(())
    }
}
