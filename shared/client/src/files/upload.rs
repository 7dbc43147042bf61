//! A file on its way to the server: while a chunk is sent and hashed the next one is sealed. It survives a broken
//! connection: what was sealed and not acknowledged is kept, and sent again as it is.

use super::{Attached, FileCipher};
use crate::{
    crypto::stream::FileKey,
    error::{Error, from_call, from_plain_call},
    model::{ChunkHashes, FilePayload, FileRef},
    session::Session,
    transport::Transport,
};
use futures_util::future::join3;
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    file::{CHUNK, ChunkIndex, Layout},
    ids::{ObjectId, VaultId},
    operations::{
        Empty, ObjectPath, VaultPath,
        files::{BeginUpload, Chunk, ChunkError, ChunkPath, EndUpload, NewUpload, PutChunk, UploadError},
    },
};
use std::collections::VecDeque;
use zeroize::Zeroizing;

/// A file as the person who has it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// Its media type; empty when it is not known.
    pub media_type: String,
    /// Its length in bytes.
    pub length: u64,
}

/// A file on its way.
pub struct Upload {
    vault: VaultId,
    id: ObjectId,
    file: NewFile,
    layout: Layout,
    key: FileKey,
    cipher: FileCipher,
    /// Chunks that the server has.
    acknowledged: usize,
    /// The sealed ones after those.
    kept: VecDeque<Chunk>,
    /// Of the chunks, as far as they were hashed: at least of those that the server has.
    hashes: Vec<Hash>,
}

/// How many chunks are kept: the one on its way, and the next.
const KEPT: usize = 2;

impl Upload {
    /// The file's id.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    fn is_whole(&self) -> bool {
        self.acknowledged as u64 == u64::from(self.layout.count())
    }

    /// Bytes of the file that the server has.
    #[must_use]
    pub fn sent(&self) -> u64 {
        (self.acknowledged as u64 * CHUNK).min(self.file.length)
    }

    /// What its record is to hold, once all of it is sent; `None` before.
    #[must_use]
    pub fn finish(self) -> Option<Attached> {
        if !self.is_whole() {
            return None;
        }
        let NewFile { name, media_type, length } = self.file;
        Some(Attached {
            file: FileRef { id: self.id, name: name.clone(), media_type: media_type.clone(), length },
            payload: FilePayload { key: self.key, length, chunks: ChunkHashes(self.hashes), name, media_type },
        })
    }
}

impl<T: Transport> Session<T> {
    /// Makes a key for a file that is to be sent to a vault. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::FileTooLarge`].
    pub async fn make_upload(&self, vault: VaultId, file: NewFile) -> Result<Upload, Error> {
        let layout = Layout::of_length(file.length).ok_or(Error::FileTooLarge)?;
        let key = self.surroundings().with_randomness(|randomness| FileKey::make(randomness));
        let cipher = FileCipher::new(&key).await;
        let id = ObjectId(self.surroundings().make_id());
        Ok(Upload { vault, id, file, layout, key, cipher, acknowledged: 0, kept: VecDeque::new(), hashes: Vec::new() })
    }

    /// Sends what is still to be sent, having `source` fill pieces with what stands at an offset of the file; after an
    /// error it may be called again and goes on. `progress` is told how many bytes of the file the server has.
    ///
    /// # Errors
    /// [`Error::Unreachable`], and whatever `source` gives: [`Error::FileChanged`] when it has not as much as is asked for.
    pub async fn upload(
        &self,
        upload: &mut Upload,
        source: impl AsyncFn(u64, &mut [u8]) -> Result<(), Error>,
        progress: impl Fn(u64),
    ) -> Result<(), Error> {
        let path = VaultPath { team: self.team(), vault: upload.vault };
        let new = NewUpload { id: upload.id, sealed_length: upload.layout.sealed() };
        let known = self.call::<BeginUpload>(&path, &new).await.map_err(|error| {
            from_call(error, |own| match own {
                UploadError::Forbidden => Error::NotAllowed,
                UploadError::TooManyUploads => Error::TooManyUploads,
                UploadError::AlreadyExists | UploadError::UploadRefused => Error::Refused,
            })
        })?;
        if !(0..upload.acknowledged).all(|index| known.present.iter().any(|there| *there as usize == index)) {
            // The server gave up what it had. The same chunks must not be sealed again under this key.
            *upload = self.make_upload(upload.vault, upload.file.clone()).await?;
            return Box::pin(self.upload(upload, source, progress)).await;
        }
        progress(upload.sent());
        let mut plain = Zeroizing::new(Vec::new());
        loop {
            let sealing = seal_next(upload, &source, &mut plain);
            let (sent, digest, sealed) = join3(self.send_first(upload), hash_next(upload), sealing).await;
            upload.hashes.extend(digest);
            // What the server has is noted, whatever became of the next one.
            if sent == Ok(true) {
                upload.kept.pop_front();
                upload.acknowledged += 1;
                progress(upload.sent());
            }
            upload.kept.extend(sealed?.map(|sealed| Chunk { sealed: Bytes(sealed) }));
            sent?;
            if upload.is_whole() {
                return Ok(());
            }
        }
    }

