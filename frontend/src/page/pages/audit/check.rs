//! Walks the whole chain while the person looks on, and says what came of it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::words::explain_broken;
use crate::bridge::{AuditVerdict, CheckAudit, Error, Progress, Work};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{number, tr};

/// The dialog; it begins at once.
pub fn dialog() -> AnyView {
    let app = App::get();
    let verdict = RwSignal::new(None::<Result<AuditVerdict, Error>>);
    app.progress.set(None);
    spawn_local(async move {
        let answer = ask(CheckAudit).await;
        let _ = verdict.try_set(Some(answer));
    });
    let percent = move || match app.progress.get() {
        Some(Progress { work: Work::CheckingAudit, done, total }) if total > 0 => {
            u64::from(done) * 100 / u64::from(total)
        }
        _ => 0,
    };
    let body = move || {
        match verdict.get() {
        None => view! {
            <p role="status">{tr!(audit.checking)}</p>
            <div class="progress" role="progressbar" aria-label=tr!(audit.checking) aria-valuemin="0" aria-valuemax="100" aria-valuenow=move || percent().to_string()>
                <i style:width=move || format!("{}%", percent())></i>
            </div>
        }
        .into_any(),
        Some(Err(error)) => {
            view! { <div class="note bad" role="alert">{icon("circle-alert")}<p>{explain(&error)}</p></div> }.into_any()
        }
        Some(Ok(verdict)) => tell(verdict),
    }
    };
    plain_dialog(
        tr!(audit.check),
        Width::Narrow,
        view! {
            <div class="dialog-body form">
                <p class="muted">{tr!(audit.check_hint)}</p>
                {body}
            </div>
            <footer>
                <div class="buttons end">
                    <button type="button" class="button primary" on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        }
        .into_any(),
    )
}

fn tell(verdict: AuditVerdict) -> AnyView {
    let count = |count: u64| number(u32::try_from(count).unwrap_or(u32::MAX));
    let removed = (verdict.removed > 0)
        .then(|| view! { <p class="hint">{tr!(audit.removed_before, number = count(verdict.removed))}</p> });
    let by_word = (verdict.steps_alone > 0)
        .then(|| view! { <p class="hint">{tr!(audit.steps_by_word, count = count(verdict.steps_alone))}</p> });
    match verdict.broken {
        Some(broken) => view! {
            <div class="note bad" role="alert">
                {icon("shield-alert")}
                <p>{tr!(audit.broken, number = count(broken.sequence), fault = explain_broken(broken.broken))}</p>
            </div>
            <p class="hint">{tr!(audit.broken_hint)}</p>
        }
        .into_any(),
        None => {
            let text = if verdict.whole {
                tr!(audit.whole, count = count(verdict.events))
            } else {
                tr!(audit.own_checked, count = count(verdict.events))
            };
            view! {
                <p class="good-line" role="status">{icon("shield-check")}<span>{text}</span></p>
                {removed}
                {by_word}
            }
            .into_any()
        }
    }
}
