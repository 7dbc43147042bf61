//! Bringing credentials in: a file, what is in it, the go-ahead, progress, and every row that was not taken.

use leptos::html;
use leptos::prelude::*;
use sealward_contract::bytes::Bytes;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, HtmlInputElement};

use super::places::no_vault;
use super::{import_columns, import_key};
use crate::bridge::{Error, *};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::components::field::choice;
use crate::page::components::form::{Form, alert};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// Larger files are not read; the worker would refuse them.
const LARGEST: u32 = 128 << 20;

#[derive(Clone)]
enum Step {
    Choose,
    Key,
    Columns(ImportPreview),
    Preview(ImportPreview),
    Running(ImportPreview),
    Report(ImportReport),
}

/// The wizard.
pub fn dialog(vault: Option<VaultId>) -> AnyView {
    let app = App::get();
    let step = RwSignal::new(Step::Choose);
    let target = RwSignal::new(None::<VaultId>);
    let chosen = Chosen { step, form: Form::new(), file: StoredValue::new_local(None) };
    let body = move || match step.get() {
        _ if app.tree.with(|tree| tree.as_ref().is_some_and(|tree| tree.vaults.is_empty())) => no_vault(app),
        Step::Choose => choose(chosen),
        Step::Key => untrack(|| {
            let open = move |key| chosen.read(ImportOptions { key: Some(key), ..ImportOptions::default() });
            import_key::step(chosen.form, move || step.set(Step::Choose), open)
        }),
        Step::Columns(preview) => untrack(|| {
            let name = move |columns| chosen.read(ImportOptions { columns: Some(columns), ..ImportOptions::default() });
            import_columns::step(preview.columns, move || step.set(Step::Choose), name)
        }),
        Step::Preview(preview) => untrack(|| show_preview(app, chosen, preview, vault, target)),
        Step::Running(preview) => running(app, preview),
        Step::Report(report) => untrack(|| show_report(app, report, target.get_untracked())),
    };
    Effect::new(move |_| {
        let form = chosen.form;
        if form.fault.with(|fault| matches!(fault, Some(Error::File(ImportError::PasswordNeeded)))) {
            form.fault.set(None);
            step.set(Step::Key);
        }
    });
    // What was read is dropped when the wizard is left before the go-ahead.
    on_cleanup(move || {
        if let Some(Step::Preview(preview) | Step::Columns(preview)) = step.try_get_untracked() {
            leptos::task::spawn_local(async move {
                let _ = ask(CancelImport { import: preview.import }).await;
            });
        }
    });
    plain_dialog(tr!(import.title), Width::Wide, view! { {body} }.into_any())
}

/// The file that was chosen. It is read again when the person says something else of it, so that its bytes do not stay.
#[derive(Clone, Copy)]
struct Chosen {
    step: RwSignal<Step>,
    form: Form,
    file: StoredValue<Option<File>, LocalStorage>,
}

impl Chosen {
    fn read(self, options: ImportOptions) {
        let Self { step, form, file } = self;
        let Some(file) = file.get_value() else { return };
        if file.size() > f64::from(LARGEST) {
            form.fault.set(Some(Error::LimitExceeded(Limit::FileSize { most: u64::from(LARGEST) })));
            return;
        }
        form.busy.set(true);
        form.fault.set(None);
        // What was read before is given up for what is read now.
        let before = match step.get_untracked() {
            Step::Preview(preview) | Step::Columns(preview) => Some(preview.import),
            _ => None,
        };
        leptos::task::spawn_local(async move {
            let bytes = JsFuture::from(file.array_buffer()).await;
            form.busy.set(false);
            let Ok(bytes) = bytes else {
                form.fault.set(Some(Error::File(ImportError::Damaged)));
                return;
            };
            let bytes = Bytes(js_sys::Uint8Array::new(&bytes).to_vec());
            let to_name = options.columns.is_none();
            form.send(PreviewImport { file_name: file.name(), bytes, options }, move |preview| {
                let to_name = to_name && preview.format == ImportFormat::Columns;
                step.set(if to_name { Step::Columns(preview) } else { Step::Preview(preview) });
                if let Some(import) = before {
                    leptos::task::spawn_local(async move {
                        let _ = ask(CancelImport { import }).await;
                    });
                }
            });
        });
    }
}

