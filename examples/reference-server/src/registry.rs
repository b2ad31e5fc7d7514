//! The tenants and the hashes of their tokens, in the database beside their resources.

use std::{path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, Row, params};
use thiserror::Error;

use crate::{
    profile::Profile,
    tenant::NewTenant,
    token::{Token, TokenHash},
};

/// The tenants and their tokens. Every change moves the generation, by which a running server
/// notices what the command line has done.
pub(crate) struct Registry(Connection);

/// Why a tenant or token was not read or changed.
#[derive(Debug, Error)]
pub(crate) enum RegistryError {
    #[error("the tenants cannot be read or written")]
    Sqlite(#[from] rusqlite::Error),
    #[error("there is no tenant `{0}`")]
    NoTenant(String),
    #[error("the tenant `{0}` has no token `{1}`")]
    NoToken(String, String),
    #[error("the users of the tenant `{0}` are made and changed by the directory alone")]
    Directory(String),
    #[error("the tenant `{0}` has a token `{1}` already")]
    TokenThere(String, String),
}

/// A tenant.
pub(crate) struct TenantRow {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    pub(crate) tokens: u32,
    pub(crate) created: DateTime<Utc>,
}

/// A token, without its text, which nobody knows any more.
pub(crate) struct TokenRow {
    pub(crate) tenant: String,
    pub(crate) profile: Profile,
    pub(crate) name: String,
    pub(crate) hash: TokenHash,
    pub(crate) created: DateTime<Utc>,
    /// When it was last used, to some minutes.
    pub(crate) used: Option<DateTime<Utc>>,
    /// When it becomes worthless, if its lifetime is limited.
    pub(crate) expires: Option<DateTime<Utc>>,
}

/// The name of a tenant's first token.
pub(crate) const FIRST_TOKEN: &str = "main";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS tenant (
        name    TEXT    NOT NULL PRIMARY KEY,
        profile TEXT    NOT NULL,
        created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS token (
        tenant  TEXT    NOT NULL REFERENCES tenant (name) ON DELETE CASCADE,
        name    TEXT    NOT NULL,
        hash    BLOB    NOT NULL UNIQUE, -- SHA-256
        created INTEGER NOT NULL,
        used    INTEGER,
        expires INTEGER,
        PRIMARY KEY (tenant, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS registry (generation INTEGER NOT NULL) STRICT;
    INSERT INTO registry SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM registry);
";

impl Registry {
    pub(crate) fn open(path: &Path) -> Result<Self, RegistryError> {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(5))?;
        database.pragma_update(None, "foreign_keys", true)?;
        database.execute_batch(TABLES)?;
        if !database.column_exists(None, "token", "expires")? {
            database.execute_batch("ALTER TABLE token ADD COLUMN expires INTEGER")?;
        }
        Ok(Self(database))
    }

    /// Moves whenever another connection has changed anything in the file; costs next to nothing.
    pub(crate) fn data_version(&self) -> Result<i64, RegistryError> {
        Ok(self.0.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// Moves whenever tenants or tokens change.
    pub(crate) fn generation(&self) -> Result<i64, RegistryError> {
        let mut select = self.0.prepare_cached("SELECT generation FROM registry")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }

    pub(crate) fn tenants(&self) -> Result<Vec<TenantRow>, RegistryError> {
        let mut select = self.0.prepare_cached(
            "SELECT name, profile, (SELECT count(*) FROM token WHERE tenant = tenant.name), created \
             FROM tenant ORDER BY name",
        )?;
        let rows = select.query_map([], |row| {
            Ok(TenantRow {
                name: row.get(0)?,
                profile: profile(row, 1)?,
                tokens: row.get(2)?,
                created: instant(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The profile of a tenant.
    pub(crate) fn profile(&self, tenant: &str) -> Result<Profile, RegistryError> {
        let mut select = self.0.prepare_cached("SELECT profile FROM tenant WHERE name = ?1")?;
        let found = select.query_row([tenant], |row| profile(row, 0)).optional()?;
        found.ok_or_else(|| RegistryError::NoTenant(tenant.to_owned()))
    }

    /// Makes a tenant with its token if there is none of that name; whether it did.
    pub(crate) fn add_tenant(&mut self, new: &NewTenant) -> Result<bool, RegistryError> {
        let (name, created) = (new.name.as_str(), now());
        let write = self.0.transaction()?;
        let added = write.execute(
            "INSERT INTO tenant (name, profile, created) VALUES (?1, ?2, ?3) \
             ON CONFLICT DO NOTHING",
            params![name, new.profile.name(), created],
        )?;
        if added == 1 {
            write.execute(
                "INSERT INTO token (tenant, name, hash, created) VALUES (?1, ?2, ?3, ?4)",
                params![name, FIRST_TOKEN, new.token.hash().as_bytes(), created],
            )?;
            move_on(&write)?;
        }
        write.commit()?;
        Ok(added == 1)
    }

    /// Whether a tenant's users can be written here: those of the profile `pendo` are the
    /// directory's, once it has come.
    pub(crate) fn check_writable(&self, tenant: &str) -> Result<Profile, RegistryError> {
        let profile = self.profile(tenant)?;
        let come = || {
            Ok::<_, RegistryError>(
                self.tokens(Some(tenant))?.iter().any(|token| token.used.is_some()),
            )
        };
        if profile == Profile::Pendo && come()? {
            return Err(RegistryError::Directory(tenant.to_owned()));
        }
        Ok(profile)
    }

    /// Takes all tokens of a tenant away.
    pub(crate) fn revoke_all(&mut self, tenant: &str) -> Result<(), RegistryError> {
        self.change("DELETE FROM token WHERE tenant = ?1", params![tenant])?;
        Ok(())
    }

    /// Removes a tenant and its tokens; its resources are the store's.
    pub(crate) fn remove_tenant(&mut self, tenant: &str) -> Result<(), RegistryError> {
        let gone = self.change("DELETE FROM tenant WHERE name = ?1", params![tenant])?;
        if gone { Ok(()) } else { Err(RegistryError::NoTenant(tenant.to_owned())) }
    }

    /// The tokens of a tenant, or of all.
    pub(crate) fn tokens(&self, tenant: Option<&str>) -> Result<Vec<TokenRow>, RegistryError> {
        let mut select = self.0.prepare_cached(
            "SELECT tenant, profile, token.name, hash, token.created, used, expires \
             FROM token JOIN tenant ON tenant.name = tenant \
             WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, token.name",
        )?;
        let rows = select.query_map([tenant], |row| {
            Ok(TokenRow {
                tenant: row.get(0)?,
                profile: profile(row, 1)?,
                name: row.get(2)?,
                hash: TokenHash::from_bytes(row.get(3)?),
                created: instant(row.get(4)?),
                used: row.get::<_, Option<i64>>(5)?.map(instant),
                expires: row.get::<_, Option<i64>>(6)?.map(instant),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn add_token(
        &mut self,
        tenant: &str,
        name: &str,
        token: &Token,
        lifetime: Option<TimeDelta>,
    ) -> Result<(), RegistryError> {
        self.profile(tenant)?;
        let created = now();
        let added = self.change(
            "INSERT INTO token (tenant, name, hash, created, expires) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (tenant, name) DO NOTHING",
            params![tenant, name, token.hash().as_bytes(), created, end(created, lifetime)],
        )?;
        let there = || RegistryError::TokenThere(tenant.to_owned(), name.to_owned());
        if added { Ok(()) } else { Err(there()) }
    }

    /// Puts a new token in the place of an old one, which is worthless from then on.
    pub(crate) fn regenerate(
        &mut self,
        tenant: &str,
        name: &str,
        token: &Token,
        lifetime: Option<TimeDelta>,
    ) -> Result<(), RegistryError> {
        let created = now();
        let changed = self.change(
            "UPDATE token SET hash = ?3, created = ?4, used = NULL, expires = ?5 \
             WHERE tenant = ?1 AND name = ?2",
            params![tenant, name, token.hash().as_bytes(), created, end(created, lifetime)],
        )?;
        if changed { Ok(()) } else { Err(self.no_token(tenant, name)) }
    }

    /// Takes a token away; nothing else changes.
    pub(crate) fn revoke(&mut self, tenant: &str, name: &str) -> Result<(), RegistryError> {
        let gone = self
            .change("DELETE FROM token WHERE tenant = ?1 AND name = ?2", params![tenant, name])?;
        if gone { Ok(()) } else { Err(self.no_token(tenant, name)) }
    }

    /// Keeps that a token was used now.
    pub(crate) fn mark_used(&self, hash: &TokenHash) -> Result<(), RegistryError> {
        self.0.execute(
            "UPDATE token SET used = ?2 WHERE hash = ?1",
            params![hash.as_bytes(), now()],
        )?;
        Ok(())
    }

    fn no_token(&self, tenant: &str, name: &str) -> RegistryError {
        match self.profile(tenant) {
            Ok(_) => RegistryError::NoToken(tenant.to_owned(), name.to_owned()),
            Err(error) => error,
        }
    }

    /// Runs one statement; whether it changed anything.
    fn change(
        &mut self,
        statement: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<bool, RegistryError> {
        let write = self.0.transaction()?;
        let changed = write.execute(statement, values)? > 0;
        if changed {
            move_on(&write)?;
        }
        write.commit()?;
        Ok(changed)
    }
}

fn move_on(write: &Connection) -> rusqlite::Result<usize> {
    write.execute("UPDATE registry SET generation = generation + 1", [])
}

fn profile(row: &Row<'_>, at: usize) -> rusqlite::Result<Profile> {
    let name: String = row.get(at)?;
    name.parse().map_err(|unknown: &str| {
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, unknown.into())
    })
}

fn now() -> i64 {
    Utc::now().timestamp_millis()
}

fn end(created: i64, lifetime: Option<TimeDelta>) -> Option<i64> {
    lifetime.map(|lifetime| created.saturating_add(lifetime.num_milliseconds()))
}

fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
