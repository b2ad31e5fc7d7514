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
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
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
const VERSION: &str = "W/\"1\"";
const INSTANT: &str = "2010-01-23T04:56:22.000Z";

pub(crate) fn rows(table: &mut Table) {
    if !table.wants(&["POST", "GET", "PATCH"]) {
        return;
    }
    assert_alike();
    let get = || request(Method::GET, &format!("{USERS}/1"), Bytes::new());
    let list = || request(Method::GET, &format!("{USERS}?count=100"), Bytes::new());
    let most = Budget::AtMost(1.2);

    let (ours, other) = (posted(service(0), scim), posted(Bare::holding(0), Bare::answer));
    table.beside("POST a user of 1.7 kB", ours, "bare handler", other, most);

    let (ours, other) = (sent(service(1), scim, get), sent(Bare::holding(1), Bare::answer, get));
    table.beside("GET a user of 1.7 kB", ours, "bare handler", other, most);
    let (ours, other) =
        (sent(service(100), scim, list), sent(Bare::holding(100), Bare::answer, list));
    table.beside("GET 100 users", ours, "bare handler", other, most);

    let patch = || {
        let body = sample::message(json!([{"op": "replace", "path": "active", "value": true}]));
        request(Method::PATCH, &format!("{USERS}/1"), body.to_string().into())
    };
    table.alone("PATCH `active` of a user", sent(service(1), scim, patch), Budget::Any);
}

/// Requests to a server, all of the same kind.
fn sent<'a, S: 'a>(
    server: S,
    send: impl Fn(&S, Request<Full<Bytes>>, u16) -> Bytes + 'a,
    request: impl Fn() -> Request<Full<Bytes>> + 'a,
) -> Work<'a> {
    consuming(16, request, move |request| send(&server, request, 200))
}

/// Creations of users. All are deleted again every so often, outside of the time: what a map of many
/// costs is not of interest here, nor is a server that has just been made.
fn posted<'a, S: 'a>(
    server: S,
    send: impl Fn(&S, Request<Full<Bytes>>, u16) -> Bytes + Copy + 'a,
) -> Work<'a> {
    const TOGETHER: usize = 64;
    // More than are there at a time, since no two have the same name.
    let texts: Vec<Bytes> = (0..2 * TOGETHER).map(user_text).collect();
    let server = Rc::new(server);
    let created = Rc::new(Cell::new(0));
    let mut texts = texts.into_iter().cycle();
    let mut deleted = 0;
    let prepare = {
        let (server, created) = (server.clone(), created.clone());
        move || {
            if created.get() >= deleted + TOGETHER {
                for id in deleted + 1..=created.get() {
                    let user = format!("{USERS}/{id}");
                    send(&server, request(Method::DELETE, &user, Bytes::new()), 204);
                }
                deleted = created.get();
            }
            request(Method::POST, USERS, texts.next().expect("a cycle has no end"))
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
    creations(users).for_each(|request| drop(scim(&service, request, 201)));
    service
}

fn creations(users: usize) -> impl Iterator<Item = Request<Full<Bytes>>> {
    (0..users).map(|number| request(Method::POST, USERS, user_text(number)))
}

fn user_text(number: usize) -> Bytes {
    sample::user(number).to_string().into()
}

fn request(method: Method, url: &str, body: Bytes) -> Request<Full<Bytes>> {
    Request::builder().method(method).uri(url).body(body.into()).expect("a request")
}

fn scim(service: &ScimService<MemoryStore>, request: Request<Full<Bytes>>, status: u16) -> Bytes {
    read(finish(service.clone().call(request)).expect("infallible"), status)
}

fn read<B: BodyExt>(response: Response<B>, status: u16) -> Bytes {
    assert_eq!(response.status(), status);
    finish(response.into_body().collect()).ok().expect("a body").to_bytes()
}

/// Values by id, in a map with a lock around it.
struct Bare {
    users: Mutex<HashMap<String, Value>>,
    next: AtomicU64,
}

impl Bare {
    fn holding(users: usize) -> Self {
        let bare = Self { users: Mutex::default(), next: AtomicU64::new(1) };
        creations(users).for_each(|request| drop(bare.answer(request, 201)));
        bare
    }

    fn answer(&self, request: Request<Full<Bytes>>, status: u16) -> Bytes {
        read(finish(self.handle(request)), status)
    }

    async fn handle(&self, request: Request<Full<Bytes>>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let body = body.collect().await.expect("a body").to_bytes();
        let mut users = self.users.lock().expect("not poisoned");
        if head.method == Method::POST {
            let mut user: Value = serde_json::from_slice(&body).expect("JSON");
            let id = self.next.fetch_add(1, Ordering::Relaxed).to_string();
            let location = format!("{USERS}/{id}");
            user["id"] = json!(id);
            user["meta"] = json!({
                "resourceType": "User",
                "created": INSTANT,
                "lastModified": INSTANT,
                "location": location,
                "version": VERSION,
            });
            let answer = one(StatusCode::CREATED, &user, location);
            users.insert(id, user);
            answer
        } else if let Some(id) = path.strip_prefix("/v2/Users/") {
            if head.method == Method::DELETE {
                users.remove(id);
                return respond(StatusCode::NO_CONTENT, Vec::new());
            }
            one(StatusCode::OK, users.get(id).expect("a user"), format!("{USERS}/{id}"))
        } else {
            let page: Vec<&Value> = users.values().take(100).collect();
            let mut list =
                br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"#.to_vec();
            let (total, shown) = (users.len(), page.len());
            list.extend(format!(r#""totalResults":{total},"itemsPerPage":{shown},"#).into_bytes());
            list.extend_from_slice(br#""startIndex":1,"Resources":"#);
            serde_json::to_writer(&mut list, &page).expect("JSON");
            list.push(b'}');
            respond(StatusCode::OK, list)
        }
    }
}

fn one(status: StatusCode, user: &Value, location: String) -> Response<Full<Bytes>> {
    let mut response = respond(status, serde_json::to_vec(user).expect("JSON"));
    let location = HeaderValue::try_from(location).expect("a header");
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static(VERSION));
    headers.insert(header::LOCATION, location.clone());
    headers.insert(header::CONTENT_LOCATION, location);
    response
}

fn respond(status: StatusCode, body: Vec<u8>) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/scim+json")
        .body(body.into())
        .expect("a response")
}

/// What is measured beside each other answers the same, but for the instants.
fn assert_alike() {
    let (service, bare) = (service(0), Bare::holding(0));
    let gets = || [format!("{USERS}/1"), USERS.to_owned()].into_iter();
    let requests =
        || creations(1).chain(gets().map(|url| request(Method::GET, &url, Bytes::new())));
    for (ours, other) in requests().zip(requests()) {
        let ours = whole(finish(service.clone().call(ours)).expect("infallible"));
        let other = whole(finish(bare.handle(other)));
        assert_eq!(ours, other);
    }
}

fn whole(response: Response<impl BodyExt>) -> (StatusCode, HeaderMap, Value) {
    let (head, body) = response.into_parts();
    let body = finish(body.collect()).ok().expect("a body").to_bytes();
    let mut body: Value = serde_json::from_slice(&body).expect("JSON");
    for place in ["/meta", "/Resources/0/meta"] {
        let Some(meta) = body.pointer_mut(place) else { continue };
        for name in ["created", "lastModified"] {
            let instant = meta[name].take();
            assert_eq!(instant.as_str().map(str::len), Some(INSTANT.len()));
        }
    }
    (head.status, head.headers, body)
}

/// Nothing here waits, so that a future is ready at once.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing in memory waits"),
    }
}
