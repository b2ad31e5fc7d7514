//! Stores that can do less than all, and stores that fail: what clients are told (RFC 7643 §5,
//! RFC 7644 §3.12).

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use scim_service::{
    Endpoint, Features, Limits, MemoryStore, OnConflict, ScimService, Store, StoreError,
    core::{AttrName, Attribute, Kind, Mutability, Returned, Schema, SchemaUri},
    schema::{ResourceSchema, catalog},
};
use serde_json::{Value, json};

use crate::{
    client::{BASE, Client},
    secret::Seen,
    wrapped::Wrapped,
};

/// An extension of which all is returned on request.
const DOOR: &str = "urn:example:scim:schemas:extension:door:2.0:User";

fn client(
    features: impl FnOnce(&mut Features),
    fault: Option<fn() -> StoreError>,
) -> Client<Wrapped> {
    let mut all = Features::default();
    features(&mut all);
    let store = Wrapped::new(all, move |_| fault.map_or(Ok(()), |fault| Err(fault())));
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    Client(service.unwrap())
}

/// RFC 7643 §5, RFC 7644 §3.4.2.3
#[tokio::test]
async fn a_store_that_cannot_sort_says_so_and_is_not_asked_to() {
    let client = client(|features| features.sort = false, None);
    client.user("b").await;
    client.user("a").await;
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["sort"], json!({"supported": false}));
    for path in ["/Users?sortBy=userName", "/?sortBy=userName&sortOrder=descending"] {
        let list = client.get(path).await;
        assert_eq!((list.status, &list.body["totalResults"]), (200, &json!(2)), "{path}");
    }
}

/// RFC 7643 §5, RFC 7644 §3.12
#[tokio::test]
async fn a_store_that_cannot_filter_never_answers_as_if_there_were_no_filter() {
    let client = client(|features| features.filter = false, None);
    client.user("a").await;
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["filter"], json!({"supported": false, "maxResults": 0}));
    for path in ["/Users?filter=userName+eq+%22b%22", "/?filter=userName+eq+%22b%22"] {
        assert_eq!(client.get(path).await.error(), (501, None), "{path}");
    }
    let search = json!({"filter": "userName eq \"b\""});
    assert_eq!(client.post("/Users/.search", search.clone()).await.error(), (501, None));
    assert_eq!(client.post("/.search", search).await.error(), (501, None));
    assert_eq!(client.get("/Users").await.body["totalResults"], 1);
}

/// RFC 9865 §2.1, RFC 9865 §4
#[tokio::test]
async fn a_store_without_positions_gives_no_cursor_and_takes_none() {
    let client = client(|features| features.cursor = false, None);
    client.user("a").await;
    client.user("b").await;
    let pagination = client.get("/ServiceProviderConfig").await.body["pagination"].clone();
    assert_eq!((&pagination["cursor"], &pagination["index"]), (&json!(false), &json!(true)));
    assert_eq!(pagination["defaultPaginationMethod"], "index");
    assert_eq!(pagination.get("cursorTimeout"), None);
    let first = client.get("/Users?cursor&count=1").await;
    assert_eq!((first.status, first.body.get("nextCursor")), (200, None));
    assert_eq!(first.body["startIndex"], 1);
    for path in ["/Users?cursor=abc", "/?cursor=abc"] {
        assert_eq!(client.get(path).await.error(), (400, Some("invalidCursor")), "{path}");
    }
}

/// RFC 9865 §2.3, RFC 9865 §2.4, RFC 9865 §4
#[tokio::test]
async fn a_store_without_an_index_gives_cursors_to_whoever_does_not_ask_for_them() {
    let client = client(|features| (features.cursor, features.index) = (true, false), None);
    client.user("a").await;
    client.user("b").await;
    let pagination = client.get("/ServiceProviderConfig").await.body["pagination"].clone();
    assert_eq!((&pagination["cursor"], &pagination["index"]), (&json!(true), &json!(false)));
    assert_eq!(pagination["defaultPaginationMethod"], "cursor");
    for path in ["/Users?count=1", "/Users?count=1&startIndex=1", "/?count=1"] {
        let first = client.get(path).await.body;
        assert_eq!(
            (&first["Resources"][0]["userName"], first.get("startIndex")),
            (&json!("a"), None)
        );
        let next = first["nextCursor"].as_str().unwrap();
        let path = path.trim_end_matches("&startIndex=1");
        let second = client.get(&format!("{path}&cursor={next}")).await.body;
        assert_eq!(second["Resources"][0]["userName"], "b");
    }
    for path in ["/Users?startIndex=2", "/?startIndex=2"] {
        assert_eq!(client.get(path).await.error(), (400, Some("invalidValue")), "{path}");
    }
}

