//! The setting that says whether the catalog is kept in this browser.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{KeepCatalog, SessionView};
use crate::page::app::App;
use crate::page::components::field::tick;
use crate::page::engine::ask;
use crate::page::language::tr;

/// The section of the settings.
pub fn section(app: App, session: &SessionView) -> AnyView {
    let setting = if session.remembered {
        let keep = RwSignal::new(session.keeps_catalog);
        Effect::new(move |before: Option<bool>| {
            let now = keep.get();
            if before.is_some_and(|before| before != now) {
                spawn_local(async move {
                    match ask(KeepCatalog { keep: now }).await {
                        Ok(()) if now => app.say(tr!(toast.saved)),
                        Ok(()) => app.say(tr!(kept.removed)),
                        Err(error) => app.fail(&error),
                    }
                });
            }
            now
        });
        tick(tr!(kept.label), keep)
    } else {
        view! { <p>{tr!(kept.not_remembered)}</p> }.into_any()
    };
    view! {
        <section class="settings-section">
            <h3>{tr!(kept.title)}</h3>
            <p class="muted">{tr!(kept.hint)}</p>
            {setting}
        </section>
    }
    .into_any()
}
