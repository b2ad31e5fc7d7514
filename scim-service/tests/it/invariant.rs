//! What must hold across resources, and what a policy says of deletions, on every way to write.

use std::sync::Arc;

use scim_service::{
    Action, Change, Context, Endpoint, Guard, Invariant, MemoryStore, New, OnConflict, Permissive,
    Policy, Question, ScimService, Store, Tenant, Write,
    core::{Compat, Error, ScimType},
    schema::{Mode, Valid, catalog},
};
use serde_json::{Value, json};

use crate::client::{BASE, Client};

/// There is an active user among the members of the group `Admins`, once there is the group.
struct KeepsAnAdmin;

impl Policy for KeepsAnAdmin {
    fn invariants(&self, cx: &Context, action: Action) -> Result<Vec<Invariant>, Error> {
        if action == Action::Create {
            return Ok(Vec::new());
        }
        let active = r#"active eq true and groups.display eq "Admins""#;
        let admins = Question::count(&cx.of_type("User")?, active)?;
        Ok(vec![Invariant::new([admins], |answers| match answers {
            [admins] if admins.total > Some(0) => Ok(()),
            _ => Err(Error::of(ScimType::Mutability, "an administrator must be left")),
        })])
    }

    fn before_delete(&self, _: &Context, _: &str, resource: &Valid) -> Result<(), Error> {
        match resource.attributes().get("title") {
            Some(title) if title == "Founder" => {
                Err(Error::of(ScimType::Mutability, "founders stay"))
            }
            _ => Ok(()),
        }
    }
}

/// Two users, the first an administrator, and the group.
async fn company() -> (Client, [String; 2], String) {
    let users = Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_inactive());
    company_of(users).await
}

async fn company_of(users: Endpoint) -> (Client, [String; 2], String) {
    let service = ScimService::builder(Arc::new(MemoryStore::new()))
        .base_url(BASE)
        .endpoint(users)
        .endpoint(Endpoint::groups(catalog::group()))
        .policy(KeepsAnAdmin)
        .build();
    let client = Client(service.unwrap());
    let users = [client.user("ann").await, client.user("bob").await];
    let members = json!([{"value": id_of(&users[0])}]);
    let group = client.post("/Groups", json!({"displayName": "Admins", "members": members})).await;
    let group = format!("/Groups/{}", group.body["id"].as_str().unwrap());
    (client, users, group)
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

fn off() -> Value {
    json!([{"op": "replace", "path": "active", "value": false}])
}

/// RFC 7644 §3.5.1, RFC 7644 §3.5.2, RFC 7644 §3.6, RFC 7644 §3.12
#[tokio::test]
async fn the_last_administrator_cannot_be_lost_in_any_way() {
    let (client, [ann, bob], group) = company().await;
    let refused = (400, Some("mutability"));
    let inactive = json!({"userName": "ann", "active": false});
    assert_eq!(client.patch(&ann, off()).await.error(), refused);
    assert_eq!(client.put(&ann, inactive).await.error(), refused);
    assert_eq!(client.send("DELETE", &ann, &[], "").await.error(), refused);
    assert_eq!(client.send("DELETE", &group, &[], "").await.error(), refused);
    let renamed = json!({"displayName": "Others"});
    assert_eq!(client.put(&group, renamed).await.error(), refused);
    for path in ["members".to_owned(), format!("members[value eq \"{}\"]", id_of(&ann))] {
        let remove = json!([{"op": "remove", "path": path}]);
        assert_eq!(client.patch(&group, remove).await.error(), refused);
    }
    let swap = json!([{"op": "replace", "path": "members", "value": [{"value": id_of(&bob)}]}]);
    assert_eq!(client.patch(&group, swap).await.status, 204);
    assert_eq!(client.patch(&ann, off()).await.status, 200);
    assert_eq!(client.patch(&bob, off()).await.error(), refused);
}

/// RFC 7644 §3.7, RFC 7644 §3.7.3
#[tokio::test]
async fn in_bulk_the_write_that_would_lose_the_last_administrator_fails_alone() {
    let (client, [ann, bob], group) = company().await;
    let add = json!([{"op": "add", "path": "members", "value": [{"value": id_of(&bob)}]}]);
    client.patch(&group, add).await;
    let patch = |path: &str, operations: Value| {
        let data = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
        });
        json!({"method": "PATCH", "path": path, "data": data})
    };
    let operations = json!([
        patch(&ann, off()),
        patch(&bob, off()),
        {"method": "DELETE", "path": bob},
        {"method": "DELETE", "path": ann},
        {"method": "DELETE", "path": group},
    ]);
    let answer = client
        .post(
            "/Bulk",
            json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                "Operations": operations,
            }),
        )
        .await;
    let statuses: Vec<&str> = answer.body["Operations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|operation| operation["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["200", "400", "400", "204", "400"]);
    assert_eq!(client.get(&bob).await.body["active"], true);
    assert_eq!(client.get(&group).await.body["members"].as_array().unwrap().len(), 1);
}

/// RFC 7644 §3.3
#[tokio::test]
async fn a_create_that_takes_an_account_over_is_judged_as_a_replacement_too() {
    let users = Endpoint::users(catalog::user()).on_conflict(OnConflict::adopt_unmanaged());
    let (client, [ann, bob], _) = company_of(users).await;
    let refused = (400, Some("mutability"));
    let off = json!({"userName": "ann", "externalId": "1", "active": false});
    assert_eq!(client.post("/Users", off.clone()).await.error(), refused);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": off}],
    });
    let answer = client.post("/Bulk", bulk).await;
    assert_eq!(answer.body["Operations"][0]["status"], "400");
    assert_eq!(client.get(&ann).await.body["active"], true);
    let off = json!({"userName": "bob", "externalId": "2", "active": false});
    let adopted = client.post("/Users", off).await;
    assert_eq!((adopted.status, adopted.body["id"].as_str()), (201, Some(id_of(&bob))));
}

