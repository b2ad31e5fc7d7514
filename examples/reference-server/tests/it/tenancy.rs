//! Tenants, tokens, and what a newcomer sees.

use std::process::Command;

use serde_json::{Value, json};

use crate::{
    cli::said,
    http::Client,
    server::{Answer, Server, is_there},
};

/// RFC 7644 §6, RFC 7644 §6.1, RFC 7644 §6.2, RFC 7643 §9.3
#[tokio::test]
async fn the_token_decides_the_tenant_and_nothing_crosses() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(
        folder.path(),
        &["--tenant", "a:generic:token-of-a", "--tenant", "b:generic:token-of-b"],
    )
    .await;
    let (mut a, mut b) = (server.client().token("token-of-a"), server.client().token("token-of-b"));
    let user = a.create("/Users", json!({"userName": "bjensen", "externalId": "1"})).await;
    assert_eq!(b.get(&format!("/Users/{user}")).await.status, 404);
    assert_eq!(b.get("/Users").await.body["totalResults"], 0);
    assert_eq!(b.get("/?filter=id+pr").await.body["totalResults"], 0);
    assert_eq!(b.send("DELETE", &format!("/Users/{user}"), "").await.status, 404);
    b.create("/Users", json!({"userName": "bjensen", "externalId": "1"})).await;
    let group =
        b.create("/Groups", json!({"displayName": "Buyers", "members": [{"value": user}]})).await;
    assert!(b.get(&format!("/Groups/{group}")).await.body.get("members").is_none());
    assert_eq!(a.get("/Users").await.body["totalResults"], 1);
}

/// RFC 7644 §2, RFC 7644 §2.1, RFC 7644 §2.2, RFC 7644 §3.12, RFC 7644 §7.4, RFC 7643 §5
#[tokio::test]
async fn without_a_valid_token_there_is_only_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    for authorization in [
        "",
        "Authorization: Bearer wrong\r\n",
        "Authorization: a-token-of-the-tests\r\n",
        "Authorization: Basic YTpi\r\n",
        "Authorization: DPoP a-token-of-the-tests\r\n",
        "Cookie: token=a-token-of-the-tests\r\n",
    ] {
        let mut client = Client::new(server.address);
        let request = format!("GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n{authorization}\r\n");
        let answer = Answer::from(client.raw(request).await.unwrap());
        assert_eq!(answer.status, 401, "{authorization}");
        assert!(answer.is_refusal());
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        assert!(!answer.headers.contains_key("set-cookie"), "there are tokens alone");
    }
    let request = "GET /scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = Answer::from(Client::new(server.address).raw(request).await.unwrap());
    assert_eq!((answer.status, &answer.body["patch"]["supported"]), (200, &json!(true)));
    let schemes = answer.body["authenticationSchemes"].as_array().unwrap();
    let types: Vec<&Value> = schemes.iter().map(|scheme| &scheme["type"]).collect();
    assert_eq!(types, ["oauthbearertoken"], "what is announced is what is taken");
    let mut client = server.client().token("");
    let head = client.send("HEAD", "/ServiceProviderConfig", String::new()).await;
    assert_eq!(
        (head.status, &head.headers["content-length"]),
        (200, &answer.headers["content-length"])
    );
    for path in ["/scim", "/scim/", "/scim/v2/"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        let answer = Answer::from(Client::new(server.address).raw(request).await.unwrap());
        assert_eq!(answer.status, 401, "{path}");
    }
}

