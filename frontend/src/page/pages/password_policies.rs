//! The password policies of a vault: which one holds, and the vault's own.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{CharacterClasses, PasswordPolicy, PasswordRules, PolicyId, PolicyRef, Reuse, limits};

use crate::bridge::{ReadPolicies, TreeVault, UpdatePolicies, VaultPolicies};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{TextField, choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::password_policy::{KINDS, built_in_name, choice_of, reuse_name, summary};
use crate::page::engine::ask;
use crate::page::language::tr;

const REUSES: [Reuse; 3] = [Reuse::Allowed, Reuse::NotThePresentOne, Reuse::NowhereInTheVault];

/// One of the vault's own policies, as it is being typed.
#[derive(Clone, Copy)]
struct Draft {
    id: PolicyId,
    name: RwSignal<String>,
    min_length: RwSignal<String>,
    max_length: RwSignal<String>,
    classes: [RwSignal<bool>; 4],
    max_age_days: RwSignal<String>,
    reuse: RwSignal<usize>,
}

impl Draft {
    fn of(policy: &PasswordPolicy) -> Self {
        let rules = &policy.rules;
        let optional = |number: Option<String>| RwSignal::new(number.unwrap_or_default());
        Self {
            id: policy.id,
            name: RwSignal::new(policy.name.clone()),
            min_length: RwSignal::new(rules.min_length.to_string()),
            max_length: optional(rules.max_length.map(|most| most.to_string())),
            classes: KINDS.map(|(class, _)| RwSignal::new(rules.classes.has(class))),
            max_age_days: optional(rules.max_age_days.map(|days| days.to_string())),
            reuse: RwSignal::new(REUSES.iter().position(|one| *one == rules.reuse).unwrap_or(0)),
        }
    }

    /// The policy as typed. A number that is none becomes 0, which the rules of policies refuse.
    fn policy(self) -> PasswordPolicy {
        let optional =
            |text: RwSignal<String>| text.with(|text| (!text.trim().is_empty()).then(|| text.trim().to_owned()));
        let classes = KINDS.iter().zip(self.classes).filter(|(_, used)| used.get());
        PasswordPolicy {
            id: self.id,
            name: self.name.with(|name| name.trim().to_owned()),
            rules: PasswordRules {
                min_length: self.min_length.with(|text| text.trim().parse().unwrap_or(0)),
                max_length: optional(self.max_length).map(|text| text.parse().unwrap_or(0)),
                classes: classes.fold(CharacterClasses::NONE, |all, ((class, _), _)| all.and(*class)),
                max_age_days: optional(self.max_age_days).map(|text| text.parse().unwrap_or(0)),
                reuse: REUSES.get(self.reuse.get()).copied().unwrap_or(Reuse::Allowed),
            },
        }
    }

    fn view(self, remove: impl Fn() + 'static) -> AnyView {
        let classes = KINDS.iter().zip(self.classes).map(|((_, name), used)| tick(*name, used));
        let reuses = REUSES.iter().map(|one| reuse_name(*one).to_owned()).collect();
        view! {
            <fieldset class="inset policy">
                <legend>{move || self.name.with(|name| if name.trim().is_empty() { tr!(password_policy.unnamed).to_owned() } else { name.clone() })}</legend>
                {TextField::new(tr!(field.name), self.name).limit(limits::POLICY_NAME).required().view()}
                <div class="pair">
                    {TextField::new(tr!(password_policy.min_length), self.min_length).limit(4).required().view()}
                    {TextField::new(tr!(password_policy.max_length), self.max_length).limit(4).hint(tr!(password_policy.empty_is_any)).view()}
                </div>
                <div class="ticks" role="group" aria-label=tr!(password_policy.kinds)>{classes.collect_view()}</div>
                <div class="pair">
                    {TextField::new(tr!(password_policy.max_age), self.max_age_days).limit(5).hint(tr!(password_policy.empty_is_never)).view()}
                    {choice(tr!(password_policy.reuse), reuses, self.reuse)}
                </div>
                <div class="buttons">
                    <button type="button" class="button small" on:click=move |_| remove()>{icon("trash-2")}<span>{tr!(password_policy.remove)}</span></button>
                </div>
            </fieldset>
        }
        .into_any()
    }
}

/// An id that no other policy has: nothing secret, but not to be met twice.
fn fresh_id() -> PolicyId {
    let mut id = [0; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut id);
    }
    PolicyId(id)
}

