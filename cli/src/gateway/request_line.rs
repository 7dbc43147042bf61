//! Clients of these dialects write bytes into a request's line that no HTTP library takes: quotes and braces of JSON in a
//! query. What stands between method and version is therefore packed (base64url) before the library reads it, whatever it
//! is, and unpacked afterwards: byte for byte as it was sent.

use base64ct::{Base64UrlUnpadded, Encoding};
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroizing;

/// The longest target that is packed: packed it is a third longer, and still one that the library takes.
const LONGEST: usize = 46 * 1024;
/// Longest line of a head that is looked at.
const HEADER: usize = 64 * 1024;

/// Reads a packed target back.
pub fn unpack(path: &str) -> Option<Zeroizing<Vec<u8>>> {
    Base64UrlUnpadded::decode_vec(path.strip_prefix('/')?).ok().map(Zeroizing::new)
}

/// A connection whose request lines are packed as they are read.
pub struct Packed<S> {
    stream: S,
    packer: Packer,
}

impl<S> Packed<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, packer: Packer::default() }
    }
}

/// Where in its requests a connection is.
#[derive(Default)]
enum At {
    /// In a request's line.
    #[default]
    Line,
    /// In its head; with the length of its body, as far as it is known.
    Head(Body),
    /// In a body of a known length: so many bytes are left.
    Body(u64),
    /// In the line before a chunk.
    ChunkSize,
    /// In a chunk and the line break after it.
    Chunk(u64),
    /// In what follows the last chunk.
    Trailer,
    /// Nowhere that is known: everything is passed on as it is, for the library to refuse.
    Lost,
}

#[derive(Clone, Copy)]
enum Body {
    Length(u64),
    Chunked,
}

#[derive(Default)]
struct Packer {
    at: At,
    line: Zeroizing<Vec<u8>>,
    out: Zeroizing<Vec<u8>>,
    given: usize,
}

impl Packer {
    fn feed(&mut self, mut bytes: &[u8]) {
        while let Some((first, _)) = bytes.split_first() {
            match &mut self.at {
                At::Lost => {
                    self.out.extend_from_slice(bytes);
                    return;
                }
                At::Body(left) | At::Chunk(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    let (passed, rest) = bytes.split_at(taken);
                    self.out.extend_from_slice(passed);
                    *left -= taken as u64;
                    bytes = rest;
                    if *left == 0 {
                        self.at = if matches!(self.at, At::Chunk(_)) { At::ChunkSize } else { At::Line };
                    }
                }
                At::Line | At::Head(_) | At::ChunkSize | At::Trailer => {
                    self.line.push(*first);
                    bytes = bytes.get(1..).unwrap_or_default();
                    if *first == b'\n' {
                        self.end_line();
                    } else if self.line.len() > HEADER {
                        self.out.extend_from_slice(&self.line);
                        self.line = Zeroizing::default();
                        self.at = At::Lost;
                    }
                }
            }
        }
    }

    /// What is left when nothing follows.
    fn finish(&mut self) {
        self.out.extend_from_slice(&self.line);
        self.line = Zeroizing::default();
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = line.trim_ascii();
        self.at = match self.at {
            At::Line if text.is_empty() => At::Line,
            At::Line => {
                match pack(text) {
                    Some(packed) => self.out.extend_from_slice(&packed),
                    None => self.out.extend_from_slice(&line),
                }
                self.at = At::Head(Body::Length(0));
                return;
            }
            At::Head(Body::Length(0)) if text.is_empty() => At::Line,
            At::Head(Body::Length(length)) if text.is_empty() => At::Body(length),
            At::Head(Body::Chunked) if text.is_empty() => At::ChunkSize,
            At::Head(known) => At::Head(read_header(text, known)),
            At::ChunkSize => match chunk_size(text) {
                None => At::Lost,
                Some(0) => At::Trailer,
                // The line break after it belongs to it.
                Some(size) => At::Chunk(size.saturating_add(2)),
            },
            At::Trailer if text.is_empty() => At::Line,
            At::Trailer => At::Trailer,
            At::Body(_) | At::Chunk(_) | At::Lost => At::Lost,
        };
        self.out.extend_from_slice(&line);
    }
}

