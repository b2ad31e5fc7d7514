//! The text of conditions, in both dialects.

use scim_core::{AttrPath, Compat};
use scim_filter::{
    Attributes, ResolvedPath,
    sql::{Column, Columns, Dialect, Direction, Index, Place, Position, Rows, compile, order},
    testing::Schema,
};

use super::{
    checked,
    layout::{Form, Layout},
};

const DIALECTS: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

/// The condition in both dialects; the first placeholder is the third.
fn both(filter: &str, form: Form) -> String {
    let filter = checked(filter);
    let text = |dialect| {
        let layout: &dyn Columns = &Layout(form, dialect);
        compile(&filter, &layout, dialect, 3).unwrap().text
    };
    DIALECTS.map(text).join("\n")
}

#[test]
fn values_in_a_document_are_read_by_canonical_names() {
    let filter = r#"USERNAME eq "ann" and not (name.familyName sw "o") and (department ew "s" or
        id gt "a") and emails.value eq "a" and name pr and codes[value sw "a"] and
        not (emails[type eq "work" and not (primary eq true)]) and tags[value eq "red"]"#;
    insta::assert_snapshot!(both(&filter.replace('\n', ""), Form::Document));
}

#[test]
fn indexed_values_are_looked_up_in_a_list_or_an_array() {
    let filter = r#"userName eq "ann" and not (id eq "x") and id sw "a" and userName co "n" and emails[type eq "work" and value eq "b"]"#;
    insta::assert_snapshot!(both(filter, Form::Indexed));
}

#[test]
fn bounds_of_one_value_are_looked_up_at_once_and_those_of_several_apart() {
    let filter = r#"userName gt "a" and title co "x" and userName le "b" and title sw "y" and
        tags gt "a" and tags lt "b" and emails[value ge "a" and type eq "c" and value lt "b"] and
        (id ge "a" and id eq "b" or hired gt "2024-01-01T00:00:00Z" and active eq true) and
        (userName eq "d" or emails[value eq "e"])"#;
    insta::assert_snapshot!(both(&filter.replace('\n', ""), Form::Indexed));
}

#[test]
fn what_asks_the_same_rows_asks_once() {
    let filter = r#"(emails.type co "a" or title pr or emails[type eq "b" or primary eq false] or
        tags pr or emails pr) and not (emails.type sw "c" or tags ew "d" or emails[not (type pr)])
        and (not (tags co "e") or not (tags co "f"))"#;
    let filter = filter.replace('\n', "");
    insta::assert_snapshot!(
        [Form::Plain, Form::Document].map(|form| both(&filter, form)).join("\n")
    );
}

#[test]
fn of_many_subqueries_each_table_is_one() {
    let tags: Vec<String> = (0..5).map(|n| format!("tags co \"{n}\" and title pr")).collect();
    let types: Vec<String> = (0..10).map(|n| format!("emails.type co \"{n}\"")).collect();
    let filter = format!(
        r#"userName eq "ann" and ({}) and {} and not (emails.value eq "x") and active eq true"#,
        tags.join(" or "),
        types.join(" and "),
    );
    insta::assert_snapshot!(both(&filter, Form::Plain));
}

#[test]
fn eight_subqueries_are_not_many() {
    for (count, tables) in [(8, 0), (9, 2)] {
        let terms: Vec<String> =
            (0..count).map(|n| format!("(tags co \"{n}\" or title pr)")).collect();
        let text = both(&terms.join(" and "), Form::Plain);
        assert_eq!(text.matches(") l0").count(), tables, "{text}");
    }
}

/// A table of elements that is an index, too.
struct Both;

impl Columns for Both {
    fn id(&self) -> &str {
        "u.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let rows = Rows::new("emails e", "u.id", "e.owner").column("type", Column::key("e.type"));
        Some(match path.to_string().as_str() {
            "emails" => Place::Rows(rows),
            "title" => Place::Value(Column::key("u.title")),
            _ => return None,
        })
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let index = Index::new("emails e", "u.id", "e.owner", Column::key("e.value"));
        (path.to_string() == "emails.value").then_some(index)
    }
}

#[test]
fn a_table_is_searched_by_value_where_nothing_but_its_index_is_asked() {
    let index = r#"emails.value ne "x""#;
    let other = r#"emails.type ne "y""#;
    for (terms, by_value) in [
        (index.to_owned(), true),
        (format!("{index} and {other}"), false),
        (format!("{other} and {index}"), false),
    ] {
        let filter = vec![format!("(title pr or {terms})"); 9].join(" and ");
        let text = compile(&checked(&filter), &Both, Dialect::Postgres, 1).unwrap().text;
        let owner = "FROM emails e WHERE e.owner = u.id";
        assert_eq!(text.contains(&format!("{owner} AND (")), by_value, "{text}");
        assert_eq!(text.contains(&format!("{owner}) l0")), !by_value, "{text}");
    }
}

#[test]
fn of_many_lookups_few_are_joined() {
    let starts: Vec<String> = (0..10).map(|n| format!("tags sw \"{n}\"")).collect();
    let others: Vec<String> = (0..9).map(|n| format!("tags ne \"{n}\"")).collect();
    let filters = [starts.join(" and "), others.join(" or ")];
    insta::assert_snapshot!(filters.map(|filter| both(&filter, Form::Indexed)).join("\n"));
}

