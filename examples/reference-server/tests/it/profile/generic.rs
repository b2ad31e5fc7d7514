use std::{fs, path::Path};

use serde_json::{Value, json};

use super::serve;
use crate::cli::{refused, said};

fn write(folder: &Path, name: &str, document: Value) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, document.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn attribute(name: &str, kind: &str) -> Value {
    json!({"name": name, "type": kind, "multiValued": false, "description": "x", "required": false,
        "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none"})
}

/// RFC 7643 §6, RFC 7643 §7, RFC 7644 §4
#[tokio::test]
async fn any_schema_is_served_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut serial = attribute("serial", "string");
    serial["uniqueness"] = json!("server");
    serial["required"] = json!(true);
    let device = json!({"id": "urn:example:2.0:Device", "name": "Device", "attributes": [serial, attribute("weight", "decimal")]});
    let badge = json!({"id": "urn:example:badge:1.0:User", "name": "Badge", "attributes": [attribute("Badge colour", "string")]});
    write(folder, "schemas/device.json", device);
    write(folder, "schemas/badge.json", json!([badge]));
    let types = write(
        folder,
        "types.json",
        json!([
            {"name": "Device", "endpoint": "/Devices", "schema": "urn:example:2.0:Device", "description": "A thing."},
            {"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
             "schemaExtensions": [{"schema": "urn:example:badge:1.0:User", "required": false}]},
        ]),
    );
    let schemas = folder.join("schemas");
    let arguments = ["--schemas", schemas.to_str().unwrap(), "--resource-types", &types];
    let server = serve(folder, "generic", &arguments).await;
    let mut client = server.client();
    let types = client.get("/ResourceTypes").await.body;
    assert_eq!(types["totalResults"], 3, "users, groups and devices");
    assert_eq!(client.get("/Schemas/urn:example:2.0:Device").await.status, 200);
    let id = client.create("/Devices", json!({"serial": "A1", "weight": 1.25})).await;
    let found = client.get("/Devices?filter=weight+gt+1.2").await.body;
    assert_eq!(found["Resources"][0]["id"], id.as_str());
    assert_eq!(client.send("POST", "/Devices", "{\"serial\": \"a1\"}").await.status, 409);
    assert_eq!(client.send("POST", "/Devices", "{\"weight\": 1}").await.status, 400);
    let badge = json!({"userName": "ann", "urn:example:badge:1.0:User": {"Badge colour": "red"}});
    let ann = client.create("/Users", badge).await;
    let found = client.get(&format!("/Users/{ann}")).await.body;
    assert_eq!(found["urn:example:badge:1.0:User"]["Badge colour"], "red");
    assert_eq!(found["active"], true, "users are users still");
    let mut all = vec!["export", "users", "t", "--csv"];
    all.extend(arguments);
    assert!(said(folder, &all).contains("urn:example:badge:1.0:User:Badge colour"));
}

#[test]
fn files_that_define_nothing_usable_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let device =
        |endpoint: &str| json!({"name": "Device", "endpoint": endpoint, "schema": "urn:x"});
    for (option, name, document, complaint) in [
        ("--schemas", "a.json", json!({"id": "urn:x", "attributes": 3}), "a.json"),
        ("--resource-types", "b.json", json!({"name": "Device"}), "b.json"),
        ("--resource-types", "c.json", device("/Devices"), "no file defines the schema `urn:x`"),
    ] {
        let file = write(folder, name, document);
        let error = refused(folder, &[option, &file, "--listen", "127.0.0.1:0"]);
        assert!(error.contains(complaint), "{error}");
    }
    assert!(refused(folder, &["--schemas", "missing.json"]).contains("missing.json"));
}
