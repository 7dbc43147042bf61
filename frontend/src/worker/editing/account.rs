//! Accounts and their secrets: made and changed.

use crate::{
    bridge::{
        AccountFields, Changed, CreateAccount, Error, HiddenEdit, Item, NewAccount, ObjectId, SecretChange, SecretText,
        SeedChange, UpdateAccount, VaultId,
    },
    worker::{
        engine::{Engine, Open},
        keys, secret,
    },
};
use sealward_client::{
    files::FileChanges,
    model::{
        AccountDetails, CustomValue, Field, HiddenField, Invalid, PolicyRef, Problem, PublicPart, SecretPayload,
        SecretText as ClientSecret, SecretType,
    },
    operations::{self, NewSecret},
    otp::Seed,
    vault::Details,
};
use sealward_contract::record::RecordKind;

impl Engine {
    pub async fn create_account(&self, ask: CreateAccount) -> Result<Changed, Error> {
        self.change(async |open| {
            let place = operations::Place { vault: ask.vault, parent: ask.resource };
            let account = new_account(ask.account, &open).await?;
            check_new(&open, ask.vault, Some(ask.resource), None, &account)?;
            let files = new_files(&open, ask.vault, &account)?;
            let made = open.session.create_account_with(place, account, &files).await;
            if made.is_err() {
                open.keep_files(ask.vault, files);
            }
            let (id, undo) = made?;
            Ok(open.changed(Some(Item::Account(ask.vault, ask.resource, id)), Some(undo)))
        })
        .await
    }

    pub async fn update_account(&self, ask: UpdateAccount) -> Result<Changed, Error> {
        self.change(async |open| {
            let key = operations::Item::within(ask.vault, RecordKind::Account, ask.account);
            let before = open.session.verified(ask.vault, key.key)?;
            let Details::Account(details) = before.details else { return Err(Error::Gone) };
            let was = SecretBefore::of(&details);
            let secret_type = ask.fields.secret_type;
            let is_file = ask.fields.secret_file.is_some();
            let replaced = !is_file && matches!(ask.secret, SecretChange::Replace(_));
            let former = Details::Account(details.clone());
            let public = changed_public(&open, &details, &ask.fields, &ask.secret).await;
            let details = AccountDetails { public, ..account_details(ask.fields, *details, &open) };
            let change = SecretEdit { value: ask.secret, hidden: ask.hidden, seed: ask.seed };
            let secret = changed_secret(&open, &ask.vault, &ask.account, &was, change, secret_type).await?;
            // What stays was right when it was written; a stricter policy does not reach back.
            if let Some(secret) = secret.as_ref().filter(|_| replaced) {
                open.check_password(ask.vault, Some(before.parent), Some(ask.account), &details, secret)?;
            }
            let mut named = Details::Account(Box::new(details));
            let files = open.file_changes(ask.vault, &former, &mut named)?;
            let Details::Account(details) = named else { return Err(Error::Gone) };
            let session = &open.session;
            let written =
                session.update_account_with(ask.vault, ask.account, ask.version, *details, secret, &files).await;
            if written.is_err() {
                open.keep_files(ask.vault, files);
            }
            Ok(open.changed(Some(Item::Account(ask.vault, before.parent, ask.account)), written?))
        })
        .await
    }
}

fn account_details(fields: AccountFields, before: AccountDetails, open: &Open) -> AccountDetails {
    let now = open.session.surroundings().now();
    let created = if before.created.0 == 0 { now } else { before.created };
    AccountDetails {
        name: fields.name,
        user_name: fields.user_name,
        secret_type: fields.secret_type,
        privileged: fields.privileged,
        active: fields.active,
        expiry: fields.expiry,
        notes: fields.notes,
        custom_fields: fields.custom,
        tags: fields.tags,
        policy: fields.policy,
        secret_file: fields.secret_file,
        files: (!fields.files.is_empty()).then_some(fields.files),
        created,
        changed: now,
        ..before
    }
}

pub(super) async fn new_account(account: NewAccount, open: &Open) -> Result<operations::NewAccount, Error> {
    let secret_type = account.fields.secret_type;
    // A file in the secret's place leaves no text there.
    let typed = account.secret.as_ref().filter(|_| account.fields.secret_file.is_none());
    let value = ClientSecret::from(typed.map_or("", |secret| secret.expose()));
    let public = match &account.fields.secret_file {
        Some(file) => open.public_part_of(file, secret_type).await,
        None => keys::public_part(secret_type, value.expose()).await,
    };
    let details = AccountDetails { public, ..account_details(account.fields, AccountDetails::default(), open) };
    let hidden = account.hidden.iter().map(|edit| HiddenField {
        label: edit.label.clone(),
        value: ClientSecret::from(edit.value.as_ref().map_or("", |value| value.expose())),
    });
    let otp_seed = account.seed.as_ref().map(checked_seed).transpose()?;
    let payload = SecretPayload { value, hidden: hidden.collect(), otp_seed };
    let secret = (!payload.is_empty()).then_some(payload);
    let secret = match secret {
        Some(payload) => Some(rated(payload, secret_type).await),
        None => None,
    };
    Ok(operations::NewAccount { details, secret })
}

