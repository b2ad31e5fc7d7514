//! PATCH requests (RFC 7644 §3.5.2).

use serde_json::Value;

use crate::{
    SchemaUri,
    keyword::keyword,
    record::{masked, record},
};

record! {
    /// The body of a PATCH (RFC 7644 §3.5.2). `schemas` may be missing, but names no other
    /// message.
    ///
    /// ```
    /// use scim_core::{PatchOp, PatchOperation};
    /// use serde_json::json;
    ///
    /// let patch = PatchOp::new([PatchOperation::replace("active", false)]);
    /// assert_eq!(
    ///     serde_json::to_value(&patch).unwrap(),
    ///     json!({
    ///         "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    ///         "Operations": [{"op": "replace", "path": "active", "value": false}],
    ///     })
    /// );
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PatchOp [SchemaUri::PATCH_OP, NoOther] {
        required {
            /// What to do, in this order.
            operations: Vec<PatchOperation> = "Operations",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

record! {
    /// One operation of a PATCH (RFC 7644 §3.5.2).
    #[derive(Clone, PartialEq, Eq)]
    pub struct PatchOperation {
        required {
            /// What to do.
            op: PatchVerb = "op",
        }
        texts {
            /// Where; none for the resource itself, unless something is removed.
            path = "path",
        }
        values {
            /// What to put there. Null is not the same as none: it unassigns (RFC 7643 §2.5).
            value: Value = "value",
        }
        /// Members that no RFC knows.
        rest rest
    }
}

impl PatchOperation {
    /// Adds a value (RFC 7644 §3.5.2.1).
    pub fn add(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(PatchVerb::Add).path(path).value(value.into())
    }

    /// Removes what the path selects (RFC 7644 §3.5.2.2).
    pub fn remove(path: impl Into<String>) -> Self {
        Self::new(PatchVerb::Remove).path(path)
    }

    /// Replaces what the path selects (RFC 7644 §3.5.2.3).
    pub fn replace(path: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::new(PatchVerb::Replace).path(path).value(value.into())
    }
}

keyword! {
    /// What an operation does, read in any case (RFC 7644 §3.5.2).
    pub enum PatchVerb("`add`, `remove` or `replace`") {
        /// Adds values, or sets what is unassigned (RFC 7644 §3.5.2.1).
        Add = "add",
        /// Removes values (RFC 7644 §3.5.2.2).
        Remove = "remove",
        /// Puts values in place of others (RFC 7644 §3.5.2.3).
        Replace = "replace",
    }
}

masked! { PatchOperation }
