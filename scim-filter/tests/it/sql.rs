//! SQL finds what the evaluator finds: on SQLite and PostgreSQL, in every form of tables.

mod agree;
mod database;
mod engine;
mod generate;
mod law;
mod layout;
mod number;
mod order;
mod sample;
mod scale;
mod sqlite;
mod table;
mod text;

use scim_filter::{Checked, Filter, Options, Unknown, testing};
use serde_json::Value;

use self::{
    agree::{ids, is_out_of_reach},
    database::Database,
    engine::Engine,
    layout::Form,
};

fn checked(text: &str) -> Checked {
    let options = Options::INTEROP.unknown(Unknown::Absent);
    let filter = Filter::parse_with(text, &options).unwrap();
    filter.check(&testing::Schema, &options).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn the_corpus_is_found_in_every_form_of_tables() {
    let all = testing::resources();
    let exact: Vec<Value> =
        all.iter().filter(|one| table::is_exact_in_columns(one)).cloned().collect();
    assert!(exact.len() * 2 > all.len(), "{} of {}", exact.len(), all.len());
    for mut engine in Engine::all() {
        for form in Form::ALL {
            let resources = if form == Form::Plain { &exact } else { &all };
            engine.load(resources);
            let mut out_of_reach = 0;
            for case in testing::cases() {
                let filter = Filter::parse_with(&case.filter, &case.options()).unwrap();
                let filter = filter.check(&testing::Schema, &case.options()).unwrap();
                let mut expected: Vec<String> = case.matches.clone();
                expected.retain(|id| resources.iter().any(|one| one["id"] == **id));
                expected.sort();
                match engine.find(&filter, form) {
                    Ok(found) => assert_eq!(found, expected, "{form:?} on {engine:?}: {case:?}"),
                    Err(error) if is_out_of_reach(form, &error) => out_of_reach += 1,
                    // Refused, but never answered in another way.
                    Err(_) if form == Form::Plain && !table::is_lowered_alike(&case.filter) => {}
                    Err(error) => panic!("{form:?} on {engine:?}: {case:?}: {error}"),
                }
            }
            assert!(out_of_reach < 20, "{out_of_reach}");
        }
    }
}

/// RFC 7644 §3.4.2.1
#[test]
fn an_unknown_attribute_is_absent() {
    for mut engine in Engine::all() {
        engine.load(&testing::resources());
        for form in Form::ALL {
            for (filter, finds) in [
                (r#"nosuch eq "x""#, false),
                (r#"nosuch ne "x""#, true),
                (r#"title pr or nosuch ne "x""#, true),
                (r#"title pr and nosuch pr"#, false),
            ] {
                let found = engine.find(&checked(filter), form).unwrap();
                assert_eq!(!found.is_empty(), finds, "{filter} in {form:?} on {engine:?}");
            }
            let filter = checked(r#"emails[nosuch ne "x"] and emails.type eq "work""#);
            let expected = ids(&testing::resources(), &filter);
            assert_eq!(engine.find(&filter, form), Ok(expected), "{form:?} on {engine:?}");
        }
    }
}

#[test]
fn a_chain_of_all_terms_and_the_deepest_nesting_run() {
    let mut text = r#"userName eq "bob""#.to_owned();
    for level in 0..60 {
        let word = if level % 2 == 0 { "and" } else { "or" };
        text = format!("not (title pr {word} {text})");
    }
    let chain: Vec<String> = (0..256).map(|n| format!("userName eq \"user{n}\"")).collect();
    let chains = [" or ", " and "].map(|word| chain.join(word));
    for mut engine in Engine::all() {
        engine.load(&testing::resources());
        for form in Form::ALL {
            for text in [&text].into_iter().chain(&chains).chain(&text::chains_of_lists()) {
                let filter = checked(text);
                let expected = ids(&testing::resources(), &filter);
                match engine.find(&filter, form) {
                    Err(error) if is_out_of_reach(form, &error) => {}
                    found => assert_eq!(found, Ok(expected), "{form:?} on {engine:?}: {text}"),
                }
            }
        }
    }
}

#[test]
fn what_has_no_place_is_refused_by_name_and_never_left_out() {
    for mut engine in Engine::all() {
        for text in [
            r#"secrets.type eq "x""#,
            r#"not (secrets.type eq "x")"#,
            r#"title pr or secrets[type eq "x"]"#,
        ] {
            for form in Form::ALL {
                let error = engine.find(&checked(text), form).unwrap_err();
                assert!(error.attribute().starts_with("secrets"));
                let error = scim_core::Error::from(error).to_string();
                assert!(error.starts_with("400 invalidFilter: `secrets"), "{error}");
                assert!(error.ends_with("cannot be searched in this way"), "{error}");
            }
        }
    }
}

#[test]
fn no_literal_is_shown_by_debug() {
    let shown = format!("{:?}", scim_filter::sql::Param::Text("jane@example.com".into()));
    assert_eq!(shown, "Text(_)");
}
