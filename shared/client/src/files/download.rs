//! A file on its way from the server: released once, then fetched chunk by chunk, each checked against the verified
//! record before it is opened.

use super::FileCipher;
use crate::{
    error::{Damage, Error, Fault, from_call},
    model::{FilePayload, FileRef, Payload},
    session::Session,
    transport::Transport,
};
use sealward_contract::{
    file::{CHUNK, ChunkIndex, ChunkShape, Layout},
    ids::{ObjectId, VaultId},
    operations::{
        Empty,
        files::{ChunkPath, FetchError, GetChunk},
    },
    record::{LeafKey, RecordKind},
};
use zeroize::Zeroizing;

/// A file that was released, and how much of it is here.
pub struct Download {
    vault: VaultId,
    holder: ObjectId,
    id: ObjectId,
    length: u64,
    layout: Layout,
    hashes: Vec<sealward_contract::crypto::Hash>,
    cipher: FileCipher,
    next: u32,
}

impl Download {
    /// The beginning of a file whose record was released and verified.
    ///
    /// # Errors
    /// [`Error::Damage`] when no file has these chunks.
    pub(crate) async fn begin(
        vault: VaultId,
        holder: ObjectId,
        id: ObjectId,
        payload: FilePayload,
    ) -> Result<Self, Error> {
        let FilePayload { key, length, chunks, .. } = payload;
        let layout = Layout::of_length(length).filter(|layout| u64::from(layout.count()) == chunks.0.len() as u64);
        let layout = layout.ok_or_else(|| damage(vault, id, Fault::Malformed))?;
        let cipher = FileCipher::new(&key).await;
        Ok(Self { vault, holder, id, length, layout, hashes: chunks.0, cipher, next: 0 })
    }

    /// Room for the whole file.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`] when this device cannot have so much.
    pub(crate) fn room(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let whole = usize::try_from(self.length).map_err(|_| Error::FileTooLarge)?;
        Ok(Zeroizing::new(Vec::with_capacity(whole)))
    }

    /// The file's length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Bytes of the file that were given to the sink.
    #[must_use]
    pub fn received(&self) -> u64 {
        (u64::from(self.next) * CHUNK).min(self.length)
    }

    fn damage(&self, fault: Fault) -> Error {
        damage(self.vault, self.id, fault)
    }
}

fn damage(vault: VaultId, id: ObjectId, fault: Fault) -> Error {
    Damage::of_record(vault, LeafKey { id, kind: RecordKind::File }, fault).into()
}

impl<T: Transport> Session<T> {
    /// Has the server release a file of an account or a resource.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Gone`] when there is no such file.
    pub async fn release_file(&self, vault: VaultId, holder: ObjectId, id: ObjectId) -> Result<FilePayload, Error> {
        self.release_file_for(vault, holder, id, None).await
    }

    async fn release_file_for(
        &self,
        vault: VaultId,
        holder: ObjectId,
        id: ObjectId,
        reason: Option<&str>,
    ) -> Result<FilePayload, Error> {
        let attempt = async || match self.release_file_once(vault, holder, id, reason).await {
            // It was removed meanwhile, or brought in: what is there now is verified, then asked for.
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                self.release_file_once(vault, holder, id, reason).await
            }
            answer => answer,
        };
        let bytes = self.confirmed(attempt).await?;
        FilePayload::from_bytes(&bytes).map_err(|_| damage(vault, id, Fault::Malformed))
    }

    /// Has a file released, ready to be fetched.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn open_file(&self, vault: VaultId, holder: ObjectId, file: &FileRef) -> Result<Download, Error> {
        let payload = self.release_file(vault, holder, file.id).await?;
        Download::begin(vault, holder, file.id, payload).await
    }

    /// Fetches what is still missing and gives it to `sink`, in order; after an error it may be called again and goes
    /// on. `progress` is told how many bytes were given.
    ///
    /// # Errors
    /// [`Error::Damage`] when a chunk is not the one that was sealed, [`Error::Unreachable`], and whatever `sink` gives.
    pub async fn download(
        &self,
        download: &mut Download,
        mut sink: impl AsyncFnMut(Zeroizing<Vec<u8>>) -> Result<(), Error>,
        progress: impl Fn(u64),
    ) -> Result<(), Error> {
        progress(download.received());
        while let Some(shape) = download.layout.chunk(download.next) {
            let sealed = self.fetch_chunk(download, &shape).await?;
            let piece = open_piece(download, &shape, sealed).await?;
            sink(piece).await?;
            download.next += 1;
            progress(download.received());
        }
        Ok(())
    }

    /// Fetches a small file whole.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn download_bytes(
        &self,
        vault: VaultId,
        holder: ObjectId,
        file: &FileRef,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.download_bytes_for(vault, holder, file, None).await
    }

    /// The same, with the reason for it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn download_bytes_for(
        &self,
        vault: VaultId,
        holder: ObjectId,
        file: &FileRef,
        reason: Option<&str>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let payload = self.release_file_for(vault, holder, file.id, reason).await?;
        let mut download = Download::begin(vault, holder, file.id, payload).await?;
        let mut bytes = download.room()?;
        self.download_into(&mut download, &mut bytes, |_| {}).await?;
        Ok(bytes)
    }

    /// Fetches what is still missing to the end of what is here.
    pub(crate) async fn download_into(
        &self,
        download: &mut Download,
        bytes: &mut Zeroizing<Vec<u8>>,
        progress: impl Fn(u64),
    ) -> Result<(), Error> {
        let sink = async |piece: Zeroizing<Vec<u8>>| {
            bytes.extend_from_slice(&piece);
            Ok(())
        };
        self.download(download, sink, progress).await
    }

    async fn fetch_chunk(&self, download: &Download, shape: &ChunkShape) -> Result<Vec<u8>, Error> {
        match self.fetch_released(download.vault, download.id, shape.index).await {
            // The release is over: another is asked for, and written down.
            Err(Error::NotAllowed) => {
                self.release_file(download.vault, download.holder, download.id).await?;
                self.fetch_released(download.vault, download.id, shape.index).await
            }
            answer => answer,
        }
    }

    /// A sealed chunk as the server has it.
    pub(super) async fn fetch_released(&self, vault: VaultId, id: ObjectId, index: u32) -> Result<Vec<u8>, Error> {
        let path = ChunkPath { team: self.team(), vault, id, index: ChunkIndex(index) };
        let chunk = self.call::<GetChunk>(&path, &Empty {}).await.map_err(|error| {
            from_call(error, |own| match own {
                FetchError::NotReleased => Error::NotAllowed,
                FetchError::Deleted => Error::Gone,
            })
        })?;
        Ok(chunk.sealed.0)
    }
}

async fn open_piece(download: &Download, shape: &ChunkShape, sealed: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let index = usize::try_from(shape.index).unwrap_or(usize::MAX);
    let digest = download.hashes.get(index).ok_or_else(|| download.damage(Fault::Malformed))?;
    if sealed.len() != shape.sealed() {
        return Err(download.damage(Fault::Substituted));
    }
    let opened = download.cipher.open(shape, digest, sealed).await;
    let opened = opened.map_err(|_| download.damage(Fault::Unopenable))?;
    let mut piece = opened.ok_or_else(|| download.damage(Fault::Substituted))?;
    let offset = u64::from(shape.index) * CHUNK;
    let kept = usize::try_from(download.length.saturating_sub(offset)).unwrap_or(usize::MAX).min(piece.len());
    if piece.iter().skip(kept).any(|byte| *byte != 0) {
        return Err(download.damage(Fault::Malformed));
    }
    piece.truncate(kept);
    Ok(piece)
}
