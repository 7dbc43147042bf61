//! Joining a team by an invitation's link: what it leads to, a name, a password, and on to the kit.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::create::{end_founding, new_login};
use super::detail::millis;
use super::start::outside;
use crate::bridge::{Error, *};
use crate::page::address::Address;
use crate::page::app::App;
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::{Form, alert};
use crate::page::components::strength::{estimate, live_strength};
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{moment, number, tr};

type Opened = Option<Result<InvitationOpened, Error>>;

/// The page.
pub fn page(app: App) -> AnyView {
    let opened = RwSignal::new(None::<Result<InvitationOpened, Error>>);
    Effect::new(move |_| {
        let Some(link) = app.invitation.get() else { return };
        opened.set(None);
        spawn_local(async move {
            let answer = ask(OpenInvitation { link: SecretText::new(link.expose().to_owned()) }).await;
            // Another link may have come meanwhile.
            let same = |now: &Option<Arc<SecretText>>| now.as_ref().is_some_and(|now| Arc::ptr_eq(now, &link));
            if app.invitation.try_with_untracked(same) == Some(true) {
                opened.try_set(Some(answer));
            }
        });
    });
    let stage = Memo::new(move |_| {
        let signed_in = app.view().filter(|_| !app.founding.get()).map(|view| view.team_name);
        (signed_in, app.invitation.with(Option::is_some))
    });
    let body = move || match stage.get() {
        (Some(team_name), _) => untrack(|| signed_in(app, team_name)),
        (None, false) => untrack(|| paste(app)),
        (None, true) => with_link(app, opened).into_any(),
    };
    outside(app, body.into_any())
}

fn with_link(app: App, opened: RwSignal<Opened>) -> impl IntoView {
    move || {
        match opened.get() {
        None => view! { <h1>{tr!(join.title)}</h1><p class="lead" role="status">{tr!(join.checking)}</p> }.into_any(),
        Some(Err(error)) => view! {
            <h1>{tr!(join.title)}</h1>
            {alert(explain(&error))}
            <div class="after-form">
                <button type="button" class="link" on:click=move |_| app.invitation.set(None)>{tr!(join.other_link)}</button>
            </div>
        }
        .into_any(),
        Some(Ok(invitation)) => untrack(|| form(app, &invitation)),
    }
    }
}

/// Somebody who is signed in to a team leaves it first: a browser shows one at a time.
fn signed_in(app: App, team_name: String) -> AnyView {
    let lock = move |_| app.lock();
    view! {
        <h1>{tr!(join.title)}</h1>
        <p class="lead">{tr!(join.signed_in, team = team_name)}</p>
        <div class="buttons">
            <a class="button" href="/">{tr!(action.back)}</a>
            <span class="grow"></span>
            <button type="button" class="button primary" on:click=lock>{tr!(join.lock)}</button>
        </div>
    }
    .into_any()
}

fn paste(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        app.invitation.set(Some(Arc::new(SecretText::new(typed.get_untracked()))));
    };
    view! {
        <h1>{tr!(join.title)}</h1>
        <p class="lead">{tr!(join.paste_lead)}</p>
        <form class="form" on:submit=send>
            {TextField::new(tr!(join.link), typed).kind(Kind::Code).required().focus().view()}
            <button type="submit" class="button primary">{tr!(join.go_on)}</button>
        </form>
    }
    .into_any()
}

fn form(app: App, invitation: &InvitationOpened) -> AnyView {
    let login_name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let newest = estimate(password, move || vec![login_name.get(), "sealward".to_owned()]);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(link) = app.invitation.get_untracked() else { return };
        let command = JoinTeam {
            link: SecretText::new(link.expose().to_owned()),
            login_name: login_name.get_untracked().trim().to_owned(),
            password: SecretText::new(password.get_untracked()),
        };
        // The session opens before its kit is here: the page stays until it is.
        app.founding.set(true);
        form.send(command, move |kit| {
            password.set(String::new());
            app.invitation.set(None);
            app.kit.set(Some(Arc::new(kit)));
            app.founding.set(false);
            app.replace(Address::Start);
            spawn_local(app.read_status());
        });
    };
    end_founding(app, form);
    let gives = match invitation.vaults {
        0 => tr!(join.gives_nothing).to_owned(),
        count => tr!(join.gives, count = number(count)),
    };
    view! {
        <h1>{tr!(join.title)}</h1>
        <p class="lead">{tr!(join.lead, inviter = invitation.inviter.clone(), when = moment(millis(invitation.expires)))}</p>
        <p class="muted">{gives}</p>
        <form class="form" on:submit=send>
            {new_login(TextField::new(tr!(sign_in.login_name), login_name).focus(), password)}
            {live_strength(newest, password)}
            {form.alert()}
            {form.submit(tr!(join.submit))}
            <p class="muted" role="status">{move || form.busy.get().then(|| tr!(join.busy))}</p>
        </form>
    }
    .into_any()
}
