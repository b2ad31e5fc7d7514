//! SQLite held against the evaluator, with the tables and generators of scim-filter's own tests.

#[path = "../../scim-filter/tests/it/sql/agree.rs"]
mod agree;
#[path = "../../scim-filter/tests/it/sql/database.rs"]
mod database;
#[path = "../../scim-filter/tests/it/sql/generate.rs"]
mod generate;
#[path = "../../scim-filter/tests/it/sql/layout.rs"]
mod layout;
#[path = "../../scim-filter/tests/it/sql/sqlite.rs"]
mod sqlite;
#[path = "../../scim-filter/tests/it/sql/table.rs"]
mod table;

use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use rusqlite::Connection;
use scim_core::Compat;
use scim_filter::{Filter, Unknown, testing::Schema};

use self::{database::Database, layout::Form};
use crate::sample;

/// A connection to a database in memory, whose tables hold what was loaded last.
pub struct Tables(Connection);

impl Default for Tables {
    fn default() -> Self {
        let mut connection = Connection::open_in_memory().expect("a database in memory");
        connection.define();
        Self(connection)
    }
}

impl Tables {
    /// Holds what a filter finds among some resources, and an order of them, against the
    /// evaluator. The seed decides on the resources and the order; on the filter, too, if its text
    /// is empty.
    ///
    /// # Panics
    /// If the two disagree.
    pub fn hold(&mut self, text: &str, seed: &[u8]) {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(seed).for_each(|(byte, seed)| *byte = *seed);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let options = sample::roomy(Compat::INTEROP).unknown(Unknown::Absent);
        let filter = match text {
            "" => some(generate::filter(), &mut runner),
            text => match Filter::parse_with(text, &options) {
                Ok(filter) => filter,
                Err(_) => return,
            },
        };
        let Ok(checked) = filter.check(&Schema, &options) else { return };
        let resources = some(generate::resources(&filter), &mut runner);
        self.0.load(&resources);
        let text = filter.to_string();
        if let Err(error) = agree::filter_agrees(&mut self.0, &resources, &checked, &text) {
            panic!("{error}\n{text}\n{}", serde_json::Value::from(resources));
        }

        let exact = resources.iter().all(table::is_exact_in_columns);
        let forms = Form::ALL.into_iter().filter(|form| exact || *form != Form::Plain);
        let (by, size) = some((select(agree::sortable()), 1..4usize), &mut runner);
        for form in forms {
            let agrees = agree::order_agrees(&mut self.0, form, &resources, Some(by), size);
            if let Err(error) = agrees {
                panic!("{error}\n{}", serde_json::Value::from(resources));
            }
        }
    }
}

fn some<S: Strategy>(strategy: S, runner: &mut TestRunner) -> S::Value {
    strategy.new_tree(runner).expect("nothing is rejected").current()
}
