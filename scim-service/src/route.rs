//! Which endpoint a URL means (RFC 7644 §3.2).

use std::borrow::Cow;

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use scim_core::{Error, ScimType};

use crate::{Action, Endpoint};

/// What a URL means.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// All resources: `/`.
    Root,
    /// `/.search`.
    RootSearch,
    /// The resources of a type: `/Users`.
    Type(&'a Endpoint),
    /// `/Users/.search`.
    TypeSearch(&'a Endpoint),
    /// One resource: `/Users/2819c223`.
    Resource(&'a Endpoint, Cow<'a, str>),
    /// `/ServiceProviderConfig`.
    ServiceProviderConfig,
    /// `/ResourceTypes`, or one of them.
    ResourceTypes(Option<Cow<'a, str>>),
    /// `/Schemas`, or one of them.
    Schemas(Option<Cow<'a, str>>),
    /// `/Bulk`.
    Bulk,
    /// `/Me`.
    Me,
}

impl Route<'_> {
    /// The methods that are served there; HEAD is wherever GET is.
    pub(crate) fn allowed(&self) -> impl Iterator<Item = &'static str> {
        self.served()
            .flat_map(|method| std::iter::once(method).chain((method == "GET").then_some("HEAD")))
    }

    /// Whether a method is served there.
    pub(crate) fn allows(&self, method: &Method) -> bool {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        self.served().any(|served| served == method)
    }

    /// The methods that are served there, HEAD aside.
    fn served(&self) -> impl Iterator<Item = &'static str> {
        let (endpoint, methods) = self.methods();
        let served = methods
            .iter()
            .filter(move |(_, action)| endpoint.is_none_or(|endpoint| endpoint.allows(*action)));
        served.map(|(method, _)| *method)
    }

    /// What there is to do, and the endpoint that says whether it is served.
    fn methods(&self) -> (Option<&Endpoint>, &'static [(&'static str, Action)]) {
        match self {
            Self::Root
            | Self::ServiceProviderConfig
            | Self::ResourceTypes(_)
            | Self::Schemas(_) => (None, &[("GET", Action::Read)]),
            Self::RootSearch | Self::Bulk => (None, &[("POST", Action::Read)]),
            Self::TypeSearch(endpoint) => (Some(endpoint), &[("POST", Action::Read)]),
            Self::Type(endpoint) => {
                (Some(endpoint), &[("GET", Action::Read), ("POST", Action::Create)])
            }
            Self::Resource(endpoint, _) => (
                Some(endpoint),
                &[
                    ("GET", Action::Read),
                    ("PUT", Action::Replace),
                    ("PATCH", Action::Patch),
                    ("DELETE", Action::Delete),
                ],
            ),
            Self::Me => (
                None,
                &[
                    ("GET", Action::Read),
                    ("POST", Action::Create),
                    ("PUT", Action::Replace),
                    ("PATCH", Action::Patch),
                    ("DELETE", Action::Delete),
                ],
            ),
        }
    }
}

/// Finds the endpoint of a path. The path of the base URL is taken off if it is there, so that
/// the service can be mounted with and without its prefix.
///
/// # Errors
/// 404 for what is no endpoint, 400 invalidVers for another version of the protocol.
pub(crate) fn find<'a>(
    path: &'a str,
    base_path: &str,
    endpoints: &'a [Endpoint],
) -> Result<Route<'a>, Error> {
    // Behind a base that ends in /v2, a sibling /v1 is another version of the same service.
    let sibling = || {
        let (parent, last) = base_path.rsplit_once('/')?;
        strip(path, parent).filter(|_| version_of(last).is_some())
    };
    let below = strip(path, base_path).or_else(sibling).unwrap_or(path);
    let mut segments = below.split('/').filter(|segment| !segment.is_empty()).map(unescaped);
    let mut first = segments.next();
    if let Some(version) = first.as_deref().and_then(version_of) {
        if version != 2 {
            return Err(Error::of(
                ScimType::InvalidVers,
                "this server speaks version 2 of the protocol, `/v2`",
            ));
        }
        first = segments.next();
    }
    let Some(first) = first else { return Ok(Route::Root) };
    let (second, more) = (segments.next(), segments.next());
    let unknown = || Error::not_found("there is no such endpoint");
    let endpoint = || endpoints.iter().find(|one| one.segment() == first).ok_or_else(unknown);
    Ok(match (&*first, second.as_deref()) {
        _ if more.is_some() => return Err(unknown()),
        (".search", None) => Route::RootSearch,
        ("ServiceProviderConfig" | "ServiceProviderConfigs", None) => Route::ServiceProviderConfig,
        ("ResourceTypes", _) => Route::ResourceTypes(second),
        ("Schemas", _) => Route::Schemas(second),
        ("Bulk", None) => Route::Bulk,
        ("Me", None) => Route::Me,
        (_, Some(".search")) => Route::TypeSearch(endpoint()?),
        _ => match second {
            None => Route::Type(endpoint()?),
            Some(id) => Route::Resource(endpoint()?, id),
        },
    })
}

fn unescaped(segment: &str) -> Cow<'_, str> {
    if segment.as_bytes().contains(&b'%') {
        percent_decode_str(segment).decode_utf8_lossy()
    } else {
        segment.into()
    }
}

/// What follows a prefix of whole segments.
pub(crate) fn strip<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn version_of(segment: &str) -> Option<u32> {
    let number = segment.strip_prefix('v').filter(|number| !number.starts_with(['0', '+']))?;
    number.parse().ok()
}

/// Whether the protocol has an endpoint of this name itself.
pub(crate) fn is_taken(segment: &str) -> bool {
    let own = find(segment, "/", &[]);
    !matches!(own, Err(error) if error.status == StatusCode::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use scim_schema::catalog;

    use super::*;

    fn shown(path: &str) -> String {
        let endpoints = [Endpoint::users(catalog::user())];
        match find(path, "/scim/v2", &endpoints) {
            Ok(Route::Resource(endpoint, id)) => format!("{} {id}", endpoint.name()),
            Ok(Route::Type(endpoint)) => endpoint.name().to_owned(),
            Ok(route) => format!("{route:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_prefix_may_be_there_or_not_and_slashes_do_not_count() {
        for path in
            ["/scim/v2/Users", "/Users", "/Users/", "/v2/Users", "/scim/Users", "//scim/v2/Users"]
        {
            let expected =
                if path.starts_with("//") { "404: there is no such endpoint" } else { "User" };
            assert_eq!(shown(path), expected, "{path}");
        }
        assert_eq!(shown("/scim/v2"), "Root");
        assert_eq!(shown("/Users/a%20b"), "User a b");
        assert_eq!(shown("/Schemas/urn:ietf:x"), "Schemas(Some(\"urn:ietf:x\"))");
    }

    #[test]
    fn another_version_is_named_as_such() {
        for path in ["/v1/Users", "/scim/v1/Users", "/scim/v9/Users", "/v3", "/scim/v2/v1/Users"] {
            assert!(shown(path).starts_with("400 invalidVers"), "{path}");
        }
        for path in ["/users", "/scim/v02/Users", "/scim/v2/v02/Users"] {
            assert!(shown(path).starts_with("404"), "{path}");
        }
        assert!(shown("/Users/1/2").starts_with("404"));
    }
}
