//! Copying items with everything in them. Each secret is released for it and sealed anew: a copy is a new object.

use super::{
    Item, NewSecret, Place,
    account::AccountDrafts,
    entry::draft_first,
    steps::{Doing, Left, Others, Report, Step},
    undo::Earlier,
};
use crate::{
    error::Error,
    files::FileChanges,
    model::{Facts, Payload, SecretPayload},
    operations::NewAccount,
    session::Session,
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// The most earlier versions of a secret that are moved along: with them an account still is one transaction.
const PAST: usize = 100;
/// The most bytes of them.
const PAST_BYTES: usize = 1 << 20;

/// An object that is to be made elsewhere like one that is here.
pub(super) struct Twin {
    /// What it is like.
    pub(super) of: Item,
    pub(super) drafts: Vec<Draft>,
    pub(super) earlier: Earlier,
}

/// What twins are made for. What is moved keeps its numbers, and its secrets the versions that they had before; a copy is
/// a new thing with the present one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Move,
    Copy,
}

impl<T: Transport> Session<T> {
    /// Copies items, with everything in them, to a place. `progress` is told how many of how many secrets were released,
    /// then how many of how many objects were written.
    pub async fn copy_items(&self, items: &[Item], to: Place, progress: impl Fn(Doing, usize, usize)) -> Report {
        let (twins, left) = self.make_twins(items, to, Purpose::Copy, &progress).await;
        let steps = twins.into_iter().map(|Twin { of, drafts, earlier }| Step {
            of,
            drafts: drafts.into_iter().map(|draft| (to.vault, draft)).collect(),
            earlier: vec![earlier],
        });
        let mut report = self.write_steps(steps.collect(), Others::Written, &progress).await;
        report.left.extend(left);
        report
    }

    /// Drafts for the items and all that is in them, containers first. An item of which something cannot be made is left
    /// as a whole.
    pub(super) async fn make_twins(
        &self,
        items: &[Item],
        to: Place,
        purpose: Purpose,
        progress: &impl Fn(Doing, usize, usize),
    ) -> (Vec<Twin>, Vec<Left>) {
        let (mut gathered, mut left) = (Vec::new(), Vec::new());
        for item in items {
            match self.gather(std::slice::from_ref(item)) {
                Ok(originals) => gathered.push((*item, originals)),
                Err(error) => left.push(Left { item: *item, error }),
            }
        }
        let has_secret = |item: &Item| self.has_secret(&item.vault, &item.key.id);
        let originals = || gathered.iter().flat_map(|(_, originals)| originals);
        let total = originals().filter(|(item, _)| has_secret(item)).count();
        let prepared = async {
            let facts = self.facts_of(originals()).await?;
            let numbers = match purpose {
                Purpose::Copy => self.take_numbers(u32::try_from(originals().count()).unwrap_or(u32::MAX)).await?,
                Purpose::Move => Vec::new(),
            };
            Ok::<_, Error>((facts, numbers.into_iter()))
        };
        let (facts, mut numbers) = match prepared.await {
            Ok(prepared) => prepared,
            Err(error) => {
                left.extend(gathered.iter().map(|(item, _)| Left { item: *item, error: error.clone() }));
                return (Vec::new(), left);
            }
        };
        let (mut twins, mut released) = (Vec::new(), 0);
        for (item, originals) in gathered {
            let secrets = originals.iter().filter(|(item, _)| has_secret(item)).count();
            let tell = |done: usize| progress(Doing::Releasing, released + done, total);
            match self.make_twins_of(originals, (to, purpose), (&facts, &mut numbers), &tell).await {
                Ok(made) => twins.extend(made),
                Err(error) => left.push(Left { item, error }),
            }
            released += secrets;
        }
        (twins, left)
    }

    async fn make_twins_of(
        &self,
        originals: Vec<(Item, Option<ObjectId>)>,
        (to, purpose): (Place, Purpose),
        (facts, numbers): (&BTreeMap<ObjectId, Facts>, &mut std::vec::IntoIter<Number>),
        progress: &impl Fn(usize),
    ) -> Result<Vec<Twin>, Error> {
        let mut made: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
        let mut twins = Vec::new();
        let mut released = 0;
        for (item, around) in originals {
            let mut entry = self.verified(item.vault, item.key)?;
            // What was taken away stays where it was.
            entry.details.set_removed(Vec::new());
            let files = self.copy_files(item, &mut entry.details, to.vault).await?;
            let number = numbers.next().unwrap_or(entry.number);
            let parent = around.and_then(|parent| made.get(&parent).copied()).unwrap_or(to.parent);
            let place = Place { vault: to.vault, parent };
            let (id, drafts, earlier) = match entry.details {
                Details::Account(details) => {
                    let past = match purpose {
                        Purpose::Move => self.release_past(item).await?,
                        Purpose::Copy => Vec::new(),
                    };
                    let secret = if self.has_secret(&item.vault, &item.key.id) {
                        let payload = self.release(item.vault, item.key.id).await?;
                        released += 1;
                        progress(released);
                        let score = facts.get(&item.key.id).and_then(|facts| facts.score);
                        Some(NewSecret { payload, score })
                    } else {
                        None
                    };
                    let account = NewAccount { details: *details, secret };
                    let AccountDrafts { id, drafts, earlier } =
                        self.draft_account_with(place, number, account, past)?;
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

    /// The newest of the versions that an account's secret had before the present one, the oldest first. Each is a release
    /// of its own.
    async fn release_past(&self, item: Item) -> Result<Vec<SecretPayload>, Error> {
        let secret = LeafKey { id: item.key.id, kind: RecordKind::Secret };
        let newest = self.vaults().get(&item.vault).and_then(|view| view.tree().get(&secret).map(|leaf| leaf.version));
        if newest.is_none_or(|newest| newest == Version::FIRST) {
            return Ok(Vec::new());
        }
        let versions = self.secret_versions(item.vault, item.key.id).await?;
        let (mut past, mut bytes) = (Vec::new(), 0);
        for version in versions.iter().skip(1).take(PAST) {
            let released = match self.release_proved(item.vault, item.key.id, version).await {
                // One from a time when it needed an approval stays where it was, with those before it.
                Err(Error::ApprovalNeeded) => break,
                released => released?,
            };
            bytes += released.to_bytes()?.len();
            if bytes > PAST_BYTES {
                break;
            }
            past.push(released);
        }
        past.reverse();
        Ok(past)
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

    async fn facts_of(
        &self,
        originals: impl Iterator<Item = &(Item, Option<ObjectId>)>,
    ) -> Result<BTreeMap<ObjectId, Facts>, Error> {
        let vaults: BTreeSet<VaultId> = originals
            .filter(|(item, _)| self.has_secret(&item.vault, &item.key.id))
            .map(|(item, _)| item.vault)
            .collect();
        let mut facts = BTreeMap::new();
        for vault in vaults {
            facts.extend(self.fetch_facts(vault).await?.0);
        }
        Ok(facts)
    }
}
