//! Who may do what: the layer before the service says who asks and by what right, a policy decides
//! (RFC 7644 §2, §7).

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use http::StatusCode;
use http_body_util::Full;
use scim_service::{
    Action, Context, Policy, Principal, Proposal, Target,
    core::{AuthenticationScheme, Error},
};
use serde_json::{Value, json};

use crate::client::{Answer, Client};

/// Sends a request with what a layer before the service says about it.
async fn send<E: Clone + Send + Sync + 'static>(
    client: &Client,
    said: Option<E>,
    method: &str,
    path: &str,
    body: Value,
) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = http::Request::builder().method(method).uri(path);
    let mut request = request.body(Full::from(body)).unwrap();
    if let Some(said) = said {
        request.extensions_mut().insert(said);
    }
    client.request(request).await
}

fn forbidden() -> Error {
    Error::new(StatusCode::FORBIDDEN, "the client may not do this")
}

/// What a token was issued for.
#[derive(Clone)]
struct Scopes(&'static [&'static str]);

/// Each resource type is read by one scope and written by another.
struct ByScope;

impl Policy for ByScope {
    fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
        let kind = if action == Action::Read { "read" } else { "write" };
        let needed = format!("{}.{kind}", cx.resource_type());
        let granted = cx.get::<Scopes>().is_some_and(|scopes| scopes.0.contains(&&*needed));
        if granted { Ok(()) } else { Err(forbidden()) }
    }
}

/// RFC 7644 §2, RFC 7644 §2.1, RFC 7644 §7.7
#[tokio::test]
async fn a_token_is_good_for_what_it_was_issued_for() {
    let client = Client::of(|builder| builder.policy(ByScope));
    let user = json!({"userName": "ann"});
    let all = Scopes(&["User.read", "User.write", "Group.read", "Group.write"]);
    let created = send(&client, Some(all), "POST", "/Users", user.clone()).await;
    assert_eq!(created.status, 201);
    let path = format!("/Users/{}", created.body["id"].as_str().unwrap());
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "DELETE", "path": path}],
    });
    for (scopes, read, written) in [
        (Some(Scopes(&["User.read"])), 200, 403),
        (Some(Scopes(&["Group.read", "Group.write"])), 403, 403),
        (None, 403, 403),
        (Some(Scopes(&["User.read", "User.write"])), 200, 204),
    ] {
        let reads = send(&client, scopes.clone(), "GET", &path, Value::Null).await;
        assert_eq!(reads.status, read);
        let put = send(&client, scopes.clone(), "PUT", &path, user.clone()).await;
        assert_eq!(put.status == 403, written == 403);
        let answer = send(&client, scopes, "POST", "/Bulk", bulk.clone()).await;
        assert_eq!(answer.body["Operations"][0]["status"], written.to_string());
    }
}

/// RFC 7644 §2, RFC 7643 §5
#[tokio::test]
async fn the_schemes_that_the_layer_takes_are_announced() {
    let schemes = [
        AuthenticationScheme::http_basic(),
        AuthenticationScheme::new("oauth2", "OAuth 2.0", "An access token of our own server"),
    ];
    let client = Client::of(|builder| builder.authentication_schemes(schemes));
    let config = client.get("/ServiceProviderConfig").await.body;
    let schemes = config["authenticationSchemes"].as_array().unwrap();
    let types: Vec<&Value> = schemes.iter().map(|scheme| &scheme["type"]).collect();
    assert_eq!(types, ["httpbasic", "oauth2"]);
    assert!(schemes.iter().all(|scheme| scheme["name"].is_string()));
    assert!(schemes.iter().all(|scheme| scheme["description"].is_string()));
}

/// Whoever is not known may ask for an account, which is off until somebody confirms it.
struct Applications;

impl Policy for Applications {
    fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
        match cx.get::<Principal>() {
            None if action != Action::Create => Err(forbidden()),
            _ => Ok(()),
        }
    }

    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        if cx.get::<Principal>().is_none() {
            proposal.resource.attributes_mut().insert("active".to_owned(), Value::Bool(false));
        }
        Ok(())
    }
}

/// RFC 7644 §2.2, RFC 7644 §7.6
#[tokio::test]
async fn what_an_anonymous_client_creates_can_be_off_until_it_is_confirmed() {
    let client = Client::of(|builder| builder.policy(Applications));
    let asked = json!({"userName": "ann", "active": true});
    let nobody = None::<Principal>;
    let created = send(&client, nobody.clone(), "POST", "/Users", asked).await;
    assert_eq!((created.status, &created.body["active"]), (201, &json!(false)));
    let path = format!("/Users/{}", created.body["id"].as_str().unwrap());
    for method in ["GET", "PUT", "DELETE"] {
        let body = json!({"userName": "ann"});
        let answer = send(&client, nobody.clone(), method, &path, body).await;
        assert_eq!(answer.error(), (403, None), "{method}");
    }
    let somebody = Some(Principal("clerk".into()));
    let confirmed = json!({"userName": "ann", "active": true});
    let answer = send(&client, somebody, "PUT", &path, confirmed).await;
    assert_eq!((answer.status, &answer.body["active"]), (200, &json!(true)));
}

/// Everybody may read until nobody may.
struct UntilRevoked(Arc<AtomicBool>);

impl Policy for UntilRevoked {
    fn authorize(&self, _: &Context, _: Action, _: &Target<'_>) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(forbidden()) } else { Ok(()) }
    }
}

/// RFC 9865 §5.2
#[tokio::test]
async fn a_cursor_outlives_no_permission_and_says_nothing_without_one() {
    let revoked = Arc::new(AtomicBool::new(false));
    let policy = UntilRevoked(revoked.clone());
    let client = Client::of(|builder| builder.policy(policy));
    for name in ["ann", "bob"] {
        client.user(name).await;
    }
    let page = client.get("/Users?count=1&cursor").await.body;
    let next = format!("/Users?count=1&cursor={}", page["nextCursor"].as_str().unwrap());
    assert_eq!(client.get(&next).await.status, 200);
    revoked.store(true, Ordering::Relaxed);
    let answer = client.get(&next).await;
    assert_eq!(answer.error(), (403, None));
    let forged = client.get("/Users?count=1&cursor=forged").await;
    assert_eq!((forged.status, &forged.body), (answer.status, &answer.body));
}
