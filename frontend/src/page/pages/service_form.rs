//! A service that is to be admitted, and other terms for one that is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use sealward_contract::limits;

use super::people::{explain_vault_role, vault_role_name};
use super::service_token::token;
use super::services::explain_end;
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField, choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::language::{end_of_day, number, tr};

/// For how many days a service may act.
const DAYS: [u16; 3] = [30, 90, USUAL];
/// For how many days it does where nobody says otherwise.
pub const USUAL: u16 = 365;
/// What a service may be in a vault: never a custodian.
const ROLES: [VaultRole; 3] = [VaultRole::Viewer, VaultRole::User, VaultRole::Editor];

/// The fields of a service's terms.
#[derive(Clone)]
struct TermFields {
    end: RwSignal<usize>,
    day: RwSignal<String>,
    hosts: RwSignal<String>,
    asks: RwSignal<bool>,
    /// The vaults that may be the default one, and which is: 0 for none.
    vaults: RwSignal<Vec<NamedVault>>,
    default: RwSignal<usize>,
    day_fault: RwSignal<Option<String>>,
    host_fault: RwSignal<Option<String>>,
    /// The service as it is, whose end may stay.
    known: Option<ServiceRow>,
}

impl TermFields {
    fn new(known: Option<ServiceRow>, vaults: Vec<NamedVault>) -> Self {
        let set = known.as_ref().and_then(|known| known.vault);
        let default = vaults.iter().position(|vault| Some(vault.id) == set).map_or(0, |at| at + 1);
        let hosts = known.iter().flat_map(|known| known.hosts.iter().map(Host::as_str)).collect::<Vec<_>>().join("\n");
        // A new one gets 90 days; what is there stays as it is, unless its time is over.
        let end = match &known {
            Some(known) if known.days_left != Some(0) => 0,
            Some(_) => 2,
            None => 1,
        };
        Self {
            end: RwSignal::new(end),
            day: RwSignal::new(String::new()),
            hosts: RwSignal::new(hosts),
            asks: RwSignal::new(known.as_ref().is_some_and(|known| known.scope == ServiceScope::Requests)),
            vaults: RwSignal::new(vaults),
            default: RwSignal::new(default),
            day_fault: RwSignal::new(None),
            host_fault: RwSignal::new(None),
            known,
        }
    }

    /// Place of the first span of days among the choices.
    fn first(&self) -> usize {
        usize::from(self.known.is_some())
    }

    fn view(&self) -> AnyView {
        let kept = self.known.as_ref().map(|known| tr!(services.as_it_is, end = explain_end(known)));
        let spans = DAYS.map(|days| tr!(services.days, count = number(u32::from(days))));
        let others = [tr!(services.until_day).to_owned(), tr!(services.endless).to_owned()];
        let options = kept.into_iter().chain(spans).chain(others).collect();
        let by_day = self.first() + DAYS.len();
        let (end, day, day_fault) = (self.end, self.day, self.day_fault);
        let day = move || {
            (end.get() == by_day).then(|| {
                TextField::new(tr!(services.day), day).kind(Kind::Date).required().fault(day_fault.into()).view()
            })
        };
        let (vaults, chosen) = (self.vaults, self.default);
        let default = move || {
            let vaults = vaults.get();
            (!vaults.is_empty()).then(|| {
                let none = tr!(services.no_default).to_owned();
                let names = std::iter::once(none).chain(vaults.into_iter().map(|vault| vault.name)).collect();
                view! { {choice(tr!(services.default_vault), names, chosen)}<p class="hint">{tr!(services.default_vault_hint)}</p> }
            })
        };
        view! {
            {choice(tr!(services.end), options, self.end)}
            {day}
            {TextField::new(tr!(services.hosts), self.hosts)
                .kind(Kind::Code)
                .hint(tr!(services.hosts_hint))
                .fault(self.host_fault.into())
                .view()}
            {default}
            {tick(tr!(services.only_asks_switch), self.asks)}
            <p class="hint">{tr!(services.only_asks_hint)}</p>
        }
        .into_any()
    }

    /// The terms, or none where a field says what is wrong with it.
    fn read(&self) -> Option<ServiceTerms> {
        let (end, hosts) = (self.read_end(), self.read_hosts());
        let scope = if self.asks.get_untracked() { ServiceScope::Requests } else { ServiceScope::Roles };
        let place = self.default.get_untracked().checked_sub(1);
        let vault = place.and_then(|at| self.vaults.with_untracked(|vaults| vaults.get(at).map(|vault| vault.id)));
        Some(ServiceTerms { end: end?, hosts: hosts?, scope, vault })
    }

    fn read_end(&self) -> Option<ServiceEnd> {
        self.day_fault.set(None);
        let place = self.end.get_untracked();
        let Some(place) = place.checked_sub(self.first()) else {
            let expires = self.known.as_ref().and_then(|known| known.expires);
            return Some(expires.map_or(ServiceEnd::Never, ServiceEnd::At));
        };
        if let Some(days) = DAYS.get(place) {
            return Some(ServiceEnd::Days(*days));
        }
        if place > DAYS.len() {
            return Some(ServiceEnd::Never);
        }
        let end = end_of_day(&self.day.get_untracked());
        if end.is_none() {
            self.day_fault.set(Some(tr!(services.day_fault).to_owned()));
        }
        end.map(ServiceEnd::At)
    }

