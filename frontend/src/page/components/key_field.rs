//! What stands below a typed key or certificate: making and loading one, and what it is.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::keys::{CertificateRead, KeyFault, PairedKey, SshKeyRead};
use sealward_client::model::{Day, SecretType, limits};

use super::field::{Kind, TextField};
use super::file::{dropped_file, file_button, read_file};
use super::icon::icon;
use super::public_part::{is_key_type, validity};
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::engine::ask;
use crate::page::language::{day, iso, number, tr};

/// What the form lends to its key.
#[derive(Clone, Copy)]
pub struct KeyField {
    /// What kind of secret is chosen.
    pub kind: Signal<SecretType>,
    /// The key as typed.
    pub secret: RwSignal<String>,
    /// The day of expiry as typed.
    pub expiry: RwSignal<String>,
    /// Whose key it would be.
    pub comment: Signal<String>,
}

impl KeyField {
    /// The tools and the reading; nothing for secrets that are no keys.
    pub fn view(self) -> AnyView {
        let reading = RwSignal::new(None::<KeyReading>);
        let Self { kind, secret, .. } = self;
        Effect::new(move |_| {
            let (secret_type, typed) = (kind.get(), secret.get());
            if typed.trim().is_empty() || !is_key_type(secret_type) {
                reading.set(None);
                return;
            }
            spawn_local(async move {
                let answer = ask(ReadKey { secret_type, text: SecretText::new(typed.clone()) }).await;
                // What was typed since is being asked about.
                if secret.try_with_untracked(|now| *now == typed) == Some(true)
                    && kind.try_get_untracked() == Some(secret_type)
                {
                    reading.set(answer.ok());
                }
            });
        });
        let said = move || {
            reading.get().map(|reading| match reading {
                Ok(KeyView::SshKey(read)) => untrack(|| self.ssh_key(&read)),
                Ok(KeyView::Certificate(read)) => untrack(|| self.certificate(&read)),
                Err(fault) => view! { <p class="hint">{explain_key(fault)}" "{tr!(keys.kept_anyway)}</p> }.into_any(),
            })
        };
        let tools = move || is_key_type(kind.get()).then(|| untrack(|| self.tools()));
        view! { {tools} <div role="status">{said}</div> }.into_any()
    }

    fn tools(self) -> AnyView {
        let app = App::get();
        let make = (self.kind.get() == SecretType::SshKey).then(|| {
            view! {
                <button type="button" class="button small" on:click=move |_| self.make(app)>
                    {icon("sparkles")}<span>{tr!(keys.make)}</span>
                </button>
            }
        });
        view! {
            <div class="secret-tools">
                <span class="grow"></span>
                {file_button("file-up", tr!(keys.load), "", move |file| self.load(app, file))}
                {make}
            </div>
        }
        .into_any()
    }

    fn make(self, app: App) {
        let comment = self.comment.get_untracked();
        spawn_local(async move { self.take(app, ask(MakeKey { comment }).await) });
    }

    fn load(self, app: App, file: web_sys::File) {
        #[expect(clippy::cast_precision_loss, reason = "64 KiB")]
        if file.size() > limits::SECRET as f64 {
            app.say(explain_key(KeyFault::TooLong));
            return;
        }
        spawn_local(async move {
            if let Some(file) = read_file(&file).await {
                self.take(app, ask(ReadKeyFile { file }).await);
            }
        });
    }

    /// Takes a dropped file; says whether there was one.
    pub fn take_dropped(self, event: &web_sys::DragEvent) {
        if is_key_type(self.kind.get_untracked())
            && let Some(file) = dropped_file(event)
        {
            self.load(App::get(), file);
        }
    }

    fn take(self, app: App, answer: Result<KeyText, Error>) {
        match answer {
            Ok(Ok(text)) => drop(self.secret.try_set(text.expose().to_owned())),
            Ok(Err(fault)) => app.say(explain_key(fault)),
            Err(error) => app.fail(&error),
        }
    }

    fn ssh_key(self, read: &SshKeyRead) -> AnyView {
        let public = read.public.as_ref().map(|public| {
            let kind = public.kind.clone().unwrap_or_default();
            view! { <p class="key-said">{icon("check")}<span>{kind}" "<span class="mono">{public.fingerprint.clone()}</span></span></p> }
        });
        let unknown =
            (read.public.is_none() && !read.locked).then(|| view! { <p class="hint">{tr!(keys.no_public_half)}</p> });
        let locked = read.locked.then(|| {
            let unlock = read.unlockable.then(|| self.unlocking());
            view! { <p class="hint">{tr!(keys.locked_hint)}</p> {unlock} }
        });
        view! { <div class="key-reading">{public}{unknown}{locked}</div> }.into_any()
    }

    fn unlocking(self) -> AnyView {
        let app = App::get();
        let passphrase = RwSignal::new(String::new());
        let fault = RwSignal::new(None::<String>);
        let unlock = move |_| {
            let text = SecretText::new(self.secret.get_untracked());
            let passphrase = SecretText::new(passphrase.get_untracked());
            fault.set(None);
            spawn_local(async move {
                match ask(UnlockKey { text, passphrase }).await {
                    Ok(Err(KeyFault::WrongPassphrase)) => {
                        drop(fault.try_set(Some(tr!(keys.wrong_passphrase).to_owned())))
                    }
                    answer => self.take(app, answer),
                }
            });
        };
        view! {
            <div class="unlock">
                {TextField::new(tr!(keys.passphrase), passphrase).kind(Kind::Password).fault(fault.into()).view()}
                <button type="button" class="button" on:click=unlock>{tr!(keys.unlock)}</button>
            </div>
        }
        .into_any()
    }

    fn certificate(self, read: &CertificateRead) -> AnyView {
        let public = &read.public;
        let paired = match read.key {
            PairedKey::Absent => tr!(keys.key_absent),
            PairedKey::Fits => tr!(keys.key_fits),
            PairedKey::Foreign => tr!(keys.key_foreign),
            PairedKey::Unread => tr!(keys.key_unread),
        };
        let foreign = read.key == PairedKey::Foreign;
        let others = (read.others > 0).then(|| tr!(keys.chain, count = number(read.others)));
        let last = Day::of(public.not_after);
        let propose = move || {
            let wanted = iso(last);
            (self.expiry.get() != wanted).then(|| {
                view! {
                    <button type="button" class="button small" on:click=move |_| self.expiry.set(wanted.clone())>
                        {icon("calendar")}<span>{tr!(keys.take_expiry, day = day(last))}</span>
                    </button>
                }
            })
        };
        view! {
            <div class="key-reading">
                <p class="key-said">{icon("check")}<span>{public.subject.clone()}</span></p>
                <p class="hint">{validity(public)}" · "{public.key.clone()}</p>
                <p class="hint" class:bad=foreign>{paired}{others.map(|others| format!(" {others}"))}</p>
                {propose}
            </div>
        }
        .into_any()
    }
}

/// Why a text is no key or certificate.
fn explain_key(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::NotAKey => tr!(keys.not_a_key),
        KeyFault::PublicHalf => tr!(keys.public_half),
        KeyFault::Putty => tr!(keys.putty),
        KeyFault::Pkcs12 => tr!(keys.pkcs12),
        KeyFault::Damaged => tr!(keys.damaged),
        KeyFault::Unknown => tr!(keys.unknown),
        KeyFault::WrongPassphrase => tr!(keys.wrong_passphrase),
        KeyFault::TooManyRounds => tr!(keys.too_many_rounds),
        KeyFault::TooLong => tr!(keys.too_long),
    }
}
