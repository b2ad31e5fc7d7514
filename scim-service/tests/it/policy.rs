//! What a policy may say, and what becomes of what it writes.

use std::sync::{Arc, Mutex};

use scim_service::{
    Action, Context, Endpoint, Event, MemoryStore, OnConflict, Policy, Principal, Proposal,
    ScimService, Store, Target,
    core::{AttrName, Attribute, Error, Kind, Mutability, SchemaUri, ScimType},
    schema::{ResourceSchema, Secret, catalog},
};
use serde_json::{Map, Value, json};

use crate::{
    client::{BASE, Client},
    secret::Seen,
};

/// Does to each resource what it was made of.
struct Writes<F>(F);

impl<F: Fn(&mut Map<String, Value>) + Send + Sync + 'static> Policy for Writes<F> {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        (self.0)(proposal.resource.attributes_mut());
        Ok(())
    }
}

fn writes<F: Fn(&mut Map<String, Value>)>(policy: F) -> Writes<F> {
    Writes(policy)
}

/// A store that has the user `a`, or what stands in for it.
async fn store_with(users: &ResourceSchema, user: Value) -> (Arc<MemoryStore>, String) {
    let store = Arc::new(MemoryStore::new());
    let client = client(store.clone(), users.clone(), writes(|_| {}));
    let created = client.post("/Users", user).await;
    assert_eq!(created.status, 201, "{}", created.body);
    (store, format!("/Users/{}", created.body["id"].as_str().unwrap()))
}