    fn read_hosts(&self) -> Option<Vec<Host>> {
        self.host_fault.set(None);
        let text = self.hosts.get_untracked();
        let mut hosts = BTreeSet::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let Ok(host) = Host::parse(line) else {
                let line_number = number(u32::try_from(at + 1).unwrap_or(u32::MAX));
                self.host_fault.set(Some(tr!(services.host_fault, line = line_number, text = line.trim())));
                return None;
            };
            hosts.insert(host);
        }
        if hosts.len() > limits::HOSTS {
            let most = number(u32::try_from(limits::HOSTS).unwrap_or(u32::MAX));
            self.host_fault.set(Some(tr!(services.too_many_hosts, most = most)));
            return None;
        }
        Some(hosts.into_iter().collect())
    }
}

/// The dialog that admits a service, and then its token.
pub fn create(people: &People) -> AnyView {
    let made = RwSignal::new(None::<Arc<TokenMade>>);
    let vaults = StoredValue::new(people.grantable.clone());
    let body = move || match made.get() {
        None => untrack(|| create_form(vaults.get_value(), made)),
        Some(made) => untrack(|| token(&made)),
    };
    dialog(tr!(services.new), Width::Narrow, body.into_any())
}

fn create_form(vaults: Vec<NamedVault>, made: RwSignal<Option<Arc<TokenMade>>>) -> AnyView {
    let form = Form::new();
    let name = RwSignal::new(String::new());
    let fields = TermFields::new(None, Vec::new());
    let named = vaults.clone();
    let chosen: Vec<(VaultId, String, RwSignal<usize>)> =
        vaults.into_iter().map(|vault| (vault.id, vault.name, RwSignal::new(0))).collect();
    let asks = fields.asks;
    // Only a vault that it gets a role in can be the one that it uses.
    let (offered, default, roles_given) = (fields.vaults, fields.default, chosen.clone());
    Effect::new(move |_| {
        let has_role = |id: VaultId| roles_given.iter().any(|(vault, _, role)| *vault == id && role.get() > 0);
        let now: Vec<NamedVault> = named.iter().filter(|vault| has_role(vault.id)).cloned().collect();
        let before = offered.get_untracked();
        if now != before {
            let kept = default.get_untracked().checked_sub(1).and_then(|at| before.get(at)).map(|vault| vault.id);
            default.set(now.iter().position(|vault| Some(vault.id) == kept).map_or(0, |at| at + 1));
            offered.set(now);
        }
    });
    let roles = {
        let chosen = chosen.clone();
        move || {
            let may = most(asks.get());
            let names = || {
                let roles = ROLES.into_iter().take(may).map(|role| vault_role_name(role).to_owned());
                std::iter::once(tr!(people.no_access).to_owned()).chain(roles).collect::<Vec<_>>()
            };
            let rows = chosen.iter().map(|(_, name, role)| {
                role.set(role.get_untracked().min(may));
                choice(name.clone(), names(), *role)
            });
            let legend = ROLES.into_iter().take(may).map(|role| {
                view! { <li><strong>{vault_role_name(role)}</strong>" "{explain_vault_role(role)}</li> }
            });
            let legend =
                (!chosen.is_empty()).then(|| view! { <ul class="role-legend muted">{legend.collect_view()}</ul> });
            view! { {rows.collect_view()}{legend} }
        }
    };
    let terms = fields.view();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(terms) = fields.read() else { return };
        let grants = chosen.iter().filter_map(|(vault, _, role)| {
            let role = role.get_untracked().checked_sub(1).and_then(|at| ROLES.get(at))?;
            Some((*vault, *role))
        });
        let (login_name, grants) = (name.get_untracked(), grants.collect());
        form.send(AdmitService { login_name, grants, terms }, move |answer| made.set(Some(Arc::new(answer))));
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(services.new_hint)}</p>
                {TextField::new(tr!(services.name), name).limit(limits::LOGIN_NAME_CHARS).required().focus().view()}
                {roles}
                {terms}
            </div>
            {dialog_footer(form, tr!(services.make))}
        </form>
    }
    .into_any()
}

/// How many of the roles a service may have.
fn most(asks: bool) -> usize {
    let scope = if asks { ServiceScope::Requests } else { ServiceScope::Roles };
    ROLES.into_iter().filter(|role| *role <= scope.highest_role()).count()
}

/// The dialog that changes until when, from where and for what a service may act.
pub fn edit(member: &MemberRow) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let mut vaults: Vec<NamedVault> = member.grants.iter().map(|grant| grant.vault.clone()).collect();
    // One that it lost its role in, or that is not seen here, stays as it is.
    let set = member.service.as_ref().and_then(|service| service.vault);
    if let Some(set) = set.filter(|set| vaults.iter().all(|vault| vault.id != *set)) {
        vaults.push(NamedVault { id: set, name: String::new() });
    }
    for vault in vaults.iter_mut().filter(|vault| vault.name.is_empty()) {
        vault.name = tr!(audit.some_vault).to_owned();
    }
    let fields = TermFields::new(member.service.clone(), vaults);
    let (id, name) = (member.member, member.login_name.clone());
    let terms = fields.view();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(terms) = fields.read() else { return };
        form.send(SetService { member: id, terms }, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let body = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form"><p class="muted">{tr!(services.edit_hint)}</p>{terms}</div>
            {dialog_footer(form, tr!(action.save))}
        </form>
    };
    dialog(tr!(services.edit_of, name = name), Width::Narrow, body.into_any())
}
