//! Laws that hold for all values.

use chrono::{DateTime, Utc};
use proptest::{collection::vec, option, prelude::*};
use scim_core::{
    Address, Email, EnterpriseUser, Extensions, Group, Manager, Member, Meta, Name, PhoneNumber,
    User, json,
};
use serde_json::{Map, Number, Value};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9 @.\\-]{0,12}", "\\PC{0,6}"]
}

fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-10_000_000_000_i64..100_000_000_000, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

/// A number in a form that serde_json writes as it reads it, with and without
/// `arbitrary_precision`.
fn number() -> impl Strategy<Value = Number> {
    let halves = (-1_000_000_i32..1_000_000).prop_map(|n| Number::from_f64(f64::from(n) + 0.5));
    prop_oneof![any::<i64>().prop_map(Number::from), halves.prop_map(Option::unwrap)]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Number),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::Array),
            vec((known_name(), inner), 0..3).prop_map(object),
        ]
    })
}

fn known_name() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "userName",
        "id",
        "name",
        "familyName",
        "emails",
        "value",
        "type",
        "primary",
        "active",
        "meta",
        "created",
        "schemas",
        "groups",
        "$ref",
        "password",
        "manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ];
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => known_name(),
        1 => known_name().prop_map(|name| name.to_uppercase()),
        1 => "x[a-z]{1,3}",
        1 => Just("urn:example:x:1.0".to_owned()),
    ]
}

fn object(entries: Vec<(String, Value)>) -> Value {
    Value::Object(entries.into_iter().collect::<Map<_, _>>())
}

fn extensions() -> impl Strategy<Value = Extensions> {
    let names = prop_oneof!["x[a-z]{1,3}", "urn:example:[a-z]{1,3}:1\\.0"];
    vec((names, value()), 0..3).prop_map(Extensions::from_iter)
}

prop_compose! {
    fn email()(value in text(), kind in option::of(text()), primary in option::of(any::<bool>()),
               rest in extensions()) -> Email {
        let mut email = Email::new(value);
        (email.kind, email.primary, email.rest) = (kind, primary, rest);
        email
    }
}

prop_compose! {
    fn meta()(created in instant(), version in option::of(text())) -> Meta {
        let mut meta = Meta::default().created(created).resource_type("User");
        meta.version = version;
        meta
    }
}

prop_compose! {
    fn user()(
        user_name in text(), id in option::of(text()), locale in option::of(text()),
        given_name in option::of(text()), active in option::of(any::<bool>()),
        password in option::of(text()), emails in vec(email(), 0..3),
        phones in vec(text(), 0..3), city in option::of(text()), meta in option::of(meta()),
        extensions in extensions(), manager in option::of(text()),
    ) -> User {
        let mut user = User::new(user_name).emails(emails);
        (user.id, user.locale, user.active, user.meta) = (id, locale, active, meta);
        user.name = given_name.map(|name| Name::default().given_name(name));
        user.password = password.map(Into::into);
        user.phone_numbers = phones.into_iter().map(PhoneNumber::new).collect();
        user.addresses = city.into_iter().map(|city| Address::default().locality(city)).collect();
        user.extensions = extensions;
        if let Some(manager) = manager {
            let enterprise = EnterpriseUser::default().manager(Manager::new(manager));
            user.extensions.set(&enterprise).unwrap();
        }
        user
    }
}

proptest! {
    /// RFC 7643 §4.1
    #[test]
    fn a_user_is_read_as_it_was_written(user in user()) {
        let value = serde_json::to_value(&user).unwrap();
        prop_assert!(User::try_from(value).unwrap() == user);
        let text = serde_json::to_string(&user).unwrap();
        prop_assert!(serde_json::from_str::<User>(&text).unwrap() == user);
        let hostile = json::from_slice(text.as_bytes(), &json::Limits::DEFAULT).unwrap();
        prop_assert!(User::try_from(hostile).unwrap() == user);
    }

    /// RFC 7643 §4.2
    #[test]
    fn a_group_is_read_as_it_was_written(name in text(), ids in vec(text(), 0..20)) {
        let members: Vec<_> = ids.into_iter().map(Member::new).collect();
        let group = Group::new(name).members(members);
        let value = serde_json::to_value(&group).unwrap();
        prop_assert!(Group::try_from(value).unwrap() == group);
    }

    /// RFC 7643 §2.1, RFC 7643 §2.5
    #[test]
    fn what_can_be_read_is_written_in_one_form(body in vec((name(), value()), 0..6)) {
        let mut body = object(body);
        body["userName"] = "bjensen".into();
        if let Ok(user) = User::try_from(body) {
            let written = serde_json::to_value(&user).unwrap();
            let again = User::try_from(written.clone()).unwrap();
            prop_assert!(again == user);
            prop_assert_eq!(serde_json::to_value(&again).unwrap(), written);
        }
    }
}
