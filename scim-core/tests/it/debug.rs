//! What `Debug` shows.

use scim_core::{
    BulkMethod, BulkOperation, BulkRequest, Email, EnterpriseUser, ListResponse, Name, PatchOp,
    PatchOperation, PatchVerb, Secret, User,
};
use serde_json::json;

const PASSWORD: &str = "t1meMa$heen";

fn user() -> User {
    let mut user = User::new("bjensen")
        .name(Name::default().family_name("Jensen"))
        .emails([Email::new("bjensen@example.com")])
        .password(PASSWORD.into());
    user.extensions.set(&EnterpriseUser::default().department("Tours")).unwrap();
    user.extensions.set_raw("pin", PASSWORD);
    user
}

fn assert_hidden(shown: String) {
    for hidden in [PASSWORD, "Jensen", "bjensen", "Tours"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

/// RFC 7643 §4.1.1
#[test]
fn no_password_and_no_personal_data_is_shown() {
    let user = user();
    assert_hidden(format!("{user:?} {user:#?}"));
    assert_hidden(format!("{:?} {:?}", user.extensions, user.password));
    assert_hidden(format!("{:?} {:?}", user.name, user.emails));
    assert_hidden(format!("{:?}", user.extensions.get::<EnterpriseUser>()));
    assert_hidden(format!("{:?}", ListResponse::new([user.clone()])));

    let operation = PatchOperation::new(PatchVerb::Replace).value(json!({"password": PASSWORD}));
    assert_hidden(format!("{:#?}", PatchOp::new([operation])));
    let data = serde_json::to_value(user).unwrap();
    assert_hidden(format!(
        "{:#?}",
        BulkRequest::new([BulkOperation::new(BulkMethod::Post, "/Users").data(data)])
    ));
}

#[test]
fn the_names_of_what_is_assigned_are_shown() {
    assert_eq!(format!("{:?}", user()), "User { userName, name, password, emails }");
}

/// RFC 7643 §4.1.1
#[test]
fn a_password_is_written_since_a_client_has_to_send_it() {
    let written = serde_json::to_value(user()).unwrap();
    assert_eq!(written["password"], PASSWORD);
    let read = User::try_from(written).unwrap();
    assert_eq!(read.password.as_ref().map(Secret::expose), Some(PASSWORD));
}

#[test]
fn an_error_repeats_no_value() {
    let error = User::try_from(json!({"userName": "x", "password": [PASSWORD]})).unwrap_err();
    assert_eq!(error.to_string(), "`password` has to be a string");
    let error = serde_json::from_value::<Secret>(json!({"a": PASSWORD})).unwrap_err();
    assert!(!error.to_string().contains(PASSWORD), "{error}");
}
