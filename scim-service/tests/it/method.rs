//! Resource types of which not everything is served.

use std::sync::Arc;

use scim_service::{
    Action, Endpoint, Limits, MemoryStore, ScimService,
    core::{AttrName, Attribute, Kind, Schema, SchemaUri},
    schema::{ResourceSchema, catalog},
};
use serde_json::{Value, json};

use crate::client::{BASE, Client};

/// Users that nobody deletes, groups that are only read, and badges that are only written.
fn client(users: &[Action], limits: Limits) -> Client {
    let uri = SchemaUri::from_static("urn:example:scim:schemas:1.0:Badge");
    let name = Attribute::new(AttrName::from_static("name"), Kind::String);
    let badge = ResourceSchema::new(Schema::new(uri, "Badge", [name])).unwrap();
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .limits(limits)
        .endpoint(Endpoint::users(catalog::user()).only(users))
        .endpoint(Endpoint::groups(catalog::group()).only([Action::Read]))
        .endpoint(Endpoint::new("Badge", "/Badges", badge).unwrap().only([Action::Create]))
        .build();
    Client(service.unwrap())
}

const NO_DELETION: [Action; 4] = [Action::Read, Action::Create, Action::Replace, Action::Patch];

/// RFC 7644 §3.2, RFC 7644 §3.12
#[tokio::test]
async fn what_is_not_served_is_405_and_names_what_is() {
    let client = client(&NO_DELETION, Limits::DEFAULT);
    let user = client.user("ann").await;
    let badge = client.post("/Badges", json!({"name": "1"})).await;
    assert_eq!(badge.status, 201);
    let badge = format!("/Badges/{}", badge.body["id"].as_str().unwrap());
    for (method, path, allowed) in [
        ("DELETE", user.as_str(), "GET, PUT, PATCH"),
        ("POST", "/Groups", "GET"),
        ("PUT", "/Groups/1", "GET"),
        ("PATCH", "/Groups/1", "GET"),
        ("DELETE", "/Groups/1", "GET"),
        ("GET", "/Badges", "POST"),
        ("HEAD", "/Badges", "POST"),
        ("POST", "/Badges/.search", ""),
        ("GET", badge.as_str(), ""),
    ] {
        let answer = client.send(method, path, &[], "{}").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allowed)),
            "{method} {path}"
        );
    }
    assert_eq!(client.get("/Groups").await.status, 200);
    assert_eq!(client.send("HEAD", &user, &[], "").await.status, 200);
    assert_eq!(client.get("/").await.body["totalResults"], 1, "badges are not read");
}

/// RFC 7644 §3.7.3
#[tokio::test]
async fn a_bulk_request_obeys() {
    let client = client(&NO_DELETION, Limits::DEFAULT);
    let user = client.user("ann").await;
    let operations = json!([
        {"method": "DELETE", "path": user},
        {"method": "POST", "path": "/Groups", "bulkId": "1", "data": {"displayName": "g"}},
        {"method": "PUT", "path": "/Groups/1", "data": {"displayName": "g"}},
        {"method": "PATCH", "path": "/Badges/1", "data": {"Operations": []}},
        {"method": "POST", "path": "/Badges", "bulkId": "2", "data": {"name": "2"}},
        {"method": "PUT", "path": user, "data": {"userName": "bob"}},
    ]);
    let answer = client.post("/Bulk", bulk(operations)).await.body;
    let statuses: Vec<&str> = answer["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["405", "405", "405", "405", "201", "200"]);
    assert_eq!(client.get(&user).await.body["userName"], "bob");
}

fn bulk(operations: Value) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations,
    })
}

/// RFC 7643 §5, RFC 7644 §3.7, RFC 7644 §3.12
#[tokio::test]
async fn what_no_type_serves_is_not_announced_and_answered_with_501() {
    let supported = async |client: &Client, name: &str| {
        client.get("/ServiceProviderConfig").await.body[name]["supported"].clone()
    };
    let writing = client(&NO_DELETION, Limits::DEFAULT);
    assert_eq!(supported(&writing, "patch").await, true);
    assert_eq!(supported(&writing, "bulk").await, true);
    let replacing = client(&[Action::Read, Action::Replace], Limits::DEFAULT);
    assert_eq!(supported(&replacing, "patch").await, false);
    let patch = json!([{"op": "add", "path": "title", "value": "x"}]);
    for path in ["/Users/1", "/Groups/1", "/Badges/1"] {
        assert_eq!(replacing.patch(path, patch.clone()).await.error(), (501, None), "{path}");
    }
    assert_eq!(replacing.patch("/Users", patch.clone()).await.error(), (405, None));
    let data = json!({"Operations": patch});
    let operation = json!([{"method": "PATCH", "path": "/Users/1", "data": data}]);
    let answer = replacing.post("/Bulk", bulk(operation)).await;
    assert_eq!(answer.body["Operations"][0]["status"], "501");
    let mut limits = Limits::DEFAULT;
    limits.max_bulk_operations = 0;
    let single = client(&NO_DELETION, limits);
    assert_eq!(supported(&single, "bulk").await, false);
    assert_eq!(single.post("/Bulk", bulk(json!([]))).await.status, 501);
    assert_eq!(supported(&single, "patch").await, true);
}
