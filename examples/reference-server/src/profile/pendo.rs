//! Pendo: users, and groups that are roles.

use scim_service::{
    Action, Context, Endpoint, Policy, Proposal,
    core::{Error, Schema, ScimType},
    schema::{ResourceSchema, SchemaError, catalog},
};
use serde_json::Value;

use crate::setup::Options;

/// Users whose names are required, and groups.
pub(crate) fn endpoints() -> Result<Vec<Endpoint>, SchemaError> {
    let like_ours = catalog::user();
    let users = like_ours.indexed().iter().fold(
        ResourceSchema::new(named(catalog::user_schema()))?,
        |users, indexed| match indexed.label.parse() {
            Ok(path) => users.index(path),
            Err(_) => users,
        },
    );
    let active = scim_service::core::AttrName::from_static("active");
    let users = users.default_value(active, Value::Bool(true)).extend(catalog::enterprise())?;
    Ok(vec![Endpoint::users(users), Endpoint::groups(catalog::group())])
}

/// The schema of users with given and family name required.
fn named(mut schema: Schema) -> Schema {
    let name = schema.attributes.iter_mut().find(|attribute| attribute.name == "name");
    if let Some(name) = name {
        name.required = true;
        for part in &mut name.sub_attributes {
            part.required |= part.name == "givenName" || part.name == "familyName";
        }
    }
    schema
}

/// What Pendo asks beyond its schema.
pub(crate) struct Rules {
    empty_groups: bool,
}

impl Rules {
    pub(crate) fn new(options: &Options) -> Self {
        Self { empty_groups: options.pendo_empty_groups }
    }
}

impl Policy for Rules {
    fn before(&self, cx: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let creates_group =
            cx.resource_type() == "Group" && matches!(proposal.action, Action::Create);
        let is_empty = !proposal.resource.attributes().contains_key("members");
        if creates_group && is_empty && !self.empty_groups {
            let detail = "`members` must name somebody: a group is not created empty";
            return Err(Error::of(ScimType::InvalidValue, detail));
        }
        Ok(())
    }
}
