//! The service over the store, held against recorded conversations of identity providers, and
//! against the rules of the protocol.

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use scim_schema::catalog;
use scim_service::{
    Endpoint, ScimService, Tenant, UnknownMembers,
    testing::transcript::{self, Level, Replay, Transcript, Transport},
};
use scim_store::SqliteStore;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    file::{File, block_on},
    rule,
};

const BASE: &str = "https://scim.example.com/scim/v2";

/// A client of one tenant.
struct Client(ScimService<SqliteStore>);

impl Client {
    fn new(store: SqliteStore, unknown_members: UnknownMembers) -> Self {
        let users = catalog::user().extend(catalog::enterprise()).unwrap();
        let service = ScimService::builder(store)
            .base_url(BASE)
            .endpoint(Endpoint::users(users))
            .endpoint(Endpoint::groups(catalog::group()))
            .unknown_members(unknown_members)
            .build();
        Self(service.unwrap())
    }

    async fn call(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        request.extensions_mut().insert(Tenant("a".into()));
        let response = self.0.clone().oneshot(request.map(Full::new)).await.unwrap();
        let (head, body) = response.into_parts();
        Response::from_parts(head, body.collect().await.unwrap().to_bytes())
    }

    fn send(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder().method(method).uri(path).body(body).unwrap();
        let response = block_on(self.call(request));
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status().as_u16(), body)
    }
}

impl Transport for Client {
    type Error = String;

    async fn send(&mut self, request: transcript::Request) -> Result<Response<Bytes>, String> {
        let request = Request::<Bytes>::try_from(request).map_err(|error| error.to_string())?;
        Ok(self.call(request).await)
    }
}

fn replay(transcript: &Transcript, exceptions: &[&str]) {
    let file = File::new();
    let mut client = Client::new(file.open(), UnknownMembers::Skip);
    let outcome = block_on(Replay::new(BASE).run(transcript, &mut client));
    let failed: Vec<&str> =
        outcome.failures(Level::Lenient).map(|step| step.title.as_str()).collect();
    assert_eq!(failed, exceptions, "{outcome}");
}

#[test]
fn okta_provisions_users_and_groups() {
    replay(&Transcript::okta(), &[]);
}

#[test]
fn entra_provisions_users_and_groups() {
    let exceptions = ["connect: the same, quotes left unescaped", "group: duplicate displayName"];
    replay(&Transcript::entra(), &exceptions);
}

#[test]
fn the_rules_of_the_protocol_hold_over_the_store() {
    let mut files = Vec::new();
    block_on(rule::hold(|| {
        let file = File::new();
        let store = file.open();
        files.push(file);
        store
    }));
}

#[test]
fn a_group_with_an_unknown_member_is_refused_whole_if_the_service_says_so() {
    let file = File::new();
    let client = Client::new(file.open(), UnknownMembers::Refuse);
    let ann = client.send(Method::POST, "/Users", &json!({"userName": "ann"})).1;
    let group = json!({"displayName": "g", "members": [{"value": ann["id"]}, {"value": "no"}]});
    let (status, error) = client.send(Method::POST, "/Groups", &group);
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
    assert_eq!(client.send(Method::GET, "/Groups", &Value::Null).1["totalResults"], 0);
    let group = json!({"displayName": "g", "members": [{"value": ann["id"]}]});
    let (status, made) = client.send(Method::POST, "/Groups", &group);
    assert_eq!((status, &made["members"][0]["value"]), (201, &ann["id"]));
    let add = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [
            {"op": "remove", "path": "members"},
            {"op": "add", "path": "members", "value": [{"value": "no"}]},
        ],
    });
    let path = format!("/Groups/{}", made["id"].as_str().unwrap());
    assert_eq!(client.send(Method::PATCH, &path, &add).0, 400);
    let (_, kept) = client.send(Method::GET, &path, &Value::Null);
    assert_eq!(kept, made);
}

/// The attributes of a published schema, and the common ones, by their paths.
fn paths(schema: &Value) -> Vec<String> {
    let mut paths: Vec<String> = ["id", "externalId", "schemas", "meta"].map(str::to_owned).into();
    for part in ["resourceType", "created", "lastModified", "location", "version"] {
        paths.push(format!("meta.{part}"));
    }
    let uri = schema["id"].as_str().unwrap();
    for attribute in schema["attributes"].as_array().unwrap() {
        let name = format!("{uri}:{}", attribute["name"].as_str().unwrap());
        for sub in attribute["subAttributes"].as_array().into_iter().flatten() {
            paths.push(format!("{name}.{}", sub["name"].as_str().unwrap()));
        }
        paths.push(name);
    }
    paths
}

/// RFC 7644 §3.4.2.2, §3.4.2.3, §3.12
#[test]
fn every_attribute_is_searched_and_sorted_by_or_refused_with_a_reason() {
    let file = File::new();
    let client = Client::new(file.open(), UnknownMembers::Skip);
    let ann = client.send(Method::POST, "/Users", &json!({"userName": "ann"})).1;
    let group = json!({"displayName": "g", "members": [{"value": ann["id"]}]});
    assert_eq!(client.send(Method::POST, "/Groups", &group).0, 201);
    let mut asked = 0;
    for schema in
        client.send(Method::GET, "/Schemas", &Value::Null).1["Resources"].as_array().unwrap()
    {
        for path in paths(schema) {
            let encoded = |filter: String| {
                let bytes = filter.bytes().map(|byte| format!("%{byte:02x}"));
                format!("filter={}", bytes.collect::<String>())
            };
            let filters = ["pr", "eq \"a\"", "eq true", "gt \"a\"", "co \"a\"", "ne 1", "eq null"];
            let filters =
                filters.map(|test| encoded(format!("not ({path} {test}) or {path} {test}")));
            let orders = ["", "&sortOrder=descending", "&cursor="]
                .map(|order| format!("sortBy={path}{order}&count=1"));
            for query in filters.iter().chain(&orders) {
                for endpoint in ["/Users", "/Groups", "/"] {
                    let (status, body) =
                        client.send(Method::GET, &format!("{endpoint}?{query}"), &Value::Null);
                    let refused = status == 400 && body["scimType"].is_string();
                    assert!(status == 200 || refused, "{path}: {endpoint}?{query}: {status}");
                    asked += usize::from(status == 200);
                }
            }
        }
    }
    assert!(asked > 1000, "{asked}");
}
