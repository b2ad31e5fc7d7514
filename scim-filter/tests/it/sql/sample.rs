//! Tables of an embedder's own, whose columns are not fit for everything.

use scim_filter::{
    Checked, Filter, Limits, Options, ResolvedPath,
    sql::{Column, Columns, Dialect, Direction, Holds, Index, Place, Rows, compile, order},
    testing::Schema,
};

use super::{checked, database::Database, engine::Engine};

/// `users(id, user_name, mail, since, level)` and `tags(user_id, tag)`; `mail` is the only address.
struct Users;

impl Columns for Users {
    fn id(&self) -> &str {
        "u.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        Some(match path.to_string().as_str() {
            "userName" => Place::Value(Column::lower_case("u.user_name")),
            "id" | "displayName" => Place::Value(Column::text("u.user_name")),
            "externalId" | "active" => Place::Value(Column::lower_case("u.user_name")),
            "emails" | "emails.value" | "name.middleNames" => {
                Place::Value(Column::lower_case("u.mail"))
            }
            "emails.primary" => Place::Value(Column::boolean("u.mail IS NOT NULL")),
            "hired" => Place::Value(Column::new("u.since", Holds::Timestamp)),
            "level" => Place::Value(Column::number("u.level")),
            "roles.primary" => Place::Value(Column::lower_case("u.user_name")),
            "name" => Place::Value(Column::text("u.user_name")),
            "tags" => Place::Rows(Rows::new("tags t", "u.id", "t.user_id").scope("t.kind = 'a'")),
            // Without a row for each member, no test can be of one and the same.
            "members.type" => Place::Rows(
                Rows::new("tags t", "u.id", "t.user_id")
                    .column("type", Column::lower_case("t.tag")),
            ),
            "roles.primaryFor" => Place::Rows(
                Rows::new("tags t", "u.id", "t.user_id")
                    .column("primaryFor", Column::lower_case("t.tag"))
                    .position("t.tag"),
            ),
            "codes" => Place::Rows(
                Rows::new("tags t", "u.id", "t.user_id")
                    .column("", Column::text("t.tag"))
                    .scope("t.kind = 'a'"),
            ),
            _ => return None,
        })
    }
}

/// `groups(company, no)` and `members(company, no, name)`, which both columns join; whether an index
/// of names is told of.
struct Groups(bool);

impl Columns for Groups {
    fn id(&self) -> &str {
        "g.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let name = Column::key("m.name");
        let name = if self.0 { name.indexed() } else { name };
        let rows = Rows::new("members m", "g.no", "m.no").scope("m.company = g.company");
        let rows = rows.column("value", name).column("type", Column::key("m.kind"));
        (path.to_string() == "members").then(|| Place::Rows(rows.position("m.name")))
    }
}

