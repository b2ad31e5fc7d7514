//! Plans applied to resources, in place (RFC 7644 §3.5.2).

mod edit;
mod element;
mod find;
mod finish;
mod index;
mod list;
mod relation;
mod single;
mod undo;

use scim_core::{Attribute, Mutability, SchemaUri};
use scim_schema::{Valid, is_secret};
use serde_json::{Map, Value};

use self::undo::{Done, Undo};
use crate::{
    PatchError, PatchErrorKind as Kind, Plan,
    budget::Budget,
    plan::{Cause, Slot, Work},
};

/// Whether a patch changed the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The resource is what it was; its version and time of modification stay
    /// (RFC 7644 §3.5.2.1).
    Unchanged,
    /// The resource is another one than before.
    Changed,
}

impl Plan {
    /// Does to a resource, in place, what the patch asks for. The state that it ends in is judged
    /// as far as the patch touches it: what is required or cannot be changed, at most one primary
    /// element, no element twice, nothing empty. The resource takes over what the plan left out or
    /// reported.
    ///
    /// # Errors
    /// 400 noTarget, mutability, invalidValue or, for too much work, invalidFilter. The resource
    /// is exactly as it was then.
    pub fn apply(&self, resource: &mut Valid) -> Result<Outcome, PatchError> {
        let mut run = Run::new(self, resource.attributes_mut());
        if let Err(error) = run.all() {
            run.roll_back();
            return Err(error);
        }
        let changed = run.commit();
        // What is kept as a secret cannot be compared: it counts as another.
        let changed = changed || !self.secrets.is_empty();
        resource.add_secrets(&self.secrets);
        resource.add_findings(&self.dropped, &self.reported);
        Ok(if changed { Outcome::Changed } else { Outcome::Unchanged })
    }
}

/// What all slots share while a plan is applied.
struct Run<'p, 'r> {
    plan: &'p Plan,
    attributes: &'r mut Map<String, Value>,
    done: Vec<Done<'p>>,
    /// The extensions that are written, and whether they were there.
    containers: Vec<(&'p SchemaUri, bool)>,
    budget: Budget,
}

/// What a slot needs to know of the plan.
#[derive(Clone, Copy)]
struct Rules {
    first_primary_wins: bool,
    drop_empty_entries: bool,
}

impl<'p, 'r> Run<'p, 'r> {
    fn new(plan: &'p Plan, attributes: &'r mut Map<String, Value>) -> Self {
        let budget = Budget::new(plan.limits.max_work);
        Self { plan, attributes, done: Vec::new(), containers: Vec::new(), budget }
    }

    fn all(&mut self) -> Result<(), PatchError> {
        for slot in &self.plan.slots {
            self.note_container(slot);
            if let Some(undo) = self.slot(slot)? {
                self.done.push(Done { slot, undo });
            }
        }
        self.judge_containers()
    }

    fn slot(&mut self, slot: &'p Slot) -> Result<Option<Undo>, PatchError> {
        let rules = Rules {
            first_primary_wins: self.plan.compat.first_primary_wins,
            drop_empty_entries: self.plan.compat.drop_empty_entries,
        };
        match &slot.work {
            Work::Assign { value, by } => {
                single::assign(self.attributes, slot, value.as_ref(), *by)
            }
            Work::Parts(parts) => single::parts(self.attributes, slot, parts, &mut self.budget),
            Work::List(steps) => list::run(self.attributes, slot, steps, rules, &mut self.budget),
            Work::Relation { delta, by } => {
                relation::run(self.attributes, slot, delta, *by, &mut self.budget)
            }
        }
    }

    fn note_container(&mut self, slot: &'p Slot) {
        if let Some(uri) = &slot.container
            && self.containers.iter().all(|(known, _)| *known != uri)
        {
            self.containers.push((uri, self.attributes.contains_key(uri.as_str())));
        }
    }

