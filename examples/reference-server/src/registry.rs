//! The tenants and the hashes of their tokens, in the database beside their resources.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
};

use rusqlite::{Connection, OptionalExtension, params};
use scim_service::Tenant;

use crate::{
    Failure,
    profile::Profile,
    token::{Token, TokenHash},
};

/// The tenants. Tokens are looked up in memory, where every one is compared in constant time.
pub(crate) struct Registry {
    database: Mutex<Connection>,
    known: RwLock<Vec<Known>>,
}

/// Whom a token belongs to.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) tenant: Tenant,
    pub(crate) profile: Profile,
    hash: TokenHash,
}

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS tenant (name TEXT PRIMARY KEY, profile TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS token (
        hash BLOB PRIMARY KEY,
        tenant TEXT NOT NULL REFERENCES tenant (name) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
";

impl Registry {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let database = Connection::open(path)?;
        database.busy_timeout(std::time::Duration::from_secs(5))?;
        database.execute_batch(TABLES)?;
        let registry = Self { database: Mutex::new(database), known: RwLock::default() };
        registry.reload()?;
        Ok(registry)
    }

    /// Makes a tenant with this token if the tenant is missing; whether it was.
    pub(crate) fn ensure(
        &self,
        name: &str,
        profile: Profile,
        token: &Token,
    ) -> Result<bool, Failure> {
        let fresh = self.insert(name, profile, token)?;
        self.reload()?;
        Ok(fresh)
    }

    pub(crate) fn is_empty(&self) -> Result<bool, Failure> {
        let any =
            self.database().query_row("SELECT 1 FROM tenant LIMIT 1", [], |_| Ok(())).optional()?;
        Ok(any.is_none())
    }

    /// The tenant that a token belongs to.
    pub(crate) fn tenant_of(&self, token: &Token) -> Option<Known> {
        let hash = token.hash();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        // All are compared, whichever it is.
        known
            .iter()
            .fold(None, |found, one| if one.hash.is(&hash) { Some(one) } else { found })
            .cloned()
    }

    fn insert(&self, name: &str, profile: Profile, token: &Token) -> Result<bool, Failure> {
        let mut database = self.database();
        let write = database.transaction()?;
        let fresh = write.execute(
            "INSERT INTO tenant (name, profile) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![name, profile.name()],
        )? == 1;
        if fresh {
            let hash = token.hash();
            write.execute(
                "INSERT INTO token (hash, tenant) VALUES (?1, ?2)",
                params![hash.as_bytes(), name],
            )?;
        }
        write.commit()?;
        Ok(fresh)
    }

    fn reload(&self) -> Result<(), Failure> {
        let known = {
            let database = self.database();
            let mut select = database
                .prepare("SELECT name, profile, hash FROM token JOIN tenant ON name = tenant")?;
            let rows = select.query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, [u8; 32]>(2)?))
            })?;
            rows.map(|row| {
                let (name, profile, hash) = row?;
                let tenant = Tenant(name.into());
                Ok(Known { tenant, profile: profile.parse()?, hash: TokenHash::from_bytes(hash) })
            })
            .collect::<Result<Vec<_>, Failure>>()?
        };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
