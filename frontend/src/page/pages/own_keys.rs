//! Replacing one's own keys, and comparing those of others.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::kit::{confirm, sheet};
use crate::bridge::{Error, *};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::form::{Form, alert, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::new_password::NewPassword;
use crate::page::components::qr::qr;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{moment, tr};

/// New keys, a new password and a new kit, which is shown then.
pub fn replace() -> AnyView {
    let app = App::get();
    let kit = RwSignal::new(None::<Arc<KitView>>);
    let body = move || match kit.get() {
        None => untrack(|| replace_form(app, kit)),
        Some(kit) => {
            let goes_on = move || {
                app.close();
                app.say(tr!(own_keys.replaced_done));
                spawn_local(app.read_status());
            };
            view! { <div class="dialog-body kit-page">{sheet(&kit)}{confirm(Arc::clone(&kit), goes_on)}</div> }
                .into_any()
        }
    };
    dialog(tr!(own_keys.replace), Width::Wide, view! { {body} }.into_any())
}

fn replace_form(app: App, kit: RwSignal<Option<Arc<KitView>>>) -> AnyView {
    let typed = NewPassword::own(app);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((current, new)) = typed.read(form) else { return };
        form.send(ReplaceKeys { current, new }, move |view| {
            typed.clear();
            kit.set(Some(Arc::new(view)));
        });
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(own_keys.replace_lead)}</p>
                <ul class="plain-list">
                    <li>{tr!(own_keys.replace_ends)}</li>
                    <li>{tr!(own_keys.replace_vaults)}</li>
                    <li>{tr!(own_keys.replace_seen)}</li>
                </ul>
                {typed.fields(tr!(security.current_password))}
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(own_keys.replace_busy))}</p>
            </div>
            {dialog_footer(form, tr!(own_keys.replace))}
        </form>
    }
    .into_any()
}

/// The safety number with a member, and whether it was compared.
pub fn safety(member: &MemberRow) -> AnyView {
    let app = App::get();
    let found = RwSignal::new(None::<Result<Arc<SafetyView>, Error>>);
    let (id, name) = (member.member, member.login_name.clone());
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            let answer = ask(ReadSafety { member: id }).await.map(Arc::new);
            let _ = found.try_set(Some(answer));
        });
    });
    let lead = tr!(own_keys.compare_lead, name = name);
    let body = move || match found.get() {
        None => {
            view! { <div class="dialog-body"><p class="muted" role="status">{tr!(list.loading)}</p></div> }.into_any()
        }
        Some(Err(error)) => view! { <div class="dialog-body">{alert(explain(&error))}</div> }.into_any(),
        Some(Ok(view)) => {
            let lead = lead.clone();
            untrack(|| number(app, id, lead, &view))
        }
    };
    dialog(tr!(own_keys.compare), Width::Narrow, view! { {body} }.into_any())
}

fn number(app: App, member: MemberId, lead: String, view: &SafetyView) -> AnyView {
    let is_compared = view.compared == Comparison::Compared;
    let groups = view.groups.iter().map(|group| view! { <li>{group.clone()}</li> }).collect_view();
    let mark = move |_| {
        let compared = if is_compared { Comparison::Open } else { Comparison::Compared };
        spawn_local(async move {
            match ask(MarkCompared { member, compared }).await {
                Ok(()) => app.close(),
                Err(error) => app.fail(&error),
            }
        });
    };
    let state = is_compared.then(|| {
        view! { <p class="good-line" role="status">{icon("shield-check")}<span>{tr!(own_keys.compared_here)}</span></p> }
    });
    let label = if is_compared { tr!(own_keys.not_compared) } else { tr!(own_keys.they_match) };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form safety">
                <p>{lead}</p>
                <ol class="safety-number" translate="no" tabindex="0" aria-label=tr!(own_keys.number)>{groups}</ol>
                {qr(&view.qr, tr!(own_keys.qr))}
                {state}
                <p class="muted">{tr!(own_keys.compare_hint)}</p>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    <button type="button" class="button primary" on:click=mark>{icon("shield-check")}<span>{label}</span></button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}

/// What everyone should know: whose keys were replaced, whose recovery waits for one's share, and that one's own was begun.
pub fn news(app: App) -> AnyView {
    let news = RwSignal::new(KeyNews::default());
    Effect::new(move |_| {
        app.catalog.track();
        app.session.track();
        spawn_local(async move {
            if let Ok(read) = ask(ReadKeyNews).await {
                keep(news, read);
            }
        });
    });
    // Only what is said is drawn anew.
    let now = Memo::new(move |_| news.get());
    let lines = move || {
        let KeyNews { replaced, waiting, own } = now.get();
        let stop = match own {
            OwnBegun::By(name) => Some(own_line(app, name)),
            OwnBegun::None => None,
        };
        let waiting = waiting.into_iter().map(|name| {
            view! {
                <div class="notice warn" role="status">
                    {icon("life-buoy")}<span class="grow">{tr!(recovery.waits_for_you, name = name)}</span>
                    <a class="button small" href=app.link(Spot::People)>{tr!(recovery.look)}</a>
                </div>
            }
        });
        let replaced = replaced.into_iter().map(|changed| replaced_line(app, changed));
        view! { {stop}{waiting.collect_view()}{replaced.collect_view()} }.into_any()
    };
    lines.into_any()
}

fn own_line(app: App, name: String) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            {icon("shield-alert")}<span class="grow">{tr!(recovery.own_begun, name = name)}</span>
            <button type="button" class="button small" on:click=move |_| app.go_to(Spot::People)>{tr!(recovery.look)}</button>
        </div>
    }
    .into_any()
}

fn replaced_line(app: App, changed: ReplacedKeys) -> AnyView {
    let ReplacedKeys { member, name, statement, time } = changed;
    let text = tr!(own_keys.changed, name = name, when = moment(millis(time)));
    let compare = move |_| {
        spawn_local(async move {
            let Ok(people) = ask(ReadPeople).await else { return };
            if let Some(row) = people.members.into_iter().find(|row| row.member == member) {
                app.open(Dialog::Safety(Arc::new(row)));
            }
        });
    };
    let note = move |_| {
        spawn_local(async move {
            if let Err(error) = ask(NoteKeys { member, statement }).await {
                app.fail(&error);
            }
        });
    };
    view! {
        <div class="notice warn" role="status">
            {icon("key-round")}<span class="grow">{text}</span>
            <button type="button" class="button small" on:click=compare>{tr!(own_keys.compare)}</button>
            <button type="button" class="icon-button" aria-label=tr!(action.dismiss) title=tr!(action.dismiss) on:click=note>{icon("x")}</button>
        </div>
    }
    .into_any()
}
