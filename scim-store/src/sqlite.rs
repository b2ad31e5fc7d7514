//! The store on SQLite.

mod check;
mod columns;
mod connection;
mod error;
mod log;
mod member;
mod page;
mod reader;
mod reindex;
mod resource;
mod scope;
mod secret;
mod tenant;
mod write;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use scim_schema::Projection;
use scim_service::{
    Change, Context, Features, Guard, Invariant, New, Page, Query, Store, StoreError, Stored,
    Tenant, Updated, Write, Written,
};

pub use check::Fault;
pub use error::SqliteError;
pub use log::{LogEntry, Refused};
use reader::Readers;
use reindex::Known;
use scope::Scope;
use writer::Writer;

/// Resources in one SQLite file.
///
/// One thread writes, and commits together what is queued; other threads read beside it. What was
/// acknowledged is on disk. Each request needs a [`Tenant`](scim_service::Tenant) among its
/// extensions; no statement reaches beyond it.
///
/// Cheap to clone. The file stays open until the last clone is dropped.
#[derive(Clone, Debug)]
pub struct SqliteStore(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    writer: Writer,
    readers: Readers,
    known: Known,
}

/// How a [`SqliteStore`] is opened.
#[derive(Clone, Debug)]
pub struct SqliteBuilder {
    path: PathBuf,
    readers: usize,
    limit: Duration,
    busy: Duration,
}

impl SqliteStore {
    /// Opens the file, or creates it, with default settings.
    ///
    /// # Errors
    /// When the file cannot be opened, or was written by a later release.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteError> {
        Self::builder(path).open()
    }

    /// A file to be opened with settings of one's own.
    pub fn builder(path: impl AsRef<Path>) -> SqliteBuilder {
        SqliteBuilder {
            path: path.as_ref().to_owned(),
            readers: 4,
            limit: Duration::from_secs(5),
            busy: Duration::from_secs(5),
        }
    }

    /// Deletes all that a tenant has: resources, memberships and its log of changes.
    ///
    /// # Errors
    /// When the database fails; nothing is deleted then.
    pub async fn forget(&self, tenant: &Tenant) -> Result<(), StoreError> {
        let tenant = tenant.0.clone();
        self.0.writer.write(move |it| Ok(tenant::forget(it, &tenant)?)).await
    }

    /// Brings what a tenant's resources are found by up to date with the schemas that the context's
    /// service serves today. The first request of each tenant does the same: a server that asks for
    /// it when it starts lets nobody wait. It takes as long as writing all resources again does, if
    /// a schema has changed or the rules by which values compare, and else next to nothing.
    ///
    /// # Errors
    /// When the database fails; all is as it was then.
    pub async fn reindex(&self, cx: &Context) -> Result<(), StoreError> {
        self.scope(cx).await.map(drop)
    }

    /// Whose resources a request is about, their keys being up to date.
    async fn scope(&self, cx: &Context) -> Result<Scope, StoreError> {
        let scope = Scope::of(cx)?;
        if self.0.known.has(&scope) {
            return Ok(scope);
        }
        let scopes = cx.types().map(|cx| Scope::of(&cx)).collect::<Result<Vec<_>, _>>()?;
        let asked = scopes.clone();
        let current = self.0.readers.read(move |it| Ok(reindex::is_current(it, &asked)?)).await?;
        if !current {
            let stale = scopes.clone();
            let write = move |it: &_| Ok(reindex::bring_up_to_date(it, &stale)?);
            self.0.writer.write(write).await?;
        }
        self.0.known.add(&scopes);
        Ok(scope)
    }

    /// The same for a write, and for what it must be asked afterwards.
    async fn ready(&self, cx: &Context, invariants: &[Invariant]) -> Result<Scope, StoreError> {
        for question in invariants.iter().flat_map(Invariant::questions) {
            self.scope(&question.cx).await?;
        }
        self.scope(cx).await
    }

    /// What follows an entry of a tenant's log of changes, in order; 0 is before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_after(
        &self,
        tenant: &Tenant,
        seq: u64,
        count: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let tenant = tenant.0.clone();
        self.0.readers.read(move |it| log::after(it, &tenant, seq, count)).await
    }

    /// The last entries of a tenant's log of changes, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_last(
        &self,
        tenant: &Tenant,
        count: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let tenant = tenant.0.clone();
        self.0.readers.read(move |it| log::last(it, &tenant, count)).await
    }

    /// Keeps in a tenant's log that writes were refused: most refusals never reach a store.
    ///
    /// # Errors
    /// When the database fails; none is kept then.
    pub async fn log_refused(
        &self,
        tenant: &Tenant,
        refused: Vec<Refused>,
    ) -> Result<(), StoreError> {
        let tenant = tenant.0.clone();
        self.0.writer.write(move |it| log::refused(it, &tenant, &refused)).await
    }

    /// Looks whether the file as a whole is sound.
    ///
    /// # Errors
    /// When the database fails, or it takes longer than a read may.
    pub async fn check_file(&self) -> Result<Vec<Fault>, StoreError> {
        self.0.readers.read(check::file).await
    }

    /// Looks whether a tenant's resources of one type fit their keys and memberships.
    ///
    /// # Errors
    /// When the database fails, or it takes longer than a read may.
    pub async fn check(&self, cx: &Context) -> Result<Vec<Fault>, StoreError> {
        let scope = self.scope(cx).await?;
        self.0.readers.read(move |it| check::resources(it, &scope)).await
    }
}

