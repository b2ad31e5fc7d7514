use std::sync::Arc;

use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinSet};

use super::{serve, set, user};
use crate::{
    cli::{refused, said},
    server::Session,
};

const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

fn person(name: &str) -> Value {
    json!({"userName": name, "name": {"givenName": name, "familyName": "Example"}})
}

/// Makes an administrator; the ids of the group and of the user.
async fn appoint(client: &mut Session) -> (String, String) {
    let admin = client.create("/Users", person("root")).await;
    let group = json!({"displayName": "Admin", "members": [{"value": admin}]});
    (client.create("/Groups", group).await, admin)
}

#[tokio::test]
async fn people_join_move_and_leave_by_their_groups() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &[]).await;
    assert!(server.base_url.ends_with("/v2"));
    let mut client = server.client();
    let (ann, bob) = (
        client.create("/Users", person("ann")).await,
        client.create("/Users", person("bob")).await,
    );
    let admins = json!({"displayName": "Admin", "externalId": "1", "members": [{"value": ann}]});
    let admins = client.create("/Groups", admins).await;
    let viewers = client
        .create("/Groups", json!({"displayName": "Viewer", "members": [{"value": bob}]}))
        .await;
    let shift =
        |op: &str, path: &str, value: Value| json!([{"op": op, "path": path, "value": value}]);
    let joined = shift("add", "members", json!([{"value": bob}]));
    assert_eq!(client.patch(&format!("/Groups/{admins}"), joined).await.status, 204);
    let left = json!([{"op": "remove", "path": format!("members[value eq \"{bob}\"]")}]);
    assert_eq!(client.patch(&format!("/Groups/{viewers}"), left).await.status, 204);
    let found = user(&mut client, &bob).await;
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    assert_eq!(found["groups"][0]["display"], "Admin");
    assert_eq!(found["roles"], json!([{"value": "Admin", "display": "Admin", "type": "direct"}]));
    assert_eq!(set(&mut client, &bob, "active", json!(false)).await, 200);
    let found = user(&mut client, &bob).await;
    assert_eq!(
        (&found["active"], &found["groups"][0]["display"]),
        (&json!(false), &json!("Admin"))
    );
    let found = client.get("/Users?attributes=roles").await.body;
    assert_eq!(found["Resources"][0]["roles"][0]["value"], "Admin", "{found}");
    let both = json!({"displayName": "Viewer", "members": [{"value": ann}, {"value": bob}]});
    let path = format!("/Groups/{viewers}");
    assert_eq!(client.send("PUT", &path, both.to_string()).await.status, 200);
    let csv = said(folder.path(), &["export", "users", "t", "--csv"]);
    let header = csv.lines().next().unwrap();
    assert!(header.contains(",roles") && csv.contains("Admin;Viewer"), "{csv}");
}

#[tokio::test]
async fn roles_that_a_directory_sends_do_not_keep_a_leaver() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &[]).await;
    let mut client = server.client();
    let ann = client.create("/Users", person("ann")).await;
    let left = json!([
        {"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Viewer"},
        {"op": "Replace", "path": "active", "value": "False"},
    ]);
    assert_eq!(client.patch(&format!("/Users/{ann}"), left).await.status, 200);
    let found = user(&mut client, &ann).await;
    assert_eq!((&found["active"], found.get("roles")), (&json!(false), None));
}

#[tokio::test]
async fn users_without_their_names_are_refused_with_the_attribute() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &[]).await;
    let mut client = server.client();
    for (body, attribute) in [
        (json!({"userName": "ann"}), "name"),
        (json!({"userName": "ann", "name": {"givenName": "Ann"}}), "name.familyName"),
        (
            json!({"userName": "ann", "name": {"givenName": null, "familyName": "X"}}),
            "name.givenName",
        ),
        (json!({"userName": null, "name": {"givenName": "A", "familyName": "X"}}), "userName"),
    ] {
        let answer = client.send("POST", "/Users", body.to_string()).await;
        assert!(answer.status == 400 && answer.is_refusal(), "{answer:?}");
        let detail = answer.body["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("`{attribute}`")), "{detail}");
    }
    let ann = client.create("/Users", person("ann")).await;
    assert_eq!(set(&mut client, &ann, "name.familyName", Value::Null).await, 400);
}

#[tokio::test]
async fn empty_groups_are_a_setting() {
    for (setting, status) in [("true", 201), ("false", 400)] {
        let folder = tempfile::tempdir().unwrap();
        let server = serve(folder.path(), "pendo", &["--pendo-empty-groups", setting]).await;
        let mut client = server.client();
        appoint(&mut client).await;
        let answer = client.send("POST", "/Groups", "{\"displayName\": \"Viewer\"}").await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[tokio::test]
async fn the_directory_alone_makes_users_once_it_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(folder.path(), "pendo", &[]).await;
    let rows = "userName,name.givenName,name.familyName\nann,Ann,X\n";
    std::fs::write(folder.path().join("users.csv"), rows).unwrap();
    said(folder.path(), &["import", "t", "users.csv"]);
    assert_eq!(server.client().get("/Users").await.body["totalResults"], 1);
    server.stop().await;
    for command in [vec!["import", "t", "users.csv"], vec!["demo", "t"]] {
        let error = refused(folder.path(), &command);
        assert!(error.contains("the directory"), "{error}");
    }
}

#[tokio::test]
async fn the_first_group_holds_an_administrator_who_is_active() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &["--pendo-admin-group", "Owners"]).await;
    let mut client = server.client();
    let ann = client.create("/Users", person("ann")).await;
    let mut left = person("bob");
    left["active"] = json!(false);
    let bob = client.create("/Users", left).await;
    for (name, members, status) in [
        ("Viewer", json!([{"value": ann}]), 400),
        ("Owners", json!([]), 400),
        ("Owners", json!([{"value": bob}]), 400),
        ("Owners", json!([{"value": "nobody"}]), 400),
        ("owners", json!([{"value": bob}, {"value": ann}]), 201),
        ("Viewer", json!([{"value": bob}]), 201),
    ] {
        let body = json!({"displayName": name, "members": members}).to_string();
        let answer = client.send("POST", "/Groups", body).await;
        assert_eq!(answer.status, status, "{name} {members}: {}", answer.body);
    }
    assert_eq!(client.get("/Groups").await.body["totalResults"], 2);
    let log = said(folder.path(), &["log", "t"]);
    assert!(log.contains("administrators") && !log.contains("Owners"), "{log}");
}

