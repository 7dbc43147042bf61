//! Moving items: within a vault a new parent; between vaults a new object there and a deleted one here, in one
//! transaction, under the same number.

use super::{
    Item, Place,
    copying::{Numbering, Twin},
    entry::{Next, draft_next},
    undo::Undo,
};
use crate::{
    error::Error,
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::Draft,
};
use sealward_contract::{
    ids::VaultId,
    limits,
    record::{LeafKey, RecordKind, RecordState},
};
use std::collections::BTreeMap;

impl<T: Transport> Session<T> {
    /// Moves items, with everything in them, to a place. `progress` is told how many of how many secrets were released:
    /// none within one vault.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] when something would be moved into itself, or to where it cannot stand.
    pub async fn move_items(&self, items: &[Item], to: Place, progress: impl Fn(usize, usize)) -> Result<Undo, Error> {
        let (within, between): (Vec<Item>, Vec<Item>) = items.iter().partition(|item| item.vault == to.vault);
        self.check_place(&within, to)?;
        let mut earlier = Vec::new();
        let mut drafts = Vec::new();
        for item in within {
            let before = self.verified(item.vault, item.key)?;
            let next = Next { details: before.details.clone(), parent: to.parent, state: RecordState::Live };
            let (draft, was) = draft_next(item, before, next)?;
            drafts.push(draft);
            earlier.push(was);
        }
        if !drafts.is_empty() {
            self.write_in_parts(vec![VaultDrafts { vault: to.vault, drafts }]).await?;
        }
        let mut by_vault: BTreeMap<VaultId, Vec<Item>> = BTreeMap::new();
        for item in between {
            by_vault.entry(item.vault).or_default().push(item);
        }
        for (from, items) in by_vault {
            earlier.extend(self.move_between(from, &items, to, &progress).await?.0);
        }
        Ok(Undo(earlier))
    }

    async fn move_between(
        &self,
        from: VaultId,
        items: &[Item],
        to: Place,
        progress: &impl Fn(usize, usize),
    ) -> Result<Undo, Error> {
        let twins = self.make_twins(items, to, Numbering::Kept, progress).await?;
        let mut earlier = Vec::new();
        let (mut there, mut here): (Vec<Draft>, Vec<Draft>) = (Vec::new(), Vec::new());
        for Twin { of, drafts, earlier: made } in twins {
            // A number has one live holder: what gets it and what gives it up are written together.
            if there.len() + here.len() + drafts.len() + 1 > limits::BATCH_RECORDS {
                self.write_both(to.vault, &mut there, from, &mut here).await?;
            }
            let before = self.verified_even_deleted(of.vault, of.key)?;
            let next = Next { details: before.details.clone(), parent: before.parent, state: RecordState::Deleted };
            let (draft, was) = draft_next(of, before, next)?;
            there.extend(drafts);
            here.push(draft);
            earlier.push(made);
            earlier.push(was);
        }
        self.write_both(to.vault, &mut there, from, &mut here).await?;
        Ok(Undo(earlier))
    }

    async fn write_both(
        &self,
        to: VaultId,
        there: &mut Vec<Draft>,
        from: VaultId,
        here: &mut Vec<Draft>,
    ) -> Result<(), Error> {
        let writes = [
            VaultDrafts { vault: to, drafts: std::mem::take(there) },
            VaultDrafts { vault: from, drafts: std::mem::take(here) },
        ];
        self.write(&writes).await
    }

    /// Whether the items may stand there: accounts on resources, all else in groups, nothing in itself.
    fn check_place(&self, items: &[Item], to: Place) -> Result<(), Error> {
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
        let into_itself = items.iter().any(|item| around.contains(&item.key) || item.key.kind == RecordKind::Vault);
        if into_itself { Err(Error::NotAllowed) } else { Ok(()) }
    }
}
