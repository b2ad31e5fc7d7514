//! PATCH messages (RFC 7644 §3.5.2).

use std::fmt;

use scim_core::{Compat, SchemaUri};
use scim_filter::{Options, PatchPath};
use scim_schema::ResourceSchema;
use serde_json::{Map, Value};

use crate::{PatchError, PatchErrorKind as Kind, Plan, SyntaxFault, plan};

/// A PATCH message: well formed, not yet held against a schema.
#[derive(Clone)]
pub struct Patch {
    pub(crate) compat: Compat,
    pub(crate) limits: Limits,
    pub(crate) operations: Vec<Operation>,
}

/// How much work a patch may be. Larger ones are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Operations of a message; more are 400 invalidSyntax.
    pub max_operations: usize,
    /// Comparisons that the paths may come to: values in the lists they select from, times terms of
    /// their filters. Long texts count more than once, and so does each element that changes. More
    /// are 400 invalidFilter.
    pub max_work: usize,
}

impl Limits {
    /// 2,000 operations, 1,000,000 comparisons.
    pub const DEFAULT: Self = Self { max_operations: 2_000, max_work: 1_000_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[derive(Clone)]
pub(crate) struct Operation {
    pub(crate) op: Op,
    pub(crate) path: Option<PatchPath>,
    pub(crate) value: Option<Value>,
}

/// What an operation does (RFC 7644 §3.5.2.1–§3.5.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
}

impl Patch {
    /// Reads a message, within the default limits. Names and the values of `op` count in any
    /// case; members that RFC 7644 does not name are ignored.
    ///
    /// # Errors
    /// 400 invalidSyntax: not a PATCH message; invalidPath, invalidFilter: a path outside the
    /// grammar; noTarget: something is to be removed, but there is no path; invalidValue:
    /// something is to be added or replaced, but there is no value.
    pub fn from_value(message: Value, compat: &Compat) -> Result<Self, PatchError> {
        Self::from_value_within(message, compat, &Limits::DEFAULT)
    }

    /// Reads a message, within these limits.
    ///
    /// # Errors
    /// As [`Patch::from_value`].
    pub fn from_value_within(
        message: Value,
        compat: &Compat,
        limits: &Limits,
    ) -> Result<Self, PatchError> {
        let operations = envelope(message, compat, limits)
            .map_err(|fault| PatchError::new(Kind::Syntax(fault)))?;
        let options = Options::STRICT.compat(*compat);
        let operations = operations
            .into_iter()
            .enumerate()
            .map(|(at, one)| operation(one, &options).map_err(|kind| PatchError::at(at, kind)))
            .collect::<Result<_, _>>()?;
        Ok(Self { compat: *compat, limits: *limits, operations })
    }

    /// Holds the message against a schema: paths are resolved, values brought into the form of
    /// their attributes. Whatever can be refused without knowing the resource is refused here.
    ///
    /// # Errors
    /// 400 invalidPath, invalidFilter, invalidValue, invalidSyntax or mutability, for the first
    /// operation that does not fit.
    pub fn plan(&self, schema: &ResourceSchema) -> Result<Plan, PatchError> {
        plan::build(self, schema)
    }
}

/// Without paths and values.
impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ops: Vec<Op> = self.operations.iter().map(|operation| operation.op).collect();
        f.debug_struct("Patch").field("operations", &ops).finish_non_exhaustive()
    }
}

/// The operations of a message.
fn envelope(message: Value, compat: &Compat, limits: &Limits) -> Result<Vec<Value>, SyntaxFault> {
    let Value::Object(message) = message else { return Err(SyntaxFault::Body) };
    let [schemas, operations] = members(message, ["schemas", "Operations"])?;
    match schemas {
        None | Some(Value::Null) if compat.infer_message_schemas => {}
        None | Some(Value::Null) => return Err(SyntaxFault::SchemaMissing),
        Some(Value::Array(uris)) if uris.iter().any(is_patch_op) => {}
        Some(_) => return Err(SyntaxFault::OtherSchema),
    }
    let Some(Value::Array(operations)) = operations else { return Err(SyntaxFault::Operations) };
    if operations.is_empty() && !compat.empty_operations {
        return Err(SyntaxFault::NoOperations);
    }
    if operations.len() > limits.max_operations {
        return Err(SyntaxFault::TooManyOperations(limits.max_operations));
    }
    Ok(operations)
}

fn is_patch_op(uri: &Value) -> bool {
    uri.as_str().is_some_and(|uri| SchemaUri::PATCH_OP == uri)
}

fn operation(operation: Value, options: &Options) -> Result<Operation, Kind> {
    let syntax = Kind::Syntax;
    let Value::Object(object) = operation else { return Err(syntax(SyntaxFault::Operation)) };
    let [op, path, value] = members(object, ["op", "path", "value"]).map_err(syntax)?;
    let op = op.as_ref().and_then(Value::as_str).and_then(Op::named);
    let op = op.ok_or(syntax(SyntaxFault::Op))?;
    let path = match path {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => {
            Some(PatchPath::parse_with(&path, options).map_err(Kind::Path)?)
        }
        Some(_) => return Err(syntax(SyntaxFault::Path)),
    };
    match (op, &path, &value) {
        (Op::Remove, None, _) => return Err(Kind::NoPath),
        (Op::Add | Op::Replace, _, None) => return Err(Kind::ValueMissing),
        (Op::Add | Op::Replace, None, Some(value)) if !value.is_object() => {
            return Err(Kind::NotAnObject);
        }
        _ => {}
    }
    Ok(Operation { op, path, value })
}

impl Op {
    fn named(name: &str) -> Option<Self> {
        let named = [("add", Self::Add), ("remove", Self::Remove), ("replace", Self::Replace)];
        named.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, op)| op)
    }
}

/// The members of these names, in whatever case.
fn members<const N: usize>(
    object: Map<String, Value>,
    names: [&str; N],
) -> Result<[Option<Value>; N], SyntaxFault> {
    let mut found = [const { None }; N];
    for (name, value) in object {
        let known =
            names.iter().zip(&mut found).find(|(known, _)| known.eq_ignore_ascii_case(&name));
        if let Some((_, slot)) = known
            && slot.replace(value).is_some()
        {
            return Err(SyntaxFault::Repeated);
        }
    }
    Ok(found)
}
