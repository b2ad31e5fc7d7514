//! Large groups, whose members a store hands over one by one while the answer is sent.

use std::{iter, sync::Arc};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use scim_service::{Endpoint, Features, ScimService, Values, schema::catalog};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{
    client::{BASE, Client},
    wrapped::Wrapped,
};

/// A group of so many users, of whom the one with this number has a name to be shown.
async fn group(store: Wrapped, members: usize, named: usize) -> Client<Wrapped> {
    let service = ScimService::builder(Arc::new(store))
        .base_url(BASE)
        .endpoint(Endpoint::users(catalog::user()))
        .endpoint(Endpoint::groups(catalog::group()))
        .build();
    let client = Client(service.unwrap());
    let mut values = Vec::new();
    for number in 0..members {
        let name = (number == named).then_some("Babs");
        let user = json!({"userName": format!("user{number}"), "displayName": name});
        values.push(json!({"value": client.post("/Users", user).await.body["id"]}));
    }
    let group = json!({"displayName": "Tour Guides", "externalId": "g", "members": values});
    assert_eq!(client.post("/Groups?attributes=id", group).await.status, 201);
    client
}

fn plain() -> Wrapped {
    Wrapped::new(Features::default(), |_| Ok(()))
}

/// RFC 7644 §3.4.1, RFC 7644 §3.9
#[tokio::test]
async fn a_group_is_the_same_in_pieces() {
    for (members, named) in [(0, 0), (1, 0), (256, 255), (257, 256), (600, 599)] {
        let client = group(plain().streaming(usize::MAX), members, named).await;
        let list = client.get("/Groups").await;
        let whole = &list.body["Resources"][0];
        let path = format!("/Groups/{}", whole["id"].as_str().unwrap());
        let found = client.get(&path).await;
        assert_eq!(&found.body, whole, "{members}");
        assert_eq!(found.header("etag"), whole["meta"]["version"].as_str());
        for query in [
            "attributes=members",
            "attributes=members.value",
            "attributes=members.display",
            "attributes=displayName",
            "excludedAttributes=members",
            "excludedAttributes=members.type,members.$ref",
            "excludedAttributes=displayName",
        ] {
            let listed = client.get(&format!("/Groups?{query}")).await;
            let found = client.get(&format!("{path}?{query}")).await;
            assert_eq!(found.body, listed.body["Resources"][0], "{members} {query}");
        }
    }
}

/// RFC 7644 §3.12
#[tokio::test]
async fn an_answer_breaks_off_where_the_store_does() {
    let client = group(plain().streaming(300), 600, 0).await;
    let list = client.get("/Groups?attributes=id").await;
    let id = list.body["Resources"][0]["id"].as_str().unwrap().to_owned();
    let request = Request::get(format!("/Groups/{id}")).body(Full::<Bytes>::default()).unwrap();
    let response = client.0.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut text = Vec::new();
    let error = loop {
        match body.frame().await.expect("the answer has no end") {
            Ok(frame) => text.extend(frame.into_data().unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(error.to_string(), "the answer broke off");
    assert!(text.starts_with(b"{") && serde_json::from_slice::<Value>(&text).is_err());
    assert!(body.frame().await.is_none(), "nothing follows");
}

#[test]
fn what_is_handed_over_in_pieces_shows_of_what_attribute_it_is() {
    let values = Values { attribute: "members".into(), elements: Box::new(iter::empty()) };
    assert!(format!("{values:?}").contains("members"));
}
