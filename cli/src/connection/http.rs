//! The client's transport over HTTP/1.1: connections are kept and used again, redirects are not followed, answers are
//! read as they arrive.

use super::{ServerAddress, Trust};
use ::http::{HeaderMap, Method, Request, Response, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use sealward_client::transport::{ByteStream, HttpRequest, HttpResponse, Transport, Unreachable};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(15);
/// Longest wait for the first byte of an answer, or for the next one.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for the whole of an answer that is taken whole.
const WHOLE: Duration = Duration::from_secs(600);
/// Connections that nobody uses are closed after this.
const KEPT_IDLE: Duration = Duration::from_secs(60);

/// Sends requests to one server. Clones share its connections, which belong to the runtime that they are first used in.
#[derive(Clone)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    origin: Arc<str>,
}

impl Http {
    /// A way to a server; nothing is sent yet.
    #[must_use]
    pub fn new(server: &ServerAddress, trust: &Trust) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECTING));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trust.config())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(KEPT_IDLE).build(connector);
        Self { client, origin: server.origin().into() }
    }

    /// Fetches what stands at a path, in one form of encoding, whole and as it was sent; more than `most` bytes are refused.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn get(&self, path: &str, encoding: &'static str, most: usize) -> Result<Given, Unreachable> {
        let request = self
            .asking(Method::GET, path)
            // As a browser asks for a page.
            .header(header::ACCEPT, "text/html,*/*")
            .header(header::ACCEPT_ENCODING, encoding)
            .body(Full::default());
        let answer = self.ask(request.map_err(|_| Unreachable)?, most).await.map_err(|_| Unreachable)?;
        let (parts, body) = answer.into_parts();
        Ok(Given { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() })
    }

    /// A request to the server; nothing is sent yet.
    pub fn asking(&self, method: Method, target: &str) -> ::http::request::Builder {
        Request::builder().method(method).uri(format!("{}{target}", self.origin))
    }

    /// Sends a request and takes the answer, whole; more than `most` bytes are refused, and so is what takes too long.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn ask(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Response<Zeroizing<Vec<u8>>>, Unanswered> {
        timeout(WHOLE, self.take(request, most)).await.map_err(|_| Unanswered::Unreachable)?
    }

    async fn take(
        &self,
        request: Request<Full<Bytes>>,
        most: usize,
    ) -> Result<Response<Zeroizing<Vec<u8>>>, Unanswered> {
        let answering = timeout(PATIENCE, self.client.request(request)).await;
        let answer = answering.map_err(|_| Unanswered::Unreachable)?.map_err(|_| Unanswered::Unreachable)?;
        let (parts, body) = answer.into_parts();
        let (mut stream, mut pieces, mut length) = (Body(body), Vec::new(), 0_usize);
        while let Some(piece) = stream.next().await.map_err(|_| Unanswered::Unreachable)? {
            length = length.saturating_add(piece.len());
            if length > most {
                return Err(Unanswered::TooLarge);
            }
            pieces.push(Zeroizing::new(piece));
        }
        // In its final size, so that growth leaves nothing behind.
        let mut whole = Zeroizing::new(Vec::with_capacity(length));
        pieces.iter().for_each(|piece| whole.extend_from_slice(piece));
        Ok(Response::from_parts(parts, whole))
    }

    /// Sends a request to the same path of the server and gives its answer as it arrives, judged by nobody.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn pass_on(
        &self,
        method: Method,
        target: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Incoming>, Unreachable> {
        let mut request = self.asking(method, target).body(Full::new(body)).map_err(|_| Unreachable)?;
        *request.headers_mut() = headers;
        timeout(PATIENCE, self.client.request(request)).await.map_err(|_| Unreachable)?.map_err(|_| Unreachable)
    }

    fn prepare(&self, request: HttpRequest) -> Result<Request<Full<Bytes>>, Unreachable> {
        // Hints come as an event stream whatever form is asked for; all else in the form asked for.
        let accept = if request.streams {
            format!("{}, text/event-stream", request.format.sequence_media_type())
        } else {
            request.format.media_type().to_owned()
        };
        let target = format!("{}{}", self.origin, request.target);
        let mut prepared =
            Request::builder().method(request.method.as_str()).uri(target).header(header::ACCEPT, accept);
        if let Some(token) = &request.token {
            let mut bearer =
                header::HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| Unreachable)?;
            bearer.set_sensitive(true);
            prepared = prepared.header(header::AUTHORIZATION, bearer);
        }
        if let Some(key) = &request.key {
            prepared = prepared.header("idempotency-key", key);
        }
        if !request.body.is_empty() {
            prepared = prepared.header(header::CONTENT_TYPE, request.format.media_type());
        }
        prepared.body(Full::new(Bytes::from(request.body))).map_err(|_| Unreachable)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// There is no connection, or it broke off, or it took too long.
    Unreachable,
    /// It is larger than what was asked for can be.
    TooLarge,
}

/// A file as it was given.
pub struct Given {
    /// HTTP status.
    pub status: u16,
    /// What it says of it.
    pub headers: ::http::HeaderMap,
    /// Its bytes, encoded.
    pub body: Vec<u8>,
}

/// A body as it arrives.
pub struct Body(Incoming);

impl Transport for Http {
    type Stream = Body;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let (status, mut stream) = self.open(request).await?;
        let mut body = Vec::new();
        while let Some(bytes) = stream.next().await? {
            if body.is_empty() {
                body = bytes;
            } else {
                body.extend_from_slice(&bytes);
            }
        }
        Ok(HttpResponse { status, body })
    }

    async fn open(&self, request: HttpRequest) -> Result<(u16, Body), Unreachable> {
        let answering = self.client.request(self.prepare(request)?);
        let answer = timeout(PATIENCE, answering).await.map_err(|_| Unreachable)?.map_err(|_| Unreachable)?;
        Ok((answer.status().as_u16(), Body(answer.into_body())))
    }
}

impl ByteStream for Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unreachable> {
        loop {
            let frame = timeout(PATIENCE, self.0.frame()).await.map_err(|_| Unreachable)?;
            let Some(frame) = frame else { return Ok(None) };
            // Trailers are no part of the body.
            if let Ok(data) = frame.map_err(|_| Unreachable)?.into_data() {
                return Ok(Some(data.into()));
            }
        }
    }
}
