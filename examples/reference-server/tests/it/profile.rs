//! The profiles: joiner, mover, leaver, and what each refuses.

mod generic;
mod peakon;
mod pendo;
mod prendio;

use std::path::Path;

use serde_json::{Value, json};

use crate::server::{Server, Session, TOKEN};

/// A server with one tenant `t` of this profile.
async fn serve(folder: &Path, profile: &str, arguments: &[&str]) -> Server {
    let tenant = format!("t:{profile}:{TOKEN}");
    let mut all = vec!["--tenant", &tenant];
    all.extend(arguments);
    Server::with(folder, &all).await
}

/// Replaces one attribute, and gives the status.
async fn set(client: &mut Session, id: &str, path: &str, value: Value) -> u16 {
    let change = json!([{"op": "replace", "path": path, "value": value}]);
    client.patch(&format!("/Users/{id}"), change).await.status
}

async fn user(client: &mut Session, id: &str) -> Value {
    client.get(&format!("/Users/{id}")).await.body
}
