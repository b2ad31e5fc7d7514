//! A group so large that its members are sent in pieces.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::server::Server;

/// RFC 7644 §3.4.1
#[tokio::test]
async fn a_large_group_is_sent_whole() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let mut ids: Vec<String> = Vec::new();
    for part in 0..3 {
        let create = |at: usize| json!({"method": "POST", "path": "/Users", "bulkId": at.to_string(), "data": {"userName": format!("user-{part}-{at}")}});
        let operations: Vec<Value> = (0..500).map(create).collect();
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        let answer = client.send("POST", "/Bulk", body.to_string()).await;
        let results = answer.body["Operations"].as_array().unwrap();
        ids.extend(
            results.iter().map(|one| {
                one["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
            }),
        );
    }
    let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    let group =
        client.create("/Groups", json!({"displayName": "Everyone", "members": members})).await;
    let path = format!("/Groups/{group}");
    let found = client.get(&path).await;
    assert_eq!(found.headers["transfer-encoding"], "chunked");
    let members = found.body["members"].as_array().unwrap();
    let values: BTreeSet<&str> =
        members.iter().map(|member| member["value"].as_str().unwrap()).collect();
    assert_eq!(values, ids.iter().map(String::as_str).collect());
    assert!(members.iter().all(|member| member["$ref"]
        == format!("{}/Users/{}", server.base_url, member["value"].as_str().unwrap())));
    let some = client.get(&format!("{path}?attributes=members.value")).await;
    assert_eq!(some.body["members"].as_array().unwrap().len(), ids.len());
    assert!(
        some.body["members"][0].get("$ref").is_none() && some.body.get("displayName").is_none()
    );
    assert!(
        client
            .get(&format!("{path}?excludedAttributes=members"))
            .await
            .body
            .get("members")
            .is_none()
    );
}
