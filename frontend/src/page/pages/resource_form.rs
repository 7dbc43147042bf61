//! The form of a resource; a new one brings its first account along.

use leptos::prelude::*;
use sealward_client::model::{PolicyRef, ResourceKind, limits};

use super::account_form::AccountDraft;
use super::custom_fields::CustomDrafts;
use super::places::place_choice;
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::files::{going_files, transfers};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::password_policy::policy_choice;
use crate::page::language::{Locale, current, tr};

/// What is being typed.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    resource_type: RwSignal<String>,
    url: RwSignal<String>,
    dns_name: RwSignal<String>,
    description: RwSignal<String>,
    notes: RwSignal<String>,
    department: RwSignal<String>,
    location: RwSignal<String>,
    owner: RwSignal<String>,
    tags: RwSignal<String>,
    policy: RwSignal<Option<PolicyRef>>,
    custom: CustomDrafts,
}

impl Draft {
    fn new(fields: &ResourceFields) -> Self {
        let text = |text: &String| RwSignal::new(text.clone());
        Self {
            name: text(&fields.name),
            resource_type: text(&fields.resource_type),
            url: text(&fields.url),
            dns_name: text(&fields.dns_name),
            description: text(&fields.description),
            notes: text(&fields.notes),
            department: text(&fields.department),
            location: text(&fields.location),
            owner: text(&fields.owner),
            tags: RwSignal::new(fields.tags.join(", ")),
            policy: RwSignal::new(fields.policy),
            custom: CustomDrafts::new(&fields.custom, false),
        }
    }

    fn fields(self, group: Option<ObjectId>) -> ResourceFields {
        let text = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        ResourceFields {
            name: text(self.name),
            resource_type: text(self.resource_type),
            url: text(self.url),
            dns_name: text(self.dns_name),
            description: text(self.description),
            notes: self.notes.get_untracked(),
            department: text(self.department),
            location: text(self.location),
            owner: text(self.owner),
            tags: split_tags(&self.tags.get_untracked()),
            policy: self.policy.get_untracked(),
            group,
            custom: self.custom.fields(),
        }
    }

    fn first_part(self) -> AnyView {
        let kinds = ResourceKind::ALL.map(|kind| {
            let name = if current() == Locale::zh { kind.chinese() } else { kind.english() };
            view! { <option value=name></option> }
        });
        view! {
            {TextField::new(tr!(field.name), self.name).limit(limits::NAME).required().focus().view()}
            <div class="pair">
                {TextField::new(tr!(field.resource_type), self.resource_type).limit(limits::RESOURCE_TYPE).list("resource-types").view()}
                {TextField::new(tr!(field.dns_name), self.dns_name).limit(limits::DNS_NAME).view()}
            </div>
            <datalist id="resource-types">{kinds.into_iter().collect_view()}</datalist>
            {TextField::new(tr!(field.url), self.url).limit(limits::URL).view()}
        }
        .into_any()
    }

    fn rest(self, vault: Signal<Option<VaultId>>) -> AnyView {
        view! {
            {TextField::new(tr!(field.description), self.description).limit(limits::DESCRIPTION).view()}
            <div class="pair">
                {TextField::new(tr!(field.department), self.department).limit(limits::DEPARTMENT).view()}
                {TextField::new(tr!(field.location), self.location).limit(limits::LOCATION).view()}
            </div>
            <div class="pair">
                {TextField::new(tr!(field.owner), self.owner).limit(limits::OWNER).view()}
                {TextField::new(tr!(field.tags), self.tags).hint(tr!(form.tags_hint)).view()}
            </div>
            {policy_choice(tr!(password_policy.of_resource), tr!(password_policy.inherited), vault, self.policy)}
            {TextField::new(tr!(field.notes), self.notes).kind(Kind::Area).limit(limits::NOTES).view()}
            {self.custom.in_vault(move || vault.get()).view()}
            {transfers(App::get())}
        }
        .into_any()
    }
}

/// A new resource in what is listed.
pub fn create(selection: Selection) -> AnyView {
    let app = App::get();
    let draft = Draft::new(&ResourceFields::default());
    let account = AccountDraft::new(&AccountFields { active: true, ..AccountFields::default() }, None, false);
    let (place, place_field) = place_choice(app, selection);
    let vault = Signal::derive(move || place.get().map(|(vault, _)| vault));
    // The resource's own policy holds for its first account too.
    let account = account.in_place(move || place.get().map(|(vault, _)| (vault, None))).under(draft.policy);
    let form = Form::new().held_while(Signal::derive(move || draft.custom.is_sending() || account.is_sending()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((vault, group)) = place.get_untracked() else { return };
        // An account that nothing was typed for is none.
        let account = untrack(|| account.touched()).then(|| account.finish(&draft.name.get_untracked()));
        form.send(CreateResource { vault, fields: draft.fields(group), account }, move |changed| {
            app.close();
            app.done(tr!(toast.created), changed);
            if let Some(item) = changed.item {
                app.show(item);
            }
        });
    };
    let more = RwSignal::new(false);
    let rest = move || {
        if more.get() {
            draft.rest(vault)
        } else {
            view! {
                <button type="button" class="link" on:click=move |_| more.set(true)>{icon("chevron-down")}<span>{tr!(form.more)}</span></button>
            }
            .into_any()
        }
    };
    let dirty = Signal::derive(move || draft.name.with(|name| !name.is_empty()) || account.touched());
    dialog_with(
        tr!(resource.new),
        Width::Wide,
        Some(dirty),
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    {draft.first_part()}
                    <fieldset class="inset"><legend>{tr!(resource.first_account)}</legend>{account.short()}</fieldset>
                    {place_field}
                    {rest}
                </div>
                {dialog_footer(form, tr!(action.create))}
            </form>
        }
        .into_any(),
    )
}

/// New fields for a resource.
pub fn edit(resource: &ResourceView) -> AnyView {
    let app = App::get();
    let draft = Draft::new(&resource.fields);
    let before = resource.fields.clone();
    let (vault, id, version, group) = (resource.vault, resource.id, resource.version, resource.fields.group);
    let form = Form::new().held_while(Signal::derive(move || draft.custom.is_sending()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(UpdateResource { vault, resource: id, version, fields: draft.fields(group) }, move |changed| {
            app.close();
            app.done(tr!(toast.saved), changed);
        });
    };
    let going =
        going_files(CustomDrafts::files(&before.custom).cloned().collect(), move |id| draft.custom.has_file(id));
    let dirty = Signal::derive(move || draft.fields(group) != before);
    dialog_with(
        tr!(resource.edit),
        Width::Wide,
        Some(dirty),
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">{draft.first_part()}{draft.rest(Signal::stored(Some(vault)))}{going}</div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}

/// The tags of a line, parted by commas of either kind; none twice.
pub fn split_tags(line: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in line.split([',', '\u{ff0c}', '、']).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}
