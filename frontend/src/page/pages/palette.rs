//! Search over everything, and the commands: Ctrl-K from anywhere, arrows, Enter.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

use crate::bridge::{Hit, HitIcon, Search};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::{icon, resource_tile, secret_icon};
use crate::page::engine::ask;
use crate::page::keyboard::{self, composing};
use crate::page::language::tr;

const MOST: u16 = 30;

/// A command of the app.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    NewResource,
    NewVault,
    Import,
    Settings,
    Lock,
    Shortcuts,
}

impl Action {
    const ALL: [Self; 6] =
        [Self::NewResource, Self::NewVault, Self::Import, Self::Settings, Self::Lock, Self::Shortcuts];

    fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::NewResource => ("plus", tr!(resource.new)),
            Self::NewVault => ("vault", tr!(vault.new)),
            Self::Import => ("import", tr!(import.title)),
            Self::Settings => ("settings", tr!(settings.title)),
            Self::Lock => ("lock", tr!(shell.lock)),
            Self::Shortcuts => ("keyboard", tr!(shortcuts.title)),
        }
    }

    fn run(self, app: App) {
        let selection = app.address.get_untracked().spot().map_or_else(Default::default, Spot::selection);
        match self {
            Self::NewResource => app.open(Dialog::NewResource(selection)),
            Self::NewVault => app.open(Dialog::NewVault),
            Self::Import => app.open(Dialog::Import(None)),
            Self::Settings => app.go_to(Spot::Settings),
            Self::Lock => app.lock(),
            Self::Shortcuts => app.open(Dialog::Shortcuts),
        }
    }
}

