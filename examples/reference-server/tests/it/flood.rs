//! Much at once, from this machine to itself.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::server::Server;

#[tokio::test]
async fn connections_that_say_nothing_keep_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut silent = Vec::new();
    for number in 0..400 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(b"POST /scim/v2/Users HTTP/1.1\r\nHost: ").await.unwrap();
        }
        silent.push(stream);
    }
    let mut client = server.client();
    for number in 0..20 {
        client.create("/Users", json!({"userName": format!("u{number}")})).await;
    }
}

/// Requests that are sent without waiting for answers, over many connections.
///
/// RFC 7644 §7.7
#[tokio::test]
async fn a_flood_of_wrong_tokens_is_answered_and_changes_nothing() {
    const TOGETHER: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut floods = JoinSet::new();
    for flood in 0..32 {
        let address = server.address;
        floods.spawn(async move {
            let requests: String = (0..TOGETHER)
                .map(|number| {
                    let close = if number + 1 == TOGETHER { "Connection: close\r\n" } else { "" };
                    format!(
                        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\n{close}\
                         Authorization: Bearer {flood}-{number}\r\nContent-Length: 2\r\n\r\n{{}}"
                    )
                })
                .collect();
            let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
            let writing = tokio::spawn(async move {
                writer.write_all(requests.as_bytes()).await.map(|()| writer)
            });
            let mut answers = String::new();
            reader.read_to_string(&mut answers).await.unwrap();
            writing.await.unwrap().unwrap();
            answers.matches("HTTP/1.1 401").count()
        });
    }
    let refused: usize = floods.join_all().await.into_iter().sum();
    assert_eq!(refused, 32 * TOGETHER);
    let mut client = server.client();
    assert_eq!(client.get("/Users").await.body["totalResults"], 0);
    client.create("/Users", json!({"userName": "ann"})).await;
}

/// A tenant that asks too much is held back, and no other.
///
/// RFC 7644 §6.1, RFC 9865 §5.3
#[tokio::test]
async fn a_flood_of_one_tenant_does_not_reach_another() {
    let folder = tempfile::tempdir().unwrap();
    let tenants = ["--tenant", "a:generic:of-a", "--tenant", "b:generic:of-b"];
    let arguments = [&["--rate-limit", "50"], tenants.as_slice()].concat();
    let server = Server::with(folder.path(), &arguments).await;
    let mut floods = JoinSet::new();
    for _ in 0..16 {
        let mut client = server.client().token("of-a");
        floods.spawn(async move {
            let mut limited = 0;
            for _ in 0..100 {
                let answer = client.get("/Users?count=0").await;
                assert!([200, 429].contains(&answer.status), "{answer:?}");
                limited += usize::from(answer.status == 429);
            }
            limited
        });
    }
    let mut b = server.client().token("of-b");
    for number in 0..20 {
        b.create("/Users", json!({"userName": format!("u{number}")})).await;
    }
    let limited: usize = floods.join_all().await.into_iter().sum();
    assert!(limited > 0, "the flood is held back");
}
