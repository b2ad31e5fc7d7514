//! Bulk requests (RFC 7644 §3.7).

use std::sync::{Arc, Mutex};

use scim_service::{
    Context, Endpoint, Event, Features, MemoryStore, OnConflict, Policy, Proposal, ScimService,
    Store,
    core::{Error, Schema},
    schema::catalog,
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, BASE, Client},
    wrapped::Wrapped,
};

async fn bulk<S: Store>(client: &Client<S>, members: Value) -> Answer {
    let mut body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]});
    body.as_object_mut().unwrap().append(&mut members.as_object().unwrap().clone());
    client.post("/Bulk", body).await
}

fn statuses(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
    );
    let operations = answer.body["Operations"].as_array().unwrap();
    operations.iter().map(|operation| operation["status"].as_str().unwrap()).collect()
}

fn post(path: &str, bulk_id: &str, data: Value) -> Value {
    json!({"method": "POST", "path": path, "bulkId": bulk_id, "data": data})
}

/// RFC 7644 §3.7, RFC 7644 §3.7.3
#[tokio::test]
async fn each_operation_is_answered_as_if_it_came_alone() {
    let client = Client::new();
    let old = client.user("old").await;
    let gone = client.user("gone").await;
    let answer = bulk(&client, json!({"Operations": [
        post("/Users", "a", json!({"userName": "alice"})),
        {"method": "put", "path": old, "data": {"userName": "old", "title": "x"}},
        {"method": "PATCH", "path": old, "data": {"Operations": [{"op": "remove", "path": "title"}]}},
        {"method": "DELETE", "path": gone},
        {"method": "GET", "path": old},
        post("/Users", "b", json!({"userName": "ALICE"})),
        {"method": "PUT", "path": old, "version": "W/\"stale\"", "data": {"userName": "old"}},
        {"method": "DELETE", "path": gone},
        {"method": "POST", "path": "/Users", "data": {"userName": "no bulkId"}},
        {"method": "POST", "path": old, "bulkId": "c", "data": {"userName": "c"}},
        {"method": "PUT", "path": "/Users", "data": {"userName": "c"}},
    ]})).await;
    assert_eq!(
        statuses(&answer),
        ["201", "200", "200", "204", "400", "409", "412", "404", "400", "400", "400"]
    );
    let results = &answer.body["Operations"];
    let location = results[0]["location"].as_str().unwrap();
    assert!(location.starts_with(&format!("{BASE}/Users/")));
    assert_eq!((&results[0]["bulkId"], &results[0]["version"]), (&json!("a"), &json!("W/\"1\"")));
    assert!(results[0].get("response").is_none());
    assert!(results[3].get("version").is_none());
    assert_eq!(results[5]["response"]["scimType"], "uniqueness");
    assert!(results[5].get("location").is_none(), "a create that failed has no location");
    assert_eq!(results[6]["location"], format!("{BASE}{old}"));
    assert!(answer.body.get("failOnErrors").is_none());
}

/// RFC 7644 §3.7.3
#[tokio::test]
async fn it_stops_after_as_many_errors_as_are_allowed() {
    let client = Client::new();
    let bad = json!({"method": "DELETE", "path": "/Users/none"});
    let operations = json!([
        post("/Users", "a", json!({"userName": "a"})),
        bad,
        post("/Users", "b", json!({"userName": "b"})),
        bad,
        post("/Users", "c", json!({"userName": "c"})),
    ]);
    let two = bulk(&client, json!({"failOnErrors": 2, "Operations": operations})).await;
    assert_eq!(statuses(&two), ["201", "404", "201", "404"]);
    let one = bulk(&Client::new(), json!({"failOnErrors": 1, "Operations": operations})).await;
    assert_eq!(statuses(&one), ["201", "404"]);
    let none = bulk(&client, json!({"failOnErrors": 0, "Operations": []})).await;
    assert_eq!(none.error(), (400, Some("invalidValue")));
}