fn client(store: Arc<MemoryStore>, users: ResourceSchema, policy: impl Policy) -> Client {
    let builder = ScimService::builder(store).base_url(BASE).policy(policy);
    let builder = builder.endpoint(Endpoint::users(users));
    Client(builder.endpoint(Endpoint::groups(catalog::group())).build().unwrap())
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn users() -> ResourceSchema {
    catalog::user().extend(catalog::enterprise()).unwrap()
}

/// Creates, replaces and patches users under a policy, and gives the answers.
async fn written(
    policy: impl Fn(&mut Map<String, Value>) + Clone + Send + Sync + 'static,
) -> Vec<(u16, Value)> {
    let (store, user) = store_with(&users(), json!({"userName": "a"})).await;
    let client = client(store, users(), writes(policy));
    let title = json!([{"op": "add", "path": "title", "value": "Guide"}]);
    let answers = [
        client.post("/Users", json!({"userName": "b"})).await,
        client.put(&user, json!({"userName": "a", "nickName": "A"})).await,
        client.patch(&user, title).await,
    ];
    answers.into_iter().map(|answer| (answer.status, answer.body)).collect()
}

fn set(name: &'static str, value: Value) -> impl Fn(&mut Map<String, Value>) + Clone {
    move |attributes| {
        attributes.insert(name.to_owned(), value.clone());
    }
}

/// RFC 7643 §2.3, RFC 7643 §3
#[tokio::test]
async fn what_a_policy_breaks_is_not_written_and_the_client_is_not_told_of_it() {
    let seen = Seen::default();
    let _guard = seen.log();
    for (name, value) in [
        ("userType", json!(42)),
        ("nonsense", json!({"a": 1})),
        ("active", json!("true")),
        ("userName", Value::Null),
        ("name", json!({"givenName": ["x"]})),
        ("id", json!("chosen")),
        ("meta", json!({"version": "1"})),
        ("password", json!("in clear")),
        (ENTERPRISE, json!({"nosuch": "x"})),
    ] {
        for (status, body) in written(set(name, value.clone())).await {
            assert_eq!(status, 500, "{name}: {body}");
            assert!(body.get("scimType").is_none(), "{body}");
            assert!(!body.to_string().contains(name), "{body}");
        }
        assert!(seen.text().contains(&format!("`{name}")), "{name} is in the log");
    }
    assert!(!seen.text().contains("in clear") && !seen.text().contains("chosen"));
}

/// RFC 7643 §3
#[tokio::test]
async fn what_a_policy_writes_is_brought_into_canonical_form() {
    let department = |attributes: &mut Map<String, Value>| {
        let uri = ENTERPRISE.to_uppercase();
        attributes.insert(uri, json!({"DEPARTMENT": "Tours", "division": null}));
        attributes.insert("NICKNAME".to_owned(), json!("Babs"));
        attributes.retain(|name, _| name != "nickName" && name != ENTERPRISE);
        attributes.insert("emails".to_owned(), json!([]));
    };
    for (status, body) in written(department).await {
        assert!(status == 200 || status == 201, "{body}");
        assert_eq!(body["schemas"], json!([SchemaUri::USER, ENTERPRISE]));
        assert_eq!(body[ENTERPRISE], json!({"department": "Tours"}));
        assert_eq!((body.get("nickName"), body.get("emails")), (Some(&json!("Babs")), None));
        assert!(body.get("NICKNAME").is_none());
    }
}

#[tokio::test]
async fn what_a_policy_sets_back_is_no_change() {
    let (store, user) = store_with(&users(), json!({"userName": "a"})).await;
    let client = client(store, users(), writes(|user| drop(user.remove("title"))));
    let tag = client.get(&user).await.body["meta"]["version"].clone();
    let title = json!([{"op": "add", "path": "title", "value": "Guide"}]);
    let answer = client.patch(&user, title).await;
    assert_eq!((answer.status, &answer.body["meta"]["version"]), (200, &tag));
}

/// RFC 7643 §7
#[tokio::test]
async fn a_policy_writes_what_clients_cannot_and_changes_nothing_immutable() {
    let mut schema = catalog::user_schema();
    for (name, mutability) in [("rank", Mutability::ReadOnly), ("badge", Mutability::Immutable)] {
        let mut attribute = Attribute::new(AttrName::from_static(name), Kind::String);
        attribute.mutability = mutability;
        schema.attributes.push(attribute);
    }
    let users = catalog::user_of(schema).unwrap();
    let (store, user) = store_with(&users, json!({"userName": "a", "badge": "1"})).await;
    let patch = json!([{"op": "add", "path": "title", "value": "Guide"}]);
    let ranks = client(store.clone(), users.clone(), writes(set("rank", json!("Captain"))));
    let patched = ranks.patch(&user, patch).await;
    assert_eq!((patched.status, &patched.body["rank"]), (200, &json!("Captain")));
    let badges = client(store, users, writes(set("badge", json!("2"))));
    let put = json!({"userName": "a", "nickName": "A"});
    assert_eq!(badges.put(&user, put).await.status, 500, "it is set already");
    let created = badges.post("/Users", json!({"userName": "b", "badge": "1"})).await;
    assert_eq!((created.status, &created.body["badge"]), (201, &json!("2")), "not so in a create");
}

#[tokio::test]
async fn what_a_policy_leaves_alone_is_not_judged_anew() {
    let mut loose = catalog::user_schema();
    for attribute in &mut loose.attributes {
        match attribute.name.as_str() {
            "title" => attribute.kind = Kind::Integer,
            "name" => attribute.sub_attributes.iter_mut().for_each(|part| {
                if part.name == "familyName" {
                    part.kind = Kind::Integer;
                }
            }),
            _ => {}
        }
    }
    let old = json!({"userName": "a", "title": 1, "name": {"familyName": 2, "givenName": "A"}});
    let (store, user) = store_with(&catalog::user_of(loose).unwrap(), old.clone()).await;
    let policy = |attributes: &mut Map<String, Value>| {
        attributes["name"]["formatted"] = json!("A 2");
        attributes["name"].as_object_mut().unwrap().remove("givenName");
    };
    let client = client(store, catalog::user(), writes(policy));
    let patch = json!([{"op": "replace", "path": "active", "value": false}]);
    let patched = client.patch(&user, patch).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    assert_eq!(patched.body["title"], 1);
    assert_eq!(patched.body["name"], json!({"familyName": 2, "formatted": "A 2"}));
}

/// A policy that keeps what a hasher of its own has made of a password.
struct Peppers;

impl Policy for Peppers {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let secrets = proposal.resource.secrets();
        let hash = secrets.iter().find_map(|secret| secret.text().map(str::to_owned));
        if let Some(hash) = hash {
            proposal.resource.set_secret("password", json!(format!("{hash} with pepper")));
        }
        Ok(())
    }
}

