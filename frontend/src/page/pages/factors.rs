//! The person's second factors, in the settings: what there is, and how it is added, renewed and removed.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::passkeys;
use crate::bridge::{Error, *};
use crate::page::app::{App, Dialog};
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::TextField;
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::qr::qr;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{moment, number, tr};
use crate::page::passkey;

/// What there is now; read anew whenever a dialog was closed.
fn read_factors(app: App) -> RwSignal<Option<Result<Arc<FactorsView>, Error>>> {
    let factors = RwSignal::new(None);
    Effect::new(move |_| {
        if app.dialog.with(Option::is_none) && app.factor.with(Option::is_none) {
            spawn_local(async move {
                let read = ask(ReadFactors).await;
                factors.try_set(Some(read.map(Arc::new)));
            });
        }
    });
    factors
}

/// The section of the settings.
pub fn section(app: App) -> AnyView {
    let factors = read_factors(app);
    let body = move || match factors.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => view! { <p class="fault">{explain(&error)}</p> }.into_any(),
        Some(Ok(factors)) => untrack(|| lines(app, &factors)),
    };
    view! {
        <section class="settings-section" aria-label=tr!(factors.title)>
            <h3>{tr!(factors.title)}</h3>
            <p class="muted">{tr!(factors.hint)}</p>
            {body}
        </section>
    }
    .into_any()
}

fn lines(app: App, factors: &FactorsView) -> AnyView {
    let opens = move |symbol: &'static str, label: &'static str, to: Dialog| {
        view! {
            <button type="button" class="button" on:click=move |_| app.open(to.clone())>{icon(symbol)}<span>{label}</span></button>
        }
    };
    let codes = match factors.codes_since {
        None => view! {
            <div class="setting">
                <p>{tr!(factors.codes_hint)}</p>
                {opens("qr-code", tr!(factors.add_codes), Dialog::AddCodes)}
            </div>
        }
        .into_any(),
        Some(since) => view! {
            <div class="setting">
                <p><strong>{tr!(factors.codes)}</strong>" "{tr!(factors.since, when = moment(millis(since)))}</p>
                {opens("trash-2", tr!(factors.remove_codes), Dialog::RemoveCodes)}
            </div>
        }
        .into_any(),
    };
    let passkeys = factors.passkeys.iter().cloned().map(|row| passkeys::line(app, row)).collect_view();
    let add_passkey = passkey::is_supported().then(|| {
        view! {
            <div class="setting">
                <p>{tr!(factors.passkey_hint)}</p>
                {opens("key-round", tr!(factors.add_passkey), Dialog::AddPasskey)}
            </div>
        }
    });
    let recovery = factors.held.any().then(|| {
        let text = match factors.recovery_made {
            None => tr!(factors.recovery_none).to_owned(),
            Some(made) => {
                let left = number(factors.held.recovery_codes);
                tr!(factors.recovery_left, left = left, when = moment(millis(made)))
            }
        };
        view! {
            <div class="setting">
                <p><strong>{tr!(factors.recovery)}</strong>" "{text}</p>
                {opens("life-buoy", tr!(factors.make_recovery), Dialog::RecoveryCodes)}
            </div>
        }
    });
    view! { {codes}{passkeys}{add_passkey}{recovery} }.into_any()
}

/// Adds one-time codes: the seed for the app, then its first code.
pub fn add_codes() -> AnyView {
    let app = App::get();
    let begun = RwSignal::new(None::<Result<Arc<CodesBegun>, Error>>);
    let is_first = RwSignal::new(false);
    spawn_local(async move {
        let answer = match ask(ReadFactors).await {
            Ok(factors) if !factors.held.any() => {
                is_first.try_set(true);
                return;
            }
            Ok(_) => ask(BeginCodes { password: None }).await,
            Err(error) => Err(error),
        };
        begun.try_set(Some(answer.map(Arc::new)));
    });
    let needs = Memo::new(move |_| is_first.get() && begun.with(Option::is_none));
    let body = move || match needs.get() {
        true => untrack(|| ask_password(begun)),
        false => untrack(|| codes_form(app, begun)),
    };
    dialog(tr!(factors.add_codes), Width::Narrow, view! { {body} }.into_any())
}

/// A first factor takes the password besides the open session.
fn ask_password(begun: RwSignal<Option<Result<Arc<CodesBegun>, Error>>>) -> AnyView {
    let (form, password) = (Form::new(), RwSignal::new(String::new()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = BeginCodes { password: Some(SecretText::new(password.get_untracked())) };
        form.send(command, move |answer| begun.set(Some(Ok(Arc::new(answer)))));
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">{passkeys::password_field(password)}</div>
            {dialog_footer(form, tr!(factors.first_continue))}
        </form>
    }
    .into_any()
}

fn codes_form(app: App, begun: RwSignal<Option<Result<Arc<CodesBegun>, Error>>>) -> AnyView {
    let typed = RwSignal::new(String::new());
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = SecretText::new(typed.get_untracked());
        form.send(ConfirmCodes { code }, move |()| {
            app.say(tr!(factors.codes_added));
            // Without them, a lost phone would lock the person out.
            app.open(Dialog::RecoveryCodes);
        });
    };
    let seed = move || {
        match begun.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => view! { <p class="fault" role="alert">{explain(&error)}</p> }.into_any(),
        Some(Ok(begun)) => view! {
            {qr(&begun.qr, tr!(factors.codes_qr))}
            <details class="factor-seed">
                <summary>{tr!(factors.type_seed)}</summary>
                <code class="invitation-link" translate="no" tabindex="0" aria-label=tr!(factors.seed)>{spaced(begun.seed.expose())}</code>
            </details>
        }
        .into_any(),
    }
    };
    let field = TextField::new(tr!(factors.first_code), typed)
        .required()
        .focus()
        .autocomplete("one-time-code")
        .hint(tr!(factors.code_hint));
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form invitation">
                <p>{tr!(factors.scan)}</p>
                {seed}
                {field.view()}
            </div>
            {dialog_footer(form, tr!(factors.confirm))}
        </form>
    }
    .into_any()
}

