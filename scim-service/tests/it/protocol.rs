//! The protocol, rule by rule (RFC 7644 §3, §4).

use serde_json::{Value, json};

use crate::client::{Answer, BASE, Client};

fn names(list: &Answer) -> Vec<&str> {
    assert_eq!(list.status, 200, "{list:?}");
    let resources = list.body["Resources"].as_array().unwrap();
    resources
        .iter()
        .map(|one| one["userName"].as_str().or(one["displayName"].as_str()).unwrap())
        .collect()
}

/// RFC 7644 §3.3, RFC 7643 §3.1
#[tokio::test]
async fn a_created_resource_has_what_the_server_adds() {
    let client = Client::new();
    let body = json!({"userName": "bjensen", "id": "mine", "meta": {"created": "1999-01-01T00:00:00Z"}, "groups": [{"value": "x"}]});
    let created = client.post("/Users", body).await;
    assert_eq!(created.status, 201);
    let id = created.body["id"].as_str().unwrap();
    let location = format!("{BASE}/Users/{id}");
    assert_ne!(id, "mine");
    assert_eq!(created.header("location"), Some(location.as_str()));
    assert_eq!(created.header("content-location"), Some(location.as_str()));
    assert_eq!(created.header("content-type"), Some("application/scim+json"));
    assert_eq!(created.body["meta"]["location"], location);
    assert_eq!(created.body["meta"]["version"], created.header("etag").unwrap());
    assert_eq!(created.body["meta"]["resourceType"], "User");
    assert_eq!(created.body["meta"]["created"], created.body["meta"]["lastModified"]);
    assert_ne!(created.body["meta"]["created"], "1999-01-01T00:00:00Z");
    assert_eq!(created.body["active"], true);
    assert!(created.body.get("groups").is_none());
}

