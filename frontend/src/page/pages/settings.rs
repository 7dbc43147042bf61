//! The settings: looks, locking, the person's sessions, password and kit.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::{factors, keeping, recovery, sight, webhooks};
use crate::bridge::{Error, *};
use crate::page::address::{Address, Spot};
use crate::page::app::{App, Dialog};
use crate::page::components::field::choice;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{Locale, ago, current, moment, number, tr};
use crate::page::theme::Theme;

const IDLE_MINUTES: [Option<u16>; 7] = [Some(1), Some(5), Some(10), Some(30), Some(60), Some(240), None];

/// The pane.
pub fn pane(app: App) -> AnyView {
    let Some(view) = untrack(|| app.view()) else { return ().into_any() };
    let team = view.team;
    view! {
        <section class="pane settings-pane" aria-label=tr!(settings.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(settings.title)}</h2>
                <span class="grow"></span>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="settings-body">
                {profile(app)}
                {looks(app)}
                {locking(app, view.idle_lock)}
                {security(app)}
                {factors::section(app)}
                {recovery::settings(app)}
                {keeping::section(app, &view)}
                {sight::section(&view)}
                {sessions(app)}
                {webhooks::section(app)}
                <section class="settings-section">
                    <h3>{tr!(settings.this_browser)}</h3>
                    <div class="setting">
                        <p>{tr!(settings.sign_out_hint)}</p>
                        <button type="button" class="button" on:click=move |_| sign_out(app, team, false)>{icon("log-out")}<span>{tr!(shell.sign_out)}</span></button>
                    </div>
                    <div class="setting">
                        <p>{tr!(settings.forget_hint)}</p>
                        <button type="button" class="button danger" on:click=move |_| sign_out(app, team, true)>{icon("eraser")}<span>{tr!(settings.forget)}</span></button>
                    </div>
                </section>
            </div>
        </section>
    }
    .into_any()
}

/// What the person tells the team about themselves.
fn profile(app: App) -> AnyView {
    let Some(own) = untrack(|| app.view()) else { return ().into_any() };
    let edit = move |_| {
        spawn_local(async move {
            match ask(ReadOwn).await {
                Ok(person) => app.open(Dialog::EditProfile(Arc::new(person))),
                Err(error) => app.fail(&error),
            }
        });
    };
    let name = move || {
        let now = app.view().map(|view| view.full_name).unwrap_or_default();
        if now.is_empty() { tr!(directory.no_profile).to_owned() } else { now }
    };
    view! {
        <section class="settings-section">
            <h3>{tr!(directory.own_profile)}</h3>
            <div class="setting">
                <p><strong>{name}</strong>" · "{own.login_name}<br />{tr!(directory.own_hint)}</p>
                <button type="button" class="button" on:click=edit>{icon("pencil")}<span>{tr!(directory.edit_profile)}</span></button>
            </div>
        </section>
    }
    .into_any()
}

fn looks(app: App) -> AnyView {
    let languages = [Locale::en, Locale::zh];
    let language = RwSignal::new(languages.iter().position(|one| *one == current()).unwrap_or(0));
    Effect::new(move |before: Option<usize>| {
        let at = language.get();
        if before.is_some_and(|before| before != at)
            && let Some(locale) = languages.get(at)
        {
            app.speak(*locale);
        }
        at
    });
    let themes = [Theme::System, Theme::Light, Theme::Dark];
    let theme = RwSignal::new(themes.iter().position(|one| *one == Theme::remembered()).unwrap_or(0));
    Effect::new(move |before: Option<usize>| {
        let at = theme.get();
        if before.is_some_and(|before| before != at)
            && let Some(theme) = themes.get(at)
        {
            theme.choose();
        }
        at
    });
    let theme_names =
        vec![tr!(settings.theme_system).into(), tr!(settings.theme_light).into(), tr!(settings.theme_dark).into()];
    view! {
        <section class="settings-section">
            <h3>{tr!(settings.looks)}</h3>
            <div class="pair">
                {choice(tr!(settings.language), vec!["English".into(), "简体中文".into()], language)}
                {choice(tr!(settings.theme), theme_names, theme)}
            </div>
        </section>
    }
    .into_any()
}

