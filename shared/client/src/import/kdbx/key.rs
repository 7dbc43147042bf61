//! From password and key file to the key that both versions begin with.

use super::header::Derivation;
use super::keystream::Keystream;
use super::xml::{self, Walker};
use crate::crypto::password;
use crate::import::FileKey;
use crate::import::refusal::ImportError;
use crate::import::xml::attribute;
use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Derives it. Takes what the header says that it costs.
///
/// # Errors
/// [`ImportError::WrongPassword`] where a key file is not whole, [`ImportError::TooCostly`] where there is not the memory.
pub(super) fn derive(key: &FileKey, derivation: &Derivation<'_>) -> Result<Zeroizing<[u8; 32]>, ImportError> {
    let composite = composite(key)?;
    match derivation {
        Derivation::Aes { seed, rounds } => {
            let cipher = Aes256::new_from_slice(seed).map_err(|_| ImportError::Damaged)?;
            let mut halves =
                Zeroizing::new(composite.as_chunks::<16>().0.iter().copied().map(Into::into).collect::<Vec<_>>());
            for _ in 0..*rounds {
                cipher.encrypt_blocks(&mut halves);
            }
            let hash = halves.iter().fold(Sha256::new(), |hash, half| hash.chain_update(half));
            Ok(Zeroizing::new(hash.finalize().into()))
        }
        Derivation::Argon2 { argon2, salt } => {
            password::run(argon2, &*composite, salt).map_err(|_| ImportError::TooCostly)
        }
    }
}

/// What password and key file give together.
fn composite(key: &FileKey) -> Result<Zeroizing<[u8; 32]>, ImportError> {
    let mut hash = Sha256::new();
    if let Some(password) = &key.password {
        hash.update(Zeroizing::new(<[u8; 32]>::from(Sha256::digest(password))));
    }
    if let Some(file) = &key.key_file {
        hash.update(of_file(file)?);
    }
    Ok(Zeroizing::new(hash.finalize().into()))
}

/// The key in a key file: in XML, as 32 bytes, as 64 hexadecimal digits, or the hash of whatever file it is.
fn of_file(file: &[u8]) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    if let Some(key) = of_xml(file)? {
        return Ok(key);
    }
    if file.len() == 32 {
        return Ok(Zeroizing::new(file.to_vec()));
    }
    if file.len() == 64
        && let Some(key) = of_hex(file)
    {
        return Ok(key);
    }
    Ok(Zeroizing::new(Sha256::digest(file).to_vec()))
}

/// The key in a key file of KeePass: base64 in its version 1, hexadecimal with a hash in version 2. None, where it is
/// another file.
fn of_xml(file: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, ImportError> {
    let Some((version, data, hash)) = xml::text_of(file).and_then(|text| parts_of_xml(text).ok().flatten()) else {
        return Ok(None);
    };
    if !version.trim().starts_with('2') {
        return Ok(xml::of_base64(&data).ok().filter(|key| !key.is_empty()));
    }
    let key = of_hex(&xml::without_blanks(&data)).ok_or(ImportError::WrongPassword)?;
    let wanted = hash.map(|hash| of_hex(hash.trim().as_bytes()).ok_or(ImportError::WrongPassword)).transpose()?;
    let given = Zeroizing::new(Sha256::digest(&*key).to_vec());
    // The first bytes of the key's hash: they tell a slip of the pen in what was typed from paper.
    let is_whole =
        wanted.is_none_or(|wanted| given.get(..wanted.len()).is_some_and(|given| given.ct_eq(&wanted).into()));
    if is_whole { Ok(Some(key)) } else { Err(ImportError::WrongPassword) }
}

type Parts = (Zeroizing<String>, Zeroizing<String>, Option<String>);

/// Version, data and hash.
fn parts_of_xml(text: &str) -> Result<Option<Parts>, ImportError> {
    let mut xml = Walker::new(text, Keystream::None);
    if xml.child()?.is_none_or(|root| root.name().as_ref() != "KeyFile") {
        return Ok(None);
    }
    let (mut version, mut data) = (Zeroizing::default(), None);
    while let Some(part) = xml.child()? {
        let is_known = matches!(part.name().as_ref(), "Meta" | "Key");
        if !is_known {
            xml.skip(&part)?;
            continue;
        }
        while let Some(inner) = xml.child()? {
            match inner.name().as_ref() {
                "Version" => version = xml.text(&inner)?,
                "Data" => data = Some((xml.text(&inner)?, attribute(&inner, "Hash"))),
                _ => xml.skip(&inner)?,
            }
        }
    }
    Ok(data.map(|(data, hash)| (version, data, hash)))
}

fn of_hex(digits: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; digits.len() / 2]);
    base16ct::mixed::decode(digits, &mut bytes).ok()?;
    Some(bytes)
}
