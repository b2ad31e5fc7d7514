//! Pendo: users, and groups that are roles.

use scim_service::{
    Action, Context, Derived, Endpoint, Invariant, Policy, Proposal, Question, Stored,
    core::{AttrName, Error, Mutability, Schema, ScimType},
    schema::catalog,
};
use serde_json::{Value, json};

use crate::{Failure, setup::Options};

/// Users whose names are required and whose roles follow from their groups, and groups.
pub(crate) fn endpoints() -> Result<Vec<Endpoint>, Failure> {
    let users = catalog::user_of(users(catalog::user_schema()))?;
    // Directories send roles beside what matters more, such as that somebody has left.
    let users = users.pass_over(AttrName::from_static("roles")).extend(catalog::enterprise())?;
    let roles = Derived::new("roles".parse()?, ["groups".parse()?], |_, user| roles(user));
    Ok(vec![Endpoint::users(users).derive(roles), Endpoint::groups(catalog::group())])
}

/// The schema of users with given and family name required, and roles that nobody writes.
fn users(mut schema: Schema) -> Schema {
    for attribute in &mut schema.attributes {
        match attribute.name.as_str() {
            "name" => {
                attribute.required = true;
                for part in &mut attribute.sub_attributes {
                    part.required |= part.name == "givenName" || part.name == "familyName";
                }
            }
            "roles" => {
                let parts = attribute.sub_attributes.iter_mut();
                parts.for_each(|part| part.mutability = Mutability::ReadOnly);
                attribute.mutability = Mutability::ReadOnly;
            }
            _ => {}
        }
    }
    schema
}

/// A group is a role: those that a user has in effect.
pub(crate) fn roles(user: &Stored) -> Option<Value> {
    let groups = user.attributes.get("groups")?.as_array()?;
    let role = |group: &Value| {
        let name = group.get("display")?;
        Some(json!({"value": name, "display": name, "type": "direct"}))
    };
    Some(groups.iter().filter_map(role).collect())
}

/// What Pendo asks beyond its schema.
pub(crate) struct Rules {
    empty_groups: bool,
    /// The group of the administrators, as a literal of a filter.
    admins: String,
}

impl Rules {
    pub(crate) fn new(options: &Options) -> Self {
        let admins = Value::from(options.pendo_admin_group.as_str()).to_string();
        Self { empty_groups: options.pendo_empty_groups, admins }
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

    /// From the first group on there is an administrator who is active, whatever is changed. What
    /// is done to users is not held up where there is no group of administrators at all, since no
    /// change of a user could mend that.
    fn invariants(&self, cx: &Context, action: Action) -> Result<Vec<Invariant>, Error> {
        let is_user = cx.resource_type() == "User";
        if is_user && action == Action::Create {
            return Ok(Vec::new());
        }
        let admins = &self.admins;
        let active = format!("active eq true and groups.display eq {admins}");
        let active = Question::count(&cx.of_type("User")?, &active)?;
        let group = format!("displayName eq {admins}");
        let group = Question::count(&cx.of_type("Group")?, &group)?;
        Ok(vec![Invariant::new([active, group], move |answers| {
            let mut totals = answers.iter().map(|page| page.total.unwrap_or_default());
            let (active, groups) = (totals.next(), totals.next());
            if active > Some(0) || (is_user && groups == Some(0)) {
                return Ok(());
            }
            let detail = "the group of the administrators must hold somebody who is active";
            Err(Error::of(ScimType::Mutability, detail))
        })])
    }
}
