//! Many requests in one (RFC 7644 §3.7).

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    Error, SchemaUri,
    keyword::keyword,
    record::{masked, record},
};

record! {
    /// A bulk request (RFC 7644 §3.7). `schemas` has to name it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BulkRequest [SchemaUri::BULK_REQUEST, Own] {
        required {
            /// What to do, in this order.
            operations: Vec<BulkOperation> = "Operations",
        }
        values {
            /// After how many errors to stop, from 1; without it all operations are tried.
            fail_on_errors: i64 = "failOnErrors",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

record! {
    /// One request of a bulk request (RFC 7644 §3.7).
    ///
    /// ```
    /// use scim_core::{BulkMethod, BulkOperation, User};
    ///
    /// let alice = serde_json::to_value(User::new("alice"))?;
    /// let operation = BulkOperation::new(BulkMethod::Post, "/Users").bulk_id("a").data(alice);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct BulkOperation {
        required {
            /// The HTTP method.
            method: BulkMethod = "method",
            /// The address relative to the server's base URL, such as `/Users`.
            path: String = "path",
        }
        texts {
            /// A name by which other operations can refer to the new resource (RFC 7644 §3.7.2).
            bulk_id = "bulkId",
            /// The version that the resource must have, as in `If-Match` (RFC 7644 §3.14).
            version = "version",
        }
        values {
            /// The body that the request would have alone.
            data: Value = "data",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

record! {
    /// The answer to a bulk request (RFC 7644 §3.7).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BulkResponse [SchemaUri::BULK_RESPONSE, Any] {
        required {
            /// What became of each operation that was tried.
            operations: Vec<BulkResult> = "Operations",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

record! {
    /// What became of one operation (RFC 7644 §3.7, §3.7.3).
    #[derive(Clone, PartialEq, Eq)]
    pub struct BulkResult {
        required {
            /// The HTTP method.
            method: BulkMethod = "method",
            /// The HTTP status, written as a string; read also as a number or as an object with
            /// `code`.
            status: StatusCode = "status",
        }
        texts {
            /// The name that the operation gave the new resource.
            bulk_id = "bulkId",
            /// The address of the resource; none if it could not be made.
            location = "location",
            /// The version of the resource (RFC 7644 §3.14).
            version = "version",
        }
        values {
            /// The body of the answer: an [`Error`] if the operation failed.
            response: Value = "response",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

impl BulkResult {
    /// An operation that failed, with the error as its answer (RFC 7644 §3.7.3).
    pub fn failed(method: BulkMethod, error: &Error) -> Self {
        let response = serde_json::to_value(error).ok();
        Self { response, ..Self::new(method, error.status) }
    }
}

keyword! {
    /// The HTTP methods of bulk operations (RFC 7644 §3.7).
    pub enum BulkMethod("`POST`, `PUT`, `PATCH` or `DELETE`") {
        /// Makes a resource.
        Post = "POST",
        /// Replaces a resource.
        Put = "PUT",
        /// Changes a resource.
        Patch = "PATCH",
        /// Deletes a resource.
        Delete = "DELETE",
    }
}

impl From<BulkMethod> for Method {
    fn from(method: BulkMethod) -> Self {
        match method {
            BulkMethod::Post => Self::POST,
            BulkMethod::Put => Self::PUT,
            BulkMethod::Patch => Self::PATCH,
            BulkMethod::Delete => Self::DELETE,
        }
    }
}

masked! { BulkOperation, BulkResult }
