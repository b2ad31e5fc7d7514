//! Single values and the parts of complex ones (RFC 7644 §3.5.2.1–§3.5.2.3).

use scim_core::{Attribute, Kind as Type, Mutability};
use scim_schema::{Rule, is_secret};
use serde_json::{Map, Value};

use super::{
    Part, PartChange,
    build::{Builder, Stands},
    target::Target,
};
use crate::{PatchErrorKind as Kind, message::Op};

impl<'s> Builder<'s> {
    /// A single value, simple or complex.
    pub(super) fn single(
        &mut self,
        target: Target<'s>,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<(), Kind> {
        let by = self.by;
        let Some(mut value) = value.filter(|_| !by.removes()) else {
            self.clear(target);
            return Ok(());
        };
        self.refuse_null(target, &value, stands)?;
        let complex = target.attribute.kind == Type::Complex;
        let held = self.walk(target, |canon| {
            canon.shape_single(target.attribute, &mut value);
            if complex && value.is_object() {
                return true;
            }
            target.at(|place| canon.values(target.attribute, false, &mut value, place))
        })?;
        match value {
            _ if !held => self.clear(target),
            Value::Object(members) if complex => {
                let parts = self.parts(target, members)?;
                if let Some(slot) = self.slot(target) {
                    parts.into_iter().for_each(|part| slot.part(part));
                }
            }
            value => {
                if let Some(slot) = self.slot(target) {
                    slot.assign(Some(value), by);
                }
            }
        }
        Ok(())
    }

    fn clear(&mut self, target: Target<'_>) {
        let by = self.by;
        if let Some(slot) = self.slot(target) {
            slot.clear(by);
        }
    }

    /// A value that is kept apart from all that can be returned.
    pub(super) fn secret(
        &mut self,
        target: Target<'s>,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<(), Kind> {
        let mut value = value.filter(|_| !self.by.removes()).unwrap_or(Value::Null);
        if !self.by.removes() {
            self.refuse_null(target, &value, stands)?;
        }
        let innermost = target.sub.unwrap_or(target.attribute);
        let held = self.walk(target, |canon| {
            target.at(|place| canon.values(innermost, false, &mut value, place))
        })?;
        let path = target.path();
        self.secrets.set(&path.to_string(), if held { value } else { Value::Null });
        if !self.touched.contains(&path) {
            self.touched.push(path);
        }
        Ok(())
    }

    /// A part of a single complex value.
    pub(super) fn single_part(
        &mut self,
        target: Target<'s>,
        sub: &'s Attribute,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<(), Kind> {
        if is_secret(sub) {
            return self.secret(target, value, stands);
        }
        if let Some(part) = self.part(target, sub, value, stands)?
            && let Some(slot) = self.slot(target)
        {
            slot.part(part);
        }
        Ok(())
    }

    /// What becomes of a sub-attribute; `None` if nothing.
    pub(super) fn part(
        &mut self,
        target: Target<'s>,
        sub: &'s Attribute,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<Option<Part>, Kind> {
        let subs = &target.attribute.sub_attributes;
        let Some(at) = subs.iter().position(|known| known.name == sub.name) else {
            return Ok(None);
        };
        let change = self.part_change(target.of_sub(sub), sub, value, stands)?;
        Ok(change.map(|change| Part { sub: at, change, by: self.by }))
    }

