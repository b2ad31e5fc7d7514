use std::thread;

use scim_core::Error;
use scim_filter::{BuildError, Filter, Limits, Options, ParseErrorKind, PatchPath, testing};

const MANY: usize = 100_000;

/// On a thread whose stack is as small as stacks of servers get.
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

fn unlimited() -> Options {
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_depth, limits.max_terms) = (usize::MAX, usize::MAX, usize::MAX);
    Options::INTEROP.limits(limits)
}

fn kind(text: &str, options: &Options) -> Option<ParseErrorKind> {
    Filter::parse_with(text, options).err().map(|error| error.kind())
}

#[test]
fn depth_cannot_overflow_the_stack_whatever_the_limits() {
    on_a_small_stack(|| {
        for opening in ["(", "not (", "not(", "a[", "((a pr) and ", "a pr or ("] {
            let text = opening.repeat(MANY);
            let refused = kind(&text, &unlimited()).unwrap();
            let expected = [ParseErrorKind::TooDeep, ParseErrorKind::NestedBrackets];
            assert!(expected.contains(&refused), "{opening}: {refused:?}");
            assert_eq!(kind(&text, &Options::STRICT), Some(ParseErrorKind::TooLong));
            assert!(PatchPath::parse_with(&format!("a[{text}"), &unlimited()).is_err());
        }
        let closed = "(".repeat(MANY) + "a pr" + &")".repeat(MANY);
        assert_eq!(kind(&closed, &unlimited()), Some(ParseErrorKind::TooDeep));
    });
}

#[test]
fn the_deepest_filter_works_on_a_small_stack() {
    on_a_small_stack(|| {
        let mut text = r#"userName eq "x""#.to_owned();
        for level in 0..64 {
            let word = if level % 2 == 0 { "and" } else { "or" };
            text = format!("not (title pr {word} {text})");
        }
        let filter = Filter::parse_with(&text, &Options::STRICT).unwrap();
        assert_eq!(filter.to_string(), text);
        assert_eq!(filter.clone(), filter);
        let checked = filter.check(&testing::Schema, &Options::STRICT).unwrap();
        for resource in testing::resources() {
            assert_eq!(checked.clone().matches(&resource), filter.matches(&resource));
        }
        assert!(!format!("{filter:?} {checked:?}").is_empty());
        assert!(filter.attributes().len() == 2);
        let deeper = format!("not ({text})");
        assert_eq!(kind(&deeper, &unlimited()), Some(ParseErrorKind::TooDeep));
        assert!(filter.negate().is_err());
    });
}

#[test]
fn long_chains_are_flat() {
    on_a_small_stack(|| {
        for word in [" and ", " or "] {
            let text = vec!["title pr"; MANY].join(word);
            let filter = Filter::parse_with(&text, &unlimited()).unwrap();
            assert_eq!(filter.to_string(), text);
            let checked = filter.clone().check(&testing::Schema, &Options::STRICT).unwrap();
            let one: Filter = "title pr".parse().unwrap();
            for resource in testing::resources() {
                assert_eq!(checked.matches(&resource), one.matches(&resource));
            }
            drop((filter, checked));
        }
    });
}

#[test]
fn the_limits_are_exact() {
    let nested = |depth: usize| "(".repeat(depth) + "a pr" + &")".repeat(depth);
    assert_eq!(kind(&nested(64), &Options::STRICT), None);
    assert_eq!(kind(&nested(65), &Options::STRICT), Some(ParseErrorKind::TooDeep));
    let in_brackets = |depth: usize| format!("a[{}]", nested(depth));
    assert_eq!(kind(&in_brackets(63), &Options::STRICT), None);
    assert_eq!(kind(&in_brackets(64), &Options::STRICT), Some(ParseErrorKind::TooDeep));
    let chain = |terms: usize| vec!["a pr"; terms].join(" or ");
    assert_eq!(kind(&chain(256), &Options::STRICT), None);
    assert_eq!(kind(&chain(257), &Options::STRICT), Some(ParseErrorKind::TooManyTerms));
    let long = |len: usize| format!("a eq \"{}\"", "x".repeat(len - 7));
    assert_eq!(kind(&long(8192), &Options::STRICT), None);
    assert_eq!(kind(&long(8193), &Options::STRICT), Some(ParseErrorKind::TooLong));
}

