//! The audit: what happened in the team, filtered and paged, each event with what it rests on. New events appear by
//! themselves on the first page.

mod check;
mod event;
mod filters;
mod words;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Blob, BlobPropertyBag};

pub use check::dialog as check_dialog;
pub use event::dialog as event_dialog;
pub use filters::midnight;
pub use words::kind_name;

use super::detail::millis;
use crate::bridge::{Error, *};
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::files::save;
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{moment, number, tr};

/// Events on a page.
const ON_PAGE: u32 = 50;

/// What is listed, and what came of it.
#[derive(Clone, Copy)]
pub struct Listing {
    /// Which events.
    pub wanted: RwSignal<AuditAsk>,
    /// Cursors of the pages up to the one shown; none on the first.
    cursors: RwSignal<Vec<String>>,
    view: RwSignal<Option<Arc<AuditView>>>,
    failed: RwSignal<Option<Error>>,
}

impl Listing {
    fn new() -> Self {
        Self {
            wanted: RwSignal::new(AuditAsk::default()),
            cursors: RwSignal::new(Vec::new()),
            view: RwSignal::new(None),
            failed: RwSignal::new(None),
        }
    }

    /// Reads what is wanted now. An answer to what was wanted before is dropped.
    fn read(self) {
        let (wanted, cursors) = (self.wanted.get_untracked(), self.cursors.get_untracked());
        spawn_local(async move {
            let answer = ask(ReadAudit { ask: wanted.clone(), cursor: cursors.last().cloned(), limit: ON_PAGE }).await;
            let same =
                self.wanted.try_get_untracked() == Some(wanted) && self.cursors.try_get_untracked() == Some(cursors);
            if !same {
                return;
            }
            match answer {
                Ok(view) => {
                    self.failed.set(None);
                    if self.view.with_untracked(|before| before.as_deref() != Some(&view)) {
                        self.view.set(Some(Arc::new(view)));
                    }
                }
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }
}

/// The pane.
pub fn pane(app: App) -> AnyView {
    let listing = Listing::new();
    if let Some(wanted) = app.audited.try_update(Option::take).flatten() {
        listing.wanted.set(wanted);
    }
    Effect::new(move |before: Option<AuditAsk>| {
        let wanted = listing.wanted.get();
        if before.is_some_and(|before| before != wanted) {
            listing.cursors.set(Vec::new());
        }
        wanted
    });
    Effect::new(move |_| {
        listing.wanted.track();
        listing.cursors.track();
        app.catalog.track();
        listing.read();
    });
    // Events appear on the first page; further ones stay as they were turned to.
    Effect::new(move |before: Option<()>| {
        app.audit.track();
        if before.is_some() && listing.cursors.with_untracked(Vec::is_empty) {
            listing.read();
        }
    });
    let known = Memo::new(move |_| {
        listing.view.with(|view| view.as_ref().map(|view| (view.people.clone(), view.vaults.clone())))
    });
    let filters =
        move || known.get().map(|(people, vaults)| untrack(|| filters::view(listing.wanted, &people, &vaults)));
    let body = move || match (listing.failed.get(), listing.view.get()) {
        (Some(error), _) => {
            view! { <div class="note bad" role="alert">{icon("circle-alert")}<p>{explain(&error)}</p></div> }.into_any()
        }
        (None, None) => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        (None, Some(view)) => untrack(|| table(app, listing, &view)),
    };
    view! {
        <section class="pane settings-pane audit-pane" aria-label=tr!(audit.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(audit.title)}</h2>
                <span class="grow"></span>
                {export_menu(app, listing)}
                <button type="button" class="button" aria-label=tr!(audit.check) title=tr!(audit.check) on:click=move |_| app.open(Dialog::CheckAudit)>
                    {icon("shield-check")}<span>{tr!(audit.check)}</span>
                </button>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="audit-body">
                {own_hint(listing)}
                <p class="hint with-icon">
                    {icon("info")}
                    <span>{tr!(audit.exposed_hint)}" "<a href=app.link(Spot::Exposed)>{tr!(exposure.title)}</a></span>
                </p>
                {filters}
                {body}
            </div>
        </section>
    }
    .into_any()
}

/// Who may not read all is told so.
fn own_hint(listing: Listing) -> AnyView {
    let own = Memo::new(move |_| listing.view.with(|view| view.as_ref().is_some_and(|view| !view.all)));
    let hint = move || {
        own.get().then(|| view! { <p class="hint with-icon">{icon("user")}<span>{tr!(audit.own_only)}</span></p> })
    };
    view! { {hint} }.into_any()
}

fn table(app: App, listing: Listing, view: &Arc<AuditView>) -> AnyView {
    let first = listing.cursors.with_untracked(Vec::is_empty);
    if view.rows.is_empty() && view.next.is_none() && first {
        let text = if listing.wanted.with_untracked(|wanted| *wanted == AuditAsk::default()) {
            tr!(audit.empty)
        } else {
            tr!(audit.nothing_fits)
        };
        return view! { <p class="muted audit-empty" role="status">{text}</p> }.into_any();
    }
    let rows = view.rows.iter().cloned().map(|row| line(app, row)).collect_view();
    let next = view.next.clone();
    let has_next = next.is_some();
    let older = move |_| {
        if let Some(next) = next.clone() {
            listing.cursors.update(|cursors| cursors.push(next));
        }
    };
    let newer = move |_| listing.cursors.update(|cursors| drop(cursors.pop()));
    view! {
        <table class="audit-table">
            <caption class="visually-hidden">{tr!(audit.title)}</caption>
            <thead>
                <tr>
                    <th scope="col">{tr!(audit.time)}</th>
                    <th scope="col">{tr!(audit.who)}</th>
                    <th scope="col">{tr!(audit.what)}</th>
                    <th scope="col">{tr!(audit.address)}</th>
                    <th scope="col">{tr!(audit.basis)}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <div class="buttons audit-pages">
            <button type="button" class="button" disabled=first on:click=newer>{tr!(audit.newer)}</button>
            <button type="button" class="button" disabled=!has_next on:click=older>{tr!(audit.older)}</button>
        </div>
    }
    .into_any()
}

fn line(app: App, row: AuditRow) -> AnyView {
    let what = words::sentence(&row);
    let when = moment(millis(row.time));
    let (who, address) = (row.who.clone(), row.address.clone());
    let who = if who.is_empty() { tr!(audit.nobody).to_owned() } else { who };
    let (class, symbol, basis) = match &row.basis {
        BasisView::Signed(_, SignedAs::StepAlone) => ("basis", "server", tr!(audit.step_signed)),
        BasisView::Signed(..) => ("basis signed", "shield-check", tr!(audit.signed)),
        BasisView::ServerWord => ("basis", "server", tr!(audit.server_word)),
        BasisView::Unfounded(_) => ("basis bad", "shield-alert", tr!(audit.unfounded)),
    };
    let refused = row.what.kind() == ActKind::Refusal;
    let row = Arc::new(row);
    view! {
        <tr class:refusal=refused>
            <td class="audit-time">{when}</td>
            <td class="audit-who">{who}</td>
            <td class="audit-what">
                <button type="button" class="link" on:click=move |_| app.open(Dialog::AuditEvent(Arc::clone(&row)))>{what}</button>
            </td>
            <td class="audit-address">{address}</td>
            <td><span class=class>{icon(symbol)}<span>{basis}</span></span></td>
        </tr>
    }
    .into_any()
}

fn export_menu(app: App, listing: Listing) -> AnyView {
    let to = move |form: AuditForm| {
        move || {
            let wanted = listing.wanted.get_untracked();
            spawn_local(async move {
                match ask(ExportAudit { ask: wanted, form }).await {
                    Ok(file) => {
                        keep(&file, form);
                        app.say(tr!(audit.exported, count = number(file.events), file = file.name));
                    }
                    Err(error) => app.fail(&error),
                }
            });
        }
    };
    let items = vec![
        MenuItem::new("table-2", tr!(audit.export_csv), to(AuditForm::Csv)),
        MenuItem::new("download", tr!(audit.export_json), to(AuditForm::Json)),
    ];
    menu(tr!(audit.export), icon("download"), "icon-button", items)
}

fn keep(file: &AuditFile, form: AuditForm) {
    let options = BlobPropertyBag::new();
    options.set_type(match form {
        AuditForm::Csv => "text/csv",
        AuditForm::Json => "application/json",
    });
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(file.bytes.as_slice()));
    if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        save(&blob, &file.name);
    }
}
