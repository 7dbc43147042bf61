//! Sealing a record under a vault's key and signing its header; opening a record's payload.

use crate::{
    crypto::{
        guarded::{self, Guarded},
        hpke::Envelope,
        randomness::CryptoRng,
        sealing::{self, Sealed, SealingKey},
        signing::SigningKey,
    },
    vault::VaultKeys,
};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{
        Hash, SealingPublicKey,
        context::{Label, of_record},
        hash,
    },
    ids::{Number, ObjectId, Version},
    record::{Header, LeafKey, Record, RecordContext, RecordState, Tier, WrappedKey},
};
use zeroize::Zeroizing;

/// A version of a record that is still to be sealed.
pub struct Draft {
    /// Which record.
    pub key: LeafKey,
    /// What it stands in.
    pub parent: ObjectId,
    /// Its number.
    pub number: Number,
    /// Live or deleted.
    pub state: RecordState,
    /// The version that it was made from; `None` for a new object.
    pub base: Option<Version>,
    /// What is to be sealed.
    pub payload: Zeroizing<Vec<u8>>,
}

impl Draft {
    /// Bytes to reckon with in a batch: the payload, and a kibibyte for what a record has beside it.
    pub(crate) fn room(&self) -> usize {
        self.payload.len() + 1_024
    }
}

/// A key that a record's payload is sealed under.
pub enum SealUnder<'k> {
    /// Catalog, open or directory key.
    Key(&'k SealingKey),
    /// The guarded public key.
    Guarded(&'k SealingPublicKey),
}

/// The payload could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload cannot be sealed")]
pub struct Unsealable;

/// Seals a payload for a context and signs the header.
///
/// # Errors
/// [`Unsealable`] when the payload is too long or the guarded key is none.
pub fn seal_record(
    context: RecordContext,
    payload: &[u8],
    under: &SealUnder<'_>,
    signing: &SigningKey,
    randomness: &mut dyn CryptoRng,
) -> Result<Record, Unsealable> {
    let (sealed, wrapped) = match under {
        SealUnder::Key(key) => {
            let sealed = sealing::seal(key, &of_record(&context), payload, randomness).map_err(|_| Unsealable)?;
            (sealed, None)
        }
        SealUnder::Guarded(public) => {
            let Guarded { wrapped, sealed } =
                guarded::seal(public, &context, payload, randomness).map_err(|_| Unsealable)?;
            (sealed, Some(Bytes(wrapped.into_bytes())))
        }
    };
    let header = Header {
        context,
        salt: sealed.salt,
        commitment: sealed.commitment,
        wrapped_key: wrapped.as_ref().map_or(Hash::ZERO, |wrapped| hash(wrapped)),
        payload: hash(&sealed.bytes),
    };
    let signature = signing.sign_bytes(Label::Record, &codec::encode(&header));
    Ok(Record::new(header, signature, wrapped, Bytes(sealed.bytes)))
}

/// Opens a record's payload with the keys of its epoch.
pub(crate) fn open_payload(record: &Record, keys: &VaultKeys) -> Option<Zeroizing<Vec<u8>>> {
    open_content(record.header(), record.payload()?.0.clone(), record.wrapped_key(), keys)
}

/// Opens a payload that was set apart from its record.
pub(crate) fn open_content(
    header: &Header,
    bytes: Vec<u8>,
    wrapped_key: Option<&WrappedKey>,
    keys: &VaultKeys,
) -> Option<Zeroizing<Vec<u8>>> {
    let sealed = Sealed { salt: header.salt, commitment: header.commitment, bytes };
    match header.context.tier {
        Tier::Catalog => sealing::open_owned(&keys.catalog, &of_record(&header.context), sealed).ok(),
        Tier::Open => sealing::open_owned(keys.open.as_ref()?, &of_record(&header.context), sealed).ok(),
        Tier::Guarded => {
            let wrapped = Envelope::from_bytes(wrapped_key?.0.clone())?;
            guarded::open(keys.guarded.as_ref()?, &header.context, &Guarded { wrapped, sealed }).ok()
        }
        Tier::Directory => None,
    }
}

/// Opens a directory record's payload.
pub(crate) fn open_directory_payload(record: &Record, key: &SealingKey) -> Option<Zeroizing<Vec<u8>>> {
    let header = record.header();
    if header.context.tier != Tier::Directory {
        return None;
    }
    let sealed = Sealed { salt: header.salt, commitment: header.commitment, bytes: record.payload()?.0.clone() };
    sealing::open(key, &of_record(&header.context), &sealed).ok()
}
