//! One store on trial, and what checks do with it.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use http::Extensions;
use scim_core::{AttrPath, Compat, Error, ScimType, Version};
use scim_filter::{Attributes, Checked, Filter, Options, ResolvedPath};
use scim_schema::{Mode, Projection, Valid};
use serde_json::{Map, Value};

use super::{
    edit::Edit,
    erased::{Erased, Work},
    settings::Settings,
};
use crate::{
    Context, Endpoint, Features, Guard, New, Page, Query, Sort, StoreError, Stored, UnknownMembers,
    Window, Write, Written,
};

/// Why a check did not pass.
#[derive(Debug)]
pub(super) enum Miss {
    Failed(String),
    Skipped(String),
}

pub(super) type Outcome<T = ()> = Result<T, Miss>;

impl From<StoreError> for Miss {
    fn from(error: StoreError) -> Self {
        Self::Failed(format!("the store answers with an error: {error:?}"))
    }
}

impl From<Error> for Miss {
    fn from(error: Error) -> Self {
        Self::Failed(format!("the check itself is at fault: {error}"))
    }
}

/// Fails the check unless something holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)+) => {
        if !$holds {
            return Err($crate::testing::store::bench::Miss::Failed(format!($($why)+)));
        }
    };
}
pub(super) use ensure;

/// A resource type that the checks use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    User,
    Group,
}

/// The tenant that checks use where they need only one.
pub(super) const FIRST: &str = "first";
/// Another tenant.
pub(super) const SECOND: &str = "second";

/// More resources than any check makes, but for the large ones.
pub(super) const ALL: usize = 100_000;

/// A resource as a store answers it, whole.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: String,
    pub(super) version: Version,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
    pub(super) attributes: Map<String, Value>,
}

impl Kept {
    pub(super) fn of(stored: Stored) -> Result<Self, StoreError> {
        let Stored { id, version, created, modified, attributes, values } = stored;
        let mut attributes = Arc::unwrap_or_clone(attributes);
        if let Some(values) = values {
            let elements: Vec<Value> = values.elements.collect::<Result<_, _>>()?;
            attributes.insert(values.attribute.into(), Value::Array(elements));
        }
        Ok(Self { id, version, created, modified, attributes })
    }

    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute)?.as_str()
    }

    /// The `value` of each element of a list.
    pub(super) fn values(&self, attribute: &str) -> BTreeSet<String> {
        let elements = self.attributes.get(attribute).and_then(Value::as_array);
        let value = |element: &Value| element.get("value")?.as_str().map(str::to_owned);
        elements.into_iter().flatten().filter_map(value).collect()
    }
}

/// What an update came to.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) kept: Kept,
    pub(super) changed: bool,
}

/// A fresh store, and the contexts of requests to it. A clone is about the same store.
#[derive(Clone)]
pub(super) struct Bench(Arc<Parts>);

struct Parts {
    store: Box<dyn Erased>,
    settings: Settings,
    users: Endpoint,
    groups: Option<Endpoint>,
    seconds: AtomicI64,
}

