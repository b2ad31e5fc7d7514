use scim_core::{AttrName, AttrPath, Attribute, Compat, Kind, SchemaUri};
use scim_filter::{
    Attributes, CheckErrorKind, Extended, Filter, Key, Node, Options, ParseErrorKind, PatchPath,
    Resolved, ResolvedPath, Unknown, testing::Schema,
};
use serde_json::{Value, json};

fn resolved(path: &str) -> Resolved<'static> {
    const SCHEMA: &Schema = &Schema;
    SCHEMA.resolve(&path.parse().unwrap(), &Compat::STRICT).unwrap()
}

fn element(parent: &str, filter: &str, value: Value) -> bool {
    let filter: Filter = filter.parse().unwrap();
    filter.check_element(&resolved(parent), &Options::STRICT).unwrap().matches(&value)
}

#[test]
fn a_filter_in_brackets_is_held_against_one_element() {
    let work = || json!({"type": "work", "value": "A@x.y"});
    assert!(element("emails", r#"type eq "WORK" and value sw "a""#, work()));
    assert!(element("emails", "primary eq false", work()));
    assert!(!element("emails", "primary eq true", work()));
    assert!(!element("emails", "primary pr", work()));
    assert!(element("tags", r#"value eq "RED""#, json!("red")));
    assert!(!element("codes", r#"value eq "RED""#, json!("red")));
    assert!(element("sizes", "value gt 1 and value lt 3", json!(2)));
    assert!(element("schemas", r#"value eq "URN:A:B""#, json!("urn:a:b")));
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    assert!(element(manager, r#"value eq "bob""#, json!({"value": "bob"})));
}

/// RFC 7643 §2.3.7
#[test]
fn case_counts_in_brackets_as_it_does_without_them() {
    let name = AttrName::from_static;
    let references = || Attribute::new(name("schemas"), Kind::Reference).multi_valued();
    let attributes = vec![
        references(),
        Attribute::complex(name("parts"), [references()]).multi_valued(),
        Attribute::complex(name("whole"), [references()]),
    ];
    let resource = json!({
        "schemas": ["urn:a"],
        "parts": [{"schemas": ["urn:a"]}],
        "whole": {"schemas": ["urn:a"]},
    });
    for (text, outcome) in [
        (r#"schemas eq "URN:A""#, true),
        (r#"schemas[value eq "URN:A"]"#, true),
        (r#"parts.schemas eq "URN:A""#, false),
        (r#"parts.schemas eq "urn:a""#, true),
        (r#"parts[schemas eq "URN:A"]"#, false),
        (r#"parts[schemas eq "urn:a"]"#, true),
        (r#"whole.schemas[value eq "URN:A"]"#, false),
        (r#"whole.schemas[value eq "urn:a"]"#, true),
    ] {
        let checked = text.parse::<Filter>().unwrap().check(&attributes, &Options::STRICT).unwrap();
        assert_eq!(checked.matches(&resource), outcome, "{text}");
    }
}

#[test]
fn what_has_no_elements_has_no_filter() {
    let filter: Filter = r#"value eq "x""#.parse().unwrap();
    for parent in ["userName", "emails.value"] {
        let error = filter.check_element(&resolved(parent), &Options::INTEROP).unwrap_err();
        assert_eq!(error.kind(), CheckErrorKind::NoElements);
    }
}

#[test]
fn names_in_brackets_are_those_of_the_attribute_even_where_unknown_ones_are_absent() {
    let filter: Filter = r#"emails[userName eq "x" or type eq "work"]"#.parse().unwrap();
    let absent = Options::STRICT.unknown(Unknown::Absent);
    let checked = filter.check(&Schema, &absent).unwrap();
    assert!(checked.matches(&json!({"emails": [{"type": "work"}], "userName": "x"})));
    assert!(!checked.matches(&json!({"emails": [{"type": "home"}], "userName": "x"})));
}

#[test]
fn an_unknown_attribute_has_no_value_where_that_is_asked_for() {
    let absent = Options::STRICT.unknown(Unknown::Absent);
    for (text, outcome) in [
        ("nosuch pr", false),
        ("nosuch eq 1", false),
        ("nosuch ne 1", true),
        ("nosuch gt 1", false),
        ("nosuch co \"\"", false),
        ("nosuch eq null", true),
        ("nosuch ne null", false),
        ("not (nosuch eq 1)", true),
        ("nosuch[a pr]", false),
        ("nosuch eq 1 or title pr and nosuch.a ne 1 and not (nosuch pr)", true),
        ("emails[nosuch pr]", false),
    ] {
        let checked = text.parse::<Filter>().unwrap().check(&Schema, &absent).unwrap();
        let resource = json!({"title": "x", "emails": [{"value": "y"}]});
        assert_eq!(checked.matches(&resource), outcome, "{text}");
    }
    let known: Filter = "nosuch pr or password pr".parse().unwrap();
    assert_eq!(known.check(&Schema, &absent).unwrap_err().kind(), CheckErrorKind::Hidden);
}

#[test]
fn what_is_decided_stands_in_no_tree() {
    let absent = Options::STRICT.unknown(Unknown::Absent);
    let root = |text: &str| {
        text.parse::<Filter>().unwrap().check(&Schema, &absent).unwrap().root().clone()
    };
    assert_eq!(root("nosuch pr and title pr"), Node::Constant(false));
    assert_eq!(root("nosuch pr or title pr"), root("title pr"));
    assert_eq!(root("not (not (title pr))"), root("title pr"));
    assert_eq!(root("title ne null"), root("title pr"));
    assert_eq!(root("not (title ne \"x\")"), root("title eq \"x\""));
    let Node::And(parts) = root("title pr and not (not (id pr and active pr))") else {
        panic!("not flat")
    };
    assert_eq!(parts.len(), 3);
    let Node::Or(parts) = root("title pr or not (not (id pr or active pr))") else {
        panic!("not flat")
    };
    assert_eq!(parts.len(), 3);
}

#[test]
fn equalities_are_those_of_a_conjunction_and_nothing_else() {
    let of = |text: &str| {
        let filter: Filter = text.parse().unwrap();
        let checked = filter.check_element(&resolved("emails"), &Options::INTEROP).unwrap();
        checked.equalities().map(|all| {
            let pair = |(path, value): (&scim_filter::ResolvedPath, &Value)| {
                (path.name.as_ref().unwrap().to_string(), value.clone())
            };
            all.into_iter().map(pair).collect::<Vec<_>>()
        })
    };
    assert_eq!(of(r#"TYPE eq "work""#), Some(vec![("type".to_owned(), json!("work"))]));
    assert_eq!(
        of(r#"type eq "work" and (value eq "x" and primary eq "True")"#),
        Some(vec![
            ("type".to_owned(), json!("work")),
            ("value".to_owned(), json!("x")),
            ("primary".to_owned(), json!(true)),
        ])
    );
    for other in [
        r#"type eq "work" or value eq "x""#,
        r#"type ne "work""#,
        r#"type sw "w""#,
        "type pr",
        "type eq null",
        r#"type eq "work" and value pr"#,
        r#"type eq "work" and not (value eq "x")"#,
    ] {
        assert_eq!(of(other), None, "{other}");
    }
}

#[test]
fn operands_are_values_of_the_type_with_their_key() {
    let operand = |text: &str| {
        let filter = Filter::parse_with(text, &Options::INTEROP).unwrap();
        match filter.check(&Schema, &Options::INTEROP).unwrap().root() {
            Node::Test(scim_filter::Test { op, .. }) => {
                let operand = op.operand().unwrap();
                assert_eq!(format!("{operand:?}"), "_");
                (operand.value.clone(), operand.key.as_str().to_owned())
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(operand("userName eq BJensen"), (json!("BJensen"), "bjensen".into()));
    assert_eq!(operand("nickName eq 007"), (json!("007"), "007".into()));
    assert_eq!(operand("nickName eq 1.50"), (json!("1.50"), "1.50".into()));
    assert_eq!(operand("nickName eq TRUE"), (json!("true"), "true".into()));
    assert_eq!(operand("active eq FALSE"), (json!(false), "false".into()));
    assert_eq!(operand(r#"level eq "9""#), (json!(9), "p50019".into()));
}

#[test]
fn a_filter_knows_the_attributes_it_reads() {
    let filter: Filter =
        r#"userName eq "x" and (emails[type eq "work" and not (value pr)] or USERNAME pr or urn:a:b:c.d pr)"#
            .parse()
            .unwrap();
    let names: Vec<_> = filter.attributes().iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    for name in ["userName", "emails.type", "emails.value", "urn:a:b:c.d"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
}

/// RFC 7644 §3.10
#[test]
fn without_a_schema_a_urn_is_that_of_the_resource() {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    let resource = json!({
        "schemas": ["urn:a:b:Thing"],
        "title": "x",
        "tags": ["red"],
        "emails": [{"type": "work"}],
    });
    for (text, outcome) in [
        (r#"urn:A:b:thing:title eq "x""#.to_owned(), true),
        (format!(r#"{CORE}:title eq "x""#), true),
        (r#"urn:a:b:Other:title eq "x""#.to_owned(), false),
        (r#"emails[type eq "work"]"#.to_owned(), true),
        (format!(r#"emails[{CORE}:type eq "work"]"#), false),
        (r#"tags[value eq "red"]"#.to_owned(), true),
        (r#"tags[value.sub eq "red"]"#.to_owned(), false),
        (r#"tags[display eq "red"]"#.to_owned(), false),
        (format!(r#"tags[{CORE}:value eq "red"]"#), false),
    ] {
        let filter: Filter = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(filter.matches(&resource), outcome, "{text}");
    }
}

#[test]
fn filters_and_paths_are_strings_in_json() {
    let filter: Filter = serde_json::from_value(json!("( title pr )")).unwrap();
    assert_eq!(serde_json::to_value(&filter).unwrap(), json!("title pr"));
    let path: PatchPath = serde_json::from_value(json!("emails[type eq \"work\"].value")).unwrap();
    assert_eq!(serde_json::to_value(&path).unwrap(), json!("emails[type eq \"work\"].value"));
    assert!(serde_json::from_value::<Filter>(json!("title")).is_err());
    assert!(serde_json::from_value::<PatchPath>(json!("emails[0]")).is_err());
}

#[test]
fn each_attribute_that_is_read_has_one_path() {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let read = |text: &str, options: &Options| -> Vec<String> {
        let filter: Filter = text.parse().unwrap();
        let checked = filter.check(&Schema, options).unwrap();
        checked.attributes().iter().map(ToString::to_string).collect()
    };
    for (text, paths) in [
        (r#"USERNAME eq "a""#.to_owned(), vec!["userName".to_owned()]),
        (
            r#"urn:ietf:params:scim:schemas:core:2.0:User:username pr or not (userName ne "x")"#
                .to_owned(),
            vec!["userName".to_owned()],
        ),
        (
            r#"emails co "x" or EMAILS.VALUE pr or emails[VALUE pr and Type pr]"#.to_owned(),
            vec!["emails.type".to_owned(), "emails.value".to_owned()],
        ),
        (r#"tags[value eq "red"]"#.to_owned(), vec!["tags".to_owned()]),
        (r#"department eq "x""#.to_owned(), vec![format!("{ENTERPRISE}:department")]),
        (r#"manager[value eq "x"]"#.to_owned(), vec![format!("{ENTERPRISE}:manager.value")]),
        (r#"manager eq "x""#.to_owned(), vec![format!("{ENTERPRISE}:manager.value")]),
        (format!("{ENTERPRISE} pr"), vec![ENTERPRISE.to_owned()]),
        ("meta.created pr and name pr".to_owned(), vec!["meta.created".into(), "name".into()]),
    ] {
        assert_eq!(read(&text, &Options::INTEROP), paths, "{text}");
    }
    let absent = Options::STRICT.unknown(Unknown::Absent);
    assert_eq!(read("nosuch pr or title pr", &absent), ["title"]);
    assert_eq!(read("emails[nosuch ne 1]", &absent), ["emails"]);
    let filter: Filter = r#"value eq "x""#.parse().unwrap();
    for parent in ["emails", "tags"] {
        let checked = filter.check_element(&resolved(parent), &Options::STRICT).unwrap();
        let paths: Vec<String> = checked.attributes().iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["value"], "{parent}");
    }
}

#[test]
fn an_attribute_that_two_extensions_have_needs_its_urn() {
    let uri = |text: &str| text.parse::<SchemaUri>().unwrap();
    let attributes = ["a", "b"].map(|name| Attribute::new(name.parse().unwrap(), Kind::String));
    let [a, b] = attributes.clone();
    let schema = Extended::new(
        uri("urn:x:2.0:Base"),
        [Attribute::complex("c".parse().unwrap(), attributes.clone())],
    )
    .extend(uri("urn:x:2.0:One"), attributes)
    .extend(uri("urn:x:Two"), [a, Attribute::complex("c".parse().unwrap(), [b])]);
    for (path, found) in [
        ("c.a", Some("c.a")),
        ("C.b", Some("c.b")),
        ("b", Some("urn:x:2.0:One:b")),
        ("a", None),
        ("d", None),
        ("URN:x:2.0:base:c", Some("c")),
        ("urn:x:2.0:Base:id", Some("id")),
        ("urn:x:2.0:Base:b", None),
        ("urn:x:two:C.B", Some("urn:x:Two:c.b")),
        ("urn:x:two:id", None),
        ("urn:x:two", Some("urn:x:Two")),
        ("urn:x:2.0:one", Some("urn:x:2.0:One")),
        ("urn:x:2.0:one.a", Some("urn:x:2.0:One:a")),
        ("urn:x:two.c.b", Some("urn:x:Two:c.b")),
        ("urn:x:three.a", None),
        ("urn:x:three:a", None),
    ] {
        let read: AttrPath = path.parse().unwrap();
        let resolved = schema.resolve(&read, &Compat::INTEROP);
        let canonical = resolved.map(|resolved| resolved.path().to_string());
        assert_eq!(canonical.as_deref(), found, "{path}");
    }
    for path in ["b", "urn:x:2.0:one.a"] {
        assert_eq!(schema.resolve(&path.parse().unwrap(), &Compat::STRICT), None, "{path}");
    }
}

#[test]
fn attributes_are_listed_as_they_are_written() {
    let filter: Filter =
        r#"userName pr or emails[TYPE pr and urn:a:b pr] or name.x[y pr] or a[urn:a:b:c pr]"#
            .parse()
            .unwrap();
    let paths: Vec<String> = filter.attributes().iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["a.c", "emails.b", "emails.TYPE", "name.x", "userName"]);
}

#[test]
fn an_empty_text_is_no_value_to_sort_by() {
    let key = |path: &str, resource: Value| {
        let path = ResolvedPath::of(&resolved(path)).unwrap();
        path.sort_key(resource.as_object().unwrap())
    };
    assert_eq!(key("title", json!({"title": ""})), None);
    assert_eq!(key("title", json!({"title": null})), None);
    assert_eq!(key("title", json!({})), None);
    assert_eq!(key("title", json!({"title": "A"})), Some(Key::text("a", false)));
    assert_eq!(key("emails.value", json!({"emails": [{"value": ""}, {"value": "a"}]})), None);
}

#[test]
fn a_comparison_is_no_path_to_a_sub_attribute() {
    let read = |path: &str| PatchPath::parse_with(path, &Options::INTEROP);
    assert_eq!(read(r#"name eq "y""#).unwrap().to_string(), r#"name[value eq "y"]"#);
    let error = read(r#"name.x eq "y""#).unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::TrailingText);
    assert_eq!(error.span(), 7..9);
}
