//! Saved views: their names.

use leptos::prelude::*;
use sealward_client::model::limits;

use crate::bridge::{SavedView, Selection};
use crate::page::address::Spot;
use crate::page::app::{App, Naming};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::TextField;
use crate::page::components::form::{Form, dialog_footer};
use crate::page::language::tr;

/// Asks for the name of a view, and saves it.
pub fn name(view: SavedView, naming: Naming) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let name = RwSignal::new(view.name.clone());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.with_untracked(|name| name.trim().to_owned());
        if typed.is_empty() || crate::page::keyboard::just_composed() {
            return;
        }
        app.close();
        app.save_view(SavedView { name: typed, ..view.clone() }, move |id| {
            if naming == Naming::New {
                app.go_to(Spot::List(Selection::View(id)));
            }
        });
    };
    let title = if naming == Naming::New { tr!(views.save) } else { tr!(views.rename) };
    dialog(
        title,
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    {TextField::new(tr!(field.name), name).limit(limits::NAME).required().focus().hint(tr!(views.kept_here)).view()}
                </div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}
