//! Sockets: plain or TLS, a bounded number of connections, time limits against slow clients, and an orderly end.

use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use axum_server::{
    Handle, Server,
    accept::Accept,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use hyper_util::rt::TokioTimer;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::places::{Place, Places};
use crate::{
    config::{Config, DataPlace, Tls},
    metrics::Metrics,
};

/// Most streams of one HTTP/2 connection.
const STREAMS: u32 = 128;
/// Time for a client to send its request's head.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Largest head of an HTTP/1 request.
const HEAD_BYTES: usize = 32 * 1024;
/// Time for open requests when the server ends.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` is done, then lets open requests finish.
///
/// # Errors
/// The socket failed or certificate and key cannot be used.
pub async fn serve(
    config: &Config,
    metrics: Arc<Metrics>,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let handle = Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            stop.await;
            tracing::info!("finishing open requests");
            handle.graceful_shutdown(Some(GRACE));
        }
    });
    listener.set_nonblocking(true)?;
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let places = Places::new(config.connections_per_address, config.trusted_proxies.clone(), metrics);
    let connections = Counted { places };
    match certificate(config).await? {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HEAD_TIME).acceptor(connections);
            let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle);
            limit(&mut server);
            server.serve(service).await?;
        }
        None => {
            let mut server = axum_server::from_tcp(listener)?.acceptor(connections).handle(handle);
            limit(&mut server);
            server.serve(service).await?;
        }
    }
    Ok(())
}

fn limit<A>(server: &mut Server<SocketAddr, A>) {
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD_BYTES as u32)
        .keep_alive_interval(Some(Duration::from_secs(30)));
}

async fn certificate(config: &Config) -> anyhow::Result<Option<RustlsConfig>> {
    let (cert, key) = match (&config.tls, &config.data) {
        (Tls::Off, _) | (Tls::SelfSigned, DataPlace::Memory) => return Ok(None),
        (Tls::Files { cert, key }, _) => (cert.clone(), key.clone()),
        (Tls::SelfSigned, DataPlace::Folder(folder)) => make_self_signed(folder, config)?,
    };
    Ok(Some(RustlsConfig::from_pem_chain_file(cert, key).await?))
}

/// A certificate for the configured origins, made once and kept in the data folder.
fn make_self_signed(folder: &Path, config: &Config) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (cert, key) = (folder.join("tls-cert.pem"), folder.join("tls-key.pem"));
    if cert.exists() && key.exists() {
        return Ok((cert, key));
    }
    let mut names: Vec<String> = config.origins.iter().filter_map(|origin| host(origin)).collect();
    names.push("localhost".to_owned());
    names.sort();
    names.dedup();
    let made = rcgen::generate_simple_self_signed(names)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(&key)?, made.signing_key.serialize_pem().as_bytes())?;
    std::fs::write(&cert, made.cert.pem())?;
    Ok((cert, key))
}

/// The host of an origin, without port and brackets.
fn host(origin: &str) -> Option<String> {
    let authority = origin.split_once("://")?.1;
    if let Some(address) = authority.strip_prefix('[') {
        return Some(address.split_once(']')?.0.to_owned());
    }
    Some(authority.split_once(':').map_or(authority, |(host, _)| host).to_owned())
}

/// Accepts connections while there is room; what comes on top is closed at once.
#[derive(Clone)]
struct Counted {
    places: Arc<Places>,
}

impl<S: Send + 'static> Accept<TcpStream, S> for Counted {
    type Stream = CountedStream;
    type Service = S;
    type Future = std::future::Ready<io::Result<(CountedStream, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let accepted = stream.peer_addr().and_then(|peer| {
            let place = self.places.take(peer.ip()).ok_or_else(|| io::Error::other("too many connections"))?;
            stream.set_nodelay(true)?;
            Ok((CountedStream { stream, _place: place }, service))
        });
        std::future::ready(accepted)
    }
}

/// A connection that gives its place back when it ends.
struct CountedStream {
    stream: TcpStream,
    _place: Place,
}

impl AsyncRead for CountedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        bytes: &[u8],
    ) -> std::task::Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> std::task::Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn finds_the_host_of_an_origin() {
        for (origin, expected) in [
            ("https://vault.example.org", "vault.example.org"),
            ("https://vault.example.org:8443", "vault.example.org"),
            ("https://[::1]:8443", "::1"),
        ] {
            assert_eq!(host(origin).as_deref(), Some(expected));
        }
    }
}
