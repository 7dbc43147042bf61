//! Changes of many things: moved, copied, deleted, tagged, edited; and taking changes back.

use super::{item_of, place_of, tell_doing};
use crate::{
    bridge::{ChangeTags, CopyItems, DeleteItems, Done, EditItems, Error, FieldEdit, LeftItem, MoveItems, Undo},
    worker::engine::{Engine, Open},
};
use sealward_client::operations::{Item, Report};
use sealward_contract::record::RecordKind;

impl Engine {
    pub async fn move_items(&self, ask: MoveItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<Item> = ask.items.into_iter().map(item_of).collect();
            let number = match items.as_slice() {
                [only] => Some(open.session.verified(only.vault, only.key)?.number),
                _ => None,
            };
            let report = open.session.move_items(&items, place_of(ask.to), tell_doing).await;
            let mut done = open.done(report);
            // In another vault it is another object, under the same number.
            let found = number.and_then(|number| open.session.find_number(number));
            done.item = found.and_then(|(vault, key)| open.show(Item { vault, key }));
            Ok(done)
        })
        .await
    }

    pub async fn copy_items(&self, ask: CopyItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<Item> = ask.items.into_iter().map(item_of).collect();
            Ok(open.done(open.session.copy_items(&items, place_of(ask.to), tell_doing).await))
        })
        .await
    }

    pub async fn delete_items(&self, ask: DeleteItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<Item> = ask.items.into_iter().map(item_of).collect();
            Ok(open.done(open.session.delete_items(&items, tell_doing).await))
        })
        .await
    }

    pub async fn change_tags(&self, ask: ChangeTags) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<Item> = ask.items.into_iter().map(item_of).collect();
            Ok(open.done(open.session.change_tags(&items, &ask.add, &ask.remove, tell_doing).await))
        })
        .await
    }

    pub async fn edit_items(&self, ask: EditItems) -> Result<Done, Error> {
        self.change(async |open| {
            let items: Vec<Item> = ask.items.into_iter().map(item_of).collect();
            let of_accounts = |edit: &FieldEdit| {
                let accounts = matches!(
                    edit,
                    FieldEdit::SecretType(_) | FieldEdit::Expiry(_) | FieldEdit::Privileged(_) | FieldEdit::Active(_)
                );
                accounts
            };
            let (of_accounts, of_resources): (Vec<FieldEdit>, Vec<FieldEdit>) =
                ask.edits.into_iter().partition(of_accounts);
            let mut all = Report::default();
            if !of_resources.is_empty() {
                all.add(open.session.edit_items(&items, &of_resources, tell_doing).await);
            }
            if !of_accounts.is_empty() {
                let accounts = accounts_of(&open, &items);
                all.add(open.session.edit_items(&accounts, &of_accounts, tell_doing).await);
            }
            Ok(open.done(all))
        })
        .await
    }

    pub async fn undo(&self, ask: Undo) -> Result<(), Error> {
        self.change(async |open| {
            let mut undo = open.undos.borrow_mut().take(ask.undo).ok_or(Error::NotUndoable)?;
            let undone = open.session.undo(&mut undo, tell_doing).await;
            if !undo.is_empty() {
                // What is left can be tried again.
                open.undos.borrow_mut().put_back(ask.undo, undo);
            }
            undone.map_err(|error| match Error::from(error) {
                Error::StaleVersion | Error::Gone => Error::NotUndoable,
                error => error,
            })
        })
        .await
    }
}

/// Accounts that are selected, and those on selected resources.
fn accounts_of(open: &Open, items: &[Item]) -> Vec<Item> {
    let vaults = open.session.vaults();
    let mut accounts = Vec::new();
    for item in items {
        match item.key.kind {
            RecordKind::Account => accounts.push(*item),
            RecordKind::Resource => {
                let children = vaults.get(&item.vault).into_iter().flat_map(|view| view.children(&item.key.id));
                let live = children.filter(|(key, entry)| key.kind == RecordKind::Account && entry.is_live());
                accounts.extend(live.map(|(key, _)| Item { vault: item.vault, key: *key }));
            }
            _ => {}
        }
    }
    accounts
}

impl Open {
    /// What the page is told of a change of many; the way back is kept.
    pub fn done(&self, report: Report) -> Done {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let left = report.left.into_iter().map(|left| {
            let vaults = self.session.vaults();
            let entry = vaults.get(&left.item.vault).and_then(|view| view.entry(&left.item.key));
            let name = entry.and_then(|entry| entry.details().ok()).map(|details| details.name().to_owned());
            LeftItem { name: name.unwrap_or_default(), error: left.error.into() }
        });
        let left = left.collect();
        let undo = (!report.undo.is_empty()).then(|| self.undos.borrow_mut().keep(report.undo));
        Done { changed: count(report.changed), same: count(report.same), left, item: None, undo }
    }
}