/// RFC 7643 §5, RFC 9865 §2, RFC 9865 §4, RFC 7644 §3.4.2.4
#[tokio::test]
async fn a_page_is_no_larger_than_announced_whether_its_size_is_asked_for_or_not() {
    let mut limits = Limits::DEFAULT;
    limits.max_page = 2;
    let client = Client::of(|builder| builder.limits(limits));
    for name in ["a", "b", "c"] {
        client.user(name).await;
    }
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["filter"]["maxResults"], 2);
    assert_eq!(config["pagination"]["maxPageSize"], 2);
    assert_eq!(config["pagination"]["defaultPageSize"], 2);
    for path in ["/Users", "/Users?cursor", "/", "/?cursor", "/?sortBy=userName", "/Users?count=9"]
    {
        assert_eq!(client.get(path).await.body["itemsPerPage"], 2, "{path}");
    }
}

/// RFC 7643 §7, RFC 7644 §3.4.2.1, RFC 7644 §3.9
#[tokio::test]
async fn what_is_returned_on_request_is_loaded_to_sort_by_and_to_be_shown() {
    let mut users = catalog::user_schema();
    for attribute in users.attributes.iter_mut().filter(|attribute| attribute.name == "nickName") {
        attribute.returned = Returned::Request;
    }
    let service = ScimService::builder(Arc::new(Wrapped::new(Features::default(), |_| Ok(()))))
        .base_url(BASE)
        .endpoint(Endpoint::users(ResourceSchema::new(users).unwrap()))
        .build();
    let client = Client(service.unwrap());
    for (name, nick) in [("a", "z"), ("b", "y"), ("c", "x")] {
        client.post("/Users", json!({"userName": name, "nickName": nick})).await;
    }
    for (query, shown) in [
        ("sortBy=nickName&attributes=nickName", json!([[null, "x"], [null, "y"], [null, "z"]])),
        ("sortBy=nickName&attributes=userName", json!([["c", null], ["b", null], ["a", null]])),
        ("sortBy=userName&attributes=nickName", json!([[null, "z"], [null, "y"], [null, "x"]])),
        ("sortBy=nickName", json!([["c", null], ["b", null], ["a", null]])),
    ] {
        for path in ["/Users", "/"] {
            let list = client.get(&format!("{path}?{query}")).await.body;
            let users = list["Resources"].as_array().unwrap().iter();
            let found: Value = users.map(|one| json!([one["userName"], one["nickName"]])).collect();
            assert_eq!(found, shown, "{path} {query}");
        }
    }
}

const REQUESTS: [(&str, &str, &str); 9] = [
    ("GET", "/Users/1", ""),
    ("GET", "/Users", ""),
    ("GET", "/", ""),
    ("POST", "/Users/.search", "{}"),
    ("POST", "/Users", r#"{"userName": "a"}"#),
    ("PUT", "/Users/1", r#"{"userName": "a"}"#),
    ("PATCH", "/Users/1", r#"{"Operations": [{"op": "add", "path": "title", "value": "x"}]}"#),
    ("PATCH", "/Groups/1", r#"{"Operations": [{"op": "remove", "path": "members"}]}"#),
    ("DELETE", "/Users/1", ""),
];

/// RFC 7644 §3.12
#[tokio::test]
async fn what_a_database_says_of_its_failure_reaches_no_client() {
    let fault = || StoreError::from(io::Error::other("no table hr.salary at 10.0.0.7"));
    let client = client(|_| (), Some(fault));
    for (method, path, body) in REQUESTS {
        let answer = client.send(method, path, &[], body).await;
        assert_eq!(answer.error(), (500, None), "{method} {path}");
        let text = answer.body.to_string();
        assert!(!text.contains("salary") && !text.contains("10.0"), "{text}");
    }
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": "/Users/1"}],
    });
    let answer = client.post("/Bulk", bulk).await;
    let result = &answer.body["Operations"][0];
    assert_eq!((answer.status, &result["status"]), (200, &json!("500")));
    assert!(!answer.body.to_string().contains("salary"));
}

/// RFC 7644 §3.12
#[tokio::test]
async fn a_store_that_is_busy_says_when_to_come_again() {
    let client = client(|_| (), Some(|| StoreError::busy(Duration::from_millis(2500))));
    for (method, path, body) in REQUESTS {
        let answer = client.send(method, path, &[], body).await;
        assert_eq!(answer.error(), (503, None), "{method} {path}");
        assert_eq!(answer.header("retry-after"), Some("2"));
    }
}

/// RFC 7644 §3.4.2.2
#[tokio::test]
async fn a_filter_that_a_store_cannot_express_is_refused() {
    let client = client(|_| (), Some(|| StoreError::unsupported("addresses.locality")));
    let answer = client.get("/Users?filter=addresses.locality+co+%22x%22").await;
    assert_eq!(answer.error(), (400, Some("invalidFilter")));
    assert!(answer.body["detail"].as_str().unwrap().contains("`addresses.locality`"));
}

/// RFC 7643 §5
#[tokio::test]
async fn what_the_configuration_leaves_out_has_no_value() {
    fn nulls(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(elements) => elements.iter().any(nulls),
            Value::Object(members) => members.values().any(nulls),
            _ => false,
        }
    }
    let client = client(|_| (), None);
    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        assert!(!nulls(&client.get(path).await.body), "{path}");
    }
}

