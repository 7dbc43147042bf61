//! Who could open what: of one secret, of one person on a day, and the secrets that are exposed.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::audit::midnight;
use super::detail::millis;
use super::people::vault_role_name;
use crate::bridge::{Error, *};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::icon::{icon, resource_tile};
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{ago, iso, moment, number, today, tr};

/// Most secrets drawn at once.
const SHOWN: usize = 200;

fn why(reason: &Reason) -> String {
    match *reason {
        Reason::Role(role) => vault_role_name(role).to_owned(),
        Reason::Invited(role, InvitationState::Open) => tr!(exposure.open_link, role = vault_role_name(role)),
        Reason::Invited(role, _) => tr!(exposure.closed_link, role = vault_role_name(role)),
        Reason::FormerKeys(role) => tr!(own_keys.former, role = vault_role_name(role)),
        Reason::Wrote => tr!(exposure.wrote).to_owned(),
        Reason::MadeKeys(ref person) => tr!(made.held, name = person),
        Reason::MadeToken(ref service) => tr!(exposure.made_token, name = service),
    }
}

fn failed(error: &Error) -> AnyView {
    view! { <div class="note bad" role="alert">{icon("circle-alert")}<p>{explain(error)}</p></div> }.into_any()
}

/// Who could open the present secret of an account.
pub fn holders(account: &Arc<AccountView>) -> AnyView {
    let app = App::get();
    let found = RwSignal::new(None::<Result<Vec<HolderRow>, Error>>);
    let (vault, id) = (account.vault, account.id);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            let answer = ask(ReadHolders { vault, account: id }).await;
            keep(found, Some(answer));
        });
    });
    let body = move || match found.get() {
        None => view! { <p class="muted" role="status">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(Error::NotAllowed)) => view! { <p class="muted">{tr!(exposure.not_yours)}</p> }.into_any(),
        Some(Err(error)) => failed(&error),
        Some(Ok(rows)) => untrack(|| holder_list(&rows)),
    };
    let name = account.fields.name.clone();
    dialog(
        tr!(exposure.holders_of, name = name),
        Width::Wide,
        view! { <div class="dialog-body"><p class="muted">{tr!(exposure.holders_hint)}</p><p class="muted">{tr!(exposure.leases)}</p>{body}</div> }.into_any(),
    )
}

fn holder_list(rows: &[HolderRow]) -> AnyView {
    let lost = rows.iter().any(|row| row.lost.is_some() && !matches!(row.why, Reason::Invited(..)));
    let warning = lost.then(|| {
        view! { <div class="note bad" role="status">{icon("shield-alert")}<p>{tr!(exposure.change_it)}</p></div> }
    });
    let lines = rows.iter().map(|row| {
        let link = matches!(row.why, Reason::Invited(..));
        let name = if link { tr!(exposure.link_of, name = row.who.clone()) } else { row.who.clone() };
        let since = tr!(exposure.since, when = moment(millis(row.since)));
        let lost = row.lost.map(|lost| {
            view! { <span class="badge warn">{tr!(exposure.lost, when = ago(millis(lost)))}</span> }
        });
        let own = row.own.then(|| view! { <span class="badge">{tr!(people.you)}</span> });
        view! {
            <li class="person-line">
                <span class="avatar empty-avatar" aria-hidden="true">{icon(if link { "ticket" } else { "user" })}</span>
                <span class="row-text"><span class="row-name">{name}</span><span class="row-detail">{why(&row.why)}" · "{since}</span></span>
                <span class="person-badges">{own}{lost}</span>
            </li>
        }
    });
    view! { {warning}<ul class="people holders">{lines.collect_view()}</ul> }.into_any()
}

