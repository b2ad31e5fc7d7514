//! Operations on `schemas` (RFC 7644 §3.5.2). The list itself is computed; what counts is which
//! extensions are taken out of it, with all that they hold.

use scim_core::{AttrPath, SchemaUri};
use scim_filter::{Filter, Options};
use scim_schema::is_secret;
use serde_json::Value;

use super::{build::Builder, target::Target};
use crate::{PatchErrorKind as Kind, SyntaxFault, message::Op};

impl<'s> Builder<'s> {
    pub(super) fn schemas(
        &mut self,
        target: Target<'s>,
        filter: Option<Filter>,
        value: Option<Value>,
    ) -> Result<(), Kind> {
        match (self.by.op, filter) {
            (Op::Remove, Some(filter)) => {
                let options = Options::STRICT.compat(self.compat);
                let checked =
                    filter.check_element(&target.resolved(), &options).map_err(Kind::Filter)?;
                self.take_out(|uri| checked.matches(&Value::String(uri.to_string())))
            }
            (_, Some(_)) => Err(Kind::SelectedSchema),
            (Op::Remove, None) => {
                let Some(value) = value.filter(|value| !value.is_null()) else {
                    return Err(Kind::BaseSchema { removed: true });
                };
                if !self.compat.remove_listed_values {
                    return Err(Kind::Syntax(SyntaxFault::RemovedValue));
                }
                let uris = self.uris(target, value)?;
                self.take_out(|uri| uris.contains(uri))
            }
            (Op::Add, None) => self.uris(target, value.unwrap_or(Value::Null)).map(drop),
            (Op::Replace, None) => {
                let uris = self.uris(target, value.unwrap_or(Value::Null))?;
                self.take_out(|uri| !uris.contains(uri))
            }
        }
    }

    /// The URIs of a value.
    fn uris(&mut self, target: Target<'s>, mut value: Value) -> Result<Vec<SchemaUri>, Kind> {
        if value.is_string() {
            value = Value::Array(vec![value]);
        }
        self.walk(target, |canon| {
            target.at(|place| canon.values(target.attribute, false, &mut value, place))
        })?;
        let mut uris = Vec::new();
        for uri in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
            match self.schema.schemas().find(|schema| schema.id == uri) {
                Some(schema) => uris.push(schema.id.clone()),
                None if self.compat.infer_schemas => self.drop_name(None, uri)?,
                None => return Err(Kind::UnknownSchema),
            }
        }
        Ok(uris)
    }

    /// Takes schemas out of the resource, with their data.
    fn take_out(&mut self, is_out: impl Fn(&SchemaUri) -> bool) -> Result<(), Kind> {
        let schema = self.schema;
        if is_out(&schema.base().id) {
            return Err(Kind::BaseSchema { removed: self.by.removes() });
        }
        for (extension, _) in schema.extensions() {
            if is_out(&extension.id) {
                self.clear_container(&extension.id);
            }
        }
        Ok(())
    }

    /// Removes all that an extension holds, except what clients cannot write.
    pub(super) fn clear_container(&mut self, uri: &'s SchemaUri) {
        let schema = self.schema;
        let by = self.by;
        let path = AttrPath::schema(uri.clone());
        if !self.touched.contains(&path) {
            self.touched.push(path);
        }
        let touched = self.touched.len();
        let extension = schema.extensions().find(|(extension, _)| extension.id == *uri);
        for attribute in extension.into_iter().flat_map(|(extension, _)| &extension.attributes) {
            let target = Target { container: Some(uri), attribute, sub: None };
            if target.is_read_only() {
                continue;
            }
            if is_secret(attribute) {
                self.secrets.set(&target.path().to_string(), Value::Null);
            } else if let Some(slot) = self.slot(target) {
                slot.clear(by);
            }
        }
        self.touched.truncate(touched);
    }
}
