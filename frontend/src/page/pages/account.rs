//! An account in the detail pane: who, the secret behind dots, and what is known of it without opening it.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use sealward_client::model::{CustomValue, SecretType};

use super::detail::{custom, entry, millis};
use super::requests::{self, Accesses};
use crate::bridge::*;
use crate::page::actions::{Do, Here, menu_items};
use crate::page::address::Open;
use crate::page::app::{App, Dialog};
use crate::page::components::files::{attachments, file_line};
use crate::page::components::icon::{icon, secret_icon};
use crate::page::components::menu::menu;
use crate::page::components::otp::code_line;
use crate::page::components::public_part::public_lines;
use crate::page::components::reveal::Shelf;
use crate::page::components::strength::strength_meter;
use crate::page::explain::explain_damage;
use crate::page::language::{ago, day, days_ago, number, today, tr};

/// The card of an account.
pub fn card(
    app: App,
    account: &AccountView,
    resource: &Arc<ResourceView>,
    open: Memo<Option<Open>>,
    accesses: Accesses,
) -> AnyView {
    let fields = &account.fields;
    let shelf = Shelf::new(account.vault, account.id);
    let element = NodeRef::<html::Section>::new();
    let id = account.id;
    let looked_at = Memo::new(move |_| open.get().and_then(|open| open.account) == Some(id));
    Effect::new(move |_| {
        if let Some(element) = element.get()
            && looked_at.get()
        {
            element.scroll_into_view();
        }
    });
    let writable = resource.writable && account.damage.is_none();
    let actions = (account.damage.is_none()).then(|| actions(app, account, resource, writable));
    let damage = account.damage.as_ref().map(|damage| {
        view! { <div class="note bad" role="alert">{icon("shield-alert")}<p>{explain_damage(damage)}</p></div> }
    });
    let user_name = (!fields.user_name.is_empty())
        .then(|| entry(tr!(field.user_name), fields.user_name.clone().into_any(), Some(fields.user_name.clone())));
    let access = accesses.of(id);
    // Only what decides is tracked, so that a secret that is shown stays when somebody else joins the queue.
    let shown =
        Memo::new(move |_| access.get().map(|access| !access.is_some_and(|access| requests::is_locked(&access))));
    Effect::new(move |_| {
        if shown.get() == Some(false) {
            shelf.hide();
        }
    });
    let locked = Memo::new(move |_| {
        let barred = access.get().flatten().is_some_and(|access| !access.may_ask);
        if barred { tr!(requests.locked_out) } else { tr!(requests.locked) }
    });
    let lease = (account.damage.is_none() && account.has_secret)
        .then(|| requests::panel(app, &Arc::new(account.clone()), writable, access));
    let secret_label = secret_type_name(fields.secret_type);
    let secret = (account.damage.is_none()).then(|| {
        let value = if let Some(file) = &fields.secret_file {
            file_line(app, account.vault, account.id, file, None)
        } else if account.has_secret {
            secret_line(shelf, shown, locked, secret_label.to_owned(), None)
        } else {
            view! { <span class="muted">{tr!(secret.none)}</span> }.into_any()
        };
        view! { <div class="fact"><dt>{secret_label}</dt><dd>{value}{account.facts.as_ref().map(known_of)}</dd></div> }
    });
    let hidden = fields.custom.iter().filter(|field| field.value == CustomValue::Hidden).map(|field| {
        let label = field.label.clone();
        view! { <div class="fact"><dt>{label.clone()}</dt><dd>{secret_line(shelf, shown, locked, label.clone(), Some(label))}</dd></div> }
    });
    let (vault, has_code) = (account.vault, account.damage.is_none() && account.has_otp);
    let code = move || (has_code && shown.get() == Some(true)).then(|| code_line(vault, id));
    let notes = (!fields.notes.is_empty()).then(|| entry(tr!(field.notes), fields.notes.clone().into_any(), None));
    let tags = (!fields.tags.is_empty()).then(|| entry(tr!(field.tags), fields.tags.join(", ").into_any(), None));
    view! {
        <section node_ref=element class="account" class:looked-at=looked_at class:inactive=!fields.active aria-label=fields.name.clone()>
            <header>
                <span class="account-icon">{icon(secret_icon(fields.secret_type))}</span>
                <div class="account-title"><h4>{fields.name.clone()}</h4>{badges(fields)}</div>
                {actions}
            </header>
            {damage}
            {lease}
            <dl class="facts">
                {user_name}
                {secret}
                {code}
                {account.public.as_ref().map(public_lines)}
                {hidden.collect_view()}
                {fields.custom.iter().map(|field| custom(app, account.vault, account.id, field)).collect_view()}
                {attachments(app, account, writable)}
                {tags}
                {notes}
            </dl>
            <footer class="muted">
                <span>{format!("#{}", account.number.0)}</span>
                <span>{tr!(detail.written, author = account.author.clone(), when = ago(millis(account.changed)))}</span>
            </footer>
        </section>
    }
    .into_any()
}