/// RFC 7644 §2, RFC 7644 §2.1, RFC 7644 §6.1, RFC 7644 §7.3
#[tokio::test]
async fn no_route_is_open_to_a_token_that_is_wrong_missing_revoked_or_of_another_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let tenants = ["--tenant", "a:generic:token-of-a", "--tenant", "b:generic:token-of-b"];
    let server = Server::with(folder.path(), &tenants).await;
    let revoked = said(folder.path(), &["token", "create", "a", "old"]);
    said(folder.path(), &["token", "revoke", "a", "old"]);
    let mut a = server.client().token("token-of-a");
    let user = a.create("/Users", json!({"userName": "ann"})).await;
    let group =
        a.create("/Groups", json!({"displayName": "G", "members": [{"value": user}]})).await;
    let search =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}).to_string();
    let mut routes = vec![
        ("GET", "/".to_owned(), ""),
        ("POST", "/.search".to_owned(), &*search),
        ("GET", "/Schemas".to_owned(), ""),
        ("GET", "/ResourceTypes".to_owned(), ""),
        ("POST", "/Bulk".to_owned(), "{}"),
        ("GET", "/Me".to_owned(), ""),
        ("GET", "/nowhere".to_owned(), ""),
    ];
    for (kind, id) in [("Users", &user), ("Groups", &group)] {
        routes.push(("GET", format!("/{kind}"), ""));
        routes.push(("POST", format!("/{kind}"), "{}"));
        routes.push(("POST", format!("/{kind}/.search"), &search));
        for method in ["GET", "PUT", "PATCH", "DELETE"] {
            routes.push((method, format!("/{kind}/{id}"), "{}"));
        }
    }
    for token in ["wrong", "", "token-of-A", "token-of-a ,", revoked.trim()] {
        let mut client = server.client().token(token);
        for (method, path, body) in &routes {
            let answer = client.send(method, path, (*body).to_owned()).await;
            assert_eq!(answer.status, 401, "{token:?} {method} {path}");
            assert!(!answer.body.to_string().contains("ann"));
        }
    }
    let mut b = server.client().token("token-of-b");
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "displayName", "value": "taken"}]});
    for (kind, id) in [("Users", &user), ("Groups", &group)] {
        let whole = json!({"userName": "x", "displayName": "taken"}).to_string();
        for (method, body) in [
            ("GET", String::new()),
            ("PUT", whole),
            ("PATCH", patch.to_string()),
            ("DELETE", String::new()),
        ] {
            let answer = b.send(method, &format!("/{kind}/{id}"), body).await;
            assert_eq!(answer.status, 404, "{method} {kind}");
        }
    }
    let found = a.get(&format!("/Groups/{group}")).await.body;
    assert_eq!((&found["displayName"], &found["members"][0]["value"]), (&json!("G"), &json!(user)));
}

#[tokio::test]
async fn a_newcomer_is_shown_curl_lines_that_provision_somebody_and_show_it() {
    if !is_there("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::with(folder.path(), &[]).await;
    let mut lines = Vec::new();
    let mut profiles = Vec::new();
    while lines.len() < 2 {
        let line = server.line().await.expect("curl lines");
        lines.extend(line.trim().strip_prefix("curl ").map(str::to_owned));
        profiles.extend(line.split_whitespace().next().map(str::to_owned));
    }
    for profile in ["generic", "pendo", "peakon", "prendio"] {
        assert!(profiles.iter().any(|known| known == profile), "{profile}");
    }
    assert_eq!(curl(&lines[0])["userName"], "ada");
    assert_eq!(curl(&lines[1])["Resources"][0]["name"]["givenName"], "Ada");
    drop(server);
    let mut again = Server::with(folder.path(), &[]).await;
    assert!(again.line().await.unwrap().contains("as before"));
}

/// What is answered to a line that a newcomer copies.
fn curl(line: &str) -> Value {
    let line = format!("curl --silent --fail {line}");
    let output = Command::new("sh").args(["-c", &line]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn a_newcomer_sees_the_people_of_the_demonstration() {
    if !is_there("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let told = said(folder.path(), &["demo"]);
    let line = told.lines().find_map(|line| line.trim().strip_prefix("curl ")).unwrap();
    let server = Server::with(folder.path(), &[]).await;
    let people = curl(&line.replace("127.0.0.1:8080", &server.address.to_string()));
    assert_eq!(people["Resources"].as_array().map(Vec::len), Some(3));
}

/// RFC 7644 §4
#[tokio::test]
async fn a_profile_without_groups_has_no_trace_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(folder.path(), &["--tenant", "p:peakon:token-of-p"]).await;
    let mut client = server.client().token("token-of-p");
    assert_eq!(client.get("/Groups").await.status, 404);
    assert_eq!(client.get("/ResourceTypes").await.body["totalResults"], 1);
    assert!(!client.get("/Schemas").await.body.to_string().contains("core:2.0:Group\""));
}
