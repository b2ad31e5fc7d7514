//! A store in a file of its own, and requests to it.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

pub(crate) use futures_executor::block_on;
use http::Extensions;
use scim_core::{Compat, Error};
use scim_filter::{Attributes, Checked, Filter, Options};
use scim_patch::Patch;
use scim_schema::{Mode, Projection, ResourceSchema, catalog};
use scim_service::{
    Change, Context, Endpoint, Guard, New, Page, Permissive, Query, Sort, Store, StoreError,
    Stored, Tenant, Updated, Window,
};
use scim_store::SqliteStore;
use serde_json::{Value, json};

/// A file that is deleted at the end.
pub(crate) struct File(PathBuf);

impl File {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scim-store-{}-{number}.db", std::process::id());
        let path = std::env::temp_dir().join(name);
        let file = Self(path);
        file.delete();
        file
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn open(&self) -> SqliteStore {
        SqliteStore::builder(&self.0).readers(2).open().unwrap()
    }

    fn delete(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut path = self.0.clone().into_os_string();
            path.push(end);
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        self.delete();
    }
}

pub(crate) fn context(endpoint: Endpoint, tenant: &str) -> Context {
    let mut extensions = Extensions::new();
    extensions.insert(Tenant(tenant.into()));
    Context::new(endpoint, extensions)
}

pub(crate) fn users() -> Context {
    let schema = catalog::user().extend(catalog::enterprise()).unwrap();
    context(Endpoint::users(schema), "a")
}

pub(crate) fn groups() -> Context {
    context(Endpoint::groups(catalog::group()), "a")
}

pub(crate) fn create<S: Store>(
    store: &S,
    cx: &Context,
    id: &str,
    resource: Value,
) -> Result<Stored, StoreError> {
    let valid = cx.schema().validate(resource, Mode::Create, &Compat::INTEROP).unwrap();
    block_on(store.create(cx, New::with_id(id, valid)))
}

/// A user of this name.
pub(crate) fn user<S: Store>(store: &S, id: &str) -> Stored {
    let resource = json!({"userName": format!("{id}@x"), "displayName": format!("The {id}")});
    create(store, &users(), id, resource).unwrap()
}

pub(crate) fn group<S: Store>(store: &S, id: &str, members: &[&str]) -> Stored {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id})).collect();
    let resource = json!({"displayName": format!("Group {id}"), "members": members});
    create(store, &groups(), id, resource).unwrap()
}

pub(crate) fn get<S: Store>(store: &S, cx: &Context, id: &str) -> Option<Stored> {
    block_on(store.get(cx, id, &Projection::default_of(cx.schema()))).unwrap()
}

/// Changes a resource by the operations of a PATCH.
pub(crate) fn patch<S: Store>(
    store: &S,
    cx: &Context,
    id: &str,
    operations: Value,
) -> Result<Option<Updated>, StoreError> {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    let patch = Patch::from_value(body, cx.compat()).map_err(Error::from)?;
    let plan = patch.plan(cx.schema()).map_err(Error::from)?;
    let policy = std::sync::Arc::new(Permissive);
    block_on(store.update(cx, id, &Change::patch(cx.clone(), Guard::default(), plan, policy)))
}

pub(crate) fn put<S: Store>(
    store: &S,
    cx: &Context,
    id: &str,
    body: Value,
) -> Result<Option<Updated>, StoreError> {
    let policy = std::sync::Arc::new(Permissive);
    block_on(store.update(cx, id, &Change::replace(cx.clone(), Guard::default(), body, policy)))
}

pub(crate) fn checked(schema: &ResourceSchema, filter: &str) -> Checked {
    let filter: Filter = filter.parse().unwrap();
    filter.check(schema, &Options::INTEROP).unwrap()
}

pub(crate) fn query(
    cx: &Context,
    filter: Option<&str>,
    sort: Option<&str>,
    window: Window,
) -> Query {
    let mut query = Query::new(window, Projection::default_of(cx.schema()));
    query.filter = filter.map(|filter| checked(cx.schema(), filter).into());
    query.sort = sort.map(|sort| {
        let (descending, name) = match sort.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, sort),
        };
        let resolved = cx.schema().resolve(&name.parse().unwrap(), cx.compat()).unwrap();
        let path = scim_filter::ResolvedPath::new(&resolved.comparable().unwrap());
        Sort { path, descending }
    });
    query
}

pub(crate) const ALL: Window = Window::Index { start: 1, count: 1000 };

/// The ids that a filter finds.
pub(crate) fn find<S: Store>(store: &S, cx: &Context, filter: &str) -> Vec<String> {
    let page = block_on(store.query(cx, &query(cx, Some(filter), None, ALL))).unwrap();
    assert_eq!(page.total, Some(page.resources.len() as u64));
    ids(page)
}

pub(crate) fn ids(page: Page) -> Vec<String> {
    page.resources.into_iter().map(|stored| stored.id).collect()
}
