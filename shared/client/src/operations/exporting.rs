//! Taking things out: the verified catalog of some items and their secrets, released together, as one archive.

use super::Item;
use crate::{
    error::{Damage, Error},
    export::{Archive, ArchivedAccount, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret},
    model::{ResourceDetails, SecretPayload},
    session::{ExportSettings, ExportStep, Exported, HolderSize, Released, Session},
    transport::Transport,
    vault::Details,
};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// What an export brought together.
pub struct ExportedArchive {
    /// The archive.
    pub archive: Archive,
    /// What the server released and wrote down.
    pub released: Released,
    /// Accounts and resources of which the member's role or a policy keeps something back.
    pub kept_back: usize,
    /// What was left out because it did not verify.
    pub damages: Vec<Damage>,
}

/// How much an export would hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportSize {
    /// Resources.
    pub resources: usize,
    /// Accounts.
    pub accounts: usize,
    /// Secrets that would be released.
    pub secrets: usize,
    /// Earlier secrets, where they are wanted.
    pub earlier: usize,
    /// Files, where they are wanted.
    pub files: usize,
    /// Bytes of the files.
    pub bytes: u64,
    /// Whether a policy asks for a reason.
    pub reason: bool,
}

/// What stands in a vault and is wanted.
type Wanted = BTreeMap<VaultId, BTreeSet<LeafKey>>;

impl<T: Transport> Session<T> {
    /// How much an export of these items would hold; nothing is asked of the server.
    #[must_use]
    pub fn measure_export(&self, items: &[Item]) -> ExportSize {
        let mut size = ExportSize::default();
        for (vault, keys) in &self.find_wanted(items) {
            for key in keys {
                size.resources += usize::from(key.kind == RecordKind::Resource);
                size.accounts += usize::from(key.kind == RecordKind::Account);
                if !has_secrets(key) {
                    continue;
                }
                let HolderSize { secret, earlier, files, bytes, reason } = self.measure_holder(*vault, key);
                size.secrets += usize::from(secret);
                size.earlier = size.earlier.saturating_add(earlier);
                size.files += files;
                size.bytes = size.bytes.saturating_add(bytes);
                size.reason |= reason;
            }
        }
        size
    }

    /// Brings items together with everything in them and what they stand in. All their secrets and files are released by
    /// one statement.
    ///
    /// # Errors
    /// [`Error::FilesTooLarge`] before anything is asked for; any other [`Error`]. What does not verify is left out and
    /// named.
    pub async fn export_archive(
        &self,
        items: &[Item],
        settings: &ExportSettings<'_>,
        progress: impl Fn(ExportStep),
    ) -> Result<ExportedArchive, Error> {
        let wanted = self.find_wanted(items);
        let holders = wanted
            .iter()
            .flat_map(|(vault, keys)| keys.iter().filter(|key| has_secrets(key)).map(|key| (*vault, *key)));
        let exported = self.export(&holders.collect(), settings, progress).await?;
        let Exported { secrets, past, files, released, kept_back, damages } = exported;
        let archive = Archive {
            team: self.directory().team_name().to_owned(),
            written: self.surroundings().now(),
            files,
            ..Archive::default()
        };
        let mut filling = Filling { session: self, wanted: &wanted, secrets, past, archive, damages };
        for vault in wanted.keys() {
            filling.add_vault(*vault)?;
        }
        let Filling { archive, damages, .. } = filling;
        Ok(ExportedArchive { archive, released, kept_back: kept_back.len(), damages })
    }

    /// The items, everything live in them, and everything around them.
    fn find_wanted(&self, items: &[Item]) -> Wanted {
        let vaults = self.vaults();
        let mut wanted = Wanted::new();
        for Item { vault, key } in items {
            let Some(view) = vaults.get(vault) else { continue };
            let Some(around) = view.surroundings(key).filter(|_| view.is_reachable(key)) else { continue };
            let keys = wanted.entry(*vault).or_default();
            keys.extend(around);
            let mut left = vec![*key];
            while let Some(key) = left.pop() {
                keys.insert(key);
                left.extend(view.children(&key.id).filter(|(_, entry)| entry.is_live()).map(|(key, _)| *key));
            }
        }
        wanted
    }
}

