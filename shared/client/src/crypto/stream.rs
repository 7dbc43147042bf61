//! Files: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015) with a 32-bit big-endian counter over AES-256-GCM.
//!
//! `nonce = 0⁷ ‖ index ‖ last`, where `last` is one byte, 1 for the last chunk. A random key seals one file once, so the
//! rest of the nonce is zero. Chunks cannot be exchanged, left out at the end, or moved to another file.

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use aes_gcm::Aes256Gcm;
use rand_core::CryptoRng;
use sealward_contract::{crypto::context::of_file_chunk, file::ChunkShape, suite::TAG_LENGTH};
use zeroize::Zeroizing;

use super::{
    SecretBytes,
    sealing::{OpenError, TooLong},
};

/// The key of one file.
pub struct FileKey(SecretBytes<32>);

impl FileKey {
    /// Makes a random key.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self(SecretBytes::make(randomness))
    }

    /// Takes a key from a file's record. None if it is not 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        SecretBytes::from_slice(bytes).map(Self)
    }

    /// The key itself.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// A second copy, made on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(SecretBytes::filled(|own| own.copy_from_slice(self.0.expose())))
    }
}

impl PartialEq for FileKey {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for FileKey {}

/// What stands before counter and flag in every nonce.
const PREFIX: [u8; 7] = [0; 7];

fn stream(key: &FileKey) -> StreamBE32<Aes256Gcm> {
    StreamBE32::new(key.expose().into(), &PREFIX.into())
}

/// The nonce of a chunk: what [`stream`] makes of its place, for who seals by another way.
#[must_use]
pub fn nonce(shape: &ChunkShape) -> [u8; 12] {
    let mut nonce = [0; 12];
    let (_, rest) = nonce.split_at_mut(PREFIX.len());
    let (counter, last) = rest.split_at_mut(4);
    counter.copy_from_slice(&shape.index.to_be_bytes());
    last.copy_from_slice(&[u8::from(shape.last)]);
    nonce
}

/// Seals a chunk.
///
/// # Errors
/// [`TooLong`] for what no chunk is.
pub fn seal_chunk(key: &FileKey, shape: &ChunkShape, plain: &[u8]) -> Result<Vec<u8>, TooLong> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_LENGTH));
    bytes.extend_from_slice(plain);
    let sealed = stream(key).encrypt_in_place(shape.index, shape.last, &of_file_chunk(), &mut *bytes);
    sealed.map_err(|_| TooLong)?;
    Ok(core::mem::take(&mut *bytes))
}

/// Opens a chunk in its own buffer.
///
/// # Errors
/// [`OpenError`] for another key, another place, or other bytes.
pub fn open_chunk(key: &FileKey, shape: &ChunkShape, sealed: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let mut bytes = Zeroizing::new(sealed);
    let opened = stream(key).decrypt_in_place(shape.index, shape.last, &of_file_chunk(), &mut *bytes);
    opened.map_err(|_| OpenError)?;
    Ok(bytes)
}
