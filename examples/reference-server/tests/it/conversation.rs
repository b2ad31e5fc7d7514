//! Recorded conversations of identity providers, replayed over HTTP.

use scim_service::testing::transcript::{Level, Replay, Transcript};

use crate::{
    http::Client,
    server::{Server, TOKEN},
};

async fn replay(transcript: &Transcript, profile: &str, exceptions: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let tenant = format!("acme:{profile}:{TOKEN}");
    let server = Server::with(folder.path(), &["--tenant", &tenant]).await;
    let replay = Replay::new(server.base_url.as_str()).token(TOKEN);
    let outcome = replay.run(transcript, &mut Client::new(server.address)).await;
    let failed: Vec<&str> =
        outcome.failures(Level::Lenient).map(|step| step.title.as_str()).collect();
    assert_eq!(failed, exceptions, "{outcome}");
}

#[tokio::test]
async fn okta_provisions_users_and_groups() {
    for profile in ["generic", "pendo"] {
        replay(&Transcript::okta(), profile, &[]).await;
    }
}

/// Two lenient steps are not met: the HTTP layer refuses raw quotes in a URL, and the names of
/// groups need not be unique.
#[tokio::test]
async fn entra_provisions_users_and_groups() {
    let exceptions = ["connect: the same, quotes left unescaped", "group: duplicate displayName"];
    replay(&Transcript::entra(), "generic", &exceptions).await;
}