/// RFC 7644 §3.12
#[tokio::test]
async fn every_refusal_is_an_error_body_with_its_keyword() {
    let client = Client::new();
    let user = client.user("bjensen").await;
    let not_json = client.send("POST", "/Users", &[], "{").await;
    assert_eq!(not_json.error(), (400, Some("invalidSyntax")));
    let twice = client.send("POST", "/Users", &[], r#"{"userName":"a","USERNAME":"b"}"#).await;
    assert_eq!(twice.error(), (400, Some("invalidSyntax")));
    let missing = client.post("/Users", json!({"displayName": "x"})).await;
    assert_eq!(missing.error(), (400, Some("invalidValue")));
    let taken = client.post("/Users", json!({"userName": "BJENSEN"})).await;
    assert_eq!(taken.error(), (409, Some("uniqueness")));
    assert_eq!(client.get("/Users?filter=userName").await.error(), (400, Some("invalidFilter")));
    assert_eq!(client.get("/Users?filter=").await.error(), (400, Some("invalidFilter")));
    assert_eq!(client.get("/Users?filter=nosuch+pr").await.error(), (400, Some("invalidFilter")));
    assert_eq!(client.get("/Users?sortBy=nosuch").await.error(), (400, Some("invalidValue")));
    assert_eq!(client.get("/Users?cursor=abc").await.error(), (400, Some("invalidCursor")));
    assert_eq!(
        client.get("/Users?cursor=abc&startIndex=1").await.error(),
        (400, Some("invalidValue"))
    );
    assert_eq!(
        client.get("/Users?attributes=id&excludedAttributes=name").await.error(),
        (400, Some("invalidValue"))
    );
    assert_eq!(client.get("/Users/nobody").await.error(), (404, None));
    assert_eq!(client.get("/Nothing").await.error(), (404, None));
    assert_eq!(client.get("/v1/Users").await.error(), (400, Some("invalidVers")));
    assert_eq!(client.get("/Me").await.error(), (501, None));
    let readonly =
        client.patch(&user, json!([{"op": "replace", "path": "meta.created", "value": "x"}])).await;
    assert_eq!(readonly.error(), (400, Some("mutability")));
    let path = client.patch(&user, json!([{"op": "add", "path": "emails[", "value": "x"}])).await;
    assert_eq!(path.error(), (400, Some("invalidPath")));
    let target = client.patch(&user, json!([{"op": "remove"}])).await;
    assert_eq!(target.error(), (400, Some("noTarget")));
    let media = client.send("POST", "/Users", &[("content-type", "text/plain")], "{}").await;
    assert_eq!(media.error(), (415, None));
    let charset = client
        .send("POST", "/Users", &[("content-type", "application/json; charset=iso-8859-1")], "{}")
        .await;
    assert_eq!(charset.error(), (415, None));
    let large = client.send("POST", "/Users", &[], vec![b' '; (1 << 20) + 1]).await;
    assert_eq!(large.error(), (413, None));
}

/// RFC 7644 §3.2
#[tokio::test]
async fn a_method_that_is_not_served_is_answered_with_those_that_are() {
    let client = Client::new();
    for (method, path, allowed) in [
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("POST", "/Users/1", "GET, HEAD, PUT, PATCH, DELETE"),
        ("PUT", "/ServiceProviderConfig", "GET, HEAD"),
        ("PATCH", "/Schemas", "GET, HEAD"),
        ("GET", "/Users/.search", "POST"),
    ] {
        let answer = client.send(method, path, &[], "{}").await;
        assert_eq!(answer.error(), (405, None), "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed));
    }
}

/// RFC 7644 §3.14, RFC 9110 §5.3
#[tokio::test]
async fn the_lines_of_a_precondition_are_one_list() {
    let client = Client::new();
    let user = client.user("ann").await;
    let body = json!({"userName": "ann", "title": "x"}).to_string();
    let none = [("if-none-match", "\"9\""), ("if-none-match", " *")];
    assert_eq!(client.send("PUT", &user, &none, body.clone()).await.error(), (412, None));
    let path = format!("{user}?attributes=userName");
    let known = [("if-none-match", "\"9\""), ("if-none-match", "W/\"1\"")];
    assert_eq!(client.send("GET", &path, &known, "").await.status, 304);
    let neither = [("if-match", "\"8\""), ("if-match", "\"9\"")];
    assert_eq!(client.send("PUT", &user, &neither, body.clone()).await.error(), (412, None));
    let second = [("if-match", "\"9\""), ("if-match", "W/\"1\"")];
    assert_eq!(client.send("PUT", &user, &second, body).await.status, 200);
}

/// RFC 7644 §3.14, RFC 9110 §13.1.1
#[tokio::test]
async fn a_read_meant_for_another_version_is_refused() {
    let client = Client::new();
    let user = client.user("ann").await;
    for method in ["GET", "HEAD"] {
        for (tag, status) in [("W/\"1\"", 200), ("*", 200), ("W/\"9\"", 412)] {
            let answer = client.send(method, &user, &[("if-match", tag)], "").await;
            assert_eq!(answer.status, status, "{method} {tag}");
        }
    }
}

/// RFC 7644 §3.4.1
#[tokio::test]
async fn what_asks_for_a_page_says_nothing_of_one_resource() {
    let client = Client::new();
    let user = client.user("ann").await;
    for query in ["count=abc", "sortOrder=up", "filter=%FF", "startIndex=x&cursor=y", "%FF=1"] {
        let answer = client.get(&format!("{user}?{query}&attributes=userName")).await;
        assert_eq!((answer.status, &answer.body["userName"]), (200, &json!("ann")), "{query}");
        assert!(answer.body.get("meta").is_none());
        let body = json!({"userName": format!("bob {query}")});
        assert_eq!(client.post(&format!("/Users?{query}"), body).await.status, 201, "{query}");
    }
}

/// RFC 7644 §3.9, RFC 7644 §3.4.3
#[tokio::test]
async fn a_list_without_names_asks_for_nothing() {
    let client = Client::new();
    let user = client.user("ann").await;
    let whole = client.get(&user).await.body;
    for query in ["attributes=", "attributes=&excludedAttributes=", "attributes=,&count=1"] {
        assert_eq!(client.get(&format!("{user}?{query}")).await.body, whole, "{query}");
        assert_eq!(client.get(&format!("/Users?{query}")).await.body["Resources"][0], whole);
    }
    let except = client.get(&format!("{user}?attributes=&excludedAttributes=userName")).await;
    assert!(except.status == 200 && except.body.get("userName").is_none());
    let search = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "attributes": [], "excludedAttributes": ["userName"],
    });
    let found = client.post("/Users/.search", search).await;
    assert!(found.status == 200 && found.body["Resources"][0].get("userName").is_none());
}

