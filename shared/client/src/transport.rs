//! How requests reach the server. The browser's worker fetches; tests call the router; the command line opens sockets.

use sealward_contract::operations::{Method, session::SessionToken, wire::Format};

/// The server could not be reached, or broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server cannot be reached")]
pub struct Unreachable;

/// A request. It has no Debug: a token may be in it.
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// Token for the `Authorization` header.
    pub token: Option<SessionToken>,
    /// Form of the body and of the answer that is wanted.
    pub format: Format,
    /// Whether a stream of values is wanted rather than one.
    pub streams: bool,
    /// `Idempotency-Key`.
    pub key: Option<String>,
    /// Body; empty for none.
    pub body: Vec<u8>,
}

/// An answer.
pub struct HttpResponse {
    /// Status.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// An answer that arrives bit by bit.
pub trait ByteStream {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Unreachable`] when the connection broke.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, Unreachable>>;
}

/// Something that sends requests.
pub trait Transport: 'static {
    /// A streamed answer.
    type Stream: ByteStream;

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn send(&self, request: HttpRequest) -> impl Future<Output = Result<HttpResponse, Unreachable>>;

    /// Sends a request and gives status and body as it arrives.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn open(&self, request: HttpRequest) -> impl Future<Output = Result<(u16, Self::Stream), Unreachable>>;
}
