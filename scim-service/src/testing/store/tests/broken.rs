//! A store in memory with one fault.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use http::Extensions;
use scim_core::{Uniqueness, Version};
use scim_schema::{Projection, ResourceSchema};
use serde_json::{Map, Value, json};

use super::super::race::lock;
use crate::{
    Change, Context, Endpoint, Features, Guard, MemoryStore, New, Page, Permissive, Query, Store,
    StoreError, Stored, Tenant, UnknownMembers, Updated, Window, Write, Written, store::one_by_one,
};

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    DropsMember,
    ForgetsPartOfFilter,
    FiltersAfterPaging,
    HeedsCaseInFilters,
    TakesWildcards,
    MixesElements,
    NegatesOnlyWhatIsThere,
    FindsOldValues,
    PutsMissingFirst,
    TiesDescend,
    IgnoresSort,
    SortsByFirstElement,
    ChangesOrder,
    TotalsPage,
    IgnoresCount,
    CountsFromZero,
    TakesEndForBeginning,
    PagesByOffset,
    RepeatsPosition,
    LosesPlaceWithoutRow,
    LeaksOnGet,
    LeaksOnQuery,
    LeaksOnUpdate,
    LeaksOnDelete,
    CountsAllTenants,
    ServesNobody,
    ShowsDeleted,
    ListsDeleted,
    ForgetsExtensions,
    TrimsText,
    RoundsNumbers,
    IgnoresCaseOfIds,
    CutsWhatIsNotWanted,
    ForgetsGroups,
    TellsSecrets,
    OverwritesIds,
    HeedsCaseOfNames,
    ForgetsUniquenessOnUpdate,
    LooksBeforeItTakes,
    ForgetsUniqueness,
    SkipsWhatShouldBeRefused,
    RefusesWhatShouldBeSkipped,
    IgnoresIfMatch,
    IgnoresIfMatchOnDelete,
    WritesBeforeItChecks,
    ForgetsPolicies,
    ForgetsMembersOfPut,
    ForgetsDeltas,
    MergesPut,
    MovesWithoutChange,
    AlwaysSaysChanged,
    LeavesVersionOfGroups,
    LeavesTimeOfChange,
    LosesUpdates,
    WritesInHalves,
    KeepsMemberships,
    LeavesVersionOnDelete,
    DeletesNobody,
    IgnoresMaxErrors,
    StopsAtFirstError,
    ReversesBatches,
    IgnoresInvariants,
    JudgesOneInvariant,
    AsksBeforeItWrites,
    AsksAfterItCommits,
    KeepsWhatIsRefused,
    LetsWritesSlipIn,
    ForgetsInvariantsOfDeletions,
    DeletesWithoutPolicy,
    ShowsPoliciesNoMembers,
    AsksPoliciesFirst,
    ForgetsSecrets,
    LosesSecretsOnPut,
    KeepsSecretsOfTheDead,
    LeaksSecrets,
    LeavesVersionOfSecrets,
    KeepsSecretsOfRefused,
    Panics,
    DoesLittle,
    RefusesFilters,
}

pub(super) struct Broken {
    pub(super) inner: MemoryStore,
    pub(super) fault: Option<Fault>,
    pub(super) calls: AtomicUsize,
    /// Resources as they were before they were deleted or changed.
    pub(super) grave: Mutex<Vec<Stored>>,
    /// The secrets that were kept last, by id.
    pub(super) secrets: Mutex<HashMap<String, String>>,
    /// Groups, and members that they have lost by deletion.
    pub(super) dead: Mutex<Vec<(String, String)>>,
    /// The versions that were answered last.
    pub(super) versions: Mutex<HashMap<String, Version>>,
}

