//! KDBX 3.1 and 4 of KeePass, KeePassXC and their kin, decrypted and read by the `keepass` crate. What stands outside of
//! the encryption is checked before: a hostile file must not choose how much memory and time its key takes.

use super::FileKey;
use super::backup::source_id;
use super::draft::{Draft, line};
use super::entry::{Entry, push_tag, type_of};
use super::fields::Fields;
use super::plan::{Identity, PastPassword, PlannedAccount, PlannedFile, PlannedResource};
use super::refusal::{ImportError, Part, Reason};
use crate::export::kdbx::names;
use crate::model::{AccountDetails, Day, ResourceDetails, SecretPayload, SecretText, SecretType};
use keepass::{
    Database, DatabaseKey,
    db::{CustomDataValue, DatabaseOpenError, EntryRef, GroupRef, fields},
    error::DatabaseKeyError,
};
use quick_xml::{Reader, events::Event};
use sealward_contract::ids::{ObjectId, Timestamp};
use zeroize::Zeroizing;

/// The first bytes of every file of KeePass.
const MAGIC: [u8; 4] = [0x03, 0xd9, 0xa2, 0x9a];
/// The next ones of KDBX.
const KDBX: [u8; 4] = [0x67, 0xfb, 0x4b, 0xb5];
/// Memory that Argon2 may ask for: sixteen times what KeePassXC takes by itself.
const MEMORY: u64 = 1 << 30;
/// Memory times passes: about a minute.
const WORK: u64 = 32 << 30;
/// Lanes of Argon2.
const LANES: u64 = 64;
/// Rounds of AES-KDF: about a minute.
const ROUNDS: u64 = 100_000_000;
/// Longest path of groups.
const DEPTH: usize = 64;

/// Whether a file is one of KeePass, by how it begins.
pub(super) fn is_kdbx(file: &[u8]) -> bool {
    file.starts_with(&MAGIC)
}

/// Opens it and puts all that is in it into the draft.
pub(super) fn read(file: &[u8], key: Option<&FileKey>, draft: &mut Draft) -> Result<(), ImportError> {
    let version = check_header(file)?;
    let key = key.filter(|key| key.password.is_some() || key.key_file.is_some()).ok_or(ImportError::PasswordNeeded)?;
    let mut with = DatabaseKey::new();
    if let Some(password) = &key.password {
        with = with.with_password(password);
    }
    if let Some(key_file) = &key.key_file {
        with = with.with_keyfile(&mut key_file.as_slice()).map_err(|_| ImportError::Damaged)?;
    }
    let refused = |error| match error {
        DatabaseOpenError::Key(DatabaseKeyError::IncorrectKey) => ImportError::WrongPassword,
        // Before version 4 nothing but the padding tells a wrong key.
        DatabaseOpenError::Cryptography(_) if version == 3 => ImportError::WrongPassword,
        DatabaseOpenError::UnsupportedVersion => ImportError::UnknownFormat,
        _ => ImportError::Damaged,
    };
    let xml = Zeroizing::new(Database::get_xml(&mut { file }, with.clone()).map_err(refused)?);
    if !is_in_order(&xml) {
        return Err(ImportError::Disordered);
    }
    drop(xml);
    let database = Database::parse(file, with).map_err(refused)?;
    let bin = database.recycle_bin().map(|bin| bin.id());
    let mut left = vec![(database.root().id(), Vec::new(), false)];
    while let Some((id, path, is_deleted)) = left.pop() {
        let Some(group) = database.group(id) else { continue };
        let is_deleted = is_deleted || bin == Some(id);
        let mut entries: Vec<EntryRef<'_>> = group.entries().collect();
        entries.sort_by_key(|entry| (entry.get_title().unwrap_or_default().to_owned(), entry.id().uuid()));
        for entry in entries {
            draft.plan.rows += 1;
            let (row, title) = (draft.plan.rows, entry.get_title().unwrap_or_default().to_owned());
            if row > super::ROW_LIMIT {
                return Err(ImportError::TooManyRows { limit: super::ROW_LIMIT });
            }
            let taken = if is_deleted { Err(Reason::Deleted) } else { take(&entry, &path, row, draft) };
            if let Err(reason) = taken {
                draft.reject(row, &title, reason);
            }
        }
        let mut groups: Vec<GroupRef<'_>> = group.groups().collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.name.clone()), group.id().uuid()));
        for group in groups.into_iter().filter(|_| path.len() < DEPTH) {
            let path = path.iter().cloned().chain([group.name.clone()]).collect();
            left.push((group.id(), path, is_deleted));
        }
    }
    Ok(())
}

