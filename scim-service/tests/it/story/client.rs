//! Clients that get in one another's way, retry, page, and look around.

use scim_service::OnConflict;
use serde_json::json;

use super::recorder::Story;

/// RFC 7644 §3.3, RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[tokio::test]
async fn conflict() {
    let mut story = Story::new(OnConflict::Refuse);
    story.created("/Users", json!({"userName": "ann"})).await;
    let bob = story.created("/Users", json!({"userName": "bob"})).await;
    story.post("/Users", json!({"userName": "ANN"})).await;
    let path = format!("/Users/{bob}");
    story.put(&path, &[], json!({"userName": "Ann"})).await;
    story.patch(&path, json!([{"op": "replace", "path": "userName", "value": "aNN"}])).await;
    story.get(&path).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.14
#[tokio::test]
async fn lost_update() {
    let mut story = Story::new(OnConflict::Refuse);
    let ann = story.created("/Users", json!({"userName": "ann"})).await;
    let path = format!("/Users/{ann}");
    let first = [("If-Match", "W/\"1\"")];
    story.put(&path, &first, json!({"userName": "ann", "title": "of the first client"})).await;
    story.put(&path, &first, json!({"userName": "ann", "nickName": "of the second"})).await;
    story.delete(&path, &first).await;
    story
        .request("GET", &format!("{path}?attributes=title"), &[("If-None-Match", "W/\"2\"")])
        .await;
    let now = [("If-Match", "W/\"2\"")];
    let both =
        json!({"userName": "ann", "title": "of the first client", "nickName": "of the second"});
    story.put(&path, &now, both).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §3.5.2, RFC 7644 §3.6
#[tokio::test]
async fn retry_of_what_was_done_already() {
    let mut story = Story::new(OnConflict::Refuse);
    let ann = story.created("/Users", json!({"userName": "ann"})).await;
    let group = story.created("/Groups", json!({"displayName": "Guides"})).await;
    let path = format!("/Users/{ann}");
    for _ in 0..2 {
        story.patch(&path, json!([{"op": "add", "path": "title", "value": "Guide"}])).await;
        story.put(&path, &[], json!({"userName": "ann", "title": "Guide"})).await;
        let add = json!([{"op": "add", "path": "members", "value": [{"value": ann}]}]);
        story.patch(&format!("/Groups/{group}"), add).await;
    }
    insta::assert_snapshot!(story);
}

/// RFC 9865 §2
#[tokio::test]
async fn cursor_walk() {
    let mut story = Story::new(OnConflict::Refuse);
    for name in ["ann", "bob", "cyd"] {
        story.silently_created("/Users", json!({"userName": name})).await;
    }
    let query = "/Users?sortBy=userName&count=2&attributes=userName&cursor";
    let first = story.get(query).await;
    let last = story.get(&format!("{query}={}", first["nextCursor"].as_str().unwrap())).await;
    story.get(&format!("{query}={}", last["previousCursor"].as_str().unwrap())).await;
    story.get(&format!("{query}=not-a-cursor")).await;
    let next = first["nextCursor"].as_str().unwrap();
    story.get(&format!("/Users?sortBy=userName&count=1&attributes=userName&cursor={next}")).await;
    insta::assert_snapshot!(story);
}

/// RFC 7644 §4
#[tokio::test]
async fn discovery() {
    let mut story = Story::new(OnConflict::Refuse);
    story.get("/ServiceProviderConfig").await;
    story.get("/ResourceTypes").await;
    story.get("/ResourceTypes/Group").await;
    story.get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group").await;
    story.get("/Schemas?filter=id+pr").await;
    story.put("/ResourceTypes/Group", &[], json!({})).await;
    insta::assert_snapshot!(story);
}
