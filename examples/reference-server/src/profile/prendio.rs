//! Prendio: users with approval and spend limits, whose roles are the server's own.

pub(crate) mod approval;

use scim_service::{
    Context, Endpoint, Policy, Proposal,
    core::{Constraints, EnterpriseUser, Error, Extension, Kind, Schema},
    schema::{Overlay, SchemaError, catalog},
};
use serde_json::{Value, json};

use crate::setup::Options;

/// The role of whoever is new.
pub(crate) const FIRST_ROLE: &str = "Requester";

/// Users with the limits, and with departments that are matched to the letter.
pub(crate) fn endpoints(
    options: &Options,
    own: Option<Schema>,
) -> Result<Vec<Endpoint>, SchemaError> {
    let users = catalog::user().extend(catalog::enterprise())?;
    let users = match own {
        None => users.extend(catalog::prendio())?,
        Some(own) => {
            let amounts = Constraints::new().at_least(0);
            let limits = Overlay::new().on_all(own.id.clone(), Kind::Decimal, amounts);
            users.extend(own)?.overlay(&limits)?
        }
    };
    Ok(vec![Endpoint::users(users.overlay(&departments(options))?)])
}

/// A department that is not among those known is refused, or left unset and said in the log.
fn departments(options: &Options) -> Overlay {
    let department = format!("{}:department", EnterpriseUser::SCHEMA).parse();
    let (Ok(department), false) = (department, options.prendio_department.is_empty()) else {
        return Overlay::new();
    };
    let known = Constraints::new().one_of(options.prendio_department.iter().cloned());
    let known = if options.prendio_strict { known } else { known.or_unset() };
    Overlay::new().on(department, known)
}

/// Roles are given here and never by the directory: whoever is new gets the first, and what is
/// given later stays, whatever a sync says.
pub(crate) struct Rules;

impl Policy for Rules {
    fn before(&self, _: &Context, proposal: &mut Proposal<'_>) -> Result<(), Error> {
        let roles = match proposal.before {
            Some(before) => before.attributes().get("roles").cloned(),
            None => Some(roles(FIRST_ROLE)),
        };
        let attributes = proposal.resource.attributes_mut();
        match roles {
            Some(roles) => attributes.insert("roles".to_owned(), roles),
            None => attributes.remove("roles"),
        };
        Ok(())
    }
}

/// The attribute of a user who has one role.
pub(crate) fn roles(role: &str) -> Value {
    json!([{"value": role, "primary": true}])
}
