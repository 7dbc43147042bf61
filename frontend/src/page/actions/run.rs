//! What the actions do.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Here;
use crate::bridge::{
    AuditAsk, CopyItems, DeleteView, Error, Item, Look, NamedVault, Place, PolicyPlace, ReadPeople, ReleasePurpose,
    ReleaseSecret, SavedView, SecretText, Selection,
};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog, Naming, Transfer};
use crate::page::clipboard;
use crate::page::components::{large_type, otp};
use crate::page::engine::ask;
use crate::page::language::{number, tr};
use crate::page::pages::{empty, export::Scope, requests, settings};

pub(super) fn copy_secret(app: App, here: &Here) {
    let Some(account) = here.account() else {
        app.say(tr!(list.several_accounts));
        return;
    };
    let (vault, account) = (account.vault, account.id);
    spawn_local(async move {
        match ask(ReleaseSecret { vault, account, purpose: ReleasePurpose::Copy }).await {
            Ok(released) => {
                let text = released.secret.as_ref().map_or("", SecretText::expose);
                clipboard::copy_secret(app, text).await;
            }
            Err(error) => app.fail(&error),
        }
    });
}

pub(super) fn copy_code(app: App, here: &Here) {
    match here.account() {
        Some(account) => otp::copy_code(app, account.vault, account.id),
        None => app.say(tr!(list.several_accounts)),
    }
}

pub(super) fn large_type(app: App, here: &Here) {
    let Some(account) = here.account() else {
        app.say(tr!(list.several_accounts));
        return;
    };
    let (vault, account, name) = (account.vault, account.id, account.fields.name.clone());
    spawn_local(async move {
        match ask(ReleaseSecret { vault, account, purpose: ReleasePurpose::Reveal }).await {
            Ok(released) => {
                let text = released.secret.as_ref().map_or("", SecretText::expose);
                match large_type::open_for(&name, text) {
                    Some(dialog) => app.open(dialog),
                    None => app.say(tr!(large_type.unfit)),
                }
            }
            Err(error) => app.fail(&error),
        }
    });
}

/// Of several accounts nobody chose between, the first that has a user name: the one that the list shows.
pub(super) fn copy_user_name(app: App, here: &Here) {
    let all = here.resource.iter().flat_map(|resource| &resource.accounts);
    let name = here.account().into_iter().chain(all).map(|account| &account.fields.user_name);
    match name.into_iter().find(|name| !name.is_empty()) {
        Some(name) => clipboard::copy(app, name.clone()),
        None => app.say(tr!(actions.no_user_name)),
    }
}

pub(super) fn copy_address(app: App, here: &Here) {
    match here.address() {
        Some(address) => clipboard::copy(app, address.to_owned()),
        None => app.say(tr!(actions.no_address)),
    }
}

pub(super) fn open_address(_: App, here: &Here) {
    if let Some(url) = here.web_address() {
        let _ = window().open_with_url_and_target_and_features(url, "_blank", "noopener,noreferrer");
    }
}

pub(super) fn edit_account(app: App, here: &Here) {
    if let Some(account) = here.editable_account() {
        app.open(Dialog::EditAccount(Arc::new(account.clone())));
    }
}

pub(super) fn duplicate_account(app: App, here: &Here) {
    if let Some(account) = here.editable_account() {
        let item = Item::Account(account.vault, account.resource, account.id);
        duplicate(app, item, Place::Resource(account.vault, account.resource));
    }
}

pub(super) fn move_account(app: App, here: &Here) {
    if let Some(item) = here.account_item() {
        app.open(Dialog::Transfer(Transfer::Move, vec![item]));
    }
}

pub(super) fn delete_account(app: App, here: &Here) {
    if let (Some(item), Some(account)) = (here.account_item(), here.account()) {
        app.delete(vec![item], tr!(toast.deleted, name = account.fields.name));
    }
}

pub(super) fn history(app: App, here: &Here) {
    if let Some(account) = here.account() {
        app.open(Dialog::History(Arc::new(account.clone())));
    }
}

pub(super) fn holders(app: App, here: &Here) {
    if let Some(account) = here.account() {
        app.open(Dialog::Holders(Arc::new(account.clone())));
    }
}

pub(super) fn ask_for_secret(app: App, here: &Here) {
    if let Some(account) = here.account() {
        requests::open_for(app, Arc::new(account.clone()));
    }
}

pub(super) fn approve_ahead(app: App, here: &Here) {
    if let Some(account) = here.kept_account() {
        app.open(Dialog::ApproveAhead(Arc::new(account.clone())));
    }
}

