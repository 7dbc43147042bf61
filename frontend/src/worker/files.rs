//! Files: sealed from the browser's handle piece by piece and sent, fetched and opened piece by piece into a handle. A
//! broken connection is waited for, and the transfer goes on where it was.

use super::{
    blob::{Reading, length_of, read},
    clock::{now, sleep},
    editing::item_of,
    engine::{Engine, Open},
    keys,
    message::tell,
};
use crate::bridge::*;
use futures_channel::oneshot;
use futures_util::future::{AbortHandle, Either, abortable, select};
use js_sys::{Array, Uint8Array};
use sealward_client::{
    error as client,
    files::{Attached, FileChanges, NewFile},
    model::{CustomField, CustomValue, PublicPart, SecretType, limits},
    operations,
    vault::Details,
};
use sealward_contract::{bytes::Bytes, ids::Timestamp, record::RecordKind};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    pin::pin,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag};
use zeroize::Zeroizing;

/// Waits between two attempts to go on, in milliseconds: the last is repeated.
const PAUSES: [i32; 4] = [1_000, 2_000, 5_000, 10_000];

/// Progress is not told more often than this, in milliseconds: a page that draws it takes time from the sealing.
const PROGRESS_PAUSE: u64 = 100;

/// Bytes of a key or certificate at most: those of a secret.
const DESCRIBED: u64 = limits::SECRET as u64;

/// How often files are put beside an account that others change.
const CHANGE_TRIES: usize = 16;

/// Transfers under way, and files that wait for the change that names them.
#[derive(Default)]
pub struct Files {
    given: BTreeMap<TransferId, Blob>,
    made: BTreeMap<TransferId, Blob>,
    running: BTreeMap<TransferId, Running>,
    sent: BTreeMap<ObjectId, (VaultId, Attached)>,
    /// Of those, the ones that may be described when they become a secret.
    small: BTreeMap<ObjectId, Blob>,
}

/// How far a transfer is.
#[derive(Default)]
struct Far {
    done: Cell<u64>,
    /// When that was told last.
    told: Cell<Timestamp>,
}

struct Running {
    stop: AbortHandle,
    wake: Option<oneshot::Sender<()>>,
}

impl Files {
    /// Takes a file over that came with a message.
    pub fn give(&mut self, transfer: TransferId, blob: Blob) {
        self.given.insert(transfer, blob);
    }

    /// Keeps what was made until the answer goes.
    pub fn put_made(&mut self, transfer: TransferId, file: Blob) {
        self.made.insert(transfer, file);
    }

    /// Hands over what a download or an export has made.
    pub fn take_made(&mut self, transfer: TransferId) -> Option<Blob> {
        self.made.remove(&transfer)
    }

    /// Whether a file is on its way.
    pub fn is_moving(&self) -> bool {
        !self.running.is_empty()
    }

    /// Stops everything: the session is closed.
    pub fn stop_all(&mut self) {
        for running in std::mem::take(&mut self.running).into_values() {
            running.stop.abort();
        }
    }
}

impl Engine {
    /// Sends a file; it waits then for the change that names it.
    pub async fn upload_file(&self, ask: UploadFile) -> Result<FileRef, Error> {
        let open = self.open()?;
        let blob = open.files.borrow_mut().given.remove(&ask.transfer).ok_or(Error::Bridge)?;
        let file = NewFile { name: ask.name, media_type: ask.media_type, length: length_of(&blob) };
        let total = file.length;
        let mut upload = open.session.make_upload(ask.vault, file).await?;
        let outcome = {
            let upload = &mut upload;
            let reading = Reading::new(&blob);
            let moving = async {
                let far = Far::default();
                let mut pauses = PAUSES.into_iter();
                let mut pause = 0;
                loop {
                    let before = far.done.get();
                    let progress = |done| self.tell_progress(ask.transfer, &far, done, total);
                    let source = async |offset: u64, piece: &mut [u8]| reading.fill(offset, piece).await;
                    match open.session.upload(upload, source, progress).await {
                        Err(client::Error::Unreachable) => {}
                        outcome => return outcome,
                    }
                    if far.done.get() > before {
                        pauses = PAUSES.into_iter();
                    }
                    pause = pauses.next().unwrap_or(pause);
                    open.wait(ask.transfer, far.done.get(), total, pause).await;
                }
            };
            open.run_transfer(ask.transfer, moving).await
        };
        match outcome {
            Some(Ok(())) => {
                let sent = upload.finish().ok_or(Error::Bridge)?;
                let file = sent.file.clone();
                let mut files = open.files.borrow_mut();
                files.sent.insert(file.id, (ask.vault, sent));
                if total <= DESCRIBED {
                    files.small.insert(file.id, blob);
                }
                Ok(file)
            }
            other => {
                // The server need not keep what nobody will name.
                spawn_local(async move {
                    let _ = open.session.end_upload(upload).await;
                });
                other.map_or(Err(Error::Stopped), |outcome| Err(outcome.err().map_or(Error::Bridge, Into::into)))
            }
        }
    }

