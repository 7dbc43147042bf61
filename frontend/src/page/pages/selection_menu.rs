//! The menu of what is listed: a vault, a resource group, or everything.

use leptos::prelude::*;

use crate::bridge::Selection;
use crate::page::actions::{Do, Here, menu_items};
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::components::menu::menu_of;
use crate::page::language::tr;

/// What the menu offers, where it can be done.
const LINES: [Do; 20] = [
    Do::SaveView,
    Do::NewVault,
    Do::NewGroup,
    Do::Import,
    Do::Export,
    Do::EditVault,
    Do::PasswordPolicies,
    Do::Access,
    Do::VaultPolicy,
    Do::EditGroup,
    Do::MoveGroup,
    Do::CopyGroup,
    Do::RemoveExamples,
    Do::UpdateView,
    Do::RenameView,
    Do::Columns,
    Do::DeleteView,
    Do::DeleteGroup,
    Do::DeleteVault,
    Do::Unmark,
];

/// The menu.
pub fn selection_menu(app: App, selection: Selection) -> AnyView {
    let lines = move || menu_items(app, &Here::listed(app, selection), &LINES);
    menu_of(tr!(list.more), icon("ellipsis"), "icon-button", lines)
}