/// RFC 7644 §3.7.2
#[tokio::test]
async fn references_are_resolved_forwards_backwards_and_in_paths() {
    let client = Client::new();
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let answer = bulk(&client, json!({"Operations": [
        post("/Groups", "g", json!({"displayName": "Buyers", "members": [{"value": "bulkId:u"}, {"type": "User", "value": "bulkId:v"}]})),
        post("/Users", "u", json!({"userName": "u", enterprise: {"manager": {"value": "bulkId:v"}}})),
        post("/Users", "v", json!({"userName": "v"})),
        {"method": "PATCH", "path": "/Users/bulkId:v", "data": {"Operations": [{"op": "add", "path": "title", "value": "Lead"}]}},
        {"method": "PATCH", "path": "/Groups/bulkId:g", "data": {"Operations": [{"op": "remove", "path": "members", "value": [{"value": "bulkId:u"}]}]}},
        {"method": "DELETE", "path": "/Users/bulkId:nobody"},
        post("/Groups", "h", json!({"displayName": "Odd", "members": [{"value": "bulkId:nobody"}]})),
    ]})).await;
    assert_eq!(statuses(&answer), ["201", "201", "201", "200", "200", "400", "400"]);
    let id = |at: usize| {
        let location = answer.body["Operations"][at]["location"].as_str().unwrap();
        location.rsplit('/').next().unwrap().to_owned()
    };
    let user = client.get(&format!("/Users/{}", id(1))).await;
    assert_eq!(user.body[enterprise]["manager"]["value"], id(2));
    assert_eq!(client.get(&format!("/Users/{}", id(2))).await.body["title"], "Lead");
    let members = client.get(&format!("/Groups/{}", id(0))).await.body["members"].clone();
    assert_eq!(members.as_array().unwrap().len(), 1);
    assert_eq!(members[0]["value"], id(2));
}

/// The extension of users that [`partners`] knows.
const PARTNER: &str = "urn:example:schemas:2.0:Partner";

/// Users who name others in attributes of every form that a reference can have.
fn partners() -> Client {
    let attribute = |name: &str, kind: &str, multi_valued: bool, types: &[&str]| {
        json!({
            "name": name, "type": kind, "multiValued": multi_valued, "description": name,
            "mutability": "readWrite", "returned": "default", "referenceTypes": types,
        })
    };
    let mut mentor = attribute("mentor", "complex", false, &[]);
    mentor["subAttributes"] = json!([
        attribute("value", "string", false, &[]),
        attribute("$ref", "reference", false, &["User"]),
        attribute("note", "string", false, &[]),
    ]);
    let mut deals = attribute("deals", "complex", true, &[]);
    deals["subAttributes"] = json!([
        attribute("name", "string", false, &[]),
        attribute("signers", "reference", true, &["User", "Group"]),
    ]);
    let mut warden = attribute("warden", "reference", false, &["User"]);
    warden["mutability"] = json!("readOnly");
    let mut seal = attribute("seal", "complex", false, &[]);
    let mut by = attribute("by", "reference", false, &["User"]);
    by["mutability"] = json!("readOnly");
    seal["subAttributes"] = json!([attribute("text", "string", false, &[]), by]);
    let schema: Schema = serde_json::from_value(json!({
        "id": PARTNER, "name": "Partner", "description": "Who works with whom.",
        "attributes": [
            attribute("sponsor", "reference", false, &["User"]),
            attribute("buddies", "reference", true, &["User"]),
            attribute("page", "reference", false, &["external"]),
            attribute("motto", "string", false, &[]),
            // Of a name that the base schema knows as well, as text.
            attribute("nickName", "reference", false, &["User"]),
            mentor,
            deals,
            seal,
            warden,
        ],
    }))
    .unwrap();
    let users = catalog::user().extend(catalog::enterprise()).unwrap().extend(schema).unwrap();
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(Endpoint::users(users))
        .endpoint(Endpoint::groups(catalog::group()));
    Client(service.build().unwrap())
}

/// The id of what an operation has made.
fn id_of(answer: &Answer, at: usize) -> String {
    let location = answer.body["Operations"][at]["location"].as_str().unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

/// RFC 7644 §3.7.2, RFC 7643 §2.3.7
#[tokio::test]
async fn a_reference_stands_where_the_schema_says_and_becomes_an_id_or_a_location() {
    let client = partners();
    let data = json!({
        "userName": "u", "nickName": "bulkId:v", "roles": [{"value": "bulkId:v"}],
        PARTNER: {
            "sponsor": "bulkId:v", "buddies": ["bulkId:v", format!("{BASE}/Users/old")],
            "page": "bulkId:v", "motto": "bulkId:v", "nickName": "bulkId:v",
            "mentor": {"value": "bulkId:v", "$ref": "bulkId:v", "note": "bulkId:v"},
            "deals": [{"name": "bulkId:v", "signers": ["bulkId:g", "bulkId:v"]}],
        },
    });
    let answer = bulk(
        &client,
        json!({"Operations": [
            post("/Users", "u", data),
            post("/Users", "v", json!({"userName": "v"})),
            post("/Groups", "g", json!({"displayName": "g"})),
        ]}),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "201", "201"]);
    let (id, group) = (id_of(&answer, 1), format!("{BASE}/Groups/{}", id_of(&answer, 2)));
    let user = format!("{BASE}/Users/{id}");
    let stored = client.get(&format!("/Users/{}", id_of(&answer, 0))).await;
    let expected = json!({
        "sponsor": user, "buddies": [user, format!("{BASE}/Users/old")],
        "page": "bulkId:v", "motto": "bulkId:v", "nickName": user,
        "mentor": {"value": id, "$ref": user, "note": "bulkId:v"},
        "deals": [{"name": "bulkId:v", "signers": [group, user]}],
    });
    assert_eq!(stored.body[PARTNER], expected);
    assert_eq!(stored.body["nickName"], "bulkId:v");
    assert_eq!(stored.body["roles"][0]["value"], id);
}

