use std::fs;

use serde_json::{Value, json};

use super::{serve, set, user};
use crate::cli::{refused, said};

const PRENDIO: &str = "urn:ietf:params:scim:schemas:extension:prendio:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const DEPARTMENTS: [&str; 2] = ["--prendio-department", "Finance;Research, Development"];

#[tokio::test]
async fn people_join_move_and_leave() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "prendio", &DEPARTMENTS).await;
    let mut client = server.client();
    let ann = json!({
        "userName": "ann", "roles": [{"value": "Approver"}], "active": true,
        ENTERPRISE: {"department": "finance"},
        PRENDIO: {"approvalLimit": "1000.10", "spendLimit": 0.30},
    });
    let ann = client.create("/Users", ann).await;
    let found = user(&mut client, &ann).await;
    assert_eq!(found["roles"], json!([{"value": "Requester", "primary": true}]));
    assert_eq!(found[PRENDIO].to_string(), r#"{"approvalLimit":1000.1,"spendLimit":0.3}"#);
    assert!(found.get(ENTERPRISE).is_none(), "in another case it is another department");
    let log = said(folder.path(), &["log", "t"]);
    assert!(log.contains(":department`") && !log.contains("finance"), "{log}");
    let department = format!("{ENTERPRISE}:department");
    assert_eq!(set(&mut client, &ann, &department, json!("Research, Development")).await, 200);
    let found = user(&mut client, &ann).await;
    assert_eq!(found[ENTERPRISE]["department"], "Research, Development", "the next sync mends it");

    said(folder.path(), &["prendio", "set-role", "t", "ANN", "Approver"]);
    assert_eq!(set(&mut client, &ann, "roles", json!([{"value": "Admin"}])).await, 200);
    let body = json!({"userName": "ann", "active": true}).to_string();
    assert_eq!(client.send("PUT", &format!("/Users/{ann}"), body).await.status, 200);
    let found = user(&mut client, &ann).await;
    assert_eq!(found["roles"][0]["value"], "Approver", "no sync takes a role back");
    assert!(refused(folder.path(), &["prendio", "set-role", "t", "bob", "x"]).contains("no user"));

    assert_eq!(set(&mut client, &ann, "active", json!(false)).await, 200);
    assert_eq!(user(&mut client, &ann).await["roles"][0]["value"], "Approver");
    assert_eq!(client.get("/Groups").await.status, 404);
}

#[tokio::test]
async fn unknown_departments_and_wrong_limits_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [DEPARTMENTS[0], DEPARTMENTS[1], "--prendio-strict"];
    let server = serve(folder.path(), "prendio", &arguments).await;
    let mut client = server.client();
    for (extension, value) in [
        (ENTERPRISE, json!({"department": "Sales"})),
        (PRENDIO, json!({"spendLimit": -1})),
        (PRENDIO, json!({"spendLimit": "much"})),
        (PRENDIO, json!({"approvalLimit": "1234567890123456.75"})),
    ] {
        let body = json!({"userName": "ann", extension: value}).to_string();
        let answer = client.send("POST", "/Users", body).await;
        assert!(answer.status == 400 && answer.is_refusal(), "{value}: {answer:?}");
    }
    let id = client.create("/Users", json!({"userName": "ann"})).await;
    assert!(user(&mut client, &id).await.get(PRENDIO).is_none(), "unset without the extension");
    let department = format!("{ENTERPRISE}:department");
    assert_eq!(set(&mut client, &id, &department, json!("FINANCE")).await, 400);
    assert_eq!(set(&mut client, &id, &department, json!("Finance")).await, 200);
}

#[tokio::test]
async fn the_urn_and_the_names_of_the_limits_can_be_set() {
    let folder = tempfile::tempdir().unwrap();
    let schema = json!({"id": "urn:example:limits", "name": "Limits", "attributes": [
        {"name": "maxSpend", "type": "decimal", "description": "x"},
    ]});
    let file = folder.path().join("limits.json");
    fs::write(&file, schema.to_string()).unwrap();
    let server =
        serve(folder.path(), "prendio", &["--prendio-schema", file.to_str().unwrap()]).await;
    let mut client = server.client();
    for (amount, status) in [("12.50", 201), ("-12.50", 400)] {
        let body = json!({"userName": "ann", "urn:example:limits": {"maxSpend": amount}});
        assert_eq!(client.send("POST", "/Users", body.to_string()).await.status, status);
    }
}

