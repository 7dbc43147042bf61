//! Bringing in what an import planned: nothing twice, in batches, with a report of what was written.

use super::{Item, NewAccount, NewSecret, Place, account::AccountDrafts, entry::draft_first};
use crate::{
    crypto::{commitment::derive_tag, sealing::SealingKey},
    error::Error,
    import::{Identity, ImportPlan, PlannedAccount, PlannedGroup, PlannedResource, own_source_id},
    model::{ImportTag, Score, SecretPayload},
    session::Session,
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    crypto::context::Label,
    ids::{Number, ObjectId, VaultId, Version},
    limits,
    record::{LeafKey, RecordKind},
};
use std::collections::HashMap;

/// Earlier passwords of one account that are brought in: the newest ones.
const HISTORY: usize = 20;

/// What became of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Resources added.
    pub resources: usize,
    /// Accounts added.
    pub accounts: usize,
    /// Accounts that were there already.
    pub known: usize,
    /// Rows whose accounts were not written, because of `error` or because it was stopped.
    pub unwritten: Vec<usize>,
    /// What ended it early.
    pub error: Option<Error>,
}

/// By what things imported before are found in the vault.
type Known = HashMap<(RecordKind, Mark), ObjectId>;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Mark {
    SourceId(String),
    Tag(ImportTag),
}

/// Drafts that are written together, and what they make.
#[derive(Default)]
struct Part {
    drafts: Vec<Draft>,
    resources: usize,
    rows: Vec<usize>,
}

impl<T: Transport> Session<T> {
    /// Writes what is not yet in the vault. `scores` gives the strength of each planned account's secret; `progress` is
    /// told how many accounts of the plan are done, and says whether to go on.
    ///
    /// # Errors
    /// [`Error`] when nothing could be begun; what happens later is in the report.
    pub async fn import(
        &self,
        plan: ImportPlan,
        vault: VaultId,
        scores: &[Option<Score>],
        progress: impl Fn(usize) -> bool,
    ) -> Result<Imported, Error> {
        let (known, tags) = self.find_known(vault)?;
        let mut parts = self.draft_parts(plan, vault, scores, known, &tags).await?;
        let mut report = Imported { known: parts.known, ..Imported::default() };
        let mut done = parts.known;
        let mut going = progress(done);
        for part in parts.parts.drain(..) {
            if going && report.error.is_none() {
                match self.write_many(vault, part.drafts, |_| {}).await.1 {
                    Ok(()) => {
                        report.resources += part.resources;
                        report.accounts += part.rows.len();
                        done += part.rows.len();
                        going = progress(done);
                        continue;
                    }
                    Err(error) => report.error = Some(error),
                }
            }
            report.unwritten.extend(part.rows);
        }
        Ok(report)
    }

    /// What was imported into the vault before and is still there, and the key of the tags.
    fn find_known(&self, vault: VaultId) -> Result<(Known, SealingKey), Error> {
        let vaults = self.vaults();
        let view = vaults.get(&vault).ok_or(Error::Gone)?;
        let first = view.keys.values().next().ok_or(Error::NotAllowed)?;
        let key = SealingKey::from_slice(first.catalog.expose()).ok_or(Error::NotAllowed)?;
        let mut known = Known::new();
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
            known.extend(marks.into_iter().flatten().map(|mark| ((at.kind, mark), at.id)));
        }
        Ok((known, key))
    }

    async fn draft_parts(
        &self,
        plan: ImportPlan,
        vault: VaultId,
        scores: &[Option<Score>],
        known: Known,
        tags: &SealingKey,
    ) -> Result<Parts, Error> {
        // Numbers only for what is new: the same file again uses none up.
        let is_new = |kind, identity: &Identity| !known.contains_key(&(kind, mark(tags, identity)));
        let is_new_group = |group: &PlannedGroup| {
            let mark = group.details.source_id.clone().map(Mark::SourceId);
            mark.is_none_or(|mark| !known.contains_key(&(RecordKind::ResourceGroup, mark)))
        };
        let wanted = plan.groups.iter().filter(|group| is_new_group(group)).count()
            + plan.resources.iter().filter(|planned| is_new(RecordKind::Resource, &planned.identity)).count()
            + plan.accounts.iter().filter(|planned| is_new(RecordKind::Account, &planned.identity)).count();
        let numbers = self.take_numbers(u32::try_from(wanted).map_err(|_| Error::Refused)?).await?;
        let mut drafting = Drafting {
            session: self,
            vault,
            known,
            tags,
            numbers: numbers.into_iter(),
            parts: Parts { parts: vec![Part::default()], known: 0 },
        };
        let groups = drafting.draft_groups(plan.groups)?;
        drafting.draft_accounts(plan.resources, plan.accounts, scores, &groups)?;
        Ok(drafting.parts)
    }
}

struct Parts {
    parts: Vec<Part>,
    known: usize,
}

struct Drafting<'s, T> {
    session: &'s Session<T>,
    vault: VaultId,
    known: Known,
    tags: &'s SealingKey,
    numbers: std::vec::IntoIter<Number>,
    parts: Parts,
}

