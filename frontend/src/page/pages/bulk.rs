//! Many things at once: the bar over the list, tags, fields, and the report of what was not changed.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{BuiltIn, Day, PolicyRef, SecretType, limits};

use super::account::secret_type_name;
use crate::bridge::*;
use crate::page::app::{App, Dialog, Transfer};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField, choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::password_policy::built_in_name;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{number, tr};

/// Lines of a report that are shown at once.
const LINES: usize = 200;
/// Rows asked for at once when all are selected.
const SLICE: u32 = 500;

/// What is done to all that are selected in the list; nothing while none is.
pub fn bar(app: App, all: impl Fn(u32, u32) -> ReadRows + Copy + Send + 'static) -> AnyView {
    let bar = move || {
        let count = app.marked.with(std::collections::BTreeSet::len);
        (count > 0).then(|| {
            let items = move || {
                let marked = app.marked.get_untracked();
                marked.into_iter().map(|(vault, resource)| Item::Resource(vault, resource)).collect::<Vec<_>>()
            };
            let button = |name: &'static str, label: &'static str, act: Box<dyn Fn(Vec<Item>)>| {
                view! {
                    <button type="button" class="icon-button" aria-label=label title=label on:click=move |_| act(items())>
                        {icon(name)}
                    </button>
                }
            };
            let text = tr!(bulk.selected, count = number(narrow(count)));
            view! {
                <div class="selection-bar" role="group" aria-label=text.clone()>
                    <span class="selection-count" aria-live="polite">{text.clone()}</span>
                    <button type="button" class="icon-button" aria-label=tr!(bulk.select_all) title=tr!(bulk.select_all) on:click=move |_| select_all(app, all)>
                        {icon("square-check")}
                    </button>
                    <span class="grow"></span>
                    {button("tag", tr!(bulk.tags), Box::new(move |items| app.open(Dialog::Tags(items))))}
                    {button("pencil", tr!(bulk.edit), Box::new(move |items| app.open(Dialog::EditMany(items))))}
                    {button("folder-input", tr!(action.move_to), Box::new(move |items| app.open(Dialog::Transfer(Transfer::Move, items))))}
                    {button("copy-plus", tr!(action.copy_to), Box::new(move |items| app.open(Dialog::Transfer(Transfer::Copy, items))))}
                    {button("trash-2", tr!(action.delete), Box::new(move |items| delete(app, items)))}
                    <button type="button" class="icon-button" aria-label=tr!(actions.unmark) title=tr!(actions.unmark) on:click=move |_| app.unmark()>
                        {icon("square-x")}
                    </button>
                </div>
            }
        })
    };
    bar.into_any()
}

fn delete(app: App, items: Vec<Item>) {
    let text = tr!(actions.deleted_many, count = number(narrow(items.len())));
    app.unmark();
    app.delete(items, text);
}

/// Selects everything that the list has, shown or not.
fn select_all(app: App, all: impl Fn(u32, u32) -> ReadRows + 'static) {
    spawn_local(async move {
        let mut offset = 0;
        loop {
            let Ok(rows) = ask(all(offset, SLICE)).await else { return };
            let got = narrow(rows.rows.len());
            app.marked.update(|marked| marked.extend(rows.rows.iter().map(|row| (row.vault, row.resource))));
            offset += got;
            if got == 0 || offset >= rows.total {
                return;
            }
        }
    });
}

/// How far a change of many is, while a form waits for it.
pub fn progress_line(form: Form) -> AnyView {
    let app = App::get();
    let line = move || {
        let progress = app.progress.get()?;
        let text = match progress.work {
            Work::Releasing => tr!(bulk.releasing, done = number(progress.done), total = number(progress.total)),
            Work::Writing => tr!(bulk.writing, done = number(progress.done), total = number(progress.total)),
            _ => return None,
        };
        (form.busy.get() && progress.total > 1).then(|| view! { <p class="muted">{text}</p> })
    };
    view! { <div role="status">{line}</div> }.into_any()
}

/// Tags put on all, and taken off all.
pub fn tags(items: Vec<Item>) -> AnyView {
    let app = App::get();
    let (add, remove) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let command = {
        let items = items.clone();
        move || ChangeTags { items: items.clone(), add: words(add), remove: words(remove) }
    };
    let nothing = move || words(add).is_empty() && words(remove).is_empty();
    many(
        tr!(bulk.tags_title),
        items.len(),
        view! {
            {TextField::new(tr!(bulk.tags_add), add).hint(tr!(bulk.tags_hint)).limit(limits::TAG * 4).focus().view()}
            {TextField::new(tr!(bulk.tags_remove), remove).limit(limits::TAG * 4).view()}
        }
        .into_any(),
        move |form| {
            if !nothing() {
                form.send(command(), move |done| finished(app, done));
            }
        },
    )
}

