//! Taking a change back: the records it touched are written as they were before, if nobody has written them since.

use super::Item;
use crate::{
    error::Error,
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId, Version},
    record::RecordState,
};
use std::collections::BTreeMap;

/// How a record was before a change.
pub(super) struct Earlier {
    pub(super) item: Item,
    pub(super) number: Number,
    /// The version that the change wrote; the change is taken back only while it is the newest.
    pub(super) written: Version,
    pub(super) parent: ObjectId,
    pub(super) state: RecordState,
    pub(super) details: Details,
}

/// A change that can be taken back. It holds names, no secret.
pub struct Undo(pub(super) Vec<Earlier>);

impl<T: Transport> Session<T> {
    /// Takes a change back.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when something was written since: nothing is then changed.
    pub async fn undo(&self, undo: &Undo) -> Result<(), Error> {
        let mut writes: BTreeMap<VaultId, Vec<Draft>> = BTreeMap::new();
        for earlier in &undo.0 {
            writes.entry(earlier.item.vault).or_default().push(Draft {
                key: earlier.item.key,
                parent: earlier.parent,
                number: earlier.number,
                state: earlier.state,
                base: Some(earlier.written),
                payload: earlier.details.to_bytes()?,
            });
        }
        let writes: Vec<VaultDrafts> =
            writes.into_iter().map(|(vault, drafts)| VaultDrafts { vault, drafts }).collect();
        self.write_in_parts(writes).await
    }
}
