//! The one-time code of an account: asked for once, then running, with the time that is left and, near the end, the
//! next one. The seed stays in the worker.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::otp::SeedFault;

use super::icon::icon;
use super::large_type::large_type_button;
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::clipboard;
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// Milliseconds between two looks at the clock.
const TICK: u64 = 250;
/// Seconds before the end in which the next code is shown.
const NEAR: u32 = 10;

/// What is on the screen of a code.
#[derive(Clone)]
struct Shown {
    code: Arc<CodeView>,
    /// When it ends, by the page's clock.
    end: f64,
}

/// The code of one account.
#[derive(Clone, Copy)]
struct Line {
    app: App,
    vault: VaultId,
    account: ObjectId,
    shown: RwSignal<Option<Shown>>,
    /// Seconds that are left.
    left: RwSignal<u32>,
    busy: RwSignal<bool>,
    timer: StoredValue<Option<IntervalHandle>>,
}

/// The line of the code in an account's card.
pub fn code_line(vault: VaultId, account: ObjectId) -> AnyView {
    let line = Line {
        app: App::get(),
        vault,
        account,
        shown: RwSignal::new(None),
        left: RwSignal::new(0),
        busy: RwSignal::new(false),
        timer: StoredValue::new(None),
    };
    on_cleanup(move || line.close());
    let is_shown = Memo::new(move |_| line.shown.with(Option::is_some));
    let toggle_label = move || if is_shown.get() { tr!(otp.hide) } else { tr!(otp.show) };
    let body = move || if is_shown.get() { line.running() } else { hidden() };
    let spoken = move || line.shown.get().map(|shown| large_type_button(tr!(otp.code), shown.code.now.expose()));
    view! {
        <div class="fact">
            <dt>{tr!(otp.code)}</dt>
            <dd>
                <div class="secret-line" class:shown=is_shown>
                    <div class="secret-text">{body}</div>
                    {spoken}
                    <button
                        type="button" class="icon-button" aria-label=toggle_label title=toggle_label
                        aria-pressed=move || is_shown.get().to_string() aria-busy=move || line.busy.get().to_string()
                        on:click=move |_| line.toggle()
                    >
                        {move || icon(if is_shown.get() { "eye-off" } else { "eye" })}
                    </button>
                    <button
                        type="button" class="icon-button" aria-label=tr!(otp.copy) title=tr!(otp.copy)
                        on:click=move |_| copy_code(line.app, vault, account)
                    >
                        {icon("copy")}
                    </button>
                </div>
            </dd>
        </div>
    }
    .into_any()
}

/// Copies the code of this moment: the whole of it by one key.
pub fn copy_code(app: App, vault: VaultId, account: ObjectId) {
    spawn_local(async move {
        match ask(CopyCode { vault, account }).await {
            Ok(Ok(code)) => clipboard::copy_secret(app, code.now.expose()).await,
            Ok(Err(fault)) => app.say(explain_seed(fault)),
            Err(Error::Gone) => app.say(tr!(otp.none)),
            Err(error) => app.fail(&error),
        }
    });
}

/// Why a text is no seed that codes can be made from.
pub fn explain_seed(fault: SeedFault) -> &'static str {
    match fault {
        SeedFault::NotASeed => tr!(otp.not_a_seed),
        SeedFault::NoSecret => tr!(otp.no_secret),
        SeedFault::TooShort => tr!(otp.too_short),
        SeedFault::TooLong => tr!(otp.too_long),
        SeedFault::Counter => tr!(otp.counter),
        SeedFault::Collection => tr!(otp.collection),
        SeedFault::NotStandard => tr!(otp.not_standard),
        SeedFault::Hash => tr!(otp.unknown_hash),
        SeedFault::Digits => tr!(otp.wrong_digits),
        SeedFault::Period => tr!(otp.wrong_period),
    }
}

impl Line {
    fn toggle(self) {
        if self.shown.with_untracked(Option::is_some) {
            self.close();
        } else if !self.busy.get_untracked() {
            self.busy.set(true);
            let Self { vault, account, .. } = self;
            spawn_local(async move { self.take(ask(OpenCode { vault, account }).await) });
        }
    }