fn choose(chosen: Chosen) -> AnyView {
    let form = chosen.form;
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let read = move |file: File| {
        chosen.file.set_value(Some(file));
        chosen.read(ImportOptions::default());
    };
    let picked = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            read(file);
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) {
            read(file);
        }
    };
    view! {
        <div class="dialog-body form">
            <label
                class="drop" class:over=over on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true); }
                on:dragleave=move |_| over.set(false) on:drop=dropped
            >
                {icon("file-up")}
                <strong>{tr!(import.drop)}</strong>
                <span class="muted">{tr!(import.drop_hint)}</span>
                <input node_ref=input type="file" class="visually-hidden" autofocus=true accept=".json,.csv,.xlsx,.1pux,.zip,.txt,.kdbx,.sealward,application/json,text/csv,application/zip" on:change=picked />
            </label>
            <p class="muted" role="status">{move || form.busy.get().then(|| tr!(import.reading))}</p>
            {form.alert()}
            <details class="programs">
                <summary>{tr!(import.programs)}</summary>
                <dl class="kinds">{programs()}</dl>
            </details>
            <p class="hint">{tr!(import.stays)}</p>
        </div>
    }
    .into_any()
}

/// The programs, and how to export from each.
fn programs() -> AnyView {
    let programs = [
        ("Bitwarden", tr!(import_hint.bitwarden)),
        ("1Password", tr!(import_hint.one_password)),
        (tr!(import_hint.browsers_name), tr!(import_hint.browsers)),
        ("Dashlane", tr!(import_hint.dashlane)),
        ("JumpServer", tr!(import_hint.jump_server)),
        ("KeePass, KeePassXC", tr!(import_key.kdbx_hint)),
        ("Sealward", tr!(import_key.backup_hint)),
        ("LastPass", tr!(import_hint.last_pass)),
        ("Passbolt", tr!(import_hint.passbolt)),
        ("Password Manager Pro", tr!(import_hint.password_manager_pro)),
        ("Proton Pass", tr!(import_hint.proton_pass)),
        (tr!(import_hint.other_name), tr!(import_hint.other)),
    ];
    programs.into_iter().map(|(name, hint)| view! { <dt>{name}</dt><dd>{hint}</dd> }).collect_view().into_any()
}

/// What a format is called.
fn format_name(format: ImportFormat) -> &'static str {
    match format {
        ImportFormat::Bitwarden => tr!(import_format.bitwarden),
        ImportFormat::BitwardenCsv => tr!(import_format.bitwarden_csv),
        ImportFormat::OnePassword => tr!(import_format.one_password),
        ImportFormat::OnePasswordCsv => tr!(import_format.one_password_csv),
        ImportFormat::Chrome => tr!(import_format.chrome),
        ImportFormat::Dashlane => tr!(import_format.dashlane),
        ImportFormat::Firefox => tr!(import_format.firefox),
        ImportFormat::JumpServer => tr!(import_format.jump_server),
        ImportFormat::KeePassXcCsv => tr!(import_format.kee_pass_xc_csv),
        ImportFormat::LastPass => tr!(import_format.last_pass),
        ImportFormat::Passbolt => tr!(import_format.passbolt),
        ImportFormat::ProtonPass => tr!(import_format.proton_pass),
        ImportFormat::ProtonPassCsv => tr!(import_format.proton_pass_csv),
        ImportFormat::Safari => tr!(import_format.safari),
        ImportFormat::PasswordManagerPro => tr!(import_format.password_manager_pro),
        ImportFormat::Columns => tr!(import_format.columns),
        ImportFormat::Backup => tr!(export.backup),
        ImportFormat::Kdbx => "KeePass (KDBX)",
    }
}

/// What a sheet was recognised as. The person may know better.
fn recognised(chosen: Chosen, preview: &ImportPreview) -> AnyView {
    if preview.columns.is_empty() {
        return ().into_any();
    }
    let formats: Vec<ImportFormat> = ImportFormat::ALL.into_iter().filter(|format| format.is_sheet()).collect();
    let now = RwSignal::new(formats.iter().position(|format| *format == preview.format).unwrap_or(0));
    let names = formats.iter().map(|format| format_name(*format).to_owned()).collect();
    let is_named = preview.format == ImportFormat::Columns;
    let before = now.get_untracked();
    Effect::new(move |_| {
        let format = formats.get(now.get()).copied();
        if now.get_untracked() != before {
            chosen.read(ImportOptions { format, ..ImportOptions::default() });
        }
    });
    let again = move |_| chosen.read(ImportOptions { format: Some(ImportFormat::Columns), ..ImportOptions::default() });
    view! {
        <div class="recognised">
            {choice(tr!(import.format), names, now)}
            {is_named.then(|| view! { <button type="button" class="button" on:click=again>{tr!(import.change_columns)}</button> })}
        </div>
    }
    .into_any()
}