/// RFC 7644 §3.7.2
#[tokio::test]
async fn a_reference_to_nothing_fails_its_operation_in_every_form() {
    let members = [
        json!({"sponsor": "bulkId:none"}),
        json!({"buddies": ["bulkId:none"]}),
        json!({"mentor": {"$ref": "bulkId:none"}}),
        json!({"mentor": "bulkId:none"}),
        json!({"deals": [{"name": "a", "signers": ["bulkId:none"]}]}),
    ];
    let client = partners();
    for (at, member) in members.into_iter().enumerate() {
        let user = post("/Users", "u", json!({"userName": "u", PARTNER: member}));
        let answer = bulk(&client, json!({"Operations": [user]})).await;
        assert_eq!(statuses(&answer), ["400"], "{at}");
        assert_eq!(answer.body["Operations"][0]["response"]["scimType"], "invalidValue", "{at}");
    }
    // What lies outside, what is text, what clients cannot write and what no schema knows refers
    // to nothing.
    let texts = [
        (PARTNER, json!({"page": "bulkId:none"})),
        (PARTNER, json!({"motto": "bulkId:none"})),
        (PARTNER, json!({"mentor": {"value": "x", "odd": "bulkId:none"}})),
        (PARTNER, json!({"seal": {"text": "x", "by": "bulkId:none"}})),
        (PARTNER, json!({"warden": "bulkId:none"})),
        ("groups", json!([{"value": "bulkId:none"}])),
        ("urn:example:schemas:2.0:Foreign", json!({"value": "bulkId:none"})),
    ];
    for (at, (schema, text)) in texts.into_iter().enumerate() {
        let user = post("/Users", "u", json!({"userName": format!("text {at}"), schema: text}));
        assert_eq!(statuses(&bulk(&client, json!({"Operations": [user]})).await), ["201"], "{at}");
    }
}

/// RFC 7644 §3.7.1, RFC 7644 §3.7.2
#[tokio::test]
async fn locations_that_go_round_in_a_circle_are_linked_and_nothing_else_is_left_out() {
    let client = partners();
    let user = |own: &str, partner: Value| {
        post("/Users", own, json!({"userName": own, "title": own, PARTNER: partner}))
    };
    let answer = bulk(
        &client,
        json!({"Operations": [
            user("a", json!({"sponsor": "bulkId:b", "motto": "a"})),
            user("b", json!({"buddies": ["bulkId:a", "bulkId:b"]})),
        ]}),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "201"]);
    let location = |at: usize| answer.body["Operations"][at]["location"].clone();
    let partner = async |at: usize| {
        client.get(&format!("/Users/{}", id_of(&answer, at))).await.body[PARTNER].clone()
    };
    assert_eq!(partner(0).await, json!({"sponsor": location(1), "motto": "a"}));
    assert_eq!(partner(1).await, json!({"buddies": [location(0), location(1)]}));
}

