//! Filters: what is read can be printed and read again, checked, evaluated, negated and compiled.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_core::Compat;
use scim_filter::{
    Filter, Options, ResolvedPath,
    sql::{self, Column, Columns, Dialect, Index, Place, Unsupported, Where},
};
use scim_fuzz::{law, sample};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut read = Vec::new();
    for compat in sample::COMPATS {
        match Filter::parse_with(text, &Options::STRICT.compat(compat)) {
            Ok(filter) => read.push((filter, compat)),
            Err(error) => {
                let span = error.span();
                assert!(text.get(span).is_some(), "a span outside the text");
                assert!(!format!("{error:#}").is_empty());
                law::refused(error);
            }
        }
    }
    for (filter, compat) in &read {
        let printed = filter.to_string();
        let strict = sample::roomy(Compat::STRICT);
        let again = Filter::parse_with(&printed, &strict).expect("printed, but not readable");
        assert_eq!(&again, filter, "printed, but read as something else");
        assert_eq!(again.to_string(), printed, "printed twice, not the same");

        let negated = format!("not ({printed})");
        let negated = Filter::parse_with(&negated, &strict).expect("a filter can be negated");
        let user = &*sample::STORED_USER;
        assert_ne!(filter.matches(user), negated.matches(user), "and its negation");

        let options = sample::roomy(*compat);
        match filter.check(&*sample::USERS, &options) {
            Ok(checked) => {
                let same = again.check(&*sample::USERS, &options).expect("checked before");
                assert_eq!(checked, same, "printed, but checked as something else");
                for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                    assert_bound(&sql::compile(&checked, &Table, dialect, 3), dialect);
                }
                let opposite = negated.check(&*sample::USERS, &options).expect("checked before");
                assert_ne!(checked.matches(user), opposite.matches(user), "and its negation");
            }
            Err(error) => law::refused(error),
        }
    }
});

/// A table of documents, with an index of two attributes.
struct Table;

impl Columns for Table {
    fn id(&self) -> &str {
        "r.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        Some(match path.to_string().as_str() {
            "active" => Place::Value(Column::boolean("r.active")),
            "id" => Place::Value(Column::text("r.id")),
            _ => Place::Document("r.keys".into()),
        })
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let indexed = matches!(path.to_string().as_str(), "userName" | "emails.value");
        indexed.then(|| Index::new("key k", "r.id", "k.id", Column::key("k.k")))
    }
}

/// Every parameter has its placeholder, and nothing of the filter gets out of its quotes.
fn assert_bound(found: &Result<Where, Unsupported>, dialect: Dialect) {
    let Ok(found) = found else { return };
    let sign = if dialect == Dialect::Sqlite { '?' } else { '$' };
    let (mut outside, mut quoted) = (String::new(), false);
    for c in found.text.chars() {
        if c == '\'' {
            quoted = !quoted;
        } else if !quoted {
            outside.push(c);
        }
    }
    assert!(!quoted, "a quote without its end");
    let outside = outside.replace("COLLATE \"C\"", "");
    assert!(!outside.contains([';', '"', '\\', '\n']) && !outside.contains("--"));
    let numbers: Vec<usize> = outside
        .split(sign)
        .skip(1)
        .filter_map(|rest| {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse().ok()
        })
        .collect();
    let last = numbers.iter().max().copied().unwrap_or(2);
    assert_eq!(last, found.params.len() + 2, "placeholders and parameters differ in number");
    assert!((3..=last).all(|number| numbers.contains(&number)), "a parameter is never used");
}
