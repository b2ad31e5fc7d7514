//! Many clients change one group at once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::server::{Server, Session};

const CLIENTS: usize = 16;
const USERS: usize = 125;

/// Each client adds 125 users of its own one by one, every one of them twice, and removes every
/// fifth: 16 × 125 changes that change something, and as many that do not.
///
/// RFC 7644 §3.5.2, RFC 7644 §3.14
#[tokio::test]
async fn no_change_of_a_group_is_lost_or_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let group = client.create("/Groups", json!({"displayName": "Everyone"})).await;
    let path = format!("/Groups/{group}");
    let users = create_users(&server).await;
    let before = version(&mut client, &path).await;

    let mut clients = JoinSet::new();
    for own in users.chunks(USERS) {
        let (mut client, own, path) = (server.client(), own.to_vec(), path.clone());
        clients.spawn(async move { change(&mut client, &path, &own).await });
    }
    let changes: usize = clients.join_all().await.into_iter().sum();

    let kept: BTreeSet<String> = users
        .iter()
        .enumerate()
        .filter(|(at, _)| !(at % USERS).is_multiple_of(5))
        .map(|(_, id)| id.clone())
        .collect();
    let found = client.get(&path).await;
    let members: Vec<String> = found.body["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["value"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(members.len(), kept.len(), "none is doubled");
    assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), kept, "none is lost");
    assert_eq!(changes, CLIENTS * USERS + CLIENTS * USERS / 5);
    assert_eq!(
        version(&mut client, &path).await - before,
        changes as u64,
        "one step of the version a change"
    );
}

async fn create_users(server: &Server) -> Vec<String> {
    let mut clients = JoinSet::new();
    for own in 0..CLIENTS {
        let mut client = server.client();
        clients.spawn(async move {
            let mut ids = Vec::new();
            for at in 0..USERS {
                ids.push(
                    client.create("/Users", json!({"userName": format!("user-{own}-{at}")})).await,
                );
            }
            ids
        });
    }
    clients.join_all().await.concat()
}

/// How many of the changes changed something, as their entity tags tell.
async fn change(client: &mut Session, path: &str, users: &[String]) -> usize {
    let mut tags = BTreeSet::new();
    for (at, id) in users.iter().enumerate() {
        let add = json!([{"op": "add", "path": "members", "value": [{"value": id}]}]);
        let added = apply(client, path, add.clone()).await;
        tags.insert(added);
        apply(client, path, add).await;
        if at.is_multiple_of(5) {
            let remove = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
            tags.insert(apply(client, path, remove.clone()).await);
            apply(client, path, remove).await;
        }
    }
    tags.len()
}

async fn apply(client: &mut Session, path: &str, operations: Value) -> String {
    let answer = client.patch(path, operations).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    answer.headers["etag"].to_str().unwrap().to_owned()
}

async fn version(client: &mut Session, path: &str) -> u64 {
    let tag = client.get(path).await.headers["etag"].to_str().unwrap().to_owned();
    tag.trim_start_matches("W/\"").trim_end_matches('"').parse().unwrap()
}
