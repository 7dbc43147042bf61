//! The tree pane: everything, then each vault with its resource groups, to any depth.

use std::collections::BTreeSet;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::bridge::{ObjectId, Personal, Selection, Tree, VaultId};
use crate::page::actions::Step;
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::window::Window;
use crate::page::keyboard::TypedAhead;
use crate::page::language::{number, tr};
use crate::page::memory;

const ROW: u32 = 30;

/// A visible line of the tree.
#[derive(Clone, PartialEq, Eq)]
struct Node {
    goes: Spot,
    name: String,
    depth: u16,
    count: u32,
    /// `None` has nothing in it.
    open: Option<bool>,
    symbol: &'static str,
    /// Whether it is the first vault, which stands a little apart.
    first: bool,
}

impl Node {
    const fn selection(&self) -> Option<Selection> {
        match self.goes {
            Spot::List(selection) => Some(selection),
            _ => None,
        }
    }
}

/// The tree.
pub fn pane(app: App, spot: Memo<Spot>) -> AnyView {
    let folded = RwSignal::new(remembered());
    Effect::new(move |before: Option<()>| {
        let line = folded.with(|folded| folded.iter().cloned().collect::<Vec<_>>().join(" "));
        if before.is_some() {
            memory::write(memory::FOLDED, &line);
        }
    });
    let nodes = Memo::new(move |_| {
        app.personal.with(|personal| {
            app.tree.with(|tree| {
                tree.as_ref().map(|tree| folded.with(|folded| visible(tree, personal, folded))).unwrap_or_default()
            })
        })
    });
    let cursor = RwSignal::new(0_usize);
    let drawn = RwSignal::new((0, 0));
    // Pages of their own are not in the tree.
    let selected = Memo::new(move |_| match spot.get() {
        Spot::Settings | Spot::Trash | Spot::People | Spot::Requests | Spot::Audit | Spot::Exposed | Spot::Reports => {
            None
        }
        Spot::Health => Some(Spot::Health),
        spot => Some(Spot::List(spot.selection())),
    });
    // The cursor follows what is selected by other means.
    Effect::new(move |_| {
        let Some(selected) = selected.get() else { return };
        app.tree.track();
        // Folding moves nothing: whoever folds stays where they are.
        if let Some(at) = nodes.with_untracked(|nodes| nodes.iter().position(|node| node.goes == selected)) {
            cursor.set(at);
        }
    });
    let fold = move |place: Spot, open: bool| {
        folded.update(|folded| {
            let key = key(place);
            if open {
                folded.remove(&key)
            } else {
                folded.insert(key)
            };
        });
    };
    let row = move |at: Memo<usize>| line(app, nodes, at, selected, cursor, fold);
    // Shown to the keys that act on what the cursor is on.
    Effect::new(move |_| {
        let at = cursor.get();
        app.pointed_place.set(nodes.with(|nodes| nodes.get(at).and_then(Node::selection)));
    });
    let typed = TypedAhead::new();
    let keys = move |event: &KeyboardEvent, step: Option<Step>| {
        let at = cursor.get_untracked();
        let Some(node) = nodes.with_untracked(|nodes| nodes.get(at).cloned()) else { return };
        match (step, node.open) {
            (Some(Step::Unfold), Some(false)) => fold(node.goes, true),
            (Some(Step::Unfold), Some(true)) => cursor.set(at + 1),
            (Some(Step::Fold), Some(true)) => fold(node.goes, false),
            (Some(Step::Fold), _) => {
                let parent =
                    nodes.with_untracked(|nodes| nodes.iter().take(at).rposition(|other| other.depth < node.depth));
                cursor.set(parent.unwrap_or(0));
            }
            (Some(Step::Open | Step::Mark), _) => app.go_to(node.goes),
            (None, _) => {
                let Some(typed) = typed.letter(event) else { return };
                let names = |node: &Node| node.name.to_lowercase().starts_with(&typed);
                let from = if typed.chars().count() > 1 { at } else { at + 1 };
                let found = nodes.with_untracked(|nodes| {
                    let count = nodes.len();
                    (from..from + count).map(|at| at % count.max(1)).find(|at| nodes.get(*at).is_some_and(names))
                });
                if let Some(found) = found {
                    cursor.set(found);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let window = Window {
        role: "tree",
        label: tr!(shell.vaults).to_owned(),
        class: "tree window",
        prefix: "node",
        count: Signal::derive(move || nodes.with(Vec::len)),
        row_height: ROW,
        head: None,
        cursor,
        drawn,
    };
    view! {
        <div class="tree-head">
            <h2>{tr!(shell.vaults)}</h2>
            {move || app.tree.with(|tree| tree.as_ref().is_some_and(|tree| tree.makes_vaults)).then(|| view! {
                <button type="button" class="icon-button" aria-label=tr!(vault.new) title=tr!(vault.new) on:click=move |_| app.open(Dialog::NewVault)>
                    {icon("plus")}
                </button>
            })}
        </div>
        {window.view(row, |_, _| {}, keys)}
        {move || app.tree.with(|tree| tree.as_ref().map(|tree| tree.awaited)).filter(|awaited| *awaited > 0).map(|awaited| view! {
            <p class="tree-note hint with-icon">{icon("hourglass")}<span>{tr!(tree.awaited, count = number(awaited))}</span></p>
        })}
    }
    .into_any()
}

fn line(
    app: App,
    nodes: Memo<Vec<Node>>,
    at: Memo<usize>,
    selected: Memo<Option<Spot>>,
    cursor: RwSignal<usize>,
    fold: impl Fn(Spot, bool) + Copy + Send + 'static,
) -> AnyView {
    // A line is drawn again only when it itself changed.
    let node = Memo::new(move |_| nodes.with(|nodes| nodes.get(at.get()).cloned()));
    let view = move || {
        let node = node.get()?;
        let Node { goes, name, depth, count, open, symbol, first } = node;
        let is_selected = move || selected.get() == Some(goes);
        let twist = open.map(|open| {
            let on_click = move |event: leptos::ev::MouseEvent| {
                event.stop_propagation();
                fold(goes, !open);
            };
            view! { <span class="twist" class:open=open aria-hidden="true" on:click=on_click>{icon("chevron-right")}</span> }
        });
        Some(view! {
            <div
                id=move || format!("node-{}", at.get()) role="treeitem" class="node" {..custom_attribute("aria-level", (depth + 1).to_string())}
                class:first=first
                aria-selected=move || is_selected().to_string() aria-expanded=open.map(|open| open.to_string())
                class:cursor=move || cursor.get() == at.get() style:padding-left=format!("{}px", 6 + depth * 14) title=name
                on:click=move |_| {
                    cursor.set(at.get_untracked());
                    app.go_to(goes);
                }
            >
                <span class="twist-space">{twist}</span>
                {icon(symbol)}
                <span class="node-name">{name.clone()}</span>
                <span class="count">{(count > 0).then(|| number(count))}</span>
            </div>
        })
    };
    view.into_any()
}

fn visible(tree: &Tree, personal: &Personal, folded: &BTreeSet<String>) -> Vec<Node> {
    let all = tree.vaults.iter().map(|vault| vault.resources).sum();
    let plain = |goes: Spot, symbol: &'static str, name: &str, count: u32| Node {
        goes,
        name: name.to_owned(),
        depth: 0,
        count,
        open: None,
        symbol,
        first: false,
    };
    let stars = u32::try_from(personal.favourites.len()).unwrap_or(u32::MAX);
    let mut nodes = vec![
        plain(Spot::List(Selection::All), "layers", tr!(tree.all), all),
        plain(Spot::List(Selection::Favourites), "star", tr!(views.favourites), stars),
        plain(Spot::List(Selection::Recent), "history", tr!(views.recent), 0),
    ];
    for view in &personal.views {
        nodes.push(plain(Spot::List(Selection::View(view.id)), "bookmark", &view.name, 0));
    }
    nodes.push(plain(Spot::Health, "heart-pulse", tr!(health.title), 0));
    let before = nodes.len();
    for vault in &tree.vaults {
        let goes = Spot::List(Selection::Vault(vault.id));
        let open = !folded.contains(&key(goes));
        nodes.push(Node {
            goes,
            name: vault.name.clone(),
            depth: 0,
            count: vault.resources,
            open: (!vault.groups.is_empty()).then_some(open),
            symbol: match (&vault.damage, vault.personal) {
                (Some(_), _) => "shield-alert",
                (None, true) => "circle-user",
                (None, false) => "vault",
            },
            first: nodes.len() == before,
        });
        if !open {
            continue;
        }
        // Below a folded group nothing shows until the depth is the group's again.
        let mut hidden_below = None;
        for (at, group) in vault.groups.iter().enumerate() {
            match hidden_below {
                Some(depth) if group.depth > depth => continue,
                _ => hidden_below = None,
            }
            let goes = Spot::List(Selection::ResourceGroup(vault.id, group.id));
            let has_groups = vault.groups.get(at + 1).is_some_and(|next| next.depth > group.depth);
            let open = !folded.contains(&key(goes));
            if has_groups && !open {
                hidden_below = Some(group.depth);
            }
            nodes.push(Node {
                goes,
                name: group.name.clone(),
                depth: group.depth + 1,
                count: group.resources,
                open: has_groups.then_some(open),
                symbol: if has_groups && open { "folder-open" } else { "folder" },
                first: false,
            });
        }
    }
    nodes
}

/// A group of the tree.
pub fn find_group(tree: &Tree, vault: VaultId, group: ObjectId) -> Option<&crate::bridge::TreeGroup> {
    tree.vaults.iter().find(|other| other.id == vault)?.groups.iter().find(|other| other.id == group)
}

fn key(place: Spot) -> String {
    match place {
        Spot::List(Selection::Vault(vault)) => vault.to_string(),
        Spot::List(Selection::ResourceGroup(_, group)) => group.to_string(),
        _ => String::new(),
    }
}

fn remembered() -> BTreeSet<String> {
    memory::read(memory::FOLDED)
        .unwrap_or_default()
        .split(' ')
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect()
}
