//! Business rules of one's own.

mod rules;

use std::{
    error::Error,
    io::{self, Write},
};

use http::{Request, StatusCode};
use http_body_util::BodyExt;
use scim_service::{Endpoint, MemoryStore, Principal, ScimService, schema::catalog};
use serde_json::{Value, json};
use tower::ServiceExt;

type Scim = ScimService<MemoryStore>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let scim: Scim = ScimService::builder(MemoryStore::new())
        .base_url("https://api.example.com/scim/v2")
        .endpoint(Endpoint::users(catalog::user()))
        .policy(rules::HouseRules)
        .ids(ids())
        .build()?;
    let user = |name: &str, kind: &str| json!({"userName": name, "userType": kind});
    let off = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": false}]});
    for (who, method, path, body) in [
        ("okta", "POST", "/Users", user("bob@example.com", "Employee")),
        ("okta", "POST", "/Users", user("ann@example.com", "Owner")),
        ("okta", "POST", "/Users", user("bob@example.org", "Employee")),
        ("okta", "POST", "/Users", user("bob@example.com", "Employee")),
        ("auditor", "GET", "/Users/4", Value::Null),
        ("auditor", "DELETE", "/Users/4", Value::Null),
        ("okta", "DELETE", "/Users/4", Value::Null),
        ("okta", "PATCH", "/Users/4", off.clone()),
        ("okta", "DELETE", "/Users/4", Value::Null),
        ("okta", "PATCH", "/Users/2", off),
    ] {
        let (status, answer) = ask(&scim, who, method, path, &body).await?;
        let told = answer.get("detail").or_else(|| answer.get("displayName"));
        let told = told.and_then(Value::as_str).unwrap_or_default();
        writeln!(io::stdout(), "{who} {method} {path}: {} {told}", status.as_u16())?;
    }
    Ok(())
}

/// Ids that can be read in an example.
fn ids() -> impl Fn() -> String + Send + Sync {
    let next = std::sync::atomic::AtomicU64::new(1);
    move || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string()
}

/// Sends a request as this principal, which a layer would have found by its token.
async fn ask(
    scim: &Scim,
    who: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<(StatusCode, Value), Box<dyn Error>> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut request =
        Request::builder().method(method).uri(format!("/scim/v2{path}")).body(body)?;
    request.extensions_mut().insert(Principal(who.into()));
    let (head, body) = scim.clone().oneshot(request).await?.into_parts();
    let body = serde_json::from_slice(&body.collect().await?.to_bytes()).unwrap_or_default();
    Ok((head.status, body))
}
