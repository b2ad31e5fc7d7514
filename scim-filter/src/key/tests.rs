use std::cmp::Ordering;

use proptest::prelude::*;
use scim_core::Kind;
use serde_json::{Value, json};

use super::Key;

fn instant(text: &str) -> Key {
    Key::instant(text).unwrap_or_else(|| panic!("{text} is no instant"))
}

fn decimal(text: &str) -> Key {
    Key::decimal(text).unwrap_or_else(|| panic!("{text} is no decimal"))
}

#[test]
fn one_instant_has_one_key() {
    for text in [
        "2011-05-13T04:42:34Z",
        "2011-05-13T04:42:34",
        "2011-05-13T04:42:34.000Z",
        "2011-05-13T04:42:34-00:00",
        "2011-05-13T18:42:34+14:00",
        "2011-05-12T14:42:34-14:00",
        "2011-05-12T23:12:34.0-05:30",
    ] {
        assert_eq!(instant(text).as_str(), "2011-05-13T04:42:34", "{text}");
    }
    assert_eq!(instant("2000-02-28T24:00:00Z"), instant("2000-02-29T00:00:00Z"));
    assert_eq!(instant("2011-12-31T24:00:00.00-01:00"), instant("2012-01-01T01:00:00Z"));
    assert_eq!(instant("2011-05-13T04:42:34.50+00:00").as_str(), "2011-05-13T04:42:34.5");
}

#[test]
fn what_is_no_instant_has_no_key() {
    for text in [
        "",
        "2011",
        "2011-05-13",
        "04:42:34",
        "2011-05-13 04:42:34Z",
        "2011-05-13t04:42:34z",
        "2011-05-13T04:42Z",
        "2011-05-13T04:42:34.Z",
        "2011-05-13T04:42:34,5Z",
        "2011-02-29T00:00:00Z",
        "2011-13-01T00:00:00Z",
        "2011-00-01T00:00:00Z",
        "2011-05-13T24:00:01Z",
        "2011-05-13T24:00:00.1Z",
        "2011-05-13T25:00:00Z",
        "2011-05-13T04:60:00Z",
        "2011-05-13T04:42:60Z",
        "2011-05-13T04:42:34+14:01",
        "2011-05-13T04:42:34+05:60",
        "2011-05-13T04:42:34+0500",
        "2011-05-13T04:42:34 Z",
        "12011-05-13T04:42:34Z",
        "-2011-05-13T04:42:34Z",
        "+2011-05-13T04:42:34Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "9999-12-31T24:00:00Z",
        "2011-05-13T04:42:3\u{664}Z",
        "２011-05-13T04:42:34Z",
    ] {
        assert_eq!(Key::instant(text), None, "{text}");
    }
    assert!(Key::instant("0000-01-01T00:00:00Z").is_some());
    assert!(Key::instant("9999-12-31T23:59:59.999+00:00").is_some());
}

#[test]
fn one_number_has_one_key() {
    for (texts, key) in [
        (&["0", "-0", "0.0", "-0.00", "0e5", "0e999999999999999999999", "-0E-7"][..], "0"),
        (&["1", "1.0", "10e-1", "0.1E1", "0.01e+02", "100e-2"][..], "p50011"),
        (&["-15", "-15.0", "-1.5e1"][..], "-499784~"),
        (&["2500.25", "250025e-2"][..], "p5004250025"),
    ] {
        for text in texts {
            assert_eq!(decimal(text).as_str(), key, "{text}");
        }
    }
}

#[test]
fn what_is_no_number_in_json_has_no_key() {
    for text in [
        "",
        "-",
        "+1",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1.e1",
        "0x1",
        "NaN",
        "Infinity",
        "1 ",
        " 1",
        "1_0",
        "--1",
        "1e1.5",
        "१",
        "1e5000",
        "1e-5001",
        "1e99999999999",
        "-1e5000",
    ] {
        assert_eq!(Key::decimal(text), None, "{text}");
    }
}

#[test]
fn numbers_are_in_order() {
    let ordered = [
        "-1e4000",
        "-1e300",
        "-10",
        "-9.5",
        "-9.49",
        "-9",
        "-1.5",
        "-1.05",
        "-1",
        "-0.9",
        "-1e-300",
        "0",
        "1e-4000",
        "1e-300",
        "0.00001",
        "0.1",
        "0.10000000000000000000000001",
        "0.9",
        "1",
        "1.05",
        "1.5",
        "9",
        "9.49",
        "9.5",
        "10",
        "9007199254740992",
        "9007199254740993",
        "1e300",
    ];
    for (place, less) in ordered.iter().enumerate() {
        for more in &ordered[place + 1..] {
            assert!(decimal(less) < decimal(more), "{less} {more}");
        }
    }
}

#[test]
fn values_of_another_type_have_no_key() {
    for (value, kind) in [
        (json!(1), Kind::String),
        (json!("1"), Kind::Integer),
        (json!("true"), Kind::Boolean),
        (json!(true), Kind::String),
        (json!(0), Kind::DateTime),
        (json!("2011"), Kind::DateTime),
        (json!({}), Kind::Complex),
        (json!(["a"]), Kind::String),
        (Value::Null, Kind::String),
    ] {
        assert_eq!(Key::of(&value, kind, false), None, "{value} {kind:?}");
        assert!(!Key::text("", false).matches(&value, kind, false));
    }
}