    /// Shows what came, and watches its time.
    fn take(self, answer: Result<CodeReading, Error>) {
        // The page may have been left while the server answered: nobody reads the seed any more.
        if self.busy.try_set(false).is_some() {
            self.forget();
            return;
        }
        match answer {
            Ok(Ok(code)) => {
                let end = now() + f64::from(code.left);
                self.left.set(code.left.div_ceil(1_000));
                self.shown.set(Some(Shown { code: Arc::new(code), end }));
                if self.timer.with_value(Option::is_none) {
                    let tick = move || self.tick();
                    self.timer.set_value(set_interval_with_handle(tick, Duration::from_millis(TICK)).ok());
                }
            }
            Ok(Err(fault)) => {
                self.close();
                self.app.say(explain_seed(fault));
            }
            // The seed was changed elsewhere, or has been here for long enough.
            Err(Error::Gone) => self.close(),
            Err(error) => {
                self.close();
                self.app.fail(&error);
            }
        }
    }

    fn tick(self) {
        let Some(Some(end)) = self.shown.try_with_untracked(|shown| shown.as_ref().map(|shown| shown.end)) else {
            return;
        };
        let left = seconds_until(end);
        if left != self.left.get_untracked() {
            self.left.set(left);
        }
        if left == 0 && !self.busy.get_untracked() {
            self.busy.set(true);
            let Self { vault, account, .. } = self;
            spawn_local(async move { self.take(ask(ReadCode { vault, account }).await) });
        }
    }

    fn close(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
        if self.shown.try_get_untracked().flatten().is_some() {
            self.shown.try_set(None);
            self.forget();
        }
    }

    fn forget(self) {
        let Self { vault, account, .. } = self;
        spawn_local(async move {
            let _ = ask(CloseCode { vault, account }).await;
        });
    }

    fn running(self) -> AnyView {
        let code = move || self.shown.get().map(|shown| grouped(shown.code.now.expose()));
        let period = move || self.shown.with(|shown| shown.as_ref().map_or(30, |shown| shown.code.period));
        let next = move || {
            let near = self.left.get() <= NEAR.min(period() / 2);
            near.then(|| self.shown.get()).flatten().map(|shown| {
                view! { <span class="next-code">{tr!(otp.next)}" "<span class="mono">{grouped(shown.code.next.expose())}</span></span> }
            })
        };
        let dash = move || format!("{} 100", self.left.get().saturating_mul(100) / period().max(1));
        let left = move || tr!(otp.left, seconds = number(self.left.get()));
        view! {
            <div class="code-line" class:near=move || self.left.get() <= NEAR.min(period() / 2)>
                <span class="one-time-code mono" translate="no">{code}</span>
                <span class="code-time" title=left>
                    <svg class="code-ring" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
                        <circle cx="10" cy="10" r="8" class="code-ring-whole"></circle>
                        <circle cx="10" cy="10" r="8" class="code-ring-left" pathLength="100" stroke-dasharray=dash transform="rotate(-90 10 10)"></circle>
                    </svg>
                    <span aria-hidden="true">{move || self.left.get()}</span>
                    <span class="visually-hidden">{left}</span>
                </span>
                {next}
            </div>
        }
        .into_any()
    }
}

fn hidden() -> AnyView {
    view! {
        <span class="dots"><span aria-hidden="true">"••• •••"</span><span class="visually-hidden">{tr!(otp.hidden)}</span></span>
    }
    .into_any()
}

/// Digits in two halves, as they are read.
fn grouped(code: &str) -> String {
    let half = code.len().div_ceil(2);
    match code.split_at_checked(half) {
        Some((first, second)) => format!("{first}\u{2009}{second}"),
        None => code.to_owned(),
    }
}

fn now() -> f64 {
    js_sys::Date::now()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a period is an hour at most")]
fn seconds_until(end: f64) -> u32 {
    ((end - now()) / 1_000.0).ceil().max(0.0) as u32
}
