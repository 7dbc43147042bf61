//! Copying. A secret is taken out of the clipboard again after a time; where the browser forbids that because the
//! person is in another window, as soon as they are back.

use std::cell::Cell;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::app::App;
use super::language::tr;

/// Seconds that a secret stays in the clipboard.
pub const SECONDS: u32 = 45;

thread_local! {
    static COPIES: Cell<u32> = const { Cell::new(0) };
}

/// Copies what is no secret.
pub fn copy(app: App, text: String) {
    spawn_local(async move {
        COPIES.set(COPIES.get().wrapping_add(1));
        app.say(if write(&text).await { tr!(copy.copied) } else { tr!(copy.failed) });
    });
}

/// Copies a secret and empties the clipboard later.
pub async fn copy_secret(app: App, text: &str) {
    if !write(text).await {
        app.say(tr!(copy.failed));
        return;
    }
    let copy = COPIES.get().wrapping_add(1);
    COPIES.set(copy);
    app.say(tr!(copy.secret, seconds = SECONDS));
    set_timeout(move || spawn_local(empty(app, copy)), Duration::from_secs(u64::from(SECONDS)));
}

async fn empty(app: App, copy: u32) {
    // Whatever was copied since is not ours to take.
    if COPIES.get() != copy {
        return;
    }
    if write("").await {
        COPIES.set(copy.wrapping_add(1));
        app.say(tr!(copy.emptied));
        return;
    }
    let handle = StoredValue::new_local(None::<WindowListenerHandle>);
    let listener = window_event_listener(ev::focus, move |_| {
        if let Some(Some(listener)) = handle.try_update_value(Option::take) {
            listener.remove();
        }
        spawn_local(async move {
            if COPIES.get() == copy && write("").await {
                COPIES.set(copy.wrapping_add(1));
                app.say(tr!(copy.emptied));
            }
        });
    });
    handle.set_value(Some(listener));
}

async fn write(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}
