//! Bulk requests, read so that a fault of one operation stays that operation's (RFC 7644 §3.7).

use http::StatusCode;
use scim_core::{Error, SchemaUri};
use serde_json::{Map, Value};

use super::destination::Destination;
use crate::{Limits, link::Links};

/// A bulk request.
pub(super) struct Request {
    pub(super) operations: Vec<Operation>,
    pub(super) fail_on_errors: Option<usize>,
}

/// One operation, and what is wrong with its form.
#[derive(Clone)]
pub(super) struct Operation {
    pub(super) method: String,
    /// What its `path` means.
    pub(super) target: Result<Destination, Error>,
    pub(super) bulk_id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) data: Value,
    pub(super) fault: Option<Error>,
}

/// # Errors
/// 400 invalidSyntax for what is no bulk request, invalidValue for `failOnErrors` below 1, 413
/// for too many operations.
pub(super) fn read(body: Value, limits: &Limits, links: &Links) -> Result<Request, Error> {
    let Value::Object(mut body) = body else {
        return Err(Error::invalid_syntax("a bulk request is a JSON object"));
    };
    if !names_bulk_request(take(&mut body, "schemas")) {
        return Err(Error::invalid_syntax("`schemas` must name the bulk request"));
    }
    let Some(Value::Array(operations)) = take(&mut body, "Operations") else {
        return Err(Error::invalid_syntax("`Operations` must be an array"));
    };
    if operations.len() > limits.max_bulk_operations {
        let detail =
            format!("a bulk request holds at most {} operations", limits.max_bulk_operations);
        return Err(Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let fail_on_errors = match take(&mut body, "failOnErrors") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let count = value.as_u64().filter(|count| *count >= 1);
            let count =
                count.ok_or_else(|| Error::invalid_value("`failOnErrors` must be at least 1"))?;
            Some(usize::try_from(count).unwrap_or(usize::MAX))
        }
    };
    let operations = operations.into_iter().map(|one| operation(one, links)).collect();
    Ok(Request { operations, fail_on_errors })
}

fn operation(value: Value, links: &Links) -> Operation {
    let mut members = match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    // Of a wrong type is not left out: a `version` may guard what must not happen.
    let mut no_text = None;
    let mut text = |name: &str, fault: &'static str| match take(&mut members, name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            no_text.get_or_insert(fault);
            None
        }
    };
    let method = text("method", "`method` must be a string").unwrap_or_default();
    let path = text("path", "`path` must be a string");
    let bulk_id = text("bulkId", "`bulkId` must be a string").filter(|id| !id.is_empty());
    let version = text("version", "`version` must be a string");
    let method = method.to_ascii_uppercase();
    let data = take(&mut members, "data").unwrap_or_default();
    let fault = match method.as_str() {
        _ if no_text.is_some() => no_text,
        "POST" if bulk_id.is_none() => Some("a POST needs a `bulkId`"),
        "POST" | "PUT" | "PATCH" if !data.is_object() => {
            Some("the operation needs `data`, an object")
        }
        "POST" | "PUT" | "PATCH" | "DELETE" if path.is_none() => {
            Some("the operation needs a `path`")
        }
        "POST" | "PUT" | "PATCH" | "DELETE" => None,
        _ => Some("`method` must be `POST`, `PUT`, `PATCH` or `DELETE`"),
    };
    let target = Destination::of(&path.unwrap_or_default(), links);
    Operation { method, target, bulk_id, version, data, fault: fault.map(Error::invalid_syntax) }
}

fn names_bulk_request(schemas: Option<Value>) -> bool {
    let is_it = |uri: &Value| uri.as_str().is_some_and(|uri| SchemaUri::BULK_REQUEST == *uri);
    schemas.is_some_and(|schemas| schemas.as_array().is_some_and(|uris| uris.iter().any(is_it)))
}

/// A member by its name in any case.
fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let known = object.keys().find(|known| known.eq_ignore_ascii_case(name))?.clone();
    object.remove(&known)
}
