//! The extension of users for Prendio (RFC 7643 §3.3).

use serde_json::{Number, Value};

use crate::{
    Extension, SchemaUri, ShapeError,
    record::{masked, record},
};

record! {
    /// How much a user may approve and spend in purchasing. Amounts are decimals of zero or more;
    /// up to 15 digits are kept exactly, whatever features `serde_json` has.
    #[derive(Clone, PartialEq, Eq)]
    pub struct PrendioUser {
        values {
            /// The highest amount the user may approve.
            approval_limit: Number = "approvalLimit",
            /// The highest amount the user may spend.
            spend_limit: Number = "spendLimit",
        }
        /// Attributes that the schema does not know.
        rest rest
    }
}

impl Extension for PrendioUser {
    const SCHEMA: SchemaUri =
        SchemaUri::from_static("urn:ietf:params:scim:schemas:extension:prendio:2.0:User");

    const NAMES: &'static [&'static str] = Self::NAMES;

    fn from_value(value: Value) -> Result<Self, ShapeError> {
        value.try_into()
    }
}

masked! { PrendioUser }
