//! The migration itself: listed, compared, fetched, written some at a time.

use super::{
    Migrate, Way,
    chunk::{Chunk, Row, pulled},
    fault::SourceFault,
    listed::{Fetched, Lack, ListedAccount, ListedResource},
    report,
    source::Patience,
    update,
};
use crate::{
    engine::Open,
    fault::Fault,
    gateway::shared::change::may_write,
    strength,
    tasks::{Running, Stage, Step, Watcher, find},
    views::{LeftView, MigrationView, MovedView},
};
use sealward_client::import::{PlannedAccount, PlannedFile};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    record::RecordKind,
};
use std::collections::{HashMap, HashSet};

/// Accounts that are written together, at most: what was fetched and is not written yet is fetched again where it is
/// interrupted.
const TOGETHER: usize = 50;
/// Bytes of files that wait to be written, at most.
const WAITING: usize = 32 << 20;

/// Migrates.
///
/// # Errors
/// [`Fault`] where nothing could be begun; what happens later is in the view.
pub async fn run(
    session: &Open,
    wanted: &Migrate,
    patience: Patience,
    watcher: &Watcher,
) -> Result<MigrationView, Fault> {
    let vault = find::vault(session, &wanted.vault)?;
    may_write(session, &vault)?;
    let known = session.find_imported(vault)?;
    let (way, address) = Way::open(wanted, patience)?;
    let listing = |seen: usize| watcher.tell(Step { stage: Stage::Listing, done: seen as u64, of: None });
    let catalog = way.list(listing).await?;
    let view = MigrationView {
        product: wanted.product.name().to_owned(),
        from: address.origin().to_owned(),
        not_given: way.lacks().iter().map(|lack| (*lack).to_owned()).collect(),
        dry_run: wanted.running == Running::Dry,
        ..MigrationView::default()
    };
    let of = catalog.accounts();
    let mut moving = Moving {
        session,
        way: &way,
        wanted,
        vault,
        known,
        watcher,
        view,
        items: Vec::new(),
        seen: HashSet::new(),
        done: 0,
        of,
        chunk: Chunk::new(session),
    };
    moving.view.left = catalog.left;
    match moving.all(catalog.resources).await {
        Ok(()) => {}
        Err(Ended::Stopped) => moving.end(report::left_by("", "", None, "stopped", None)),
        Err(Ended::Source(fault)) => {
            // What was fetched before is not lost.
            let written = moving.write().await;
            moving.end(report::left_for("", "", Lack::Whole, &fault));
            if let Err(Ended::Written(fault)) = written {
                moving.view.left.push(report::failed("", "", fault));
            }
        }
        Err(Ended::Written(fault)) => moving.end(report::failed("", "", fault)),
    }
    Ok(moving.view)
}

/// What ends it early.
enum Ended {
    /// Nobody waits for it any more.
    Stopped,
    /// The source.
    Source(SourceFault),
    /// The team's server, or this machine.
    Written(Fault),
}

struct Moving<'m> {
    session: &'m Open,
    way: &'m Way,
    wanted: &'m Migrate,
    vault: VaultId,
    known: HashMap<(RecordKind, String), ObjectId>,
    watcher: &'m Watcher,
    view: MigrationView,
    /// What the rows of plans are called.
    items: Vec<MovedView>,
    /// Ids that were seen: a source that lists something twice has it once.
    seen: HashSet<String>,
    done: usize,
    of: usize,
    chunk: Chunk,
}

