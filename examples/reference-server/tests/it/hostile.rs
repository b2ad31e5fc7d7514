//! What an attacker sends: each is refused, and the server lives on.

use std::time::Duration;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::server::{Answer, Server, Session};

/// Far above what the server needs, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(30);

async fn refused(what: &str, answer: impl Future<Output = Answer>) {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    let answer = answer.unwrap_or_else(|_| panic!("{what}: no answer"));
    assert!(answer.is_refusal(), "{what}: {} {}", answer.status, answer.body);
}

async fn search(client: &mut Session, filter: String) -> Answer {
    client.send("POST", "/Users/.search", json!({"filter": filter}).to_string()).await
}

/// RFC 7644 §3.4.2.2, RFC 7643 §9.2
#[tokio::test]
async fn filters_that_are_too_deep_or_too_long_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let chain = |logic: &str| vec!["a eq 1"; 100_000].join(logic);
    for (what, filter) in [
        ("parentheses", "(".repeat(100_000)),
        ("negations", "not (".repeat(100_000)),
        ("and", chain(" and ")),
        ("or", chain(" or ")),
        ("brackets", "a[".repeat(100_000)),
        ("a shallow chain of 300 terms", vec!["a pr"; 300].join(" or ")),
        ("100 parentheses", format!("{}a pr{}", "(".repeat(100), ")".repeat(100))),
    ] {
        refused(what, search(&mut client, filter)).await;
    }
    let long =
        format!("/Users?filter={}", utf8_percent_encode(&"(".repeat(20_000), NON_ALPHANUMERIC));
    refused("a filter in a URL", client.send("GET", &long, "")).await;
    assert_eq!(client.get("/Users").await.status, 200);
}

/// RFC 7644 §3.8, RFC 7644 §3.12, RFC 7643 §9.2
#[tokio::test]
async fn bodies_that_are_no_honest_json_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let many: Vec<String> = (0..100_000).map(|at| format!("{{\"value\":\"{at}\"}}")).collect();
    for (what, body) in [
        ("arrays in arrays", "[".repeat(100_000).into_bytes()),
        ("objects in objects", "{\"a\":".repeat(100_000).into_bytes()),
        ("wrong UTF-8", b"{\"userName\":\"\xff\xfe\"}".to_vec()),
        ("a name twice", br#"{"userName":"a","userName":"b"}"#.to_vec()),
        ("a name in two cases", br#"{"userName":"a","USERNAME":"b"}"#.to_vec()),
        ("U+0000", br#"{"userName":"a\u0000b"}"#.to_vec()),
        ("nothing", b" ".to_vec()),
        (
            "too many values",
            format!("{{\"userName\":\"a\",\"emails\":[{}]}}", many.join(",")).into_bytes(),
        ),
    ] {
        refused(what, client.send("POST", "/Users", body)).await;
    }
    let found = client.get("/Users").await;
    assert_eq!(
        (found.status, &found.body["totalResults"]),
        (200, &json!(0)),
        "nothing was written"
    );
}

/// RFC 7644 §3.12
#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let chunks = || (0..320).map(|_| Bytes::from(vec![b' '; 64 * 1024]));
    let chunked = client.request("POST", "/Users");
    let mut declared = client.request("POST", "/Users");
    declared.headers.insert("content-length", (20 * 1024 * 1024).into());
    for request in [chunked, declared] {
        let answer = tokio::time::timeout(PATIENCE, client.client.stream(request, chunks())).await;
        let answer = Answer::from(answer.unwrap().unwrap());
        assert!(answer.is_refusal());
        assert_eq!(answer.status, 413);
    }
    assert_eq!(client.get("/Users").await.status, 200);
}

/// RFC 7644 §7.7, RFC 7643 §9.2
#[tokio::test]
async fn what_looks_like_sql_is_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let name = r#"'; DROP TABLE resource; -- %_\"#;
    let id = client.create("/Users", json!({"userName": name})).await;
    let quoted = serde_json::to_string(name).unwrap();
    for filter in [
        format!("userName eq {quoted}"),
        format!("userName sw {quoted}"),
        format!("userName co {quoted}"),
        "userName co \"%_\"".to_owned(),
        "userName ew \"\\\\\"".to_owned(),
    ] {
        let found = search(&mut client, filter.clone()).await;
        assert_eq!(found.body["Resources"][0]["id"], id.as_str(), "{filter}: {found:?}");
    }
    for filter in ["userName sw \"%\"", "userName co \"__\"", "userName ew \"_\""] {
        assert_eq!(
            search(&mut client, filter.to_owned()).await.body["totalResults"],
            0,
            "{filter}"
        );
    }
    let odd = client.get("/Users/'%20OR%201=1").await;
    assert_eq!(odd.status, 404);
}
