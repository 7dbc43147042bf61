//! The stream that encrypts protected values: one for all of them, from the first in the document to the last.

use crate::import::refusal::ImportError;
use chacha20::ChaCha20;
use salsa20::Salsa20;
use salsa20::cipher::{KeyIvInit, StreamCipher};
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

/// The nonce of Salsa20, the same in every file: its key is new in each.
const SALSA20_NONCE: [u8; 8] = [0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a];

/// The stream, and how far it is.
pub(super) enum Keystream {
    /// Protected values stand there as they are.
    None,
    Salsa20(Box<Salsa20>),
    ChaCha20(Box<ChaCha20>),
}

impl Keystream {
    /// The stream of this number, with this key.
    ///
    /// # Errors
    /// [`ImportError::UnknownFormat`] for any other: KeePass wrote RC4 before 2011.
    pub(super) fn new(number: u64, key: &[u8]) -> Result<Self, ImportError> {
        match number {
            0 => Ok(Self::None),
            2 => {
                let key: Zeroizing<[u8; 32]> = Zeroizing::new(Sha256::digest(key).into());
                Ok(Self::Salsa20(Box::new(Salsa20::new((&*key).into(), &SALSA20_NONCE.into()))))
            }
            3 => {
                let hash: Zeroizing<[u8; 64]> = Zeroizing::new(Sha512::digest(key).into());
                let (key, rest) = hash.split_at(32);
                let cipher = rest.get(..12).and_then(|nonce| ChaCha20::new_from_slices(key, nonce).ok());
                Ok(Self::ChaCha20(Box::new(cipher.ok_or(ImportError::Damaged)?)))
            }
            _ => Err(ImportError::UnknownFormat),
        }
    }

    /// Decrypts the next value, in place.
    pub(super) fn decrypt(&mut self, bytes: &mut [u8]) -> Result<(), ImportError> {
        match self {
            Self::None => Ok(()),
            Self::Salsa20(cipher) => cipher.try_apply_keystream(bytes).map_err(|_| ImportError::Damaged),
            Self::ChaCha20(cipher) => cipher.try_apply_keystream(bytes).map_err(|_| ImportError::Damaged),
        }
    }
}
