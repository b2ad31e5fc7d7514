//! Paths and query strings of GET requests; what cannot stand in a URI is percent-encoded first.
#![no_main]

use std::sync::Once;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use scim_fuzz::exchange;

static START: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    START.call_once(exchange::start_over);
    let Some(uri) = exchange::uri(bytes) else { return };
    let Ok(request) = Request::get(uri).body(Full::<Bytes>::default()) else { return };
    exchange::send(request);
});
