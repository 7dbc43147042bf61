//! The seed of an account's one-time codes in a form: kept, replaced or removed; typed, or read from a picture of a QR
//! code that is picked, pasted or dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::otp::{Algorithm, ImageFault, image::LARGEST_FILE};

use super::field::{Kind, TextField};
use super::file::{dropped_file, file_button, pasted_file, read_file};
use super::icon::icon;
use super::otp::explain_seed;
use crate::bridge::*;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{number, tr};

/// What becomes of a seed.
#[derive(Clone, Copy)]
pub struct SeedDraft {
    /// Whether there is one already.
    had: bool,
    fate: RwSignal<Fate>,
    text: RwSignal<String>,
    reading: RwSignal<Option<SeedReading>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// As it is: there, or not.
    Kept,
    /// What is typed takes its place.
    Typed,
    /// It goes.
    Removed,
}

impl SeedDraft {
    /// Of an account that has a seed, or has none.
    pub fn new(had: bool) -> Self {
        Self { had, fate: RwSignal::new(Fate::Kept), text: RwSignal::new(String::new()), reading: RwSignal::new(None) }
    }

    /// What becomes of it when the form is sent.
    pub fn change(self) -> SeedChange {
        match self.fate.get_untracked() {
            Fate::Typed if self.is_empty() => SeedChange::Keep,
            Fate::Typed => SeedChange::Replace(SecretText::new(self.text.get_untracked())),
            Fate::Removed => SeedChange::Remove,
            Fate::Kept => SeedChange::Keep,
        }
    }

    /// Whether the form would change something.
    pub fn touched(self) -> bool {
        match self.fate.get() {
            Fate::Kept => false,
            Fate::Typed => !self.text.with(|text| text.trim().is_empty()),
            Fate::Removed => true,
        }
    }

    /// Whether what is typed makes no codes: such a form is not sent.
    pub fn is_broken(self) -> bool {
        let broken = self.reading.with_untracked(|reading| matches!(reading, Some(Err(_))));
        broken && self.fate.get_untracked() == Fate::Typed
    }

    fn is_empty(self) -> bool {
        self.text.with_untracked(|text| text.trim().is_empty())
    }

    /// Its part of the form.
    pub fn view(self) -> AnyView {
        let text = self.text;
        let reading = self.reading;
        Effect::new(move |_| {
            let typed = text.get();
            if typed.trim().is_empty() {
                reading.set(None);
                return;
            }
            spawn_local(async move {
                let answer = ask(CheckSeed { text: SecretText::new(typed.clone()) }).await;
                // What was typed since is being asked about.
                if let Ok(answer) = answer
                    && text.try_with_untracked(|now| *now == typed) == Some(true)
                {
                    reading.set(Some(answer));
                }
            });
        });
        let part = move || {
            match (self.fate.get(), self.had) {
            (Fate::Kept, true) => self.kept(),
            (Fate::Kept, false) => view! {
                <button type="button" class="button small start" on:click=move |_| self.fate.set(Fate::Typed)>
                    {icon("timer")}<span>{tr!(otp.add)}</span>
                </button>
            }
            .into_any(),
            (Fate::Typed, _) => untrack(|| self.typed()),
            (Fate::Removed, _) => view! {
                <div class="field">
                    <span class="label">{tr!(otp.code)}</span>
                    <div class="kept">
                        <span class="grow muted">{tr!(otp.goes)}</span>
                        <button type="button" class="button small" on:click=move |_| self.fate.set(Fate::Kept)>{tr!(action.undo)}</button>
                    </div>
                </div>
            }
            .into_any(),
        }
        };
        view! { {part} }.into_any()
    }

    fn kept(self) -> AnyView {
        view! {
            <div class="field">
                <span class="label">{tr!(otp.code)}</span>
                <div class="kept">
                    <span class="grow muted">{tr!(account.secret_kept)}</span>
                    <button type="button" class="button small" aria-label=tr!(otp.replace) on:click=move |_| self.fate.set(Fate::Typed)>{tr!(account.secret_replace)}</button>
                    <button type="button" class="button small" aria-label=tr!(otp.remove) on:click=move |_| self.fate.set(Fate::Removed)>{tr!(otp.remove_short)}</button>
                </div>
            </div>
        }
        .into_any()
    }

    fn typed(self) -> AnyView {
        let over = RwSignal::new(false);
        let failed = RwSignal::new(None::<String>);
        let read = move |file: web_sys::File| {
            failed.set(None);
            #[expect(clippy::cast_precision_loss, reason = "16 MiB")]
            if file.size() > LARGEST_FILE as f64 {
                failed.set(Some(explain_image(ImageFault::TooLarge).to_owned()));
                return;
            }
            spawn_local(async move {
                let Some(image) = read_file(&file).await else { return };
                let (text, fault) = match ask(ReadQr { image }).await {
                    Ok(Ok(text)) => (Some(text), None),
                    Ok(Err(fault)) => (None, Some(explain_image(fault).to_owned())),
                    Err(error) => (None, Some(explain(&error))),
                };
                failed.try_set(fault);
                if let Some(text) = text {
                    self.text.try_set(text.expose().to_owned());
                }
            });
        };
        let fault = Signal::derive(move || {
            let unread = failed.get();
            unread.or_else(|| match self.reading.get() {
                Some(Err(fault)) => Some(explain_seed(fault).to_owned()),
                _ => None,
            })
        });
        let said = move || match self.reading.get() {
            Some(Ok(seed)) => {
                Some(view! { <p class="good-line seed-said">{icon("check")}<span>{describe(&seed)}</span></p> })
            }
            _ => None,
        };
        view! {
            <div
                class="seed" class:over=over
                on:dragover=move |event: web_sys::DragEvent| { event.prevent_default(); over.set(true); }
                on:dragleave=move |_| over.set(false)
                on:drop=move |event: web_sys::DragEvent| {
                    over.set(false);
                    if let Some(file) = dropped_file(&event) {
                        read(file);
                    }
                }
                on:paste=move |event| {
                    if let Some(file) = pasted_file(&event) {
                        event.prevent_default();
                        read(file);
                    }
                }
            >
                {TextField::new(tr!(otp.seed), self.text).kind(Kind::Password).hint(tr!(otp.seed_hint)).fault(fault).focus().view()}
                <div class="secret-tools">
                    <div role="status">{said}</div>
                    <span class="grow"></span>
                    {file_button("qr-code", tr!(otp.image), "image/png,image/jpeg", read)}
                </div>
            </div>
        }
        .into_any()
    }
}

/// Whose codes, and how they are made where that is not as usual.
fn describe(seed: &SeedView) -> String {
    let mut parts: Vec<String> =
        [&seed.issuer, &seed.account].into_iter().filter(|part| !part.is_empty()).cloned().collect();
    parts.push(tr!(otp.makes, digits = number(u32::from(seed.digits)), seconds = number(seed.period)));
    match seed.algorithm {
        Algorithm::Sha1 => {}
        Algorithm::Sha256 => parts.push("SHA-256".to_owned()),
        Algorithm::Sha512 => parts.push("SHA-512".to_owned()),
    }
    parts.join(" · ")
}

fn explain_image(fault: ImageFault) -> &'static str {
    match fault {
        ImageFault::TooLarge => tr!(otp.image_too_large),
        ImageFault::NotAnImage => tr!(otp.not_an_image),
        ImageFault::Damaged => tr!(otp.image_damaged),
        ImageFault::NoCode => tr!(otp.no_qr),
    }
}
