//! The trash: what was deleted and not purged. Restored to its place, or to the nearest one that is there; purged by hand,
//! or when its time is over.

use super::{
    Item,
    entry::{Next, draft_next},
    steps::{Doing, Others, Report, Step},
};
use crate::{
    error::Error,
    files::FileChanges,
    model::VaultDetails,
    session::{Session, VaultDrafts, VerifiedEntry},
    transport::Transport,
    vault::{Details, Entry, VaultView},
};
use sealward_contract::{
    ids::{MemberId, Number, ObjectId, Timestamp, VaultId},
    limits, policy,
    record::{LeafKey, RecordKind, RecordState},
};
use std::collections::{BTreeMap, BTreeSet};

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Something in the trash.
#[derive(Clone, Debug, PartialEq)]
pub struct Trashed {
    /// What it is.
    pub item: Item,
    /// Its number.
    pub number: Number,
    /// What it says.
    pub details: Details,
    /// Names of what it stood in, from the vault down.
    pub place: Vec<String>,
    /// Whether all of that is still there.
    pub place_is_there: bool,
    /// Who deleted it.
    pub author: MemberId,
    /// When, by their clock.
    pub time: Timestamp,
    /// When it will be purged; `None` where it is kept for ever.
    pub due: Option<Timestamp>,
    /// How many things are in it and come back with it.
    pub inside: usize,
}

impl<T: Transport> Session<T> {
    /// What is in the trash, newest first. What was moved to another vault is not: it is there, or was deleted there.
    #[must_use]
    pub fn trash(&self) -> Vec<Trashed> {
        let vaults = self.vaults();
        let mut trash = Vec::new();
        for (vault, view) in vaults.iter() {
            let days = days_kept(view, *vault);
            for (key, entry) in view.entries().filter(|(_, entry)| !entry.is_live()) {
                let Ok(details) = entry.details() else { continue };
                let context = entry.record().context();
                if key.kind.is_numbered() && self.is_number_held(context.number) {
                    continue;
                }
                let (place, place_is_there) = place_of(view, key);
                trash.push(Trashed {
                    item: Item { vault: *vault, key: *key },
                    number: context.number,
                    details: details.clone(),
                    place,
                    place_is_there,
                    author: context.author,
                    time: context.time,
                    due: days.map(|days| due(context.time, days)),
                    inside: comes_back(view, &key.id),
                });
            }
        }
        trash.sort_by_key(|trashed| (std::cmp::Reverse(trashed.time), trashed.item));
        let mut numbers = BTreeSet::new();
        trash.retain(|trashed| !trashed.item.key.kind.is_numbered() || numbers.insert(trashed.number));
        trash
    }

    /// Restores deleted items to their places. Where a place was deleted too, a resource group or resource goes to the
    /// nearest one around that is there; an account takes its resource with it. `progress` is told how many of how many
    /// are done.
    ///
    /// [`Error::Gone`] is left where an item was purged, or its vault is deleted.
    pub async fn restore_items(&self, items: &[Item], progress: impl Fn(Doing, usize, usize)) -> Report {
        let mut report = Report::default();
        // Containers first: what was in them then finds its place.
        let mut items = items.to_vec();
        let depth = |item: &Item| self.vaults().get(&item.vault).map_or(0, |view| around(view, &item.key).len());
        items.sort_by_cached_key(|item| (item.key.kind, depth(item)));
        let mut restored = BTreeSet::new();
        let mut steps = Vec::with_capacity(items.len());
        for item in items {
            match self.draft_restored(item, &mut restored) {
                Ok(step) => steps.push(step),
                Err(error) => report.leave(item, error),
            }
        }
        report.add(self.write_steps(steps, Others::Written, &progress).await);
        report
    }

