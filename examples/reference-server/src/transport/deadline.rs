//! Bodies that have to come within some time.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{BoxError, body::Body, extract::Request};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

/// A body that fails once its time is over.
struct Deadline {
    body: Body,
    end: Pin<Box<Sleep>>,
}

/// The same request, with a body that has to come within the limit.
pub(super) fn within<B>(request: Request<B>, limit: Duration) -> Request
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    if request.body().is_end_stream() {
        return request.map(|_| Body::empty());
    }
    request.map(|body| {
        let end = Box::pin(tokio::time::sleep(limit));
        Body::new(Deadline { body: Body::new(body), end })
    })
}

impl http_body::Body for Deadline {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Pending if self.end.as_mut().poll(cx).is_ready() => {
                Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())))
            }
            frame => frame.map_err(Into::into),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
