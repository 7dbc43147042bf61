//! Search over everything, and the commands: Ctrl-K from anywhere, arrows, Enter.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::KeyboardEvent;

use crate::bridge::{Hit, HitIcon, Search};
use crate::page::actions::{ACTIONS, Action, Here, Part, target};
use crate::page::app::App;
use crate::page::components::icon::{icon, resource_tile, secret_icon};
use crate::page::engine::ask;
use crate::page::keyboard::{self, composing};
use crate::page::language::{number, tr};

const MOST: u16 = 30;

/// The palette.
pub fn dialog() -> AnyView {
    let app = App::get();
    // Before the focus moves in here.
    let target = target(app);
    keyboard::return_focus();
    let here = RwSignal::new(Here::listed(app, target.selection));
    spawn_local(async move {
        let read = Here::read(app, target).await;
        here.try_set(read);
    });
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
        let words: Vec<&str> = text.split_whitespace().collect();
        let fits = |action: &Action| {
            let name = format!("{} {}", (action.name)(), action.part.name()).to_lowercase();
            words.iter().all(|word| name.contains(word)) && here.with(|here| (action.fits)(here))
        };
        let mut fitting: Vec<usize> = (0..ACTIONS.len()).filter(|at| ACTIONS.get(*at).is_some_and(fits)).collect();
        fitting.sort_by_key(|at| ACTIONS.get(*at).map(|action| action.part));
        fitting
    });
    let count = move || hits.with(Vec::len) + actions.with(Vec::len);
    let choose = move |at: usize| {
        let hit = hits.with_untracked(|hits| hits.get(at).map(|hit| hit.item));
        let before = hits.with_untracked(Vec::len);
        let action = actions.with_untracked(|actions| actions.get(at.saturating_sub(before)).copied());
        let action = action.and_then(|action| ACTIONS.get(action));
        app.close();
        match (hit, action) {
            (Some(item), _) => app.show(item),
            (None, Some(action)) => here.with_untracked(|here| action.run(app, here)),
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
        let mut part = None;
        let lines = actions.get().into_iter().enumerate().filter_map(|(at, action)| {
            let action = ACTIONS.get(action)?;
            let heading = (part.replace(action.part) != Some(action.part)).then(|| part_heading(action.part, here));
            Some((heading, action_line(action, first + at, cursor, choose)))
        });
        lines.collect_view()
    };
    let nothing = move || {
        (count() == 0 && answered.with(|answered| !answered.is_empty())).then(|| {
            view! { <p class="muted pad">{tr!(list.nothing_found)}</p> }
        })
    };
    let said = move || {
        let number = number(u32::try_from(hits.with(Vec::len)).unwrap_or(0));
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
                    {found}{commands}
                </div>
                {nothing}
                <p class="visually-hidden" role="status">{said}</p>
            </div>
        </dialog>
    }
    .into_any()
}

/// The heading of a part; what is done to something names it.
fn part_heading(part: Part, here: RwSignal<Here>) -> AnyView {
    let about = here.with_untracked(|here| match part {
        Part::Account => here.account().map(|account| account.fields.name.clone()),
        Part::Resource => match here.marked.len() {
            0 => here.resource.as_ref().map(|resource| resource.fields.name.clone()),
            many => Some(tr!(palette.selected, count = number(u32::try_from(many).unwrap_or(u32::MAX)))),
        },
        Part::Place => {
            here.vault().map(|vault| vault.name.clone()).or(here.group().map(|(_, group)| group.name.clone()))
        }
        _ => None,
    });
    view! {
        <p class="small-heading" role="presentation">{part.name()}{about.map(|about| view! { <span class="about">{about}</span> })}</p>
    }
    .into_any()
}

fn action_line(
    action: &'static Action,
    at: usize,
    cursor: RwSignal<usize>,
    choose: impl Fn(usize) + Copy + Send + 'static,
) -> AnyView {
    let keys = action.keys.first().map(|keys| keys.shown()).unwrap_or_default();
    let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view();
    let body = view! {
        <span class="action-icon" class:danger=action.danger>{icon(action.icon)}</span>
        <span class="row-text"><span class="row-name">{(action.name)()}</span></span>
        <span class="keys" aria-hidden="true">{keys}</span>
    };
    option_line(at, cursor, choose, body.into_any())
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
