//! Whatever a service over a store that works is asked, and what must hold of every answer.

use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// The keywords of errors (RFC 7644 §3.12, RFC 9865 §2.1).
const KEYWORDS: [&str; 13] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
];

/// A path and query of any bytes; what cannot stand in a URI is percent-encoded.
pub(crate) fn escaped(path_and_query: &[u8]) -> String {
    let mut text = String::new();
    for byte in path_and_query {
        match byte {
            b'"'
            | b'<'
            | b'>'
            | b'\\'
            | b'^'
            | b'`'
            | b'{'
            | b'|'
            | b'}'
            | b'#'
            | ..=b' '
            | 127.. => {
                text.push_str(&format!("%{byte:02X}"));
            }
            _ => text.push(char::from(*byte)),
        }
    }
    text
}

/// Holds an answer against the rules for all answers, and gives its body; null if it has none.
///
/// # Panics
/// If a rule is broken.
pub(crate) fn hold(method: &Method, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Value {
    assert!(
        !status.is_server_error() || status == StatusCode::NOT_IMPLEMENTED,
        "the server failed: {status}"
    );
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap());
    let media = text(header::CONTENT_TYPE);
    let bodyless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    assert_eq!(media, (!bodyless).then_some("application/scim+json"), "{status}");
    assert_eq!(text(header::ALLOW).is_some(), status == StatusCode::METHOD_NOT_ALLOWED);
    if bodyless || method == Method::HEAD {
        assert!(body.is_empty(), "a body where none may be");
        return Value::Null;
    }
    let document: Value = serde_json::from_slice(body).expect("a body of JSON");
    hold_everywhere(&document);
    let schemas = document["schemas"].as_array().expect("a SCIM body names its schemas");
    assert!(!schemas.is_empty() && schemas.iter().all(Value::is_string), "{schemas:?}");
    if !status.is_success() {
        hold_error(status, &document);
    } else if schemas[0] == LIST {
        hold_list(&document);
    } else if document.get("Operations").is_none() {
        let address = text(header::CONTENT_LOCATION);
        hold_resource(&document, text(header::ETAG), address);
        assert_eq!(address, text(header::LOCATION));
        assert!(address.is_some() && status.is_success());
    }
    document
}

/// Nothing is null, and nothing secret is told.
fn hold_everywhere(document: &Value) {
    let mut left = vec![document];
    while let Some(value) = left.pop() {
        match value {
            Value::Null => panic!("a null in {document}"),
            Value::Array(elements) => left.extend(elements),
            Value::Object(members) => {
                let secret = members.keys().any(|name| name.eq_ignore_ascii_case("password"));
                assert!(!secret, "a password in {document}");
                left.extend(members.values());
            }
            _ => {}
        }
    }
}

fn hold_error(status: StatusCode, error: &Value) {
    assert_eq!(error["schemas"], serde_json::json!([ERROR]));
    assert_eq!(error["status"], status.as_str());
    let detail = error["detail"].as_str().expect("an error says why");
    assert!(!detail.is_empty() && !detail.contains('\n'), "{detail:?}");
    let keyword = error.get("scimType").map(|keyword| keyword.as_str().expect("a keyword"));
    let needs_one = matches!(status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT);
    assert_eq!(keyword.is_some(), needs_one, "{error}");
    assert!(keyword.is_none_or(|keyword| KEYWORDS.contains(&keyword)), "{error}");
}

fn hold_list(list: &Value) {
    let number = |name: &str| list.get(name).map(|value| value.as_u64().expect("a number"));
    let resources = list["Resources"].as_array().expect("a list holds resources");
    let shown = resources.len() as u64;
    assert_eq!(number("itemsPerPage"), Some(shown));
    // With a cursor it may be left out (RFC 9865 §2).
    assert!(number("totalResults").is_none_or(|total| total >= shown), "{list}");
    for cursor in ["nextCursor", "previousCursor"].iter().filter_map(|name| list.get(*name)) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        assert!(cursor.as_str().expect("a text").bytes().all(plain), "{list}");
        assert!(list.get("startIndex").is_none(), "{list}");
    }
    for resource in resources {
        hold_resource(resource, None, None);
    }
}

fn hold_resource(resource: &Value, tag: Option<&str>, address: Option<&str>) {
    let meta = |name: &str| resource["meta"].get(name).map(|value| value.as_str().expect("a text"));
    let configuration =
        resource["schemas"][0] == "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    assert!(configuration || resource["id"].as_str().is_some_and(|id| !id.is_empty()));
    let differs = |inside: Option<&str>, outside| inside.zip(outside).is_some_and(|(a, b)| a != b);
    assert!(!differs(meta("version"), tag), "{resource}, {tag:?}");
    assert!(!differs(meta("location"), address), "{resource}, {address:?}");
}
