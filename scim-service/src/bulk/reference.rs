//! References to what the same request creates: `bulkId:…` (RFC 7644 §3.7.2).

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use scim_core::{Compat, Error};
use scim_schema::{ResourceSchema, Valid};
use serde_json::Value;

use super::{
    destination::Destination,
    message::Operation,
    place::{Form, Places},
};
use crate::{Endpoint, builder::Ids, link::Links};

const PREFIX: &str = "bulkId:";

/// The ids of what a request creates. They are chosen before anything is created, so that every
/// reference can be replaced at once.
pub(super) struct BulkIds {
    links: Arc<Links>,
    compat: Compat,
    by_bulk_id: HashMap<String, usize>,
    created: Vec<Option<Created>>,
    /// The operations that each operation refers to.
    used: Vec<BTreeSet<usize>>,
}

/// What an operation creates.
struct Created {
    id: String,
    /// None if there is no such type.
    endpoint: Option<Endpoint>,
}

impl BulkIds {
    /// Chooses an id for each create.
    ///
    /// # Errors
    /// 400 invalidValue if two operations have the same `bulkId`.
    pub(super) fn assign(
        operations: &mut [Operation],
        new_id: &Ids,
        links: &Arc<Links>,
        compat: Compat,
    ) -> Result<Self, Error> {
        let mut by_bulk_id = HashMap::new();
        let mut created = Vec::with_capacity(operations.len());
        for (at, operation) in operations.iter().enumerate() {
            let bulk_id = operation.bulk_id.as_ref().filter(|_| operation.method == "POST");
            created.push(bulk_id.map(|_| Created {
                id: new_id(),
                endpoint: operation.target.as_ref().ok().and_then(Destination::endpoint).cloned(),
            }));
            if let Some(bulk_id) = bulk_id
                && by_bulk_id.insert(bulk_id.clone(), at).is_some()
            {
                return Err(Error::invalid_value("two operations have the same `bulkId`"));
            }
        }
        let mut ids = Self { links: links.clone(), compat, by_bulk_id, created, used: Vec::new() };
        ids.used = operations.iter_mut().map(|operation| ids.find_used(operation)).collect();
        Ok(ids)
    }

    /// The id that an operation creates.
    pub(super) fn id_of(&self, at: usize) -> Option<String> {
        self.created_by(at).map(|created| created.id.clone())
    }

    /// Says which id a create came to; another than was chosen, if it took a resource over.
    pub(super) fn settle(&mut self, at: usize, id: &str) {
        if let Some(Some(created)) = self.created.get_mut(at) {
            id.clone_into(&mut created.id);
        }
    }

    /// The operations that an operation refers to.
    pub(super) fn used_by(&self, at: usize) -> impl Iterator<Item = usize> {
        self.used.get(at).into_iter().flatten().copied()
    }

    /// Whether an operation refers to another.
    pub(super) fn uses(&self, at: usize, other: usize) -> bool {
        self.used.get(at).is_some_and(|used| used.contains(&other))
    }

    /// An id as a path names it, by itself or by a `bulkId`.
    ///
    /// # Errors
    /// 400 invalidValue for a reference to nothing.
    pub(super) fn id(&self, text: &str) -> Result<String, Error> {
        match bulk_id(text) {
            None => Ok(text.to_owned()),
            Some(bulk_id) => self.named(bulk_id).map(|one| one.id.clone()).ok_or_else(unknown),
        }
    }

    /// The operation that an id in a path refers to, if it is given by a `bulkId`.
    pub(super) fn referred(&self, text: &str) -> Option<Option<usize>> {
        bulk_id(text).map(|bulk_id| self.by_bulk_id.get(bulk_id).copied())
    }

    /// The data of an operation with its references replaced.
    ///
    /// # Errors
    /// 400 invalidValue for a reference to nothing.
    pub(super) fn resolved(&self, operation: &Operation) -> Result<Value, Error> {
        let mut data = operation.data.clone();
        let mut all_known = true;
        self.walk(operation, &mut data, |text, form| {
            let Some(bulk_id) = bulk_id(text) else { return true };
            match self.named(bulk_id) {
                Some(created) => *text = self.name(created, form),
                None => all_known = false,
            }
            true
        });
        if all_known { Ok(data) } else { Err(unknown()) }
    }

    /// Takes what refers to these operations, which come later, out of a resource.
    pub(super) fn leave_out(&self, late: &[usize], schema: &ResourceSchema, resource: &mut Valid) {
        if late.is_empty() {
            return;
        }
        let late: Vec<&Created> = late.iter().filter_map(|at| self.created_by(*at)).collect();
        let found = |text: &mut String, form| late.iter().all(|one| self.name(one, form) != *text);
        let attributes = resource.attributes_mut();
        let mut body = Value::Object(std::mem::take(attributes));
        Places { schema, compat: self.compat, found }.resource(&mut body);
        if let Value::Object(mut body) = body {
            body.retain(|_, value| !is_emptied(value));
            schema.compute_schemas(&mut body);
            *attributes = body;
        }
    }

    fn find_used(&self, operation: &mut Operation) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        let mut uses =
            |text: &str| used.extend(bulk_id(text).and_then(|id| self.by_bulk_id.get(id)));
        if let Ok(Destination::Resource(_, id)) = &operation.target {
            uses(id);
        }
        let mut data = std::mem::take(&mut operation.data);
        self.walk(operation, &mut data, |text, _| {
            uses(text);
            true
        });
        operation.data = data;
        used
    }

    /// Shows each reference of an operation's data, wherever its schema has one.
    fn walk(
        &self,
        operation: &Operation,
        data: &mut Value,
        found: impl FnMut(&mut String, Form) -> bool,
    ) {
        let Some(endpoint) = operation.target.as_ref().ok().and_then(Destination::endpoint) else {
            return;
        };
        let mut places = Places { schema: endpoint.schema(), compat: self.compat, found };
        match operation.method.as_str() {
            "PATCH" => places.patch(data),
            "DELETE" => {}
            _ => places.resource(data),
        }
    }

    fn created_by(&self, at: usize) -> Option<&Created> {
        self.created.get(at)?.as_ref()
    }

    fn named(&self, bulk_id: &str) -> Option<&Created> {
        self.created_by(*self.by_bulk_id.get(bulk_id)?)
    }

    fn name(&self, Created { id, endpoint }: &Created, form: Form) -> String {
        match (form, endpoint) {
            (Form::Location, Some(endpoint)) => self.links.location(endpoint, id),
            _ => id.clone(),
        }
    }
}

/// Takes out of a value what holds nothing any more, and says whether that is all of it.
fn is_emptied(value: &mut Value) -> bool {
    match value {
        Value::Array(elements) => {
            elements.retain_mut(|element| !is_emptied(element));
            elements.is_empty()
        }
        Value::Object(members) => {
            members.retain(|_, value| !is_emptied(value));
            members.is_empty()
        }
        _ => false,
    }
}

fn bulk_id(text: &str) -> Option<&str> {
    text.strip_prefix(PREFIX)
}

fn unknown() -> Error {
    Error::invalid_value("the operation refers to a `bulkId` that does not exist")
}
