//! References to what the same request creates: `bulkId:…` (RFC 7644 §3.7.2).

use std::collections::BTreeSet;

use scim_core::Error;
use serde_json::Value;

use super::{ByBulkId, message::Operation};
use crate::builder::Ids;

const PREFIX: &str = "bulkId:";

/// The ids of what a request creates. They are chosen before anything is created, so that every
/// reference can be replaced at once.
pub(super) struct BulkIds {
    by_bulk_id: ByBulkId,
    ids: Vec<Option<String>>,
}

impl BulkIds {
    /// Chooses an id for each create.
    ///
    /// # Errors
    /// 400 invalidValue if two operations have the same `bulkId`.
    pub(super) fn assign(operations: &[Operation], new_id: &Ids) -> Result<Self, Error> {
        let mut by_bulk_id = ByBulkId::new();
        let mut ids = Vec::with_capacity(operations.len());
        for (at, operation) in operations.iter().enumerate() {
            let creates = operation.method == "POST" && operation.bulk_id.is_some();
            ids.push(creates.then(|| new_id()));
            if let Some(bulk_id) = operation.bulk_id.as_ref().filter(|_| creates)
                && by_bulk_id.insert(bulk_id.clone(), at).is_some()
            {
                return Err(Error::invalid_value("two operations have the same `bulkId`"));
            }
        }
        Ok(Self { by_bulk_id, ids })
    }

    /// The id that an operation creates.
    pub(super) fn id_of(&self, at: usize) -> Option<String> {
        self.ids.get(at).cloned().flatten()
    }

    /// Says which id a create came to; another than was chosen, if it took a resource over.
    pub(super) fn settle(&mut self, at: usize, id: &str) {
        if let Some(Some(known)) = self.ids.get_mut(at) {
            id.clone_into(known);
        }
    }

    /// The operations that an operation refers to.
    pub(super) fn used_by(&self, operation: &Operation) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        let in_path =
            operation.path.split('/').filter_map(|segment| self.by_bulk_id.get(bulk_id(segment)?));
        used.extend(in_path);
        for_each_reference(&operation.data, &mut |text| {
            used.extend(bulk_id(text).and_then(|bulk_id| self.by_bulk_id.get(bulk_id)));
        });
        used
    }

    /// Replaces the references of an operation by ids.
    ///
    /// # Errors
    /// 400 invalidValue for a reference to nothing.
    pub(super) fn resolve(&self, operation: &mut Operation) -> Result<(), Error> {
        let mut unknown = false;
        let mut resolved = |text: &str| {
            let bulk_id = bulk_id(text)?;
            let id = self.by_bulk_id.get(bulk_id).and_then(|at| self.id_of(*at));
            unknown |= id.is_none();
            id
        };
        let segments: Vec<String> = operation
            .path
            .split('/')
            .map(|segment| resolved(segment).unwrap_or_else(|| segment.to_owned()))
            .collect();
        operation.path = segments.join("/");
        for_each_reference_mut(&mut operation.data, &mut |text| {
            if let Some(id) = resolved(text) {
                *text = id;
            }
        });
        if unknown {
            return Err(Error::invalid_value(
                "the operation refers to a `bulkId` that does not exist",
            ));
        }
        Ok(())
    }

    /// A resource without what refers to these operations, which come later.
    pub(super) fn without(&self, mut data: Value, late: &[usize]) -> Value {
        let ids: Vec<String> = late.iter().filter_map(|at| self.id_of(*at)).collect();
        if !ids.is_empty() {
            remove_referring(&mut data, &ids);
        }
        data
    }
}

fn bulk_id(text: &str) -> Option<&str> {
    text.strip_prefix(PREFIX)
}

/// References stand in `value` and `$ref`, and in a manager that is given bare.
fn is_reference(name: &str) -> bool {
    ["value", "$ref", "manager"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn for_each_reference(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Array(elements) => {
            elements.iter().for_each(|element| for_each_reference(element, found))
        }
        Value::Object(object) => {
            for (name, value) in object {
                match value {
                    Value::String(text) if is_reference(name) => found(text),
                    value => for_each_reference(value, found),
                }
            }
        }
        _ => {}
    }
}

fn for_each_reference_mut(value: &mut Value, found: &mut impl FnMut(&mut String)) {
    match value {
        Value::Array(elements) => {
            elements.iter_mut().for_each(|element| for_each_reference_mut(element, found))
        }
        Value::Object(object) => {
            for (name, value) in object {
                match value {
                    Value::String(text) if is_reference(name) => found(text),
                    value => for_each_reference_mut(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Removes elements and objects whose `value` is one of these ids.
fn remove_referring(value: &mut Value, ids: &[String]) {
    let refers = |value: &Value| {
        let text = value.get("value").unwrap_or(value).as_str();
        text.is_some_and(|text| ids.iter().any(|id| id == text))
    };
    match value {
        Value::Array(elements) => {
            elements.retain(|element| !refers(element));
            elements.iter_mut().for_each(|element| remove_referring(element, ids));
        }
        Value::Object(object) => {
            object.retain(|_, value| !refers(value));
            object.values_mut().for_each(|value| remove_referring(value, ids));
        }
        _ => {}
    }
}
