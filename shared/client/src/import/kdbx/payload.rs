//! The encrypted part: authenticated, decrypted, unpacked up to a limit.

use super::cursor::Cursor;
use super::header::{Cipher, Header, Version};
use super::keystream::Keystream;
use crate::import::ROW_LIMIT;
use crate::import::archive::UNPACKED_LIMIT;
use crate::import::refusal::ImportError;
use crate::import::wiped::append;
use aes::Aes256;
use cbc::cipher::block_padding::{NoPadding, Padding, Pkcs7};
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit, StreamCipher};
use chacha20::ChaCha20;
use core::ops::Range;
use flate2::read::GzDecoder;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256, Sha512};
use std::io::Read;
use subtle::ConstantTimeEq;
use twofish::Twofish;
use zeroize::Zeroizing;

/// Bytes of a block of AES and Twofish.
const BLOCK: usize = 16;
/// Bytes that are unpacked at once.
const STEP: usize = 64 * 1024;

/// What was encrypted.
pub(super) struct Payload {
    bytes: Zeroizing<Vec<u8>>,
    /// Where the document begins.
    document: usize,
    /// Where attachments lie that stand outside of the document, in the order in which entries count them.
    attachments: Vec<Range<usize>>,
    stream: u64,
    stream_key: Zeroizing<Vec<u8>>,
}

impl Payload {
    /// Opens it with the derived key.
    ///
    /// # Errors
    /// [`ImportError::WrongPassword`] where the key is not the right one, [`ImportError::Swollen`] and
    /// [`ImportError::TooManyFiles`] for more than there should be, [`ImportError::Damaged`].
    pub(super) fn open(header: &Header<'_>, derived: &[u8; 32]) -> Result<Self, ImportError> {
        let hash = Sha256::new().chain_update(header.seed).chain_update(derived);
        let key = Zeroizing::new(<[u8; 32]>::from(hash.finalize()));
        let (packed, three) = match header.version {
            Version::Three { stream, stream_key, start } => {
                let blocks = decrypted(header, &key, Zeroizing::new(header.body.to_vec()))?;
                (hashed_blocks(&blocks, start)?, Some((stream, stream_key)))
            }
            Version::Four { mac } => {
                let hash = Sha512::new().chain_update(header.seed).chain_update(derived).chain_update([1]);
                let blocks = authenticated_blocks(header, mac, &Zeroizing::new(hash.finalize().into()))?;
                (unpadded(header.cipher, decrypted(header, &key, blocks)?)?, None)
            }
        };
        let bytes = if header.is_compressed { unpack(&packed, UNPACKED_LIMIT)? } else { packed };
        match three {
            Some((stream, key)) => {
                let stream_key = Zeroizing::new(key.to_vec());
                Ok(Self { bytes, document: 0, attachments: Vec::new(), stream, stream_key })
            }
            None => Self::read(bytes),
        }
    }

    /// Reads what stands before the document in version 4.
    fn read(bytes: Zeroizing<Vec<u8>>) -> Result<Self, ImportError> {
        let mut rest = Cursor(&bytes);
        let (mut attachments, mut stream, mut stream_key) = (Vec::new(), None, None);
        loop {
            let field = rest.number(1)?;
            let value = rest.prefixed(4)?;
            let end = bytes.len() - rest.0.len();
            match field {
                0 => break,
                1 => stream = Some(Cursor(value).number(value.len())?),
                2 => stream_key = Some(Zeroizing::new(value.to_vec())),
                // Its first byte says whether memory should be protected.
                3 if value.is_empty() => return Err(ImportError::Damaged),
                3 if attachments.len() >= ROW_LIMIT => return Err(ImportError::TooManyFiles { limit: ROW_LIMIT }),
                3 => attachments.push(end - value.len() + 1..end),
                _ => {}
            }
        }
        let document = bytes.len() - rest.0.len();
        let stream = stream.ok_or(ImportError::Damaged)?;
        let stream_key = stream_key.ok_or(ImportError::Damaged)?;
        Ok(Self { bytes, document, attachments, stream, stream_key })
    }

    /// The document.
    pub(super) fn document(&self) -> &[u8] {
        self.bytes.get(self.document..).unwrap_or_default()
    }

    /// The attachments that stand outside of it.
    pub(super) fn attachments(&self) -> impl Iterator<Item = &[u8]> {
        self.attachments.iter().map(|range| self.bytes.get(range.clone()).unwrap_or_default())
    }

    /// The stream of protected values, at its beginning.
    pub(super) fn keystream(&self) -> Result<Keystream, ImportError> {
        Keystream::new(self.stream, &self.stream_key)
    }
}