impl Bench {
    pub(super) fn new(store: Box<dyn Erased>, settings: &Settings, users: &Endpoint) -> Self {
        let groups = settings.groups.clone().map(Endpoint::groups);
        Self(Arc::new(Parts {
            store,
            settings: settings.clone(),
            users: users.clone(),
            groups,
            seconds: AtomicI64::new(0),
        }))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn features(&self) -> Features {
        self.0.store.features()
    }

    /// A request about users, later than any before.
    pub(super) fn users(&self) -> Context {
        self.request(&self.0.users, Some(FIRST))
    }

    /// A request about groups, later than any before.
    pub(super) fn groups(&self) -> Outcome<Context> {
        self.of(Type::Group, FIRST)
    }

    pub(super) fn of(&self, kind: Type, tenant: &str) -> Outcome<Context> {
        Ok(self.request(self.endpoint(kind)?, Some(tenant)))
    }

    /// A request of nobody knows whom.
    pub(super) fn anonymous(&self, kind: Type) -> Outcome<Context> {
        Ok(self.request(self.endpoint(kind)?, None))
    }

    /// A request that unknown members spoil.
    pub(super) fn refusing(&self) -> Outcome<Context> {
        let cx = self.groups()?;
        let now = cx.now();
        Ok(cx.with(Compat::INTEROP, now, UnknownMembers::Refuse))
    }

    fn endpoint(&self, kind: Type) -> Outcome<&Endpoint> {
        match kind {
            Type::User => Ok(&self.0.users),
            Type::Group => {
                let none = || Miss::Skipped("there are no groups".to_owned());
                self.0.groups.as_ref().ok_or_else(none)
            }
        }
    }

    /// Times are whole seconds and 123 milliseconds: more is not asked of a store.
    fn request(&self, endpoint: &Endpoint, tenant: Option<&str>) -> Context {
        let mut extensions = Extensions::new();
        if let Some(tenant) = tenant {
            (self.0.settings.tenancy)(tenant, &mut extensions);
        }
        let second = self.0.seconds.fetch_add(1, Ordering::Relaxed);
        let start = DateTime::from_timestamp_millis(1_709_632_800_123).unwrap_or_default();
        let now = start + TimeDelta::seconds(second);
        let cx = Context::new(endpoint.clone(), extensions);
        cx.with(Compat::INTEROP, now, UnknownMembers::Skip)
    }

    /// Skips the check unless the schema of users has these attributes.
    pub(super) fn needs(&self, attributes: &[&str]) -> Outcome {
        let missing = |name: &&&str| self.path(&self.0.users, name).is_none();
        match attributes.iter().find(missing) {
            Some(name) => Err(Miss::Skipped(format!("users have no `{name}`"))),
            None => Ok(()),
        }
    }

    fn path(&self, endpoint: &Endpoint, name: &str) -> Option<ResolvedPath> {
        let path: AttrPath = name.parse().ok()?;
        let mut resolved = endpoint.schema().resolve(&path, &Compat::INTEROP)?;
        let attribute = resolved.attribute?;
        if !attribute.sub_attributes.is_empty() && resolved.sub.is_none() {
            resolved.sub = attribute.sub_attribute("value");
            resolved.sub?;
        }
        ResolvedPath::of(&resolved)
    }

    /// An order by this attribute; `None` if there is no such attribute.
    pub(super) fn sort(&self, cx: &Context, by: &str, descending: bool) -> Option<Sort> {
        Some(Sort { path: self.path(cx.endpoint(), by)?, descending })
    }

    pub(super) fn filter(cx: &Context, text: &str) -> Outcome<Arc<Checked>> {
        let filter = Filter::parse_with(text, &Options::INTEROP).map_err(Error::from)?;
        match filter.check(cx.schema(), &Options::INTEROP) {
            Ok(checked) => Ok(Arc::new(checked)),
            Err(_) => Err(Miss::Skipped(format!("the schema does not know all of `{filter}`"))),
        }
    }

    pub(super) fn valid(cx: &Context, body: Value) -> Outcome<Valid> {
        Ok(cx.schema().validate(body, Mode::Create, cx.compat()).map_err(Error::from)?)
    }

    pub(super) async fn create(
        &self,
        cx: &Context,
        id: &str,
        body: Value,
    ) -> Outcome<Result<Kept, StoreError>> {
        let new = New::with_id(id, Self::valid(cx, body)?);
        Ok(self.add(cx, new).await)
    }

    pub(super) async fn add(&self, cx: &Context, new: New) -> Result<Kept, StoreError> {
        self.0.store.create(cx, new).await.and_then(Kept::of)
    }

    /// Creates what must be possible to create.
    pub(super) async fn make(&self, cx: &Context, id: &str, body: Value) -> Outcome<Kept> {
        Ok(self.create(cx, id, body).await??)
    }

    /// Creates a user of the first tenant.
    pub(super) async fn user(&self, number: u64, body: Value) -> Outcome<Kept> {
        self.make(&self.users(), &id(number), body).await
    }

    /// Creates a group of the first tenant.
    pub(super) async fn group(&self, number: u64, name: &str, members: &[u64]) -> Outcome<Kept> {
        self.make(&self.groups()?, &id(number), group(name, members)).await
    }

    pub(super) async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Kept>, StoreError> {
        self.0.store.get(cx, id, want).await?.map(Kept::of).transpose()
    }

    /// The resource, if it is there.
    pub(super) async fn find(&self, cx: &Context, id: &str) -> Outcome<Option<Kept>> {
        Ok(self.get(cx, id, &Projection::default_of(cx.schema())).await?)
    }

    /// The resource, which must be there.
    pub(super) async fn seen(&self, cx: &Context, id: &str) -> Outcome<Kept> {
        match self.find(cx, id).await? {
            Some(kept) => Ok(kept),
            None => Err(Miss::Failed(format!("`get` finds no {}", cx.resource_type()))),
        }
    }

    pub(super) async fn update(&self, id: &str, edit: Edit) -> Result<Option<Done>, StoreError> {
        let (cx, change) = edit.into_change();
        let Some(updated) = self.0.store.update(&cx, id, &change).await? else { return Ok(None) };
        Ok(Some(Done { changed: updated.changed, kept: Kept::of(updated.stored)? }))
    }

    /// Makes a change that must be possible.
    pub(super) async fn done(&self, id: &str, edit: Edit) -> Outcome<Done> {
        match self.update(id, edit).await? {
            Some(done) => Ok(done),
            None => Err(Miss::Failed("`update` finds nothing".to_owned())),
        }
    }

    pub(super) async fn delete(
        &self,
        cx: &Context,
        id: &str,
        guard: &Guard,
    ) -> Result<bool, StoreError> {
        self.0.store.delete(cx, id, guard).await
    }

    /// Deletes what must be there.
    pub(super) async fn drop(&self, cx: &Context, id: &str) -> Outcome {
        let was_there = self.delete(cx, id, &Guard::default()).await?;
        ensure!(was_there, "`delete` finds no {}", cx.resource_type());
        Ok(())
    }

    pub(super) async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        self.0.store.secret(cx, id, attribute).await
    }

