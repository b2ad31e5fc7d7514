//! Rules of the RFCs as conversations, kept in `tests/corpus/rule`: each is held against a
//! service of its own, and every answer against the rules for all answers.

use std::{fs, path::Path};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use scim_service::{
    Action, Context, Endpoint, Limits, Policy, Principal, ScimService, Store, Target, Tenant,
    core::{Compat, Error, Schema},
    schema::{ResourceSchema, catalog},
    testing::transcript::{self, Level, Replay, Transcript, Transport},
};
use serde_json::{Value, json};
use tower::ServiceExt;

const BASE: &str = "https://scim.example.com/scim/v2";

/// Holds every rule against a service over a new store, and names what does not hold.
pub(crate) async fn hold<S: Store>(mut store: impl FnMut() -> S) {
    let mut broken = Vec::new();
    for (rule, transcript) in rules() {
        let mut client = Client(service(store()));
        let outcome = Replay::new(BASE).run(&transcript, &mut client).await;
        let failed = outcome.failures(Level::Lenient).count();
        if failed + outcome.skipped().count() + outcome.warned().count() > 0 {
            broken.push(format!("{rule}\n{outcome}"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// Each rule in words, and the conversation that shows it.
fn rules() -> Vec<(String, Transcript)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scim-service/tests/corpus/rule");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.flat_map(|file| read(&file)).collect()
}

fn read(file: &Path) -> Vec<(String, Transcript)> {
    let text = fs::read_to_string(file).unwrap();
    let rules: Vec<Value> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    rules
        .into_iter()
        .map(|mut rule| {
            let name = format!("{}: {}", rule["section"], rule["rule"]);
            let steps = rule["steps"].as_array_mut().unwrap();
            for (at, step) in steps.iter_mut().enumerate() {
                step["step"] = json!(format!("step {}", at + 1));
            }
            let lines: Vec<String> = steps.iter().map(Value::to_string).collect();
            let transcript = Transcript::parse(&lines.join("\n"));
            let transcript = transcript.unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, transcript)
        })
        .collect()
}

/// Users, groups and devices within narrow limits; `/Me` is the user whose id is the principal.
fn service<S: Store>(store: S) -> ScimService<S> {
    let device: Schema = serde_json::from_str(include_str!("../corpus/device.json")).unwrap();
    let device = ResourceSchema::new(device).unwrap();
    let users = catalog::user().extend(catalog::enterprise()).unwrap();
    let mut limits = Limits::DEFAULT;
    (limits.page, limits.max_page, limits.max_merge) = (10, 20, 30);
    (limits.max_body, limits.max_bulk_body, limits.max_bulk_operations) = (4096, 8192, 12);
    let builder = ScimService::builder(store)
        .base_url(BASE)
        .endpoint(Endpoint::users(users))
        .endpoint(Endpoint::groups(catalog::group()))
        .endpoint(Endpoint::new("Device", "/Devices", device).unwrap().description("A thing."))
        .limits(limits)
        .policy(Readers)
        .me("User", |cx| Some(cx.get::<Principal>()?.0.to_string()));
    builder.build().unwrap()
}

/// The principal `reader` may only read, and `stranger` nothing.
struct Readers;

impl Policy for Readers {
    fn authorize(&self, cx: &Context, action: Action, _: &Target<'_>) -> Result<(), Error> {
        let principal = cx.get::<Principal>().map_or("", |principal| &principal.0);
        match (principal, action) {
            ("stranger", _) => Err(forbidden()),
            ("reader", action) if action != Action::Read => Err(forbidden()),
            _ => Ok(()),
        }
    }
}

/// A client before which stands the layer that knows tenants and principals, here from headers.
struct Client<S>(ScimService<S>);

impl<S: Store> Transport for Client<S> {
    type Error = String;

    async fn send(&mut self, request: transcript::Request) -> Result<Response<Bytes>, String> {
        let mut request =
            Request::<Bytes>::try_from(request).map_err(|error| error.to_string())?.map(Full::new);
        let text = |name: &str| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let (tenant, principal) = (text("x-tenant"), text("x-principal"));
        let strict = text("x-compat").is_some_and(|compat| compat == "strict");
        let extensions = request.extensions_mut();
        extensions.insert(Tenant(tenant.as_deref().unwrap_or("a").into()));
        if let Some(principal) = principal {
            extensions.insert(Principal(principal.into()));
        }
        if strict {
            extensions.insert(Compat::STRICT);
        }
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

fn forbidden() -> Error {
    Error::new(StatusCode::FORBIDDEN, "the client may not do this")
}