/// Unpacks gzip.
///
/// # Errors
/// [`ImportError::Swollen`] beyond the limit: before it is unpacked where its end says so, while it is where that lies.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let swollen = ImportError::Swollen { limit: UNPACKED_LIMIT };
    let mut reader = GzDecoder::new(packed);
    // RFC 1952, section 2.3.1: the length, modulo 2^32, stands last.
    let length = packed.last_chunk().copied().map(u32::from_le_bytes).filter(|_| reader.header().is_some());
    if usize::try_from(length.ok_or(ImportError::Damaged)?).map_or(true, |length| length > limit) {
        return Err(swollen);
    }
    let mut unpacked = Zeroizing::new(Vec::new());
    let mut step = Zeroizing::new(vec![0; STEP]);
    loop {
        let length = reader.read(&mut step).map_err(|_| ImportError::Damaged)?;
        if length == 0 {
            return Ok(unpacked);
        }
        if length > limit - unpacked.len() {
            return Err(swollen);
        }
        append(&mut unpacked, step.get(..length).unwrap_or_default());
    }
}

/// Version 3: what the key shows first, and blocks with their hashes.
fn hashed_blocks(bytes: &[u8], start: &[u8]) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let mut rest = Cursor(bytes);
    if !bool::from(rest.take(start.len())?.ct_eq(start)) {
        return Err(ImportError::WrongPassword);
    }
    let mut joined = Zeroizing::new(Vec::with_capacity(bytes.len()));
    for index in 0.. {
        let is_next = rest.number(4)? == index;
        let hash = rest.take(32)?;
        let block = rest.prefixed(4)?;
        if block.is_empty() {
            break;
        }
        if !is_next || Sha256::digest(block).as_slice() != hash {
            return Err(ImportError::Damaged);
        }
        joined.extend_from_slice(block);
    }
    Ok(joined)
}

/// Version 4: blocks with their MACs. The header's own MAC tells a wrong key from damage.
fn authenticated_blocks(
    header: &Header<'_>,
    mac: &[u8],
    key: &Zeroizing<[u8; 64]>,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let of_header = mac_of(u64::MAX, key)?.chain_update(header.bytes);
    of_header.verify_slice(mac).map_err(|_| ImportError::WrongPassword)?;
    let mut rest = Cursor(header.body);
    let mut joined = Zeroizing::new(Vec::with_capacity(header.body.len()));
    for index in 0_u64.. {
        let mac = rest.take(32)?;
        let block = rest.prefixed(4)?;
        let length = u32::try_from(block.len()).map_err(|_| ImportError::Damaged)?;
        let of_block = mac_of(index, key)?.chain_update(index.to_le_bytes()).chain_update(length.to_le_bytes());
        of_block.chain_update(block).verify_slice(mac).map_err(|_| ImportError::Damaged)?;
        if block.is_empty() {
            break;
        }
        joined.extend_from_slice(block);
    }
    Ok(joined)
}

/// The MAC of a block, with a key of its own.
fn mac_of(index: u64, key: &Zeroizing<[u8; 64]>) -> Result<Hmac<Sha256>, ImportError> {
    let hash = Sha512::new().chain_update(index.to_le_bytes()).chain_update(key);
    let key = Zeroizing::new(<[u8; 64]>::from(hash.finalize()));
    Hmac::new_from_slice(&*key).map_err(|_| ImportError::Damaged)
}

/// Decrypts in place. What a block cipher padded is still there.
fn decrypted(
    header: &Header<'_>,
    key: &[u8; 32],
    mut bytes: Zeroizing<Vec<u8>>,
) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    match header.cipher {
        Cipher::Aes => decrypt_cbc::<Aes256>(key, header.iv, &mut bytes)?,
        Cipher::Twofish => decrypt_cbc::<Twofish>(key, header.iv, &mut bytes)?,
        Cipher::ChaCha20 => {
            let mut cipher = ChaCha20::new_from_slices(key, header.iv).map_err(|_| ImportError::Damaged)?;
            cipher.try_apply_keystream(&mut bytes).map_err(|_| ImportError::Damaged)?;
        }
    }
    Ok(bytes)
}

fn decrypt_cbc<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Result<(), ImportError> {
    let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| ImportError::Damaged)?;
    cipher.decrypt_padded::<NoPadding>(bytes).map(|_| ()).map_err(|_| ImportError::Damaged)
}

/// Without what a block cipher padded.
fn unpadded(cipher: Cipher, mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    if cipher != Cipher::ChaCha20 {
        let full = bytes.len().checked_sub(BLOCK).ok_or(ImportError::Damaged)?;
        let (_, last) = bytes.split_at_checked(full).ok_or(ImportError::Damaged)?;
        let kept = Pkcs7::raw_unpad(last).map_err(|_| ImportError::Damaged)?.len();
        bytes.truncate(full + kept);
    }
    Ok(bytes)
}