#[tokio::test]
async fn the_last_administrator_cannot_be_lost_in_any_way() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &[]).await;
    let mut client = server.client();
    let (group, root) = appoint(&mut client).await;
    let ann = client.create("/Users", person("ann")).await;
    let patch = |op: Value| json!({"schemas": [PATCH], "Operations": [op]});
    let mut inactive = person("root");
    inactive["active"] = json!(false);
    let (of_group, of_root) = (format!("/Groups/{group}"), format!("/Users/{root}"));
    let by_value = format!("members[value eq \"{root}\"]");
    let other = json!([{"value": ann}]);
    let ways = [
        ("PATCH", &of_group, patch(json!({"op": "remove", "path": by_value}))),
        ("PATCH", &of_group, patch(json!({"op": "remove", "path": "members"}))),
        ("PATCH", &of_group, patch(json!({"op": "replace", "path": "members", "value": []}))),
        ("PATCH", &of_group, patch(json!({"op": "replace", "value": {"displayName": "Viewer"}}))),
        ("PUT", &of_group, json!({"displayName": "Admin"})),
        ("PUT", &of_group, json!({"displayName": "Viewer", "members": [{"value": root}]})),
        ("DELETE", &of_group, Value::Null),
        ("PATCH", &of_root, patch(json!({"op": "replace", "path": "active", "value": false}))),
        ("PATCH", &of_root, patch(json!({"op": "Replace", "value": {"active": "False"}}))),
        ("PUT", &of_root, inactive),
        ("DELETE", &of_root, Value::Null),
    ];
    let before = (client.get(&of_group).await.body, client.get(&of_root).await.body);
    for (method, path, body) in &ways {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let answer = client.send(method, path, text).await;
        assert_eq!(
            (answer.status, &answer.body["scimType"]),
            (400, &json!("mutability")),
            "{body}"
        );
        let operation = json!({"method": method, "path": path, "data": body});
        let bulk = json!({"schemas": [BULK], "Operations": [operation]}).to_string();
        let answer = client.send("POST", "/Bulk", bulk).await;
        assert_eq!(answer.body["Operations"][0]["status"], "400", "{body}");
    }
    let after = (client.get(&of_group).await.body, client.get(&of_root).await.body);
    assert_eq!(before, after, "nothing of it has happened");

    assert_eq!(set(&mut client, &ann, "active", json!(false)).await, 200, "others may leave");
    assert_eq!(set(&mut client, &ann, "active", json!(true)).await, 200);
    let replace = json!([{"op": "replace", "path": "members", "value": other}]);
    assert_eq!(client.patch(&of_group, replace).await.status, 204, "another takes over");
    assert_eq!(client.send("DELETE", &of_root, "").await.status, 204);
    assert_eq!(set(&mut client, &ann, "active", json!(false)).await, 400, "who is the last now");
}

/// Of two requests, each of which would be sound alone, one is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_administrator_is_not_lost_to_two_requests_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "pendo", &[]).await;
    let mut client = server.client();
    let (group, _) = appoint(&mut client).await;
    let of_group = format!("/Groups/{group}");
    for round in 0..20 {
        let mut pair = Vec::new();
        for side in ["a", "b"] {
            pair.push(client.create("/Users", person(&format!("{side}{round}"))).await);
        }
        let both: Vec<Value> = pair.iter().map(|id| json!({"value": id})).collect();
        let replace = json!([{"op": "replace", "path": "members", "value": both}]);
        assert_eq!(client.patch(&of_group, replace).await.status, 204);

        let barrier = Arc::new(Barrier::new(2));
        let mut requests = JoinSet::new();
        for (side, id) in pair.into_iter().enumerate() {
            let (mut client, barrier) = (server.client(), barrier.clone());
            let of_group = of_group.clone();
            client.get("/Users?count=0").await;
            requests.spawn(async move {
                let (of_user, operations) = match (round + side * (round % 2)) % 3 {
                    0 => (
                        false,
                        json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]),
                    ),
                    1 => (true, json!([{"op": "replace", "path": "active", "value": false}])),
                    _ => (true, Value::Null),
                };
                let path = if of_user { format!("/Users/{id}") } else { of_group };
                barrier.wait().await;
                match operations {
                    Value::Null => client.send("DELETE", &path, "").await.status,
                    operations => client.patch(&path, operations).await.status,
                }
            });
        }
        let mut statuses = requests.join_all().await;
        statuses.sort_unstable();
        assert!(statuses[0] < 300 && statuses[1] == 400, "round {round}: {statuses:?}");
        let active = "/Users?filter=active+eq+true+and+groups.display+eq+%22Admin%22&count=0";
        assert_eq!(client.get(active).await.body["totalResults"], 1);
    }
}
