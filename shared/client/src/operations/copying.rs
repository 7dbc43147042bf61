//! Copying items with everything in them. Each secret is released for it and sealed anew: a copy is a new object.

use super::{
    Item, NewSecret, Place,
    account::AccountDrafts,
    entry::draft_first,
    undo::{Earlier, Undo},
};
use crate::{
    error::Error,
    files::FileChanges,
    model::Facts,
    operations::NewAccount,
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};
use std::collections::BTreeMap;

/// An object that is to be made elsewhere like one that is here.
pub(super) struct Twin {
    /// What it is like.
    pub(super) of: Item,
    pub(super) drafts: Vec<Draft>,
    pub(super) earlier: Earlier,
}

/// Whether twins get the numbers of what they are like (a move) or new ones (a copy).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    Kept,
    New,
}

impl<T: Transport> Session<T> {
    /// Copies items, with everything in them, to a place. `progress` is told how many of how many secrets were released.
    ///
    /// # Errors
    /// [`Error`]; nothing is then written.
    pub async fn copy_items(&self, items: &[Item], to: Place, progress: impl Fn(usize, usize)) -> Result<Undo, Error> {
        let twins = self.make_twins(items, to, Numbering::New, &progress).await?;
        let (mut drafts, mut earlier) = (Vec::new(), Vec::new());
        for twin in twins {
            drafts.extend(twin.drafts);
            earlier.push(twin.earlier);
        }
        self.write_in_parts(vec![VaultDrafts { vault: to.vault, drafts }]).await?;
        Ok(Undo(earlier))
    }

    /// Drafts for the items and all that is in them, containers first.
    pub(super) async fn make_twins(
        &self,
        items: &[Item],
        to: Place,
        numbering: Numbering,
        progress: &impl Fn(usize, usize),
    ) -> Result<Vec<Twin>, Error> {
        let originals = self.gather(items)?;
        let secrets = originals.iter().filter(|(item, _)| self.has_secret(&item.vault, &item.key.id)).count();
        let mut numbers = match numbering {
            Numbering::New => self.take_numbers(u32::try_from(originals.len()).map_err(|_| Error::Refused)?).await?,
            Numbering::Kept => Vec::new(),
        }
        .into_iter();
        let facts = self.facts_of(&originals).await?;
        let mut made: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
        let mut twins = Vec::new();
        let mut released = 0;
        for (item, around) in originals {
            let mut entry = self.verified(item.vault, item.key)?;
            let files = self.copy_files(item, &mut entry.details, to.vault).await?;
            let number = numbers.next().unwrap_or(entry.number);
            let parent = around.and_then(|parent| made.get(&parent).copied()).unwrap_or(to.parent);
            let place = Place { vault: to.vault, parent };
            let (id, drafts, earlier) = match entry.details {
                Details::Account(details) => {
                    let secret = if self.has_secret(&item.vault, &item.key.id) {
                        let payload = self.release(item.vault, item.key.id).await?;
                        released += 1;
                        progress(released, secrets);
                        let score = facts.get(&item.key.id).and_then(|facts| facts.score);
                        Some(NewSecret { payload, score })
                    } else {
                        None
                    };
                    let account = NewAccount { details: *details, secret };
                    let AccountDrafts { id, drafts, earlier } = self.draft_account(place, number, account)?;
                    (id, drafts, earlier)
                }
                details => self.draft_twin(place, number, details)?,
            };
            let mut drafts = drafts;
            drafts.extend(self.draft_files(to.vault, id, number, &files)?);
            made.insert(item.key.id, id);
            twins.push(Twin { of: item, drafts, earlier });
        }
        Ok(twins)
    }

    /// Sends the files of an object to where its twin will be; the details then name those.
    async fn copy_files(&self, item: Item, details: &mut Details, to: VaultId) -> Result<FileChanges, Error> {
        let mut copied = FileChanges::default();
        for file in details.files_mut() {
            let twin = self.copy_file((item.vault, item.key.id), file, to).await?;
            file.clone_from(&twin.file);
            copied.added.push(twin);
        }
        Ok(copied)
    }

    fn draft_twin(
        &self,
        place: Place,
        number: Number,
        details: Details,
    ) -> Result<(ObjectId, Vec<Draft>, Earlier), Error> {
        let id = ObjectId(self.surroundings().make_id());
        let item = Item::within(place.vault, details.kind(), id);
        let (draft, earlier) = draft_first(item, number, place.parent, details)?;
        Ok((id, vec![draft], earlier))
    }

    /// The items and all live things in them, containers first; each with what it stands in, where that is gathered too.
    fn gather(&self, items: &[Item]) -> Result<Vec<(Item, Option<ObjectId>)>, Error> {
        let vaults = self.vaults();
        let mut gathered = Vec::new();
        let mut open: Vec<(Item, Option<ObjectId>)> = items.iter().rev().map(|item| (*item, None)).collect();
        while let Some((item, around)) = open.pop() {
            if item.key.kind == RecordKind::Vault {
                return Err(Error::NotAllowed);
            }
            let view = vaults.get(&item.vault).ok_or(Error::Gone)?;
            let inside: Vec<LeafKey> =
                view.children(&item.key.id).filter(|(_, entry)| entry.is_live()).map(|(key, _)| *key).collect();
            gathered.push((item, around));
            open.extend(inside.into_iter().map(|key| (Item { vault: item.vault, key }, Some(item.key.id))));
        }
        Ok(gathered)
    }

    async fn facts_of(&self, originals: &[(Item, Option<ObjectId>)]) -> Result<BTreeMap<ObjectId, Facts>, Error> {
        let mut vaults: Vec<VaultId> = originals
            .iter()
            .filter(|(item, _)| self.has_secret(&item.vault, &item.key.id))
            .map(|(item, _)| item.vault)
            .collect();
        vaults.dedup();
        let mut facts = BTreeMap::new();
        for vault in vaults {
            facts.extend(self.fetch_facts(vault).await?.0);
        }
        Ok(facts)
    }
}
