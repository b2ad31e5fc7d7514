//! What identity providers do, as whole exchanges: snapshots to be read with the RFCs in hand.

mod recorder;

use scim_service::OnConflict;
use serde_json::json;

use self::recorder::Story;

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
