//! Health, figures and logs.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::server::{Server, TOKEN};

#[tokio::test]
async fn a_server_that_can_serve_says_so_to_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    assert_eq!(server.text("/healthz").await, "ok");
    assert_eq!(server.text("/readyz").await, "ready");
}

/// RFC 7644 §7.5.1, RFC 7643 §9.3
#[tokio::test]
async fn figures_tell_routes_and_statuses_and_nobody_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let id = client.create("/Users", json!({"userName": "bjensen"})).await;
    client.get(&format!("/Users/{id}")).await;
    client.get("/Users/bjensen@example.com").await;
    client.get("/bjensen").await;
    let figures = server.text("/metrics").await;
    for line in [
        r#"scim_requests_total{method="POST",route="/Users",status="201"} 1"#,
        r#"scim_requests_total{method="GET",route="/Users/{id}",status="200"} 1"#,
        r#"scim_requests_total{method="GET",route="/Users/{id}",status="404"} 1"#,
        r#"scim_requests_total{method="GET",route="other",status="404"} 1"#,
        r#"scim_request_duration_seconds_bucket{method="POST",route="/Users",le="+Inf"} 1"#,
        r#"scim_store_duration_seconds_count{operation="create"} 1"#,
    ] {
        assert!(figures.lines().any(|known| known == line), "{line}\n{figures}");
    }
    for secret in ["bjensen", TOKEN, &id] {
        assert!(!figures.contains(secret), "{secret}");
    }
}

/// RFC 7644 §7.5.1, RFC 7644 §7.5.2, RFC 7643 §9.3
#[tokio::test]
async fn logs_are_json_with_request_ids_and_nobody_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
    let file = folder.path().join("log");
    command.stderr(std::fs::File::create(&file).unwrap());
    let tenant = format!("acme:generic:{TOKEN}");
    let arguments = ["--log", "json", "--tenant", &tenant];
    let mut server = Server::spawn_logging(command, folder.path(), &arguments, "debug").await;
    let mut client = server.client();
    let body = json!({"userName": "bjensen", "password": "t1meMa$heen",
        "emails": [{"value": "b@example.com"}]});
    let id = client.create("/Users", body).await;
    let found = client.get(&format!("/Users/{id}?filter=userName+eq+%22bjensen%22")).await;
    client.get("/Users/bjensen").await;
    client.get("/Users?filter=userName+eq+%22bjensen%22+nonsense").await;
    client.create("/Groups", json!({"displayName": "bjensen's"})).await;
    server.stop().await;
    let log = std::fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let asked = found.headers["x-request-id"].to_str().unwrap();
    let line = lines.iter().find(|line| line["span"]["id"] == asked).expect("the request's line");
    assert_eq!((&line["status"], &line["message"]), (&json!(200), &json!("answered")));
    let span = &line["span"];
    assert_eq!(
        (&span["route"], &span["tenant"], &span["subject"]),
        (&json!("/Users/{id}"), &json!("acme"), &json!(id))
    );
    for secret in ["bjensen", "b@example.com", "t1meMa$heen", TOKEN] {
        assert!(!log.contains(secret), "{secret}");
    }
}
