//! Resources and filters of all kinds, as the schema of the corpus allows.

use proptest::{collection::vec, option, prelude::*, sample::select};
use scim_core::{Attribute, Kind, common_attributes};
use scim_filter::{CompareOp, Filter, Literal, testing::Schema};
use serde_json::{Map, Number, Value, json};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const TEXTS: &[&str] = &[
    "a",
    "A",
    "ab",
    "Ab",
    "b%",
    "_b",
    "ß",
    "ss",
    "\u{1f600}",
    "a'\"\\",
    "é",
    "e\u{301}",
    "and",
    " ",
    "\u{d7ff}",
    "\u{10ffff}",
    "$1",
    "?1",
];
const INSTANTS: &[&str] = &[
    "2024-01-01T00:00:00Z",
    "2024-01-01T01:00:00+01:00",
    "2024-01-01T00:00:00.001Z",
    "2024-01-01T00:00:00.0005Z",
    "1969-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
];
const NUMBERS: &[&str] =
    &["0", "-1", "1", "1.0", "10", "9", "0.1", "-2.25", "1e21", "9007199254740993"];
const BINARY: &[&str] = &["QUJD", "qujd", "QQ==", "QQ"];

fn from(values: &'static [&'static str]) -> BoxedStrategy<Value> {
    select(values).prop_map(Value::from).boxed()
}

fn numbers(kind: Kind) -> Vec<Number> {
    let all = NUMBERS.iter().map(|text| text.parse::<Number>().unwrap());
    all.filter(|one| kind == Kind::Decimal || one.is_i64()).collect()
}

/// A value of a simple type.
fn simple(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Decimal | Kind::Integer => select(numbers(kind)).prop_map(Value::Number).boxed(),
        Kind::DateTime => from(INSTANTS),
        Kind::Binary => from(BINARY),
        _ => from(TEXTS),
    }
}

/// A value of an attribute, or none.
fn value(attribute: &Attribute) -> BoxedStrategy<Option<Value>> {
    let one = match attribute.kind {
        Kind::Complex => object(attribute.sub_attributes.iter()),
        kind => simple(kind),
    };
    if attribute.multi_valued {
        return option::weighted(0.6, vec(one, 0..3).prop_map(Value::from)).boxed();
    }
    option::weighted(0.6, one).boxed()
}

fn object<'a>(attributes: impl Iterator<Item = &'a Attribute>) -> BoxedStrategy<Value> {
    let members: Vec<_> = attributes.map(|one| (Just(one.name.to_string()), value(one))).collect();
    let present = |members: Vec<(String, Option<Value>)>| {
        let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    members.prop_map(present).boxed()
}

/// Some resources.
pub(super) fn resources() -> impl Strategy<Value = Vec<Value>> {
    let base = object(Schema.base().iter().chain(common_attributes()));
    let extension = option::of(object(Schema.extension().iter()));
    vec((base, extension), 0..5).prop_map(|all| {
        let all = all.into_iter().enumerate().map(|(id, (mut resource, extension))| {
            resource["id"] = json!(format!("r{id}"));
            if let Some(extension) = extension {
                resource[ENTERPRISE] = extension;
            }
            resource
        });
        all.collect()
    })
}

/// A comparison of an attribute of this type.
fn comparison(path: String, kind: Kind) -> BoxedStrategy<Filter> {
    use CompareOp::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    let ops: &[CompareOp] = match kind {
        Kind::Boolean | Kind::Binary => &[Eq, Ne],
        Kind::Decimal | Kind::Integer | Kind::DateTime => &[Eq, Ne, Gt, Ge, Lt, Le],
        _ => &[Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le, Co, Sw, Ew],
    };
    let literal = match kind {
        Kind::Decimal | Kind::Integer => simple(Kind::Decimal),
        Kind::String | Kind::Reference => {
            prop_oneof![6 => simple(kind), 1 => Just(json!("")), 1 => Just(json!("b"))].boxed()
        }
        kind => simple(kind),
    };
    let literal = literal.prop_map(|value| match value {
        Value::Bool(truth) => Literal::from(truth),
        Value::Number(number) => Literal::from(number),
        Value::String(text) => Literal::from(text),
        _ => Literal::from(()),
    });
    let made = (Just(path), select(ops), literal)
        .prop_map(|(path, op, literal)| Filter::compare(&path, op, literal).unwrap());
    made.boxed()
}

fn test(path: String, kind: Kind) -> BoxedStrategy<Filter> {
    let present = Just(Filter::present(&path).unwrap());
    match kind {
        Kind::Complex => present.boxed(),
        kind => prop_oneof![1 => present, 5 => comparison(path, kind)].boxed(),
    }
}

fn tree(leaves: Vec<BoxedStrategy<Filter>>) -> BoxedStrategy<Filter> {
    let leaf = proptest::strategy::Union::new(leaves);
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|all| Filter::all(all).unwrap()),
            vec(inner.clone(), 2..4).prop_map(|any| Filter::any(any).unwrap()),
            inner.prop_map(|filter| filter.negate().unwrap()),
        ]
    })
    .boxed()
}

/// A filter that fits the schema.
pub(super) fn filter() -> BoxedStrategy<Filter> {
    let base = Schema.base().iter().chain(common_attributes());
    let base = base.map(|one| (one.name.to_string(), one));
    let extension = Schema.extension().iter();
    let extension = extension.map(|one| (format!("{ENTERPRISE}:{}", one.name), one));
    let mut leaves = Vec::new();
    for (path, attribute) in base.chain(extension) {
        let hidden = ["password", "pin", "hint", "secrets"];
        if hidden.contains(&path.as_str()) {
            continue;
        }
        let parts = attribute.sub_attributes.iter();
        leaves.extend(parts.map(|sub| test(format!("{path}.{}", sub.name), sub.kind)));
        leaves.push(test(path.clone(), attribute.kind));
        for sub in attribute.sub_attributes.iter().filter(|sub| sub.multi_valued) {
            let path = format!("{path}.{}", sub.name);
            let inside = tree(vec![test("value".to_owned(), sub.kind)]);
            let element = inside.prop_map(move |filter| Filter::element(&path, filter).unwrap());
            leaves.push(element.boxed());
        }
        let parts: Vec<_> = match attribute.kind {
            Kind::Complex => attribute
                .sub_attributes
                .iter()
                .map(|sub| test(sub.name.to_string(), sub.kind))
                .collect(),
            kind if attribute.multi_valued => vec![test("value".to_owned(), kind)],
            _ => continue,
        };
        let inside = tree(parts);
        let element = inside.prop_map(move |filter| Filter::element(&path, filter).unwrap());
        leaves.push(element.boxed());
    }
    tree(leaves)
}
