//! An extension of one's own: published, validated, typed.

mod badge;

use std::{
    error::Error,
    io::{self, Write},
};

use http::{Request, StatusCode};
use http_body_util::BodyExt;
use scim_service::{
    Endpoint, MemoryStore, ScimService,
    core::{Extension, User},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use badge::Badge;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let scim = ScimService::builder(MemoryStore::new())
        .base_url("https://api.example.com/scim/v2")
        .endpoint(Endpoint::users(badge::users()?))
        .build()?;
    let badges = [
        json!({"number": "A-1701", "zones": ["lobby", "vault"], "validUntil": "2030-01-01T00:00:00Z"}),
        json!({"number": "A-1701"}),
        json!({"number": "A-1701-D", "zones": ["cellar"], "validUntil": "next year"}),
        json!({"zones": ["lobby"]}),
    ];
    for (number, badge) in badges.into_iter().enumerate() {
        let user = json!({"userName": format!("user{number}"), Badge::SCHEMA.as_str(): badge});
        let (status, answer) = create(&scim, user).await?;
        if status == StatusCode::CREATED {
            let user: User = serde_json::from_value(answer)?;
            let badge = user.extensions.get::<Badge>()?;
            writeln!(io::stdout(), "{status}: {badge:?}")?;
        } else {
            let detail = answer.get("detail").and_then(Value::as_str).unwrap_or_default();
            writeln!(io::stdout(), "{status}: {detail}")?;
        }
    }
    Ok(())
}

async fn create(
    scim: &ScimService<MemoryStore>,
    user: Value,
) -> Result<(StatusCode, Value), Box<dyn Error>> {
    let request = Request::post("/scim/v2/Users")
        .header("content-type", "application/scim+json")
        .body(user.to_string())?;
    let (head, body) = scim.clone().oneshot(request).await?.into_parts();
    Ok((head.status, serde_json::from_slice(&body.collect().await?.to_bytes())?))
}
