//! The form of an account: fields, secret with generator and estimate, and up to 20 custom fields.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{Day, PolicyRef, SecretType, limits};

use super::account::secret_type_name;
use super::custom_fields::CustomDrafts;
use super::resource_form::split_tags;
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField, choice, tick};
use crate::page::components::files::{Sent, file_button, going_files, transfers};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::generator::generator;
use crate::page::components::icon::icon;
use crate::page::components::key_field::KeyField;
use crate::page::components::password_policy::{kept_rules, policy_choice, rules_in_force};
use crate::page::components::public_part::is_key_type;
use crate::page::components::seed_field::SeedDraft;
use crate::page::components::strength::{estimate, live_strength_alone};
use crate::page::engine::ask;
use crate::page::language::{bytes, iso, tr};

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
    policy: RwSignal<Option<PolicyRef>>,
    /// Where it stands: decides which rules are in force.
    place: RwSignal<Option<(VaultId, Option<ObjectId>)>>,
    /// The policy of the resource that is being made with it.
    around: RwSignal<Option<RwSignal<Option<PolicyRef>>>>,
    custom: CustomDrafts,
    seed: SeedDraft,
    /// The file that is the secret.
    secret_file: RwSignal<Option<FileRef>>,
    /// The files beside it; they are changed in the detail pane.
    files: RwSignal<Vec<FileRef>>,
    sent: Sent,
}

