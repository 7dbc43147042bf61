//! The keys, in one list.

use leptos::prelude::*;

use super::team::command_key;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::language::tr;

/// The list.
pub fn dialog() -> AnyView {
    let command = command_key().trim();
    let everywhere = [
        (vec![command, "K"], tr!(shell.search)),
        (vec!["/"], tr!(list.filter)),
        (vec![command, "Shift", "L"], tr!(shell.lock)),
        (vec![command, ","], tr!(settings.title)),
        (vec!["?"], tr!(shortcuts.title)),
    ];
    let in_list = [
        (vec!["↑", "↓"], tr!(shortcuts.moves)),
        (vec!["Enter"], tr!(shortcuts.opens)),
        (vec!["C"], tr!(shortcuts.copies_secret)),
        (vec!["U"], tr!(shortcuts.copies_user_name)),
        (vec!["N"], tr!(resource.new)),
        (vec!["E"], tr!(resource.edit)),
        (vec!["M"], tr!(action.move_to)),
        (vec!["Delete"], tr!(resource.delete)),
    ];
    let in_tree = [(vec!["←", "→"], tr!(shortcuts.folds)), (vec!["F2"], tr!(shortcuts.renames))];
    plain_dialog(
        tr!(shortcuts.title),
        Width::Narrow,
        view! {
            <div class="dialog-body shortcuts">
                {part(tr!(shortcuts.everywhere), &everywhere)}
                {part(tr!(shortcuts.in_list), &in_list)}
                {part(tr!(shortcuts.in_tree), &in_tree)}
            </div>
        }
        .into_any(),
    )
}

fn part(title: &'static str, lines: &[(Vec<&'static str>, &'static str)]) -> AnyView {
    let lines = lines.iter().map(|(keys, does)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
        view! { <div><dt>{keys}</dt><dd>{*does}</dd></div> }
    });
    view! { <section><h3>{title}</h3><dl>{lines.collect_view()}</dl></section> }.into_any()
}