/// RFC 7643 §4.1.1
#[tokio::test]
async fn a_secret_that_a_policy_sets_is_kept_on_every_way() {
    let builder = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE);
    let hash = |_: Context, secret: Secret| async move {
        Ok(format!("hash of {}", secret.text().unwrap_or_default().len()))
    };
    let builder = builder.endpoint(Endpoint::users(users())).policy(Peppers).secrets(hash);
    let client = Client(builder.build().unwrap());
    let created = client.post("/Users", json!({"userName": "a", "password": "1"})).await;
    let id = created.body["id"].as_str().unwrap().to_owned();
    let user = format!("/Users/{id}");
    let cx = client.0.context("User", http::Extensions::new()).unwrap();
    let kept = async || client.0.store().secret(&cx, &id, "password").await.unwrap();
    assert_eq!(kept().await.as_deref(), Some("hash of 1 with pepper"));
    client.put(&user, json!({"userName": "a", "title": "Guide", "password": "12"})).await;
    assert_eq!(kept().await.as_deref(), Some("hash of 2 with pepper"));
    let patch = json!([{"op": "add", "value": {"title": "Captain", "password": "123"}}]);
    client.patch(&user, patch).await;
    assert_eq!(kept().await.as_deref(), Some("hash of 3 with pepper"));
}

/// Lets `creator` create and nothing else, and notes what it is shown and told.
#[derive(Clone, Default)]
struct Creators(Arc<Mutex<Vec<String>>>);

impl Creators {
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Policy for Creators {
    fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
        let creator = cx.get::<Principal>().is_some_and(|who| &*who.0 == "creator");
        if creator && action != Action::Create {
            return Err(Error::new(http::StatusCode::FORBIDDEN, "this token only creates"));
        }
        Ok(())
    }

    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let Proposal { action, id, before, .. } = proposal;
        let shown = format!("before {action:?} {} {}", id.is_some(), before.is_some());
        self.0.lock().unwrap().push(shown);
        Ok(())
    }

    fn after(&self, _: &Context, event: &Event<'_>) {
        self.0.lock().unwrap().push(format!("after {:?}", event.action));
    }
}

fn adopting(users: Endpoint, policy: Creators) -> Client {
    let users = users.on_conflict(OnConflict::adopt_inactive());
    let builder = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE);
    Client(builder.endpoint(users).policy(policy).build().unwrap())
}

/// A create of a user as this principal: alone, then as an operation of a bulk request.
async fn creates(client: &Client, who: &str, user: &Value) -> [(u16, Value); 2] {
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "u", "data": user}],
    });
    let mut answers = Vec::new();
    for (path, body) in [("/Users", user), ("/Bulk", &bulk)] {
        let body = http_body_util::Full::from(body.to_string());
        let mut request = http::Request::post(path).body(body).unwrap();
        request.extensions_mut().insert(Principal(who.into()));
        let answer = client.request(request).await;
        answers.push(match answer.body.get("Operations") {
            Some(operations) => {
                let status = operations[0]["status"].as_str().unwrap().parse().unwrap();
                (status, operations[0]["response"].clone())
            }
            None => (answer.status, answer.body),
        });
    }
    answers.try_into().unwrap()
}

