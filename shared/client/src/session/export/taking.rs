//! Takes in what was released: records as they arrive, each the one that stands next in the statement, then the chunks of
//! the files.

use super::{
    ExportStep, Exported, Session,
    listing::{ListedFile, ListedSecret, Listing},
};
use crate::{
    error::{Damage, Error, Fault},
    export::{ArchivedFile, PastSecret},
    files::Download,
    model::{FilePayload, Payload, SecretPayload},
    session::{sync::next_frame, versions::Descent},
    transport::{ByteStream, Transport},
};
use sealward_contract::{
    bytes::Bytes,
    ids::VaultId,
    operations::export::ExportFrame,
    record::{LeafKey, Record, RecordKind},
};
use std::{iter::Peekable, slice::Iter};
use zeroize::Zeroizing;

/// How often in a row a file is gone on with where it broke off.
const FETCH_TRIES: usize = 3;

/// The order in which records have to come: every version of one secret after the other, then the files.
struct Order<'l> {
    secrets: Peekable<Iter<'l, ListedSecret>>,
    files: Iter<'l, ListedFile>,
    /// Versions of the next secret, oldest first.
    versions: Vec<Bytes>,
}

/// Something of which all records are there.
enum Whole<'l> {
    Secret(&'l ListedSecret, Vec<Bytes>),
    File(&'l ListedFile, Bytes),
}

impl<'l> Order<'l> {
    fn of(listing: &'l Listing) -> Self {
        let Listing { secrets, files } = listing;
        Self { secrets: secrets.iter().peekable(), files: files.iter(), versions: Vec::new() }
    }

    /// Takes the next record; `None` while others of the same secret are still to come.
    fn take(&mut self, record: Bytes) -> Result<Option<Whole<'l>>, Error> {
        let Some(secret) = self.secrets.peek() else {
            let file = self.files.next().ok_or(Error::Unintelligible)?;
            return Ok(Some(Whole::File(file, record)));
        };
        self.versions.push(record);
        if self.versions.len() <= secret.earlier() {
            return Ok(None);
        }
        let versions = std::mem::take(&mut self.versions);
        Ok(self.secrets.next().map(|secret| Whole::Secret(secret, versions)))
    }

    fn is_done(&mut self) -> bool {
        self.secrets.peek().is_none() && self.files.as_slice().is_empty()
    }
}

