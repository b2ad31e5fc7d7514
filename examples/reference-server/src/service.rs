//! The SCIM service of each profile.

use std::collections::HashMap;

use scim_service::{ScimService, Store};

use crate::{Failure, profile::Profile};

/// One service for each profile.
pub(crate) struct Services<S>(HashMap<Profile, ScimService<S>>);

impl<S: Store + Clone> Services<S> {
    pub(crate) fn new(store: S, base_url: &str) -> Result<Self, Failure> {
        let each = Profile::ALL.into_iter().map(|profile| {
            let builder = ScimService::builder(store.clone()).base_url(base_url);
            let endpoints = profile.endpoints()?;
            let builder = endpoints.into_iter().fold(builder, |all, one| all.endpoint(one));
            Ok((profile, builder.build()?))
        });
        Ok(Self(each.collect::<Result<_, Failure>>()?))
    }

    pub(crate) fn of(&self, profile: Profile) -> Option<ScimService<S>> {
        self.0.get(&profile).cloned()
    }
}