pub(super) fn account_policy(app: App, here: &Here) {
    if let Some(account) = here.kept_account() {
        let place = PolicyPlace::Account(account.resource, account.id);
        app.open(Dialog::LeasePolicy(account.vault, place, account.fields.name.clone()));
    }
}

pub(super) fn resource_policy(app: App, here: &Here) {
    if let Some(resource) = here.kept_resource() {
        let place = PolicyPlace::Resource(resource.id);
        app.open(Dialog::LeasePolicy(resource.vault, place, resource.fields.name.clone()));
    }
}

pub(super) fn vault_policy(app: App, here: &Here) {
    if let Some(vault) = here.kept_vault() {
        app.open(Dialog::LeasePolicy(vault.id, PolicyPlace::Vault, vault.name.clone()));
    }
}

pub(super) fn account_events(app: App, here: &Here) {
    if let Some(account) = here.account() {
        app.list_events(AuditAsk { object: Some(account.id), ..AuditAsk::default() });
    }
}

pub(super) fn tag_resources(app: App, here: &Here) {
    app.open(Dialog::Tags(here.resources()));
}

pub(super) fn edit_resources(app: App, here: &Here) {
    app.open(Dialog::EditMany(here.resources()));
}

pub(super) fn edit_resource(app: App, here: &Here) {
    if let Some(resource) = here.editable() {
        app.open(Dialog::EditResource(Arc::clone(resource)));
    }
}

pub(super) fn new_account(app: App, here: &Here) {
    if let Some(resource) = here.editable() {
        app.open(Dialog::NewAccount(Arc::clone(resource)));
    }
}

pub(super) fn duplicate_resource(app: App, here: &Here) {
    if let Some(resource) = here.editable() {
        let place = match resource.fields.group {
            Some(group) => Place::ResourceGroup(resource.vault, group),
            None => Place::Vault(resource.vault),
        };
        duplicate(app, Item::Resource(resource.vault, resource.id), place);
    }
}

fn duplicate(app: App, item: Item, to: Place) {
    spawn_local(async move {
        match ask(CopyItems { items: vec![item], to }).await {
            Ok(done) => {
                let made = done.item;
                app.report(tr!(toast.copied), done);
                if let (Some(made), Item::Resource(..)) = (made, item) {
                    app.show(made);
                }
            }
            Err(error) => app.fail(&error),
        }
    });
}

pub(super) fn move_resources(app: App, here: &Here) {
    app.open(Dialog::Transfer(Transfer::Move, here.resources()));
}

pub(super) fn copy_resources(app: App, here: &Here) {
    app.open(Dialog::Transfer(Transfer::Copy, here.resources()));
}

pub(super) fn delete_resources(app: App, here: &Here) {
    let items = here.resources();
    let text = match (items.as_slice(), &here.resource) {
        ([Item::Resource(_, one)], Some(resource)) if resource.id == *one => {
            tr!(toast.deleted, name = resource.fields.name)
        }
        _ => tr!(actions.deleted_many, count = number(u32::try_from(items.len()).unwrap_or(u32::MAX))),
    };
    let open = app.address.get_untracked().spot().and_then(Spot::open);
    let gone = open.is_some_and(|open| items.contains(&Item::Resource(open.vault, open.resource)));
    app.unmark();
    app.delete(items, text);
    if gone {
        app.go_to(Spot::List(here.selection));
    }
}

pub(super) fn new_group(app: App, here: &Here) {
    if let Some(place) = here.place() {
        app.open(Dialog::NewGroup(place));
    }
}

pub(super) fn import(app: App, here: &Here) {
    let vault = match here.selection {
        Selection::Vault(vault) | Selection::ResourceGroup(vault, _) => Some(vault),
        _ => None,
    };
    app.open(Dialog::Import(vault));
}

