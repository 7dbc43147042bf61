//! The detail pane: a resource with its fields and its accounts.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{CustomField, CustomValue};

use super::account;
use super::requests::Accesses;
use crate::bridge::{Error, *};
use crate::page::actions::{Do, Here, menu_items};
use crate::page::address::{Open, Spot};
use crate::page::app::{App, Dialog};
use crate::page::components::copy::copy_button;
use crate::page::components::files::{file_line, removed_of_resource};
use crate::page::components::icon::{icon, resource_tile};
use crate::page::components::menu::menu;
use crate::page::engine::{ask, keep};
use crate::page::explain::{explain, explain_damage};
use crate::page::language::{ago, day, moment, number, tr};

/// What has been read of the resource that is open.
#[derive(Clone, PartialEq)]
enum Reading {
    Nothing,
    Resource(Arc<ResourceView>),
    Failed(Error),
}

/// The pane.
pub fn pane(app: App, spot: Memo<Spot>) -> AnyView {
    let open = Memo::new(move |_| spot.get().open());
    let target = Memo::new(move |_| open.get().map(|Open { vault, resource, .. }| (vault, resource)));
    let reading = RwSignal::new(Reading::Nothing);
    Effect::new(move |_| {
        app.catalog.track();
        let Some((vault, resource)) = target.get() else {
            reading.set(Reading::Nothing);
            return;
        };
        spawn_local(async move {
            let answer = ask(ReadResource { vault, resource }).await;
            if target.try_get_untracked() != Some(Some((vault, resource))) {
                return;
            }
            let now = match answer {
                Ok(resource) => Reading::Resource(Arc::new(resource)),
                Err(error) => Reading::Failed(error),
            };
            keep(reading, now);
        });
    });
    // Whoever stays for a moment has opened it; passing by does not count.
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
    };
    on_cleanup(stop);
    Effect::new(move |_| {
        stop();
        let Some((vault, resource)) = target.get() else { return };
        let note = move || {
            spawn_local(async move {
                let _ = ask(NoteOpened { vault, resource }).await;
            });
        };
        timer.set_value(set_timeout_with_handle(note, Duration::from_millis(700)).ok());
    });
    let body = move || match reading.get() {
        Reading::Nothing => view! {
            <div class="empty quiet">{icon("mouse-pointer-click")}<p>{tr!(detail.nothing)}</p></div>
        }
        .into_any(),
        Reading::Failed(error) => failed(&error),
        Reading::Resource(resource) => untrack(|| resource_view(app, resource, open)),
    };
    let back = move || app.link(Spot::List(spot.get().selection()));
    view! {
        <section class="pane detail-pane" aria-label=tr!(detail.label)>
            <div class="detail-bar">
                <a class="icon-button back" href=back aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn failed(error: &Error) -> AnyView {
    let sentence = match error {
        Error::Gone => tr!(detail.gone).to_owned(),
        other => explain(other),
    };
    view! { <div class="empty quiet">{icon("circle-alert")}<p>{sentence}</p></div> }.into_any()
}

fn resource_view(app: App, resource: Arc<ResourceView>, open: Memo<Option<Open>>) -> AnyView {
    let fields = &resource.fields;
    let edit = Arc::clone(&resource);
    let add = Arc::clone(&resource);
    let damage = resource.damage.as_ref().map(|damage| {
        view! { <div class="note bad" role="alert">{icon("shield-alert")}<p>{explain_damage(damage)}</p></div> }
    });
    let writable = resource.writable && resource.damage.is_none();
    let actions = writable.then(|| {
        view! {
            <button type="button" class="button" on:click=move |_| app.open(Dialog::EditResource(Arc::clone(&edit)))>
                {icon("pencil")}<span>{tr!(action.edit)}</span>
            </button>
            {more(app, Arc::clone(&resource))}
        }
    });
    let accounts = accounts(app, &resource, open);
    let add_account = writable.then(|| {
        view! {
            <button type="button" class="button small" on:click=move |_| app.open(Dialog::NewAccount(Arc::clone(&add)))>
                {icon("plus")}<span>{tr!(account.new)}</span>
            </button>
        }
    });
    let no_accounts =
        resource.accounts.is_empty().then(|| view! { <p class="muted pad">{tr!(detail.no_accounts)}</p> });
    let tags = (!fields.tags.is_empty()).then(|| {
        let tags = fields.tags.iter().map(|tag| view! { <li class="tag">{tag.clone()}</li> }).collect_view();
        view! { <ul class="tags" aria-label=tr!(field.tags)>{tags}</ul> }
    });
    let written = tr!(detail.written, author = resource.author.clone(), when = ago(millis(resource.changed)));
    view! {
        <article class="detail">
            <header class="detail-head">
                {resource_tile(&fields.resource_type)}
                <div class="detail-title">
                    <h2>{fields.name.clone()}</h2>
                    <p class="muted path">{resource.path.join(" / ")}</p>
                </div>
                <div class="detail-actions">{star(app, &resource)}{actions}</div>
            </header>
            {damage}
            {(!fields.description.is_empty()).then(|| view! { <p class="description">{fields.description.clone()}</p> })}
            {tags}
            {facts(app, &resource)}
            <section class="accounts" aria-label=tr!(detail.accounts)>
                <header><h3>{tr!(detail.accounts)}</h3><span class="grow"></span>{add_account}</header>
                {accounts}
                {no_accounts}
            </section>
            <footer class="detail-foot muted">
                <span>{format!("#{}", resource.number.0)}</span>
                <span title=moment(millis(resource.changed))>{written}</span>
            </footer>
        </article>
    }
    .into_any()
}

/// Accounts shown at first, and with each click on "more": a card is too much of a thing to make a thousand of at once.
const AT_A_TIME: usize = 40;

fn accounts(app: App, resource: &Arc<ResourceView>, open: Memo<Option<Open>>) -> AnyView {
    let looked_at = open.get_untracked().and_then(|open| open.account);
    let place = resource.accounts.iter().position(|account| Some(account.id) == looked_at).unwrap_or(0);
    let all = resource.accounts.len();
    let shown = RwSignal::new(all.min(AT_A_TIME.max(place + 1)));
    let accesses = Accesses::read(app, resource);
    let resource = Arc::clone(resource);
    let card = move |at: usize| resource.accounts.get(at).map(|one| account::card(app, one, &resource, open, accesses));
    let more = move || {
        let left = all - shown.get();
        (left > 0).then(|| {
            let label = tr!(detail.more_accounts, count = number(u32::try_from(left).unwrap_or(u32::MAX)));
            view! {
                <button type="button" class="button" on:click=move |_| shown.update(|shown| *shown = all.min(*shown + AT_A_TIME))>
                    {label}
                </button>
            }
        })
    };
    view! {
        <For each=move || 0..shown.get() key=|at| *at children=card />
        {more}
    }
    .into_any()
}

/// The button that makes a favourite, or no more.
fn star(app: App, resource: &ResourceView) -> AnyView {
    let (vault, id) = (resource.vault, resource.id);
    let on = Memo::new(move |_| app.personal.with(|personal| personal.favourites.contains(&(vault, id))));
    let toggle = move |_| app.set_favourite(vault, id, !on.get_untracked());
    view! {
        <button
            type="button" class="icon-button star-button" aria-label=tr!(views.favourite) title=tr!(views.favourite)
            aria-pressed=move || on.get().to_string() on:click=toggle
        >
            {icon("star")}
        </button>
    }
    .into_any()
}

/// What the menu of a resource offers.
const MORE: [Do; 5] =
    [Do::ResourcePolicy, Do::DuplicateResource, Do::MoveResource, Do::CopyResource, Do::DeleteResource];

fn more(app: App, resource: Arc<ResourceView>) -> AnyView {
    menu(tr!(detail.more), icon("ellipsis"), "icon-button", menu_items(app, &Here::at(app, resource, None), &MORE))
}

fn facts(app: App, resource: &ResourceView) -> AnyView {
    let fields = &resource.fields;
    let url = (!fields.url.is_empty()).then(|| {
        // Anything but the web would be started by the browser in ways that nobody looked at.
        let opens = fields.url.starts_with("https://") || fields.url.starts_with("http://");
        let url = fields.url.clone();
        let shown = if opens {
            view! { <a href=url.clone() target="_blank" rel="noopener noreferrer">{url.clone()}</a> }.into_any()
        } else {
            url.clone().into_any()
        };
        entry(tr!(field.url), shown, Some(url))
    });
    let line = |label: &'static str, text: &str, copied: bool| {
        let text = text.to_owned();
        (!text.is_empty()).then(|| entry(label, text.clone().into_any(), copied.then_some(text)))
    };
    view! {
        <dl class="facts">
            {url}
            {line(tr!(field.dns_name), &fields.dns_name, true)}
            {line(tr!(field.resource_type), &fields.resource_type, false)}
            {line(tr!(field.department), &fields.department, false)}
            {line(tr!(field.location), &fields.location, false)}
            {line(tr!(field.owner), &fields.owner, false)}
            {fields.custom.iter().map(|field| custom(app, resource.vault, resource.id, field)).collect_view()}
            {removed_of_resource(app, resource)}
            {line(tr!(field.notes), &fields.notes, false)}
        </dl>
    }
    .into_any()
}

/// A custom field that is not hidden.
pub fn custom(app: App, vault: VaultId, holder: ObjectId, field: &CustomField) -> AnyView {
    match &field.value {
        CustomValue::Text(text) => entry_named(field.label.clone(), text.clone().into_any(), Some(text.clone())),
        CustomValue::Date(date) => entry_named(field.label.clone(), day(*date).into_any(), None),
        CustomValue::File(file) => entry_named(field.label.clone(), file_line(app, vault, holder, file, None), None),
        CustomValue::Hidden => ().into_any(),
    }
}

/// A line of a list of facts.
pub fn entry(label: &'static str, value: AnyView, copied: Option<String>) -> AnyView {
    entry_named(label.to_owned(), value, copied)
}

fn entry_named(label: String, value: AnyView, copied: Option<String>) -> AnyView {
    let copy = copied.filter(|text| !text.is_empty()).map(|text| copy_button(&label, text));
    view! { <div class="fact"><dt>{label}</dt><dd><span class="fact-value">{value}</span>{copy}</dd></div> }.into_any()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds fit into a double for 285,000 years")]
pub const fn millis(time: i64) -> f64 {
    time as f64
}