fn show_preview(
    app: App,
    chosen_file: Chosen,
    preview: ImportPreview,
    vault: Option<VaultId>,
    target: RwSignal<Option<VaultId>>,
) -> AnyView {
    let Chosen { step, form, .. } = chosen_file;
    let vaults: Vec<(VaultId, String)> = app.tree.with_untracked(|tree| {
        let all = || tree.iter().flat_map(|tree| &tree.vaults).filter(|vault| vault.writable);
        let vaults = all().filter(|vault| !vault.personal).chain(all().filter(|vault| vault.personal));
        vaults.map(|vault| (vault.id, vault.name.clone())).collect()
    });
    let wanted = vault.or_else(|| match app.address.get_untracked().spot().map(Spot::selection) {
        Some(Selection::Vault(vault) | Selection::ResourceGroup(vault, _)) => Some(vault),
        _ => None,
    });
    let chosen = RwSignal::new(vaults.iter().position(|(id, _)| Some(*id) == wanted).unwrap_or(0));
    let names = vaults.iter().map(|(_, name)| name.clone()).collect();
    let import = preview.import;
    let for_run = preview.clone();
    let run = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((vault, _)) = vaults.get(chosen.get_untracked()) else { return };
        let vault = *vault;
        target.set(Some(vault));
        app.progress.set(None);
        step.set(Step::Running(for_run.clone()));
        let back = for_run.clone();
        leptos::task::spawn_local(async move {
            let answer = ask(RunImport { import, vault }).await;
            match answer {
                Ok(report) if step.try_get_untracked().is_some() => step.set(Step::Report(report)),
                Ok(report) => {
                    app.say(tr!(import.added, resources = number(report.resources), accounts = number(report.accounts)))
                }
                Err(error) => {
                    app.fail(&error);
                    step.try_set(Step::Preview(back));
                }
            }
        });
    };
    let format = format_name(preview.format);
    let sample = preview.sample.iter().take(6).map(|row| {
        view! { <tr><td>{row.resource.clone()}</td><td>{row.user_name.clone()}</td><td>{row.address.clone()}</td><td>{row.group.clone()}</td></tr> }
    });
    let nothing = (preview.resources == 0 && preview.accounts == 0).then(|| alert(tr!(import.nothing).to_owned()));
    let empty = nothing.is_some();
    view! {
        <form class="dialog-form" on:submit=run>
            <div class="dialog-body form">
                <p>{tr!(import.found, format = format, encoding = preview.encoding.clone(), rows = number(preview.rows))}</p>
                <ul class="figures">
                    <li><strong>{number(preview.resources)}</strong>{tr!(import.resources)}</li>
                    <li><strong>{number(preview.accounts)}</strong>{tr!(import.accounts)}</li>
                    <li><strong>{number(preview.groups)}</strong>{tr!(import.groups)}</li>
                    <li class:warn=preview.refused_total != 0><strong>{number(preview.refused_total)}</strong>{tr!(import.refused)}</li>
                </ul>
                {recognised(chosen_file, &preview)}
                {nothing}
                <div class="table-scroll" tabindex="0" role="region" aria-label=tr!(import.sample)>
                    <table>
                        <thead><tr>
                            <th scope="col">{tr!(import.resource)}</th><th scope="col">{tr!(field.user_name)}</th>
                            <th scope="col">{tr!(field.url)}</th><th scope="col">{tr!(import.group)}</th>
                        </tr></thead>
                        <tbody>{sample.collect_view()}</tbody>
                    </table>
                </div>
                {refused(&preview.refused, preview.refused_total)}
                {choice(tr!(import.into), names, chosen)}
            </div>
            <footer>
                {form.alert()}
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| step.set(Step::Choose)>{tr!(import.back)}</button>
                    <button type="submit" class="button primary" disabled=empty>{tr!(import.run)}</button>
                </div>
            </footer>
        </form>
    }
    .into_any()
}