impl Moving<'_> {
    fn is_dry(&self) -> bool {
        self.wanted.running == Running::Dry
    }

    fn end(&mut self, why: LeftView) {
        // The first reason is the one that counts.
        self.view.ended.get_or_insert(why);
    }

    async fn all(&mut self, resources: Vec<ListedResource>) -> Result<(), Ended> {
        self.tell()?;
        for resource in resources {
            self.resource(&resource).await?;
        }
        self.write().await
    }

    fn tell(&self) -> Result<(), Ended> {
        let going = self.watcher.tell(Step::of(Stage::BringingIn, self.done, self.of));
        if going { Ok(()) } else { Err(Ended::Stopped) }
    }

    async fn resource(&mut self, resource: &ListedResource) -> Result<(), Ended> {
        let (name, source_id) = (resource.pulled.details.name.clone(), resource.pulled.source_id.clone());
        let known = self.known.get(&(RecordKind::Resource, source_id.clone())).copied();
        let mut files = Vec::new();
        match known {
            Some(id) => {
                let done = update::resource(self.session, self.vault, id, &resource.pulled, self.may_update()).await;
                self.note(done, &name, &source_id)?;
            }
            None if !self.is_dry() => {
                let fetched = self.way.fetch_of_resource(resource).await.map_err(Ended::Source)?;
                self.note_lacks(&name, &source_id, &fetched);
                files = fetched.field_files;
            }
            None => {}
        }
        // Taken also where it has no account; where it has one, only with the first that is written.
        let is_bare = resource.accounts.is_empty() && known.is_none();
        if is_bare {
            self.place(resource, std::mem::take(&mut files));
        }
        for account in &resource.accounts {
            self.account(resource, account, &mut files).await?;
            self.done += 1;
            self.tell()?;
        }
        Ok(())
    }

    fn may_update(&self) -> bool {
        self.wanted.update && !self.is_dry()
    }

    /// The place of a resource in the plan; nowhere where it cannot be one.
    fn place(&mut self, resource: &ListedResource, files: Vec<(String, PlannedFile)>) -> Option<usize> {
        self.chunk.bytes += files.iter().map(|(_, file)| file.bytes.len()).sum::<usize>();
        let fields = resource.pulled.fields.iter().filter(|(label, _)| !files.iter().any(|(known, _)| known == label));
        let mut pulled = resource.pulled.clone();
        pulled.fields = fields.cloned().collect();
        match self.chunk.pulling.resource(pulled, files) {
            Ok(at) => Some(at),
            Err(reason) => {
                let (name, source_id) = (&resource.pulled.details.name, &resource.pulled.source_id);
                let left = report::unfit(name, source_id, reason);
                if !self.view.left.contains(&left) {
                    self.view.left.push(left);
                }
                None
            }
        }
    }

    async fn account(
        &mut self,
        resource: &ListedResource,
        account: &ListedAccount,
        files: &mut Vec<(String, PlannedFile)>,
    ) -> Result<(), Ended> {
        let item = format!("{}/{}", resource.pulled.details.name, account.details.name);
        let source_id = account.source_id.as_str();
        if !self.seen.insert(source_id.to_owned()) {
            return Ok(());
        }
        if let Some(id) = self.known.get(&(RecordKind::Account, source_id.to_owned())).copied() {
            self.view.known += 1;
            let fetched = match self.may_update() && account.withheld.is_none() {
                true => Some(self.fetch(resource, account, &item).await?),
                false => None,
            };
            // What could not be fetched stands in the report already.
            if let Some(None) = fetched {
                return Ok(());
            }
            let done = update::account(self.session, self.vault, id, account, fetched.flatten()).await;
            return self.note(done, &item, source_id);
        }
        if let Some(why) = account.withheld {
            self.view.left.push(report::withheld(&item, source_id, why));
            return Ok(());
        }
        let fetched = match self.is_dry() {
            true => Fetched::default(),
            false => match self.fetch(resource, account, &item).await? {
                Some(fetched) => fetched,
                None => return Ok(()),
            },
        };
        let Some(at) = self.place(resource, std::mem::take(files)) else { return Ok(()) };
        self.items.push(report::moved(&item, source_id));
        let pulled = pulled(account, fetched, self.items.len() - 1);
        self.chunk.bytes += pulled.files.iter().map(|file| file.bytes.len()).sum::<usize>();
        match self.chunk.pulling.account(at, pulled) {
            Err(reason) => self.view.left.push(report::unfit(&item, source_id, reason)),
            Ok(()) => self.chunk.accounts += 1,
        }
        if !self.is_dry() && (self.chunk.accounts >= TOGETHER || self.chunk.bytes >= WAITING) {
            self.write().await?;
        }
        Ok(())
    }

    /// What is secret of an account; nothing where the source does not give it, which is noted.
    async fn fetch(
        &mut self,
        resource: &ListedResource,
        account: &ListedAccount,
        item: &str,
    ) -> Result<Option<Fetched>, Ended> {
        match self.way.fetch(resource, account).await {
            Ok(fetched) => {
                self.note_lacks(item, &account.source_id, &fetched);
                Ok(Some(fetched))
            }
            Err(fault) if fault.ends_all() => Err(Ended::Source(fault)),
            Err(fault) => {
                self.view.left.push(report::left_for(item, &account.source_id, Lack::Whole, &fault));
                Ok(None)
            }
        }
    }

    fn note_lacks(&mut self, item: &str, source_id: &str, fetched: &Fetched) {
        let lacks = fetched.lacks.iter().map(|(lack, fault)| report::left_for(item, source_id, *lack, fault));
        self.view.left.extend(lacks);
    }

    fn note(&mut self, done: Result<update::Compared, Fault>, item: &str, source_id: &str) -> Result<(), Ended> {
        match done {
            Ok(update::Compared::Same) => {}
            Ok(update::Compared::Changed) => self.view.changed.push(report::moved(item, source_id)),
            Ok(update::Compared::Updated) => self.view.updated.push(report::moved(item, source_id)),
            Err(fault) if update::ends_all(&fault) => return Err(Ended::Written(fault)),
            Err(fault) => self.view.left.push(report::failed(item, source_id, fault)),
        }
        Ok(())
    }

    /// Writes what waits; in a dry run it is only counted.
    async fn write(&mut self) -> Result<(), Ended> {
        let Chunk { pulling, .. } = std::mem::replace(&mut self.chunk, Chunk::new(self.session));
        let plan = pulling.finish();
        for left in &plan.left_out {
            if let Some(item) = self.items.get(left.row) {
                let left = report::no_room(&item.item, &item.source_id, left);
                if !self.view.left.contains(&left) {
                    self.view.left.push(left);
                }
            }
        }
        let rows = Row::of(&plan);
        if self.is_dry() {
            let is_new = |source_id: &Option<String>| {
                source_id.as_ref().is_none_or(|id| !self.known.contains_key(&(RecordKind::Resource, id.clone())))
            };
            self.view.resources = plan.resources.iter().filter(|new| is_new(&new.details.source_id)).count();
            self.count(&rows, &HashSet::new());
            return Ok(());
        }
        if plan.resources.is_empty() {
            return Ok(());
        }
        let score =
            |account: &PlannedAccount| strength::score(account.details.secret_type, account.secret.value.expose());
        let scores: Vec<_> = plan.accounts.iter().map(score).collect();
        let step = Step::of(Stage::BringingIn, self.done, self.of);
        let report = self.session.import(plan, self.vault, &scores, |_| self.watcher.tell(step)).await;
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                self.count(&rows, &rows.iter().map(|row| row.at).collect());
                return Err(Ended::Written(error.into()));
            }
        };
        self.view.resources += report.resources;
        let unwritten: HashSet<usize> = report.unwritten.into_iter().collect();
        self.count(&rows, &unwritten);
        match report.error {
            Some(error) => Err(Ended::Written(error.into())),
            None if !unwritten.is_empty() => Err(Ended::Stopped),
            None => Ok(()),
        }
    }

    fn count(&mut self, rows: &[Row], unwritten: &HashSet<usize>) {
        for row in rows {
            let Some(item) = self.items.get(row.at).cloned() else { continue };
            if unwritten.contains(&row.at) {
                self.view.left.push(report::left_by(&item.item, &item.source_id, None, "not_written", None));
                continue;
            }
            self.view.accounts += 1;
            self.view.secrets += usize::from(row.has_secret);
            self.view.versions += row.versions;
            self.view.files += row.files;
            self.view.made.push(item);
        }
    }
}