    /// Fetches a file; its handle goes along with the answer.
    pub async fn download_file(&self, ask: DownloadFile) -> Result<(), Error> {
        let open = self.open()?;
        let total = ask.file.length;
        let parts = Array::new();
        let moving = async {
            let mut download = open.session.open_file(ask.vault, ask.holder, &ask.file).await?;
            let far = Far::default();
            let mut pauses = PAUSES.into_iter();
            let mut pause = 0;
            loop {
                let before = far.done.get();
                let progress = |done| self.tell_progress(ask.transfer, &far, done, total);
                // Each piece is handed to the browser at once: it keeps large ones on the disk.
                let sink = async |piece: Zeroizing<Vec<u8>>| {
                    let bytes = Uint8Array::from(piece.as_slice());
                    let part = Blob::new_with_u8_array_sequence(&Array::of1(&bytes));
                    let part = part.map_err(|_| client::Error::OutOfMemory)?;
                    parts.push(&part);
                    Ok(())
                };
                match open.session.download(&mut download, sink, progress).await {
                    Err(client::Error::Unreachable) => {}
                    outcome => return outcome,
                }
                if far.done.get() > before {
                    pauses = PAUSES.into_iter();
                }
                pause = pauses.next().unwrap_or(pause);
                open.wait(ask.transfer, far.done.get(), total, pause).await;
            }
        };
        open.run_transfer(ask.transfer, moving).await.ok_or(Error::Stopped)??;
        let kind = BlobPropertyBag::new();
        kind.set_type(&ask.shown_as);
        let whole = Blob::new_with_blob_sequence_and_options(&parts, &kind).map_err(|_| Error::OutOfMemory)?;
        open.files.borrow_mut().made.insert(ask.transfer, whole);
        Ok(())
    }

    /// Goes on at once with what waits.
    pub fn resume_transfer(&self, ask: &ResumeTransfer) -> Result<(), Error> {
        let open = self.open()?;
        let wake = open.files.borrow_mut().running.get_mut(&ask.transfer).and_then(|running| running.wake.take());
        if let Some(wake) = wake {
            let _ = wake.send(());
        }
        Ok(())
    }

    /// Stops a transfer.
    pub fn cancel_transfer(&self, ask: &CancelTransfer) -> Result<(), Error> {
        let open = self.open()?;
        if let Some(running) = open.files.borrow_mut().running.remove(&ask.transfer) {
            running.stop.abort();
        }
        Ok(())
    }

    /// Forgets files that nothing will name; the server forgets them within a day.
    pub fn drop_uploads(&self, ask: &DropUploads) -> Result<(), Error> {
        let open = self.open()?;
        let mut files = open.files.borrow_mut();
        for file in &ask.files {
            files.sent.remove(file);
            files.small.remove(file);
        }
        Ok(())
    }

    fn tell_progress(&self, transfer: TransferId, far: &Far, done: u64, total: u64) {
        far.done.set(done);
        let now = now();
        if done < total && now.since(far.told.get()) < PROGRESS_PAUSE {
            return;
        }
        far.told.set(now);
        // Whoever waits for a transfer is there, even if nothing is touched.
        self.touch();
        tell(Notice::Transfer(TransferProgress { transfer, done, total, state: TransferState::Running }));
    }
}

impl Open {
    /// Runs a transfer until it ends or is stopped: `None` then.
    async fn run_transfer<R>(&self, transfer: TransferId, moving: impl Future<Output = R>) -> Option<R> {
        let (moving, stop) = abortable(moving);
        self.files.borrow_mut().running.insert(transfer, Running { stop, wake: None });
        let outcome = moving.await;
        self.files.borrow_mut().running.remove(&transfer);
        outcome.ok()
    }

    /// Waits until it is time to try again, or somebody says so.
    async fn wait(&self, transfer: TransferId, done: u64, total: u64, pause: i32) {
        tell(Notice::Transfer(TransferProgress { transfer, done, total, state: TransferState::Waiting }));
        let (wake, woken) = oneshot::channel();
        if let Some(running) = self.files.borrow_mut().running.get_mut(&transfer) {
            running.wake = Some(wake);
        }
        match select(pin!(sleep(pause)), woken).await {
            Either::Left(_) | Either::Right(_) => {}
        }
    }