impl SqliteBuilder {
    /// How many threads read; 4 unless said otherwise.
    #[must_use]
    pub fn readers(mut self, count: usize) -> Self {
        self.readers = count;
        self
    }

    /// How long a read may take before it is broken off with 503; 5 seconds unless said otherwise.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Opens the file, or creates it.
    ///
    /// # Errors
    /// When the file cannot be opened, or was written by a later release.
    pub fn open(self) -> Result<SqliteStore, SqliteError> {
        let connection = connection::writer(&self.path, self.busy)?;
        let readers = Readers::start(&self.path, self.readers, self.busy, self.limit)?;
        let writer = Writer::start(connection)?;
        Ok(SqliteStore(Arc::new(Parts { writer, readers, known: Known::default() })))
    }
}

impl Store for SqliteStore {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        let scope = Scope::of(cx)?;
        let (id, relations) = (id.to_owned(), scope.wanted(want));
        let read = self.0.readers.read(move |it| resource::get(it, &scope, &id, &relations));
        read.await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        let scope = self.scope(cx).await?;
        let query = query.clone();
        self.0.readers.read(move |it| page::query(it, &scope, &query)).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        let scope = self.ready(cx, &new.invariants).await?;
        self.0.writer.write(move |it| write::create(it, &scope, new)).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        let scope = self.ready(cx, change.invariants()).await?;
        let (id, change) = (id.to_owned(), change.clone());
        self.0.writer.write(move |it| write::update(it, &scope, &id, &change)).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        let scope = self.ready(cx, &guard.invariants).await?;
        let (id, guard) = (id.to_owned(), guard.clone());
        self.0.writer.write(move |it| write::delete(it, &scope, &id, &guard)).await
    }

    async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        let scope = Scope::of(cx)?;
        let (id, attribute) = (id.to_owned(), attribute.to_owned());
        self.0.readers.read(move |it| Ok(secret::get(it, &scope, &id, &attribute)?)).await
    }

    async fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        for write in &writes {
            if let Err(error) = self.ready(write.context(), write.invariants()).await {
                let failed = max_errors.map_or(writes.len(), |max| max.clamp(1, writes.len()));
                return write::none_made(error, failed).collect();
            }
        }
        write::batch(&self.0.writer, writes, max_errors).await
    }

    fn features(&self) -> Features {
        let mut features = Features::default();
        features.cursor = true;
        features.secrets = true;
        features
    }
}