    /// Extensions that must be there, and what must be in those that are. What was missing before
    /// is not the patch's fault.
    fn judge_containers(&self) -> Result<(), PatchError> {
        for (uri, before) in &self.containers {
            let known = self.plan.schema.extensions().find(|(schema, _)| schema.id == **uri);
            let Some((schema, demanded)) = known else { continue };
            let touched = || {
                self.done
                    .iter()
                    .map(|done| done.slot)
                    .filter(|slot| slot.container.as_ref() == Some(*uri))
            };
            let object = self.attributes.get(uri.as_str()).and_then(Value::as_object);
            let Some(object) = object.filter(|object| !object.is_empty()) else {
                if let Some(last) = touched().next_back().filter(|_| demanded && *before) {
                    let path = scim_core::AttrPath::schema((*uri).clone());
                    return Err(required(path, last.last()));
                }
                continue;
            };
            let missing =
                |one: &&Attribute| is_demanded(one) && !object.contains_key(one.name.as_str());
            for attribute in schema.attributes.iter().filter(missing) {
                let own = touched().find(|slot| slot.attribute.name == attribute.name);
                if let Some(slot) = own.or_else(|| touched().next().filter(|_| !before)) {
                    let path =
                        scim_core::AttrPath::new(attribute.name.clone()).in_schema((*uri).clone());
                    return Err(required(path, slot.last()));
                }
            }
        }
        Ok(())
    }

    fn roll_back(mut self) {
        while let Some(done) = self.done.pop() {
            done.undo.roll_back(self.attributes, done.slot);
        }
        for (uri, before) in self.containers {
            if !before {
                self.attributes.remove(uri.as_str());
            }
        }
    }

    /// Tidies up what could not be undone any more; whether anything changed.
    fn commit(self) -> bool {
        for done in &self.done {
            done.undo.commit(self.attributes, done.slot);
        }
        let mut moved = false;
        for (uri, before) in &self.containers {
            let empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
            if self.attributes.get(uri.as_str()).is_some_and(empty) {
                self.attributes.remove(uri.as_str());
            }
            moved |= self.attributes.contains_key(uri.as_str()) != *before;
        }
        if moved {
            self.plan.schema.compute_schemas(self.attributes);
        }
        !self.done.is_empty()
    }
}

/// The object that holds an attribute.
fn level<'r>(
    attributes: &'r mut Map<String, Value>,
    slot: &Slot,
) -> Option<&'r mut Map<String, Value>> {
    match &slot.container {
        Some(uri) => attributes.get_mut(uri.as_str()).and_then(Value::as_object_mut),
        None => Some(attributes),
    }
}

/// Sets or removes an attribute; what it was.
fn put(attributes: &mut Map<String, Value>, slot: &Slot, value: Option<Value>) -> Option<Value> {
    let name = slot.attribute.name.as_str();
    let Some(value) = value else {
        return level(attributes, slot).and_then(|level| level.remove(name));
    };
    let level = match &slot.container {
        Some(uri) => {
            let container =
                attributes.entry(uri.as_str()).or_insert_with(|| Value::Object(Map::new()));
            container.as_object_mut()?
        }
        None => attributes,
    };
    match level.get_mut(name) {
        Some(known) => Some(std::mem::replace(known, value)),
        None => level.insert(name.to_owned(), value),
    }
}

fn required(path: scim_core::AttrPath, by: Cause) -> PatchError {
    PatchError::at(by.operation, Kind::Required { path, removed: by.removes() })
}

/// Whether clients have to see to it that the attribute is there.
fn is_demanded(attribute: &Attribute) -> bool {
    attribute.required && attribute.mutability != Mutability::ReadOnly && !is_secret(attribute)
}

/// Judges that an attribute is left without a value. In an extension that depends on whether the
/// extension stays, which is known in the end.
fn judge_unset(slot: &Slot, by: Cause) -> Result<(), PatchError> {
    if slot.container.is_none() && is_demanded(&slot.attribute) {
        return Err(required(slot.path(), by));
    }
    Ok(())
}