/// RFC 7644 §3.3
#[tokio::test]
async fn who_may_not_replace_an_account_cannot_take_it_over() {
    let policy = Creators::default();
    let client = adopting(Endpoint::users(catalog::user()), policy.clone());
    let off = json!({"userName": "a", "active": false, "title": "Guide"});
    client.post("/Users", off).await;
    policy.told();
    for (status, body) in creates(&client, "creator", &json!({"userName": "a"})).await {
        assert_eq!((status, &body["detail"]), (403, &json!("this token only creates")));
    }
    assert_eq!(policy.told(), Vec::<String>::new());
    for (status, body) in creates(&client, "creator", &json!({"userName": "b"})).await {
        let expected = if body["scimType"] == "uniqueness" { 409 } else { 201 };
        assert_eq!(status, expected, "{body}");
    }
    assert_eq!(client.get("/Users").await.body["Resources"][0]["title"], "Guide");
}

/// RFC 7644 §3.3
#[tokio::test]
async fn where_nothing_is_replaced_nothing_is_taken_over() {
    let policy = Creators::default();
    let users = Endpoint::users(catalog::user()).only([Action::Create, Action::Read]);
    let client = adopting(users, policy);
    client.post("/Users", json!({"userName": "a", "active": false, "title": "Guide"})).await;
    for (status, body) in creates(&client, "other", &json!({"userName": "a"})).await {
        assert_eq!((status, &body["scimType"]), (409, &json!("uniqueness")));
    }
    assert_eq!(client.get("/Users").await.body["Resources"][0]["title"], "Guide");
}

#[tokio::test]
async fn an_account_that_is_taken_over_is_replaced_as_a_policy_sees_it() {
    let policy = Creators::default();
    let client = adopting(Endpoint::users(catalog::user()), policy.clone());
    let off = json!({"userName": "a", "active": false});
    client.post("/Users", off.clone()).await;
    assert_eq!(policy.told(), ["before Create false false", "after Create"]);
    let changed = json!({"userName": "a", "active": false, "title": "Guide"});
    for (title, told) in [(true, true), (true, false), (false, true)] {
        let answers = client.post("/Users", if title { changed.clone() } else { off.clone() });
        assert_eq!(answers.await.status, 201);
        let replaced = ["before Replace true true", "after Replace"];
        assert_eq!(policy.told(), if told { &replaced[..] } else { &[] });
    }
    for (status, _) in creates(&client, "other", &changed).await {
        assert_eq!(status, 201);
    }
    assert_eq!(policy.told(), ["before Replace true true", "after Replace"], "once, then the same");
}

/// Users see and change their own account; the directory all of them, but personal data only in
/// bodies. Notes what it is shown.
#[derive(Clone, Default)]
struct SelfService(Arc<Mutex<Vec<String>>>);

impl Policy for SelfService {
    fn authorize(&self, cx: &Context, action: Action, target: &Target<'_>) -> Result<(), Error> {
        let who = cx.get::<Principal>().map_or("", |who| &who.0);
        let about = match target {
            Target::New => "new".to_owned(),
            Target::Resource(id) => (*id).to_owned(),
            Target::Search { filter, sort, in_url, .. } => {
                let read = filter.iter().flat_map(|filter| filter.attributes());
                let read = read.map(|path| path.to_string());
                let paths: Vec<String> =
                    read.chain(sort.iter().map(|sort| sort.path.to_string())).collect();
                format!("{} {in_url}", paths.join(","))
            }
            _ => unreachable!("there is no other target"),
        };
        self.0.lock().unwrap().push(format!("{} {action:?} {about}", cx.resource_type()));
        match target {
            Target::Search { filter: Some(filter), in_url: true, .. }
                if filter
                    .attributes()
                    .iter()
                    .any(|path| path.to_string().starts_with("emails")) =>
            {
                Err(Error::of(ScimType::Sensitive, "search by `emails` in a body"))
            }
            _ if who.is_empty() => Ok(()),
            Target::Resource(id) if cx.resource_type() == "User" && *id == who => Ok(()),
            _ => Err(Error::new(http::StatusCode::FORBIDDEN, "this is not your account")),
        }
    }
}

fn self_service() -> (Client, SelfService) {
    let policy = SelfService::default();
    let ids = std::sync::atomic::AtomicU32::new(1);
    let client = Client::of(|builder| {
        let builder = builder.policy(policy.clone());
        builder
            .ids(move || ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string())
            .me("User", |cx| cx.get::<Principal>().map(|who| who.0.to_string()))
    });
    (client, policy)
}

