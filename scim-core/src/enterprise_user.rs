//! The enterprise extension of users (RFC 7643 §4.3).

use serde_json::Value;

use crate::{
    Extension, SchemaUri, ShapeError,
    record::{masked, record},
};

record! {
    /// What an employer knows about a user (RFC 7643 §4.3).
    #[derive(Clone, PartialEq, Eq)]
    pub struct EnterpriseUser {
        texts {
            /// The number or code the employer gave the user.
            employee_number = "employeeNumber",
            /// The cost centre.
            cost_center = "costCenter",
            /// The organization.
            organization = "organization",
            /// The division.
            division = "division",
            /// The department.
            department = "department",
        }
        values {
            /// The user's manager.
            manager: Manager = "manager",
        }
        /// Attributes that no RFC knows.
        rest rest
    }
}

record! {
    /// A user's manager (RFC 7643 §4.3).
    #[derive(Clone, PartialEq, Eq)]
    pub struct Manager {
        texts {
            /// The manager's `id`.
            value = "value",
            /// The manager's address.
            reference = "$ref",
            /// The manager's name; the server sets it.
            display_name = "displayName",
        }
        /// Sub-attributes that no RFC knows.
        rest rest
    }
}

impl Manager {
    /// The manager of this `id`.
    pub fn new(value: impl Into<String>) -> Self {
        Self::default().value(value)
    }
}

impl Extension for EnterpriseUser {
    const SCHEMA: SchemaUri = SchemaUri::ENTERPRISE_USER;

    const NAMES: &'static [&'static str] = Self::NAMES;

    fn from_value(value: Value) -> Result<Self, ShapeError> {
        value.try_into()
    }
}

masked! { EnterpriseUser, Manager }
