//! Requests made up: real ones changed here and there, and others put together from parts.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::law::escaped;

/// A request as it is made up.
#[derive(Clone, Debug)]
pub(super) struct Made {
    method: String,
    path: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// Real requests: those of the corpus of the fuzz target, one after the other.
fn real() -> Vec<Made> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/corpus/request");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
    let requests: Vec<Made> =
        texts.flat_map(|text| text.split("\n====\n").map(read).collect::<Vec<_>>()).collect();
    assert!(requests.len() > 15, "the corpus has moved");
    requests
}

fn read(text: &str) -> Made {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap_or_default().split_once(' ').unwrap_or_default();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Made {
        method: method.to_owned(),
        path: path.into(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.into())).collect(),
        body: body.into(),
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

/// Some bytes of a text replaced by others.
fn mutated(text: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&str] = &[
        "",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e400",
        "\\u0000",
        "\\ud800",
        "\u{feff}",
        "%00",
        "%ff",
        "&",
        "=",
        "/",
        "é",
        "members",
        "bulkId:q1",
        "password",
        "userName",
        "value",
        "id",
        "schemas",
        "$ref",
    ];
    let piece = prop_oneof![select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()), bytes()];
    let edits = vec((any::<prop::sample::Index>(), 0..6_usize, piece), 0..4);
    edits.prop_map(move |edits| {
        let mut text = text.clone();
        for (at, length, piece) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            text.splice(at..end, piece);
        }
        text
    })
}

fn method() -> impl Strategy<Value = String> {
    const METHODS: &[&str] =
        &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "QUERY"];
    prop_oneof![9 => select(METHODS).prop_map(str::to_owned), 1 => "[A-Z!#$%&'*+.^_`|~-]{1,9}"]
}

fn path() -> impl Strategy<Value = Vec<u8>> {
    const PATHS: &[&str] = &[
        "/",
        "",
        "/Users",
        "/Groups",
        "/Users/1",
        "/Users/2",
        "/Groups/3",
        "/Users/.search",
        "/.search",
        "/Bulk",
        "/Me",
        "/Schemas",
        "/ResourceTypes/User",
        "/ServiceProviderConfig",
        "/v2/Users",
        "/v1/Users",
        "/scim/v2/Users/1",
        "/Users/1/",
        "//Users",
    ];
    const FILTERS: &[&str] = &[
        "userName eq \"alice\"",
        "emails[type eq \"work\"].value pr",
        "not (active eq true)",
        "members.value eq \"1\"",
        "meta.created gt \"2010-01-01T00:00:00Z\"",
        "((((id pr))))",
        "password eq \"x\"",
        "userName co \"",
        "id pr and",
        "manager.value ne null",
    ];
    const NAMES: &[&str] = &[
        "userName",
        "emails.value",
        "meta.created",
        "name",
        "members",
        "password",
        "nosuch",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "id,schemas",
        "$ref",
        "",
    ];
    const NUMBERS: &[&str] = &["0", "1", "-1", "2", "99999999999999999999", "1.5", "x", ""];
    let parameter = prop_oneof![
        select(FILTERS).prop_map(|text| format!("filter={text}").into_bytes()),
        (select(&["sortBy", "attributes", "excludedAttributes"][..]), select(NAMES))
            .prop_map(|(name, value)| format!("{name}={value}").into_bytes()),
        (select(&["startIndex", "count"][..]), select(NUMBERS))
            .prop_map(|(name, value)| format!("{name}={value}").into_bytes()),
        select(&["cursor", "cursor=", "cursor=abc", "sortOrder=descending"][..])
            .prop_map(|text| text.as_bytes().to_vec()),
        bytes(),
    ];
    let query = vec(parameter, 0..4).prop_map(|parameters| parameters.join(&b'&'));
    (select(PATHS), option::of(bytes()), option::of(query)).prop_map(|(path, segment, query)| {
        let mut path = path.as_bytes().to_vec();
        if let Some(segment) = segment {
            path.push(b'/');
            path.extend(segment);
        }
        if let Some(query) = query {
            path.push(b'?');
            path.extend(query);
        }
        path
    })
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    const NAMES: &[&str] =
        &["if-match", "if-none-match", "content-type", "accept", "content-length", "host"];
    const VALUES: &[&str] = &[
        "*",
        "W/\"1\"",
        "\"1\"",
        "W/\"",
        ",",
        "application/scim+json",
        "application/json; charset=x",
        "text/html",
        "0",
        "99999999999999999999",
        "-1",
        "",
    ];
    let value =
        prop_oneof![4 => select(VALUES).prop_map(|text| text.as_bytes().to_vec()), 1 => bytes()];
    (select(NAMES).prop_map(str::to_owned), value)
}

/// A real request changed here and there, or one made of parts.
pub(super) fn made() -> impl Strategy<Value = Made> {
    let changed = |real: Made| {
        (
            mutated(real.path),
            mutated(real.body),
            option::weighted(0.1, method()),
            vec(header(), 0..2),
        )
            .prop_map(move |(path, body, method, more)| Made {
                method: method.unwrap_or_else(|| real.method.clone()),
                path,
                headers: real.headers.iter().cloned().chain(more).collect(),
                body,
            })
    };
    let bodies: Vec<Vec<u8>> = real().into_iter().map(|real| real.body).collect();
    let composed = (method(), path(), vec(header(), 0..3), select(bodies).prop_flat_map(mutated))
        .prop_map(|(method, path, headers, body)| Made { method, path, headers, body });
    prop_oneof![select(real()).prop_flat_map(changed), composed]
}

/// The request, unless HTTP itself has no place for it.
pub(super) fn request(made: &Made) -> Option<Request<Full<Bytes>>> {
    let uri: Uri = escaped(&made.path).parse().ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in &made.headers {
        headers.append(HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    let method = Method::from_bytes(made.method.as_bytes()).ok()?;
    let mut request =
        Request::builder().method(method).uri(uri).body(Full::from(made.body.clone())).ok()?;
    *request.headers_mut() = headers;
    Some(request)
}
