//! Attributes that are computed when a resource is shown.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use scim_service::{
    BuildError, Derived, Endpoint, Features, MemoryStore, ScimService,
    core::{AttrName, Attribute, Kind, Mutability, Schema, SchemaUri},
    schema::{ResourceSchema, catalog},
};
use serde_json::{Value, json};

use crate::{
    client::{BASE, Client},
    wrapped::Wrapped,
};

const EXTENSION: &str = "urn:example:scim:schemas:extension:access:2.0:User";
const COUNTED: &str = "urn:example:scim:schemas:extension:counted:2.0:Group";

fn schema() -> ResourceSchema {
    let mut base = catalog::user_schema();
    for attribute in base.attributes.iter_mut().filter(|attribute| attribute.name == "roles") {
        attribute.mutability = Mutability::ReadOnly;
    }
    let mut level = Attribute::new(AttrName::from_static("level"), Kind::Integer);
    level.mutability = Mutability::ReadOnly;
    let badge = Attribute::new(AttrName::from_static("badge"), Kind::String);
    let access = Schema::new(SchemaUri::from_static(EXTENSION), "Access", [level, badge]);
    ResourceSchema::new(base).unwrap().extend(access).unwrap()
}

/// A user has one role for each group, and a level that is the count of them.
fn served() -> (Client<Wrapped>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let groups = |user: &scim_service::Stored| -> Option<Vec<Value>> {
        user.attributes.get("groups")?.as_array().cloned()
    };
    let need = || ["groups".parse().unwrap()];
    let roles = Derived::new("roles".parse().unwrap(), need(), move |_, user| {
        counted.fetch_add(1, Ordering::Relaxed);
        Some(groups(user)?.iter().map(|group| json!({"value": group["display"]})).collect())
    });
    let level = format!("{EXTENSION}:level").parse().unwrap();
    let level = Derived::new(level, need(), move |_, user| Some(groups(user)?.len().into()));
    let store = Wrapped::new(Features::default(), |_| Ok(()));
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(schema()).derive(roles).derive(level))
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    (Client(service.unwrap()), calls)
}

/// A user in a group.
async fn member(client: &Client<Wrapped>) -> String {
    let user = client.user("ann").await;
    let members = json!([{"value": user.strip_prefix("/Users/").unwrap()}]);
    client.post("/Groups", json!({"displayName": "Editors", "members": members})).await;
    user
}

fn editor() -> Value {
    json!([{"value": "Editors"}])
}

/// RFC 7644 §3.4.1, RFC 7644 §3.4.2, RFC 7644 §3.4.2.1, RFC 7644 §3.4.3
#[tokio::test]
async fn what_is_derived_is_shown_by_every_read() {
    let (client, _) = served();
    let user = member(&client).await;
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "userName eq \"ann\"",
    });
    let shown = [
        client.get(&user).await.body,
        client.get("/Users").await.body["Resources"][0].clone(),
        client.post("/Users/.search", search).await.body["Resources"][0].clone(),
        client.get("/?filter=userName+eq+%22ann%22").await.body["Resources"][0].clone(),
        client.get("/?filter=userName+pr&sortBy=userName").await.body["Resources"][0].clone(),
    ];
    for body in shown {
        assert_eq!(body["roles"], editor(), "{body}");
        assert_eq!(body[EXTENSION]["level"], 1, "{body}");
        assert!(body["schemas"].as_array().unwrap().contains(&json!(EXTENSION)), "{body}");
    }
}

/// RFC 7643 §7, RFC 7644 §3.1, RFC 7644 §3.5.1
#[tokio::test]
async fn what_is_derived_is_shown_by_answers_to_writes() {
    let (client, _) = served();
    let user = member(&client).await;
    let title = json!([{"op": "add", "path": "title", "value": "Guide"}]);
    assert_eq!(client.patch(&user, title).await.body["roles"], editor());
    let put = client.put(&user, json!({"userName": "ann", "roles": [{"value": "Owner"}]})).await;
    assert_eq!(put.body["roles"], editor(), "what a client sends is not stored");
    let created = client.post("/Users", json!({"userName": "bob"})).await;
    assert!(created.body.get("roles").is_none(), "nothing follows from no groups");
}

