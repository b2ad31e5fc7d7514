//! Filters: read, and held against users.

use std::hint::black_box;

use matteosister_scim_filter::parser as matteosister;
use scim_filter::{
    Checked, Filter, Limits, Options, ResolvedPath,
    sql::{self, Columns, Dialect, Place},
};
use serde_json::{Map, Value};

use crate::{
    measure::each,
    sample::{self, EQ, NESTED, VALUE_PATHS},
    table::{Budget, Table},
};

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
    check(table);
    matches(table);
    hostile(table);
}

/// Held against a schema, which is done once for each request.
fn check(table: &mut Table) {
    for (what, text) in [("check one `eq`", EQ), ("check 13 nested terms", NESTED)] {
        let filter: Filter = text.parse().expect("a filter");
        let check = || black_box(&filter).check(&*sample::USERS, &Options::INTEROP).is_ok();
        assert!(check());
        table.alone(what, each(check), Budget::Any);
    }
}

/// What would be slow if any byte were looked at again and again: everything that is done with a
/// filter, without limits of length and number.
fn hostile(table: &mut Table) {
    if !table.wants(&["hostile"]) {
        return;
    }
    const MANY: usize = 1_000_000;
    let shapes = [
        ("parentheses", "(".repeat(MANY)),
        ("parentheses that close", "(".repeat(MANY / 2) + "title pr" + &")".repeat(MANY / 2)),
        ("`not`s", "not (".repeat(MANY / 5)),
        ("brackets", "emails[".repeat(MANY / 7)),
        ("a chain of `and`", vec!["title pr"; 10_000].join(" and ")),
        ("a chain of `or`", vec!["userName eq \"x\""; 10_000].join(" or ")),
        ("a string", format!("userName eq \"{}\"", "x".repeat(MANY))),
        ("a string of escapes", format!("userName co \"{}\"", "\\u00e9".repeat(MANY / 6))),
        ("a name", "a".repeat(MANY) + " pr"),
        ("a URN", "a:".repeat(MANY / 2) + "b pr"),
        ("a number", format!("userName eq {}", "1".repeat(MANY))),
        ("blanks", format!("title{}pr", " ".repeat(MANY))),
    ];
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_depth, limits.max_terms) = (usize::MAX, usize::MAX, usize::MAX);
    let options = Options::INTEROP.limits(limits);
    let user = Value::Object(sample::stored_user(7));
    for (what, text) in shapes {
        let all = || {
            let filter = Filter::parse_with(black_box(&text), &options).ok()?;
            let checked = filter.clone().check(&*sample::USERS, &options).ok()?;
            let found = sql::compile(&checked.clone(), &Documents, Dialect::Postgres, 1).ok();
            Some((filter.to_string(), checked.matches(&user), found))
        };
        let most = Budget::Nanoseconds(10e6);
        table.alone(&format!("hostile: {what}, {} kB", text.len() / 1000), each(all), most);
    }
}

/// All in a document.
struct Documents;

impl Columns for Documents {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, _: &ResolvedPath) -> Option<Place> {
        Some(Place::Document("r.keys".into()))
    }
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
    table.alone(
        "match a value path over 10,000 users",
        each(|| users.iter().filter(|user| value_path.matches(black_box(user))).count()),
        Budget::Any,
    );
}

fn object(user: &Value) -> &Map<String, Value> {
    user.as_object().expect("an object")
}

fn checked(text: &str) -> Checked {
    let filter: Filter = text.parse().expect("a filter");
    filter.check(&*sample::USERS, &Options::INTEROP).expect("a filter that fits")
}
