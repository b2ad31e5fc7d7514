//! Law: the store answers as the store in memory does, whatever was written before.

use std::sync::Arc;

use proptest::{collection::vec, prelude::*, sample::select};
use scim_service::{Context, Guard, MemoryStore, Store, Window};
use serde_json::{Map, Value, json};

use crate::file::{File, block_on, create, get, group, groups, patch, put, query, user, users};

#[derive(Clone, Debug)]
enum Step {
    CreateUser(&'static str, Value),
    PatchUser(&'static str, Value),
    PutUser(&'static str, Value),
    DeleteUser(&'static str),
    CreateGroup(&'static str, Value),
    PatchGroup(&'static str, Vec<Value>),
    PutGroup(&'static str, Value),
    DeleteGroup(&'static str),
}

const USERS: [&str; 5] = ["u1", "u2", "u3", "u4", "nobody"];
const GROUPS: [&str; 3] = ["g1", "g2", "g3"];
const NAMES: [&str; 5] = ["ann", "ANN", "Bob", "b%b", "ström"];

fn resource() -> impl Strategy<Value = Value> {
    let email = (select(&NAMES[..]), select(&["work", "home"][..]), any::<bool>()).prop_map(
        |(value, kind, primary)| json!({"value": value, "type": kind, "primary": primary}),
    );
    (select(&NAMES[..]), proptest::option::of(select(&NAMES[..])), any::<bool>(), vec(email, 0..3))
        .prop_map(|(name, title, active, emails)| {
            let mut resource = json!({
                "userName": name, "active": active, "emails": emails, "displayName": format!("{name}!"),
            });
            if let Some(title) = title {
                resource["title"] = title.into();
                resource["name"] = json!({"familyName": title});
            }
            resource
        })
}

fn members() -> impl Strategy<Value = Value> {
    let ids: Vec<&str> = USERS.iter().chain(&GROUPS).copied().collect();
    let element = select(ids).prop_map(|id| json!({"value": id}));
    vec(element, 0..4).prop_map(Value::Array)
}

fn group_body() -> impl Strategy<Value = Value> {
    (select(&NAMES[..]), members())
        .prop_map(|(name, members)| json!({"displayName": name, "members": members}))
}

fn operation() -> impl Strategy<Value = Value> {
    let id = || select(&USERS[..]);
    prop_oneof![
        members().prop_map(|value| json!({"op": "add", "path": "members", "value": value})),
        members().prop_map(|value| json!({"op": "remove", "path": "members", "value": value})),
        members().prop_map(|value| json!({"op": "replace", "path": "members", "value": value})),
        id().prop_map(|id| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")})),
        Just(json!({"op": "remove", "path": "members[type eq \"group\"]"})),
        Just(json!({"op": "remove", "path": "members"})),
        select(&NAMES[..])
            .prop_map(|name| json!({"op": "replace", "path": "displayName", "value": name})),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let user = || select(&USERS[..4]);
    let group = || select(&GROUPS[..]);
    let title = select(&NAMES[..])
        .prop_map(|name| json!([{"op": "replace", "path": "title", "value": name}]));
    prop_oneof![
        4 => (user(), resource()).prop_map(|(id, body)| Step::CreateUser(id, body)),
        2 => (user(), title).prop_map(|(id, body)| Step::PatchUser(id, body)),
        2 => (user(), resource()).prop_map(|(id, body)| Step::PutUser(id, body)),
        1 => user().prop_map(Step::DeleteUser),
        3 => (group(), group_body()).prop_map(|(id, body)| Step::CreateGroup(id, body)),
        4 => (group(), vec(operation(), 1..3)).prop_map(|(id, all)| Step::PatchGroup(id, all)),
        1 => (group(), group_body()).prop_map(|(id, body)| Step::PutGroup(id, body)),
        1 => group().prop_map(Step::DeleteGroup),
    ]
}

/// What came of a step, without what a client is told in words.
fn take(store: &impl Store, step: Step) -> String {
    let updated = |result: Result<Option<scim_service::Updated>, _>| {
        result.map(|found| found.map(|one| (one.changed, one.stored.version)))
    };
    let outcome = match step {
        // The service gives each resource an id of its own.
        Step::CreateUser(id, _) if get(store, &users(), id).is_some() => return String::new(),
        Step::CreateGroup(id, _) if get(store, &groups(), id).is_some() => return String::new(),
        Step::CreateUser(id, body) => create(store, &users(), id, body).map(|_| None),
        Step::CreateGroup(id, body) => create(store, &groups(), id, body).map(|_| None),
        Step::PatchUser(id, body) => updated(patch(store, &users(), id, body)),
        Step::PutUser(id, body) => updated(put(store, &users(), id, body)),
        Step::PatchGroup(id, all) => updated(patch(store, &groups(), id, all.into())),
        Step::PutGroup(id, body) => updated(put(store, &groups(), id, body)),
        Step::DeleteUser(id) => {
            let done = block_on(store.delete(&users(), id, &Guard::default()));
            return format!("{done:?}");
        }
        Step::DeleteGroup(id) => {
            let done = block_on(store.delete(&groups(), id, &Guard::default()));
            return format!("{done:?}");
        }
    };
    format!("{outcome:?}")
}

/// The resource as far as order does not count.
fn picture(store: &impl Store, cx: &Context, id: &str) -> Option<(String, Map<String, Value>)> {
    let mut stored = get(store, cx, id)?;
    for name in ["members", "groups"] {
        if let Some(Value::Array(elements)) = stored.attributes_mut().get_mut(name) {
            elements.sort_by_key(|element| element["value"].to_string());
        }
    }
    Some((stored.version.to_string(), Arc::unwrap_or_clone(stored.attributes)))
}

fn listing(
    store: &impl Store,
    cx: &Context,
    filter: Option<&str>,
    sort: Option<&str>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (start, count) in [(1, 2), (2, 2), (1, 9), (4, 1), (1, 0)] {
        let window = Window::Index { start, count };
        let page = block_on(store.query(cx, &query(cx, filter, sort, window))).unwrap();
        let ids: Vec<String> = page.resources.iter().map(|stored| stored.id.clone()).collect();
        lines.push(format!("{start} {count}: {ids:?} of {:?}", page.total));
    }
    let mut position = None;
    for _ in 0..9 {
        let window = Window::After { position, count: 2 };
        let page = block_on(store.query(cx, &query(cx, filter, sort, window))).unwrap();
        let ids: Vec<String> = page.resources.iter().map(|stored| stored.id.clone()).collect();
        lines.push(format!("{:?} {ids:?} {:?}", page.previous, page.next));
        if let Some(position) = page.previous {
            let window = Window::Before { position: Some(position), count: 1 };
            let back = block_on(store.query(cx, &query(cx, filter, sort, window))).unwrap();
            let ids: Vec<String> = back.resources.iter().map(|stored| stored.id.clone()).collect();
            lines.push(format!("{:?} {ids:?} {:?}", back.previous, back.next));
        }
        position = page.next;
        if position.is_none() {
            break;
        }
    }
    lines
}

const FILTERS: [Option<&str>; 9] = [
    None,
    Some(r#"userName eq "ann""#),
    Some(r#"userName sw "b" and not (title pr)"#),
    Some(r#"emails[type eq "work" and primary ne true]"#),
    Some(r#"emails co "ST" or title gt "B""#),
    Some(r#"active ne true"#),
    Some(r#"groups.value eq "g1" or groups.display co "b""#),
    Some(r#"not (groups pr) and name.familyName pr"#),
    Some(r#"title ew "%b" and emails.primary eq false"#),
];
const SORTS: [Option<&str>; 7] = [
    None,
    Some("userName"),
    Some("-userName"),
    Some("title"),
    Some("-title"),
    Some("emails"),
    Some("displayName"),
];
const GROUP_FILTERS: [Option<&str>; 5] = [
    None,
    Some(r#"members.value eq "u1""#),
    Some(r#"not (members eq "u1") and displayName pr"#),
    Some(r#"members[type eq "Group" or display co "ann"]"#),
    Some(r#"members[not (type eq "Group")] and not (members.display sw "bob")"#),
];

fn agree(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let file = File::new();
    let (store, memory) = (file.open(), MemoryStore::new());
    for step in steps {
        prop_assert_eq!(take(&store, step.clone()), take(&memory, step.clone()), "{:?}", step);
    }
    for (cx, ids) in [(users(), &USERS[..]), (groups(), &GROUPS[..])] {
        for id in ids {
            prop_assert_eq!(picture(&store, &cx, id), picture(&memory, &cx, id));
        }
    }
    for filter in FILTERS {
        for sort in SORTS {
            let (own, other) =
                (listing(&store, &users(), filter, sort), listing(&memory, &users(), filter, sort));
            prop_assert_eq!(own, other, "{:?} {:?}", filter, sort);
        }
    }
    for filter in GROUP_FILTERS {
        let (own, other) =
            (listing(&store, &groups(), filter, None), listing(&memory, &groups(), filter, None));
        prop_assert_eq!(own, other, "{:?}", filter);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn both_stores_answer_alike(steps in vec(step(), 1..25)) {
        agree(steps)?;
    }
}

#[test]
fn a_known_history_is_told_alike() {
    let file = File::new();
    let (store, memory) = (file.open(), MemoryStore::new());
    user(&store, "u1");
    user(&memory, "u1");
    group(&store, "g1", &["u1", "nobody"]);
    group(&memory, "g1", &["u1", "nobody"]);
    assert_eq!(picture(&store, &groups(), "g1"), picture(&memory, &groups(), "g1"));
    assert_eq!(picture(&store, &users(), "u1"), picture(&memory, &users(), "u1"));
}
