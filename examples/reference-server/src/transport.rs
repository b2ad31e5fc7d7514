//! Connections: TCP, TLS, HTTP/1.1 and HTTP/2, and how long each may take.

mod deadline;
mod idle;
mod tls;

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use clap::Args;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tower::{ServiceBuilder, util::MapRequestLayer};

pub(crate) use tls::acceptor;

use self::{deadline::within, idle::Idle};

/// How long the server waits for a client.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Patience {
    /// Seconds within which the head of a request must have come, and the next request on an
    /// HTTP/1.1 connection.
    #[arg(long, env = "SCIM_HEADER_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    header_timeout: u64,
    /// Seconds within which the body of a request must have come.
    #[arg(long, env = "SCIM_BODY_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    body_timeout: u64,
    /// Seconds of silence in both directions after which a connection is closed.
    #[arg(long, env = "SCIM_IDLE_TIMEOUT", value_name = "SECONDS", default_value_t = 75)]
    idle_timeout: u64,
    /// Seconds that a server which is asked to stop gives the requests that it has accepted.
    #[arg(long, env = "SCIM_STOP_TIMEOUT", value_name = "SECONDS", default_value_t = 30)]
    stop_timeout: u64,
}

/// Connections at a time; further ones wait.
const CONNECTIONS: usize = 4096;

/// How long no connection is accepted after one could not be, for want of files.
const BREATH: Duration = Duration::from_millis(50);

/// Serves connections until asked to stop, and then finishes the requests that were accepted.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    app: Router,
    patience: Patience,
    asked_to_stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut asked_to_stop = pin!(asked_to_stop);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut asked_to_stop => break,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(BREATH).await;
            continue;
        };
        let (tls, app, watcher) = (tls.clone(), app.clone(), graceful.watcher());
        tokio::spawn(async move {
            let _place = place;
            let Some(stream) = secured(stream, tls, patience).await else { return };
            let layer = MapRequestLayer::new(move |request: Request<_>| {
                within(request, Duration::from_secs(patience.body_timeout))
            });
            let service = TowerToHyperService::new(ServiceBuilder::new().layer(layer).service(app));
            let protocol = protocol(patience);
            let connection = protocol.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(Duration::from_secs(patience.stop_timeout), graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests were not finished in time");
    }
}

fn protocol(patience: Patience) -> Builder<TokioExecutor> {
    let mut protocol = Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(patience.header_timeout));
    protocol.http2().timer(TokioTimer::new()).max_concurrent_streams(128);
    protocol
}

/// What connections are read from and written to.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// The connection under TLS, if that is asked for; `None` if the client fails at it.
async fn secured(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    patience: Patience,
) -> Option<Box<dyn Stream>> {
    let _ = stream.set_nodelay(true);
    let stream = Idle::new(stream, Duration::from_secs(patience.idle_timeout));
    let Some(tls) = tls else { return Some(Box::new(stream)) };
    let handshake = tls.accept(stream);
    let limit = Duration::from_secs(patience.header_timeout);
    match tokio::time::timeout(limit, handshake).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}
