//! What an embedder decides: who `/Me` is, who is taken over, how secrets are kept.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU32, Ordering},
};

use futures_executor::block_on;
use scim_service::{
    Context, Endpoint, Features, MemoryStore, New, OnConflict, Policy, Principal, Proposal,
    ScimService, Store, UnknownMembers,
    core::{Compat, Error},
    schema::catalog,
};
use serde_json::json;

use crate::{
    client::{Answer, BASE, Client},
    wrapped::Wrapped,
};

fn with(users: Endpoint) -> Client {
    let builder = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE).endpoint(users);
    Client(builder.endpoint(Endpoint::groups(catalog::group())).build().unwrap())
}

/// RFC 7644 §3.11
#[tokio::test]
async fn me_is_whoever_the_embedder_says() {
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .me("User", |cx: &Context| cx.get::<Principal>().map(|principal| principal.0.to_string()))
        .build();
    let client = Client(service.unwrap());
    let user = client.user("bjensen").await;
    let mut request = http::Request::get("/Me").body(http_body_util::Full::default()).unwrap();
    assert_eq!(client.request(request.clone()).await.error(), (501, None));
    request.extensions_mut().insert(Principal(user.strip_prefix("/Users/").unwrap().into()));
    let me = client.request(request).await;
    assert_eq!(me.body["userName"], "bjensen");
    assert_eq!(me.header("location"), Some(format!("{BASE}{user}").as_str()));
}

/// RFC 7643 §3.1
#[tokio::test]
async fn the_id_and_meta_of_a_resource_are_the_services_whatever_a_store_has_beside_them() {
    let client = Client::new();
    let cx = client.0.context("User", http::Extensions::new()).unwrap();
    let mut kept = cx.schema().trust(json!({"userName": "ann"}));
    for (name, value) in [("id", json!("2")), ("meta", json!({"location": "elsewhere"}))] {
        kept.attributes_mut().insert(name.to_owned(), value);
    }
    client.0.store().create(&cx, New::with_id("1", kept)).await.unwrap();
    let shown = client.get("/Users/1").await.body;
    let location = format!("{BASE}/Users/1");
    assert_eq!((&shown["id"], &shown["meta"]["location"]), (&json!("1"), &json!(location)));
}

/// RFC 7644 §3.3
#[tokio::test]
async fn a_person_who_comes_back_is_given_the_old_account() {
    let client = with(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive()));
    let user = client.user("bjensen").await;
    let again = json!({"userName": "BJensen", "title": "Tour Guide"});
    assert_eq!(client.post("/Users", again.clone()).await.error(), (409, Some("uniqueness")));
    client.patch(&user, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let members = json!([{"value": user.strip_prefix("/Users/").unwrap()}]);
    client.post("/Groups", json!({"displayName": "Guides", "members": members})).await;
    let adopted = client.post("/Users", again).await;
    assert_eq!(adopted.status, 201);
    assert_eq!(adopted.body["groups"][0]["display"], "Guides");
    assert_eq!(format!("/Users/{}", adopted.body["id"].as_str().unwrap()), user);
    assert_eq!(adopted.body["title"], "Tour Guide");
    assert_eq!(client.get("/Users").await.body["totalResults"], 1);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn an_account_that_nobody_manages_is_taken_over_by_its_external_id_or_name() {
    let client = with(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_unmanaged()));
    let user = client.user("linked").await;
    let adopted = client.post("/Users", json!({"userName": "linked", "externalId": "1"})).await;
    assert_eq!(
        (adopted.status, format!("/Users/{}", adopted.body["id"].as_str().unwrap())),
        (201, user)
    );
    let second = client.post("/Users", json!({"userName": "linked", "externalId": "2"})).await;
    assert_eq!(second.error(), (409, Some("uniqueness")), "it is managed now");
}