/// RFC 7643 §3.3
#[tokio::test]
async fn what_is_derived_stands_beside_what_is_stored() {
    let (client, _) = served();
    let user = member(&client).await;
    let badge = json!([{"op": "add", "path": format!("{EXTENSION}:badge"), "value": "b7"}]);
    let written = client.patch(&user, badge).await.body;
    for body in [written, client.get(&user).await.body] {
        assert_eq!(body[EXTENSION], json!({"badge": "b7", "level": 1}));
        let named = body["schemas"].as_array().unwrap().iter().filter(|uri| *uri == EXTENSION);
        assert_eq!(named.count(), 1, "{body}");
    }
}

/// RFC 7643 §7, RFC 7644 §3.12
#[tokio::test]
async fn nobody_writes_searches_or_sorts_by_it() {
    let (client, _) = served();
    let user = member(&client).await;
    let roles = json!([{"op": "add", "path": "roles", "value": [{"value": "Owner"}]}]);
    assert_eq!(client.patch(&user, roles).await.error(), (400, Some("mutability")));
    for filter in [
        "roles.value+eq+%22Owner%22",
        "roles+pr",
        "roles%5Bvalue+eq+%22a%22%5D",
        "userName+pr+and+not+(roles+pr)",
        &format!("{EXTENSION}:level+gt+0"),
    ] {
        let answer = client.get(&format!("/Users?filter={filter}")).await;
        assert_eq!(answer.error(), (400, Some("invalidFilter")), "{filter}");
    }
    let sorted = client.get(&format!("/Users?sortBy={EXTENSION}:level")).await;
    assert_eq!(sorted.error(), (400, Some("invalidValue")));
    let other = client.get(&format!("/Users?filter={EXTENSION}:badge+pr")).await;
    assert_eq!((other.status, &other.body["totalResults"]), (200, &json!(0)));
}

/// RFC 7644 §3.9
#[tokio::test]
async fn a_projection_loads_what_it_needs_and_shows_what_was_asked_for() {
    let (client, calls) = served();
    let user = member(&client).await;
    let only = client.get(&format!("{user}?attributes=roles")).await.body;
    assert_eq!(only["roles"], editor());
    assert!(only.get("groups").is_none() && only.get("userName").is_none(), "{only}");
    let part = client.get(&format!("{user}?attributes=roles.value,groups.value")).await.body;
    assert_eq!(part["roles"], editor(), "a part of what it needs is asked for, too");
    assert!(part["groups"][0].get("display").is_none(), "{part}");
    let except = client.get(&format!("{user}?excludedAttributes=groups")).await.body;
    assert_eq!(except["roles"], editor());
    let before = calls.load(Ordering::Relaxed);
    let without = client.get(&format!("{user}?excludedAttributes=roles")).await.body;
    assert!(without.get("roles").is_none());
    client.get("/Users?attributes=userName").await;
    assert_eq!(calls.load(Ordering::Relaxed), before, "what is not shown is not computed");
}

/// RFC 7644 §3.14
#[tokio::test]
async fn the_version_is_that_of_what_is_stored() {
    let (client, _) = served();
    let user = client.user("ann").await;
    let tag = client.get(&user).await.header("etag").unwrap().to_owned();
    let members = json!([{"value": user.strip_prefix("/Users/").unwrap()}]);
    client.post("/Groups", json!({"displayName": "Editors", "members": members})).await;
    let again = client.get(&user).await;
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    let known = [("if-none-match", tag.as_str())];
    for (query, status) in
        [("", 200), ("?attributes=roles", 200), ("?excludedAttributes=groups,roles", 200)]
    {
        let answer = client.send("GET", &format!("{user}{query}"), &known, "").await;
        assert_eq!(answer.status, status, "{query}: the extension is computed");
    }
    let plain = client.send("GET", &format!("{user}?attributes=userName"), &known, "").await;
    assert_eq!(plain.status, 304);
}

