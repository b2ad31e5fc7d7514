use scim_store::SqliteStore;
use serde_json::json;

use crate::file::{File, block_on, create, group, groups, patch, user, users};

fn faults(store: &SqliteStore) -> Vec<String> {
    let mut faults = block_on(store.check_file()).unwrap();
    faults.extend(block_on(store.check(&users())).unwrap());
    faults.extend(block_on(store.check(&groups())).unwrap());
    faults.iter().map(ToString::to_string).collect()
}

fn filled(file: &File) -> SqliteStore {
    let store = file.open();
    user(&store, "ann");
    user(&store, "bob");
    let emails = json!([{"value": "c@x", "primary": true}, {"value": "C@y"}]);
    create(&store, &users(), "cyd", json!({"userName": "cyd", "emails": emails})).unwrap();
    group(&store, "staff", &["ann", "bob"]);
    let rename = json!([{"op": "replace", "path": "displayName", "value": "All"}]);
    patch(&store, &groups(), "staff", rename).unwrap().unwrap();
    store
}

#[test]
fn what_the_store_has_written_fits_together() {
    let file = File::new();
    assert_eq!(faults(&filled(&file)), [""; 0]);
}

#[test]
fn each_part_that_does_not_fit_is_found() {
    for (harm, found) in [
        ("UPDATE resource SET doc = '{' WHERE id = 'ann'", "User ann: its document cannot be read"),
        (
            "UPDATE resource SET display = 'x' WHERE id = 'ann'",
            "User ann: its name beside the document is another",
        ),
        ("DELETE FROM search WHERE num = 1", "User ann: its search keys do not fit its document"),
        (
            "UPDATE search SET keys = jsonb_set(keys, '$.userName', 'x') WHERE num = 1",
            "User ann: its search keys do not fit its document",
        ),
        (
            "DELETE FROM key WHERE id = 'ann' AND attr = 'userName'",
            "User ann: it cannot be found by its `userName`",
        ),
        (
            "INSERT INTO key SELECT tenant, type, attr, 'x', id, 0 FROM key WHERE id = 'ann' LIMIT 1",
            "User: 1 keys belong to no resource",
        ),
        ("UPDATE tally SET count = 9 WHERE type = 'User'", "User: 3 resources are counted as 9"),
        (
            "UPDATE member SET member = 'x' WHERE member = 'ann'",
            "User x: it is a member and does not exist",
        ),
        (
            "UPDATE member SET owner = 'x' WHERE member = 'ann'",
            "Group x: it has members and does not exist",
        ),
        (
            "UPDATE resource SET doc = json_set(doc, '$.members', json('[]')) WHERE id = 'staff'",
            "Group staff: its document holds memberships, which are kept as rows",
        ),
        ("INSERT INTO search VALUES (99, jsonb('{}'))", "a row of `search` belongs to nothing"),
    ] {
        let file = File::new();
        drop(filled(&file));
        let connection = rusqlite::Connection::open(file.path()).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        assert!(connection.execute(harm, []).unwrap() > 0, "{harm}");
        drop(connection);
        let faults = faults(&file.open());
        assert!(faults.iter().any(|fault| fault == found), "{harm}: {faults:?}");
    }
}