impl<T: Transport> Drafting<'_, T> {
    fn draft_groups(&mut self, groups: Vec<PlannedGroup>) -> Result<Vec<ObjectId>, Error> {
        let mut ids: Vec<ObjectId> = Vec::new();
        for PlannedGroup { parent, details } in groups {
            let mark = details.source_id.clone().map(Mark::SourceId);
            let found = mark.and_then(|mark| self.known.get(&(RecordKind::ResourceGroup, mark)).copied());
            let id = match found {
                Some(id) => id,
                None => {
                    let parent = parent.and_then(|at| ids.get(at).copied()).unwrap_or(self.vault.object());
                    self.draft_new(parent, Details::ResourceGroup(details))?
                }
            };
            ids.push(id);
        }
        Ok(ids)
    }

    fn draft_accounts(
        &mut self,
        resources: Vec<PlannedResource>,
        accounts: Vec<PlannedAccount>,
        scores: &[Option<Score>],
        groups: &[ObjectId],
    ) -> Result<(), Error> {
        let mut ids: Vec<Option<ObjectId>> = vec![None; resources.len()];
        let mut waiting: Vec<Option<PlannedResource>> = resources.into_iter().map(Some).collect();
        for (index, account) in accounts.into_iter().enumerate() {
            let PlannedAccount { resource, mut details, secret, history, identity, row, .. } = account;
            let mark = mark(self.tags, &identity);
            if self.known.contains_key(&(RecordKind::Account, mark.clone())) {
                self.parts.known += 1;
                continue;
            }
            // Before its resource, so that both are written together.
            let versions = 1 + history.len().min(HISTORY);
            if self.part().drafts.len() + 2 + 2 * versions > limits::BATCH_RECORDS {
                self.parts.parts.push(Part::default());
            }
            if let Some(planned) = waiting.get_mut(resource).and_then(Option::take) {
                let id = self.draft_resource(planned, groups)?;
                if let Some(slot) = ids.get_mut(resource) {
                    *slot = Some(id);
                }
            }
            let parent = ids.get(resource).copied().flatten().ok_or(Error::Refused)?;
            match mark {
                Mark::SourceId(id) => details.source_id = Some(id),
                Mark::Tag(tag) => details.import_tag = Some(tag),
            }
            let number = self.numbers.next().ok_or(Error::Refused)?;
            let score = scores.get(index).copied().flatten();
            let secret = (!secret.is_empty()).then_some(NewSecret { payload: secret, score });
            let place = Place { vault: self.vault, parent };
            // The secret is drafted below, after those before it.
            details.has_otp = secret.as_ref().is_some_and(|secret| secret.payload.otp_seed.is_some()).then_some(true);
            let AccountDrafts { id, drafts, .. } =
                self.session.draft_account(place, number, NewAccount { details, secret: None })?;
            let mut drafts = drafts;
            // Oldest first, then the present one: each is the version after the one before.
            let kept = if secret.is_some() { HISTORY } else { 0 };
            let mut past: Vec<_> = history.into_iter().filter(|past| !past.value.is_empty()).take(kept).collect();
            past.reverse();
            let past = past.into_iter().map(|past| NewSecret { payload: SecretPayload::new(past.value), score: None });
            let all = past.chain(secret);
            for (secret, base) in all.zip(std::iter::once(None).chain((1..).map(Version).map(Some))) {
                let pair = self.session.draft_secret(self.vault, id, number, &secret)?;
                drafts.extend(pair.map(|draft| Draft { base, ..draft }));
            }
            let part = self.part();
            part.drafts.extend(drafts);
            part.rows.push(row);
        }
        // What has no account is kept too, where a file says that it is there.
        for planned in waiting.into_iter().flatten() {
            self.draft_resource(planned, groups)?;
        }
        Ok(())
    }

    fn draft_resource(&mut self, planned: PlannedResource, groups: &[ObjectId]) -> Result<ObjectId, Error> {
        let PlannedResource { group, mut details, identity } = planned;
        let mark = mark(self.tags, &identity);
        if let Some(id) = self.known.get(&(RecordKind::Resource, mark.clone())) {
            return Ok(*id);
        }
        match mark {
            Mark::SourceId(id) => details.source_id = Some(id),
            Mark::Tag(tag) => details.import_tag = Some(tag),
        }
        let parent = group.and_then(|at| groups.get(at).copied()).unwrap_or(self.vault.object());
        let id = self.draft_new(parent, Details::Resource(Box::new(details)))?;
        self.part().resources += 1;
        Ok(id)
    }

    fn draft_new(&mut self, parent: ObjectId, details: Details) -> Result<ObjectId, Error> {
        let id = ObjectId(self.session.surroundings().make_id());
        let item = Item { vault: self.vault, key: LeafKey { id, kind: details.kind() } };
        let number = self.numbers.next().ok_or(Error::Refused)?;
        let (draft, _) = draft_first(item, number, parent, details)?;
        if self.part().drafts.len() >= limits::BATCH_RECORDS {
            self.parts.parts.push(Part::default());
        }
        self.part().drafts.push(draft);
        Ok(id)
    }

    fn part(&mut self) -> &mut Part {
        if self.parts.parts.is_empty() {
            self.parts.parts.push(Part::default());
        }
        let last = self.parts.parts.len() - 1;
        match self.parts.parts.get_mut(last) {
            Some(part) => part,
            None => unreachable!("there is a last part"),
        }
    }
}

fn mark(tags: &SealingKey, identity: &Identity) -> Mark {
    match identity {
        Identity::SourceId(id) => Mark::SourceId(id.clone()),
        Identity::Columns(_) => Mark::Tag(ImportTag(derive_tag(tags, Label::ImportTag, &identity.to_bytes()).0)),
    }
}