/// RFC 7644 §3.14
#[tokio::test]
async fn a_write_that_loses_a_race_is_tried_again_unless_it_is_meant_for_one_version() {
    let put = r#"{"userName": "a", "title": "x"}"#;
    let patch = r#"{"Operations": [{"op": "add", "path": "title", "value": "x"}]}"#;
    for (method, body, done) in [("PUT", put, 200), ("PATCH", patch, 200), ("DELETE", "", 204)] {
        for (lost, status) in [(1, done), (4, done), (5, 503)] {
            let client = losing_races(lost).await;
            let answer = client.send(method, "/Users/1", &[], body).await;
            assert_eq!(answer.status, status, "{method} {lost}");
            let wait = (status == 503).then_some("1");
            assert_eq!(answer.header("retry-after"), wait, "{method} {lost}");
        }
        let guarded = [("if-match", "W/\"1\"")];
        let answer = losing_races(1).await.send(method, "/Users/1", &guarded, body).await;
        assert_eq!(answer.error(), (412, None), "{method}");
    }
}

/// RFC 9110 §15.5.13
#[tokio::test]
async fn a_create_that_loses_races_for_what_it_takes_over_is_no_failed_precondition() {
    for (lost, status) in [(4, 201), (5, 503)] {
        let body = json!({"userName": "a", "externalId": "x"});
        let (client, job) = (losing_races(lost).await, losing_races(lost).await);
        let alone = client.post("/Users", body.clone()).await;
        assert_eq!((alone.status, alone.header("retry-after").is_some()), (status, lost == 5));
        let post = json!({"method": "POST", "path": "/Users", "bulkId": "a", "data": body});
        let answer = bulk(&job, [post]).await;
        assert_eq!(answer["Operations"][0]["status"], status.to_string());
        let id = job.get("/Users").await.body["Resources"][0]["id"].clone();
        assert_eq!(id, "1");
    }
}

/// RFC 7644 §3.7
#[tokio::test]
async fn an_operation_of_a_job_that_loses_a_race_is_tried_again_too() {
    let put = json!({"method": "PUT", "data": {"userName": "a", "title": "x"}});
    let delete = json!({"method": "DELETE"});
    for (operation, done) in [(put, "200"), (delete, "204")] {
        let cases = [(4, Value::Null, done), (5, Value::Null, "503"), (1, json!("W/\"1\""), "412")];
        for (lost, version, status) in cases {
            let client = losing_races(lost).await;
            let mut operation = operation.clone();
            operation["path"] = json!("/Users/1");
            operation["version"] = version;
            let answer = bulk(&client, [operation]).await;
            assert_eq!(answer["Operations"][0]["status"], status, "{lost}");
        }
    }
}

/// What a job of these operations is answered.
async fn bulk<S: Store>(client: &Client<S>, operations: impl Into<Vec<Value>>) -> Value {
    let job = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": operations.into(),
    });
    client.post("/Bulk", job).await.body
}

/// RFC 7644 §3.12
#[tokio::test]
async fn what_fails_for_another_reason_than_a_race_is_not_tried_again() {
    let calls = Arc::new(AtomicU32::new(0));
    let count = calls.clone();
    let store = Wrapped::new(Features::default(), move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::conflict("userName"))
    });
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    let client = Client(service.unwrap());
    for (method, path, body) in REQUESTS {
        let answer = client.send(method, path, &[], body).await;
        assert_eq!(answer.error(), (409, Some("uniqueness")), "{method} {path}");
        assert_eq!(calls.swap(0, Ordering::Relaxed), 1, "{method} {path}");
    }
}

