//! Many subqueries as few.
//!
//! PostgreSQL joins each subquery of a conjunction to the resources and takes minutes to plan some
//! hundred joins; subqueries in a disjunction it compiles one by one, which takes half a minute.

use super::{
    Dialect,
    condition::{Beside, Condition, Exists},
};

/// So many subqueries stand as they are, so that each can use an index of its own.
const MOST_APART: usize = 8;

/// So many columns one table gives; PostgreSQL allows for 1664, SQLite for 2000.
const MOST_COLUMNS: usize = 1000;

/// What a table tells of one resource at once: which of some conditions any of its rows fulfils.
struct Table {
    from: String,
    which: Option<String>,
    is_index: bool,
    conditions: Vec<String>,
}

struct Gatherer {
    dialect: Dialect,
    tables: Vec<Table>,
}

impl Condition {
    /// The same with one subquery for each table in the place of all but the first, if there are
    /// many.
    pub(super) fn gathered(self, dialect: Dialect) -> Self {
        let conjuncts = match self {
            Self::All(conjuncts) => conjuncts,
            one => vec![one],
        };
        let is_many = conjuncts.iter().map(Self::subqueries).sum::<usize>() > MOST_APART;
        let mut gatherer = Gatherer { dialect, tables: Vec::new() };
        let (mut apart, mut gathered, mut joined) = (Vec::new(), Vec::new(), 0);
        for conjunct in conjuncts {
            match conjunct {
                Self::Lookup(_) | Self::Exists(_) if joined < MOST_APART => {
                    joined += 1;
                    apart.push(conjunct);
                }
                // What is no operand of `AND` is not joined.
                Self::Lookup(text) => apart.push(Self::Text(format!("({text}) IS TRUE"))),
                mut conjunct if is_many && conjunct.subqueries() > 0 => {
                    gatherer.gather(&mut conjunct);
                    gathered.push(conjunct);
                }
                conjunct => apart.push(conjunct),
            }
        }
        if !gathered.is_empty() {
            apart.push(gatherer.selected(gathered));
        }
        Self::only(apart, Self::All)
    }

    /// How many subqueries there are beside the lookups.
    fn subqueries(&self) -> usize {
        match self {
            Self::Text(_) | Self::Lookup(_) => 0,
            Self::Exists(_) => 1,
            Self::All(inner) | Self::Any(inner) => inner.iter().map(Self::subqueries).sum(),
            Self::NotTrue(inner) => inner.subqueries(),
        }
    }
}

impl Gatherer {
    /// Puts columns of the tables in the place of subqueries.
    fn gather(&mut self, condition: &mut Condition) {
        match condition {
            Condition::Text(_) | Condition::Lookup(_) => {}
            Condition::All(inner) | Condition::Any(inner) => {
                inner.iter_mut().for_each(|one| self.gather(one));
            }
            Condition::NotTrue(inner) => self.gather(inner),
            Condition::Exists(exists) => {
                let column = self.column(exists);
                let not = if exists.holds { "" } else { " IS NOT TRUE" };
                *condition = Condition::Text(column + not);
            }
        }
    }

    /// The column that tells whether any row fulfils the condition.
    fn column(&mut self, exists: &mut Exists) -> String {
        let condition = exists.condition.take().map(|one| one.into_where(self.dialect));
        let condition = condition.unwrap_or_else(|| "TRUE".to_owned());
        let number = self.tables.iter().position(|table| table.takes(exists));
        let number = number.unwrap_or(self.tables.len());
        if number == self.tables.len() {
            self.tables.push(Table::of(exists));
        }
        let conditions = self.tables.get_mut(number).map(|table| {
            table.conditions.push(condition);
            table.conditions.len()
        });
        format!("l{number}.c{}", conditions.unwrap_or_default())
    }

    /// All of the conditions on columns of the tables, each of which gives one row.
    fn selected(&self, conditions: Vec<Condition>) -> Condition {
        let all = Condition::All(conditions).written(self.dialect, Beside::Nothing);
        let tables = self.tables.iter().enumerate();
        let tables: Vec<String> =
            tables.map(|(number, table)| table.written(number, self.dialect)).collect();
        // Behind a comma PostgreSQL would look for the best order of any number of tables.
        Condition::Text(format!("(SELECT {all} FROM {})", tables.join(" CROSS JOIN ")))
    }
}

impl Table {
    fn of(exists: &Exists) -> Self {
        let Exists { from, which, is_index, .. } = exists;
        Self {
            from: from.clone(),
            which: which.clone(),
            is_index: *is_index,
            conditions: Vec::new(),
        }
    }

    fn takes(&self, exists: &Exists) -> bool {
        let is_same = self.from == exists.from && self.which == exists.which;
        is_same && self.is_index == exists.is_index && self.conditions.len() < MOST_COLUMNS
    }

    fn written(&self, number: usize, dialect: Dialect) -> String {
        let any = match dialect {
            Dialect::Sqlite => "max",
            Dialect::Postgres => "bool_or",
        };
        let conditions = self.conditions.iter().zip(1..);
        let columns: Vec<String> =
            conditions.map(|(condition, n)| format!("{any}({condition}) AS c{n}")).collect();
        // An index by value is used for nothing but values.
        let values = self.is_index.then(|| format!("({})", self.conditions.join(" OR ")));
        let rows: Vec<String> = self.which.iter().cloned().chain(values).collect();
        let rows =
            if rows.is_empty() { String::new() } else { format!(" WHERE {}", rows.join(" AND ")) };
        format!("(SELECT {} FROM {}{rows}) l{number}", columns.join(", "), self.from)
    }
}
