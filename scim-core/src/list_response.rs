//! Lists of resources (RFC 7644 §3.4.2, RFC 9865 §2).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use serde_json::Value;

use crate::{SchemaUri, ShapeError, object::Object, record::entry};

/// A page of resources (RFC 7644 §3.4.2, RFC 9865 §2).
///
/// `T` is a typed resource, or `serde_json::Value` for resources of several types or of which
/// only some attributes were asked for.
///
/// ```
/// use scim_core::{ListResponse, User};
///
/// let page = ListResponse::new([User::new("bjensen")]).total_results(100).start_index(1);
/// assert_eq!(page.items_per_page, Some(1));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListResponse<T> {
    /// How many resources there are on all pages; a server may leave it out when it pages by
    /// cursor (RFC 9865 §2).
    pub total_results: Option<u64>,
    /// How many resources this page has.
    pub items_per_page: Option<u64>,
    /// The index of the first resource, from 1; none when paged by cursor.
    pub start_index: Option<u64>,
    /// The cursor of the next page; none on the last (RFC 9865 §2).
    pub next_cursor: Option<String>,
    /// The cursor of the page before (RFC 9865 §2).
    pub previous_cursor: Option<String>,
    /// The resources; written even if there are none.
    pub resources: Vec<T>,
}

impl<T> ListResponse<T> {
    /// A page of these resources, and its size.
    pub fn new(resources: impl Into<Vec<T>>) -> Self {
        let resources = resources.into();
        Self {
            total_results: None,
            items_per_page: u64::try_from(resources.len()).ok(),
            start_index: None,
            next_cursor: None,
            previous_cursor: None,
            resources,
        }
    }

    /// Sets `totalResults`.
    #[must_use]
    pub fn total_results(mut self, total_results: u64) -> Self {
        self.total_results = Some(total_results);
        self
    }

    /// Sets `startIndex`.
    #[must_use]
    pub fn start_index(mut self, start_index: u64) -> Self {
        self.start_index = Some(start_index);
        self
    }

    /// Sets `nextCursor`.
    #[must_use]
    pub fn next_cursor(mut self, next_cursor: impl Into<String>) -> Self {
        self.next_cursor = Some(next_cursor.into());
        self
    }

    /// Sets `previousCursor`.
    #[must_use]
    pub fn previous_cursor(mut self, previous_cursor: impl Into<String>) -> Self {
        self.previous_cursor = Some(previous_cursor.into());
        self
    }
}

impl<T: Serialize> Serialize for ListResponse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("schemas", &[SchemaUri::LIST_RESPONSE])?;
        entry(&mut map, "totalResults", &self.total_results)?;
        entry(&mut map, "itemsPerPage", &self.items_per_page)?;
        entry(&mut map, "startIndex", &self.start_index)?;
        entry(&mut map, "previousCursor", &self.previous_cursor)?;
        entry(&mut map, "nextCursor", &self.next_cursor)?;
        map.serialize_entry("Resources", &self.resources)?;
        map.end()
    }
}

impl<T> TryFrom<Value> for ListResponse<T>
where
    T: TryFrom<Value>,
    ShapeError: From<T::Error>,
{
    type Error = ShapeError;

    /// # Errors
    /// When a member is of another type, or a resource is no `T`.
    fn try_from(value: Value) -> Result<Self, ShapeError> {
        let mut object = Object::try_from(value)?;
        let resources: Vec<Value> = object.optional("Resources")?.unwrap_or_default();
        let read = |resource: Value| T::try_from(resource).map_err(ShapeError::from);
        Ok(Self {
            total_results: object.optional("totalResults")?,
            items_per_page: object.optional("itemsPerPage")?,
            start_index: object.optional("startIndex")?,
            next_cursor: object.optional("nextCursor")?,
            previous_cursor: object.optional("previousCursor")?,
            resources: resources
                .into_iter()
                .map(read)
                .collect::<Result<_, _>>()
                .map_err(|error| error.within("Resources"))?,
        })
    }
}

impl<'de, T> Deserialize<'de> for ListResponse<T>
where
    T: TryFrom<Value>,
    ShapeError: From<T::Error>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}
