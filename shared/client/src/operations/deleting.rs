//! Deleting: one version of one record each. What is in a deleted thing is out of reach until it is restored.

use super::{
    Item,
    entry::{Next, draft_next},
    undo::Undo,
};
use crate::{
    error::Error,
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::Draft,
};
use sealward_contract::{ids::VaultId, record::RecordState};
use std::collections::BTreeMap;

impl<T: Transport> Session<T> {
    /// Deletes items with all that is in them.
    ///
    /// # Errors
    /// [`Error::Gone`] when one of them is not there any more: nothing is then deleted.
    pub async fn delete_items(&self, items: &[Item]) -> Result<Undo, Error> {
        let mut writes: BTreeMap<VaultId, Vec<Draft>> = BTreeMap::new();
        let mut earlier = Vec::new();
        for item in items {
            let before = self.verified(item.vault, item.key)?;
            let next = Next { details: before.details.clone(), parent: before.parent, state: RecordState::Deleted };
            let (draft, was) = draft_next(*item, before, next)?;
            writes.entry(item.vault).or_default().push(draft);
            earlier.push(was);
        }
        let writes = writes.into_iter().map(|(vault, drafts)| VaultDrafts { vault, drafts }).collect();
        self.write_in_parts(writes).await?;
        Ok(Undo(earlier))
    }
}