/// Fields set on all.
pub fn edit(items: Vec<Item>) -> AnyView {
    let app = App::get();
    let text = || (RwSignal::new(false), RwSignal::new(String::new()));
    let at = || (RwSignal::new(false), RwSignal::new(0_usize));
    let (owner, department, location, kind) = (text(), text(), text(), text());
    let (policy, secret_type, privileged, active) = (at(), at(), at(), at());
    let expiry = text();
    let built_ins = BuiltIn::ALL;
    let edits = move || {
        let words = |(on, value): (RwSignal<bool>, RwSignal<String>)| {
            on.get_untracked().then(|| value.with_untracked(|value| value.trim().to_owned()))
        };
        let place = |(on, value): (RwSignal<bool>, RwSignal<usize>)| on.get_untracked().then(|| value.get_untracked());
        let policy = place(policy).map(|at| {
            let chosen = at.checked_sub(1).and_then(|at| built_ins.get(at).copied());
            FieldEdit::Policy(chosen.map(PolicyRef::BuiltIn))
        });
        let secret_type = place(secret_type).and_then(|at| SecretType::ALL.get(at).copied()).map(FieldEdit::SecretType);
        let edits = [
            words(owner).map(FieldEdit::Owner),
            words(department).map(FieldEdit::Department),
            words(location).map(FieldEdit::Location),
            words(kind).map(FieldEdit::ResourceType),
            policy,
            secret_type,
            words(expiry).map(|day| FieldEdit::Expiry(Day::parse(&day))),
            place(privileged).map(|at| FieldEdit::Privileged(at == 0)),
            place(active).map(|at| FieldEdit::Active(at == 0)),
        ];
        edits.into_iter().flatten().collect::<Vec<FieldEdit>>()
    };
    let line = |label: &'static str, (on, value): (RwSignal<bool>, RwSignal<String>), field: Kind, limit: usize| {
        optional(label, on, move || TextField::new(label, value).kind(field).limit(limit).view())
    };
    let pick = |label: &'static str, (on, value): (RwSignal<bool>, RwSignal<usize>), names: Vec<String>| {
        optional(label, on, move || choice(label, names.clone(), value))
    };
    let yes_no = || vec![tr!(bulk.yes).to_owned(), tr!(bulk.no).to_owned()];
    let types = SecretType::ALL.map(|secret_type| secret_type_name(secret_type).to_owned()).to_vec();
    let policies = std::iter::once(tr!(bulk.no_policy).to_owned())
        .chain(built_ins.iter().map(|built_in| built_in_name(*built_in).to_owned()))
        .collect();
    let command = {
        let items = items.clone();
        move || EditItems { items: items.clone(), edits: edits() }
    };
    many(
        tr!(bulk.edit_title),
        items.len(),
        view! {
            <fieldset class="inset">
                <legend>{tr!(bulk.of_resources)}</legend>
                {line(tr!(field.owner), owner, Kind::Line, limits::OWNER)}
                {line(tr!(field.department), department, Kind::Line, limits::DEPARTMENT)}
                {line(tr!(field.location), location, Kind::Line, limits::LOCATION)}
                {line(tr!(field.resource_type), kind, Kind::Line, limits::RESOURCE_TYPE)}
                {pick(tr!(bulk.policy), policy, policies)}
            </fieldset>
            <fieldset class="inset">
                <legend>{tr!(bulk.of_accounts)}</legend>
                {line(tr!(account.expiry), expiry, Kind::Date, 0)}
                {pick(tr!(account.privileged), privileged, yes_no())}
                {pick(tr!(account.active), active, yes_no())}
                {pick(tr!(account.secret_type), secret_type, types)}
            </fieldset>
        }
        .into_any(),
        move |form| {
            let command = command();
            if !command.edits.is_empty() {
                form.send(command, move |done| finished(app, done));
            }
        },
    )
}

/// A field that is left alone unless it is ticked.
fn optional(label: &'static str, on: RwSignal<bool>, field: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    view! {
        <div class="optional">
            {tick(tr!(bulk.change, field = label), on)}
            {move || on.get().then(&field)}
        </div>
    }
    .into_any()
}

fn many(title: &'static str, count: usize, fields: AnyView, send: impl Fn(Form) + 'static) -> AnyView {
    let form = Form::new();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send(form);
    };
    dialog(
        title,
        Width::Wide,
        view! {
            <form class="dialog-form" on:submit=on_submit>
                <div class="dialog-body form">
                    <p class="muted">{tr!(bulk.selected, count = number(narrow(count)))}</p>
                    {fields}
                    {progress_line(form)}
                </div>
                {dialog_footer(form, tr!(bulk.apply))}
            </form>
        }
        .into_any(),
    )
}

fn finished(app: App, done: Done) {
    app.close();
    app.unmark();
    app.report(tr!(bulk.changed, count = number(done.changed)), done);
}

/// What a change of many came to: how many were changed, which were not, and why.
pub fn report(done: Arc<Done>) -> AnyView {
    let app = App::get();
    let lines = done.left.iter().take(LINES).map(|left| {
        view! { <li><strong>{left.name.clone()}</strong><span class="muted">{explain(&left.error)}</span></li> }
    });
    let lines = lines.collect_view();
    let more = done.left.len().saturating_sub(LINES);
    let more = (more > 0).then(|| view! { <p class="muted">{tr!(bulk.more_left, count = number(narrow(more)))}</p> });
    let same = (done.same > 0).then(|| view! { <p>{tr!(bulk.same, count = number(done.same))}</p> });
    let undo = done.undo.map(|undo| {
        let take_back = move |_| {
            app.close();
            app.take_back(0, undo);
        };
        view! { <button type="button" class="button" on:click=take_back>{icon("undo-2")}<span>{tr!(action.undo)}</span></button> }
    });
    dialog(
        tr!(bulk.report_title),
        Width::Wide,
        view! {
            <div class="dialog-body form">
                <p>{tr!(bulk.changed, count = number(done.changed))}</p>
                {same}
                <div class="note bad" role="alert">
                    {icon("circle-alert")}<p>{tr!(bulk.left, count = number(narrow(done.left.len())))}</p>
                </div>
                <ul class="report-list">{lines}</ul>
                {more}
            </div>
            <footer>
                <div class="buttons">
                    {undo}
                    <button type="button" class="button primary" on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        }
        .into_any(),
    )
}

/// Words between commas.
fn words(text: RwSignal<String>) -> Vec<String> {
    text.with_untracked(|text| {
        let words = text.split([',', '，', '、']).map(str::trim).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    })
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
