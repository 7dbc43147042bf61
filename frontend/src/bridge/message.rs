//! The envelopes around commands, answers and notices, and their encoding: bytes in a transferred
//! `Uint8Array`. Both ends are of one build, so the encoding names no field: that makes both programs smaller.

use sealward_contract::bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Command, Error, Notice};

/// From the page.
#[derive(Serialize, Deserialize)]
pub struct ToWorker {
    /// Comes back with the answer.
    pub request: u32,
    /// What is asked.
    pub command: Command,
}

/// From the worker.
#[derive(Serialize, Deserialize)]
pub enum FromWorker {
    /// The answer to a request: the encoded `Ask::Answer`, or why not.
    Answer {
        /// The number of the request.
        request: u32,
        /// The encoded answer.
        result: Result<Bytes, Error>,
    },
    /// Something that nobody asked for.
    Notice(Notice),
}

/// Encodes anything that crosses the bridge.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value).map_err(|_| Error::Bridge)
}

/// Decodes what came across the bridge.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(|_| Error::Bridge)
}
