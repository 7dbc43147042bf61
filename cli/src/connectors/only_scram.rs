//! A connection to PostgreSQL on which nothing but SCRAM is spoken: the first thing that a server says after the start is
//! how somebody has to sign in, and a server that wants to see the password, or its MD5, never gets an answer.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The kind of the message that says how somebody has to sign in.
const AUTHENTICATION: u8 = b'R';
/// The kind of an error.
const ERROR: u8 = b'E';
/// The way of signing in that is SASL, of which SCRAM is one.
const SASL: [u8; 4] = [0, 0, 0, 10];
/// Bytes until the way of signing in is known: kind, length, way.
const HEAD: usize = 9;

/// What a server is refused with.
#[derive(Debug, thiserror::Error)]
#[error("the server does not sign in by SCRAM")]
pub(super) struct NotScram;

/// A stream whose first message is judged before it is given on.
pub(super) struct OnlyScram<S> {
    stream: S,
    head: Vec<u8>,
    /// How much of the head was given on; `None` while it is not whole.
    given: Option<usize>,
}

impl<S> OnlyScram<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, head: Vec::with_capacity(HEAD), given: None }
    }
}

/// Whether a first message begins like this.
fn is_good(head: &[u8]) -> bool {
    match head.first() {
        Some(&ERROR) => true,
        Some(&AUTHENTICATION) => head.get(5..HEAD) == Some(&SASL),
        _ => false,
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for OnlyScram<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.given.is_none() {
            let mut bytes = [0; HEAD];
            let missing = HEAD.saturating_sub(this.head.len());
            let mut buffer = ReadBuf::new(bytes.get_mut(..missing).unwrap_or_default());
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.head.extend_from_slice(buffer.filled());
            if this.head.len() == HEAD {
                if !is_good(&this.head) {
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::PermissionDenied, NotScram)));
                }
                this.given = Some(0);
            }
        }
        let given = this.given.unwrap_or(HEAD);
        match this.head.get(given..).filter(|rest| !rest.is_empty()) {
            Some(rest) => {
                let count = rest.len().min(into.remaining());
                into.put_slice(rest.get(..count).unwrap_or_default());
                this.given = Some(given + count);
                Poll::Ready(Ok(()))
            }
            None => Pin::new(&mut this.stream).poll_read(context, into),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for OnlyScram<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    async fn read(sent: &[u8]) -> io::Result<Vec<u8>> {
        let mut got = Vec::new();
        OnlyScram::new(sent).read_to_end(&mut got).await?;
        Ok(got)
    }

    #[tokio::test]
    async fn only_sasl_and_errors_come_through() {
        let sasl = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";
        assert_eq!(read(sasl).await.unwrap(), sasl);
        let error = b"E\0\0\0\x0bSFATAL\0\0";
        assert_eq!(read(error).await.unwrap(), error);
        for other in [
            b"R\0\0\0\x08\0\0\0\x03".as_slice(),     // in clear
            b"R\0\0\0\x0c\0\0\0\x05salt",            // MD5
            b"R\0\0\0\x08\0\0\0\0S\0\0\0\x0ea\0b\0", // nobody is asked
            b"N\0\0\0\x0bSFATAL\0\0",
        ] {
            assert!(read(other).await.is_err(), "{other:?}");
        }
        assert_eq!(read(b"R\0\0").await.unwrap(), b"", "what breaks off is an end");
    }
}
