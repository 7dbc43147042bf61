//! Deleting: one version of one record each. What is in a deleted thing is out of reach until it is restored.

use super::{
    Item,
    entry::{Next, draft_next},
    steps::{Doing, Others, Report, Step},
};
use crate::{error::Error, session::Session, transport::Transport};
use sealward_contract::record::{RecordKind, RecordState};

impl<T: Transport> Session<T> {
    /// Deletes items with all that is in them; not one's personal vault itself. `progress` is told how many of how many are done.
    pub async fn delete_items(&self, items: &[Item], progress: impl Fn(Doing, usize, usize)) -> Report {
        self.change_each(items, &progress, |item| {
            // There is one for each person, and no other in its place.
            if item.key.kind == RecordKind::Vault && self.is_personal(&item.vault) {
                return Err(Error::NotAllowed);
            }
            let before = self.verified(item.vault, item.key)?;
            let next = Next { details: before.details.clone(), parent: before.parent, state: RecordState::Deleted };
            Ok(Some(Step::of_one(item, draft_next(item, before, next)?)))
        })
        .await
    }

    /// Changes items each by a step of its own; `None` where there is nothing to change.
    pub(super) async fn change_each(
        &self,
        items: &[Item],
        progress: &impl Fn(Doing, usize, usize),
        draft: impl Fn(Item) -> Result<Option<Step>, Error>,
    ) -> Report {
        let mut report = Report::default();
        let mut steps = Vec::with_capacity(items.len());
        for item in items {
            match draft(*item) {
                Ok(Some(step)) => steps.push(step),
                Ok(None) => report.same += 1,
                Err(error) => report.leave(*item, error),
            }
        }
        report.add(self.write_steps(steps, Others::Written, progress).await);
        report
    }
}
