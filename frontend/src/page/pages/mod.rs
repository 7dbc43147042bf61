//! What is on the screen: one file for each page, pane and dialog.

mod access;
mod access_groups;
mod account;
mod account_form;
pub(super) mod ahead;
mod audit;
mod bulk;
mod columns;
mod create;
mod custom_fields;
pub(super) mod detail;
pub(super) mod empty;
pub(super) mod export;
mod exposure;
mod factors;
mod filters;
mod group_form;
mod groups;
mod health;
mod history;
mod import;
pub mod import_columns;
mod import_key;
mod invite;
mod join;
mod keeping;
mod kit;
mod lease_policy;
pub(super) mod list;
mod made;
mod own_keys;
mod own_vault;
mod palette;
mod passkeys;
mod password_policies;
mod people;
mod people_index;
mod person;
mod places;
mod profile_form;
mod recover;
pub(super) mod recovery;
mod reports;
pub(super) mod requests;
mod resource_form;
mod roster;
mod row;
mod security;
mod selection_menu;
mod service_form;
mod service_token;
mod services;
mod set_password;
pub(super) mod settings;
mod shortcuts;
mod sight;
mod sign_in;
mod standing;
mod start;
mod team;
mod team_policy;
mod teams;
mod trash;
pub(super) mod tree;
mod views;
mod webhooks;

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use self::detail::millis;
use super::actions;
use super::address::Address;
use super::app::{App, Dialog};
use super::components::files;
use super::components::icon::icon;
use super::components::large_type;
use super::components::preview;
use super::components::toast::toasts;
use super::engine::ask;
use super::keyboard;
use super::language::{moment, tr};
use super::reason;
use super::second_factor;
use crate::bridge::{Connection, Reconnect, SessionState, Touch};

/// Everything.
pub fn root(app: App) -> AnyView {
    view! {
        {offline_banner(app)}
        {page(app)}
        {move || app.dialog.get().map(|dialog| untrack(|| show_dialog(dialog)))}
        {move || app.reason.get().then(|| untrack(reason::dialog))}
        {move || app.factor.get().map(|held| untrack(|| second_factor::dialog_for(held)))}
        {toasts()}
        <div class="tray">{files::transfers(app)}</div>
    }
    .into_any()
}

/// Which page: the session decides, then the address.
fn page(app: App) -> AnyView {
    // Only what decides is tracked, so that a changed detail of the session does not draw the page anew.
    let stage = Memo::new(move |_| match app.session.get() {
        _ if app.status.with(Option::is_none) => Stage::Nothing,
        _ if app.founding.get() => Stage::Outside(app.address.get()),
        _ if app.address.get() == Address::Join && app.kit.with(Option::is_none) => Stage::Outside(Address::Join),
        SessionState::SignedOut | SessionState::Locked(_) if matches!(app.address.get(), Address::Recover(_)) => {
            Stage::Outside(app.address.get())
        }
        SessionState::SignedOut => Stage::Outside(match app.address.get() {
            Address::Team(..) => Address::SignIn,
            address => address,
        }),
        SessionState::Locked(_) => Stage::Locked,
        SessionState::Open(_) if app.kit.with(Option::is_some) => Stage::Kit,
        SessionState::Open(view) if view.made_by.is_some() || app.settling.get() => Stage::Made,
        SessionState::Open(_) => Stage::Inside,
    });
    let body = move || match stage.get() {
        Stage::Nothing => ().into_any(),
        Stage::Outside(address) => untrack(|| {
            let knows_team = app.status.with(|status| status.as_ref().is_some_and(|status| !status.teams.is_empty()));
            match address {
                Address::Create => create::page(app),
                Address::SignIn => sign_in::page(app),
                Address::Join => join::page(app),
                Address::Recover(team) => recover::page(app, team),
                _ if knows_team => sign_in::page(app),
                _ => start::page(app),
            }
        }),
        Stage::Locked => untrack(|| sign_in::unlock(app)),
        Stage::Kit => untrack(|| kit::first_page(app)),
        Stage::Made => untrack(|| made::first_page(app)),
        Stage::Inside => untrack(|| team::page(app)),
    };
    body.into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Nothing,
    Outside(Address),
    Locked,
    Kit,
    Made,
    Inside,
}

