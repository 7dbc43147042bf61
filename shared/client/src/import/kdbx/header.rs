//! The outer header: all that stands outside of the encryption. A hostile file must not choose how much memory and time
//! its key takes, so the costs are checked before anything is done with it.

use super::cursor::Cursor;
use crate::import::refusal::ImportError;
use argon2::{Algorithm, Argon2, Params};
use sha2::{Digest, Sha256};

/// The first bytes of every file of KeePass.
pub(super) const MAGIC: [u8; 4] = [0x03, 0xd9, 0xa2, 0x9a];
/// The next ones of KDBX.
const KDBX: [u8; 4] = [0x67, 0xfb, 0x4b, 0xb5];
/// Memory that Argon2 may ask for: sixteen times what KeePassXC takes by itself.
const MEMORY: u64 = 1 << 30;
/// Memory times passes: about a minute.
const WORK: u64 = 32 << 30;
/// Lanes of Argon2.
const LANES: u64 = 64;
/// Rounds of AES-KDF: about a minute.
const ROUNDS: u64 = 100_000_000;
/// Bytes of salt that Argon2 needs.
const SALT: usize = 8;

/// How payloads are encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes,
    Twofish,
    ChaCha20,
}

impl Cipher {
    fn of(id: &[u8]) -> Result<Self, ImportError> {
        match id {
            b"\x31\xc1\xf2\xe6\xbf\x71\x43\x50\xbe\x58\x05\x21\x6a\xfc\x5a\xff" => Ok(Self::Aes),
            b"\xad\x68\xf2\x9f\x57\x6f\x4b\xb9\xa3\x6a\xd4\x7a\xf9\x65\x34\x6c" => Ok(Self::Twofish),
            b"\xd6\x03\x8a\x2b\x8b\x6f\x4c\xb5\xa5\x24\x33\x9a\x31\xdb\xb5\x9a" => Ok(Self::ChaCha20),
            _ => Err(ImportError::UnknownFormat),
        }
    }
}

/// How a key is derived.
pub(super) enum Derivation<'f> {
    Aes { seed: &'f [u8], rounds: u64 },
    Argon2 { argon2: Box<Argon2<'static>>, salt: &'f [u8] },
}

/// What differs between the versions.
pub(super) enum Version<'f> {
    /// What protected values are encrypted with, and what a right key shows first.
    Three { stream: u64, stream_key: &'f [u8], start: &'f [u8] },
    /// What a right key authenticates the header with.
    Four { mac: &'f [u8] },
}

/// The header.
pub(super) struct Header<'f> {
    pub(super) version: Version<'f>,
    /// Its own bytes.
    pub(super) bytes: &'f [u8],
    /// What stands behind it, encrypted.
    pub(super) body: &'f [u8],
    pub(super) cipher: Cipher,
    pub(super) is_compressed: bool,
    pub(super) seed: &'f [u8],
    pub(super) iv: &'f [u8],
    pub(super) derivation: Derivation<'f>,
}

/// The fields of the header, as they stand.
#[derive(Default)]
struct Raw<'f> {
    cipher: Option<&'f [u8]>,
    compression: Option<u64>,
    seed: Option<&'f [u8]>,
    derivation_seed: Option<&'f [u8]>,
    rounds: Option<u64>,
    iv: Option<&'f [u8]>,
    stream_key: Option<&'f [u8]>,
    start: Option<&'f [u8]>,
    stream: Option<u64>,
    derivation: Option<&'f [u8]>,
}

impl<'f> Header<'f> {
    /// Reads and checks it.
    ///
    /// # Errors
    /// [`ImportError::UnknownFormat`] for what is no KDBX or needs what is not known here, [`ImportError::Newer`],
    /// [`ImportError::TooCostly`], and [`ImportError::Damaged`].
    pub(super) fn read(file: &'f [u8]) -> Result<Self, ImportError> {
        let mut rest = Cursor(file.strip_prefix(&MAGIC).ok_or(ImportError::Damaged)?);
        if rest.take(4)? != KDBX {
            return Err(ImportError::UnknownFormat);
        }
        let (_minor, major) = (rest.number(2)?, rest.number(2)?);
        let length_of_lengths = match major {
            3 => 2,
            4 => 4,
            5.. => return Err(ImportError::Newer),
            _ => return Err(ImportError::UnknownFormat),
        };
        let raw = Raw::read(&mut rest, length_of_lengths)?;
        let bytes = file.get(..file.len() - rest.0.len()).ok_or(ImportError::Damaged)?;
        let there = |field: Option<&'f [u8]>| field.ok_or(ImportError::Damaged);
        let (version, derivation) = if major == 3 {
            let start = there(raw.start.filter(|start| start.len() == 32))?;
            let stream = raw.stream.ok_or(ImportError::Damaged)?;
            let rounds = raw.rounds.ok_or(ImportError::Damaged)?;
            let derivation = Derivation::Aes { seed: there(raw.derivation_seed)?, rounds };
            // The document may hold a hash of the header. It is not asked for: pykeepass writes a new header and leaves
            // the old hash.
            (Version::Three { stream, stream_key: there(raw.stream_key)?, start }, derivation)
        } else {
            let derivation = Derivation::read(there(raw.derivation)?)?;
            if rest.take(32)? != Sha256::digest(bytes).as_slice() {
                return Err(ImportError::Damaged);
            }
            (Version::Four { mac: rest.take(32)? }, derivation)
        };
        let is_compressed = match raw.compression {
            Some(0) => false,
            Some(1) => true,
            Some(_) => return Err(ImportError::UnknownFormat),
            None => return Err(ImportError::Damaged),
        };
        Ok(Self {
            version,
            bytes,
            body: rest.0,
            cipher: Cipher::of(there(raw.cipher)?)?,
            is_compressed,
            seed: there(raw.seed)?,
            iv: there(raw.iv)?,
            derivation,
        })
    }
}

