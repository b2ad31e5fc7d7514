//! Laws, on resources made up at random.

use proptest::{prelude::*, sample::select};
use scim_core::{Compat, Formats};
use scim_schema::{Mode, Projection, ResourceSchema, Valid};
use serde_json::{Map, Value, json};

use crate::{corpus::cases, sample};

/// Marks every text that is made up, so that it can be found again.
const MARK: &str = "zqx";

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1000..1000_i32).prop_map(|cents| json!(f64::from(cents) / 100.0)),
        select(vec!["", "True", "false", "12.5", "7", "2011-05-13T04:42:34Z", "TQ=="])
            .prop_map(Value::from),
        "[a-zA-Zé ]{0,4}".prop_map(|text| Value::from(format!("{MARK}{text}"))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((part(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn part() -> impl Strategy<Value = String> {
    let names = [
        "value", "type", "primary", "flag", "number", "colour", "serial", "seen", "tags", "VALUE",
        "nosuch", "rare",
    ];
    select(names.map(str::to_owned).to_vec())
}

fn name() -> impl Strategy<Value = String> {
    let names = [
        "text",
        "exact",
        "flag",
        "number",
        "count",
        "rank",
        "when",
        "bytes",
        "link",
        "texts",
        "exactTexts",
        "numbers",
        "once",
        "serverSays",
        "secret",
        "pin",
        "rare",
        "constant",
        "badge",
        "list",
        "LIST",
        "Text",
        "nosuch",
        "id",
        "externalId",
        "mEta",
        "SCHEMAS",
    ];
    select(names.map(str::to_owned).to_vec())
}

fn resource() -> impl Strategy<Value = Value> {
    prop::collection::vec((name(), value()), 0..8).prop_map(|members| {
        let mut object: Map<String, Value> = members.into_iter().collect();
        object.insert("schemas".to_owned(), json!(["urn:test:Thing"]));
        Value::Object(object)
    })
}

/// A resource that is valid, with lists worth a look.
fn good_resource() -> impl Strategy<Value = Value> {
    let text = || "[a-c]{1,2}".prop_map(Value::from);
    let list =
        |inner: BoxedStrategy<Value>| prop::collection::vec(inner, 0..12).prop_map(Value::from);
    let number = (-3..3_i64).prop_map(Value::from).boxed();
    let colour = select(vec!["red", "blue"]).prop_map(Value::from);
    let element = (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(any::<bool>()),
        list(text().boxed()),
    );
    let element = element.prop_map(|(value, kind, flag, tags)| {
        json!({"value": value.unwrap_or("v".into()), "type": kind, "flag": flag, "tags": tags})
    });
    let parts = (list(text().boxed()), list(number), list(element.boxed()), colour, any::<i32>());
    parts.prop_map(|(texts, numbers, elements, colour, number)| {
        json!({
            "schemas": ["urn:test:Thing"],
            "texts": texts,
            "numbers": numbers,
            "list": elements,
            "badge": {"number": number, "colour": colour},
        })
    })
}

fn compat() -> impl Strategy<Value = Compat> {
    select(vec![Compat::STRICT, Compat::INTEROP])
}

fn thing() -> impl Strategy<Value = ResourceSchema> {
    select(vec![Formats::Accept, Formats::Report, Formats::Refuse])
        .prop_map(|formats| sample::thing().formats(formats))
}

/// The places at which a document holds values, without the positions in lists. Empty texts have
/// no key, and count as no values.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), into));
        }
        Value::Array(elements) => elements.iter().for_each(|value| places(value, at, into)),
        Value::String(text) if text.is_empty() => {}
        _ => into.push(at.to_owned()),
    }
}

fn places_of(attributes: &Map<String, Value>) -> Vec<String> {
    let mut found = Vec::new();
    places(&Value::Object(attributes.clone()), "", &mut found);
    found.sort();
    found
}

fn is_canonical(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(object) => !object.is_empty() && object.values().all(is_canonical),
        Value::Array(elements) => !elements.is_empty() && elements.iter().all(is_canonical),
        _ => true,
    }
}

