//! Bringing credentials in: a file is read in steps, shown, and on the go-ahead rated, sealed and written in batches.

use super::{
    clock::{Stretch, now},
    editing::Writing,
    engine::{Engine, Open},
    keys,
    message::tell,
    secret,
};
use crate::bridge::{
    CancelImport, Error, ImportId, ImportPreview, ImportReport, Limit, Notice, PreviewImport, Progress, RefusedReason,
    RefusedRow, RunImport, SampleRow, Work,
};
use crate::reader::load::{Reader, Unread};
use sealward_client::{
    import::{ImportError, ImportPlan, Part, Reason},
    model::{Problem, Score},
    operations::Imported,
};
use sealward_contract::policy;
use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};
use zeroize::Zeroizing;

/// Rows read before it is looked at the clock.
const READ_AT_ONCE: u32 = 20;
/// Rows shown of what was refused.
const REFUSED_SHOWN: usize = 1_000;
/// Rows shown of what was read.
const SAMPLE: usize = 8;
/// Files that wait for the go-ahead.
const WAITING: usize = 4;
/// Parts of the progress that rating and writing make.
const RATING: u32 = 3;
const WRITING: u32 = 7;
/// Lists are brought up to date that often while an import runs, in milliseconds.
const SHOWN_EVERY: u64 = 1_000;

/// Files that wait, and the one that runs.
#[derive(Default)]
pub struct Imports {
    last: u32,
    waiting: BTreeMap<u32, ImportPlan>,
    running: HashMap<ImportId, Rc<Cell<bool>>>,
}

impl Imports {
    fn keep(&mut self, plan: ImportPlan) -> ImportId {
        self.last = self.last.wrapping_add(1);
        if self.waiting.len() >= WAITING {
            self.waiting.pop_first();
        }
        self.waiting.insert(self.last, plan);
        ImportId(self.last)
    }

    /// Stops everything: the session is closed.
    pub fn stop_all(&mut self) {
        self.waiting.clear();
        self.running.values().for_each(|stopped| stopped.set(true));
    }
}

impl Engine {
    /// Reads a file and says what is in it.
    pub async fn preview_import(&self, ask: PreviewImport) -> Result<ImportPreview, Error> {
        let open = self.open()?;
        let reader = Reader::open(Zeroizing::new(ask.bytes.0), &ask.options, now()).await.map_err(unreadable)?;
        let seen = reader.describe().map_err(unreadable)?;
        let mut stretch = Stretch::begin();
        while !reader.read(READ_AT_ONCE).map_err(unreadable)? {
            stretch.rest().await;
        }
        let plan = reader.finish().map_err(unreadable)?;
        let refused = refused(&plan);
        let preview = ImportPreview {
            import: ImportId(0),
            format: seen.format,
            encoding: seen.encoding,
            columns: seen.columns,
            rows: count(plan.rows),
            resources: count(plan.resources.len()),
            accounts: count(plan.accounts.len()),
            groups: count(plan.groups.len()),
            sample: sample(&plan),
            refused_total: count(refused.len()),
            refused: refused.into_iter().take(REFUSED_SHOWN).collect(),
        };
        let import = open.imports.borrow_mut().keep(plan);
        Ok(ImportPreview { import, ..preview })
    }

    /// Brings in what was previewed.
    pub async fn run_import(&self, ask: RunImport) -> Result<ImportReport, Error> {
        let open = self.open()?;
        let role = open.session.role(&ask.vault).ok_or(Error::Gone)?;
        if !policy::may_write_record(role, sealward_contract::record::RecordKind::Secret) {
            return Err(Error::NotAllowed);
        }
        let mut plan = open.imports.borrow_mut().waiting.remove(&ask.import.0).ok_or(Error::Gone)?;
        keys::describe(&mut plan.accounts).await;
        let stopped = Rc::new(Cell::new(false));
        open.imports.borrow_mut().running.insert(ask.import, Rc::clone(&stopped));
        let outcome = self.run_plan(&open, &ask, plan, &stopped).await;
        open.imports.borrow_mut().running.remove(&ask.import);
        open.facts.borrow_mut().drop_drafted();
        outcome
    }

    /// Drops what was previewed, or stops what runs after the present batch.
    pub fn cancel_import(&self, ask: &CancelImport) -> Result<(), Error> {
        let open = self.open()?;
        let mut imports = open.imports.borrow_mut();
        imports.waiting.remove(&ask.import.0);
        if let Some(stopped) = imports.running.get(&ask.import) {
            stopped.set(true);
        }
        Ok(())
    }

