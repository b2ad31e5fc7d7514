//! The PostgreSQL that tests run against.

use std::{env, fmt::Display};

/// Where tests find PostgreSQL: what `SCIM_TEST_POSTGRES` says, or else the local server. Whoever
/// cannot connect calls [`without`].
///
/// ```no_run
/// use scim_filter::testing::postgres;
/// # mod client {
/// #     pub fn connect(_: &str) -> Result<(), String> { Ok(()) }
/// # }
///
/// let connection = client::connect(&postgres::address()).or_else(postgres::without);
/// let Ok(connection) = connection else { return };
/// ```
pub fn address() -> String {
    env::var("SCIM_TEST_POSTGRES")
        .unwrap_or_else(|_| "host=127.0.0.1 user=root dbname=test connect_timeout=5".to_owned())
}

/// There is no PostgreSQL, for this reason: a test says so, and passes without it.
///
/// # Errors
/// Always: the reason.
///
/// # Panics
/// If the environment has `CI=true`, where everything is tested, or an address was given.
#[expect(clippy::print_stderr, reason = "a test that does not run must say so")]
pub fn without<T, E: Display>(reason: E) -> Result<T, E> {
    let is_wanted =
        env::var("CI").is_ok_and(|ci| ci == "true") || env::var_os("SCIM_TEST_POSTGRES").is_some();
    assert!(!is_wanted, "no PostgreSQL: {reason}");
    eprintln!("NOT TESTED against PostgreSQL, for there is none: {reason}");
    Err(reason)
}
