//! Files beside accounts: sent and fetched piece by piece. They are read and written by whoever holds the session, so
//! their paths are absolute.

use super::{Answer, Stage, Step, Watcher, find, item};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    missing::Missing,
    views::{ReportView, TransferView},
};
use sealward_client::{
    error::Error,
    files::{FileChanges, NewFile},
    model::{CustomValue, FileRef},
    operations::Item,
    vault::Details,
};
use serde::{Deserialize, Serialize};
use std::{
    cell::RefCell,
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// A file that is to be put beside an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attach {
    /// The account.
    pub account: String,
    /// The file.
    pub file: PathBuf,
    /// What it is called there; its own name where nothing is said.
    pub name: Option<String>,
}

/// A file that is to be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// The account or resource.
    pub holder: String,
    /// The file's name or id.
    pub file: String,
    /// Where to; nothing there is overwritten.
    pub to: PathBuf,
}

pub(super) async fn attach(session: &Open, attach: Attach, watcher: &Watcher) -> Result<Answer, Fault> {
    let found = find::named_account(session, &attach.account)?;
    let named = || attach.file.display().to_string();
    let file = File::open(&attach.file).map_err(Failure::local(named()))?;
    let length = file.metadata().map_err(Failure::local(named()))?.len();
    let own_name = || attach.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = attach.name.clone().or_else(own_name).unwrap_or_default();
    check_name(session, found, &name)?;
    let new = NewFile { name, media_type: String::new(), length };
    let mut upload = session.make_upload(found.vault, new).await?;
    let read = async |offset: u64, piece: &mut [u8]| file.read_exact_at(piece, offset).map_err(|_| Error::FileChanged);
    let tell = |done| {
        watcher.tell(Step { stage: Stage::Sending, done, of: Some(length) });
    };
    session.upload(&mut upload, read, tell).await?;
    let sent = upload.finish().ok_or(Error::Refused)?;

    let entry = session.verified(found.vault, found.key)?;
    let Details::Account(details) = entry.details else { return Err(Failure::NotFound.into()) };
    let mut details = *details;
    details.files.get_or_insert_default().push(sent.file.clone());
    details.changed = session.surroundings().now();
    let changes = FileChanges { added: vec![sent], removed: Vec::new() };
    session.update_account_with(found.vault, found.key.id, entry.version, details, None, &changes).await?;
    Ok(Answer::Report(ReportView { changed: vec![item::changed(session, found)?], same: 0, dry_run: false }))
}

/// Of two files with one name neither could be fetched by it.
fn check_name(session: &Open, found: Item, name: &str) -> Result<(), Fault> {
    let entry = session.verified(found.vault, found.key)?;
    if !entry.details.files().any(|file| file.name == name) {
        return Ok(());
    }
    let item = item::show(session, found)?.path;
    Err(Fault::FileExists { item, file: name.to_owned() })
}

pub(super) async fn download(session: &Open, wanted: Download, watcher: &Watcher) -> Result<Answer, Fault> {
    let found = find::item(session, &wanted.holder).map_err(|failure| Missing::item(failure, &wanted.holder))?;
    let entry = session.verified(found.vault, found.key)?;
    let missing = || Missing::File { item: wanted.holder.clone(), file: wanted.file.clone() };
    let file = choose(&entry.details, &wanted.file).map_err(|failure| Missing::unless(failure, missing))?;
    let unfinished = unfinished(&wanted.to);
    let named = || wanted.to.display().to_string();
    if wanted.to.exists() {
        return Err(Failure::local(named())(std::io::ErrorKind::AlreadyExists.into()).into());
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let out = options.open(&unfinished).map_err(Failure::local(named()))?;
    let fetched = fetch(session, (found.vault, found.key.id), (&file, out), watcher).await;
    let placed = fetched.and_then(|()| fs::rename(&unfinished, &wanted.to).map_err(Failure::local(named())));
    if placed.is_err() {
        // A part of a file is not what was asked for.
        drop(fs::remove_file(&unfinished));
    }
    placed?;
    Ok(Answer::Transfer(TransferView { file: Some(named()), ..TransferView::default() }))
}

async fn fetch(
    session: &Open,
    (vault, holder): (sealward_contract::ids::VaultId, sealward_contract::ids::ObjectId),
    (file, out): (&FileRef, File),
    watcher: &Watcher,
) -> Result<(), Failure> {
    let mut download = session.open_file(vault, holder, file).await?;
    let failed = RefCell::new(None);
    let mut out = out;
    let sink = async |piece: Zeroizing<Vec<u8>>| {
        out.write_all(&piece).map_err(|error| {
            *failed.borrow_mut() = Some(error);
            Error::FileChanged
        })
    };
    let of = Some(file.length);
    let tell = |done| {
        watcher.tell(Step { stage: Stage::Fetching, done, of });
    };
    let fetched = session.download(&mut download, sink, tell).await;
    if let Some(error) = failed.into_inner() {
        return Err(Failure::local(file.name.as_str())(error));
    }
    fetched?;
    out.sync_all().map_err(Failure::local(file.name.as_str()))
}

/// The file that is meant: by its id, its name, or the label of its field.
fn choose(details: &Details, what: &str) -> Result<FileRef, Failure> {
    let fields = match details {
        Details::Account(account) => account.custom_fields.as_slice(),
        Details::Resource(resource) => resource.custom_fields.as_slice(),
        Details::Vault(_) | Details::ResourceGroup(_) => &[],
    };
    let by_label = fields.iter().find_map(|field| match &field.value {
        CustomValue::File(file) if field.label == what => Some(file),
        _ => None,
    });
    let named: Vec<&FileRef> =
        details.files().filter(|file| file.name == what || file.id.to_string() == what).collect();
    match (named.as_slice(), by_label) {
        ([file], _) => Ok((*file).clone()),
        ([], Some(file)) => Ok(file.clone()),
        ([], None) => Err(Failure::NotFound),
        (several, _) => Err(Failure::Ambiguous(several.len())),
    }
}

fn unfinished(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    to.with_file_name(name)
}