/// RFC 7644 §3.4.2.2, RFC 7644 §3.4.2.3
#[tokio::test]
async fn addresses_that_the_service_makes_are_not_searched_by() {
    let client = Client::new();
    let user = client.user("ann").await;
    let group = json!({"displayName": "g", "members": [{"value": user.rsplit('/').next()}]});
    assert_eq!(client.post("/Groups", group).await.status, 201);
    for (endpoint, path) in
        [("/Users", "meta.location"), ("/Users", "groups.$ref"), ("/Groups", "members.$ref")]
    {
        for test in ["pr", "eq+%22x%22"] {
            let answer = client.get(&format!("{endpoint}?filter={path}+{test}")).await;
            assert_eq!(answer.error(), (400, Some("invalidFilter")), "{path} {test}");
        }
        let answer = client.get(&format!("{endpoint}?sortBy={path}")).await;
        assert_eq!(answer.error(), (400, Some("invalidValue")), "{path}");
    }
    let inside = client.get("/Groups?filter=members[$ref+pr]").await;
    assert_eq!(inside.error(), (400, Some("invalidFilter")));
    let inside = client.get("/Groups?filter=members[value+pr]").await;
    assert_eq!((inside.status, &inside.body["totalResults"]), (200, &json!(1)));
    // What clients write themselves is searched by.
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref";
    assert_eq!(client.get(&format!("/Users?filter={manager}+pr")).await.status, 200);
}

/// RFC 7644 §4
#[tokio::test]
async fn a_filter_is_refused_by_discovery_whatever_stands_beside_it() {
    let client = Client::new();
    for query in ["filter=id+pr", "filter=x&count=abc", "sortOrder=up&FILTER=%FF"] {
        for path in ["/ResourceTypes", "/Schemas"] {
            let answer = client.get(&format!("{path}?{query}")).await;
            assert_eq!(answer.error(), (403, None), "{path}?{query}");
        }
    }
    assert_eq!(client.get("/Schemas?count=abc").await.status, 200);
}

/// RFC 7644 §3.14
#[tokio::test]
async fn preconditions_are_held_against_the_stored_version() {
    let client = Client::new();
    let user = client.user("bjensen").await;
    let tag = client.get(&user).await.header("etag").unwrap().to_owned();
    let body = json!({"userName": "bjensen", "title": "x"}).to_string();
    let stale = client.send("PUT", &user, &[("if-match", "W/\"other\"")], body.clone()).await;
    assert_eq!(stale.error(), (412, None));
    let fresh = client.send("PUT", &user, &[("if-match", &tag)], body).await;
    assert_eq!((fresh.status, fresh.body["title"].as_str()), (200, Some("x")));
    assert_ne!(fresh.header("etag"), Some(tag.as_str()));
    assert_eq!(client.send("DELETE", &user, &[("if-match", &tag)], "").await.error(), (412, None));
    let tag = fresh.header("etag").unwrap();
    let unchanged = client
        .send("GET", &format!("{user}?attributes=userName"), &[("if-none-match", tag)], "")
        .await;
    assert_eq!((unchanged.status, &unchanged.body), (304, &Value::Null));
    let derived = client.send("GET", &user, &[("if-none-match", tag)], "").await;
    assert_eq!(derived.status, 200, "the groups of a user are not part of its version");
    assert_eq!(client.send("DELETE", &user, &[("if-match", "*")], "").await.status, 204);
    assert_eq!(client.send("DELETE", &user, &[], "").await.error(), (404, None));
}

