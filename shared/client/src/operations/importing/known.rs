//! What was imported before, and how it is known again.

use crate::{
    crypto::{commitment::derive_tag, sealing::SealingKey},
    error::Error,
    import::{Identity, PlannedGroup, PlannedResource, own_source_id},
    model::ImportTag,
    session::Session,
    transport::Transport,
    vault::Details,
};
use sealward_contract::{
    crypto::context::Label,
    ids::{ObjectId, VaultId},
    record::RecordKind,
};
use std::collections::HashMap;

/// By what something imported is found in the vault.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    SourceId(String),
    Tag(ImportTag),
}

/// What was imported into a vault before and is still there.
pub(super) struct Known {
    ids: HashMap<(RecordKind, Mark), ObjectId>,
    tags: SealingKey,
}

impl Known {
    /// How something with this identity is marked.
    pub(super) fn mark(&self, identity: &Identity) -> Mark {
        match identity {
            Identity::SourceId(id) => Mark::SourceId(id.clone()),
            Identity::Columns(_) => {
                Mark::Tag(ImportTag(derive_tag(&self.tags, Label::ImportTag, &identity.to_bytes()).0))
            }
        }
    }

    /// The mark of an account that is not there yet.
    pub(super) fn mark_of_account(&self, identity: &Identity) -> Option<Mark> {
        let mark = self.mark(identity);
        self.find(RecordKind::Account, mark.clone()).is_none().then_some(mark)
    }

    /// What is known by an id of its own.
    pub(super) fn into_source_ids(self) -> HashMap<(RecordKind, String), ObjectId> {
        let named = self.ids.into_iter().filter_map(|((kind, mark), id)| match mark {
            Mark::SourceId(source_id) => Some(((kind, source_id), id)),
            Mark::Tag(_) => None,
        });
        named.collect()
    }

    pub(super) fn find(&self, kind: RecordKind, mark: Mark) -> Option<ObjectId> {
        self.ids.get(&(kind, mark)).copied()
    }

    pub(super) fn find_group(&self, group: &PlannedGroup) -> Option<ObjectId> {
        let mark = group.details.source_id.clone().map(Mark::SourceId)?;
        self.find(RecordKind::ResourceGroup, mark)
    }

    /// How many groups and resources are not there yet.
    pub(super) fn count_new(&self, groups: &[PlannedGroup], resources: &[PlannedResource]) -> usize {
        let is_new =
            |planned: &&PlannedResource| self.find(RecordKind::Resource, self.mark(&planned.identity)).is_none();
        groups.iter().filter(|group| self.find_group(group).is_none()).count() + resources.iter().filter(is_new).count()
    }
}

impl<T: Transport> Session<T> {
    /// What was imported into the vault before and is still there, and the key of the tags.
    pub(super) fn find_known(&self, vault: VaultId) -> Result<Known, Error> {
        let vaults = self.vaults();
        let view = vaults.get(&vault).ok_or(Error::Gone)?;
        let first = view.keys.values().next().ok_or(Error::NotAllowed)?;
        let tags = SealingKey::from_slice(first.catalog.expose()).ok_or(Error::NotAllowed)?;
        let mut ids = HashMap::new();
        for (at, entry) in view.entries() {
            let Ok(details) = entry.details() else { continue };
            if !view.is_reachable(at) {
                continue;
            }
            let (source_id, tag) = match details {
                Details::ResourceGroup(group) => (&group.source_id, None),
                Details::Resource(resource) => (&resource.source_id, resource.import_tag),
                Details::Account(account) => (&account.source_id, account.import_tag),
                Details::Vault(_) => continue,
            };
            // A backup of this very vault finds what is still there.
            let own_id = Some(Mark::SourceId(own_source_id(&at.id)));
            let marks = [source_id.clone().map(Mark::SourceId), tag.map(Mark::Tag), own_id];
            ids.extend(marks.into_iter().flatten().map(|mark| ((at.kind, mark), at.id)));
        }
        Ok(Known { ids, tags })
    }
}
