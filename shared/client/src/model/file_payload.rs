//! What only a release gives of a file: its key, and by which hashes its sealed chunks are known.

use super::invalid::{Field, Invalid, Problem, check_line, check_name};
use super::limits;
use super::payload::Payload;
use crate::crypto::stream::FileKey;
use minicbor::{CborLen, Decode, Decoder, Encode, Encoder, decode, encode, encode::Write};
use sealward_contract::crypto::Hash;
use sealward_contract::file::Layout;

/// SHA-256 of every sealed chunk, in order: one byte string of 32 bytes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkHashes(pub Vec<Hash>);

/// The payload of a file's record. A deleted version carries none: its payload is empty.
#[derive(PartialEq, Eq, Encode, Decode, CborLen)]
#[cbor(array)]
pub struct FilePayload {
    /// Seals the chunks, and nothing else.
    #[n(0)]
    pub key: FileKey,
    /// Length of the file in bytes.
    #[n(1)]
    pub length: u64,
    /// Of its sealed chunks.
    #[n(2)]
    pub chunks: ChunkHashes,
    /// Its name when it was sent.
    #[n(3)]
    pub name: String,
    /// Its media type; empty when it is not known.
    #[n(4)]
    pub media_type: String,
}

impl Payload for FilePayload {
    const LIMIT: usize = limits::FILE_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::FILE_NAME)?;
        check_line(Field::Name, &self.media_type, limits::MEDIA_TYPE)?;
        let fits = Layout::of_length(self.length)
            .is_some_and(|layout| self.chunks.0.len() as u64 == u64::from(layout.count()));
        if fits { Ok(()) } else { Err(Invalid::new(Field::Secret, Problem::NotHere)) }
    }
}

impl<C> Encode<C> for FileKey {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        encoder.bytes(self.expose())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for FileKey {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        Self::from_slice(decoder.bytes()?).ok_or_else(|| decode::Error::message("not a key"))
    }
}

impl<C> CborLen<C> for FileKey {
    fn cbor_len(&self, _: &mut C) -> usize {
        34
    }
}

impl<C> Encode<C> for ChunkHashes {
    fn encode<W: Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        encoder.bytes(&self.0.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for ChunkHashes {
    fn decode(decoder: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let (hashes, rest) = decoder.bytes()?.as_chunks::<32>();
        if rest.is_empty() {
            Ok(Self(hashes.iter().copied().map(Hash).collect()))
        } else {
            Err(decode::Error::message("half a hash"))
        }
    }
}

impl<C> CborLen<C> for ChunkHashes {
    fn cbor_len(&self, context: &mut C) -> usize {
        let length = self.0.len() * 32;
        length.cbor_len(context) + length
    }
}
