use serde_json::{Value, json};

use super::{serve, set, user};
use crate::cli::{refused, said};

fn person(name: &str) -> Value {
    json!({"userName": name, "name": {"givenName": name, "familyName": "Example"}})
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
    assert_eq!(set(&mut client, &bob, "active", json!(false)).await, 200);
    let found = user(&mut client, &bob).await;
    assert_eq!(
        (&found["active"], &found["groups"][0]["display"]),
        (&json!(false), &json!("Admin"))
    );
    let csv = said(folder.path(), &["export", "users", "t", "--csv"]);
    assert!(csv.lines().next().unwrap().contains("groups") && csv.contains("Admin"), "{csv}");
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
        let answer = server.client().send("POST", "/Groups", "{\"displayName\": \"Admin\"}").await;
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
