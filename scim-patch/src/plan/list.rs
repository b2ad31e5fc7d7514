//! Multi-valued attributes (RFC 7644 §3.5.2.1–§3.5.2.3).

use scim_core::{Attribute, Kind as Type, Mutability};
use scim_filter::{Filter, Options};
use scim_schema::{Rule, is_secret, wrap_bare};
use serde_json::{Map, Value};

use super::{
    ListKind, Missing, Part, PartChange, Selector,
    build::{Builder, Stands},
    target::Target,
};
use crate::{PatchErrorKind as Kind, SyntaxFault, message::Op};

impl<'s> Builder<'s> {
    pub(super) fn list(
        &mut self,
        target: Target<'s>,
        filter: Option<Filter>,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<(), Kind> {
        let selector = filter.map(|filter| self.selector(target, &filter)).transpose()?;
        let kind = match (target.sub, selector) {
            (Some(sub), selector) => self.part_of_each(target, sub, selector, value, stands)?,
            (None, Some(selector)) if self.by.removes() => Some(ListKind::Remove(selector)),
            (None, Some(selector)) => Some(self.selected(target, selector, value, stands)?),
            (None, None) if self.by.removes() => self.removed(target, value)?,
            (None, None) => self.whole(target, value.unwrap_or(Value::Null), stands)?,
        };
        let by = self.by;
        if let Some(slot) = self.slot(target)
            && let Some(kind) = kind
        {
            slot.step(kind, by);
        }
        Ok(())
    }

    fn selector(&self, target: Target<'_>, filter: &Filter) -> Result<Selector, Kind> {
        let options = Options::STRICT.compat(self.compat);
        let checked = filter.check_element(&target.whole().resolved(), &options);
        checked.map(Selector::new).map_err(Kind::Filter)
    }

    /// All elements, given as a list.
    fn whole(
        &mut self,
        target: Target<'s>,
        value: Value,
        stands: Stands,
    ) -> Result<Option<ListKind>, Kind> {
        self.refuse_null(target, &value, stands)?;
        let Some(elements) = self.elements(target, target.attribute, value, stands)? else {
            return Ok(Some(ListKind::Clear));
        };
        Ok(match self.by.op {
            Op::Add if elements.is_empty() => None,
            Op::Add => Some(ListKind::Add(elements)),
            _ => Some(ListKind::Replace(elements)),
        })
    }

    /// All elements, or those that are listed beside the path: a list must not be emptied by
    /// somebody who names what is to go.
    fn removed(
        &mut self,
        target: Target<'s>,
        value: Option<Value>,
    ) -> Result<Option<ListKind>, Kind> {
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Ok(Some(ListKind::Clear));
        };
        let listed = self.listed(target, target.attribute, value)?;
        Ok((!listed.is_empty()).then_some(ListKind::Take(listed)))
    }

    /// The elements that are to be removed.
    pub(super) fn listed(
        &mut self,
        target: Target<'s>,
        attribute: &Attribute,
        value: Value,
    ) -> Result<Vec<Value>, Kind> {
        if !self.compat.remove_listed_values {
            return Err(Kind::Syntax(SyntaxFault::RemovedValue));
        }
        let mut elements = match unwrap_own_name(attribute, value) {
            Value::Array(elements) => elements,
            single => vec![single],
        };
        let has_value = attribute.sub_attribute("value").is_some();
        self.walk(target, |canon| {
            target.at(|place| {
                for (at, element) in elements.iter_mut().enumerate() {
                    let place = place.index(at);
                    wrap_bare(attribute, element);
                    if !canon.value(attribute, element, place) {
                        canon.refuse(place, Rule::EmptyElement);
                    } else if has_value && element.get("value").is_none() {
                        canon.refuse(place.name("value"), Rule::Required);
                    }
                }
            });
        })?;
        Ok(elements)
    }

