//! The extension: its schema is data, its constraints and its type are code.

use std::error::Error;

use chrono::{DateTime, Utc};
use scim_service::{
    core::{AttrName, AttrPath, Constraints, Extension, Schema, SchemaUri},
    schema::{Overlay, ResourceSchema, catalog},
};
use serde::{Deserialize, Serialize};

/// The badge that opens doors.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Badge {
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) zones: Vec<String>,
    pub(crate) valid_until: Option<DateTime<Utc>>,
}

impl Extension for Badge {
    const SCHEMA: SchemaUri =
        SchemaUri::from_static("urn:example:params:scim:schemas:extension:badge:1.0:User");
}

/// Users who can have a badge. What the schema says is published and validated; what this server
/// asks beyond that is validated alone.
pub(crate) fn users() -> Result<ResourceSchema, Box<dyn Error>> {
    let schema: Schema = serde_json::from_str(include_str!("badge.json"))?;
    let of_badge = |name| AttrPath::new(AttrName::from_static(name)).in_schema(Badge::SCHEMA);
    let limits = Overlay::new()
        .on(of_badge("number"), Constraints::new().max_length(8))
        .on(of_badge("zones"), Constraints::new().one_of(["lobby", "laboratory", "vault"]));
    Ok(catalog::user().extend(schema)?.overlay(&limits)?)
}
