//! The help sheet: every key, from the table of actions and the table of moves.

use leptos::prelude::*;

use crate::page::actions::{ACTIONS, Part, STEPS, key_name};
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::language::tr;

/// The sheet.
pub fn dialog() -> AnyView {
    let parts = Part::ALL.into_iter().map(|part| {
        let actions = ACTIONS.iter().filter(|action| action.part == part && !action.keys.is_empty());
        let lines = actions.flat_map(|action| action.keys.iter().map(|keys| line(keys.shown(), (action.name)())));
        section(part.name(), lines.collect())
    });
    let steps = STEPS.iter().map(|steps| {
        let keys = steps.held.into_iter().chain(steps.steps.iter().map(|(_, key)| key_name(key)));
        line(keys.collect(), (steps.name)())
    });
    let jumps = [
        line(vec!["Shift", tr!(shortcuts.letters)], tr!(shortcuts.jumps)),
        line(vec![tr!(shortcuts.letters)], tr!(shortcuts.jumps_tree)),
    ];
    plain_dialog(
        tr!(shortcuts.title),
        Width::Wide,
        view! {
            <div class="dialog-body shortcuts" role="group" aria-label=tr!(shortcuts.title) tabindex="0">
                {parts.collect_view()}
                {section(tr!(actions.part_move), steps.chain(jumps).collect())}
            </div>
        }
        .into_any(),
    )
}

fn section(title: &'static str, lines: Vec<AnyView>) -> Option<AnyView> {
    (!lines.is_empty()).then(|| view! { <section><h3>{title}</h3><dl>{lines}</dl></section> }.into_any())
}

fn line(keys: Vec<&'static str>, does: &'static str) -> AnyView {
    let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view();
    view! { <div><dt>{keys}</dt><dd>{does}</dd></div> }.into_any()
}