    /// One sub-attribute of the selected elements, or of all.
    fn part_of_each(
        &mut self,
        target: Target<'s>,
        sub: &'s Attribute,
        selector: Option<Selector>,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<Option<ListKind>, Kind> {
        if is_secret(sub) || self.is_relation(target) && sub.name == "$ref" {
            return Err(Kind::ReadOnly(target.path()));
        }
        let Some(part) = self.part(target.whole(), sub, value, stands)? else { return Ok(None) };
        let parts = vec![part];
        let missing = self.missing(target, selector.as_ref(), &parts);
        Ok(Some(ListKind::Merge { selector, parts, missing }))
    }

    /// The selected elements: what is added is merged into them, what replaces them takes their
    /// place.
    fn selected(
        &mut self,
        target: Target<'s>,
        selector: Selector,
        value: Option<Value>,
        stands: Stands,
    ) -> Result<ListKind, Kind> {
        let mut value = value.unwrap_or(Value::Null);
        self.refuse_null(target, &value, stands)?;
        let bare = !value.is_object();
        let unassigned = self.walk(target, |canon| {
            canon.shape_single(target.attribute, &mut value);
            canon.is_unassigned(&value)
        })?;
        if unassigned {
            return Ok(ListKind::Remove(selector));
        }
        let complex = target.attribute.kind == Type::Complex;
        if complex && (self.by.op == Op::Add || bare) {
            let Value::Object(members) = value else { return Err(self.no_object(target)) };
            let parts = self.parts(target, members)?;
            let missing = self.missing(target, Some(&selector), &parts);
            return Ok(ListKind::Merge { selector: Some(selector), parts, missing });
        }
        let held = self.walk(target, |canon| {
            target.at(|place| canon.value(target.attribute, &mut value, place))
        })?;
        if !held {
            return Ok(ListKind::Remove(selector));
        }
        if self.is_relation(target)
            && let Value::Object(member) = &mut value
        {
            member.remove("$ref");
        }
        let missing = self.missing(target, Some(&selector), &[]);
        Ok(ListKind::Overwrite { selector, element: value, missing })
    }

    fn no_object(&mut self, target: Target<'s>) -> Kind {
        let refused = self
            .walk(target, |canon| target.at(|place| canon.refuse(place, Rule::Type("an object"))));
        refused.err().unwrap_or(Kind::NotAnObject)
    }

    /// What becomes of a change if there is no element to change: it is made from the filter,
    /// where that says what the element must hold. A member of a relation is never made so.
    fn missing(&self, target: Target<'_>, selector: Option<&Selector>, parts: &[Part]) -> Missing {
        let creates = self.by.op == Op::Add || self.compat.create_from_filter || selector.is_none();
        let nothing = !parts.is_empty()
            && parts
                .iter()
                .all(|part| matches!(part.change, PartChange::Unset | PartChange::Take(_)));
        if self.by.removes() || nothing && creates {
            return Missing::Ignore;
        }
        if self.is_relation(target) || !creates {
            return Missing::Refuse;
        }
        let template = match selector {
            Some(selector) => template(target.attribute, selector),
            None => Some(Value::Object(Map::new())),
        };
        template.map_or(Missing::Refuse, Missing::Create)
    }
}

/// The element that a filter of `eq` and `and` describes.
fn template(attribute: &Attribute, selector: &Selector) -> Option<Value> {
    let mut object = Map::new();
    for (path, value) in selector.checked.equalities()? {
        let Some(name) = &path.name else { return Some(Value::Null) };
        let sub = attribute.sub_attribute(name.as_str())?;
        if sub.mutability == Mutability::ReadOnly {
            return None;
        }
        let value =
            if sub.multi_valued { Value::Array(vec![value.clone()]) } else { value.clone() };
        if object.insert(sub.name.to_string(), value).is_some() {
            return None;
        }
    }
    Some(Value::Object(object))
}

/// `{"members": […]}` beside the path `members`.
fn unwrap_own_name(attribute: &Attribute, value: Value) -> Value {
    match value {
        Value::Object(mut object)
            if object.len() == 1 && object.keys().all(|name| attribute.name == name.as_str()) =>
        {
            object.values_mut().next().map_or(Value::Null, Value::take)
        }
        value => value,
    }
}
