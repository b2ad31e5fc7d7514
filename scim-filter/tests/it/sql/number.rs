//! Numbers in columns of all their types compare as the evaluator compares them.

use scim_filter::{
    Filter, Limits, Options, ResolvedPath,
    sql::{Column, Columns, Dialect, Direction, Holds, Place, compile, order},
    testing::Schema,
};
use serde_json::{Value, json};

use super::{agree::ids, checked, database::Database, engine::Engine};

/// `resource(id_k, n)`, where `n` holds this.
struct Numbers(Holds);

impl Columns for Numbers {
    fn id(&self) -> &str {
        "r.id_k"
    }

    fn place(&self, path: &ResolvedPath) -> Option<Place> {
        let is_number = matches!(path.to_string().as_str(), "score" | "level");
        is_number.then(|| Place::Value(Column::new("r.n", self.0)))
    }
}

const INTEGERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "-3",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "4611686018427387904",
    "4611686018427388000",
    "9223372036854775807",
    "-9223372036854775808",
];
const FLOATS: &[&str] = &[
    "0.0",
    "0.1",
    "0.2",
    "0.7",
    "0.30000000000000004",
    "0.3",
    "-0.1",
    "-2.25",
    "1.0",
    "1e21",
    "-1e300",
    "5e-324",
    "1.7976931348623157e308",
    "4.611686018427388e18",
    "9.223372036854776e18",
    "9007199254740994.0",
    "123456789.123456789",
];
/// What is no float, or none in this notation.
const LITERALS: &[&str] = &[
    "9007199254740993.0",
    "9007199254740993e0",
    "9007199254740992.5",
    "0.10000000000000001",
    "0.09999999999999999999",
    "0.10000000000000000001",
    "0.1000000014901161",
    "0.10000000149011612",
    "-0.10000000000000000001",
    "-0.09999999999999999999",
    "0.5",
    "-0.5",
    "2.5",
    "-2.5",
    "10e-1",
    "0.3000000000000000444",
    "1e-400",
    "-1e-400",
    "9223372036854775807.5",
    "9223372036854775808",
    "-9223372036854775808.5",
    "-9223372036854775809",
    "4611686018427388000.5",
    "4611686018427387999",
    "1000000000000000000001",
    "999999999999999999999.9",
];

/// Types of columns, what they hold, and whether they hold integers and floats.
fn columns(dialect: Dialect) -> Vec<(&'static str, Holds, bool, bool)> {
    match dialect {
        Dialect::Sqlite => vec![
            ("INTEGER", Holds::Integer, true, false),
            ("REAL", Holds::Float, false, true),
            ("REAL", Holds::Number, false, true),
            ("", Holds::Number, true, true),
        ],
        Dialect::Postgres => vec![
            ("bigint", Holds::Integer, true, false),
            ("bigint", Holds::Number, true, false),
            ("numeric", Holds::Integer, true, false),
            ("numeric", Holds::Number, true, true),
            ("float8", Holds::Float, false, true),
        ],
    }
}

/// One resource for each number.
fn load(engine: &mut Engine, kind: &str, numbers: &[Value]) -> Vec<Value> {
    let rows = numbers.iter().zip(10..).map(|(one, id)| format!("('{id}', {one})"));
    let rows: Vec<String> = rows.collect();
    engine.run(&format!(
        "DROP TABLE resource;
         CREATE TEMP TABLE resource (id_k text, n {kind});
         INSERT INTO resource VALUES {}, ('none', NULL);",
        rows.join(", ")
    ));
    let ids = numbers.iter().zip(10..);
    let numbers = ids.map(|(one, id)| json!({ "id": id.to_string(), "score": one, "level": one }));
    numbers.chain([json!({ "id": "none" })]).collect()
}

