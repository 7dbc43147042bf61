//! Moving items: within a vault a new parent; between vaults a new object there and a deleted one here, in one
//! transaction, under the same number.

use super::{
    Item, Place,
    copying::{Purpose, Twin},
    entry::{Next, draft_next},
    steps::{Doing, Others, Report, Step},
};
use crate::{error::Error, session::Session, transport::Transport};
use sealward_contract::record::{LeafKey, RecordKind, RecordState};

impl<T: Transport> Session<T> {
    /// Moves items, with everything in them, to a place. `progress` is told how many of how many secrets were released
    /// (none within one vault), then how many of how many objects were written.
    ///
    /// [`Error::NotAllowed`] is left where something would be moved into itself, or to where it cannot stand.
    pub async fn move_items(&self, items: &[Item], to: Place, progress: impl Fn(Doing, usize, usize)) -> Report {
        let (within, between): (Vec<Item>, Vec<Item>) = items.iter().partition(|item| item.vault == to.vault);
        let mut report = self
            .change_each(&within, &progress, |item| {
                self.check_place(item, to)?;
                let before = self.verified(item.vault, item.key)?;
                if before.parent == to.parent {
                    return Ok(None);
                }
                let next = Next { details: before.details.clone(), parent: to.parent, state: RecordState::Live };
                Ok(Some(Step::of_one(item, draft_next(item, before, next)?)))
            })
            .await;
        // Vault by vault: a transaction writes to two.
        let mut between = between;
        between.sort();
        let (twins, left) = self.make_twins(&between, to, Purpose::Move, &progress).await;
        report.left.extend(left);
        let mut steps = Vec::with_capacity(twins.len());
        for Twin { of, drafts, earlier: made } in twins {
            match self.draft_gone(of) {
                Ok(gone) => {
                    // A number has one live holder: what gets it and what gives it up are written together.
                    let mut step = Step::of_one(of, gone);
                    step.drafts.extend(drafts.into_iter().map(|draft| (to.vault, draft)));
                    step.earlier.insert(0, made);
                    steps.push(step);
                }
                Err(error) => report.leave(of, error),
            }
        }
        report.add(self.write_steps(steps, Others::Written, &progress).await);
        report
    }

    /// What was moved elsewhere is deleted here.
    fn draft_gone(&self, of: Item) -> Result<(crate::vault::Draft, super::undo::Earlier), Error> {
        let before = self.verified_even_deleted(of.vault, of.key)?;
        let next = Next { details: before.details.clone(), parent: before.parent, state: RecordState::Deleted };
        draft_next(of, before, next)
    }

    /// Whether an item may stand there: accounts on resources, all else in groups, nothing in itself.
    fn check_place(&self, item: Item, to: Place) -> Result<(), Error> {
        let vaults = self.vaults();
        let view = vaults.get(&to.vault).ok_or(Error::Gone)?;
        let group = LeafKey { id: to.parent, kind: RecordKind::ResourceGroup };
        let around = if to.parent == to.vault.object() {
            Vec::new()
        } else {
            let mut around = view.surroundings(&group).unwrap_or_default();
            around.push(group);
            around
        };
        let into_itself = around.contains(&item.key) || item.key.kind == RecordKind::Vault;
        if into_itself { Err(Error::NotAllowed) } else { Ok(()) }
    }
}
