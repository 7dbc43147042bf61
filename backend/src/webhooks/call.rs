//! One call: a POST over a connection of its own, which is closed after it. Redirections are not followed, and nothing of
//! the answer but its status is read.

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use sealward_contract::operations::webhooks::DeliveryResult;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::target::{Host, Target};

/// Most bytes of an answer's head that are read.
const HEAD: usize = 16 * 1024;

/// Posts a body, and gives the status of the answer.
pub(super) async fn post(
    target: &Target,
    to: SocketAddr,
    tls: Arc<ClientConfig>,
    signed: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
) -> Result<u16, DeliveryResult> {
    let request = request(target, signed, body).ok_or(DeliveryResult::Refused)?;
    let stream = TcpStream::connect(to).await.map_err(|_| DeliveryResult::Unreachable)?;
    if !target.secure {
        return exchange(stream, request).await;
    }
    let name = match &target.host {
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|_| DeliveryResult::Refused)?,
        Host::Address(address) => ServerName::from(*address),
    };
    let secured = TlsConnector::from(tls).connect(name, stream).await;
    exchange(secured.map_err(|error| explain(&error))?, request).await
}

fn request(target: &Target, signed: Vec<(HeaderName, HeaderValue)>, body: Vec<u8>) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(&target.path)
        .header(header::HOST, &target.authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "Sealward-Webhooks")
        .header(header::CONNECTION, "close")
        .body(Full::new(Bytes::from(body)))
        .ok()?;
    request.headers_mut().extend(signed);
    Some(request)
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, DeliveryResult>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let opened = http1::Builder::new().max_buf_size(HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = opened.map_err(|_| DeliveryResult::Unreachable)?;
    // It is driven beside the request, not by a task of its own: whoever stops waiting closes it.
    let answered = sender.send_request(request);
    tokio::pin!(answered);
    let answer = tokio::select! {
        answer = &mut answered => answer,
        // The answer may have come with the end of the connection.
        _ = connection => answered.await,
    };
    answer.map(|answer| answer.status().as_u16()).map_err(|_| DeliveryResult::Unreachable)
}

/// What a connection that could not be secured failed of.
fn explain(error: &std::io::Error) -> DeliveryResult {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(_)) => DeliveryResult::Untrusted,
        _ => DeliveryResult::Unreachable,
    }
}
