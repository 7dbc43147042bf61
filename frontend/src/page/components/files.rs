//! Files in the page: chosen or dropped, on their way, listed, saved, and shown in a frame where nothing runs.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_contract::limits;
use wasm_bindgen::JsCast;
use web_sys::{Blob, DragEvent, File, FileList, HtmlAnchorElement, HtmlInputElement, Url};

use super::icon::icon;
use super::preview::{Kind, Preview};
use crate::bridge::{Error, *};
use crate::page::app::{App, Dialog};
use crate::page::engine::{ask, fetch_file, send_file};
use crate::page::language::{bytes, tr};

/// A transfer on the screen.
#[derive(Clone, PartialEq, Eq)]
pub struct Moving {
    id: TransferId,
    name: String,
    way: Way,
    done: u64,
    total: u64,
    state: TransferState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

impl App {
    /// Takes in how far a transfer is.
    pub fn hear_transfer(self, progress: TransferProgress) {
        self.transfers.update(|transfers| {
            if let Some(transfer) = transfers.iter_mut().find(|transfer| transfer.id == progress.transfer) {
                transfer.done = progress.done;
                transfer.total = progress.total;
                transfer.state = progress.state;
            }
        });
    }
}

/// An id for something that comes or goes as a file.
pub fn fresh_transfer() -> TransferId {
    thread_local! {
        static NEXT: std::cell::Cell<u32> = const { std::cell::Cell::new(1) };
    }
    TransferId(NEXT.replace(NEXT.get().wrapping_add(1)))
}

fn begin(app: App, name: String, way: Way, total: u64) -> TransferId {
    let id = fresh_transfer();
    let state = TransferState::Running;
    app.transfers.update(|transfers| transfers.push(Moving { id, name, way, done: 0, total, state }));
    id
}

fn end(app: App, id: TransferId) {
    app.transfers.update(|transfers| transfers.retain(|transfer| transfer.id != id));
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's length is a whole number")]
fn length_of(file: &Blob) -> u64 {
    file.size() as u64
}

/// Sends a file to a vault. `None` when it was stopped or failed, which is told.
async fn upload(app: App, vault: VaultId, file: &File) -> Option<FileRef> {
    let total = length_of(file);
    if total > limits::FILE {
        app.fail(&Error::LimitExceeded(Limit::FileSize { most: limits::FILE }));
        return None;
    }
    let transfer = begin(app, file.name(), Way::Up, total);
    let ask = UploadFile { transfer, vault, name: file.name(), media_type: file.type_() };
    let answer = send_file(ask, file).await;
    end(app, transfer);
    match answer {
        Ok(file) => return Some(file),
        Err(Error::Stopped) => {}
        Err(error) => app.fail(&error),
    }
    None
}

fn fetch(app: App, vault: VaultId, holder: ObjectId, file: FileRef, shown_as: &str, done: impl FnOnce(Blob) + 'static) {
    let transfer = begin(app, file.name.clone(), Way::Down, file.length);
    let shown_as = shown_as.to_owned();
    spawn_local(async move {
        let answer = fetch_file(DownloadFile { transfer, vault, holder, file, shown_as }).await;
        end(app, transfer);
        match answer {
            Ok(((), blob)) => done(blob),
            Err(Error::Stopped) => {}
            Err(error) => app.fail(&error),
        }
    });
}

/// Hands a file to the browser's downloads.
pub fn save(blob: &Blob, name: &str) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else { return };
    if let Some(link) = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The browser reads on while it saves.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(60));
}

/// A file by its name, with what can be done with it.
pub fn file_line(app: App, vault: VaultId, holder: ObjectId, file: &FileRef, remove: Option<Box<dyn Fn()>>) -> AnyView {
    let kind = Kind::of(file);
    let show = kind.map(|kind| {
        let file = file.clone();
        let label = tr!(files.show, name = file.name.clone());
        let on_click = move |_| {
            let name = file.name.clone();
            fetch(app, vault, holder, file.clone(), kind.media_type(), move |blob| {
                app.open(Dialog::Preview(Preview::new(name, blob, kind)));
            });
        };
        view! { <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=on_click>{icon("eye")}</button> }
    });
    let download = {
        let file = file.clone();
        let label = tr!(files.download, name = file.name.clone());
        let on_click = move |_| {
            let name = file.name.clone();
            fetch(app, vault, holder, file.clone(), "application/octet-stream", move |blob| save(&blob, &name));
        };
        view! { <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=on_click>{icon("download")}</button> }
    };
    let remove = remove.map(|remove| remove_button(&file.name, remove));
    view! {
        <div class="file-line">
            {icon("paperclip")}
            <span class="file-name">{file.name.clone()}</span>
            <span class="muted file-size">{bytes(file.length)}</span>
            <span class="file-buttons">{show}{download}{remove}</span>
        </div>
    }
    .into_any()
}