impl Broken {
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self {
            inner: MemoryStore::new(),
            fault,
            calls: AtomicUsize::new(0),
            grave: Mutex::default(),
            secrets: Mutex::default(),
            dead: Mutex::default(),
            versions: Mutex::default(),
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// The resource as it is, whole.
    pub(super) async fn whole(&self, cx: &Context, id: &str) -> Option<Stored> {
        let want = Projection::default_of(cx.schema());
        self.inner.get(cx, id, &want).await.unwrap()
    }

    /// All resources of a type.
    pub(super) async fn all(&self, cx: &Context) -> Vec<Stored> {
        let window = Window::Index { start: 1, count: usize::MAX };
        let query = Query::new(window, Projection::default_of(cx.schema()));
        self.inner.query(cx, &query).await.unwrap().resources
    }

    /// Writes attributes, whatever anybody says.
    pub(super) async fn overwrite(&self, cx: &Context, id: &str, attributes: Map<String, Value>) {
        let body = Value::Object(attributes);
        let policy = std::sync::Arc::new(Permissive);
        let change = Change::replace(cx.clone(), Guard::default(), body, policy);
        self.inner.update(cx, id, &change).await.unwrap();
    }

    pub(super) fn bury(&self, stored: Option<Stored>) {
        lock(&self.grave).extend(stored);
    }

    pub(super) fn buried(&self, id: &str) -> Option<Stored> {
        lock(&self.grave).iter().rev().find(|stored| stored.id == id).map(copy)
    }
}

pub(super) fn copy(stored: &Stored) -> Stored {
    Stored::new(&stored.id, stored.version.clone(), stored.created, stored.attributes.clone())
        .modified(stored.modified)
}

/// A resource with all that a filter can name.
pub(super) fn complete(cx: &Context, stored: &Stored) -> Map<String, Value> {
    let mut resource = Map::clone(&stored.attributes);
    resource.insert("id".to_owned(), json!(stored.id));
    let meta = json!({"resourceType": cx.resource_type(), "created": stored.created.to_rfc3339()});
    resource.insert("meta".to_owned(), meta);
    resource
}

/// The same request, from another tenant.
pub(super) fn of_tenant(cx: &Context, tenant: &str) -> Context {
    let mut extensions = Extensions::new();
    extensions.insert(Tenant(tenant.into()));
    Context::new(cx.endpoint().clone(), extensions).with(
        *cx.compat(),
        cx.now(),
        cx.unknown_members(),
    )
}

pub(super) fn with_unknown(cx: &Context, unknown: UnknownMembers) -> Context {
    cx.clone().with(*cx.compat(), cx.now(), unknown)
}

/// The same request, with other rules about names.
pub(super) fn with_names(cx: &Context, uniqueness: Uniqueness, case_exact: bool) -> Context {
    if cx.resource_type() != "User" {
        return cx.clone();
    }
    let mut schemas = cx.schema().schemas().cloned();
    let mut base = schemas.next().unwrap();
    for attribute in &mut base.attributes {
        if attribute.name == "userName" {
            (attribute.uniqueness, attribute.case_exact) = (uniqueness, case_exact);
        }
    }
    let schema = ResourceSchema::new(base).unwrap();
    let schema = schemas.fold(schema, |schema, one| schema.extend(one).unwrap());
    let mut extensions = Extensions::new();
    if let Some(tenant) = cx.get::<Tenant>() {
        extensions.insert(tenant.clone());
    }
    let compat = *cx.compat();
    Context::new(Endpoint::users(schema), extensions).with(compat, cx.now(), cx.unknown_members())
}

/// Lets others go on, once.
pub(super) async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut paused, true) {
            return std::task::Poll::Ready(());
        }
        task.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

impl Store for Broken {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        assert!(!self.has(Fault::Panics), "on purpose");
        self.read(cx, id, want).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        self.search(cx, query).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        self.add(cx, new).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        self.alter(cx, id, change).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        self.remove(cx, id, guard).await
    }

    async fn batch(
        &self,
        mut writes: Vec<Write>,
        max_errors: Option<usize>,
    ) -> Vec<Result<Written, StoreError>> {
        if self.has(Fault::ReversesBatches) {
            writes.reverse();
        }
        let max_errors = match self.fault {
            Some(Fault::IgnoresMaxErrors) => None,
            Some(Fault::StopsAtFirstError) => Some(1),
            _ => max_errors,
        };
        self.calls.fetch_add(1, Ordering::Relaxed);
        one_by_one(self, writes, max_errors).await
    }

    async fn secret(
        &self,
        cx: &Context,
        id: &str,
        attribute: &str,
    ) -> Result<Option<String>, StoreError> {
        self.tell(cx, id, attribute).await
    }

    fn features(&self) -> Features {
        match self.fault {
            Some(Fault::DoesLittle) => {
                Features { filter: false, sort: false, ..Features::default() }
            }
            _ => self.inner.features(),
        }
    }
}
