use http::Extensions;
use scim_core::EntityTags;
use scim_schema::{Mode, Projection, catalog};
use scim_service::{
    Change, Context, Endpoint, Guard, New, Permissive, Policy, Proposal, Store, Write, Written,
};
use serde_json::json;

use crate::file::{
    ALL, File, block_on, context, create, find, get, group, groups, patch, put, query, user, users,
};

#[test]
fn what_is_created_is_found_again_when_the_file_is_opened_anew() {
    let file = File::new();
    let made = user(&file.open(), "ann");
    let found = get(&file.open(), &users(), "ann").unwrap();
    assert_eq!((&found.version, found.created), (&made.version, made.created));
    assert_eq!(found.attributes["userName"], "ann@x");
    assert_eq!(found.attributes["active"], true);
    assert!(get(&file.open(), &users(), "bob").is_none());
}

#[test]
fn a_user_name_is_unique_in_any_case_within_its_tenant_and_free_after_deletion() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let second = || create(&store, &users(), "two", json!({"userName": "ANN@X"}));
    let error = format!("{:?}", second().unwrap_err());
    assert!(error.contains("409") && error.contains("userName"), "{error}");
    assert!(get(&store, &users(), "two").is_none());
    let other = context(users().endpoint().clone(), "b");
    assert!(create(&store, &other, "two", json!({"userName": "ann@x"})).is_ok());
    assert!(block_on(store.delete(&users(), "ann", &Guard::default())).unwrap());
    assert!(second().is_ok());
}

