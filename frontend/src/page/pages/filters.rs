//! The filters of the list: the panel that offers them, and the chips of those in force.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::tree::find_group;
use crate::bridge::{Check, Facets, ListFilters, ListQuery, ObjectId, ReadFacets, Selection, VaultId};
use crate::page::actions::{Do, Here, find};
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::components::menu::place_below;
use crate::page::engine::{ask, keep};
use crate::page::language::{number, tr};

/// The button that opens the panel.
pub const BUTTON_ID: &str = "list-filters";
const PANEL_ID: &str = "filter-panel";
/// Most types, tags and groups that are offered at once.
const OFFERED: usize = 40;

/// One filter.
#[derive(Clone, PartialEq, Eq)]
enum Filter {
    Check(Check),
    Type(String),
    Tag(String),
    Vault(VaultId),
    Group(VaultId, ObjectId),
    Favourites,
    Recent,
}

impl Filter {
    /// Those in force.
    fn all(filters: &ListFilters) -> Vec<Self> {
        let of = &filters.of;
        let favourites = filters.favourites.then_some(Self::Favourites);
        let recent = filters.recent.then_some(Self::Recent);
        (of.checks.iter().copied().map(Self::Check))
            .chain(of.types.iter().cloned().map(Self::Type))
            .chain(of.tags.iter().cloned().map(Self::Tag))
            .chain(filters.vaults.iter().copied().map(Self::Vault))
            .chain(filters.groups.iter().map(|(vault, group)| Self::Group(*vault, *group)))
            .chain(favourites)
            .chain(recent)
            .collect()
    }

    fn is_in(&self, filters: &ListFilters) -> bool {
        Self::all(filters).contains(self)
    }

    /// Puts it in force, or takes it away.
    fn toggle(&self, filters: &mut ListFilters) {
        let of = &mut filters.of;
        match self {
            Self::Check(check) => flip(&mut of.checks, check),
            Self::Type(name) => flip(&mut of.types, name),
            Self::Tag(tag) => flip(&mut of.tags, tag),
            Self::Vault(vault) => flip(&mut filters.vaults, vault),
            Self::Group(vault, group) => flip(&mut filters.groups, &(*vault, *group)),
            Self::Favourites => filters.favourites = !filters.favourites,
            Self::Recent => filters.recent = !filters.recent,
        }
    }

    fn icon(&self) -> &'static str {
        match self {
            Self::Check(check) => check_icon(*check),
            Self::Type(_) => "box",
            Self::Tag(_) => "tag",
            Self::Vault(_) => "vault",
            Self::Group(..) => "folder",
            Self::Favourites => "star",
            Self::Recent => "history",
        }
    }

    fn name(&self, app: App) -> String {
        let tree = app.tree.get();
        match self {
            Self::Check(check) => check_name(*check).to_owned(),
            Self::Type(name) | Self::Tag(name) => name.clone(),
            Self::Vault(vault) => tree
                .and_then(|tree| tree.vaults.iter().find(|other| other.id == *vault).map(|vault| vault.name.clone()))
                .unwrap_or_default(),
            Self::Group(vault, group) => tree
                .and_then(|tree| find_group(&tree, *vault, *group).map(|group| group.name.clone()))
                .unwrap_or_default(),
            Self::Favourites => tr!(views.favourites).to_owned(),
            Self::Recent => tr!(views.recent).to_owned(),
        }
    }
}

fn flip<T: PartialEq + Clone>(all: &mut Vec<T>, one: &T) {
    match all.iter().position(|other| other == one) {
        Some(at) => drop(all.remove(at)),
        None => all.push(one.clone()),
    }
}

/// The name of a check.
pub fn check_name(check: Check) -> &'static str {
    match check {
        Check::Weak => tr!(filters.weak),
        Check::Reused => tr!(filters.reused),
        Check::Old => tr!(filters.old),
        Check::Expired => tr!(filters.expired),
        Check::Expiring => tr!(filters.expiring),
        Check::Privileged => tr!(account.privileged),
        Check::NoSecret => tr!(filters.no_secret),
        Check::HasFile => tr!(filters.has_file),
        Check::HasCode => tr!(filters.has_code),
    }
}

