//! The program, as its README runs it.
#![expect(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::process::Command;

/// What it writes, and whether it succeeds.
fn run(filter: &str) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_filter-only")).arg(filter).output().unwrap();
    let written = if output.status.success() { output.stdout } else { output.stderr };
    (String::from_utf8(written).unwrap(), output.status.success())
}

#[test]
fn ships_are_found() {
    for (filter, found) in [
        ("afloat eq true and tonnage gt 1000", "Nautilus\n"),
        (r#"crew[name eq "FLINT" and rank eq "captain"]"#, "Walrus\n"),
        (r#"crew[name eq "jim" and rank eq "captain"]"#, ""),
        (r#"not (name co "us")"#, "Hispaniola\n"),
    ] {
        assert_eq!(run(filter), (found.to_owned(), true), "{filter}");
    }
}

#[test]
fn errors_name_the_culprit() {
    for (filter, message) in [
        ("tonnage above 100", "        ^^^^^"),
        ("draught gt 3", "`draught` is not a known attribute"),
        (r#"tonnage gt "many""#, "`tonnage`"),
    ] {
        let (error, succeeded) = run(filter);
        assert!(!succeeded && error.contains(message), "{error}");
    }
}
