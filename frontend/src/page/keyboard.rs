//! Keys. While an input method composes, no shortcut fires and Enter sends nothing.

use std::cell::Cell;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

thread_local! {
    static LAST_KEY_COMPOSED: Cell<bool> = const { Cell::new(false) };
}

/// Whether the key belongs to an input method. Safari reports the closing Enter as 229 only.
pub fn composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == 229
}

/// Whether the last key belonged to an input method: a form that is sent by it stays.
pub fn just_composed() -> bool {
    LAST_KEY_COMPOSED.get()
}

/// Starts to watch. `pressed` gets every key that no input method took.
pub fn watch(pressed: impl Fn(&KeyboardEvent) + 'static) {
    let keys = window_event_listener(ev::keydown, move |event| {
        let composed = composing(&event);
        LAST_KEY_COMPOSED.set(composed);
        if !composed {
            pressed(&event);
        }
    });
    let pointer = window_event_listener(ev::pointerdown, |_| LAST_KEY_COMPOSED.set(false));
    on_cleanup(move || {
        keys.remove();
        pointer.remove();
    });
}

/// Ctrl, or Command on a Mac.
pub fn commanded(event: &KeyboardEvent) -> bool {
    (event.ctrl_key() || event.meta_key()) && !event.alt_key()
}

/// `⌘` on a Mac, else `Ctrl `.
pub fn command_key() -> &'static str {
    let platform = window().navigator().user_agent().unwrap_or_default();
    if platform.contains("Mac OS") { "⌘" } else { "Ctrl " }
}

/// Whether it happened inside of what a selector finds.
pub fn within(event: &web_sys::Event, selector: &str) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.closest(selector).ok().flatten().is_some())
}

/// Letters typed one after the other in a list, to jump to what begins with them.
#[derive(Clone, Copy)]
pub struct TypedAhead(StoredValue<(f64, String)>);

impl TypedAhead {
    /// Milliseconds after which a letter begins a new word.
    const PAUSE: f64 = 900.0;

    /// Nothing typed.
    pub fn new() -> Self {
        Self(StoredValue::new((0.0, String::new())))
    }

    /// Takes a letter; gives all letters of the word so far, small.
    pub fn letter(self, event: &KeyboardEvent) -> Option<String> {
        let key = event.key();
        let letter = key.chars().next().filter(|_| key.chars().count() == 1)?;
        if commanded(event) || event.alt_key() || !letter.is_alphanumeric() {
            return None;
        }
        let now = js_sys::Date::now();
        let mut word = String::new();
        self.0.update_value(|(last, typed)| {
            if now - *last > Self::PAUSE {
                typed.clear();
            }
            *last = now;
            typed.extend(letter.to_lowercase());
            word.clone_from(typed);
        });
        Some(word)
    }
}

/// Gives the focus back to what has it now, once the part of the page that asks is gone. A dialog that is taken out of
/// the page does not do that by itself.
pub fn return_focus() {
    let before = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    on_cleanup(move || {
        if let Some(Some(element)) = before.try_update_value(Option::take) {
            request_animation_frame(move || {
                let taken = document().active_element().is_some_and(|now| now.tag_name() != "BODY");
                if element.is_connected() && !taken {
                    let _ = element.focus();
                }
            });
        }
    });
}

/// Whether the key went into a text.
pub fn typing(event: &KeyboardEvent) -> bool {
    event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || element.is_content_editable()
    })
}