/// The icon of a check.
pub const fn check_icon(check: Check) -> &'static str {
    match check {
        Check::Weak => "triangle-alert",
        Check::Reused => "repeat",
        Check::Old => "hourglass",
        Check::Expired => "calendar-x",
        Check::Expiring => "calendar-clock",
        Check::Privileged => "crown",
        Check::NoSecret => "circle-dashed",
        Check::HasFile => "paperclip",
        Check::HasCode => "timer",
    }
}

/// The chips of the filters in force, and what can be done with all of them.
pub fn chips(app: App) -> AnyView {
    let active = Memo::new(move |_| app.query.with(|query| Filter::all(&query.filters)));
    let chip = move |filter: Filter| {
        let name = filter.name(app);
        let label = tr!(filters.remove, what = name);
        let symbol = filter.icon();
        view! {
            <li>
                <button
                    type="button" class="chip" aria-label=label.clone() title=label
                    on:click=move |_| app.query.update(|query| filter.toggle(&mut query.filters))
                >
                    {icon(symbol)}<span>{name}</span>{icon("x")}
                </button>
            </li>
        }
    };
    let run = move |id: Do| {
        if let Some(action) = find(id) {
            action.run(app, &Here::listed(app, app.query.with_untracked(|query| query.selection)));
        }
    };
    let narrowed = move || app.query.with(|query| !query.filters.is_empty() || !query.text.is_empty());
    let changed = move || {
        let ListQuery { selection, text, filters, sort } = app.query.get();
        let look = app.look.get();
        app.personal.with(|personal| {
            let saved = personal.views.iter().find(|view| Selection::View(view.id) == selection);
            saved.is_some_and(|saved| {
                (&saved.text, &saved.filters, saved.sort, &saved.look) != (&text, &filters, sort, &look)
            })
        })
    };
    let update = move || {
        changed().then(|| {
            view! { <button type="button" class="link" on:click=move |_| run(Do::UpdateView)>{tr!(views.update)}</button> }
        })
    };
    let row = move || {
        (narrowed() || changed()).then(|| {
            let chips = active.get().into_iter().map(chip).collect_view();
            view! {
                <div class="chips">
                    <ul aria-label=tr!(filters.active)>{chips}</ul>
                    <button type="button" class="link" on:click=move |_| run(Do::ClearFilters)>{tr!(filters.clear)}</button>
                    {update}
                    <button type="button" class="link" on:click=move |_| run(Do::SaveView)>{tr!(views.save)}</button>
                </div>
            }
        })
    };
    row.into_any()
}

/// The button with the panel.
pub fn button(app: App) -> AnyView {
    let trigger = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let opened = RwSignal::new(false);
    let facets = RwSignal::new(Facets::default());
    // What it offers is read when it is opened, and again when the catalog changes.
    Effect::new(move |_| {
        app.catalog.track();
        if !opened.get() {
            return;
        }
        let selection = app.query.with_untracked(|query| query.selection);
        spawn_local(async move {
            if let Ok(read) = ask(ReadFacets { query: ListQuery { selection, ..ListQuery::default() } }).await {
                keep(facets, read);
            }
        });
    });
    let count = move || app.query.with(|query| Filter::all(&query.filters).len());
    // Painted, not written: the chips say it in words.
    let badge = move || Some(count()).filter(|count| *count > 0).map(|count| count.to_string());
    let body = move || opened.get().then(|| offers(app, facets));
    view! {
        <button
            node_ref=trigger type="button" id=BUTTON_ID class="icon-button" class:in-force=move || 0 < count()
            aria-label=tr!(filters.title) title=tr!(filters.title) aria-expanded=move || opened.get().to_string()
            aria-haspopup="dialog" popovertarget=PANEL_ID data-count=badge
        >
            {icon("list-filter")}
        </button>
        <div
            node_ref=panel id=PANEL_ID class="menu filter-panel" role="dialog" aria-label=tr!(filters.title) popover="auto"
            on:toggle=move |_| {
                let open = panel.get_untracked().is_some_and(|panel| panel.matches(":popover-open").unwrap_or(false));
                opened.set(open);
                if let (true, Some(trigger), Some(panel)) = (open, trigger.get_untracked(), panel.get_untracked()) {
                    request_animation_frame(move || {
                        place_below(&trigger, &panel);
                        let first = panel.query_selector("button").ok().flatten();
                        if let Some(first) = first.and_then(|first| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(first).ok()) {
                            let _ = first.focus();
                        }
                    });
                }
            }
        >
            {body}
        </div>
    }
    .into_any()
}

