use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{serve, set, user};
use crate::cli::{refused, said};

const PEAKON: &str = "urn:ietf:params:scim:schemas:extension:peakon:2.0:User";

/// Writes down what a company has defined, names and types, and gives the file's path.
fn company(folder: &Path, attributes: [(&str, &str); 2]) -> String {
    let attributes =
        attributes.map(|(name, kind)| json!({"name": name, "type": kind, "description": "x"}));
    let schema = json!({"id": PEAKON, "name": "Ours", "attributes": attributes});
    let file = folder.join("ours.json");
    fs::write(&file, schema.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn people_join_move_and_leave() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "peakon", &[]).await;
    let mut client = server.client();
    let ann = json!({"userName": "ann@x", PEAKON: {
        "Department": "Sales", "Date of birth": "1990-02-03", "Manager ID": "boss@x",
    }});
    let ann = client.create("/Users", ann).await;
    let found = user(&mut client, &ann).await;
    assert_eq!(found[PEAKON]["Manager ID"], "boss@x", "who arrives later");
    let path = format!("{PEAKON}:Department");
    assert_eq!(set(&mut client, &ann, &path, json!("Finance")).await, 200);
    assert_eq!(set(&mut client, &ann, "active", json!(false)).await, 200);
    let found = user(&mut client, &ann).await;
    assert_eq!(
        (&found["active"], &found[PEAKON]["Department"]),
        (&json!(false), &json!("Finance"))
    );
    assert_eq!(found[PEAKON]["Date of birth"], "1990-02-03", "the history stays");
    assert_eq!(client.send("DELETE", &format!("/Users/{ann}"), "").await.status, 204);
    for (path, status) in [("/Groups", 404), ("/ResourceTypes/Group", 404), ("/Users", 200)] {
        assert_eq!(client.get(path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_company_defines_its_own_attributes_of_every_type() {
    let folder = tempfile::tempdir().unwrap();
    let file = company(folder.path(), [("Cost centre", "string"), ("Shoe size", "integer")]);
    let arguments = ["--peakon-schema", &file];
    let server = serve(folder.path(), "peakon", &arguments).await;
    let mut client = server.client();
    let published = client.get(&format!("/Schemas/{PEAKON}")).await.body;
    assert_eq!(published["attributes"][1]["name"], "Shoe size");
    for (name, centre, size, status) in [
        ("ann", "R&D", json!(38), 201),
        ("bob", "R&D", json!(44), 201),
        ("cyd", "Sales", json!("large"), 400),
        ("dan", &"x".repeat(257), json!(40), 400),
    ] {
        let body = json!({"userName": name, PEAKON: {"Cost centre": centre, "Shoe size": size}});
        let answer = client.send("POST", "/Users", body.to_string()).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.body);
    }
    client.create("/Users", json!({"userName": "eve"})).await;
    let mut command = vec!["peakon", "segments", "t", "Cost centre"];
    command.extend(arguments);
    let told = said(folder.path(), &command);
    assert_eq!(told, "     2  R&D\n     1  (none)\n");
    command[3] = "Colour";
    assert!(refused(folder.path(), &command).contains("`Colour`"));
}

/// RFC 9865 §2.3, RFC 9865 §2.4
#[tokio::test]
async fn lists_are_paged_by_cursor_unless_an_index_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "peakon", &[]).await;
    let mut client = server.client();
    for name in ["ann", "bob", "cyd"] {
        client.create("/Users", json!({"userName": name})).await;
    }
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "cursor");
    assert_eq!(config["bulk"]["supported"], true);
    let mut page = client.get("/Users?count=2").await.body;
    let mut names: Vec<Value> = Vec::new();
    loop {
        names.extend(
            page["Resources"].as_array().unwrap().iter().map(|one| one["userName"].clone()),
        );
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        page = client.get(&format!("/Users?count=2&cursor={cursor}")).await.body;
    }
    assert_eq!(names, ["ann", "bob", "cyd"]);
    let page = client.get("/Users?startIndex=2&count=1").await.body;
    assert_eq!(
        (&page["startIndex"], &page["Resources"][0]["userName"]),
        (&json!(2), &json!("bob"))
    );
}

#[tokio::test]
async fn who_is_named_can_arrive_later_and_be_named_in_two_ways() {
    let folder = tempfile::tempdir().unwrap();
    let file = company(folder.path(), [("Line manager", "employee"), ("Hired", "date")]);
    let arguments = ["--peakon-schema", &file];
    let server = serve(folder.path(), "peakon", &arguments).await;
    let mut client = server.client();
    let published = client.get(&format!("/Schemas/{PEAKON}")).await.body;
    assert_eq!(published["attributes"][0]["type"], "string");
    for (name, manager) in [("ann", "BOSS@x"), ("bob", "17"), ("cyd", "boss@x")] {
        let body = json!({"userName": name, PEAKON: {"Line manager": manager, "Hired": "then"}});
        client.create("/Users", body).await;
    }
    let log = said(folder.path(), &["log", "t"]);
    assert!(log.contains("Hired`") && !log.contains("then"), "{log}");

    let told = |command: &[&str]| said(folder.path(), &[&["peakon"], command, &arguments].concat());
    let before = told(&["references", "t"]);
    assert_eq!(before.matches("is (nobody yet)").count(), 3, "{before}");
    let boss = json!({"userName": "boss", "emails": [{"value": "boss@x"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "17"}});
    client.create("/Users", boss.clone()).await;
    assert_eq!(
        told(&["references", "t"]),
        "ann: Line manager BOSS@x is boss\n\
         bob: Line manager 17 is boss\n\
         cyd: Line manager boss@x is boss\n"
    );
    assert_eq!(told(&["segments", "t", "Line manager"]), "     3  boss\n     1  (none)\n");

    let mut other = boss;
    other["userName"] = json!("other");
    client.create("/Users", other).await;
    assert!(told(&["references", "t"]).contains("bob: Line manager 17 is (several)"));
}

#[tokio::test]
async fn many_people_come_in_one_request() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(folder.path(), "peakon", &[]).await;
    let mut client = server.client();
    let operation = |number: usize| {
        json!({"method": "POST", "path": "/Users", "bulkId": number.to_string(),
            "data": {"userName": format!("u{number}"), PEAKON: {"Department": "Sales"}}})
    };
    let mut operations: Vec<Value> = (0..50).map(operation).collect();
    operations.push(json!({"method": "POST", "path": "/Groups", "bulkId": "g",
        "data": {"displayName": "x"}}));
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations});
    let answer = client.send("POST", "/Bulk", body.to_string()).await;
    let outcomes = answer.body["Operations"].as_array().unwrap();
    let statuses: Vec<&str> = outcomes.iter().filter_map(|one| one["status"].as_str()).collect();
    assert_eq!((statuses.len(), statuses[50]), (51, "404"), "there are no groups");
    assert!(statuses[..50].iter().all(|status| *status == "201"));
    assert_eq!(said(folder.path(), &["peakon", "segments", "t", "Department"]), "    50  Sales\n");
}