/// Groups of four, as people read such a text to each other.
fn spaced(seed: &str) -> String {
    let mut spaced = String::with_capacity(seed.len() + seed.len() / 4);
    for (at, character) in seed.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            spaced.push(' ');
        }
        spaced.push(character);
    }
    spaced
}

/// Asks before the one-time codes go.
pub fn remove_codes() -> AnyView {
    let app = App::get();
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(RemoveCodes, move |()| {
            app.close();
            app.say(tr!(factors.codes_removed));
        });
    };
    dialog(
        tr!(factors.remove_codes),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p>{tr!(factors.remove_question)}</p></div>
                {dialog_footer(form, tr!(factors.remove_codes))}
            </form>
        }
        .into_any(),
    )
}

/// New recovery codes, shown once.
pub fn recovery_codes() -> AnyView {
    let made = RwSignal::new(None::<Arc<Vec<SecretText>>>);
    let body = move || match made.get() {
        None => untrack(|| ask_recovery(made)),
        Some(made) => untrack(|| recovery_sheet(&made)),
    };
    dialog(tr!(factors.recovery), Width::Narrow, body.into_any())
}

fn ask_recovery(made: RwSignal<Option<Arc<Vec<SecretText>>>>) -> AnyView {
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(MakeRecoveryCodes, move |codes| made.set(Some(Arc::new(codes))));
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form"><p>{tr!(factors.recovery_question)}</p></div>
            {dialog_footer(form, tr!(factors.make_recovery))}
        </form>
    }
    .into_any()
}

fn recovery_sheet(codes: &Arc<Vec<SecretText>>) -> AnyView {
    let app = App::get();
    let name = app.view().map(|view| format!("{} · {}", view.team_name, view.login_name)).unwrap_or_default();
    let lines = codes.iter().map(|code| view! { <li><code translate="no">{code.expose().to_owned()}</code></li> });
    let lines = lines.collect_view();
    let copied = Arc::clone(codes);
    let copy = move |_| {
        let text = copied.iter().map(SecretText::expose).collect::<Vec<_>>().join("\n");
        let text = SecretText::new(text);
        spawn_local(async move { clipboard::copy_secret(app, text.expose()).await });
    };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form">
                <div class="note warn">{icon("triangle-alert")}<p>{tr!(factors.recovery_once)}</p></div>
                <section class="kit-sheet" aria-label=tr!(factors.recovery)>
                    <header><span class="mark">{icon("mark")}</span><strong>{tr!(factors.recovery)}</strong></header>
                    <p class="muted">{name}</p>
                    <ol class="recovery-codes">{lines}</ol>
                </section>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=copy>{icon("copy")}<span>{tr!(factors.copy_recovery)}</span></button>
                    <button type="button" class="button" on:click=move |_| { let _ = window().print(); }>{icon("printer")}<span>{tr!(kit.print)}</span></button>
                    <button type="button" class="button primary" autofocus on:click=move |_| app.close()>{tr!(factors.recovery_kept)}</button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}

/// Asks before a member's factors are taken away.
pub fn take_away(member: &MemberRow) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let (id, name) = (member.member, member.login_name.clone());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(TakeFactorsAway { member: id }, move |()| {
            app.close();
            app.catalog.update(|stamp| *stamp = stamp.wrapping_add(1));
            app.say(tr!(factors.taken));
        });
    };
    dialog(
        tr!(factors.take_away),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p>{tr!(factors.take_question, name = name)}</p></div>
                {dialog_footer(form, tr!(factors.take_away))}
            </form>
        }
        .into_any(),
    )
}

/// Tells the person that somebody took their factors away, until they have taken note.
pub fn notice(app: App) -> AnyView {
    let taken = RwSignal::new(None::<(String, i64)>);
    Effect::new(move |_| {
        // Without the server nothing is known of it: it is asked again once that is there.
        if app.connection.get() == Connection::Online {
            spawn_local(async move {
                if let Ok(factors) = ask(ReadFactors).await {
                    taken.try_set(factors.taken_away);
                }
            });
        }
    });
    let dismiss = move |_| {
        spawn_local(async move {
            match ask(DismissFactorNotice).await {
                Ok(()) => taken.set(None),
                Err(error) => app.fail(&error),
            }
        });
    };
    let body = move || {
        taken.get().map(|(name, when)| {
            view! {
                <div class="notice bad" role="alert">
                    {icon("shield-alert")}
                    <span class="grow">{tr!(factors.taken_notice, name = name, when = moment(millis(when)))}</span>
                    <button type="button" class="icon-button" aria-label=tr!(action.dismiss) title=tr!(action.dismiss) on:click=dismiss>{icon("x")}</button>
                </div>
            }
        })
    };
    body.into_any()
}
