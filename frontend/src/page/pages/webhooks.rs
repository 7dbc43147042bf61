//! Webhooks in the settings, for those who manage people: which there are, what came of calling them, and what may be done.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::audit::kind_name;
use super::detail::millis;
use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{TextField, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::ask;
use crate::page::language::{ago, moment, tr};

/// Longest address of a webhook in characters.
const LONGEST: usize = 1_024;

/// The section; nothing for whoever manages none.
pub fn section(app: App) -> AnyView {
    let view = RwSignal::new(None::<WebhooksView>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            // Without the server nobody knows: the section then waits for it.
            if let Ok(read) = ask(ReadWebhooks).await
                && view.try_with_untracked(|before| before.as_ref() != Some(&read)) == Some(true)
            {
                view.try_set(Some(read));
            }
        });
    });
    let body = move || view.get().filter(|view| !view.kinds.is_empty()).map(|view| untrack(|| lists(app, view)));
    body.into_any()
}

fn lists(app: App, view: WebhooksView) -> AnyView {
    let kinds = Arc::new(view.kinds);
    let offered = Arc::clone(&kinds);
    let add = move |_| app.open(Dialog::SaveWebhook(None, Arc::clone(&offered)));
    let is_empty = view.rows.is_empty();
    let lines = view.rows.into_iter().map(|row| line(app, &Arc::new(row), &kinds)).collect_view();
    view! {
        <section class="settings-section" aria-label=tr!(webhooks.title)>
            <div class="people-head">
                <h3>{tr!(webhooks.title)}</h3>
                <span class="grow"></span>
                <button type="button" class="button small" on:click=add>{icon("plus")}<span>{tr!(webhooks.new)}</span></button>
            </div>
            <p class="muted">{tr!(webhooks.hint)}</p>
            {is_empty.then(|| view! { <p class="hint with-icon">{icon("info")}<span>{tr!(webhooks.none)}</span></p> })}
            {(!is_empty).then(|| view! { <ul class="people" aria-label=tr!(webhooks.title)>{lines}</ul> })}
        </section>
    }
    .into_any()
}

fn line(app: App, row: &Arc<WebhookRow>, kinds: &Arc<Vec<ActKind>>) -> AnyView {
    let url = row.terms.url.expose().to_owned();
    let told = row.terms.kinds.iter().map(|kind| kind_name(*kind)).collect::<Vec<_>>().join(" · ");
    let (state, class) = match (row.given_up, row.terms.enabled, row.failing_since) {
        (true, _, _) => (tr!(webhooks.given_up), "badge warn"),
        (false, false, _) => (tr!(webhooks.off), "badge"),
        (false, true, Some(_)) => (tr!(webhooks.failing), "badge warn"),
        (false, true, None) => (tr!(webhooks.on), "badge"),
    };
    let last = row.deliveries.first().map(|last| {
        let text = format!("{} · {}", ago(millis_of(last)), explain_result(last.result));
        view! { <span class="row-detail">{text}</span> }
    });
    let opens = |dialog: fn(Arc<WebhookRow>) -> Dialog| {
        let row = Arc::clone(row);
        move || app.open(dialog(Arc::clone(&row)))
    };
    let (edited, offered) = (Arc::clone(row), Arc::clone(kinds));
    let edit = move || app.open(Dialog::SaveWebhook(Some(Arc::clone(&edited)), Arc::clone(&offered)));
    let webhook = row.webhook;
    let items = vec![
        MenuItem::new("refresh-cw", tr!(webhooks.test), move || test(app, webhook)),
        MenuItem::new("history", tr!(webhooks.log), opens(Dialog::WebhookLog)),
        MenuItem::new("pencil", tr!(webhooks.edit), edit),
        MenuItem::new("trash-2", tr!(webhooks.delete), opens(Dialog::DeleteWebhook)).danger(),
    ];
    view! {
        <li class="person-line">
            <span class="avatar empty-avatar" aria-hidden="true">{icon("link")}</span>
            <span class="row-text">
                <span class="row-name webhook-url" translate="no">{url.clone()}</span>
                <span class="row-detail">{told}</span>
                {last}
            </span>
            <span class="person-badges"><span class=class>{state}</span></span>
            {menu(tr!(people.more, name = url), icon("ellipsis"), "icon-button", items)}
        </li>
    }
    .into_any()
}

fn test(app: App, webhook: WebhookId) {
    spawn_local(async move {
        match ask(TestWebhook { webhook }).await {
            Ok(delivery) => app.say(tr!(webhooks.tested, result = explain_result(delivery.result))),
            Err(error) => app.fail(&error),
        }
    });
}

fn millis_of(delivery: &Delivery) -> f64 {
    millis(i64::try_from(delivery.at.0).unwrap_or(i64::MAX))
}

/// What came of a call.
fn explain_result(result: DeliveryResult) -> String {
    match result {
        DeliveryResult::Taken { status } => tr!(webhooks.taken, status = status.to_string()),
        DeliveryResult::Answered { status: status @ 300..400 } => {
            tr!(webhooks.redirected, status = status.to_string())
        }
        DeliveryResult::Answered { status } => tr!(webhooks.answered, status = status.to_string()),
        DeliveryResult::Unknown => tr!(webhooks.unknown).to_owned(),
        DeliveryResult::Refused => tr!(webhooks.refused).to_owned(),
        DeliveryResult::Unreachable => tr!(webhooks.unreachable).to_owned(),
        DeliveryResult::Untrusted => tr!(webhooks.untrusted).to_owned(),
        DeliveryResult::TimedOut => tr!(webhooks.timed_out).to_owned(),
    }
}