/// A request's line with its target packed; `None` for what is none.
fn pack(line: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let method = line.iter().position(|byte| *byte == b' ')?;
    let version = line.iter().rposition(|byte| *byte == b' ')?;
    let target = line.get(method + 1..version)?;
    if !line.get(version..)?.starts_with(b" HTTP/") || target.len() > LONGEST {
        return None;
    }
    let target = Zeroizing::new(Base64UrlUnpadded::encode_string(target));
    let mut packed = Zeroizing::new(Vec::with_capacity(line.len() + target.len()));
    packed.extend_from_slice(line.get(..=method)?);
    packed.push(b'/');
    packed.extend_from_slice(target.as_bytes());
    packed.extend_from_slice(line.get(version..)?);
    packed.extend_from_slice(b"\r\n");
    Some(packed)
}

fn read_header(line: &[u8], known: Body) -> Body {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return known };
    let (name, value) = (line.get(..colon).unwrap_or_default(), line.get(colon + 1..).unwrap_or_default());
    let value = std::str::from_utf8(value.trim_ascii()).unwrap_or_default();
    if name.eq_ignore_ascii_case(b"transfer-encoding") {
        return if value.to_ascii_lowercase().ends_with("chunked") { Body::Chunked } else { known };
    }
    match known {
        Body::Length(_) if name.eq_ignore_ascii_case(b"content-length") => Body::Length(value.parse().unwrap_or(0)),
        known => known,
    }
}

fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    u64::from_str_radix(text.split(';').next()?.trim(), 16).ok()
}

impl<S: AsyncRead + Unpin> AsyncRead for Packed<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let waiting = this.packer.out.get(this.packer.given..).unwrap_or_default();
            if !waiting.is_empty() {
                let taken = waiting.get(..waiting.len().min(buffer.remaining())).unwrap_or_default();
                buffer.put_slice(taken);
                this.packer.given += taken.len();
                return Poll::Ready(Ok(()));
            }
            this.packer.out = Zeroizing::default();
            this.packer.given = 0;
            let mut bytes = Zeroizing::new([0; 8 * 1024]);
            let mut read = ReadBuf::new(bytes.as_mut_slice());
            std::task::ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                this.packer.finish();
                if this.packer.out.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            } else {
                this.packer.feed(read.filled());
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Packed<S> {
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

    fn out(sent: &[u8], piece: usize) -> String {
        let mut packer = Packer::default();
        sent.chunks(piece).for_each(|bytes| packer.feed(bytes));
        packer.finish();
        String::from_utf8(packer.out.to_vec()).unwrap()
    }

    #[test]
    fn only_lines_of_requests_are_packed_however_they_arrive() {
        let body = "GET /body HTTP/1.1\r\n\r";
        let sent = format!(
            "GET /a?b={{\"c\": \"d e\"}} HTTP/1.1\r\nHost: x\r\n\r\n\
             POST /b HTTP/1.1\r\ncontent-LENGTH: 21\r\n\r\n{body}\
             PUT /c HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;x=y\r\nGET /\r\n0\r\nA: b\r\n\r\n\
             \r\nDELETE /d HTTP/1.1\r\n\r\n"
        );
        let expected = format!(
            "GET /L2E_Yj17ImMiOiAiZCBlIn0 HTTP/1.1\r\nHost: x\r\n\r\n\
             POST /L2I HTTP/1.1\r\ncontent-LENGTH: 21\r\n\r\n{body}\
             PUT /L2M HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5;x=y\r\nGET /\r\n0\r\nA: b\r\n\r\n\
             \r\nDELETE /L2Q HTTP/1.1\r\n\r\n"
        );
        assert_eq!(body.len(), 21);
        for piece in [1, 2, 7, 4_096] {
            assert_eq!(out(sent.as_bytes(), piece), expected, "{piece}");
        }
        assert_eq!(unpack("/L2E_Yj17ImMiOiAiZCBlIn0").unwrap().as_slice(), br#"/a?b={"c": "d e"}"#);
    }

    #[test]
    fn what_is_no_request_is_passed_on() {
        for sent in ["hello\r\n\r\n", "GET /\r\n", "GET / HTTP/1.1"] {
            assert_eq!(out(sent.as_bytes(), 3), sent);
        }
        assert!(unpack("/a?b").is_none() && unpack("").is_none());
    }
}
