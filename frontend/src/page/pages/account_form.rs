//! The form of an account: fields, secret with generator and estimate, and up to 20 custom fields.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{CustomField, CustomValue, Day, SecretType, limits};

use super::account::secret_type_name;
use super::resource_form::split_tags;
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Form, Kind, TextField, choice, dialog_footer, tick};
use crate::page::components::generator::generator;
use crate::page::components::icon::icon;
use crate::page::components::strength::{estimate, live_strength};
use crate::page::engine::ask;
use crate::page::language::{iso, tr};

/// What is being typed for an account.
#[derive(Clone, Copy)]
pub struct AccountDraft {
    name: RwSignal<String>,
    user_name: RwSignal<String>,
    secret_type: RwSignal<usize>,
    secret: RwSignal<String>,
    /// The account whose secret stays until it is replaced; `None` for a new one.
    kept: RwSignal<Option<(VaultId, ObjectId)>>,
    privileged: RwSignal<bool>,
    active: RwSignal<bool>,
    expiry: RwSignal<String>,
    notes: RwSignal<String>,
    tags: RwSignal<String>,
    custom: CustomDrafts,
}

impl AccountDraft {
    /// A draft with these fields; `kept` is the account whose secret is there already.
    pub fn new(fields: &AccountFields, kept: Option<(VaultId, ObjectId)>) -> Self {
        let secret_type = SecretType::ALL.iter().position(|one| *one == fields.secret_type).unwrap_or(0);
        Self {
            name: RwSignal::new(fields.name.clone()),
            user_name: RwSignal::new(fields.user_name.clone()),
            secret_type: RwSignal::new(secret_type),
            secret: RwSignal::new(String::new()),
            kept: RwSignal::new(kept),
            privileged: RwSignal::new(fields.privileged),
            active: RwSignal::new(fields.active),
            expiry: RwSignal::new(fields.expiry.map(iso).unwrap_or_default()),
            notes: RwSignal::new(fields.notes.clone()),
            tags: RwSignal::new(fields.tags.join(", ")),
            custom: CustomDrafts::new(&fields.custom, true),
        }
    }

    /// Whether something was typed.
    pub fn touched(self) -> bool {
        !self.user_name.with(String::is_empty) || !self.secret.with(String::is_empty)
    }

    fn kind(self) -> SecretType {
        SecretType::ALL.get(self.secret_type.get()).copied().unwrap_or_default()
    }

    /// The fields as typed. An account without a name is called as its user is, or as `otherwise`.
    fn fields(self, otherwise: &str) -> AccountFields {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let user_name = text(self.user_name);
        let name = [text(self.name), user_name.clone(), otherwise.trim().to_owned()];
        AccountFields {
            name: name.into_iter().find(|name| !name.is_empty()).unwrap_or_default(),
            user_name,
            secret_type: untrack(|| self.kind()),
            privileged: self.privileged.get_untracked(),
            active: self.active.get_untracked(),
            expiry: self.expiry.with_untracked(|text| Day::parse(text)),
            notes: self.notes.get_untracked(),
            tags: split_tags(&self.tags.get_untracked()),
            custom: self.custom.fields(),
        }
    }

    /// A new account from what was typed.
    pub fn finish(self, otherwise: &str) -> NewAccount {
        let secret = self.secret.get_untracked();
        NewAccount {
            fields: self.fields(otherwise),
            secret: (!secret.is_empty()).then(|| SecretText::new(secret)),
            hidden: self.custom.hidden(),
        }
    }

    fn change(self) -> SecretChange {
        match self.kept.get_untracked() {
            Some(_) => SecretChange::Keep,
            None => SecretChange::Replace(SecretText::new(self.secret.get_untracked())),
        }
    }

    /// What a new resource asks for: who and the secret.
    pub fn short(self) -> AnyView {
        view! {
            <div class="pair">
                {TextField::new(tr!(field.user_name), self.user_name).limit(limits::USER_NAME).view()}
                {choice(tr!(account.secret_type), secret_types(), self.secret_type)}
            </div>
            {self.secret_part()}
        }
        .into_any()
    }

