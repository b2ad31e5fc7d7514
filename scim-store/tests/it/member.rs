use std::sync::Arc;

use scim_schema::Projection;
use scim_service::{Guard, ScimService, Store, Tenant};
use serde_json::{Value, json};

use crate::file::{File, block_on, find, get, group, groups, patch, put, user, users};

fn members(store: &impl Store, id: &str) -> Vec<String> {
    let stored = get(store, &groups(), id).unwrap();
    let elements: Vec<Value> = match (stored.values, stored.attributes.get("members")) {
        (Some(values), None) => values.elements.map(Result::unwrap).collect(),
        (None, Some(Value::Array(elements))) => elements.clone(),
        (None, None) => Vec::new(),
        other => panic!("{other:?}"),
    };
    elements.iter().map(|element| element["value"].as_str().unwrap().to_owned()).collect()
}

fn staff() -> (File, scim_store::SqliteStore) {
    let file = File::new();
    let store = file.open();
    for id in ["ann", "bob", "cyd"] {
        user(&store, id);
    }
    group(&store, "staff", &["ann", "bob"]);
    (file, store)
}

#[test]
fn members_bear_the_type_and_name_of_what_they_name() {
    let (_file, store) = staff();
    group(&store, "outer", &["staff", "cyd", "nobody"]);
    let stored = get(&store, &groups(), "outer").unwrap();
    let expected = json!([
        {"value": "cyd", "type": "User", "display": "The cyd"},
        {"value": "staff", "type": "Group", "display": "Group staff"},
    ]);
    assert_eq!(stored.attributes["members"], expected);
    let stored = get(&store, &users(), "ann").unwrap();
    let expected = json!([{"value": "staff", "type": "direct", "display": "Group staff"}]);
    assert_eq!(stored.attributes["groups"], expected);
}

#[test]
fn members_that_are_not_wanted_are_not_loaded() {
    let (_file, store) = staff();
    let cx = groups();
    let want = Projection::except(cx.schema(), ["members"], cx.compat()).unwrap();
    let stored = block_on(store.get(&cx, "staff", &want)).unwrap().unwrap();
    assert!(!stored.attributes.contains_key("members") && stored.values.is_none());
}

#[test]
fn members_are_added_and_removed_as_a_set() {
    let (_file, store) = staff();
    let cx = groups();
    let add =
        json!([{"op": "add", "path": "members", "value": [{"value": "bob"}, {"value": "cyd"}]}]);
    let updated = patch(&store, &cx, "staff", add.clone()).unwrap().unwrap();
    assert!(updated.changed && updated.stored.version.as_str() == "2");
    assert_eq!(members(&store, "staff"), ["ann", "bob", "cyd"]);
    let again = patch(&store, &cx, "staff", add).unwrap().unwrap();
    assert!(!again.changed && again.stored.version.as_str() == "2");
    let remove =
        json!([{"op": "remove", "path": "members", "value": [{"value": "ann"}, {"value": "no"}]}]);
    assert!(patch(&store, &cx, "staff", remove).unwrap().unwrap().changed);
    assert_eq!(members(&store, "staff"), ["bob", "cyd"]);
    let same = json!([{"op": "replace", "path": "members", "value": [{"value": "cyd"}, {"value": "bob"}]}]);
    assert!(!patch(&store, &cx, "staff", same).unwrap().unwrap().changed);
    let other =
        json!([{"op": "replace", "path": "members", "value": [{"value": "ann"}, {"value": "no"}]}]);
    let updated = patch(&store, &cx, "staff", other).unwrap().unwrap();
    assert_eq!((updated.stored.version.as_str(), updated.changed), ("4", true));
    assert_eq!(members(&store, "staff"), ["ann"]);
    assert!(
        patch(&store, &cx, "staff", json!([{"op": "remove", "path": "members"}]))
            .unwrap()
            .unwrap()
            .changed
    );
    assert!(members(&store, "staff").is_empty());
}

#[test]
fn unknown_members_alone_change_nothing() {
    let (_file, store) = staff();
    let add = json!([{"op": "add", "path": "members", "value": [{"value": "nobody"}]}]);
    let updated = patch(&store, &groups(), "staff", add).unwrap().unwrap();
    assert!(!updated.changed && updated.stored.version.as_str() == "1");
}

