//! Tenants as they are named on the command line.

use std::str::FromStr;

use crate::{profile::Profile, token::Token};

/// The name of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TenantName(String);

impl TenantName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > 64 || !text.chars().all(plain) {
            return Err("a name is 1 to 64 letters, digits, `-`, `_` and `.`");
        }
        Ok(Self(text.to_owned()))
    }
}

/// A tenant to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewTenant {
    pub(crate) name: TenantName,
    pub(crate) profile: Profile,
    pub(crate) token: Token,
}

impl NewTenant {
    /// A tenant with a token of its own making.
    pub(crate) fn with_fresh_token(
        name: TenantName,
        profile: Profile,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self { name, profile, token: Token::generate()? })
    }
}

impl FromStr for NewTenant {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(profile), Some(token)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("a tenant is NAME:PROFILE:TOKEN");
        };
        if token.is_empty() {
            return Err("a tenant needs a token");
        }
        Ok(Self { name: name.parse()?, profile: profile.parse()?, token: Token::new(token) })
    }
}
