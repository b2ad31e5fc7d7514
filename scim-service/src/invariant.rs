//! What must hold across resources once a write is made.

use std::{fmt, sync::Arc};

use scim_core::Error;
use scim_filter::{Filter, Options};
use scim_schema::Projection;

use crate::{Context, Page, Query, StoreError, Window};

/// What must hold across resources once a write is made: questions, and a judgement of their
/// answers. Given by [`Policy::invariants`](crate::Policy::invariants).
///
/// A store answers the questions after everything is written and before the write is committed,
/// in the same transaction, and undoes the write if the judgement is an error. It need not ask
/// about a write that changed nothing.
///
/// An invariant is about how things are, not about what a write does to them: what no write can
/// mend at once, such as an administrator where there never was one, it must let pass.
///
/// ```
/// use scim_service::{
///     Action, Context, Invariant, Policy, Question,
///     core::{Error, ScimType},
/// };
///
/// /// Whoever is the last administrator stays one.
/// struct KeepsAnAdministrator;
///
/// impl Policy for KeepsAnAdministrator {
///     fn invariants(&self, cx: &Context, action: Action) -> Result<Vec<Invariant>, Error> {
///         if action == Action::Create {
///             return Ok(Vec::new());
///         }
///         let active = r#"active eq true and groups.display eq "Administrators""#;
///         let active = Question::count(&cx.of_type("User")?, active)?;
///         let one_is_left = Invariant::new([active], |answers| {
///             let count: u64 = answers.iter().filter_map(|page| page.total).sum();
///             if count > 0 {
///                 return Ok(());
///             }
///             Err(Error::of(ScimType::Mutability, "the last administrator must stay"))
///         });
///         Ok(vec![one_is_left])
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Invariant {
    questions: Arc<[Question]>,
    judge: Arc<Judge>,
}

type Judge = dyn Fn(&[Page]) -> Result<(), Error> + Send + Sync;

/// A question about the resources of one type, as [`Store::query`](crate::Store::query) would be
/// asked it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Question {
    /// Whose resources, and of which type.
    pub cx: Context,
    /// Which of them, and what of each.
    pub query: Query,
}

impl Invariant {
    /// What must be true of the answers to these questions, which are given in the same order. It
    /// is judged inside the store's transaction and, after a conflict, again: it must not do
    /// anything beside that. Its error is what the client is answered.
    pub fn new(
        questions: impl Into<Vec<Question>>,
        judge: impl Fn(&[Page]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        Self { questions: questions.into().into(), judge: Arc::new(judge) }
    }

    /// What a store is to answer, each question about all that it has by now, this write included.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Judges the answers, one for each question.
    ///
    /// # Errors
    /// What the client is answered; nothing of the write may remain.
    pub fn judge(&self, answers: &[Page]) -> Result<(), Error> {
        (self.judge)(answers)
    }

    /// Asks and judges, for stores that answer without waiting.
    ///
    /// # Errors
    /// What the store fails with, or [`Invariant::judge`] says.
    pub fn check(
        &self,
        mut answer: impl FnMut(&Context, &Query) -> Result<Page, StoreError>,
    ) -> Result<(), StoreError> {
        let answers = self.questions.iter().map(|question| answer(&question.cx, &question.query));
        Ok(self.judge(&answers.collect::<Result<Vec<_>, _>>()?)?)
    }
}

impl Question {
    /// A query over the resources of the context's type.
    pub fn new(cx: Context, query: Query) -> Self {
        Self { cx, query }
    }

    /// How many resources of the context's type match a filter.
    ///
    /// # Errors
    /// 400 invalidFilter for what is no filter of the type: the embedder's mistake.
    pub fn count(cx: &Context, filter: &str) -> Result<Self, Error> {
        let checked = filter.parse::<Filter>()?.check(cx.schema(), &Options::STRICT)?;
        let none = Window::Index { start: 1, count: 0 };
        let mut query = Query::new(none, Projection::default_of(cx.schema()));
        query.filter = Some(Arc::new(checked));
        Ok(Self::new(cx.clone(), query))
    }
}

impl fmt::Debug for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invariant").field("questions", &self.questions).finish_non_exhaustive()
    }
}