fn remove_button(name: &str, remove: Box<dyn Fn()>) -> AnyView {
    let label = tr!(files.remove, name = name.to_owned());
    view! { <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=move |_| remove()>{icon("trash-2")}</button> }
        .into_any()
}

/// Says which of the files that are there go when a form is saved.
pub fn going_files(before: Vec<FileRef>, stays: impl Fn(ObjectId) -> bool + Send + Sync + 'static) -> AnyView {
    let note = move || {
        let going = before.iter().filter(|file| !stays(file.id)).map(|file| file.name.clone()).collect::<Vec<_>>();
        (!going.is_empty()).then(|| {
            view! {
                <div class="note warn" role="alert">{icon("triangle-alert")}<p>{tr!(files.going, names = going.join(", "))}</p></div>
            }
        })
    };
    view! { {note} }.into_any()
}

/// Where files are chosen or dropped.
fn drop_zone(label: &'static str, chosen: impl Fn(File) + Copy + 'static) -> AnyView {
    let over = RwSignal::new(false);
    let take = move |files: Option<FileList>| {
        let Some(files) = files else { return };
        (0..files.length()).filter_map(|at| files.get(at)).for_each(chosen);
    };
    let picked = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        take(input.files());
        // The same file can be chosen again.
        input.set_value("");
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    view! {
        <label
            class="drop small" class:over=over
            on:dragover=move |event: DragEvent| { event.prevent_default(); over.set(true); }
            on:dragleave=move |_| over.set(false) on:drop=dropped
        >
            {icon("paperclip")}
            <span>{label}</span>
            <input type="file" class="visually-hidden" multiple=true on:change=picked />
        </label>
    }
    .into_any()
}

/// A button that chooses one file.
pub fn file_button(label: &'static str, chosen: impl Fn(File) + 'static) -> AnyView {
    let picked = move |event: leptos::ev::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        if let Some(file) = file {
            chosen(file);
        }
    };
    view! {
        <label class="button small file-button">
            {icon("paperclip")}<span>{label}</span>
            <input type="file" class="visually-hidden" on:change=picked />
        </label>
    }
    .into_any()
}

/// The files beside an account.
pub fn attachments(app: App, account: &AccountView, writable: bool) -> AnyView {
    let (vault, id) = (account.vault, account.id);
    let files = &account.fields.files;
    if files.is_empty() && !writable {
        return ().into_any();
    }
    let lines = files.iter().map(|file| {
        let gone = file.id;
        let remove = move || {
            spawn_local(async move {
                match ask(RemoveFile { vault, account: id, file: gone }).await {
                    Ok(changed) => app.done(tr!(files.removed), changed),
                    Err(error) => app.fail(&error),
                }
            });
        };
        file_line(app, vault, id, file, writable.then(|| Box::new(remove) as Box<dyn Fn()>))
    });
    let add = writable.then(|| {
        drop_zone(tr!(files.add), move |file| {
            spawn_local(async move {
                let Some(file) = upload(app, vault, &file).await else { return };
                match ask(AttachFile { vault, account: id, file }).await {
                    Ok(changed) => app.done(tr!(files.added), changed),
                    Err(error) => app.fail(&error),
                }
            });
        })
    });
    let item = Item::Account(vault, account.resource, id);
    let removed = writable.then(|| removed_files(app, item, &account.removed));
    view! { <div class="fact files"><dt>{tr!(files.title)}</dt><dd>{lines.collect_view()}{add}{removed}</dd></div> }
        .into_any()
}

/// The files that were taken away from a resource.
pub fn removed_of_resource(app: App, resource: &ResourceView) -> Option<AnyView> {
    let item = Item::Resource(resource.vault, resource.id);
    let lines =
        (resource.writable && !resource.removed.is_empty()).then(|| removed_files(app, item, &resource.removed));
    lines.map(|lines| view! { <div class="fact files"><dt>{tr!(files.title)}</dt><dd>{lines}</dd></div> }.into_any())
}

/// Files that were taken away, each with a way back; nothing where there are none.
fn removed_files(app: App, item: Item, removed: &[FileRef]) -> AnyView {
    if removed.is_empty() {
        return ().into_any();
    }
    let lines = removed.iter().map(|file| {
        let label = tr!(files.restore, name = file.name.clone());
        let (name, size) = (file.name.clone(), bytes(file.length));
        let file = file.clone();
        let restore = move |_| {
            let file = file.clone();
            spawn_local(async move {
                match ask(RestoreFile { item, file }).await {
                    Ok(changed) => app.done(tr!(files.restored), changed),
                    Err(error) => app.fail(&error),
                }
            });
        };
        view! {
            <div class="file-line">
                {icon("paperclip")}
                <span class="file-name grow">{name}</span>
                <span class="muted">{size}</span>
                <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=restore>{icon("undo-2")}</button>
            </div>
        }
    });
    let lines = lines.collect_view();
    let title = tr!(files.removed_title, count = removed.len());
    view! { <details class="removed-files"><summary>{title}</summary>{lines}</details> }.into_any()
}

