//! Everything on: users with the enterprise extension and groups, and whatever the files define.

use scim_service::{
    Endpoint,
    core::{AttrName, ResourceType, Schema, SchemaUri},
    schema::{ResourceSchema, SchemaError, catalog},
};
use serde_json::Value;

use crate::{Failure, setup::Definitions};

/// Users and groups, then the resource types of the files; one of the same name goes in the place
/// of ours.
pub(crate) fn endpoints(own: &Definitions) -> Result<Vec<Endpoint>, Failure> {
    let users = Endpoint::users(catalog::user().extend(catalog::enterprise())?);
    let mut all = vec![users, Endpoint::groups(catalog::group())];
    for kind in &own.types {
        let endpoint = endpoint(kind, &own.schemas)
            .map_err(|error| format!("the resource type `{}`: {error}", kind.name))?;
        match all.iter_mut().find(|known| known.name() == endpoint.name()) {
            Some(known) => *known = endpoint,
            None => all.push(endpoint),
        }
    }
    Ok(all)
}

fn endpoint(kind: &ResourceType, own: &[Schema]) -> Result<Endpoint, Failure> {
    let mut schema = base(&kind.schema, own)?;
    for extension in &kind.schema_extensions {
        let found = find(&extension.schema, own)?;
        schema = if extension.required { schema.require(found)? } else { schema.extend(found)? };
    }
    let endpoint = Endpoint::new(&kind.name, &kind.endpoint, schema)
        .map_err(|_| "its name and its endpoint must be one word each")?;
    let endpoint = endpoint.patch_answers_body(kind.name != "Group");
    Ok(match &kind.description {
        Some(description) => endpoint.description(description.as_str()),
        None => endpoint,
    })
}

/// A schema of the files, or one of ours.
fn find(uri: &SchemaUri, own: &[Schema]) -> Result<Schema, String> {
    let ours = [
        catalog::user_schema,
        catalog::group_schema,
        catalog::enterprise,
        catalog::peakon,
        catalog::prendio,
    ];
    let own = own.iter().find(|schema| schema.id == *uri).cloned();
    own.or_else(|| ours.into_iter().map(|schema| schema()).find(|schema| schema.id == *uri))
        .ok_or_else(|| format!("no file defines the schema `{uri}`"))
}

/// A base schema, with what the server does for users and groups where it has their attributes.
fn base(uri: &SchemaUri, own: &[Schema]) -> Result<ResourceSchema, Failure> {
    let schema = find(uri, own)?;
    let has = |name: &str| schema.attributes.iter().any(|attribute| attribute.name == name);
    let (active, members) = (has("active"), has("members"));
    let built = indexed(ResourceSchema::new(schema)?)?;
    let built = match active {
        true => built.default_value(AttrName::from_static("active"), Value::Bool(true)),
        false => built,
    };
    Ok(if members { built.relation(AttrName::from_static("members")) } else { built })
}

fn indexed(schema: ResourceSchema) -> Result<ResourceSchema, SchemaError> {
    let paths = ["displayName", "active", "emails.value"];
    Ok(paths.iter().filter_map(|path| path.parse().ok()).fold(schema, ResourceSchema::index))
}
