//! People come, move, leave and come back.

use scim_service::OnConflict;
use serde_json::json;

use super::recorder::Story;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// RFC 7644 §3.3
#[tokio::test]
async fn joiner() {
    let mut story = Story::new(OnConflict::Refuse);
    story.get("/Users?filter=userName+eq+%22rosa@acme.example%22").await;
    let person = json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": "00u1",
        "userName": "rosa@acme.example",
        "name": {"givenName": "Rosa", "familyName": "Quill"},
        "emails": [{"value": "rosa@acme.example", "type": "work", "primary": true}],
        "password": "t1meMa$heen",
        "groups": [],
        ENTERPRISE: {"department": "Research", "employeeNumber": "701"},
    });
    let rosa = story.created("/Users", person).await;
    story.get(&format!("/Users/{rosa}")).await;
    story.get("/Users?filter=externalId+eq+%2200u1%22&attributes=userName").await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.5.2, RFC 7644 §3.5.1
#[tokio::test]
async fn mover() {
    let mut story = Story::new(OnConflict::Refuse);
    let boss = story.created("/Users", json!({"userName": "boss", "displayName": "Mo"})).await;
    let rosa = story.created("/Users", json!({"userName": "rosa", "title": "Intern"})).await;
    let path = format!("/Users/{rosa}");
    story
        .patch(
            &path,
            json!([
                {"op": "Replace", "path": "title", "value": "Lead"},
                {"op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Sales"},
                {"op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": boss},
                {"op": "Add", "path": "emails[type eq \"work\"].value", "value": "rosa@acme.example"},
            ]),
        )
        .await;
    story.get(&format!("/Users?filter=manager.value+eq+%22{boss}%22&attributes=id")).await;
    story.put(&path, &[], json!({"userName": "rosa", "title": "Lead"})).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.6
#[tokio::test]
async fn leaver() {
    let mut story = Story::new(OnConflict::Refuse);
    let rosa = story.created("/Users", json!({"userName": "rosa"})).await;
    let guides = json!({"displayName": "Guides", "members": [{"value": rosa}]});
    let group = story.created("/Groups", guides).await;
    let path = format!("/Users/{rosa}");
    story.patch(&path, json!([{"op": "replace", "value": {"active": false}}])).await;
    story.get("/Users?filter=active+eq+false").await;
    story.put(&path, &[], json!({"userName": "rosa", "title": "gone"})).await;
    story.delete(&path, &[]).await;
    story.delete(&path, &[]).await;
    story.get(&format!("/Groups/{group}")).await;
    story.created("/Users", json!({"userName": "rosa"})).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn rehire_by_the_client() {
    let mut story = Story::new(OnConflict::Refuse);
    let rosa = story.created("/Users", json!({"userName": "rosa", "active": false})).await;
    story.post("/Users", json!({"userName": "Rosa"})).await;
    story.get("/Users?filter=userName+eq+%22Rosa%22").await;
    let path = format!("/Users/{rosa}");
    story.patch(&path, json!([{"op": "Replace", "path": "active", "value": "True"}])).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn rehire_by_the_server() {
    let mut story = Story::new(OnConflict::adopt_inactive());
    let rosa = json!({"userName": "rosa", "title": "Intern", "externalId": "00u1"});
    let id = story.created("/Users", rosa.clone()).await;
    story.post("/Users", rosa).await;
    let path = format!("/Users/{id}");
    story.patch(&path, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let back = json!({"userName": "Rosa", "displayName": "Rosa Quill", "externalId": "00u9"});
    story.post("/Users", back).await;
    story.get("/Users").await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn adoption_of_unmanaged_accounts() {
    let mut story = Story::new(OnConflict::adopt_unmanaged());
    story.created("/Users", json!({"userName": "rosa", "title": "was here before"})).await;
    let managed = json!({"userName": "rosa", "externalId": "00u1", "displayName": "Rosa Quill"});
    story.post("/Users", managed.clone()).await;
    story.post("/Users", managed).await;
    story.get("/Users?attributes=userName,externalId").await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.11
#[tokio::test]
async fn me() {
    let mut story = Story::new(OnConflict::Refuse);
    let ann = story.created("/Users", json!({"userName": "ann"})).await;
    story.get("/Me").await;
    let who = [("X-Principal", ann.as_str())];
    story.request("GET", "/Me", &who).await;
    story.put("/Me", &who, json!({"userName": "ann", "nickName": "Annie"})).await;
    story.request("POST", "/Me", &who).await;
    story.delete("/Me", &who).await;
    story.request("GET", "/Me", &who).await;
    insta::assert_snapshot!(story);
}

/// RFC 7643 §4.1.1
#[tokio::test]
async fn password_change() {
    let mut story = Story::with_hasher();
    let rosa = json!({"userName": "rosa", "password": "t1meMa$heen"});
    let id = story.created("/Users", rosa).await;
    let path = format!("/Users/{id}");
    story.patch(&path, json!([{"op": "replace", "value": {"password": "n3wMa$heen"}}])).await;
    let forced = json!([{"op": "replace", "path": "password", "value": "f0rced"}]);
    story.patch(&format!("{path}?attributes=password"), forced).await;
    story.put(&path, &[], json!({"userName": "rosa"})).await;
    story.get("/Users?filter=password+eq+%22f0rced%22").await;
    story.get(&format!("{path}?attributes=password")).await;
    insta::assert_snapshot!(story);
}