/// What has secrets or files of its own.
fn has_secrets(key: &LeafKey) -> bool {
    matches!(key.kind, RecordKind::Account | RecordKind::Resource)
}

/// An archive on its way.
struct Filling<'s, T> {
    session: &'s Session<T>,
    wanted: &'s Wanted,
    secrets: BTreeMap<(VaultId, ObjectId), SecretPayload>,
    past: BTreeMap<(VaultId, ObjectId), Vec<PastSecret>>,
    archive: Archive,
    damages: Vec<Damage>,
}

impl<T: Transport> Filling<'_, T> {
    fn add_vault(&mut self, vault: VaultId) -> Result<(), Error> {
        let key = Item::vault(vault).key;
        let Some(Details::Vault(details)) = self.details(vault, key)? else { return Ok(()) };
        self.archive.vaults.push(ArchivedVault { id: key.id, details });
        let mut left = vec![(key.id, Container::Vault(self.archive.vaults.len() - 1))];
        while let Some((parent, container)) = left.pop() {
            for key in self.children(vault, parent) {
                match key.kind {
                    RecordKind::ResourceGroup => left.push((key.id, self.add_group(vault, key, container)?)),
                    RecordKind::Resource => self.add_resource(vault, key, container)?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// What stands directly in something and is wanted, by name.
    fn children(&self, vault: VaultId, parent: ObjectId) -> Vec<LeafKey> {
        let vaults = self.session.vaults();
        let (Some(view), Some(wanted)) = (vaults.get(&vault), self.wanted.get(&vault)) else { return Vec::new() };
        let children = view.children(&parent).filter(|(key, entry)| entry.is_live() && wanted.contains(key));
        let mut named: Vec<(String, LeafKey)> = children
            .map(|(key, entry)| (entry.details().map(|details| details.name().to_owned()).unwrap_or_default(), *key))
            .collect();
        named.sort_unstable();
        named.into_iter().map(|(_, key)| key).collect()
    }

    /// The details of something, or the damage noted.
    fn details(&mut self, vault: VaultId, key: LeafKey) -> Result<Option<Details>, Error> {
        match self.session.verified(vault, key) {
            Ok(entry) => Ok(Some(entry.details)),
            Err(Error::Gone) => Ok(None),
            Err(Error::Damage(damage)) => {
                if !self.damages.contains(&damage) {
                    self.damages.push(damage);
                }
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// What is in a damaged group moves into what the group is in.
    fn add_group(&mut self, vault: VaultId, key: LeafKey, parent: Container) -> Result<Container, Error> {
        let Some(Details::ResourceGroup(details)) = self.details(vault, key)? else { return Ok(parent) };
        self.archive.groups.push(ArchivedGroup { id: key.id, parent, details });
        Ok(Container::Group(self.archive.groups.len() - 1))
    }

    fn add_resource(&mut self, vault: VaultId, key: LeafKey, parent: Container) -> Result<(), Error> {
        let details = match self.details(vault, key)? {
            Some(Details::Resource(details)) => *details,
            // Its accounts need one to stand on.
            _ => ResourceDetails { name: "?".to_owned(), ..ResourceDetails::default() },
        };
        self.archive.resources.push(ArchivedResource { id: key.id, parent, details });
        let resource = self.archive.resources.len() - 1;
        for key in self.children(vault, key.id) {
            if let Some(Details::Account(details)) = self.details(vault, key)? {
                let secret = self.secrets.remove(&(vault, key.id));
                let past = self.past.remove(&(vault, key.id)).unwrap_or_default();
                let account = ArchivedAccount { id: key.id, resource, details: *details, secret, past };
                self.archive.accounts.push(account);
            }
        }
        Ok(())
    }
}
