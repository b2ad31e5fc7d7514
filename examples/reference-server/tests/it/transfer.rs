//! Users and groups in and out of files.

use std::fs;

use serde_json::{Value, json};

use crate::{
    cli::{refused, run, said},
    server::{Server, TOKEN},
};

#[tokio::test]
async fn what_is_exported_as_csv_can_be_imported_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let ann = client
        .create(
            "/Users",
            json!({
                "userName": "ann", "active": false, "name": {"familyName": "O\"Neil, \nPhD"},
                "emails": [{"value": "a@x", "type": "work"}, {"value": "a@y"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D"},
            }),
        )
        .await;
    client.create("/Groups", json!({"displayName": "Staff", "members": [{"value": ann}]})).await;
    let users = said(folder.path(), &["export", "users", "acme", "--csv"]);
    let header = users.lines().next().unwrap();
    assert!(header.starts_with("id,userName,name.familyName"), "only used columns: {header}");
    assert!(header.contains("enterprise:2.0:User:department") && !header.contains("title"));
    assert!(users.contains("Staff"), "groups by their names");
    let groups = said(folder.path(), &["export", "groups", "acme", "--csv"]);
    assert!(groups.contains("displayName,members") && groups.contains(&ann), "{groups}");

    said(folder.path(), &["tenant", "add", "copy"]);
    fs::write(folder.path().join("users.csv"), &users).unwrap();
    said(folder.path(), &["import", "copy", "users.csv"]);
    let copied = said(folder.path(), &["export", "users", "copy"]);
    let copied: Value = serde_json::from_str(&copied).unwrap();
    assert_eq!((&copied["userName"], &copied["active"]), (&json!("ann"), &json!(false)));
    assert_eq!(copied["name"]["familyName"], "O\"Neil, \nPhD");
    assert_eq!(copied["emails"].as_array().unwrap().len(), 2);
    assert_ne!(copied["id"], ann.as_str(), "a resource of its own");
}

#[test]
fn refused_rows_are_reported_and_the_others_stand() {
    let folder = tempfile::tempdir().unwrap();
    said(folder.path(), &["tenant", "add", "acme"]);
    let rows =
        "userName,active,emails\nann,true,a@x;a@y\n,true,\nANN,,\nbob,perhaps,\ncyd,FALSE\ndan,,\n";
    fs::write(folder.path().join("users.csv"), rows).unwrap();
    let output = run(folder.path(), &["import", "acme", "users.csv"]);
    assert!(!output.status.success(), "something was refused");
    let (report, summary) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(summary.contains("2 users created, 4 rows refused"), "{summary}");
    let mut lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines.remove(0), "line,status,scimType,reason");
    lines.sort_unstable();
    for (line, part) in
        lines.iter().zip(["3,400,", "4,409,uniqueness,", "5,400,", "6,,,\"the row has 2 cells"])
    {
        assert!(line.starts_with(part), "{line}");
    }
    for value in ["ann", "bob", "cyd", "perhaps", "a@x"] {
        assert!(!report.to_lowercase().contains(value), "{value}");
    }
    let output = run(folder.path(), &["import", "acme", "users.csv", "--report", "refused.csv"]);
    assert!(!output.status.success() && output.stdout.is_empty());
    let report = fs::read_to_string(folder.path().join("refused.csv")).unwrap();
    assert_eq!(report.lines().count(), 7, "all six rows this time");
}

#[test]
fn json_lines_are_imported_by_the_thousand_beside_a_running_server() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::start(&folder));
    let mut lines: Vec<String> =
        (0..2000).map(|at| json!({"userName": format!("user{at}")}).to_string()).collect();
    lines.insert(7, String::new());
    lines.push("{nonsense".to_owned());
    // So deep that it would be refused together with its neighbours.
    lines.push(format!("{{\"userName\": {}0{}}}", "[".repeat(62), "]".repeat(62)));
    lines.push(json!({"userName": "last"}).to_string());
    fs::write(folder.path().join("users.jsonl"), lines.join("\n")).unwrap();
    let output = run(folder.path(), &["import", "acme", "users.jsonl"]);
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(summary.contains("2001 users created, 2 rows refused"), "{summary}");
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("\n2002,,,the line is no JSON\n2003,400,"), "{report}");
    runtime.block_on(async {
        let total = server.client().get("/Users?count=0").await;
        assert_eq!(total.body["totalResults"], 2001);
    });
    let all = said(folder.path(), &["export", "users", "acme", "--output", "all.jsonl"]);
    assert!(all.is_empty());
    let all = fs::read_to_string(folder.path().join("all.jsonl")).unwrap();
    assert_eq!(all.lines().count(), 2001, "more than a page");
    let log = said(folder.path(), &["log", "acme", "--last", "1"]);
    assert!(log.contains("import"), "{log}");
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    said(folder.path(), &["tenant", "add", "acme", "--profile", "peakon"]);
    for (name, text) in [("a.csv", "userName,shoeSize\n"), ("b.txt", "")] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    for (arguments, complaint) in [
        (vec!["export", "groups", "acme"], "no groups"),
        (vec!["export", "users", "nobody"], "no tenant"),
        (vec!["export", "boats", "acme"], "users"),
        (vec!["import", "acme", "a.csv"], "`shoeSize`"),
        (vec!["import", "acme", "b.txt"], "--format"),
        (vec!["import", "acme", "missing.csv"], "missing.csv"),
        (vec!["import", "nobody", "a.csv"], "no tenant"),
    ] {
        let error = refused(folder.path(), &arguments);
        assert!(error.contains(complaint), "{arguments:?}: {error}");
    }
}

#[test]
fn an_empty_tenant_is_exported_as_nothing() {
    let folder = tempfile::tempdir().unwrap();
    said(folder.path(), &["tenant", "add", "acme"]);
    assert_eq!(said(folder.path(), &["export", "users", "acme", "--csv"]), "");
    assert_eq!(said(folder.path(), &["export", "groups", "acme"]), "");
}

#[tokio::test]
async fn a_demo_has_people_and_groups_and_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with(folder.path(), &["--tenant", &format!("a:generic:{TOKEN}")]).await;
    let told = said(folder.path(), &["demo"]);
    assert!(told.contains("60 people and 5 groups are new in the tenant `demo`"), "{told}");
    let token = told.lines().find_map(|line| line.split_once("this once: ")).unwrap().1;
    let mut demo = server.client().token(token);
    assert_eq!(demo.get("/Users?filter=active+eq+false").await.body["totalResults"], 5);
    let groups = demo.get("/Groups").await.body;
    assert_eq!(groups["Resources"][0]["members"].as_array().unwrap().len(), 12);
    assert!(said(folder.path(), &["demo"]).contains("0 people and 0 groups"));
    for profile in ["pendo", "peakon", "prendio"] {
        let told = said(folder.path(), &["demo", profile, "--profile", profile, "--people", "7"]);
        assert!(told.contains("7 people"), "{profile}: {told}");
    }
    assert!(said(folder.path(), &["check"]).contains("all fits together"));
}