impl<T: Transport> Session<T> {
    /// Opens the records, and gives what those of files say.
    pub(super) async fn take_records<'l>(
        &self,
        mut stream: T::Stream,
        listing: &'l Listing,
        exported: &mut Exported,
        progress: &impl Fn(ExportStep),
    ) -> Result<Vec<(&'l ListedFile, FilePayload)>, Error> {
        let total = exported.released.secrets + exported.released.earlier;
        let (mut order, mut files) = (Order::of(listing), Vec::new());
        let mut buffer: Vec<u8> = Vec::new();
        let (mut ended, mut opened) = (false, 0);
        while let Some(bytes) = stream.next().await.map_err(|_| Error::Unreachable)? {
            buffer.extend_from_slice(&bytes);
            let mut read = 0;
            while let Some((frame, length)) = next_frame::<ExportFrame>(buffer.get(read..).unwrap_or_default()) {
                read += length;
                match frame.filter(|_| !ended).ok_or(Error::Unintelligible)? {
                    ExportFrame::Records { records } => {
                        for record in records {
                            match order.take(record)? {
                                None => {}
                                Some(Whole::Secret(secret, versions)) => {
                                    opened += versions.len();
                                    self.take_secret(secret, versions, exported)?;
                                }
                                Some(Whole::File(file, record)) => {
                                    let payload = self.take_file(file, &record, exported)?;
                                    files.extend(payload.map(|payload| (file, payload)));
                                }
                            }
                        }
                    }
                    ExportFrame::End => ended = true,
                }
            }
            buffer.drain(..read);
            progress(ExportStep::Secrets(opened, total));
        }
        // An answer that broke off is none; one that ends without all that was released is no honest one.
        match (ended, order.is_done()) {
            (true, true) if buffer.is_empty() => Ok(files),
            (true, _) => Err(Error::Unintelligible),
            (false, _) => Err(Error::Unreachable),
        }
    }

    /// Opens all versions of a secret that came: the newest is the one in the tree, each other the one that the version
    /// after it names.
    fn take_secret(
        &self,
        listed: &ListedSecret,
        mut versions: Vec<Bytes>,
        exported: &mut Exported,
    ) -> Result<(), Error> {
        let ListedSecret { vault, account, leaf, .. } = listed;
        let Some(newest) = versions.pop() else { return Ok(()) };
        let damage = |fault| Damage::of_record(*vault, leaf.key, fault);
        let opened = parse(*vault, leaf.key, &newest).and_then(|record| {
            let payload = self.open_leaf(*vault, leaf, *account, &record)?;
            SecretPayload::from_bytes(&payload).map_err(|_| damage(Fault::Malformed).into())
        });
        match opened {
            Ok(secret) => drop(exported.secrets.insert((*vault, *account), secret)),
            Err(Error::Damage(damage)) => exported.damaged(damage),
            Err(error) => return Err(error),
        }
        let mut descent = Descent::from(leaf);
        let mut proved = |wire: &Bytes| Record::parse_header(wire).ok().filter(|header| descent.step(header));
        // Without the newest, which is noted already, nothing is known of those before it.
        let Some(mut after) = proved(&newest) else { return Ok(()) };
        while let Some(wire) = versions.pop() {
            let Some(header) = proved(&wire) else {
                exported.damaged(damage(Fault::Substituted));
                break;
            };
            let opened = parse(*vault, leaf.key, &wire);
            match opened.and_then(|record| self.open_version(*vault, &leaf.key, &record)) {
                Ok(secret) => {
                    let past = exported.past.entry((*vault, *account)).or_default();
                    past.push(PastSecret { until: after.context().time, secret });
                }
                Err(Error::Damage(damage)) => exported.damaged(damage),
                Err(error) => return Err(error),
            }
            after = header;
        }
        Ok(())
    }

    fn take_file(
        &self,
        listed: &ListedFile,
        wire: &[u8],
        exported: &mut Exported,
    ) -> Result<Option<FilePayload>, Error> {
        let vault = listed.listed.vault;
        let opened = parse(vault, listed.leaf.key, wire).and_then(|record| {
            let payload = self.open_leaf(vault, &listed.leaf, listed.holder, &record)?;
            let payload = FilePayload::from_bytes(&payload).ok();
            // What was measured is what is fetched.
            let payload = payload.filter(|payload| payload.length == listed.length);
            payload.ok_or_else(|| Damage::of_record(vault, listed.leaf.key, Fault::Malformed).into())
        });
        match opened {
            Ok(payload) => Ok(Some(payload)),
            Err(Error::Damage(damage)) => {
                exported.damaged(damage);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches the chunks of released files, one file after the other.
    pub(super) async fn fetch_files(
        &self,
        files: Vec<(&ListedFile, FilePayload)>,
        exported: &mut Exported,
        progress: &impl Fn(ExportStep),
    ) -> Result<(), Error> {
        let total = files.iter().map(|(_, payload)| payload.length).sum();
        let mut before = 0;
        for (listed, payload) in files {
            let (vault, id, length) = (listed.listed.vault, listed.listed.id, payload.length);
            let tell = |done| progress(ExportStep::Files(before + done, total));
            match self.fetch_whole(Download::begin(vault, listed.holder, id, payload).await?, tell).await {
                Ok(bytes) => exported.files.push(ArchivedFile { id, bytes }),
                Err(Error::Damage(damage)) => exported.damaged(damage),
                // Removed meanwhile.
                Err(Error::Gone) => {
                    let key = LeafKey { id, kind: RecordKind::File };
                    exported.damaged(Damage::of_record(vault, key, Fault::NotInHead));
                }
                Err(error) => return Err(error),
            }
            before += length;
        }
        Ok(())
    }

    /// Fetches a file into memory. A connection that breaks is tried again, as long as that gets on.
    async fn fetch_whole(&self, mut download: Download, progress: impl Fn(u64)) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut bytes = download.room()?;
        let mut left = FETCH_TRIES;
        loop {
            let before = download.received();
            match self.download_into(&mut download, &mut bytes, &progress).await {
                Err(Error::Unreachable) if download.received() > before => left = FETCH_TRIES,
                Err(Error::Unreachable) if left > 1 => left -= 1,
                outcome => return outcome.map(|()| bytes),
            }
        }
    }
}

fn parse(vault: VaultId, key: LeafKey, wire: &[u8]) -> Result<Record, Error> {
    Record::parse(wire).map_err(|_| Damage::of_record(vault, key, Fault::Malformed).into())
}
