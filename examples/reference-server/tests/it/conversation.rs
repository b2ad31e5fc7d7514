//! Recorded conversations of identity providers, replayed over HTTP.

use scim_service::testing::transcript::{Level, Replay, Transcript};
use serde_json::json;

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

#[tokio::test]
async fn okta_provisions_users_and_groups() {
    for profile in ["generic", "pendo"] {
        replay(&Transcript::okta(), profile, &[]).await;
    }
}

#[tokio::test]
async fn okta_provisions_users_alone() {
    for profile in ["peakon", "prendio"] {
        replay(&Transcript::okta(), profile, &[]).await;
    }
}

#[tokio::test]
async fn entra_provisions_users_and_groups() {
    replay(&Transcript::entra(), "generic", &OF_ENTRA).await;
}

/// Its one user without a name is given one: Pendo takes none without.
#[tokio::test]
async fn entra_provisions_users_and_roles() {
    let text = include_str!("../../../../scim-service/src/testing/transcript/entra.jsonl");
    let nameless = r#""userName": "elea.{{run}}@validator.example", "#;
    let name = r#""name": {"givenName": "Elea", "familyName": "Zenon"}, "#;
    let named = text.replace(nameless, &format!("{nameless}{name}"));
    assert_ne!(text, named);
    replay(&Transcript::parse(&named).unwrap(), "pendo", &OF_ENTRA).await;
}

#[tokio::test]
async fn entra_provisions_users_alone() {
    replay(&Transcript::entra(), "peakon", &OF_ENTRA[..1]).await;
    let exceptions = [&OF_ENTRA[..1], &ROLES_OF_ENTRA].concat();
    replay(&Transcript::entra(), "prendio", &exceptions).await;
}
