//! Accounts and their secrets, made and changed. Whoever writes a secret also writes its facts.

use super::{
    Item, Place,
    entry::{Next, draft_first, draft_next},
    undo::{Earlier, Undo},
};
use crate::{
    error::Error,
    files::FileChanges,
    model::{AccountDetails, CharacterClasses, Day, Facts, Payload, Score, SecretPayload},
    session::{Session, VaultDrafts},
    transport::Transport,
    vault::{Details, Draft},
};
use sealward_contract::{
    ids::{Number, ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind, RecordState},
};

/// A secret with what its writer found out about it.
pub struct NewSecret {
    /// The secret itself.
    pub payload: SecretPayload,
    /// Its strength, for secrets that people guess.
    pub score: Option<Score>,
}

/// A new account.
pub struct NewAccount {
    /// What is known of it.
    pub details: AccountDetails,
    /// Its secret.
    pub secret: Option<NewSecret>,
}

/// Drafts that make an account.
pub(super) struct AccountDrafts {
    pub(super) id: ObjectId,
    pub(super) drafts: Vec<Draft>,
    pub(super) earlier: Earlier,
}

/// What the details say of a seed: whoever writes a secret writes that too, so that they never contradict each other.
fn tells_of_seed(secret: Option<&NewSecret>) -> Option<bool> {
    secret.is_some_and(|secret| secret.payload.otp_seed.is_some()).then_some(true)
}

impl<T: Transport> Session<T> {
    /// Makes an account on a resource.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn create_account(&self, place: Place, account: NewAccount) -> Result<(ObjectId, Undo), Error> {
        self.create_account_with(place, account, &FileChanges::default()).await
    }

    /// Makes an account that has files.
    ///
    /// # Errors
    /// [`Error`]; [`Error::UploadLost`] when a file has to be sent again.
    pub async fn create_account_with(
        &self,
        place: Place,
        account: NewAccount,
        files: &FileChanges,
    ) -> Result<(ObjectId, Undo), Error> {
        let number = self.take_number().await?;
        let AccountDrafts { id, mut drafts, earlier } = self.draft_account(place, number, account)?;
        drafts.extend(self.draft_files(place.vault, id, number, files)?);
        self.write(&[VaultDrafts { vault: place.vault, drafts }]).await?;
        Ok((id, Undo::of(earlier)))
    }

    /// Writes new details for an account, and a new secret where one is given. The secret's change cannot be taken back
    /// with the details': undo is offered for details alone.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when the account is no longer at version `base`.
    pub async fn update_account(
        &self,
        vault: VaultId,
        account: ObjectId,
        base: Version,
        details: AccountDetails,
        secret: Option<NewSecret>,
    ) -> Result<Option<Undo>, Error> {
        self.update_account_with(vault, account, base, details, secret, &FileChanges::default()).await
    }

    /// The same, with files that come or go; neither can be taken back with the details.
    ///
    /// # Errors
    /// As [`Session::update_account`]; [`Error::UploadLost`] when a file has to be sent again.
    pub async fn update_account_with(
        &self,
        vault: VaultId,
        account: ObjectId,
        base: Version,
        details: AccountDetails,
        secret: Option<NewSecret>,
        files: &FileChanges,
    ) -> Result<Option<Undo>, Error> {
        let item = Item::within(vault, RecordKind::Account, account);
        let before = self.verified(vault, item.key)?;
        if before.version != base {
            return Err(Error::StaleVersion);
        }
        let number = before.number;
        let mut details = details;
        if let Some(secret) = &secret {
            details.has_otp = tells_of_seed(Some(secret));
        }
        let next =
            Next { details: Details::Account(Box::new(details)), parent: before.parent, state: RecordState::Live };
        let (draft, earlier) = draft_next(item, before, next)?;
        let mut drafts = vec![draft];
        let only_details = secret.is_none() && files.is_empty();
        if let Some(secret) = secret {
            drafts.extend(self.draft_secret(vault, account, number, &secret)?);
        }
        drafts.extend(self.draft_files(vault, account, number, files)?);
        self.write(&[VaultDrafts { vault, drafts }]).await?;
        Ok(only_details.then(|| Undo::of(earlier)))
    }

    /// Writes a secret in place of the one that an account has.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn replace_secret(&self, vault: VaultId, account: ObjectId, secret: NewSecret) -> Result<(), Error> {
        let item = Item::within(vault, RecordKind::Account, account);
        let before = self.verified(vault, item.key)?;
        let mut drafts: Vec<Draft> = self.draft_secret(vault, account, before.number, &secret)?.into();
        // Whether there are one-time codes is told without the secret.
        if let Details::Account(details) = &before.details
            && details.has_otp.unwrap_or_default() != secret.payload.otp_seed.is_some()
        {
            let has_otp = secret.payload.otp_seed.is_some().then_some(true);
            let details = Details::Account(Box::new(AccountDetails { has_otp, ..AccountDetails::clone(details) }));
            let next = Next { details, parent: before.parent, state: RecordState::Live };
            drafts.insert(0, draft_next(item, before, next)?.0);
        }
        self.write(&[VaultDrafts { vault, drafts }]).await
    }

    /// Drafts of a new account and its secret.
    pub(super) fn draft_account(
        &self,
        place: Place,
        number: Number,
        account: NewAccount,
    ) -> Result<AccountDrafts, Error> {
        let id = ObjectId(self.surroundings().make_id());
        let item = Item::within(place.vault, RecordKind::Account, id);
        let NewAccount { mut details, secret } = account;
        if secret.is_some() {
            details.has_otp = tells_of_seed(secret.as_ref());
        }
        let (draft, earlier) = draft_first(item, number, place.parent, Details::Account(Box::new(details)))?;
        let mut drafts = vec![draft];
        if let Some(secret) = secret {
            drafts.extend(self.draft_secret(place.vault, id, number, &secret)?);
        }
        Ok(AccountDrafts { id, drafts, earlier })
    }

    /// Drafts of the next version of an account's secret and facts.
    pub(super) fn draft_secret(
        &self,
        vault: VaultId,
        account: ObjectId,
        number: Number,
        secret: &NewSecret,
    ) -> Result<[Draft; 2], Error> {
        let facts = self.find_facts(vault, secret)?;
        self.note_drafted_facts(vault, account, &facts);
        let draft = |kind, payload| {
            let key = LeafKey { id: account, kind };
            let base = self.vaults().get(&vault).and_then(|view| view.tree().get(&key).map(|leaf| leaf.version));
            Draft { key, parent: account, number, state: RecordState::Live, base, payload }
        };
        Ok([draft(RecordKind::Secret, secret.payload.to_bytes()?), draft(RecordKind::Facts, facts.to_bytes()?)])
    }

    /// What may be known of a secret without it.
    fn find_facts(&self, vault: VaultId, secret: &NewSecret) -> Result<Facts, Error> {
        let text = secret.payload.value.expose();
        if !self.vaults().contains_key(&vault) {
            return Err(Error::Gone);
        }
        let reuse = self.reuse_tag(&vault, text);
        Ok(Facts {
            score: secret.score,
            length: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
            classes: CharacterClasses::of(text),
            changed: Day::of(self.surroundings().now()),
            reuse,
        })
    }
}
