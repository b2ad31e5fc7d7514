//! Operations turned into what is done to each attribute.

use scim_core::{AttrPath, Compat, SchemaUri};
use scim_schema::{
    Canon, Findings, Issue, Place, ReadOnly, Report, ResourceSchema, Secrets, is_secret,
};
use serde_json::{Map, Value};

use super::{
    Cause, ExpectedId, Parts, Plan, Slot, Work,
    relation::fold,
    target::{Found, Target},
};
use crate::{
    Patch, PatchError, PatchErrorKind as Kind,
    message::{Op, Operation},
};

/// # Errors
/// The first operation that does not fit the schema.
pub(crate) fn build(patch: &Patch, schema: &ResourceSchema) -> Result<Plan, PatchError> {
    let mut builder = Builder {
        schema,
        compat: patch.compat,
        by: Cause { operation: 0, op: Op::Add },
        slots: Vec::new(),
        touched: Vec::new(),
        dropped: Vec::new(),
        reported: Vec::new(),
        secrets: Secrets::default(),
        expected_id: None,
    };
    for (at, operation) in patch.operations.iter().enumerate() {
        builder.by = Cause { operation: at, op: operation.op };
        builder.operation(operation).map_err(|kind| PatchError::at(at, kind))?;
    }
    Ok(Plan {
        schema: schema.clone(),
        compat: patch.compat,
        limits: patch.limits,
        slots: builder.slots.into_iter().map(|slot| fold(slot, &patch.limits)).collect(),
        secrets: builder.secrets,
        touched: builder.touched,
        dropped: builder.dropped,
        reported: builder.reported,
        expected_id: builder.expected_id,
    })
}

pub(super) struct Builder<'s> {
    pub(super) schema: &'s ResourceSchema,
    pub(super) compat: Compat,
    /// The operation at hand.
    pub(super) by: Cause,
    pub(super) slots: Vec<Slot>,
    pub(super) touched: Vec<AttrPath>,
    dropped: Vec<Issue>,
    reported: Vec<Issue>,
    pub(super) secrets: Secrets,
    expected_id: Option<ExpectedId>,
}

/// Where a value stands: behind a path of its own, or as a member of an object, where null means
/// that the member has no value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    Alone,
    Inside,
}

