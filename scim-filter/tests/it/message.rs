use std::fmt::Write;

use scim_core::Error;
use scim_filter::{BuildError, Filter, Limits, Options, PatchPath, testing};

/// Each error on one line, then the whole.
fn rendered<T, E: std::fmt::Display>(
    texts: impl IntoIterator<Item = String>,
    read: impl Fn(&str) -> Result<T, E>,
) -> String {
    let mut page = String::new();
    for text in texts {
        let Err(error) = read(&text) else { panic!("{text} is no error") };
        writeln!(page, "{error}\n--\n{error:#}\n").unwrap();
    }
    page
}

#[test]
fn errors_of_filters_point_at_the_culprit() {
    let texts = testing::invalid().into_iter().map(|case| case.filter);
    insta::assert_snapshot!(rendered(texts, str::parse::<Filter>));
}

#[test]
fn errors_of_paths_point_at_the_culprit() {
    let cases = testing::paths().into_iter().filter(|case| case.kind.is_some());
    insta::assert_snapshot!(rendered(cases.map(|case| case.path), str::parse::<PatchPath>));
}

#[test]
fn errors_of_the_check_name_the_attribute() {
    let mut page = String::new();
    for case in testing::refused() {
        let filter: Filter = case.filter.parse().unwrap();
        let error = filter.check(&testing::Schema, &Options::STRICT).unwrap_err();
        writeln!(page, "{}\n  {error}", case.filter).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn errors_of_limits_and_other_languages() {
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_depth, limits.max_terms) = (80, 2, 3);
    let options = Options::STRICT.limits(limits);
    let texts = [
        "a pr or ".repeat(20),
        "(((a pr)))".to_owned(),
        "a pr or b pr or c pr or d pr".to_owned(),
        r#"userName like "x""#.to_owned(),
        r#"userName startsWith "x""#.to_owned(),
        r#"userName endsWith "x""#.to_owned(),
        r#"userName != "x""#.to_owned(),
        r#"level >= 5"#.to_owned(),
        r#"level<5"#.to_owned(),
        r#"title exists and a pr"#.to_owned(),
        r#"a pr || b pr"#.to_owned(),
        r#"a pr, b pr"#.to_owned(),
    ];
    insta::assert_snapshot!(rendered(texts, |text| Filter::parse_with(text, &options)));
}

#[test]
fn errors_of_the_lenient_grammar_help_too() {
    let texts = [
        r#"userName eq bjensen""#,
        r#"(userName eq bjensen") or title pr"#,
        r#"level eq 5""#,
        r#"userName eq bjensen"smith""#,
        "userName eq ‘bjensen’",
        "userName eq “Barbara Jensen” and title pr",
        "userName eq “bjensen",
        "userName eq bjensen”",
        r#"userName in ("a","b")"#,
        "!(a pr)",
        "title pr and !active eq true",
        r#"userName eq "x", title pr"#,
        r#"userName eq "x",title pr"#,
        "active eq true, title pr",
        "title pr, active eq true",
        r#"userName eq "x"&& title pr"#,
    ];
    let texts = texts.map(str::to_owned);
    insta::assert_snapshot!(rendered(texts, |text| Filter::parse_with(text, &Options::INTEROP)));
}

#[test]
fn an_apostrophe_within_a_word_is_no_quote() {
    let filter = Filter::parse_with("name.familyName eq O’Malley", &Options::INTEROP).unwrap();
    assert_eq!(filter.to_string(), r#"name.familyName eq "O’Malley""#);
}

#[test]
fn only_the_surroundings_of_the_culprit_are_shown() {
    let text =
        format!("{} and x regex \"é\" and {}", "title pr or a pr".repeat(10), "b pr".repeat(99));
    let long = format!("userName eq {}", "x".repeat(500));
    let behind = format!("{}x regex \"é\" and title pr", "title pr or ".repeat(10));
    let texts = [text.replace("pra", "pr or a"), long, behind];
    insta::assert_snapshot!(rendered(texts, str::parse::<Filter>));
}

/// What goes to logs and to the wire holds nothing that a person typed in as a value.
#[test]
fn no_literal_is_in_the_line_or_in_the_debug_form() {
    for (text, secret) in [
        (r#"userName eq "bjensen" or"#, "bjensen"),
        (r#"userName eq "bjensen" "smith""#, "smith"),
        ("userName eq bjensen", "bjensen"),
        ("userName bjensen", "bjensen"),
        ("(userName bjensen)", "bjensen"),
        ("userName bjensen@example.com eq x", "bjensen"),
        ("userName=bjensen", "bjensen"),
        ("userName='bjensen'", "bjensen"),
        ("userName eq 'bjensen'", "bjensen"),
        (r#"userName eq "bjensen"#, "bjensen"),
        (r#"userName eq "bjensen\x""#, "bjensen"),
        (r#"userName eq bjensen"smith""#, "smith"),
        (r#""bjensen" eq userName"#, "bjensen"),
        ("userName pr bjensen", "bjensen"),
        ("password hunter and id pr", "hunter"),
        ("displayName John Smith", "John"),
        ("userName bjensen and active eq true", "bjensen"),
        (r#"userName secret "x""#, "secret"),
        ("userName s_cret eq 1", "s_cret"),
        ("userName <>=! 1", "<>=!"),
        (r#"emails[value bjensen "x"]"#, "bjensen"),
        ("userName eq\u{a0}bjensen", "bjensen"),
        ("userName eqbjensen 1", "bjensen"),
    ] {
        let error = text.parse::<Filter>().unwrap_err();
        let shown = format!("{error} {error:?} {}", Error::from(error.clone()));
        assert!(!shown.contains(secret), "{shown}");
        assert!(!shown.contains('\n'), "{shown}");
        let kind = format!("kind: {:?}", error.kind());
        assert!(format!("{error:?}").contains(&kind), "{shown}");
    }
    // Wherever a word stands that is neither an attribute nor an operator, and whatever follows.
    for before in ["userName ", "userName eq ", "userName pr ", "userName eq \"x\" ", "a[b "] {
        for behind in
            ["", " ", " x", " \"x\"", " and id pr", " or a", ")", "]", "\"", "'", ", b pr"]
        {
            let text = format!("{before}Hunter{behind}");
            for options in [Options::STRICT, Options::INTEROP] {
                let errors = [
                    Filter::parse_with(&text, &options).err(),
                    PatchPath::parse_with(&text, &options).err(),
                ];
                for error in errors.into_iter().flatten() {
                    assert!(!format!("{error}{error:?}").contains("Hunter"), "{text}: {error}");
                }
            }
        }
    }
    let filter: Filter = r#"userName eq "secret" and externalId sw "secret""#.parse().unwrap();
    let checked = filter.check(&testing::Schema, &Options::STRICT).unwrap();
    let key = scim_filter::Key::text("secret", true);
    assert!(!format!("{filter:?} {checked:?} {key:?}").contains("secret"));
    for text in [r#"active eq "secret""#, r#"level eq "secret""#, r#"hired eq "secret""#] {
        let filter: Filter = text.parse().unwrap();
        let error = filter.check(&testing::Schema, &Options::INTEROP).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}

#[test]
fn what_cannot_be_built_is_refused() {
    assert_eq!(Filter::eq("a b", "x"), Err(BuildError::Path));
    assert_eq!(Filter::eq("a eq 1 or b", "x"), Err(BuildError::Path));
    assert_eq!(Filter::present(""), Err(BuildError::Path));
    assert_eq!(Filter::eq("a", "x\0"), Err(BuildError::Nul));
    assert_eq!(Filter::all([]), Err(BuildError::Empty));
    assert_eq!(Filter::eq("a", "x".repeat(9000)), Err(BuildError::TooLarge));
    let inner = Filter::element("a", Filter::present("b").unwrap()).unwrap();
    assert_eq!(Filter::element("c", inner), Err(BuildError::NestedBrackets));
    let many = std::iter::repeat_with(|| Filter::present("a").unwrap());
    assert!(Filter::any(many.take(256)).is_ok());
    let many = std::iter::repeat_with(|| Filter::present("a").unwrap());
    assert_eq!(Filter::any(many), Err(BuildError::TooLarge));
    let mut limits = Limits::DEFAULT;
    (limits.max_len, limits.max_depth, limits.max_terms) = (19, usize::MAX, 2);
    let one = |name: &str| Filter::present(name).unwrap();
    assert!(Filter::all_within(&limits, [one("abcd"), one("efgh")]).is_ok());
    assert_eq!(Filter::all_within(&limits, [one("abcde"), one("efgh")]), Err(BuildError::TooLarge));
    assert_eq!(Filter::any_within(&limits, ["a", "b", "c"].map(one)), Err(BuildError::TooLarge));
    limits.max_len = usize::MAX;
    let deepest = (0..64).fold(one("a"), |filter, _| filter.negate().unwrap());
    let deeper = Filter::all_within(&limits, [one("b"), deepest]).unwrap();
    limits.max_depth = 63;
    assert_eq!(Filter::any_within(&limits, [deeper, one("b")]), Err(BuildError::TooLarge));
    assert_eq!(Error::from(BuildError::Nul).scim_type.unwrap().as_str(), "invalidValue");
    assert_eq!(Error::from(BuildError::Path).scim_type.unwrap().as_str(), "invalidFilter");
}
