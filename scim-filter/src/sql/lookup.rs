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
    /// One and the same value fulfils all of the tests.
    Value(Column, Vec<Test>),
    Element(Rows, &'f ResolvedPath, Form<'f>),
}

/// One of several forms that hold together, or what looks up some of them at once.
pub(super) enum Part<'p, 'f> {
    Form(&'p Form<'f>),
    Lookup(Box<Lookup<'f>>),
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
        let condition = Condition::Value(column, vec![test.clone()]);
        Some(Lookup { link, condition, is_eq, is_whole: true })
    }

    /// The forms, with tests of an attribute of one value, such as the bounds of a range, looked up
    /// at once. Of several values each could fulfil another test.
    pub(super) fn parts<'p, 'f>(&self, forms: &'p [Form<'f>]) -> Vec<Part<'p, 'f>> {
        let mut parts: Vec<Part<'p, 'f>> = Vec::with_capacity(forms.len());
        for form in forms {
            let test = if let Form::Test(test, true) = form { Some(*test) } else { None };
            match test.and_then(|test| Some((test, self.lookup(test)?))) {
                Some((test, _)) if parts.iter_mut().any(|part| part.takes(test)) => {}
                Some((_, lookup)) => parts.push(Part::Lookup(Box::new(lookup))),
                None => parts.push(Part::Form(form)),
            }
        }
        parts
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
        let tests = Form::of(&element.filter, true).lookups();
        let whole =
            |test: &Test| Test { path: part(&element.path, &test.path), op: test.op.clone() };
        let (first, mut lookup) = tests.iter().enumerate().find_map(|(n, test)| {
            let test = whole(test);
            self.columns.index(&test.path)?;
            Some((n, self.lookup(&test)?))
        })?;
        let mut tests = tests.into_iter().skip(first);
        let path = tests.next().map(|test| &test.path).filter(|path| is_single(path));
        tests.filter(|test| Some(&test.path) == path).for_each(|test| lookup.add(whole(test)));
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
                let parts = self.parts(forms);
                let is_all = parts.len() == 1;
                let mut lookups = parts.into_iter().find_map(|part| match part {
                    Part::Form(form) => self.lookups(form),
                    Part::Lookup(lookup) => Some(vec![*lookup]),
                })?;
                lookups.iter_mut().for_each(|lookup| lookup.is_whole &= is_all);
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
            Condition::Value(column, tests) => {
                for (n, test) in tests.iter().enumerate() {
                    self.sink.push(if n > 0 { " AND " } else { "" });
                    self.leaf(column, test, true).ok_or_else(|| unsupported(&test.path))?;
                }
                Ok(())
            }
            Condition::Element(rows, path, form) => self.inner(form, Frame::Row(path, rows)),
        }
    }
}

impl Lookup<'_> {
    /// The same, of values that fulfil this test, too.
    fn add(&mut self, test: Test) {
        if let Condition::Value(_, tests) = &mut self.condition {
            self.is_eq |= matches!(test.op, TestOp::Eq(_));
            tests.push(test);
        }
    }
}

impl Part<'_, '_> {
    /// Whether it is a lookup of the test's attribute, which has one value, and looks up what
    /// fulfils this test, too, from now on.
    fn takes(&mut self, test: &Test) -> bool {
        let Self::Lookup(lookup) = self else { return false };
        let Condition::Value(_, tests) = &lookup.condition else { return false };
        let is_same = tests.first().is_some_and(|known| known.path == test.path);
        if is_same && is_single(&test.path) {
            lookup.add(test.clone());
            return true;
        }
        false
    }
}

/// Whether there is one value at most.
fn is_single(path: &ResolvedPath) -> bool {
    !path.multi_valued && !path.sub_multi_valued
}
