//! A client's transport over a socket. After a broken connection the next request opens another.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use sealward_client::transport::{ByteStream, HttpRequest, HttpResponse, Transport, Unreachable};
use std::{cell::RefCell, net::SocketAddr, rc::Rc};

type Sender = http1::SendRequest<Full<Bytes>>;

/// A way to the server. Clones share the token that was sent last.
pub struct Wire {
    address: SocketAddr,
    sender: futures_util::lock::Mutex<Option<Sender>>,
    token: Rc<RefCell<Option<String>>>,
}

impl Wire {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, sender: futures_util::lock::Mutex::new(None), token: Rc::default() }
    }

    /// Where the token of the session shows up, for requests by hand.
    pub fn token(&self) -> Rc<RefCell<Option<String>>> {
        Rc::clone(&self.token)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let mut slot = self.sender.lock().await;
        let answered = match slot.take() {
            Some(sender) if !sender.is_closed() => Ok(sender),
            _ => open(self.address).await,
        };
        let mut sender = answered?;
        let token = request.token.as_ref().map(|token| token.expose().to_owned());
        let answer = send(&mut sender, self.address, request).await?;
        *slot = Some(sender);
        if token.is_some() {
            *self.token.borrow_mut() = token;
        }
        Ok(answer)
    }
}

async fn open(address: SocketAddr) -> Result<Sender, Unreachable> {
    let stream = tokio::net::TcpStream::connect(address).await.map_err(|_| Unreachable)?;
    stream.set_nodelay(true).map_err(|_| Unreachable)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Unreachable)?;
    tokio::spawn(connection);
    Ok(sender)
}

async fn send(sender: &mut Sender, address: SocketAddr, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let accept = if request.streams { request.format.sequence_media_type() } else { request.format.media_type() };
    let mut prepared = Request::builder()
        .method(request.method.as_str())
        .uri(&request.target)
        .header("host", address.to_string())
        .header("content-type", request.format.media_type())
        .header("accept", accept);
    if let Some(token) = &request.token {
        prepared = prepared.header("authorization", format!("Bearer {}", token.expose()));
    }
    if let Some(key) = &request.key {
        prepared = prepared.header("idempotency-key", key);
    }
    let prepared = prepared.body(Full::new(request.body.into())).map_err(|_| Unreachable)?;
    let answer = sender.send_request(prepared).await.map_err(|_| Unreachable)?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map_err(|_| Unreachable)?.to_bytes().to_vec();
    Ok(HttpResponse { status, body })
}

/// A streamed answer, read whole.
pub struct Whole(Option<Vec<u8>>);

impl ByteStream for Whole {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unreachable> {
        Ok(self.0.take())
    }
}

impl Transport for Wire {
    type Stream = Whole;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        self.exchange(request).await
    }

    async fn open(&self, request: HttpRequest) -> Result<(u16, Whole), Unreachable> {
        let answer = self.exchange(request).await?;
        Ok((answer.status, Whole(Some(answer.body))))
    }
}