    /// The files that come with a change of an object's details: they were sent before, or are brought back. Those that go
    /// are noted in the details, and can be brought back.
    ///
    /// # Errors
    /// [`Error::UploadLost`] when one that comes was not sent here.
    pub fn file_changes(&self, vault: VaultId, before: &Details, after: &mut Details) -> Result<FileChanges, Error> {
        let forgotten = after.note_removed(before, self.session.surroundings().now());
        let ids = |details: &Details| details.files().map(|file| file.id).collect::<BTreeSet<ObjectId>>();
        let kept = before.removed().map(|removed| removed.file.id);
        let (before, after): (BTreeSet<ObjectId>, _) = (ids(before).into_iter().chain(kept).collect(), ids(after));
        let mut files = self.files.borrow_mut();
        if after.difference(&before).any(|id| !files.sent.contains_key(id)) {
            return Err(Error::UploadLost);
        }
        let added = after.difference(&before).filter_map(|id| files.sent.remove(id)).map(|(_, sent)| sent).collect();
        Ok(FileChanges { added, removed: self.session.with_records(vault, forgotten) })
    }

    /// What may be known of a file that was sent here and becomes a secret of this type.
    pub async fn public_part_of(&self, file: &FileRef, secret_type: SecretType) -> Option<PublicPart> {
        let blob = self.files.borrow().small.get(&file.id).cloned()?;
        let mut bytes = Zeroizing::new(vec![0; usize::try_from(file.length).ok()?]);
        read(&blob, 0, &mut bytes).await.ok()?;
        keys::public_part_of_file(secret_type, Bytes(std::mem::take(&mut *bytes))).await
    }

    /// Keeps files for another attempt: the change that named them was not written.
    pub fn keep_files(&self, vault: VaultId, changes: FileChanges) {
        let mut files = self.files.borrow_mut();
        for sent in changes.added {
            files.sent.insert(sent.file.id, (vault, sent));
        }
    }
}

impl Engine {
    /// Puts a file beside an account.
    pub async fn attach_file(&self, ask: AttachFile) -> Result<Changed, Error> {
        let changed = self.change_files(ask.vault, ask.account, |files| files.push(ask.file.clone())).await?;
        self.open()?.files.borrow_mut().small.remove(&ask.file.id);
        Ok(changed)
    }

    /// Removes one.
    pub async fn remove_file(&self, ask: RemoveFile) -> Result<Changed, Error> {
        self.change_files(ask.vault, ask.account, |files| files.retain(|file| file.id != ask.file)).await
    }

    /// Brings one back that was taken away: beside an account, or as a field of a resource.
    pub async fn restore_file(&self, ask: RestoreFile) -> Result<Changed, Error> {
        self.change_named(item_of(ask.item), |details| {
            if details.files().any(|file| file.id == ask.file.id) {
                return;
            }
            match details {
                Details::Account(account) => account.files.get_or_insert_default().push(ask.file.clone()),
                Details::Resource(resource) => {
                    resource.custom_fields.push(field_of(&ask.file, &resource.custom_fields));
                }
                Details::Vault(_) | Details::ResourceGroup(_) => {}
            }
        })
        .await
    }

    async fn change_files(
        &self,
        vault: VaultId,
        account: ObjectId,
        change: impl Fn(&mut Vec<FileRef>),
    ) -> Result<Changed, Error> {
        let item = operations::Item::within(vault, RecordKind::Account, account);
        self.change_named(item, |details| {
            let Details::Account(account) = details else { return };
            let mut files = account.files.take().unwrap_or_default();
            change(&mut files);
            account.files = (!files.is_empty()).then_some(files);
        })
        .await
    }

    /// Files come to an entry and go one by one: where it has changed meanwhile, it is read again.
    async fn change_named(&self, item: operations::Item, change: impl Fn(&mut Details)) -> Result<Changed, Error> {
        self.change(async |open: Rc<Open>| {
            for _ in 0..CHANGE_TRIES {
                match open.change_named(item, &change).await {
                    Err(Error::StaleVersion) => {
                        open.session.sync_one(item.vault).await?;
                    }
                    outcome => return outcome,
                }
            }
            Err(Error::Busy)
        })
        .await
    }
}

impl Open {
    async fn change_named(&self, item: operations::Item, change: &impl Fn(&mut Details)) -> Result<Changed, Error> {
        let entry = self.session.verified(item.vault, item.key)?;
        let mut after = entry.details.clone();
        change(&mut after);
        let now = self.session.surroundings().now();
        match &mut after {
            Details::Account(account) => account.changed = now,
            Details::Resource(resource) => resource.changed = now,
            Details::Vault(_) | Details::ResourceGroup(_) => return Err(Error::Gone),
        }
        let changes = self.file_changes(item.vault, &entry.details, &mut after)?;
        let written = self.session.update_entry_with(item, entry.version, (after, None), &changes).await;
        if written.is_err() {
            self.keep_files(item.vault, changes);
        }
        Ok(self.changed(self.show(item), written?))
    }
}

/// A field that holds a file under its own name, told apart from fields that bear it already.
fn field_of(file: &FileRef, fields: &[CustomField]) -> CustomField {
    let mut names = std::iter::once(file.name.clone()).chain((2..).map(|count| format!("{} ({count})", file.name)));
    let free = names.find(|name| fields.iter().all(|field| field.label != *name));
    CustomField { label: free.unwrap_or_default(), value: CustomValue::File(file.clone()) }
}
