//! Requests of any bytes at all: each answer is well formed, a request that is refused or only
//! reads changes nothing, and what is stored can be read.

mod made;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use tower::ServiceExt;

use self::made::{Made, made, request};
use crate::{client::Client, law};

async fn answer(client: &Client, request: Request<Full<Bytes>>) -> (StatusCode, Value) {
    let method = request.method().clone();
    let response = client.0.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, law::hold(&method, head.status, &head.headers, &body))
}

/// All that is stored.
async fn stored(client: &Client) -> Value {
    let all = Request::get("/?count=1000").body(Full::default()).unwrap();
    let (status, all) = answer(client, all).await;
    assert_eq!(status, StatusCode::OK);
    all
}

async fn hold(requests: Vec<Made>) {
    let client = Client::counted();
    for name in ["bjensen", "alice"] {
        client.user(name).await;
    }
    let group = serde_json::json!({"displayName": "Tour Guides", "members": [{"value": "1"}]});
    client.post("/Groups", group).await;
    let mut before = stored(&client).await;
    for made in requests {
        let Some(request) = request(&made) else { continue };
        let reads = request.method().is_safe();
        let (status, body) = answer(&client, request).await;
        let after = stored(&client).await;
        if reads || !status.is_success() {
            assert_eq!(before, after, "{made:?} changed something: {status} {body}");
        }
        before = after;
    }
}

proptest! {
    /// RFC 7644 §3.12, RFC 7643 §9.2
    #[test]
    fn any_bytes_are_answered_well_and_what_is_refused_changes_nothing(
        requests in vec(made(), 1..6),
    ) {
        futures_executor::block_on(hold(requests));
    }
}
