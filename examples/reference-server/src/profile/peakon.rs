//! Peakon: users with a company's own attributes.

use scim_service::{
    Endpoint,
    core::Schema,
    schema::{SchemaError, catalog},
};

/// Users with the extension that a company has defined, or with a usual one.
pub(crate) fn endpoints(own: Option<Schema>) -> Result<Vec<Endpoint>, SchemaError> {
    let users = catalog::user().extend(catalog::enterprise())?;
    let users = match own {
        None => users.extend(catalog::peakon())?,
        Some(own) if own.id == catalog::peakon().id => {
            users.extend(own)?.overlay(&catalog::peakon_limits())?
        }
        Some(own) => users.extend(own)?,
    };
    Ok(vec![Endpoint::users(users)])
}
