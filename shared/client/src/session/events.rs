//! Hints from the server that something changed. A hint is never believed: it is a reason to synchronise.

use super::Session;
use crate::{
    error::{Error, from_plain_call},
    transport::{ByteStream, Transport},
};
pub use sealward_contract::operations::sync::Event;
use sealward_contract::operations::sync::StreamEvents;

/// More than any event has: a longer line is not this server's.
const LONGEST_LINE: usize = 4_096;

/// An open stream of hints.
pub struct Events<S> {
    stream: S,
    buffer: Vec<u8>,
}

/// What came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A hint.
    Event(Event),
    /// The server is still there.
    Heartbeat,
}

impl<T: Transport> Session<T> {
    /// Opens the stream of hints.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn open_events(&self) -> Result<Events<T::Stream>, Error> {
        let stream = self
            .api
            .open::<StreamEvents>(Some(&self.token), &self.team_path(), &Default::default(), &Default::default())
            .await
            .map_err(from_plain_call)?;
        Ok(Events { stream, buffer: Vec::new() })
    }
}

impl<S: ByteStream> Events<S> {
    /// The next thing that comes by; `None` when the server ended the stream.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when the connection broke, [`Error::Unintelligible`] when this is no stream of events.
    pub async fn next(&mut self) -> Result<Option<Heard>, Error> {
        loop {
            while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                match read_line(&line)? {
                    Some(heard) => return Ok(Some(heard)),
                    None => continue,
                }
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(Error::Unintelligible);
            }
            match self.stream.next().await.map_err(|_| Error::Unreachable)? {
                Some(bytes) => self.buffer.extend_from_slice(&bytes),
                None => return Ok(None),
            }
        }
    }
}

/// A line of `text/event-stream`: data, a comment that keeps the connection alive, or what ends an event.
fn read_line(line: &[u8]) -> Result<Option<Heard>, Error> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let Some(data) = line.strip_prefix(b"data:") else { return Ok(Some(Heard::Heartbeat)) };
    serde_json::from_slice(data.trim_ascii_start())
        .map(|event| Some(Heard::Event(event)))
        .map_err(|_| Error::Unintelligible)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn reads_data_comments_and_gaps() {
        assert_eq!(read_line(b": still here\n"), Ok(Some(Heard::Heartbeat)));
        assert_eq!(read_line(b"\r\n"), Ok(None));
        assert_eq!(read_line(b"data: {\"event\":\"team\"}\r\n"), Ok(Some(Heard::Event(Event::Team))));
        assert_eq!(read_line(b"data: {\"event\":\"other\"}\n"), Err(Error::Unintelligible));
    }
}