    fn whole(self) -> AnyView {
        view! {
            <div class="pair">
                {TextField::new(tr!(field.user_name), self.user_name).limit(limits::USER_NAME).focus().view()}
                {TextField::new(tr!(field.name), self.name).limit(limits::NAME).hint(tr!(account.name_hint)).view()}
            </div>
            <div class="pair">
                {choice(tr!(account.secret_type), secret_types(), self.secret_type)}
                {TextField::new(tr!(account.expiry), self.expiry).kind(Kind::Date).view()}
            </div>
            {self.secret_part()}
            <div class="ticks">{tick(tr!(account.privileged), self.privileged)}{tick(tr!(account.active), self.active)}</div>
            {TextField::new(tr!(field.notes), self.notes).kind(Kind::Area).limit(limits::NOTES).hint(tr!(account.notes_hint)).view()}
            {TextField::new(tr!(field.tags), self.tags).hint(tr!(form.tags_hint)).view()}
            {self.custom.view()}
        }
        .into_any()
    }

    fn secret_part(self) -> AnyView {
        let generating = RwSignal::new(false);
        let known = move || vec![self.user_name.get(), self.name.get()];
        let newest = estimate(self.secret, known);
        let view = move || {
            if self.kept.with(Option::is_some) {
                return self.kept_secret();
            }
            let kind = self.kind();
            let label = secret_type_name(kind);
            let shape = match kind {
                SecretType::Password | SecretType::Token | SecretType::ApiKey | SecretType::AccessKey => Kind::Password,
                SecretType::SshKey | SecretType::Certificate | SecretType::Note => Kind::Code,
            };
            let field = TextField::new(label, self.secret).kind(shape).autocomplete("new-password").limit(limits::SECRET).view();
            let strength = (kind == SecretType::Password).then(|| live_strength(newest, self.secret));
            let generate = (shape == Kind::Password).then(|| {
                view! {
                    <button
                        type="button" class="button small" aria-expanded=move || generating.get().to_string()
                        on:click=move |_| generating.update(|open| *open = !*open)
                    >
                        {icon("dices")}<span>{tr!(generator.open)}</span>
                    </button>
                }
            });
            view! { {field}<div class="secret-tools">{strength}<span class="grow"></span>{generate}</div> }.into_any()
        };
        let panel = move || {
            generating.get().then(|| {
                generator(move |text| {
                    self.kept.set(None);
                    self.secret.set(text);
                    generating.set(false);
                })
            })
        };
        view! { {view} {panel} }.into_any()
    }

    /// The secret stays where it is: it is not even asked for unless someone wants to change it.
    fn kept_secret(self) -> AnyView {
        let app = App::get();
        let fetch = move |_| {
            let Some((vault, account)) = self.kept.get_untracked() else { return };
            spawn_local(async move {
                match ask(ReleaseSecret { vault, account, purpose: ReleasePurpose::Edit }).await {
                    Ok(released) => {
                        self.secret.set(released.secret.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default());
                        self.kept.set(None);
                    }
                    Err(error) => app.fail(&error),
                }
            });
        };
        view! {
            <div class="field">
                <span class="label">{secret_type_name(self.kind())}</span>
                <div class="kept">
                    <span class="grow muted">{tr!(account.secret_kept)}</span>
                    <button type="button" class="button small" on:click=fetch>{tr!(account.secret_edit)}</button>
                    <button type="button" class="button small" on:click=move |_| self.kept.set(None)>{tr!(account.secret_replace)}</button>
                </div>
            </div>
        }
        .into_any()
    }
}

