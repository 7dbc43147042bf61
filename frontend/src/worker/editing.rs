//! Changes of the catalog, each with its way back.

use super::{
    engine::{Engine, Open},
    message::tell,
    secret,
};
use crate::bridge::*;
use sealward_client::{
    model::{
        AccountDetails, CustomField, CustomValue, HiddenField, ResourceDetails, ResourceGroupDetails, SecretPayload,
        SecretText as ClientSecret, SecretType, VaultDetails,
    },
    operations::{self, NewSecret, Undo as ClientUndo},
    session::NewVault,
    vault::Details,
};
use sealward_contract::{chain::VaultKind, record::RecordKind};
use std::{collections::VecDeque, rc::Rc};

/// Changes that can be taken back: the newest ones.
const KEPT: usize = 50;

/// What can be taken back.
#[derive(Default)]
pub struct Undos {
    last: u32,
    kept: VecDeque<(UndoId, ClientUndo)>,
}

impl Undos {
    fn keep(&mut self, undo: ClientUndo) -> UndoId {
        self.last = self.last.wrapping_add(1);
        let id = UndoId(self.last);
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((id, undo));
        id
    }

    fn take(&mut self, id: UndoId) -> Option<ClientUndo> {
        let at = self.kept.iter().position(|(kept, _)| *kept == id)?;
        self.kept.remove(at).map(|(_, undo)| undo)
    }
}

/// Marks a write under way for as long as it lives.
pub struct Writing<'o>(&'o Open);

impl<'o> Writing<'o> {
    pub fn begin(open: &'o Open) -> Self {
        open.writing.set(open.writing.get().saturating_add(1));
        Self(open)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.writing.set(self.0.writing.get().saturating_sub(1));
    }
}

impl Engine {
    /// Runs a change, takes in what it wrote, and keeps the way back.
    async fn change<R, F>(&self, act: impl FnOnce(Rc<Open>) -> F) -> Result<R, Error>
    where
        F: Future<Output = Result<R, Error>>,
    {
        let open = self.open()?;
        let outcome = {
            let _writing = Writing::begin(&open);
            act(Rc::clone(&open)).await
        };
        self.take_in(&open);
        // Whoever lost a race is shown what the others wrote.
        if outcome.is_err() {
            open.facts.borrow_mut().drop_drafted();
            let _ = open.news.unbounded_send(());
        }
        outcome
    }

    pub async fn create_vault(&self, ask: CreateVault) -> Result<Changed, Error> {
        self.change(async |open| {
            let details = VaultDetails { name: ask.name, description: ask.description };
            let vault = open.session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?;
            Ok(Changed { item: Some(Item::Vault(vault)), undo: None })
        })
        .await
    }

    pub async fn update_vault(&self, ask: UpdateVault) -> Result<Changed, Error> {
        let details = Details::Vault(VaultDetails { name: ask.name, description: ask.description });
        self.update(Item::Vault(ask.vault), ask.version, details, None).await
    }

    pub async fn create_resource_group(&self, ask: CreateResourceGroup) -> Result<Changed, Error> {
        self.change(async |open| {
            let place = place_of(ask.place);
            let details = ResourceGroupDetails { name: ask.name, notes: ask.description, source_id: None };
            let (id, undo) = open.session.create_resource_group(place, details).await?;
            Ok(open.changed(Some(Item::ResourceGroup(place.vault, id)), Some(undo)))
        })
        .await
    }

    pub async fn update_resource_group(&self, ask: UpdateResourceGroup) -> Result<Changed, Error> {
        let item = Item::ResourceGroup(ask.vault, ask.group);
        let Details::ResourceGroup(before) = self.read(item)? else { return Err(Error::Gone) };
        let details = ResourceGroupDetails { name: ask.name, notes: ask.description, ..before };
        self.update(item, ask.version, Details::ResourceGroup(details), None).await
    }

    pub async fn create_resource(&self, ask: CreateResource) -> Result<Changed, Error> {
        self.change(async |open| {
            let place = place_in(ask.vault, ask.fields.group);
            let details = resource_details(ask.fields, ResourceDetails::default(), &open);
            let account = match ask.account {
                Some(account) => Some(new_account(account, &open).await?),
                None => None,
            };
            let (id, undo) = open.session.create_resource(place, details, account).await?;
            Ok(open.changed(Some(Item::Resource(ask.vault, id)), Some(undo)))
        })
        .await
    }

