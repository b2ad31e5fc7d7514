//! Reports as they are shown.

use scim_core::{Compat, Error, ScimType};
use scim_schema::{Mode, Report, catalog};
use serde_json::{Value, json};

use crate::sample;

fn refused(schema: &str, resource: Value, compat: &Compat) -> Report {
    sample::schema(schema).validate(resource, Mode::Create, compat).unwrap_err()
}

#[test]
fn a_report_is_one_line() {
    let report = refused(
        "enterprise",
        json!({
            "active": "perhaps",
            "emails": [{"value": "a@example.com", "type": 1}, 7],
            "name": {"givenName": ["Ada", "Grace"]},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": false}},
        }),
        &Compat::INTEROP,
    );
    let mut lines: Vec<String> = report.issues().iter().map(ToString::to_string).collect();
    lines.sort();
    insta::assert_snapshot!(lines.join("\n"), @r#"
`active` must be a boolean
`emails[0].type` must be a string
`emails[1].value` must be a string
`name.givenName` must be a string
`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value` must be a string
`userName` is required
"#);
    insta::assert_snapshot!(refused("user", json!([]), &Compat::STRICT), @r#"the resource must be a JSON object"#);
    insta::assert_snapshot!(
        refused("user", json!({"schemas": [], "nick": 1, "userName": "a"}), &Compat::STRICT),
        @r#"`schemas` must name the schemas of the resource; `nick` is not an attribute of this resource type"#
    );
}

#[test]
fn a_report_of_many_problems_is_bounded() {
    let emails: Vec<Value> = (0..5000).map(|at| json!({"value": at})).collect();
    let report = refused("user", json!({"userName": "a", "emails": emails}), &Compat::INTEROP);
    assert_eq!((report.count(), report.issues().len()), (5000, Report::KEPT));
    insta::assert_snapshot!(report, @r#"`emails[0].value` must be a string; `emails[1].value` must be a string; `emails[2].value` must be a string; `emails[3].value` must be a string; `emails[4].value` must be a string; `emails[5].value` must be a string; `emails[6].value` must be a string; `emails[7].value` must be a string; and 4992 more"#);
    let strangers = (0..5000).map(|at| (format!("x{at}"), json!(1)));
    let user = json!({"userName": "a"}).as_object().unwrap().clone();
    let many = Value::Object(user.into_iter().chain(strangers).collect());
    let valid = catalog::user().validate(many, Mode::Create, &Compat::INTEROP).unwrap();
    assert_eq!(valid.dropped().len(), Report::KEPT);
}

/// RFC 7644 §3.12
#[test]
fn the_first_problem_gives_the_keyword() {
    let keyword = |resource| Error::from(refused("user", resource, &Compat::STRICT)).scim_type;
    let user = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    assert_eq!(keyword(json!({"userName": "a"})), Some(ScimType::InvalidSyntax));
    assert_eq!(keyword(json!({"schemas": user})), Some(ScimType::InvalidValue));
    assert_eq!(
        keyword(json!({"schemas": user, "userName": "a", "x": 1})),
        Some(ScimType::InvalidSyntax)
    );
    let before = json!({"once": "a"});
    let changed = json!({"schemas": ["urn:test:Thing"], "once": "b"});
    let mode = Mode::Replace(before.as_object().unwrap());
    let immutable = sample::thing().validate(changed, mode, &Compat::STRICT).unwrap_err();
    assert_eq!(Error::from(immutable).scim_type, Some(ScimType::Mutability));
    let error = Error::from(refused("user", json!([]), &Compat::STRICT));
    assert_eq!((error.status.as_u16(), error.scim_type), (400, Some(ScimType::InvalidSyntax)));
}

#[test]
fn names_of_strangers_are_shown_within_bounds() {
    let name = format!("\u{7}{}", "x".repeat(100_000));
    let user = "urn:ietf:params:scim:schemas:core:2.0:User";
    let report =
        refused("user", json!({"schemas": [user], "userName": "a", name: 1}), &Compat::STRICT);
    assert!(report.to_string().len() < 400);
    assert!(!report.to_string().contains('\u{7}'));
}

#[test]
fn debug_shows_no_values() {
    let user = catalog::user();
    let resource = json!({"userName": "bjensen", "password": "hunter2", "title": "chief"});
    let valid = user.validate(resource, Mode::Create, &Compat::INTEROP).unwrap();
    let shown = format!("{valid:?}");
    for value in ["bjensen", "hunter2", "chief"] {
        assert!(!shown.contains(value), "{shown}");
    }
}
