//! Law: SQL finds the resources that the evaluator finds.

use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use scim_filter::{Filter, Options, testing::Schema};
use serde_json::Value;

use super::{engine::Engine, generate, ids, is_out_of_reach, layout::Form, table};

fn agree(
    engines: &mut [Engine],
    resources: &[Value],
    filter: &Filter,
) -> Result<(), TestCaseError> {
    let checked = filter.check(&Schema, &Options::STRICT).unwrap();
    let expected = ids(resources, &checked);
    let plain = table::is_lowered_alike(&filter.to_string())
        && resources.iter().all(table::is_exact_in_columns);
    for engine in engines {
        engine.load(resources);
        for form in Form::ALL {
            match engine.find(&checked, form) {
                _ if form == Form::Plain && !plain => {}
                Err(error) if is_out_of_reach(form, &error) => {}
                found => prop_assert_eq!(found, Ok(expected.clone()), "{:?} {:?}", engine, form),
            }
        }
    }
    Ok(())
}

#[test]
fn sql_finds_what_the_evaluator_finds() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let mut engines = Engine::all();
    let engines = std::cell::RefCell::new(&mut engines);
    let all = (generate::resources(), generate::filter());
    TestRunner::new(config)
        .run(&all, |(resources, filter)| agree(&mut engines.borrow_mut(), &resources, &filter))
        .unwrap_or_else(|error| panic!("{error}"));
}