#[test]
fn of_many_creations_with_one_name_one_succeeds() {
    let file = File::new();
    let store = file.open();
    let wins: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|n| {
                let store = store.clone();
                scope.spawn(move || {
                    create(&store, &users(), &format!("id{n}"), json!({"userName": "same"})).is_ok()
                })
            })
            .collect();
        threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
    });
    assert_eq!(wins, 1);
    assert_eq!(find(&store, &users(), r#"userName eq "SAME""#).len(), 1);
}

#[test]
fn a_changed_name_frees_the_old_one_and_is_found_by_the_new_one() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let rename = json!([{"op": "replace", "path": "userName", "value": "anna"}]);
    let updated = patch(&store, &users(), "ann", rename).unwrap().unwrap();
    assert!(updated.changed && updated.stored.version.as_str() == "2");
    assert!(find(&store, &users(), r#"userName eq "ann@x""#).is_empty());
    assert_eq!(find(&store, &users(), r#"userName sw "ANN""#), ["ann"]);
    assert!(create(&store, &users(), "two", json!({"userName": "ann@x"})).is_ok());
    let taken = json!([{"op": "replace", "path": "userName", "value": "ANN@x"}]);
    assert!(format!("{:?}", patch(&store, &users(), "ann", taken).unwrap_err()).contains("409"));
    assert_eq!(get(&store, &users(), "ann").unwrap().attributes["userName"], "anna");
}

#[test]
fn a_change_of_nothing_keeps_version_and_time() {
    let file = File::new();
    let store = file.open();
    let made = user(&store, "ann");
    let same = json!([{"op": "replace", "path": "displayName", "value": "The ann"}]);
    let updated = patch(&store, &users(), "ann", same).unwrap().unwrap();
    assert!(!updated.changed);
    let found = get(&store, &users(), "ann").unwrap();
    assert_eq!((found.version, found.modified), (made.version, made.modified));
    let body = json!({"userName": "ann@x", "displayName": "The ann"});
    assert!(!put(&store, &users(), "ann", body).unwrap().unwrap().changed);
}

#[test]
fn a_write_meant_for_another_version_changes_nothing() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let mut guard = Guard::default();
    guard.if_match = Some(EntityTags::parse("W/\"7\""));
    let error = block_on(store.delete(&users(), "ann", &guard)).unwrap_err();
    assert!(format!("{error:?}").contains("412"), "{error:?}");
    let body = json!({"userName": "other"});
    let change = Change::replace(users(), guard, body, std::sync::Arc::new(Permissive));
    assert!(block_on(store.update(&users(), "ann", &change)).is_err());
    assert_eq!(get(&store, &users(), "ann").unwrap().attributes["userName"], "ann@x");
}

#[test]
fn what_is_not_there_is_neither_changed_nor_deleted() {
    let file = File::new();
    let store = file.open();
    let nothing = json!([{"op": "replace", "path": "displayName", "value": "x"}]);
    assert!(patch(&store, &users(), "ann", nothing).unwrap().is_none());
    assert!(!block_on(store.delete(&users(), "ann", &Guard::default())).unwrap());
    user(&store, "ann");
    assert!(get(&store, &groups(), "ann").is_none(), "of another type");
    assert!(!block_on(store.delete(&groups(), "ann", &Guard::default())).unwrap());
}

#[test]
fn tenants_see_nothing_of_each_other_and_a_request_without_one_is_refused() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    group(&store, "staff", &["ann"]);
    let other = context(users().endpoint().clone(), "b");
    assert!(get(&store, &other, "ann").is_none());
    assert!(find(&store, &other, "userName pr").is_empty());
    let foreign = context(groups().endpoint().clone(), "b");
    create(&store, &foreign, "g", json!({"displayName": "g", "members": [{"value": "ann"}]}))
        .unwrap();
    assert!(!get(&store, &foreign, "g").unwrap().attributes.contains_key("members"));
    let nobody = Context::new(Endpoint::users(catalog::user()), Extensions::new());
    let want = Projection::default_of(nobody.schema());
    let error = block_on(store.get(&nobody, "ann", &want)).unwrap_err();
    assert!(format!("{error:?}").contains("500"), "{error:?}");
}

fn creation(id: &str, name: &str) -> Write {
    let cx = users();
    let valid = cx.schema().validate(json!({"userName": name}), Mode::Create, cx.compat()).unwrap();
    Write::Create { cx, new: New::with_id(id, valid) }
}

#[test]
fn one_failing_write_of_a_batch_does_not_hurt_the_others() {
    let file = File::new();
    let store = file.open();
    let mut writes = vec![creation("a", "a"), creation("b", "A"), creation("c", "c")];
    writes.push(Write::Delete { cx: users(), id: "a".into(), guard: Guard::default() });
    writes.push(creation("b", "A"));
    let results = block_on(store.batch(writes, None));
    let fine: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(fine, [true, false, true, true, true]);
    assert!(matches!(results[3], Ok(Written::Deleted(true))));
    assert_eq!(find(&store, &users(), "userName pr"), ["b", "c"]);
}

#[test]
fn a_batch_stops_behind_the_error_that_is_one_too_many() {
    let file = File::new();
    let store = file.open();
    let names = (0..70).map(|n| if n < 60 { format!("n{n}") } else { "n0".to_owned() });
    let writes = || names.clone().enumerate().map(|(n, name)| creation(&format!("i{n}"), &name));
    let results = block_on(store.batch(writes().collect(), Some(2)));
    assert_eq!(results.len(), 62);
    assert!(results.iter().take(60).all(Result::is_ok));
}

#[test]
fn a_write_of_nothing_counts_among_the_errors_of_a_batch() {
    let file = File::new();
    let store = file.open();
    let nobody = || Write::Delete { cx: users(), id: "nobody".into(), guard: Guard::default() };
    let writes = vec![creation("a", "a"), nobody(), nobody(), creation("b", "b")];
    let results = block_on(store.batch(writes, Some(2)));
    assert_eq!(results.len(), 3);
    assert_eq!(find(&store, &users(), "userName pr"), ["a"]);
}

#[test]
fn acknowledged_writes_are_synced_and_logged() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    group(&store, "staff", &["ann"]);
    block_on(store.delete(&users(), "ann", &Guard::default())).unwrap();
    let connection = rusqlite::Connection::open(file.path()).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let mut select = connection.prepare("SELECT seq, type, id, operation FROM change").unwrap();
    let rows = select
        .query_map([], |row| {
            let seq: i64 = row.get(0)?;
            let rest: [String; 3] = [row.get(1)?, row.get(2)?, row.get(3)?];
            Ok(format!("{seq} {}", rest.join(" ")))
        })
        .unwrap();
    let log: Vec<String> = rows.map(Result::unwrap).collect();
    let expected =
        ["1 User ann create", "2 Group staff create", "3 Group staff update", "4 User ann delete"];
    assert_eq!(log, expected);
    for table in ["key", "search", "member"] {
        let count = format!("SELECT count(*) FROM {table} WHERE 1");
        let left: i64 = connection.query_row(&count, [], |row| row.get(0)).unwrap();
        assert_eq!(left, i64::from(table != "member"), "{table}");
    }
}

struct Panicking;

impl Policy for Panicking {
    fn before(&self, _: &Context, _: &mut Proposal<'_>) -> Result<(), scim_core::Error> {
        panic!("a fault of the embedder's")
    }
}

#[test]
fn a_change_that_panics_leaves_nothing_behind_and_the_store_goes_on() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    let policy = std::sync::Arc::new(Panicking);
    let body = json!({"userName": "other"});
    let change = Change::replace(users(), Guard::default(), body, policy);
    let error = block_on(store.update(&users(), "ann", &change)).unwrap_err();
    assert!(format!("{error:?}").contains("Panic"), "{error:?}");
    assert_eq!(get(&store, &users(), "ann").unwrap().version.as_str(), "1");
    user(&store, "bob");
}

#[test]
fn a_read_that_takes_too_long_is_broken_off() {
    let file = File::new();
    let store = file.open();
    let writes = (0..2000).map(|n| creation(&format!("i{n}"), &format!("n{n}"))).collect();
    assert!(block_on(store.batch(writes, None)).iter().all(Result::is_ok));
    let builder = scim_store::SqliteStore::builder(file.path());
    let hasty = builder.time_limit(std::time::Duration::ZERO).open().unwrap();
    let cx = users();
    let slow = query(&cx, Some(r#"userName co "zz" or userName ew "y""#), None, ALL);
    let error = block_on(hasty.query(&cx, &slow)).unwrap_err();
    assert!(format!("{error:?}").contains("Busy"), "{error:?}");
    assert!(block_on(store.query(&cx, &slow)).is_ok());
}