    fn part_change(
        &mut self,
        target: Target<'s>,
        sub: &Attribute,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<Option<PartChange>, Kind> {
        if self.by.removes() {
            return match value.filter(|value| sub.multi_valued && !value.is_null()) {
                None => Ok(Some(PartChange::Unset)),
                Some(listed) => {
                    self.listed(target, sub, listed).map(|all| Some(PartChange::Take(all)))
                }
            };
        }
        let mut value = value.unwrap_or(Value::Null);
        self.refuse_null(target, &value, stands)?;
        if sub.multi_valued {
            let Some(elements) = self.elements(target, sub, value, stands)? else {
                return Ok(Some(PartChange::Unset));
            };
            return Ok(match self.by.op {
                Op::Add if elements.is_empty() => None,
                Op::Add => Some(PartChange::Extend(elements)),
                _ if elements.is_empty() => Some(PartChange::Unset),
                _ => Some(PartChange::Set(Value::Array(elements))),
            });
        }
        let held = self
            .walk(target, |canon| target.at(|place| canon.values(sub, false, &mut value, place)))?;
        Ok(Some(if held { PartChange::Set(value) } else { PartChange::Unset }))
    }

    /// The members of an object, one by one: what is not named stays (RFC 7644 §3.5.2.3).
    pub(super) fn parts(
        &mut self,
        target: Target<'s>,
        members: Map<String, Value>,
    ) -> Result<Vec<Part>, Kind> {
        let relation = self.is_relation(target);
        let mut parts = Vec::with_capacity(members.len());
        let (mut known, mut unknown) = (false, false);
        for (name, value) in members {
            let Some(sub) = target.attribute.sub_attribute(&name) else {
                unknown |= !value.is_null();
                self.drop_part(target, &name)?;
                continue;
            };
            known = true;
            if sub.mutability == Mutability::ReadOnly || relation && sub.name == "$ref" {
                if relation || self.compat.ignore_read_only {
                    continue;
                }
                return Err(Kind::ReadOnly(target.of_sub(sub).path()));
            }
            if is_secret(sub) {
                self.secret(target.of_sub(sub), Some(value), Stands::Inside)?;
            } else {
                parts.extend(self.part(target, sub, Some(value), Stands::Inside)?);
            }
        }
        if unknown && !known { Err(Kind::NothingKnown) } else { Ok(parts) }
    }

    fn drop_part(&mut self, target: Target<'_>, name: &str) -> Result<(), Kind> {
        if !self.compat.drop_unknown {
            return Err(Kind::UnknownName(name.into()));
        }
        self.walk(target, |canon| target.at(|place| canon.drop_unknown(place.name(name))))
    }

    /// The elements of a list; `None` if the value says that there is none. One element needs no
    /// list around it (RFC 7644 §3.5.2.1).
    pub(super) fn elements(
        &mut self,
        target: Target<'s>,
        attribute: &Attribute,
        mut value: Value,
        stands: Stands,
    ) -> Result<Option<Vec<Value>>, Kind> {
        let relation = self.is_relation(target) && target.sub.is_none();
        let single = value.is_object()
            || attribute.kind != Type::Complex && !value.is_array() && !value.is_null();
        let (adds, held) = (self.by.op == Op::Add, stands == Stands::Alone);
        let unassigned = self.walk(target, |canon| {
            if canon.is_unassigned(&value) {
                return true;
            }
            if single {
                value = Value::Array(vec![value.take()]);
            }
            target.at(|place| {
                let nulls = value.as_array().into_iter().flatten().position(Value::is_null);
                if let Some(at) = nulls {
                    canon.refuse(place.index(at), Rule::EmptyElement);
                    return;
                }
                if !canon.values(attribute, relation, &mut value, place) {
                    value = Value::Array(Vec::new());
                }
            });
            false
        })?;
        match value {
            // What has no value adds nothing.
            _ if unassigned && adds && held => Ok(Some(Vec::new())),
            Value::Array(elements) if !unassigned => Ok(Some(elements)),
            _ => Ok(None),
        }
    }

    /// Null cannot be added; inside an object it says that the member has no value
    /// (RFC 7643 §2.5).
    pub(super) fn refuse_null(
        &self,
        target: Target<'_>,
        value: &Value,
        stands: Stands,
    ) -> Result<(), Kind> {
        let refused = self.by.op == Op::Add && stands == Stands::Alone && value.is_null();
        if refused { Err(Kind::NullAdded(target.path())) } else { Ok(()) }
    }
}