/// RFC 7644 §3.7.2, RFC 7644 §3.5.2
#[tokio::test]
async fn a_patch_refers_in_paths_names_and_values() {
    let client = partners();
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let manager = format!("{enterprise}:manager");
    let sponsor = format!("{PARTNER}:sponsor");
    // The operations, and what they leave of `manager.value` and of `sponsor`.
    let cases = [
        (json!([{"op": "add", "value": {&manager: "bulkId:v"}}]), true, false),
        (json!([{"op": "add", "value": {&manager: {"value": "bulkId:v"}}}]), true, false),
        (json!([{"op": "add", "value": {format!("{manager}.value"): "bulkId:v"}}]), true, false),
        (json!([{"op": "add", "value": {enterprise: {"manager": "bulkId:v"}}}]), true, false),
        (json!([{"op": "add", "path": manager, "value": "bulkId:v"}]), true, false),
        (
            json!([{"OP": "add", "PATH": format!("{manager}.value"), "VALUE": "bulkId:v"}]),
            true,
            false,
        ),
        (json!([{"op": "add", "path": enterprise, "value": {"manager": "bulkId:v"}}]), true, false),
        (json!([{"op": "add", "path": sponsor, "value": "bulkId:v"}]), false, true),
        (json!([{"op": "add", "value": {&sponsor: "bulkId:v"}}]), false, true),
    ];
    for (at, (operations, manages, sponsors)) in cases.into_iter().enumerate() {
        let user = client.user(&format!("u{at}")).await;
        let answer = bulk(
            &client,
            json!({"Operations": [
                {"method": "PATCH", "path": user, "data": {"Operations": operations}},
                post("/Users", "v", json!({"userName": format!("v{at}")})),
            ]}),
        )
        .await;
        assert_eq!(statuses(&answer), ["200", "201"], "{at}: {answer:?}");
        let stored = client.get(&user).await.body;
        let expected = if manages { json!(id_of(&answer, 1)) } else { Value::Null };
        assert_eq!(stored[enterprise]["manager"]["value"], expected, "{at}");
        let location = answer.body["Operations"][1]["location"].clone();
        let expected = if sponsors { location } else { Value::Null };
        assert_eq!(stored[PARTNER]["sponsor"], expected, "{at}");
    }
}

/// RFC 7644 §3.7.2, RFC 7644 §3.5.2.2
#[tokio::test]
async fn a_value_that_names_its_path_again_refers_too() {
    let client = Client::new();
    let members = json!([{"value": "bulkId:v"}, {"value": "bulkId:w"}]);
    let value = json!({"members": [{"value": "bulkId:v"}]});
    let remove = json!({"Operations": [{"op": "remove", "path": "members", "value": value}]});
    let operations = json!([
        post("/Users", "v", json!({"userName": "v"})),
        post("/Users", "w", json!({"userName": "w"})),
        post("/Groups", "g", json!({"displayName": "g", "members": members})),
        {"method": "PATCH", "path": "/Groups/bulkId:g", "data": remove},
    ]);
    let answer = bulk(&client, json!({"Operations": operations})).await;
    assert_eq!(statuses(&answer), ["201", "201", "201", "200"]);
    let group = client.get(&format!("/Groups/{}", id_of(&answer, 2))).await.body;
    assert_eq!(group["members"].as_array().unwrap().len(), 1);
    assert_eq!(group["members"][0]["value"], id_of(&answer, 1));
}

/// RFC 7644 §3.7.2, RFC 7644 §3.5.2.2
#[tokio::test]
async fn a_filter_of_a_path_refers_too() {
    let client = partners();
    let paths = [
        "members[value eq \"bulkId:v\"]",
        "members[type eq \"User\" and (value eq \"bulkId:v\" or value eq \"x\")]",
        "members[value eq \"bulkId\\u003av\"]",
    ];
    for (at, path) in paths.into_iter().enumerate() {
        let remove = json!({"Operations": [{"op": "remove", "path": path}]});
        let members =
            json!([{"value": "bulkId:v", "type": "User"}, {"value": "bulkId:w", "type": "User"}]);
        let answer = bulk(
            &client,
            json!({"Operations": [
                post("/Users", "v", json!({"userName": format!("v{at}")})),
                post("/Users", "w", json!({"userName": format!("w{at}")})),
                post("/Groups", "g", json!({"displayName": "g", "members": members})),
                {"method": "PATCH", "path": "/Groups/bulkId:g", "data": remove},
            ]}),
        )
        .await;
        assert_eq!(statuses(&answer), ["201", "201", "201", "200"], "{path}");
        let group = client.get(&format!("/Groups/{}", id_of(&answer, 2))).await.body;
        assert_eq!(group["members"].as_array().unwrap().len(), 1, "{path}");
        assert_eq!(group["members"][0]["value"], id_of(&answer, 1), "{path}");
    }
    let unknown =
        json!({"Operations": [{"op": "remove", "path": "members[value eq \"bulkId:none\"]"}]});
    let answer = bulk(
        &client,
        json!({"Operations": [
            post("/Groups", "g", json!({"displayName": "g"})),
            {"method": "PATCH", "path": "/Groups/bulkId:g", "data": unknown},
        ]}),
    )
    .await;
    assert_eq!(statuses(&answer), ["201", "400"]);
}

