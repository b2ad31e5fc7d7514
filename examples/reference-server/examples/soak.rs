//! Full load on a server of its own, for as long as is asked: whether its memory stays as it is,
//! and whether it makes a mistake.
//!
//! ```sh
//! cargo build --release -p reference-server
//! cargo run --release -p reference-server --example soak -- 600
//! ```
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "it may fail by panicking; of the client of the tests it needs a part"
)]

#[path = "../tests/it/http.rs"]
mod http;

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use ::http::{HeaderValue, Method, header};
use scim_service::testing::transcript::{Request, Transport};
use serde_json::{Value, json};

use crate::http::Client;

const TOKEN: &str = "a-token-of-the-soak";
const CLIENTS: usize = 16;
const EVERY: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Tally {
    requests: AtomicU64,
    errors: AtomicU64,
    is_over: AtomicBool,
}

#[tokio::main]
async fn main() {
    let seconds = std::env::args().nth(1).map_or(600, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let (mut server, address) = start(&folder);
    let tally = Arc::new(Tally::default());
    let mut first = User::new(address, tally.clone());
    let group: Arc<str> = first.create("/Groups", json!({"displayName": "All"})).await.into();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let mut user = User::new(address, tally.clone());
            let group = group.clone();
            tokio::spawn(async move { user.live(number, &group).await })
        })
        .collect();

    let begin = Instant::now();
    let mut before = 0;
    say("seconds  requests  per second  errors  resident kB");
    while begin.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(EVERY).await;
        let (requests, errors) = (tally.requests.load(Relaxed), tally.errors.load(Relaxed));
        let rate = (requests - before) / EVERY.as_secs();
        before = requests;
        let (elapsed, resident) = (begin.elapsed().as_secs(), resident(&server));
        say(&format!("{elapsed:>7}  {requests:>8}  {rate:>10}  {errors:>6}  {resident:>11}"));
    }
    tally.is_over.store(true, Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(tally.errors.load(Relaxed), 0, "some requests were answered wrongly");
}

/// The server that was built beside this program, on a free port.
fn start(folder: &tempfile::TempDir) -> (Child, SocketAddr) {
    let own = std::env::current_exe().unwrap();
    let program = own.parent().unwrap().parent().unwrap().join("reference-server");
    let database = format!("sqlite:{}", folder.path().join("scim.db").display());
    let mut server = Command::new(program)
        .args(["--listen", "127.0.0.1:0", "--database", &database])
        .args(["--tenant", &format!("acme:generic:{TOKEN}")])
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let authority = line.split('/').nth(2).unwrap();
    (server, authority.parse().unwrap())
}

fn resident(server: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Somebody who makes users come, change and go, so that there are never more of them.
struct User {
    client: Client,
    tally: Arc<Tally>,
}

impl User {
    fn new(address: SocketAddr, tally: Arc<Tally>) -> Self {
        Self { client: Client::new(address), tally }
    }

    async fn live(&mut self, number: usize, group: &str) {
        let mut round = 0_u64;
        while !self.tally.is_over.load(Relaxed) {
            round += 1;
            self.round(&format!("user-{number}-{round}@example.com"), group).await;
        }
    }

    async fn round(&mut self, name: &str, group: &str) {
        let body = json!({"userName": name, "name": {"familyName": "Jensen"},
            "emails": [{"value": name, "type": "work", "primary": true}]});
        let id = self.create("/Users", body.clone()).await;
        let (user, group) = (format!("/Users/{id}"), format!("/Groups/{group}"));
        let patch = |operation: Value| {
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [operation]})
        };
        let joins = json!({"op": "add", "path": "members", "value": [{"value": id}]});
        self.send("PATCH", &group, patch(joins), 204).await;
        self.send("GET", &user, Value::Null, 200).await;
        let search = format!("/Users?filter=userName%20eq%20%22{name}%22");
        let found = self.send("GET", &search, Value::Null, 200).await;
        self.expect(found["totalResults"] == 1, "a user is not found");
        self.send("GET", "/Users?count=10&sortBy=userName", Value::Null, 200).await;
        self.send("GET", "/Groups?excludedAttributes=members", Value::Null, 200).await;
        let moves = json!({"op": "replace", "path": "title", "value": "Guide"});
        self.send("PATCH", &user, patch(moves), 200).await;
        self.send("PUT", &user, body.clone(), 200).await;
        self.send("POST", "/Users", body, 409).await;
        let leaves = json!({"op": "replace", "value": {"active": false}});
        let left = self.send("PATCH", &user, patch(leaves), 200).await;
        self.expect(left["active"] == false, "a leaver is active");
        let goes = json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
        self.send("PATCH", &group, patch(goes), 204).await;
        self.send("DELETE", &user, Value::Null, 204).await;
        self.send("GET", &user, Value::Null, 404).await;
    }

    async fn create(&mut self, path: &str, body: Value) -> String {
        let created = self.send("POST", path, body, 201).await;
        created["id"].as_str().unwrap_or_default().to_owned()
    }

    async fn send(&mut self, method: &str, path: &str, body: Value, status: u16) -> Value {
        let method: Method = method.parse().unwrap();
        let mut request = Request::new(method, format!("/scim/v2{path}"));
        let token = HeaderValue::from_str(&format!("Bearer {TOKEN}")).unwrap();
        request.headers.insert(header::AUTHORIZATION, token);
        request.body = (!body.is_null()).then(|| body.to_string().into());
        let answer = self.client.send(request).await;
        self.tally.requests.fetch_add(1, Relaxed);
        let answered = answer.as_ref().map(|answer| answer.status().as_u16()).unwrap_or_default();
        self.expect(answered == status, path);
        let body = answer.map(|answer| answer.into_body()).unwrap_or_default();
        serde_json::from_slice(&body).unwrap_or_default()
    }

    fn expect(&self, holds: bool, what: &str) {
        if !holds {
            self.tally.errors.fetch_add(1, Relaxed);
            say(&format!("wrong: {what}"));
        }
    }
}
