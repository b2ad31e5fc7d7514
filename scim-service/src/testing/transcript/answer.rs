//! An answer as it is judged, and the rules that hold for every one.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, LOCATION, WWW_AUTHENTICATE},
};
use serde_json::Value;

use super::assertion::is_integer;

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// An answer, with its body read as JSON where it is.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    pub(super) text: String,
    pub(super) document: Option<Value>,
}

impl Answer {
    pub(super) fn new(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status.as_u16(),
            headers: head.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            document: serde_json::from_slice(&body).ok(),
        }
    }

    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Why the body cannot be judged, if it cannot.
    pub(super) fn unreadable(&self) -> Option<String> {
        if self.text.is_empty() || self.document.is_some() {
            return None;
        }
        match self.header(&CONTENT_ENCODING) {
            Some(coding) => Some(format!("the body comes in the coding `{coding}`, not decoded")),
            None => Some("the body is not JSON".to_owned()),
        }
    }

    /// What breaks the rules for all answers.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = self.head_faults();
        if let Some(document) = self.document.as_ref().filter(|document| document.is_object()) {
            if self.status >= 400 {
                faults.extend(self.error_faults(document));
            } else if has_schema(document, LIST_RESPONSE) {
                faults.extend(list_faults(document));
            } else {
                faults.extend(self.resource_faults(document));
            }
        }
        faults
    }

    fn head_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |text: &str| faults.push(text.to_owned());
        let media_type = self.header(&CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
        // RFC 7644 §3.1
        if !self.text.is_empty() && !media_type.starts_with("application/scim+json") {
            fault("the media type is not application/scim+json");
        }
        match self.status {
            // RFC 9110 §15.3.5
            204 if !self.text.is_empty() => fault("204 with a body"),
            // RFC 7644 §3.5: the resource, or 204
            200 if self.text.is_empty() => fault("200 without a body"),
            // RFC 7644 §3.3
            201 if self.header(&LOCATION).is_none() => fault("201 without a Location header"),
            // RFC 9110 §15.5.2
            401 if self.header(&WWW_AUTHENTICATE).is_none() => {
                fault("401 without a WWW-Authenticate header");
            }
            _ => {}
        }
        faults
    }

    /// RFC 7644 §3.12
    fn error_faults(&self, error: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        if !has_schema(error, ERROR) {
            faults.push("an error without the URN of the error schema".to_owned());
        }
        let status = self.status.to_string();
        if error.get("status").and_then(Value::as_str) != Some(status.as_str()) {
            faults.push(format!("the `status` of the error is not the string \"{status}\""));
        }
        faults
    }

    /// RFC 7643 §3.1, RFC 7644 §3.14
    fn resource_faults(&self, resource: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        let meta = |name: &str| resource.get("meta")?.get(name)?.as_str();
        if differ(meta("version"), self.header(&ETAG)) {
            faults.push("the ETag header differs from `meta.version`".to_owned());
        }
        if self.status == 201 && differ(meta("location"), self.header(&LOCATION)) {
            faults.push("the Location header differs from `meta.location`".to_owned());
        }
        faults.extend(password_fault(resource));
        faults
    }
}

/// RFC 7644 §3.4.2
fn list_faults(list: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        if list.get(name).is_some_and(|value| !is_integer(value)) {
            faults.push(format!("`{name}` is not an integer"));
        }
    }
    let resources =
        list.get("Resources").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let page = list.get("itemsPerPage").and_then(Value::as_u64);
    if page.is_some_and(|size| usize::try_from(size) != Ok(resources.len())) {
        faults.push("`itemsPerPage` is not the number of resources in the page".to_owned());
    }
    faults.extend(resources.iter().find_map(password_fault));
    faults
}

/// RFC 7643 §4.1.1: `password` is never returned.
fn password_fault(resource: &Value) -> Option<String> {
    let mut names = resource.as_object()?.keys();
    let returned = names.any(|name| name.eq_ignore_ascii_case("password"));
    returned.then(|| "a password is returned".to_owned())
}

fn has_schema(message: &Value, urn: &str) -> bool {
    message
        .get("schemas")
        .and_then(Value::as_array)
        .is_some_and(|urns| urns.iter().any(|value| value == urn))
}