/// What is selected, open and listed, then everything, then every vault.
pub(super) fn export(app: App, here: &Here) {
    let mut scopes: Vec<Scope> = Vec::new();
    if !here.marked.is_empty() {
        let count = number(u32::try_from(here.marked.len()).unwrap_or(u32::MAX));
        scopes.push(Scope { name: tr!(export.marked, count = count), items: here.resources() });
    }
    if let Some(resource) = &here.resource {
        let items = vec![Item::Resource(resource.vault, resource.id)];
        scopes.push(Scope { name: resource.fields.name.clone(), items });
    }
    if let Some((vault, group)) = here.group() {
        scopes.push(Scope { name: group.name.clone(), items: vec![Item::ResourceGroup(vault, group.id)] });
    }
    let of_vault = |name: &str, vault| Scope { name: name.to_owned(), items: vec![Item::Vault(vault)] };
    if let Some(vault) = here.vault() {
        scopes.push(of_vault(&vault.name, vault.id));
    }
    scopes.push(Scope { name: tr!(export.everything).to_owned(), items: Vec::new() });
    let vaults = app.tree.get_untracked();
    for vault in vaults.iter().flat_map(|tree| &tree.vaults) {
        let scope = of_vault(&vault.name, vault.id);
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    app.open(Dialog::Export(scopes));
}

pub(super) fn edit_vault(app: App, here: &Here) {
    if let Some(vault) = here.vault() {
        app.open(Dialog::EditVault(vault.clone()));
    }
}

pub(super) fn password_policies(app: App, here: &Here) {
    if let Some(vault) = here.vault() {
        app.open(Dialog::PasswordPolicies(vault.clone()));
    }
}

pub(super) fn access(app: App, here: &Here) {
    if let Some(vault) = here.vault() {
        app.open(Dialog::Access(NamedVault { id: vault.id, name: vault.name.clone() }));
    }
}

pub(super) fn invite(app: App, _: &Here) {
    spawn_local(async move {
        match ask(ReadPeople).await {
            Ok(people) if people.may_invite => app.open(Dialog::Invite(Arc::new(people))),
            Ok(_) => app.fail(&Error::NotAllowed),
            Err(error) => app.fail(&error),
        }
    });
}

pub(super) fn new_service(app: App, _: &Here) {
    spawn_local(async move {
        match ask(ReadPeople).await {
            Ok(people) if people.may_invite => app.open(Dialog::NewService(Arc::new(people))),
            Ok(_) => app.fail(&Error::NotAllowed),
            Err(error) => app.fail(&error),
        }
    });
}

pub(super) fn delete_vault(app: App, here: &Here) {
    if let Some(vault) = here.vault() {
        app.open(Dialog::DeleteVault(vault.clone()));
    }
}

pub(super) fn remove_examples(app: App, here: &Here) {
    if let Some(vault) = here.vault() {
        empty::remove_examples(app, vault.id);
    }
}

pub(super) fn edit_group(app: App, here: &Here) {
    if let Some((vault, group)) = here.group() {
        app.open(Dialog::EditGroup(vault, group.clone()));
    }
}

pub(super) fn move_group(app: App, here: &Here) {
    transfer_group(app, here, Transfer::Move);
}

pub(super) fn copy_group(app: App, here: &Here) {
    transfer_group(app, here, Transfer::Copy);
}

fn transfer_group(app: App, here: &Here, transfer: Transfer) {
    if let Some((vault, group)) = here.group() {
        app.open(Dialog::Transfer(transfer, vec![Item::ResourceGroup(vault, group.id)]));
    }
}

pub(super) fn delete_group(app: App, here: &Here) {
    if let Some((vault, group)) = here.group() {
        app.delete(vec![Item::ResourceGroup(vault, group.id)], tr!(toast.deleted, name = group.name));
        app.go_to(Spot::List(Selection::Vault(vault)));
    }
}

pub(super) fn favourite(app: App, here: &Here) {
    if let Some(resource) = &here.resource {
        app.set_favourite(resource.vault, resource.id, !here.is_favourite());
    }
}

pub(super) fn mark_all(app: App, _: &Here) {
    app.mark(0, u32::MAX);
}

pub(super) fn save_view(app: App, here: &Here) {
    let view = app.view_of_list(here.selection);
    app.open(Dialog::SaveView(view, Naming::New));
}

pub(super) fn rename_view(app: App, here: &Here) {
    if let Some(view) = here.view() {
        app.open(Dialog::SaveView(view.clone(), Naming::Rename));
    }
}

/// Puts the list as it is now in place of the view that it was opened as.
pub(super) fn update_view(app: App, here: &Here) {
    if let Some(saved) = here.view() {
        let view = SavedView { id: saved.id, name: saved.name.clone(), ..app.view_of_list(here.selection) };
        app.save_view(view, |_| {});
    }
}

pub(super) fn delete_view(app: App, here: &Here) {
    let Some(view) = here.view() else { return };
    let (id, name) = (view.id, view.name.clone());
    spawn_local(async move {
        match ask(DeleteView { view: id }).await {
            Ok(()) => {
                app.say(tr!(toast.deleted, name = name));
                app.go_to(Spot::List(Selection::All));
            }
            Err(error) => app.fail(&error),
        }
    });
}

pub(super) fn toggle_table(app: App, _: &Here) {
    let look = app.look.get_untracked();
    app.set_look(Look { table: !look.table, ..look });
}

pub(super) fn sign_out(app: App, _: &Here) {
    if let Some(view) = untrack(|| app.view()) {
        settings::sign_out(app, view.team, false);
    }
}