/// Everything that is on its way: at the edge of the page, and in a form that sends files.
pub fn transfers(app: App) -> AnyView {
    let lines = move || {
        let ids: Vec<TransferId> =
            app.transfers.with(|transfers| transfers.iter().map(|transfer| transfer.id).collect());
        ids
    };
    view! {
        <div class="transfers">
            <For each=lines key=|id| *id children=move |id| transfer_line(app, id) />
        </div>
    }
    .into_any()
}

fn transfer_line(app: App, id: TransferId) -> AnyView {
    let now = Memo::new(move |_| {
        app.transfers.with(|transfers| transfers.iter().find(|transfer| transfer.id == id).cloned())
    });
    let Some(Moving { name, way, .. }) = now.get_untracked() else { return ().into_any() };
    let label = match way {
        Way::Up => tr!(files.sending, name = name.clone()),
        Way::Down => tr!(files.fetching, name = name.clone()),
    };
    let percent = move || {
        now.with(|now| now.as_ref().map_or(100, |now| now.done.saturating_mul(100) / now.total.max(1)).min(100))
    };
    let waits = Memo::new(move |_| now.with(|now| now.as_ref().is_some_and(|now| now.state == TransferState::Waiting)));
    let told = move || {
        now.with(|now| {
            let (done, total) = now.as_ref().map_or((0, 0), |now| (now.done, now.total));
            tr!(files.progress, done = bytes(done), total = bytes(total))
        })
    };
    let state = move || {
        waits.get().then(|| {
            let resume = move |_| {
                spawn_local(async move {
                    let _ = ask(ResumeTransfer { transfer: id }).await;
                });
            };
            view! {
                <span class="warn-text" role="status">{tr!(files.waiting)}</span>
                <button type="button" class="button small" on:click=resume>{icon("refresh-cw")}<span>{tr!(files.resume)}</span></button>
            }
        })
    };
    let cancel = move |_| {
        spawn_local(async move {
            let _ = ask(CancelTransfer { transfer: id }).await;
        });
    };
    let cancel_label = tr!(files.cancel, name = name);
    view! {
        <div class="transfer" class:waiting=waits>
            <div class="transfer-line">
                {icon(if way == Way::Up { "file-up" } else { "download" })}
                <span class="file-name grow">{label.clone()}</span>
                <button type="button" class="icon-button" aria-label=cancel_label.clone() title=cancel_label on:click=cancel>{icon("x")}</button>
            </div>
            <div class="progress" role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=move || percent().to_string()>
                <i style:width=move || format!("{}%", percent())></i>
            </div>
            <div class="transfer-line"><span class="muted grow">{told}</span>{state}</div>
        </div>
    }
    .into_any()
}

/// Files that a form sends: they are given up when it closes before it names them.
#[derive(Clone, Copy)]
pub struct Sent {
    files: StoredValue<Vec<ObjectId>>,
    /// How many are on their way.
    moving: RwSignal<usize>,
}

impl Sent {
    /// For the form that is being made.
    pub fn new() -> Self {
        let files = StoredValue::new(Vec::new());
        on_cleanup(move || give_up(files.try_get_value().unwrap_or_default()));
        Self { files, moving: RwSignal::new(0) }
    }

    /// Whether one is on its way: a form that is saved now would leave it out.
    pub fn is_moving(self) -> bool {
        self.moving.get() > 0
    }

    /// Sends a file to a vault; `done` is given it once the server has all of it, if the form is still there.
    pub fn upload(self, vault: VaultId, file: File, done: impl FnOnce(FileRef) + 'static) {
        let app = App::get();
        self.moving.update(|moving| *moving += 1);
        spawn_local(async move {
            let sent = upload(app, vault, &file).await;
            self.moving.try_update(|moving| *moving = moving.saturating_sub(1));
            let Some(file) = sent else { return };
            match self.files.try_update_value(|files| files.push(file.id)) {
                Some(()) => done(file),
                None => give_up(vec![file.id]),
            }
        });
    }
}

fn give_up(files: Vec<ObjectId>) {
    if !files.is_empty() {
        spawn_local(async move {
            let _ = ask(DropUploads { files }).await;
        });
    }
}