impl AccountDraft {
    /// A draft with these fields; `kept` is the account whose secret is there already.
    pub fn new(fields: &AccountFields, kept: Option<(VaultId, ObjectId)>, has_otp: bool) -> Self {
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
            policy: RwSignal::new(fields.policy),
            place: RwSignal::new(None),
            around: RwSignal::new(None),
            custom: CustomDrafts::new(&fields.custom, true),
            seed: SeedDraft::new(has_otp),
            secret_file: RwSignal::new(fields.secret_file.clone()),
            files: RwSignal::new(fields.files.clone()),
            sent: Sent::new(),
        }
    }

    /// Whether a file of it is on its way.
    pub fn is_sending(self) -> bool {
        self.sent.is_moving() || self.custom.is_sending()
    }

    /// The same draft for a place: its vault and, once it is made, its resource.
    pub fn in_place(self, place: impl Fn() -> Option<(VaultId, Option<ObjectId>)> + 'static) -> Self {
        Effect::new(move |_| self.place.set(place()));
        self.custom.in_vault(move || self.place.get().map(|(vault, _)| vault));
        self
    }

    /// The same draft under the policy of a resource that is being made with it.
    pub fn under(self, resource: RwSignal<Option<PolicyRef>>) -> Self {
        self.around.set(Some(resource));
        self
    }

    /// Whether something was typed.
    pub fn touched(self) -> bool {
        !self.user_name.with(String::is_empty)
            || !self.secret.with(String::is_empty)
            || self.secret_file.with(Option::is_some)
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
            policy: self.policy.get_untracked(),
            custom: self.custom.fields(),
            secret_file: self.secret_file.get_untracked(),
            files: self.files.get_untracked(),
        }
    }

    /// A new account from what was typed.
    pub fn finish(self, otherwise: &str) -> NewAccount {
        let secret = self.secret.get_untracked();
        NewAccount {
            fields: self.fields(otherwise),
            secret: (!secret.is_empty()).then(|| SecretText::new(secret)),
            hidden: self.custom.hidden(),
            seed: match self.seed.change() {
                SeedChange::Replace(seed) => Some(seed),
                SeedChange::Keep | SeedChange::Remove => None,
            },
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
            {self.policy_part()}
            {self.seed.view()}
            <div class="ticks">{tick(tr!(account.privileged), self.privileged)}{tick(tr!(account.active), self.active)}</div>
            {TextField::new(tr!(field.notes), self.notes).kind(Kind::Area).limit(limits::NOTES).hint(tr!(account.notes_hint)).view()}
            {TextField::new(tr!(field.tags), self.tags).hint(tr!(form.tags_hint)).view()}
            {self.custom.view()}
        }
        .into_any()
    }

    /// Which password policy holds; only passwords have one.
    fn policy_part(self) -> AnyView {
        let vault = Signal::derive(move || self.place.get().map(|(vault, _)| vault));
        let choice = move || {
            (self.kind() == SecretType::Password)
                .then(|| policy_choice(tr!(field.policy), tr!(password_policy.inherited), vault, self.policy))
        };
        view! { {choice} }.into_any()
    }

    fn secret_part(self) -> AnyView {
        let generating = RwSignal::new(false);
        let key = KeyField {
            kind: Signal::derive(move || self.kind()),
            secret: self.secret,
            expiry: self.expiry,
            comment: self.user_name.into(),
        };
        let known = move || vec![self.user_name.get(), self.name.get()];
        let newest = estimate(self.secret, known);
        let rules = rules_in_force(move || {
            let (vault, resource) = self.place.get()?;
            let own = self.policy.get().or_else(|| self.around.get()?.get());
            (self.kind() == SecretType::Password).then_some(ReadPasswordRules { vault, resource, own })
        });
        let view = move || {
            if let Some(file) = self.secret_file.get() {
                return self.file_as_secret(&file);
            }
            if self.kept.with(Option::is_some) {
                return self.kept_secret();
            }
            let kind = self.kind();
            let label = secret_type_name(kind);
            let shape = match kind {
                SecretType::Password | SecretType::Token | SecretType::ApiKey | SecretType::AccessKey => Kind::Password,
                SecretType::SshKey | SecretType::Certificate | SecretType::Note => Kind::Code,
            };
            let field = TextField::new(label, self.secret)
                .kind(shape)
                .autocomplete("new-password")
                .limit(limits::SECRET)
                .view();
            let strength = (kind == SecretType::Password).then(|| live_strength_alone(newest, self.secret));
            let kept = (kind == SecretType::Password).then(|| kept_rules(rules, self.secret));
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
            if is_key_type(kind) {
                return view! {
                    <div class="key-field" on:drop=move |event: web_sys::DragEvent| key.take_dropped(&event)>{field}</div>
                    {key.view()}
                    <div class="secret-tools"><span class="grow"></span>{self.choose_file()}</div>
                }
                .into_any();
            }
            view! { {field}{kept}<div class="secret-tools">{strength}<span class="grow"></span>{self.choose_file()}{generate}</div> }
                .into_any()
        };
        let panel = move || {
            generating.get().then(|| {
                generator(rules.into(), move |text| {
                    self.kept.set(None);
                    self.secret.set(text);
                    generating.set(false);
                })
            })
        };
        view! { {view} {panel} }.into_any()
    }

    /// Says which files go when this is saved.
    fn going(self, before: &AccountFields) -> AnyView {
        let files = before.secret_file.iter().chain(CustomDrafts::files(&before.custom)).cloned();
        going_files(files.collect(), move |id| {
            self.secret_file.with(|file| file.as_ref().is_some_and(|file| file.id == id)) || self.custom.has_file(id)
        })
    }

    /// Offers to take a file for the secret.
    fn choose_file(self) -> Option<AnyView> {
        let vault = self.place.get()?.0;
        Some(file_button(tr!(files.use_file), move |file| {
            self.sent.upload(vault, file, move |file| {
                self.secret_file.try_set(Some(file));
            });
        }))
    }

    fn file_as_secret(self, file: &FileRef) -> AnyView {
        view! {
            <div class="field">
                <span class="label">{secret_type_name(self.kind())}</span>
                <div class="kept">
                    {icon("paperclip")}
                    <span class="grow file-name">{file.name.clone()}</span>
                    <span class="muted">{bytes(file.length)}</span>
                    <button type="button" class="button small" on:click=move |_| self.secret_file.set(None)>{tr!(files.use_text)}</button>
                </div>
            </div>
        }
        .into_any()
    }

    /// The secret stays where it is: it is not even asked for unless someone wants to change it.
    fn kept_secret(self) -> AnyView {
        let app = App::get();
        let fetch = move |_| {
            let Some((vault, account)) = self.kept.get_untracked() else { return };
            spawn_local(async move {
                match ask(ReleaseSecret { vault, account, purpose: ReleasePurpose::Edit }).await {
                    Ok(released) => {
                        self.secret
                            .set(released.secret.as_ref().map(|secret| secret.expose().to_owned()).unwrap_or_default());
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
    let draft = AccountDraft::new(&AccountFields { active: true, ..AccountFields::default() }, None, false);
    let (vault, id, name) = (resource.vault, resource.id, resource.fields.name.clone());
    let draft = draft.in_place(move || Some((vault, Some(id))));
    let form = Form::new().held_while(Signal::derive(move || draft.is_sending()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if draft.seed.is_broken() {
            return;
        }
        form.send(CreateAccount { vault, resource: id, account: draft.finish(&name) }, move |changed| {
            app.close();
            app.done(tr!(toast.created), changed);
        });
    };
    let dirty = Signal::derive(move || draft.touched() || draft.seed.touched());
    sheet(tr!(account.new), dirty, draft.whole(), form, tr!(action.create), send)
}

/// New fields, or a new secret.
pub fn edit(account: &Arc<AccountView>) -> AnyView {
    let app = App::get();
    let before = account.fields.clone();
    // Where a file is the secret there is no text to keep.
    let had_secret = account.has_secret && before.secret_file.is_none();
    let draft = AccountDraft::new(&before, had_secret.then_some((account.vault, account.id)), account.has_otp);
    let (vault, id, version) = (account.vault, account.id, account.version);
    let resource = account.resource;
    let draft = draft.in_place(move || Some((vault, Some(resource))));
    let form = Form::new().held_while(Signal::derive(move || draft.is_sending()));
    let send = {
        let name = before.name.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if draft.seed.is_broken() {
                return;
            }
            let secret = if had_secret || !draft.secret.with_untracked(String::is_empty) {
                draft.change()
            } else {
                SecretChange::Keep
            };
            let command = UpdateAccount {
                vault,
                account: id,
                version,
                fields: draft.fields(&name),
                secret,
                hidden: draft.custom.hidden(),
                seed: draft.seed.change(),
            };
            form.send(command, move |changed| {
                app.close();
                app.done(tr!(toast.saved), changed);
            });
        }
    };
    let body = view! { {draft.whole()}{draft.going(&before)} };
    let dirty = Signal::derive(move || {
        draft.fields(&before.name) != before
            || draft.custom.hidden_touched()
            || draft.seed.touched()
            || !draft.secret.with_untracked(String::is_empty)
    });
    sheet(tr!(account.edit), dirty, body.into_any(), form, tr!(action.save), send)
}

fn sheet(
    title: &'static str,
    dirty: Signal<bool>,
    body: AnyView,
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
                <div class="dialog-body form">{body}{transfers(App::get())}</div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
    )
}

fn secret_types() -> Vec<String> {
    SecretType::ALL.iter().map(|one| secret_type_name(*one).to_owned()).collect()
}
