//! Vaults and resource groups: names, where to put things, and the question before a vault goes.

use leptos::prelude::*;
use sealward_client::model::limits;

use crate::bridge::*;
use crate::page::address::Spot;
use crate::page::app::{App, Dialog, Transfer};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField, choice};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::language::{number, tr};

/// A new vault.
pub fn new_vault() -> AnyView {
    let app = App::get();
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let form = Form::new();
    let send = move || {
        let command = CreateVault { name: trimmed(name), description: trimmed(description) };
        form.send(command, move |changed| {
            app.close();
            app.done(tr!(toast.created), changed);
            if let Some(item) = changed.item {
                app.show(item);
            }
        });
    };
    naming(tr!(vault.new), tr!(action.create), name, description, form, send)
}

/// A vault's name and description.
pub fn edit_vault(vault: TreeVault) -> AnyView {
    let app = App::get();
    let (name, description) = (RwSignal::new(vault.name), RwSignal::new(vault.description));
    let form = Form::new();
    let send = move || {
        let command = UpdateVault {
            vault: vault.id,
            version: vault.version,
            name: trimmed(name),
            description: trimmed(description),
        };
        form.send(command, move |changed| saved(app, changed));
    };
    naming(tr!(vault.edit), tr!(action.save), name, description, form, send)
}

/// A new resource group.
pub fn new_group(place: Place) -> AnyView {
    let app = App::get();
    let (name, description) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let form = Form::new();
    let send = move || {
        let command = CreateResourceGroup { place, name: trimmed(name), description: trimmed(description) };
        form.send(command, move |changed| {
            app.close();
            app.done(tr!(toast.created), changed);
            if let Some(item) = changed.item {
                app.show(item);
            }
        });
    };
    naming(tr!(group.new), tr!(action.create), name, description, form, send)
}

/// A resource group's name and description.
pub fn edit_group(vault: VaultId, group: TreeGroup) -> AnyView {
    let app = App::get();
    let (name, description) = (RwSignal::new(group.name), RwSignal::new(group.description));
    let form = Form::new();
    let send = move || {
        let command = UpdateResourceGroup {
            vault,
            group: group.id,
            version: group.version,
            name: trimmed(name),
            description: trimmed(description),
        };
        form.send(command, move |changed| saved(app, changed));
    };
    naming(tr!(group.edit), tr!(action.save), name, description, form, send)
}

fn saved(app: App, changed: Changed) {
    app.close();
    app.done(tr!(toast.saved), changed);
}

fn naming(
    title: &'static str,
    submit: &'static str,
    name: RwSignal<String>,
    description: RwSignal<String>,
    form: Form,
    send: impl Fn() + 'static,
) -> AnyView {
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send();
    };
    dialog(
        title,
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=on_submit>
                <div class="dialog-body form">
                    {TextField::new(tr!(field.name), name).limit(limits::NAME).required().focus().view()}
                    {TextField::new(tr!(field.description), description).kind(Kind::Area).limit(limits::DESCRIPTION).view()}
                </div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
    )
}

/// Asks before a vault goes, since so much goes with it.
pub fn delete_vault(vault: TreeVault) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let name = vault.name.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.clone();
        form.send(DeleteItems { items: vec![Item::Vault(vault.id)] }, move |done| {
            app.close();
            app.report(tr!(toast.deleted, name = name), done);
            app.go_to(Spot::Home);
        });
    };
    dialog(
        tr!(vault.delete),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body">
                    <p>{tr!(vault.delete_question, name = vault.name.clone(), count = number(vault.resources))}</p>
                </div>
                {dialog_footer(form, tr!(action.delete))}
            </form>
        }
        .into_any(),
    )
}

/// Where to move or copy items to.
pub fn transfer(transfer: Transfer, items: Vec<Item>) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let accounts = items.iter().any(|item| matches!(item, Item::Account(..)));
    let (title, submit) = match transfer {
        Transfer::Move => (tr!(transfer.move_title), tr!(action.move_here)),
        Transfer::Copy => (tr!(transfer.copy_title), tr!(action.copy_here)),
    };
    let done = move |done: Done| {
        app.close();
        app.unmark();
        let item = done.item;
        app.report(if transfer == Transfer::Move { tr!(toast.moved) } else { tr!(toast.copied) }, done);
        if let Some(item) = item {
            app.show(item);
        }
    };
    let vaults: Vec<VaultId> = items.iter().map(|item| item.vault()).collect();
    let target = RwSignal::new(None::<Place>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(to) = target.get_untracked() else { return };
        let items = items.clone();
        match transfer {
            Transfer::Move => form.send(MoveItems { items, to }, done),
            Transfer::Copy => form.send(CopyItems { items, to }, done),
        }
    };
    let policies = move || {
        let leaves = target.get().is_some_and(|to| vaults.iter().any(|vault| *vault != to.vault()));
        let told = transfer == Transfer::Move && leaves && app.counts.with(|counts| counts.guarded);
        told.then(|| view! { <div class="note warn">{icon("triangle-alert")}<p>{tr!(transfer.policies)}</p></div> })
    };
    let body = if accounts { resource_search(target) } else { folder_list(app, target) };
    dialog(
        title,
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">{body}{policies}</div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
    )
}