    fn draft_restored(&self, item: Item, restored: &mut BTreeSet<Item>) -> Result<Step, Error> {
        let before = self.verified_even_deleted(item.vault, item.key)?;
        let live = self.vaults().get(&item.vault).is_some_and(|view| is_live(view, &item.key));
        if live || (item.key.kind.is_numbered() && self.is_number_held(before.number)) {
            return Err(Error::StaleVersion);
        }
        let mut step = match item.key.kind {
            RecordKind::Vault => Step::of_one(item, draft_back(item, before, item.vault.object())?),
            RecordKind::Account => {
                let resource = Item::within(item.vault, RecordKind::Resource, before.parent);
                let around = self.draft_resource_back(resource, restored)?;
                let mut step = Step::of_one(item, draft_back(item, before, resource.key.id)?);
                if let Some((draft, earlier)) = around {
                    // The resource first: the account stands on it.
                    step.drafts.insert(0, (item.vault, draft));
                    step.earlier.insert(0, earlier);
                }
                step
            }
            _ => {
                let parent = self.nearest(item, restored)?;
                Step::of_one(item, draft_back(item, before, parent)?)
            }
        };
        // What is taken back goes the other way: what stands in something before that.
        step.earlier.reverse();
        restored.insert(item);
        Ok(step)
    }

    /// The resource of a restored account, brought back into reach unless it is there.
    fn draft_resource_back(
        &self,
        resource: Item,
        restored: &mut BTreeSet<Item>,
    ) -> Result<Option<(crate::vault::Draft, super::undo::Earlier)>, Error> {
        let in_reach = self.is_there(resource, restored);
        if in_reach {
            return Ok(None);
        }
        let before = self.verified_even_deleted(resource.vault, resource.key)?;
        let parent = self.nearest(resource, restored)?;
        let drafted = draft_back(resource, before, parent)?;
        restored.insert(resource);
        Ok(Some(drafted))
    }

    /// The nearest thing around an item that is there, or will be with what is restored before it.
    fn nearest(&self, item: Item, restored: &BTreeSet<Item>) -> Result<ObjectId, Error> {
        let path = self.vaults().get(&item.vault).map(|view| around(view, &item.key)).ok_or(Error::Gone)?;
        let place = path.into_iter().map(|key| Item { vault: item.vault, key });
        let mut place = place.filter(|place| place.key.kind != RecordKind::Resource);
        place.find(|place| self.is_there(*place, restored)).map(|place| place.key.id).ok_or(Error::Gone)
    }

    /// Whether an item is live or restored, and so is everything around it.
    fn is_there(&self, item: Item, restored: &BTreeSet<Item>) -> bool {
        let vaults = self.vaults();
        let Some(view) = vaults.get(&item.vault) else { return false };
        let there = |key: &LeafKey| is_live(view, key) || restored.contains(&Item { vault: item.vault, key: *key });
        let path = around(view, &item.key);
        let whole = path.last().is_some_and(|key| key.kind == RecordKind::Vault) || item.key.kind == RecordKind::Vault;
        whole && there(&item.key) && path.iter().all(there)
    }

    /// Removes deleted items, and all that is in them, for good. Nothing takes this back. `progress` is told how many
    /// of how many objects are gone.
    ///
    /// [`Error::NotAllowed`] is left where the member is no custodian of the vault.
    pub async fn purge_items(&self, items: &[Item], progress: impl Fn(Doing, usize, usize)) -> Report {
        let mut report = Report::default();
        let mut wanted: BTreeMap<VaultId, (Vec<Item>, Vec<LeafKey>)> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        {
            let vaults = self.vaults();
            for item in items {
                let view = vaults.get(&item.vault).filter(|view| view.entry(&item.key).is_some());
                let may = self.role(&item.vault).is_some_and(policy::may_purge);
                match view {
                    None => report.leave(*item, Error::Gone),
                    Some(_) if !may || !item.key.kind.is_purgeable() => report.leave(*item, Error::NotAllowed),
                    Some(view) if is_live(view, &item.key) && !is_vault_purged(view, item.vault) => {
                        report.leave(*item, Error::StaleVersion);
                    }
                    Some(view) => {
                        let (items, keys) = wanted.entry(item.vault).or_default();
                        items.push(*item);
                        let all = std::iter::once(item.key).chain(inside(view, &item.key.id));
                        keys.extend(all.filter(|key| seen.insert((item.vault, *key))));
                    }
                }
            }
        }
        let total = wanted.values().map(|(_, keys)| keys.len()).sum();
        for (vault, (items, keys)) in wanted {
            for keys in keys.chunks(limits::PURGE_OBJECTS) {
                match self.purge_objects(vault, keys).await {
                    Ok(()) => {
                        report.changed += keys.len();
                        progress(Doing::Writing, report.changed, total);
                    }
                    Err(error) => {
                        let left = items.iter().filter(|item| keys.contains(&item.key));
                        left.for_each(|item| report.leave(*item, error.clone()));
                    }
                }
            }
        }
        report
    }