/// What a member could open on a day.
pub fn reach(member: &MemberRow) -> AnyView {
    let app = App::get();
    let day = RwSignal::new(iso(today()));
    let found = RwSignal::new(None::<Result<ReachView, Error>>);
    let id = member.member;
    Effect::new(move |_| {
        app.catalog.track();
        let chosen = day.get();
        let Some((from, until)) = midnight(&chosen, 0).zip(midnight(&chosen, 1)) else {
            found.set(None);
            return;
        };
        spawn_local(async move {
            let answer = ask(ReadReach { member: id, from, until }).await;
            if day.try_get_untracked() == Some(chosen) {
                found.set(Some(answer));
            }
        });
    });
    let body = move || match found.get() {
        None => view! { <p class="muted" role="status">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => failed(&error),
        Some(Ok(view)) => untrack(|| reach_list(app, &view)),
    };
    let name = member.login_name.clone();
    dialog(
        tr!(exposure.reach_of, name = name),
        Width::Wide,
        view! {
            <div class="dialog-body form">
                <p class="muted">{tr!(exposure.reach_hint)}</p>
                {TextField::new(tr!(exposure.day), day).kind(Kind::Date).view()}
                {body}
            </div>
        }
        .into_any(),
    )
}

fn reach_list(app: App, view: &ReachView) -> AnyView {
    let unseen =
        (view.unseen > 0).then(|| view! { <p class="hint">{tr!(exposure.unseen, count = number(view.unseen))}</p> });
    if view.rows.is_empty() {
        return view! { <p class="muted" role="status">{tr!(exposure.reach_nothing)}</p>{unseen} }.into_any();
    }
    let total = u32::try_from(view.rows.len()).unwrap_or(u32::MAX);
    let lines = view.rows.iter().take(SHOWN).map(|row| {
        let changed = row.changed.then(|| view! { <span class="badge">{tr!(exposure.changed_since)}</span> });
        let exposed = row.exposed.map(|_| view! { <span class="badge bad">{tr!(exposure.exposed)}</span> });
        let badges = view! { {changed}{exposed} }.into_any();
        secret_line(app, &row.secret, vault_role_name(row.role).to_owned(), badges)
    });
    view! {
        <p role="status">{tr!(exposure.reach_count, count = number(total))}</p>
        <ul class="exposed-list">{lines.collect_view()}</ul>
        {rest(view.rows.len())}
        {unseen}
    }
    .into_any()
}

fn rest(count: usize) -> AnyView {
    let more = u32::try_from(count.saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    (more > 0).then(|| view! { <p class="hint">{tr!(exposure.more, count = number(more))}</p> }).into_any()
}

fn secret_line(app: App, secret: &SecretNamed, detail: String, badges: AnyView) -> AnyView {
    let item = secret.item;
    let show = move |_| {
        app.close();
        app.show(item);
    };
    let name = format!("{} / {}", secret.resource, secret.account);
    view! {
        <li>
            <button type="button" class="found" on:click=show>
                {resource_tile(&secret.resource_type)}
                <span class="row-text"><span class="row-name">{name}</span><span class="row-detail">{secret.vault.clone()}" · "{detail}</span></span>
                <span class="person-badges">{badges}</span>
                {icon("chevron-right")}
            </button>
        </li>
    }
    .into_any()
}

/// The page of the exposed secrets.
pub fn pane(app: App) -> AnyView {
    let found = RwSignal::new(None::<Result<Arc<ExposedView>, Error>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            let answer = ask(ReadExposed).await.map(Arc::new);
            if !matches!(answer, Err(Error::Locked | Error::SessionEnded)) {
                keep(found, Some(answer));
            }
        });
    });
    let body = move || match found.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => failed(&error),
        Some(Ok(view)) => untrack(|| exposed_list(app, &view)),
    };
    view! {
        <section class="pane settings-pane exposed-pane" aria-label=tr!(exposure.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(exposure.title)}</h2>
                <span class="grow"></span>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="audit-body">
                <p class="muted">{tr!(exposure.hint)}</p>
                <p class="muted">{tr!(exposure.leases)}</p>
                {body}
            </div>
        </section>
    }
    .into_any()
}

fn exposed_list(app: App, view: &ExposedView) -> AnyView {
    if view.rows.is_empty() {
        let text = tr!(exposure.nothing, count = number(view.secrets));
        return view! { <p class="good-line" role="status">{icon("shield-check")}<span>{text}</span></p> }.into_any();
    }
    let lines = view.rows.iter().take(SHOWN).map(|row| {
        let detail = tr!(exposure.because, name = row.who.clone(), why = why(&row.why));
        let badge = view! { <span class="badge warn">{tr!(exposure.lost, when = ago(millis(row.since)))}</span> };
        secret_line(app, &row.secret, detail, badge.into_any())
    });
    view! {
        <ul class="exposed-list">{lines.collect_view()}</ul>
        {rest(view.rows.len())}
    }
    .into_any()
}
