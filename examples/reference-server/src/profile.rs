//! The services that the server can be.

pub(crate) mod generic;
pub(crate) mod peakon;
pub(crate) mod pendo;
pub(crate) mod prendio;

use std::str::FromStr;

/// What a tenant's endpoint looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Profile {
    /// Users with the enterprise extension, and groups; or whatever schemas are given.
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
}

impl FromStr for Profile {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|profile| profile.name() == name);
        known.ok_or("the profiles are generic, pendo, peakon and prendio")
    }
}