impl<'s> Builder<'s> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Kind> {
        let Some(path) = &operation.path else {
            return self.object(None, operation.value.clone());
        };
        match self.find(path) {
            Some(Found::Root) if self.by.removes() => Err(Kind::BaseSchema { removed: true }),
            Some(Found::Root) => self.object(None, operation.value.clone()),
            Some(Found::Container(uri)) if self.by.removes() => {
                self.clear_container(uri);
                Ok(())
            }
            Some(Found::Container(uri)) => {
                if self.by.op == Op::Add && operation.value.as_ref().is_none_or(Value::is_null) {
                    return Err(Kind::NullAdded(AttrPath::schema(uri.clone())));
                }
                self.container(uri, operation.value.clone())
            }
            Some(Found::Attribute(target, filter)) => {
                if target.is_read_only() {
                    return Err(Kind::ReadOnly(target.path()));
                }
                self.attribute(target, filter, operation.value.clone(), Stands::Alone)
            }
            None => {
                let text = path.attr().to_string();
                if !self.compat.drop_unknown || !self.is_foreign(&text) {
                    return Err(Kind::UnknownPath(path.attr().clone()));
                }
                self.drop_name(None, &text)
            }
        }
    }

    /// Members of the resource itself, or of an extension.
    fn object(&mut self, container: Option<&SchemaUri>, value: Option<Value>) -> Result<(), Kind> {
        let Some(Value::Object(members)) = value else { return Err(Kind::NotAnObject) };
        self.members(container, members)
    }

    fn container(&mut self, uri: &'s SchemaUri, value: Option<Value>) -> Result<(), Kind> {
        match value {
            None | Some(Value::Null) => {
                self.clear_container(uri);
                Ok(())
            }
            Some(Value::String(text)) if text.is_empty() && self.compat.empty_strings_clear => {
                self.clear_container(uri);
                Ok(())
            }
            value => self.object(Some(uri), value),
        }
    }

    fn members(
        &mut self,
        container: Option<&SchemaUri>,
        members: Map<String, Value>,
    ) -> Result<(), Kind> {
        let (mut known, mut unknown) = (false, false);
        for (name, value) in members {
            match self.find_name(container, &name) {
                Some(found) => {
                    known = true;
                    self.member(found, value)?;
                }
                None if container.is_some() && name.eq_ignore_ascii_case("schemas") => {}
                None => {
                    // An extension of somebody else's is no slip of the pen.
                    let foreign = container.is_none() && self.is_foreign(&name);
                    known |= foreign;
                    unknown |= !foreign && !value.is_null();
                    self.drop_name(container, &name)?;
                }
            }
        }
        if unknown && !known { Err(Kind::NothingKnown) } else { Ok(()) }
    }

    fn member(&mut self, found: Found<'s>, value: Value) -> Result<(), Kind> {
        let (target, filter) = match found {
            Found::Root => return self.object(None, Some(value)),
            Found::Container(uri) => return self.container(uri, Some(value)),
            Found::Attribute(target, filter) => (target, filter),
        };
        if target.is_common("id") && self.compat.ignore_read_only {
            return self.expect_id(value);
        }
        let ignored =
            self.compat.ignore_read_only && (target.is_read_only() || target.is_common("schemas"));
        if ignored || target.is_common("meta") {
            return Ok(());
        }
        if target.is_read_only() {
            return Err(Kind::ReadOnly(target.path()));
        }
        self.attribute(target, filter, Some(value), Stands::Inside)
    }

    /// Some clients send the `id` along with what they change.
    fn expect_id(&mut self, value: Value) -> Result<(), Kind> {
        match (value, &self.expected_id) {
            (Value::Null, _) => Ok(()),
            (Value::String(id), None) => {
                let operation = self.by.operation;
                self.expected_id = Some(ExpectedId { id: id.into(), operation });
                Ok(())
            }
            (Value::String(id), Some(known)) if *known.id == *id => Ok(()),
            _ => Err(Kind::OtherId),
        }
    }

    fn attribute(
        &mut self,
        target: Target<'s>,
        filter: Option<scim_filter::Filter>,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<(), Kind> {
        if target.is_common("schemas") {
            return self.schemas(target, filter, value);
        }
        if target.attribute.multi_valued {
            return self.list(target, filter, value, stands);
        }
        if filter.is_some() {
            return Err(Kind::NoList(target.whole().path()));
        }
        match target.sub {
            Some(sub) => self.single_part(target, sub, value, stands),
            None if is_secret(target.attribute) => self.secret(target, value, stands),
            None => self.single(target, value, stands),
        }
    }

    /// Where the operations on an attribute are gathered.
    pub(super) fn slot(&mut self, target: Target<'_>) -> Option<&mut Slot> {
        let path = target.path();
        if !self.touched.contains(&path) {
            self.touched.push(path);
        }
        let known = self.slots.iter().position(|slot| {
            slot.attribute.name == target.attribute.name
                && slot.container.as_ref() == target.container
        });
        if known.is_none() {
            self.slots.push(self.new_slot(target));
        }
        match known {
            Some(at) => self.slots.get_mut(at),
            None => self.slots.last_mut(),
        }
    }

    fn new_slot(&self, target: Target<'_>) -> Slot {
        let attribute = target.attribute;
        let work = if attribute.multi_valued {
            Work::List(Vec::new())
        } else if attribute.kind == scim_core::Kind::Complex {
            Work::Parts(Parts { clear: false, parts: Vec::new(), by: self.by })
        } else {
            Work::Assign { value: None, by: self.by }
        };
        Slot {
            container: target.container.cloned(),
            attribute: attribute.clone(),
            relation: self.is_relation(target),
            ref_by: None,
            work,
        }
    }

    pub(super) fn is_relation(&self, target: Target<'_>) -> bool {
        target.container.is_none() && self.schema.is_relation(target.attribute.name.as_str())
    }

    /// Brings a value into the form of its attribute.
    pub(super) fn walk<R>(
        &mut self,
        target: Target<'_>,
        walk: impl FnOnce(&mut Canon<'_>) -> R,
    ) -> Result<R, Kind> {
        // What servers say of the members of a relation, clients send back unasked.
        let drop = self.compat.ignore_read_only || self.is_relation(target);
        let read_only = if drop { ReadOnly::Drop } else { ReadOnly::Refuse };
        let mut canon = Canon::new(&self.compat, read_only);
        let outcome = walk(&mut canon);
        self.keep(canon.into_findings())?;
        Ok(outcome)
    }

    /// Leaves out what no schema knows, or refuses it.
    pub(super) fn drop_name(
        &mut self,
        container: Option<&SchemaUri>,
        name: &str,
    ) -> Result<(), Kind> {
        if !self.compat.drop_unknown {
            return Err(Kind::UnknownName(name.into()));
        }
        let mut canon = Canon::new(&self.compat, ReadOnly::Drop);
        let root = Place::ROOT;
        match container {
            Some(uri) => canon.drop_unknown(root.container(uri.as_str()).name(name)),
            None => canon.drop_unknown(root.name(name)),
        }
        self.keep(canon.into_findings())
    }

    /// Keeps what a walk found beside the values.
    fn keep(&mut self, findings: Findings) -> Result<(), Kind> {
        if !findings.report.is_empty() {
            return Err(Kind::Value(findings.report));
        }
        self.dropped.extend(findings.dropped);
        self.dropped.truncate(Report::KEPT);
        self.reported.extend(findings.reported);
        self.reported.truncate(Report::KEPT);
        self.secrets.merge(&findings.secrets);
        Ok(())
    }
}
