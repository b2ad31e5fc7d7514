//! Groups (RFC 7643 §4.2).

use crate::{
    Meta, SchemaUri,
    record::{masked, record},
};

record! {
    /// A group (RFC 7643 §4.2).
    ///
    /// ```
    /// use scim_core::{Group, Member};
    ///
    /// let group = Group::new("Tour Guides").members([Member::new("2819c223").kind("User")]);
    /// assert_eq!(group.members.len(), 1);
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct Group [SchemaUri::GROUP, Any] {
        required {
            /// The name to show to people (RFC 7643 §4.2).
            display_name: String = "displayName",
        }
        texts {
            /// The name the server gave the resource; it never changes (RFC 7643 §3.1).
            id = "id",
            /// The name the client knows the resource by (RFC 7643 §3.1).
            external_id = "externalId",
        }
        values {
            /// What the server knows about the resource (RFC 7643 §3.1).
            meta: Meta = "meta",
        }
        lists {
            /// The users and groups that belong to it (RFC 7643 §4.2).
            members: Member = "members",
        }
        /// Schema extensions, and attributes that no RFC knows (RFC 7643 §3.3).
        rest extensions
    }
}

record! {
    /// A member of a group (RFC 7643 §4.2). Elements can be added and removed, their parts do not
    /// change.
    #[derive(Clone, PartialEq, Eq)]
    pub struct Member {
        texts {
            /// The member's `id`.
            value = "value",
            /// The member's address; the server sets it.
            reference = "$ref",
            /// The name of the member's resource type: `User` or `Group`.
            kind = "type",
            /// The member's name; the server sets it.
            display = "display",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl Member {
    /// The member of this `id`.
    pub fn new(value: impl Into<String>) -> Self {
        Self::default().value(value)
    }
}

masked! { Group, Member }