#[tokio::test]
async fn who_comes_back_is_no_loss_of_an_administrator() {
    let (client, [_, bob], _) = company().await;
    assert_eq!(client.patch(&bob, off()).await.status, 200);
    let again = client.post("/Users", json!({"userName": "bob"})).await;
    assert_eq!((again.status, again.body["id"].as_str()), (201, Some(id_of(&bob))));
}

/// RFC 7644 §3.6
#[tokio::test]
async fn a_deletion_is_refused_by_what_is_deleted() {
    let (client, [_, bob], _) = company().await;
    let title = json!([{"op": "add", "path": "title", "value": "Founder"}]);
    client.patch(&bob, title).await;
    assert_eq!(client.send("DELETE", &bob, &[], "").await.error(), (400, Some("mutability")));
    assert_eq!(client.get(&bob).await.status, 200);
    client.patch(&bob, json!([{"op": "remove", "path": "title"}])).await;
    assert_eq!(client.send("DELETE", &bob, &[], "").await.status, 204);
}

#[tokio::test]
async fn a_type_that_is_not_served_is_an_error_and_not_forgotten() {
    let (client, ..) = company().await;
    let cx = client.0.context("Group", http::Extensions::new()).unwrap();
    assert_eq!(cx.of_type("User").unwrap().resource_type(), "User");
    assert_eq!(cx.of_type("User").unwrap().of_type("Group").unwrap().resource_type(), "Group");
    assert_eq!(cx.of_type("Device").unwrap_err().status, 500);
    let named = |cx: &Context| -> Vec<String> {
        cx.types().map(|one| one.resource_type().to_owned()).collect()
    };
    assert_eq!(named(&cx), ["User", "Group"]);
    let alone = Context::new(Endpoint::users(catalog::user()), http::Extensions::new());
    assert_eq!(alone.of_type("User").unwrap().resource_type(), "User");
    assert_eq!(alone.of_type("Group").unwrap_err().status, 500);
    assert_eq!(named(&alone), ["User"]);
}

/// RFC 7644 §6.1
#[tokio::test]
async fn another_type_is_the_same_tenants() {
    let (client, ..) = company().await;
    let mut extensions = http::Extensions::new();
    extensions.insert(Tenant("first".into()));
    let cx = client.0.context("Group", extensions).unwrap().of_type("User").unwrap();
    assert_eq!(cx.get::<Tenant>(), Some(&Tenant("first".into())));
}

#[tokio::test]
async fn a_judgement_that_panics_leaves_nothing() {
    let (client, [ann, _], _) = company().await;
    let store = client.0.store().clone();
    let cx = client.0.context("User", http::Extensions::new()).unwrap();
    let nothing = Question::count(&cx, "active eq true").unwrap();
    let panicking = Invariant::new([nothing], |_| panic!("on purpose"));
    let (id, guard) = (id_of(&ann).to_owned(), Guard::default().under(vec![panicking]));
    let task = tokio::spawn(async move { store.delete(&cx, &id, &guard).await });
    assert!(task.await.unwrap_err().is_panic());
    let kept = client.get(&ann).await;
    assert_eq!((kept.status, &kept.body["groups"][0]["display"]), (200, &json!("Admins")));
    let other = client.post("/Users", json!({"userName": "ann"})).await;
    assert_eq!(other.error(), (409, Some("uniqueness")));
}

fn users() -> Context {
    Context::new(Endpoint::users(catalog::user()), http::Extensions::new())
}

#[test]
fn a_deletion_is_judged_by_policies_that_judge_alone() {
    let permissive: Arc<dyn Policy> = Arc::new(Permissive);
    for (guard, judges) in [
        (Guard::default(), false),
        (Guard::default().policy(users(), permissive), false),
        (Guard::default().policy(users(), Arc::new(KeepsAnAdmin)), true),
    ] {
        assert_eq!(guard.judges(), judges);
    }
}

#[test]
fn a_write_names_its_type_and_what_must_hold_once_it_is_made() {
    let (cx, body) = (users(), json!({"userName": "ann"}));
    let active = Question::count(&cx, "active eq true").unwrap();
    let invariants = || vec![Invariant::new([active.clone(), active.clone()], |_| Ok(()))];
    let guard = Guard::default().under(invariants());
    let valid = cx.schema().validate(body.clone(), Mode::Create, &Compat::INTEROP).unwrap();
    let new = New::with_id("1", valid).under(invariants());
    let change = Change::replace(users(), guard.clone(), body, Arc::new(Permissive));
    for write in [
        Write::Create { cx: cx.clone(), new },
        Write::Update { cx: cx.clone(), id: "1".to_owned(), change },
        Write::Delete { cx: cx.clone(), id: "1".to_owned(), guard },
    ] {
        assert_eq!(write.context().resource_type(), "User");
        let counts: Vec<_> = write.invariants().iter().map(|one| one.questions().len()).collect();
        assert_eq!(counts, [2], "{write:?}");
        assert!(format!("{:?}", write.invariants()).contains("active"), "its questions are shown");
    }
}
