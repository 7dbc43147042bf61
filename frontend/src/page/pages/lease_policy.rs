//! The policy of a vault, a resource or an account: who must approve before a secret is given, for how long, and on which
//! conditions.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_contract::limits;

use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{TextField, choice, tick};
use crate::page::components::form::{Form, alert, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{number, span, tr};

/// Longest leases and waits that are offered, in seconds.
const LEASES: [u32; 9] = [900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800];
const WAITS: [u32; 5] = [3_600, 14_400, 86_400, 259_200, 604_800];
const WANTED: [Wanted; 3] = [Wanted::No, Wanted::Maybe, Wanted::Yes];
/// Most approvals that a policy asks for.
const MOST: u8 = 3;

/// The dialog.
pub fn dialog_of(vault: VaultId, place: PolicyPlace, name: &str) -> AnyView {
    let found = RwSignal::new(None::<Result<LeasePolicyView, Error>>);
    spawn_local(async move {
        let answer = ask(ReadLeasePolicy { vault, place }).await;
        let _ = found.try_set(Some(answer));
    });
    let body = move || match found.get() {
        None => {
            view! { <div class="dialog-body"><p class="muted" role="status">{tr!(list.loading)}</p></div> }.into_any()
        }
        Some(Err(error)) => view! { <div class="dialog-body">{alert(explain(&error))}</div> }.into_any(),
        Some(Ok(view)) => untrack(|| form_of(vault, place, view)),
    };
    let title = match place {
        PolicyPlace::Vault => tr!(lease_policy.title_vault, name = name),
        PolicyPlace::Resource(_) => tr!(lease_policy.title_resource, name = name),
        PolicyPlace::Account(..) => tr!(lease_policy.title_account, name = name),
    };
    dialog(title, Width::Wide, body.into_any())
}

fn form_of(vault: VaultId, place: PolicyPlace, view: LeasePolicyView) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let LeasePolicyView { own, around, custodians, gone, services } = view;
    let has_own = RwSignal::new(usize::from(own.is_some()));
    let begun = own.or_else(|| around.clone()).unwrap_or_default();
    let fields = Fields::of(&begun);
    let reseal = RwSignal::new(true);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let policy = (has_own.get_untracked() == 1).then(|| fields.read());
        form.send(SetLeasePolicy { vault, place, policy, reseal: reseal.get_untracked() }, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let inherits = match (&around, place) {
        (Some(policy), _) => tr!(lease_policy.inherits, what = summary(policy)),
        (None, PolicyPlace::Vault) => tr!(lease_policy.nothing).to_owned(),
        (None, _) => tr!(lease_policy.inherits_nothing).to_owned(),
    };
    let which = choice(tr!(lease_policy.holds), vec![inherits, tr!(lease_policy.own).to_owned()], has_own);
    let most = custodians.len().saturating_sub(1).min(usize::from(MOST));
    let parts = move || (has_own.get() == 1).then(|| untrack(|| fields.view(&custodians, &services, most)));
    let left_out = (!gone.is_empty()).then(|| {
        let text = tr!(lease_policy.gone, names = gone.join(", "));
        view! { <div class="note warn">{icon("triangle-alert")}<p>{text}</p></div> }
    });
    let resealed = move || {
        let guards = has_own.get() == 1 && fields.guards();
        guards.then(|| {
            view! {
                {tick(tr!(lease_policy.reseal), reseal)}
                <p class="hint">{tr!(lease_policy.reseal_hint)}</p>
            }
        })
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(lease_policy.hint)}</p>
                {which}
                {left_out}
                {parts}
                {resealed}
            </div>
            {dialog_footer(form, tr!(action.save))}
        </form>
    }
    .into_any()
}

