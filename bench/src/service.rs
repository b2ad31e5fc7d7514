//! The service in process, beside a handler that does no more than read, keep and render.

use std::{
    cell::Cell,
    collections::HashMap,
    pin::pin,
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Full};
use scim_service::{Endpoint, MemoryStore, ScimService};
use serde_json::{Value, json};
use tower_service::Service;

use crate::{
    measure::{Work, consuming},
    sample,
    table::{Budget, Table},
};

const BASE: &str = "https://scim.example.com/v2";
const USERS: &str = "https://scim.example.com/v2/Users";

pub(crate) fn rows(table: &mut Table) {
    if !table.wants(&["POST", "GET", "PATCH"]) {
        return;
    }
    let get = || Request::get(format!("{USERS}/1")).body(Full::default()).expect("a request");
    let list =
        || Request::get(format!("{USERS}?count=100")).body(Full::default()).expect("a request");
    let most = Budget::AtMost(1.2);

    let (ours, other) = (posted(service(0), scim), posted(Bare::holding(0), Bare::answer));
    table.beside("POST a user of 1.7 kB", ours, "bare handler", other, most);

    table.beside("GET a user of 1.7 kB", sent(service(1), get), "bare handler", bare(1, get), most);
    table.beside("GET 100 users", sent(service(100), list), "bare handler", bare(100, list), most);

    let patch = || {
        let body = sample::message(json!([{"op": "replace", "path": "active", "value": true}]));
        let body = Full::from(body.to_string());
        Request::patch(format!("{USERS}/1")).body(body).expect("a request")
    };
    table.alone("PATCH `active` of a user", sent(service(1), patch), Budget::Any);
}

/// Requests to a service, all of the same kind.
fn sent<'a>(
    service: ScimService<MemoryStore>,
    request: impl Fn() -> Request<Full<Bytes>> + 'a,
) -> Work<'a> {
    consuming(16, request, move |request| scim(&service, request, 200))
}

fn bare<'a>(users: usize, request: impl Fn() -> Request<Full<Bytes>> + 'a) -> Work<'a> {
    let bare = Bare::holding(users);
    consuming(16, request, move |request| bare.answer(request, 200))
}

/// Creations of users. All are deleted again every so often, outside of the time: what a map of many
/// costs is not of interest here, nor is a server that has just been made.
fn posted<'a, S: 'a>(
    server: S,
    send: impl Fn(&S, Request<Full<Bytes>>, u16) -> Bytes + Copy + 'a,
) -> Work<'a> {
    const TOGETHER: usize = 64;
    // More than are there at a time, since no two have the same name.
    let texts: Vec<Bytes> =
        (0..2 * TOGETHER).map(|number| sample::user(number).to_string().into()).collect();
    let server = Rc::new(server);
    let created = Rc::new(Cell::new(0));
    let mut texts = texts.into_iter().cycle();
    let mut deleted = 0;
    let prepare = {
        let (server, created) = (server.clone(), created.clone());
        move || {
            if created.get() >= deleted + TOGETHER {
                for id in deleted + 1..=created.get() {
                    let delete = Request::delete(format!("{USERS}/{id}")).body(Full::default());
                    send(&server, delete.expect("a request"), 204);
                }
                deleted = created.get();
            }
            let body = Full::from(texts.next().expect("a cycle has no end"));
            Request::post(USERS).body(body).expect("a request")
        }
    };
    consuming(16, prepare, move |request| {
        created.set(created.get() + 1);
        send(&server, request, 201)
    })
}

/// A service that holds so many users, with ids from 1.
fn service(users: usize) -> ScimService<MemoryStore> {
    let next = AtomicU64::new(1);
    let service = ScimService::builder(MemoryStore::new())
        .base_url(BASE)
        .endpoint(Endpoint::users(sample::USERS.clone()))
        .endpoint(Endpoint::groups(sample::GROUPS.clone()))
        .ids(move || next.fetch_add(1, Ordering::Relaxed).to_string())
        .build()
        .expect("a service");
    for number in 0..users {
        let body = Full::from(sample::user(number).to_string());
        scim(&service, Request::post(USERS).body(body).expect("a request"), 201);
    }
    service
}

fn scim(service: &ScimService<MemoryStore>, request: Request<Full<Bytes>>, status: u16) -> Bytes {
    let response = finish(service.clone().call(request)).expect("infallible");
    assert_eq!(response.status(), status);
    finish(response.into_body().collect()).expect("a body").to_bytes()
}

/// Values by id, in a map with a lock around it.
struct Bare {
    users: Mutex<HashMap<String, Value>>,
    next: AtomicU64,
}

impl Bare {
    fn holding(users: usize) -> Self {
        let users = (0..users)
            .map(|number| ((number + 1).to_string(), Value::Object(sample::stored_user(number))));
        let next = AtomicU64::new(users.len() as u64 + 1);
        Self { users: Mutex::new(users.collect()), next }
    }

    fn answer(&self, request: Request<Full<Bytes>>, status: u16) -> Bytes {
        let response = finish(self.handle(request));
        assert_eq!(response.status(), status);
        finish(response.into_body().collect()).expect("a body").to_bytes()
    }

    async fn handle(&self, request: Request<Full<Bytes>>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let body = body.collect().await.expect("a body").to_bytes();
        let mut users = self.users.lock().expect("not poisoned");
        let (status, bytes) = if head.method == http::Method::POST {
            let mut user: Value = serde_json::from_slice(&body).expect("JSON");
            let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
            user["id"] = json!(id);
            user["meta"] = json!({
                "resourceType": "User",
                "created": "2010-01-23T04:56:22Z",
                "lastModified": "2010-01-23T04:56:22Z",
                "location": format!("{USERS}/{id}"),
                "version": "W/\"1\"",
            });
            let bytes = serde_json::to_vec(&user);
            users.insert(id, user);
            (StatusCode::CREATED, bytes)
        } else if let Some(id) = path.strip_prefix("/v2/Users/") {
            if head.method == http::Method::DELETE {
                users.remove(id);
                (StatusCode::NO_CONTENT, Ok(Vec::new()))
            } else {
                (StatusCode::OK, serde_json::to_vec(&users.get(id)))
            }
        } else {
            let page: Vec<&Value> = users.values().take(100).collect();
            let mut list =
                br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"#.to_vec();
            let (total, shown) = (users.len(), page.len());
            list.extend(format!(r#""totalResults":{total},"itemsPerPage":{shown},"#).into_bytes());
            list.extend_from_slice(br#""startIndex":1,"Resources":"#);
            let rendered = serde_json::to_writer(&mut list, &page);
            list.push(b'}');
            (StatusCode::OK, rendered.map(|()| list))
        };
        Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/scim+json")
            .body(Full::from(bytes.expect("JSON")))
            .expect("a response")
    }
}

/// Nothing here waits, so that a future is ready at once.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing in memory waits"),
    }
}
