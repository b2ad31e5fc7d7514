//! A service in process, and what must hold of every answer.

/// The rules for all answers, which tests hold too, and the URIs that both make up.
#[path = "../../scim-service/tests/it/law.rs"]
mod rules;

use std::{
    pin::pin,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as TaskContext, Poll, Waker},
};

use bytes::Bytes;
use chrono::DateTime;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use scim_schema::Projection;
use scim_service::{
    Change, Context, Endpoint, Features, Guard, MemoryStore, New, Page, Query, ScimService, Store,
    StoreError, Stored, Updated,
};
use serde_json::Value;
use tower_service::Service;

use crate::sample;

const BASE: &str = "https://scim.example.com/scim/v2";

static IDS: AtomicU64 = AtomicU64::new(1);

static SERVICE: LazyLock<ScimService<Fresh>> = LazyLock::new(|| {
    ScimService::builder(Fresh::default())
        .base_url(BASE)
        .endpoint(Endpoint::users(sample::USERS.clone()))
        .endpoint(Endpoint::groups(sample::GROUPS.clone()))
        .clock(|| DateTime::from_timestamp(1_300_000_000, 0).unwrap())
        .ids(|| IDS.fetch_add(1, Ordering::Relaxed).to_string())
        .build()
        .unwrap()
});

/// An answer, read and found sound.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body; null if it is empty.
    pub body: Value,
}

/// Starts over: two users, `1` and `2`, and a group, `3`, of which the first is a member.
pub fn start_over() {
    *SERVICE.store().0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    IDS.store(1, Ordering::Relaxed);
    let second = r#"{"userName": "alice", "emails": [{"value": "alice@example.com"}]}"#;
    let group = r#"{"displayName": "Tour Guides", "members": [{"value": "1"}]}"#;
    for (path, body) in
        [("/Users", sample::user().to_string().as_str()), ("/Users", second), ("/Groups", group)]
    {
        let uri = uri(path.as_bytes()).unwrap();
        let request = Request::post(uri).body(Full::from(body.to_owned())).unwrap();
        assert_eq!(send(request).status, StatusCode::CREATED);
    }
}

/// A URI below the base path; what cannot stand in one is percent-encoded.
pub fn uri(path_and_query: &[u8]) -> Option<Uri> {
    format!("/scim/v2{}", rules::escaped(path_and_query)).parse().ok()
}

/// Sends a request and holds the answer against what must hold of each. What only reads, and
/// what is refused, changes nothing.
///
/// # Panics
/// If it does not.
pub fn send(request: Request<Full<Bytes>>) -> Answer {
    let reads = request.method().is_safe();
    let before = stored();
    let answer = exchange(request);
    if reads || !answer.status.is_success() {
        assert!(before == stored(), "a request that was refused, or only reads, changed something");
    }
    answer
}

/// All that is stored.
fn stored() -> Value {
    let all = uri(b"/?count=1000").expect("a URI");
    let answer = exchange(Request::get(all).body(Full::default()).expect("a request"));
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

fn exchange(request: Request<Full<Bytes>>) -> Answer {
    let method = request.method().clone();
    let response = finish(SERVICE.clone().call(request)).expect("infallible");
    let (head, body) = response.into_parts();
    let bytes = finish(body.collect()).expect("a body").to_bytes();
    let body = rules::hold(&method, head.status, &head.headers, &bytes);
    Answer { status: head.status, body }
}

/// Nothing here waits, so that a future is ready at once.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a service in memory has nothing to wait for"),
    }
}

/// A memory store that can be emptied, so that the service need not be built anew.
#[derive(Default)]
struct Fresh(Mutex<Arc<MemoryStore>>);

impl Fresh {
    fn now(&self) -> Arc<MemoryStore> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Store for Fresh {
    async fn get(
        &self,
        cx: &Context,
        id: &str,
        want: &Projection,
    ) -> Result<Option<Stored>, StoreError> {
        self.now().get(cx, id, want).await
    }

    async fn query(&self, cx: &Context, query: &Query) -> Result<Page, StoreError> {
        self.now().query(cx, query).await
    }

    async fn create(&self, cx: &Context, new: New) -> Result<Stored, StoreError> {
        self.now().create(cx, new).await
    }

    async fn update(
        &self,
        cx: &Context,
        id: &str,
        change: &Change,
    ) -> Result<Option<Updated>, StoreError> {
        self.now().update(cx, id, change).await
    }

    async fn delete(&self, cx: &Context, id: &str, guard: &Guard) -> Result<bool, StoreError> {
        self.now().delete(cx, id, guard).await
    }

    fn features(&self) -> Features {
        self.now().features()
    }
}
