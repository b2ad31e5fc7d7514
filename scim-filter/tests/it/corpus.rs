use scim_core::{Compat, Error};
use scim_filter::{Filter, Options, ParseError, PatchPath, testing};

fn ids(matches: impl Fn(&serde_json::Value) -> bool) -> Vec<String> {
    let resources = testing::resources().into_iter().filter(|resource| matches(resource));
    resources.map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
}

/// Fails with all cases that fail, not with the first.
fn assert_none(failures: Vec<String>) {
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn checked_filters_match_the_resources_they_should() {
    let mut failures = Vec::new();
    for case in testing::cases() {
        let filter = Filter::parse_with(&case.filter, &case.options()).unwrap();
        match filter.check(&testing::Schema, &case.options()) {
            Ok(checked) => {
                let found = ids(|resource| checked.matches(resource));
                if found != case.matches {
                    failures.push(format!("{case:?}\n  found {found:?}"));
                }
            }
            Err(error) => failures.push(format!("{case:?}: {error}")),
        }
    }
    assert_none(failures);
}

#[test]
fn filters_without_a_schema_match_the_resources_they_should() {
    let mut failures = Vec::new();
    for case in testing::cases().iter().filter(|case| !case.typed_only) {
        let filter = Filter::parse_with(&case.filter, &case.options()).unwrap();
        let found = ids(|resource| filter.matches(resource));
        if found != case.matches {
            failures.push(format!("{case:?}\n  found {found:?}"));
        }
    }
    assert_none(failures);
}

#[test]
fn lenient_cases_are_refused_by_the_strict_rules() {
    for case in testing::cases().iter().filter(|case| case.lenient) {
        let strict = Filter::parse_with(&case.filter, &Options::STRICT)
            .map_err(Error::from)
            .and_then(|filter| Ok(filter.check(&testing::Schema, &Options::STRICT)?));
        assert!(strict.is_err(), "{case:?}");
    }
}

#[test]
fn valid_filters_have_their_canonical_form() {
    let mut failures = Vec::new();
    for case in testing::valid() {
        match case.filter.parse::<Filter>() {
            Ok(filter) => {
                let canonical = filter.to_string();
                if canonical != case.canonical || canonical.parse() != Ok(filter) {
                    failures.push(format!("{case:?}\n  printed {canonical}"));
                }
            }
            Err(error) => failures.push(format!("{case:?}\n{error:#}")),
        }
    }
    assert_none(failures);
}

#[test]
fn each_leniency_hangs_on_its_field_alone() {
    for case in testing::lenient() {
        assert!(case.filter.parse::<Filter>().is_err(), "{case:?}");
        let with = |fields: &[String]| {
            let mut compat = Compat::STRICT;
            for field in fields {
                let one = testing::compat(field);
                compat.barewords |= one.barewords;
                compat.literal_case |= one.literal_case;
                compat.compare_value_path |= one.compare_value_path;
            }
            Filter::parse_with(&case.filter, &Options::STRICT.compat(compat))
        };
        let filter = with(&case.compat).unwrap_or_else(|error| panic!("{case:?}\n{error:#}"));
        assert_eq!(filter.to_string(), case.canonical);
        assert_eq!(case.canonical.parse(), Ok(filter.clone()), "{case:?}");
        assert_eq!(Filter::parse_with(&case.filter, &Options::INTEROP), Ok(filter));
        if let [_, rest @ ..] = case.compat.as_slice() {
            let outcome = with(rest);
            let same = outcome.is_ok_and(|filter| filter.to_string() == case.canonical);
            assert!(!same, "{case:?}");
        }
    }
}

#[test]
fn invalid_filters_are_refused_for_the_right_reason() {
    let mut failures = Vec::new();
    for case in testing::invalid() {
        let outcome = case.filter.parse::<Filter>();
        let kind = outcome.as_ref().map_err(|error| format!("{:?}", error.kind()));
        if kind.as_ref().err() != Some(&case.kind) {
            failures.push(format!("{case:?}\n  outcome {kind:?}"));
        }
        if let Err(error) = outcome {
            assert!(case.filter.get(error.span()).is_some(), "{case:?}: {:?}", error.span());
        }
    }
    assert_none(failures);
}

#[test]
fn filters_that_do_not_fit_are_refused_for_the_right_reason() {
    let mut failures = Vec::new();
    for case in testing::refused() {
        let filter: Filter = case.filter.parse().unwrap_or_else(|e| panic!("{case:?}\n{e:#}"));
        let outcome = filter.check(&testing::Schema, &Options::STRICT);
        let kind = outcome.map_err(|error| format!("{:?}", error.kind()));
        if !kind.as_ref().is_err_and(|kind| kind.split('(').next() == Some(case.kind.as_str())) {
            failures.push(format!("{case:?}\n  outcome {kind:?}"));
        }
        if let Some(field) = &case.compat {
            let options = Options::STRICT.compat(testing::compat(field));
            assert!(filter.check(&testing::Schema, &options).is_ok(), "{case:?}");
        } else {
            assert!(filter.check(&testing::Schema, &Options::INTEROP).is_err(), "{case:?}");
        }
    }
    assert_none(failures);
}

#[test]
fn paths_are_taken_apart_or_refused_for_the_right_reason() {
    let mut failures = Vec::new();
    for case in testing::paths() {
        let strict = case.path.parse::<PatchPath>();
        let outcome = match &case.compat {
            None => strict,
            Some(field) => {
                assert!(strict.is_err(), "{case:?}");
                PatchPath::parse_with(&case.path, &Options::STRICT.compat(testing::compat(field)))
            }
        };
        let found = match &outcome {
            Ok(path) => (
                Some(path.attr().to_string()),
                path.filter().map(ToString::to_string),
                path.sub().map(ToString::to_string),
                Some(path.to_string()),
                None,
                None,
            ),
            Err(error) => (
                None,
                None,
                None,
                None,
                Some(format!("{:?}", error.kind())),
                Some(error.scim_type().as_str().to_owned()),
            ),
        };
        let expected = (
            case.attr.clone(),
            case.filter.clone(),
            case.sub.clone(),
            case.canonical.clone(),
            case.kind.clone(),
            case.scim_type.clone(),
        );
        if found != expected {
            failures.push(format!("{case:?}\n  found {found:?}"));
        }
        if let Ok(path) = outcome {
            assert_eq!(path.to_string().parse::<PatchPath>(), Ok(path), "{case:?}");
        }
    }
    assert_none(failures);
}

#[test]
fn errors_reach_the_wire_with_their_keyword() {
    let wire = |error: ParseError| {
        let error = Error::from(error);
        (error.status.as_u16(), error.scim_type.map(|keyword| keyword.as_str().to_owned()))
    };
    let refused = |text: &str| wire(text.parse::<Filter>().unwrap_err());
    assert_eq!(refused("userName"), (400, Some("invalidFilter".into())));
    assert_eq!(refused(r#"userName eq "\u0000""#), (400, Some("invalidValue".into())));
    let filter: Filter = "nosuch pr".parse().unwrap();
    let error = Error::from(filter.check(&testing::Schema, &Options::INTEROP).unwrap_err());
    assert_eq!(error, Error::invalid_filter("`nosuch` is not a known attribute"));
}

#[test]
fn the_corpus_is_large_enough_to_mean_something() {
    let cases = testing::cases();
    assert!(testing::resources().len() >= 40);
    assert!(cases.len() + testing::valid().len() + testing::lenient().len() >= 400);
    assert!(testing::invalid().len() + testing::refused().len() >= 150);
    let untyped = cases.iter().filter(|case| !case.typed_only).count();
    assert!(untyped >= 300, "{untyped}");
    let telling = |case: &&testing::Case| {
        !case.matches.is_empty() && case.matches.len() < testing::resources().len()
    };
    assert!(cases.iter().filter(telling).count() >= 400);
    let filters: std::collections::BTreeSet<_> = cases.iter().map(|case| &case.filter).collect();
    assert_eq!(filters.len(), cases.len());
}