/// RFC 7644 §3.14, RFC 7644 §3.5.2
#[tokio::test]
async fn a_change_that_changes_nothing_keeps_the_version() {
    let client = Client::new();
    let user = client.user("bjensen").await;
    let before = client.get(&user).await;
    let again = client.put(&user, json!({"userName": "bjensen"})).await;
    assert_eq!(again.body["meta"], before.body["meta"]);
    let same = client
        .patch(&user, json!([{"op": "replace", "path": "userName", "value": "bjensen"}]))
        .await;
    assert_eq!(same.body["meta"], before.body["meta"]);
    let other = client
        .patch(&user, json!([{"op": "replace", "path": "userName", "value": "BJensen"}]))
        .await;
    assert_ne!(other.body["meta"]["version"], before.body["meta"]["version"]);
    assert_eq!(other.body["userName"], "BJensen");
}

/// RFC 7644 §3.5.1
#[tokio::test]
async fn a_replacement_that_leaves_active_out_does_not_switch_a_leaver_on() {
    let client = Client::new();
    let user = client.user("bjensen").await;
    client.patch(&user, json!([{"op": "replace", "value": {"active": "False"}}])).await;
    let replaced = client.put(&user, json!({"userName": "bjensen"})).await;
    assert_eq!(replaced.body["active"], false);
}

/// RFC 7644 §3.4.2.4
#[tokio::test]
async fn pages_are_cut_as_asked_and_count_themselves() {
    let client = Client::new();
    for name in ["a", "b", "c", "d", "e"] {
        client.user(name).await;
    }
    let cut = |query: &'static str| {
        let client = client.clone();
        async move {
            let list = client.get(&format!("/Users?sortBy=userName&{query}")).await;
            let found: Vec<String> = names(&list).into_iter().map(str::to_owned).collect();
            assert_eq!(list.body["itemsPerPage"], found.len());
            assert_eq!(list.body["totalResults"], 5);
            found.concat()
        }
    };
    assert_eq!(cut("count=2").await, "ab");
    assert_eq!(cut("startIndex=2&count=2").await, "bc");
    assert_eq!(cut("startIndex=0&count=1").await, "a");
    assert_eq!(cut("startIndex=5").await, "e");
    assert_eq!(cut("startIndex=6").await, "");
    assert_eq!(cut("count=0").await, "");
    assert_eq!(cut("count=-1").await, "");
    assert_eq!(cut("count=99999999999999999999").await, "abcde");
    assert_eq!(cut("sortOrder=descending").await, "edcba");
}

/// RFC 7644 §3.4.2.3
#[tokio::test]
async fn missing_values_come_last_and_first_if_descending() {
    let client = Client::new();
    for (name, title) in [("a", json!("Z")), ("b", json!(null)), ("c", json!("y"))] {
        client.post("/Users", json!({"userName": name, "title": title})).await;
    }
    assert_eq!(names(&client.get("/Users?sortBy=title").await), ["c", "a", "b"]);
    assert_eq!(
        names(&client.get("/Users?sortBy=title&sortOrder=descending").await),
        ["b", "a", "c"]
    );
}

/// RFC 7644 §3.4.2.1
#[tokio::test]
async fn the_root_searches_all_types() {
    let client = Client::new();
    client.user("alice").await;
    client.post("/Groups", json!({"displayName": "Buyers"})).await;
    client.user("carol").await;
    assert_eq!(names(&client.get("/").await), ["alice", "carol", "Buyers"]);
    assert_eq!(names(&client.get("/?startIndex=3&count=1").await), ["Buyers"]);
    assert_eq!(names(&client.get("/?filter=userName+pr").await), ["alice", "carol"]);
    assert_eq!(names(&client.get("/?filter=meta.resourceType+eq+%22Group%22").await), ["Buyers"]);
    assert!(names(&client.get("/?filter=nosuch+pr").await).is_empty());
    let search = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "displayName sw \"buy\"", "attributes": ["displayName"]});
    let found = client.post("/.search", search).await;
    assert_eq!(names(&found), ["Buyers"]);
    assert!(found.body["Resources"][0].get("meta").is_none());
    assert_eq!(client.get("/?sortBy=nosuch").await.error(), (400, Some("invalidValue")));
    assert_eq!(names(&client.get("/?sortBy=id&sortOrder=descending").await).len(), 3);
}

