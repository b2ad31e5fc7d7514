use scim_service::{Guard, Store, Tenant};
use scim_store::{LogEntry, Refused, SqliteStore};
use serde_json::json;

use crate::file::{File, block_on, create, group, groups, patch, user, users};

fn tenant() -> Tenant {
    users().get::<Tenant>().unwrap().clone()
}

fn shown(entry: &LogEntry) -> String {
    let LogEntry { seq, operation, resource_type, id, .. } = entry;
    let status = entry.status.map(|status| format!(" {status}")).unwrap_or_default();
    let reason = entry.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
    format!("{seq} {operation} {resource_type} {id}{status}{reason}")
}

fn log(store: &SqliteStore) -> Vec<String> {
    block_on(store.log_after(&tenant(), 0, 100)).unwrap().iter().map(shown).collect()
}

#[test]
fn changes_and_refusals_stand_in_one_log_in_their_order() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let refused = Refused {
        principal: Some("okta".to_owned()),
        operation: "create",
        resource_type: "User".to_owned(),
        id: String::new(),
        status: 409,
        reason: "another resource has this `userName`".to_owned(),
    };
    block_on(store.log_refused(&tenant(), vec![refused])).unwrap();
    block_on(store.delete(&users(), "ann", &Guard::default())).unwrap();
    assert_eq!(
        log(&store),
        [
            "1 create User ann",
            "2 create User  409 another resource has this `userName`",
            "3 delete User ann"
        ]
    );
    let last = block_on(store.log_last(&tenant(), 2)).unwrap();
    assert_eq!(last.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(last[0].principal.as_deref(), Some("okta"));
    let next = block_on(store.log_after(&tenant(), 1, 1)).unwrap();
    assert_eq!(next.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2]);
    assert!(block_on(store.log_last(&Tenant("b".into()), 9)).unwrap().is_empty());
}

#[test]
fn what_a_change_left_out_is_in_the_log() {
    let file = File::new();
    let store = file.open();
    create(&store, &users(), "ann", json!({"userName": "ann", "shoeSize": 38})).unwrap();
    group(&store, "staff", &["ann", "nobody"]);
    let add = json!([{"op": "add", "path": "members", "value": [{"value": "ann"}, {"value": "x"}, {"value": "y"}]}]);
    patch(&store, &groups(), "staff", add).unwrap().unwrap();
    let rename = json!([{"op": "replace", "path": "displayName", "value": "All"}]);
    patch(&store, &groups(), "staff", rename).unwrap().unwrap();
    let odd = |operations| patch(&store, &users(), "ann", operations).unwrap().unwrap();
    odd(json!([{"op": "add", "value": {"title": "Guide", "shoeSize": 39}}]));
    let odd = json!([{"op": "replace", "value": {"mascot": "Otto", "members": [{"value": "x"}]}}]);
    patch(&store, &groups(), "staff", odd).unwrap().unwrap();
    let log = log(&store);
    assert!(log[3].contains("`shoeSize`") && !log[3].contains("39"), "{log:?}");
    assert_eq!(log[3].matches("shoeSize").count(), 1, "{log:?}");
    assert!(log[4].contains("`mascot`") && !log[4].contains("Otto"), "{log:?}");
    assert!(log[4].contains("`members`: 1 left out"), "{log:?}");
    assert!(log[0].contains("`shoeSize`") && !log[0].contains("38"), "{log:?}");
    assert!(log[1].contains("`members`: 1 left out"), "{log:?}");
    assert_eq!(log[2], "3 update Group staff", "a change of nothing is not logged");
    assert_eq!(log.len(), 5);
}
