//! The team's policy, below its people: second factors, and by which clocks hours are meant.

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::language::{number, tr};

const DEMANDS: [FactorDemand; 3] = [FactorDemand::Always, FactorDemand::Guarded, FactorDemand::Never];
/// How long a confirmation may last, in seconds.
const SPANS: [u32; 7] = [0, 60, 5 * 60, 15 * 60, 60 * 60, 4 * 60 * 60, 12 * 60 * 60];

/// The section: everyone sees what holds, owners change it.
pub fn section(app: App) -> AnyView {
    let policy = RwSignal::new(None::<TeamPolicyView>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            if let Ok(read) = ask(ReadTeamPolicy).await {
                keep(policy, Some(read));
            }
        });
    });
    let body = move || {
        policy.get().map(|policy| {
            let edit = policy.may_set.then(|| {
                let policy = policy.clone();
                let open = move |_| app.open(Dialog::TeamPolicy(policy.clone()));
                view! {
                    <button type="button" class="button small" on:click=open>{icon("pencil")}<span>{tr!(team_policy.change)}</span></button>
                }
            });
            let services = match policy.services {
                ServiceDemand::Exempt => tr!(team_policy.services_exempt),
                ServiceDemand::Same => tr!(team_policy.services_same),
            };
            let lasts = (policy.factor != FactorDemand::Never).then(|| {
                view! {
                    <div class="fact"><dt>{tr!(team_policy.lasts)}</dt><dd>{span_name(policy.confirmation)}</dd></div>
                    <div class="fact"><dt>{tr!(services.title)}</dt><dd>{services}</dd></div>
                }
            });
            view! {
                <div class="people-head"><h3>{tr!(team_policy.title)}</h3><span class="grow"></span>{edit}</div>
                <dl class="facts" aria-label=tr!(team_policy.title)>
                    <div class="fact"><dt>{tr!(team_policy.asked_for)}</dt><dd>{demand_name(policy.factor)}</dd></div>
                    {lasts}
                    <div class="fact"><dt>{tr!(team_policy.zone)}</dt><dd>{zone_name(policy.zone.as_deref())}</dd></div>
                </dl>
            }
        })
    };
    body.into_any()
}

/// Changes it.
pub fn dialog_for(policy: TeamPolicyView) -> AnyView {
    let app = App::get();
    let factor = RwSignal::new(DEMANDS.iter().position(|one| *one == policy.factor).unwrap_or(1));
    // A span that is not offered stays where it is not touched.
    let mut spans: Vec<u32> = SPANS.to_vec();
    if !spans.contains(&policy.confirmation) {
        spans.push(policy.confirmation);
        spans.sort_unstable();
    }
    let span = RwSignal::new(spans.iter().position(|one| *one == policy.confirmation).unwrap_or_default());
    let same = RwSignal::new(policy.services == ServiceDemand::Same);
    let zones = zones(policy.zone.as_deref());
    let zone = RwSignal::new(zones.iter().position(|one| *one == policy.zone).unwrap_or_default());
    let zone_names = zones.iter().map(|zone| zone_name(zone.as_deref())).collect();
    let form = Form::new();
    let names = spans.iter().map(|seconds| span_name(*seconds)).collect();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = SetTeamPolicy {
            factor: DEMANDS.get(factor.get_untracked()).copied().unwrap_or(policy.factor),
            confirmation: spans.get(span.get_untracked()).copied().unwrap_or(policy.confirmation),
            services: if same.get_untracked() { ServiceDemand::Same } else { ServiceDemand::Exempt },
            zone: zones.get(zone.get_untracked()).cloned().flatten(),
        };
        form.send(command, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let demands = DEMANDS.map(|demand| demand_name(demand).to_owned()).to_vec();
    let asks = move || {
        let always = factor.get() == 0;
        always
            .then(|| view! { <p class="hint with-icon">{icon("info")}<span>{tr!(team_policy.always_hint)}</span></p> })
    };
    dialog(
        tr!(team_policy.title),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    {choice(tr!(team_policy.asked_for), demands, factor)}
                    {asks}
                    {choice(tr!(team_policy.lasts), names, span)}
                    {tick(tr!(team_policy.services_field), same)}
                    <p class="hint">{tr!(team_policy.services_hint)}</p>
                    {choice(tr!(team_policy.zone), zone_names, zone)}
                    <p class="hint">{tr!(team_policy.zone_hint)}</p>
                </div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}

fn demand_name(demand: FactorDemand) -> &'static str {
    match demand {
        FactorDemand::Always => tr!(team_policy.always),
        FactorDemand::Guarded => tr!(team_policy.guarded),
        FactorDemand::Never => tr!(team_policy.never),
    }
}

fn span_name(seconds: u32) -> String {
    match seconds {
        0 => tr!(team_policy.once).to_owned(),
        seconds if seconds % 3_600 == 0 => tr!(team_policy.hours, count = number(seconds / 3_600)),
        seconds if seconds % 60 == 0 => tr!(team_policy.minutes, count = number(seconds / 60)),
        seconds => tr!(team_policy.seconds, count = number(seconds)),
    }
}

fn zone_name(zone: Option<&str>) -> String {
    zone.unwrap_or(tr!(team_policy.zone_own)).to_owned()
}

/// What can be chosen: none, and the zones that the browser knows. One that it does not know stays where it is not touched.
fn zones(present: Option<&str>) -> Vec<Option<String>> {
    let known = || -> Option<Vec<String>> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let list: Function = Reflect::get(&intl, &"supportedValuesOf".into()).ok()?.dyn_into().ok()?;
        let zones: Array = list.call1(&intl, &"timeZone".into()).ok()?.dyn_into().ok()?;
        Some(zones.iter().filter_map(|zone| zone.as_string()).collect())
    };
    let mut known: Vec<String> = known().unwrap_or_default();
    known.extend(["UTC".to_owned()].into_iter().chain(present.map(str::to_owned)));
    known.sort_unstable();
    known.dedup();
    std::iter::once(None).chain(known.into_iter().map(Some)).collect()
}