    /// What a custodian's client should purge: deleted so long ago that its vault keeps it no longer. With it what was
    /// moved to other vaults, of which the old secrets are still kept here, and what is left of a vault that was purged.
    #[must_use]
    pub fn due_for_purge(&self) -> Vec<Item> {
        let now = self.surroundings().now();
        let vaults = self.vaults();
        let mut items = Vec::new();
        for (vault, view) in vaults.iter() {
            if !self.role(vault).is_some_and(policy::may_purge) {
                continue;
            }
            let (days, vault_purged) = (days_kept(view, *vault), is_vault_purged(view, *vault));
            let gone = view.entries().filter(|(key, entry)| {
                let over = days.is_some_and(|days| due(entry.record().context().time, days) <= now);
                key.kind.is_purgeable() && !entry.is_purged() && (vault_purged || (!entry.is_live() && over))
            });
            items.extend(gone.map(|(key, _)| Item { vault: *vault, key: *key }));
        }
        items
    }

    /// Removes for good the files that were taken away so long ago that their vault keeps them no longer, where the member
    /// is a custodian. What cannot be written now is due the next time too.
    ///
    /// # Errors
    /// Why the first that was left was not written.
    pub async fn purge_removed_files(&self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for (item, gone) in self.removed_files_due() {
            let purged = self.purge_files_of(item, &gone).await;
            outcome = outcome.and(purged);
        }
        outcome
    }

    fn removed_files_due(&self) -> Vec<(Item, BTreeSet<ObjectId>)> {
        let now = self.surroundings().now();
        let vaults = self.vaults();
        let mut found = Vec::new();
        for (vault, view) in vaults.iter() {
            let Some(days) = days_kept(view, *vault) else { continue };
            if !self.role(vault).is_some_and(policy::may_purge) {
                continue;
            }
            for (key, entry) in view.entries().filter(|(_, entry)| entry.is_live()) {
                let Ok(details) = entry.details() else { continue };
                let over = details.removed().filter(|removed| due(removed.time, days) <= now);
                let gone: BTreeSet<ObjectId> = over.map(|removed| removed.file.id).collect();
                if !gone.is_empty() {
                    found.push((Item { vault: *vault, key: *key }, gone));
                }
            }
        }
        found
    }

    async fn purge_files_of(&self, item: Item, gone: &BTreeSet<ObjectId>) -> Result<(), Error> {
        let before = self.verified(item.vault, item.key)?;
        let (number, parent) = (before.number, before.parent);
        let mut details = before.details.clone();
        // What was brought back since stays, and so does what somebody noted as removed while it is named.
        let named: BTreeSet<ObjectId> = details.files().map(|file| file.id).collect();
        let still: BTreeSet<ObjectId> = details.removed().map(|removed| removed.file.id).collect();
        details.forget_removed(gone);
        let gone = gone.iter().filter(|id| still.contains(id) && !named.contains(id));
        let (draft, _) = draft_next(item, before, Next { details, parent, state: RecordState::Live })?;
        let changes = FileChanges { added: Vec::new(), removed: self.with_records(item.vault, gone.copied()) };
        let mut drafts = vec![draft];
        drafts.extend(self.draft_files(item.vault, item.key.id, number, &changes)?);
        self.write(&[VaultDrafts { vault: item.vault, drafts }]).await
    }

