//! The report on the health of all secrets: one number, what it is made of, what to do first, and how each vault stands.
//! The worker makes it from what is known anyway; nothing is asked of the server.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filters::{check_icon, check_name};
use crate::bridge::{Check, Error, Finding, Found, Health, ReadHealth, Selection, VaultHealth};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::icon::{icon, resource_tile};
use crate::page::components::strength::strength_meter;
use crate::page::engine::{ask, keep};
use crate::page::language::{day, days_ago, number, tr};

/// The pane.
pub fn pane(app: App) -> AnyView {
    let health = RwSignal::new(None::<Arc<Health>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            match ask(ReadHealth).await {
                Ok(read) => keep(health, Some(Arc::new(read))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    let body = move || match health.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(health) => untrack(|| report(app, &health)),
    };
    view! {
        <section class="pane settings-pane health-pane" aria-label=tr!(health.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(health.title)}</h2>
                <span class="grow"></span>
                <a class="button" href=app.link(Spot::Exposed)>{icon("shield-alert")}<span>{tr!(exposure.title)}</span></a>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="health-body">{body}</div>
        </section>
    }
    .into_any()
}

fn report(app: App, health: &Health) -> AnyView {
    let Some(score) = health.score else {
        return view! {
            <div class="health-hero empty-hero">
                <span class="tile hue-accent large">{icon("heart-pulse")}</span>
                <div><h3>{tr!(health.empty)}</h3><p class="muted">{tr!(health.empty_hint)}</p></div>
            </div>
        }
        .into_any();
    };
    let waiting = (!health.complete).then(|| view! { <p class="hint">{tr!(health.incomplete)}</p> });
    let vaults = (health.vaults.len() > 1).then(|| vaults(app, &health.vaults));
    let findings = health.findings.iter().map(|finding| finding_card(app, finding, health.all.accounts));
    view! {
        {hero(health, score)}
        {waiting}
        {cards(app, health)}
        {(!health.findings.is_empty()).then(|| view! { <h3 class="health-heading">{tr!(health.to_do)}</h3> })}
        <div class="findings">{findings.collect_view()}</div>
        {vaults}
        <p class="hint with-icon">{icon("shield-check")}<span>{tr!(health.private)}</span></p>
    }
    .into_any()
}

/// In words, and as the class with its colour.
fn rating(score: u8) -> (&'static str, &'static str) {
    match score {
        100 => (tr!(health.perfect), "good"),
        90.. => (tr!(health.good), "good"),
        70.. => (tr!(health.fair), "fair"),
        _ => (tr!(health.poor), "poor"),
    }
}

fn hero(health: &Health, score: u8) -> AnyView {
    let (words, class) = rating(score);
    let all = &health.all;
    let troubled = health.findings.iter().map(|finding| finding.count).max().unwrap_or(0);
    let lead = if health.findings.is_empty() {
        tr!(health.nothing_to_do).to_owned()
    } else {
        tr!(health.lead, accounts = number(all.accounts), secrets = number(all.secrets))
    };
    // The circle has a length of 100 by its path length.
    let dash = format!("{score} 100");
    view! {
        <div class=format!("health-hero {class}")>
            <svg class="ring" viewBox="0 0 120 120" role="img" aria-label=tr!(health.score_label, score = score)>
                <circle class="ring-back" cx="60" cy="60" r="52" pathLength="100"></circle>
                <circle class="ring-front" cx="60" cy="60" r="52" pathLength="100" stroke-dasharray=dash></circle>
                <text x="60" y="60" aria-hidden="true">{score}</text>
            </svg>
            <div>
                <h3>{words}</h3>
                <p>{lead}</p>
                {(troubled == 0).then(|| view! { <p class="good-line">{icon("shield-check")}<span>{tr!(health.keep_on)}</span></p> })}
            </div>
        </div>
    }
    .into_any()
}

fn cards(app: App, health: &Health) -> AnyView {
    let accounts = health.all.accounts.max(1);
    let card = |check: Check| {
        let count = health.all.of(check);
        let share = u64::from(count) * 100 / u64::from(accounts);
        // Something is never drawn as nothing.
        let width = if count > 0 { share.max(2) } else { 0 };
        let body = view! {
            <span class="card-top">{icon(check_icon(check))}<span>{check_name(check)}</span></span>
            <strong>{number(count)}</strong>
            <span class="share" aria-hidden="true"><i style:width=format!("{width}%")></i></span>
        };
        if count == 0 {
            view! { <li><div class="health-card none">{body}</div></li> }.into_any()
        } else {
            let class = if matches!(check, Check::Weak | Check::Reused | Check::Expired) {
                "health-card bad"
            } else {
                "health-card warn"
            };
            view! {
                <li><button type="button" class=class title=tr!(health.list_all) on:click=move |_| app.list_found(check, None)>{body}</button></li>
            }
            .into_any()
        }
    };
    let checks = [Check::Weak, Check::Reused, Check::Old, Check::Expired, Check::Expiring, Check::NoSecret];
    view! { <ul class="health-cards">{checks.map(card).into_iter().collect_view()}</ul> }.into_any()
}

/// What should be done about it.
fn advice(check: Check) -> &'static str {
    match check {
        Check::Weak => tr!(health.advice_weak),
        Check::Reused => tr!(health.advice_reused),
        Check::Old => tr!(health.advice_old),
        Check::Expired => tr!(health.advice_expired),
        Check::Expiring => tr!(health.advice_expiring),
        _ => tr!(health.advice_no_secret),
    }
}

fn finding_card(app: App, finding: &Finding, accounts: u32) -> AnyView {
    let check = finding.check;
    let shown = u32::try_from(finding.worst.len()).unwrap_or(u32::MAX);
    let lines = finding.worst.iter().map(|found| line(app, check, found)).collect_view();
    let all = (finding.count > shown).then(|| {
        let label = tr!(health.show_all, count = number(finding.count));
        view! { <button type="button" class="link" on:click=move |_| app.list_found(check, None)>{label}</button> }
    });
    let of = tr!(health.of_accounts, count = number(finding.count), accounts = number(accounts));
    view! {
        <section class="finding" aria-label=check_name(check)>
            <header>
                <span class="finding-icon">{icon(check_icon(check))}</span>
                <div class="grow"><h4>{check_name(check)}</h4><p class="muted">{advice(check)}</p></div>
                <span class="muted finding-count">{of}</span>
            </header>
            <ul>{lines}</ul>
            {all}
        </section>
    }
    .into_any()
}

fn line(app: App, check: Check, found: &Found) -> AnyView {
    let item = found.item;
    let meter = matches!(check, Check::Weak | Check::Reused).then(|| found.strength.map(strength_meter));
    let date = found.day.map(|date| match check {
        Check::Expired => tr!(account.expired, day = day(date)),
        Check::Expiring => tr!(account.expires, day = day(date)),
        _ => tr!(facts.changed, when = days_ago(date)),
    });
    let date = (!matches!(check, Check::Weak | Check::NoSecret)).then_some(date);
    view! {
        <li>
            <button type="button" class="found" on:click=move |_| app.show(item)>
                {resource_tile(&found.resource_type)}
                <span class="row-text"><span class="row-name">{found.resource.clone()}</span><span class="row-detail">{found.account.clone()}</span></span>
                {found.privileged.then(|| view! { <span class="badge accent">{tr!(account.privileged)}</span> })}
                {meter}
                <span class="muted found-date">{date}</span>
                {icon("chevron-right")}
            </button>
        </li>
    }
    .into_any()
}

fn vaults(app: App, vaults: &[VaultHealth]) -> AnyView {
    let rows = vaults.iter().map(|vault| {
        let score = vault.score.unwrap_or(100);
        let (_, class) = rating(score);
        let id = vault.vault;
        let tally = &vault.tally;
        let faults = [Check::Weak, Check::Reused, Check::Old, Check::Expired].map(|check| {
            let count = tally.of(check);
            (count > 0).then(|| {
                view! {
                    <button type="button" class="chip" on:click=move |_| app.list_found(check, Some(id))>
                        {icon(check_icon(check))}<span>{check_name(check)}</span><span class="count">{number(count)}</span>
                    </button>
                }
            })
        });
        view! {
            <li class="vault-health">
                <span class="vault-name">
                    {icon("vault")}
                    <a href=app.link(Spot::List(Selection::Vault(id)))>{vault.name.clone()}</a>
                    <span class="count">{tr!(list.accounts, count = number(tally.accounts))}</span>
                </span>
                <span class=format!("score-bar {class}") role="img" aria-label=tr!(health.score_label, score = score)><i style:width=format!("{score}%")></i></span>
                <strong aria-hidden="true">{score}</strong>
                <span class="vault-faults">{faults.into_iter().collect_view()}</span>
            </li>
        }
    });
    view! {
        <h3 class="health-heading">{tr!(health.by_vault)}</h3>
        <ul class="vault-healths">{rows.collect_view()}</ul>
    }
    .into_any()
}
