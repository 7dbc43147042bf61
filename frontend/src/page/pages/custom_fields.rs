//! The custom fields of a form: up to 20 texts, dates and hidden values.

use leptos::prelude::*;
use sealward_client::model::{CustomField, CustomValue, Day, FileRef, limits};

use crate::bridge::{HiddenEdit, ObjectId, SecretText, VaultId};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::files::{Sent, file_button};
use crate::page::components::icon::icon;
use crate::page::language::{iso, tr};

/// The custom fields of a form.
#[derive(Clone, Copy)]
pub struct CustomDrafts {
    drafts: RwSignal<Vec<CustomDraft>>,
    /// Whether a field may be hidden.
    secrets: bool,
    /// Where files go; none can be added before that is known.
    vault: RwSignal<Option<VaultId>>,
    sent: Sent,
    next: RwSignal<u32>,
    /// What is added later lives as long as the form, not as long as the button that added it.
    owner: StoredValue<Option<Owner>>,
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
    /// The file of a field that holds one.
    file: RwSignal<Option<FileRef>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Hidden,
    Date,
    File,
}

impl CustomDrafts {
    /// The fields that there are.
    pub fn new(fields: &[CustomField], secrets: bool) -> Self {
        let drafts: Vec<CustomDraft> = (0..).zip(fields).map(|(key, field)| CustomDraft::of(key, field)).collect();
        let next = u32::try_from(drafts.len()).unwrap_or(0);
        Self {
            drafts: RwSignal::new(drafts),
            secrets,
            vault: RwSignal::new(None),
            sent: Sent::new(),
            next: RwSignal::new(next),
            owner: StoredValue::new(Owner::current()),
        }
    }

    /// The same fields for a vault, which takes the files.
    pub fn in_vault(self, vault: impl Fn() -> Option<VaultId> + 'static) -> Self {
        Effect::new(move |_| self.vault.set(vault()));
        self
    }

    /// Sends a file and makes a field of it.
    fn add_file(self, file: web_sys::File) {
        let Some(vault) = self.vault.get_untracked() else { return };
        self.sent.upload(vault, file, move |file| {
            let Some(key) = self.next.try_get_untracked() else { return };
            self.next.set(key.wrapping_add(1));
            let Some(owner) = self.owner.get_value() else { return };
            let label = file.name.chars().take(limits::CUSTOM_LABEL).collect();
            let field = CustomField { label, value: CustomValue::File(file) };
            let draft = owner.with(|| CustomDraft::of(key, &field));
            self.drafts.update(|drafts| drafts.push(draft));
        });
    }

    /// Whether a file for one of them is on its way.
    pub fn is_sending(self) -> bool {
        self.sent.is_moving()
    }

    /// Whether a file still stands in one of them.
    pub fn has_file(self, id: ObjectId) -> bool {
        let is_it = |draft: &CustomDraft| draft.file.with(|file| file.as_ref().is_some_and(|file| file.id == id));
        self.drafts.with(|drafts| drafts.iter().any(is_it))
    }

    /// The files in these fields.
    pub fn files(fields: &[CustomField]) -> impl Iterator<Item = &FileRef> {
        fields.iter().filter_map(|field| match &field.value {
            CustomValue::File(file) => Some(file),
            _ => None,
        })
    }

    /// The fields as typed; empty ones are left out.
    pub fn fields(self) -> Vec<CustomField> {
        self.drafts.with_untracked(|drafts| drafts.iter().filter_map(|draft| draft.field()).collect())
    }

    /// What becomes of the hidden ones.
    pub fn hidden(self) -> Vec<HiddenEdit> {
        self.drafts.with_untracked(|drafts| {
            drafts
                .iter()
                .filter(|draft| draft.shape == Shape::Hidden && draft.field().is_some())
                .map(|draft| draft.hidden())
                .collect()
        })
    }

    /// Whether a hidden value was typed.
    pub fn hidden_touched(self) -> bool {
        self.drafts.with_untracked(|drafts| {
            drafts.iter().any(|draft| draft.shape == Shape::Hidden && !draft.value.with_untracked(String::is_empty))
        })
    }

    /// The part of the form.
    pub fn view(self) -> AnyView {
        let add = move |shape: Shape| {
            let key = self.next.get_untracked();
            self.next.set(key.wrapping_add(1));
            let Some(owner) = self.owner.get_value() else { return };
            let draft = owner.with(|| CustomDraft {
                key,
                label: RwSignal::new(String::new()),
                value: RwSignal::new(String::new()),
                shape,
                was: RwSignal::new(None),
                file: RwSignal::new(None),
            });
            self.drafts.update(|drafts| drafts.push(draft));
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
                    {self.vault.get().map(|_| file_button(tr!(files.custom), move |file| self.add_file(file)))}
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
            Shape::File => return self.file_line(draft, remove),
            Shape::Text => TextField::new(tr!(custom.value), draft.value).limit(limits::CUSTOM_TEXT),
            Shape::Date => TextField::new(tr!(custom.value), draft.value).kind(Kind::Date),
            Shape::Hidden => {
                let field =
                    TextField::new(tr!(custom.value), draft.value).kind(Kind::Password).limit(limits::HIDDEN_TEXT);
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

    /// A field that holds a file: its label can be changed, the file only taken away.
    fn file_line(self, draft: CustomDraft, remove: impl Fn(leptos::ev::MouseEvent) + 'static) -> AnyView {
        view! {
            <div class="custom-field">
                {TextField::new(tr!(custom.label), draft.label).limit(limits::CUSTOM_LABEL).view()}
                <span class="grow">{draft.value.get_untracked()}</span>
                <button type="button" class="icon-button" aria-label=tr!(custom.remove) title=tr!(custom.remove) on:click=remove>{icon("trash-2")}</button>
            </div>
        }
        .into_any()
    }
}

impl CustomDraft {
    fn of(key: u32, field: &CustomField) -> Self {
        let (shape, value, was, file) = match &field.value {
            CustomValue::Text(text) => (Shape::Text, text.clone(), None, None),
            CustomValue::Date(day) => (Shape::Date, iso(*day), None, None),
            CustomValue::Hidden => (Shape::Hidden, String::new(), Some(field.label.clone()), None),
            CustomValue::File(file) => (Shape::File, file.name.clone(), None, Some(file.clone())),
        };
        Self {
            key,
            label: RwSignal::new(field.label.clone()),
            value: RwSignal::new(value),
            shape,
            was: RwSignal::new(was),
            file: RwSignal::new(file),
        }
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
            Shape::File => CustomValue::File(self.file.get_untracked()?),
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