/// A new account on a resource.
pub fn create(resource: &ResourceView) -> AnyView {
    let app = App::get();
    let draft = AccountDraft::new(&AccountFields { active: true, ..AccountFields::default() }, None);
    let (vault, id, name) = (resource.vault, resource.id, resource.fields.name.clone());
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(CreateAccount { vault, resource: id, account: draft.finish(&name) }, move |changed| {
            app.close();
            app.done(tr!(toast.created), changed);
        });
    };
    let dirty = Signal::derive(move || draft.touched());
    sheet(tr!(account.new), dirty, draft, form, tr!(action.create), send)
}

/// New fields, or a new secret.
pub fn edit(account: &Arc<AccountView>) -> AnyView {
    let app = App::get();
    let before = account.fields.clone();
    let draft = AccountDraft::new(&before, account.has_secret.then_some((account.vault, account.id)));
    let (vault, id, version) = (account.vault, account.id, account.version);
    let had_secret = account.has_secret;
    let form = Form::new();
    let send = {
        let name = before.name.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let secret = if had_secret || !draft.secret.with_untracked(String::is_empty) {
                draft.change()
            } else {
                SecretChange::Keep
            };
            let command =
                UpdateAccount { vault, account: id, version, fields: draft.fields(&name), secret, hidden: draft.custom.hidden() };
            form.send(command, move |changed| {
                app.close();
                app.done(tr!(toast.saved), changed);
            });
        }
    };
    let dirty = Signal::derive(move || {
        draft.fields(&before.name) != before || draft.custom.hidden_touched() || !draft.secret.with_untracked(String::is_empty)
    });
    sheet(tr!(account.edit), dirty, draft, form, tr!(action.save), send)
}

fn sheet(
    title: &'static str,
    dirty: Signal<bool>,
    draft: AccountDraft,
    form: Form,
    submit: &'static str,
    send: impl Fn(leptos::ev::SubmitEvent) + 'static,
) -> AnyView {
    dialog_with(
        title,
        Width::Wide,
        Some(dirty),
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">{draft.whole()}</div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
    )
}

fn secret_types() -> Vec<String> {
    SecretType::ALL.iter().map(|one| secret_type_name(*one).to_owned()).collect()
}

/// The custom fields of a form.
#[derive(Clone, Copy)]
pub struct CustomDrafts {
    drafts: RwSignal<Vec<CustomDraft>>,
    /// Whether a field may be hidden.
    secrets: bool,
    next: RwSignal<u32>,
}

/// One of them. Values of hidden ones are empty until they are typed anew.
#[derive(Clone, Copy)]
struct CustomDraft {
    key: u32,
    label: RwSignal<String>,
    value: RwSignal<String>,
    shape: Shape,
    /// The label of a hidden field whose value is in the vault already; kept unless another is typed.
    was: RwSignal<Option<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Hidden,
    Date,
}

impl CustomDrafts {
    /// The fields that there are.
    pub fn new(fields: &[CustomField], secrets: bool) -> Self {
        let drafts: Vec<CustomDraft> = (0..).zip(fields).map(|(key, field)| CustomDraft::of(key, field)).collect();
        let next = u32::try_from(drafts.len()).unwrap_or(0);
        Self { drafts: RwSignal::new(drafts), secrets, next: RwSignal::new(next) }
    }

    /// The fields as typed; empty ones are left out.
    pub fn fields(self) -> Vec<CustomField> {
        self.drafts.with_untracked(|drafts| drafts.iter().filter_map(|draft| draft.field()).collect())
    }

    /// What becomes of the hidden ones.
    pub fn hidden(self) -> Vec<HiddenEdit> {
        self.drafts.with_untracked(|drafts| {
            drafts.iter().filter(|draft| draft.shape == Shape::Hidden && draft.field().is_some()).map(|draft| draft.hidden()).collect()
        })
    }

    fn hidden_touched(self) -> bool {
        self.drafts.with_untracked(|drafts| {
            drafts.iter().any(|draft| draft.shape == Shape::Hidden && !draft.value.with_untracked(String::is_empty))
        })
    }