/// Filters of many terms over lists, most of them of as many as there can be.
pub(super) fn chains_of_lists() -> Vec<String> {
    let terms = |term: &str, count| -> Vec<String> {
        (0..count).map(|n| term.replace('#', &format!("\"user{n}\""))).collect()
    };
    let mut all = Vec::new();
    for term in ["tags eq #", "tags sw #", "tags co #", "emails.type co #", "emails[type co #]"] {
        for word in [" or ", " and "] {
            let chain = terms(term, 256).join(word);
            all.extend([format!("not ({chain})"), chain]);
        }
    }
    for term in ["(emails[type co #] and title pr)", "(title pr and not (tags eq #))"] {
        all.push(terms(term, 128).join(" or "));
    }
    for (term, word) in [("primaryFor co #", " and "), ("primaryFor co #", " or ")] {
        all.push(format!("roles[{}]", terms(term, 256).join(word)));
    }
    let others = vec![r#"tags ne "Red""#; 16].join(" or ");
    all.push(format!(r#"{others} or userName ne "bjensen""#));
    let same = vec![r#"emails.type co "w""#; 16].join(" and ");
    all.push(format!("{same} and emails pr"));
    all
}

#[test]
fn no_chain_makes_many_subqueries() {
    for text in chains_of_lists() {
        for (form, dialect) in
            Form::ALL.into_iter().flat_map(|form| DIALECTS.map(|one| (form, one)))
        {
            let layout: &dyn Columns = &Layout(form, dialect);
            let Ok(found) = compile(&checked(&text), &layout, dialect, 1) else {
                assert!(text.starts_with("roles["), "{text}");
                continue;
            };
            // What is looked up by value, once for all resources, is not asked of each.
            let lookups = ["IN (SELECT k.", "ANY(ARRAY(SELECT k.", "UNION ALL SELECT k."];
            let lookups: usize = lookups.map(|one| found.text.matches(one).count()).iter().sum();
            let subqueries = found.text.matches("SELECT").count() - lookups;
            assert!(subqueries <= 12, "{subqueries} in {form:?} for {dialect:?}: {}", found.text);
            let joined = found.text.matches("AND r.id_k IN (").count();
            assert!(joined < 8, "{joined} in {form:?} for {dialect:?}: {}", found.text);
        }
    }
}

#[test]
fn columns_are_compared_as_what_they_hold() {
    let filter = r#"level ge 2 and hired gt "2024-01-01T00:00:00.0005Z" and not (meta.created eq "2024-01-01T00:00:00.0005Z") and active eq true and userName sw "A" and userName ew "A" and userName co "A" and emails[value eq "b" and primary eq false] and emails[value co "b"] and emails.value eq "c" and emails.value co "d" and not (emails.type eq "home") and name[not (familyName eq "x")]"#;
    insta::assert_snapshot!(both(filter, Form::Plain));
}

#[test]
fn orders_and_positions_are_written_for_both_dialects() {
    let path = |name: &str| {
        let path: AttrPath = name.parse().unwrap();
        ResolvedPath::of(&Schema.resolve(&path, &Compat::STRICT).unwrap())
    };
    let mut lines = Vec::new();
    for (by, form) in [
        (None, Form::Plain),
        (Some("userName"), Form::Plain),
        (Some("level"), Form::Plain),
        (Some("id"), Form::Document),
        (Some("emails.value"), Form::Document),
        (Some("emails.value"), Form::Plain),
    ] {
        for dialect in DIALECTS {
            for direction in [Direction::Ascending, Direction::Descending] {
                let by = by.and_then(path);
                let layout: &dyn Columns = &Layout(form, dialect);
                let order = order(by.as_ref(), direction, &layout, dialect).unwrap();
                lines.push(format!("{} ORDER BY {}", order.key(), order.terms()));
                for key in [Some("7".to_owned()), None] {
                    let position = Position { key, id: "ann".into() };
                    lines.push(format!("    {}", order.after(&position, 2).text));
                }
            }
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// Everything in a column that is never NULL.
struct Required;

impl Columns for Required {
    fn id(&self) -> &str {
        "u.id"
    }

    fn place(&self, _: &ResolvedPath) -> Option<Place> {
        Some(Place::Value(Column::key("u.k").required()))
    }
}

#[test]
fn nobody_asks_for_null_where_there_is_none() {
    let path =
        ResolvedPath::of(&Schema.resolve(&"userName".parse().unwrap(), &Compat::STRICT).unwrap());
    let position = Position { key: Some("a".into()), id: "1".into() };
    for (direction, terms, after) in [
        (Direction::Ascending, "u.k ASC, u.id ASC", "(u.k, u.id) > (?1, ?2)"),
        (Direction::Descending, "u.k DESC, u.id ASC", "(u.k <= ?1 AND (u.k < ?1 OR u.id > ?2))"),
    ] {
        let order = order(path.as_ref(), direction, &Required, Dialect::Sqlite).unwrap();
        assert_eq!(
            (order.terms().as_str(), order.after(&position, 1).text.as_str()),
            (terms, after)
        );
    }
}
