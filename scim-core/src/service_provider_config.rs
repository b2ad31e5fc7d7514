//! What a server can do (RFC 7643 §5, RFC 9865 §4).

use crate::{Meta, SchemaUri, keyword::keyword, record::record};

record! {
    /// What a server can do (RFC 7643 §5). What other servers leave out counts as not supported.
    ///
    /// ```
    /// use scim_core::{AuthenticationScheme, FilterSupport, ServiceProviderConfig};
    ///
    /// let config = ServiceProviderConfig::default()
    ///     .patch(true.into())
    ///     .filter(FilterSupport::new(1000))
    ///     .authentication_schemes(vec![AuthenticationScheme::oauth_bearer_token()]);
    /// assert!(config.filter.supported && !config.bulk.supported);
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ServiceProviderConfig [SchemaUri::SERVICE_PROVIDER_CONFIG, Any] {
        always {
            /// Whether PATCH is served (RFC 7644 §3.5.2).
            patch: Supported = "patch",
            /// Whether bulk requests are served, and how large (RFC 7644 §3.7).
            bulk: BulkSupport = "bulk",
            /// Whether filters are served, and how many results there are (RFC 7644 §3.4.2.2).
            filter: FilterSupport = "filter",
            /// Whether passwords can be changed.
            change_password: Supported = "changePassword",
            /// Whether results can be sorted (RFC 7644 §3.4.2.3).
            sort: Supported = "sort",
            /// Whether resources have entity tags (RFC 7644 §3.14).
            etag: Supported = "etag",
            /// How clients authenticate (RFC 7644 §2).
            authentication_schemes: Vec<AuthenticationScheme> = "authenticationSchemes",
        }
        texts {
            /// The address of documentation for people.
            documentation_uri = "documentationUri",
        }
        values {
            /// How results are paged (RFC 9865 §4).
            pagination: Pagination = "pagination",
            /// What the server knows about the resource (RFC 7643 §3.1).
            meta: Meta = "meta",
        }
        /// Attributes that no RFC in use knows.
        rest extensions
    }
}

record! {
    /// Whether a feature is there (RFC 7643 §5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Supported {
        always {
            /// Whether it is.
            supported: bool = "supported",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl From<bool> for Supported {
    fn from(supported: bool) -> Self {
        Self::default().supported(supported)
    }
}

record! {
    /// Whether bulk requests are served, and how large they may be (RFC 7643 §5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BulkSupport {
        always {
            /// Whether they are.
            supported: bool = "supported",
            /// The most operations in one request.
            max_operations: u64 = "maxOperations",
            /// The most bytes in one request.
            max_payload_size: u64 = "maxPayloadSize",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl BulkSupport {
    /// Served, up to this many operations and bytes.
    pub fn new(max_operations: u64, max_payload_size: u64) -> Self {
        Self::default()
            .supported(true)
            .max_operations(max_operations)
            .max_payload_size(max_payload_size)
    }
}

record! {
    /// Whether filters are served, and how many results they have (RFC 7643 §5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FilterSupport {
        always {
            /// Whether they are.
            supported: bool = "supported",
            /// The most resources in one response.
            max_results: u64 = "maxResults",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl FilterSupport {
    /// Served, with up to this many resources in a response.
    pub fn new(max_results: u64) -> Self {
        Self::default().supported(true).max_results(max_results)
    }
}

record! {
    /// How results are paged (RFC 9865 §4).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Pagination {
        always {
            /// Whether there are cursors (RFC 9865 §2).
            cursor: bool = "cursor",
            /// Whether pages can be asked for by index (RFC 7644 §3.4.2.4).
            index: bool = "index",
        }
        values {
            /// How results are paged if the client does not say.
            default_pagination_method: PaginationMethod = "defaultPaginationMethod",
            /// Resources on a page if the client does not say.
            default_page_size: u64 = "defaultPageSize",
            /// The most resources on a page.
            max_page_size: u64 = "maxPageSize",
            /// Seconds for which a cursor is good at least.
            cursor_timeout: u64 = "cursorTimeout",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

keyword! {
    /// A way to page results (RFC 9865 §4).
    pub enum PaginationMethod("`cursor` or `index`") {
        /// By a cursor from one page to the next (RFC 9865 §2).
        Cursor = "cursor",
        /// By the index of the first resource (RFC 7644 §3.4.2.4).
        Index = "index",
    }
}

record! {
    /// A way to authenticate (RFC 7643 §5).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AuthenticationScheme {
        required {
            /// `oauth`, `oauth2`, `oauthbearertoken`, `httpbasic` or `httpdigest`.
            kind: String = "type",
            /// A name for people.
            name: String = "name",
            /// What it is.
            description: String = "description",
        }
        texts {
            /// The address of its specification.
            spec_uri = "specUri",
            /// The address of documentation on its use.
            documentation_uri = "documentationUri",
        }
        values {
            /// Whether it is the preferred one.
            primary: bool = "primary",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl AuthenticationScheme {
    /// Bearer tokens (RFC 6750).
    pub fn oauth_bearer_token() -> Self {
        Self::new("oauthbearertoken", "OAuth Bearer Token", "A token in the Authorization header")
            .spec_uri("https://www.rfc-editor.org/info/rfc6750")
    }

    /// User names and passwords (RFC 7617).
    pub fn http_basic() -> Self {
        Self::new("httpbasic", "HTTP Basic", "A user name and password in the Authorization header")
            .spec_uri("https://www.rfc-editor.org/info/rfc7617")
    }
}