    pub async fn update_resource(&self, ask: UpdateResource) -> Result<Changed, Error> {
        let item = Item::Resource(ask.vault, ask.resource);
        let Details::Resource(before) = self.read(item)? else { return Err(Error::Gone) };
        let parent = place_in(ask.vault, ask.fields.group).parent;
        let details = resource_details(ask.fields, *before, &*self.open()?);
        self.update(item, ask.version, Details::Resource(Box::new(details)), Some(parent)).await
    }

    pub async fn create_account(&self, ask: CreateAccount) -> Result<Changed, Error> {
        self.change(async |open| {
            let place = operations::Place { vault: ask.vault, parent: ask.resource };
            let account = new_account(ask.account, &open).await?;
            let (id, undo) = open.session.create_account(place, account).await?;
            Ok(open.changed(Some(Item::Account(ask.vault, ask.resource, id)), Some(undo)))
        })
        .await
    }

    pub async fn update_account(&self, ask: UpdateAccount) -> Result<Changed, Error> {
        self.change(async |open| {
            let key = operations::Item::within(ask.vault, RecordKind::Account, ask.account);
            let before = open.session.verified(ask.vault, key.key)?;
            let Details::Account(details) = before.details else { return Err(Error::Gone) };
            let was = details.custom_fields.clone();
            let secret_type = ask.fields.secret_type;
            let details = account_details(ask.fields, *details, &open);
            let secret =
                changed_secret(&open, &ask.vault, &ask.account, &was, ask.secret, ask.hidden, secret_type).await?;
            let undo = open.session.update_account(ask.vault, ask.account, ask.version, details, secret).await?;
            Ok(open.changed(Some(Item::Account(ask.vault, before.parent, ask.account)), undo))
        })
        .await
    }

    pub async fn move_items(&self, ask: MoveItems) -> Result<Changed, Error> {
        self.change(async |open| {
            let items: Vec<operations::Item> = ask.items.iter().copied().map(item_of).collect();
            let undo = open.session.move_items(&items, place_of(ask.to), tell_writing).await?;
            Ok(open.changed(None, Some(undo)))
        })
        .await
    }

    pub async fn copy_items(&self, ask: CopyItems) -> Result<Changed, Error> {
        self.change(async |open| {
            let items: Vec<operations::Item> = ask.items.iter().copied().map(item_of).collect();
            let undo = open.session.copy_items(&items, place_of(ask.to), tell_writing).await?;
            Ok(open.changed(None, Some(undo)))
        })
        .await
    }

    pub async fn delete_items(&self, ask: DeleteItems) -> Result<Changed, Error> {
        self.change(async |open| {
            let items: Vec<operations::Item> = ask.items.iter().copied().map(item_of).collect();
            let undo = open.session.delete_items(&items).await?;
            Ok(open.changed(None, Some(undo)))
        })
        .await
    }

    pub async fn undo(&self, ask: Undo) -> Result<(), Error> {
        self.change(async |open| {
            let undo = open.undos.borrow_mut().take(ask.undo).ok_or(Error::NotUndoable)?;
            open.session.undo(&undo).await.map_err(|error| match Error::from(error) {
                Error::StaleVersion | Error::Gone => Error::NotUndoable,
                error => error,
            })
        })
        .await
    }

    async fn update(
        &self,
        item: Item,
        version: Version,
        details: Details,
        parent: Option<ObjectId>,
    ) -> Result<Changed, Error> {
        self.change(async |open| {
            let undo = open.session.update_entry(item_of(item), version, details, parent).await?;
            Ok(open.changed(Some(item), Some(undo)))
        })
        .await
    }

    fn read(&self, item: Item) -> Result<Details, Error> {
        let operations::Item { vault, key } = item_of(item);
        Ok(self.open()?.session.verified(vault, key)?.details)
    }
}

impl Open {
    /// Keeps the way back of a change.
    pub fn changed(&self, item: Option<Item>, undo: Option<ClientUndo>) -> Changed {
        Changed { item, undo: undo.map(|undo| self.undos.borrow_mut().keep(undo)) }
    }
}

