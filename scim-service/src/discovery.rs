//! What the service says of itself (RFC 7644 §4).

use bytes::Bytes;
use http::{Response, StatusCode};
use scim_core::{
    AuthenticationScheme, BulkSupport, Error, FilterSupport, ListResponse, Meta, Pagination,
    ResourceType, Schema, SchemaExtension, ServiceProviderConfig,
};
use scim_schema::catalog;
use serde_json::{Value, json};

use crate::{
    Action, Body, Endpoint, Features, Limits,
    answer::{self, Answer},
    link::Links,
    params::Params,
};

/// The documents of the discovery endpoints, made once.
#[derive(Debug)]
pub(crate) struct Discovery {
    service_provider_config: Document,
    bulk: bool,
    patch: bool,
    resource_types: Collection,
    schemas: Collection,
}

#[derive(Debug)]
struct Document {
    id: String,
    location: String,
    bytes: Bytes,
}

#[derive(Debug)]
struct Collection {
    list: Document,
    items: Vec<Document>,
}

impl Discovery {
    pub(crate) fn new(
        links: &Links,
        features: Features,
        limits: &Limits,
        pagination: Pagination,
        change_password: bool,
        schemes: Vec<AuthenticationScheme>,
    ) -> Self {
        let Links { base, endpoints } = links;
        let types = endpoints.iter().map(|endpoint| {
            let value = serde_json::to_value(resource_type(base, endpoint)).unwrap_or_default();
            (endpoint.name().to_owned(), value)
        });
        let schemas = published(endpoints)
            .into_iter()
            .map(|schema| (schema.id.to_string(), described(base, &schema)));
        let location = format!("{}/ServiceProviderConfig", base);
        let serves = |action| endpoints.iter().any(|endpoint| endpoint.allows(action));
        let writes = [Action::Create, Action::Replace, Action::Patch, Action::Delete];
        let bulk = limits.max_bulk_operations > 0 && writes.into_iter().any(serves);
        let patch = serves(Action::Patch);
        let config = config(&location, features, limits)
            .bulk(if bulk { bulk_support(limits) } else { BulkSupport::default() })
            .patch(patch.into())
            .change_password(change_password.into())
            .pagination(pagination)
            .authentication_schemes(schemes);
        Self {
            bulk,
            patch,
            service_provider_config: document(String::new(), location, &json!(config)),
            resource_types: collection(&format!("{}/ResourceTypes", base), types.collect()),
            schemas: collection(&format!("{}/Schemas", base), schemas.collect()),
        }
    }

    /// Whether there are bulk requests.
    pub(crate) fn has_bulk(&self) -> bool {
        self.bulk
    }

    /// Whether anything can be patched.
    pub(crate) fn has_patch(&self) -> bool {
        self.patch
    }

    /// `/ServiceProviderConfig`; its query is ignored.
    pub(crate) fn service_provider_config(&self) -> Response<Body> {
        self.service_provider_config.answer()
    }

    /// `/ResourceTypes` and `/ResourceTypes/{name}`.
    pub(crate) fn resource_types(&self, id: Option<&str>, query: &str) -> Answer {
        self.resource_types.answer(id, query, |known, asked| known == asked)
    }

    /// `/Schemas` and `/Schemas/{uri}`.
    pub(crate) fn schemas(&self, id: Option<&str>, query: &str) -> Answer {
        self.schemas.answer(id, query, str::eq_ignore_ascii_case)
    }
}

impl Collection {
    /// Filters are forbidden here, every other parameter is ignored (RFC 7644 §4).
    fn answer(&self, id: Option<&str>, query: &str, same: impl Fn(&str, &str) -> bool) -> Answer {
        if Params::from_query(query).is_ok_and(|params| params.filter.is_some()) {
            return Err(
                Error::new(StatusCode::FORBIDDEN, "this endpoint cannot be filtered").into()
            );
        }
        let Some(id) = id else { return Ok(self.list.answer()) };
        let found = self.items.iter().find(|item| same(&item.id, id));
        Ok(found.ok_or_else(|| Error::not_found("there is no resource with this id"))?.answer())
    }
}

impl Document {
    fn answer(&self) -> Response<Body> {
        let response = answer::raw(StatusCode::OK, self.bytes.clone());
        if self.location.is_empty() {
            response
        } else {
            answer::located(response, self.location.clone())
        }
    }
}

fn document(id: String, location: String, value: &Value) -> Document {
    Document { id, location, bytes: value.to_string().into() }
}

fn collection(url: &str, items: Vec<(String, Value)>) -> Collection {
    let values: Vec<&Value> = items.iter().map(|(_, value)| value).collect();
    let total = u64::try_from(values.len()).unwrap_or(u64::MAX);
    let list = json!(ListResponse::new(values).total_results(total).start_index(1));
    Collection {
        list: document(String::new(), String::new(), &list),
        items: items
            .iter()
            .map(|(id, value)| document(id.clone(), format!("{url}/{id}"), value))
            .collect(),
    }
}

fn meta(name: &str, location: &str) -> Meta {
    Meta::default().resource_type(name).location(location)
}

fn resource_type(base: &str, endpoint: &Endpoint) -> ResourceType {
    let name = endpoint.name();
    let extensions = endpoint.schema().extensions().map(|(schema, required)| {
        let mut extension = SchemaExtension::new(schema.id.clone());
        extension.required = required;
        extension
    });
    let path = format!("/{}", endpoint.segment());
    let mut described = ResourceType::new(name, path, endpoint.schema().base().id.clone())
        .id(name)
        .schema_extensions(extensions.collect::<Vec<_>>())
        .meta(meta("ResourceType", &format!("{}/ResourceTypes/{name}", base)));
    if !endpoint.describe().is_empty() {
        described = described.description(endpoint.describe());
    }
    described
}

/// Each resource type's schemas, then those of the service itself; each once.
fn published(endpoints: &[Endpoint]) -> Vec<Schema> {
    let own = [catalog::service_provider_config(), catalog::resource_type(), catalog::schema()];
    let all = endpoints.iter().flat_map(|endpoint| endpoint.schema().schemas().cloned());
    let mut published: Vec<Schema> = Vec::new();
    for schema in all.chain(own) {
        if published.iter().all(|known| known.id != schema.id) {
            published.push(schema);
        }
    }
    published
}

fn described(base: &str, schema: &Schema) -> Value {
    let mut value = json!(schema);
    if let Value::Object(object) = &mut value {
        let location = format!("{}/Schemas/{}", base, schema.id);
        object.insert("meta".to_owned(), json!(meta("Schema", &location)));
    }
    value
}

fn config(location: &str, features: Features, limits: &Limits) -> ServiceProviderConfig {
    let filter = if features.filter {
        FilterSupport::new(number(limits.max_page))
    } else {
        FilterSupport::default()
    };
    ServiceProviderConfig::default()
        .filter(filter)
        .sort(features.sort.into())
        .etag(true.into())
        .meta(meta("ServiceProviderConfig", location))
}

fn bulk_support(limits: &Limits) -> BulkSupport {
    BulkSupport::new(number(limits.max_bulk_operations), number(limits.max_bulk_body))
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}
