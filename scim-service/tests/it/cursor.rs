//! Pages by cursor (RFC 9865).

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::DateTime;
use scim_service::{
    CursorKey, Endpoint, MemoryStore, Principal, ScimService, core::PaginationMethod,
    schema::catalog,
};
use serde_json::{Value, json};

use crate::client::{Answer, Client};

async fn people(count: usize) -> Client {
    let client = Client::new();
    for at in 0..count {
        let title = (at % 3 > 0).then(|| format!("t{}", at % 2));
        client.post("/Users", json!({"userName": format!("user{at:02}"), "title": title})).await;
    }
    client
}

fn names(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.get("startIndex").is_none());
    let resources = page.body["Resources"].as_array().unwrap();
    assert_eq!(page.body["itemsPerPage"], resources.len());
    let name =
        |one: &Value| one["userName"].as_str().or(one["displayName"].as_str()).unwrap().to_owned();
    resources.iter().map(name).collect()
}

/// Follows `nextCursor` to the end, and says how many pages there were.
async fn walk(client: &Client, query: &str) -> (Vec<String>, usize) {
    let (mut found, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = client.get(&format!("{query}&cursor={cursor}")).await;
        found.extend(names(&page));
        pages += 1;
        assert!(pages < 50, "the walk comes to an end");
        match page.body["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return (found, pages),
        }
    }
}

/// RFC 9865 §2, RFC 9865 §2.2
#[tokio::test]
async fn a_walk_meets_every_resource_once_in_order() {
    let client = people(10).await;
    let all = names(&client.get("/Users?cursor&count=100&sortBy=userName").await);
    assert_eq!(walk(&client, "/Users?count=3&sortBy=userName").await, (all.clone(), 4));
    let (descending, _) =
        walk(&client, "/Users?count=3&sortBy=userName&sortOrder=descending").await;
    assert_eq!(descending, all.iter().rev().cloned().collect::<Vec<_>>());
    for query in [
        "/Users?count=4&sortBy=title",
        "/Users?count=4",
        "/Users?count=4&sortBy=title&sortOrder=descending",
    ] {
        let whole = query.replace("count=4", "count=40");
        let whole = names(&client.get(&format!("{whole}&cursor")).await);
        assert_eq!(walk(&client, query).await.0, whole, "{query}");
        assert_eq!(whole.len(), 10);
    }
}

/// RFC 9865 §2
#[tokio::test]
async fn a_walk_goes_backwards_too() {
    let client = people(7).await;
    let first = client.get("/Users?count=3&sortBy=userName&cursor").await;
    assert!(first.body.get("previousCursor").is_none());
    let next = first.body["nextCursor"].as_str().unwrap();
    let second = client.get(&format!("/Users?count=3&sortBy=userName&cursor={next}")).await;
    let previous = second.body["previousCursor"].as_str().unwrap();
    let back = client.get(&format!("/Users?count=3&sortBy=userName&cursor={previous}")).await;
    assert_eq!(names(&back), names(&first));
    assert!(back.body.get("previousCursor").is_none());
    assert!(back.body.get("nextCursor").is_some());
}

/// RFC 9865 §2
#[tokio::test]
async fn a_cursor_is_good_for_its_query_alone() {
    let client = people(5).await;
    let first =
        client.get("/Users?filter=userName+sw+%22u%22&count=2&cursor&attributes=userName").await;
    let cursor = first.body["nextCursor"].as_str().unwrap();
    let get = |query: String| {
        let client = client.clone();
        async move { client.get(&query).await }
    };
    let same = get(format!(
        "/Users?filter=USERNAME+SW+%22u%22&count=2&cursor={cursor}&attributes=username"
    ))
    .await;
    assert_eq!(same.status, 200, "{same:?}");
    let without_count =
        get(format!("/Users?filter=userName+sw+%22u%22&cursor={cursor}&attributes=userName")).await;
    assert_eq!(names(&without_count), names(&same));
    for other in [
        format!("/Users?filter=userName+sw+%22us%22&count=2&cursor={cursor}&attributes=userName"),
        format!("/Users?count=2&cursor={cursor}&attributes=userName"),
        format!("/Users?filter=userName+sw+%22u%22&count=2&cursor={cursor}"),
        format!("/Groups?count=2&cursor={cursor}"),
        "/Users?cursor=garbage".to_owned(),
    ] {
        assert_eq!(get(other.clone()).await.error(), (400, Some("invalidCursor")), "{other}");
    }
    let count = get(format!(
        "/Users?filter=userName+sw+%22u%22&count=3&cursor={cursor}&attributes=userName"
    ))
    .await;
    assert_eq!(count.error(), (400, Some("invalidCount")));
    let both = get(format!("/Users?startIndex=1&cursor={cursor}")).await;
    assert_eq!(both.error(), (400, Some("invalidValue")));
}