#[test]
fn a_put_replaces_head_and_members_in_one_version() {
    let (_file, store) = staff();
    let body = json!({"displayName": "New", "members": [{"value": "cyd"}]});
    let updated = put(&store, &groups(), "staff", body.clone()).unwrap().unwrap();
    assert_eq!((updated.stored.version.as_str(), updated.changed), ("2", true));
    assert_eq!(members(&store, "staff"), ["cyd"]);
    assert!(!put(&store, &groups(), "staff", body).unwrap().unwrap().changed);
    assert_eq!(find(&store, &groups(), r#"displayName eq "new""#), ["staff"]);
}

#[test]
fn deleting_a_user_takes_it_out_of_its_groups_and_moves_their_versions() {
    let (_file, store) = staff();
    group(&store, "others", &["bob"]);
    assert!(block_on(store.delete(&users(), "ann", &Guard::default())).unwrap());
    assert_eq!(members(&store, "staff"), ["bob"]);
    assert_eq!(get(&store, &groups(), "staff").unwrap().version.as_str(), "2");
    assert_eq!(get(&store, &groups(), "others").unwrap().version.as_str(), "1");
    assert!(block_on(store.delete(&groups(), "staff", &Guard::default())).unwrap());
    assert_eq!(get(&store, &users(), "bob").unwrap().version.as_str(), "1");
    assert_eq!(find(&store, &users(), "groups pr"), ["bob"]);
}

#[test]
fn memberships_are_searched_from_both_sides() {
    let (_file, store) = staff();
    group(&store, "outer", &["staff", "cyd"]);
    for (filter, expected) in [
        (r#"members.value eq "ann""#, vec!["staff"]),
        (r#"members eq "ann""#, vec!["staff"]),
        (r#"not (members.value eq "ann")"#, vec!["outer"]),
        (r#"members[value eq "cyd" and type eq "user"]"#, vec!["outer"]),
        (r#"members[value eq "cyd" and type eq "Group"]"#, vec![]),
        (r#"members[type eq "group"]"#, vec!["outer"]),
        (r#"members.display sw "the "  and not (members.display co "cyd")"#, vec!["staff"]),
        (r#"id eq "staff" and members eq "ann""#, vec!["staff"]),
    ] {
        assert_eq!(find(&store, &groups(), filter), expected, "{filter}");
    }
    for (filter, expected) in [
        (r#"groups.value eq "staff""#, vec!["ann", "bob"]),
        (r#"groups.display eq "GROUP OUTER""#, vec!["cyd"]),
        (r#"groups[display co "staff" and type eq "direct"]"#, vec!["ann", "bob"]),
        ("not (groups pr)", vec![]),
        (r#"groups.value ne "staff""#, vec!["cyd"]),
    ] {
        assert_eq!(find(&store, &users(), filter), expected, "{filter}");
    }
}

/// RFC 7643 §4.1.2
#[test]
fn the_name_of_a_group_finds_its_members_with_and_without_an_index() {
    let (_file, store) = staff();
    let store = Arc::new(store);
    group(&store, "outer", &["staff", "cyd"]);
    group(&store, "empty", &[]);
    let scim = ScimService::builder(store.clone())
        .base_url("https://example.com/v2")
        .endpoint(users().endpoint().clone())
        .endpoint(groups().endpoint().clone())
        .build()
        .unwrap();
    let mut extensions = http::Extensions::new();
    extensions.insert(Tenant("a".into()));
    // Only a request of a service knows which types have members.
    let served = scim.context("User", extensions).unwrap();
    for (filter, some) in [
        (r#"groups.display eq "GROUP staff""#, true),
        (r#"groups.display eq "Group outer" and active eq true"#, true),
        (r#"groups.display sw "group" and not (userName sw "cyd")"#, true),
        (r#"groups[display eq "Group outer" and type eq "direct"]"#, true),
        (r#"groups.display eq "Group empty" or groups.display eq "Group outer""#, true),
        (r#"groups.display eq "Group empty""#, false),
        (r#"groups.display eq "The cyd""#, false),
        (r#"not (groups.display eq "Group outer")"#, true),
        (r#"groups.display ne "Group staff""#, true),
    ] {
        let found = find(&store, &served, filter);
        assert_eq!(found, find(&store, &users(), filter), "{filter}");
        assert_eq!(!found.is_empty(), some, "{filter}");
    }
    patch(
        &store,
        &groups(),
        "outer",
        json!([{"op": "replace", "path": "displayName", "value": "New"}]),
    )
    .unwrap();
    assert_eq!(find(&store, &served, r#"groups.display eq "new""#), ["cyd"]);
}

#[test]
fn a_large_membership_is_rendered_while_it_is_sent() {
    let file = File::new();
    let store = file.open();
    let names: Vec<String> = (0..1200).map(|n| format!("u{n:04}")).collect();
    for name in &names {
        user(&store, name);
    }
    group(&store, "all", &names.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(get(&store, &groups(), "all").unwrap().values.is_some());
    assert_eq!(members(&store, "all"), names);
}
