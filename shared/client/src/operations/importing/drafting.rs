//! Drafts of what a plan holds, written part by part: an account with its resource, secret and files or not at all.

use super::{
    super::{Item, NewAccount, NewSecret, Place, account::AccountDrafts, entry::draft_first},
    Imported, NewRow,
    known::{Known, Mark},
    part::{Part, Sent, name_files},
};
use crate::{
    error::Error,
    files::FileChanges,
    import::{PastPassword, PlannedAccount, PlannedFile, PlannedGroup, PlannedResource},
    model::{Score, SecretPayload},
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};

/// Earlier passwords of one account that are brought in: the newest ones.
const HISTORY: usize = 20;

/// An import under way.
pub(super) struct Drafting<'s, T, P> {
    session: &'s Session<T>,
    vault: VaultId,
    known: Known,
    numbers: std::vec::IntoIter<Number>,
    groups: Vec<ObjectId>,
    /// Resources that wait for their first account.
    waiting: Vec<Option<PlannedResource>>,
    resources: Vec<Option<ObjectId>>,
    part: Part,
    report: Imported,
    progress: P,
    /// Whether it is to go on.
    going: bool,
}

impl<'s, T: Transport, P: Fn(usize) -> bool> Drafting<'s, T, P> {
    pub(super) fn begin(
        session: &'s Session<T>,
        vault: VaultId,
        known: Known,
        numbers: Vec<Number>,
        report: Imported,
        progress: P,
    ) -> Self {
        let going = progress(report.known);
        Self {
            session,
            vault,
            known,
            numbers: numbers.into_iter(),
            groups: Vec::new(),
            waiting: Vec::new(),
            resources: Vec::new(),
            part: Part::default(),
            report,
            progress,
            going,
        }
    }

    pub(super) fn finish(self) -> Imported {
        self.report
    }

    /// Writes all of a plan, as long as it is to go on; what is left of the rows stays in `new`.
    pub(super) async fn write_all(
        &mut self,
        groups: Vec<PlannedGroup>,
        resources: Vec<PlannedResource>,
        new: &mut impl Iterator<Item = NewRow>,
    ) -> Result<(), Error> {
        if !self.going {
            return Ok(());
        }
        self.take_groups(groups).await?;
        self.resources = vec![None; resources.len()];
        self.waiting = resources.into_iter().map(Some).collect();
        while self.going
            && let Some(next) = new.next()
        {
            let row = next.account.row;
            match self.take_account(next).await {
                Ok(true) => {}
                Ok(false) => self.report.unwritten.push(row),
                Err(error) => {
                    self.report.unwritten.push(row);
                    // Those before it are whole.
                    let _ = self.write_part().await;
                    return Err(error);
                }
            }
        }
        if self.going {
            // What has no account is kept too, where a file says that it is there.
            for planned in std::mem::take(&mut self.waiting).into_iter().flatten() {
                if !self.take_bare(planned).await? {
                    break;
                }
            }
        }
        self.write_part().await
    }

    async fn take_groups(&mut self, groups: Vec<PlannedGroup>) -> Result<(), Error> {
        for group in groups {
            let id = match self.known.find_group(&group) {
                Some(id) => id,
                None => {
                    let PlannedGroup { parent, details } = group;
                    let parent = parent.and_then(|at| self.groups.get(at).copied()).unwrap_or(self.vault.object());
                    let (id, draft) = self.draft_new(parent, Details::ResourceGroup(details))?;
                    self.add(Part::of(vec![draft])).await?;
                    id
                }
            };
            self.groups.push(id);
        }
        Ok(())
    }

