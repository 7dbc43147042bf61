//! The bytes of a payload: a canonical minicbor array `[schema, body]`.
//! A reader encodes again what it read and refuses any difference. A body grows by optional fields at its end, with
//! a higher schema number, so that an older client says "newer" instead of dropping what it does not know; what does not
//! use the new fields is written with the lower number.

use super::invalid::Invalid;
use minicbor::{CborLen, Decode, Encode, Encoder, decode::Decoder};
use zeroize::Zeroizing;

/// A payload's bytes cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// A field breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// All fields together are too long.
    #[error("payload of {bytes} bytes, at most {limit}")]
    TooLarge {
        /// What it would take.
        bytes: usize,
        /// What it may take.
        limit: usize,
    },
}

/// Bytes are not a payload of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Written by a newer Sealward.
    #[error("payload has schema {schema}, this client knows up to {known}")]
    Newer {
        /// The schema found.
        schema: u8,
        /// The newest schema that this client reads.
        known: u8,
    },
    /// Longer than any payload of this kind.
    #[error("payload is longer than its kind allows")]
    TooLarge,
    /// Not the one encoding of anything.
    #[error("payload is malformed")]
    Malformed,
}

/// The plaintext of one record kind.
pub trait Payload: Encode<()> + CborLen<()> + for<'b> Decode<'b, ()> + Sized {
    /// The newest schema that this client reads; the first one is 1.
    const SCHEMA: u8 = 1;
    /// The most bytes that the encoding may take.
    const LIMIT: usize;

    /// The lowest schema that has every field that is filled in: so that older clients read what they understand.
    fn schema(&self) -> u8 {
        Self::SCHEMA
    }

    /// Whether every field keeps to its rule.
    ///
    /// # Errors
    /// The first field that does not.
    fn validate(&self) -> Result<(), Invalid>;

    /// The bytes to seal. The buffer is made in its final size, so no copy of a secret is left behind by growth.
    ///
    /// # Errors
    /// [`Unwritable`] when a field breaks a rule or all together are too long.
    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Unwritable> {
        self.validate()?;
        let bytes = encode(self);
        if bytes.len() > Self::LIMIT {
            return Err(Unwritable::TooLarge { bytes: bytes.len(), limit: Self::LIMIT });
        }
        Ok(bytes)
    }

    /// The bytes of a payload that was read, for this device alone: it may break rules that are newer than it is.
    fn to_kept_bytes(&self) -> Zeroizing<Vec<u8>> {
        encode(self)
    }

    /// Reads what [`Payload::to_bytes`] made, and nothing else.
    ///
    /// # Errors
    /// [`Unreadable`] says whether a newer client wrote it.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        let read = decode::<Self>(bytes)?;
        if encode(&read).as_slice() == bytes { Ok(read) } else { Err(Unreadable::Malformed) }
    }

    /// Reads what [`Payload::to_kept_bytes`] made: this device wrote it and its seal proved it whole, so that it has one
    /// encoding need not be shown again.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn from_kept_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(bytes)
    }
}

fn decode<P: Payload>(bytes: &[u8]) -> Result<P, Unreadable> {
    let mut decoder = Decoder::new(bytes);
    let fields = decoder.array().map_err(|_| Unreadable::Malformed)?;
    let schema = decoder.u8().map_err(|_| Unreadable::Malformed)?;
    if fields != Some(2) || schema == 0 {
        return Err(Unreadable::Malformed);
    }
    if schema > P::SCHEMA {
        return Err(Unreadable::Newer { schema, known: P::SCHEMA });
    }
    if bytes.len() > P::LIMIT {
        return Err(Unreadable::TooLarge);
    }
    decoder.decode().map_err(|_| Unreadable::Malformed)
}

fn encode<P: Payload>(payload: &P) -> Zeroizing<Vec<u8>> {
    let schema = payload.schema();
    let bytes = Vec::with_capacity(1 + minicbor::len(schema) + minicbor::len(payload));
    let mut encoder = Encoder::new(bytes);
    // Writing to a Vec cannot fail, and no payload has a fallible encoding.
    let written: Result<(), minicbor::encode::Error<core::convert::Infallible>> =
        encoder.array(2).and_then(|e| e.u8(schema)).and_then(|e| e.encode(payload)).map(|_| ());
    debug_assert!(written.is_ok(), "payloads encode infallibly");
    Zeroizing::new(encoder.into_writer())
}
