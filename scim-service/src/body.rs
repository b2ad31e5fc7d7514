//! Bodies of requests and answers.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use scim_core::{Compat, Error, json};
use serde_json::Value;

use crate::Limits;

/// The body of an answer.
#[derive(Debug, Default)]
pub struct Body(Full<Bytes>);

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::default()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Full::new(bytes))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Reads a JSON body (RFC 7644 §3.1, §3.8).
///
/// # Errors
/// 415 for another content type or charset, 413 for too large a body, 400 invalidSyntax for what
/// is no JSON.
pub(crate) async fn read<B>(
    headers: &HeaderMap,
    body: B,
    max: usize,
    limits: &Limits,
) -> Result<Value, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    check_content_type(headers)?;
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    let collected = Limited::new(body, max).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            too_large(max)
        } else {
            Error::invalid_syntax("the body was cut off")
        }
    })?;
    Ok(json::from_slice(&collected.to_bytes(), &limits.json)?)
}

fn too_large(max: usize) -> Error {
    let detail = format!("the body is larger than {max} bytes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// JSON in UTF-8, by either name; a request without a content type is taken for JSON.
fn check_content_type(headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let json = matches!(parts.next(), Some("application/scim+json" | "application/json"));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim() == "charset" => {
            matches!(charset.trim().trim_matches('"'), "utf-8" | "utf8" | "us-ascii")
        }
        _ => true,
    });
    if json && utf8 {
        return Ok(());
    }
    let detail = "the body must be `application/scim+json` or `application/json` in UTF-8";
    Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
}

/// Whether the client takes an answer in JSON (RFC 7644 §3.8).
///
/// # Errors
/// 406 if not, unless [`Compat`] lets it pass.
pub(crate) fn check_accept(headers: &HeaderMap, compat: &Compat) -> Result<(), Error> {
    let takes = |range: &str| {
        let range = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(
            range.as_str(),
            "application/scim+json" | "application/json" | "application/*" | "*/*" | ""
        )
    };
    let mut accepted = headers.get_all(header::ACCEPT).iter().peekable();
    let any = compat.any_accept || accepted.peek().is_none();
    if any || accepted.any(|value| value.to_str().is_ok_and(|ranges| ranges.split(',').any(takes)))
    {
        return Ok(());
    }
    Err(Error::new(StatusCode::NOT_ACCEPTABLE, "answers are `application/scim+json`"))
}
