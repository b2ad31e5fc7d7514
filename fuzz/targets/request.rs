//! Requests, one after the other, with a line `====` between two: a line of method and path,
//! header lines, an empty line, the body.
#![no_main]

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use scim_fuzz::exchange;

fuzz_target!(|bytes: &[u8]| {
    exchange::start_over();
    let mut rest = bytes;
    for _ in 0..8 {
        let (one, more) = cut(rest, b"\n====\n");
        if let Some(request) = read(one) {
            exchange::send(request);
        }
        if more.is_empty() {
            break;
        }
        rest = more;
    }
});

fn read(bytes: &[u8]) -> Option<Request<Full<Bytes>>> {
    let (line, mut rest) = cut(bytes, b"\n");
    let (method, path) = cut(line, b" ");
    let mut request =
        Request::builder().method(Method::from_bytes(method).ok()?).uri(exchange::uri(path)?);
    loop {
        let (line, more) = cut(rest, b"\n");
        rest = more;
        if line.is_empty() {
            break;
        }
        let (name, value) = cut(line, b": ");
        let name = HeaderName::from_bytes(name).ok()?;
        request = request.header(name, HeaderValue::from_bytes(value).ok()?);
    }
    request.body(Full::from(Bytes::copy_from_slice(rest))).ok()
}

/// What stands before a separator, and after it.
fn cut<'a>(bytes: &'a [u8], separator: &[u8]) -> (&'a [u8], &'a [u8]) {
    match bytes.windows(separator.len()).position(|window| window == separator) {
        Some(at) => (&bytes[..at], &bytes[at + separator.len()..]),
        None => (bytes, &[]),
    }
}
