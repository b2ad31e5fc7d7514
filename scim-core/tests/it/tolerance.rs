//! What is read although no RFC writes it so, and what is refused.

use scim_core::{
    BulkMethod, BulkRequest, BulkResponse, BulkResult, Error, Group, ListResponse, Meta, PatchOp,
    PatchVerb, ResourceType, Schema, ScimType, SearchRequest, ShapeError, SortOrder, User,
};
use serde_json::{Value, json};

fn refusal<T: TryFrom<Value, Error = ShapeError>>(value: Value) -> String {
    T::try_from(value).map(drop).unwrap_err().to_string()
}

/// RFC 7643 §2.5
#[test]
fn nulls_and_what_is_empty_count_as_missing() {
    let user = User::try_from(json!({
        "userName": "bjensen", "id": null, "active": null, "name": {"familyName": null},
        "emails": [null, {}, {"value": null}, {"value": "b@example.com", "primary": null}],
        "roles": [], "groups": null, "meta": {},
    }))
    .unwrap();
    let mut expected = User::new("bjensen");
    expected.emails = vec![scim_core::Email::new("b@example.com")];
    assert!(user == expected);
}

#[test]
fn what_the_caller_left_empty_is_not_written() {
    let user = User::new("b").emails([scim_core::Email::default()]).meta(Meta::default());
    let written = serde_json::to_value(user).unwrap();
    assert_eq!(written.as_object().unwrap().keys().collect::<Vec<_>>(), ["schemas", "userName"]);
}

#[test]
fn any_locale_and_any_address_is_read() {
    let body = json!({"userName": "b", "locale": "fr-FR-x-Ünsinn", "profileUrl": "no url"});
    let user = User::try_from(body).unwrap();
    assert_eq!(user.locale.as_deref(), Some("fr-FR-x-Ünsinn"));
    assert_eq!(user.profile_url.as_deref(), Some("no url"));
}

#[test]
fn a_single_value_counts_as_a_list_of_one() {
    let group = Group::try_from(json!({"displayName": "G", "members": {"value": "1"}})).unwrap();
    assert_eq!(group.members.len(), 1);
}

#[test]
fn operations_are_read_in_any_case_and_written_in_lower() {
    let patch =
        PatchOp::try_from(json!({"operations": [{"OP": "Replace", "Value": null}]})).unwrap();
    assert_eq!(patch.operations[0].op, PatchVerb::Replace);
    let written = serde_json::to_value(&patch).unwrap();
    assert_eq!(written["Operations"], json!([{"op": "replace", "value": null}]));
}

#[test]
fn a_value_of_null_is_not_the_same_as_none() {
    let patch = PatchOp::try_from(json!({"Operations": [
        {"op": "add", "value": null}, {"op": "add"}, {"op": "add", "value": []},
    ]}))
    .unwrap();
    let values: Vec<_> = patch.operations.into_iter().map(|operation| operation.value).collect();
    assert_eq!(values, [Some(Value::Null), None, Some(json!([]))]);
}

/// RFC 7644 §3.1
#[test]
fn schemas_are_asked_for_where_a_message_could_be_taken_for_another() {
    let bulk =
        |schemas: Value| BulkRequest::try_from(json!({"schemas": schemas, "Operations": []}));
    let uri = "URN:ietf:params:scim:api:messages:2.0:BulkRequest";
    assert!(bulk(json!([uri])).is_ok());
    for other in [json!(null), json!([]), json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])]
    {
        let error = Error::from(bulk(other).unwrap_err());
        assert_eq!(error.scim_type, Some(ScimType::InvalidSyntax));
    }
    let patch = |schemas: Value| PatchOp::try_from(json!({"schemas": schemas, "Operations": []}));
    assert!(patch(json!([])).is_ok());
    assert!(patch(json!([uri])).is_err());
    assert!(SearchRequest::try_from(json!({"schemas": [uri]})).is_ok());
}

