//! Sockets: plain or TLS, a bounded number of connections, time limits against slow clients, and an orderly end.

use super::{
    exchange::{Answer, Asked, Dialect, Unread},
    request_line::{Packed, unpack},
    shared::remote::Remote,
};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// Most connections of one dialect at a time.
const CONNECTIONS: usize = 512;
/// Time for a client to send its request's head, or to agree on TLS.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Time for a client to send its request's body.
const BODY_TIME: Duration = Duration::from_secs(60);
/// Time for open requests when the gateway ends; whoever waits for a password that is being changed has it from then on.
const GRACE: Duration = Duration::from_secs(10);
/// Largest head of a request.
const HEAD_BYTES: usize = 128 * 1024;
/// Largest body of a request.
const BODY_BYTES: usize = 4 * 1024 * 1024;

/// Tells when the gateway is to end.
pub type Stop = watch::Receiver<bool>;

/// Answers in a dialect until it is told to stop, then lets open requests finish: for a short while, and as long as passwords
/// are being changed on resources.
pub async fn serve<D: Dialect>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    dialect: Arc<D>,
    mut stop: Stop,
    remote: Arc<Remote>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file descriptors, mostly: connections that end give them back.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&room).try_acquire_owned() else { continue };
        let (tls, dialect, stop) = (tls.clone(), Arc::clone(&dialect), stop.clone());
        connections.spawn(async move {
            connect(stream, tls, (dialect, peer.ip()), stop).await;
            drop(place);
        });
    }
    drop(listener);
    if timeout(GRACE, all_ended(&mut connections)).await.is_err() {
        remote.finished().await;
        drop(timeout(GRACE, all_ended(&mut connections)).await);
    }
}

async fn all_ended(connections: &mut JoinSet<()>) {
    while connections.join_next().await.is_some() {}
}

async fn connect<D: Dialect>(stream: TcpStream, tls: Option<TlsAcceptor>, asked: (Arc<D>, IpAddr), stop: Stop) {
    // Answers are small, and whoever waits for one sends nothing meanwhile.
    drop(stream.set_nodelay(true));
    match tls {
        None => answer_all(stream, asked, stop).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = timeout(HEAD_TIME, tls.accept(stream)).await {
                answer_all(stream, asked, stop).await;
            }
        }
    }
}

async fn answer_all<D: Dialect, S>(stream: S, (dialect, peer): (Arc<D>, IpAddr), mut stop: Stop)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let dialect = Arc::clone(&dialect);
        async move { Ok::<_, Infallible>(respond(&*dialect, request, peer).await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(HEAD_BYTES);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(Packed::new(stream)), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    // A client that breaks off has nothing to be told.
    drop(connection.await);
}

async fn respond<D: Dialect>(dialect: &D, request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let answer = match (unpack(parts.uri.path()), timeout(BODY_TIME, read(body)).await) {
        (Some(target), Ok(Ok(body))) => {
            let (method, headers) = (parts.method, parts.headers);
            dialect.answer(Asked { method, target, headers, body, peer }).await
        }
        (Some(_), Ok(Err(unread))) => dialect.refuse(unread),
        (None, _) | (_, Err(_)) => dialect.refuse(Unread::Broken),
    };
    let Answer { status, headers, body } = answer;
    let mut response = Response::new(Full::new(Bytes::from_owner(body)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    // Secrets are in some of them, and nobody between here and the client has a reason to keep any.
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

async fn read(body: Incoming) -> Result<Zeroizing<Vec<u8>>, Unread> {
    let mut limited = Limited::new(body, BODY_BYTES);
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(frame) = limited.frame().await {
        let frame = frame.map_err(|error| match error.is::<LengthLimitError>() {
            true => Unread::TooLarge,
            false => Unread::Broken,
        })?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
    }
    Ok(bytes)
}

/// The status of what could not be read.
#[must_use]
pub fn status_of(unread: Unread) -> StatusCode {
    match unread {
        Unread::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Unread::Broken => StatusCode::BAD_REQUEST,
    }
}