fn locking(app: App, idle_lock: Option<u16>) -> AnyView {
    let at = RwSignal::new(IDLE_MINUTES.iter().position(|minutes| *minutes == idle_lock).unwrap_or(2));
    Effect::new(move |before: Option<usize>| {
        let now = at.get();
        if before.is_some_and(|before| before != now) {
            let minutes = IDLE_MINUTES.get(now).copied().flatten();
            spawn_local(async move {
                match ask(SetIdleLock { minutes }).await {
                    Ok(()) => app.say(tr!(toast.saved)),
                    Err(error) => app.fail(&error),
                }
            });
        }
        now
    });
    let names = IDLE_MINUTES.map(|minutes| match minutes {
        Some(minutes) => tr!(settings.minutes, minutes = number(u32::from(minutes))),
        None => tr!(settings.never).to_owned(),
    });
    view! {
        <section class="settings-section">
            <h3>{tr!(settings.locking)}</h3>
            <p class="muted">{tr!(settings.locking_hint)}</p>
            <div class="pair">{choice(tr!(settings.idle), names.to_vec(), at)}</div>
        </section>
    }
    .into_any()
}

fn security(app: App) -> AnyView {
    let line = move |symbol: &'static str, hint: &'static str, label: &'static str, dialog: Dialog| {
        view! {
            <div class="setting">
                <p>{hint}</p>
                <button type="button" class="button" on:click=move |_| app.open(dialog.clone())>{icon(symbol)}<span>{label}</span></button>
            </div>
        }
    };
    view! {
        <section class="settings-section">
            <h3>{tr!(settings.security)}</h3>
            {line("key-round", tr!(settings.password_hint), tr!(security.change_password), Dialog::ChangePassword)}
            {line("life-buoy", tr!(settings.kit_hint), tr!(notice.show_kit), Dialog::ShowKit)}
            {line("refresh-cw", tr!(settings.replace_hint), tr!(security.replace_kit), Dialog::ReplaceKit)}
            {line("shield-alert", tr!(own_keys.settings_hint), tr!(own_keys.replace), Dialog::ReplaceKeys)}
        </section>
    }
    .into_any()
}

fn sessions(app: App) -> AnyView {
    let rows = RwSignal::new(None::<Result<Arc<Vec<SessionRow>>, Error>>);
    let read = move || {
        spawn_local(async move {
            let answer = ask(ListSessions).await;
            rows.try_set(Some(answer.map(Arc::new)));
        });
    };
    // Closing a dialog may have ended sessions: a new password does.
    Effect::new(move |_| {
        if app.dialog.with(Option::is_none) {
            read();
        }
    });
    let end = move |session: SessionId| {
        spawn_local(async move {
            match ask(EndSession { session }).await {
                Ok(()) => {
                    app.say(tr!(settings.session_ended));
                    read();
                }
                Err(error) => app.fail(&error),
            }
        });
    };
    let list = move || match rows.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => view! { <p class="fault">{explain(&error)}</p> }.into_any(),
        Some(Ok(rows)) => {
            let rows = rows.iter().map(|row| {
                let id = row.session;
                let action = if row.current {
                    view! { <span class="badge accent">{tr!(settings.this_session)}</span> }.into_any()
                } else {
                    view! { <button type="button" class="button small" on:click=move |_| end(id)>{tr!(settings.end_session)}</button> }.into_any()
                };
                let began = tr!(settings.session_began, when = moment(millis(row.began)));
                view! {
                    <li class="session">
                        {icon("monitor")}
                        <span class="row-text">
                            <span class="row-name">{row.agent.clone()}</span>
                            <span class="row-detail" title=began>{format!("{} · {}", row.address, ago(millis(row.last_used)))}</span>
                        </span>
                        {action}
                    </li>
                }
            });
            view! { <ul class="sessions">{rows.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <section class="settings-section">
            <h3>{tr!(settings.sessions)}</h3>
            <p class="muted">{tr!(settings.sessions_hint)}</p>
            {list}
        </section>
    }
    .into_any()
}

/// Ends the session of this browser.
pub fn sign_out(app: App, team: TeamId, forget: bool) {
    spawn_local(async move {
        match ask(SignOut { team, forget }).await {
            Ok(()) => {
                app.read_status().await;
                app.replace(Address::Start);
            }
            Err(error) => app.fail(&error),
        }
    });
}
