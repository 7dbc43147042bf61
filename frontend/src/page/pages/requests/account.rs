//! What stands at an account whose secret has to be asked for: who has it, how one's own request is, and the next step.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use sealward_client::model::SecretType;

use super::{Known, Left, card, renew, words};
use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{moment, number, tr};
use crate::page::pages::ahead;
use crate::page::pages::detail::millis;

/// What it takes to come by the secrets of a resource; `None` until it is known.
#[derive(Clone, Copy)]
pub struct Accesses(RwSignal<Option<Vec<Known>>>);

impl Accesses {
    /// Reads it, and again with every hint. Where nothing is guarded, nothing is asked.
    pub fn read(app: App, resource: &ResourceView) -> Self {
        let found = RwSignal::new(None);
        let vault = resource.vault;
        let accounts: Vec<ObjectId> = resource.accounts.iter().map(|account| account.id).collect();
        let guarded = Memo::new(move |_| app.counts.with(|counts| counts.guarded));
        Effect::new(move |_| {
            app.requests.track();
            app.catalog.track();
            if !guarded.get() {
                found.set(Some(Vec::new()));
                return;
            }
            let wanted = ReadAccesses { vault, accounts: accounts.clone() };
            spawn_local(async move {
                if let Ok(all) = ask(wanted).await {
                    let _ = found.try_set(Some(all.into_iter().map(Arc::new).collect()));
                }
            });
        });
        Self(found)
    }

    /// That of one account; the inner `None` where nothing is asked.
    pub fn of(self, account: ObjectId) -> Memo<Option<Option<Known>>> {
        Memo::new(move |_| {
            self.0.with(|all| all.as_ref().map(|all| all.iter().find(|one| one.account == account).cloned()))
        })
    }
}

/// Whether the person has to do something before the secret is shown.
pub fn is_locked(access: &AccessView) -> bool {
    let held = access.own.as_ref().is_some_and(|own| own.status == RequestStatus::CheckedOut);
    !access.direct && !held
}

/// The lines above an account's secret.
pub fn panel(app: App, account: &Arc<AccountView>, writable: bool, access: Memo<Option<Option<Known>>>) -> AnyView {
    let account = Arc::clone(account);
    let lines = move || {
        let access = access.get()??;
        Some(untrack(|| state(app, &account, writable, &access)))
    };
    view! { <div class="lease" aria-live="polite">{lines}</div> }.into_any()
}

fn state(app: App, account: &Arc<AccountView>, writable: bool, access: &Known) -> AnyView {
    let change = || writable.then(|| change(app, account));
    let due = access.change_due.then(|| {
        view! { <div class="note warn">{icon("triangle-alert")}<p>{tr!(requests.change_due)}</p>{change()}</div> }
    });
    let still = (access.open_still && !access.change_due).then(|| {
        view! { <div class="note">{icon("info")}<p>{tr!(requests.open_still)}</p>{change()}</div> }
    });
    let others = access.holder.as_ref().filter(|holder| !holder.own).map(|holder| {
        let when = moment(millis(holder.until));
        let waiting = (access.waiting > 0).then(|| tr!(requests.waiting, count = number(access.waiting)));
        view! {
            <p class="lease-line">{icon("user")}<span>{tr!(requests.in_use, name = holder.name.clone(), when = when)}" "{waiting}</span></p>
        }
    });
    let own = access.own.as_ref().filter(|own| !own.status.is_final()).map(|own| own_state(app, account, access, own));
    let given = own.is_none().then(|| ahead::line(app, account, access)).flatten();
    // What may be had at once need not be asked for.
    let at_once = access.ahead.as_ref().is_some_and(|ahead| ahead.may_check_out);
    let asks = (own.is_none() && !at_once && !access.direct && access.may_ask).then(|| {
        let (account, access) = (Arc::clone(account), Arc::clone(access));
        let how = words::needs(access.needed);
        let open = move |_| app.open(Dialog::AskForSecret(Arc::clone(&account), Arc::clone(&access), None));
        view! {
            <div class="lease-line">
                {icon("lock")}<span class="grow">{how}</span>
                <button type="button" class="button small primary" on:click=open>{tr!(requests.ask)}</button>
            </div>
        }
    });
    view! { {due}{still}{others}{own}{given}{asks} }.into_any()
}

