//! What the server knows about a resource (RFC 7643 §3.1).

use chrono::{DateTime, Utc};

use crate::record::record;

record! {
    /// `meta`: what the server knows about a resource (RFC 7643 §3.1). What clients send of it is
    /// ignored.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Meta {
        texts {
            /// The name of the resource's type, such as `User`.
            resource_type = "resourceType",
            /// The address of the resource, as in the headers `Location` and `Content-Location`.
            location = "location",
            /// The version as it stands in the `ETag` header, `W/` and quotes included
            /// (RFC 7644 §3.14).
            version = "version",
        }
        values {
            /// When the resource was made.
            created: DateTime<Utc> = "created",
            /// When the resource last changed; not when somebody last tried to.
            last_modified: DateTime<Utc> = "lastModified",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}