    /// The part of the form.
    pub fn view(self) -> AnyView {
        let add = move |shape: Shape| {
            let key = self.next.get_untracked();
            self.next.set(key.wrapping_add(1));
            self.drafts.update(|drafts| {
                drafts.push(CustomDraft {
                    key,
                    label: RwSignal::new(String::new()),
                    value: RwSignal::new(String::new()),
                    shape,
                    was: RwSignal::new(None),
                });
            });
        };
        let button = move |shape: Shape, symbol: &'static str, label: &'static str| {
            view! { <button type="button" class="button small" on:click=move |_| add(shape)>{icon(symbol)}<span>{label}</span></button> }
        };
        let full = move || self.drafts.with(|drafts| drafts.len() >= limits::CUSTOM_FIELDS);
        let secrets = self.secrets;
        let buttons = move || {
            if full() {
                return view! { <p class="hint">{tr!(custom.full)}</p> }.into_any();
            }
            view! {
                <div class="row">
                    {button(Shape::Text, "type", tr!(custom.text))}
                    {secrets.then(|| button(Shape::Hidden, "eye-off", tr!(custom.hidden)))}
                    {button(Shape::Date, "calendar", tr!(custom.date))}
                </div>
            }
            .into_any()
        };
        view! {
            <fieldset class="custom-fields">
                <legend>{tr!(field.custom_fields)}</legend>
                <For each=move || self.drafts.get() key=|draft| draft.key children=move |draft| self.line(draft) />
                {buttons}
            </fieldset>
        }
        .into_any()
    }

    fn line(self, draft: CustomDraft) -> AnyView {
        let remove = move |_| self.drafts.update(|drafts| drafts.retain(|other| other.key != draft.key));
        let value = match draft.shape {
            Shape::Text => TextField::new(tr!(custom.value), draft.value).limit(limits::CUSTOM_TEXT),
            Shape::Date => TextField::new(tr!(custom.value), draft.value).kind(Kind::Date),
            Shape::Hidden => {
                let field = TextField::new(tr!(custom.value), draft.value).kind(Kind::Password).limit(limits::HIDDEN_TEXT);
                if draft.was.with_untracked(Option::is_some) { field.hint(tr!(custom.kept)) } else { field }
            }
        };
        view! {
            <div class="custom-field">
                {TextField::new(tr!(custom.label), draft.label).limit(limits::CUSTOM_LABEL).view()}
                {value.view()}
                <button type="button" class="icon-button" aria-label=tr!(custom.remove) title=tr!(custom.remove) on:click=remove>{icon("trash-2")}</button>
            </div>
        }
        .into_any()
    }
}

impl CustomDraft {
    fn of(key: u32, field: &CustomField) -> Self {
        let (shape, value, was) = match &field.value {
            CustomValue::Text(text) => (Shape::Text, text.clone(), None),
            CustomValue::Date(day) => (Shape::Date, iso(*day), None),
            CustomValue::Hidden => (Shape::Hidden, String::new(), Some(field.label.clone())),
        };
        Self { key, label: RwSignal::new(field.label.clone()), value: RwSignal::new(value), shape, was: RwSignal::new(was) }
    }

    fn field(self) -> Option<CustomField> {
        let label = self.label.with_untracked(|label| label.trim().to_owned());
        let text = self.value.get_untracked();
        if label.is_empty() && text.is_empty() {
            return None;
        }
        let value = match self.shape {
            Shape::Text => CustomValue::Text(text),
            Shape::Date => CustomValue::Date(Day::parse(&text)?),
            Shape::Hidden => CustomValue::Hidden,
        };
        Some(CustomField { label, value })
    }

    fn hidden(self) -> HiddenEdit {
        let text = self.value.get_untracked();
        HiddenEdit {
            label: self.label.with_untracked(|label| label.trim().to_owned()),
            was: self.was.get_untracked(),
            value: (!text.is_empty()).then(|| SecretText::new(text)),
        }
    }
}