    /// Sends the first of the chunks that are kept; says whether there was one.
    async fn send_first(&self, upload: &Upload) -> Result<bool, Error> {
        let Some(chunk) = upload.kept.front() else { return Ok(false) };
        let index = ChunkIndex(u32::try_from(upload.acknowledged).map_err(|_| Error::Refused)?);
        let path = ChunkPath { team: self.team(), vault: upload.vault, id: upload.id, index };
        let sent = self.call::<PutChunk>(&path, chunk).await;
        sent.map(|_| true).map_err(|error| {
            from_call(error, |own| match own {
                ChunkError::Forbidden => Error::NotAllowed,
                ChunkError::ChunkRefused | ChunkError::ChunkDiffers => Error::Refused,
            })
        })
    }

    /// Gives an upload up, and has the server forget it.
    ///
    /// # Errors
    /// [`Error`]; the server forgets it in any case after a day.
    pub async fn end_upload(&self, upload: Upload) -> Result<(), Error> {
        self.forget_upload(upload.vault, upload.id).await
    }

    /// Has the server forget what was sent, and named by nothing.
    pub(crate) async fn forget_upload(&self, vault: VaultId, id: ObjectId) -> Result<(), Error> {
        let path = ObjectPath { team: self.team(), vault, id };
        self.call::<EndUpload>(&path, &Empty {}).await.map(drop).map_err(from_plain_call)
    }

    /// Sends a file that is in memory.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn upload_bytes(
        &self,
        vault: VaultId,
        name: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<Attached, Error> {
        let file = NewFile { name: name.to_owned(), media_type: media_type.to_owned(), length: bytes.len() as u64 };
        let mut upload = self.make_upload(vault, file).await?;
        let piece = async |offset: u64, piece: &mut [u8]| {
            let start = usize::try_from(offset).map_err(|_| Error::FileChanged)?;
            let there = bytes.get(start..).and_then(|rest| rest.get(..piece.len())).ok_or(Error::FileChanged)?;
            piece.copy_from_slice(there);
            Ok(())
        };
        self.upload(&mut upload, piece, |_| {}).await?;
        upload.finish().ok_or(Error::Refused)
    }
}

/// Hashes the first of the chunks that are kept and not hashed.
async fn hash_next(upload: &Upload) -> Option<Hash> {
    let chunk = upload.kept.get(upload.hashes.len().checked_sub(upload.acknowledged)?)?;
    Some(upload.cipher.hash(&chunk.sealed.0).await)
}

/// Seals the next chunk, unless there is none or enough are kept. `plain` is used for one piece after the other.
async fn seal_next(
    upload: &Upload,
    source: &impl AsyncFn(u64, &mut [u8]) -> Result<(), Error>,
    plain: &mut Zeroizing<Vec<u8>>,
) -> Result<Option<Vec<u8>>, Error> {
    let next = u32::try_from(upload.acknowledged + upload.kept.len()).map_err(|_| Error::FileTooLarge)?;
    let Some(shape) = upload.layout.chunk(next).filter(|_| upload.kept.len() < KEPT) else { return Ok(None) };
    let offset = u64::from(shape.index) * CHUNK;
    let rest = upload.file.length.saturating_sub(offset);
    let wanted = usize::try_from(rest).unwrap_or(usize::MAX).min(shape.plain);
    plain.resize(shape.plain, 0);
    let (piece, padding) = plain.split_at_mut_checked(wanted).ok_or(Error::FileChanged)?;
    if !piece.is_empty() {
        source(offset, piece).await?;
    }
    padding.fill(0);
    upload.cipher.seal(&shape, plain).await.map(Some).map_err(|_| Error::Refused)
}
