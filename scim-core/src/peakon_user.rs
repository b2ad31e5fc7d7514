//! The extension of users for Peakon (RFC 7643 §3.3).

use serde_json::Value;

use crate::{
    Extension, SchemaUri, ShapeError,
    record::{masked, record},
};

record! {
    /// What Peakon segments survey results by. Each company defines attributes of its own, whose
    /// names may hold blanks; those that most companies have are fields.
    ///
    /// ```
    /// use scim_core::{PeakonUser, User};
    ///
    /// let mut peakon = PeakonUser::default().hire_date("2021-03-01");
    /// peakon.attributes.set_raw("Coffee club", "Espresso");
    ///
    /// let mut user = User::new("bjensen");
    /// user.extensions.set(&peakon)?;
    /// # Ok::<(), scim_core::ShapeError>(())
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct PeakonUser {
        texts {
            /// The department.
            department = "Department",
            /// The business unit.
            business_unit = "Business Unit",
            /// The place of work.
            location = "Location",
            /// The e-mail address or employee number of the manager.
            manager_id = "Manager ID",
            /// The number or code the employer gave the user.
            employee_number = "Employee number",
            /// The day of birth, as `YYYY-MM-DD`.
            date_of_birth = "Date of birth",
            /// The first day of employment, as `YYYY-MM-DD`.
            hire_date = "Hire date",
            /// The gender.
            gender = "Gender",
        }
        /// Attributes of the company's own, by name: strings or whole numbers.
        rest attributes
    }
}

impl Extension for PeakonUser {
    const SCHEMA: SchemaUri =
        SchemaUri::from_static("urn:ietf:params:scim:schemas:extension:peakon:2.0:User");

    const NAMES: &'static [&'static str] = Self::NAMES;

    fn from_value(value: Value) -> Result<Self, ShapeError> {
        value.try_into()
    }
}

masked! { PeakonUser }