/// Another secret: at once where it can be made by rules, and by hand.
fn change(app: App, account: &Arc<AccountView>) -> AnyView {
    let made = account.fields.secret_type == SecretType::Password && account.fields.secret_file.is_none();
    let now = made.then(|| renew::button(app, account.vault, account.id, account.fields.name.clone()));
    let account = Arc::clone(account);
    view! {
        {now}
        <button type="button" class="button small" on:click=move |_| app.open(Dialog::EditAccount(Arc::clone(&account)))>
            {icon("pencil")}<span>{tr!(requests.change_form)}</span>
        </button>
    }
    .into_any()
}

fn own_state(app: App, account: &Arc<AccountView>, access: &Known, own: &AskedRow) -> AnyView {
    let (own_id, may) = (own.id, own.may);
    let text = match own.status {
        RequestStatus::Requested => format!("{} {}", tr!(requests.you_asked), words::approved(own)),
        RequestStatus::Approved if words::comes(own).is_some() => {
            tr!(requests.ready_from, when = moment(millis(own.from)))
        }
        RequestStatus::Approved => tr!(requests.ready, when = moment(millis(own.until))),
        _ => tr!(requests.yours, when = moment(millis(own.until))),
    };
    let before = words::before(own);
    let held = own.status == RequestStatus::CheckedOut;
    let left = words::moves(own).map(|until| view! { <Left until=until /> });
    let extend = (held && access.more.is_none() && access.may_ask).then(|| {
        let (account, access) = (Arc::clone(account), Arc::clone(access));
        let open = move |_| app.open(Dialog::AskForSecret(Arc::clone(&account), Arc::clone(&access), Some(own_id)));
        view! { <button type="button" class="button small" on:click=open>{tr!(requests.extend)}</button> }
    });
    let superseded = own.superseded.then(|| {
        view! { <div class="note warn">{icon("triangle-alert")}<p>{tr!(requests.superseded)}</p></div> }
    });
    let more = access.more.as_ref().map(|more| more_state(app, more));
    view! {
        {superseded}
        <div class="lease-line">
            {icon(if held { "key-round" } else { "hourglass" })}
            <span class="grow">{text}" "{before}" "{left}</span>
            {step(app, own, may.check_out, "button small primary", tr!(requests.check_out), RequestStep::CheckOut)}
            {step(app, own, may.check_in, "button small primary", tr!(requests.check_in), RequestStep::CheckIn)}
            {extend}
            {step(app, own, may.cancel, "button small", tr!(requests.cancel), RequestStep::Cancel)}
        </div>
        {more}
    }
    .into_any()
}

/// More time that was asked for with what the person has.
fn more_state(app: App, more: &AskedRow) -> AnyView {
    let may = more.may;
    view! {
        <div class="lease-line">
            {icon("timer")}
            <span class="grow">{tr!(requests.more_asked)}" "{words::approved(more)}</span>
            {step(app, more, may.check_out, "button small primary", tr!(requests.more_take), RequestStep::CheckOut)}
            {step(app, more, may.cancel, "button small", tr!(requests.cancel), RequestStep::Cancel)}
        </div>
    }
    .into_any()
}

fn step(
    app: App,
    request: &AskedRow,
    may: bool,
    class: &'static str,
    label: &'static str,
    step: RequestStep,
) -> Option<AnyView> {
    let id = request.id;
    let take = move |_| card::take(app, id, step, None);
    may.then(|| view! { <button type="button" class=class on:click=take>{label}</button> }.into_any())
}
