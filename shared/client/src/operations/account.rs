//! Accounts and their secrets, made and changed. Whoever writes a secret also writes its facts.

use super::{
    Item, Place,
    entry::{Next, draft_first, draft_next},
    undo::{Earlier, Undo},
};
use crate::{
    error::Error,
    files::FileChanges,
    model::{
        AccountDetails, CharacterClasses, CustomValue, Day, Facts, Payload, PublicPart, Score, SecretPayload,
        SecretText, limits,
    },
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

/// A secret beside a file that stands in its place: hidden fields and seed, and no text.
fn without_text(mut payload: SecretPayload) -> NewSecret {
    payload.value = SecretText::default();
    NewSecret { payload, score: None }
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

    /// The same, with files that come or go; neither can be taken back with the details. Where a file takes the place of
    /// the secret, its text is no longer the present one: a version without it is written, and the secret is released
    /// first if something else of it stays.
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
        let secret = self.beside_file(vault, account, &before.details, &details, secret).await?;
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

    /// What is to be written of the secret with these details.
    async fn beside_file(
        &self,
        vault: VaultId,
        account: ObjectId,
        before: &Details,
        details: &AccountDetails,
        secret: Option<NewSecret>,
    ) -> Result<Option<NewSecret>, Error> {
        if details.secret_file.is_none() {
            return Ok(secret);
        }
        let Details::Account(before) = before else { return Err(Error::Unfit) };
        let payload = match secret {
            Some(secret) => secret.payload,
            None if before.secret_file.is_some() || !self.has_secret(&vault, &account) => return Ok(None),
            // What was imported before seeds were noted may have one.
            None if before.has_otp.unwrap_or(before.import_tag.is_some())
                || before.custom_fields.iter().any(|field| field.value == CustomValue::Hidden) =>
            {
                self.release(vault, account).await?
            }
            None => SecretPayload::default(),
        };
        Ok(Some(without_text(payload)))
    }

    /// Writes a secret in place of the one that an account has; `public` is what may be known of it. A file that stood
    /// in the secret's place then stands beside it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn replace_secret(
        &self,
        vault: VaultId,
        account: ObjectId,
        secret: NewSecret,
        public: Option<PublicPart>,
    ) -> Result<(), Error> {
        let item = Item::within(vault, RecordKind::Account, account);
        let before = self.verified(vault, item.key)?;
        let mut drafts: Vec<Draft> = self.draft_secret(vault, account, before.number, &secret)?.into();
        if let Details::Account(details) = &before.details {
            let mut after = AccountDetails::clone(details);
            // Whether there are one-time codes is told without the secret.
            let has_otp = tells_of_seed(Some(&secret));
            if details.has_otp.unwrap_or_default() != has_otp.unwrap_or_default() {
                after.has_otp = has_otp;
            }
            let has_room = after.files.as_ref().is_none_or(|files| files.len() < limits::FILES);
            if !secret.payload.value.is_empty()
                && has_room
                && let Some(file) = after.secret_file.take()
            {
                after.files.get_or_insert_default().push(file);
            }
            if after.secret_file.is_none() {
                after.public = public;
            }
            if after != **details {
                let next = Next {
                    details: Details::Account(Box::new(after)),
                    parent: before.parent,
                    state: RecordState::Live,
                };
                drafts.insert(0, draft_next(item, before, next)?.0);
            }
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
        self.draft_account_with(place, number, account, Vec::new())
    }

    /// The same, with the versions that its secret had before, the oldest first.
    pub(super) fn draft_account_with(
        &self,
        place: Place,
        number: Number,
        account: NewAccount,
        past: Vec<SecretPayload>,
    ) -> Result<AccountDrafts, Error> {
        let id = ObjectId(self.surroundings().make_id());
        let item = Item::within(place.vault, RecordKind::Account, id);
        let NewAccount { mut details, mut secret } = account;
        if details.secret_file.is_some() {
            secret = secret.map(|secret| without_text(secret.payload)).filter(|secret| !secret.payload.is_empty());
        }
        if secret.is_some() {
            details.has_otp = tells_of_seed(secret.as_ref());
        }
        let (draft, earlier) = draft_first(item, number, place.parent, Details::Account(Box::new(details)))?;
        let mut drafts = vec![draft];
        if let Some(secret) = secret {
            let past = past.into_iter().map(|payload| NewSecret { payload, score: None });
            drafts.extend(self.draft_versions(place.vault, id, number, past.chain([secret]))?);
        }
        Ok(AccountDrafts { id, drafts, earlier })
    }

    /// Drafts of all versions of a new account's secret, the oldest first: each follows on the one before.
    pub(super) fn draft_versions(
        &self,
        vault: VaultId,
        account: ObjectId,
        number: Number,
        versions: impl IntoIterator<Item = NewSecret>,
    ) -> Result<Vec<Draft>, Error> {
        let bases = std::iter::once(None).chain((1..).map(Version).map(Some));
        let mut drafts = Vec::new();
        for (secret, base) in versions.into_iter().zip(bases) {
            let pair = self.draft_secret(vault, account, number, &secret)?;
            drafts.extend(pair.map(|draft| Draft { base, ..draft }));
        }
        Ok(drafts)
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
