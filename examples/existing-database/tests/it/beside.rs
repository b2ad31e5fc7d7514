//! The application that the tables belong to goes on writing them.

use std::path::Path;

use existing_database::{TeamStore, service};
use http_body_util::BodyExt;
use rusqlite::{Connection, functions::FunctionFlags};
use scim_service::ScimService;
use serde_json::{Value, json};
use tower::ServiceExt;

/// The application's connection: it needs the function that the indexes are made of.
fn application(path: &Path) -> Connection {
    let database = Connection::open(path).unwrap();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let lower = |call: &rusqlite::functions::Context<'_>| {
        Ok(call.get::<Option<String>>(0)?.map(|text| text.to_lowercase()))
    };
    database.create_scalar_function("folded", 1, flags, lower).unwrap();
    database
}

async fn ask(scim: &ScimService<TeamStore>, method: &str, path: &str, body: Value) -> Value {
    let request = http::Request::builder()
        .method(method)
        .uri(format!("/scim/v2{path}"))
        .header("content-type", "application/scim+json")
        .body(if body.is_null() { String::new() } else { body.to_string() })
        .unwrap();
    let answer = scim.clone().oneshot(request).await.unwrap().into_body();
    serde_json::from_slice(&answer.collect().await.unwrap().to_bytes()).unwrap_or_default()
}

#[tokio::test]
async fn directory_and_application_see_what_the_other_writes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("directory.db");
    let scim = service(&path, "https://app.example.com/scim/v2").unwrap();
    let application = application(&path);

    let user = json!({
        "userName": "bjensen", "name": {"familyName": "Jensen"},
        "emails": [{"value": "bjensen@example.com", "type": "work", "primary": true}],
    });
    let created = ask(&scim, "POST", "/Users", user).await;
    let id = created["id"].as_str().unwrap();
    let row: (String, bool, String) = application
        .query_row(
            "SELECT u.family_name, u.active, e.value FROM users u JOIN emails e ON e.user_id = u.id",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .unwrap();
    assert_eq!(row, ("Jensen".into(), true, "bjensen@example.com".into()));

    application.execute("UPDATE users SET title = 'Guide' WHERE id = ?1", [id]).unwrap();
    let seen = ask(&scim, "GET", "/Users?filter=title%20eq%20%22GUIDE%22", Value::Null).await;
    assert_eq!(seen["Resources"][0]["title"], "Guide");
    assert_ne!(seen["Resources"][0]["meta"]["version"], created["meta"]["version"]);
}

#[tokio::test]
async fn a_membership_keeps_what_the_application_says_about_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("directory.db");
    let scim = service(&path, "https://app.example.com/scim/v2").unwrap();
    let application = application(&path);
    let mut ids = Vec::new();
    for name in ["ada", "bob", "cid"] {
        let user = ask(&scim, "POST", "/Users", json!({"userName": name})).await;
        ids.push(json!({"value": user["id"]}));
    }
    let team = json!({"displayName": "Crew", "members": [ids[0], ids[1]]});
    let team = ask(&scim, "POST", "/Groups", team).await;
    application.execute_batch("ALTER TABLE team_members ADD COLUMN desk TEXT").unwrap();
    application.execute("UPDATE team_members SET desk = 'window'", []).unwrap();

    let path = format!("/Groups/{}", team["id"].as_str().unwrap());
    let put = json!({"displayName": "Crew", "members": [ids[0], ids[2]]});
    ask(&scim, "PUT", &path, put).await;
    let mut desks = application
        .prepare("SELECT u.user_name, m.desk FROM team_members m JOIN users u ON u.id = member_id ORDER BY 1")
        .unwrap();
    let desks: Vec<(String, Option<String>)> = desks
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(desks, [("ada".to_owned(), Some("window".to_owned())), ("cid".to_owned(), None)]);
}