/// The palette.
pub fn dialog() -> AnyView {
    let app = App::get();
    keyboard::return_focus();
    let element = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let hits = RwSignal::new(Vec::<Hit>::new());
    let answered = RwSignal::new(String::new());
    let cursor = RwSignal::new(0_usize);
    Effect::new(move |_| {
        if let (Some(element), Some(input)) = (element.get(), input.get()) {
            let _ = element.show_modal();
            let _ = input.focus();
        }
    });
    Effect::new(move |_| {
        let text = query.get();
        if text.trim().is_empty() {
            hits.set(Vec::new());
            answered.set(String::new());
            cursor.set(0);
            return;
        }
        spawn_local(async move {
            let answer = ask(Search { query: text.clone(), limit: MOST }).await;
            if query.try_with_untracked(|now| *now == text) != Some(true) {
                return;
            }
            match answer {
                Ok(found) => {
                    hits.set(found);
                    answered.set(text);
                    cursor.set(0);
                }
                Err(error) => app.fail(&error),
            }
        });
    });
    let actions = Memo::new(move |_| {
        let text = query.with(|query| query.trim().to_lowercase());
        Action::ALL
            .into_iter()
            .filter(|action| text.is_empty() || action.name().1.to_lowercase().contains(&text))
            .collect::<Vec<_>>()
    });
    let count = move || hits.with(Vec::len) + actions.with(Vec::len);
    let choose = move |at: usize| {
        let hit = hits.with_untracked(|hits| hits.get(at).map(|hit| hit.item));
        let action =
            actions.with_untracked(|actions| actions.get(at.saturating_sub(hits.with_untracked(Vec::len))).copied());
        app.close();
        match (hit, action) {
            (Some(item), _) => app.show(item),
            (None, Some(action)) => action.run(app),
            (None, None) => {}
        }
    };
    let keys = move |event: KeyboardEvent| {
        if composing(&event) {
            return;
        }
        let count = untrack(count).max(1);
        let here = cursor.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => cursor.set((here + 1) % count),
            "ArrowUp" => cursor.set((here + count - 1) % count),
            "Enter" => choose(here),
            _ => return,
        }
        event.prevent_default();
    };
    Effect::new(move |_| {
        let id = format!("hit-{}", cursor.get());
        if let Some(line) = document().get_element_by_id(&id) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            line.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    let found =
        move || hits.get().into_iter().enumerate().map(|(at, hit)| hit_line(hit, at, cursor, choose)).collect_view();
    let commands = move || {
        let first = hits.with(Vec::len);
        let lines = actions.get().into_iter().enumerate().map(|(at, action)| {
            let (symbol, name) = action.name();
            let body = view! { <span class="tile hue-slate">{icon(symbol)}</span><span class="row-text"><span class="row-name">{name}</span></span> };
            option_line(first + at, cursor, choose, body.into_any())
        });
        lines.collect_view()
    };
    let heading = move || {
        (!actions.with(Vec::is_empty))
            .then(|| view! { <p class="small-heading" role="presentation">{tr!(palette.commands)}</p> })
    };
    let nothing = move || {
        (count() == 0 && answered.with(|answered| !answered.is_empty())).then(|| {
            view! { <p class="muted pad">{tr!(list.nothing_found)}</p> }
        })
    };
    let said = move || {
        let number = crate::page::language::number(u32::try_from(hits.with(Vec::len)).unwrap_or(0));
        answered.with(|answered| !answered.is_empty()).then(|| tr!(palette.found, count = number))
    };
    view! {
        <dialog
            node_ref=element class="palette" aria-label=tr!(shell.search) on:close=move |_| app.close()
            on:click=move |event| {
                // A click beside the palette closes it.
                if let Some(element) = element.get_untracked()
                    && event.target().as_ref() == Some(element.as_ref())
                {
                    app.close();
                }
            }
        >
            <div class="palette-inside">
                <label class="palette-input">
                    {icon("search")}
                    <input
                        node_ref=input type="text" role="combobox" aria-expanded="true" aria-controls="hits" aria-autocomplete="list"
                        aria-label=tr!(shell.search) aria-activedescendant=move || (count() > 0).then(|| format!("hit-{}", cursor.get()))
                        placeholder=tr!(palette.placeholder) autocomplete="off" spellcheck="false" prop:value=move || query.get()
                        on:input=move |event| query.set(event_target_value(&event)) on:keydown=keys
                    />
                    <kbd>"Esc"</kbd>
                </label>
                <div id="hits" class="hits" role="listbox" aria-label=tr!(palette.results)>
                    {found}{heading}{commands}
                </div>
                {nothing}
                <p class="visually-hidden" role="status">{said}</p>
            </div>
        </dialog>
    }
    .into_any()
}

fn hit_line(hit: Hit, at: usize, cursor: RwSignal<usize>, choose: impl Fn(usize) + Copy + Send + 'static) -> AnyView {
    let tile = match &hit.icon {
        HitIcon::Vault => view! { <span class="tile hue-accent">{icon("vault")}</span> }.into_any(),
        HitIcon::ResourceGroup => view! { <span class="tile hue-amber">{icon("folder")}</span> }.into_any(),
        HitIcon::Resource(resource_type) => resource_tile(resource_type),
        HitIcon::Account(secret_type) => {
            view! { <span class="tile hue-slate">{icon(secret_icon(*secret_type))}</span> }.into_any()
        }
    };
    let body = view! {
        {tile}
        <span class="row-text">
            <span class="row-name">{marked(&hit.title, &hit.title_matches)}</span>
            <span class="row-detail">{marked(&hit.detail, &hit.detail_matches)}</span>
        </span>
        <span class="hit-path muted">{hit.path.join(" / ")}</span>
    };
    option_line(at, cursor, choose, body.into_any())
}

fn option_line(
    at: usize,
    cursor: RwSignal<usize>,
    choose: impl Fn(usize) + Copy + Send + 'static,
    body: AnyView,
) -> AnyView {
    view! {
        <div
            id=format!("hit-{at}") class="hit" role="option" aria-selected=move || (cursor.get() == at).to_string()
            on:click=move |_| choose(at) on:pointermove=move |_| {
                if cursor.get_untracked() != at {
                    cursor.set(at);
                }
            }
        >
            {body}
        </div>
    }
    .into_any()
}

/// A text with the matched characters marked.
fn marked(text: &str, matches: &[(u16, u16)]) -> AnyView {
    let characters: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0_usize;
    let take = |from: usize, to: usize| characters.iter().skip(from).take(to.saturating_sub(from)).collect::<String>();
    for (first, end) in matches {
        let (first, end) = (usize::from(*first).max(at), usize::from(*end).min(characters.len()));
        if first >= end {
            continue;
        }
        parts.push(take(at, first).into_any());
        parts.push(view! { <mark>{take(first, end)}</mark> }.into_any());
        at = end;
    }
    parts.push(take(at, characters.len()).into_any());
    parts.into_any()
}
