//! What an entry becomes: one that an export of ours wrote becomes what it was, any other a resource with one account.

use super::document::{Entry, Version};
use crate::export::kdbx::names;
use crate::import::backup::source_id;
use crate::import::draft::{Draft, line};
use crate::import::entry::{Entry as Taken, push_tag, type_of};
use crate::import::fields::Fields;
use crate::import::plan::{Identity, PastPassword, PlannedAccount, PlannedFile, PlannedResource};
use crate::import::refusal::{Part, Reason};
use crate::model::{AccountDetails, Day, ResourceDetails, SecretPayload, SecretText, SecretType, limits};
use sealward_contract::ids::{ObjectId, Timestamp};
use std::cmp::Reverse;

/// The names of the strings that every entry has.
pub(super) const TITLE: &str = "Title";
const USER_NAME: &str = "UserName";
pub(super) const PASSWORD: &str = "Password";
const URL: &str = "URL";
const NOTES: &str = "Notes";
/// Names of seeds of one-time codes.
const SEEDS: [&str; 3] = ["TOTP Seed", "TimeOtp-Secret-Base32", "otp"];

/// Where an entry stands, and what was found beside it.
pub(super) struct Place {
    /// The names of its groups, from the outside.
    pub(super) path: Vec<String>,
    pub(super) row: usize,
    pub(super) attachments: Vec<PlannedFile>,
    /// Whether there are files whose content the document does not hold.
    pub(super) lacks_files: bool,
}

/// Takes an entry into the draft, or says why not.
pub(super) fn take(mut entry: Entry, place: Place, draft: &mut Draft) -> Result<(), Reason> {
    if entry.is_overlong {
        return Err(Reason::TooLarge);
    }
    let Place { path, row, attachments, lacks_files } = place;
    let own = Own::of(&entry);
    let title = line(entry.take(TITLE).expose());
    let user_name = line(entry.take(USER_NAME).expose());
    let url = line(entry.take(URL).expose());
    let notes = entry.take(NOTES).expose().to_owned();
    let value = entry.take(PASSWORD);
    let history = history(core::mem::take(&mut entry.history), &value, entry.changed);
    let expiry = entry.expires.then(|| Day::of(entry.expiry.unwrap_or_default()));
    let (created, changed) = (entry.created, entry.changed);
    let tags: Vec<&str> = entry.tags.split([';', ',', '\t']).map(str::trim).filter(|tag| !tag.is_empty()).collect();
    // What goes where it came from.
    let mut mine = |name: &str| own.is_some().then(|| entry.strings.remove(name)).flatten();
    let account_name = mine(names::ACCOUNT).map(|text| line(text.value.expose()));
    let of_resource =
        names::RESOURCE.map(|name| mine(name).map_or(String::new(), |text| text.value.expose().to_owned()));
    let mut left_out: Vec<Part> = lacks_files.then_some(Part::File).into_iter().collect();
    let mut custom = Fields::default();
    let mut seed = SecretText::default();
    for (name, text) in entry.strings {
        if SEEDS.contains(&name.as_str()) && seed.is_empty() {
            seed = text.value;
        } else if name.starts_with("KPEX_PASSKEY") {
            left_out.push(Part::Passkey);
        } else if text.is_protected {
            custom.push_hidden(&name, text.value);
        } else {
            custom.push_text(&name, text.value.expose());
        }
    }
    let Some((own, id)) = own else {
        let mut taken = Taken {
            source: "kdbx",
            id: entry.id.map(|id| id.to_string()).unwrap_or_default(),
            path,
            name: title,
            resource_type: type_of(&url).to_owned(),
            url,
            user_name,
            notes,
            value,
            otp_seed: seed,
            expiry,
            fields: custom,
            history,
            attachments,
            created,
            changed,
            left_out,
            ..Taken::default()
        };
        tags.into_iter().for_each(|tag| taken.push_tag(tag));
        return taken.take(row, draft);
    };
    let own_id = source_id(None, &id);
    // The entry of a resource without accounts has the resource's own id.
    let is_bare = own.resource == own_id;
    let custom = custom.finish();
    let identity = Identity::SourceId(own.resource);
    let resource = draft.known_resource(&identity).ok_or_else(|| {
        let [resource_type, dns_name, description, notes, department, location, owner] = of_resource;
        let details = ResourceDetails {
            name: line(&own.name),
            resource_type,
            url,
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
        PlannedResource { group: draft.group_of(path.iter().map(String::as_str)), details, identity, files: Vec::new() }
    });
    if is_bare {
        draft.plan.resources.extend(resource.err());
        return Ok(());
    }
    let mut of_account = Vec::new();
    let only_here = tags.into_iter().filter(|tag| own.tags.iter().all(|of_resource| of_resource != tag));
    only_here.for_each(|tag| push_tag(&mut of_account, tag));
    let name = account_name.unwrap_or_else(|| user_name.clone());
    draft.take(resource, |resource| PlannedAccount {
        resource,
        details: AccountDetails {
            name: name.clone(),
            user_name,
            secret_type: own.secret_type,
            privileged: own.privileged,
            active: own.active,
            expiry,
            notes,
            custom_fields: custom.plain,
            tags: of_account,
            created: created.unwrap_or_default(),
            changed: changed.unwrap_or_default(),
            ..AccountDetails::default()
        },
        secret: SecretPayload { value, hidden: custom.hidden, otp_seed: Some(seed).filter(|seed| !seed.is_empty()) },
        history,
        identity: Identity::SourceId(own_id),
        row,
        attachments,
    })?;
    left_out.into_iter().for_each(|part| draft.leave_out(row, &name, part));
    Ok(())
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
    /// It, and the id of the entry.
    fn of(entry: &Entry) -> Option<(Self, ObjectId)> {
        let note = |name: &str| entry.custom_data.get(name).map(String::as_str);
        let id: ObjectId = note(names::RESOURCE_ID)?.parse().ok()?;
        let secret_type = note(names::SECRET_TYPE).and_then(crate::export::csv::type_of_name);
        // One more than there may be, so that too many are found to be.
        let tags = note(names::RESOURCE_TAGS).unwrap_or_default().lines().take(limits::TAGS + 1);
        let own = Self {
            resource: source_id(None, &id),
            name: note(names::RESOURCE_NAME)?.to_owned(),
            secret_type: secret_type.unwrap_or_default(),
            privileged: note(names::PRIVILEGED).is_some(),
            active: note(names::INACTIVE).is_none(),
            tags: tags.map(str::to_owned).collect(),
        };
        Some((own, entry.id?))
    }
}

/// Earlier passwords, newest first. An entry has a version for each change of anything; what did not change the password
/// is passed over. A version was in use until the next one was written.
fn history(mut versions: Vec<Version>, now: &SecretText, changed: Option<Timestamp>) -> Vec<PastPassword> {
    versions.sort_by_key(|version| Reverse(version.changed));
    let mut past: Vec<PastPassword> = Vec::new();
    let mut newer = (now.duplicate(), changed);
    for version in versions {
        if version.password != newer.0 && !version.password.is_empty() {
            past.push(PastPassword { value: version.password.duplicate(), until: newer.1 });
        }
        newer = (version.password, version.changed);
    }
    past
}