fn folder_list(app: App, target: RwSignal<Option<Place>>) -> AnyView {
    let places = places(app);
    let names = places.iter().map(|(_, name)| name.clone()).collect();
    let places: Vec<Place> = places.into_iter().map(|(place, _)| place).collect();
    let chosen = RwSignal::new(0_usize);
    Effect::new(move |_| target.set(places.get(chosen.get()).copied()));
    choice(tr!(transfer.to), names, chosen)
}

/// Accounts go to a resource: there may be thousands, so it is searched for.
fn resource_search(target: RwSignal<Option<Place>>) -> AnyView {
    let query = RwSignal::new(String::new());
    let hits = RwSignal::new(Vec::<Row>::new());
    Effect::new(move |_| {
        let filter = query.get();
        leptos::task::spawn_local(async move {
            let command =
                ReadRows { query: ListQuery { text: filter.clone(), ..ListQuery::default() }, offset: 0, limit: 8 };
            if let Ok(rows) = crate::page::engine::ask(command).await
                && query.try_with_untracked(|now| *now == filter) == Some(true)
            {
                hits.set(rows.rows);
            }
        });
    });
    let lines = move || {
        hits.get()
            .into_iter()
            .map(|row| {
                let place = Place::Resource(row.vault, row.resource);
                view! {
                    <label class="tick">
                        <input type="radio" name="target" prop:checked=move || target.get() == Some(place) on:change=move |_| target.set(Some(place)) />
                        <span>{row.name}<span class="muted">" "{row.address}</span></span>
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        {TextField::new(tr!(transfer.find_resource), query).focus().view()}
        <fieldset class="radios"><legend class="visually-hidden">{tr!(transfer.to)}</legend>{lines}</fieldset>
    }
    .into_any()
}

/// Every vault and group that can be written to, groups indented below their vault. One's own comes last: nothing gets into
/// it that was meant for others.
fn places(app: App) -> Vec<(Place, String)> {
    let tree = app.tree.get_untracked();
    let all = || tree.iter().flat_map(|tree| &tree.vaults).filter(|vault| vault.writable);
    let vaults = all().filter(|vault| !vault.personal).chain(all().filter(|vault| vault.personal));
    vaults
        .flat_map(|vault| {
            let groups = vault.groups.iter().map(|group| {
                // Selects swallow plain spaces.
                let indent = "\u{2003}".repeat(usize::from(group.depth) + 1);
                (Place::ResourceGroup(vault.id, group.id), format!("{indent}{}", group.name))
            });
            std::iter::once((Place::Vault(vault.id), vault.name.clone())).chain(groups)
        })
        .collect()
}

/// A vault, and perhaps a resource group in it; `None` while there is nowhere to put anything.
type Chosen = Option<(VaultId, Option<ObjectId>)>;

/// A field for the place of something new, set to what is listed.
pub fn place_choice(app: App, selection: Selection) -> (RwSignal<Chosen>, AnyView) {
    let places = places(app);
    let here = match selection {
        Selection::Vault(vault) => Some(Place::Vault(vault)),
        Selection::ResourceGroup(vault, group) => Some(Place::ResourceGroup(vault, group)),
        _ => None,
    };
    let chosen = RwSignal::new(places.iter().position(|(place, _)| Some(*place) == here).unwrap_or(0));
    let names = places.iter().map(|(_, name)| name.clone()).collect();
    let places: Vec<Place> = places.into_iter().map(|(place, _)| place).collect();
    let place = RwSignal::new(None);
    Effect::new(move |_| {
        place.set(places.get(chosen.get()).map(|place| match *place {
            Place::Vault(vault) | Place::Resource(vault, _) => (vault, None),
            Place::ResourceGroup(vault, group) => (vault, Some(group)),
        }));
    });
    (place, choice(tr!(form.place), names, chosen))
}

/// A line that leads to making a vault, for forms that need one.
pub fn no_vault(app: App) -> AnyView {
    view! {
        <div class="empty quiet">
            {icon("vault")}<p>{tr!(empty.no_vault)}</p>
            <button type="button" class="button primary" on:click=move |_| app.open(Dialog::NewVault)>{tr!(vault.new)}</button>
        </div>
    }
    .into_any()
}

fn trimmed(text: RwSignal<String>) -> String {
    text.with_untracked(|text| text.trim().to_owned())
}