/// Whether the strings of each entry stand together and before its history, as KeePass and KeePassXC write them. One
/// stream of a cipher runs through all protected values from the first to the last; the library takes those of an entry
/// before those of its history, and in a file of another order would give garbage for secrets.
fn is_in_order(xml: &[u8]) -> bool {
    let mut reader = Reader::from_reader(xml);
    // For each open entry: what of it was seen.
    let mut open: Vec<Seen> = Vec::new();
    let mut depth = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                let name = element.name().as_ref().to_owned();
                // Only what stands directly in an entry counts.
                let in_entry = depth.last().is_some_and(|parent| parent == "Entry");
                match (name.as_str(), open.last_mut().filter(|_| in_entry)) {
                    ("String", Some(seen)) if *seen == Seen::More => return false,
                    ("String", Some(seen)) => *seen = Seen::Strings,
                    (_, Some(seen)) if *seen == Seen::Strings => *seen = Seen::More,
                    ("History", Some(seen)) => *seen = Seen::More,
                    _ => {}
                }
                if name == "Entry" {
                    open.push(Seen::Nothing);
                }
                depth.push(name);
            }
            Ok(Event::Empty(element)) => {
                let in_entry = depth.last().is_some_and(|parent| parent == "Entry");
                if let Some(seen) = open.last_mut().filter(|seen| in_entry && **seen == Seen::Strings) {
                    *seen = if element.name().as_ref() == "String" { Seen::Strings } else { Seen::More };
                }
            }
            Ok(Event::End(_)) => {
                if depth.pop().is_some_and(|name| name == "Entry") {
                    open.pop();
                }
            }
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// What of an entry was seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    Strings,
    More,
}

