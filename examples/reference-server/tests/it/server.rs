//! A running server, and requests to it.

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use ::http::{HeaderValue, Method, header};
use bytes::Bytes;
use scim_service::testing::transcript::{Request, Transport};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::http::Client;

pub(crate) const TOKEN: &str = "a-token-of-the-tests";

/// A server on a free port; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) base_url: String,
    pub(crate) address: SocketAddr,
    pub(crate) process: Child,
    output: Lines<BufReader<ChildStdout>>,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ::http::HeaderMap,
    pub(crate) body: Value,
}

/// Whether a program is there that a test needs; where all tests have to run, it must be.
pub(crate) fn is_there(program: &str) -> bool {
    let found = std::process::Command::new(program).arg("--version").output().is_ok();
    assert!(found || std::env::var_os("CI").is_none(), "{program} is not installed");
    if !found {
        eprintln!("{program} is not installed: the test is not run");
    }
    found
}

impl Server {
    /// One tenant of the generic profile on the database in this folder.
    pub(crate) async fn start(folder: &TempDir) -> Self {
        Self::with(folder.path(), &["--tenant", &format!("acme:generic:{TOKEN}")]).await
    }

    pub(crate) async fn with(folder: &Path, arguments: &[&str]) -> Self {
        Self::spawn(Command::new(env!("CARGO_BIN_EXE_reference-server")), folder, arguments).await
    }

    /// Starts the server by a command, which may be another program that runs it.
    pub(crate) async fn spawn(command: Command, folder: &Path, arguments: &[&str]) -> Self {
        Self::spawn_logging(command, folder, arguments, "off").await
    }

    /// The same, with logs of this level.
    pub(crate) async fn spawn_logging(
        mut command: Command,
        folder: &Path,
        arguments: &[&str],
        level: &str,
    ) -> Self {
        let database = format!("sqlite:{}", folder.join("scim.db").display());
        command
            .args(["--listen", "127.0.0.1:0", "--database", &database])
            .args(arguments)
            .env("RUST_LOG", level)
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = output.next_line().await.unwrap().expect("the server says where it is");
        let base_url = first.strip_prefix("SCIM base URL: ").unwrap().to_owned();
        let authority = base_url.split('/').nth(2).unwrap();
        Self { address: authority.parse().unwrap(), base_url, process, output }
    }

    /// The next line that the server prints.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.output.next_line().await.unwrap()
    }

    /// Asks the server to stop, as an operator does.
    pub(crate) fn ask_to_stop(&self) {
        let pid = self.process.id().unwrap().to_string();
        let asked = std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success());
    }

    /// Stops the server and waits until it has.
    pub(crate) async fn stop(&mut self) {
        self.ask_to_stop();
        let status = tokio::time::timeout(Duration::from_secs(20), self.process.wait()).await;
        assert!(status.unwrap().unwrap().success());
    }

    /// What a path answers that needs no token and is no JSON.
    pub(crate) async fn text(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        let answer = Client::new(self.address).raw(request).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        String::from_utf8(answer.into_body().to_vec()).unwrap()
    }

    pub(crate) fn client(&self) -> Session {
        Session { client: Client::new(self.address), token: TOKEN.to_owned() }
    }
}

/// A connection with a token.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) token: String,
}

impl Session {
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = token.to_owned();
        self
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> Request {
        let mut request =
            Request::new(method.parse::<Method>().unwrap(), format!("/scim/v2{path}"));
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token)).unwrap();
        request.headers.insert(header::AUTHORIZATION, bearer);
        request
    }

    /// Sends a request; `None` if the server is gone.
    pub(crate) async fn try_send(
        &mut self,
        method: &str,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Option<Answer> {
        let mut request = self.request(method, path);
        request.body = Some(body.into()).filter(|body| !body.is_empty());
        self.client.send(request).await.ok().map(Answer::from)
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Answer {
        self.try_send(method, path, body).await.expect("an answer")
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Creates a resource and gives its id.
    pub(crate) async fn create(&mut self, path: &str, body: Value) -> String {
        let created = self.send("POST", path, body.to_string()).await;
        assert_eq!(created.status, 201, "{created:?}");
        created.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn patch(&mut self, path: &str, operations: Value) -> Answer {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.send("PATCH", path, body.to_string()).await
    }
}

impl From<::http::Response<Bytes>> for Answer {
    fn from(response: ::http::Response<Bytes>) -> Self {
        let (head, bytes) = response.into_parts();
        let body =
            if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Self { status: head.status.as_u16(), headers: head.headers, body }
    }
}

impl Answer {
    /// Whether it is a SCIM error of the client's.
    pub(crate) fn is_refusal(&self) -> bool {
        (400..500).contains(&self.status)
            && self.body["status"] == json!(self.status.to_string())
            && self.body["schemas"] == json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    }
}
