//! Taking things out: what, in which form, under which password; then the file and what was written down of it.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::Blob;

use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::components::field::{Kind, TextField, choice, tick};
use crate::page::components::files::{fresh_transfer, save};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::strength::{estimate, live_strength};
use crate::page::engine::ask;
use crate::page::language::{bytes, number, tr};

/// Something that can be taken out: what it is called, and its items; none for everything.
#[derive(Clone, PartialEq)]
pub struct Scope {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub items: Vec<Item>,
}

/// Longest reason.
const REASON_CHARS: usize = sealward_client::model::limits::REASON;

const FORMATS: [ExportFormat; 4] = [ExportFormat::Backup, ExportFormat::Kdbx, ExportFormat::Csv, ExportFormat::Json];

/// What was written: what is in it, and the file itself.
type Written = RwSignal<Option<Arc<ExportReport>>>;
type Made = StoredValue<Option<Blob>, LocalStorage>;

/// The dialog, with the scopes to choose from; the first is chosen.
pub fn dialog(scopes: Vec<Scope>) -> AnyView {
    let report: Written = RwSignal::new(None);
    let made: Made = StoredValue::new_local(None);
    let scopes = StoredValue::new(scopes);
    let body = move || match report.get() {
        None => untrack(|| settings(scopes, report, made)),
        Some(report) => untrack(|| summary(&report, made)),
    };
    plain_dialog(tr!(export.title), Width::Wide, view! { {body} }.into_any())
}

fn settings(scopes: StoredValue<Vec<Scope>>, report: Written, made: Made) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let chosen = RwSignal::new(0_usize);
    let format = RwSignal::new(ExportFormat::Backup);
    let (password, again) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let understood = RwSignal::new(false);
    let (earlier, files) = (RwSignal::new(true), RwSignal::new(true));
    let reason = RwSignal::new(String::new());
    let different = RwSignal::new(false);
    let measured = RwSignal::new(None::<ExportMeasured>);
    let items = move || scopes.with_value(|scopes| scopes.get(chosen.get()).map(|scope| scope.items.clone()));
    Effect::new(move |_| {
        let asked = chosen.get();
        let items = items().unwrap_or_default();
        leptos::task::spawn_local(async move {
            if let Ok(answer) = ask(MeasureExport { items }).await
                && chosen.try_get_untracked() == Some(asked)
            {
                measured.set(Some(answer));
            }
        });
    });
    let known = move || app.view().map(|view| vec![view.team_name, view.login_name]).unwrap_or_default();
    let strength = estimate(password, known);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let format = format.get_untracked();
        different.set(format.is_encrypted() && password.get_untracked() != again.get_untracked());
        if different.get_untracked() || (!format.is_encrypted() && !understood.get_untracked()) {
            return;
        }
        app.progress.set(None);
        let password = format.is_encrypted().then(|| SecretText::new(password.get_untracked()));
        let items = untrack(items).unwrap_or_default();
        let (earlier, files) = (earlier.get_untracked(), files.get_untracked());
        let reason = reason.get_untracked();
        let ask = RunExport { transfer: fresh_transfer(), items, format, earlier, files, reason, password };
        form.fetch(ask, move |answer, file| {
            save(&file, &answer.file_name);
            made.set_value(Some(file));
            report.set(Some(Arc::new(answer)));
        });
    };
    let names = scopes.with_value(|scopes| scopes.iter().map(|scope| scope.name.clone()).collect());
    let amount = move || {
        measured.get().map(|found| {
            let (resources, secrets) = (number(found.resources), number(found.secrets));
            tr!(export.amount, resources = resources, accounts = number(found.accounts), secrets = secrets)
        })
    };
    let formats = FORMATS.map(|offered| {
        view! {
            <label class="tick export-format">
                <input
                    type="radio" name="format" prop:checked=move || format.get() == offered
                    on:change=move |_| format.set(offered)
                />
                <span><strong>{name(offered)}</strong><span class="muted">{hint(offered)}</span></span>
            </label>
        }
    });
    let fault = Signal::derive(move || different.get().then(|| tr!(export.different).to_owned()));
    let protection = move || {
        if format.get().is_encrypted() {
            view! {
                {TextField::new(tr!(export.password), password).kind(Kind::Password).required().autocomplete("new-password").hint(tr!(export.password_hint)).view()}
                {live_strength(strength, password)}
                {TextField::new(tr!(export.again), again).kind(Kind::Password).required().autocomplete("new-password").fault(fault).view()}
            }
            .into_any()
        } else {
            view! {
                <div class="note bad" role="alert">{icon("triangle-alert")}<p>{tr!(export.open_warning)}</p></div>
                {tick(tr!(export.understood), understood)}
            }
            .into_any()
        }
    };
    // What the format has a place for, and there is any of.
    let beside = move || {
        let (place, found) = (ExportOptions::of(format.get()), measured.get()?);
        let with_earlier = (place.earlier && found.earlier > 0)
            .then(|| tick(tr!(export.earlier, count = number(found.earlier)), earlier));
        let label = || tr!(export.files, count = number(found.files), size = bytes(found.bytes));
        let with_files = (place.files && found.files > 0).then(|| tick(label(), files));
        let large = (place.files && found.bytes > FILES_LIMIT).then(|| {
            view! { <p class="hint">{tr!(export.too_large, most = bytes(FILES_LIMIT))}</p> }
        });
        let without = (!place.files && found.files > 0).then(|| view! { <p class="hint">{tr!(export.no_files)}</p> });
        Some(view! { {with_earlier} {with_files} {large} {without} })
    };
    let reason_field = move || {
        measured.with(|found| found.is_some_and(|found| found.reason)).then(|| {
            TextField::new(tr!(export.reason), reason)
                .kind(Kind::Area)
                .limit(REASON_CHARS)
                .required()
                .hint(tr!(export.reason_hint))
                .view()
        })
    };
    let running = move || {
        let (of_files, share) = match app.progress.get() {
            Some(Progress { work: Work::Exporting, done, total }) if total > 0 => (false, (done, total)),
            Some(Progress { work: Work::ExportingFiles, done, total }) if total > 0 => (true, (done, total)),
            _ => (false, (0, 1)),
        };
        form.busy.get().then(|| {
            let (done, total) = share;
            let label = if of_files { tr!(export.fetching) } else { tr!(export.running) };
            let percent = u64::from(done) * 100 / u64::from(total);
            view! {
                <div class="export-running">
                    <p role="status">{label}</p>
                    <div class="progress" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=percent.to_string()>
                        <i style:width=format!("{percent}%")></i>
                    </div>
                </div>
            }
        })
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                {choice(tr!(export.what), names, chosen)}
                <p class="muted export-amount" role="status">{amount}</p>
                <fieldset class="radios"><legend>{tr!(export.format)}</legend>{formats.collect_view()}</fieldset>
                {beside}
                {reason_field}
                {protection}
                <p class="hint">{tr!(export.audit_hint)}</p>
                {running}
            </div>
            {dialog_footer(form, tr!(export.run))}
        </form>
    }
    .into_any()
}

