//! Drafting the next version of a catalog record.

use super::{
    Item,
    undo::{Earlier, Undo},
};
use crate::{
    error::Error,
    files::FileChanges,
    session::{Session, VaultDrafts, VerifiedEntry},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, Version},
    record::RecordState,
};

/// What becomes of a record.
pub(super) struct Next {
    pub(super) details: Details,
    pub(super) parent: ObjectId,
    pub(super) state: RecordState,
}

impl<T: Transport> Session<T> {
    /// Writes new details for a vault, resource group, resource or account; `parent` moves it within its vault.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when it is no longer at version `base`.
    pub async fn update_entry(
        &self,
        item: Item,
        base: Version,
        details: Details,
        parent: Option<ObjectId>,
    ) -> Result<Undo, Error> {
        self.write_next(item, base, (details, parent), &FileChanges::default()).await.map(Undo::of)
    }

    /// The same with files that come or go: neither can be taken back with the details, so where there are any there is no
    /// way back.
    ///
    /// # Errors
    /// As [`Session::update_entry`]; [`Error::UploadLost`] when a file has to be sent again.
    pub async fn update_entry_with(
        &self,
        item: Item,
        base: Version,
        next: (Details, Option<ObjectId>),
        files: &FileChanges,
    ) -> Result<Option<Undo>, Error> {
        let earlier = self.write_next(item, base, next, files).await?;
        Ok(files.is_empty().then(|| Undo::of(earlier)))
    }

    async fn write_next(
        &self,
        item: Item,
        base: Version,
        (details, parent): (Details, Option<ObjectId>),
        files: &FileChanges,
    ) -> Result<Earlier, Error> {
        let before = self.verified(item.vault, item.key)?;
        if before.version != base {
            return Err(Error::StaleVersion);
        }
        let number = before.number;
        let parent = parent.unwrap_or(before.parent);
        let next = Next { details, parent, state: RecordState::Live };
        let (draft, earlier) = draft_next(item, before, next)?;
        let mut drafts = vec![draft];
        drafts.extend(self.draft_files(item.vault, item.key.id, number, files)?);
        self.write(&[VaultDrafts { vault: item.vault, drafts }]).await?;
        Ok(earlier)
    }
}

/// The next version of an entry, and how it was before.
pub(super) fn draft_next(item: Item, before: VerifiedEntry, next: Next) -> Result<(Draft, Earlier), Error> {
    let draft = Draft {
        key: item.key,
        parent: next.parent,
        number: before.number,
        state: next.state,
        base: Some(before.version),
        payload: next.details.to_bytes()?,
    };
    let earlier = Earlier {
        item,
        number: before.number,
        written: before.version.next().ok_or(Error::Refused)?,
        parent: before.parent,
        state: RecordState::Live,
        details: before.details,
    };
    Ok((draft, earlier))
}

/// The first version of an entry, and how to take it back: by deleting it.
pub(super) fn draft_first(
    item: Item,
    number: Number,
    parent: ObjectId,
    details: Details,
) -> Result<(Draft, Earlier), Error> {
    let draft =
        Draft { key: item.key, parent, number, state: RecordState::Live, base: None, payload: details.to_bytes()? };
    let earlier = Earlier { item, number, written: Version::FIRST, parent, state: RecordState::Deleted, details };
    Ok((draft, earlier))
}