/// Numbers as columns hold them: whole, or as floats.
fn numbers(texts: &[&str]) -> Vec<Value> {
    let number = |text: &&str| match text.parse::<i64>() {
        Ok(whole) => Value::from(whole),
        Err(_) => Value::from(text.parse::<f64>().unwrap()),
    };
    texts.iter().map(number).collect()
}

#[test]
fn every_column_of_numbers_is_compared_exactly() {
    for mut engine in Engine::all() {
        let dialect = engine.dialect();
        for (kind, holds, integers, floats) in columns(dialect) {
            let held = [(INTEGERS, integers), (FLOATS, floats)];
            let held: Vec<Value> =
                held.iter().filter(|(_, is)| *is).flat_map(|(texts, _)| numbers(texts)).collect();
            let resources = load(&mut engine, kind, &held);
            for literal in INTEGERS.iter().chain(FLOATS).chain(LITERALS) {
                for op in ["eq", "ne", "gt", "ge", "lt", "le"] {
                    for name in ["score", "level"] {
                        let text = format!("{name} {op} {literal}");
                        let filter = checked(&text);
                        let found = compile(&filter, &Numbers(holds), dialect, 1).unwrap();
                        let select =
                            format!("SELECT id_k, NULL FROM resource r WHERE {}", found.text);
                        let mut found: Vec<String> = engine
                            .rows(&select, &found.params)
                            .into_iter()
                            .filter_map(|(id, _)| id)
                            .collect();
                        found.sort();
                        let expected = ids(&resources, &filter);
                        assert_eq!(found, expected, "{text} in {kind} {holds:?} on {engine:?}");
                    }
                }
            }
        }
    }
}

/// A `real` is shown as the `double precision` that it is made.
#[test]
fn a_narrow_float_is_compared_as_the_wide_one_that_it_is_made() {
    for mut engine in Engine::all().into_iter().filter(|one| one.dialect() == Dialect::Postgres) {
        let held: Vec<Value> = [0.1_f32, 0.2, 0.7, 1.5].map(f64::from).map(Value::from).to_vec();
        load(&mut engine, "real", &held);
        for (filter, found) in [
            ("score eq 0.1", 0),
            ("score eq 0.10000000149011612", 1),
            ("score gt 0.1", 4),
            ("score le 0.10000000149011612", 1),
            ("score eq 1.5", 1),
        ] {
            let filter = checked(filter);
            let found_by = compile(&filter, &Numbers(Holds::Float), Dialect::Postgres, 1).unwrap();
            let select = format!("SELECT id_k, NULL FROM resource r WHERE {}", found_by.text);
            assert_eq!(engine.rows(&select, &found_by.params).len(), found, "{filter:?}");
        }
    }
}

/// PostgreSQL keeps 16,383 places behind the point.
#[test]
fn a_number_of_more_places_than_are_kept_is_refused() {
    let mut limits = Limits::DEFAULT;
    limits.max_len = 20_000;
    let options = Options::STRICT.limits(limits);
    let compiled = |literal: &str, dialect| {
        let filter: Filter = Filter::parse_with(&format!("score gt {literal}"), &options).unwrap();
        let filter = filter.check(&Schema, &options).unwrap();
        compile(&filter, &Numbers(Holds::Number), dialect, 1)
    };
    for (zeros, digits, fits) in [
        (0, 16_383, true),
        (0, 16_384, false),
        (5, 16_378, true),
        (5, 16_379, false),
        (300, 1, true),
    ] {
        let literal = format!("0.{}{}", "0".repeat(zeros), "1".repeat(digits));
        let found = compiled(&literal, Dialect::Postgres);
        assert_eq!(found.is_ok(), fits, "{zeros} zeros and {digits} digits");
        let Ok(found) = found else { continue };
        for mut engine in Engine::all() {
            if engine.dialect() == Dialect::Postgres {
                load(&mut engine, "numeric", &numbers(&["1", "-1"]));
                let select = format!("SELECT id_k, NULL FROM resource r WHERE {}", found.text);
                assert_eq!(engine.rows(&select, &found.params).len(), 1);
            }
        }
        assert!(compiled(&literal, Dialect::Sqlite).is_ok());
    }
}

