//! The types of resources that a server has (RFC 7643 §6).

use crate::{Meta, SchemaUri, record::record};

record! {
    /// A type of resources (RFC 7643 §6).
    ///
    /// ```
    /// use scim_core::{ResourceType, SchemaExtension, SchemaUri};
    ///
    /// let users = ResourceType::new("User", "/Users", SchemaUri::USER)
    ///     .schema_extensions([SchemaExtension::new(SchemaUri::ENTERPRISE_USER)]);
    /// assert!(!users.schema_extensions[0].required);
    /// ```
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ResourceType [SchemaUri::RESOURCE_TYPE, Any] {
        required {
            /// Its name, as in `meta.resourceType`.
            name: String = "name",
            /// Its endpoint relative to the server's base URL, such as `/Users`.
            endpoint: String = "endpoint",
            /// Its base schema.
            schema: SchemaUri = "schema",
        }
        texts {
            /// Often the same as its name.
            id = "id",
            /// What it is.
            description = "description",
        }
        values {
            /// What the server knows about the resource (RFC 7643 §3.1).
            meta: Meta = "meta",
        }
        lists {
            /// The extensions that its resources may or must have.
            schema_extensions: SchemaExtension = "schemaExtensions",
        }
        /// Attributes that no RFC knows.
        rest extensions
    }
}

record! {
    /// An extension of a resource type (RFC 7643 §6).
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SchemaExtension {
        required {
            /// The extension's schema.
            schema: SchemaUri = "schema",
        }
        always {
            /// Whether each resource of the type must have it.
            required: bool = "required",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}