impl<'f> Raw<'f> {
    fn read(rest: &mut Cursor<'f>, length_of_lengths: usize) -> Result<Self, ImportError> {
        let mut raw = Self::default();
        loop {
            let field = rest.number(1)?;
            let value = rest.prefixed(length_of_lengths)?;
            let number = || Cursor(value).number(value.len());
            match field {
                0 => return Ok(raw),
                // Of other lengths they are no files of KeePass.
                2 if value.len() != 16 => return Err(ImportError::Damaged),
                3 | 10 if value.len() != 4 => return Err(ImportError::Damaged),
                4 | 5 if value.len() != 32 => return Err(ImportError::Damaged),
                6 if value.len() != 8 => return Err(ImportError::Damaged),
                2 => raw.cipher = Some(value),
                3 => raw.compression = Some(number()?),
                4 => raw.seed = Some(value),
                5 => raw.derivation_seed = Some(value),
                6 if number()? > ROUNDS => return Err(ImportError::TooCostly),
                6 => raw.rounds = Some(number()?),
                7 => raw.iv = Some(value),
                8 => raw.stream_key = Some(value),
                9 => raw.start = Some(value),
                10 => raw.stream = Some(number()?),
                11 => raw.derivation = Some(value),
                // Comments, and what other programs keep there.
                _ => {}
            }
        }
    }
}

impl<'f> Derivation<'f> {
    /// Reads its parameters, a list of typed names and values, and checks what it costs.
    fn read(parameters: &'f [u8]) -> Result<Self, ImportError> {
        let mut rest = Cursor(parameters);
        rest.take(2)?;
        let (mut id, mut salt): (&[u8], &[u8]) = (&[], &[]);
        let (mut memory, mut passes, mut lanes, mut rounds, mut version) = (0, 1, 1, 0, 0);
        let mut is_known = true;
        while rest.number(1)? != 0 {
            let name = rest.prefixed(4)?;
            let value = rest.prefixed(4)?;
            let number = || Cursor(value).number(value.len());
            match name {
                b"$UUID" => id = value,
                b"S" => salt = value,
                b"M" => memory = number()?,
                b"I" => passes = number()?,
                b"P" => lanes = number()?,
                b"R" => rounds = number()?,
                b"V" => version = number()?,
                // A key and data of its own, which no program offers.
                b"K" | b"A" => is_known &= value.is_empty(),
                _ => {}
            }
        }
        let work = passes.checked_mul(memory.max(1));
        if lanes > LANES || rounds > ROUNDS || memory > MEMORY || work.is_none_or(|work| work > WORK) {
            return Err(ImportError::TooCostly);
        }
        let algorithm = match id {
            // As version 3 and version 4 write it.
            b"\xc9\xd9\xf3\x9a\x62\x8a\x44\x60\xbf\x74\x0d\x08\xc1\x8a\x4f\xea"
            | b"\x7c\x02\xbb\x82\x79\xa7\x4a\xc0\x92\x7d\x11\x4a\x00\x64\x82\x38" => {
                return Ok(Self::Aes { seed: salt, rounds });
            }
            b"\xef\x63\x6d\xdf\x8c\x29\x44\x4b\x91\xf7\xa9\xa4\x03\xe3\x0a\x0c" => Algorithm::Argon2d,
            b"\x9e\x29\x8b\x19\x56\xdb\x47\x73\xb2\x3d\xfc\x3e\xc6\xf0\xa1\xe6" => Algorithm::Argon2id,
            _ => return Err(ImportError::UnknownFormat),
        };
        if !is_known {
            return Err(ImportError::UnknownFormat);
        }
        let small = |number: u64| u32::try_from(number).map_err(|_| ImportError::Damaged);
        let version = small(version)?.try_into().map_err(|_| ImportError::Damaged)?;
        // In the file it is bytes.
        let params = Params::new(small(memory / 1024)?, small(passes)?, small(lanes)?, Some(32));
        let params = params.map_err(|_| ImportError::Damaged)?;
        if salt.len() < SALT {
            return Err(ImportError::Damaged);
        }
        Ok(Self::Argon2 { argon2: Box::new(Argon2::new(algorithm, version, params)), salt })
    }
}