/// RFC 7644 §3.3
#[tokio::test]
async fn who_gives_no_external_id_manages_nothing_and_takes_nothing_over() {
    let client = with(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_unmanaged()));
    let user = client.user("linked").await;
    for again in [json!({"userName": "linked"}), json!({"userName": "Linked", "externalId": ""})] {
        assert_eq!(client.post("/Users", again).await.error(), (409, Some("uniqueness")));
    }
    let tag = client.get(&user).await.body["meta"]["version"].clone();
    let adopted = client.post("/Users", json!({"userName": "linked", "externalId": "1"})).await;
    assert_eq!(adopted.status, 201);
    assert_ne!(adopted.body["meta"]["version"], tag);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn an_adopted_account_stays_off_only_if_the_client_says_so() {
    let client = with(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive()));
    let user = client.user("bjensen").await;
    client.patch(&user, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let adopted = client.post("/Users", json!({"userName": "bjensen"})).await;
    assert_eq!(adopted.body["active"], true, "a create without `active` makes an active user");
}

struct NoContractors;

impl Policy for NoContractors {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        match proposal.resource.attributes().get("userType") {
            Some(kind) if kind == "Contractor" => {
                Err(Error::invalid_value("contractors are not welcome"))
            }
            _ => Ok(()),
        }
    }
}

/// RFC 7644 §2
#[tokio::test]
async fn a_policy_refuses_creates_replacements_and_patches() {
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .policy(NoContractors)
        .build();
    let client = Client(service.unwrap());
    let contractor = json!({"userName": "a", "userType": "Contractor"});
    assert_eq!(
        client.post("/Users", contractor.clone()).await.error(),
        (400, Some("invalidValue"))
    );
    let user = client.user("a").await;
    assert_eq!(client.put(&user, contractor).await.error(), (400, Some("invalidValue")));
    let patch = json!([{"op": "add", "path": "userType", "value": "Contractor"}]);
    assert_eq!(client.patch(&user, patch).await.error(), (400, Some("invalidValue")));
    assert!(client.get(&user).await.body.get("userType").is_none());
}

/// RFC 7643 §2.3.7
#[tokio::test]
async fn a_stale_member_can_be_refused() {
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .endpoint(Endpoint::groups(catalog::group()))
        .unknown_members(UnknownMembers::Refuse)
        .build();
    let client = Client(service.unwrap());
    let group = json!({"displayName": "g", "members": [{"value": "gone"}]});
    assert_eq!(client.post("/Groups", group).await.error(), (400, Some("invalidValue")));
    assert_eq!(client.get("/Groups").await.body["totalResults"], 0);
}

/// RFC 7644 §3.7.1
#[tokio::test]
async fn what_is_still_to_come_is_no_stale_member() {
    let client = Client::of(|builder| builder.unknown_members(UnknownMembers::Refuse));
    let group = |own: &str, other: &str| {
        let members = json!([{"value": format!("bulkId:{other}")}]);
        let group = json!({"displayName": own, "members": members});
        json!({"method": "POST", "path": "/Groups", "bulkId": own, "data": group})
    };
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [group("a", "b"), group("b", "a"), group("own", "own")],
    });
    assert_eq!(client.post("/Bulk", bulk).await.body["Operations"][2]["status"], "201");
    let groups = client.get("/Groups").await.body["Resources"].clone();
    let members =
        groups.as_array().unwrap().iter().map(|group| group["members"][0]["display"].as_str());
    let mut members: Vec<_> = members.flatten().collect();
    members.sort_unstable();
    assert_eq!(members, ["a", "b", "own"]);
}

/// RFC 7643 §3.3, RFC 7644 §3.3
#[tokio::test]
async fn the_letter_of_the_rfcs_is_a_setting_of_the_request() {
    let client = Client::new();
    let strict = |body: &'static str| {
        let mut request =
            http::Request::post("/Users").body(http_body_util::Full::from(body)).unwrap();
        request.extensions_mut().insert(Compat::STRICT);
        request
    };
    for body in [
        r#"{"userName":"a"}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","active":"true"}"#,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","odd":1}"#,
    ] {
        assert_eq!(client.request(strict(body)).await.status, 400, "{body}");
        let name = body.replace("\"a\"", &format!("\"{}\"", body.len()));
        assert_eq!(client.send("POST", "/Users", &[], name).await.status, 201, "{body}");
    }
}

/// RFC 7644 §3.7.2
#[tokio::test]
async fn a_bulk_id_stands_for_the_account_that_is_taken_over() {
    let client = with(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive()));
    let user = client.user("bjensen").await;
    client.patch(&user, json!([{"op": "replace", "path": "active", "value": false}])).await;
    let group = json!({"displayName": "Guides", "members": [{"value": "bulkId:u"}]});
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group},
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "bjensen"}},
        ],
    });
    let answer = client.post("/Bulk", bulk).await;
    assert_eq!(answer.body["Operations"][1]["location"], format!("{BASE}{user}"));
    let groups = client.get("/Groups").await;
    assert_eq!(groups.body["Resources"][0]["members"][0]["$ref"], format!("{BASE}{user}"));
}

