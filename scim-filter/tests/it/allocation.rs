use allocation_counter::measure;
use scim_filter::{Filter, Options, testing};
use serde_json::json;

/// How often memory is asked for.
fn allocations(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}

fn parse(text: &str) -> u64 {
    allocations(|| drop(text.parse::<Filter>().unwrap()))
}

#[test]
fn parsing_asks_for_memory_once_for_each_chain_bracket_and_not() {
    assert_eq!(parse(r#"userName eq "bjensen""#), 0);
    assert_eq!(parse(r#"meta.lastModified gt "2011-05-13T04:42:34Z""#), 0);
    assert_eq!(parse(r#"not (title pr)"#), 1);
    assert_eq!(parse(r#"title pr and (active eq true or level gt 5)"#), 2);
    // One for the chain inside, one for what the bracket holds.
    assert_eq!(parse(r#"emails[type eq "work" and value co "@example.com"]"#), 2);
    // Longer than what fits into the tree itself.
    assert_eq!(parse(r#"userName eq "barbara.jensen@example.com""#), 1);
    let chain = vec!["title pr"; 256].join(" or ");
    assert!(parse(&chain) <= 9, "{}", parse(&chain));
}

#[test]
fn matching_asks_for_no_memory_unless_text_has_to_be_folded() {
    let resources = testing::resources();
    for text in [
        r#"userName eq "BJENSEN""#,
        r#"emails[type eq "work" and value co "@EXAMPLE.com"]"#,
        r#"not (level gt 5) and active eq true or id sw "a""#,
    ] {
        let filter: Filter = text.parse().unwrap();
        let filter = filter.check(&testing::Schema, &Options::STRICT).unwrap();
        let ascii = resources.iter().filter(|one| one.to_string().is_ascii());
        for resource in ascii {
            assert_eq!(allocations(|| _ = filter.matches(resource)), 0, "{text}");
        }
    }
}

#[test]
fn a_long_text_is_folded_once_however_many_terms_look_at_it() {
    let text = "Ärger ".repeat(50_000);
    let user = json!({"title": text, "nickName": text, "emails": [{"value": text}]});
    let ops = ["co", "sw", "ew", "eq", "lt"];
    let term = |at: usize| {
        let op = ops[at % ops.len()];
        ["title", "nickName", "emails.value"].map(|path| format!("{path} {op} \"x{at}\""))
    };
    let filter = (0..80).flat_map(term).collect::<Vec<_>>().join(" or ");
    let filter: Filter = filter.parse().unwrap();
    let checked = filter.clone().check(&testing::Schema, &Options::STRICT).unwrap();
    // Each step of folding asks for a text of its own.
    let most = 3 * 10 * text.len() as u64;
    let used = measure(|| assert!(!checked.matches(&user))).bytes_total;
    assert!(used < most, "{used} bytes");
    let used = measure(|| assert!(!filter.matches(&user))).bytes_total;
    assert!(used < most, "{used} bytes");
}

#[test]
fn many_short_texts_are_folded_once_however_many_terms_look_at_them() {
    for (count, length) in [(1_000, 511), (10_000, 50), (100, 40)] {
        let text = |at: usize| format!("{}{at}", "Ä".repeat(length));
        let values: Vec<String> = (0..count).map(text).collect();
        let size: usize = values.iter().map(String::len).sum();
        let emails: Vec<_> = values.iter().map(|value| json!({ "value": value })).collect();
        let user = json!({ "emails": emails });
        let ops = ["co", "sw", "ew", "eq", "gt"];
        let term = |at: usize| format!("emails.value {} \"ö{at}\"", ops[at % ops.len()]);
        let filter = (0..256).map(term).collect::<Vec<_>>().join(" or ");
        let filter: Filter = filter.parse().unwrap();
        let checked = filter.clone().check(&testing::Schema, &Options::STRICT).unwrap();
        let most = 10 * size as u64;
        let used = measure(|| assert!(!checked.matches(&user))).bytes_total;
        assert!(used < most, "{used} bytes for {size}");
        let used = measure(|| assert!(!filter.matches(&user))).bytes_total;
        assert!(used < most, "{used} bytes for {size}");
    }
}