/// RFC 7644 §3.5.2
#[tokio::test]
async fn a_patch_of_a_group_is_answered_without_a_body_unless_one_is_asked_for() {
    let client = Client::new();
    let user = client.user("alice").await;
    let id = user.strip_prefix("/Users/").unwrap();
    let group = client.post("/Groups", json!({"displayName": "Buyers"})).await;
    let group = format!("/Groups/{}", group.body["id"].as_str().unwrap());
    let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
    let silent = client.patch(&group, add.clone()).await;
    assert_eq!((silent.status, &silent.body), (204, &Value::Null));
    let tag = silent.header("etag").unwrap();
    let shown = client.patch(&format!("{group}?attributes=members"), add).await;
    assert_eq!((shown.status, shown.header("etag")), (200, Some(tag)));
    assert_eq!(shown.body["members"][0]["$ref"], format!("{BASE}{user}"));
    assert_eq!(shown.body["members"][0]["type"], "User");
    assert_eq!(client.get(&user).await.body["groups"][0]["display"], "Buyers");
}

/// RFC 7644 §3.6
#[tokio::test]
async fn deleting_a_member_takes_it_out_of_its_groups_and_moves_their_version() {
    let client = Client::new();
    let user = client.user("alice").await;
    let id = user.strip_prefix("/Users/").unwrap();
    let created = client
        .post(
            "/Groups",
            json!({"displayName": "Buyers", "members": [{"value": id}, {"value": "gone"}]}),
        )
        .await;
    assert_eq!(
        created.body["members"].as_array().unwrap().len(),
        1,
        "a member that does not exist is left out"
    );
    let group = format!("/Groups/{}", created.body["id"].as_str().unwrap());
    client.send("DELETE", &user, &[], "").await;
    let after = client.get(&group).await;
    assert!(after.body.get("members").is_none());
    assert_ne!(after.body["meta"]["version"], created.body["meta"]["version"]);
}

/// RFC 7644 §4
#[tokio::test]
async fn discovery_says_what_is_served() {
    let client = Client::new();
    let config = client.get("/ServiceProviderConfig").await.body;
    for feature in ["patch", "filter", "sort", "etag", "bulk"] {
        assert_eq!(config[feature]["supported"], true, "{feature}");
    }
    assert_eq!(config["changePassword"]["supported"], false);
    assert!(config["bulk"]["maxOperations"].is_u64() && config["bulk"]["maxPayloadSize"].is_u64());
    let types = client.get("/ResourceTypes").await.body;
    assert_eq!(types["Resources"][0]["endpoint"], "/Users");
    assert_eq!(types["Resources"][0]["schemaExtensions"][0]["required"], false);
    let schemas = client.get("/Schemas?count=1").await.body;
    assert_eq!(schemas["totalResults"], 6);
    assert_eq!(schemas["Resources"].as_array().unwrap().len(), 6);
    for schema in schemas["Resources"].as_array().unwrap() {
        let id = schema["id"].as_str().unwrap();
        let one = client.get(&format!("/Schemas/{}", id.to_uppercase())).await;
        assert_eq!(&one.body, schema);
        assert_eq!(one.body["meta"]["location"], format!("{BASE}/Schemas/{id}"));
    }
    assert_eq!(client.get("/Schemas?filter=id+pr").await.error(), (403, None));
    assert_eq!(client.get("/ResourceTypes/Nothing").await.error(), (404, None));
    assert_eq!(client.get("/ResourceTypes/User").await.body, types["Resources"][0]);
}

/// RFC 7643 §4.1.1
#[tokio::test]
async fn a_password_is_never_seen_again() {
    let client = Client::new();
    let secret = "t1meMa$heen";
    let created = client
        .post("/Users?attributes=userName,password", json!({"userName": "a", "password": secret}))
        .await;
    assert!(!created.body.to_string().contains(secret) && created.body.get("password").is_none());
    assert_eq!(
        client.get("/Users?filter=password+eq+%22t1meMa$heen%22").await.error(),
        (400, Some("invalidFilter"))
    );
}