#[test]
fn rows_can_be_joined_by_several_columns() {
    for mut engine in Engine::all() {
        engine.run(
            "CREATE TEMP TABLE groups (id text, company text, no int);
             CREATE TEMP TABLE members (company text, no int, name text, kind text);
             INSERT INTO groups VALUES ('1', 'a', 1), ('2', 'a', 2), ('3', 'b', 1), ('4', 'b', 2);
             INSERT INTO members VALUES ('a', 1, 'ann', 'x'), ('a', 2, 'bob', 'x'),
                ('b', 1, 'bob', 'y'), ('b', 1, 'ann', 'x');",
        );
        for (filter, ids) in [
            (r#"members.value eq "bob""#, "23"),
            (r#"members.value ne "bob""#, "14"),
            (r#"members.value sw "a""#, "13"),
            (r#"members.value eq "bob" or members.value eq "ann""#, "123"),
            (r#"not (members.value eq "bob" or members.value eq "ann")"#, "4"),
            (r#"members[value eq "bob" and type eq "y"]"#, "3"),
            (r#"not (members[value eq "bob" and type eq "x"])"#, "134"),
            (r#"members.value eq "bob" and members.value eq "ann""#, "3"),
            ("members pr", "123"),
        ] {
            for is_indexed in [false, true] {
                let found = compile(&checked(filter), &Groups(is_indexed), engine.dialect(), 1);
                let found = found.unwrap();
                let select =
                    format!("SELECT g.id, NULL FROM groups g WHERE {} ORDER BY g.id", found.text);
                let rows = engine.rows(&select, &found.params);
                let rows: String = rows.into_iter().filter_map(|(id, _)| id).collect();
                assert_eq!(rows, ids, "{filter} on {engine:?}");
            }
        }
    }
}

/// The same tables with indexes alone; of `title` by the name of the user.
struct Indexes;

impl Columns for Indexes {
    fn id(&self) -> &str {
        "u.id"
    }

    fn place(&self, _: &ResolvedPath) -> Option<Place> {
        None
    }

    fn index(&self, path: &ResolvedPath) -> Option<Index> {
        let tag = Index::new("tags t", "u.id", "t.user_id", Column::key("t.tag"));
        Some(match path.to_string().as_str() {
            "nickName" | "emails.primary" => tag,
            "title" => Index::new("users x", "u.user_name", "x.user_name", Column::key("x.mail")),
            _ => return None,
        })
    }
}

/// A table of elements that does not tell the lists in them.
struct Elements;

impl Columns for Elements {
    fn id(&self) -> &str {
        "u.id"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let rows = Rows::new("tags t", "u.id", "t.user_id").column("value", Column::key("t.tag"));
        (path.to_string() == "roles").then_some(Place::Rows(rows))
    }
}

const USERS: &str = "
    CREATE TEMP TABLE users (id text, user_name text, mail text, level int);
    CREATE TEMP TABLE tags (user_id text, kind text, tag text);
    INSERT INTO users VALUES ('1', 'ann', 'ann@x', 1), ('2', 'bob', NULL, 2), ('3', '', '', NULL);
    INSERT INTO tags VALUES ('1', 'a', 'red'), ('2', 'b', 'red'), ('3', 'a', 'blue');";

fn find(engine: &mut Engine, filter: &str) -> Result<String, String> {
    find_in(engine, &Users, &checked(filter))
}

/// The ids, or the attribute that cannot be searched in this way.
fn find_in(
    engine: &mut Engine,
    columns: &impl Columns,
    filter: &Checked,
) -> Result<String, String> {
    let found = compile(filter, columns, engine.dialect(), 1)
        .map_err(|error| error.attribute().to_owned())?;
    let select = format!("SELECT u.id, NULL FROM users u WHERE {} ORDER BY u.id", found.text);
    Ok(engine.rows(&select, &found.params).into_iter().filter_map(|(id, _)| id).collect())
}

#[test]
fn a_list_of_one_value_can_have_a_column() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        for (filter, ids) in [
            (r#"emails eq "ANN@x""#, "1"),
            (r#"emails.value ne "ann@x""#, "23"),
            (r#"emails[value sw "a"]"#, "1"),
            (r#"not (emails[value sw "a"])"#, "23"),
            (r#"emails[value sw "a" and primary eq true]"#, "1"),
            (r#"emails[not (value sw "b")]"#, "1"),
            (r#"emails[primary eq false]"#, ""),
            ("emails.primary eq false", ""),
            ("not (emails.primary eq false)", "123"),
            ("emails pr", "1"),
            (r#"name.middleNames[value sw "a" and value ew "x"]"#, "1"),
            (r#"name.middleNames[value sw "a" and not (value ew "x")]"#, ""),
            (r#"not (name.middleNames[not (value ew "y")])"#, "23"),
        ] {
            assert_eq!(find(&mut engine, filter), Ok(ids.to_owned()), "{filter} on {engine:?}");
        }
    }
}

#[test]
fn an_index_without_a_place_answers_all_tests() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        for (filter, ids) in [
            (r#"nickName eq "blue""#, Ok("3")),
            (r#"nickName co "lu""#, Ok("3")),
            (r#"not (nickName co "lu")"#, Ok("12")),
            ("nickName pr", Ok("123")),
            (r#"title eq "ann@x""#, Ok("1")),
            (r#"nickName eq "blue" or title eq "ann@x""#, Ok("13")),
            (r#"nickName eq "blue" or nickName pr and title pr"#, Ok("13")),
            ("emails.primary eq true", Ok("")),
            ("emails.primary eq false", Err("emails.primary")),
        ] {
            let found = find_in(&mut engine, &Indexes, &checked(filter));
            let ids = ids.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(found, ids, "{filter} on {engine:?}");
        }
    }
}

#[test]
fn more_lookups_than_sqlite_joins_are_made_one_by_one() {
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_terms) = (1 << 16, 1 << 10);
    let options = Options::STRICT.limits(limits);
    for terms in [500, 501] {
        let all: Vec<String> = (1..terms).map(|n| format!("nickName eq \"{n}\"")).collect();
        let text = format!("nickName eq \"blue\" or {}", all.join(" or "));
        let filter = Filter::parse_with(&text, &options).unwrap().check(&Schema, &options).unwrap();
        for mut engine in Engine::all() {
            engine.run(USERS);
            let found = find_in(&mut engine, &Indexes, &filter);
            assert_eq!(found, Ok("3".to_owned()), "{terms} on {engine:?}");
        }
    }
}

#[test]
fn more_conditions_than_a_row_has_columns_are_of_several_rows() {
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_terms) = (1 << 16, 1 << 11);
    let options = Options::STRICT.limits(limits);
    let text = vec![r#"codes sw "re""#; 1 << 11].join(" and ");
    let filter = Filter::parse_with(&text, &options).unwrap().check(&Schema, &options).unwrap();
    // SQLite joins a thousand terms at most, whatever they are.
    for mut engine in Engine::all().into_iter().filter(|one| one.dialect() == Dialect::Postgres) {
        engine.run(USERS);
        let text = compile(&filter, &Users, engine.dialect(), 1).unwrap().text;
        assert!(text.contains(" AS c1000 FROM ") && !text.contains(" AS c1001"));
        assert_eq!(find_in(&mut engine, &Users, &filter), Ok("1".to_owned()));
    }
}

#[test]
fn rows_are_those_of_their_scope() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        for (filter, ids) in [
            (r#"codes eq "red""#, "1"),
            (r#"not (codes eq "red")"#, "23"),
            (r#"codes[value ne "red"]"#, "3"),
            ("codes pr", "13"),
            ("not (codes pr)", "2"),
        ] {
            assert_eq!(find(&mut engine, filter), Ok(ids.to_owned()), "{filter} on {engine:?}");
        }
    }
}

#[test]
fn a_row_of_an_element_is_no_element_of_a_list_in_it() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        for (filter, ids) in [
            (r#"roles[nosuch ne "x"]"#, Ok("123")),
            (r#"roles.primaryFor[nosuch ne "x"]"#, Err("roles.primaryFor")),
        ] {
            let found = find_in(&mut engine, &Elements, &checked(filter));
            let ids = ids.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(found, ids, "{filter} on {engine:?}");
        }
    }
}

#[test]
fn what_a_column_cannot_tell_is_refused() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        for (filter, attribute) in [
            (r#"externalId eq "x""#, "externalId"),
            (r#"displayName eq "x""#, "displayName"),
            ("active eq true", "active"),
            (r#"emails.type eq "work""#, "emails.type"),
            (r#"emails[type eq "work"]"#, "emails.type"),
            (r#"name.givenName eq "x""#, "name.givenName"),
            (r#"name[givenName eq "x"]"#, "name.givenName"),
            (r#"tags eq "x""#, "tags"),
            ("tags pr", "tags"),
            (r#"tags[value eq "x"]"#, "tags"),
            ("roles.primary eq false", "roles"),
            (r#"roles.primaryFor[value eq "x"]"#, "roles.primaryFor"),
            ("title pr", "title"),
            ("members pr", "members"),
            (r#"members[value eq "x"]"#, "members.value"),
            (r#"members[type eq "x"]"#, "members.type"),
        ] {
            assert_eq!(find(&mut engine, filter), Err(attribute.to_owned()), "{filter}");
        }
        let instant =
            compile(&checked(r#"hired gt "2024-01-01T00:00:00Z""#), &Users, engine.dialect(), 1);
        assert_eq!(instant.is_ok(), engine.dialect() == Dialect::Postgres);
    }
}

/// Whoever fills the column may have written either sigma at the end of a word.
#[test]
fn a_literal_that_is_not_lowered_alike_is_refused() {
    for mut engine in Engine::all() {
        engine.run(USERS);
        engine.run("INSERT INTO users VALUES ('4', 'οδος', NULL, 0), ('5', 'οδοσ', NULL, 0)");
        for literal in ["ΟΔΟΣ", "οδος", "ΟΣ", "straße", "ﬁn", "Ａｄａ", "e\u{301}"]
        {
            for op in ["eq", "ne", "sw", "co", "ew", "gt", "le"] {
                let found = find(&mut engine, &format!("userName {op} \"{literal}\""));
                assert_eq!(found, Err("userName".to_owned()), "{op} {literal} on {engine:?}");
            }
        }
        for (filter, ids) in [
            (r#"userName sw "ΟΔ""#, "45"),
            (r#"userName gt "Οδο" and userName lt "ΟΔΟΤ""#, "45"),
            (r#"userName eq "Éa""#, ""),
        ] {
            assert_eq!(find(&mut engine, filter), Ok(ids.to_owned()), "{filter} on {engine:?}");
        }
    }
}

#[test]
fn an_order_by_what_a_column_cannot_tell_is_refused() {
    for (attribute, sorted) in [
        ("userName", true),
        ("level", true),
        ("externalId", false),
        ("title", false),
        ("codes", false),
        ("roles.primaryFor", false),
    ] {
        let path = match checked(&format!("{attribute} pr")).root() {
            scim_filter::Node::Test(test) => test.path.clone(),
            other => panic!("{other:?}"),
        };
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let order = order(Some(&path), Direction::Ascending, &Users, dialect);
            assert_eq!(order.is_ok(), sorted, "{attribute}");
            let Err(error) = order else { continue };
            let error = scim_core::Error::from(error).to_string();
            assert_eq!(error, format!("400 invalidValue: `{attribute}` cannot be sorted by"));
        }
    }
}
