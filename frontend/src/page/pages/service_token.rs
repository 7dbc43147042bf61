//! The token of a service, which is shown once; and the question before it gets another one.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::services::explain_end;
use crate::bridge::{MemberRow, RenewService, ServiceEnd, ServiceTerms, TokenMade};
use crate::page::app::App;
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::language::tr;

/// The question, and then the new token.
pub fn renew(member: &Arc<MemberRow>) -> AnyView {
    let made = RwSignal::new(None::<Arc<TokenMade>>);
    let kept = StoredValue::new(Arc::clone(member));
    let body = move || match made.get() {
        None => untrack(|| question(&kept.get_value(), made)),
        Some(made) => untrack(|| token(&made)),
    };
    dialog(tr!(services.renew), Width::Narrow, body.into_any())
}

fn question(member: &MemberRow, made: RwSignal<Option<Arc<TokenMade>>>) -> AnyView {
    let Some(service) = member.service.clone() else { return ().into_any() };
    let form = Form::new();
    let (id, name) = (member.member, member.login_name.clone());
    // One whose time is over gets a new one of the usual length.
    let is_over = service.days_left == Some(0);
    let end = match service.expires {
        _ if is_over => ServiceEnd::Days(super::service_form::USUAL),
        Some(expires) => ServiceEnd::At(expires),
        None => ServiceEnd::Never,
    };
    let goes_on = if is_over { tr!(services.renew_again).to_owned() } else { explain_end(&service) };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (hosts, scope, vault) = (service.hosts.clone(), service.scope, service.vault);
        let terms = ServiceTerms { end, hosts, scope, vault };
        form.send(RenewService { member: id, terms }, move |answer| made.set(Some(Arc::new(answer))));
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(services.renew_question, name = name)}</p>
                <p class="muted">{goes_on}</p>
            </div>
            {dialog_footer(form, tr!(services.renew))}
        </form>
    }
    .into_any()
}

/// The token.
pub fn token(made: &Arc<TokenMade>) -> AnyView {
    let app = App::get();
    let text = made.token.expose().to_owned();
    let copied = Arc::clone(made);
    let copy = move |_| {
        let made = Arc::clone(&copied);
        spawn_local(async move { clipboard::copy_secret(app, made.token.expose()).await });
    };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form invitation">
                <div class="note warn">{icon("triangle-alert")}<p>{tr!(services.token_hint)}</p></div>
                <code class="invitation-link service-token" translate="no" tabindex="0" aria-label=tr!(services.token)>{text}</code>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    <button type="button" class="button primary" autofocus on:click=copy>
                        {icon("copy")}<span>{tr!(services.copy_token)}</span>
                    </button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}
