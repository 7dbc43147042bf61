//! The form of a profile: one's own, or that of somebody whom the person manages.

use leptos::prelude::*;
use sealward_client::model::limits;

use crate::bridge::{PersonView, ProfileDetails, ProfileField, WriteProfile};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::language::{number, tr};

/// What is typed.
#[derive(Clone, Copy)]
struct Drafts {
    full_name: RwSignal<String>,
    email: RwSignal<String>,
    telephone: RwSignal<String>,
    department: RwSignal<String>,
    location: RwSignal<String>,
    description: RwSignal<String>,
    phones: RwSignal<String>,
    fields: RwSignal<String>,
    external_id: RwSignal<String>,
    external_id_type: RwSignal<String>,
    uuid: RwSignal<String>,
}

impl Drafts {
    fn of(profile: &ProfileDetails) -> Self {
        let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        Self {
            full_name: RwSignal::new(profile.full_name.clone()),
            email: RwSignal::new(profile.email.clone()),
            telephone: RwSignal::new(profile.telephone.clone()),
            department: RwSignal::new(profile.department.clone()),
            location: text(&profile.location),
            description: text(&profile.description),
            phones: RwSignal::new(to_lines(profile.phones.as_deref())),
            fields: RwSignal::new(to_lines(profile.fields.as_deref())),
            external_id: text(&profile.external_id),
            external_id_type: text(&profile.external_id_type),
            uuid: text(&profile.uuid),
        }
    }

    /// What is typed; `None` while a line has no label.
    fn read(self) -> Option<ProfileDetails> {
        let plain = |text: RwSignal<String>| text.get().trim().to_owned();
        let known = |text: RwSignal<String>| Some(plain(text)).filter(|text| !text.is_empty());
        Some(ProfileDetails {
            full_name: plain(self.full_name),
            email: plain(self.email),
            telephone: plain(self.telephone),
            department: plain(self.department),
            description: known(self.description),
            location: known(self.location),
            phones: self.phones.with(|text| from_lines(text)).ok()?,
            fields: self.fields.with(|text| from_lines(text)).ok()?,
            external_id: known(self.external_id),
            external_id_type: known(self.external_id_type),
            uuid: known(self.uuid),
        })
    }
}

fn to_lines(fields: Option<&[ProfileField]>) -> String {
    let lines = fields.unwrap_or_default().iter().map(|field| format!("{}: {}", field.label, field.value));
    lines.collect::<Vec<_>>().join("\n")
}

/// A label and a text on each line, a colon between them. The number of the first line that has none.
fn from_lines(text: &str) -> Result<Option<Vec<ProfileField>>, u32> {
    let mut fields = Vec::new();
    for (at, line) in (1_u32..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let (label, value) = line.split_once([':', '：']).ok_or(at)?;
        let field = ProfileField { label: label.trim().to_owned(), value: value.trim().to_owned() };
        if field.label.is_empty() || field.value.is_empty() {
            return Err(at);
        }
        fields.push(field);
    }
    Ok(Some(fields).filter(|fields| !fields.is_empty()))
}

fn fault_of(text: RwSignal<String>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let line = text.with(|text| from_lines(text)).err()?;
        Some(tr!(directory.line_fault, line = number(line)))
    })
}

/// The dialog.
pub fn dialog_for(person: &PersonView) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let (member, base) = (person.row.member, person.version);
    let before = StoredValue::new(person.profile.clone());
    let drafts = Drafts::of(&person.profile);
    let dirty = Signal::derive(move || before.with_value(|before| drafts.read().as_ref() != Some(before)));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(profile) = untrack(|| drafts.read()) else { return };
        form.send(WriteProfile { member, base, profile }, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let line = |label: &'static str, text, limit| TextField::new(label, text).limit(limit).view();
    let lines = |label: &'static str, text| {
        TextField::new(label, text).kind(Kind::Area).hint(tr!(directory.lines_hint)).fault(fault_of(text)).view()
    };
    let more = person.profile != ProfileDetails::default() && drafts.phones.with_untracked(|text| !text.is_empty());
    let content = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(directory.form_hint)}</p>
                {TextField::new(tr!(directory.full_name), drafts.full_name).limit(limits::NAME).autocomplete("name").required().focus().view()}
                <div class="pair">
                    {TextField::new(tr!(directory.email), drafts.email).limit(limits::CONTACT).autocomplete("email").view()}
                    {TextField::new(tr!(directory.telephone), drafts.telephone).limit(limits::CONTACT).autocomplete("tel").view()}
                </div>
                <div class="pair">
                    {line(tr!(field.department), drafts.department, limits::DEPARTMENT)}
                    {line(tr!(field.location), drafts.location, limits::LOCATION)}
                </div>
                {TextField::new(tr!(field.description), drafts.description).kind(Kind::Area).limit(limits::DESCRIPTION).view()}
                <details class="more-fields" open=more>
                    <summary>{tr!(form.more)}</summary>
                    <div class="form">
                        {lines(tr!(directory.phones), drafts.phones)}
                        {lines(tr!(directory.fields), drafts.fields)}
                        <div class="pair">
                            {line(tr!(directory.external_id), drafts.external_id, limits::SOURCE_ID)}
                            {line(tr!(directory.external_id_type), drafts.external_id_type, limits::SOURCE_ID)}
                        </div>
                        {line(tr!(directory.uuid), drafts.uuid, limits::SOURCE_ID)}
                    </div>
                </details>
            </div>
            {dialog_footer(form, tr!(action.save))}
        </form>
    };
    dialog_with(
        tr!(directory.profile_of, name = person.row.login_name.clone()),
        Width::Wide,
        Some(dirty),
        content.into_any(),
    )
}
