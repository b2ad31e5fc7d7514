//! The program, as its README runs it.

use std::process::Command;

const TOLD: &str = "\
okta POST /Users: 400 the last owner must stay
okta POST /Users: 201 ann
okta POST /Users: 400 `userName` must be an address of example.com
okta POST /Users: 201 bob
auditor GET /Users/4: 200 bob
auditor DELETE /Users/4: 403 auditors may only read
okta DELETE /Users/4: 400 an active user is not deleted
okta PATCH /Users/4: 200 bob
okta DELETE /Users/4: 204 
okta PATCH /Users/2: 400 the last owner must stay
";

#[test]
fn the_rules_hold() {
    let output = Command::new(env!("CARGO_BIN_EXE_policy")).output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), TOLD);
}
