//! Filters: read, and held against users.

use std::hint::black_box;

use matteosister_scim_filter::parser as matteosister;
use scim_filter::{Checked, Filter, Options};
use serde_json::{Map, Value};

use crate::{
    measure::each,
    sample,
    table::{Budget, Table},
};

const EQ: &str = r#"userName eq "bjensen""#;
const VALUE_PATHS: &str = r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#;
const NESTED: &str = r#"(userName sw "a" or userName sw "b") and ((title pr and userType eq "Employee") or (nickName co "x" and not (active eq false))) and ((emails.value ew "example.com" or emails.type eq "work") and (name.familyName eq "Jensen" or (name.givenName eq "Barbara" and (displayName pr or locale eq "en-US")))) and meta.lastModified gt "2011-05-13T04:42:34Z""#;

pub(crate) fn rows(table: &mut Table) {
    let simple = Budget::Faster(2.0);
    let nested = Budget::Faster(3.0);
    for (what, text, kit, proto) in [
        ("parse a simple `eq`", EQ, simple, simple),
        ("parse two value paths", VALUE_PATHS, Budget::Any, Budget::Any),
        ("parse 13 nested terms", NESTED, Budget::Any, nested),
    ] {
        parse(table, what, text, "scim-kit", kit, |text| scim_kit::Filter::parse(text).is_ok());
        parse(table, what, text, "scim_proto", proto, |text| {
            text.parse::<scim_proto::filter::ScimFilter>().is_ok()
        });
        parse(table, what, text, "scim_v2", Budget::Any, |text| {
            text.parse::<scim_v2::filter::Filter>().is_ok()
        });
        parse(table, what, text, "scim-filter", Budget::Any, |text| {
            matches!(matteosister::filter(text), Ok(("", _)))
        });
    }
    matches(table);
}

fn parse(
    table: &mut Table,
    what: &str,
    text: &'static str,
    name: &str,
    budget: Budget,
    other: impl Fn(&str) -> bool,
) {
    assert!(text.parse::<Filter>().is_ok());
    if !other(text) {
        println!("| {what} | | {name} | refuses it | | | |");
        return;
    }
    let ours = each(|| black_box(text).parse::<Filter>().is_ok());
    table.beside(what, ours, name, each(|| other(black_box(text))), budget);
}

fn matches(table: &mut Table) {
    if !table.wants(&["match "]) {
        return;
    }
    let users: Vec<Value> =
        (0..10_000).map(|number| Value::Object(sample::stored_user(number))).collect();
    let one = &users[7];
    let object = object(one);
    let eq = checked(r#"userName eq "USER7@example.com""#);
    let value_path = checked(r#"emails[type eq "home" and value co "jensen"]"#);
    assert!(eq.matches(one) && value_path.matches(one));

    let get = || black_box(object).get(black_box("userName")).is_some();
    let most = Budget::AtMost(1.3);
    table.beside(
        "match `eq`, hot",
        each(|| eq.matches(black_box(one))),
        "Map::get",
        each(get),
        most,
    );
    let other = checked(r#"userName eq "zoe""#);
    table.beside(
        "match `eq` of another length, hot",
        each(|| other.matches(black_box(one))),
        "Map::get",
        each(get),
        most,
    );
    table.beside(
        "match `eq` over 10,000 users",
        each(|| users.iter().filter(|user| eq.matches(black_box(user))).count()),
        "Map::get",
        each(|| {
            users
                .iter()
                .filter(|user| crate::filter::object(black_box(user)).contains_key("userName"))
                .count()
        }),
        most,
    );
    let kit = scim_kit::Filter::parse(r#"userName eq "USER7@example.com""#).expect("a filter");
    table.beside(
        "match `eq`, hot",
        each(|| eq.matches(black_box(one))),
        "scim-kit",
        each(|| kit.matches(black_box(one))),
        Budget::Any,
    );
    table.alone(
        "match a value path, hot",
        each(|| value_path.matches(black_box(one))),
        Budget::Nanoseconds(100.0),
    );
}

fn object(user: &Value) -> &Map<String, Value> {
    user.as_object().expect("an object")
}

fn checked(text: &str) -> Checked {
    let filter: Filter = text.parse().expect("a filter");
    filter.check(&*sample::USERS, &Options::INTEROP).expect("a filter that fits")
}
