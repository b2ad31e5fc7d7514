//! The elements of a user's lists (RFC 7643 §2.4, §4.1.2).

use crate::record::{masked, record};

macro_rules! multi_valued {
    ($($(#[$doc:meta])* $name:ident, $value:literal, $types:literal;)+) => {$(
        record! {
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq)]
            pub struct $name {
                texts {
                    #[doc = $value]
                    value = "value",
                    /// The value as people read it; the server may set it.
                    display = "display",
                    #[doc = concat!("What it is for: ", $types, ", or a word of the client's own.")]
                    kind = "type",
                }
                values {
                    /// Whether it is the preferred one; true at most once in a list. Missing
                    /// means false (RFC 7643 §2.4).
                    primary: bool = "primary",
                }
                /// Sub-attributes that no RFC knows.
                rest rest
            }
        }

        impl $name {
            /// One of this value.
            pub fn new(value: impl Into<String>) -> Self {
                Self::default().value(value)
            }
        }

        masked! { $name }
    )+};
}

multi_valued! {
    /// An e-mail address (RFC 7643 §4.1.2).
    Email, "The address (RFC 5321).", "`work`, `home` or `other`";
    /// A telephone number (RFC 7643 §4.1.2).
    PhoneNumber, "The number, best as a `tel:` URI (RFC 3966).",
        "`work`, `home`, `mobile`, `fax`, `pager` or `other`";
    /// An address for instant messages (RFC 7643 §4.1.2).
    Im, "The address.", "`aim`, `gtalk`, `icq`, `xmpp`, `msn`, `skype`, `qq`, `yahoo` or `other`";
    /// A picture of the user (RFC 7643 §4.1.2).
    Photo, "The address of an image file.", "`photo` or `thumbnail`";
    /// A thing that the user has a right to (RFC 7643 §4.1.2).
    Entitlement, "The right; its form is up to the server.", "any word";
    /// A role of the user, such as `Student` (RFC 7643 §4.1.2).
    Role, "The role; its form is up to the server.", "any word";
    /// A certificate of the user (RFC 7643 §4.1.2).
    X509Certificate, "The certificate, DER in base64 (RFC 4648 §4).", "any word";
}

record! {
    /// A mailing address (RFC 7643 §4.1.2).
    #[derive(Clone, PartialEq, Eq)]
    pub struct Address {
        texts {
            /// The whole address, as on a label; lines end with `\n`.
            formatted = "formatted",
            /// Street, number, post box; may have several lines.
            street_address = "streetAddress",
            /// The city.
            locality = "locality",
            /// The state or region.
            region = "region",
            /// The postal code.
            postal_code = "postalCode",
            /// The country, as two letters (ISO 3166-1 alpha-2).
            country = "country",
            /// What it is for: `work`, `home` or `other`, or a word of the client's own.
            kind = "type",
        }
        values {
            /// Whether it is the preferred one; true at most once in a list (RFC 7643 §2.4).
            primary: bool = "primary",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

record! {
    /// A group that the user belongs to, in `groups`, which only the server writes
    /// (RFC 7643 §4.1.2).
    #[derive(Clone, PartialEq, Eq)]
    pub struct UserGroup {
        texts {
            /// The group's `id`.
            value = "value",
            /// The group's address.
            reference = "$ref",
            /// The group's name.
            display = "display",
            /// `direct`, or `indirect` if it is by way of another group.
            kind = "type",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl UserGroup {
    /// The group of this `id`.
    pub fn new(value: impl Into<String>) -> Self {
        Self::default().value(value)
    }
}

masked! { Address, UserGroup }
