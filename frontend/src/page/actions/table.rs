//! The table of actions.

use super::{Action, Area, Do, Here, Keys, Part, run};
use crate::bridge::Selection;
use crate::page::address::Spot;
use crate::page::app::Dialog;
use crate::page::language::{Locale, tr};
use crate::page::pages::list;
use crate::page::theme::Theme;

/// Every action, in the order in which it is offered.
pub static ACTIONS: &[Action] = &[
    // An account
    Action::new(Do::CopySecret, "key-round", || tr!(actions.copy_secret), Part::Account, run::copy_secret)
        .keys(&[Keys::plain("c", Area::OffTree)])
        .fits(|here| here.has_many() || here.account().is_some_and(|account| account.has_secret)),
    Action::new(Do::CopyUserName, "user", || tr!(actions.copy_user_name), Part::Account, run::copy_user_name)
        .keys(&[Keys::plain("u", Area::OffTree)])
        .fits(|here| here.resource.as_ref().is_some_and(|resource| !resource.accounts.is_empty())),
    Action::new(Do::CopyCode, "timer", || tr!(otp.copy), Part::Account, run::copy_code)
        .keys(&[Keys::plain("t", Area::OffTree)])
        .fits(|here| here.has_many() || here.account().is_some_and(|account| account.has_otp)),
    Action::new(Do::LargeType, "a-large-small", || tr!(large_type.show), Part::Account, run::large_type)
        .keys(&[Keys::plain("l", Area::OffTree)])
        .fits(|here| here.has_many() || here.account().is_some_and(|account| account.has_secret)),
    Action::new(Do::EditAccount, "pencil", || tr!(account.edit), Part::Account, run::edit_account)
        .keys(&[Keys::plain("p", Area::OffTree)])
        .fits(|here| here.editable_account().is_some()),
    Action::new(Do::History, "history", || tr!(history.open), Part::Account, run::history)
        .keys(&[Keys::plain("h", Area::OffTree)])
        .fits(|here| here.account().is_some_and(|account| account.has_secret && account.damage.is_none())),
    Action::new(Do::Holders, "users", || tr!(exposure.holders), Part::Account, run::holders)
        .fits(|here| here.account().is_some_and(|account| account.has_secret && account.damage.is_none())),
    Action::new(Do::AccountEvents, "file-check", || tr!(audit.of_account), Part::Account, run::account_events)
        .fits(|here| here.account().is_some()),
    Action::new(Do::AskForSecret, "badge-check", || tr!(requests.ask_action), Part::Account, run::ask_for_secret)
        .keys(&[Keys::plain("j", Area::OffTree)])
        .fits(|here| here.guarded && here.account().is_some_and(|account| account.has_secret)),
    Action::new(Do::ApproveAhead, "badge-check", || tr!(ahead.action), Part::Account, run::approve_ahead)
        .fits(|here| here.guarded && here.kept_account().is_some_and(|account| account.has_secret)),
    Action::new(Do::AccountPolicy, "lock", || tr!(lease_policy.of_account), Part::Account, run::account_policy)
        .fits(|here| here.kept_account().is_some()),
    Action::new(
        Do::DuplicateAccount,
        "copy-plus",
        || tr!(actions.duplicate_account),
        Part::Account,
        run::duplicate_account,
    )
    .short(|| tr!(account.duplicate))
    .fits(|here| here.editable_account().is_some()),
    Action::new(Do::MoveAccount, "folder-input", || tr!(actions.move_account), Part::Account, run::move_account)
        .short(|| tr!(action.move_to))
        .fits(|here| here.editable_account().is_some()),
    Action::new(Do::DeleteAccount, "trash-2", || tr!(account.delete), Part::Account, run::delete_account)
        .fits(|here| here.editable_account().is_some())
        .danger(),
    // A resource, or all that are selected
    Action::new(Do::CopyAddress, "link", || tr!(actions.copy_address), Part::Resource, run::copy_address)
        .keys(&[Keys::plain("w", Area::OffTree)])
        .fits(|here| here.address().is_some()),
    Action::new(Do::OpenAddress, "external-link", || tr!(actions.open_address), Part::Resource, run::open_address)
        .keys(&[Keys::plain("o", Area::OffTree)])
        .fits(|here| here.web_address().is_some()),
    Action::new(Do::EditResource, "pencil", || tr!(resource.edit), Part::Resource, run::edit_resource)
        .keys(&[Keys::plain("e", Area::OffTree)])
        .fits(|here| here.editable().is_some()),
    Action::new(Do::NewAccount, "plus", || tr!(account.new), Part::Resource, run::new_account)
        .keys(&[Keys::plain("a", Area::OffTree)])
        .fits(|here| here.editable().is_some()),
    Action::new(Do::ResourcePolicy, "lock", || tr!(lease_policy.of_resource), Part::Resource, run::resource_policy)
        .fits(|here| here.kept_resource().is_some()),
    Action::new(
        Do::DuplicateResource,
        "copy-plus",
        || tr!(actions.duplicate_resource),
        Part::Resource,
        run::duplicate_resource,
    )
    .short(|| tr!(account.duplicate))
    .keys(&[Keys::plain("d", Area::OffTree)])
    .fits(|here| here.editable().is_some()),
    Action::new(Do::MoveResource, "folder-input", || tr!(actions.move_resource), Part::Resource, run::move_resources)
        .short(|| tr!(action.move_to))
        .keys(&[Keys::plain("m", Area::OffTree)])
        .fits(|here| !here.resources().is_empty()),
    Action::new(Do::CopyResource, "copy-plus", || tr!(actions.copy_resource), Part::Resource, run::copy_resources)
        .short(|| tr!(action.copy_to))
        .keys(&[Keys::plain("y", Area::OffTree)])
        .fits(|here| !here.resources().is_empty()),
    Action::new(Do::TagResources, "tag", || tr!(bulk.tags), Part::Resource, run::tag_resources)
        .keys(&[Keys::plain("k", Area::OffTree)])
        .fits(|here| !here.resources().is_empty()),
    Action::new(Do::EditResources, "pencil", || tr!(bulk.edit), Part::Resource, run::edit_resources)
        .fits(|here| here.marked.len() > 1),
    Action::new(Do::Favourite, "star", || tr!(actions.favourite), Part::Resource, run::favourite)
        .keys(&[Keys::plain("s", Area::OffTree)])
        .fits(|here| here.resource.is_some() && !here.is_favourite()),
    Action::new(Do::Unfavourite, "star-off", || tr!(actions.unfavourite), Part::Resource, run::favourite)
        .keys(&[Keys::plain("s", Area::OffTree)])
        .fits(|here| here.resource.is_some() && here.is_favourite()),
    Action::new(Do::DeleteResource, "trash-2", || tr!(resource.delete), Part::Resource, run::delete_resources)
        .keys(&[Keys::plain("Delete", Area::OffTree)])
        .fits(|here| !here.resources().is_empty())
        .danger(),
    // Something new
    Action::new(
        Do::NewResource,
        "plus",
        || tr!(resource.new),
        Part::New,
        |app, here| {
            app.open(Dialog::NewResource(here.selection));
        },
    )
    .keys(&[Keys::plain("n", Area::OffTree)])
    .fits(Here::is_writable),
    Action::new(Do::NewGroup, "folder-plus", || tr!(group.new), Part::New, run::new_group)
        .keys(&[Keys::plain("g", Area::OffTree)])
        .fits(|here| here.place().is_some() && here.is_writable()),
    Action::new(Do::NewVault, "vault", || tr!(vault.new), Part::New, |app, _| app.open(Dialog::NewVault))
        .fits(|here| here.tree.as_ref().is_some_and(|tree| tree.makes_vaults)),
    Action::new(Do::Invite, "user", || tr!(people.invite), Part::New, run::invite),
    Action::new(Do::NewService, "square-terminal", || tr!(services.new), Part::New, run::new_service),
    Action::new(Do::Import, "import", || tr!(import.title), Part::New, run::import).fits(Here::is_writable),
    Action::new(Do::Export, "download", || tr!(export.title), Part::App, run::export),
    // The vault or group that is listed
    Action::new(Do::EditVault, "pencil", || tr!(vault.edit), Part::Place, run::edit_vault)
        .keys(&[Keys::plain("F2", Area::Tree)])
        .fits(|here| here.shared_vault().is_some_and(|vault| vault.kept)),
    Action::new(
        Do::PasswordPolicies,
        "shield-check",
        || tr!(password_policy.title),
        Part::Place,
        run::password_policies,
    )
    .fits(|here| here.kept_vault().is_some()),
    Action::new(Do::Access, "users", || tr!(people.access), Part::Place, run::access)
        .fits(|here| here.shared_vault().is_some()),
    Action::new(Do::VaultPolicy, "lock", || tr!(lease_policy.of_vault), Part::Place, run::vault_policy)
        .fits(|here| here.shared_vault().is_some_and(|vault| vault.kept)),
    Action::new(Do::EditGroup, "pencil", || tr!(group.edit), Part::Place, run::edit_group)
        .keys(&[Keys::plain("F2", Area::Tree)])
        .fits(|here| here.group().is_some() && here.is_writable()),
    Action::new(Do::MoveGroup, "folder-input", || tr!(actions.move_group), Part::Place, run::move_group)
        .short(|| tr!(action.move_to))
        .fits(|here| here.group().is_some() && here.is_writable()),
    Action::new(Do::CopyGroup, "copy-plus", || tr!(actions.copy_group), Part::Place, run::copy_group)
        .short(|| tr!(action.copy_to))
        .fits(|here| here.group().is_some()),
    Action::new(Do::RemoveExamples, "eraser", || tr!(examples.remove), Part::Place, run::remove_examples)
        .fits(|here| here.vault().is_some_and(|vault| vault.examples)),
    Action::new(Do::DeleteGroup, "trash-2", || tr!(group.delete), Part::Place, run::delete_group)
        .keys(&[Keys::plain("Delete", Area::Tree)])
        .fits(|here| here.group().is_some() && here.is_writable())
        .danger(),
    Action::new(Do::DeleteVault, "trash-2", || tr!(vault.delete), Part::Place, run::delete_vault)
        .keys(&[Keys::plain("Delete", Area::Tree)])
        .fits(|here| here.shared_vault().is_some_and(|vault| vault.kept))
        .danger(),
    // The list
    Action::new(Do::Filter, "search", || tr!(actions.filter), Part::List, |_, _| list::focus_filter())
        .keys(&[Keys::plain("/", Area::Outside)]),
    Action::new(Do::Filters, "list-filter", || tr!(filters.title), Part::List, |_, _| list::open_filters())
        .keys(&[Keys::plain("f", Area::Outside)]),
    Action::new(Do::ClearFilters, "search-x", || tr!(filters.clear), Part::List, |app, _| app.clear_filters())
        .keys(&[Keys::plain("x", Area::OffTree)]),
    Action::new(Do::ToggleTable, "table-2", || tr!(views.table), Part::List, run::toggle_table)
        .keys(&[Keys::plain("b", Area::OffTree)]),
    Action::new(Do::Columns, "columns-3", || tr!(views.columns), Part::List, |app, _| app.open(Dialog::Columns)),
    Action::new(Do::SaveView, "bookmark-plus", || tr!(views.save), Part::List, run::save_view)
        .keys(&[Keys::plain("v", Area::OffTree)]),
    Action::new(Do::UpdateView, "bookmark", || tr!(views.update), Part::List, run::update_view)
        .fits(|here| here.view().is_some()),
    Action::new(Do::RenameView, "pencil", || tr!(views.rename), Part::List, run::rename_view)
        .keys(&[Keys::plain("F2", Area::Tree)])
        .fits(|here| here.view().is_some()),
    Action::new(Do::DeleteView, "trash-2", || tr!(views.delete), Part::List, run::delete_view)
        .keys(&[Keys::plain("Delete", Area::Tree)])
        .fits(|here| here.view().is_some())
        .danger(),
    Action::new(Do::MarkAll, "square-check", || tr!(actions.mark_all), Part::List, run::mark_all)
        .keys(&[Keys::command("a", Area::OffTree)]),
    Action::new(Do::Unmark, "square-x", || tr!(actions.unmark), Part::List, |app, _| app.unmark())
        .fits(|here| !here.marked.is_empty()),
    Action::new(Do::Undo, "undo-2", || tr!(actions.undo), Part::List, |app, _| app.undo_last())
        .keys(&[Keys::command("z", Area::Outside)]),
    // Places
    Action::new(
        Do::Everything,
        "layers",
        || tr!(tree.all),
        Part::Go,
        |app, _| {
            app.go_to(Spot::List(Selection::All));
        },
    ),
    Action::new(Do::Trash, "trash-2", || tr!(trash.title), Part::Go, |app, _| app.go_to(Spot::Trash)),
    Action::new(
        Do::Favourites,
        "star",
        || tr!(views.favourites),
        Part::Go,
        |app, _| {
            app.go_to(Spot::List(Selection::Favourites));
        },
    ),
    Action::new(
        Do::Recent,
        "history",
        || tr!(views.recent),
        Part::Go,
        |app, _| {
            app.go_to(Spot::List(Selection::Recent));
        },
    ),
    Action::new(Do::Health, "heart-pulse", || tr!(health.title), Part::Go, |app, _| app.go_to(Spot::Health))
        .keys(&[Keys::plain("i", Area::OffTree)]),
    Action::new(Do::People, "users", || tr!(people.title), Part::Go, |app, _| app.go_to(Spot::People))
        .keys(&[Keys::plain("r", Area::OffTree)]),
    Action::new(Do::Requests, "badge-check", || tr!(requests.title), Part::Go, |app, _| app.go_to(Spot::Requests))
        .keys(&[Keys::plain("q", Area::OffTree)])
        .fits(|here| here.guarded),
    Action::new(Do::Audit, "file-check", || tr!(audit.title), Part::Go, |app, _| app.go_to(Spot::Audit)),
    Action::new(Do::Exposed, "shield-alert", || tr!(exposure.title), Part::Go, |app, _| app.go_to(Spot::Exposed)),
    Action::new(Do::Reports, "activity", || tr!(reports.title), Part::Go, |app, _| app.go_to(Spot::Reports)),
    Action::new(Do::Settings, "settings", || tr!(settings.title), Part::Go, |app, _| app.go_to(Spot::Settings))
        .keys(&[Keys::command(",", Area::Outside)]),
    // Sealward itself
    Action::new(Do::Search, "search", || tr!(shell.search), Part::App, |app, _| app.open(Dialog::Palette))
        .keys(&[Keys::command("k", Area::Everywhere)]),
    Action::new(Do::SwitchTeam, "repeat", || tr!(teams.switch), Part::App, |app, _| app.open(Dialog::Teams)),
    Action::new(Do::Lock, "lock", || tr!(shell.lock), Part::App, |app, _| app.lock())
        .keys(&[Keys::command_shift("l", Area::Everywhere)]),
    Action::new(Do::Shortcuts, "keyboard", || tr!(shortcuts.title), Part::App, |app, _| app.open(Dialog::Shortcuts))
        .keys(&[Keys::plain("?", Area::Outside)]),
    Action::new(
        Do::ChangePassword,
        "key-round",
        || tr!(security.change_password),
        Part::App,
        |app, _| {
            app.open(Dialog::ChangePassword);
        },
    ),
    Action::new(Do::ShowKit, "life-buoy", || tr!(notice.show_kit), Part::App, |app, _| app.open(Dialog::ShowKit)),
    Action::new(
        Do::ReplaceKit,
        "refresh-cw",
        || tr!(security.replace_kit),
        Part::App,
        |app, _| {
            app.open(Dialog::ReplaceKit);
        },
    ),
    Action::new(Do::ThemeLight, "sun", || tr!(actions.theme_light), Part::App, |_, _| Theme::Light.choose()),
    Action::new(Do::ThemeDark, "moon", || tr!(actions.theme_dark), Part::App, |_, _| Theme::Dark.choose()),
    Action::new(Do::ThemeSystem, "sun-moon", || tr!(actions.theme_system), Part::App, |_, _| Theme::System.choose()),
    Action::new(Do::English, "languages", || "English", Part::App, |app, _| app.speak(Locale::en)),
    Action::new(Do::Chinese, "languages", || "简体中文", Part::App, |app, _| app.speak(Locale::zh)),
    Action::new(Do::SignOut, "log-out", || tr!(shell.sign_out), Part::App, run::sign_out),
];
