//! SCIM.