/// RFC 7644 §3.9
#[tokio::test]
async fn what_needs_a_large_attribute_is_given_it() {
    let mut base = catalog::group_schema();
    let mut size = Attribute::new(AttrName::from_static("size"), Kind::Integer);
    size.mutability = Mutability::ReadOnly;
    base.attributes.push(size);
    let schema = ResourceSchema::new(base).unwrap().relation(AttrName::from_static("members"));
    let mut count = Attribute::new(AttrName::from_static("count"), Kind::Integer);
    count.mutability = Mutability::ReadOnly;
    let extension = Schema::new(SchemaUri::from_static(COUNTED), "Counted", [count]);
    let schema = schema.extend(extension).unwrap();
    let count = format!("{COUNTED}:count");
    let [size, counted] = ["size", &count].map(|path| {
        Derived::new(path.parse().unwrap(), ["members".parse().unwrap()], |_, group| {
            Some(group.attributes.get("members")?.as_array()?.len().into())
        })
    });
    let store = || Wrapped::new(Features::default(), |_| Ok(()));
    for store in [store(), store().streaming(usize::MAX)] {
        let service = ScimService::builder(Arc::new(store))
            .base_url(BASE)
            .endpoint(Endpoint::users(catalog::user()))
            .endpoint(Endpoint::groups(schema.clone()).derive(size.clone()).derive(counted.clone()))
            .build();
        let client = Client(service.unwrap());
        let user = client.user("ann").await;
        let members = json!([{"value": user.strip_prefix("/Users/").unwrap()}]);
        let group =
            client.post("/Groups", json!({"displayName": "g", "members": members})).await.body;
        assert_eq!(group["size"], 1);
        let group = format!("/Groups/{}", group["id"].as_str().unwrap());
        let shown = client.get(&format!("{group}?excludedAttributes=members")).await.body;
        assert_eq!((shown.get("members"), &shown["size"]), (None, &json!(1)));
        let renamed = |name| json!([{"op": "replace", "path": "displayName", "value": name}]);
        let shown = client.patch(&format!("{group}?attributes=size"), renamed("h")).await.body;
        assert_eq!((shown.get("members"), &shown["size"]), (None, &json!(1)));
        let shown = client.patch(&format!("{group}?attributes={count}"), renamed("i")).await.body;
        assert_eq!((shown.get("members"), shown.get("size")), (None, None));
        assert_eq!(shown[COUNTED], json!({"count": 1}), "in an extension, too");
    }
}

#[test]
fn what_clients_could_write_or_no_schema_knows_cannot_be_derived() {
    let build = |attribute: &str, need: &str| {
        let nothing =
            Derived::new(attribute.parse().unwrap(), [need.parse().unwrap()], |_, _| None);
        let builder = ScimService::builder(MemoryStore::new()).base_url(BASE);
        builder.endpoint(Endpoint::users(schema()).derive(nothing)).build().map(drop)
    };
    assert_eq!(build("roles", "groups.display"), Ok(()));
    for (attribute, need) in [
        ("title", "groups"),
        ("roles.value", "groups"),
        ("unknown", "groups"),
        ("roles", "unknown"),
        (EXTENSION, "groups"),
    ] {
        let expected = Err(BuildError::Derived(attribute.to_owned()));
        assert_eq!(build(attribute, need), expected, "{attribute} {need}");
    }
}

/// RFC 7643 §2.2, RFC 7643 §4.2
#[tokio::test]
async fn groups_that_clients_may_write_are_theirs_whoever_has_the_resource_as_a_member() {
    let mut base = catalog::user_schema();
    for attribute in base.attributes.iter_mut().filter(|attribute| attribute.name == "groups") {
        attribute.mutability = Mutability::ReadWrite;
        for part in &mut attribute.sub_attributes {
            part.mutability = Mutability::ReadWrite;
        }
    }
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(Endpoint::users(ResourceSchema::new(base).unwrap()))
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    let client = Client(service.unwrap());
    let sorted = json!({"userName": "ann", "groups": [{"value": "drawer"}]});
    let ann = client.post("/Users", sorted).await.body;
    let bob = client.post("/Users", json!({"userName": "bob"})).await.body;
    let members = json!([{"value": ann["id"]}, {"value": bob["id"]}]);
    let group = client.post("/Groups", json!({"displayName": "g", "members": members})).await;
    assert_eq!(group.body["members"].as_array().map(Vec::len), Some(2));
    let found = client.get(&format!("/Users/{}", ann["id"].as_str().unwrap())).await.body;
    assert_eq!((&found["groups"], &found["meta"]), (&ann["groups"], &ann["meta"]));
    assert_eq!(found["groups"][0]["value"], "drawer");
    let found = client.get(&format!("/Users/{}", bob["id"].as_str().unwrap())).await.body;
    assert!(found.get("groups").is_none());
    let found = client.get("/Users?filter=groups+pr").await.body;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &ann["id"]));
}