/// The same document with its members and elements in another order.
fn mixed(value: &Value, seed: &mut u64) -> Value {
    let mut turn = |length: usize| {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(*seed >> 33).unwrap() % length.max(1)
    };
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<&Value> = elements.iter().collect();
            let middle = turn(elements.len());
            elements.rotate_left(middle);
            elements.reverse();
            elements.into_iter().map(|element| mixed(element, seed)).collect()
        }
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            let middle = turn(members.len());
            members.rotate_left(middle);
            members.into_iter().map(|(name, value)| (name.clone(), mixed(value, seed))).collect()
        }
        other => other.clone(),
    }
}

fn collect_leaves<'a>(value: &'a mut Value, into: &mut Vec<&'a mut Value>) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|one| collect_leaves(one, into)),
        Value::Object(object) => object.values_mut().for_each(|one| collect_leaves(one, into)),
        leaf => into.push(leaf),
    }
}

fn check_valid(schema: &ResourceSchema, valid: &Valid, compat: &Compat) {
    let attributes = valid.attributes();
    let document = Value::Object(attributes.clone());
    assert!(is_canonical(&document), "{document}");
    let again = schema.validate(document.clone(), Mode::Replace(attributes), compat).unwrap();
    assert_eq!(again.attributes(), attributes);
    assert_eq!(schema.trust(document).attributes(), attributes);
    assert!(schema.same(attributes, attributes));
    assert_eq!(places_of(&schema.shadow(attributes)), places_of(attributes));
}

