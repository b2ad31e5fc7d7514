//! What the `path` of an operation means (RFC 7644 §3.7).

use scim_core::{Error, ScimType};

use crate::{
    Endpoint,
    link::Links,
    route::{self, Route},
};

/// What the `path` of an operation means.
#[derive(Clone)]
pub(super) enum Destination {
    /// The resources of a type: `/Users`.
    Type(Endpoint),
    /// One resource, by its id or by `bulkId:…`: `/Users/2819c223`.
    Resource(Endpoint, String),
    /// Anything else that is served.
    Other,
}

impl Destination {
    /// A path relative to the base URL; a URL that begins with the base URL counts as one.
    ///
    /// # Errors
    /// 400 invalidPath for what is no path, 404 for no endpoint.
    pub(super) fn of(path: &str, links: &Links) -> Result<Self, Error> {
        let below = route::strip(path, &links.base).unwrap_or(path);
        // RFC 3986 §4.2: a first segment with a colon is a scheme.
        let has_scheme = below.split('/').next().is_some_and(|first| first.contains(':'));
        if path.is_empty() || has_scheme || below.contains(['?', '#']) {
            return Err(no_path());
        }
        Ok(match route::find(below, "", &links.endpoints)? {
            Route::Type(endpoint) => Self::Type(endpoint.clone()),
            // RFC 3986 §5.2.4: these are no names.
            Route::Resource(_, id) if matches!(&*id, "." | "..") => return Err(no_path()),
            Route::Resource(endpoint, id) => Self::Resource(endpoint.clone(), id.into_owned()),
            _ => Self::Other,
        })
    }

    /// The type of the resources.
    pub(super) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Type(endpoint) | Self::Resource(endpoint, _) => Some(endpoint),
            Self::Other => None,
        }
    }
}

fn no_path() -> Error {
    Error::of(ScimType::InvalidPath, "`path` must be a path relative to the base URL")
}
