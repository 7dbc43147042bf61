//! The document: groups, entries with their strings, files and earlier versions, in whatever order their elements stand.
//! It is read as it is written; what becomes of it is for others to say.

use super::payload::Payload;
use super::xml::{self, Walker, is_true};
use crate::import::ROW_LIMIT;
use crate::import::draft::line;
use crate::import::refusal::ImportError;
use crate::import::time;
use crate::import::xml::attribute;
use crate::model::{SecretText, limits};
use quick_xml::events::BytesStart;
use sealward_contract::ids::{ObjectId, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use zeroize::Zeroizing;

/// Longest path of groups, the root not counted.
const DEPTH: usize = 64;
/// Strings, files and custom data of one entry: far more than anybody types.
const PARTS: usize = 1_000;
/// Earlier versions of all entries together.
const VERSIONS: usize = 10 * ROW_LIMIT;
/// Seconds from the beginning of the year 1, from which version 4 counts, to that of 1970.
const YEAR_1: u64 = 62_135_596_800;
/// The first second of the year 10000, since 1970.
const YEAR_10000: u64 = 253_402_300_800;

/// What a file holds.
#[derive(Default)]
pub(super) struct Document<'p> {
    /// Groups; a parent stands before its children.
    pub(super) groups: Vec<Group>,
    /// The group that what was deleted lies in.
    pub(super) bin: Option<ObjectId>,
    /// Contents of files, by their number.
    pub(super) contents: HashMap<usize, Content<'p>>,
}

/// A group.
#[derive(Default)]
pub(super) struct Group {
    pub(super) id: Option<ObjectId>,
    /// Its place in the list of groups.
    pub(super) parent: Option<usize>,
    pub(super) name: String,
    pub(super) entries: Vec<Entry>,
}

/// An entry.
#[derive(Default)]
pub(super) struct Entry {
    /// Its id, unless an entry before it has the same.
    pub(super) id: Option<ObjectId>,
    pub(super) strings: BTreeMap<String, Text>,
    /// All of them, as they stand: by semicolon, comma or tab.
    pub(super) tags: String,
    pub(super) files: Vec<File>,
    /// What programs keep for themselves.
    pub(super) custom_data: BTreeMap<String, String>,
    pub(super) history: Vec<Version>,
    pub(super) created: Option<Timestamp>,
    pub(super) changed: Option<Timestamp>,
    pub(super) expiry: Option<Timestamp>,
    pub(super) expires: bool,
    /// Whether it has more parts than were kept.
    pub(super) is_overlong: bool,
}

/// A string of an entry.
#[derive(Default)]
pub(super) struct Text {
    pub(super) value: SecretText,
    pub(super) is_protected: bool,
}

/// An earlier version of an entry.
pub(super) struct Version {
    pub(super) password: SecretText,
    pub(super) changed: Option<Timestamp>,
}

/// A file of an entry.
pub(super) struct File {
    pub(super) name: String,
    pub(super) content: FileContent,
}

/// Where its content stands.
pub(super) enum FileContent {
    /// Among the contents, by its number.
    Number(usize),
    /// In the entry itself.
    Here(Content<'static>),
}

/// The content of a file.
pub(super) struct Content<'p> {
    pub(super) bytes: Bytes<'p>,
    pub(super) is_compressed: bool,
}

/// Bytes that stand elsewhere, or here.
pub(super) enum Bytes<'p> {
    There(&'p [u8]),
    Here(Zeroizing<Vec<u8>>),
}

impl Content<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::There(bytes) => bytes,
            Bytes::Here(bytes) => bytes,
        }
    }
}

impl<'p> Document<'p> {
    /// Reads it.
    ///
    /// # Errors
    /// [`ImportError::TooManyRows`] and [`ImportError::TooManyFiles`] for more than there should be of entries, groups,
    /// versions or files, [`ImportError::UnknownFormat`] for another stream, [`ImportError::Damaged`].
    pub(super) fn read(payload: &'p Payload) -> Result<Self, ImportError> {
        let text = xml::text_of(payload.document()).ok_or(ImportError::Damaged)?;
        let contents = payload.attachments().map(|bytes| Content { bytes: Bytes::There(bytes), is_compressed: false });
        let document = Document { contents: contents.enumerate().collect(), ..Document::default() };
        let xml = Walker::new(text, payload.keystream()?);
        let mut reading = Reading { xml, document, ids: HashSet::new(), entries: 0, versions: 0 };
        reading.file()?;
        Ok(reading.document)
    }
}

