//! Recorded conversations of identity providers, and the rules of the RFCs, replayed in process.

use scim_service::{
    MemoryStore,
    testing::transcript::{Level, Replay, Transcript},
};

use crate::{
    client::{BASE, Client},
    rule,
};

async fn replay(transcript: &Transcript, exceptions: &[&str]) {
    let outcome = Replay::new(BASE).run(transcript, &mut Client::new()).await;
    let failed: Vec<&str> =
        outcome.failures(Level::Lenient).map(|step| step.title.as_str()).collect();
    assert_eq!(failed, exceptions, "{outcome}");
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.1, RFC 7644 §3.5.2
#[tokio::test]
async fn okta_provisions_users_and_groups() {
    replay(&Transcript::okta(), &[]).await;
}

/// RFC 7644 §3.3, RFC 7644 §3.4.2, RFC 7644 §3.5.2, RFC 7644 §3.6
#[tokio::test]
async fn entra_provisions_users_and_groups() {
    let exceptions = ["connect: the same, quotes left unescaped", "group: duplicate displayName"];
    replay(&Transcript::entra(), &exceptions).await;
}

#[tokio::test]
async fn the_rules_of_the_protocol_hold_over_the_store_in_memory() {
    rule::hold(MemoryStore::new).await;
}
