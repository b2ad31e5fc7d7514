use scim_core::{AttrName, Attribute, Kind};
use scim_filter::{Filter, Options, PatchPath};
use serde_json::json;

fn user() -> Vec<Attribute> {
    let named = |name, kind| Attribute::new(AttrName::from_static(name), kind);
    vec![
        named("userName", Kind::String),
        named("active", Kind::Boolean),
        Attribute::complex(
            AttrName::from_static("emails"),
            [
                named("value", Kind::String),
                named("type", Kind::String),
                named("primary", Kind::Boolean),
            ],
        )
        .multi_valued(),
    ]
}

#[test]
fn a_filter_is_read_checked_and_held_against_a_user() {
    let resource = json!({"userName": "BJensen", "active": true, "emails": [{"value": "a@x.y", "type": "work"}]});
    for (text, expected) in [
        (r#"userName eq "bjensen""#, true),
        (r#"userName sw "bj" and not (active eq false)"#, true),
        (r#"emails[type eq "work" and value co "@X"]"#, true),
        (r#"emails.primary eq false"#, true),
        (r#"emails.primary pr"#, false),
        (r#"emails co "z""#, false),
    ] {
        let filter: Filter = text.parse().unwrap();
        let checked = filter.check(&user(), &Options::STRICT).unwrap();
        assert_eq!(checked.matches(&resource), expected, "{text}");
        assert_eq!(filter.matches(&resource), expected, "{text}");
        assert_eq!(filter.to_string(), text);
    }
    assert!(r#"emails[type eq "work"].value"#.parse::<PatchPath>().is_ok());
}
