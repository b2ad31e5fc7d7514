//! Law: SQL finds the resources that the evaluator finds.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::{
    element,
    engine::{Engine, FORMS, operator, relative, test},
};
use crate::{Checked, Filter, Node, Options, Test, sql::tests::engine::Schema};

const TEXTS: [&str; 9] = ["a", "A", "ab", "b%", "_b", "ß", "ss", "\u{1f600}", "a'\"\\"];
const INSTANTS: [&str; 4] = [
    "2024-01-01T00:00:00Z",
    "2024-01-01T01:00:00+01:00",
    "2024-01-01T00:00:00.001Z",
    "1969-12-31T23:59:59.999Z",
];

fn text() -> impl Strategy<Value = Value> {
    select(TEXTS.as_slice()).prop_map(Value::from)
}

fn resource(id: usize) -> impl Strategy<Value = Value> {
    let email = (option::of(text()), option::of(text()), option::of(any::<bool>())).prop_map(
        |(value, kind, primary)| {
            object([("value", value), ("type", kind), ("primary", primary.map(Value::Bool))])
        },
    );
    let emails = vec(email.prop_filter("empty", |one| one != &json!({})), 0..3);
    let name = (option::of(text()), option::of(text()));
    (
        (text(), option::of(text()), option::of(any::<bool>()), option::of(-2_i64..12)),
        (
            option::of(select(INSTANTS.as_slice())),
            name,
            emails,
            vec(text(), 0..3),
            option::of(text()),
        ),
    )
        .prop_map(
            move |((user_name, code, active, level), (since, name, emails, tags, department))| {
                let name = object([("familyName", name.0), ("givenName", name.1)]);
                let extension = object([("department", department)]);
                let full = |value: Value| {
                    let empty = value == json!({}) || value == json!([]);
                    (!empty).then_some(value)
                };
                object([
                    ("id", Some(json!(format!("r{id}")))),
                    ("userName", Some(user_name)),
                    ("code", code),
                    ("active", active.map(Value::Bool)),
                    ("level", level.map(Value::from)),
                    ("since", since.map(Value::from)),
                    ("name", full(name)),
                    ("emails", full(emails.into())),
                    ("tags", full(tags.into())),
                    ("urn:x:Ext", full(extension)),
                ])
            },
        )
}

fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<_, _>>())
}

/// An operator and a literal that fit an attribute of this name.
fn operation(name: &str) -> BoxedStrategy<(&'static str, Value)> {
    let ordered = ["pr", "eq", "gt", "ge", "lt", "le"];
    match name.rsplit('.').next().unwrap_or(name) {
        "active" | "primary" => {
            (select(&["pr", "eq"][..]), any::<bool>().prop_map(Value::Bool)).boxed()
        }
        "level" => (select(ordered.to_vec()), (-2_i64..12).prop_map(Value::from)).boxed(),
        "since" => {
            let sharper = "2024-01-01T00:00:00.0005Z";
            let literal = [INSTANTS.as_slice(), &[sharper]].concat();
            (select(ordered.to_vec()), select(literal).prop_map(Value::from)).boxed()
        }
        _ => {
            let ops = [ordered.as_slice(), &["co", "sw", "ew", "eq"]].concat();
            let part = prop_oneof![4 => text(), 1 => Just(json!("")), 1 => Just(json!("b"))];
            (select(ops), part).boxed()
        }
    }
}

fn attribute_test() -> impl Strategy<Value = Node> {
    let names = [
        "userName",
        "code",
        "active",
        "level",
        "since",
        "name.familyName",
        "name.givenName",
        "emails.value",
        "emails.type",
        "emails.primary",
        "tags",
        "urn:x:Ext:department",
    ];
    let compared = select(names.to_vec()).prop_flat_map(|name| {
        operation(name).prop_map(move |(op, literal)| test(name, op, literal))
    });
    let whole = select(vec!["name", "emails"]).prop_map(|name| test(name, "pr", Value::Null));
    prop_oneof![12 => compared, 1 => whole, 1 => any::<bool>().prop_map(Node::Constant)]
}

fn part_test(list: &'static str, names: &'static [&'static str]) -> impl Strategy<Value = Node> {
    select(names).prop_flat_map(move |name| {
        operation(name).prop_map(move |(op, literal)| {
            let path = relative(list, name);
            let op = operator(&path, op, literal);
            Node::Test(Test { path, op })
        })
    })
}

fn tree(leaf: impl Strategy<Value = Node> + 'static) -> BoxedStrategy<Node> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Node::And),
            vec(inner.clone(), 2..4).prop_map(Node::Or),
            inner.prop_map(|node| Node::Not(Box::new(node))),
        ]
    })
    .boxed()
}

fn filter() -> BoxedStrategy<Node> {
    let value_path = |list: &'static str, names: &'static [&'static str]| {
        tree(part_test(list, names)).prop_map(move |filter| element(list, filter))
    };
    tree(prop_oneof![
        5 => attribute_test(),
        2 => value_path("emails", &["value", "type", "primary"]),
        1 => value_path("tags", &[""]),
        1 => value_path("name", &["familyName", "givenName"]),
    ])
}

/// Whether the columns of plain values can tell what keys can: lower case is not folding.
fn is_folded_alike(resources: &[Value], filter: &Node) -> bool {
    !format!("{resources:?}{filter:?}").contains('ß')
}

fn agree(resources: &[Value], node: Node) -> Result<(), TestCaseError> {
    let engine = Engine::new(resources);
    let checked = Checked { root: node };
    let matching = resources.iter().filter(|resource| checked.matches(resource));
    let expected: Vec<String> =
        matching.map(|resource| resource["id"].as_str().unwrap_or_default().to_owned()).collect();
    for form in FORMS {
        if form == super::engine::Form::Rows && !is_folded_alike(resources, checked.root()) {
            continue;
        }
        prop_assert_eq!(engine.find(checked.root(), form), Ok(expected.clone()), "{:?}", form);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn sql_finds_what_the_evaluator_finds(
        resources in (0..5_usize).prop_flat_map(|count| (0..count).map(resource).collect::<Vec<_>>()),
        node in filter(),
    ) {
        agree(&resources, node)?;
    }
}

#[test]
fn what_is_read_and_checked_finds_the_same() {
    let people = super::people();
    for text in [
        r#"userName eq "BOB" or (emails[type eq "work"] and not (active eq true))"#,
        r#"emails co "@X" and name pr"#,
        r#"emails[type eq "work" and value ew "@x" and not (primary eq true)]"#,
        r#"not (level gt 9.5) and userName ne "dan""#,
        r#"since le "2024-05-01T12:00:00+02:00""#,
        r#"urn:x:Ext:department eq "SALES" or code eq null"#,
        r#"level eq 9.5 or level eq 10.0 or emails.primary eq false"#,
    ] {
        let filter: Filter = text.parse().unwrap();
        let checked = filter.check(&Schema, &Options::INTEROP).unwrap();
        agree(&people, checked.root().clone()).unwrap();
    }
}

#[test]
fn an_empty_text_is_no_value_in_a_column_either() {
    let resources =
        [json!({"id": "r0", "userName": "", "code": ""}), json!({"id": "r1", "userName": "x"})];
    for name in ["userName", "code"] {
        for op in ["pr", "eq", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
            for literal in ["", "y"] {
                let node = test(name, op, json!(literal));
                agree(&resources, Node::Not(Box::new(node.clone()))).unwrap();
                agree(&resources, node).unwrap();
            }
        }
    }
}
