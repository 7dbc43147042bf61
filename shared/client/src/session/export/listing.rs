//! What an export asks for: secrets and files by the verified tree, as far as role and policy give them.

use super::{Exported, Session};
use crate::{
    error::{Damage, Error, Fault},
    export::{ExportOptions, FILES_LIMIT},
    model::FileRef,
    transport::Transport,
};
use sealward_contract::{
    chain::{Requirement, VaultState},
    ids::{ObjectId, VaultId, Version},
    limits, policy,
    problem::Rejection,
    record::{Leaf, LeafKey, RecordKind},
    release::{ExportedFile, ExportedSecret},
};
use std::collections::BTreeSet;

/// What is asked for, in the order of the statement.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) secrets: Vec<ListedSecret>,
    pub(super) files: Vec<ListedFile>,
}

/// The secret of an account, with the versions from the first one wanted to the newest.
pub(super) struct ListedSecret {
    pub(super) vault: VaultId,
    pub(super) account: ObjectId,
    /// The oldest version wanted.
    pub(super) first: Version,
    /// The newest one, as it stood in the tree when the statement was made.
    pub(super) leaf: Leaf,
}

impl ListedSecret {
    fn versions(&self) -> impl Iterator<Item = Version> + use<> {
        (self.first.0..=self.leaf.version.0).map(Version)
    }

    /// How many come before the newest.
    pub(super) fn earlier(&self) -> usize {
        usize::try_from(self.leaf.version.0.saturating_sub(self.first.0)).unwrap_or(usize::MAX)
    }
}

/// A file of an account or a resource.
pub(super) struct ListedFile {
    pub(super) listed: ExportedFile,
    pub(super) holder: ObjectId,
    pub(super) leaf: Leaf,
    /// Its length, as the catalog says it.
    pub(super) length: u64,
}

impl Listing {
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty() && self.files.is_empty()
    }

    pub(super) fn earlier(&self) -> usize {
        self.secrets.iter().map(ListedSecret::earlier).sum()
    }

    pub(super) fn exported_secrets(&self) -> Vec<ExportedSecret> {
        let listed = |secret: &ListedSecret| {
            let (vault, account) = (secret.vault, secret.account);
            secret.versions().map(move |version| ExportedSecret { vault, account, version })
        };
        self.secrets.iter().flat_map(listed).collect()
    }

    /// # Errors
    /// More than one export may release, or may hold.
    fn check(&self) -> Result<(), Error> {
        let bytes = self.files.iter().map(|file| file.length).fold(0_u64, u64::saturating_add);
        if bytes > FILES_LIMIT {
            return Err(Error::FilesTooLarge { bytes, limit: FILES_LIMIT });
        }
        let count = self.secrets.iter().map(|secret| secret.earlier().saturating_add(1));
        if count.fold(self.files.len(), usize::saturating_add) > limits::EXPORT_ITEMS {
            return Err(Error::Rejected(Rejection::TooLarge { limit: limits::EXPORT_ITEMS as u64 }));
        }
        Ok(())
    }
}

/// What an account or a resource would bring into an export, as far as is known without verifying it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HolderSize {
    /// Whether it has a secret.
    pub(crate) secret: bool,
    /// Earlier secrets.
    pub(crate) earlier: usize,
    /// Files.
    pub(crate) files: usize,
    /// Bytes of the files.
    pub(crate) bytes: u64,
    /// Whether a policy asks for a reason.
    pub(crate) reason: bool,
}

