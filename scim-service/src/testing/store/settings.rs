//! What an embedder says about the store on trial.

use std::{collections::BTreeSet, sync::Arc};

use http::Extensions;
use scim_core::{AttrName, Attribute, Kind, Schema, SchemaUri, Uniqueness};
use scim_schema::{ResourceSchema, SchemaError, catalog};

use super::erased::Work;
use crate::Tenant;

/// The extension of users whose attributes have every type.
pub(super) static EXTENSION: SchemaUri =
    SchemaUri::from_static("urn:example:scim:schemas:extension:conformance:1.0:User");

type Tenancy = Arc<dyn Fn(&str, &mut Extensions) + Send + Sync>;
type Runner = Arc<dyn Fn(Work<'static, ()>) + Send + Sync>;

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) users: Option<ResourceSchema>,
    pub(super) groups: Option<ResourceSchema>,
    /// Attributes by which the store cannot search, as paths, in lower case.
    pub(super) unsearchable: BTreeSet<String>,
    pub(super) tenancy: Tenancy,
    pub(super) many_tenants: bool,
    pub(super) any_id: bool,
    pub(super) large: usize,
    pub(super) runner: Option<Runner>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            users: None,
            groups: Some(catalog::group()),
            unsearchable: BTreeSet::new(),
            tenancy: Arc::new(|name, extensions| {
                extensions.insert(Tenant(name.into()));
            }),
            many_tenants: true,
            any_id: true,
            large: 10_000,
            runner: None,
        }
    }
}

impl Settings {
    /// The schema of users: the one asked for, else RFC 7643's with the enterprise extension and
    /// one that has attributes of every type.
    pub(super) fn user_schema(&self) -> Result<ResourceSchema, SchemaError> {
        match &self.users {
            Some(schema) => Ok(schema.clone()),
            None => catalog::user().extend(catalog::enterprise())?.extend(extension()),
        }
    }
}

fn extension() -> Schema {
    let named = |name, kind| Attribute::new(AttrName::from_static(name), kind);
    let stays = [
        named("place", Kind::String),
        named("nights", Kind::Integer),
        named("arrival", Kind::DateTime),
    ];
    let attributes = [
        named("creditLimit", Kind::Decimal),
        named("rank", Kind::Integer),
        named("since", Kind::DateTime),
        named("checked", Kind::Boolean),
        named("code", Kind::String).case_exact(),
        named("badge", Kind::String).uniqueness(Uniqueness::Server),
        named("site", Kind::Reference).reference_types(["external"]),
        named("token", Kind::Binary),
        named("tags", Kind::String).multi_valued(),
        Attribute::complex(AttrName::from_static("stays"), stays).multi_valued(),
    ];
    Schema::new(EXTENSION.clone(), "Conformance", attributes)
}
