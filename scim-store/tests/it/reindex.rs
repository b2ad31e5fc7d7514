//! Keys computed anew, when the rules by which they were computed have changed.

use rusqlite::Connection;
use scim_schema::{ResourceSchema, catalog};
use scim_service::{Context, Endpoint, Invariant, MemoryStore, Question, ScimService, Tenant};
use serde_json::json;

use crate::file::{File, block_on, context, create, find, group, groups, user, users};

const BOSS: &str = r#"title eq "boss""#;

/// Users whose title is looked up by value.
fn titled() -> Endpoint {
    Endpoint::users(catalog::user().index("title".parse().unwrap()))
}

fn count(file: &File, condition: &str) -> i64 {
    let connection = Connection::open(file.path()).unwrap();
    let count = format!("SELECT count(*) FROM key WHERE {condition}");
    connection.query_row(&count, [], |row| row.get(0)).unwrap()
}

fn change(file: &File, statement: &str) {
    assert!(Connection::open(file.path()).unwrap().execute(statement, []).unwrap() > 0);
}

/// A file of a user, `ann`, and of a group, `staff`, of which she is a member.
fn staff() -> File {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    group(&store, "staff", &["ann"]);
    file
}

#[test]
fn keys_are_computed_anew_when_a_schema_changes() {
    let file = File::new();
    let plain = context(Endpoint::users(catalog::user()), "a");
    let store = file.open();
    create(&store, &plain, "ann", json!({"userName": "ann", "title": "Boss"})).unwrap();
    create(&store, &plain, "bob", json!({"userName": "bob", "title": "BOSS"})).unwrap();
    assert_eq!(count(&file, "attr = 'title'"), 0);
    let changed = context(titled(), "a");
    assert_eq!(find(&store, &changed, BOSS), ["ann", "bob"], "in the same process");
    assert_eq!(count(&file, "attr = 'title'"), 2);
    assert_eq!(find(&file.open(), &changed, r#"userName eq "ANN" and title pr"#), ["ann"]);
    assert!(create(&file.open(), &changed, "two", json!({"userName": "ANN"})).is_err());
    let faults = block_on(file.open().check(&changed)).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn each_tenant_has_the_keys_of_its_own_schema() {
    let file = File::new();
    let store = file.open();
    let (first, second) = (context(Endpoint::users(catalog::user()), "a"), context(titled(), "b"));
    for cx in [&first, &second] {
        create(&store, cx, "ann", json!({"userName": "ann", "title": "Boss"})).unwrap();
    }
    for _ in 0..2 {
        for cx in [&first, &second] {
            assert_eq!(find(&store, cx, BOSS), ["ann"]);
        }
    }
    assert_eq!(count(&file, "attr = 'title' AND tenant = 'a'"), 0);
    assert_eq!(count(&file, "attr = 'title' AND tenant = 'b'"), 1);
    drop(store);
    let store = file.open();
    assert_eq!(find(&store, &second, BOSS), ["ann"]);
    assert_eq!(count(&file, "attr = 'title' AND tenant = 'a'"), 0, "another tenant is left alone");
}

#[test]
fn a_write_comes_after_the_keys_are_computed_anew() {
    let file = File::new();
    let unique = |unique| {
        let mut base = catalog::user_schema();
        let title = base.attributes.iter_mut().find(|attribute| attribute.name == "title");
        let rule = if unique { "server" } else { "none" };
        title.unwrap().uniqueness = serde_json::from_value(json!(rule)).unwrap();
        let schema = ResourceSchema::new(base).unwrap();
        context(Endpoint::users(schema.index("title".parse().unwrap())), "a")
    };
    let store = file.open();
    let boss = |name: &str| json!({"userName": name, "title": "Boss"});
    create(&store, &unique(false), "ann", boss("ann")).unwrap();
    create(&store, &unique(false), "bob", boss("bob")).unwrap();
    assert!(create(&store, &unique(true), "cyd", boss("cyd")).is_err(), "there is a boss");
    create(&store, &unique(false), "cyd", boss("cyd")).unwrap();
}

#[test]
fn keys_of_another_version_are_computed_anew_before_anything_is_looked_up() {
    let file = staff();
    change(&file, "UPDATE key SET k = 'stale'");
    assert!(find(&file.open(), &users(), r#"userName eq "ann@x""#).is_empty());
    change(&file, "UPDATE indexed SET rules = '0 x'");
    assert_eq!(find(&file.open(), &users(), r#"userName eq "ann@x""#), ["ann"]);
    assert_eq!(count(&file, "k = 'stale' AND type = 'User'"), 0);
}

#[test]
fn what_no_release_has_recorded_is_computed_anew() {
    let file = File::new();
    user(&file.open(), "ann");
    change(&file, "UPDATE key SET k = 'stale'");
    change(&file, "DELETE FROM indexed");
    assert_eq!(find(&file.open(), &users(), r#"userName eq "ann@x""#), ["ann"]);
}

/// Requests of a service that serves users and groups.
fn served() -> Context {
    let service = ScimService::builder(MemoryStore::new())
        .base_url("https://scim.example.com")
        .endpoint(users().endpoint().clone())
        .endpoint(groups().endpoint().clone())
        .build();
    let mut extensions = http::Extensions::new();
    extensions.insert(users().get::<Tenant>().unwrap().clone());
    service.unwrap().context("Group", extensions).unwrap()
}

#[test]
fn all_types_of_a_tenant_are_brought_up_to_date_at_once() {
    let file = staff();
    change(&file, "UPDATE key SET k = 'stale'");
    change(&file, "UPDATE indexed SET rules = '0 x'");
    let store = file.open();
    block_on(store.reindex(&served())).unwrap();
    assert_eq!(count(&file, "k = 'stale'"), 0);
    change(&file, "UPDATE key SET k = 'other' WHERE attr = 'userName'");
    block_on(file.open().reindex(&served())).unwrap();
    assert_eq!(count(&file, "k = 'other'"), 1, "what is up to date is left alone");
}

#[test]
fn what_is_asked_of_other_types_after_a_write_is_brought_up_to_date_too() {
    let file = staff();
    change(&file, "UPDATE key SET k = 'stale' WHERE type = 'User'");
    change(&file, "UPDATE indexed SET rules = '0 x' WHERE type = 'User'");
    let store = file.open();
    let ann = Question::count(&users(), r#"userName eq "ann@x""#).unwrap();
    let found = Invariant::new([ann], |answers| {
        assert_eq!(answers[0].total, Some(1));
        Ok(())
    });
    let guard = scim_service::Guard::default().under(vec![found]);
    assert!(block_on(scim_service::Store::delete(&store, &groups(), "staff", &guard)).unwrap());
}

#[test]
fn a_file_of_an_earlier_release_is_brought_up_to_date() {
    let file = File::new();
    user(&file.open(), "ann");
    let connection = Connection::open(file.path()).unwrap();
    let back = "DROP TABLE indexed; DROP TABLE secret; \
                CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL); \
                DELETE FROM refinery_schema_history WHERE version > 2; \
                UPDATE key SET k = 'stale'";
    connection.execute_batch(back).unwrap();
    drop(connection);
    assert_eq!(find(&file.open(), &users(), r#"userName eq "ann@x""#), ["ann"]);
}
