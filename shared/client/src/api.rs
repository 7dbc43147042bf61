//! One typed call for every operation of the contract.

use crate::transport::{ByteStream, HttpRequest, Transport, Unreachable};
use sealward_contract::{
    operations::{
        Operation,
        session::SessionToken,
        wire::{Format, ReadProblem, read_problem, target},
    },
    problem::Rejection,
};

/// Why a call gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// The operation's own refusal.
    #[error("refused: {0:?}")]
    Own(E),
    /// A refusal that any operation can give.
    #[error(transparent)]
    Rejected(Rejection),
    /// The server could not be reached.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// The answer is not one that this client knows.
    #[error("an answer of status {status} that cannot be read")]
    Unintelligible {
        /// HTTP status.
        status: u16,
    },
}

/// The API over a transport.
pub struct Api<T> {
    transport: Option<T>,
}

impl<T: Transport> Api<T> {
    /// Speaks over this transport.
    pub fn new(transport: T) -> Self {
        Self { transport: Some(transport) }
    }

    /// Speaks to nobody: every call is answered as if the server were away.
    #[must_use]
    pub fn unreachable() -> Self {
        Self { transport: None }
    }

    /// Calls an operation.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<O: Operation>(
        &self,
        token: Option<&SessionToken>,
        path: &O::Path,
        query: &O::Query,
        body: &O::Request,
        key: Option<String>,
    ) -> Result<O::Response, CallError<O::Error>> {
        let request = request::<O>(token, path, query, body, key)?;
        let answer = self.transport.as_ref().ok_or(Unreachable)?.send(request).await?;
        if (200..300).contains(&answer.status) {
            return Format::Cbor.read(&answer.body).map_err(|_| CallError::Unintelligible { status: answer.status });
        }
        Err(refusal(answer.status, &answer.body))
    }

    /// Calls an operation whose answer is a stream.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn open<O: Operation>(
        &self,
        token: Option<&SessionToken>,
        path: &O::Path,
        query: &O::Query,
        body: &O::Request,
    ) -> Result<T::Stream, CallError<O::Error>> {
        let request = request::<O>(token, path, query, body, None)?;
        let (status, mut stream) = self.transport.as_ref().ok_or(Unreachable)?.open(request).await?;
        if (200..300).contains(&status) {
            return Ok(stream);
        }
        let mut body = Vec::new();
        while let Some(bytes) = stream.next().await? {
            body.extend_from_slice(&bytes);
        }
        Err(refusal(status, &body))
    }
}

fn request<O: Operation>(
    token: Option<&SessionToken>,
    path: &O::Path,
    query: &O::Query,
    body: &O::Request,
    key: Option<String>,
) -> Result<HttpRequest, CallError<O::Error>> {
    let target = target::<O>(path, query).ok_or(CallError::Unintelligible { status: 0 })?;
    let has_body = !matches!(O::METHOD, sealward_contract::operations::Method::Get);
    Ok(HttpRequest {
        method: O::METHOD,
        target,
        token: token.cloned(),
        format: Format::Cbor,
        streams: O::STREAMS,
        key,
        body: if has_body { Format::Cbor.write(body) } else { Vec::new() },
    })
}

fn refusal<E: serde::de::DeserializeOwned>(status: u16, body: &[u8]) -> CallError<E> {
    match read_problem(body) {
        Some(ReadProblem::Own(own)) => CallError::Own(own),
        Some(ReadProblem::Rejected(rejection)) => CallError::Rejected(rejection),
        None if status >= 502 => CallError::Unreachable(Unreachable),
        None => CallError::Unintelligible { status },
    }
}
