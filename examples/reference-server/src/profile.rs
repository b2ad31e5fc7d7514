//! The services that the server can be.

use std::str::FromStr;

use scim_service::{
    Endpoint,
    schema::{ResourceSchema, SchemaError, catalog},
};

/// What a tenant's endpoint looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Profile {
    /// Users with the enterprise extension, and groups.
    Generic,
    /// Pendo: users, and groups that are roles.
    Pendo,
    /// Peakon: users with a company's own attributes.
    Peakon,
    /// Prendio: users with approval and spend limits.
    Prendio,
}

impl Profile {
    pub(crate) const ALL: [Self; 4] = [Self::Generic, Self::Pendo, Self::Peakon, Self::Prendio];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Pendo => "pendo",
            Self::Peakon => "peakon",
            Self::Prendio => "prendio",
        }
    }

    /// The resource types that are served.
    pub(crate) fn endpoints(self) -> Result<Vec<Endpoint>, SchemaError> {
        let users = catalog::user().extend(catalog::enterprise())?;
        let with = |users: ResourceSchema| vec![Endpoint::users(users)];
        Ok(match self {
            Self::Generic | Self::Pendo => {
                vec![Endpoint::users(users), Endpoint::groups(catalog::group())]
            }
            Self::Peakon => with(users.extend(catalog::peakon())?),
            Self::Prendio => with(users.extend(catalog::prendio())?),
        })
    }
}

impl FromStr for Profile {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|profile| profile.name() == name);
        known.ok_or("the profiles are generic, pendo, peakon and prendio")
    }
}
