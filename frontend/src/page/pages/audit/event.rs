//! One event with everything that is known of it, and the signed statement behind it.

use leptos::prelude::*;

use super::words::{explain_unfounded, kind_name, sentence, signed_as};
use crate::bridge::{AuditAsk, AuditRow, AuditedAct, BasisView, Item, SignedAs};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::components::icon::icon;
use crate::page::language::{moment, number, tr};
use crate::page::pages::detail::millis;

/// The dialog.
pub fn dialog(row: &AuditRow) -> AnyView {
    let app = App::get();
    let fact = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> })
    };
    let basis = match &row.basis {
        // What the event says of account and person is not signed for: it is not called checked.
        BasisView::Signed(author, signed @ SignedAs::StepAlone) => {
            let text = tr!(audit.step_signed_by, name = author.clone());
            view! {
                <p class="note">{icon("server")}<span>{text}</span></p>
                <p class="hint">{signed_as(*signed)}</p>
            }
            .into_any()
        }
        BasisView::Signed(author, signed) => {
            let text = tr!(audit.signed_by, name = author.clone());
            view! {
                <p class="good-line">{icon("shield-check")}<span>{text}</span></p>
                <p class="hint">{signed_as(*signed)}</p>
            }
            .into_any()
        }
        BasisView::ServerWord => {
            view! { <p class="note">{icon("server")}<span>{tr!(audit.server_word_hint)}</span></p> }.into_any()
        }
        BasisView::Unfounded(unfounded) => {
            let text = explain_unfounded(*unfounded);
            view! { <div class="note bad" role="alert">{icon("shield-alert")}<p>{text}</p></div> }.into_any()
        }
    };
    let version = match &row.what {
        AuditedAct::SecretReleased { version, .. } | AuditedAct::FileReleased { version, .. } => number(version.0),
        _ => String::new(),
    };
    let buttons = row.item.map(|item| {
        let show = move |_| {
            app.close();
            app.show(item);
        };
        let object = match item {
            Item::Vault(vault) => vault.object(),
            Item::ResourceGroup(_, id) | Item::Resource(_, id) | Item::Account(_, _, id) => id,
        };
        let only = move |_| {
            app.close();
            app.list_events(AuditAsk { object: Some(object), ..AuditAsk::default() });
        };
        view! {
            <button type="button" class="button" on:click=only>{icon("list-filter")}<span>{tr!(audit.only_this)}</span></button>
            <button type="button" class="button" on:click=show>{icon("eye")}<span>{tr!(audit.show_it)}</span></button>
        }
    });
    let who = if row.who.is_empty() { tr!(audit.nobody).to_owned() } else { row.who.clone() };
    plain_dialog(
        tr!(audit.event, number = row.sequence),
        Width::Wide,
        view! {
            <div class="dialog-body form">
                <p><strong>{sentence(row)}</strong></p>
                {basis}
                <dl class="facts">
                    {fact(tr!(audit.time), moment(millis(row.time)))}
                    {fact(tr!(audit.who), who)}
                    {fact(tr!(audit.kind), kind_name(row.what.kind()).to_owned())}
                    {fact(tr!(audit.vault), row.vault.clone())}
                    {fact(tr!(audit.object), row.object.clone())}
                    {fact(tr!(audit.version), version)}
                    {fact(tr!(audit.address), row.address.clone())}
                    <div class="fact"><dt>{tr!(audit.hash)}</dt><dd class="audit-hash"><code>{row.hash.clone()}</code></dd></div>
                </dl>
            </div>
            <footer>
                <div class="buttons end">
                    {buttons}
                    <button type="button" class="button primary" on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        }
        .into_any(),
    )
}