impl<T: Transport> Session<T> {
    /// Lists what accounts and resources have; what the member is not given is noted as kept back, what does not verify
    /// as damaged.
    pub(super) fn list_for_export(
        &self,
        holders: &BTreeSet<(VaultId, LeafKey)>,
        options: ExportOptions,
        exported: &mut Exported,
    ) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let mut named = BTreeSet::new();
        for (vault, holder) in holders {
            let entry = match self.verified(*vault, *holder) {
                Ok(entry) => entry,
                Err(Error::Gone) => continue,
                Err(Error::Damage(damage)) => {
                    exported.damaged(damage);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let secret = self.leaf_of_secret(*vault, holder);
            let mut files = entry.details.files().filter(|_| options.files).peekable();
            if secret.is_none() && files.peek().is_none() {
                continue;
            }
            if !self.may_be_given(*vault, holder)? {
                exported.kept_back.insert((*vault, holder.id));
                continue;
            }
            if let Some(leaf) = secret {
                let first = if options.earlier { Version::FIRST } else { leaf.version };
                listing.secrets.push(ListedSecret { vault: *vault, account: holder.id, first, leaf });
            }
            for file in files {
                let FileRef { id, length, .. } = file;
                let Some(leaf) = self.leaf_of_file(*vault, *id) else {
                    let key = LeafKey { id: *id, kind: RecordKind::File };
                    exported.damaged(Damage::of_record(*vault, key, Fault::NotInHead));
                    continue;
                };
                let listed = ExportedFile { vault: *vault, id: *id, version: leaf.version };
                if named.insert(listed) {
                    listing.files.push(ListedFile { listed, holder: holder.id, leaf, length: *length });
                }
            }
        }
        listing.secrets.sort_unstable_by_key(|secret| (secret.vault, secret.account));
        listing.files.sort_unstable_by_key(|file| file.listed);
        listing.check()?;
        Ok(listing)
    }

    /// How much an account or a resource would bring into an export.
    pub(crate) fn measure_holder(&self, vault: VaultId, holder: &LeafKey) -> HolderSize {
        let mut size = HolderSize::default();
        if !self.may_be_given(vault, holder).unwrap_or_default() {
            return size;
        }
        if let Some(leaf) = self.leaf_of_secret(vault, holder) {
            size.secret = true;
            size.earlier = usize::try_from(leaf.version.0.saturating_sub(Version::FIRST.0)).unwrap_or(usize::MAX);
        }
        let vaults = self.vaults.borrow();
        let details = vaults.get(&vault).and_then(|view| view.entry(holder)).and_then(|entry| entry.details().ok());
        for file in details.iter().flat_map(|details| details.files()) {
            size.files += 1;
            size.bytes = size.bytes.saturating_add(file.length);
        }
        size.reason = (size.secret || size.files > 0) && self.asks_for_reason(vault, holder).unwrap_or_default();
        size
    }

    fn leaf_of_secret(&self, vault: VaultId, holder: &LeafKey) -> Option<Leaf> {
        let key = LeafKey { id: holder.id, kind: RecordKind::Secret };
        self.leaf(vault, &key).filter(|_| holder.kind == RecordKind::Account)
    }

    /// A file that is there: its second version says that it was removed.
    fn leaf_of_file(&self, vault: VaultId, id: ObjectId) -> Option<Leaf> {
        let key = LeafKey { id, kind: RecordKind::File };
        self.leaf(vault, &key).filter(|leaf| leaf.version == Version::FIRST)
    }

    fn leaf(&self, vault: VaultId, key: &LeafKey) -> Option<Leaf> {
        self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(key).copied())
    }

    /// Whether role and policy give the member the secret and the files of an account or a resource.
    fn may_be_given(&self, vault: VaultId, holder: &LeafKey) -> Result<bool, Error> {
        let role = self.role(&vault).ok_or(Error::NotAllowed)?;
        self.with_policies(vault, holder, |known, resource, sequence| {
            let tier = known.tier_at(&holder.id, Some(resource), sequence);
            let policy = known.policy_at(&holder.id, Some(resource), sequence);
            policy::may_release_directly(role, tier, policy, &self.identity.member)
        })
    }

    /// Whether the policy in force asks for a reason.
    fn asks_for_reason(&self, vault: VaultId, holder: &LeafKey) -> Result<bool, Error> {
        self.with_policies(vault, holder, |known, resource, sequence| {
            let policy = known.policy_at(&holder.id, Some(resource), sequence);
            policy.is_some_and(|policy| policy.reason == Requirement::Required)
        })
    }

    /// Looks at the policies of a vault, from where an account or a resource stands.
    fn with_policies<R>(
        &self,
        vault: VaultId,
        holder: &LeafKey,
        look: impl FnOnce(&VaultState, &ObjectId, u64) -> R,
    ) -> Result<R, Error> {
        let resource = self.resource_of(&vault, &holder.id).unwrap_or(holder.id);
        self.with_chain(|chain| Some(look(chain.vault(&vault)?, &resource, chain.position().sequence)))?
            .ok_or(Error::Gone)
    }
}
