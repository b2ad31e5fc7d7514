//! Paths of PATCH operations: what is read can be printed and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scim_filter::{Options, PatchPath};
use scim_fuzz::{law, sample};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for compat in sample::COMPATS {
        match PatchPath::parse_with(text, &Options::STRICT.compat(compat)) {
            Ok(path) => {
                let printed = path.to_string();
                let again =
                    PatchPath::parse_with(&printed, &sample::roomy(scim_core::Compat::STRICT))
                        .expect("printed, but not readable");
                assert_eq!(again, path, "printed, but read as something else");
                assert_eq!(again.to_string(), printed, "printed twice, not the same");
            }
            Err(error) => {
                assert!(text.get(error.span()).is_some(), "a span outside the text");
                law::refused(error);
            }
        }
    }
});
