//! Bringing in what an import planned: nothing twice, in batches, with a report of what was written.

mod drafting;
mod known;
mod part;

use crate::{
    error::Error,
    import::{ImportPlan, PlannedAccount},
    model::Score,
    session::Session,
    transport::Transport,
};
use drafting::Drafting;
use sealward_contract::{
    ids::{ObjectId, VaultId},
    record::RecordKind,
};
use std::collections::HashMap;

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

/// An account that is not in the vault yet.
struct NewRow {
    account: PlannedAccount,
    mark: known::Mark,
    score: Option<Score>,
}

impl<T: Transport> Session<T> {
    /// What was brought into a vault and is still there, by its kind and by the id that it had where it came from.
    ///
    /// # Errors
    /// [`Error::Gone`], [`Error::NotAllowed`] for a vault that cannot be opened.
    pub fn find_imported(&self, vault: VaultId) -> Result<HashMap<(RecordKind, String), ObjectId>, Error> {
        Ok(self.find_known(vault)?.into_source_ids())
    }

    /// Writes what is not yet in the vault. `scores` gives the strength of each planned account's secret; `progress` is
    /// told how many accounts of the plan are done, and says whether to go on: it is asked after each batch and each
    /// file. Files are sent just before the batch that names them, so that few wait at a time.
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
        let known = self.find_known(vault)?;
        let ImportPlan { groups, resources, accounts, .. } = plan;
        let planned = accounts.len();
        let new = accounts.into_iter().enumerate().filter_map(|(at, account)| {
            let mark = known.mark_of_account(&account.identity);
            mark.map(|mark| NewRow { account, mark, score: scores.get(at).copied().flatten() })
        });
        let mut new = new.collect::<Vec<NewRow>>().into_iter();
        // Numbers only for what is new: the same file again uses none up.
        let wanted = known.count_new(&groups, &resources) + new.len();
        let numbers = self.take_numbers(u32::try_from(wanted).map_err(|_| Error::Refused)?).await?;
        let report = Imported { known: planned - new.len(), ..Imported::default() };
        let mut drafting = Drafting::begin(self, vault, known, numbers, report, &progress);
        let outcome = drafting.write_all(groups, resources, &mut new).await;
        let mut report = drafting.finish();
        report.unwritten.extend(new.map(|row| row.account.row));
        report.unwritten.sort_unstable();
        report.error = outcome.err();
        Ok(report)
    }
}
