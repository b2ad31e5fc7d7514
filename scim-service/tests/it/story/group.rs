//! Groups are pushed, filled, renamed; many resources at once.

use scim_service::OnConflict;
use serde_json::json;

use super::recorder::Story;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// RFC 7644 §3.5.2
#[tokio::test]
async fn group_push() {
    let mut story = Story::new(OnConflict::Refuse);
    let ann = story.created("/Users", json!({"userName": "ann", "displayName": "Ann"})).await;
    let bob = story.created("/Users", json!({"userName": "bob"})).await;
    story.get("/Groups?filter=displayName+eq+%22Guides%22&excludedAttributes=members").await;
    let group = story.created("/Groups", json!({"displayName": "Guides", "members": []})).await;
    let path = format!("/Groups/{group}");
    let add = json!([{"op": "add", "path": "members", "value": [
        {"value": ann, "display": "whatever"}, {"value": bob}, {"value": "a stale id"},
    ]}]);
    story.patch(&path, add.clone()).await;
    story.patch(&path, add).await;
    story.get(&path).await;
    let remove = json!([{"op": "Remove", "path": "members", "value": [{"value": ann}]}]);
    story.patch(&path, remove).await;
    let filter = json!([{"op": "remove", "path": format!("members[value eq \"{bob}\"]")}]);
    story.patch(&format!("{path}?attributes=members"), filter).await;
    story.put(&path, &[], json!({"displayName": "Guides", "members": [{"value": bob}]})).await;
    story.get(&format!("/Users/{bob}")).await;
    story.patch(&path, json!([{"op": "replace", "path": "members", "value": []}])).await;
    story.delete(&path, &[]).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.5.2
#[tokio::test]
async fn rename() {
    let mut story = Story::new(OnConflict::Refuse);
    let ann = story.created("/Users", json!({"userName": "ann.a@acme.example"})).await;
    let guides = json!({"displayName": "Guides", "members": [{"value": ann}]});
    let group = story.created("/Groups", guides).await;
    let path = format!("/Groups/{group}");
    let named = json!([{"op": "replace", "value": {"id": group, "displayName": "Tour Guides"}}]);
    story.patch(&path, named.clone()).await;
    story.patch(&path, named).await;
    let path = format!("/Users/{ann}");
    let named = json!([{"op": "replace", "path": "userName", "value": "ann.b@acme.example"}]);
    story.patch(&path, named).await;
    story.get("/Users?filter=userName+eq+%22ann.a@acme.example%22").await;
    story.patch(&path, json!([{"op": "replace", "value": {"id": "another"}}])).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.7, RFC 7644 §3.7.1, RFC 7644 §3.7.2
#[tokio::test]
async fn bulk_onboarding() {
    let mut story = Story::new(OnConflict::Refuse);
    let group = |own: &str, members: &[(&str, &str)]| {
        let members: Vec<_> = members
            .iter()
            .map(|(kind, other)| json!({"type": kind, "value": format!("bulkId:{other}")}))
            .collect();
        let data = json!({"displayName": own, "members": members});
        json!({"method": "POST", "path": "/Groups", "bulkId": own, "data": data})
    };
    let user = |own: &str, manager: &str| {
        let manager = json!({"manager": {"value": format!("bulkId:{manager}")}});
        let data = json!({"userName": own, ENTERPRISE: manager});
        json!({"method": "POST", "path": "/Users", "bulkId": own, "data": data})
    };
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1,
        "Operations": [
            group("A", &[("User", "ann"), ("Group", "B")]),
            user("ann", "bob"),
            user("bob", "ann"),
            group("B", &[("Group", "A")]),
            {"method": "PATCH", "path": "/Users/bulkId:bob", "data": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "add", "path": "title", "value": "Lead"}],
            }},
            {"method": "DELETE", "path": "/Users/nobody"},
            user("never", "ann"),
        ],
    });
    story.post("/Bulk", request).await;
    story.get("/?sortBy=meta.created").await;
    insta::assert_snapshot!(story);
}