/// RFC 7644 §3.7
#[tokio::test]
async fn a_create_takes_over_what_an_operation_before_it_has_released() {
    let users = Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive());
    let service = ScimService::builder(Arc::new(MemoryStore::new())).base_url(BASE).endpoint(users);
    let client = Client(service.build().unwrap());
    let user = client.user("ann").await;
    let off = json!({"Operations": [{"op": "replace", "path": "active", "value": false}]});
    let answer = bulk(
        &client,
        json!({"failOnErrors": 1, "Operations": [
            {"method": "PATCH", "path": user, "data": off},
            post("/Users", "a", json!({"userName": "ann", "title": "Lead"})),
            {"method": "DELETE", "path": "/Users/none"},
            post("/Users", "b", json!({"userName": "bob"})),
        ]}),
    )
    .await;
    assert_eq!(statuses(&answer), ["200", "201", "404"]);
    assert_eq!(answer.body["Operations"][1]["location"], format!("{BASE}{user}"));
    assert_eq!(client.get(&user).await.body["title"], "Lead");
}

/// A policy by which a group is never empty.
struct Inhabited;

impl Policy for Inhabited {
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let is_empty = !proposal.resource.attributes().contains_key("members");
        if cx.resource_type() == "Group" && is_empty {
            return Err(Error::invalid_value("a group has members"));
        }
        Ok(())
    }
}

/// RFC 7644 §3.7.1
#[tokio::test]
async fn a_policy_judges_what_is_in_a_circle_as_it_will_be() {
    let client = Client::of(|builder| builder.policy(Inhabited));
    let group = |own: &str, other: &str| {
        let members = json!([{"type": "Group", "value": format!("bulkId:{other}")}]);
        post("/Groups", own, json!({"displayName": own, "members": members}))
    };
    let answer = bulk(
        &client,
        json!({"Operations": [
            group("a", "b"), group("b", "a"), post("/Groups", "c", json!({"displayName": "c"})),
        ]}),
    );
    assert_eq!(statuses(&answer.await), ["201", "201", "400"]);
    for group in client.get("/Groups").await.body["Resources"].as_array().unwrap() {
        assert_eq!(group["members"].as_array().unwrap().len(), 1);
    }
}

/// RFC 7644 §3.7.1
#[tokio::test]
async fn groups_that_contain_one_another_are_created_and_then_linked() {
    let client = Client::new();
    let group = |own: &str, other: &str| {
        post(
            "/Groups",
            own,
            json!({"displayName": own, "members": [{"type": "Group", "value": format!("bulkId:{other}")}]}),
        )
    };
    let answer = bulk(&client, json!({"Operations": [group("a", "b"), group("b", "c"), group("c", "a"), group("self", "self")]})).await;
    assert_eq!(statuses(&answer), ["201", "201", "201", "201"]);
    let results = answer.body["Operations"].as_array().unwrap();
    let path = |at: usize| results[at]["location"].as_str().unwrap().strip_prefix(BASE).unwrap();
    for (own, other) in [(0, 1), (1, 2), (2, 0), (3, 3)] {
        let found = client.get(path(own)).await;
        assert_eq!(
            found.body["members"][0]["value"],
            path(other).strip_prefix("/Groups/").unwrap()
        );
        assert_eq!(found.body["members"][0]["$ref"], format!("{BASE}{}", path(other)));
        assert_eq!(found.body["meta"]["version"], results[own]["version"]);
    }
}

/// RFC 7644 §3.7.2
#[tokio::test]
async fn what_refers_to_a_create_that_failed_fails_too() {
    let client = Client::new();
    client.user("taken").await;
    let answer = bulk(
        &client,
        json!({"Operations": [
            post("/Users", "u", json!({"userName": "taken"})),
            post("/Groups", "g", json!({"displayName": "g", "members": [{"value": "bulkId:u"}]})),
        ]}),
    )
    .await;
    assert_eq!(statuses(&answer), ["409", "409"]);
    assert_eq!(client.get("/Groups").await.body["totalResults"], 0);
}

