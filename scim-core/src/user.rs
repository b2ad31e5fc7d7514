//! Users (RFC 7643 §4.1).

use crate::{
    Address, Email, Entitlement, Im, Meta, PhoneNumber, Photo, Role, SchemaUri, Secret, UserGroup,
    X509Certificate,
    record::{masked, record},
};

record! {
    /// A user (RFC 7643 §4.1).
    ///
    /// A view over JSON: names are read in any case, nulls count as missing (RFC 7643 §2.1, §2.5),
    /// and what it has no field for is kept in [`User::extensions`]. A projection that leaves
    /// `userName` out is no `User`; keep it as a `serde_json::Value`.
    ///
    /// ```
    /// use scim_core::{Email, User};
    /// use serde_json::json;
    ///
    /// let user = User::try_from(json!({
    ///     "USERNAME": "bjensen",
    ///     "emails": [{"value": "bjensen@example.com", "primary": null}],
    ///     "urn:example:badge:1.0:User": {"colour": "red"},
    /// }))?;
    /// assert_eq!(user.emails, [Email::new("bjensen@example.com")]);
    /// assert_eq!(
    ///     serde_json::to_value(&user).unwrap(),
    ///     json!({
    ///         "schemas": [
    ///             "urn:ietf:params:scim:schemas:core:2.0:User",
    ///             "urn:example:badge:1.0:User",
    ///         ],
    ///         "userName": "bjensen",
    ///         "emails": [{"value": "bjensen@example.com"}],
    ///         "urn:example:badge:1.0:User": {"colour": "red"},
    ///     })
    /// );
    /// # Ok::<(), scim_core::ShapeError>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct User [SchemaUri::USER, Any] {
        required {
            /// The name the user logs in with; unique, whatever its case (RFC 7643 §4.1.1).
            user_name: String = "userName",
        }
        texts {
            /// The name the server gave the resource; it never changes (RFC 7643 §3.1).
            id = "id",
            /// The name the client knows the resource by (RFC 7643 §3.1).
            external_id = "externalId",
            /// The name to show to people (RFC 7643 §4.1.1).
            display_name = "displayName",
            /// How the user is called, such as `Bob` (RFC 7643 §4.1.1).
            nick_name = "nickName",
            /// The address of a page about the user (RFC 7643 §4.1.1).
            profile_url = "profileUrl",
            /// The job title (RFC 7643 §4.1.1).
            title = "title",
            /// How the user belongs to the organization, such as `Contractor` (RFC 7643 §4.1.1).
            user_type = "userType",
            /// Languages the user prefers, as in `Accept-Language` (RFC 7643 §4.1.1).
            preferred_language = "preferredLanguage",
            /// How to write dates and numbers for the user, as a language tag (RFC 7643 §4.1.1,
            /// RFC 5646).
            locale = "locale",
            /// The time zone, as an IANA name (RFC 7643 §4.1.1).
            timezone = "timezone",
        }
        values {
            /// The parts of the user's name (RFC 7643 §4.1.1).
            name: Name = "name",
            /// Whether the account is in use; false shuts the user out (RFC 7643 §4.1.1).
            active: bool = "active",
            /// A new password; never returned (RFC 7643 §4.1.1).
            password: Secret = "password",
            /// What the server knows about the resource (RFC 7643 §3.1).
            meta: Meta = "meta",
        }
        lists {
            /// E-mail addresses (RFC 7643 §4.1.2).
            emails: Email = "emails",
            /// Telephone numbers (RFC 7643 §4.1.2).
            phone_numbers: PhoneNumber = "phoneNumbers",
            /// Addresses for instant messages (RFC 7643 §4.1.2).
            ims: Im = "ims",
            /// Pictures (RFC 7643 §4.1.2).
            photos: Photo = "photos",
            /// Mailing addresses (RFC 7643 §4.1.2).
            addresses: Address = "addresses",
            /// Groups the user belongs to, as the server sees it (RFC 7643 §4.1.2).
            groups: UserGroup = "groups",
            /// Things the user has a right to (RFC 7643 §4.1.2).
            entitlements: Entitlement = "entitlements",
            /// Roles (RFC 7643 §4.1.2).
            roles: Role = "roles",
            /// Certificates (RFC 7643 §4.1.2).
            x509_certificates: X509Certificate = "x509Certificates",
        }
        /// Schema extensions, and attributes that no RFC knows (RFC 7643 §3.3).
        rest extensions
    }
}

record! {
    /// The parts of a user's name (RFC 7643 §4.1.1).
    #[derive(Clone, PartialEq, Eq)]
    pub struct Name {
        texts {
            /// The whole name, as people read it.
            formatted = "formatted",
            /// The family name.
            family_name = "familyName",
            /// The given name.
            given_name = "givenName",
            /// Further names in between.
            middle_name = "middleName",
            /// What stands before the name, such as `Ms.`.
            honorific_prefix = "honorificPrefix",
            /// What stands behind the name, such as `III`.
            honorific_suffix = "honorificSuffix",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

masked! { User, Name }