fn summary(report: &Arc<ExportReport>, made: Made) -> AnyView {
    let app = App::get();
    let again = Arc::clone(report);
    let save_again = move |_| {
        made.with_value(|file| {
            if let Some(file) = file {
                save(file, &again.file_name);
            }
        })
    };
    let files = (report.files > 0)
        .then(|| view! { <li><strong>{number(report.files)}</strong>{tr!(export.files_released)}</li> });
    let earlier = (report.earlier > 0).then(|| {
        view! { <p class="hint">{tr!(export.earlier_among, count = number(report.earlier))}</p> }
    });
    let named = if report.files > 0 {
        tr!(export.audited_files, count = number(report.secrets), files = number(report.files))
    } else {
        tr!(export.audited, count = number(report.secrets))
    };
    let kept_back = (report.kept_back > 0).then(|| {
        view! { <div class="note">{icon("info")}<p>{tr!(export.kept_back, count = number(report.kept_back))}</p></div> }
    });
    let damaged = (report.damaged > 0).then(|| {
        view! { <div class="note bad">{icon("circle-alert")}<p>{tr!(export.damaged, count = number(report.damaged))}</p></div> }
    });
    view! {
        <div class="dialog-body form">
            <p class="good-line" role="status">{icon("check")}<span>{tr!(export.done, file = report.file_name.clone())}</span></p>
            <ul class="figures">
                <li><strong>{number(report.resources)}</strong>{tr!(import.resources)}</li>
                <li><strong>{number(report.accounts)}</strong>{tr!(import.accounts)}</li>
                <li><strong>{number(report.secrets)}</strong>{tr!(export.secrets)}</li>
                {files}
            </ul>
            {earlier}
            {kept_back}
            {damaged}
            <p class="hint">{named}</p>
        </div>
        <footer>
            <div class="buttons">
                <button type="button" class="button" on:click=save_again>{icon("download")}<span>{tr!(export.save_again)}</span></button>
                <button type="button" class="button primary" on:click=move |_| app.close()>{tr!(action.close)}</button>
            </div>
        </footer>
    }
    .into_any()
}

fn name(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Backup => tr!(export.backup),
        ExportFormat::Kdbx => "KDBX",
        ExportFormat::Csv => "CSV",
        ExportFormat::Json => "JSON",
    }
}

fn hint(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Backup => tr!(export.backup_hint),
        ExportFormat::Kdbx => tr!(export.kdbx_hint),
        ExportFormat::Csv => tr!(export.csv_hint),
        ExportFormat::Json => tr!(export.json_hint),
    }
}
