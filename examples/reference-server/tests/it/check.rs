//! The check of the database.

use serde_json::json;

use crate::{
    cli::{run, said},
    server::Server,
};

#[tokio::test]
async fn a_sound_database_passes_and_a_harmed_one_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder).await;
    let mut client = server.client();
    let id = client.create("/Users", json!({"userName": "bjensen"})).await;
    client.create("/Groups", json!({"displayName": "Staff", "members": [{"value": id}]})).await;
    let told = said(folder.path(), &["check"]);
    assert_eq!(told.trim(), "all fits together: 1 tenants");

    let database = rusqlite::Connection::open(folder.path().join("scim.db")).unwrap();
    let harm = "DELETE FROM key WHERE attr = 'userName'; UPDATE member SET member = 'x';";
    database.execute_batch(harm).unwrap();
    let output = run(folder.path(), &["check"]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stdout).unwrap();
    for fault in [
        format!("acme: User {id}: it cannot be found by its `userName`"),
        "acme: User x: it is a member and does not exist".to_owned(),
        "2 faults".to_owned(),
    ] {
        assert!(told.lines().any(|line| line == fault), "{fault}: {told}");
    }
    assert!(!told.contains("bjensen"));
}