/// RFC 7644 §2, RFC 7644 §3.7, RFC 7644 §3.11
#[tokio::test]
async fn a_policy_is_told_what_each_request_is_about() {
    let (client, policy) = self_service();
    let user = json!({"userName": "a"});
    let op = json!({"Operations": [{"op": "add", "path": "title", "value": "Guide"}]});
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "emails[type eq \"work\"] and not (title pr)", "sortBy": "userName",
    });
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "g"}},
            {"method": "PUT", "path": "/Users/1", "data": user},
            {"method": "PATCH", "path": "/Users/1", "data": op},
            {"method": "DELETE", "path": "/Groups/bulkId:g"},
        ],
    });
    for (method, path, body, told) in [
        ("POST", "/Users", &user, &["User Create new"][..]),
        ("GET", "/Users/1", &Value::Null, &["User Read 1"]),
        ("PUT", "/Users/1", &user, &["User Replace 1"]),
        ("PATCH", "/Users/1", &op, &["User Patch 1"]),
        ("GET", "/Users", &Value::Null, &["User Read  true"]),
        (
            "GET",
            "/Users?filter=title+pr&sortBy=meta.created",
            &Value::Null,
            &["User Read title,meta.created true"],
        ),
        (
            "GET",
            "/?filter=displayName+pr",
            &Value::Null,
            &["User Read displayName true", "Group Read displayName true"],
        ),
        ("POST", "/Users/.search", &search, &["User Read emails.type,title,userName false"]),
        (
            "POST",
            "/.search",
            &search,
            &["User Read emails.type,title,userName false", "Group Read  false"],
        ),
        (
            "POST",
            "/Bulk",
            &bulk,
            &["Group Create new", "User Replace 1", "User Patch 1", "Group Delete 2"],
        ),
        ("DELETE", "/Users/1", &Value::Null, &["User Delete 1"]),
    ] {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = client.send(method, path, &[], body).await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.body);
        assert_eq!(std::mem::take(&mut *policy.0.lock().unwrap()), told, "{method} {path}");
    }
}

/// RFC 7644 §2, RFC 7644 §3.11
#[tokio::test]
async fn who_has_one_account_sees_and_changes_that_alone() {
    let (client, _) = self_service();
    let (own, other) = (client.user("a").await, client.user("b").await);
    let as_own = async |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let body = http_body_util::Full::from(body);
        let mut request = http::Request::builder().method(method).uri(path).body(body).unwrap();
        request.extensions_mut().insert(Principal(own.trim_start_matches("/Users/").into()));
        client.request(request).await.status
    };
    let user = || json!({"userName": "a", "nickName": "A"});
    for path in [own.as_str(), "/Me"] {
        assert_eq!(as_own("GET", path, Value::Null).await, 200, "{path}");
        assert_eq!(as_own("PUT", path, user()).await, 200, "{path}");
    }
    for (method, path) in [
        ("GET", other.as_str()),
        ("PUT", &other),
        ("DELETE", &other),
        ("GET", "/Users"),
        ("GET", "/"),
        ("POST", "/Users"),
    ] {
        assert_eq!(as_own(method, path, user()).await, 403, "{method} {path}");
    }
}

/// RFC 7644 §7.5.2
#[tokio::test]
async fn a_policy_keeps_personal_data_out_of_urls() {
    let (client, _) = self_service();
    let filter = "emails.value eq \"a@example.com\"";
    for path in ["/Users", "/"] {
        let encoded = filter.replace(' ', "+").replace('"', "%22");
        let answer = client.get(&format!("{path}?filter={encoded}")).await;
        assert_eq!(answer.error(), (403, Some("sensitive")), "{path}");
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter,
        });
        let path = format!("{}/.search", path.trim_end_matches('/'));
        assert_eq!(client.post(&path, search).await.status, 200, "{path}");
    }
}
