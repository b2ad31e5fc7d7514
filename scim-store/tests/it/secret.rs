//! Passwords: hashed, in a table of their own, and in clear nowhere.

use std::{
    io,
    sync::{Arc, Mutex},
};

use futures_executor::block_on;
use http::{Extensions, Request};
use http_body_util::BodyExt;
use scim_schema::{Mode, Secret, catalog};
use scim_service::{Context, Endpoint, New, ScimService, Store, Tenant};
use scim_store::SqliteStore;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::file::{File, patch, user, users};

/// Sets what is kept of a password.
pub(crate) fn secret(store: &SqliteStore, id: &str, hash: &str) {
    let new =
        users().schema().validate(json!({"userName": "keeper"}), Mode::Create, users().compat());
    let mut new = new.unwrap();
    new.set_secret("password", json!(hash));
    block_on(store.create(&users(), New::with_id(format!("{id}-keeper"), new))).unwrap();
}

/// All that the process logs, at the finest level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn send(service: &ScimService<SqliteStore>, method: &str, path: &str, body: &Value) -> Value {
    let mut request = Request::builder().method(method).uri(path).body(body.to_string()).unwrap();
    request.extensions_mut().insert(Tenant("a".into()));
    let response = block_on(service.clone().oneshot(request)).unwrap();
    let bytes = block_on(response.into_body().collect()).unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn service(store: SqliteStore, hashes: bool) -> ScimService<SqliteStore> {
    let builder = ScimService::builder(store)
        .base_url("https://scim.example.com")
        .endpoint(Endpoint::users(catalog::user()));
    let hash = |_: Context, secret: Secret| async move {
        Ok(format!("$kept-apart${}", secret.text().unwrap_or_default().len()))
    };
    if hashes { builder.secrets(hash).build() } else { builder.build() }.unwrap()
}

/// Everything that the file and its log hold.
fn bytes(file: &File) -> Vec<u8> {
    let mut bytes = Vec::new();
    for end in ["", "-wal"] {
        let mut path = file.path().as_os_str().to_owned();
        path.push(end);
        bytes.extend(std::fs::read(path).unwrap_or_default());
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_password_stands_in_clear_in_no_file_and_in_no_log() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    for (hashes, kept) in [(true, true), (false, false)] {
        let file = File::new();
        let service = service(file.open(), hashes);
        let passwords = ["correct-horse-1", "battery-staple-22", "tr0ub4dor-and-333"];
        let user = json!({"userName": "ann", "password": passwords[0]});
        let created = send(&service, "POST", "/Users", &user);
        let path = format!("/Users/{}", created["id"].as_str().unwrap());
        let put = json!({"userName": "ann", "title": "Guide", "password": passwords[1]});
        assert_eq!(send(&service, "PUT", &path, &put)["title"], "Guide");
        let change = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "password", "value": passwords[2]}],
        });
        assert_eq!(send(&service, "PATCH", &path, &change)["userName"], "ann");
        send(&service, "POST", "/Users", &user);
        send(&service, "PUT", &path, &json!({"password": passwords[1]}));
        let mut extensions = Extensions::new();
        extensions.insert(Tenant("a".into()));
        let cx = service.context("User", extensions).unwrap();
        let found = service.store().secret(&cx, created["id"].as_str().unwrap(), "password");
        let expected = kept.then(|| "$kept-apart$17".to_owned());
        assert_eq!(block_on(found).unwrap(), expected);
        let faults = block_on(service.store().check(&cx)).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        let bytes = bytes(&file);
        assert_eq!(holds(&bytes, "kept-apart"), kept);
        for password in passwords {
            assert!(!holds(&bytes, password), "{password}");
        }
    }
    let logged = log.0.lock().unwrap().clone();
    for word in ["correct-horse", "battery-staple", "tr0ub4dor", "kept-apart"] {
        assert!(!holds(&logged, word), "{word}");
    }
}

#[test]
fn what_is_kept_survives_the_store_and_is_in_no_document_or_key() {
    let file = File::new();
    secret(&file.open(), "ann", "$kept-apart$");
    let store = file.open();
    let found = block_on(store.secret(&users(), "ann-keeper", "password")).unwrap();
    assert_eq!(found.as_deref(), Some("$kept-apart$"));
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    for table in ["resource", "search", "key", "change"] {
        let all = format!(
            "SELECT count(*) FROM {table} t WHERE CAST(t.{} AS TEXT) LIKE '%kept-apart%'",
            match table {
                "resource" => "doc",
                "search" => "keys",
                "key" => "k",
                _ => "reason",
            }
        );
        let count: i64 = connection.query_row(&all, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}

#[test]
fn a_secret_of_nobody_is_a_fault() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let title = json!([{"op": "add", "path": "title", "value": "Guide"}]);
    patch(&store, &users(), "ann", title).unwrap().unwrap();
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    let whose = users().get::<Tenant>().unwrap().0.clone();
    let insert = "INSERT INTO secret VALUES (?1, 'User', 'gone', 'password', 'x')";
    connection.execute(insert, [&*whose]).unwrap();
    let faults = block_on(store.check(&users())).unwrap();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["User gone: a secret of it is kept and it does not exist"]);
}