fn offers(app: App, facets: RwSignal<Facets>) -> AnyView {
    let checks = move || {
        let counts = facets.with(|facets| facets.checks.clone());
        let count = move |check| counts.iter().find(|(other, _)| *other == check).map(|(_, count)| *count);
        let offered = Check::ALL.into_iter().map(|check| toggle(app, Filter::Check(check), count(check)));
        offered.collect_view()
    };
    let words = move |pick: fn(&Facets) -> &Vec<(String, u32)>, filter: fn(String) -> Filter| {
        facets.with(|facets| {
            let offered = pick(facets).iter().take(OFFERED);
            offered.map(|(word, count)| toggle(app, filter(word.clone()), Some(*count))).collect::<Vec<_>>()
        })
    };
    let selection = app.query.with_untracked(|query| query.selection);
    let inside = match selection {
        Selection::Vault(vault) | Selection::ResourceGroup(vault, _) => Some(vault),
        _ => None,
    };
    let tree = app.tree.get_untracked();
    let vaults: Vec<AnyView> = match (&tree, inside) {
        (Some(tree), None) if tree.vaults.len() > 1 => {
            tree.vaults.iter().map(|vault| toggle(app, Filter::Vault(vault.id), Some(vault.resources))).collect()
        }
        _ => Vec::new(),
    };
    let of_vault =
        tree.iter().flat_map(|tree| &tree.vaults).filter(|vault| inside.is_none_or(|inside| inside == vault.id));
    let groups = of_vault.flat_map(|vault| vault.groups.iter().map(move |group| (vault.id, group)));
    let groups: Vec<AnyView> = groups
        .take(OFFERED)
        .map(|(vault, group)| toggle(app, Filter::Group(vault, group.id), Some(group.resources)))
        .collect();
    let mine = [Filter::Favourites, Filter::Recent].map(|filter| toggle(app, filter, None));
    view! {
        {part(tr!(filters.health), checks.into_any())}
        {move || some_part(tr!(field.resource_type), words(|facets| &facets.types, Filter::Type))}
        {move || some_part(tr!(field.tags), words(|facets| &facets.tags, Filter::Tag))}
        {some_part(tr!(shell.vaults), vaults)}
        {some_part(tr!(filters.groups), groups)}
        {part(tr!(filters.mine), mine.into_iter().collect_view().into_any())}
    }
    .into_any()
}

fn some_part(title: &'static str, offered: Vec<AnyView>) -> Option<AnyView> {
    (!offered.is_empty()).then(|| part(title, offered.into_any()))
}

fn part(title: &'static str, offered: AnyView) -> AnyView {
    view! { <section class="filter-part"><h3>{title}</h3><div class="filter-choices">{offered}</div></section> }
        .into_any()
}

fn toggle(app: App, filter: Filter, count: Option<u32>) -> AnyView {
    let symbol = filter.icon();
    let name = filter.name(app);
    let of = filter.clone();
    let on = Memo::new(move |_| app.query.with(|query| of.is_in(&query.filters)));
    let count = count.map(|count| view! { <span class="count">{number(count)}</span> });
    view! {
        <button
            type="button" class="choice-chip" aria-pressed=move || on.get().to_string()
            on:click=move |_| app.query.update(|query| filter.toggle(&mut query.filters))
        >
            {icon(symbol)}<span>{name}</span>{count}
        </button>
    }
    .into_any()
}
