//! A file on its way to the server: while a chunk is sent the next ones are sealed, side by side. It survives a broken
//! connection: what was sealed and not acknowledged is kept, and sent again as it is.

use super::{Attached, FileCipher, cipher::SealedChunk};
use crate::{
    crypto::stream::FileKey,
    error::{Error, from_call, from_plain_call},
    model::{ChunkHashes, FilePayload, FileRef},
    session::Session,
    transport::Transport,
};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::FuturesOrdered,
};
use sealward_contract::{
    crypto::Hash,
    file::{CHUNK, ChunkIndex, ChunkShape, Layout},
    ids::{ObjectId, VaultId},
    operations::{
        Empty, ObjectPath, VaultPath,
        files::{BeginUpload, Chunk, ChunkError, ChunkPath, EndUpload, NewUpload, PutChunk, UploadError},
    },
};
use std::{cell::RefCell, collections::VecDeque, pin::pin, sync::Arc};
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
    cipher: Arc<FileCipher>,
    /// Of the chunks that the server has.
    acknowledged: Vec<Hash>,
    /// The sealed ones after those.
    kept: VecDeque<Arc<SealedChunk>>,
}

/// How many chunks are sealed and not acknowledged, or being sealed: one is on its way, and every core has one to work on.
const AHEAD: usize = 4;

impl Upload {
    /// The file's id.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Where the first of those that are kept belongs.
    fn place(&self) -> (VaultId, ObjectId, ChunkIndex) {
        let index = u32::try_from(self.acknowledged.len()).unwrap_or(u32::MAX);
        (self.vault, self.id, ChunkIndex(index))
    }

    fn is_whole(&self) -> bool {
        self.acknowledged.len() as u64 == u64::from(self.layout.count())
    }

    /// Bytes of the file that the server has.
    #[must_use]
    pub fn sent(&self) -> u64 {
        (self.acknowledged.len() as u64 * CHUNK).min(self.file.length)
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
            payload: FilePayload { key: self.key, length, chunks: ChunkHashes(self.acknowledged), name, media_type },
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
        let cipher = Arc::new(FileCipher::new(&key).await);
        let id = ObjectId(self.surroundings().make_id());
        Ok(Upload { vault, id, file, layout, key, cipher, acknowledged: Vec::new(), kept: VecDeque::new() })
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
        if !(0..upload.acknowledged.len()).all(|index| known.present.iter().any(|there| *there as usize == index)) {
            // The server gave up what it had. The same chunks must not be sealed again under this key.
            *upload = self.make_upload(upload.vault, upload.file.clone()).await?;
            return Box::pin(self.upload(upload, source, progress)).await;
        }
        progress(upload.sent());
        let cipher = Arc::clone(&upload.cipher);
        let (layout, length) = (upload.layout, upload.file.length);
        let spare = RefCell::default();
        let mut rest = (upload.acknowledged.len() + upload.kept.len()..).map_while(|index| {
            let index = u32::try_from(index).ok()?;
            layout.chunk(index)
        });
        let mut sealing = FuturesOrdered::new();
        while !upload.is_whole() {
            let room = AHEAD.saturating_sub(upload.kept.len() + sealing.len());
            sealing.extend(rest.by_ref().take(room).map(|shape| seal(&cipher, shape, length, &source, &spare)));
            let Some(first) = upload.kept.front().map(Arc::clone) else {
                upload.kept.push_back(Arc::new(sealing.next().await.ok_or(Error::Refused)??));
                continue;
            };
            let mut failed = Ok(());
            let sent = {
                let mut sending = pin!(self.send(upload.place(), &first.chunk));
                loop {
                    match select(sending.as_mut(), sealing.next()).await {
                        Either::Left((sent, _)) => break sent,
                        Either::Right((Some(Ok(sealed)), _)) => upload.kept.push_back(Arc::new(sealed)),
                        // What the server has is noted, whatever became of the next ones.
                        Either::Right((Some(Err(error)), _)) => {
                            failed = Err(error);
                            break sending.await;
                        }
                        Either::Right((None, _)) => break sending.await,
                    }
                }
            };
            if sent.is_ok() {
                upload.kept.pop_front();
                upload.acknowledged.push(first.digest);
                progress(upload.sent());
            }
            failed?;
            if sent.is_err() {
                // A chunk is sealed once: what is under way now is kept for the next attempt.
                while let Some(sealed) = sealing.next().await {
                    upload.kept.push_back(Arc::new(sealed?));
                }
            }
            sent?;
        }
        Ok(())
    }

    async fn send(&self, (vault, id, index): (VaultId, ObjectId, ChunkIndex), chunk: &Chunk) -> Result<(), Error> {
        let path = ChunkPath { team: self.team(), vault, id, index };
        let sent = self.call::<PutChunk>(&path, chunk).await;
        sent.map(drop).map_err(|error| {
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

/// Buffers for plaintext that are used again: wiping one takes longer than filling it, and all are wiped in the end.
type Spare = RefCell<Vec<Zeroizing<Vec<u8>>>>;

/// Seals a chunk of a file of this length.
async fn seal(
    cipher: &FileCipher,
    shape: ChunkShape,
    length: u64,
    source: &impl AsyncFn(u64, &mut [u8]) -> Result<(), Error>,
    spare: &Spare,
) -> Result<SealedChunk, Error> {
    let offset = u64::from(shape.index) * CHUNK;
    let rest = length.saturating_sub(offset);
    let wanted = usize::try_from(rest).unwrap_or(usize::MAX).min(shape.plain);
    let used = spare.borrow_mut().pop().filter(|used| used.len() == shape.plain);
    let mut plain = used.unwrap_or_else(|| Zeroizing::new(vec![0; shape.plain]));
    let (piece, padding) = plain.split_at_mut_checked(wanted).ok_or(Error::FileChanged)?;
    padding.fill(0);
    if !piece.is_empty() {
        source(offset, piece).await?;
    }
    let sealed = cipher.seal(&shape, &plain).await.map_err(|_| Error::Refused);
    spare.borrow_mut().push(plain);
    sealed
}
