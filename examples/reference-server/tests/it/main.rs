//! Stand-alone frame around the HTTP client of the tests.

mod http;
