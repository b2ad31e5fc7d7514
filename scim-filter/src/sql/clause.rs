//! The condition as a whole: which table answers which test.

use std::slice;

use scim_core::Kind;

use super::{
    Column, Columns, Dialect, Place, Rows, Unsupported, Where,
    column::{Link, locate, parent},
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
    let mut clause = Clause { columns, sink: Sink::new(dialect, first), aliases: 0 };
    clause.form(&Form::of(root, true), Frame::Resource)?;
    Ok(Where { text: clause.sink.text, params: clause.sink.params })
}

pub(super) struct Clause<'c, C> {
    pub(super) columns: &'c C,
    pub(super) sink: Sink,
    aliases: usize,
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
    fn form(&mut self, form: &Form<'_>, frame: Frame<'_>) -> Result<(), Unsupported> {
        match form {
            Form::Constant(true) => self.sink.push("TRUE"),
            Form::Constant(false) => self.sink.push("FALSE"),
            Form::All(forms) if matches!(frame, Frame::Resource) => self.all(forms)?,
            Form::All(forms) => self.joined(forms, " AND ", frame)?,
            Form::Any(forms) if matches!(frame, Frame::Resource) => self.any(form, forms)?,
            Form::Any(forms) => self.joined(forms, " OR ", frame)?,
            Form::Test(test, holds) => self.test(test, *holds, frame)?,
            Form::Element(element, holds) => self.element(element, *holds)?,
        }
        Ok(())
    }

    /// All of the forms hold of the resource.
    fn all(&mut self, forms: &[Form<'_>]) -> Result<(), Unsupported> {
        for (n, part) in self.parts(forms).iter().enumerate() {
            self.sink.push(if n > 0 { " AND " } else { "" });
            match part {
                Part::Form(form) => self.enclosed(form, Frame::Resource)?,
                Part::Lookup(lookup) => self.looked_up(slice::from_ref(lookup.as_ref()), true)?,
            }
        }
        Ok(())
    }

    /// Any of the forms holds of the resource.
    fn any(&mut self, form: &Form<'_>, forms: &[Form<'_>]) -> Result<(), Unsupported> {
        let Some(lookups) = self.lookups(form) else {
            return self.joined(forms, " OR ", Frame::Resource);
        };
        self.looked_up(&lookups, true)?;
        if lookups.iter().all(|lookup| lookup.is_whole) {
            return Ok(());
        }
        self.sink.push(" AND (");
        self.joined(forms, " OR ", Frame::Resource)?;
        self.sink.push(")");
        Ok(())
    }

    fn joined(
        &mut self,
        forms: &[Form<'_>],
        operator: &str,
        frame: Frame<'_>,
    ) -> Result<(), Unsupported> {
        for (n, form) in forms.iter().enumerate() {
            if n > 0 {
                self.sink.push(operator);
            }
            self.enclosed(form, frame)?;
        }
        Ok(())
    }

    /// The form, fit to stand beside `AND` and `OR`.
    fn enclosed(&mut self, form: &Form<'_>, frame: Frame<'_>) -> Result<(), Unsupported> {
        let open = matches!(form, Form::All(_) | Form::Any(_));
        self.sink.push(if open { "(" } else { "" });
        self.form(form, frame)?;
        self.sink.push(if open { ")" } else { "" });
        Ok(())
    }

    fn test(&mut self, test: &Test, holds: bool, frame: Frame<'_>) -> Result<(), Unsupported> {
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
                let found = column.and_then(|column| self.leaf(column, test, holds));
                found.ok_or_else(|| unsupported(&part(parent, &test.path)))
            }
            Frame::Item(parent, item) => {
                let steps = document::steps(&test.path);
                let done = self.way(item, &steps, test, holds);
                done.map_err(|_| unsupported(&part(parent, &test.path)))
            }
        }
    }

    pub(super) fn leaf(&mut self, column: &Column, test: &Test, holds: bool) -> Option<()> {
        leaf::write(&mut self.sink, column, &test.path, &test.op, holds)
    }

    fn has_value(&self, path: &ResolvedPath) -> bool {
        matches!(self.columns.place(path), Some(Place::Value(_)))
    }

    /// A test of an attribute of the resource.
    fn attribute(&mut self, test: &Test, holds: bool) -> Result<(), Unsupported> {
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

    fn value(&mut self, column: &Column, test: &Test, holds: bool) -> Result<(), Unsupported> {
        let path = &test.path;
        if !is_default(path, &test.op) || path.sub.is_none() {
            return self.leaf(column, test, holds).ok_or_else(|| unsupported(path));
        }
        // A missing value counts, but only where there is something that it is missing from.
        let whole = parent(path);
        self.sink.push("(");
        self.attribute(&Test { path: whole, op: TestOp::Present }, true)?;
        self.sink.push(" AND ");
        self.leaf(column, test, true).ok_or_else(|| unsupported(path))?;
        self.sink.push(if holds { ")" } else { ") IS NOT TRUE" });
        Ok(())
    }

    /// A test of any of the rows.
    fn any_row(&mut self, rows: &Rows, test: &Test, holds: bool) -> Result<(), Unsupported> {
        let path = &test.path;
        match rows.find(path.sub.as_ref().map_or("", |sub| sub.as_str())) {
            Some(column) => self.exists(&rows.link, holds, |clause| {
                clause.leaf(column, test, true).ok_or_else(|| unsupported(path))
            }),
            // A complex value that is there has some part.
            None if path.sub.is_none() && is_whole(test) => {
                self.exists(&rows.link, holds, |_| Ok(()))
            }
            None => Err(unsupported(path)),
        }
    }

    /// One and the same element fulfils the filter.
    fn element(&mut self, element: &Element, holds: bool) -> Result<(), Unsupported> {
        if let Some(lookup) = self.element_lookup(element) {
            return self.looked_up(&[lookup], holds);
        }
        let path = &element.path;
        let form = Form::of(&element.filter, true);
        match locate(self.columns, path) {
            // Rows of what it is a part of are other elements.
            Some(Place::Rows(rows)) if self.columns.place(path).is_some() => {
                self.exists(&rows.link, holds, |clause| {
                    clause.inner(&form, Frame::Row(path, &rows))
                })
            }
            Some(Place::Document(base)) if is_list(path) => {
                if holds && let Some(lookup) = self.narrowing(element) {
                    self.looked_up(&[lookup], true)?;
                    self.sink.push(" AND ");
                }
                let base = leaf::operand(&base);
                self.items(&base, &document::steps(path), holds, path, &mut |clause, item| {
                    clause.inner(&form, Frame::Item(path, item))
                })
            }
            _ => self.single(path, &form, holds),
        }
    }

    fn single(
        &mut self,
        path: &ResolvedPath,
        form: &Form<'_>,
        holds: bool,
    ) -> Result<(), Unsupported> {
        self.sink.push("(");
        if !form.needs_value() {
            self.attribute(&Test { path: path.clone(), op: TestOp::Present }, true)?;
            self.sink.push(" AND ");
        }
        self.enclosed(form, Frame::Single(path))?;
        self.sink.push(if holds { ")" } else { ") IS NOT TRUE" });
        Ok(())
    }

    /// The form as a further condition of a subquery.
    pub(super) fn inner(&mut self, form: &Form<'_>, frame: Frame<'_>) -> Result<(), Unsupported> {
        match form {
            Form::All(_) => self.form(form, frame),
            _ => self.enclosed(form, frame),
        }
    }

    /// A test of the values at the end of a way through a document.
    fn way(
        &mut self,
        base: &str,
        steps: &[Step<'_>],
        test: &Test,
        holds: bool,
    ) -> Result<(), Unsupported> {
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
                self.sink.push(&format!("{} {null}", leaf::operand(&node)));
                Ok(())
            }
            None => {
                let column = Column::costly(document::text(base, steps, dialect)?);
                self.leaf(&column, test, holds).ok_or_else(|| unsupported(&test.path))
            }
        }
    }

    /// `EXISTS` over the elements of a list in a document, or of the lists in its elements.
    fn items(
        &mut self,
        base: &str,
        way: &[Step<'_>],
        holds: bool,
        path: &ResolvedPath,
        inner: &mut dyn FnMut(&mut Self, &str) -> Result<(), Unsupported>,
    ) -> Result<(), Unsupported> {
        let list = way.iter().position(|step| step.list).map_or(way.len(), |list| list + 1);
        if let Some((way, rest @ [_, ..])) = way.split_at_checked(list) {
            return self.items(base, way, holds, path, &mut |clause, item| {
                clause.items(item, rest, true, path, inner)
            });
        }
        self.aliases += 1;
        let alias = format!("e{}", self.aliases);
        let elements = document::elements(base, way, &alias, self.sink.dialect);
        let elements = elements.map_err(|_| unsupported(path))?;
        let not = if holds { "" } else { "NOT " };
        self.sink.push(&format!("{not}EXISTS (SELECT 1 FROM {elements} WHERE "));
        inner(self, &format!("{alias}.value"))?;
        self.sink.push(")");
        Ok(())
    }

    /// A resource has a row which fulfils the scope and the condition that `inner` writes.
    pub(super) fn exists(
        &mut self,
        link: &Link,
        holds: bool,
        inner: impl FnOnce(&mut Self) -> Result<(), Unsupported>,
    ) -> Result<(), Unsupported> {
        let Link { from, outer, inner: key, scope } = link;
        let not = if holds { "" } else { "NOT " };
        self.sink.push(&format!("{not}EXISTS (SELECT 1 FROM {from} WHERE {key} = {outer}"));
        if let Some(scope) = scope {
            self.sink.push(&format!(" AND {scope}"));
        }
        let before = self.sink.text.len();
        inner(self)?;
        if self.sink.text.len() > before {
            self.sink.text.insert_str(before, " AND ");
        }
        self.sink.push(")");
        Ok(())
    }
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
