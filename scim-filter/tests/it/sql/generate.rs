//! Resources and filters of all kinds, as the schema of the corpus allows.

use proptest::{collection::vec, option, prelude::*, sample::select};
use scim_core::{Attribute, Kind, common_attributes};
use scim_filter::{CompareOp, Expr, Filter, Key, Literal, testing::Schema};
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
/// What is compared with besides: numbers that are no floats, or not written as one.
const EXACT: &[&str] = &[
    "9007199254740993.0",
    "9007199254740993e0",
    "0.10000000000000001",
    "0.09999999999999999999",
    "0.10000000000000000001",
    "1000000000000000000001",
    "0.5",
];
const BINARY: &[&str] = &["QUJD", "qujd", "QQ==", "QQ"];

/// Values of a simple type.
fn known(kind: Kind) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().copied().map(Value::from).collect();
    match kind {
        Kind::Boolean => vec![false.into(), true.into()],
        Kind::Decimal | Kind::Integer => {
            let all = NUMBERS.iter().map(|text| text.parse::<Number>().unwrap());
            all.filter(|one| kind == Kind::Decimal || one.is_i64()).map(Value::Number).collect()
        }
        Kind::DateTime => texts(INSTANTS),
        Kind::Binary => texts(BINARY),
        _ => texts(TEXTS),
    }
}

/// What a filter compares with, so that there is something to be found.
fn literals(filter: &Filter) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = vec![filter.expr()];
    while let Some(expr) = rest.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => rest.extend(parts),
            Expr::Not(inner) | Expr::Element { filter: inner, .. } => rest.push(inner),
            Expr::Compare { literal, .. } => found.push(literal.to_value()),
            Expr::Present { .. } => {}
        }
    }
    found
}

/// Whether an attribute of this type can have the value, and no database rounds it.
fn fits(value: &Value, kind: Kind) -> bool {
    let is_exact = match value {
        Value::Number(number) => number.is_i64() || kind == Kind::Decimal && number.is_f64(),
        _ => true,
    };
    is_exact && Key::of(value, kind, true).is_some()
}

/// A value of an attribute, or none; some are those of the literals that fit.
fn value(attribute: &Attribute, literals: &[Value]) -> BoxedStrategy<Option<Value>> {
    let one = match attribute.kind {
        Kind::Complex => object(attribute.sub_attributes.iter(), literals),
        kind => {
            let fitting = literals.iter().filter(|literal| fits(literal, kind));
            select(fitting.cloned().chain(known(kind)).collect::<Vec<_>>()).boxed()
        }
    };
    if attribute.multi_valued {
        return option::weighted(0.6, vec(one, 0..3).prop_map(Value::from)).boxed();
    }
    option::weighted(0.6, one).boxed()
}

fn object<'a>(
    attributes: impl Iterator<Item = &'a Attribute>,
    literals: &[Value],
) -> BoxedStrategy<Value> {
    let member = |one: &Attribute| (Just(one.name.to_string()), value(one, literals));
    let members: Vec<_> = attributes.map(member).collect();
    let present = |members: Vec<(String, Option<Value>)>| {
        let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        Value::Object(members.collect::<Map<_, _>>())
    };
    members.prop_map(present).boxed()
}

/// Some resources, with values that this filter compares with.
pub(super) fn resources(filter: &Filter) -> impl Strategy<Value = Vec<Value>> + use<> {
    let literals = literals(filter);
    let base = object(Schema.base().iter().chain(common_attributes()), &literals);
    let extension = option::of(object(Schema.extension().iter(), &literals));
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
    if matches!(kind, Kind::Decimal | Kind::Integer) {
        let literals: Vec<&str> = [NUMBERS, EXACT].concat();
        let written = (select(ops), select(literals));
        let read = move |(op, literal): (CompareOp, &str)| {
            format!("{path} {op} {literal}").parse::<Filter>().unwrap()
        };
        return written.prop_map(read).boxed();
    }
    let literal = match kind {
        Kind::String | Kind::Reference => {
            prop_oneof![6 => select(known(kind)), 1 => Just(json!("")), 1 => Just(json!("b"))]
                .boxed()
        }
        kind => select(known(kind)).boxed(),
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
        kind => {
            let one = comparison(path, kind);
            // What two tests of one attribute demand, one value may have to fulfil, or two may.
            let two = (one.clone(), one.clone()).prop_map(|(a, b)| Filter::all([a, b]).unwrap());
            prop_oneof![2 => present, 10 => one, 3 => two].boxed()
        }
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
    let tree = tree(leaves);
    // So many subqueries that they are not asked one by one.
    let many = (vec(tree.clone(), 8..16), any::<bool>());
    let many = many.prop_filter_map("within the limits", |(many, all)| {
        if all { Filter::all(many).ok() } else { Filter::any(many).ok() }
    });
    prop_oneof![3 => tree, 1 => many].boxed()
}
