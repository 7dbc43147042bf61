//! Makes files of any content, right but for what a test wants wrong. Their keys cost nothing.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use base64ct::{Base64, Encoding};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit, StreamCipher};
use chacha20::ChaCha20;
use flate2::{Compression, write::GzEncoder};
use hmac::{Hmac, Mac};
use salsa20::Salsa20;
use sha2::{Digest, Sha256, Sha512};
use std::io::Write;
use twofish::Twofish;

pub(super) const AES: [u8; 16] = *b"\x31\xc1\xf2\xe6\xbf\x71\x43\x50\xbe\x58\x05\x21\x6a\xfc\x5a\xff";
pub(super) const TWOFISH: [u8; 16] = *b"\xad\x68\xf2\x9f\x57\x6f\x4b\xb9\xa3\x6a\xd4\x7a\xf9\x65\x34\x6c";
pub(super) const CHACHA20: [u8; 16] = *b"\xd6\x03\x8a\x2b\x8b\x6f\x4c\xb5\xa5\x24\x33\x9a\x31\xdb\xb5\x9a";
pub(super) const AES_KDF: [u8; 16] = *b"\xc9\xd9\xf3\x9a\x62\x8a\x44\x60\xbf\x74\x0d\x08\xc1\x8a\x4f\xea";

const SEED: [u8; 32] = [7; 32];
const DERIVATION_SEED: [u8; 32] = [8; 32];
const STREAM_KEY: [u8; 64] = [9; 64];
const START: [u8; 32] = [10; 32];
const ROUNDS: u64 = 2;

/// Encrypts the next value, in place.
type Stream = Box<dyn FnMut(&mut [u8])>;

/// A file to make.
pub(super) struct Made<'a> {
    pub(super) version: u16,
    pub(super) cipher: [u8; 16],
    pub(super) derivation: [u8; 16],
    pub(super) compression: u32,
    /// 2 for Salsa20, 3 for ChaCha20.
    pub(super) stream: u32,
    /// What password and key file are hashed to, one behind the other.
    pub(super) parts: Vec<u8>,
    pub(super) attachments: Vec<&'a [u8]>,
    /// The document; what stands in `[[` and `]]` becomes protected.
    pub(super) xml: &'a str,
}

/// With a password.
pub(super) fn made<'a>(version: u16, xml: &'a str, password: &str) -> Made<'a> {
    Made {
        version,
        cipher: AES,
        derivation: AES_KDF,
        compression: 1,
        stream: if version == 3 { 2 } else { 3 },
        parts: Sha256::digest(password).to_vec(),
        attachments: Vec::new(),
        xml,
    }
}

