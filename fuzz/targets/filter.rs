//! Filters: what is read can be printed and read again, checked, evaluated and negated.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_core::Compat;
use scim_filter::{Filter, Options};
use scim_fuzz::{law, sample};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut read = Vec::new();
    for compat in sample::COMPATS {
        match Filter::parse_with(text, &Options::STRICT.compat(compat)) {
            Ok(filter) => read.push((filter, compat)),
            Err(error) => {
                let span = error.span();
                assert!(text.get(span).is_some(), "a span outside the text");
                assert!(!format!("{error:#}").is_empty());
                law::refused(error);
            }
        }
    }
    for (filter, compat) in &read {
        let printed = filter.to_string();
        let strict = sample::roomy(Compat::STRICT);
        let again = Filter::parse_with(&printed, &strict).expect("printed, but not readable");
        assert_eq!(&again, filter, "printed, but read as something else");
        assert_eq!(again.to_string(), printed, "printed twice, not the same");

        let negated = format!("not ({printed})");
        let negated = Filter::parse_with(&negated, &strict).expect("a filter can be negated");
        let user = &*sample::STORED_USER;
        assert_ne!(filter.matches(user), negated.matches(user), "and its negation");

        let options = sample::roomy(*compat);
        match filter.check(&*sample::USERS, &options) {
            Ok(checked) => {
                // A bareword such as `faLse` is printed as `false`, which as a string is another.
                if *compat == Compat::STRICT {
                    let same = again.check(&*sample::USERS, &options).expect("checked before");
                    assert_eq!(checked, same, "printed, but checked as something else");
                }
                let opposite = negated.check(&*sample::USERS, &options).expect("checked before");
                assert_ne!(checked.matches(user), opposite.matches(user), "and its negation");
            }
            Err(error) => law::refused(error),
        }
    }
});