fn show_dialog(dialog: Dialog) -> AnyView {
    match dialog {
        Dialog::NewVault => places::new_vault(),
        Dialog::EditVault(vault) => places::edit_vault(vault),
        Dialog::PasswordPolicies(vault) => password_policies::dialog(vault),
        Dialog::DeleteVault(vault) => places::delete_vault(vault),
        Dialog::NewGroup(place) => places::new_group(place),
        Dialog::EditGroup(vault, group) => places::edit_group(vault, group),
        Dialog::NewResource(selection) => resource_form::create(selection),
        Dialog::EditResource(resource) => resource_form::edit(&resource),
        Dialog::NewAccount(resource) => account_form::create(&resource),
        Dialog::EditAccount(account) => account_form::edit(&account),
        Dialog::Transfer(transfer, items) => places::transfer(transfer, items),
        Dialog::Report(done) => bulk::report(done),
        Dialog::Tags(items) => bulk::tags(items),
        Dialog::EditMany(items) => bulk::edit(items),
        Dialog::History(account) => history::dialog_of(account),
        Dialog::Purge(items, name) => trash::purge(items, name),
        Dialog::EmptyTrash(vault) => trash::empty(vault),
        Dialog::TrashDays(vault) => trash::days(vault),
        Dialog::Import(vault) => import::dialog(vault),
        Dialog::Export(scopes) => export::dialog(scopes),
        Dialog::Preview(shown) => preview::preview(shown),
        Dialog::Palette => palette::dialog(),
        Dialog::ShowKit => security::show_kit(),
        Dialog::ReplaceKit => security::replace_kit(),
        Dialog::Sight => sight::compare(),
        Dialog::ChangePassword => security::change_password(),
        Dialog::Shortcuts => shortcuts::dialog(),
        Dialog::LargeType(label, text) => large_type::dialog(label, &text),
        Dialog::SaveView(view, naming) => views::name(view, naming),
        Dialog::Columns => columns::dialog(),
        Dialog::Invite(people) => invite::dialog_for(&people),
        Dialog::MakePerson(people) => made::dialog_for(&people),
        Dialog::SetPassword(member) => set_password::dialog_for(&member),
        Dialog::NewService(people) => service_form::create(&people),
        Dialog::EditService(member) => service_form::edit(&member),
        Dialog::RenewService(member) => service_token::renew(&member),
        Dialog::AddCodes => factors::add_codes(),
        Dialog::RemoveCodes => factors::remove_codes(),
        Dialog::AddPasskey => passkeys::add(),
        Dialog::RenamePasskey(row) => passkeys::rename(&row),
        Dialog::RemovePasskey(row) => passkeys::remove(&row),
        Dialog::RecoveryCodes => factors::recovery_codes(),
        Dialog::TakeFactors(member) => factors::take_away(&member),
        Dialog::TeamPolicy(policy) => team_policy::dialog_for(policy),
        Dialog::SaveWebhook(row, kinds) => webhooks::save(row.as_deref(), &kinds),
        Dialog::DeleteWebhook(row) => webhooks::delete(&row),
        Dialog::WebhookLog(row) => webhooks::log(&row),
        Dialog::Standing(member, state) => standing::dialog_for(&member, state),
        Dialog::ReplaceKeys => own_keys::replace(),
        Dialog::Safety(member) => own_keys::safety(&member),
        Dialog::RecoveryGroup(people, group) => recovery::group_dialog(&people, group.as_ref()),
        Dialog::ComparedWords(compared) => recovery::compare_words(&compared),
        Dialog::AskForSecret(account, access, extends) => requests::dialog_for(&account, &access, extends),
        Dialog::Renewed(name, secret) => requests::renewed(&name, &secret),
        Dialog::ApproveAhead(account) => ahead::dialog_for(&account),
        Dialog::CheckOutAhead(account, access) => ahead::use_dialog(&account, &access),
        Dialog::LeasePolicy(vault, place, name) => lease_policy::dialog_of(vault, place, &name),
        Dialog::Access(vault) => access::dialog_of(vault),
        Dialog::Teams => teams::dialog_of(),
        Dialog::Person(member, name) => person::dialog_of(member, &name),
        Dialog::EditProfile(person) => profile_form::dialog_for(&person),
        Dialog::SaveGroup(group) => group_form::dialog_for(group.as_deref()),
        Dialog::EndGroup(group) => groups::end_dialog(&group),
        Dialog::AuditEvent(row) => audit::event_dialog(&row),
        Dialog::CheckAudit => audit::check_dialog(),
        Dialog::Holders(account) => exposure::holders(&account),
        Dialog::Reach(member) => exposure::reach(&member),
    }
}

fn offline_banner(app: App) -> AnyView {
    let banner = move || {
        let text = match app.connection.get() {
            Connection::Online => None,
            Connection::Offline => Some(tr!(banner.offline).to_owned()),
            Connection::Kept(heard) => Some(tr!(kept.banner, when = moment(millis(heard)))),
        };
        text.map(|text| {
            let again = move |_| {
                spawn_local(async move {
                    let _ = ask(Reconnect).await;
                });
            };
            view! {
                <div class="banner">
                    {icon("cloud-off")}<span>{text}</span>
                    <button type="button" class="button small" on:click=again>{tr!(banner.again)}</button>
                </div>
            }
        })
    };
    view! { <div role="status">{banner}</div> }.into_any()
}

/// Keys that work everywhere, and the sign of life that keeps the session from locking.
pub fn watch_keys(app: App) {
    thread_local! {
        static TOUCHED: Cell<f64> = const { Cell::new(0.0) };
    }
    let touch = move || {
        let now = js_sys::Date::now();
        if now - TOUCHED.get() > 15_000.0
            && app.session.with_untracked(|session| matches!(session, SessionState::Open(_)))
        {
            TOUCHED.set(now);
            spawn_local(async {
                let _ = ask(Touch).await;
            });
        }
    };
    let moved = window_event_listener(ev::pointermove, move |_| touch());
    let pressed = window_event_listener(ev::pointerdown, move |_| touch());
    on_cleanup(move || {
        moved.remove();
        pressed.remove();
    });
    keyboard::watch(move |event| {
        touch();
        let is_made =
            app.session.with_untracked(|session| matches!(session, SessionState::Open(view) if view.made_by.is_some()));
        if is_made || !untrack(|| app.is_open()) || app.kit.with_untracked(Option::is_some) {
            return;
        }
        // Lists and menus have taken what is theirs.
        if !event.default_prevented() && actions::pressed(app, event) {
            event.prevent_default();
        }
    });
}
