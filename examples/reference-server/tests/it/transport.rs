//! Connections: TLS, HTTP/2, time-outs, the rate limit, and a stop that loses nothing.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    http::Client,
    server::{Answer, Server, TOKEN, is_there},
};

/// Far above what any of these need.
const SOON: Duration = Duration::from_secs(20);

fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (chain, key)
}

/// A server of one tenant that speaks TLS, and its certificate.
async fn secured(folder: &Path) -> (Server, String) {
    let (chain, key) = certificate(folder);
    let (chain, key) = (chain.to_str().unwrap(), key.to_str().unwrap());
    let tenant = format!("acme:generic:{TOKEN}");
    let arguments = ["--tls-cert", chain, "--tls-key", key, "--tenant", &tenant];
    (Server::with(folder, &arguments).await, chain.to_owned())
}

/// Asks a server that speaks TLS for its users.
fn curl(server: &Server, chain: &str, arguments: &[&str]) -> String {
    let port = server.address.port();
    let output = Command::new("curl")
        .args(["--silent", "--fail", "--cacert", chain])
        .args(["--resolve", &format!("localhost:{port}:127.0.0.1")])
        .args(["-H", &format!("Authorization: Bearer {TOKEN}")])
        .args(arguments)
        .arg(format!("https://localhost:{port}/scim/v2/Users"))
        .output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

/// RFC 7644 §7.2, RFC 7644 §7.4
#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls_and_both_versions_of_http() {
    if !is_there("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (server, chain) = secured(folder.path()).await;
    assert!(server.base_url.starts_with("https://"));
    for (version, shown) in [("--http1.1", "1.1"), ("--http2", "2")] {
        let said = curl(&server, &chain, &[version, "-w", "\n%{http_version}"]);
        assert!(said.contains("ListResponse"), "{version}: {said}");
        assert_eq!(said.lines().last(), Some(shown));
    }
    let plain = Client::new(server.address).raw("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(plain.is_err(), "nothing is answered in the clear");
}

/// RFC 7644 §7.2
#[tokio::test]
async fn tls_1_2_and_1_3_are_spoken() {
    if !is_there("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (server, chain) = secured(folder.path()).await;
    for arguments in [["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3", "--tls-max", "1.3"]] {
        let said = curl(&server, &chain, &arguments);
        assert!(said.contains("ListResponse"), "{arguments:?}: {said}");
    }
}

/// The first message of a client that speaks TLS in this version at most, with one cipher suite
/// and one signature algorithm (RFC 5246 §7.4.1.2).
fn client_hello(version: [u8; 2]) -> Vec<u8> {
    let algorithms = [0, 13, 0, 4, 0, 2, 4, 1];
    let hello = [&version[..], &[7; 32], &[0, 0, 2, 0xc0, 0x2f, 1, 0, 0, 8], &algorithms].concat();
    let length = u8::try_from(hello.len()).unwrap();
    [&[22, 3, 1, 0, length + 4, 1, 0, 0, length], hello.as_slice()].concat()
}

/// RFC 7644 §7.2
#[tokio::test]
async fn tls_1_1_is_refused_as_a_version_of_the_protocol() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = secured(folder.path()).await;
    // That there is no cipher suite in common is the complaint of a version that is spoken.
    for (version, complaint) in [([3, 1], 70), ([3, 2], 70), ([3, 3], 40)] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&client_hello(version)).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!((answer.first(), answer.last()), (Some(&21), Some(&complaint)), "{answer:?}");
    }
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_too() {
    if !is_there("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let body = json!({"userName": "ann"}).to_string();
    let output = Command::new("curl")
        .args([
            "--silent",
            "--http2-prior-knowledge",
            "-H",
            &format!("Authorization: Bearer {TOKEN}"),
        ])
        .args(["--json", &body, "-w", "\n%{http_version} %{http_code}"])
        .arg(format!("{}/Users", server.base_url))
        .output()
        .unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("\n2 201"));
}

#[test]
fn a_certificate_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (chain, _) = certificate(folder.path());
    let chain = chain.to_str().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let empty = empty.to_str().unwrap();
    for (arguments, complaint) in [
        (["--tls-cert", "missing.pem", "--tls-key", chain], "missing.pem"),
        (["--tls-cert", empty, "--tls-key", chain], "holds no certificate"),
        (["--tls-cert", chain, "--tls-key", empty], "empty.pem"),
    ] {
        let error = crate::cli::refused(folder.path(), &arguments);
        assert!(error.contains(complaint), "{arguments:?}: {error}");
    }
    let alone = crate::cli::refused(folder.path(), &["--tls-cert", chain]);
    assert!(alone.contains("--tls-key"), "{alone}");
}

/// Sends the beginning of a request, and gives what comes back until the server hangs up.
async fn half(server: &Server, beginning: &str) -> String {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let end = tokio::time::timeout(SOON, stream.read_to_string(&mut answer)).await;
    assert!(end.is_ok(), "the server waits for ever");
    answer
}

#[tokio::test]
async fn who_is_slow_is_hung_up_on() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = format!("acme:generic:{TOKEN}");
    let server = Server::with(
        folder.path(),
        &[
            "--header-timeout",
            "1",
            "--body-timeout",
            "1",
            "--idle-timeout",
            "2",
            "--tenant",
            &tenant,
        ],
    )
    .await;
    let body = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: 100\r\n\r\n{{"
    );
    let served = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let (head, body, served, silent, preface) = tokio::join!(
        half(&server, "GET /scim/v2/Users HTTP/1.1\r\nHost: "),
        half(&server, &body),
        half(&server, served),
        half(&server, ""),
        half_bytes(&server, preface),
    );
    assert!(!head.contains("200 OK"), "{head}");
    assert!(body.starts_with("HTTP/1.1 400"), "{body}");
    assert!(served.starts_with("HTTP/1.1 200"), "{served}");
    assert_eq!(silent, "");
    assert!(preface, "a connection under HTTP/2 is closed as well");
    assert_eq!(server.client().get("/Users").await.body["totalResults"], 0);
}

/// Whether the server hangs up behind these bytes.
async fn half_bytes(server: &Server, beginning: &str) -> bool {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(beginning.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(SOON, stream.read_to_end(&mut answer)).await.is_ok()
}

/// RFC 9865 §5.3, RFC 7644 §7.6
#[tokio::test]
async fn a_tenant_that_asks_too_much_is_told_when_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(
        folder.path(),
        &["--rate-limit", "3", "--tenant", "a:generic:of-a", "--tenant", "b:generic:of-b"],
    )
    .await;
    let mut a = server.client().token("of-a");
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(a.get("/Users?cursor&count=1").await);
    }
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && answers[0].status == 200);
    for answer in refused {
        assert!(answer.is_refusal());
        let seconds: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=2).contains(&seconds), "{seconds}");
    }
    assert_eq!(server.client().token("of-b").get("/Users").await.status, 200, "b did nothing");
    let metrics = server.text("/metrics").await;
    assert!(metrics.contains("scim_rate_limited_total"), "{metrics}");
}

#[tokio::test]
async fn a_request_in_flight_is_answered_after_the_server_was_asked_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder).await;
    let body = json!({"userName": "ann"}).to_string();
    let head = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body: the request is accepted.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    server.ask_to_stop();
    while TcpStream::connect(server.address).await.is_ok() {}
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(tokio::time::timeout(SOON, server.process.wait()).await.unwrap().unwrap().success());
    let server = Server::start(&folder).await;
    assert_eq!(server.client().get("/Users").await.body["totalResults"], 1);
}
