//! A client that calls a service in process.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use http::{Method, Response};
use http_body_util::{BodyExt, Full};
use scim_service::{
    Builder, Endpoint, MemoryStore, ScimService, Store,
    schema::catalog,
    testing::transcript::{Request, Transport},
};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const BASE: &str = "https://scim.example.com/scim/v2";

/// A client of a service of its own.
pub(crate) struct Client<S = MemoryStore>(pub(crate) ScimService<Arc<S>>);

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// The bytes of the body.
    pub(crate) length: usize,
    pub(crate) body: Value,
}

impl Client {
    /// Users with the enterprise extension, and groups, in memory.
    pub(crate) fn new() -> Self {
        Self::of(|builder| builder)
    }

    /// The same with the ids `1`, `2` and so on.
    pub(crate) fn counted() -> Self {
        let ids = AtomicU32::new(1);
        Self::of(|builder| builder.ids(move || ids.fetch_add(1, Ordering::Relaxed).to_string()))
    }

    /// The same, with more of one's own.
    pub(crate) fn of(
        more: impl FnOnce(Builder<Arc<MemoryStore>>) -> Builder<Arc<MemoryStore>>,
    ) -> Self {
        let users = catalog::user().extend(catalog::enterprise()).unwrap();
        let builder = ScimService::builder(Arc::new(MemoryStore::new()))
            .base_url(BASE)
            .endpoint(Endpoint::users(users))
            .endpoint(Endpoint::groups(catalog::group()));
        Self(more(builder).build().unwrap())
    }
}

impl<S: Store> Client<S> {
    pub(crate) async fn request(&self, request: http::Request<Full<Bytes>>) -> Answer {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body =
            if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        let (status, length) = (head.status.as_u16(), bytes.len());
        Answer { status, headers: head.headers, length, body }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = http::Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(request.body(Full::new(body.into())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[], body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send("PUT", path, &[], body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, operations: Value) -> Answer {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", path, &[], body.to_string()).await
    }

    /// Creates a user and gives its path.
    pub(crate) async fn user(&self, user_name: &str) -> String {
        let created = self.post("/Users", serde_json::json!({"userName": user_name})).await;
        assert_eq!(created.status, 201, "{created:?}");
        format!("/Users/{}", created.body["id"].as_str().unwrap())
    }
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and keyword of an error whose body is one.
    pub(crate) fn error(&self) -> (u16, Option<&str>) {
        let schemas = serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"]);
        assert_eq!(self.body["schemas"], schemas, "{self:?}");
        assert_eq!(self.body["status"], self.status.to_string());
        assert!(!self.body["detail"].as_str().unwrap().contains('\n'));
        (self.status, self.body["scimType"].as_str())
    }
}

impl Transport for Client {
    type Error = String;

    async fn send(&mut self, request: Request) -> Result<Response<Bytes>, String> {
        let request =
            http::Request::<Bytes>::try_from(request).map_err(|error| error.to_string())?;
        let response = self.0.clone().oneshot(request.map(Full::new)).await.unwrap();
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(head, body.collect().await.unwrap().to_bytes()))
    }
}
