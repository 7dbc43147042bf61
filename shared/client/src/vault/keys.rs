//! A vault's three keys, how they travel in an envelope, and the check against the chain's commitments.

use crate::crypto::{
    commitment::{derive_commitment, is_committed},
    hpke::{self, Envelope, Unwrapper, XWingSecret},
    randomness::CryptoRng,
    sealing::SealingKey,
};
use minicbor::{Decoder, Encoder};
use sealward_contract::{
    chain::{EpochKeys, VaultRole},
    crypto::{
        SealingPublicKey,
        context::{of_key_commitment, of_vault_envelope},
    },
    ids::{Epoch, MemberId, TeamId, VaultId},
    policy,
    record::Tier,
};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Keys of one epoch, as far as a role has them.
pub struct VaultKeys {
    /// Opens the catalog.
    pub catalog: SealingKey,
    /// Opens secrets that need no approval.
    pub open: Option<SealingKey>,
    /// Opens secrets that need one.
    pub guarded: Option<XWingSecret>,
}

/// All epochs' keys that a member holds of a vault.
pub type VaultKeyring = BTreeMap<Epoch, VaultKeys>;

/// Envelope, keys or commitments do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the envelope does not hold the vault's keys")]
pub struct WrongKeys;

impl VaultKeys {
    /// Makes the keys of a new epoch.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self {
            catalog: SealingKey::make(randomness),
            open: Some(SealingKey::make(randomness)),
            guarded: Some(XWingSecret::make(randomness)),
        }
    }

    /// The public side that the chain carries; `None` unless all three are held.
    #[must_use]
    pub fn commit(&self, team: &TeamId, vault: &VaultId, epoch: Epoch) -> Option<EpochKeys> {
        let context = |tier| of_key_commitment(team, vault, epoch, tier);
        Some(EpochKeys {
            catalog: derive_commitment(&self.catalog, &context(Tier::Catalog)),
            open: derive_commitment(self.open.as_ref()?, &context(Tier::Open)),
            guarded: self.guarded.as_ref()?.public(),
        })
    }

    /// Whether every key held is the one that the chain commits to.
    #[must_use]
    pub fn are_committed(&self, team: &TeamId, vault: &VaultId, epoch: Epoch, keys: &EpochKeys) -> bool {
        let context = |tier| of_key_commitment(team, vault, epoch, tier);
        is_committed(&self.catalog, &context(Tier::Catalog), &keys.catalog)
            && self.open.as_ref().is_none_or(|open| is_committed(open, &context(Tier::Open), &keys.open))
            && self.guarded.as_ref().is_none_or(|guarded| guarded.public() == keys.guarded)
    }
}

/// Wraps keys to a member, those that go with a role: an array of `[epoch, catalog, open or null, guarded seed or null]`.
///
/// # Errors
/// [`WrongKeys`] when the public key is none.
pub fn wrap_keys(
    keys: &[(Epoch, &VaultKeys)],
    team: &TeamId,
    vault: &VaultId,
    epoch: Epoch,
    recipient: (&MemberId, &SealingPublicKey),
    role: VaultRole,
    randomness: &mut dyn CryptoRng,
) -> Result<Envelope, WrongKeys> {
    let plain = encode(keys, role).ok_or(WrongKeys)?;
    let info = of_vault_envelope(team, vault, epoch, recipient.0);
    hpke::wrap(recipient.1, &info, &[], &plain, randomness).map_err(|_| WrongKeys)
}

/// Opens an envelope to oneself. The keys still have to be checked against the chain.
///
/// # Errors
/// [`WrongKeys`] when it is another's, or does not hold keys.
pub fn unwrap_keys(
    envelope: &[u8],
    team: &TeamId,
    vault: &VaultId,
    epoch: Epoch,
    recipient: (&MemberId, &Unwrapper),
) -> Result<VaultKeyring, WrongKeys> {
    let envelope = Envelope::from_bytes(envelope.to_vec()).ok_or(WrongKeys)?;
    let info = of_vault_envelope(team, vault, epoch, recipient.0);
    let plain = recipient.1.unwrap(&info, &[], &envelope).map_err(|_| WrongKeys)?;
    let keyring = decode_keyring(&plain).ok_or(WrongKeys)?;
    // One encoding only, like everywhere.
    let keys: Vec<(Epoch, &VaultKeys)> = keyring.iter().map(|(epoch, keys)| (*epoch, keys)).collect();
    if encode_keyring(&keys).is_some_and(|again| *again == *plain) { Ok(keyring) } else { Err(WrongKeys) }
}

/// Keys in the form that envelopes have, all that are held.
pub(crate) fn encode_keyring(keys: &[(Epoch, &VaultKeys)]) -> Option<Zeroizing<Vec<u8>>> {
    encode(keys, VaultRole::Custodian)
}

const ENCODED_EPOCH: usize = 128;