#[tokio::test]
async fn who_leaves_is_taken_out_of_approval_paths_even_if_the_server_dies() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(folder.path(), "prendio", &[]).await;
    let mut client = server.client();
    let mut ids = Vec::new();
    for name in ["ann", "bob", "cyd"] {
        ids.push(client.create("/Users", json!({"userName": name})).await);
    }
    let paths = || said(folder.path(), &["prendio", "paths", "t"]);
    said(folder.path(), &["prendio", "set-path", "t", "Laptops", "ann", "bob", "cyd"]);
    said(folder.path(), &["prendio", "set-path", "t", "Travel", "bob"]);
    assert_eq!(paths(), "Laptops: ann, bob, cyd\nTravel: bob\n");
    assert!(refused(folder.path(), &["prendio", "set-path", "t", "X", "dan"]).contains("no user"));

    assert_eq!(set(&mut client, &ids[0], "active", json!(false)).await, 200);
    let database = rusqlite::Connection::open(folder.path().join("scim.db")).unwrap();
    let holds = |id: &str| {
        let count = "SELECT count(*) FROM approver WHERE id = ?1";
        database.query_row(count, [id], |row| row.get::<_, i64>(0)).unwrap() > 0
    };
    while holds(&ids[0]) {
        std::thread::yield_now();
    }
    assert_eq!(paths(), "Laptops: bob, cyd\nTravel: bob\n", "the next approver is in");

    assert_eq!(client.send("DELETE", &format!("/Users/{}", ids[1]), "").await.status, 204);
    server.process.kill().await.unwrap();
    assert_eq!(paths(), "Laptops: cyd\nTravel: nobody\n");
    let refusal = refused(folder.path(), &["prendio", "set-path", "t", "X", "ann"]);
    assert!(refusal.contains("is not active"), "{refusal}");
}

#[tokio::test]
async fn limits_are_exact_in_answers_in_filters_and_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = serve(folder.path(), "prendio", &[]).await;
    let mut client = server.client();
    let amounts = [
        (json!("1000.10"), "1000.1"),
        (json!(0.3), "0.3"),
        (json!("0.1"), "0.1"),
        (json!("123456789012.345"), "123456789012.345"),
        (json!("123456789012.344"), "123456789012.344"),
        (json!(999_999_999_999_999_u64), "999999999999999"),
        (json!("0"), "0"),
    ];
    for (number, (sent, _)) in amounts.iter().enumerate() {
        let body = json!({"userName": format!("u{number}"), PRENDIO: {"approvalLimit": sent}});
        client.create("/Users", body).await;
    }
    server.stop().await;
    let server = serve(folder.path(), "prendio", &[]).await;
    let mut client = server.client();
    for (number, (_, exact)) in amounts.iter().enumerate() {
        let filter = format!("/Users?filter={PRENDIO}:approvalLimit%20eq%20{exact}");
        let found = client.get(&filter).await.body;
        assert_eq!(found["totalResults"], 1, "{exact}");
        assert_eq!(found["Resources"][0]["userName"], format!("u{number}"));
        let shown = found["Resources"][0][PRENDIO].to_string();
        assert_eq!(shown, format!("{{\"approvalLimit\":{exact}}}"));
    }
    let above = format!("/Users?filter={PRENDIO}:approvalLimit%20gt%20123456789012.344");
    assert_eq!(client.get(&above).await.body["totalResults"], 2);
    let lines = said(folder.path(), &["export", "users", "t"]);
    for (_, exact) in amounts {
        assert!(lines.contains(&format!("\"approvalLimit\":{exact}}}")), "{exact}: {lines}");
    }
}

/// Killed as soon as the leaver is acknowledged: whether before, while or after the paths are
/// brought up to date, nothing is lost.
#[tokio::test]
async fn no_kill_leaves_a_leaver_in_an_approval_path() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["ann", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"];
    let mut server = serve(folder.path(), "prendio", &[]).await;
    let mut ids = Vec::new();
    for name in names {
        ids.push(server.client().create("/Users", json!({"userName": name})).await);
    }
    said(folder.path(), &[&["prendio", "set-path", "t", "Laptops"], names.as_slice()].concat());
    for (gone, id) in ids.iter().enumerate() {
        let mut client = server.client();
        if gone % 2 == 0 {
            assert_eq!(set(&mut client, id, "active", json!(false)).await, 200);
        } else {
            assert_eq!(client.send("DELETE", &format!("/Users/{id}"), "").await.status, 204);
        }
        server.process.kill().await.unwrap();
        let left = names[gone + 1..].join(", ");
        let left = if left.is_empty() { "nobody" } else { &left };
        let paths = said(folder.path(), &["prendio", "paths", "t"]);
        assert_eq!(paths, format!("Laptops: {left}\n"));
        server = serve(folder.path(), "prendio", &[]).await;
    }
}

/// RFC 7644 §2.1, RFC 7644 §7.3
#[tokio::test]
async fn a_new_token_ends_the_old_one_and_without_any_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "prendio", &[]).await;
    server.client().create("/Users", json!({"userName": "ann"})).await;
    let fresh = said(folder.path(), &["token", "regenerate", "t"]);
    assert_eq!(server.client().get("/Users").await.status, 401);
    let mut client = server.client().token(fresh.trim());
    assert_eq!(client.get("/Users").await.body["Resources"][0]["active"], true);
    said(folder.path(), &["token", "revoke", "t"]);
    assert_eq!(client.get("/Users").await.status, 401);
    let users = said(folder.path(), &["export", "users", "t"]);
    let user: Value = serde_json::from_str(&users).unwrap();
    assert_eq!((&user["userName"], &user["active"]), (&json!("ann"), &json!(true)));
}
