//! A file that is looked at: in a frame that has an origin of its own and where nothing runs. It is given to the frame as
//! an image or as plain text, whatever its sender called it. Browsers show no PDF in such a frame, and outside of one the
//! scripts of a PDF run: so its pages are drawn by a program of ours, and the frame is given their pictures.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url};

use super::dialog::{Width, dialog};
use super::file::read_file;
use crate::bridge::{Error, *};
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::tr;

/// A file that is looked at.
#[derive(Clone)]
pub struct Preview {
    name: String,
    // Handles of the browser stay on the page's one thread.
    file: StoredValue<Blob, LocalStorage>,
    kind: Kind,
}

/// How a file is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As an image of this type.
    Image(&'static str),
    /// As plain text.
    Text,
    /// As pictures of its pages.
    Pdf,
}

/// Larger ones are saved, not shown.
const SHOWN_TEXT: u64 = 2 << 20;
const SHOWN: u64 = 32 << 20;

impl Kind {
    /// How a file can be shown, by its name and by what its sender calls it. What it is shown as is one of ours: no file
    /// is ever shown as a page.
    pub fn of(file: &FileRef) -> Option<Self> {
        const IMAGES: [(&str, &str); 8] = [
            ("png", "image/png"),
            ("jpg", "image/jpeg"),
            ("jpeg", "image/jpeg"),
            ("gif", "image/gif"),
            ("webp", "image/webp"),
            ("avif", "image/avif"),
            ("bmp", "image/bmp"),
            ("svg", "image/svg+xml"),
        ];
        const TEXTS: [&str; 22] = [
            "txt", "md", "csv", "tsv", "log", "json", "xml", "yaml", "yml", "toml", "ini", "conf", "cfg", "pem", "crt",
            "cer", "key", "pub", "sh", "ps1", "sql", "html",
        ];
        let extension = file.name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let extension = extension.as_deref().unwrap_or_default();
        let image = IMAGES.iter().find(|(known, media)| *known == extension || *media == file.media_type);
        let kind = if let Some((_, media)) = image {
            Self::Image(media)
        } else if extension == "pdf" || file.media_type == "application/pdf" {
            Self::Pdf
        } else if TEXTS.contains(&extension) || file.media_type.starts_with("text/") {
            Self::Text
        } else {
            return None;
        };
        let most = if kind == Self::Text { SHOWN_TEXT } else { SHOWN };
        (file.length <= most).then_some(kind)
    }

    /// What the frame is told that it is.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Image(media) => media,
            Self::Text => "text/plain;charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }
}

impl Preview {
    /// Of a file that was fetched.
    pub fn new(name: String, file: Blob, kind: Kind) -> Self {
        Self { name, file: StoredValue::new_local(file), kind }
    }
}

/// What the frame is given, and what is said under it.
#[derive(Clone, PartialEq)]
enum Shown {
    /// Pages are being drawn.
    Drawing,
    Frame {
        url: String,
        hint: String,
    },
    Nothing(String),
}

/// The dialog.
pub fn preview(shown: Preview) -> AnyView {
    let Preview { name, file, kind } = shown;
    let state = RwSignal::new(Shown::Drawing);
    let Some(blob) = file.try_get_value() else { return ().into_any() };
    if kind == Kind::Pdf {
        spawn_local(async move {
            // The dialog was closed meanwhile: its address is given back at once.
            if let Some(Shown::Frame { url, .. }) = state.try_set(draw(&blob).await) {
                let _ = Url::revoke_object_url(&url);
            }
        });
    } else {
        state.set(frame(&blob, tr!(files.preview_hint).to_owned()));
    }
    // The address is given back.
    on_cleanup(move || {
        if let Some(Shown::Frame { url, .. }) = state.try_get_untracked() {
            let _ = Url::revoke_object_url(&url);
        }
    });
    let title = tr!(files.preview_of, name = name.clone());
    let class = match kind {
        Kind::Image(_) => "preview image",
        Kind::Text => "preview text",
        Kind::Pdf => "preview pages",
    };
    let content = move || match state.get() {
        Shown::Drawing => {
            view! { <p role="status"><span class="spinner" aria-hidden="true"></span>" "{tr!(files.pdf_drawing)}</p> }
                .into_any()
        }
        Shown::Frame { url, hint } => view! {
            <iframe class=class title=title.clone() sandbox="" src=url></iframe>
            <p class="hint">{hint}</p>
        }
        .into_any(),
        Shown::Nothing(why) => view! { <p role="alert">{why}</p> }.into_any(),
    };
    let body = view! { <div class="dialog-body preview-body">{content}</div> };
    dialog(name, Width::Wide, body.into_any())
}

async fn draw(file: &Blob) -> Shown {
    let Some(file) = read_file(file).await else { return Shown::Nothing(tr!(files.error_changed).to_owned()) };
    let drawn = match ask(DrawPdf { file }).await {
        Ok(drawn) => drawn,
        Err(error) => return Shown::Nothing(explain(&error)),
    };
    if drawn.drawn == 0 {
        return Shown::Nothing(tr!(files.pdf_unreadable).to_owned());
    }
    let hint = if drawn.drawn == drawn.count {
        tr!(files.pdf_hint).to_owned()
    } else {
        tr!(files.pdf_hint_part, drawn = drawn.drawn, count = drawn.count)
    };
    let kind = BlobPropertyBag::new();
    kind.set_type("text/html;charset=utf-8");
    let parts = js_sys::Array::of1(&JsValue::from_str(&drawn.html));
    match Blob::new_with_str_sequence_and_options(&parts, &kind) {
        Ok(page) => frame(&page, hint),
        Err(_) => Shown::Nothing(explain(&Error::OutOfMemory)),
    }
}

fn frame(blob: &Blob, hint: String) -> Shown {
    match Url::create_object_url_with_blob(blob) {
        Ok(url) => Shown::Frame { url, hint },
        Err(_) => Shown::Nothing(explain(&Error::OutOfMemory)),
    }
}
