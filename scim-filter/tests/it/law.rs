use proptest::prelude::*;
use scim_filter::{CompareOp, Filter, Limits, Literal, Options, PatchPath, testing};
use serde_json::Value;

fn path() -> impl Strategy<Value = String> {
    let name = "\\$?[a-zA-Z][a-zA-Z0-9_$-]{0,8}";
    let uri = prop_oneof![
        Just(String::new()),
        Just("urn:ietf:params:scim:schemas:core:2.0:User:".to_owned()),
        "urn:[a-z0-9.]{1,5}:[a-zA-Z0-9.]{1,5}:",
    ];
    (uri, name, proptest::option::of(name)).prop_map(|(uri, name, sub)| match sub {
        Some(sub) => format!("{uri}{name}.{sub}"),
        None => format!("{uri}{name}"),
    })
}

fn literal() -> impl Strategy<Value = Literal> {
    let word = "(?i:true|false|null|-?[0-9]{1,3}|[a-z]{1,6}|\"|\\\\|\\]|\\)| )";
    prop_oneof![
        any::<bool>().prop_map(Literal::from),
        any::<i64>().prop_map(Literal::from),
        any::<f64>()
            .prop_filter_map("finite", serde_json::Number::from_f64)
            .prop_map(Literal::from),
        "[^\\x00]{0,12}".prop_map(Literal::from),
        word.prop_map(Literal::from),
        Just(Literal::from(())),
    ]
}

fn op() -> impl Strategy<Value = CompareOp> {
    use CompareOp::{Co, Eq, Ew, Ge, Gt, Le, Lt, Ne, Sw};
    prop::sample::select(vec![Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le])
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        3 => (path(), op(), literal())
            .prop_map(|(path, op, literal)| Filter::compare(&path, op, literal).unwrap()),
        1 => path().prop_map(|path| Filter::present(&path).unwrap()),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| Filter::all(all).unwrap()),
            prop::collection::vec(inner.clone(), 1..4).prop_map(|any| Filter::any(any).unwrap()),
            inner.clone().prop_map(|inner| inner.negate().unwrap()),
            (path(), inner.clone()).prop_map(|(path, inner)| {
                Filter::element(&path, inner.clone()).unwrap_or(inner)
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_as_the_same_filter(filter in filter()) {
        let text = filter.to_string();
        let strict: Filter = text.parse().unwrap();
        prop_assert_eq!(&strict, &filter);
        prop_assert_eq!(&Filter::parse_with(&text, &Options::INTEROP).unwrap(), &filter);
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Filter>(&json).unwrap(), &filter);
    }

    #[test]
    fn a_filter_in_brackets_is_a_path(filter in filter(), path in path()) {
        let text = format!("{path}[{filter}].value");
        match text.parse::<PatchPath>() {
            Ok(read) => {
                prop_assert_eq!(read.filter(), Some(&filter));
                prop_assert_eq!(read.to_string(), text);
            }
            Err(error) => {
                prop_assert_eq!(error.kind(), scim_filter::ParseErrorKind::NestedBrackets);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_or_refuse(&text);
    }

    #[test]
    fn any_soup_of_tokens_is_read_or_refused(
        tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..24),
        blank in prop::sample::select(vec!["", " "]),
    ) {
        read_or_refuse(&tokens.join(blank));
    }

    #[test]
    fn not_is_the_contrary_and_ne_that_of_eq(filter in filter(), path in path(), literal in literal()) {
        for resource in testing::resources() {
            let negated = filter.clone().negate().unwrap();
            prop_assert_eq!(negated.matches(&resource), !filter.matches(&resource));
            let eq = Filter::eq(&path, literal.clone()).unwrap();
            let ne = Filter::ne(&path, literal.clone()).unwrap();
            prop_assert_eq!(ne.matches(&resource), !eq.matches(&resource));
        }
    }

    #[test]
    fn a_built_filter_is_one_that_can_be_read(
        parts in prop::collection::vec(filter(), 0..40),
        flags in any::<u8>(),
    ) {
        let built = if flags & 1 == 0 { Filter::all(parts) } else { Filter::any(parts) };
        if let Ok(filter) = built {
            prop_assert!(filter.to_string().len() <= Limits::DEFAULT.max_len);
            prop_assert_eq!(filter.to_string().parse(), Ok(filter));
        }
    }
}

const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "not",
    "and",
    "or",
    "pr",
    "eq",
    "NE",
    "co",
    "emails",
    "type",
    "value",
    "name.givenName",
    "urn:a:2.0:User:x",
    "urn:a:b:2.0",
    "\"work\"",
    "\"\\u00e9\"",
    "\"",
    "'x'",
    "\\",
    "1",
    "-1.5e3",
    "true",
    "null",
    "True",
    ".",
    ".value",
    " ",
    "\t",
    "é",
    "=",
    "",
];

fn read_or_refuse(text: &str) {
    for options in [Options::STRICT, Options::INTEROP] {
        match Filter::parse_with(text, &options) {
            Ok(filter) => {
                assert_eq!(filter.to_string().parse(), Ok(filter.clone()), "{text:?}");
                let _ = filter.check(&testing::Schema, &options);
                testing::resources().iter().for_each(|resource| _ = filter.matches(resource));
            }
            Err(error) => {
                assert!(text.get(error.span()).is_some(), "{text:?} {error:?}");
                assert!(!format!("{error:#}{error}{error:?}").is_empty());
            }
        }
        match PatchPath::parse_with(text, &options) {
            Ok(path) => assert_eq!(path.to_string().parse(), Ok(path), "{text:?}"),
            Err(error) => assert!(text.get(error.span()).is_some(), "{text:?} {error:?}"),
        }
    }
}

/// With a schema and without one, the outcome is the same for all that has the same types.
#[test]
fn equal_keys_of_json_are_not_needed_for_equal_numbers() {
    let filter: Filter = "level eq 1e0".parse().unwrap();
    for text in ["1", "1.0", "10e-1", "0.1E1"] {
        let resource: Value = serde_json::from_str(&format!("{{\"level\":{text}}}")).unwrap();
        assert!(filter.matches(&resource), "{text}");
        let checked = filter.check(&testing::Schema, &Options::STRICT).unwrap();
        assert!(checked.matches(&resource), "{text}");
    }
}