    /// Everything deleted in a vault that is not purged, what was moved elsewhere included: to empty its trash.
    #[must_use]
    pub fn deleted_in(&self, vault: VaultId) -> Vec<Item> {
        let vaults = self.vaults();
        let entries = vaults.get(&vault).into_iter().flat_map(VaultView::entries);
        let gone = entries.filter(|(key, entry)| key.kind.is_purgeable() && !entry.is_live() && !entry.is_purged());
        gone.map(|(key, _)| Item { vault, key: *key }).collect()
    }
}

/// The next version of a deleted record: it is back. Taken back, it is deleted where it then stands: what it stood in may
/// be gone.
fn draft_back(
    item: Item,
    before: VerifiedEntry,
    parent: ObjectId,
) -> Result<(crate::vault::Draft, super::undo::Earlier), Error> {
    let next = Next { details: before.details.clone(), parent, state: RecordState::Live };
    let (draft, mut earlier) = draft_next(item, before, next)?;
    (earlier.state, earlier.parent) = (RecordState::Deleted, parent);
    Ok((draft, earlier))
}

fn is_live(view: &VaultView, key: &LeafKey) -> bool {
    view.entry(key).is_some_and(Entry::is_live)
}

fn is_vault_purged(view: &VaultView, vault: VaultId) -> bool {
    let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
    view.entry(&key).is_some_and(Entry::is_purged)
}

/// Days that a vault keeps what was deleted; `None` where it keeps it for ever.
fn days_kept(view: &VaultView, vault: VaultId) -> Option<u32> {
    let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
    match view.entry(&key)?.details().ok()? {
        Details::Vault(details) => {
            Some(details.trash_days.unwrap_or(VaultDetails::TRASH_DAYS)).filter(|days| *days > 0)
        }
        _ => None,
    }
}

fn due(deleted: Timestamp, days: u32) -> Timestamp {
    deleted.plus_millis(u64::from(days).saturating_mul(DAY))
}

/// What an entry stands in, nearest first, up to the vault: whether it is there or not.
fn around(view: &VaultView, key: &LeafKey) -> Vec<LeafKey> {
    let mut around = Vec::new();
    let mut at = *key;
    while at.kind != RecordKind::Vault && around.len() <= limits::DEPTH + 2 {
        let Some(parent) = view.parent(&at) else { break };
        around.push(parent);
        at = parent;
    }
    around
}

fn place_of(view: &VaultView, key: &LeafKey) -> (Vec<String>, bool) {
    let path = around(view, key);
    let is_there = path.iter().all(|key| is_live(view, key));
    let name = |key: &LeafKey| Some(view.entry(key)?.details().ok()?.name().to_owned());
    (path.iter().rev().map(|key| name(key).unwrap_or_default()).collect(), is_there)
}

/// How many things in an object are back when it is.
fn comes_back(view: &VaultView, object: &ObjectId) -> usize {
    let (mut count, mut open) = (0, vec![*object]);
    while let Some(parent) = open.pop() {
        for (key, _) in view.children(&parent).filter(|(_, entry)| entry.is_live()) {
            count += 1;
            open.push(key.id);
        }
    }
    count
}

/// Everything in an object, containers first, whether it is there or not; what was purged left out.
fn inside(view: &VaultView, object: &ObjectId) -> Vec<LeafKey> {
    let (mut found, mut open) = (Vec::new(), vec![*object]);
    while let Some(parent) = open.pop() {
        for (key, entry) in view.children(&parent) {
            if !entry.is_purged() {
                found.push(*key);
            }
            open.push(key.id);
        }
    }
    found
}
