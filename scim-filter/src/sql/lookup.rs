//! Resources found by the values that an index holds, instead of looked at one by one.

use super::{
    Column, Columns, Dialect, Place, Rows, Unsupported,
    clause::{Clause, Frame, exists, part},
    column::{Link, locate},
    condition::{Condition, Exists},
    form::{Form, is_default, is_lookup},
};
use crate::{Element, ResolvedPath, Test, TestOp};

/// A statement that selects the resources which fulfil a form, or may do so.
pub(super) struct Lookup<'f> {
    link: Link,
    demand: Demand<'f>,
    is_eq: bool,
    /// Whether the table is an index, and not that of the elements.
    is_index: bool,
    /// Whether all that it finds fulfils the form.
    pub(super) is_whole: bool,
}

/// What the rows that it finds fulfil.
enum Demand<'f> {
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
        let (link, column, is_index) = match (index, place) {
            (Some(index), _) => (index.link, index.column, true),
            (None, Some(Place::Rows(rows))) if answers => {
                let name = path.sub.as_ref().map_or("", |sub| sub.as_str());
                let column = rows.find(name).filter(|column| column.indexed)?.clone();
                (rows.link, column, false)
            }
            _ => return None,
        };
        let is_eq = matches!(test.op, TestOp::Eq(_));
        let demand = Demand::Value(column, vec![test.clone()]);
        Some(Lookup { link, demand, is_eq, is_index, is_whole: true })
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
        let demand = Demand::Element(rows, &element.path, form);
        Some(Lookup { link, demand, is_eq, is_index: false, is_whole: true })
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
    ) -> Result<Condition, Unsupported> {
        let Some(first) = lookups.first() else { return Ok(Condition::text("FALSE")) };
        if !holds && self.sink.dialect == Dialect::Postgres {
            let demand = self.demand(first)?;
            let exists = exists(&first.link, false, Some(demand));
            return Ok(Condition::Exists(Exists { is_index: first.is_index, ..exists }));
        }
        let mut parts = Vec::with_capacity(lookups.len());
        for lookup in lookups {
            let Link { from, inner, scope, .. } = &lookup.link;
            let scope = scope.as_ref().map(|scope| format!("{scope} AND ")).unwrap_or_default();
            let demand = self.demand(lookup)?.beside_and(self.sink.dialect);
            parts.push(format!("SELECT {inner} FROM {from} WHERE {scope}{demand}"));
        }
        let (outer, parts) = (&first.link.outer, parts.join(" UNION ALL "));
        // PostgreSQL looks up the parts of an array one by one.
        let is_array =
            self.sink.dialect == Dialect::Postgres && lookups.iter().all(|lookup| lookup.is_eq);
        Ok(if is_array {
            Condition::Text(format!("{outer} = ANY(ARRAY({parts}))"))
        } else if holds {
            Condition::Lookup(format!("{outer} IN ({parts})"))
        } else {
            Condition::Text(format!("({outer} IN ({parts})) IS NOT TRUE"))
        })
    }

    fn demand(&mut self, lookup: &Lookup<'_>) -> Result<Condition, Unsupported> {
        match &lookup.demand {
            Demand::Value(column, tests) => {
                let tests = tests.iter();
                let tests: Result<Vec<_>, _> =
                    tests.map(|test| self.leaf(column, test, true)).collect();
                Ok(Condition::all(tests?))
            }
            Demand::Element(rows, path, form) => self.form(form, Frame::Row(path, rows)),
        }
    }
}

impl Lookup<'_> {
    /// The same, of values that fulfil this test, too.
    fn add(&mut self, test: Test) {
        if let Demand::Value(_, tests) = &mut self.demand {
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
        let Demand::Value(_, tests) = &lookup.demand else { return false };
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
