//! A service in process, and what must hold of every answer.

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
use http::{Method, Request, StatusCode, Uri, header::CONTENT_TYPE};
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
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

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
    let mut text = String::from("/scim/v2");
    for byte in path_and_query {
        match byte {
            b'"'
            | b'<'
            | b'>'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'#'
            | ..=b' '
            | 127.. => {
                text.push_str(&format!("%{byte:02X}"));
            }
            _ => text.push(char::from(*byte)),
        }
    }
    text.parse().ok()
}

/// Sends a request and holds the answer against what must hold of each.
///
/// # Panics
/// If it does not.
pub fn send(request: Request<Full<Bytes>>) -> Answer {
    let method = request.method().clone();
    let response = finish(SERVICE.clone().call(request)).expect("infallible");
    let (head, body) = response.into_parts();
    let bytes = finish(body.collect()).expect("a body").to_bytes();
    let status = head.status;
    assert!(
        !status.is_server_error() || status == StatusCode::NOT_IMPLEMENTED,
        "the server failed: {status}"
    );
    let bodyless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if bodyless || method == Method::HEAD {
        assert!(bytes.is_empty(), "a body where none may be");
        return Answer { status, body: Value::Null };
    }
    let media = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    assert_eq!(media, Some("application/scim+json"));
    let body: Value = serde_json::from_slice(&bytes).expect("a body of JSON");
    let schemas = body["schemas"].as_array().expect("a SCIM body names its schemas");
    assert!(!schemas.is_empty(), "a SCIM body names its schemas");
    if !status.is_success() {
        assert_eq!(schemas[0], ERROR);
        assert_eq!(body["status"], status.as_str());
        assert!(body["detail"].is_string());
    } else if schemas[0] == LIST {
        let shown = body["Resources"].as_array().map_or(0, Vec::len);
        assert_eq!(body["itemsPerPage"].as_u64().expect("a number"), shown as u64);
        // With a cursor it may be left out (RFC 9865 §2.1).
        let total = body.get("totalResults").map(|total| total.as_u64().expect("a number"));
        assert!(total.is_none_or(|total| total >= shown as u64));
    }
    Answer { status, body }
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
