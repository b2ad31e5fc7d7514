//! The provisioning log.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::{
    cli::{refused, said},
    server::{Server, TOKEN},
};

/// RFC 7644 §7.5.1, RFC 7643 §9.3
#[tokio::test]
async fn the_log_answers_who_did_what_and_why_not_and_holds_no_values() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let user = json!({"userName": "bjensen@example.com", "shoeSize": 38});
    let id = client.create("/Users", user.clone()).await;
    client.send("POST", "/Users", user.to_string()).await;
    client.send("POST", "/Users", "{}").await;
    client
        .patch(
            &format!("/Users/{id}"),
            json!([{"op": "replace", "path": "active", "value": false}]),
        )
        .await;
    client
        .patch(&format!("/Users/{id}"), json!([{"op": "replace", "path": "id", "value": "7"}]))
        .await;
    client.send("DELETE", "/Users/bjensen@example.com", "").await;
    client
        .create(
            "/Groups",
            json!({"displayName": "Staff", "members": [{"value": id}, {"value": "x"}]}),
        )
        .await;
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "1", "data": {"userName": "ann"}},
            {"method": "POST", "path": "/Users", "bulkId": "2", "data": user},
        ],
    });
    client.send("POST", "/Bulk", bulk.to_string()).await;
    client.get("/Users/nobody").await;
    client.send("POST", "/Users/.search", "{\"filter\": \"nonsense\"}").await;
    client.send("DELETE", &format!("/Users/{id}"), "").await;

    let log = said(folder.path(), &["log", "acme", "--json"]);
    let entries: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let shown: Vec<String> = entries
        .iter()
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            let subject = if text("id") == id { "it" } else { "" };
            let status = entry["status"].as_u64().map_or_else(String::new, |it| it.to_string());
            format!("{} {} {subject} {status}", text("operation"), text("resourceType"))
        })
        .collect();
    let expected = [
        "create User it ",
        "create User  409",
        "create User  400",
        "update User it ",
        "update User it 400",
        "delete User  404",
        "create Group  ",
        "create User  ",
        "create   409",
        "update Group  ",
        "delete User it ",
    ];
    assert_eq!(shown, expected, "{log}");
    let reason = |at: usize| entries[at]["reason"].as_str().unwrap_or_default();
    assert!(reason(0).contains("`shoeSize`"), "{}", reason(0));
    assert!(reason(1).starts_with("uniqueness: ") && reason(1).contains("`userName`"));
    assert!(reason(2).contains("`userName`") && reason(4).starts_with("mutability: "), "{log}");
    assert!(reason(6).contains("`members`"), "{log}");
    assert!(entries.iter().all(|entry| entry["principal"] == "main"));
    for value in ["bjensen", "38", "Staff"] {
        assert!(entries.iter().all(|entry| !entry["reason"].to_string().contains(value)));
    }
    assert!(!log.contains("bjensen"));

    let text = said(folder.path(), &["log", "acme", "--last", "2"]);
    assert_eq!(text.lines().count(), 2);
    assert!(text.contains("delete User") && text.contains("done"), "{text}");
    assert!(said(folder.path(), &["log", "acme"]).contains("refused 409: uniqueness"));
    assert!(refused(folder.path(), &["log", "nobody"]).contains("no tenant"));
}

#[tokio::test]
async fn the_log_is_followed_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(
        folder.path(),
        &["--tenant", &format!("a:generic:{TOKEN}"), "--tenant", "b:generic:of-b"],
    )
    .await;
    let mut client = server.client();
    client.create("/Users", json!({"userName": "before"})).await;
    let mut follow = Command::new(env!("CARGO_BIN_EXE_reference-server"))
        .args(["log", "a", "--follow"])
        .env("SCIM_DATABASE", format!("sqlite:{}", folder.path().join("scim.db").display()))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follow.stdout.take().unwrap()).lines();
    assert!(lines.next_line().await.unwrap().unwrap().contains("create User"));
    server.client().token("of-b").create("/Users", json!({"userName": "b"})).await;
    let id = client.create("/Users", json!({"userName": "after"})).await;
    let line = lines.next_line().await.unwrap().unwrap();
    assert!(line.contains(&id), "nothing of another tenant: {line}");
}