/// RFC 9865 §2.3, RFC 9865 §2.4, RFC 9865 §5.2
#[tokio::test]
async fn a_cursor_is_good_for_its_client_alone_and_for_every_process_with_the_key() {
    let client = people(3).await;
    let request = |principal: &str, query: &str| {
        let mut request = http::Request::get(query).body(http_body_util::Full::default()).unwrap();
        request.extensions_mut().insert(Principal(principal.into()));
        request
    };
    let first = client.request(request("a", "/Users?cursor&count=1")).await;
    let next = format!("/Users?count=1&cursor={}", first.body["nextCursor"].as_str().unwrap());
    assert_eq!(client.request(request("b", &next)).await.error(), (400, Some("invalidCursor")));
    assert_eq!(client.request(request("a", &next)).await.status, 200);

    let store = Arc::new(MemoryStore::new());
    let process = || {
        ScimService::builder(store.clone())
            .base_url("https://scim.example.com/scim/v2")
            .endpoint(Endpoint::users(catalog::user()))
            .cursor_key(CursorKey::new([1; 32]))
            .default_pagination(PaginationMethod::Cursor)
            .build()
            .unwrap()
    };
    let (one, other) = (Client(process()), Client(process()));
    for name in ["x", "y"] {
        one.user(name).await;
    }
    let first = one.get("/Users?count=1").await;
    let next = first.body["nextCursor"].as_str().expect("by cursor unless asked otherwise");
    assert_eq!(names(&other.get(&format!("/Users?count=1&cursor={next}")).await), ["y"]);
    let all = one.get("/?count=1").await;
    assert!(all.body["nextCursor"].is_string() && all.body.get("startIndex").is_none());
    let config = one.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["pagination"]["defaultPaginationMethod"], "cursor");
    assert_eq!(other.get("/Users?startIndex=2").await.body["startIndex"], 2);
}

/// RFC 9865 §2.1
#[tokio::test]
async fn a_cursor_over_all_types_is_good_for_their_order_alone() {
    let store = Arc::new(MemoryStore::new());
    let process = |endpoints: [Endpoint; 2]| {
        let builder = ScimService::builder(store.clone())
            .base_url("https://scim.example.com/scim/v2")
            .cursor_key(CursorKey::new([7; 32]));
        let builder = endpoints.into_iter().fold(builder, |builder, one| builder.endpoint(one));
        Client(builder.build().unwrap())
    };
    let (users, groups) = (Endpoint::users(catalog::user()), Endpoint::groups(catalog::group()));
    let one = process([users.clone(), groups.clone()]);
    for name in ["x", "y"] {
        one.user(name).await;
    }
    let first = one.get("/?count=1&cursor").await;
    let next = format!("/?count=1&cursor={}", first.body["nextCursor"].as_str().unwrap());
    let same = process([users.clone(), groups.clone()]);
    assert_eq!(names(&same.get(&next).await), ["y"]);
    let other = process([groups, users]);
    assert_eq!(other.get(&next).await.error(), (400, Some("invalidCursor")));
}

/// RFC 9865 §2.1, RFC 9865 §5.2
#[tokio::test]
async fn a_cursor_is_good_for_its_time_alone() {
    let now = Arc::new(AtomicI64::new(1_300_000_000));
    let clock = now.clone();
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url("https://scim.example.com/scim/v2")
        .endpoint(Endpoint::users(catalog::user()))
        .clock(move || DateTime::from_timestamp(clock.load(Ordering::Relaxed), 0).unwrap())
        .cursor_timeout(Duration::from_secs(60))
        .build();
    let client = Client(service.unwrap());
    client.user("a").await;
    client.user("b").await;
    for path in ["/Users", "/"] {
        let first = client.get(&format!("{path}?count=1&cursor")).await;
        let cursor = first.body["nextCursor"].as_str().unwrap();
        let next = format!("{path}?count=1&cursor={cursor}");
        now.fetch_add(60, Ordering::Relaxed);
        assert_eq!(client.get(&next).await.status, 200);
        now.fetch_add(1, Ordering::Relaxed);
        assert_eq!(client.get(&next).await.error(), (400, Some("expiredCursor")));
    }
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["pagination"]["cursorTimeout"], 60);
}