impl Made<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.wrap(&self.protected(self.xml.as_bytes()))
    }

    /// The file around a document.
    pub(super) fn wrap(&self, document: &[u8]) -> Vec<u8> {
        let mut payload = Vec::new();
        if self.version == 4 {
            field4(&mut payload, 1, &self.stream.to_le_bytes());
            field4(&mut payload, 2, &STREAM_KEY);
            for attachment in &self.attachments {
                field4(&mut payload, 3, &[&[1], *attachment].concat());
            }
            field4(&mut payload, 0, &[]);
        }
        payload.extend_from_slice(document);
        self.wrap_packed(&if self.compression == 1 { gzip(&payload) } else { payload })
    }

    /// The file around a payload that is packed already.
    pub(super) fn wrap_packed(&self, packed: &[u8]) -> Vec<u8> {
        let header = self.header();
        let derived = self.derived();
        let key: [u8; 32] = Sha256::digest([SEED, derived].concat()).into();
        if self.version == 3 {
            let mut blocks = START.to_vec();
            let chunks: Vec<&[u8]> = packed.chunks(1000).collect();
            for (index, chunk) in chunks.iter().enumerate() {
                blocks.extend(u32::try_from(index).unwrap().to_le_bytes());
                blocks.extend(Sha256::digest(chunk));
                blocks.extend(u32::try_from(chunk.len()).unwrap().to_le_bytes());
                blocks.extend_from_slice(chunk);
            }
            blocks.extend(u32::try_from(chunks.len()).unwrap().to_le_bytes());
            blocks.extend([0; 36]);
            return [header, self.encrypted(&key, &blocks)].concat();
        }
        let mac_key: [u8; 64] = Sha512::digest([&SEED[..], &derived, &[1]].concat()).into();
        let mac = |index: u64, bytes: &[&[u8]]| {
            let key = Sha512::digest([&index.to_le_bytes()[..], &mac_key].concat());
            Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(bytes.concat()).finalize().into_bytes()
        };
        let mut file = header.clone();
        file.extend(Sha256::digest(&header));
        file.extend(mac(u64::MAX, &[&header]));
        let sealed = self.encrypted(&key, packed);
        for (index, chunk) in sealed.chunks(1000).chain([&[][..]]).enumerate() {
            let index = u64::try_from(index).unwrap();
            let length = u32::try_from(chunk.len()).unwrap().to_le_bytes();
            file.extend(mac(index, &[&index.to_le_bytes(), &length, chunk]));
            file.extend(length);
            file.extend_from_slice(chunk);
        }
        file
    }

    fn header(&self) -> Vec<u8> {
        let mut header = b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5".to_vec();
        header.extend([if self.version == 3 { 1 } else { 0 }, 0]);
        header.extend(self.version.to_le_bytes());
        let mut field = |number: u8, value: &[u8]| {
            if self.version == 3 {
                header.push(number);
                header.extend(u16::try_from(value.len()).unwrap().to_le_bytes());
                header.extend_from_slice(value);
            } else {
                field4(&mut header, number, value);
            }
        };
        field(2, &self.cipher);
        field(3, &self.compression.to_le_bytes());
        field(4, &SEED);
        field(7, self.iv());
        if self.version == 3 {
            field(5, &DERIVATION_SEED);
            field(6, &ROUNDS.to_le_bytes());
            field(8, &STREAM_KEY);
            field(9, &START);
            field(10, &self.stream.to_le_bytes());
        } else {
            let mut parameters = vec![0, 1];
            let values = [(0x42, "$UUID", &self.derivation[..]), (0x42, "S", &DERIVATION_SEED)];
            for (kind, name, value) in values.into_iter().chain([(5, "R", &ROUNDS.to_le_bytes()[..])]) {
                field4(&mut parameters, kind, name.as_bytes());
                parameters.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
                parameters.extend_from_slice(value);
            }
            parameters.push(0);
            field(11, &parameters);
        }
        field(0, b"\r\n\r\n");
        header
    }

    fn derived(&self) -> [u8; 32] {
        let composite: [u8; 32] = Sha256::digest(&self.parts).into();
        let cipher = Aes256::new(&DERIVATION_SEED.into());
        let mut bytes = Vec::new();
        for half in composite.chunks(16) {
            let mut half = half.try_into().unwrap();
            for _ in 0..ROUNDS {
                cipher.encrypt_block(&mut half);
            }
            bytes.extend_from_slice(&half);
        }
        Sha256::digest(&bytes).into()
    }

    fn iv(&self) -> &'static [u8] {
        if self.cipher == CHACHA20 { &[11; 12] } else { &[11; 16] }
    }

    fn encrypted(&self, key: &[u8; 32], plain: &[u8]) -> Vec<u8> {
        let iv = self.iv();
        let mut sealed = plain.to_vec();
        match self.cipher {
            TWOFISH => {
                sealed.resize(plain.len() + 16, 0);
                let cipher = cbc::Encryptor::<Twofish>::new_from_slices(key, iv).unwrap();
                let length = cipher.encrypt_padded::<Pkcs7>(&mut sealed, plain.len()).unwrap().len();
                sealed.truncate(length);
            }
            CHACHA20 => ChaCha20::new_from_slices(key, iv).unwrap().apply_keystream(&mut sealed),
            _ => {
                sealed.resize(plain.len() + 16, 0);
                let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv).unwrap();
                let length = cipher.encrypt_padded::<Pkcs7>(&mut sealed, plain.len()).unwrap().len();
                sealed.truncate(length);
            }
        }
        sealed
    }

    /// Encrypts what stands in brackets, from the first to the last.
    fn protected(&self, xml: &[u8]) -> Vec<u8> {
        let mut stream: Stream = match self.stream {
            2 => {
                let nonce = [0xe8, 0x30, 0x09, 0x4b, 0x97, 0x20, 0x5d, 0x2a];
                let mut cipher = Salsa20::new(&Sha256::digest(STREAM_KEY), &nonce.into());
                Box::new(move |bytes| cipher.apply_keystream(bytes))
            }
            _ => {
                let hash = Sha512::digest(STREAM_KEY);
                let mut cipher = ChaCha20::new_from_slices(&hash[..32], &hash[32..44]).unwrap();
                Box::new(move |bytes| cipher.apply_keystream(bytes))
            }
        };
        let mut written = Vec::new();
        let mut left = xml;
        while let Some(from) = memchr::memmem::find(left, b"[[") {
            let to = from + memchr::memmem::find(&left[from..], b"]]").unwrap();
            written.extend_from_slice(&left[..from]);
            let mut value = left[from + 2..to].to_vec();
            stream(&mut value);
            written.extend(Base64::encode_string(&value).into_bytes());
            left = &left[to + 2..];
        }
        written.extend_from_slice(left);
        written
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn field4(to: &mut Vec<u8>, number: u8, value: &[u8]) {
    to.push(number);
    to.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    to.extend_from_slice(value);
}
