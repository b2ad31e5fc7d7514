//! What one tenant tries with the ids and cursors of another.

use serde_json::{Value, json};

use crate::{
    cli::said,
    server::{Server, Session},
};

const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

/// Two tenants; the first has a user who is in a group.
async fn two(folder: &std::path::Path) -> (Server, Session, Session, String, String) {
    let tenants = ["--tenant", "a:generic:token-of-a", "--tenant", "b:generic:token-of-b"];
    let server = Server::with(folder, &tenants).await;
    let mut a = server.client().token("token-of-a");
    let b = server.client().token("token-of-b");
    let user = a.create("/Users", json!({"userName": "ann"})).await;
    let members = json!({"displayName": "Staff", "members": [{"value": user}]});
    let group = a.create("/Groups", members).await;
    (server, a, b, user, group)
}

async fn untouched(a: &mut Session, user: &str, group: &str) {
    let found = a.get(&format!("/Users/{user}")).await.body;
    assert_eq!((&found["userName"], &found["active"]), (&json!("ann"), &json!(true)));
    let found = a.get(&format!("/Groups/{group}")).await.body;
    assert_eq!(found["displayName"], "Staff");
    assert_eq!(found["members"].as_array().map(Vec::len), Some(1));
}

/// RFC 7644 §6.1, RFC 7643 §9.3
#[tokio::test]
async fn no_search_finds_what_is_anothers() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, mut a, mut b, user, group) = two(folder.path()).await;
    for (path, filter) in [
        ("/Users", format!("id eq \"{user}\"")),
        ("/Users", "userName pr".to_owned()),
        ("/Users", format!("groups.value eq \"{group}\"")),
        ("/Groups", format!("members.value eq \"{user}\"")),
        ("/Groups", "displayName eq \"Staff\" or not (displayName eq \"x\")".to_owned()),
        ("", "id pr".to_owned()),
    ] {
        let search = json!({"schemas": [SEARCH], "filter": filter}).to_string();
        let found = b.send("POST", &format!("{path}/.search"), search).await;
        assert_eq!((found.status, &found.body["totalResults"]), (200, &json!(0)), "{filter}");
    }
    untouched(&mut a, &user, &group).await;
}

/// RFC 7644 §6.1, RFC 7643 §9.3
#[tokio::test]
async fn no_write_reaches_what_is_anothers_not_in_bulk_either() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, mut a, mut b, user, group) = two(folder.path()).await;
    let patch = |path: &str, value: Value| json!({"schemas": [PATCH], "Operations": [{"op": "replace", "path": path, "value": value}]});
    let operations = json!([
        {"method": "PATCH", "path": format!("/Users/{user}"), "data": patch("active", json!(false))},
        {"method": "PUT", "path": format!("/Users/{user}"), "data": {"userName": "mine"}},
        {"method": "PATCH", "path": format!("/Groups/{group}"), "data": patch("members", json!([]))},
        {"method": "PUT", "path": format!("/Groups/{group}"), "data": {"displayName": "mine"}},
        {"method": "DELETE", "path": format!("/Groups/{group}")},
        {"method": "DELETE", "path": format!("/Users/{user}")},
    ]);
    for operation in operations.as_array().unwrap() {
        let (method, path) = (&operation["method"], operation["path"].as_str().unwrap());
        let data = operation.get("data").map(Value::to_string).unwrap_or_default();
        let alone = b.send(method.as_str().unwrap(), path, data).await;
        assert_eq!(alone.status, 404, "{operation}");
    }
    let bulk = json!({"schemas": [BULK], "Operations": operations}).to_string();
    let answer = b.send("POST", "/Bulk", bulk).await;
    let outcomes = answer.body["Operations"].as_array().unwrap();
    assert_eq!(outcomes.len(), 6);
    assert!(outcomes.iter().all(|outcome| outcome["status"] == "404"), "{outcomes:?}");
    untouched(&mut a, &user, &group).await;
}

/// RFC 7644 §6.1, RFC 7643 §9.3
#[tokio::test]
async fn another_tenants_user_becomes_nobodys_member() {
    let folder = tempfile::tempdir().unwrap();
    let (_server, mut a, mut b, user, group) = two(folder.path()).await;
    let foreign = json!([{"value": user}, {"value": group}]);
    let own = b.create("/Groups", json!({"displayName": "Mine", "members": foreign})).await;
    let path = format!("/Groups/{own}");
    let add = json!([{"op": "add", "path": "members", "value": foreign}]);
    assert_eq!(b.patch(&path, add).await.status, 204);
    let put = json!({"displayName": "Mine", "members": foreign}).to_string();
    assert_eq!(b.send("PUT", &path, put).await.status, 200);
    assert!(b.get(&path).await.body.get("members").is_none());
    let groups = a.get(&format!("/Users/{user}")).await.body["groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(1), "{groups}");
}

/// RFC 9865 §5.2, RFC 7644 §6.1, RFC 7643 §9.3
#[tokio::test]
async fn another_tenants_cursor_and_preconditions_tell_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (server, mut a, mut b, user, _) = two(folder.path()).await;
    a.create("/Users", json!({"userName": "bob"})).await;
    b.create("/Users", json!({"userName": "cyd"})).await;
    let page = a.get("/Users?cursor&count=1").await.body;
    let cursor = page["nextCursor"].as_str().unwrap();
    let path = format!("/Users?cursor={cursor}&count=1");
    assert_eq!(a.get(&path).await.status, 200);
    let answer = b.get(&path).await;
    assert_eq!((answer.status, &answer.body["scimType"]), (400, &json!("invalidCursor")));
    for header in ["if-match", "if-none-match"] {
        let mut request = b.request("GET", &format!("/Users/{user}"));
        request.headers.insert(header, "*".parse().unwrap());
        let answer = scim_service::testing::transcript::Transport::send(&mut b.client, request);
        assert_eq!(answer.await.unwrap().status(), 404, "{header}");
    }
    drop(server);
    for command in [vec!["export", "users", "b"], vec!["log", "b"]] {
        assert!(!said(folder.path(), &command).contains(&user), "{command:?}");
    }
}
