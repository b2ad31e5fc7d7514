//! What was acknowledged is there after a crash, because it was synced before.

use std::{fs, path::Path};

use serde_json::json;
use tokio::{process::Command, task::JoinSet};

use crate::server::{Server, Session, TOKEN, is_there};

#[tokio::test]
async fn every_acknowledged_write_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder).await;
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let mut client = server.client();
        writers.spawn(async move { write_until_it_dies(&mut client, writer).await });
    }
    let mut client = server.client();
    while client.get("/Users?count=0").await.body["totalResults"].as_u64() < Some(200) {}
    server.process.kill().await.unwrap();
    let acknowledged = writers.join_all().await.concat();
    assert!(acknowledged.len() >= 190);

    let server = Server::start(&folder).await;
    let mut client = server.client();
    for (id, name) in &acknowledged {
        let found = client.get(&format!("/Users/{id}")).await;
        assert_eq!((found.status, found.body["userName"].as_str()), (200, Some(name.as_str())));
    }
    client.create("/Users", json!({"userName": "afterwards"})).await;
}

async fn write_until_it_dies(client: &mut Session, writer: usize) -> Vec<(String, String)> {
    let mut acknowledged = Vec::new();
    for at in 0.. {
        let name = format!("user-{writer}-{at}");
        let body = json!({"userName": name}).to_string();
        let Some(answer) = client.try_send("POST", "/Users", body).await else { break };
        if answer.status != 201 {
            break;
        }
        acknowledged.push((answer.body["id"].as_str().unwrap().to_owned(), name));
    }
    acknowledged
}

/// SIGKILL leaves the page cache alone, so that the test above cannot see a missing sync: here
/// the calls themselves are counted.
#[tokio::test]
async fn a_write_is_synced_before_it_is_acknowledged() {
    if !is_there("strace") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut command = Command::new("strace");
    // -D: the process that is started, and killed in the end, is the server itself.
    command.args(["-D", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o"]).arg(&trace);
    command.arg(env!("CARGO_BIN_EXE_reference-server"));
    let server =
        Server::spawn(command, folder.path(), &["--tenant", &format!("acme:generic:{TOKEN}")])
            .await;
    let mut client = server.client();
    let before = synced(&trace);
    for at in 0..20 {
        client.create("/Users", json!({"userName": format!("user-{at}")})).await;
        assert!(
            synced(&trace) > before + at,
            "one sync at least for each write that waits for the one before"
        );
    }
}

fn synced(trace: &Path) -> usize {
    let done = |line: &&str| line.contains("sync") && line.ends_with("= 0");
    fs::read_to_string(trace).unwrap().lines().filter(done).count()
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_finishes_what_it_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder).await;
    let mut client = server.client();
    client.create("/Users", json!({"userName": "before"})).await;
    drop(client);
    server.stop().await;
}