#[test]
fn parentheses_that_a_leniency_adds_count() {
    let mut limits = Limits::DEFAULT;
    limits.max_depth = 1;
    let options = Options::INTEROP.limits(limits);
    assert_eq!(kind(r#"a[b pr].c eq "x""#, &options), None);
    let refused = kind(r#"a[b pr or d pr].c eq "x""#, &options);
    assert_eq!(refused, Some(ParseErrorKind::TooDeep));
}

#[test]
fn what_was_read_within_a_limit_prints_within_it() {
    let fill = |start: &str, end: &str, len: usize| {
        format!("{start}{}{end}", "x".repeat(len - start.len() - end.len()))
    };
    // How much longer the canonical form is.
    for (start, end, growth) in [
        ("a eq ", "", 2),
        ("not(", " pr)", 1),
        ("a eq\"", "\"", 1),
        ("a[b pr or d pr].c eq \"", "\"", 6),
        ("a[b pr].c eq ", "", 6),
    ] {
        let most = fill(start, end, 8192 - growth);
        let filter = Filter::parse_with(&most, &Options::INTEROP).unwrap();
        assert_eq!(filter.to_string().len(), 8192, "{start}");
        assert_eq!(filter.to_string().parse(), Ok(filter.clone()));
        let json = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&json).unwrap(), filter);
        let more = fill(start, end, 8193 - growth);
        assert_eq!(kind(&more, &Options::INTEROP), Some(ParseErrorKind::TooLong), "{start}");
    }
    // Blanks and parentheses that are not printed do not make up for it, nor does it take any.
    assert_eq!(kind(&fill("( a eq ", " )", 8192), &Options::INTEROP), None);
    let path = |len| PatchPath::parse_with(&fill("a eq \"", "\"", len), &Options::INTEROP);
    let longest = path(8185).unwrap();
    assert_eq!(longest.to_string().len(), 8192);
    assert_eq!(longest.to_string().parse(), Ok(longest));
    assert_eq!(path(8186).unwrap_err().kind(), ParseErrorKind::TooLong);
}

/// Texts so long that looking at a byte more than a few times would take hours.
#[test]
fn long_texts_of_every_shape_are_answered() {
    let shapes: [fn(usize) -> String; 9] = [
        |n| format!("{} pr", "a".repeat(n)),
        |n| format!("{}b pr", "a:".repeat(n)),
        |n| format!("{}b pr", "a.".repeat(n)),
        |n| format!("a eq \"{}\"", "x".repeat(n)),
        |n| format!("a eq \"{}\"", "\\u0041".repeat(n)),
        |n| format!("a eq \"{}", "\\\"".repeat(n)),
        |n| format!("a{}pr", " ".repeat(n)),
        |n| format!("a eq {}", "1".repeat(n)),
        |n| "a[b pr or c pr] and not (d pr) or ".repeat(n / 8) + "e pr",
    ];
    for shape in shapes {
        let text = shape(2_000_000);
        let refused = Filter::parse_with(&text, &Options::STRICT).unwrap_err();
        assert_eq!(refused.kind(), ParseErrorKind::TooLong);
        drop(Filter::parse_with(&text, &unlimited()));
    }
}

#[test]
fn a_filter_is_not_copied_into_its_error_when_it_is_too_long() {
    let error = Filter::parse_with(&"é".repeat(MANY), &Options::STRICT).unwrap_err();
    assert!(format!("{error:#}").len() < 400);
}

#[test]
fn a_long_value_is_searched_for_a_long_text() {
    let value = "ab".repeat(200_000);
    let filter = Filter::co("userName", format!("{}C", "Ab".repeat(4000))).unwrap();
    assert!(!filter.matches(&serde_json::json!({ "userName": value })));
    assert!(filter.matches(&serde_json::json!({ "userName": format!("{value}abc") })));
}

#[test]
fn what_is_built_is_as_large_as_what_is_read_may_be() {
    let Limits { max_len, max_depth, .. } = Limits::DEFAULT;
    let nested = |depth| (0..depth).try_fold(Filter::present("a").unwrap(), |all, _| all.negate());
    let text = |len| Filter::eq("a", "x".repeat(len - r#"a eq """#.len()));
    let element = |depth| Filter::element("b", nested(depth - 1).unwrap());
    for largest in [nested(max_depth), element(max_depth), text(max_len)] {
        let largest = largest.unwrap();
        assert_eq!(largest.to_string().parse(), Ok(largest));
    }
    for larger in [nested(max_depth + 1), element(max_depth + 1), text(max_len + 1)] {
        assert_eq!(larger, Err(BuildError::TooLarge));
    }
}

/// RFC 7644 §3.5.2
#[test]
fn brackets_where_none_may_stand_are_a_fault_of_the_path_and_not_of_a_filter() {
    for (depth, path, scim_type) in
        [(0, "emails[type pr]", "invalidPath"), (1, "emails[not (type pr)]", "invalidFilter")]
    {
        let mut limits = Limits::DEFAULT;
        limits.max_depth = depth;
        let error = PatchPath::parse_with(path, &Options::STRICT.limits(limits)).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::TooDeep);
        assert_eq!(Error::from(error).scim_type.unwrap().as_str(), scim_type, "{path}");
    }
}
