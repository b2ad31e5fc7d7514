//! The condition as a whole: which table answers which test.

use std::slice;

use scim_core::Kind;

use super::{
    Column, Columns, Dialect, Place, Rows, Unsupported, Where,
    column::{Link, locate, parent},
    condition::{Condition, Exists},
    document::{self, Step},
    form::{Form, is_default},
    leaf::{self, Sink},
    lookup::Part,
};
use crate::{Element, Node, ResolvedPath, Test, TestOp};

pub(super) fn compile(
    root: &Node,
    columns: &impl Columns,
    dialect: Dialect,
    first: usize,
) -> Result<Where, Unsupported> {
    let mut clause = Clause { columns, sink: Sink::new(dialect, first), depth: 0 };
    let condition = clause.form(&Form::of(root, true), Frame::Resource)?;
    Ok(Where { text: condition.into_where(dialect), params: clause.sink.params })
}

pub(super) struct Clause<'c, C> {
    pub(super) columns: &'c C,
    pub(super) sink: Sink,
    /// In how many lists of a document the condition that is written stands.
    depth: usize,
}

/// What the tests of a form are about.
#[derive(Clone, Copy)]
pub(super) enum Frame<'f> {
    /// The resource.
    Resource,
    /// The only value of this attribute, whose parts have places of their own.
    Single(&'f ResolvedPath),
    /// A row that is an element of this attribute.
    Row(&'f ResolvedPath, &'f Rows),
    /// An element of this attribute in a document, and its expression.
    Item(&'f ResolvedPath, &'f str),
}