/// RFC 9865 §2
#[tokio::test]
async fn a_count_of_none_gives_the_total_and_no_cursor() {
    let client = people(3).await;
    for count in ["0", "-1"] {
        let page = client.get(&format!("/Users?cursor&count={count}")).await;
        assert!(names(&page).is_empty());
        assert_eq!(page.body["totalResults"], 3);
        assert!(page.body.get("nextCursor").is_none());
    }
}

/// RFC 9865 §2
#[tokio::test]
async fn all_types_are_walked_by_cursor_in_turn_and_merged() {
    let client = people(4).await;
    for name in ["user01x", "zebra"] {
        client.post("/Groups", json!({"displayName": name})).await;
    }
    let (found, _) = walk(&client, "/?count=3").await;
    assert_eq!(found, ["user00", "user01", "user02", "user03", "user01x", "zebra"]);
    let expected = names_by_index(&client, "/?sortBy=displayName&count=100").await;
    assert_eq!(walk(&client, "/?count=2&sortBy=displayName").await.0, expected);
    let expected = names_by_index(&client, "/?sortBy=userName&sortOrder=descending").await;
    assert_eq!(walk(&client, "/?count=2&sortBy=userName&sortOrder=descending").await.0, expected);
}

/// Follows `previousCursor` from the last page that `nextCursor` leads to.
async fn walk_back(client: &Client, query: &str) -> Vec<String> {
    let mut page = client.get(&format!("{query}&cursor")).await;
    assert!(page.body.get("previousCursor").is_none());
    while let Some(next) = page.body["nextCursor"].as_str() {
        page = client.get(&format!("{query}&cursor={next}")).await;
    }
    let mut found = names(&page);
    while let Some(previous) = page.body["previousCursor"].as_str() {
        page = client.get(&format!("{query}&cursor={previous}")).await;
        assert!(page.body.get("nextCursor").is_some());
        found.splice(0..0, names(&page));
        assert!(found.len() < 50, "the walk comes to an end");
    }
    found
}

/// RFC 9865 §2
#[tokio::test]
async fn all_types_are_walked_backwards_in_turn_and_merged() {
    let client = people(5).await;
    for name in ["user01x", "zebra"] {
        client.post("/Groups", json!({"displayName": name})).await;
    }
    for order in ["", "&sortBy=userName", "&sortBy=displayName", "&sortBy=id"] {
        for direction in ["", "&sortOrder=descending"] {
            for count in 1..9 {
                let query = format!("/?count={count}{order}{direction}");
                let (expected, pages) = walk(&client, &query).await;
                assert_eq!(pages, 7_usize.div_ceil(count), "{query}");
                assert_eq!(walk_back(&client, &query).await, expected, "{query}");
            }
        }
    }
}

/// RFC 9865 §2
#[tokio::test]
async fn a_page_over_all_types_does_not_lead_to_types_without_resources() {
    let client = people(2).await;
    let first = client.get("/?count=2&cursor").await;
    assert_eq!(names(&first).len(), 2);
    assert!(first.body.get("nextCursor").is_none(), "there are no groups");
    let none = client.get("/?count=0&cursor").await;
    assert_eq!((names(&none).len(), &none.body["totalResults"]), (0, &json!(2)));
}

async fn names_by_index(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(query).await;
    let resources = list.body["Resources"].as_array().unwrap();
    let name =
        |one: &Value| one["userName"].as_str().or(one["displayName"].as_str()).unwrap().to_owned();
    resources.iter().map(name).collect()
}

/// RFC 9865 §3, RFC 9865 §4
#[tokio::test]
async fn a_search_in_a_body_pages_the_same_way() {
    let client = people(3).await;
    let first = client.post("/Users/.search", json!({"cursor": "", "count": 2})).await;
    let next = first.body["nextCursor"].as_str().unwrap();
    let last = client.post("/Users/.search", json!({"cursor": next, "count": 2})).await;
    assert_eq!(names(&first).len() + names(&last).len(), 3);
    let config = client.get("/ServiceProviderConfig").await.body;
    assert_eq!(config["pagination"]["cursor"], true);
    assert_eq!(config["pagination"]["cursorTimeout"], 3600);
}
