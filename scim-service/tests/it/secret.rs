//! Where a password could come to light: in answers, in logs, in what is handed to stores and
//! policies (RFC 7643 §4.1.1, §9.2).

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::{Arc, Mutex, Once},
};

use scim_service::{
    Builder, Context, Endpoint, Event, Features, Policy, Proposal, ScimService, StoreError,
    core::Error,
    schema::{Secret, catalog},
};
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    client::{BASE, Client},
    wrapped::Wrapped,
};

/// Part of every password that is sent here.
const SECRET: &str = "t1meMa$heen";

/// All that was written anywhere.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().extend(text.as_bytes());
    }

    /// Notes what this thread logs. One subscriber serves all threads: whether a place logs is
    /// remembered for all of them, by whichever comes there first.
    pub(crate) fn log(&self) -> Noted {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let format = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
            format.with_writer(|| Here).init();
        });
        HERE.set(Some(self.clone()));
        Noted
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

thread_local! {
    /// Who notes what this thread logs.
    static HERE: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// What a thread logs is noted until this is dropped.
pub(crate) struct Noted;

impl Drop for Noted {
    fn drop(&mut self) {
        HERE.set(None);
    }
}

/// Writes to whoever notes what this thread logs.
struct Here;

impl Write for Here {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HERE.with_borrow(|seen| match seen {
            Some(seen) => seen.0.lock().unwrap().write(bytes),
            None => Ok(bytes.len()),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A policy that shows what it is shown.
struct Watching(Seen);

impl Policy for Watching {
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        self.0.note(&format!("policy: {cx:?} {proposal:?}\n"));
        Ok(())
    }

    fn after(&self, cx: &Context, event: &Event<'_>) {
        self.0.note(&format!("policy: {cx:?} {event:?}\n"));
    }
}

/// A client, and all that its service shows or logs. The store fails when `fails` is in a call.
fn watched(
    fails: &'static str,
    more: impl FnOnce(Builder<Arc<Wrapped>>) -> Builder<Arc<Wrapped>>,
) -> (Client<Wrapped>, Seen) {
    let seen = Seen::default();
    let calls = seen.clone();
    let store = Wrapped::new(Features::default(), move |call| {
        calls.note(&format!("store: {call}\n"));
        if fails.is_empty() || !call.contains(fails) {
            return Ok(());
        }
        Err(StoreError::from(io::Error::other("the disk is full")))
    });
    let builder = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .policy(Watching(seen.clone()))
        .ids(|| "1".to_owned());
    (Client(more(builder).build().unwrap()), seen)
}

/// Every way in which a password can be sent, rightly and wrongly.
fn requests() -> Vec<(&'static str, String, String)> {
    let patch = |operation: serde_json::Value| {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        json!({"schemas": schemas, "Operations": [operation]}).to_string()
    };
    let user = json!({"userName": "ann", "password": SECRET});
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User:password";
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "PUT", "path": "/Users/1", "data": user},
            {"method": "PATCH", "path": "/Users/1", "data": {
                "Operations": [{"op": "add", "path": "password", "value": SECRET}],
            }},
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": user},
            {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"password": [SECRET]}},
        ],
    });
    let quoted = "%22t1meMa$heen%22";
    let made = |method, path: &str, body: String| (method, path.to_owned(), body);
    vec![
        made("POST", "/Users?attributes=password", user.to_string()),
        made("POST", "/Users", user.to_string()),
        made("PUT", "/Users/1", user.to_string()),
        made(
            "PUT",
            "/Users/1?attributes=password",
            json!({"userName": "ann", "PassWord": SECRET}).to_string(),
        ),
        made(
            "PATCH",
            "/Users/1",
            patch(json!({"op": "replace", "path": "password", "value": SECRET})),
        ),
        made("PATCH", "/Users/1", patch(json!({"op": "add", "path": urn, "value": SECRET}))),
        made("PATCH", "/Users/1", patch(json!({"op": "replace", "value": {"password": SECRET}}))),
        made("PATCH", "/Users/1", patch(json!({"op": "replace", "value": {urn: SECRET}}))),
        made(
            "PATCH",
            "/Users/1",
            patch(json!({"op": "remove", "path": "password", "value": SECRET})),
        ),
        made(
            "PATCH",
            "/Users/1",
            patch(
                json!({"op": "add", "path": format!("password[value eq \"{SECRET}\"]"), "value": SECRET}),
            ),
        ),
        made(
            "PATCH",
            "/Users/1",
            patch(json!({"op": "add", "path": "password", "value": [SECRET, {"value": SECRET}]})),
        ),
        made(
            "PATCH",
            "/Users/1",
            patch(json!({"op": SECRET, "path": "password", "value": SECRET})),
        ),
        made(
            "POST",
            "/Users",
            json!({"userName": "bob", "password": {"value": SECRET}}).to_string(),
        ),
        made(
            "POST",
            "/Users",
            json!({"userName": [SECRET], "password": SECRET, "active": SECRET}).to_string(),
        ),
        made("POST", "/Users", format!("{{\"password\": \"{SECRET}\", ")),
        made(
            "POST",
            "/Users",
            format!("{{\"password\": \"{SECRET}\", \"PASSWORD\": \"{SECRET}\"}}"),
        ),
        made("POST", "/Bulk", bulk.to_string()),
        made("POST", "/Bulk", bulk.to_string().replace("BulkRequest", "Nothing")),
        made("GET", &format!("/Users?filter=password+eq+{quoted}"), String::new()),
        made(
            "GET",
            &format!("/Users?filter=userName+eq+{quoted}+and+password+{quoted}"),
            String::new(),
        ),
        made("GET", &format!("/?filter=password+eq+{quoted}"), String::new()),
        made(
            "POST",
            "/Users/.search",
            json!({"filter": format!("password eq \"{SECRET}\"")}).to_string(),
        ),
        made("GET", "/Users/1?attributes=password", String::new()),
        made("GET", "/Users?attributes=password", String::new()),
        made("DELETE", "/Users/1", String::new()),
    ]
}