/// A policy in one line.
fn summary(policy: &LeasePolicy) -> String {
    let approvals = approvals_name(u32::from(policy.approvals));
    let exclusive = policy.exclusive.then(|| tr!(lease_policy.exclusive_short).to_owned());
    [Some(approvals), exclusive].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn approvals_name(count: u32) -> String {
    match count {
        0 => tr!(lease_policy.no_approval).to_owned(),
        1 => tr!(lease_policy.approvals_one).to_owned(),
        count => tr!(lease_policy.approvals_count, count = number(count)),
    }
}

/// What stands in the form.
#[derive(Clone, Copy)]
struct Fields {
    approvals: RwSignal<usize>,
    reason: RwSignal<usize>,
    exclusive: RwSignal<bool>,
    longest: Length,
    ticket: RwSignal<usize>,
    pattern: RwSignal<String>,
    factor: RwSignal<bool>,
    change: RwSignal<bool>,
    waits: Length,
    approvers: RwSignal<BTreeSet<MemberId>>,
    all_exempt: RwSignal<usize>,
    exempt: RwSignal<BTreeSet<MemberId>>,
    glass: RwSignal<BTreeSet<MemberId>>,
}

/// A choice of a length. One that is not offered stays where it is not touched.
#[derive(Clone, Copy)]
struct Length {
    offered: StoredValue<Vec<u32>>,
    chosen: RwSignal<usize>,
}

impl Length {
    fn of(offered: &[u32], now: u32) -> Self {
        let mut all = offered.to_vec();
        if !all.contains(&now) {
            all.push(now);
            all.sort_unstable();
        }
        let at = all.iter().position(|one| *one == now).unwrap_or_default();
        Self { offered: StoredValue::new(all), chosen: RwSignal::new(at) }
    }

    fn read(self, usual: u32) -> Option<u32> {
        let chosen = self.offered.with_value(|all| all.get(self.chosen.get_untracked()).copied());
        chosen.filter(|seconds| *seconds != usual)
    }

    fn view(self, label: &'static str) -> AnyView {
        let names = self.offered.with_value(|all| all.iter().map(|seconds| span(*seconds)).collect());
        choice(label, names, self.chosen)
    }
}

impl Fields {
    fn of(policy: &LeasePolicy) -> Self {
        let at = |wanted: Wanted| RwSignal::new(WANTED.iter().position(|one| *one == wanted).unwrap_or_default());
        let set = |members: &[MemberId]| RwSignal::new(members.iter().copied().collect());
        Self {
            approvals: RwSignal::new(usize::from(policy.approvals)),
            reason: at(policy.reason),
            exclusive: RwSignal::new(policy.exclusive),
            longest: Length::of(&LEASES, policy.longest.unwrap_or(limits::LEASE_DEFAULT)),
            ticket: at(policy.ticket),
            pattern: RwSignal::new(policy.ticket_pattern.clone().unwrap_or_default()),
            factor: RwSignal::new(policy.factor),
            change: RwSignal::new(policy.change_after_use),
            waits: Length::of(&WAITS, policy.waits.unwrap_or(limits::REQUEST_WAITS)),
            approvers: set(&policy.approvers),
            all_exempt: RwSignal::new(usize::from(policy.exempt.is_some())),
            exempt: set(policy.exempt.as_deref().unwrap_or_default()),
            glass: set(&policy.break_glass),
        }
    }

    /// Whether a secret has to be asked for.
    fn guards(self) -> bool {
        self.approvals.get() > 0 || self.exclusive.get()
    }

    /// Who could never be approved: those who need approvals, and are needed for them.
    fn unmet(self, custodians: &[(MemberId, String)]) -> Vec<String> {
        let (needed, named) = (self.approvals.get(), self.all_exempt.get() == 1);
        let (approvers, exempt) = (self.approvers.get(), self.exempt.get());
        let asks = custodians.iter().filter(|(member, _)| named && !exempt.contains(member));
        let others = |member: &MemberId| match approvers.is_empty() {
            true => custodians.len().saturating_sub(1),
            false => approvers.iter().filter(|approver| *approver != member).count(),
        };
        asks.filter(|(member, _)| others(member) < needed).map(|(_, name)| name.clone()).collect()
    }

    fn read(self) -> LeasePolicy {
        let wanted = |signal: RwSignal<usize>| WANTED.get(signal.get_untracked()).copied().unwrap_or_default();
        let members = |signal: RwSignal<BTreeSet<MemberId>>| signal.get_untracked().into_iter().collect();
        let ticket = wanted(self.ticket);
        let pattern = Some(self.pattern.get_untracked().trim().to_owned());
        LeasePolicy {
            approvals: u8::try_from(self.approvals.get_untracked()).unwrap_or_default(),
            reason: wanted(self.reason),
            exclusive: self.exclusive.get_untracked(),
            longest: self.longest.read(limits::LEASE_DEFAULT),
            ticket,
            ticket_pattern: pattern.filter(|pattern| !pattern.is_empty() && ticket != Wanted::No),
            factor: self.factor.get_untracked(),
            change_after_use: self.change.get_untracked(),
            waits: self.waits.read(limits::REQUEST_WAITS),
            approvers: members(self.approvers),
            exempt: (self.all_exempt.get_untracked() == 1).then(|| members(self.exempt)),
            break_glass: members(self.glass),
        }
    }

    fn view(self, custodians: &[(MemberId, String)], services: &[(MemberId, String)], most: usize) -> AnyView {
        let counts = 0..=most.max(self.approvals.get_untracked());
        let counts = counts.map(|count| approvals_name(u32::try_from(count).unwrap_or_default()));
        let fewer = (most < usize::from(MOST)).then(|| {
            view! { <p class="hint with-icon">{icon("info")}<span>{tr!(lease_policy.fewer)}</span></p> }
        });
        let wanted = || WANTED.map(|wanted| wanted_name(wanted).to_owned()).to_vec();
        let pattern = move || {
            (self.ticket.get() > 0).then(|| {
                TextField::new(tr!(lease_policy.pattern), self.pattern)
                    .limit(limits::TICKET_PATTERN_CHARS)
                    .hint(tr!(lease_policy.pattern_hint))
                    .view()
            })
        };
        let people = StoredValue::new(custodians.to_vec());
        let approvers = StoredValue::new([custodians, services].concat());
        let ticks = move |legend: &'static str, hint: &'static str, chosen: RwSignal<BTreeSet<MemberId>>| {
            people.with_value(|people| member_ticks(legend, hint, people, chosen))
        };
        let exempt = move || {
            (self.all_exempt.get() == 1)
                .then(|| ticks(tr!(lease_policy.exempt_named), tr!(lease_policy.exempt_hint), self.exempt))
        };
        let unmet = move || {
            let names = people.with_value(|people| self.unmet(people));
            (!names.is_empty()).then(|| {
                let text = tr!(lease_policy.too_few, names = names.join(", "));
                view! { <div class="note warn">{icon("triangle-alert")}<p>{text}</p></div> }
            })
        };
        let lease = move || {
            self.guards().then(|| view! {
                {self.longest.view(tr!(lease_policy.longest))}
                {choice(tr!(lease_policy.ticket), wanted(), self.ticket)}
                {pattern}
                {tick(tr!(lease_policy.change), self.change)}
                {tick(tr!(lease_policy.factor), self.factor)}
                <details class="more-fields">
                    <summary>{tr!(lease_policy.people)}</summary>
                    <div class="form">
                        {self.waits.view(tr!(lease_policy.waits))}
                        {approvers.with_value(|all| member_ticks(tr!(lease_policy.approvers), tr!(lease_policy.approvers_hint), all, self.approvers))}
                        {choice(tr!(lease_policy.exempt), vec![tr!(lease_policy.exempt_all).to_owned(), tr!(lease_policy.exempt_some).to_owned()], self.all_exempt)}
                        {exempt}
                        {unmet}
                        {ticks(tr!(lease_policy.glass), tr!(lease_policy.glass_hint), self.glass)}
                    </div>
                </details>
            })
        };
        view! {
            {choice(tr!(lease_policy.approvals), counts.collect(), self.approvals)}
            {fewer}
            {tick(tr!(lease_policy.exclusive), self.exclusive)}
            {choice(tr!(lease_policy.reason), wanted(), self.reason)}
            {lease}
        }
        .into_any()
    }
}

fn wanted_name(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::No => tr!(lease_policy.wanted_no),
        Wanted::Maybe => tr!(lease_policy.wanted_maybe),
        Wanted::Yes => tr!(lease_policy.wanted_yes),
    }
}

fn member_ticks(
    legend: &'static str,
    hint: &'static str,
    people: &[(MemberId, String)],
    chosen: RwSignal<BTreeSet<MemberId>>,
) -> AnyView {
    let lines = people.iter().map(|(member, name)| {
        let member = *member;
        let set = move |event: leptos::ev::Event| {
            let ticked = event_target_checked(&event);
            chosen.update(|chosen| {
                if ticked {
                    chosen.insert(member);
                } else {
                    chosen.remove(&member);
                }
            });
        };
        view! {
            <label class="tick">
                <input type="checkbox" prop:checked=move || chosen.with(|chosen| chosen.contains(&member)) on:change=set />
                <span>{name.clone()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="group-members">
            <legend>{legend}</legend>
            <p class="hint">{hint}</p>
            <div class="group-ticks">{lines.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}