/// A client of a store with one user, which will lose so many races.
async fn losing_races(count: u32) -> Client<Wrapped> {
    let left = Arc::new(AtomicU32::new(0));
    let races = left.clone();
    let before = move |call: &str| {
        let writes = ["Replace", "Patch", "Guard {"].iter().any(|write| call.contains(write));
        let lose = |left: u32| writes.then(|| left.checked_sub(1)).flatten();
        match races.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lose) {
            Ok(_) => Err(StoreError::stale()),
            Err(_) => Ok(()),
        }
    };
    let service = ScimService::builder(Arc::new(Wrapped::new(Features::default(), before)))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_unmanaged()))
        .ids(|| "1".to_owned())
        .build();
    let client = Client(service.unwrap());
    client.user("a").await;
    left.store(count, Ordering::Relaxed);
    client
}

/// RFC 7644 §3.7.1
#[test]
fn what_cannot_be_taken_back_is_logged() {
    let seen = Seen::default();
    let _guard = seen.log();
    let store = Wrapped::new(Features::default(), |call| match call.contains("Guard {") {
        true => Err(StoreError::from(io::Error::other("the disk is full"))),
        false => Ok(()),
    });
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    let job = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Groups", "bulkId": "nameless", "data": {
                "members": [{"value": "bulkId:g"}],
            }},
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {
                "displayName": "g", "members": [{"value": "bulkId:nameless"}],
            }},
        ],
    });
    let answer = futures_executor::block_on(Client(service.unwrap()).post("/Bulk", job));
    assert_eq!(answer.body["Operations"][1]["status"], "409");
    assert!(seen.text().contains("the disk is full"));
}

/// RFC 7643 §4.2, RFC 7644 §3.9
#[tokio::test]
async fn what_a_reference_follows_from_is_loaded_to_show_it_alone() {
    let client = client(|_| (), None);
    let user = client.user("a").await;
    let members = json!([{"value": user.strip_prefix("/Users/").unwrap()}]);
    let group = json!({"displayName": "g", "members": members});
    let created = client.post("/Groups?attributes=members.$ref", group).await.body;
    let path = format!("/Groups/{}?attributes=members.$ref", created["id"].as_str().unwrap());
    let shown = [
        client.get(&path).await.body,
        client.get("/Groups?attributes=members.$ref").await.body["Resources"][0].clone(),
        client.get("/?attributes=members.$ref&filter=members+pr").await.body["Resources"][0]
            .clone(),
        created,
    ];
    for body in shown {
        assert_eq!(body["members"], json!([{"$ref": format!("{BASE}{user}")}]), "{body}");
    }
}

/// RFC 7643 §7
#[tokio::test]
async fn what_is_returned_on_request_is_shown_to_who_has_written_it_and_nothing_beside_it() {
    let request = |mut attribute: Attribute| {
        attribute.returned = Returned::Request;
        attribute
    };
    let text = |name| request(Attribute::new(AttrName::from_static(name), Kind::String));
    let mut code = text("code");
    code.mutability = Mutability::Immutable;
    let extension = Schema::new(SchemaUri::from_static(DOOR), "Door", [text("pin"), code]);
    let mut base = catalog::user_schema();
    let names = base.attributes.iter_mut().filter(|attribute| attribute.name == "name");
    names.for_each(|name| name.returned = Returned::Request);
    let users = ResourceSchema::new(base).unwrap().extend(extension).unwrap();
    let builder = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE);
    let client = Client(builder.endpoint(Endpoint::users(users)).build().unwrap());
    let name = json!({"givenName": "A"});
    let user = json!({"userName": "a", "name": name, DOOR: {"pin": "1", "code": "2"}});
    let created = client.post("/Users", user.clone()).await.body;
    assert_eq!((&created["name"], &created[DOOR]), (&name, &user[DOOR]));
    let path = format!("/Users/{}", created["id"].as_str().unwrap());
    let other = json!({"userName": "a", DOOR: {"pin": "3"}});
    let replaced = client.put(&path, other.clone()).await.body;
    assert_eq!((replaced.get("name"), &replaced[DOOR]), (None, &other[DOOR]));
    let all = client.get(&format!("{path}?attributes={DOOR}:pin,{DOOR}:code")).await.body;
    assert_eq!(all[DOOR], json!({"pin": "3", "code": "2"}));
}
