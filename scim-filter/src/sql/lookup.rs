//! Resources found by the values that an index holds, instead of looked at one by one.

use super::{
    Column, Columns, Dialect, Place, Rows, Unsupported,
    clause::{Clause, Frame, part, unsupported},
    column::{Link, locate},
    form::{Form, is_default, is_lookup},
};
use crate::{Element, ResolvedPath, Test, TestOp};

/// A statement that selects the resources which fulfil a form, or may do so.
pub(super) struct Lookup<'f> {
    link: Link,
    condition: Condition<'f>,
    is_eq: bool,
    /// Whether all that it finds fulfils the form.
    pub(super) is_whole: bool,
}

enum Condition<'f> {
    Value(Column, Test),
    Element(Rows, &'f ResolvedPath, Form<'f>),
}

/// So many parts SQLite joins in one statement.
const MOST: usize = 500;

impl<C: Columns> Clause<'_, C> {
    /// How an index answers a test.
    pub(super) fn lookup<'f>(&self, test: &Test) -> Option<Lookup<'f>> {
        let path = &test.path;
        let place = locate(self.columns, path);
        let answers = is_lookup(test) || (place.is_none() && !is_default(path, &test.op));
        let index = if answers { self.columns.index(path) } else { None };
        let (link, column) = match (index, place) {
            (Some(index), _) => (index.link, index.column),
            (None, Some(Place::Rows(rows))) if answers => {
                let name = path.sub.as_ref().map_or("", |sub| sub.as_str());
                let column = rows.find(name).filter(|column| column.indexed)?.clone();
                (rows.link, column)
            }
            _ => return None,
        };
        let is_eq = matches!(test.op, TestOp::Eq(_));
        let condition = Condition::Value(column, test.clone());
        Some(Lookup { link, condition, is_eq, is_whole: true })
    }

    /// How an index of a table of elements answers a value path.
    pub(super) fn element_lookup<'f>(&self, element: &'f Element) -> Option<Lookup<'f>> {
        let Place::Rows(rows) = self.columns.place(&element.path)? else { return None };
        let form = Form::of(&element.filter, true);
        let is_indexed = |test: &&Test| {
            let name = test.path.name.as_ref().map_or("", |name| name.as_str());
            rows.find(name).is_some_and(|column| column.indexed)
        };
        let test = form.lookups().into_iter().find(is_indexed)?;
        let is_eq = matches!(test.op, TestOp::Eq(_));
        let link = rows.link.clone();
        let condition = Condition::Element(rows, &element.path, form);
        Some(Lookup { link, condition, is_eq, is_whole: true })
    }

    /// How an index answers a test that a value path in a document implies.
    pub(super) fn narrowing<'f>(&self, element: &'f Element) -> Option<Lookup<'f>> {
        let lookups = Form::of(&element.filter, true).lookups();
        let lookup = lookups.into_iter().find_map(|test| {
            let path = part(&element.path, &test.path);
            self.columns.index(&path)?;
            self.lookup(&Test { path, op: test.op.clone() })
        })?;
        Some(Lookup { is_whole: false, ..lookup })
    }

    /// Lookups that together find all the resources which fulfil the form.
    pub(super) fn lookups<'f>(&self, form: &Form<'f>) -> Option<Vec<Lookup<'f>>> {
        match form {
            Form::Test(test, true) => self.lookup(test).map(|lookup| vec![lookup]),
            Form::Element(element, true) => {
                let lookup = self.element_lookup(element).or_else(|| self.narrowing(element))?;
                Some(vec![lookup])
            }
            Form::All(forms) => {
                let mut lookups = forms.iter().find_map(|form| self.lookups(form))?;
                lookups.iter_mut().for_each(|lookup| lookup.is_whole = false);
                Some(lookups)
            }
            Form::Any(forms) => {
                let lookups: Option<Vec<_>> = forms.iter().map(|form| self.lookups(form)).collect();
                let lookups: Vec<_> = lookups?.into_iter().flatten().collect();
                let outer = &lookups.first()?.link.outer;
                let alike = lookups.iter().all(|lookup| lookup.link.outer == *outer);
                (alike && lookups.len() <= MOST).then_some(lookups)
            }
            _ => None,
        }
    }

    /// The resources that any of the lookups finds, or all others.
    pub(super) fn looked_up(
        &mut self,
        lookups: &[Lookup<'_>],
        holds: bool,
    ) -> Result<(), Unsupported> {
        let Some(first) = lookups.first() else { return Ok(()) };
        let outer = &first.link.outer;
        let (begin, end) = match (self.sink.dialect, holds) {
            (Dialect::Postgres, false) => {
                return self.exists(&first.link, false, |clause| clause.condition(first));
            }
            // PostgreSQL looks up the parts of an array one by one.
            (Dialect::Postgres, true) if lookups.iter().all(|lookup| lookup.is_eq) => {
                (format!("{outer} = ANY(ARRAY("), "))")
            }
            (_, true) => (format!("{outer} IN ("), ")"),
            (Dialect::Sqlite, false) => (format!("({outer} IN ("), ")) IS NOT TRUE"),
        };
        self.sink.push(&begin);
        for (n, lookup) in lookups.iter().enumerate() {
            let Link { from, inner, scope, .. } = &lookup.link;
            let union = if n > 0 { " UNION ALL " } else { "" };
            self.sink.push(&format!("{union}SELECT {inner} FROM {from} WHERE "));
            if let Some(scope) = scope {
                self.sink.push(&format!("{scope} AND "));
            }
            self.condition(lookup)?;
        }
        self.sink.push(end);
        Ok(())
    }

    fn condition(&mut self, lookup: &Lookup<'_>) -> Result<(), Unsupported> {
        match &lookup.condition {
            Condition::Value(column, test) => {
                self.leaf(column, test, true).ok_or_else(|| unsupported(&test.path))
            }
            Condition::Element(rows, path, form) => self.inner(form, Frame::Row(path, rows)),
        }
    }
}