/// RFC 7644 §3.3
#[tokio::test]
async fn an_account_is_taken_over_by_what_names_it_and_only_if_it_is_one() {
    let rule = OnConflict::adopt_inactive();
    assert_eq!(format!("{rule:?} {:?}", OnConflict::Refuse), "Adopt Refuse");
    let client = with(Endpoint::users(catalog::user()).on_conflict(rule));
    let off = |name: &str, id: &str| json!({"userName": name, "externalId": id, "displayName": "Babs", "active": false});
    let first = client.post("/Users", off("bjensen", "1")).await.body["id"].clone();
    let second = client.post("/Users", off("babs", "2")).await.body["id"].clone();
    assert_ne!(first, second, "a name that is shown names nobody");
    let both = json!({"userName": "bjensen", "externalId": "2"});
    assert_eq!(client.post("/Users", both).await.error(), (409, Some("uniqueness")));
    let renamed = client.post("/Users", json!({"userName": "barbara", "externalId": "2"})).await;
    assert_eq!((renamed.status, &renamed.body["id"]), (201, &second));
    let new = client.post("/Users", json!({"userName": "new", "externalId": "3"})).await;
    assert_eq!(new.status, 201);
    assert_eq!(client.get("/Users").await.body["totalResults"], 3);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn an_account_that_becomes_another_while_it_is_taken_over_is_looked_at_again() {
    let change: Meanwhile = |other, path, at| {
        let titled = json!([{"op": "add", "path": "title", "value": format!("title {at}")}]);
        assert_eq!(block_on(other.patch(path, titled)).status, 200);
    };
    let delete: Meanwhile = |other, path, _| {
        assert_eq!(block_on(other.send("DELETE", path, &[], "")).status, 204);
    };
    let exchange: Meanwhile = |other, path, _| {
        assert_eq!(block_on(other.send("DELETE", path, &[], "")).status, 204);
        let again = json!({"userName": "bjensen", "active": false});
        assert_eq!(block_on(other.post("/Users", again)).status, 201);
    };
    for (meanwhile, often, status) in [
        (change, 4, 201),
        (change, 5, 503),
        (delete, 1, 201),
        (exchange, 4, 201),
        (exchange, 5, 503),
    ] {
        let (client, answer) = taken_over(meanwhile, often).await;
        assert_eq!(answer.status, status, "{often}");
        let found = client.get("/Users").await.body;
        assert_eq!(found["totalResults"], 1);
        assert_eq!(found["Resources"][0]["active"], status == 201);
        assert_eq!(found["Resources"][0]["id"] == answer.body["id"], status == 201);
    }
}

/// What another client does to the account at a path just before it is taken over.
type Meanwhile = fn(&Client<Wrapped>, &str, u32);

/// A client of a store with one account, and what the attempt to take it over comes to, which
/// another client forestalls so often.
async fn taken_over(meanwhile: Meanwhile, often: u32) -> (Client<Wrapped>, Answer) {
    let other = Arc::new(OnceLock::<Client<Wrapped>>::new());
    let (known, left) = (other.clone(), AtomicU32::new(often));
    let before = move |call: &str| {
        let less = |left: u32| call.contains("Replace").then(|| left.checked_sub(1)).flatten();
        if let Ok(at) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            let other = known.get().unwrap();
            let found = block_on(other.get("/Users")).body["Resources"][0]["id"].clone();
            meanwhile(other, &format!("/Users/{}", found.as_str().unwrap()), at);
        }
        Ok(())
    };
    let users = Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive());
    let service = ScimService::builder(Arc::new(Wrapped::new(Features::default(), before)))
        .base_url(BASE)
        .endpoint(users)
        .build();
    let client = Client(service.unwrap());
    assert!(other.set(client.clone()).is_ok());
    let off = client.post("/Users", json!({"userName": "bjensen", "active": false})).await;
    assert_eq!(off.status, 201);
    let answer = client.post("/Users", json!({"userName": "bjensen"})).await;
    (client, answer)
}
