//! Resources as stores take and give them.

use std::{fmt, sync::Arc};

use chrono::{DateTime, Utc};
use scim_core::Version;
use scim_schema::Valid;
use serde_json::{Map, Value};

use crate::{Invariant, StoreError};

/// A resource as a store keeps it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its version, which moves with every change of what is stored.
    pub version: Version,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it last changed.
    pub modified: DateTime<Utc>,
    /// Its attributes in canonical form, without `id` and `meta`. Attributes that the projection
    /// leaves out may be missing. Shared, so that a store that keeps them in memory need not copy
    /// them.
    pub attributes: Arc<Map<String, Value>>,
    /// One large attribute, element by element, that is not among the attributes.
    pub values: Option<Values>,
}

/// The elements of one large attribute, read while the answer is sent.
pub struct Values {
    /// The attribute, such as `members`.
    pub attribute: Box<str>,
    /// Its elements in canonical form.
    pub elements: Box<dyn Iterator<Item = Result<Value, StoreError>> + Send>,
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("attribute", &self.attribute).finish_non_exhaustive()
    }
}

impl Stored {
    /// A resource of these attributes that was created at this time and has not changed since.
    pub fn new(
        id: impl Into<String>,
        version: Version,
        created: DateTime<Utc>,
        attributes: impl Into<Arc<Map<String, Value>>>,
    ) -> Self {
        let attributes = attributes.into();
        Self { id: id.into(), version, created, modified: created, attributes, values: None }
    }

    /// The attributes, to be changed; copied if they are shared.
    pub fn attributes_mut(&mut self) -> &mut Map<String, Value> {
        Arc::make_mut(&mut self.attributes)
    }

    /// The same, last changed at this time.
    #[must_use]
    pub fn modified(mut self, modified: DateTime<Utc>) -> Self {
        self.modified = modified;
        self
    }

    /// The same, with one large attribute read while the answer is sent.
    #[must_use]
    pub fn values(mut self, values: Values) -> Self {
        self.values = Some(values);
        self
    }
}

/// A resource to be created. Its secrets are hashed, or not there at all.
#[derive(Debug)]
#[non_exhaustive]
pub struct New {
    /// The id that the service has chosen.
    pub id: String,
    /// The resource.
    pub resource: Valid,
    /// What must hold once it is there.
    pub invariants: Vec<Invariant>,
}

impl New {
    /// A resource with this id.
    pub fn with_id(id: impl Into<String>, resource: Valid) -> Self {
        Self { id: id.into(), resource, invariants: Vec::new() }
    }

    /// The same, with what must hold once it is there.
    #[must_use]
    pub fn under(mut self, invariants: Vec<Invariant>) -> Self {
        self.invariants = invariants;
        self
    }
}

/// What an update came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Updated {
    /// The resource afterwards. What is kept as rows may be missing.
    pub stored: Stored,
    /// Whether anything changed. If not, version and time of change are what they were.
    pub changed: bool,
}

impl Updated {
    /// The resource after a change.
    pub fn changed(stored: Stored) -> Self {
        Self { stored, changed: true }
    }

    /// The resource that the update left as it was.
    pub fn unchanged(stored: Stored) -> Self {
        Self { stored, changed: false }
    }
}
