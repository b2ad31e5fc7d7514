//! Passwords: hashed, kept apart, and never told.

use std::sync::Arc;

use http::Extensions;
use scim_service::{
    Context, Endpoint, MemoryStore, ScimService, Store,
    core::{AttrName, Attribute, Error, Kind, Mutability},
    schema::{Secret, catalog},
};
use serde_json::json;

use crate::client::{BASE, Client};

/// A hash that cannot be told from another's but by its owner.
fn service(hashes: bool) -> Client {
    service_of(Endpoint::users(catalog::user()), hashes)
}

fn service_of(users: Endpoint, hashes: bool) -> Client {
    let builder = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE).endpoint(users);
    let hash = |_: Context, secret: Secret| async move {
        match secret.text() {
            Some("short") => Err(Error::invalid_value("`password` is too short")),
            text => Ok(format!("hash of {} letters", text.unwrap_or_default().len())),
        }
    };
    Client(if hashes { builder.secrets(hash) } else { builder }.build().unwrap())
}

async fn kept(client: &Client, user: &str) -> Option<String> {
    let cx = client.0.context("User", Extensions::new()).unwrap();
    let id = user.strip_prefix("/Users/").unwrap();
    client.0.store().secret(&cx, id, "password").await.unwrap()
}

async fn create(client: &Client, password: &str) -> String {
    let created = client.post("/Users", json!({"userName": "a", "password": password})).await;
    assert_eq!(created.status, 201);
    assert!(!created.body.to_string().contains("hash of"));
    format!("/Users/{}", created.body["id"].as_str().unwrap())
}

/// RFC 7643 §4.1.1, RFC 7643 §9.2, RFC 7644 §3.5.1, RFC 7644 §7.7
#[tokio::test]
async fn a_password_is_hashed_once_and_kept_until_another_is_sent() {
    let client = service(true);
    let user = create(&client, "correct horse").await;
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 13 letters"));
    let put = client.put(&user, json!({"userName": "a", "title": "Guide"})).await;
    assert_eq!(put.status, 200);
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 13 letters"));
    let tag = put.header("etag").unwrap().to_owned();
    let patch = json!([{"op": "replace", "path": "password", "value": "battery"}]);
    let patched = client.patch(&user, patch).await;
    assert_ne!(patched.header("etag"), Some(tag.as_str()), "a new password is a change");
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 7 letters"));
    client.put(&user, json!({"userName": "a", "password": "staple!"})).await;
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 7 letters"));
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["changePassword"]["supported"], true);
}

/// RFC 7643 §4.1.1, RFC 7644 §7.7
#[tokio::test]
async fn a_password_that_the_hasher_refuses_is_no_change() {
    let client = service(true);
    let user = create(&client, "correct horse").await;
    let put = json!({"userName": "b", "password": "short"});
    assert_eq!(client.put(&user, put).await.error(), (400, Some("invalidValue")));
    let patch = json!([
        {"op": "replace", "path": "userName", "value": "b"},
        {"op": "replace", "path": "password", "value": "short"},
    ]);
    assert_eq!(client.patch(&user, patch).await.error(), (400, Some("invalidValue")));
    assert_eq!(client.get(&user).await.body["userName"], "a");
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 13 letters"));
}

/// RFC 7643 §4.1.1, RFC 7644 §3.6
#[tokio::test]
async fn a_password_can_be_removed_and_goes_with_its_user() {
    let client = service(true);
    let user = create(&client, "correct horse").await;
    client.patch(&user, json!([{"op": "remove", "path": "password"}])).await;
    assert_eq!(kept(&client, &user).await, None);
    let patch = json!([{"op": "add", "path": "password", "value": "battery"}]);
    client.patch(&user, patch).await;
    client.send("DELETE", &user, &[], "").await;
    assert_eq!(kept(&client, &user).await, None);
}

/// RFC 7643 §4.1.1, RFC 7643 §5
#[tokio::test]
async fn without_a_hasher_nothing_is_kept_and_nothing_changes() {
    let client = service(false);
    let user = create(&client, "correct horse").await;
    assert_eq!(kept(&client, &user).await, None);
    let tag = client.get(&user).await.header("etag").unwrap().to_owned();
    let patch = json!([{"op": "replace", "path": "password", "value": "battery"}]);
    let patched = client.patch(&user, patch).await;
    assert_eq!(patched.status, 200);
    assert_eq!(patched.header("etag"), Some(tag.as_str()));
    assert_eq!(kept(&client, &user).await, None);
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["changePassword"]["supported"], false);
}

/// RFC 7644 §3.5.1
#[tokio::test]
async fn a_new_password_is_kept_where_a_replacement_leaves_out_what_a_create_must_have() {
    let mut schema = catalog::user_schema();
    let mut badge = Attribute::new(AttrName::from_static("badge"), Kind::String);
    (badge.required, badge.mutability) = (true, Mutability::Immutable);
    schema.attributes.push(badge);
    let client = service_of(Endpoint::users(catalog::user_of(schema).unwrap()), true);
    let body = json!({"userName": "a", "badge": "7", "password": "correct horse"});
    let created = client.post("/Users", body).await;
    let user = format!("/Users/{}", created.body["id"].as_str().unwrap());
    let put = client.put(&user, json!({"userName": "a", "password": "battery"})).await;
    assert_eq!((put.status, &put.body["badge"]), (200, &json!("7")));
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 7 letters"));
    let refused = client.put(&user, json!({"userName": 1, "password": "staple"})).await;
    assert_eq!(refused.error(), (400, Some("invalidValue")));
    assert_eq!(kept(&client, &user).await.as_deref(), Some("hash of 7 letters"));
}