#[test]
fn pages_over_floats_meet_each_once() {
    let path = match checked("score pr").root() {
        scim_filter::Node::Test(test) => test.path.clone(),
        other => panic!("{other:?}"),
    };
    for mut engine in Engine::all() {
        let dialect = engine.dialect();
        let kinds: &[(&str, Holds)] = match dialect {
            Dialect::Sqlite => {
                &[("REAL", Holds::Float), ("REAL", Holds::Number), ("", Holds::Number)]
            }
            Dialect::Postgres => &[
                ("real", Holds::Float),
                ("real", Holds::Number),
                ("float8", Holds::Float),
                ("float8", Holds::Number),
                ("numeric", Holds::Number),
                ("bigint", Holds::Integer),
            ],
        };
        for (kind, holds) in kinds {
            let texts = match *kind {
                "real" => &["0.1", "0.2", "0.7", "0.1", "16777216", "-0.3", "1e30"][..],
                "bigint" => INTEGERS,
                "" => &["0.1", "0.30000000000000004", "0.3", "9007199254740993", "2"],
                _ => FLOATS,
            };
            let resources = load(&mut engine, kind, &numbers(texts));
            for direction in [Direction::Ascending, Direction::Descending] {
                let order = order(Some(&path), direction, &Numbers(*holds), dialect).unwrap();
                let all = engine.walk(&order, 1000);
                assert_eq!(all.len(), resources.len());
                for size in [1, 2, 3] {
                    let what = format!("{size} of {kind} {holds:?} {direction:?} on {engine:?}");
                    assert_eq!(engine.walk(&order, size), all, "{what}");
                    let mut back = engine.walk(&order.clone().reversed(), size);
                    back.reverse();
                    assert_eq!(back, all, "back, {what}");
                }
            }
        }
    }
}

/// SQLite shows fifteen digits of a real unasked, and seventeen tell all of them apart.
#[test]
fn any_float_is_found_again_by_the_key_of_its_page() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut floats = Vec::new();
    while floats.len() < 5_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let float = f64::from_bits(state);
        let mild = (state >> 11) as f64 / (1_u64 << 40) as f64;
        floats.extend([float, mild].into_iter().filter(|one| one.is_finite()));
    }
    let path = match checked("score pr").root() {
        scim_filter::Node::Test(test) => test.path.clone(),
        other => panic!("{other:?}"),
    };
    for mut engine in Engine::all() {
        let dialect = engine.dialect();
        let kind = if dialect == Dialect::Sqlite { "REAL" } else { "float8" };
        load(&mut engine, kind, &[json!(0)]);
        let rows: Vec<String> =
            floats.iter().zip(0..).map(|(one, id)| format!("('{id}', {one:e})")).collect();
        engine
            .run(&format!("DELETE FROM resource; INSERT INTO resource VALUES {}", rows.join(", ")));
        for holds in [Holds::Float, Holds::Number] {
            let order = order(Some(&path), Direction::Ascending, &Numbers(holds), dialect).unwrap();
            let select = format!("SELECT id_k, {} FROM resource r", order.key());
            for (id, key) in engine.rows(&select, &[]).into_iter().step_by(7) {
                let id = id.unwrap();
                let position = scim_filter::sql::Position { key, id: "~".into() };
                let after = order.after(&position, 1);
                let before = order.clone().reversed().after(&position, 1);
                let select = |text: &str| {
                    format!("SELECT id_k, NULL FROM resource r WHERE id_k = '{id}' AND {text}")
                };
                assert!(
                    engine.rows(&select(&after.text), &after.params).is_empty(),
                    "{position:?}"
                );
                assert_eq!(engine.rows(&select(&before.text), &before.params).len(), 1);
            }
        }
    }
}
