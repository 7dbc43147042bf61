//! Changes of the catalog, each with its way back.

mod account;
mod bulk;
mod password_policy;
mod renew;
mod resource;

pub use account::rated;

use super::{
    engine::{Engine, Open},
    message::tell,
};
use crate::bridge::*;
use sealward_client::{
    model::{ResourceGroupDetails, VaultDetails},
    operations::{self, Doing, Undo as ClientUndo},
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

    /// Keeps what was not taken back, under its old name.
    fn put_back(&mut self, id: UndoId, undo: ClientUndo) {
        self.kept.push_back((id, undo));
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
    pub async fn change<R, F>(&self, act: impl FnOnce(Rc<Open>) -> F) -> Result<R, Error>
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
            let details = VaultDetails { name: ask.name, description: ask.description, ..Default::default() };
            let vault = open.session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await?;
            Ok(Changed { item: Some(Item::Vault(vault)), undo: None })
        })
        .await
    }

    pub async fn update_vault(&self, ask: UpdateVault) -> Result<Changed, Error> {
        let item = Item::Vault(ask.vault);
        let Details::Vault(before) = self.read(item)? else { return Err(Error::Gone) };
        let details = VaultDetails { name: ask.name, description: ask.description, ..before };
        self.update(item, ask.version, Details::Vault(details), None).await
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

impl Open {
    /// An item as the page knows it.
    pub fn show(&self, item: operations::Item) -> Option<Item> {
        let operations::Item { vault, key } = item;
        Some(match key.kind {
            RecordKind::Vault => Item::Vault(vault),
            RecordKind::ResourceGroup => Item::ResourceGroup(vault, key.id),
            RecordKind::Resource => Item::Resource(vault, key.id),
            RecordKind::Account => {
                let vaults = self.session.vaults();
                Item::Account(vault, vaults.get(&vault)?.entry(&key)?.record().context().parent, key.id)
            }
            _ => return None,
        })
    }
}

/// How far a long change is.
pub fn tell_doing(doing: Doing, done: usize, total: usize) {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let work = match doing {
        Doing::Releasing => Work::Releasing,
        Doing::Writing => Work::Writing,
    };
    tell(Notice::Progress(Progress { work, done: count(done), total: count(total) }));
}

pub fn item_of(item: Item) -> operations::Item {
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