fn running(app: App, preview: ImportPreview) -> AnyView {
    let import = preview.import;
    let share = move || match app.progress.get() {
        Some(Progress { work: Work::Import(which), done, total }) if which == import => (done, total.max(1)),
        _ => (0, preview.rows.max(1)),
    };
    let stop = move |_| {
        leptos::task::spawn_local(async move {
            if let Err(error) = ask(CancelImport { import }).await {
                app.fail(&error);
            }
        });
    };
    view! {
        <div class="dialog-body form">
            <p role="status">{tr!(import.running)}</p>
            <div class="progress" role="progressbar" aria-label=tr!(import.running) aria-valuemin="0" aria-valuemax=move || share().1.to_string() aria-valuenow=move || share().0.to_string()>
                <i style:width=move || { let (done, total) = share(); format!("{}%", u64::from(done) * 100 / u64::from(total)) }></i>
            </div>
            <p class="muted">{move || { let (done, total) = share(); tr!(import.progress, done = number(done), total = number(total)) }}</p>
            <div class="buttons end"><button type="button" class="button" on:click=stop>{tr!(import.stop)}</button></div>
        </div>
    }
    .into_any()
}

fn show_report(app: App, report: ImportReport, vault: Option<VaultId>) -> AnyView {
    let show = move |_| {
        app.close();
        if let Some(vault) = vault {
            app.go_to(Spot::List(Selection::Vault(vault)));
        }
    };
    view! {
        <div class="dialog-body form">
            <p class="good-line" role="status">{icon("check")}<span>{tr!(import.done)}</span></p>
            <ul class="figures">
                <li><strong>{number(report.resources)}</strong>{tr!(import.resources)}</li>
                <li><strong>{number(report.accounts)}</strong>{tr!(import.accounts)}</li>
                <li><strong>{number(report.known)}</strong>{tr!(import.known)}</li>
                <li class:warn=report.refused_total != 0><strong>{number(report.refused_total)}</strong>{tr!(import.refused)}</li>
            </ul>
            {refused(&report.refused, report.refused_total)}
            <p class="hint">{tr!(import.delete_file)}</p>
        </div>
        <footer><div class="buttons"><button type="button" class="button primary" on:click=show>{tr!(import.show)}</button></div></footer>
    }
    .into_any()
}

/// Rows that were not taken, each with its reason.
fn refused(rows: &[RefusedRow], total: u32) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let lines = rows.iter().take(200).map(|row| {
        view! { <tr><td class="figure">{number(row.row)}</td><td>{row.name.clone()}</td><td>{reason(row.reason)}</td></tr> }
    });
    let lines = lines.collect_view();
    let text = {
        let rows = rows.to_vec();
        move |_| {
            let lines: Vec<String> =
                rows.iter().map(|row| format!("{}\t{}\t{}", row.row, row.name, reason(row.reason))).collect();
            lines.join("\n")
        }
    };
    let app = App::get();
    view! {
        <details class="refused">
            <summary>{tr!(import.refused_list, count = number(total))}</summary>
            <div class="table-scroll" tabindex="0" role="region" aria-label=tr!(import.refused)>
                <table>
                    <thead><tr><th scope="col">{tr!(import.row)}</th><th scope="col">{tr!(field.name)}</th><th scope="col">{tr!(import.reason)}</th></tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <button type="button" class="button small" on:click=move |event| crate::page::clipboard::copy(app, text(event))>
                {icon("copy")}<span>{tr!(import.copy_list)}</span>
            </button>
        </details>
    }
    .into_any()
}

fn reason(reason: RefusedReason) -> &'static str {
    match reason {
        RefusedReason::NoName => tr!(refused.no_name),
        RefusedReason::NoAccount => tr!(refused.no_account),
        RefusedReason::Deleted => tr!(refused.deleted),
        RefusedReason::Passkey => tr!(refused.passkey),
        RefusedReason::WrongColumns => tr!(refused.wrong_columns),
        RefusedReason::TooLong => tr!(refused.too_long),
        RefusedReason::TooManyFields => tr!(refused.too_many_fields),
        RefusedReason::Alias => tr!(refused.alias),
        RefusedReason::File => tr!(refused.file),
        RefusedReason::History => tr!(refused.history),
        RefusedReason::UnknownKind => tr!(refused.unknown_kind),
        RefusedReason::BadCharacters => tr!(refused.bad_characters),
        RefusedReason::Twice => tr!(refused.twice),
        RefusedReason::NotWritten => tr!(refused.not_written),
        RefusedReason::Stopped => tr!(refused.stopped),
    }
}
