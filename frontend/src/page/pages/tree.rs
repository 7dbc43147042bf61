//! The tree pane: everything, then each vault with its resource groups, to any depth.

use std::collections::BTreeSet;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use crate::bridge::{ObjectId, Selection, Tree, VaultId};
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
    selection: Selection,
    name: String,
    depth: u16,
    count: u32,
    /// `None` has nothing in it.
    open: Option<bool>,
    damaged: bool,
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
        app.tree.with(|tree| tree.as_ref().map(|tree| folded.with(|folded| visible(tree, folded))).unwrap_or_default())
    });
    let cursor = RwSignal::new(0_usize);
    let drawn = RwSignal::new((0, 0));
    // In the settings and the trash nothing of the tree is selected.
    let selected =
        Memo::new(move |_| (!matches!(spot.get(), Spot::Settings | Spot::Trash)).then(|| spot.get().selection()));
    // The cursor follows what is selected by other means.
    Effect::new(move |_| {
        let Some(selected) = selected.get() else { return };
        app.tree.track();
        // Folding moves nothing: whoever folds stays where they are.
        if let Some(at) = nodes.with_untracked(|nodes| nodes.iter().position(|node| node.selection == selected)) {
            cursor.set(at);
        }
    });
    let fold = move |selection: Selection, open: bool| {
        folded.update(|folded| {
            let key = key(selection);
            if open {
                folded.remove(&key)
            } else {
                folded.insert(key)
            };
        });
    };
    let row = move |at: usize| line(app, nodes, at, selected, cursor, fold);
    // Shown to the keys that act on what the cursor is on.
    Effect::new(move |_| {
        let at = cursor.get();
        app.pointed_place.set(nodes.with(|nodes| nodes.get(at).map(|node| node.selection)));
    });
    let typed = TypedAhead::new();
    let keys = move |event: &KeyboardEvent, step: Option<Step>| {
        let at = cursor.get_untracked();
        let Some(node) = nodes.with_untracked(|nodes| nodes.get(at).cloned()) else { return };
        match (step, node.open) {
            (Some(Step::Unfold), Some(false)) => fold(node.selection, true),
            (Some(Step::Unfold), Some(true)) => cursor.set(at + 1),
            (Some(Step::Fold), Some(true)) if node.selection != Selection::All => fold(node.selection, false),
            (Some(Step::Fold), _) => {
                let parent =
                    nodes.with_untracked(|nodes| nodes.iter().take(at).rposition(|other| other.depth < node.depth));
                cursor.set(parent.unwrap_or(0));
            }
            (Some(Step::Open | Step::Mark), _) => app.go_to(Spot::List(node.selection)),
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
        cursor,
        drawn,
    };
    view! {
        <div class="tree-head">
            <h2>{tr!(shell.vaults)}</h2>
            <button type="button" class="icon-button" aria-label=tr!(vault.new) title=tr!(vault.new) on:click=move |_| app.open(Dialog::NewVault)>
                {icon("plus")}
            </button>
        </div>
        {window.view(row, |_, _| {}, keys)}
    }
    .into_any()
}

fn line(
    app: App,
    nodes: Memo<Vec<Node>>,
    at: usize,
    selected: Memo<Option<Selection>>,
    cursor: RwSignal<usize>,
    fold: impl Fn(Selection, bool) + Copy + Send + 'static,
) -> AnyView {
    // A line is drawn again only when it itself changed.
    let node = Memo::new(move |_| nodes.with(|nodes| nodes.get(at).cloned()));
    let view = move || {
        let node = node.get()?;
        let Node { selection, name, depth, count, open, damaged } = node;
        let is_selected = move || selected.get() == Some(selection);
        let symbol = match selection {
            Selection::All => "layers",
            Selection::Vault(_) => "vault",
            Selection::ResourceGroup(..) => {
                if open == Some(true) {
                    "folder-open"
                } else {
                    "folder"
                }
            }
        };
        let twist = open.filter(|_| selection != Selection::All).map(|open| {
            let on_click = move |event: leptos::ev::MouseEvent| {
                event.stop_propagation();
                fold(selection, !open);
            };
            view! { <span class="twist" class:open=open aria-hidden="true" on:click=on_click>{icon("chevron-right")}</span> }
        });
        Some(view! {
            <div
                id=format!("node-{at}") role="treeitem" class="node" {..custom_attribute("aria-level", (depth + 1).to_string())}
                aria-selected=move || is_selected().to_string() aria-expanded=open.map(|open| open.to_string())
                class:cursor=move || cursor.get() == at style:padding-left=format!("{}px", 6 + depth * 14) title=name
                on:click=move |_| {
                    cursor.set(at);
                    app.go_to(Spot::List(selection));
                }
            >
                <span class="twist-space">{twist}</span>
                {icon(if damaged { "shield-alert" } else { symbol })}
                <span class="node-name">{name.clone()}</span>
                <span class="count">{(count > 0).then(|| number(count))}</span>
            </div>
        })
    };
    view.into_any()
}

fn visible(tree: &Tree, folded: &BTreeSet<String>) -> Vec<Node> {
    let all = tree.vaults.iter().map(|vault| vault.resources).sum();
    let mut nodes = vec![Node {
        selection: Selection::All,
        name: tr!(tree.all).to_owned(),
        depth: 0,
        count: all,
        open: None,
        damaged: false,
    }];
    for vault in &tree.vaults {
        let selection = Selection::Vault(vault.id);
        let open = !folded.contains(&key(selection));
        nodes.push(Node {
            selection,
            name: vault.name.clone(),
            depth: 0,
            count: vault.resources,
            open: (!vault.groups.is_empty()).then_some(open),
            damaged: vault.damage.is_some(),
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
            let selection = Selection::ResourceGroup(vault.id, group.id);
            let has_groups = vault.groups.get(at + 1).is_some_and(|next| next.depth > group.depth);
            let open = !folded.contains(&key(selection));
            if has_groups && !open {
                hidden_below = Some(group.depth);
            }
            nodes.push(Node {
                selection,
                name: group.name.clone(),
                depth: group.depth + 1,
                count: group.resources,
                open: has_groups.then_some(open),
                damaged: false,
            });
        }
    }
    nodes
}

/// A group of the tree.
pub fn find_group(tree: &Tree, vault: VaultId, group: ObjectId) -> Option<&crate::bridge::TreeGroup> {
    tree.vaults.iter().find(|other| other.id == vault)?.groups.iter().find(|other| other.id == group)
}

fn key(selection: Selection) -> String {
    match selection {
        Selection::All => "all".to_owned(),
        Selection::Vault(vault) => vault.to_string(),
        Selection::ResourceGroup(_, group) => group.to_string(),
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