/// RFC 7644 §3.7.3
#[test]
fn bulk_statuses_are_read_in_each_form_and_written_as_strings() {
    for status in [json!("412"), json!(412), json!({"code": "412"}), json!({"code": 412})] {
        let text = json!({"Operations": [{"method": "put", "status": status}]}).to_string();
        let response: BulkResponse = serde_json::from_str(&text).unwrap();
        let written = serde_json::to_value(&response).unwrap();
        assert_eq!(written["Operations"], json!([{"method": "PUT", "status": "412"}]));
    }
}

/// RFC 7644 §3.7.3
#[test]
fn a_failed_operation_carries_its_error() {
    let error = Error::uniqueness("`userName` is taken");
    let result = BulkResult::failed(BulkMethod::Post, &error).bulk_id("a");
    assert_eq!(result.status, error.status);
    assert_eq!(Error::try_from(result.response.unwrap()), Ok(error));
}

/// RFC 7644 §3.4.2
#[test]
fn a_list_is_written_with_its_resources_even_if_there_are_none() {
    let empty = ListResponse::<User>::new([]).total_results(0);
    assert_eq!(
        serde_json::to_value(&empty).unwrap(),
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 0, "itemsPerPage": 0, "Resources": [],
        })
    );
    let read = ListResponse::<User>::try_from(json!({"Resources": null})).unwrap();
    assert_eq!((read.total_results, read.resources.len()), (None, 0));
}

/// RFC 7643 §7
#[test]
fn schemas_of_other_servers_are_read_with_their_nulls() {
    let uri = "urn:example:badge:1.0";
    let page = |kind: &str| {
        ListResponse::<Schema>::try_from(json!({"Resources": [{
            "id": uri, "description": null, "meta": {"location": "/Schemas"},
            "attributes": [{"name": "x", "type": kind, "subAttributes": null}],
        }]}))
    };
    assert_eq!(page("integer").unwrap().resources[0].id, uri);
    assert_eq!(page("uuid").unwrap_err().to_string(), "`Resources` has to be a schema");
}

/// RFC 7644 §3.4.3
#[test]
fn names_and_keywords_of_a_search_are_read_leniently() {
    let search = SearchRequest::try_from(json!({
        "attributes": "userName, emails[type eq \"a,b\"],", "excludedAttributes": ["groups"],
        "SORTORDER": "Descending", "count": -1,
    }))
    .unwrap();
    assert_eq!(search.attributes, ["userName", "emails[type eq \"a,b\"]"]);
    assert_eq!(search.sort_order, Some(SortOrder::Descending));
    assert_eq!(search.count, Some(-1));
}

/// RFC 7644 §3.12
#[test]
fn errors_name_the_attribute_and_what_belongs_there() {
    assert_eq!(refusal::<User>(json!([])), "the value has to be an object");
    assert_eq!(refusal::<User>(json!({})), "`userName` is missing");
    assert_eq!(
        refusal::<User>(json!({"userName": "b", "USERNAME": "c"})),
        "`userName` stands there twice"
    );
    assert_eq!(
        refusal::<User>(json!({"USERNAME": "b", "username": "c"})),
        "`userName` stands there twice"
    );
    assert_eq!(
        refusal::<User>(json!({"userName": "b", "emails": [{"value": 1}]})),
        "`emails.value` has to be a string"
    );
    assert_eq!(
        refusal::<User>(json!({"userName": "b", "meta": {"created": "today"}})),
        "`meta.created` has to be a date with a time"
    );
    assert_eq!(
        refusal::<PatchOp>(json!({"Operations": [{"op": "move"}]})),
        "`Operations.op` has to be `add`, `remove` or `replace`"
    );
    assert_eq!(
        refusal::<ListResponse<ResourceType>>(json!({"Resources": [{"name": "User"}]})),
        "`Resources.endpoint` is missing"
    );
}
