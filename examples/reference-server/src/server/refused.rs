//! Refused writes, for the tenant's provisioning log.

use axum::{body::Body, extract::Request, response::Response};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use scim_service::{Endpoint, Principal};
use scim_store::Refused;
use serde::Deserialize;

use super::route;

/// What a request asks to be written.
pub(super) enum Asked {
    /// One resource.
    One { operation: &'static str, segment: String, id: String },
    /// Many (RFC 7644 §3.7).
    Bulk,
}

/// What an error response says (RFC 7644 §3.12).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Refusal {
    scim_type: String,
    detail: String,
}

#[derive(Deserialize)]
struct BulkResponse {
    #[serde(rename = "Operations")]
    operations: Vec<BulkOutcome>,
}

#[derive(Deserialize)]
struct BulkOutcome {
    method: String,
    status: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    response: Refusal,
}

impl Asked {
    /// What the request asks to be written; `None` if it only reads.
    pub(super) fn of(request: &Request) -> Option<Self> {
        let path = request.uri().path().trim_end_matches('/');
        let (method, route) = (request.method(), route::of(path));
        if method == Method::POST && (route == "/.search" || path.ends_with("/.search")) {
            return None;
        }
        if method == Method::POST && route == "/Bulk" {
            return Some(Self::Bulk);
        }
        let operation = operation(method.as_str())?;
        let mut segments = path.split('/').skip_while(|one| !matches!(*one, "v2" | "scim")).skip(1);
        let segment = segments.find(|one| *one != "v2").unwrap_or_default().to_owned();
        Some(Self::One { operation, segment, id: subject(path) })
    }

    /// What of it the response refuses, and the response as it was.
    pub(super) async fn refused(
        self,
        response: Response,
        endpoints: &[Endpoint],
        principal: &Principal,
    ) -> (Response, Vec<Refused>) {
        let status = response.status();
        let refuses = match &self {
            Self::One { .. } => status.is_client_error(),
            Self::Bulk => status.is_client_error() || status == StatusCode::OK,
        };
        if !refuses {
            return (response, Vec::new());
        }
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let log = Log { endpoints, principal };
        let refused = match self {
            Self::Bulk if status == StatusCode::OK => log.operations(&bytes),
            Self::Bulk => vec![log.one("bulk", "", String::new(), status.as_u16(), read(&bytes))],
            Self::One { operation, segment, id } => {
                vec![log.one(operation, &segment, id, status.as_u16(), read(&bytes))]
            }
        };
        (Response::from_parts(head, Body::from(bytes)), refused)
    }
}

/// Whose refusals are logged, and what there is to be refused.
struct Log<'a> {
    endpoints: &'a [Endpoint],
    principal: &'a Principal,
}

impl Log<'_> {
    fn one(
        &self,
        operation: &'static str,
        segment: &str,
        id: String,
        status: u16,
        refusal: Refusal,
    ) -> Refused {
        let mut endpoints = self.endpoints.iter();
        let endpoint = endpoints.find(|endpoint| endpoint.segment() == segment);
        let Refusal { scim_type, detail } = refusal;
        Refused {
            principal: Some(self.principal.0.to_string()),
            operation,
            resource_type: endpoint.map(Endpoint::name).unwrap_or_default().to_owned(),
            id,
            status,
            reason: if scim_type.is_empty() { detail } else { format!("{scim_type}: {detail}") },
        }
    }

    fn operations(&self, response: &[u8]) -> Vec<Refused> {
        let Ok(response) = serde_json::from_slice::<BulkResponse>(response) else {
            return Vec::new();
        };
        let refused = response.operations.into_iter().filter_map(|outcome| {
            let status =
                outcome.status.parse().ok().filter(|status| (400..500).contains(status))?;
            let location = outcome.location.trim_end_matches('/');
            let segment = location.rsplit('/').nth(1).unwrap_or_default();
            let operation = operation(&outcome.method)?;
            Some(self.one(operation, segment, subject(location), status, outcome.response))
        });
        refused.collect()
    }
}

fn read(body: &[u8]) -> Refusal {
    serde_json::from_slice(body).unwrap_or_default()
}

/// What the log calls a method.
fn operation(method: &str) -> Option<&'static str> {
    match method {
        "POST" => Some("create"),
        "PUT" | "PATCH" => Some("update"),
        "DELETE" => Some("delete"),
        _ => None,
    }
}

/// The id in an address, if it is one that this server gives: others can be personal data.
fn subject(path: &str) -> String {
    route::subject(path).map(|id| id.to_string()).unwrap_or_default()
}