/// RFC 7644 §3.7, RFC 7644 §3.7.4
#[tokio::test]
async fn a_request_that_is_no_job_is_refused_as_a_whole() {
    let client = Client::new();
    let message = |schema: &str| json!({"schemas": [schema], "Operations": []});
    assert_eq!(
        client.post("/Bulk", message("urn:x:y")).await.error(),
        (400, Some("invalidSyntax"))
    );
    assert_eq!(
        client.post("/Bulk", json!({"Operations": []})).await.error(),
        (400, Some("invalidSyntax"))
    );
    assert_eq!(bulk(&client, json!({})).await.error(), (400, Some("invalidSyntax")));
    let twice = json!({"Operations": [post("/Users", "a", json!({"userName": "a"})), post("/Users", "a", json!({"userName": "b"}))]});
    assert_eq!(bulk(&client, twice).await.error(), (400, Some("invalidValue")));
    let many = vec![json!({"method": "DELETE", "path": "/Users/1"}); 1001];
    let refused = bulk(&client, json!({"Operations": many})).await;
    assert_eq!(refused.error(), (413, None));
    assert!(refused.body["detail"].as_str().unwrap().contains("1000"));
    assert_eq!(client.send("GET", "/Bulk", &[], "").await.error(), (405, None));
}

/// RFC 7644 §3.7
#[tokio::test]
async fn a_store_is_given_together_what_does_not_refer_to_one_another() {
    let batches = Arc::new(Mutex::new(Vec::new()));
    let seen = batches.clone();
    let store = Wrapped::new(Features::default(), move |call| {
        seen.lock().unwrap().extend(call.strip_suffix(" writes").map(str::to_owned));
        Ok(())
    });
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .endpoint(Endpoint::groups(catalog::group()));
    let client = Client(service.build().unwrap());
    let members = json!([{"value": "bulkId:a"}, {"value": "bulkId:b"}]);
    let answer = bulk(
        &client,
        json!({"Operations": [
            post("/Users", "a", json!({"userName": "a"})),
            post("/Users", "b", json!({"userName": "b"})),
            post("/Users", "c", json!({"userName": "c"})),
            post("/Groups", "g", json!({"displayName": "g", "members": members})),
            post("/Groups", "h", json!({"displayName": "h"})),
        ]}),
    );
    assert_eq!(statuses(&answer.await), ["201"; 5]);
    assert_eq!(*batches.lock().unwrap(), ["3", "2"]);
}

/// A policy that writes down what it hears.
struct Hearing(Arc<Mutex<Vec<String>>>);

impl Policy for Hearing {
    fn after(&self, _: &Context, event: &Event<'_>) {
        let resource = event.stored.map_or("nothing".to_owned(), |stored| {
            assert_eq!(stored.id, event.id);
            let name = |attribute: &str| stored.attributes.get(attribute)?.as_str();
            let name = name("userName").or(name("displayName")).unwrap();
            let members = stored.attributes.get("members").and_then(Value::as_array);
            format!("{name} with {}", members.map_or(0, Vec::len))
        });
        self.0.lock().unwrap().push(format!("{:?}: {resource}", event.action));
    }
}

/// RFC 7644 §3.7, RFC 7644 §3.7.1
#[tokio::test]
async fn a_policy_hears_of_what_was_written_and_of_nothing_else() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hearing = Hearing(heard.clone());
    let client = Client::of(|builder| builder.policy(hearing));
    let user = client.user("ann").await;
    let group = |own: &str, other: &str, name: &str| {
        let members = [user.strip_prefix("/Users/").unwrap(), &format!("bulkId:{other}")];
        let members = members.map(|value| json!({"value": value}));
        post("/Groups", own, json!({"displayName": name, "members": members}))
    };
    let patch =
        |value: &str| json!({"Operations": [{"op": "add", "path": "title", "value": value}]});
    let answer = bulk(
        &client,
        json!({"Operations": [
            {"method": "PUT", "path": user, "data": {"userName": "ann"}},
            {"method": "PATCH", "path": user, "data": patch("Lead")},
            {"method": "PATCH", "path": user, "data": patch("Lead")},
            {"method": "DELETE", "path": "/Users/none"},
            group("a", "b", "A"),
            group("b", "a", "B"),
            post("/Groups", "c", json!({"members": [{"value": "bulkId:d"}]})),
            group("d", "c", "D"),
            {"method": "DELETE", "path": user},
        ]}),
    );
    assert_eq!(
        statuses(&answer.await),
        ["200", "200", "200", "404", "201", "201", "400", "409", "204"]
    );
    let expected = [
        "Create: ann with 0",
        "Patch: ann with 0",
        "Create: B with 1",
        "Create: A with 2",
        "Replace: B with 2",
        "Create: D with 1",
        "Delete: nothing",
        "Delete: nothing",
    ];
    assert_eq!(*heard.lock().unwrap(), expected);
}