#[test]
fn numbers_of_json_have_the_key_of_their_text() {
    for text in [
        "0",
        "-0.0",
        "1",
        "1.0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "1e21",
        "1e-7",
        "0.1",
        "123.456",
        "-2.5e-9",
        "1000000",
        "1e15",
    ] {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(Key::of(&value, Kind::Decimal, false), Some(decimal(text)), "{text}");
        assert!(decimal(text).matches(&value, Kind::Integer, false), "{text}");
    }
}

#[test]
fn case_counts_where_it_should() {
    assert_ne!(Key::text("A", true), Key::text("a", true));
    assert_eq!(Key::text("É", true).as_str(), "É");
    assert_ne!(Key::text("e\u{301}", true), Key::text("é", true));
    assert_eq!(Key::text("E\u{301}", false), Key::text("é", false));
    assert_eq!(Key::binary("QQ=="), Key::binary("QQ"));
    assert_ne!(Key::binary("qq=="), Key::binary("QQ=="));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[aAbB]{0,4}",
        "[a-zA-Z0-9 ._@-]{0,12}",
        "[aAıIiİßẞﬁǰΐᾳ\u{345}\u{301}\u{307}\u{323}ｱﾞＡåÅ\u{212b}\u{212a}]{0,5}",
        any::<String>(),
    ]
}

/// The digits of a number and its exponent, which can be compared without keys.
fn number() -> impl Strategy<Value = (i64, i32)> {
    (prop_oneof![-20i64..20, -10_000i64..10_000, -(1i64 << 53)..1i64 << 53], -6i32..6)
}

fn order((a, e): (i64, i32), (b, f): (i64, i32)) -> Ordering {
    let scaled =
        |digits: i64, exponent: i32| i128::from(digits) * 10i128.pow((exponent + 6) as u32);
    scaled(a, e).cmp(&scaled(b, f))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folding_is_idempotent(text in text()) {
        let once = Key::text(&text, false);
        prop_assert_eq!(&Key::text(once.as_str(), false), &once);
    }

    /// The short ways come to the same outcome as two keys.
    #[test]
    fn a_value_compares_as_its_key(left in text(), right in text(), case_exact in any::<bool>()) {
        let (key, other) = (Key::text(&left, case_exact), Key::text(&right, case_exact));
        for (text, other) in [(right, other), (left.to_uppercase(), Key::text(&left.to_uppercase(), case_exact))] {
            let value = Value::String(text);
            let compared = |test: fn(&Key, &Value, Kind, bool) -> bool| {
                test(&key, &value, Kind::String, case_exact)
            };
            prop_assert_eq!(compared(Key::matches), other == key);
            prop_assert_eq!(compared(Key::begins), other.as_str().starts_with(key.as_str()));
            prop_assert_eq!(compared(Key::ends), other.as_str().ends_with(key.as_str()));
            prop_assert_eq!(compared(Key::is_within), other.as_str().contains(key.as_str()));
            prop_assert_eq!(key.order_of(&value, Kind::String, case_exact), Some(other.cmp(&key)));
        }
    }

    #[test]
    fn numbers_compare_as_their_keys(left in number(), right in number()) {
        let key = |(digits, exponent): (i64, i32)| decimal(&format!("{digits}e{exponent}"));
        prop_assert_eq!(key(left).cmp(&key(right)), order(left, right));
        let integer = Value::from(right.0);
        let expected = order((right.0, 0), left);
        prop_assert_eq!(key(left).order_of(&integer, Kind::Integer, false), Some(expected));
        prop_assert_eq!(key(left).matches(&integer, Kind::Integer, false), expected.is_eq());
    }

    #[test]
    fn floats_compare_as_their_keys(left in any::<f64>(), right in any::<f64>()) {
        prop_assume!(left.is_finite() && right.is_finite());
        let key = |float: f64| Key::of(&json!(float), Kind::Decimal, false).unwrap();
        prop_assert_eq!(Some(key(left).cmp(&key(right))), left.partial_cmp(&right));
    }

    #[test]
    fn instants_compare_as_their_keys(
        left in (0i64..4_000_000_000, 0u32..1_000, -840i32..=840),
        right in (0i64..4_000_000_000, 0u32..1_000, -840i32..=840),
        close in any::<bool>(),
    ) {
        let right = if close { (left.0, right.1, right.2) } else { right };
        let key = |(seconds, millis, offset): (i64, u32, i32)| {
            let zone = chrono::FixedOffset::east_opt(offset * 60).unwrap();
            let instant = chrono::DateTime::from_timestamp(seconds, millis * 1_000_000).unwrap();
            instant_of(&instant.with_timezone(&zone).to_rfc3339())
        };
        prop_assert_eq!(key(left).cmp(&key(right)), (left.0, left.1).cmp(&(right.0, right.1)));
    }
}

fn instant_of(text: &str) -> Key {
    instant(text)
}

#[test]
fn no_value_is_shown_by_debug() {
    assert_eq!(format!("{:?}", Key::text("jane@example.com", false)), "Key(_)");
}

#[test]
fn a_long_text_in_upper_case_holds_one_in_lower_case() {
    let text = Value::String("AB".repeat(4096));
    for (part, outcome) in [("bab", true), ("BAB", true), ("abb", false)] {
        assert_eq!(Key::text(part, false).is_within(&text, Kind::String, false), outcome, "{part}");
        assert_eq!(
            Key::text(part, true).is_within(&text, Kind::String, true),
            part == "BAB",
            "{part}, exactly"
        );
    }
}