struct Reading<'x, 'p> {
    xml: Walker<'x>,
    document: Document<'p>,
    /// The entries' ids so far.
    ids: HashSet<ObjectId>,
    entries: usize,
    versions: usize,
}

impl Reading<'_, '_> {
    fn file(&mut self) -> Result<(), ImportError> {
        let outermost = self.xml.child()?.ok_or(ImportError::Damaged)?;
        if outermost.name().as_ref() != "KeePassFile" {
            return Err(ImportError::Damaged);
        }
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "Meta" => self.meta()?,
                "Root" => self.root()?,
                _ => self.xml.skip(&tag)?,
            }
        }
        Ok(())
    }

    fn meta(&mut self) -> Result<(), ImportError> {
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "RecycleBinUUID" => self.document.bin = self.id(&tag)?,
                "Binaries" => self.binaries()?,
                _ => self.xml.skip(&tag)?,
            }
        }
        Ok(())
    }

    /// The contents of files, where version 3 has them.
    fn binaries(&mut self) -> Result<(), ImportError> {
        while let Some(tag) = self.xml.child()? {
            match attribute(&tag, "ID").and_then(|number| number.parse().ok()) {
                Some(number) => {
                    let content = self.content(&tag)?;
                    if self.document.contents.len() >= ROW_LIMIT {
                        return Err(ImportError::TooManyFiles { limit: ROW_LIMIT });
                    }
                    self.document.contents.insert(number, content);
                }
                None => self.xml.skip(&tag)?,
            }
        }
        Ok(())
    }

    fn root(&mut self) -> Result<(), ImportError> {
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "Group" => self.group(None, 0)?,
                _ => self.xml.skip(&tag)?,
            }
        }
        Ok(())
    }

    fn group(&mut self, parent: Option<usize>, depth: usize) -> Result<(), ImportError> {
        if depth > DEPTH {
            return Err(ImportError::Damaged);
        }
        let at = self.document.groups.len();
        if at >= ROW_LIMIT {
            return Err(ImportError::TooManyRows { limit: ROW_LIMIT });
        }
        self.document.groups.push(Group { parent, ..Group::default() });
        let mut group = Group { parent, ..Group::default() };
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "UUID" => group.id = self.id(&tag)?,
                // It is walked through again for each entry, so that no more of it is kept than can matter.
                "Name" => group.name = line(&self.xml.text(&tag)?).chars().take(4 * limits::NAME).collect(),
                "Entry" => {
                    self.entries += 1;
                    if self.entries > ROW_LIMIT {
                        return Err(ImportError::TooManyRows { limit: ROW_LIMIT });
                    }
                    let mut entry = self.entry(false)?;
                    entry.id = entry.id.filter(|id| self.ids.insert(*id));
                    group.entries.push(entry);
                }
                "Group" => self.group(Some(at), depth + 1)?,
                _ => self.xml.skip(&tag)?,
            }
        }
        if let Some(place) = self.document.groups.get_mut(at) {
            *place = group;
        }
        Ok(())
    }

    /// An entry, or an earlier version of one, which has none itself.
    fn entry(&mut self, is_past: bool) -> Result<Entry, ImportError> {
        let mut entry = Entry::default();
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "UUID" => entry.id = self.id(&tag)?,
                "Tags" => entry.tags = core::mem::take(&mut *self.xml.text(&tag)?),
                "Times" => self.times(&mut entry)?,
                "String" => self.string(&mut entry)?,
                "Binary" => self.binary(&mut entry)?,
                "CustomData" => self.custom_data(&mut entry)?,
                "History" if !is_past => self.history(&mut entry)?,
                _ => self.xml.skip(&tag)?,
            }
        }
        Ok(entry)
    }

    fn string(&mut self, entry: &mut Entry) -> Result<(), ImportError> {
        let (mut key, mut text) = (String::new(), Text::default());
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "Key" => key = core::mem::take(&mut *self.xml.text(&tag)?),
                "Value" => {
                    text = Text { is_protected: xml::is_protected(&tag), value: self.xml.text(&tag)?.into() };
                }
                _ => self.xml.skip(&tag)?,
            }
        }
        // What is empty says nothing.
        if !text.value.is_empty() && entry.has_room() {
            entry.strings.insert(key, text);
        }
        Ok(())
    }

    fn binary(&mut self, entry: &mut Entry) -> Result<(), ImportError> {
        let (mut name, mut content) = (String::new(), None);
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "Key" => name = core::mem::take(&mut *self.xml.text(&tag)?),
                "Value" => {
                    let number = attribute(&tag, "Ref").and_then(|number| number.parse().ok());
                    let here = self.content(&tag)?;
                    content = Some(number.map_or(FileContent::Here(here), FileContent::Number));
                }
                _ => self.xml.skip(&tag)?,
            }
        }
        if let Some(content) = content
            && entry.has_room()
        {
            entry.files.push(File { name, content });
        }
        Ok(())
    }

    fn custom_data(&mut self, entry: &mut Entry) -> Result<(), ImportError> {
        while let Some(item) = self.xml.child()? {
            if item.name().as_ref() != "Item" {
                self.xml.skip(&item)?;
                continue;
            }
            let (mut key, mut value) = (String::new(), String::new());
            while let Some(tag) = self.xml.child()? {
                match tag.name().as_ref() {
                    "Key" => key = core::mem::take(&mut *self.xml.text(&tag)?),
                    "Value" => value = core::mem::take(&mut *self.xml.text(&tag)?),
                    _ => self.xml.skip(&tag)?,
                }
            }
            if entry.has_room() {
                entry.custom_data.insert(key, value);
            }
        }
        Ok(())
    }

    fn history(&mut self, entry: &mut Entry) -> Result<(), ImportError> {
        while let Some(tag) = self.xml.child()? {
            if tag.name().as_ref() != "Entry" {
                self.xml.skip(&tag)?;
                continue;
            }
            self.versions += 1;
            if self.versions > VERSIONS {
                return Err(ImportError::TooManyRows { limit: VERSIONS });
            }
            let mut version = self.entry(true)?;
            let password = version.take("Password");
            entry.history.push(Version { password, changed: version.changed });
        }
        Ok(())
    }

    fn times(&mut self, entry: &mut Entry) -> Result<(), ImportError> {
        while let Some(tag) = self.xml.child()? {
            match tag.name().as_ref() {
                "CreationTime" => entry.created = time_of(&self.xml.text(&tag)?),
                "LastModificationTime" => entry.changed = time_of(&self.xml.text(&tag)?),
                "ExpiryTime" => entry.expiry = time_of(&self.xml.text(&tag)?),
                "Expires" => entry.expires = is_true(&self.xml.text(&tag)?),
                _ => self.xml.skip(&tag)?,
            }
        }
        Ok(())
    }

    fn content(&mut self, tag: &BytesStart<'_>) -> Result<Content<'static>, ImportError> {
        let is_compressed = attribute(tag, "Compressed").is_some_and(|value| is_true(&value));
        Ok(Content { bytes: Bytes::Here(self.xml.bytes(tag)?), is_compressed })
    }

    /// An id: sixteen bytes in base64.
    fn id(&mut self, tag: &BytesStart<'_>) -> Result<Option<ObjectId>, ImportError> {
        let bytes = xml::of_base64(&self.xml.text(tag)?).ok();
        Ok(bytes.and_then(|bytes| bytes.as_slice().try_into().ok()).map(ObjectId))
    }
}

impl Entry {
    /// Takes a string out; an empty one, where there is none.
    pub(super) fn take(&mut self, name: &str) -> SecretText {
        self.strings.remove(name).map(|text| text.value).unwrap_or_default()
    }

    /// The text of a string.
    pub(super) fn text(&self, name: &str) -> &str {
        self.strings.get(name).map_or("", |text| text.value.expose())
    }

    fn has_room(&mut self) -> bool {
        self.is_overlong |= self.strings.len() + self.files.len() + self.custom_data.len() >= PARTS;
        !self.is_overlong
    }
}

/// A time: as version 3 writes it, or the base64 of seconds as version 4 does.
fn time_of(text: &str) -> Option<Timestamp> {
    if text.contains(':') {
        return time::time(text);
    }
    let seconds = xml::of_base64(text).ok()?.as_slice().try_into().map(u64::from_le_bytes).ok()?;
    let seconds = seconds.checked_sub(YEAR_1).filter(|seconds| *seconds < YEAR_10000)?;
    Some(Timestamp(seconds * 1_000))
}
