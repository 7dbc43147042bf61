//! What an empty list offers: bring something in, add the first, or look around with examples.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{AddExamples, RemoveExamples, Selection, VaultId};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::tr;

/// The offers for what is selected; for a filter that leaves nothing, the way back.
pub fn nothing(app: App, selection: Selection) -> AnyView {
    if app.query.with(|query| !query.text.is_empty() || !query.filters.is_empty()) {
        return view! {
            <div class="empty">
                {icon("search-x")}<p>{tr!(list.nothing_found)}</p>
                <button type="button" class="button" on:click=move |_| app.clear_filters()>{tr!(list.clear_filter)}</button>
            </div>
        }
        .into_any();
    }
    let none = |symbol: &'static str, title: &'static str, hint: &'static str| {
        view! { <div class="empty quiet">{icon(symbol)}<h2>{title}</h2><p>{hint}</p></div> }.into_any()
    };
    match selection {
        Selection::Favourites => return none("star", tr!(views.no_favourites), tr!(views.no_favourites_hint)),
        Selection::Recent => return none("history", tr!(views.no_recent), tr!(views.no_recent_hint)),
        _ => {}
    }
    let tree = app.tree.get();
    let vault = match selection {
        Selection::Vault(vault) | Selection::ResourceGroup(vault, _) => Some(vault),
        // What everybody sees comes first: one's own vault is not the team's.
        _ => tree.as_ref().and_then(|tree| tree.vaults.iter().find(|vault| !vault.personal)).map(|vault| vault.id),
    };
    let is_there = |vault| tree.as_ref().is_none_or(|tree| tree.vaults.iter().any(|other| other.id == vault));
    if vault.is_some_and(|vault| !is_there(vault)) {
        return view! {
            <div class="empty">{icon("vault")}<p>{tr!(error.gone)}</p><a class="button" href=app.link(Spot::Home)>{tr!(tree.all)}</a></div>
        }
        .into_any();
    }
    let Some(vault) = vault else {
        if tree.as_ref().is_some_and(|tree| !tree.makes_vaults) {
            return none("vault", tr!(people.no_vault_yet), tr!(people.no_vault_yet_hint));
        }
        return view! {
            <div class="empty">
                {icon("vault")}<h2>{tr!(empty.no_vault)}</h2>
                <button type="button" class="button primary" on:click=move |_| app.open(Dialog::NewVault)>{tr!(vault.new)}</button>
            </div>
        }
        .into_any();
    };
    let writable = tree.is_some_and(|tree| tree.vaults.iter().any(|other| other.id == vault && other.writable));
    if !writable {
        return none("vault", tr!(empty.vault), tr!(people.nothing_yet));
    }
    let whole_vault = !matches!(selection, Selection::ResourceGroup(..));
    let fill = move |_| {
        spawn_local(async move {
            match ask(AddExamples { vault }).await {
                Ok(changed) => app.done(tr!(examples.added), changed),
                Err(error) => app.fail(&error),
            }
        });
    };
    let whole = whole_vault.then(|| {
        view! {
            <button type="button" class="choice" on:click=move |_| app.open(Dialog::Import(Some(vault)))>
                <span class="tile hue-accent">{icon("import")}</span>
                <span class="choice-text"><strong>{tr!(empty.import)}</strong><span class="muted">{tr!(empty.import_hint)}</span></span>
            </button>
        }
    });
    let examples = whole_vault.then(|| {
        view! {
            <button type="button" class="choice" on:click=fill>
                <span class="tile hue-violet">{icon("sparkles")}</span>
                <span class="choice-text"><strong>{tr!(empty.examples)}</strong><span class="muted">{tr!(empty.examples_hint)}</span></span>
            </button>
        }
    });
    view! {
        <div class="empty">
            <h2>{if whole_vault { tr!(empty.vault) } else { tr!(empty.group) }}</h2>
            <div class="choices">
                {whole}
                <button type="button" class="choice" on:click=move |_| app.open(Dialog::NewResource(selection))>
                    <span class="tile hue-green">{icon("plus")}</span>
                    <span class="choice-text"><strong>{tr!(empty.first)}</strong><span class="muted">{tr!(empty.first_hint)}</span></span>
                </button>
                {examples}
            </div>
        </div>
    }
    .into_any()
}

/// Takes the examples of a vault away.
pub fn remove_examples(app: App, vault: VaultId) {
    spawn_local(async move {
        match ask(RemoveExamples { vault }).await {
            Ok(changed) => app.done(tr!(examples.removed), changed),
            Err(error) => app.fail(&error),
        }
    });
}
