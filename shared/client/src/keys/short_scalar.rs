//! ECDSA P-256 keys whose number is short.
//!
//! OpenSSH's form keeps the private number without leading zeros (`mpint`, RFC 4251 section 5): in one key of 512 it has
//! fewer than 32 bytes, and `ssh-key` refuses those. They are given their zeros here, which OpenSSH takes as well.

use ssh_key::{
    Error, PrivateKey,
    encoding::{Decode, Encode},
};
use zeroize::Zeroizing;

const KIND: &[u8] = b"ecdsa-sha2-nistp256";
const SCALAR: usize = 32;
/// `openssh-key-v1`, no cipher, no derivation, no options of it, one key.
const OPEN: &[u8] = b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01";
/// What an open private section is filled up to.
const BLOCK: usize = 8;

/// Reads a key without a passphrase.
///
/// # Errors
/// As [`PrivateKey::from_bytes`].
pub(super) fn read(der: &[u8]) -> Result<PrivateKey, Error> {
    PrivateKey::from_bytes(der).or_else(|error| {
        let open = || {
            let mut rest = der.strip_prefix(OPEN)?;
            let public = Vec::<u8>::decode(&mut rest).ok()?;
            lengthen(&public, &Zeroizing::new(Vec::<u8>::decode(&mut rest).ok()?))
        };
        is_length(&error).then(open).flatten().unwrap_or(Err(error))
    })
}

/// Opens a key that a passphrase seals; `der` is what `key` was read from.
///
/// # Errors
/// As [`PrivateKey::decrypt`].
pub(super) fn decrypt(key: &PrivateKey, der: &[u8], passphrase: &str) -> Result<PrivateKey, Error> {
    key.decrypt(passphrase).or_else(|error| {
        let open = || {
            let cipher = key.cipher();
            let (secret, nonce) = key.kdf().derive_key_and_iv(cipher, passphrase).ok()?;
            let mut section = Zeroizing::new(key.key_data().encrypted()?.to_vec());
            // The tag is the end of the file; the library keeps it to itself.
            let tag = cipher.has_tag().then(|| der.last_chunk().copied()).flatten().map(Into::into);
            cipher.decrypt(&secret, &nonce, &mut section, tag).ok()?;
            lengthen(&key.public_key().to_bytes().ok()?, &section)
        };
        is_length(&error).then(open).flatten().unwrap_or(Err(error))
    })
}

fn is_length(error: &Error) -> bool {
    matches!(error, Error::Encoding(ssh_key::encoding::Error::Length))
}

/// The key of a public half and a private section, its number at full length; `None` where that is not what is wrong.
fn lengthen(public: &[u8], section: &[u8]) -> Option<Result<PrivateKey, Error>> {
    let mut rest = section;
    let check = u64::decode(&mut rest).ok()?;
    let mut next = || Vec::<u8>::decode(&mut rest).ok().map(Zeroizing::new);
    let [kind, curve, point, short, comment] = [next()?, next()?, next()?, next()?, next()?];
    let zeros = vec![0; SCALAR.checked_sub(short.len())?];
    if kind.as_slice() != KIND {
        return None;
    }
    let scalar = Zeroizing::new([zeros.as_slice(), &short].concat());

    let mut private = Zeroizing::new(Vec::with_capacity(section.len() + SCALAR + BLOCK));
    check.encode(&mut *private).ok()?;
    for part in [kind, curve, point, scalar, comment] {
        part.as_slice().encode(&mut *private).ok()?;
    }
    let end = private.len().next_multiple_of(BLOCK);
    let filling = end - private.len();
    private.extend((1..).take(filling));
    let mut whole = Zeroizing::new(Vec::with_capacity(OPEN.len() + public.len() + end + BLOCK));
    whole.extend_from_slice(OPEN);
    public.encode(&mut *whole).ok()?;
    private.as_slice().encode(&mut *whole).ok()?;
    Some(PrivateKey::from_bytes(&whole))
}
