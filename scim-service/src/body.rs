//! Bodies of requests and answers.

use std::{
    fmt,
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use scim_core::{Compat, Error, json};
use serde_json::Value;

use crate::{Limits, StoreError};

/// The body of an answer: whole, or in pieces that are made while they are sent.
#[derive(Default)]
pub struct Body(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    Whole(Bytes),
    Pieces(Pieces),
}

type Pieces = Box<dyn Iterator<Item = Result<Bytes, StoreError>> + Send>;

/// A store failed while an answer was being sent, which therefore breaks off.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the answer broke off")]
pub struct BodyError;

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A body in pieces.
    pub(crate) fn stream(
        pieces: impl Iterator<Item = Result<Bytes, StoreError>> + Send + 'static,
    ) -> Self {
        Self(Inner::Pieces(Box::new(pieces)))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() { Inner::Empty } else { Inner::Whole(bytes) })
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("size", &self.size_hint()).finish()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let next = match &mut self.0 {
            Inner::Empty => None,
            Inner::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Inner::Pieces(pieces) => pieces.next(),
        };
        if !matches!(self.0, Inner::Pieces(_)) || next.is_none() {
            self.0 = Inner::Empty;
        }
        Poll::Ready(next.map(|piece| match piece {
            Ok(bytes) => Ok(Frame::data(bytes)),
            Err(error) => {
                error.log();
                Err(BodyError)
            }
        }))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Inner::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Empty => SizeHint::with_exact(0),
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Pieces(_) => SizeHint::default(),
        }
    }
}

/// A JSON body, and the text it was read from.
#[derive(Default)]
pub(crate) struct Json {
    pub(crate) value: Value,
    pub(crate) text: Bytes,
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
) -> Result<Json, Error>
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
    let text = collected.to_bytes();
    Ok(Json { value: json::from_slice(&text, &limits.json)?, text })
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