/// A new webhook, or changes of one.
pub fn save(row: Option<&WebhookRow>, offered: &[ActKind]) -> AnyView {
    let app = App::get();
    let made = RwSignal::new(None::<Arc<SecretText>>);
    let url = RwSignal::new(row.map(|row| row.terms.url.expose().to_owned()).unwrap_or_default());
    let enabled = RwSignal::new(row.is_none_or(|row| row.terms.enabled));
    // What somebody else had sent and the person may not is not kept without their saying so: it is not offered.
    let ticks: Vec<(ActKind, RwSignal<bool>)> = offered
        .iter()
        .map(|kind| (*kind, RwSignal::new(row.is_none_or(|row| row.terms.kinds.contains(kind)))))
        .collect();
    let lost = row.is_some_and(|row| row.terms.kinds.iter().any(|kind| !offered.contains(kind)));
    let webhook = row.map(|row| row.webhook);
    let form = Form::new();
    let title = if webhook.is_some() { tr!(webhooks.edit) } else { tr!(webhooks.new) };
    let boxes = ticks.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let kinds = ticks.iter().filter(|(_, wanted)| wanted.get_untracked()).map(|(kind, _)| *kind).collect();
        let url = WebhookUrl::new(url.get_untracked().trim().to_owned());
        let terms = WebhookTerms { url, kinds, enabled: enabled.get_untracked() };
        match webhook {
            Some(webhook) => form.send(SetWebhook { webhook, terms }, move |()| {
                app.close();
                app.say(tr!(toast.saved));
            }),
            None => form.send(CreateWebhook { terms }, move |secret| made.set(Some(Arc::new(secret)))),
        }
    };
    let fields = move || {
        let boxes = boxes.iter().map(|(kind, wanted)| tick(kind_name(*kind), *wanted)).collect_view();
        view! {
            <div class="dialog-body form">
                {TextField::new(tr!(webhooks.url), url).hint(tr!(webhooks.url_hint)).limit(LONGEST).required().focus().view()}
                <fieldset class="trustees"><legend>{tr!(webhooks.kinds)}</legend>{boxes}</fieldset>
                {lost.then(|| view! { <p class="hint with-icon">{icon("info")}<span>{tr!(webhooks.kinds_lost)}</span></p> })}
                {tick(tr!(webhooks.enabled), enabled)}
                <p class="hint">{tr!(webhooks.content_hint)}</p>
            </div>
        }
        .into_any()
    };
    let send = StoredValue::new_local(send);
    let fields = StoredValue::new_local(fields);
    let body = move || match made.get() {
        Some(secret) => show_secret(app, &secret),
        None => view! {
            <form class="dialog-form" on:submit=move |event| send.with_value(|send| send(event))>
                {fields.with_value(|fields| fields())}
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    };
    dialog(title, Width::Narrow, body.into_any())
}

/// The secret, this one time.
fn show_secret(app: App, secret: &Arc<SecretText>) -> AnyView {
    let text = secret.expose().to_owned();
    let copied = Arc::clone(secret);
    let copy = move |_| {
        let secret = Arc::clone(&copied);
        spawn_local(async move { clipboard::copy_secret(app, secret.expose()).await });
    };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form invitation">
                <div class="note warn">{icon("triangle-alert")}<p>{tr!(webhooks.secret_hint)}</p></div>
                <code class="invitation-link service-token" translate="no" tabindex="0" aria-label=tr!(webhooks.secret)>{text}</code>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    <button type="button" class="button primary" autofocus on:click=copy>
                        {icon("copy")}<span>{tr!(webhooks.copy_secret)}</span>
                    </button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}

/// Asks before one is deleted.
pub fn delete(row: &WebhookRow) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let webhook = row.webhook;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(DeleteWebhook { webhook }, move |()| {
            app.close();
            app.say(tr!(webhooks.deleted));
        });
    };
    let url = row.terms.url.expose().to_owned();
    dialog(
        tr!(webhooks.delete),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p class="webhook-url">{tr!(webhooks.delete_question, url = url)}</p></div>
                {dialog_footer(form, tr!(webhooks.delete))}
            </form>
        }
        .into_any(),
    )
}

/// The last calls.
pub fn log(row: &WebhookRow) -> AnyView {
    let app = App::get();
    let lines = row.deliveries.iter().map(|delivery| {
        let what = match delivery.event {
            Some(event) => tr!(audit.event, number = event.to_string()),
            None => tr!(webhooks.a_test).to_owned(),
        };
        let at = moment(millis_of(delivery));
        view! {
            <li class="person-line">
                <span class="row-text">
                    <span class="row-name">{what}</span>
                    <span class="row-detail">{format!("{at} · {}", explain_result(delivery.result))}</span>
                </span>
            </li>
        }
    });
    let lines = lines.collect_view();
    let body = if row.deliveries.is_empty() {
        view! { <p class="muted">{tr!(webhooks.no_calls)}</p> }.into_any()
    } else {
        view! { <ul class="people" aria-label=tr!(webhooks.log)>{lines}</ul> }.into_any()
    };
    dialog(
        tr!(webhooks.log),
        Width::Narrow,
        view! {
            <div class="dialog-form">
                <div class="dialog-body form">{body}</div>
                <footer><div class="buttons"><button type="button" class="button" autofocus on:click=move |_| app.close()>{tr!(action.close)}</button></div></footer>
            </div>
        }
        .into_any(),
    )
}
