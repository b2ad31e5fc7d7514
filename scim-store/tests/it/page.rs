use scim_service::{Store, Window};
use serde_json::json;

use crate::file::{ALL, File, block_on, create, find, get, group, groups, ids, query, user, users};

fn people() -> (File, scim_store::SqliteStore) {
    let file = File::new();
    let store = file.open();
    for (id, name, title, family) in [
        ("1", "dan", Some("B"), "x"),
        ("2", "Cyd", None, "Y"),
        ("3", "bob", Some("a"), "x"),
        ("4", "ann", None, "Ä"),
        ("5", "eve", Some("b"), "x"),
    ] {
        let mut resource = json!({
            "userName": name, "name": {"familyName": family},
            "emails": [{"value": format!("{name}@work"), "type": "work"}, {"value": "z@home", "primary": id == "1"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": format!("D{id}")},
        });
        if let Some(title) = title {
            resource["title"] = title.into();
        }
        create(&store, &users(), id, resource).unwrap();
    }
    (file, store)
}

#[test]
fn filters_run_in_the_database() {
    let (_file, store) = people();
    for (filter, expected) in [
        (r#"userName eq "CYD""#, vec!["2"]),
        (r#"userName sw "b" or title eq "B""#, vec!["1", "3", "5"]),
        (r#"not (title pr)"#, vec!["2", "4"]),
        (r#"title ne "b""#, vec!["2", "3", "4"]),
        (r#"emails[type eq "work" and value co "E"]"#, vec!["5"]),
        (r#"emails.value eq "z@home" and emails[primary eq true]"#, vec!["1"]),
        (r#"name.familyName eq "ä""#, vec!["4"]),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "d3""#,
            vec!["3"],
        ),
        (r#"schemas eq "URN:ietf:params:scim:schemas:core:2.0:User" and id eq "4""#, vec!["4"]),
        (r#"meta.resourceType eq "User" and userName gt "cyd""#, vec!["1", "5"]),
        (
            r#"meta.created gt "2020-01-01T00:00:00Z" and active eq true and id lt "3""#,
            vec!["1", "2"],
        ),
        (r#"meta.lastModified lt "2020-01-01T00:00:00Z""#, vec![]),
        (r#"meta.version eq "W/\"1\"" and id ge "5""#, vec!["5"]),
    ] {
        assert_eq!(find(&store, &users(), filter), expected, "{filter}");
    }
}

#[test]
fn a_filter_that_cannot_be_run_is_refused_whole() {
    let (_file, store) = people();
    let cx = users();
    for filter in [r#"meta.location eq "x""#, r#"userName pr and not (groups.$ref pr)"#] {
        let error = block_on(store.query(&cx, &query(&cx, Some(filter), None, ALL))).unwrap_err();
        assert!(format!("{error:?}").contains("InvalidFilter"), "{error:?}");
    }
}

#[test]
fn pages_by_index_are_stable_and_their_total_is_right() {
    let (_file, store) = people();
    let cx = users();
    for (start, count, expected, total) in [
        (1, 2, vec!["1", "2"], 5),
        (5, 2, vec!["5"], 5),
        (6, 2, vec![], 5),
        (100, 2, vec![], 5),
        (1, 0, vec![], 5),
        (1, 5, vec!["1", "2", "3", "4", "5"], 5),
        (0, 1, vec!["1"], 5),
    ] {
        let window = Window::Index { start, count };
        let page = block_on(store.query(&cx, &query(&cx, None, None, window))).unwrap();
        assert_eq!(
            (page.total, ids(page)),
            (Some(total), expected.iter().map(ToString::to_string).collect()),
            "{start} {count}"
        );
    }
    let window = Window::Index { start: 2, count: 1 };
    let page =
        block_on(store.query(&cx, &query(&cx, Some(r#"title pr"#), Some("userName"), window)))
            .unwrap();
    assert_eq!((page.total, ids(page)), (Some(3), vec!["1".to_owned()]));
}

#[test]
fn cursors_walk_every_order_forth_and_back() {
    let (_file, store) = people();
    let cx = users();
    for (sort, expected) in [
        (None, "12345"),
        (Some("userName"), "43215"),
        (Some("-userName"), "51234"),
        (Some("title"), "31524"),
        (Some("-title"), "24153"),
        (Some("emails"), "43251"),
        (Some("name.familyName"), "13524"),
        (Some("meta.created"), "12345"),
    ] {
        for count in 1..=4 {
            let (mut walked, mut position) = (String::new(), None);
            loop {
                let window = Window::After { position, count };
                let page = block_on(store.query(&cx, &query(&cx, None, sort, window))).unwrap();
                let (next, previous) = (page.next.clone(), page.previous.clone());
                assert_eq!(previous.is_some(), !walked.is_empty());
                if let Some(previous) = previous {
                    let window = Window::Before { position: Some(previous), count };
                    let back = block_on(store.query(&cx, &query(&cx, None, sort, window))).unwrap();
                    let from = walked.len().saturating_sub(count);
                    assert_eq!(back.previous.is_some(), from > 0);
                    assert_eq!(ids(back).concat(), walked[from..], "{sort:?} {count}");
                }
                walked += &ids(page).concat();
                match next {
                    Some(next) => position = Some(next),
                    None => break,
                }
            }
            if sort != Some("meta.created") {
                assert_eq!(walked, expected, "{sort:?} {count}");
            }
            assert_eq!(walked.len(), 5);
        }
    }
}

#[test]
fn a_cursor_survives_the_deletion_of_its_resource() {
    let (_file, store) = people();
    let cx = users();
    let window = Window::After { position: None, count: 2 };
    let page = block_on(store.query(&cx, &query(&cx, None, Some("userName"), window))).unwrap();
    let next = page.next.unwrap();
    block_on(store.delete(&cx, &next.id, &scim_service::Guard::default())).unwrap();
    let window = Window::After { position: Some(next), count: 9 };
    let page = block_on(store.query(&cx, &query(&cx, None, Some("userName"), window))).unwrap();
    assert_eq!(ids(page), ["2", "1", "5"]);
}

#[test]
fn pages_hold_what_is_derived_if_it_is_wanted() {
    let file = File::new();
    let store = file.open();
    user(&store, "ann");
    group(&store, "staff", &["ann"]);
    let cx = groups();
    let page = block_on(store.query(&cx, &query(&cx, None, None, ALL))).unwrap();
    assert_eq!(page.resources[0].attributes["members"][0]["value"], "ann");
    assert_eq!(get(&store, &users(), "ann").unwrap().attributes["groups"][0]["value"], "staff");
}
