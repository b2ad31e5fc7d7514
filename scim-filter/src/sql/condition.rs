//! Conditions before they are text, with one subquery for what asks the same rows.

use super::Dialect;

/// A condition, true of the rows that a form is true of.
#[derive(Debug, PartialEq)]
pub(super) enum Condition {
    /// Text that is fit to stand beside `AND` and `OR`.
    Text(String),
    /// A lookup by value of what is in a list, as text.
    Lookup(String),
    Exists(Exists),
    All(Vec<Self>),
    Any(Vec<Self>),
    NotTrue(Box<Self>),
}

/// Whether a table has a row that fulfils the condition, or has none.
#[derive(Debug, PartialEq)]
pub(super) struct Exists {
    pub(super) from: String,
    /// Which of its rows are meant, if not all.
    pub(super) which: Option<String>,
    /// `None` if any row will do.
    pub(super) condition: Option<Box<Condition>>,
    pub(super) holds: bool,
    /// Whether the table has an index by value, and perhaps none by resource.
    pub(super) is_index: bool,
}

/// What a condition stands beside, if anything.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Beside {
    Nothing,
    And,
    Or,
}

impl Condition {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// All of the conditions. That none of some rows fulfils one thing, and none of them another,
    /// is that none fulfils either.
    pub(super) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for condition in conditions {
            match condition {
                Self::All(inner) => inner.into_iter().for_each(|one| add(&mut all, one, false)),
                one => add(&mut all, one, false),
            }
        }
        Self::only(all, Self::All)
    }

    /// Any of the conditions. That one of some rows fulfils one thing, or one of them another, is
    /// that one fulfils either.
    pub(super) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for condition in conditions {
            match condition {
                Self::Any(inner) => inner.into_iter().for_each(|one| add(&mut any, one, true)),
                one => add(&mut any, one, true),
            }
        }
        Self::only(any, Self::Any)
    }

    /// The condition, or what holds where it does not.
    pub(super) fn holding(self, holds: bool) -> Self {
        if holds { self } else { Self::NotTrue(Box::new(self)) }
    }

    /// As text for use behind `WHERE`.
    pub(super) fn into_where(self, dialect: Dialect) -> String {
        self.gathered(dialect).written(dialect, Beside::Nothing)
    }

    /// As text to stand beside `AND`.
    pub(super) fn beside_and(self, dialect: Dialect) -> String {
        self.gathered(dialect).written(dialect, Beside::And)
    }

    pub(super) fn written(self, dialect: Dialect, beside: Beside) -> String {
        let (open, text) = match self {
            Self::Text(text) | Self::Lookup(text) => (false, text),
            Self::Exists(exists) => (false, exists.written(dialect)),
            Self::NotTrue(inner) => {
                (false, format!("({}) IS NOT TRUE", inner.written(dialect, Beside::Nothing)))
            }
            Self::All(all) => (beside == Beside::Or, joined(all, dialect, Beside::And)),
            Self::Any(any) => (beside == Beside::And, joined(any, dialect, Beside::Or)),
        };
        if open { format!("({text})") } else { text }
    }

    pub(super) fn only(mut conditions: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        match conditions.pop() {
            Some(one) if conditions.is_empty() => one,
            one => {
                conditions.extend(one);
                join(conditions)
            }
        }
    }
}

/// Adds a condition to others, to one that asks the same rows if there is one.
fn add(conditions: &mut Vec<Condition>, condition: Condition, any: bool) {
    let Condition::Exists(exists) = condition else { return conditions.push(condition) };
    let known = conditions.iter_mut().find_map(|known| match known {
        Condition::Exists(known)
            if known.is_of_same_rows(&exists) && known.holds == any && exists.holds == any =>
        {
            Some(known)
        }
        _ => None,
    });
    match known {
        Some(known) => known.widen(exists),
        None => conditions.push(Condition::Exists(exists)),
    }
}

fn joined(conditions: Vec<Condition>, dialect: Dialect, beside: Beside) -> String {
    let operator = if beside == Beside::Or { " OR " } else { " AND " };
    let texts = conditions.into_iter().map(|one| one.written(dialect, beside));
    texts.collect::<Vec<_>>().join(operator)
}

impl Exists {
    fn is_of_same_rows(&self, other: &Self) -> bool {
        self.from == other.from && self.which == other.which
    }

    /// Lets rows count that fulfil the other condition.
    fn widen(&mut self, other: Self) {
        let whole = || Box::new(Condition::text("TRUE"));
        let [mut any, more] = [self.condition.take(), other.condition].map(|condition| {
            match *condition.unwrap_or_else(whole) {
                Condition::Any(any) => any,
                one => vec![one],
            }
        });
        more.into_iter().for_each(|one| add(&mut any, one, true));
        self.condition = Some(Box::new(Condition::only(any, Condition::Any)));
        self.is_index &= other.is_index;
    }

    fn written(self, dialect: Dialect) -> String {
        let not = if self.holds { "" } else { "NOT " };
        let condition = self.condition.map(|one| one.beside_and(dialect));
        let all: Vec<String> = self.which.into_iter().chain(condition).collect();
        format!("{not}EXISTS (SELECT 1 FROM {} WHERE {})", self.from, all.join(" AND "))
    }
}
