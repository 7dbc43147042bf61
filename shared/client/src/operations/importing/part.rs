//! What is written together, and the files that are sent just before.

use crate::{
    error::Error,
    files::Attached,
    import::PlannedFile,
    session::{Session, is_one_batch},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    limits,
};

/// Files that wait for their batch at most: others of the member's windows may have some under way, too.
const FILES_WAITING: usize = limits::UPLOADS / 2;

/// Drafts that are written in one transaction, and what they make.
#[derive(Default)]
pub(super) struct Part {
    pub(super) drafts: Vec<Draft>,
    pub(super) resources: usize,
    pub(super) rows: Vec<usize>,
    /// Files that are sent, and named by the drafts.
    pub(super) files: Vec<ObjectId>,
    pub(super) bytes: usize,
}

impl Part {
    pub(super) fn of(drafts: Vec<Draft>) -> Self {
        let bytes = drafts.iter().map(Draft::room).sum();
        Self { drafts, bytes, ..Self::default() }
    }

    /// Whether another fits into the same transaction.
    pub(super) fn has_room_for(&self, other: &Self) -> bool {
        is_one_batch(self.drafts.len() + other.drafts.len(), self.bytes + other.bytes)
    }

    /// Whether more files may be sent before it is written.
    pub(super) fn may_wait_for(&self, files: usize) -> bool {
        self.files.is_empty() || self.files.len() + files <= FILES_WAITING
    }

    pub(super) fn add(&mut self, other: Self) {
        self.drafts.extend(other.drafts);
        self.resources += other.resources;
        self.rows.extend(other.rows);
        self.files.extend(other.files);
        self.bytes += other.bytes;
    }
}

/// A file that was sent, and the one that it takes the place of in the details.
pub(super) struct Sent {
    pub(super) attached: Attached,
    stands_for: Option<ObjectId>,
}

/// Names sent files in the details: each where the one that it stands for was, the others beside the account.
pub(super) fn name_files(details: &mut Details, sent: &[Sent]) {
    for Sent { attached, stands_for } in sent {
        let file = attached.file.clone();
        if let Some(id) = stands_for {
            if let Some(place) = details.files_mut().find(|named| named.id == *id) {
                *place = file;
            }
        } else if let Details::Account(account) = details {
            account.files.get_or_insert_default().push(file);
        }
    }
}

impl<T: Transport> Session<T> {
    /// Sends the files of an account, each dropped as soon as it is sent; `going` is asked before each further one.
    /// `None` when it was stopped. What was sent and will not be named is forgotten by the server.
    pub(super) async fn send_planned(
        &self,
        vault: VaultId,
        files: Vec<PlannedFile>,
        mut going: impl FnMut() -> bool,
    ) -> Result<Option<Vec<Sent>>, Error> {
        let mut sent: Vec<Sent> = Vec::with_capacity(files.len());
        for PlannedFile { name, media_type, bytes, stands_for } in files {
            if !sent.is_empty() && !going() {
                self.forget_sent(vault, sent.iter().map(|sent| sent.attached.file.id)).await;
                return Ok(None);
            }
            match self.upload_bytes(vault, &name, &media_type, &bytes).await {
                Ok(attached) => sent.push(Sent { attached, stands_for }),
                Err(error) => {
                    self.forget_sent(vault, sent.iter().map(|sent| sent.attached.file.id)).await;
                    return Err(error);
                }
            }
        }
        Ok(Some(sent))
    }

    /// Has the server forget files that nothing will name, so that they do not count against the next ones. Where it
    /// cannot be reached it forgets them by itself after a day.
    pub(super) async fn forget_sent(&self, vault: VaultId, files: impl IntoIterator<Item = ObjectId>) {
        for file in files {
            if self.forget_upload(vault, file).await == Err(Error::Unreachable) {
                break;
            }
        }
    }
}
