//! An encrypted backup of our own: what it holds becomes a plan as it is. Of several vaults each becomes a group.

use super::FileKey;
use super::draft::Draft;
use super::plan::{Identity, PastPassword, PlannedAccount, PlannedFile, PlannedGroup, PlannedResource};
use super::refusal::{ImportError, Part};
use crate::export::{
    Archive, ArchivedAccount, ArchivedFile, ArchivedResource, Container,
    backup::{self, BackupError},
};
use crate::model::{
    AccountDetails, CustomField, CustomValue, FileRef, PolicyRef, ResourceDetails, ResourceGroupDetails, SecretText,
};
use sealward_contract::ids::ObjectId;
use std::collections::HashMap;
use zeroize::Zeroizing;

/// What stands before the ids of objects that come from a Sealward.
const SOURCE: &str = "sealward";

/// Opens it and puts all that is in it into the draft.
pub(super) fn read(file: &[u8], key: Option<&FileKey>, draft: &mut Draft) -> Result<(), ImportError> {
    let password = key.and_then(|key| key.password.as_deref()).ok_or(ImportError::PasswordNeeded)?;
    let archive = backup::read(file, &SecretText::from(password)).map_err(|error| match error {
        BackupError::Malformed | BackupError::Damaged => ImportError::Damaged,
        BackupError::Newer => ImportError::Newer,
        BackupError::WrongPassword => ImportError::WrongPassword,
        BackupError::OutOfMemory => ImportError::TooCostly,
    })?;
    take(archive, draft);
    Ok(())
}

/// By what an object is known again: what it was imported from before, or its id.
pub(super) fn source_id(given: Option<String>, id: &ObjectId) -> String {
    given.unwrap_or_else(|| own_source_id(id))
}

/// The source id of an object that was written out of a Sealward.
pub(crate) fn own_source_id(id: &ObjectId) -> String {
    format!("{SOURCE}:{id}")
}

fn take(archive: Archive, draft: &mut Draft) {
    let Archive { vaults, groups, resources, accounts, files, .. } = archive;
    let mut files: HashMap<ObjectId, Zeroizing<Vec<u8>>> =
        files.into_iter().map(|ArchivedFile { id, bytes }| (id, bytes)).collect();
    let mut of_vaults = Vec::new();
    let several = vaults.len() > 1;
    for vault in vaults {
        let group = several.then(|| {
            let source_id = Some(source_id(None, &vault.id));
            let details =
                ResourceGroupDetails { name: vault.details.name, notes: vault.details.description, source_id };
            draft.plan.groups.push(PlannedGroup { parent: None, details });
            draft.plan.groups.len() - 1
        });
        of_vaults.push(group);
    }
    let mut of_groups: Vec<Option<usize>> = Vec::new();
    let place = |container, of_groups: &[Option<usize>]| match container {
        Container::Vault(at) => of_vaults.get(at).copied().flatten(),
        Container::Group(at) => of_groups.get(at).copied().flatten(),
    };
    for group in groups {
        let parent = place(group.parent, &of_groups);
        let source_id = Some(source_id(group.details.source_id.clone(), &group.id));
        draft.plan.groups.push(PlannedGroup { parent, details: ResourceGroupDetails { source_id, ..group.details } });
        of_groups.push(Some(draft.plan.groups.len() - 1));
    }
    let mut of_resources = Vec::new();
    for (row, ArchivedResource { id, parent, details }) in resources.into_iter().enumerate() {
        let source_id = source_id(details.source_id.clone(), &id);
        let mut details = details;
        let (inside, lost) = take_files(&mut files, &mut None, &mut None, &mut details.custom_fields);
        if lost {
            draft.leave_out(row + 1, &details.name, Part::File);
        }
        let details =
            ResourceDetails { policy: details.policy.filter(is_known), source_id: Some(source_id.clone()), ..details };
        let group = place(parent, &of_groups);
        let identity = Identity::SourceId(source_id);
        draft.plan.resources.push(PlannedResource { group, details, identity, files: inside });
        of_resources.push(draft.plan.resources.len() - 1);
    }
    for (row, account) in accounts.into_iter().enumerate() {
        let Some(resource) = of_resources.get(account.resource).copied() else { continue };
        take_account(row + 1, resource, account, &mut files, draft);
    }
    draft.plan.rows = draft.plan.accounts.len();
}

fn take_account(
    row: usize,
    resource: usize,
    account: ArchivedAccount,
    files: &mut HashMap<ObjectId, Zeroizing<Vec<u8>>>,
    draft: &mut Draft,
) {
    let ArchivedAccount { id, mut details, secret, past, .. } = account;
    let source_id = source_id(details.source_id.clone(), &id);
    let (attachments, lost) =
        take_files(files, &mut details.files, &mut details.secret_file, &mut details.custom_fields);
    let name = details.name.clone();
    let details =
        AccountDetails { policy: details.policy.filter(is_known), source_id: Some(source_id.clone()), ..details };
    let history = past.into_iter().map(|past| PastPassword { value: past.secret.value, until: Some(past.until) });
    let planned = PlannedAccount {
        resource,
        details,
        secret: secret.unwrap_or_default(),
        history: history.collect(),
        identity: Identity::SourceId(source_id),
        row,
        attachments,
    };
    match draft.take(Ok(resource), |_| planned) {
        Err(reason) => draft.reject(row, &name, reason),
        Ok(()) if lost => draft.leave_out(row, &name, Part::File),
        Ok(()) => {}
    }
}

/// What is in the files that details name, and whether the backup lacks some: those are named no more.
fn take_files(
    files: &mut HashMap<ObjectId, Zeroizing<Vec<u8>>>,
    beside: &mut Option<Vec<FileRef>>,
    secret: &mut Option<FileRef>,
    fields: &mut Vec<CustomField>,
) -> (Vec<PlannedFile>, bool) {
    let (mut taken, mut lost) = (Vec::new(), false);
    let mut has = |file: &FileRef| {
        let Some(bytes) = files.remove(&file.id) else {
            lost = true;
            return false;
        };
        let (name, media_type) = (file.name.clone(), file.media_type.clone());
        taken.push(PlannedFile { name, media_type, bytes, stands_for: Some(file.id) });
        true
    };
    if let Some(named) = beside {
        named.retain(&mut has);
    }
    *beside = beside.take().filter(|named| !named.is_empty());
    *secret = secret.take().filter(&mut has);
    fields.retain(|field| match &field.value {
        CustomValue::File(file) => has(file),
        _ => true,
    });
    (taken, lost)
}

/// A vault's own policies stay with the vault.
fn is_known(policy: &PolicyRef) -> bool {
    matches!(policy, PolicyRef::BuiltIn(_))
}

#[cfg(test)]
mod tests;