impl<C: Columns> Clause<'_, C> {
    pub(super) fn form(
        &mut self,
        form: &Form<'_>,
        frame: Frame<'_>,
    ) -> Result<Condition, Unsupported> {
        match form {
            Form::Constant(true) => Ok(Condition::text("TRUE")),
            Form::Constant(false) => Ok(Condition::text("FALSE")),
            Form::All(forms) if matches!(frame, Frame::Resource) => self.all(forms),
            Form::All(forms) => Ok(Condition::all(self.each(forms, frame)?)),
            Form::Any(forms) if matches!(frame, Frame::Resource) => self.any(form, forms),
            Form::Any(forms) => Ok(Condition::any(self.each(forms, frame)?)),
            Form::Test(test, holds) => self.test(test, *holds, frame),
            Form::Element(element, holds) => self.element(element, *holds),
        }
    }

    /// All of the forms hold of the resource.
    fn all(&mut self, forms: &[Form<'_>]) -> Result<Condition, Unsupported> {
        let parts = self.parts(forms);
        let conditions = parts.iter().map(|part| match part {
            Part::Form(form) => self.form(form, Frame::Resource),
            Part::Lookup(lookup) => self.looked_up(slice::from_ref(lookup.as_ref()), true),
        });
        Ok(Condition::all(conditions.collect::<Result<Vec<_>, _>>()?))
    }

    /// Any of the forms holds of the resource.
    fn any(&mut self, form: &Form<'_>, forms: &[Form<'_>]) -> Result<Condition, Unsupported> {
        let Some(lookups) = self.lookups(form) else {
            return Ok(Condition::any(self.each(forms, Frame::Resource)?));
        };
        let found = self.looked_up(&lookups, true)?;
        if lookups.iter().all(|lookup| lookup.is_whole) {
            return Ok(found);
        }
        Ok(Condition::all([found, Condition::any(self.each(forms, Frame::Resource)?)]))
    }

    fn each(
        &mut self,
        forms: &[Form<'_>],
        frame: Frame<'_>,
    ) -> Result<Vec<Condition>, Unsupported> {
        forms.iter().map(|form| self.form(form, frame)).collect()
    }

    fn test(
        &mut self,
        test: &Test,
        holds: bool,
        frame: Frame<'_>,
    ) -> Result<Condition, Unsupported> {
        match frame {
            Frame::Resource => self.attribute(test, holds),
            Frame::Single(parent) => {
                let path = part(parent, &test.path);
                if parent.multi_valued && !self.has_value(&path) {
                    return Err(unsupported(&path));
                }
                self.attribute(&Test { path, op: test.op.clone() }, holds)
            }
            Frame::Row(parent, rows) => {
                let name = test.path.name.as_ref().map_or("", |name| name.as_str());
                let column = rows.find(name).filter(|_| !test.path.multi_valued);
                let found = column.and_then(|column| self.leaf(column, test, holds).ok());
                found.ok_or_else(|| unsupported(&part(parent, &test.path)))
            }
            Frame::Item(parent, item) => {
                let steps = document::steps(&test.path);
                let done = self.way(item, &steps, test, holds);
                done.map_err(|_| unsupported(&part(parent, &test.path)))
            }
        }
    }

    pub(super) fn leaf(
        &mut self,
        column: &Column,
        test: &Test,
        holds: bool,
    ) -> Result<Condition, Unsupported> {
        let text = leaf::write(&mut self.sink, column, &test.path, &test.op, holds);
        text.map(Condition::Text).ok_or_else(|| unsupported(&test.path))
    }

    fn has_value(&self, path: &ResolvedPath) -> bool {
        matches!(self.columns.place(path), Some(Place::Value(_)))
    }

    /// A test of an attribute of the resource.
    fn attribute(&mut self, test: &Test, holds: bool) -> Result<Condition, Unsupported> {
        if let Some(lookup) = self.lookup(test) {
            return self.looked_up(&[lookup], holds);
        }
        let path = &test.path;
        match locate(self.columns, path).ok_or_else(|| unsupported(path))? {
            Place::Value(column) => self.value(&column, test, holds),
            Place::Document(base) => {
                let base = leaf::operand(&base);
                self.way(&base, &document::steps(path), test, holds)
            }
            Place::Rows(rows) => self.any_row(&rows, test, holds),
        }
    }

    fn value(
        &mut self,
        column: &Column,
        test: &Test,
        holds: bool,
    ) -> Result<Condition, Unsupported> {
        let path = &test.path;
        if !is_default(path, &test.op) || path.sub.is_none() {
            return self.leaf(column, test, holds);
        }
        // A missing value counts, but only where there is something that it is missing from.
        let whole = Test { path: parent(path), op: TestOp::Present };
        let is_there = self.attribute(&whole, true)?;
        Ok(Condition::all([is_there, self.leaf(column, test, true)?]).holding(holds))
    }

    /// A test of any of the rows.
    fn any_row(&mut self, rows: &Rows, test: &Test, holds: bool) -> Result<Condition, Unsupported> {
        let path = &test.path;
        match rows.find(path.sub.as_ref().map_or("", |sub| sub.as_str())) {
            Some(column) => {
                let condition = self.leaf(column, test, true)?;
                Ok(Condition::Exists(exists(&rows.link, holds, Some(condition))))
            }
            // A complex value that is there has some part.
            None if path.sub.is_none() && is_whole(test) => {
                Ok(Condition::Exists(exists(&rows.link, holds, None)))
            }
            None => Err(unsupported(path)),
        }
    }

    /// One and the same element fulfils the filter.
    fn element(&mut self, element: &Element, holds: bool) -> Result<Condition, Unsupported> {
        if let Some(lookup) = self.element_lookup(element) {
            return self.looked_up(&[lookup], holds);
        }
        let path = &element.path;
        let form = Form::of(&element.filter, true);
        match locate(self.columns, path) {
            // Rows of what it is a part of are other elements.
            Some(Place::Rows(rows)) if self.columns.place(path).is_some() => {
                let condition = self.form(&form, Frame::Row(path, &rows))?;
                Ok(Condition::Exists(exists(&rows.link, holds, Some(condition))))
            }
            Some(Place::Document(base)) if is_list(path) => {
                let lookup = if holds { self.narrowing(element) } else { None };
                let narrowed = lookup.map(|lookup| self.looked_up(&[lookup], true)).transpose()?;
                let base = leaf::operand(&base);
                let items =
                    self.items(&base, &document::steps(path), holds, path, &mut |clause, item| {
                        clause.form(&form, Frame::Item(path, item))
                    })?;
                Ok(Condition::all(narrowed.into_iter().chain([items])))
            }
            _ => self.single(path, &form, holds),
        }
    }

    fn single(
        &mut self,
        path: &ResolvedPath,
        form: &Form<'_>,
        holds: bool,
    ) -> Result<Condition, Unsupported> {
        let mut all = Vec::new();
        if !form.needs_value() {
            all.push(self.attribute(&Test { path: path.clone(), op: TestOp::Present }, true)?);
        }
        all.push(self.form(form, Frame::Single(path))?);
        Ok(Condition::all(all).holding(holds))
    }

    /// A test of the values at the end of a way through a document.
    fn way(
        &mut self,
        base: &str,
        steps: &[Step<'_>],
        test: &Test,
        holds: bool,
    ) -> Result<Condition, Unsupported> {
        let dialect = self.sink.dialect;
        match steps.iter().position(|step| step.list) {
            Some(list) => {
                let way = steps.get(..=list).unwrap_or_default();
                let rest = steps.get(list + 1..).unwrap_or_default();
                self.items(base, way, holds, &test.path, &mut |clause, item| {
                    clause.way(item, rest, test, true)
                })
            }
            None if is_whole(test) => {
                let node = document::node(base, steps, dialect)?;
                let null = if holds { "IS NOT NULL" } else { "IS NULL" };
                Ok(Condition::Text(format!("{} {null}", leaf::operand(&node))))
            }
            None => self.leaf(&Column::costly(document::text(base, steps, dialect)?), test, holds),
        }
    }

    /// `EXISTS` over the elements of a list in a document, or of the lists in its elements.
    fn items(
        &mut self,
        base: &str,
        way: &[Step<'_>],
        holds: bool,
        path: &ResolvedPath,
        inner: &mut dyn FnMut(&mut Self, &str) -> Result<Condition, Unsupported>,
    ) -> Result<Condition, Unsupported> {
        let list = way.iter().position(|step| step.list).map_or(way.len(), |list| list + 1);
        if let Some((way, rest @ [_, ..])) = way.split_at_checked(list) {
            return self.items(base, way, holds, path, &mut |clause, item| {
                clause.items(item, rest, true, path, inner)
            });
        }
        // Lists side by side have the same alias, so that equal subqueries are found to be equal.
        self.depth += 1;
        let alias = format!("e{}", self.depth);
        let from = document::elements(base, way, &alias, self.sink.dialect);
        let condition = inner(self, &format!("{alias}.value"));
        self.depth -= 1;
        let (from, condition) = (from.map_err(|_| unsupported(path))?, Some(Box::new(condition?)));
        Ok(Condition::Exists(Exists { from, which: None, condition, holds, is_index: false }))
    }
}

/// A resource has a row which fulfils the scope and the condition.
pub(super) fn exists(link: &Link, holds: bool, condition: Option<Condition>) -> Exists {
    let Link { from, outer, inner, scope } = link;
    let scope = scope.as_ref().map(|scope| format!(" AND {scope}")).unwrap_or_default();
    let which = Some(format!("{inner} = {outer}{scope}"));
    let condition = condition.map(Box::new);
    Exists { from: from.to_string(), which, condition, holds, is_index: false }
}

/// Whether the test asks for a complex value as a whole, which canonical form leaves out if empty.
fn is_whole(test: &Test) -> bool {
    matches!(test.op, TestOp::Present) && test.path.kind == Kind::Complex
}

pub(super) fn unsupported(path: &ResolvedPath) -> Unsupported {
    Unsupported::new(path.to_string())
}

/// Whether an element is one of several.
fn is_list(path: &ResolvedPath) -> bool {
    if path.sub.is_some() { path.sub_multi_valued } else { path.multi_valued }
}

/// The path of what a path inside an element names.
pub(super) fn part(element: &ResolvedPath, inner: &ResolvedPath) -> ResolvedPath {
    // The element itself has no name of its own.
    let (sub, sub_multi_valued) = match &inner.name {
        Some(name) => (Some(name.clone()), inner.multi_valued),
        None => (element.sub.clone(), element.sub_multi_valued),
    };
    ResolvedPath {
        container: element.container.clone(),
        name: element.name.clone(),
        sub,
        multi_valued: element.multi_valued,
        sub_multi_valued,
        ..inner.clone()
    }
}