/// The dialog.
pub fn dialog(vault: TreeVault) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let id = vault.id;
    let before = RwSignal::new(None::<VaultPolicies>);
    let chosen = RwSignal::new(None::<PolicyRef>);
    let drafts = RwSignal::new(Vec::<Draft>::new());
    // What is added later lives as long as the form, not as long as the button that added it.
    let owner = StoredValue::new(Owner::current());
    let within = move |make: &dyn Fn() -> Draft| owner.get_value().map(|owner| owner.with(make));
    spawn_local(async move {
        match ask(ReadPolicies { vault: id }).await {
            Ok(policies) => {
                chosen.set(policies.policy);
                drafts.set(policies.own.iter().filter_map(|policy| within(&|| Draft::of(policy))).collect());
                before.set(Some(policies));
            }
            Err(error) => app.fail(&error),
        }
    });
    let own = Memo::new(move |_| drafts.with(|drafts| drafts.iter().map(|draft| draft.policy()).collect::<Vec<_>>()));
    let add = move |_| {
        let rules = sealward_client::model::BuiltIn::Medium.rules();
        let policy = PasswordPolicy { id: fresh_id(), name: String::new(), rules };
        if let Some(draft) = within(&|| Draft::of(&policy)) {
            drafts.update(|drafts| drafts.push(draft));
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(version) = before.with_untracked(|before| before.as_ref().map(|before| before.version)) else {
            return;
        };
        let own = own.get_untracked();
        // A choice of what is no longer there is none.
        let policy = chosen.get_untracked().filter(|choice| match choice {
            PolicyRef::BuiltIn(_) => true,
            PolicyRef::Own(id) => own.iter().any(|policy| policy.id == *id),
        });
        form.send(UpdatePolicies { vault: id, policies: VaultPolicies { version, policy, own } }, move |changed| {
            app.close();
            app.done(tr!(toast.saved), changed);
        });
    };
    let dirty = Signal::derive(move || {
        before.with(|before| {
            before.as_ref().is_some_and(|before| before.policy != chosen.get() || own.with(|own| before.own != *own))
        })
    });
    let asks = move || {
        let rules = chosen.get().and_then(|choice| match choice {
            PolicyRef::BuiltIn(built_in) => Some((built_in_name(built_in).to_owned(), built_in.rules())),
            PolicyRef::Own(id) => own.with(|own| {
                own.iter().find(|policy| policy.id == id).map(|policy| (policy.name.clone(), policy.rules))
            }),
        });
        rules.map(|(_, rules)| view! { <p class="hint">{summary(&rules)}</p> })
    };
    let full = move || drafts.with(|drafts| drafts.len() >= limits::POLICIES);
    let list =
        move |draft: Draft| draft.view(move || drafts.update(|drafts| drafts.retain(|other| other.id != draft.id)));
    dialog_with(
        tr!(password_policy.title),
        Width::Wide,
        Some(dirty),
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    <p class="hint">{tr!(password_policy.lead, vault = vault.name)}</p>
                    {choice_of(tr!(password_policy.of_vault), tr!(password_policy.none), own.into(), chosen)}
                    {asks}
                    <h3>{tr!(password_policy.own)}</h3>
                    <For each=move || drafts.get() key=|draft| draft.id children=list />
                    {move || drafts.with(Vec::is_empty).then(|| view! { <p class="muted">{tr!(password_policy.no_own)}</p> })}
                    <div class="buttons">
                        <button type="button" class="button small" disabled=full on:click=add>{icon("plus")}<span>{tr!(password_policy.add)}</span></button>
                    </div>
                </div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}
