//! JSON objects, taken apart by name.

use serde_json::Value;

use crate::{Extensions, SchemaUri, ShapeError, ShapeErrorKind, field::Field};

/// What is asked of `schemas` when a message is read.
#[derive(Clone, Copy)]
pub(crate) enum Demand {
    /// Nothing: whoever reads it knows what it is.
    Any,
    /// It names no other message, if it is there.
    NoOther,
    /// It names this message.
    Own,
}

/// An object that is taken apart, whatever the case of its names (RFC 7643 §2.1).
///
/// A list, so that what is left keeps its order if `serde_json` keeps one.
pub(crate) struct Object(Vec<(String, Value)>);

impl TryFrom<Value> for Object {
    type Error = ShapeError;

    fn try_from(value: Value) -> Result<Self, ShapeError> {
        match value {
            Value::Object(map) => Ok(Self(map.into_iter().collect())),
            _ => Err(ShapeError::expected("an object")),
        }
    }
}

impl Object {
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<Value>, ShapeError> {
        let same = |(key, _): &(String, Value)| key.eq_ignore_ascii_case(name);
        let Some(place) = self.0.iter().position(same) else {
            return Ok(None);
        };
        let (_, value) = self.0.remove(place);
        if self.0.iter().any(same) {
            return Err(ShapeError::new(ShapeErrorKind::Twice).within(name));
        }
        Ok(Some(value))
    }

    pub(crate) fn optional<T: Field>(&mut self, name: &str) -> Result<Option<T>, ShapeError> {
        let value = self.take(name)?.map(T::assigned).transpose();
        value.map(Option::flatten).map_err(|error| error.within(name))
    }

    pub(crate) fn required<T: Field>(&mut self, name: &str) -> Result<T, ShapeError> {
        match self.take(name)? {
            None | Some(Value::Null) => Err(ShapeError::new(ShapeErrorKind::Missing)),
            Some(value) => T::read(value),
        }
        .map_err(|error| error.within(name))
    }

    pub(crate) fn check_schemas(
        &mut self,
        own: &SchemaUri,
        demand: Demand,
    ) -> Result<(), ShapeError> {
        let schemas: Vec<Value> = self.optional("schemas")?.unwrap_or_default();
        let named = schemas.iter().filter_map(Value::as_str).any(|uri| *own == *uri);
        let fits = match demand {
            Demand::Any => true,
            Demand::NoOther => named || schemas.is_empty(),
            Demand::Own => named,
        };
        if fits { Ok(()) } else { Err(ShapeError::new(ShapeErrorKind::Schemas).within("schemas")) }
    }

    /// What is left, without `schemas`: it is computed for resources, and says nothing elsewhere.
    pub(crate) fn into_rest(self) -> Extensions {
        self.0.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")).collect()
    }
}
