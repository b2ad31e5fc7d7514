//! The routes as logs and figures name them: a path can hold personal data, its route cannot.

use http::Method;

/// The route of a path.
pub(super) fn of(path: &str) -> &'static str {
    match path.trim_end_matches('/') {
        "/healthz" => return "/healthz",
        "/readyz" => return "/readyz",
        "/metrics" => return "/metrics",
        _ => {}
    }
    let Some(rest) = path.strip_prefix("/scim") else { return "other" };
    let rest = rest.strip_prefix("/v2").unwrap_or(rest);
    let mut segments = rest.split('/').filter(|segment| !segment.is_empty());
    let (first, second, third) = (segments.next(), segments.next(), segments.next());
    match (first, second, third) {
        (None, ..) => "/",
        (Some(".search"), None, _) => "/.search",
        (Some("Users"), None, _) => "/Users",
        (Some("Users"), Some(".search"), None) => "/Users/.search",
        (Some("Users"), Some(_), None) => "/Users/{id}",
        (Some("Groups"), None, _) => "/Groups",
        (Some("Groups"), Some(".search"), None) => "/Groups/.search",
        (Some("Groups"), Some(_), None) => "/Groups/{id}",
        (Some("ServiceProviderConfig"), None, _) => "/ServiceProviderConfig",
        (Some("ResourceTypes"), _, None) => "/ResourceTypes",
        (Some("Schemas"), _, None) => "/Schemas",
        (Some("Bulk"), None, _) => "/Bulk",
        (Some("Me"), None, _) => "/Me",
        _ => "other",
    }
}

/// The last segment of a path, if it is an id that this server gives.
pub(super) fn subject(path: &str) -> Option<uuid::Uuid> {
    path.trim_end_matches('/').rsplit('/').next()?.parse().ok()
}

/// A method by its name.
pub(super) fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_has_nothing_of_the_path_that_a_client_made_up() {
        for (path, route) in [
            ("/scim/v2/Users/bjensen@example.com", "/Users/{id}"),
            ("/scim/v2/Users/", "/Users"),
            ("/scim/Groups/.search", "/Groups/.search"),
            ("/scim/v2", "/"),
            ("/scim/v2/bjensen", "other"),
            ("/scim/v2/Users/1/bjensen", "other"),
            ("/scim/v2/Schemas/urn:x", "/Schemas"),
            ("/bjensen", "other"),
            ("/healthz", "/healthz"),
        ] {
            assert_eq!(of(path), route, "{path}");
        }
        assert!(subject("/scim/v2/Users/bjensen@example.com").is_none());
        assert!(subject("/scim/v2/Users/0192f0c0-7e8a-7000-8000-000000000000").is_some());
    }
}
