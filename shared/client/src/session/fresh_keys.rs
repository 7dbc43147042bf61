//! What replaces everything that a person had: a new identity, a new Secret Key, and what a new password gives.

use super::{Device, Unlocking, kit_tag};
use crate::{
    crypto::{
        hpke,
        identity::Identity,
        password::{SecretKey, stretch},
        sealing::SealingKey,
    },
    error::Error,
    model::SecretText,
    surroundings::Surroundings,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{ReplaceKeys, TouchedVault},
    crypto::{Hash, VerifyingKey, context::of_directory_envelope, hash},
    ids::{MemberId, TeamId},
    text::LoginName,
};

/// For whom keys are made.
pub(crate) struct Owner {
    pub(crate) team: TeamId,
    pub(crate) member: MemberId,
    pub(crate) genesis: Hash,
    pub(crate) login_name: LoginName,
    pub(crate) origin: String,
}

/// New keys, not in force before a statement says so.
pub(crate) struct FreshKeys {
    pub(crate) identity: Identity,
    pub(crate) unlocking: Unlocking,
    pub(crate) login_key: VerifyingKey,
    pub(crate) kit_tag: Hash,
    pub(crate) bundle: Bytes,
    /// The bundle's version.
    pub(crate) version: u32,
}

impl FreshKeys {
    /// Makes them, with the bundle as this version of it.
    pub(crate) fn make(
        surroundings: &Surroundings,
        owner: Owner,
        password: &SecretText,
        version: u32,
    ) -> Result<Self, Error> {
        let Owner { team, member, genesis, login_name, origin } = owner;
        let (secret_key, identity) = surroundings
            .with_randomness(|randomness| (SecretKey::make(randomness), Identity::make(member, genesis, randomness)));
        let root = stretch(password.expose(), &secret_key).map_err(|_| Error::OutOfMemory)?;
        let bundle = surroundings
            .with_randomness(|randomness| identity.seal(&root.lock_key(&team), &team, version, randomness))
            .map_err(|_| Error::Refused)?
            .to_wire();
        let (login_key, kit_tag) = (root.login_key(&team).public(), kit_tag(&secret_key, &team));
        let unlocking = Unlocking::of(Device { team, login_name, origin, secret_key }, root);
        Ok(Self { identity, unlocking, login_key, kit_tag, bundle, version })
    }

    /// What the statement says that puts them in force.
    pub(crate) fn replacement(&self, vaults: Vec<TouchedVault>, recovery: Option<u64>) -> ReplaceKeys {
        ReplaceKeys {
            signing: self.identity.signing.public(),
            sealing: self.identity.wrapping.public(),
            login_key: self.login_key,
            bundle: hash(&self.bundle),
            vaults,
            recovery,
        }
    }

    /// The directory's key, sealed to them.
    pub(crate) fn wrap_directory(&self, surroundings: &Surroundings, key: &SealingKey) -> Result<Bytes, Error> {
        let info = of_directory_envelope(&self.unlocking.device().team, &self.identity.member);
        let sealing = self.identity.wrapping.public();
        let wrapped =
            surroundings.with_randomness(|randomness| hpke::wrap(&sealing, &info, &[], key.expose(), randomness));
        Ok(Bytes(wrapped.map_err(|_| Error::Refused)?.into_bytes()))
    }
}
