//! Resource groups and resources made.

use super::{Item, NewAccount, Place, entry::draft_first, undo::Undo};
use crate::{
    error::Error,
    files::FileChanges,
    model::{ResourceDetails, ResourceGroupDetails},
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::Details,
};
use sealward_contract::{ids::ObjectId, record::RecordKind};

impl<T: Transport> Session<T> {
    /// Makes a resource group in a vault or another group.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn create_resource_group(
        &self,
        place: Place,
        details: ResourceGroupDetails,
    ) -> Result<(ObjectId, Undo), Error> {
        let number = self.take_number().await?;
        let id = ObjectId(self.surroundings().make_id());
        let item = Item::within(place.vault, RecordKind::ResourceGroup, id);
        let (draft, earlier) = draft_first(item, number, place.parent, Details::ResourceGroup(details))?;
        self.write(&[VaultDrafts { vault: place.vault, drafts: vec![draft] }]).await?;
        Ok((id, Undo::of(earlier)))
    }

    /// Makes a resource in a vault or a resource group, with its first account if one is given.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn create_resource(
        &self,
        place: Place,
        details: ResourceDetails,
        account: Option<NewAccount>,
    ) -> Result<(ObjectId, Undo), Error> {
        let none = FileChanges::default();
        self.create_resource_with(place, (details, &none), account.map(|account| (account, &none))).await
    }

    /// Makes a resource, and perhaps its first account, that have files.
    ///
    /// # Errors
    /// [`Error`]; [`Error::UploadLost`] when a file has to be sent again.
    pub async fn create_resource_with(
        &self,
        place: Place,
        (details, files): (ResourceDetails, &FileChanges),
        account: Option<(NewAccount, &FileChanges)>,
    ) -> Result<(ObjectId, Undo), Error> {
        let number = self.take_number().await?;
        let id = ObjectId(self.surroundings().make_id());
        let item = Item::within(place.vault, RecordKind::Resource, id);
        let (draft, earlier) = draft_first(item, number, place.parent, Details::Resource(Box::new(details)))?;
        let mut drafts = vec![draft];
        drafts.extend(self.draft_files(place.vault, id, number, files)?);
        if let Some((account, files)) = account {
            let number = self.take_number().await?;
            let made = self.draft_account(Place { vault: place.vault, parent: id }, number, account)?;
            drafts.extend(made.drafts);
            drafts.extend(self.draft_files(place.vault, made.id, number, files)?);
        }
        self.write(&[VaultDrafts { vault: place.vault, drafts }]).await?;
        Ok((id, Undo::of(earlier)))
    }

    pub(super) async fn take_number(&self) -> Result<sealward_contract::ids::Number, Error> {
        self.take_numbers(1).await?.into_iter().next().ok_or(Error::Refused)
    }
}