fn differ(member: Option<&str>, header: Option<&str>) -> bool {
    member.zip(header).is_some_and(|(member, header)| member != header)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut builder = Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        Answer::new(builder.body(body).unwrap())
    }

    const SCIM: (&str, &str) = ("content-type", "application/scim+json;charset=utf-8");

    #[track_caller]
    fn faults(status: u16, headers: &[(&str, &str)], body: Value, expected: &[&str]) {
        assert_eq!(answer(status, headers, &body).faults(), expected);
    }

    #[test]
    fn a_good_answer_has_no_fault() {
        let user =
            json!({"id": "1", "meta": {"version": "W/\"1\"", "location": "https://x/Users/1"}});
        let headers = [SCIM, ("etag", "W/\"1\""), ("location", "https://x/Users/1")];
        faults(201, &headers, user, &[]);
        faults(204, &[], Value::Null, &[]);
    }

    #[test]
    fn the_media_type_is_that_of_scim() {
        let expected = ["the media type is not application/scim+json"];
        faults(200, &[("content-type", "application/json")], json!({}), &expected);
        faults(200, &[], json!({}), &expected);
        faults(200, &[("content-type", "Application/SCIM+JSON")], json!({}), &[]);
    }

    #[test]
    fn some_statuses_ask_for_headers_or_a_body() {
        faults(204, &[SCIM], json!({}), &["204 with a body"]);
        faults(200, &[], Value::Null, &["200 without a body"]);
        faults(201, &[SCIM], json!({}), &["201 without a Location header"]);
        let error = json!({"schemas": [ERROR], "status": "401"});
        faults(401, &[SCIM], error.clone(), &["401 without a WWW-Authenticate header"]);
        faults(401, &[SCIM, ("www-authenticate", "Bearer")], error, &[]);
    }

    #[test]
    fn an_error_has_its_schema_and_a_string_as_status() {
        let wrong = "the `status` of the error is not the string \"404\"";
        faults(404, &[SCIM], json!({"schemas": [ERROR], "status": "404"}), &[]);
        faults(404, &[SCIM], json!({"schemas": [ERROR], "status": 404}), &[wrong]);
        faults(404, &[SCIM], json!({"schemas": [ERROR], "status": "400"}), &[wrong]);
        faults(
            404,
            &[SCIM],
            json!({"status": "404"}),
            &["an error without the URN of the error schema"],
        );
    }

    #[test]
    fn a_list_counts_in_integers_what_it_holds() {
        let list = |total: Value, page: Value| {
            json!({"schemas": [LIST_RESPONSE], "totalResults": total, "startIndex": 1,
                   "itemsPerPage": page, "Resources": [{"id": "1"}]})
        };
        faults(200, &[SCIM], list(json!(9), json!(1)), &[]);
        faults(200, &[SCIM], list(json!("9"), json!(1)), &["`totalResults` is not an integer"]);
        faults(
            200,
            &[SCIM],
            list(json!(9), json!(100)),
            &["`itemsPerPage` is not the number of resources in the page"],
        );
        faults(
            200,
            &[SCIM],
            json!({"schemas": [LIST_RESPONSE], "itemsPerPage": 1}),
            &["`itemsPerPage` is not the number of resources in the page"],
        );
    }

    #[test]
    fn headers_agree_with_meta() {
        let user = json!({"meta": {"version": "W/\"1\"", "location": "https://x/Users/1"}});
        faults(
            201,
            &[SCIM, ("etag", "W/\"2\""), ("location", "/Users/1")],
            user.clone(),
            &[
                "the ETag header differs from `meta.version`",
                "the Location header differs from `meta.location`",
            ],
        );
        faults(200, &[SCIM, ("location", "/Users/1")], user, &[]);
    }

    #[test]
    fn no_resource_shows_a_password() {
        let list = |resource| json!({"schemas": [LIST_RESPONSE], "Resources": [{}, resource]});
        faults(200, &[SCIM], json!({"Password": "x"}), &["a password is returned"]);
        faults(200, &[SCIM], list(json!({"password": "x"})), &["a password is returned"]);
        faults(200, &[SCIM], list(json!({"attributes": [{"name": "password"}]})), &[]);
    }

    #[test]
    fn a_body_that_is_no_json_is_unreadable() {
        let answer = |coding: Option<&str>, body: &'static str| {
            let mut builder = Response::builder();
            if let Some(coding) = coding {
                builder = builder.header(CONTENT_ENCODING, coding);
            }
            Answer::new(builder.body(Bytes::from(body)).unwrap()).unreadable()
        };
        assert_eq!(answer(None, "{}"), None);
        assert_eq!(answer(None, ""), None);
        assert_eq!(answer(None, "oops").as_deref(), Some("the body is not JSON"));
        assert_eq!(
            answer(Some("gzip"), "\u{1f}x").as_deref(),
            Some("the body comes in the coding `gzip`, not decoded")
        );
    }
}
