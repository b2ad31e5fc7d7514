//! Peakon: users with a company's own attributes.

mod company;
pub(crate) mod employee;

use scim_service::{
    Endpoint,
    schema::{SchemaError, catalog},
};

pub(crate) use self::company::Company;

/// Users with the extension that the company has defined.
pub(crate) fn endpoints(company: &Company) -> Result<Vec<Endpoint>, SchemaError> {
    let users = catalog::user().extend(catalog::enterprise())?;
    let users = users.extend(company.schema.clone())?.overlay(&company.limits)?;
    Ok(vec![Endpoint::users(users)])
}