/// Sends them all and gives the statuses; nothing that comes to light is a password.
fn hold(client: &Client<Wrapped>, seen: &Seen) -> Vec<u16> {
    let mut statuses = Vec::new();
    let _guard = seen.log();
    for (method, path, body) in requests() {
        let answer = futures_executor::block_on(client.send(method, &path, &[], body));
        seen.note(&format!("answer: {answer:?} {}\n", answer.body));
        statuses.push(answer.status);
    }
    seen.note(&format!("{:?}", client.0));
    let text = seen.text();
    let line = text.lines().find(|line| line.contains(SECRET));
    assert_eq!(line, None, "a password came to light");
    statuses
}

/// RFC 7643 §4.1.1, RFC 7643 §9.2
#[test]
fn a_password_comes_to_light_nowhere() {
    let (client, seen) = watched("", |builder| builder);
    let statuses = hold(&client, &seen);
    assert_eq!(&statuses[..9], [201, 409, 200, 200, 200, 200, 200, 200, 200]);
    assert!(seen.text().contains("store: ") && seen.text().contains("policy: "));
    let is_shown = |line: &str| line.starts_with("policy: ") && line.contains("resource: Valid");
    assert!(seen.text().lines().any(is_shown), "what a policy is shown is looked at");
}

/// RFC 7643 §4.1.1, RFC 7643 §9.2
#[test]
fn a_password_is_hashed_before_anyone_else_sees_it() {
    let hash = |_: Context, secret: Secret| async move {
        assert_eq!(secret.text(), Some(SECRET));
        Ok("hashed".to_owned())
    };
    let (client, seen) = watched("", |builder| builder.secrets(hash));
    let statuses = hold(&client, &seen);
    assert_eq!(&statuses[..9], [201, 409, 200, 200, 200, 200, 200, 200, 200]);
    assert!(!seen.text().contains("hashed"), "not even its hash is shown");
}

/// RFC 7643 §4.1.1, RFC 7644 §3.12
#[test]
fn a_password_stands_in_no_failure_either() {
    for fails in ["New", "Change", "Query", "Context"] {
        let (client, seen) = watched(fails, |builder| builder);
        assert!(hold(&client, &seen).contains(&500), "{fails}");
        assert!(seen.text().contains("the disk is full"), "the failure is logged");
    }
    let fail = |_: Context, _: Secret| async { Err(Error::internal()) };
    let (client, seen) = watched("", |builder| builder.secrets(fail));
    assert!(hold(&client, &seen).contains(&500));
}
