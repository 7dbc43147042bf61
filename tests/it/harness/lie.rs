//! Lies that a hostile server may tell: an answer decoded, changed, and written again.

use super::Answered;
use sealward_contract::{
    codec,
    operations::{
        Method, Operation,
        sync::{SyncFrame, SyncVault},
        wire::{Format, write_problem},
    },
    problem::Rejection,
};

/// What was asked.
pub struct Asked<'a> {
    pub method: Method,
    pub target: &'a str,
}

/// What becomes of an answer.
pub type Lie = Box<dyn FnMut(&Asked<'_>, Answered) -> Answered>;

/// Whether a request is of this operation.
pub fn is_about<O: Operation>(asked: &Asked<'_>) -> bool {
    let path = asked.target.split('?').next().unwrap_or_default();
    let (mut given, mut template) = (path.split('/'), O::PATH.split('/'));
    let fits = template.by_ref().all(|place| given.next().is_some_and(|part| place == part || place.starts_with('{')));
    asked.method == O::METHOD && fits && given.next().is_none()
}

/// A lie in the answers of one operation.
pub fn answers<O: Operation>(mut change: impl FnMut(&mut O::Response)) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    move |asked, answered| {
        if !is_about::<O>(asked) || answered.status >= 300 {
            return answered;
        }
        let mut response: O::Response = Format::Cbor.read(&answered.body).unwrap();
        change(&mut response);
        Answered { status: answered.status, body: Format::Cbor.write(&response) }
    }
}

/// A lie in what is told of a vault.
pub fn frames(mut change: impl FnMut(&mut Vec<SyncFrame>)) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    move |asked, answered| {
        if !is_about::<SyncVault>(asked) || answered.status >= 300 {
            return answered;
        }
        let mut frames = read_frames(&answered.body);
        change(&mut frames);
        Answered { status: answered.status, body: frames.iter().flat_map(codec::encode).collect() }
    }
}

pub fn read_frames<F: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Vec<F> {
    let mut frames = Vec::new();
    let mut decoder = minicbor::Decoder::new(bytes);
    while decoder.position() < bytes.len() {
        frames.push(decoder.decode().unwrap());
    }
    frames
}

/// What a server answers that has too much to do.
pub fn busy() -> Answered {
    let (status, body) = write_problem(&Rejection::Unavailable, None);
    Answered { status, body }
}