proptest! {
    #[test]
    fn what_is_valid_is_canonical_and_stays_so(
        resource in resource(), compat in compat(), schema in thing(),
    ) {
        if let Ok(valid) = schema.validate(resource, Mode::Create, &compat) {
            check_valid(&schema, &valid, &compat);
        }
    }

    /// RFC 7643 §2.3.8, RFC 7643 §2.4
    #[test]
    fn neither_the_order_of_elements_nor_that_of_members_makes_a_difference(
        resource in good_resource(), seed in any::<u64>(),
    ) {
        let schema = sample::thing();
        let one = schema.validate(resource, Mode::Create, &Compat::INTEROP).unwrap();
        let other = mixed(&Value::Object(one.attributes().clone()), &mut seed.clone());
        let other = other.as_object().unwrap();
        prop_assert!(schema.same(one.attributes(), other) && schema.same(other, one.attributes()));
    }

    /// RFC 7643 §2.4
    #[test]
    fn every_value_makes_a_difference(resource in good_resource(), seed in any::<u64>()) {
        let schema = sample::thing();
        let one = schema.validate(resource, Mode::Create, &Compat::INTEROP).unwrap();
        let mut other = Value::Object(one.attributes().clone());
        let mut leaves = Vec::new();
        collect_leaves(&mut other, &mut leaves);
        let at = usize::try_from(seed % leaves.len() as u64).unwrap();
        let leaf = leaves.swap_remove(at);
        *leaf = match &*leaf {
            Value::String(text) => json!(format!("{text}!")),
            Value::Bool(flag) => json!(!flag),
            _ => json!("another"),
        };
        let other = mixed(&other, &mut seed.clone());
        let other = other.as_object().unwrap();
        prop_assert!(!schema.same(one.attributes(), other) && !schema.same(other, one.attributes()));
    }

    #[test]
    fn a_report_shows_no_values(resource in resource(), compat in compat(), schema in thing()) {
        match schema.validate(resource, Mode::Create, &compat) {
            Ok(valid) => {
                for issue in valid.reported().iter().chain(valid.dropped()) {
                    prop_assert!(!issue.to_string().contains(MARK));
                }
                let shown = format!("{:?}", valid);
                prop_assert!(!shown.contains(MARK));
            }
            Err(report) => {
                prop_assert!(report.count() > 0);
                prop_assert!(!report.to_string().contains(MARK), "{report}");
            }
        }
    }

    #[test]
    fn trust_is_its_own_fixed_point(resource in resource(), schema in thing()) {
        let once = schema.trust(resource);
        let twice = schema.trust(Value::Object(once.attributes().clone()));
        prop_assert_eq!(once.attributes(), twice.attributes());
    }

    #[test]
    fn a_replacement_by_itself_changes_nothing(
        resource in resource(), compat in compat(), schema in thing(),
    ) {
        if let Ok(valid) = schema.validate(resource.clone(), Mode::Create, &compat) {
            let before = valid.attributes();
            let after = schema.validate(resource, Mode::Replace(before), &compat);
            prop_assert_eq!(after.unwrap().into_attributes(), before.clone());
        }
    }

    #[test]
    fn what_a_patch_leaves_alone_is_not_judged(resource in resource(), schema in thing()) {
        let Value::Object(before) = resource else { unreachable!() };
        let trusted = schema.trust(Value::Object(before)).into_attributes();
        let again = Value::Object(trusted.clone());
        let patched = schema.validate(again, Mode::Patched(&trusted), &Compat::STRICT);
        prop_assert_eq!(patched.unwrap().into_attributes(), trusted);
    }

    #[test]
    fn what_the_server_leaves_alone_is_not_judged(resource in resource(), schema in thing()) {
        let mut trusted = schema.trust(resource);
        let judged = trusted.attributes().clone();
        prop_assert_eq!(schema.amend(&mut trusted, &judged, Some(&judged)), Ok(()));
        prop_assert_eq!(trusted.attributes(), &judged);
    }

    #[test]
    fn the_server_may_write_what_a_client_may(
        resource in resource(), compat in compat(), schema in thing(), from_nothing in any::<bool>(),
    ) {
        if let Ok(mut valid) = schema.validate(resource, Mode::Create, &compat) {
            let expected = valid.attributes().clone();
            let mut judged = expected.clone();
            judged.retain(|name, _| name == "userName" || name.len() % 2 == 0 && !from_nothing);
            prop_assert_eq!(schema.amend(&mut valid, &judged, None), Ok(()));
            prop_assert_eq!(valid.attributes(), &expected);
        }
    }

    /// RFC 7644 §3.9
    #[test]
    fn projection_never_adds(
        resource in resource(),
        named in prop::collection::vec((name(), prop::option::of(part())), 0..4),
        exclude in any::<bool>(),
    ) {
        let schema = sample::thing();
        let names: Vec<String> = named
            .into_iter()
            .map(|(name, sub)| sub.map_or(name.clone(), |sub| format!("{name}.{sub}")))
            .collect();
        let names = names.iter().map(String::as_str);
        let projection = if exclude {
            Projection::except(&schema, names, &Compat::INTEROP)
        } else {
            Projection::only(&schema, names, &Compat::INTEROP)
        }
        .unwrap();
        let before = schema.trust(resource).into_attributes();
        let mut after = before.clone();
        projection.apply(&mut after);
        let written = sample::written(&projection, &before);
        prop_assert_eq!(written.as_object(), Some(&after));
        let (kept, all) = (places_of(&after), places_of(&before));
        prop_assert!(kept.iter().all(|place| all.contains(place)));
        let was_canonical = is_canonical(&Value::Object(before));
        prop_assert!(!was_canonical || is_canonical(&Value::Object(after.clone())));
        let mut twice = after.clone();
        projection.apply(&mut twice);
        prop_assert_eq!(twice, after);
    }
}

#[test]
fn the_corpus_keeps_the_laws_too() {
    for case in &cases() {
        let schema = case.resource_schema();
        for compat in case.compats() {
            if let Ok(valid) = schema.validate(case.resource.clone(), Mode::Create, compat) {
                check_valid(&schema, &valid, compat);
            }
        }
    }
}
