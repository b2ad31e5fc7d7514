//! How much of a request is read, and how much is answered.

use scim_core::json;

/// How much of a request is read, and how much is answered.
///
/// ```
/// use scim_service::{Endpoint, Limits, MemoryStore, ScimService, schema::catalog};
///
/// let mut limits = Limits::DEFAULT;
/// limits.max_body = 64 << 10;
/// limits.max_page = 200;
/// let scim = ScimService::builder(MemoryStore::new())
///     .base_url("https://api.example.com/scim/v2")
///     .endpoint(Endpoint::users(catalog::user()))
///     .limits(limits)
///     .build()?;
/// # Ok::<(), scim_service::BuildError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a body; larger ones are answered with 413 before they are read.
    pub max_body: usize,
    /// Bytes of the body of a bulk request.
    pub max_bulk_body: usize,
    /// Operations of a bulk request; more are answered with 413. With none, there is no bulk.
    pub max_bulk_operations: usize,
    /// Operations of a PATCH, and the work its filters may cost.
    pub patch: scim_patch::Limits,
    /// Depth and number of values of a body.
    pub json: json::Limits,
    /// Length, depth and terms of a filter.
    pub filter: scim_filter::Limits,
    /// Resources on a page if the request does not say, but never more than `max_page`.
    pub page: usize,
    /// The most resources on a page.
    pub max_page: usize,
    /// The most resources that a sorted query over several resource types looks at; for a deeper
    /// page it is answered with 400 tooMany.
    pub max_merge: usize,
}

impl Limits {
    /// 1 MiB, 8 MiB and 1,000 operations in bulk, the default limits of JSON and filters, 100 resources on a page and at most 1,000.
    pub const DEFAULT: Self = Self {
        max_body: 1 << 20,
        max_bulk_body: 8 << 20,
        max_bulk_operations: 1000,
        patch: scim_patch::Limits::DEFAULT,
        json: json::Limits::DEFAULT,
        filter: scim_filter::Limits::DEFAULT,
        page: 100,
        max_page: 1000,
        max_merge: 10_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