    async fn run_plan(
        &self,
        open: &Rc<Open>,
        ask: &RunImport,
        plan: ImportPlan,
        stopped: &Cell<bool>,
    ) -> Result<ImportReport, Error> {
        let mut rows = refused(&plan);
        let names: HashMap<usize, String> =
            plan.accounts.iter().map(|account| (account.row, account.details.name.clone())).collect();
        let total = count(plan.accounts.len());
        let progress = |rated: u32, written: u32| {
            let done =
                rated.saturating_mul(RATING).saturating_add(written.saturating_mul(WRITING)) / (RATING + WRITING);
            tell(Notice::Progress(Progress { work: Work::Import(ask.import), done, total }));
        };
        progress(0, 0);
        let _writing = Writing::begin(open);
        let scores = rate(&plan, stopped, |rated| progress(rated, 0)).await;
        let shown = Cell::new(now());
        let on_written = |written: usize| {
            progress(total, count(written));
            // Lists and search follow, but not with every batch.
            if now().since(shown.get()) > SHOWN_EVERY {
                shown.set(now());
                self.take_in(open);
            }
            !stopped.get()
        };
        let imported = open.session.import(plan, ask.vault, &scores, on_written).await;
        self.take_in(open);
        let Imported { resources, accounts, known, unwritten, error } = imported?;
        // What came of the rows before the error is worth more than the error: it stands with the rows after it.
        let reason = if error.is_some() { RefusedReason::NotWritten } else { RefusedReason::Stopped };
        rows.extend(unwritten.iter().map(|row| RefusedRow {
            row: count(*row),
            name: names.get(row).cloned().unwrap_or_default(),
            reason,
        }));
        rows.sort_by_key(|row| row.row);
        Ok(ImportReport {
            resources: count(resources),
            accounts: count(accounts),
            known: count(known),
            refused_total: count(rows.len()),
            refused: rows.into_iter().take(REFUSED_SHOWN).collect(),
        })
    }
}

/// The strength of each planned account's secret. Equal ones are rated once.
async fn rate(plan: &ImportPlan, stopped: &Cell<bool>, progress: impl Fn(u32)) -> Vec<Option<Score>> {
    let mut known: HashMap<&str, Option<Score>> = HashMap::new();
    let mut scores = Vec::with_capacity(plan.accounts.len());
    let mut stretch = Stretch::begin();
    for (at, account) in plan.accounts.iter().enumerate() {
        let text = account.secret.value.expose();
        let score = match known.get(text) {
            _ if stopped.get() || !secret::is_guessed(account.details.secret_type) => None,
            Some(score) => *score,
            None => {
                let score = secret::score(account.details.secret_type, text).await;
                known.insert(text, score);
                if stretch.rest().await {
                    progress(count(at));
                }
                score
            }
        };
        scores.push(score);
    }
    scores
}

fn sample(plan: &ImportPlan) -> Vec<SampleRow> {
    let accounts = plan.accounts.iter().take(SAMPLE);
    let rows = accounts.filter_map(|account| {
        let resource = plan.resources.get(account.resource)?;
        Some(SampleRow {
            resource: resource.details.name.clone(),
            user_name: account.details.user_name.clone(),
            address: super::catalog::address(&resource.details),
            group: group_path(plan, resource.group),
        })
    });
    rows.collect()
}

fn group_path(plan: &ImportPlan, group: Option<usize>) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut at = group;
    while let Some(group) = at.and_then(|at| plan.groups.get(at)) {
        names.push(&group.details.name);
        // A parent stands before its children: this ends.
        at = group.parent.filter(|parent| Some(*parent) < at);
    }
    names.reverse();
    names.join(" / ")
}

fn refused(plan: &ImportPlan) -> Vec<RefusedRow> {
    let rejected = plan.rejected.iter().map(|rejected| RefusedRow {
        row: count(rejected.row),
        name: rejected.name.clone(),
        reason: reason(rejected.reason),
    });
    let left_out = plan.left_out.iter().map(|left| RefusedRow {
        row: count(left.row),
        name: left.name.clone(),
        reason: match left.part {
            Part::Passkey => RefusedReason::Passkey,
            Part::History => RefusedReason::History,
            Part::File => RefusedReason::File,
        },
    });
    let mut rows: Vec<RefusedRow> = rejected.chain(left_out).collect();
    rows.sort_by_key(|row| row.row);
    rows
}

fn reason(reason: Reason) -> RefusedReason {
    match reason {
        Reason::NoName => RefusedReason::NoName,
        Reason::NoAccount => RefusedReason::NoAccount,
        Reason::TooManyValues => RefusedReason::WrongColumns,
        Reason::Invalid(invalid) => match invalid.problem {
            Problem::Empty => RefusedReason::NoName,
            Problem::TooLong { .. } => RefusedReason::TooLong,
            Problem::TooMany { .. } => RefusedReason::TooManyFields,
            Problem::Twice => RefusedReason::Twice,
            Problem::ControlCharacters | Problem::NotHere | Problem::NotAnAddress => RefusedReason::BadCharacters,
        },
        Reason::TooLarge => RefusedReason::TooLong,
        Reason::Malformed | Reason::UnknownKind => RefusedReason::UnknownKind,
        Reason::Deleted => RefusedReason::Deleted,
        Reason::Alias => RefusedReason::Alias,
    }
}

fn unreadable(error: Unread) -> Error {
    match error {
        Unread::NotLoaded => Error::Offline,
        Unread::Refused(ImportError::TooLarge { limit }) => {
            Error::LimitExceeded(Limit::FileSize { most: u64::try_from(limit).unwrap_or(u64::MAX) })
        }
        Unread::Refused(error) => Error::File(error),
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