    /// Sends an account's files and drafts it, with its resource where that is new. `false` when it was stopped.
    async fn take_account(&mut self, new: NewRow) -> Result<bool, Error> {
        let NewRow { mut account, mark, score } = new;
        let mut around = self.waiting.get_mut(account.resource).and_then(Option::take);
        let mut files = around.as_mut().map(|planned| self.take_new_files(planned)).unwrap_or_default();
        let of_resource = files.len();
        files.append(&mut account.attachments);
        let Some(mut sent) = self.send(files).await? else { return Ok(false) };
        let ids = ids_of(&sent);
        let of_account = sent.split_off(of_resource);
        let around = around.map(|planned| (planned, sent));
        let drafted = self.draft_account(account, mark, score, of_account, around);
        self.add_sent(drafted, ids).await.map(|()| true)
    }

    /// Sends the files of a resource that nothing stands on, and drafts it. `false` when it was stopped.
    async fn take_bare(&mut self, mut planned: PlannedResource) -> Result<bool, Error> {
        let files = self.take_new_files(&mut planned);
        let Some(sent) = self.send(files).await? else { return Ok(false) };
        let ids = ids_of(&sent);
        let drafted = self.draft_resource(planned, sent).map(|(_, part)| part);
        self.add_sent(drafted, ids).await.map(|()| true)
    }

    /// The files of a resource, if it is not there yet.
    fn take_new_files(&self, planned: &mut PlannedResource) -> Vec<PlannedFile> {
        let files = std::mem::take(&mut planned.files);
        let is_there = self.known.find(RecordKind::Resource, self.known.mark(&planned.identity)).is_some();
        if is_there { Vec::new() } else { files }
    }

    /// Sends files, after what waits is written where too many would wait. `None` when it was stopped.
    async fn send(&mut self, files: Vec<PlannedFile>) -> Result<Option<Vec<Sent>>, Error> {
        if !self.part.may_wait_for(files.len()) {
            self.write_part().await?;
        }
        let (progress, going) = (&self.progress, &mut self.going);
        let done = self.report.known + self.report.accounts;
        let going_on = || {
            *going = *going && progress(done);
            *going
        };
        self.session.send_planned(self.vault, files, going_on).await
    }

    /// Adds what was drafted with files that are sent; where it could not be, they are given up.
    async fn add_sent(&mut self, drafted: Result<Part, Error>, files: Vec<ObjectId>) -> Result<(), Error> {
        match drafted {
            Ok(part) => self.add(Part { files, ..part }).await,
            Err(error) => {
                self.session.forget_sent(self.vault, files).await;
                Err(error)
            }
        }
    }

    fn draft_account(
        &mut self,
        account: PlannedAccount,
        mark: Mark,
        score: Option<Score>,
        sent: Vec<Sent>,
        around: Option<(PlannedResource, Vec<Sent>)>,
    ) -> Result<Part, Error> {
        let PlannedAccount { resource, mut details, secret, history, row, .. } = account;
        let around = around.map(|(planned, sent)| self.draft_resource(planned, sent)).transpose()?;
        if let Some((id, _)) = &around
            && let Some(slot) = self.resources.get_mut(resource)
        {
            *slot = Some(*id);
        }
        let parent = self.resources.get(resource).copied().flatten().ok_or(Error::Refused)?;
        match mark {
            Mark::SourceId(id) => details.source_id = Some(id),
            Mark::Tag(tag) => details.import_tag = Some(tag),
        }
        let mut details = Details::Account(Box::new(details));
        name_files(&mut details, &sent);
        let Details::Account(mut details) = details else { return Err(Error::Unfit) };
        let number = self.numbers.next().ok_or(Error::Refused)?;
        let secret = (!secret.is_empty()).then_some(NewSecret { payload: secret, score });
        let place = Place { vault: self.vault, parent };
        // The secret is drafted below, after those before it.
        details.has_otp = secret.as_ref().is_some_and(|secret| secret.payload.otp_seed.is_some()).then_some(true);
        let AccountDrafts { id, drafts, .. } =
            self.session.draft_account(place, number, NewAccount { details: *details, secret: None })?;
        let mut drafts = drafts;
        // The resource before what stands on it.
        let resources = around.map_or(0, |(_, part)| {
            drafts.splice(0..0, part.drafts);
            part.resources
        });
        drafts.extend(self.draft_versions(id, number, history, secret)?);
        drafts.extend(self.draft_sent(id, number, sent)?);
        Ok(Part { resources, rows: vec![row], ..Part::of(drafts) })
    }