/// The files that a new account names.
pub(super) fn new_files(open: &Open, vault: VaultId, account: &operations::NewAccount) -> Result<FileChanges, Error> {
    let none = Details::Account(Box::default());
    open.file_changes(vault, &none, &mut Details::Account(Box::new(account.details.clone())))
}

/// Checks the password of a new account; `around` is the policy of a resource that is being made with it.
pub(super) fn check_new(
    open: &Open,
    vault: VaultId,
    resource: Option<ObjectId>,
    around: Option<PolicyRef>,
    account: &operations::NewAccount,
) -> Result<(), Error> {
    let Some(secret) = &account.secret else { return Ok(()) };
    let details = AccountDetails { policy: account.details.policy.or(around), ..account.details.clone() };
    open.check_password(vault, resource, None, &details, secret)
}

/// A secret with its strength.
pub async fn rated(payload: SecretPayload, secret_type: SecretType) -> NewSecret {
    let score = secret::score(secret_type, payload.value.expose()).await;
    NewSecret { payload, score }
}

/// A seed as it is kept. One that makes no codes is not kept at all.
fn checked_seed(text: &SecretText) -> Result<ClientSecret, Error> {
    match Seed::read(text.expose()) {
        Ok(_) => Ok(Seed::tidy(text.expose())),
        Err(_) => Err(Error::Invalid(Invalid::new(Field::OtpSeed, Problem::NotHere))),
    }
}

/// What may be known of a key after a change: found out again with a new one, gone with another kind of secret.
async fn changed_public(
    open: &Open,
    before: &AccountDetails,
    fields: &AccountFields,
    change: &SecretChange,
) -> Option<PublicPart> {
    let kept = || before.public.clone().filter(|_| before.secret_type == fields.secret_type);
    match (&fields.secret_file, change) {
        (Some(file), _) if before.secret_file.as_ref() != Some(file) => {
            open.public_part_of(file, fields.secret_type).await
        }
        (Some(_), _) => kept(),
        (None, SecretChange::Replace(secret)) => keys::public_part(fields.secret_type, secret.expose()).await,
        // It was the file's.
        (None, SecretChange::Keep) => kept().filter(|_| before.secret_file.is_none()),
    }
}

/// What is known of a secret before it is changed.
pub(super) struct SecretBefore {
    hidden: usize,
    /// Whether there is, or may be, a seed: what was imported before seeds were noted may have one.
    may_have_seed: bool,
}

impl SecretBefore {
    /// Whether something is, or may be, beside its text.
    pub(super) const fn has_more(&self) -> bool {
        self.hidden > 0 || self.may_have_seed
    }

    pub(super) fn of(details: &AccountDetails) -> Self {
        let hidden = details.custom_fields.iter().filter(|field| field.value == CustomValue::Hidden).count();
        let may_have_seed = details.has_otp.unwrap_or(details.import_tag.is_some());
        Self { hidden, may_have_seed }
    }
}

/// What becomes of the parts of a secret.
struct SecretEdit {
    value: SecretChange,
    hidden: Vec<HiddenEdit>,
    seed: SeedChange,
}

/// The next version of a secret, if it has one. It is released only when something of it stays.
async fn changed_secret(
    open: &Open,
    vault: &VaultId,
    account: &ObjectId,
    was: &SecretBefore,
    change: SecretEdit,
    secret_type: SecretType,
) -> Result<Option<NewSecret>, Error> {
    let SecretEdit { value, hidden, seed } = change;
    let hidden_changes = hidden.len() != was.hidden
        || hidden.iter().any(|edit| edit.value.is_some() || edit.was.as_deref() != Some(edit.label.as_str()));
    let value_stays = matches!(value, SecretChange::Keep);
    let seed_stays = matches!(seed, SeedChange::Keep);
    if value_stays && seed_stays && !hidden_changes {
        return Ok(None);
    }
    let something_stays = value_stays
        || (seed_stays && was.may_have_seed)
        || hidden.iter().any(|edit| edit.value.is_none() && edit.was.is_some());
    let before = if something_stays && open.session.has_secret(vault, account) {
        open.release(*vault, *account).await?
    } else {
        SecretPayload::default()
    };
    let value = match value {
        SecretChange::Keep => before.value.duplicate(),
        SecretChange::Replace(secret) => ClientSecret::from(secret.expose()),
    };
    let hidden = hidden.into_iter().map(|edit| {
        let value = match (&edit.value, &edit.was) {
            (Some(value), _) => ClientSecret::from(value.expose()),
            (None, Some(was)) => before.hidden(was).map(ClientSecret::duplicate).unwrap_or_default(),
            (None, None) => ClientSecret::default(),
        };
        HiddenField { label: edit.label, value }
    });
    let otp_seed = match seed {
        SeedChange::Keep => before.otp_seed.as_ref().map(ClientSecret::duplicate),
        SeedChange::Replace(seed) => Some(checked_seed(&seed)?),
        SeedChange::Remove => None,
    };
    let payload = SecretPayload { value, hidden: hidden.collect(), otp_seed };
    Ok(Some(rated(payload, secret_type).await))
}
