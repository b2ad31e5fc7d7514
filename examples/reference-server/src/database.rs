//! The database: resources, tenants and tokens in one file.

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use scim_store::SqliteStore;

use crate::{Failure, registry::Registry};

/// Where resources are kept.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(PathBuf),
}

/// As good as for ever.
const LONG: Duration = Duration::from_secs(24 * 3600);

impl Database {
    /// Opens the store, and creates it if it is missing.
    pub(crate) fn store(&self) -> Result<Arc<SqliteStore>, Failure> {
        let Self::Sqlite(path) = self;
        Ok(Arc::new(SqliteStore::open(path)?))
    }

    /// The same, for work that may take long.
    pub(crate) fn store_without_time_limit(&self) -> Result<Arc<SqliteStore>, Failure> {
        let Self::Sqlite(path) = self;
        Ok(Arc::new(SqliteStore::builder(path).time_limit(LONG).open()?))
    }

    /// Opens the tenants and tokens. The store makes the file: it knows with what settings.
    pub(crate) fn registry(&self) -> Result<Registry, Failure> {
        let Self::Sqlite(path) = self;
        if !path.exists() {
            drop(self.store()?);
        }
        Ok(Registry::open(path)?)
    }
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.strip_prefix("sqlite:") {
            Some("") => Err("a file name is missing behind sqlite:"),
            Some(path) => Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into())),
            None => Err("only sqlite:FILE can be served so far"),
        }
    }
}