    pub(super) async fn batch(
        &self,
        writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        self.0.store.batch(writes, max_errors).await
    }

    pub(super) async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        self.0.store.query(cx, query).await
    }

    /// A page, in the form in which checks look at it.
    pub(super) async fn page(&self, cx: &Context, query: &Query) -> Outcome<Listed> {
        let Page { resources, total, next, previous } = self.query(cx, query).await?;
        let resources = resources.into_iter().map(Kept::of).collect::<Result<Vec<_>, _>>()?;
        Ok(Listed { resources, total, next, previous })
    }

    /// All that matches.
    pub(super) async fn search(&self, cx: &Context, filter: &str) -> Outcome<Listed> {
        let mut query = whole(cx);
        query.filter = Some(Self::filter(cx, filter)?);
        self.page(cx, &query).await
    }

    /// All of a type.
    pub(super) async fn list(&self, cx: &Context) -> Outcome<Listed> {
        self.page(cx, &whole(cx)).await
    }

    /// An update that can be given up: nobody hears what it comes to.
    pub(super) fn start(&self, id: String, edit: Edit) -> Work<'static, ()> {
        let bench = self.clone();
        Box::pin(async move {
            let _ = bench.update(&id, edit).await;
        })
    }
}

/// A page, its resources whole.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) resources: Vec<Kept>,
    pub(super) total: Option<u64>,
    pub(super) next: Option<crate::Position>,
    pub(super) previous: Option<crate::Position>,
}

impl Listed {
    pub(super) fn ids(&self) -> Vec<String> {
        self.resources.iter().map(|kept| kept.id.clone()).collect()
    }
}

/// A query for everything.
pub(super) fn whole(cx: &Context) -> Query {
    let window = Window::Index { start: 1, count: ALL };
    Query::new(window, Projection::default_of(cx.schema()))
}

/// An id as services choose them, greater for greater numbers.
pub(super) fn id(number: u64) -> String {
    format!("018e0e2a-0000-7000-8000-{number:012x}")
}

pub(super) fn ids(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().copied().map(id).collect()
}

/// The body of a group.
pub(super) fn group(name: &str, members: &[u64]) -> Value {
    serde_json::json!({"displayName": name, "members": elements(members)})
}

/// Elements of `members`.
pub(super) fn elements(members: &[u64]) -> Value {
    members.iter().map(|number| serde_json::json!({"value": id(*number)})).collect()
}

/// Whether something was refused with this status and keyword.
pub(super) fn refused<T>(
    outcome: Result<T, StoreError>,
    what: &str,
    status: u16,
    keyword: Option<&ScimType>,
) -> Outcome<Error> {
    let Err(error) = outcome else {
        return Err(Miss::Failed(format!("{what} succeeds, where {status} is due")));
    };
    let (error, _) = error.into_answer();
    ensure!(
        error.status.as_u16() == status && error.scim_type.as_ref() == keyword,
        "{what} is refused with {error}, where {status} is due"
    );
    Ok(error)
}

/// 409 uniqueness.
pub(super) fn conflicts<T>(outcome: Result<T, StoreError>, what: &str) -> Outcome {
    refused(outcome, what, 409, Some(&ScimType::Uniqueness)).map(drop)
}

/// 412.
pub(super) fn stale<T>(outcome: Result<T, StoreError>, what: &str) -> Outcome {
    refused(outcome, what, 412, None).map(drop)
}
