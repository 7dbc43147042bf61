//! The menu of what is listed: a vault, a resource group, or everything.

use leptos::prelude::*;

use super::empty::remove_examples;
use super::tree::find_group;
use crate::bridge::{Item, Place, Selection};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog, Transfer};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::language::tr;

/// The menu.
pub fn selection_menu(app: App, selection: Selection) -> AnyView {
    let Some(tree) = app.tree.get() else { return ().into_any() };
    let items = match selection {
        Selection::All => vec![
            MenuItem::new("vault", tr!(vault.new), move || app.open(Dialog::NewVault)),
            MenuItem::new("import", tr!(import.title), move || app.open(Dialog::Import(None))),
        ],
        Selection::Vault(id) => {
            let Some(vault) = tree.vaults.iter().find(|vault| vault.id == id).cloned() else { return ().into_any() };
            let (for_edit, for_delete) = (vault.clone(), vault.clone());
            let mut items = vec![
                MenuItem::new("folder-plus", tr!(group.new), move || app.open(Dialog::NewGroup(Place::Vault(id)))),
                MenuItem::new("import", tr!(import.title), move || app.open(Dialog::Import(Some(id)))),
                MenuItem::new("pencil", tr!(vault.edit), move || app.open(Dialog::EditVault(for_edit.clone()))),
            ];
            if vault.examples {
                items.push(MenuItem::new("eraser", tr!(examples.remove), move || remove_examples(app, id)));
            }
            items.push(
                MenuItem::new("trash-2", tr!(vault.delete), move || app.open(Dialog::DeleteVault(for_delete.clone())))
                    .danger(),
            );
            items
        }
        Selection::ResourceGroup(vault, id) => {
            let Some(group) = find_group(&tree, vault, id).cloned() else { return ().into_any() };
            let item = Item::ResourceGroup(vault, id);
            let name = group.name.clone();
            vec![
                MenuItem::new("folder-plus", tr!(group.new), move || {
                    app.open(Dialog::NewGroup(Place::ResourceGroup(vault, id)))
                }),
                MenuItem::new("pencil", tr!(group.edit), move || app.open(Dialog::EditGroup(vault, group.clone()))),
                MenuItem::new("folder-input", tr!(action.move_to), move || {
                    app.open(Dialog::Transfer(Transfer::Move, vec![item]))
                }),
                MenuItem::new("copy-plus", tr!(action.copy_to), move || {
                    app.open(Dialog::Transfer(Transfer::Copy, vec![item]))
                }),
                MenuItem::new("trash-2", tr!(group.delete), move || {
                    app.delete(vec![item], tr!(toast.deleted, name = name.clone()));
                    app.go_to(Spot::List(Selection::Vault(vault)));
                })
                .danger(),
            ]
        }
    };
    menu(tr!(list.more), icon("ellipsis"), "icon-button", items)
}
