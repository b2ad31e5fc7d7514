//! Where a service is mounted, and what HTTP gives it (RFC 7644 §1.3, §3.1, §3.8).

use std::sync::Arc;

use http::{HeaderValue, Request};
use http_body_util::Full;
use scim_service::{BuildError, Endpoint, MemoryStore, ScimService, schema::catalog};
use serde_json::json;

use crate::client::Client;

fn at(base: &str) -> Result<Client, BuildError> {
    let store = Arc::new(MemoryStore::new());
    let builder = ScimService::builder(store).base_url(base);
    Ok(Client(builder.endpoint(Endpoint::users(catalog::user())).build()?))
}

/// RFC 7644 §1.3, RFC 7644 §7.1
#[test]
fn a_base_url_is_absolute_without_query_and_without_password() {
    for base in [
        "https://scim.example.com/v2?x=1",
        "https://scim.example.com/v2?",
        "https://scim.example.com/v2#top",
        "https://user:secret@scim.example.com/v2",
        "/scim/v2",
        "scim.example.com/v2",
        "ftp://scim.example.com/v2",
        "https:///v2",
        "",
    ] {
        assert_eq!(at(base).err(), Some(BuildError::BaseUrl), "{base}");
    }
    for base in ["http://localhost:8080", "https://[::1]/v2", "https://scim.example.com/"] {
        assert!(at(base).is_ok(), "{base}");
    }
}

/// RFC 7643 §6
#[test]
fn two_resource_types_share_neither_name_nor_endpoint_with_each_other_or_the_protocol() {
    let build = |endpoints: Vec<Endpoint>| {
        let builder = ScimService::builder(MemoryStore::new()).base_url("https://example.com/v2");
        endpoints.into_iter().fold(builder, |builder, one| builder.endpoint(one)).build().err()
    };
    let thing = |name, path| Endpoint::new(name, path, catalog::user()).unwrap();
    assert_eq!(build(vec![]), Some(BuildError::NoEndpoint));
    let same_path = vec![thing("Thing", "/Things"), thing("Other", "/Things")];
    assert_eq!(build(same_path), Some(BuildError::Endpoint("Other".to_owned())));
    let same_name = vec![thing("Thing", "/Things"), thing("Thing", "/Others")];
    assert_eq!(build(same_name), Some(BuildError::Endpoint("Thing".to_owned())));
    let own = ["/Bulk", "/Me", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig"];
    for own in own.into_iter().chain(["/ServiceProviderConfigs", "/v2", "/v1"]) {
        assert_eq!(build(vec![thing("X", own)]), Some(BuildError::Endpoint("X".to_owned())));
    }
    assert_eq!(build(vec![thing("Thing", "/Things"), thing("thing", "/things")]), None);
    for (name, path) in [("", "/Things"), ("A b", "/Things"), ("A", ""), ("A", "/a/b")] {
        let refused = Endpoint::new(name, path, catalog::user());
        assert!(matches!(refused, Err(BuildError::Name(_))), "{name} {path}");
    }
    let refused = Endpoint::new("Device", "/my/Devices", catalog::user()).unwrap_err();
    assert!(refused.to_string().contains("`my/Devices`"), "{refused}");
}

/// RFC 7644 §1.3, RFC 7644 §3.2, RFC 7644 §3.13
#[tokio::test]
async fn a_service_works_below_any_path_and_its_addresses_bear_it() {
    for base in ["https://example.com", "https://example.com/a/tenant-1/v2/", "http://h:1/x"] {
        let client = at(base).unwrap();
        let base = base.trim_end_matches('/');
        let path = base.splitn(4, '/').nth(3).map_or(String::new(), |path| format!("/{path}"));
        for (name, prefix) in [("a", path.as_str()), ("b", "")] {
            let made = client.post(&format!("{prefix}/Users"), json!({"userName": name})).await;
            let location = made.header("location").unwrap();
            assert!(location.starts_with(&format!("{base}/Users/")), "{location}");
            assert_eq!(made.body["meta"]["location"], location);
            let id = made.body["id"].as_str().unwrap();
            let found = client.get(&format!("{prefix}/Users/{id}")).await;
            assert_eq!((found.status, found.header("content-location")), (200, Some(location)));
        }
        let types = client.get("/ResourceTypes/User").await;
        assert_eq!(types.body["meta"]["location"], format!("{base}/ResourceTypes/User"));
    }
}

/// RFC 7644 §1.3
#[tokio::test]
async fn a_host_header_changes_no_address() {
    let client = at("https://scim.example.com/v2").unwrap();
    let headers = [("host", "evil.example"), ("x-forwarded-host", "evil.example")];
    let made = client.send("POST", "/Users", &headers, r#"{"userName": "a"}"#).await;
    assert!(made.header("location").unwrap().starts_with("https://scim.example.com/v2/Users/"));
    assert!(!made.body.to_string().contains("evil"));
}

/// RFC 7644 §3.8
#[tokio::test]
async fn a_body_that_is_not_utf_8_is_refused() {
    let client = at("https://scim.example.com/v2").unwrap();
    for body in [&b"{\"userName\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", b"{\"userName\":\"\xc0\xaf\"}"]
    {
        let answer = client.send("POST", "/Users", &[], body).await;
        assert_eq!(answer.error(), (400, Some("invalidSyntax")), "{body:?}");
    }
    let mut request = Request::post("/Users").body(Full::from("{}")).unwrap();
    let strange = HeaderValue::from_bytes(b"application/scim+json\xff").unwrap();
    request.headers_mut().insert("content-type", strange);
    assert_eq!(client.request(request).await.error(), (415, None));
}

/// RFC 7644 §3.4.1, RFC 7644 §3.14, RFC 9110 §8.6
#[tokio::test]
async fn head_answers_with_the_headers_and_the_length_of_get_alone() {
    let client = at("https://scim.example.com/v2").unwrap();
    let user = client.user("ann").await;
    for path in [user.as_str(), "/Users", "/Schemas", "/Users/nobody", "/Users?filter=x"] {
        let mut head = client.send("HEAD", path, &[], "").await;
        let get = client.get(path).await;
        let length = head.headers.remove("content-length").unwrap();
        assert_eq!(length, get.length.to_string(), "{path}");
        assert_eq!((head.status, &head.headers), (get.status, &get.headers), "{path}");
        assert_eq!(head.length, 0);
    }
}

/// RFC 7644 §3.7.4, RFC 7644 §3.12
#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read() {
    let client = at("https://scim.example.com/v2").unwrap();
    for (path, length) in [("/Users", "1048577"), ("/Bulk", "8388609")] {
        let answer = client.send("POST", path, &[("content-length", length)], "").await;
        assert_eq!(answer.error(), (413, None), "{path}");
    }
    let within = client.send("POST", "/Users", &[("content-length", "1048576")], "").await;
    assert_eq!(within.error(), (400, Some("invalidSyntax")));
}