fn encode(keys: &[(Epoch, &VaultKeys)], role: VaultRole) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 + keys.len() * ENCODED_EPOCH));
    let mut encoder = Encoder::new(&mut *bytes);
    encoder.array(keys.len() as u64).ok()?;
    for (epoch, keys) in keys {
        encoder.array(4).ok()?.u32(epoch.0).ok()?.bytes(keys.catalog.expose()).ok()?;
        let open = keys.open.as_ref().filter(|_| policy::holds_key(role, Tier::Open));
        let guarded = keys.guarded.as_ref().filter(|_| policy::holds_key(role, Tier::Guarded));
        let optional = [open.map(|key| key.expose().as_slice()), guarded.map(|key| key.expose().as_slice())];
        for key in optional {
            match key {
                Some(key) => encoder.bytes(key).ok()?,
                None => encoder.null().ok()?,
            };
        }
    }
    Some(bytes)
}

/// Keys from that form.
pub(crate) fn decode_keyring(bytes: &[u8]) -> Option<VaultKeyring> {
    let mut decoder = Decoder::new(bytes);
    let mut keyring = VaultKeyring::new();
    for _ in 0..decoder.array().ok()?? {
        if decoder.array().ok()? != Some(4) {
            return None;
        }
        let epoch = Epoch(decoder.u32().ok()?);
        let catalog = SealingKey::from_slice(decoder.bytes().ok()?)?;
        let open = match optional_bytes(&mut decoder)? {
            Some(bytes) => Some(SealingKey::from_slice(bytes)?),
            None => None,
        };
        let guarded = match optional_bytes(&mut decoder)? {
            Some(bytes) => Some(XWingSecret::from_slice(bytes)?),
            None => None,
        };
        keyring.insert(epoch, VaultKeys { catalog, open, guarded });
    }
    Some(keyring)
}

fn optional_bytes<'b>(decoder: &mut Decoder<'b>) -> Option<Option<&'b [u8]>> {
    if decoder.datatype().ok()? == minicbor::data::Type::Null {
        decoder.null().ok()?;
        return Some(None);
    }
    decoder.bytes().ok().map(Some)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::crypto::randomness::OsRandom;

    #[test]
    fn an_envelope_opens_for_its_recipient_epoch_and_vault_alone() {
        let randomness = &mut OsRandom::new();
        let (secret, other) = (XWingSecret::make(randomness), XWingSecret::make(randomness));
        let (team, vault, member) = (TeamId([1; 16]), VaultId([2; 16]), MemberId([3; 16]));
        let keys = VaultKeys::make(randomness);
        let to = (&member, &secret.public());
        let role = VaultRole::Custodian;
        let envelope = wrap_keys(&[(Epoch(1), &keys)], &team, &vault, Epoch(1), to, role, randomness).unwrap();
        let opened =
            unwrap_keys(envelope.as_bytes(), &team, &vault, Epoch(1), (&member, &Unwrapper::new(&secret))).unwrap();
        let committed = keys.commit(&team, &vault, Epoch(1)).unwrap();
        assert!(opened[&Epoch(1)].are_committed(&team, &vault, Epoch(1), &committed));
        assert!(!opened[&Epoch(1)].are_committed(&team, &vault, Epoch(2), &committed));
        for wrong in [
            unwrap_keys(envelope.as_bytes(), &team, &vault, Epoch(1), (&member, &Unwrapper::new(&other))),
            unwrap_keys(envelope.as_bytes(), &team, &vault, Epoch(2), (&member, &Unwrapper::new(&secret))),
            unwrap_keys(envelope.as_bytes(), &team, &VaultId([9; 16]), Epoch(1), (&member, &Unwrapper::new(&secret))),
            unwrap_keys(envelope.as_bytes(), &TeamId([9; 16]), &vault, Epoch(1), (&member, &Unwrapper::new(&secret))),
            unwrap_keys(envelope.as_bytes(), &team, &vault, Epoch(1), (&MemberId([9; 16]), &Unwrapper::new(&secret))),
        ] {
            assert!(matches!(wrong, Err(WrongKeys)));
        }
    }

    #[test]
    fn an_envelope_holds_what_goes_with_the_role() {
        let randomness = &mut OsRandom::new();
        let secret = XWingSecret::make(randomness);
        let (team, vault, member, keys) =
            (TeamId([1; 16]), VaultId([2; 16]), MemberId([3; 16]), VaultKeys::make(randomness));
        let rows = [
            (VaultRole::Viewer, false, false),
            (VaultRole::User, true, false),
            (VaultRole::Editor, true, false),
            (VaultRole::Custodian, true, true),
        ];
        for (role, open, guarded) in rows {
            let to = (&member, &secret.public());
            let envelope = wrap_keys(&[(Epoch(1), &keys)], &team, &vault, Epoch(1), to, role, randomness).unwrap();
            let held =
                unwrap_keys(envelope.as_bytes(), &team, &vault, Epoch(1), (&member, &Unwrapper::new(&secret))).unwrap();
            assert_eq!(
                (held[&Epoch(1)].open.is_some(), held[&Epoch(1)].guarded.is_some()),
                (open, guarded),
                "{role:?}"
            );
            assert!(held[&Epoch(1)].catalog == keys.catalog);
        }
    }
}
