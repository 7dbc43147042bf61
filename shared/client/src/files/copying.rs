//! A file's twin for another account, resource or vault: the sealed chunks are sent as they are, under a new id. Key and
//! hashes stay, so nothing is sealed a second time.

use super::Attached;
use crate::{
    error::{Damage, Error, Fault, from_call},
    model::{FilePayload, FileRef},
    session::Session,
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    crypto::hash,
    file::{ChunkIndex, Layout},
    ids::{ObjectId, VaultId},
    operations::{
        VaultPath,
        files::{BeginUpload, Chunk, ChunkPath, NewUpload, PutChunk},
    },
    record::{LeafKey, RecordKind},
};

impl<T: Transport> Session<T> {
    /// Has a file released and sends its chunks to a vault, for whatever is to have it there.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn copy_file(&self, from: (VaultId, ObjectId), file: &FileRef, to: VaultId) -> Result<Attached, Error> {
        let (vault, holder) = from;
        let fault =
            |fault| Error::from(Damage::of_record(vault, LeafKey { id: file.id, kind: RecordKind::File }, fault));
        let payload: FilePayload = self.release_file(vault, holder, file.id).await?;
        let layout = Layout::of_length(payload.length).ok_or_else(|| fault(Fault::Malformed))?;
        let id = ObjectId(self.surroundings().make_id());
        let new = NewUpload { id, sealed_length: layout.sealed() };
        let place = VaultPath { team: self.team(), vault: to };
        self.call::<BeginUpload>(&place, &new).await.map_err(|error| from_call(error, |_| Error::Refused))?;
        for (index, digest) in (0..layout.count()).zip(&payload.chunks.0) {
            let sealed = self.fetch_released(vault, file.id, index).await?;
            if hash(&sealed) != *digest {
                return Err(fault(Fault::Substituted));
            }
            let path = ChunkPath { team: self.team(), vault: to, id, index: ChunkIndex(index) };
            let sent = self.call::<PutChunk>(&path, &Chunk { sealed: Bytes(sealed) }).await;
            sent.map_err(|error| from_call(error, |_| Error::Refused))?;
        }
        Ok(Attached { file: FileRef { id, ..file.clone() }, payload })
    }
}
