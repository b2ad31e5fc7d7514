//! The program, as its README runs it.

use std::process::Command;

#[test]
fn badges_are_typed_unique_and_validated() {
    let output = Command::new(env!("CARGO_BIN_EXE_custom-extension")).output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let [created, taken, wrong, missing] = lines.as_slice() else { panic!("{lines:#?}") };
    assert!(created.starts_with("201") && created.contains(r#"zones: ["lobby", "vault"]"#));
    assert!(taken.starts_with("409") && taken.contains("badge:1.0:User:number"), "{taken}");
    let names_both = wrong.contains("validUntil") && wrong.contains("zones[0]");
    assert!(wrong.starts_with("400") && names_both, "{wrong}");
    assert!(missing.starts_with("400") && missing.contains("number"), "{missing}");
}
