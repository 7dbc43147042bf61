//! A secret on the page: dots until asked for, then for half a minute its text; copied without being shown.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::icon;
use super::large_type::large_type_button;
use crate::bridge::{
    ObjectId, ReleasePurpose, ReleaseSecret, ReleaseVersion, ReleasedSecret, SecretText, VaultId, Version,
};
use crate::page::app::App;
use crate::page::clipboard;
use crate::page::engine::ask;
use crate::page::language::{tr, within_sentence};

/// Seconds that a secret stays on the screen.
const SECONDS: u32 = 30;

/// One account's secrets, as far as the page has them. They go when the time is over or the page is left.
#[derive(Clone, Copy)]
pub struct Shelf {
    app: App,
    vault: VaultId,
    account: ObjectId,
    /// An earlier version of the secret; without one, the newest.
    version: Option<Version>,
    shown: RwSignal<Option<Arc<ReleasedSecret>>>,
    left: RwSignal<u32>,
    busy: RwSignal<bool>,
    timer: StoredValue<Option<IntervalHandle>>,
}

impl Shelf {
    /// A shelf with nothing on it.
    pub fn new(vault: VaultId, account: ObjectId) -> Self {
        Self::of(vault, account, None)
    }

    /// The shelf of one version.
    pub fn of_version(vault: VaultId, account: ObjectId, version: Version) -> Self {
        Self::of(vault, account, Some(version))
    }

    fn of(vault: VaultId, account: ObjectId, version: Option<Version>) -> Self {
        let shelf = Self {
            app: App::get(),
            vault,
            account,
            version,
            shown: RwSignal::new(None),
            left: RwSignal::new(0),
            busy: RwSignal::new(false),
            timer: StoredValue::new(None),
        };
        on_cleanup(move || shelf.stop());
        shelf
    }

    /// Shows the secrets of the account, or hides them.
    pub fn toggle(self) {
        if self.shown.with_untracked(Option::is_some) {
            self.hide();
            return;
        }
        self.release(ReleasePurpose::Reveal, move |secret| {
            self.shown.set(Some(Arc::new(secret)));
            self.left.set(SECONDS);
            let tick = move || {
                let left = self.left.try_get_untracked().unwrap_or(0).saturating_sub(1);
                if left == 0 { self.hide() } else { self.left.set(left) }
            };
            self.timer.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        });
    }

    /// Copies the secret, or a hidden field.
    pub fn copy(self, field: Option<String>) {
        self.release(ReleasePurpose::Copy, move |secret| {
            spawn_local(async move {
                let text = pick(&secret, field.as_deref()).map_or("", SecretText::expose);
                clipboard::copy_secret(self.app, text).await;
            });
        });
    }

    fn release(self, purpose: ReleasePurpose, done: impl FnOnce(ReleasedSecret) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let (vault, account) = (self.vault, self.account);
            let answer = match self.version {
                Some(version) => ask(ReleaseVersion { vault, account, version, purpose }).await,
                None => ask(ReleaseSecret { vault, account, purpose }).await,
            };
            // The page may have been left while the server answered.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(secret) => done(secret),
                Err(error) => self.app.fail(&error),
            }
        });
    }

    /// Hides the secrets.
    pub fn hide(self) {
        self.stop();
        self.shown.try_set(None);
    }

    fn stop(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }

    /// The hidden fields that the secret has, while it is shown: an earlier version may have others than the account.
    pub fn hidden_fields(self) -> AnyView {
        let fields = move || {
            let shown = self.shown.get()?;
            let line = |(label, text): &(String, SecretText)| {
                view! { <div class="fact"><dt>{label.clone()}</dt><dd>{coloured(text.expose())}</dd></div> }
            };
            let lines = shown.hidden.iter().map(line).collect_view();
            (!shown.hidden.is_empty()).then(|| view! { <dl class="facts">{lines}</dl> })
        };
        fields.into_any()
    }

    /// The line of one secret: dots or text, the button that shows and the one that copies.
    pub fn line(self, label: String, field: Option<String>) -> AnyView {
        let for_text = field.clone();
        let text = move || {
            match self.shown.get() {
            Some(secret) => match pick(&secret, for_text.as_deref()) {
                Some(text) => coloured(text.expose()),
                None => view! { <span class="muted">{tr!(secret.none)}</span> }.into_any(),
            },
            None => view! {
                <span class="dots"><span aria-hidden="true">"••••••••••"</span><span class="visually-hidden">{tr!(secret.hidden)}</span></span>
            }
            .into_any(),
        }
        };
        let spoken = {
            let (label, field) = (label.clone(), field.clone());
            move || {
                let secret = self.shown.get()?;
                large_type_button(&label, pick(&secret, field.as_deref())?.expose())
            }
        };
        let is_shown = move || self.shown.with(Option::is_some);
        let show_label = {
            let label = within_sentence(&label);
            move || if is_shown() { tr!(secret.hide, what = label) } else { tr!(secret.show, what = label) }
        };
        let copy_label = tr!(secret.copy, what = within_sentence(&label));
        view! {
            <div class="secret-line" class:shown=is_shown>
                <div class="secret-text">{text}</div>
                {spoken}
                {move || is_shown().then(|| view! {
                    <span class="countdown" title=tr!(secret.hides_itself)>{move || self.left.get()}</span>
                })}
                <button
                    type="button" class="icon-button" aria-label=show_label.clone() title=show_label
                    aria-pressed=move || is_shown().to_string() aria-busy=move || self.busy.get().to_string()
                    on:click=move |_| self.toggle()
                >
                    {move || icon(if is_shown() { "eye-off" } else { "eye" })}
                </button>
                <button
                    type="button" class="icon-button" aria-label=copy_label.clone() title=copy_label
                    on:click=move |_| self.copy(field.clone())
                >
                    {icon("copy")}
                </button>
            </div>
        }
        .into_any()
    }
}

fn pick<'a>(secret: &'a ReleasedSecret, field: Option<&str>) -> Option<&'a SecretText> {
    match field {
        None => secret.secret.as_ref(),
        Some(label) => secret.hidden.iter().find(|(other, _)| other == label).map(|(_, text)| text),
    }
}

/// Letters, digits and signs in colours of their own, so that `l`, `1`, `O` and `0` can be told apart.
pub fn coloured(text: &str) -> AnyView {
    if text.chars().any(|character| character == '\n') {
        return view! { <pre class="secret-block">{text.to_owned()}</pre> }.into_any();
    }
    let mut runs: Vec<(&'static str, String)> = Vec::new();
    for character in text.chars() {
        let class = match character {
            '0'..='9' => "digit",
            character if character.is_alphabetic() => "letter",
            _ => "sign",
        };
        match runs.last_mut() {
            Some((last, run)) if *last == class => run.push(character),
            _ => runs.push((class, character.to_string())),
        }
    }
    let runs = runs.into_iter().map(|(class, run)| view! { <span class=class>{run}</span> }).collect_view();
    view! { <span class="secret-shown" translate="no">{runs}</span> }.into_any()
}
