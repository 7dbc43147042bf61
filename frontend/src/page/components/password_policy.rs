//! Password policies in forms: choosing one, what it asks for, and which rules a password keeps as it is typed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{Breach, BuiltIn, CharacterClasses, PasswordPolicy, PasswordRules, PolicyRef, Reuse};

use super::field::fresh_id;
use super::icon::icon;
use crate::bridge::{ReadPasswordRules, ReadPolicies, VaultId};
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// The kinds of characters that a policy may ask for, as people tick them.
pub const KINDS: [(CharacterClasses, &str); 4] = [
    (CharacterClasses::LOWER, "a–z"),
    (CharacterClasses::UPPER, "A–Z"),
    (CharacterClasses::DIGIT, "0–9"),
    (CharacterClasses::SYMBOL, "!#%&"),
];

/// The name of a policy that every Sealward knows.
pub fn built_in_name(built_in: BuiltIn) -> &'static str {
    match built_in {
        BuiltIn::Low => tr!(password_policy.low),
        BuiltIn::Medium => tr!(password_policy.medium),
        BuiltIn::Strong => tr!(password_policy.strong),
        BuiltIn::OfflineUse => tr!(password_policy.offline_use),
    }
}

/// Every broken rule, in one sentence.
pub fn explain(breaches: &[Breach]) -> String {
    let rules: Vec<String> = breaches.iter().map(breach).collect();
    tr!(password_policy.broken, rules = rules.join("; "))
}

fn breach(breach: &Breach) -> String {
    match breach {
        Breach::TooShort { least } => tr!(password_policy.at_least, count = number(u32::from(*least))),
        Breach::TooLong { most } => tr!(password_policy.at_most, count = number(u32::from(*most))),
        Breach::Missing { classes } => tr!(password_policy.must_have, kinds = kinds(*classes)),
        Breach::Reused => tr!(password_policy.not_reused).to_owned(),
    }
}

fn kinds(classes: CharacterClasses) -> String {
    let named: Vec<&str> = KINDS.iter().filter(|(class, _)| classes.has(*class)).map(|(_, name)| *name).collect();
    named.join(" ")
}

/// What rules ask for, in one line.
pub fn summary(rules: &PasswordRules) -> String {
    let mut parts = vec![tr!(password_policy.at_least, count = number(u32::from(rules.min_length)))];
    if let Some(most) = rules.max_length {
        parts.push(tr!(password_policy.at_most, count = number(u32::from(most))));
    }
    if rules.classes != CharacterClasses::NONE {
        parts.push(tr!(password_policy.must_have, kinds = kinds(rules.classes)));
    }
    if let Some(days) = rules.max_age_days {
        parts.push(tr!(password_policy.changed_within, count = number(days)));
    }
    if rules.reuse != Reuse::Allowed {
        parts.push(reuse_name(rules.reuse).to_owned());
    }
    parts.join(" · ")
}

/// What a policy says of using a password again.
pub fn reuse_name(reuse: Reuse) -> &'static str {
    match reuse {
        Reuse::Allowed => tr!(password_policy.reuse_allowed),
        Reuse::NotThePresentOne => tr!(password_policy.reuse_not_present),
        Reuse::NowhereInTheVault => tr!(password_policy.reuse_nowhere),
    }
}

/// The choice of a policy; `None` takes the nearest one around. The vault's own ones are asked for.
pub fn policy_choice(
    label: &'static str,
    inherit: &'static str,
    vault: Signal<Option<VaultId>>,
    chosen: RwSignal<Option<PolicyRef>>,
) -> AnyView {
    let own = RwSignal::new(Vec::<PasswordPolicy>::new());
    Effect::new(move |_| {
        let Some(vault) = vault.get() else { return };
        spawn_local(async move {
            if let Ok(policies) = ask(ReadPolicies { vault }).await {
                own.try_set(policies.own);
            }
        });
    });
    choice_of(label, inherit, own.into(), chosen)
}