fn take(entry: &EntryRef<'_>, path: &[String], row: usize, draft: &mut Draft) -> Result<(), Reason> {
    let mut left_out = Vec::new();
    let history = history(entry);
    let attachments = entry.attachments_named().map(|(name, file)| PlannedFile {
        name: line(name),
        media_type: String::new(),
        bytes: Zeroizing::new(file.data.get().clone()),
    });
    let attachments: Vec<PlannedFile> = attachments.collect();
    let own = Own::of(entry);
    let known = [fields::TITLE, fields::USERNAME, fields::PASSWORD, fields::URL, fields::NOTES];
    let mut custom = Fields::default();
    let mut seed = SecretText::default();
    let mut names: Vec<&String> = entry.fields.keys().filter(|name| !known.contains(&name.as_str())).collect();
    names.sort_unstable();
    for name in names {
        let Some(value) = entry.fields.get(name) else { continue };
        let is_seed = matches!(name.as_str(), fields::OTP | "TOTP Seed" | "TimeOtp-Secret-Base32");
        if is_seed && seed.is_empty() {
            seed = value.get().as_str().into();
        } else if name.starts_with("KPEX_PASSKEY") {
            left_out.push(Part::Passkey);
        } else if own.is_some() && (name == names::ACCOUNT || names::RESOURCE.contains(&name.as_str())) {
            // Goes where it came from.
        } else if value.is_protected() {
            custom.push_hidden(name, value.get().as_str().into());
        } else {
            custom.push_text(name, value.get());
        }
    }
    let text = |name: &str| entry.get(name).unwrap_or_default();
    let tags: Vec<&String> = entry.tags.iter().filter(|tag| !tag.trim().is_empty()).collect();
    let expiry = entry.times.expires.unwrap_or_default().then(|| Day::of(timestamp(entry.times.expiry)));
    let created = entry.times.creation.map(timestamp);
    let changed = entry.times.last_modification.map(timestamp);
    let Some(own) = own else {
        let mut taken = Entry {
            source: "kdbx",
            id: entry.id().uuid().to_string(),
            path: path.to_vec(),
            name: line(text(fields::TITLE)),
            resource_type: type_of(text(fields::URL)).to_owned(),
            url: line(text(fields::URL)),
            user_name: line(text(fields::USERNAME)),
            notes: text(fields::NOTES).to_owned(),
            value: text(fields::PASSWORD).into(),
            otp_seed: seed,
            expiry,
            fields: custom,
            history,
            attachments,
            created,
            changed,
            left_out,
            ..Entry::default()
        };
        tags.into_iter().for_each(|tag| taken.push_tag(tag));
        return taken.take(row, draft);
    };
    let own_id = source_id(None, &ObjectId(entry.id().uuid().into_bytes()));
    // The entry of a resource without accounts has the resource's own id.
    let is_bare = own.resource == own_id;
    let custom = custom.finish();
    let identity = Identity::SourceId(own.resource);
    let resource = draft.known_resource(&identity).ok_or_else(|| {
        let [resource_type, dns_name, description, notes, department, location, owner] =
            names::RESOURCE.map(|name| text(name).to_owned());
        let details = ResourceDetails {
            name: line(&own.name),
            resource_type,
            url: line(text(fields::URL)),
            dns_name,
            description,
            notes,
            department,
            location,
            owner,
            tags: own.tags.clone(),
            custom_fields: if is_bare { custom.plain.clone() } else { Vec::new() },
            created: created.unwrap_or(draft.now),
            changed: changed.unwrap_or(draft.now),
            ..ResourceDetails::default()
        };
        PlannedResource { group: draft.group_of(path.iter().map(String::as_str)), details, identity }
    });
    if is_bare {
        draft.plan.resources.extend(resource.err());
        return Ok(());
    }
    let user_name = line(text(fields::USERNAME));
    let name = entry.get(names::ACCOUNT).map_or_else(|| user_name.clone(), line);
    let mut of_account = Vec::new();
    tags.into_iter().filter(|tag| !own.tags.contains(tag)).for_each(|tag| push_tag(&mut of_account, tag));
    draft.take(resource, |resource| PlannedAccount {
        resource,
        details: AccountDetails {
            name,
            user_name,
            secret_type: own.secret_type,
            privileged: own.privileged,
            active: own.active,
            expiry,
            notes: text(fields::NOTES).to_owned(),
            custom_fields: custom.plain,
            tags: of_account,
            created: created.unwrap_or_default(),
            changed: changed.unwrap_or_default(),
            ..AccountDetails::default()
        },
        secret: SecretPayload {
            value: text(fields::PASSWORD).into(),
            hidden: custom.hidden,
            otp_seed: Some(seed).filter(|seed| !seed.is_empty()),
        },
        history,
        identity: Identity::SourceId(own_id),
        row,
        attachments,
    })
}

/// What an export of ours keeps in the custom data of an entry.
struct Own {
    resource: String,
    name: String,
    secret_type: SecretType,
    privileged: bool,
    active: bool,
    tags: Vec<String>,
}

impl Own {
    fn of(entry: &EntryRef<'_>) -> Option<Self> {
        let note = |name: &str| match entry.custom_data.get(name)?.value.as_ref()? {
            CustomDataValue::String(value) => Some(value.as_str()),
            CustomDataValue::Binary(_) => None,
        };
        let id: ObjectId = note(names::RESOURCE_ID)?.parse().ok()?;
        let secret_type = note(names::SECRET_TYPE).and_then(crate::export::csv::type_of_name);
        Some(Self {
            resource: source_id(None, &id),
            name: note(names::RESOURCE_NAME)?.to_owned(),
            secret_type: secret_type.unwrap_or_default(),
            privileged: note(names::PRIVILEGED).is_some(),
            active: note(names::INACTIVE).is_none(),
            tags: note(names::RESOURCE_TAGS).map(|tags| tags.lines().map(str::to_owned).collect()).unwrap_or_default(),
        })
    }
}