    /// The versions of a secret, oldest first, then the present one: each is the version after the one before.
    fn draft_versions(
        &self,
        account: ObjectId,
        number: Number,
        history: Vec<PastPassword>,
        secret: Option<NewSecret>,
    ) -> Result<Vec<Draft>, Error> {
        let kept = if secret.is_some() { HISTORY } else { 0 };
        let mut past: Vec<_> = history.into_iter().filter(|past| !past.value.is_empty()).take(kept).collect();
        past.reverse();
        let past = past.into_iter().map(|past| NewSecret { payload: SecretPayload::new(past.value), score: None });
        self.session.draft_versions(self.vault, account, number, past.chain(secret))
    }

    /// A resource's id, and what makes it where it is not there yet.
    fn draft_resource(&mut self, planned: PlannedResource, sent: Vec<Sent>) -> Result<(ObjectId, Part), Error> {
        let PlannedResource { group, mut details, identity, .. } = planned;
        let mark = self.known.mark(&identity);
        if let Some(id) = self.known.find(RecordKind::Resource, mark.clone()) {
            return Ok((id, Part::default()));
        }
        match mark {
            Mark::SourceId(id) => details.source_id = Some(id),
            Mark::Tag(tag) => details.import_tag = Some(tag),
        }
        let parent = group.and_then(|at| self.groups.get(at).copied()).unwrap_or(self.vault.object());
        let mut details = Details::Resource(Box::new(details));
        name_files(&mut details, &sent);
        let (id, draft) = self.draft_new(parent, details)?;
        let number = draft.number;
        let drafts = std::iter::once(draft).chain(self.draft_sent(id, number, sent)?).collect();
        Ok((id, Part { resources: 1, ..Part::of(drafts) }))
    }

    fn draft_sent(&self, holder: ObjectId, number: Number, sent: Vec<Sent>) -> Result<Vec<Draft>, Error> {
        let added = sent.into_iter().map(|sent| sent.attached).collect();
        self.session.draft_files(self.vault, holder, number, &FileChanges { added, removed: Vec::new() })
    }

    fn draft_new(&mut self, parent: ObjectId, details: Details) -> Result<(ObjectId, Draft), Error> {
        let id = ObjectId(self.session.surroundings().make_id());
        let item = Item { vault: self.vault, key: LeafKey { id, kind: details.kind() } };
        let number = self.numbers.next().ok_or(Error::Refused)?;
        let (draft, _) = draft_first(item, number, parent, details)?;
        Ok((id, draft))
    }

    /// Puts something into the part that waits; that is written before, if there is no room.
    async fn add(&mut self, other: Part) -> Result<(), Error> {
        if !self.part.has_room_for(&other)
            && let Err(error) = self.write_part().await
        {
            self.session.forget_sent(self.vault, other.files).await;
            return Err(error);
        }
        self.part.add(other);
        Ok(())
    }

    async fn write_part(&mut self) -> Result<(), Error> {
        let Part { drafts, resources, rows, files, .. } = std::mem::take(&mut self.part);
        if drafts.is_empty() {
            return Ok(());
        }
        match self.session.write(&[VaultDrafts { vault: self.vault, drafts }]).await {
            Ok(()) => {
                self.report.resources += resources;
                self.report.accounts += rows.len();
                self.going = (self.progress)(self.report.known + self.report.accounts) && self.going;
                Ok(())
            }
            Err(error) => {
                self.report.unwritten.extend(rows);
                self.session.forget_sent(self.vault, files).await;
                Err(error)
            }
        }
    }
}

fn ids_of(sent: &[Sent]) -> Vec<ObjectId> {
    sent.iter().map(|sent| sent.attached.file.id).collect()
}