/// How far a long write is.
pub fn tell_writing(done: usize, total: usize) {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    tell(Notice::Progress(Progress { work: Work::Writing, done: count(done), total: count(total) }));
}

fn item_of(item: Item) -> operations::Item {
    match item {
        Item::Vault(vault) => operations::Item::vault(vault),
        Item::ResourceGroup(vault, id) => operations::Item::within(vault, RecordKind::ResourceGroup, id),
        Item::Resource(vault, id) => operations::Item::within(vault, RecordKind::Resource, id),
        Item::Account(vault, _, id) => operations::Item::within(vault, RecordKind::Account, id),
    }
}

fn place_of(place: Place) -> operations::Place {
    match place {
        Place::Vault(vault) => place_in(vault, None),
        Place::ResourceGroup(vault, id) | Place::Resource(vault, id) => place_in(vault, Some(id)),
    }
}

fn place_in(vault: VaultId, parent: Option<ObjectId>) -> operations::Place {
    operations::Place { vault, parent: parent.unwrap_or_else(|| vault.object()) }
}

/// The person's fields over what they do not see: when it was made, where it came from.
fn resource_details(fields: ResourceFields, before: ResourceDetails, open: &Open) -> ResourceDetails {
    let now = open.session.surroundings().now();
    let created = if before.created.0 == 0 { now } else { before.created };
    ResourceDetails {
        name: fields.name,
        resource_type: fields.resource_type,
        url: fields.url,
        dns_name: fields.dns_name,
        description: fields.description,
        notes: fields.notes,
        department: fields.department,
        location: fields.location,
        tags: fields.tags,
        owner: fields.owner,
        custom_fields: fields.custom,
        created,
        changed: now,
        source_id: before.source_id,
        import_tag: before.import_tag,
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
        created,
        changed: now,
        source_id: before.source_id,
        import_tag: before.import_tag,
    }
}

async fn new_account(account: NewAccount, open: &Open) -> Result<operations::NewAccount, Error> {
    let secret_type = account.fields.secret_type;
    let details = account_details(account.fields, AccountDetails::default(), open);
    let value = ClientSecret::from(account.secret.as_ref().map_or("", |secret| secret.expose()));
    let hidden = account.hidden.iter().map(|edit| HiddenField {
        label: edit.label.clone(),
        value: ClientSecret::from(edit.value.as_ref().map_or("", |value| value.expose())),
    });
    let payload = SecretPayload { value, hidden: hidden.collect(), otp_seed: None };
    let secret = (!payload.is_empty()).then_some(payload);
    let secret = match secret {
        Some(payload) => Some(rated(payload, secret_type).await),
        None => None,
    };
    Ok(operations::NewAccount { details, secret })
}

async fn rated(payload: SecretPayload, secret_type: SecretType) -> NewSecret {
    let score = secret::score(secret_type, payload.value.expose()).await;
    NewSecret { payload, score }
}

/// The next version of a secret, if it has one. It is released only when something of it stays.
async fn changed_secret(
    open: &Open,
    vault: &VaultId,
    account: &ObjectId,
    was: &[CustomField],
    change: SecretChange,
    hidden: Vec<HiddenEdit>,
    secret_type: SecretType,
) -> Result<Option<NewSecret>, Error> {
    let hidden_before = was.iter().filter(|field| field.value == CustomValue::Hidden).count();
    let hidden_changes = hidden.len() != hidden_before
        || hidden.iter().any(|edit| edit.value.is_some() || edit.was.as_deref() != Some(edit.label.as_str()));
    if matches!(change, SecretChange::Keep) && !hidden_changes {
        return Ok(None);
    }
    let something_stays =
        matches!(change, SecretChange::Keep) || hidden.iter().any(|edit| edit.value.is_none() && edit.was.is_some());
    let before = if something_stays && open.session.has_secret(vault, account) {
        open.session.release(*vault, *account).await?
    } else {
        SecretPayload::default()
    };
    let value = match change {
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
    let payload = SecretPayload {
        value,
        hidden: hidden.collect(),
        otp_seed: before.otp_seed.as_ref().map(ClientSecret::duplicate),
    };
    Ok(Some(rated(payload, secret_type).await))
}
