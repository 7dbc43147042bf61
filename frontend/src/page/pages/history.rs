//! Earlier versions of an account's secret: who wrote them and when, each shown, copied and restored by itself.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::account::secret_type_name;
use super::detail::millis;
use crate::bridge::{AccountView, Error, ReadVersions, RestoreVersion, VersionRow};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::icon::icon;
use crate::page::components::reveal::Shelf;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{ago, moment, number, tr};

/// What was read.
#[derive(Clone, PartialEq)]
enum Reading {
    Waiting,
    Versions(Arc<Vec<VersionRow>>),
    Failed(Error),
}

/// The dialog.
pub fn dialog_of(account: Arc<AccountView>) -> AnyView {
    let app = App::get();
    let reading = RwSignal::new(Reading::Waiting);
    let (vault, id) = (account.vault, account.id);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            let now = match ask(ReadVersions { vault, account: id }).await {
                Ok(versions) => Reading::Versions(Arc::new(versions)),
                Err(error) => Reading::Failed(error),
            };
            // The dialog may have been closed while the server answered.
            keep(reading, now);
        });
    });
    let name = account.fields.name.clone();
    let shown = Arc::clone(&account);
    let body = move || match reading.get() {
        Reading::Waiting => view! { <p class="muted" role="status">{tr!(history.reading)}</p> }.into_any(),
        Reading::Failed(error) => {
            view! { <div class="note bad" role="alert">{icon("circle-alert")}<p>{explain(&error)}</p></div> }.into_any()
        }
        Reading::Versions(versions) => untrack(|| list(app, &shown, &versions)),
    };
    dialog(
        tr!(history.title, name = name),
        Width::Wide,
        view! {
            <div class="dialog-body">
                <p class="muted">{tr!(history.hint)}</p>
                {body}
            </div>
        }
        .into_any(),
    )
}

fn list(app: App, account: &Arc<AccountView>, versions: &[VersionRow]) -> AnyView {
    let newest = versions.first().map(|version| version.version);
    let lines = versions.iter().map(|version| line(app, account, version, newest == Some(version.version)));
    let only = (versions.len() == 1).then(|| view! { <p class="muted">{tr!(history.only)}</p> });
    view! {
        <ol class="versions" reversed=true>{lines.collect_view()}</ol>
        {only}
    }
    .into_any()
}

fn line(app: App, account: &Arc<AccountView>, version: &VersionRow, newest: bool) -> AnyView {
    let (vault, id, which) = (account.vault, account.id, version.version);
    let shelf = Shelf::of_version(vault, id, which);
    let secret = tr!(history.secret_of, what = secret_type_name(account.fields.secret_type), version = number(which.0));
    let asking = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let tree = app.tree.get_untracked();
    let mut vaults = tree.iter().flat_map(|tree| &tree.vaults);
    let writable = !newest && vaults.any(|other| other.id == vault && other.writable);
    let restore = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = ask(RestoreVersion { vault, account: id, version: which }).await;
            let _ = busy.try_set(false);
            let _ = asking.try_set(false);
            match answer {
                Ok(()) => app.say(tr!(history.restored, version = number(which.0))),
                Err(error) => app.fail(&error),
            }
        });
    };
    let label = tr!(history.restore_version, version = number(which.0));
    let button = writable.then(|| {
        view! {
            <button
                type="button" class="icon-button" aria-label=label.clone() title=label
                aria-expanded=move || asking.get().to_string() on:click=move |_| asking.update(|asking| *asking = !*asking)
            >
                {icon("undo-2")}
            </button>
        }
    });
    let question = move || {
        asking.get().then(|| {
            view! {
                <div class="version-question" role="group" aria-label=tr!(history.question)>
                    <p>{tr!(history.question)}</p>
                    <div class="buttons">
                        <button type="button" class="button small" on:click=move |_| asking.set(false)>{tr!(action.cancel)}</button>
                        <button type="button" class="button small primary" disabled=move || busy.get() on:click=restore>
                            {tr!(history.restore)}
                        </button>
                    </div>
                </div>
            }
        })
    };
    let time = millis(version.time);
    view! {
        <li class="version" class:newest=newest>
            <div class="version-head">
                <strong>{tr!(history.version, version = number(which.0))}</strong>
                {newest.then(|| view! { <span class="badge accent">{tr!(history.now)}</span> })}
                <span class="muted" title=moment(time)>{tr!(detail.written, author = version.author.clone(), when = ago(time))}</span>
            </div>
            <div class="version-line">{shelf.line(secret, None)}{button}</div>
            {shelf.hidden_fields()}
            {question}
        </li>
    }
    .into_any()
}
