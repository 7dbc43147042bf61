//! Acting on what was read: an entry's signature is verified before anything is done with it.

use super::Session;
use crate::{
    error::{Damage, Error, Fault},
    transport::Transport,
    vault::Details,
};
use sealward_contract::{
    ids::{MemberId, Number, ObjectId, Timestamp, VaultId, Version},
    record::{LeafKey, RecordKind},
};

/// A verified entry, ready to be acted on.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedEntry {
    /// Its version.
    pub version: Version,
    /// Its number.
    pub number: Number,
    /// What it stands in.
    pub parent: ObjectId,
    /// Who wrote it.
    pub author: MemberId,
    /// When.
    pub time: Timestamp,
    /// What it says.
    pub details: Details,
}

impl<T: Transport> Session<T> {
    /// A live, reachable entry with its signature verified.
    ///
    /// # Errors
    /// [`Error::Gone`] when it is not there, [`Error::Damage`] when it does not verify or shares its number.
    pub fn verified(&self, vault: VaultId, key: LeafKey) -> Result<VerifiedEntry, Error> {
        let entry = self.verified_even_deleted(vault, key)?;
        let reachable = self.vaults.borrow().get(&vault).is_some_and(|view| view.is_reachable(&key));
        if !reachable {
            return Err(Error::Gone);
        }
        if key.kind.is_numbered() && self.numbers.borrow().is_ambiguous(entry.number) {
            let damage = Damage::of_record(vault, key, Fault::Substituted);
            return Err(Damage { number: Some(entry.number), author: Some(entry.author), ..damage }.into());
        }
        Ok(entry)
    }

    /// An entry with its signature verified, whether or not it was deleted.
    ///
    /// # Errors
    /// [`Error::Gone`] when it never was, [`Error::Damage`] when it does not verify.
    pub fn verified_even_deleted(&self, vault: VaultId, key: LeafKey) -> Result<VerifiedEntry, Error> {
        self.with_chain(|chain| {
            let mut vaults = self.vaults.borrow_mut();
            let view = vaults.get_mut(&vault).ok_or(Error::Gone)?;
            let entry = view.verified(chain, &key)?.ok_or(Error::Gone)?;
            let details = entry.details().map_err(|fault| Damage::of_record(vault, key, fault))?.clone();
            let context = entry.record().context();
            Ok(VerifiedEntry {
                version: context.version,
                number: context.number,
                parent: context.parent,
                author: context.author,
                time: context.time,
                details,
            })
        })?
    }

    /// The only live object with a number.
    #[must_use]
    pub fn find_number(&self, number: Number) -> Option<(VaultId, LeafKey)> {
        self.numbers.borrow().holder(number)
    }

    /// Whether a live object has a number.
    #[must_use]
    pub fn is_number_held(&self, number: Number) -> bool {
        self.numbers.borrow().is_held(number)
    }

    /// Verifies up to `count` further signatures; for the background. Empty and `false` when all are verified.
    #[must_use]
    pub fn verify_some(&self, count: usize) -> (Vec<Damage>, bool) {
        let found = self.with_chain(|chain| {
            let mut vaults = self.vaults.borrow_mut();
            let mut damages = Vec::new();
            let mut left = count;
            for view in vaults.values_mut() {
                let before = view.unverified();
                damages.extend(view.verify_some(chain, left));
                left = left.saturating_sub(before - view.unverified());
            }
            (damages, vaults.values().any(|view| view.unverified() > 0))
        });
        found.unwrap_or_default()
    }

    /// The resource that an account stands on.
    pub(super) fn resource_of(&self, vault: &VaultId, account: &ObjectId) -> Option<ObjectId> {
        let key = LeafKey { id: *account, kind: RecordKind::Account };
        Some(self.vaults.borrow().get(vault)?.entry(&key)?.record().context().parent)
    }
}
