//! Schema extensions, and whatever else a struct has no field for (RFC 7643 §3.3).

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{SchemaUri, ShapeError};

/// What a resource holds beside the attributes that its struct has fields for: schema extensions
/// under their URIs (RFC 7643 §3.3), and attributes that no RFC knows. It survives being read and
/// written again, but for what says nothing: nulls, empty lists and empty objects (RFC 7643 §2.5).
///
/// ```
/// use scim_core::{EnterpriseUser, User};
///
/// let mut user = User::new("bjensen");
/// user.extensions.set(&EnterpriseUser::default().department("Tours"))?;
///
/// let enterprise = user.extensions.get::<EnterpriseUser>()?.unwrap();
/// assert_eq!(enterprise.department.as_deref(), Some("Tours"));
/// # Ok::<(), scim_core::ShapeError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extensions(Map<String, Value>);

/// A schema extension as a type of its own (RFC 7643 §3.3).
///
/// ```
/// use scim_core::{Extension, SchemaUri};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Badge {
///     colour: String,
/// }
///
/// impl Extension for Badge {
///     const SCHEMA: SchemaUri = SchemaUri::from_static("urn:example:badge:1.0:User");
/// }
/// ```
pub trait Extension: Serialize + DeserializeOwned {
    /// The URI under which resources hold it.
    const SCHEMA: SchemaUri;

    /// The names of the attributes that it has fields for, as they are written. A type that serde's
    /// derives read need not say them.
    const NAMES: &'static [&'static str] = &[];

    /// Reads the object that stands under the URI.
    ///
    /// # Errors
    /// When it has another shape. The provided way does not say where, since what serde tells
    /// may repeat values.
    fn from_value(value: Value) -> Result<Self, ShapeError> {
        serde_json::from_value(value).map_err(|_| ShapeError::expected("an object of its schema"))
    }
}

impl Extensions {
    /// The extension of this type, if the resource has it.
    ///
    /// # Errors
    /// When it is there in another shape.
    pub fn get<E: Extension>(&self) -> Result<Option<E>, ShapeError> {
        let uri = E::SCHEMA;
        let value = self.raw(uri.as_str()).cloned().map(E::from_value);
        value.transpose().map_err(|error| error.within(uri.as_str()))
    }

    /// Puts an extension in place of one of its type; one that says nothing is taken away.
    ///
    /// # Errors
    /// When it is not written as an object.
    pub fn set<E: Extension>(&mut self, extension: &E) -> Result<(), ShapeError> {
        let uri = E::SCHEMA;
        let value = serde_json::to_value(extension).ok().filter(Value::is_object);
        let value = value.ok_or(ShapeError::expected("an object").within(uri.as_str()))?;
        self.set_raw(uri.as_str(), value);
        Ok(())
    }

    /// Takes an extension away and gives back what stood there.
    pub fn remove<E: Extension>(&mut self) -> Option<Value> {
        self.remove_raw(E::SCHEMA.as_str())
    }

    /// The value under a URI or name, whatever its case.
    pub fn raw(&self, name: &str) -> Option<&Value> {
        self.0.get(name).or_else(|| {
            let mut entries = self.0.iter();
            entries.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    }

    /// Puts a value under a URI or name; one that says nothing is taken away. Under the name of
    /// an attribute that the struct has a field for, it is not written.
    pub fn set_raw(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let name = name.into();
        self.remove_raw(&name);
        if let Some(value) = pruned(value.into()) {
            self.0.insert(name, value);
        }
    }

    /// Takes away what stands under a URI or name, whatever its case.
    pub fn remove_raw(&mut self, name: &str) -> Option<Value> {
        let mut removed = None;
        self.0.retain(|key, value| {
            let same = key.eq_ignore_ascii_case(name);
            if same {
                removed = Some(value.take());
            }
            !same
        });
        removed
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `schemas` of a resource: its base schema and the extensions it holds (RFC 7643 §3).
    pub(crate) fn schemas(&self, base: SchemaUri) -> Vec<SchemaUri> {
        let containers = self.0.iter().filter(|(_, value)| value.is_object());
        let extensions = containers.filter_map(|(name, _)| name.parse().ok());
        std::iter::once(base).chain(extensions).collect()
    }

    /// What can be written beside the attributes of these names.
    pub(crate) fn beside(&self, names: &[&str]) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().filter(move |(key, _)| {
            let mut known = names.iter().chain(&["schemas"]);
            !known.any(|name| name.eq_ignore_ascii_case(key))
        })
    }
}

/// Shows names only: what stands under them may be personal.
impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(String, Value)> for Extensions {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        Self(pruned_entries(entries))
    }
}

/// The value without what is as good as unassigned.
pub(crate) fn pruned(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(pruned).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(map) => {
            let map = pruned_entries(map);
            (!map.is_empty()).then_some(Value::Object(map))
        }
        value => Some(value),
    }
}

fn pruned_entries(entries: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    entries.into_iter().filter_map(|(name, value)| Some((name, pruned(value)?))).collect()
}