/// The line of a secret; where it has to be asked for, that it is locked away.
fn secret_line(
    shelf: Shelf,
    shown: Memo<Option<bool>>,
    locked: Memo<&'static str>,
    label: String,
    field: Option<String>,
) -> AnyView {
    let line = move || match shown.get() {
        Some(true) => shelf.line(label.clone(), field.clone()),
        Some(false) => view! { <span class="muted with-icon">{icon("lock")}<span>{locked}</span></span> }.into_any(),
        None => ().into_any(),
    };
    line.into_any()
}

/// What the menu of an account offers.
const MORE: [Do; 9] = [
    Do::AskForSecret,
    Do::ApproveAhead,
    Do::History,
    Do::Holders,
    Do::AccountEvents,
    Do::AccountPolicy,
    Do::DuplicateAccount,
    Do::MoveAccount,
    Do::DeleteAccount,
];

fn actions(app: App, account: &AccountView, resource: &Arc<ResourceView>, writable: bool) -> AnyView {
    let here = Here::at(app, Arc::clone(resource), Some(account.id));
    let items = menu_items(app, &here, &MORE);
    let account = Arc::new(account.clone());
    let edit = writable.then(|| {
        view! {
            <button
                type="button" class="icon-button" aria-label=tr!(account.edit) title=tr!(account.edit)
                on:click=move |_| app.open(Dialog::EditAccount(Arc::clone(&account)))
            >
                {icon("pencil")}
            </button>
        }
    });
    view! {
        {edit}
        {menu(tr!(account.more), icon("ellipsis"), "icon-button", items)}
    }
    .into_any()
}

fn badges(fields: &AccountFields) -> AnyView {
    let expiry = fields.expiry.map(|expiry| {
        let left = expiry.0 - today().0;
        let (class, text) = match left {
            ..0 => ("badge bad", tr!(account.expired, day = day(expiry))),
            0..30 => ("badge warn", tr!(account.expires, day = day(expiry))),
            _ => ("badge", tr!(account.expires, day = day(expiry))),
        };
        view! { <span class=class>{text}</span> }
    });
    view! {
        {fields.privileged.then(|| view! { <span class="badge accent">{tr!(account.privileged)}</span> })}
        {(!fields.active).then(|| view! { <span class="badge">{tr!(account.inactive)}</span> })}
        {expiry}
    }
    .into_any()
}

/// What the facts say: strength, age, reuse.
fn known_of(facts: &FactsView) -> AnyView {
    let reused = (facts.reused > 0).then(|| {
        view! { <span class="badge warn">{tr!(facts.reused, count = number(facts.reused))}</span> }
    });
    view! {
        <div class="known">
            {facts.strength.map(strength_meter)}
            <span class="muted" title=day(facts.changed)>{tr!(facts.changed, when = days_ago(facts.changed))}</span>
            {reused}
        </div>
    }
    .into_any()
}

/// The name of a kind of secret.
pub fn secret_type_name(secret_type: SecretType) -> &'static str {
    match secret_type {
        SecretType::Password => tr!(secret_type.password),
        SecretType::SshKey => tr!(secret_type.ssh_key),
        SecretType::AccessKey => tr!(secret_type.access_key),
        SecretType::Token => tr!(secret_type.token),
        SecretType::ApiKey => tr!(secret_type.api_key),
        SecretType::Certificate => tr!(secret_type.certificate),
        SecretType::Note => tr!(secret_type.note),
    }
}
