//! Law: SQL finds the resources that the evaluator finds.

use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use scim_filter::{Options, testing::Schema};

use super::{agree, database::Database, engine::Engine, generate};

#[test]
fn sql_finds_what_the_evaluator_finds() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let engines = std::cell::RefCell::new(Engine::all());
    let all =
        generate::filter().prop_flat_map(|filter| (generate::resources(&filter), Just(filter)));
    TestRunner::new(config)
        .run(&all, |(resources, filter)| {
            let checked = filter.check(&Schema, &Options::STRICT).unwrap();
            let text = filter.to_string();
            for engine in engines.borrow_mut().iter_mut() {
                engine.load(&resources);
                agree::filter_agrees(engine, &resources, &checked, &text)
                    .map_err(TestCaseError::fail)?;
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}
