//! Files: cut into chunks, each sealed under the file's own key, sent and fetched one by one. At no time is more of a
//! file in memory than two chunks.

mod cipher;
mod copying;
mod download;
#[cfg(test)]
mod tests;
mod upload;

pub use cipher::FileCipher;
pub use download::Download;
pub use upload::{NewFile, Upload};

use crate::{
    error::Error,
    model::{FilePayload, FileRef, Payload},
    session::Session,
    transport::Transport,
    vault::Draft,
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind, RecordState},
};
use zeroize::Zeroizing;

/// What a change does to the files of an account or a resource.
#[derive(Default)]
pub struct FileChanges {
    /// Files whose chunks are all sent.
    pub added: Vec<Attached>,
    /// Files that go.
    pub removed: Vec<ObjectId>,
}

impl FileChanges {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// A file that is sent whole, and waits for the record that brings it in.
pub struct Attached {
    /// How the catalog names it.
    pub file: FileRef,
    /// What its record holds.
    pub payload: FilePayload,
}

impl<T: Transport> Session<T> {
    /// Those among files that have a record in this vault which is not removed yet.
    pub fn with_records(&self, vault: VaultId, files: impl IntoIterator<Item = ObjectId>) -> Vec<ObjectId> {
        let vaults = self.vaults();
        let Some(view) = vaults.get(&vault) else { return Vec::new() };
        let there = |id: &ObjectId| {
            let leaf = view.tree().get(&LeafKey { id: *id, kind: RecordKind::File });
            // A file's second version is its removal.
            leaf.is_some_and(|leaf| leaf.version == Version::FIRST)
        };
        files.into_iter().filter(there).collect()
    }

    /// Drafts of the records that bring files in to an account or a resource, or remove them.
    ///
    /// # Errors
    /// [`Error::Gone`] when a file to be removed is not there.
    pub(crate) fn draft_files(
        &self,
        vault: VaultId,
        holder: ObjectId,
        number: Number,
        changes: &FileChanges,
    ) -> Result<Vec<Draft>, Error> {
        let key = |id| LeafKey { id, kind: RecordKind::File };
        let mut drafts = Vec::with_capacity(changes.added.len() + changes.removed.len());
        for Attached { file, payload } in &changes.added {
            drafts.push(Draft {
                key: key(file.id),
                parent: holder,
                number,
                state: RecordState::Live,
                base: None,
                payload: payload.to_bytes()?,
            });
        }
        for id in &changes.removed {
            let base = self.vaults().get(&vault).and_then(|view| view.tree().get(&key(*id)).map(|leaf| leaf.version));
            drafts.push(Draft {
                key: key(*id),
                parent: holder,
                number,
                state: RecordState::Deleted,
                base: Some(base.ok_or(Error::Gone)?),
                // The key stands in the version before; nobody needs it for what is gone.
                payload: Zeroizing::new(Vec::new()),
            });
        }
        Ok(drafts)
    }
}