/// The same among policies that are known here.
pub fn choice_of(
    label: &'static str,
    inherit: &'static str,
    own: Signal<Vec<PasswordPolicy>>,
    chosen: RwSignal<Option<PolicyRef>>,
) -> AnyView {
    let id = fresh_id("policy");
    let choices = Memo::new(move |_| {
        let built_in = BuiltIn::ALL.map(|one| (Some(PolicyRef::BuiltIn(one)), built_in_name(one).to_owned()));
        let own = own.get().into_iter().map(|policy| (Some(PolicyRef::Own(policy.id)), policy.name));
        let mut all: Vec<(Option<PolicyRef>, String)> = vec![(None, inherit.to_owned())];
        all.extend(built_in);
        all.extend(own);
        all
    });
    let options = move || {
        let now = chosen.get();
        let options = choices.get().into_iter().enumerate().map(|(at, (choice, name))| {
            view! { <option value=at.to_string() selected=choice == now>{name}</option> }
        });
        options.collect_view()
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                id=id class="input"
                on:change=move |event| {
                    let at = event_target_value(&event).parse::<usize>().unwrap_or_default();
                    chosen.set(choices.with_untracked(|all| all.get(at).and_then(|(choice, _)| *choice)));
                }
            >
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The rules in force, asked for again whenever what they depend on changes.
pub fn rules_in_force(of: impl Fn() -> Option<ReadPasswordRules> + 'static) -> RwSignal<Option<PasswordRules>> {
    let rules = RwSignal::new(None);
    Effect::new(move |before: Option<Option<ReadPasswordRules>>| {
        let wanted = of();
        if before.as_ref() == Some(&wanted) {
            return wanted;
        }
        match wanted.clone() {
            None => rules.set(None),
            Some(question) => spawn_local(async move {
                if let Ok(answer) = ask(question).await {
                    rules.try_set(answer);
                }
            }),
        }
        wanted
    });
    rules
}

/// The rules, and which of them the password keeps so far.
pub fn kept_rules(rules: RwSignal<Option<PasswordRules>>, password: RwSignal<String>) -> AnyView {
    let lines = move || {
        rules.get().map(|rules| {
            let typed = password.with(|text| !text.is_empty());
            let broken = password.with(|text| rules.breaches(text));
            let line = |text: String, kept: bool| {
                let (class, symbol, state) = match (typed, kept) {
                    (false, _) => ("rule", "circle-help", ""),
                    (true, true) => ("rule kept", "check", tr!(password_policy.kept)),
                    (true, false) => ("rule broken", "x", tr!(password_policy.not_kept)),
                };
                view! { <li class=class>{icon(symbol)}<span>{text}</span><span class="visually-hidden">{state}</span></li> }
            };
            let short = broken.iter().any(|one| matches!(one, Breach::TooShort { .. }));
            let long = broken.iter().any(|one| matches!(one, Breach::TooLong { .. }));
            let missing = broken.iter().any(|one| matches!(one, Breach::Missing { .. }));
            let mut all = vec![line(tr!(password_policy.at_least, count = number(u32::from(rules.min_length))), !short)];
            if let Some(most) = rules.max_length {
                all.push(line(tr!(password_policy.at_most, count = number(u32::from(most))), !long));
            }
            if rules.classes != CharacterClasses::NONE {
                all.push(line(tr!(password_policy.must_have, kinds = kinds(rules.classes)), !missing));
            }
            if rules.reuse != Reuse::Allowed {
                // Whether it is in use is judged when it is saved: the page knows no other password.
                all.push(view! { <li class="rule">{icon("info")}<span>{reuse_name(rules.reuse).to_owned()}</span><span class="visually-hidden">{""}</span></li> });
            }
            view! { <ul class="rules" aria-label=tr!(password_policy.title)>{all}</ul> }
        })
    };
    view! { <div aria-live="polite">{lines}</div> }.into_any()
}