/// Earlier passwords, newest first. An entry has a version for each change of anything; what did not change the password
/// is passed over. A version was in use until the next one was written.
fn history(entry: &EntryRef<'_>) -> Vec<PastPassword> {
    let Some(history) = &entry.history else { return Vec::new() };
    let mut versions: Vec<_> = history.get_entries().iter().collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.times.last_modification));
    let mut past: Vec<PastPassword> = Vec::new();
    let mut newer = (entry.get_password().unwrap_or_default(), entry.times.last_modification);
    for version in versions {
        let password = version.get_password().unwrap_or_default();
        if password != newer.0 && !password.is_empty() {
            past.push(PastPassword { value: password.into(), until: newer.1.map(timestamp) });
        }
        newer = (password, version.times.last_modification);
    }
    past
}

fn timestamp(time: chrono::NaiveDateTime) -> Timestamp {
    Timestamp(u64::try_from(time.and_utc().timestamp()).unwrap_or_default().saturating_mul(1_000))
}

/// Version and costs, before anything is done with the file.
fn check_header(file: &[u8]) -> Result<u16, ImportError> {
    let mut rest = Cursor(file.strip_prefix(&MAGIC).ok_or(ImportError::Damaged)?);
    if rest.take(4)? != KDBX {
        return Err(ImportError::UnknownFormat);
    }
    let (_minor, major) = (rest.number(2)?, rest.number(2)?);
    let length_of_lengths = match major {
        3 => 2,
        4 => 4,
        5.. => return Err(ImportError::Newer),
        _ => return Err(ImportError::UnknownFormat),
    };
    loop {
        let field = rest.number(1)?;
        let length = rest.number(length_of_lengths)?;
        let value = rest.take(usize::try_from(length).map_err(|_| ImportError::Damaged)?)?;
        match field {
            0 => return Ok(u16::try_from(major).unwrap_or_default()),
            // Cipher, compression, seeds, the inner cipher: of other lengths they are no files of KeePass.
            2 if value.len() != 16 => return Err(ImportError::Damaged),
            3 | 10 if value.len() != 4 => return Err(ImportError::Damaged),
            4 | 5 if value.len() != 32 => return Err(ImportError::Damaged),
            6 if value.len() != 8 => return Err(ImportError::Damaged),
            6 if Cursor(value).number(8)? > ROUNDS => return Err(ImportError::TooCostly),
            11 => check_costs(value)?,
            _ => {}
        }
    }
}

/// The parameters of the key derivation: a list of typed names and values.
fn check_costs(parameters: &[u8]) -> Result<(), ImportError> {
    let mut rest = Cursor(parameters);
    rest.take(2)?;
    let (mut memory, mut passes) = (0, 1);
    loop {
        if rest.number(1)? == 0 {
            break;
        }
        let name_length = usize::try_from(rest.number(4)?).map_err(|_| ImportError::Damaged)?;
        let name = rest.take(name_length)?;
        let length = usize::try_from(rest.number(4)?).map_err(|_| ImportError::Damaged)?;
        let value = rest.take(length)?;
        let number = || Cursor(value).number(value.len());
        match name {
            b"M" => memory = number()?,
            b"I" => passes = number()?,
            b"P" if number()? > LANES => return Err(ImportError::TooCostly),
            b"R" if number()? > ROUNDS => return Err(ImportError::TooCostly),
            _ => {}
        }
    }
    let costly = memory > MEMORY || passes.checked_mul(memory.max(1)).is_none_or(|work| work > WORK);
    if costly { Err(ImportError::TooCostly) } else { Ok(()) }
}

struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn take(&mut self, length: usize) -> Result<&'b [u8], ImportError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ImportError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number, little-endian, of up to eight bytes.
    fn number(&mut self, length: usize) -> Result<u64, ImportError> {
        if length > 8 {
            return Err(ImportError::Damaged);
        }
        Ok(self.take(length)?.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

#[cfg(test)]
mod tests;
