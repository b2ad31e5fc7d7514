//! Exchanges written down as HTTP shows them. Ids and times are counted, cursors are numbered.

use std::{
    fmt::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use chrono::DateTime;
use http::{Request, StatusCode};
use http_body_util::Full;
use scim_service::{
    Builder, Endpoint, MemoryStore, OnConflict, Principal, ScimService, schema::catalog,
};
use serde_json::{Map, Value, json};

use crate::client::{Answer, BASE, Client};

/// The headers of an answer that are worth a line.
const SHOWN: [&str; 6] =
    ["allow", "content-location", "content-type", "etag", "location", "retry-after"];

/// A client that writes down what it sends and is answered.
pub(super) struct Story {
    client: Client,
    time: Arc<AtomicI64>,
    cursors: Vec<String>,
    text: String,
}

impl Story {
    pub(super) fn new(on_conflict: OnConflict) -> Self {
        Self::of(on_conflict, |builder| builder)
    }

    /// Passwords are kept, as their length.
    pub(super) fn with_hasher() -> Self {
        Self::of(OnConflict::Refuse, |builder| {
            builder.secrets(|_, secret| async move {
                Ok(secret.text().unwrap_or_default().len().to_string())
            })
        })
    }

    fn of(
        on_conflict: OnConflict,
        more: impl FnOnce(Builder<Arc<MemoryStore>>) -> Builder<Arc<MemoryStore>>,
    ) -> Self {
        let time = Arc::new(AtomicI64::new(1_300_000_000));
        let (clock, ids) = (time.clone(), AtomicU32::new(1));
        let users = catalog::user().extend(catalog::enterprise()).unwrap();
        let builder = ScimService::builder(Arc::new(MemoryStore::new()))
            .base_url(BASE)
            .endpoint(Endpoint::users(users).on_conflict(on_conflict))
            .endpoint(Endpoint::groups(catalog::group()))
            .clock(move || DateTime::from_timestamp(clock.load(Ordering::Relaxed), 0).unwrap())
            .ids(move || format!("id-{}", ids.fetch_add(1, Ordering::Relaxed)))
            .me("User", |cx| Some(cx.get::<Principal>()?.0.to_string()));
        let client = Client(more(builder).build().unwrap());
        Self { client, time, cursors: Vec::new(), text: String::new() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Value {
        self.exchange("GET", path, &[], None).await
    }

    pub(super) async fn request(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) {
        self.exchange(method, path, headers, None).await;
    }

    pub(super) async fn post(&mut self, path: &str, body: Value) {
        self.exchange("POST", path, &[], Some(body)).await;
    }

    /// Creates a resource and gives its id.
    pub(super) async fn created(&mut self, path: &str, body: Value) -> String {
        let made = self.exchange("POST", path, &[], Some(body)).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// The same, without a word about it.
    pub(super) async fn silently_created(&mut self, path: &str, body: Value) {
        assert_eq!(self.client.post(path, body).await.status, 201);
    }

    pub(super) async fn put(&mut self, path: &str, headers: &[(&str, &str)], body: Value) {
        self.exchange("PUT", path, headers, Some(body)).await;
    }

    pub(super) async fn patch(&mut self, path: &str, operations: Value) {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        let body = json!({"schemas": schemas, "Operations": operations});
        self.exchange("PATCH", path, &[], Some(body)).await;
    }

    pub(super) async fn delete(&mut self, path: &str, headers: &[(&str, &str)]) {
        self.exchange("DELETE", path, headers, None).await;
    }

    async fn exchange(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Value {
        self.time.fetch_add(1, Ordering::Relaxed);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = body.as_ref().map_or(Bytes::new(), |body| body.to_string().into());
        let mut request = request.body(Full::new(bytes)).unwrap();
        if let Some((_, who)) = headers.iter().find(|(name, _)| *name == "X-Principal") {
            request.extensions_mut().insert(Principal((*who).into()));
        }
        let answer = self.client.request(request).await;
        self.write(&format!("{method} {path}"), headers, body.as_ref());
        self.write_answer(&answer);
        answer.body
    }

    fn write_answer(&mut self, answer: &Answer) {
        for name in ["nextCursor", "previousCursor"] {
            self.cursors.extend(answer.body[name].as_str().map(str::to_owned));
        }
        let status = StatusCode::from_u16(answer.status).unwrap();
        let headers: Vec<(&str, &str)> =
            SHOWN.iter().filter_map(|name| Some((*name, answer.header(name)?))).collect();
        let body = Some(&answer.body).filter(|body| !body.is_null());
        self.write(&status.to_string(), &headers, body);
        self.text.push_str(&"-".repeat(80));
        self.text.push('\n');
    }

    fn write(&mut self, line: &str, headers: &[(&str, &str)], body: Option<&Value>) {
        writeln!(self.text, "{line}").unwrap();
        for (name, value) in headers {
            writeln!(self.text, "{name}: {value}").unwrap();
        }
        if let Some(body) = body {
            writeln!(self.text, "\n{:#}", sorted(body)).unwrap();
        }
        self.text.push('\n');
    }
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.text.clone();
        for (at, cursor) in self.cursors.iter().enumerate() {
            text = text.replace(cursor, &format!("(cursor {})", at + 1));
        }
        f.write_str(&text)
    }
}

/// The same with its members in alphabetical order, in whichever order serde_json keeps them.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(elements) => elements.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let sorted = members.into_iter().map(|(name, value)| (name.clone(), sorted(value)));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        value => value.clone(),
    }
}
