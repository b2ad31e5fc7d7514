//! Recorded conversations of identity providers, replayed over HTTP.

use scim_service::testing::transcript::{Level, Replay, Transcript};
use serde_json::{Value, json};

use crate::{
    http::Client,
    server::{Server, TOKEN},
};

/// Two lenient steps of Entra are not met: the HTTP layer refuses raw quotes in a URL, and the
/// names of groups need not be unique.
const OF_ENTRA: [&str; 2] =
    ["connect: the same, quotes left unescaped", "group: duplicate displayName"];

/// Steps that give roles, which Prendio does not take from the directory.
const ROLES_OF_ENTRA: [&str; 7] = [
    "role: SingleAppRoleAssignment",
    "role: AssertiveAppRoleAssignmentsComplex replaces the whole set",
    "role: three now",
    "validator: Create a new User",
    "validator: Patch User - Replace Attributes Verbose Request",
    "validator: Patch User - Add Attributes Verbose Request (36 operations)",
    "validator: all 36 are there on read",
];

async fn replay(transcript: &Transcript, profile: &str, exceptions: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let tenant = format!("acme:{profile}:{TOKEN}");
    let server = Server::with(folder.path(), &["--tenant", &tenant]).await;
    let mut replay = Replay::new(server.base_url.as_str()).token(TOKEN);
    match profile {
        "peakon" | "prendio" => replay = replay.without("groups"),
        "pendo" => appoint(&server).await,
        _ => {}
    }
    let outcome = replay.run(transcript, &mut Client::new(server.address)).await;
    let failed: Vec<&str> =
        outcome.failures(Level::Lenient).map(|step| step.title.as_str()).collect();
    assert_eq!(failed, exceptions, "{outcome}");
}

/// Pendo's first group is that of the administrators, and holds one.
async fn appoint(server: &Server) {
    let mut client = server.client();
    let name = json!({"givenName": "Root", "familyName": "Example"});
    let admin = client.create("/Users", json!({"userName": "root", "name": name})).await;
    let group = json!({"displayName": "Admin", "members": [{"value": admin}]});
    client.create("/Groups", group).await;
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[tokio::test]
async fn okta_provisions_users_and_groups() {
    for profile in ["generic", "pendo"] {
        replay(&Transcript::okta(), profile, &[]).await;
    }
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[tokio::test]
async fn okta_provisions_users_alone() {
    for profile in ["peakon", "prendio"] {
        replay(&Transcript::okta(), profile, &[]).await;
    }
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.2, RFC 7644 §3.6
#[tokio::test]
async fn entra_provisions_users_and_groups() {
    replay(&Transcript::entra(), "generic", &OF_ENTRA).await;
}

/// Every user has a name, as Pendo asks. The roles that are sent are passed over, since roles are
/// groups; what the answers say of them is not asserted.
/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.2, RFC 7644 §3.6.
#[tokio::test]
async fn entra_provisions_users_and_roles() {
    let text = include_str!("../../../../scim-service/src/testing/transcript/entra.jsonl");
    let steps = text.lines().filter(|line| line.starts_with('{'));
    let steps = steps.map(|line| adapted(serde_json::from_str(line).unwrap()).to_string());
    let transcript = Transcript::parse(&steps.collect::<Vec<_>>().join("\n")).unwrap();
    assert_eq!(transcript.len(), Transcript::entra().len());
    replay(&transcript, "pendo", &OF_ENTRA).await;
}

fn adapted(mut step: Value) -> Value {
    let is_of_roles = |path: &Value| {
        path.as_str().is_some_and(|path| path.trim_start_matches("$.").starts_with("roles"))
    };
    if let Some(asserted) = step["expect"].get_mut("json").and_then(Value::as_array_mut) {
        asserted.retain(|assertion| !is_of_roles(&assertion[0]));
    }
    let body = step["request"].get_mut("body").and_then(Value::as_object_mut);
    if let Some(body) = body.filter(|body| body.contains_key("userName")) {
        body.entry("name").or_insert(json!({"givenName": "Elea", "familyName": "Zenon"}));
    }
    step
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.2, RFC 7644 §3.6
#[tokio::test]
async fn entra_provisions_users_alone() {
    replay(&Transcript::entra(), "peakon", &OF_ENTRA[..1]).await;
    let exceptions = [&OF_ENTRA[..1], &ROLES_OF_ENTRA].concat();
    replay(&Transcript::entra(), "prendio", &exceptions).await;
}
