//! Things that are made together or not at all: a resource with all its accounts, and the group that it comes into.

use super::{Item, NewAccount, Place, account::AccountDrafts, entry::draft_first};
use crate::{
    error::Error,
    model::{ResourceDetails, ResourceGroupDetails},
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId},
    record::RecordKind,
};

/// A resource that is to be made.
pub struct NewResource {
    /// What is known of it.
    pub details: ResourceDetails,
    /// A group that is made for it, in the place that is named.
    pub group: Option<ResourceGroupDetails>,
    /// Its accounts.
    pub accounts: Vec<NewAccount>,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeResource {
    /// The resource.
    pub resource: ObjectId,
    /// Its number.
    pub number: Number,
    /// Its accounts, in the order in which they were given, each with its number.
    pub accounts: Vec<(ObjectId, Number)>,
}

impl<T: Transport> Session<T> {
    /// Makes a resource with its accounts, in one transaction.
    ///
    /// # Errors
    /// [`Error`]; nothing is then there.
    pub async fn create_whole_resource(&self, place: Place, new: NewResource) -> Result<MadeResource, Error> {
        let NewResource { details, group, accounts } = new;
        let count = 1 + usize::from(group.is_some()) + accounts.len();
        let mut numbers = self.take_numbers(u32::try_from(count).map_err(|_| Error::Refused)?).await?.into_iter();
        let mut next = || numbers.next().ok_or(Error::Refused);
        let mut drafts: Vec<Draft> = Vec::new();
        let mut parent = place.parent;
        if let Some(group) = group {
            let id = ObjectId(self.surroundings().make_id());
            let item = Item::within(place.vault, RecordKind::ResourceGroup, id);
            drafts.push(draft_first(item, next()?, parent, Details::ResourceGroup(group))?.0);
            parent = id;
        }
        let (resource, number) = (ObjectId(self.surroundings().make_id()), next()?);
        let item = Item::within(place.vault, RecordKind::Resource, resource);
        drafts.push(draft_first(item, number, parent, Details::Resource(Box::new(details)))?.0);
        let on = Place { vault: place.vault, parent: resource };
        let mut made = Vec::with_capacity(accounts.len());
        for account in accounts {
            made.push(self.draft_into(&mut drafts, on, next()?, account)?);
        }
        self.write(&[VaultDrafts { vault: place.vault, drafts }]).await?;
        Ok(MadeResource { resource, number, accounts: made })
    }

    /// Makes accounts on a resource, in one transaction.
    ///
    /// # Errors
    /// [`Error`]; none of them is then there.
    pub async fn create_accounts(
        &self,
        place: Place,
        accounts: Vec<NewAccount>,
    ) -> Result<Vec<(ObjectId, Number)>, Error> {
        let count = u32::try_from(accounts.len()).map_err(|_| Error::Refused)?;
        let numbers = self.take_numbers(count).await?;
        let mut drafts = Vec::new();
        let mut made = Vec::with_capacity(accounts.len());
        for (account, number) in accounts.into_iter().zip(numbers) {
            made.push(self.draft_into(&mut drafts, place, number, account)?);
        }
        self.write(&[VaultDrafts { vault: place.vault, drafts }]).await?;
        Ok(made)
    }

    fn draft_into(
        &self,
        drafts: &mut Vec<Draft>,
        place: Place,
        number: Number,
        account: NewAccount,
    ) -> Result<(ObjectId, Number), Error> {
        let AccountDrafts { id, drafts: made, .. } = self.draft_account(place, number, account)?;
        drafts.extend(made);
        Ok((id, number))
    }
}
