//! KDBX 3.1 and 4 of KeePass, KeePassXC, pykeepass and their kin.
//!
//! ```text
//! header    what stands outside of the encryption, and what it may cost
//! key       password and key file ─► derived key
//! payload   authenticated, decrypted, unpacked up to a limit
//! document  XML ─► groups and entries; xml and keystream decrypt what is protected in it, in its order
//! mapping   entries ─► the plan
//! ```
//! Layouts after <https://keepass.info/help/kb/kdbx.html> and what the programs write. The ciphers, hashes and MACs are
//! those of RustCrypto.

mod cursor;
mod document;
mod header;
mod key;
mod keystream;
mod mapping;
mod payload;
mod xml;

use super::FileKey;
use super::archive::UNPACKED_LIMIT;
use super::draft::{Draft, line};
use super::plan::PlannedFile;
use super::refusal::{ImportError, Reason};
use document::{Content, Document, Entry, File, FileContent, Group};
use header::Header;
use mapping::Place;
use payload::Payload;
use std::cmp::Reverse;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Whether a file is one of KeePass, by how it begins.
pub(super) fn is_kdbx(file: &[u8]) -> bool {
    file.starts_with(&header::MAGIC)
}

/// Opens it and puts all that is in it into the draft.
pub(super) fn read(file: &[u8], key: Option<&FileKey>, draft: &mut Draft) -> Result<(), ImportError> {
    let header = Header::read(file)?;
    let key = key.filter(|key| key.password.is_some() || key.key_file.is_some()).ok_or(ImportError::PasswordNeeded)?;
    let payload = Payload::open(&header, &*key::derive(key, &header.derivation)?)?;
    let Document { mut groups, bin, contents } = Document::read(&payload)?;
    let mut left = UNPACKED_LIMIT;
    for (at, is_deleted) in walk(&groups, bin) {
        let path = path_of(&groups, at);
        let mut entries = groups.get_mut(at).map(|group| core::mem::take(&mut group.entries)).unwrap_or_default();
        entries.sort_by(|a, b| (a.text(mapping::TITLE), a.id).cmp(&(b.text(mapping::TITLE), b.id)));
        for mut entry in entries {
            draft.plan.rows += 1;
            let (row, title) = (draft.plan.rows, entry.text(mapping::TITLE).to_owned());
            let taken = if is_deleted {
                Err(Reason::Deleted)
            } else {
                let (attachments, lacks_files) = attachments(&mut entry, &contents, &mut left)?;
                mapping::take(entry, Place { path: path.clone(), row, attachments, lacks_files }, draft)
            };
            if let Err(reason) = taken {
                draft.reject(row, &title, reason);
            }
        }
    }
    Ok(())
}

/// The groups in the order of their names, each before those in it, and whether they lie in the bin.
fn walk(groups: &[Group], bin: Option<sealward_contract::ids::ObjectId>) -> Vec<(usize, bool)> {
    let mut within: HashMap<Option<usize>, Vec<(usize, &Group)>> = HashMap::new();
    for (at, group) in groups.iter().enumerate() {
        within.entry(group.parent).or_default().push((at, group));
    }
    for groups in within.values_mut() {
        // The last one is taken first.
        groups.sort_by_key(|(_, group)| (Reverse(&group.name), group.id));
    }
    let mut walked = Vec::with_capacity(groups.len());
    let mut left: Vec<(usize, bool)> = Vec::new();
    let mut next = within.remove(&None).map(|roots| (roots, false));
    loop {
        if let Some((groups, is_deleted)) = next.take() {
            left.extend(groups.iter().map(|(at, group)| (*at, is_deleted || bin.is_some() && group.id == bin)));
        }
        let Some((at, is_deleted)) = left.pop() else { return walked };
        walked.push((at, is_deleted));
        next = within.remove(&Some(at)).map(|groups| (groups, is_deleted));
    }
}

/// The names of the groups down to one, without the root.
fn path_of(groups: &[Group], at: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = groups.get(at);
    while let Some(group) = at
        && let Some(parent) = group.parent
    {
        path.push(group.name.clone());
        at = groups.get(parent);
    }
    path.reverse();
    path
}

/// The files of an entry, and whether some of them are missing. Many entries may name the same content, so that what is
/// taken counts against a limit each time.
fn attachments(
    entry: &mut Entry,
    contents: &HashMap<usize, Content<'_>>,
    left: &mut usize,
) -> Result<(Vec<PlannedFile>, bool), ImportError> {
    let mut taken = Vec::new();
    let mut lacks_files = false;
    for File { name, content } in core::mem::take(&mut entry.files) {
        let content = match &content {
            FileContent::Here(content) => Some(content),
            FileContent::Number(number) => contents.get(number),
        };
        match content.map(|content| bytes_of(content, *left)) {
            Some(Err(error @ ImportError::Swollen { .. })) => return Err(error),
            Some(Ok(bytes)) => {
                *left -= bytes.len();
                taken.push(PlannedFile::beside(line(&name), bytes));
            }
            Some(Err(_)) | None => lacks_files = true,
        }
    }
    Ok((taken, lacks_files))
}

fn bytes_of(content: &Content<'_>, limit: usize) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let bytes = content.bytes();
    if content.is_compressed && !bytes.is_empty() {
        return payload::unpack(bytes, limit);
    }
    if bytes.len() > limit {
        return Err(ImportError::Swollen { limit: UNPACKED_LIMIT });
    }
    Ok(Zeroizing::new(bytes.to_vec()))
}

#[cfg(test)]
mod tests;
