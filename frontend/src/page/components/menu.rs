//! Menus on the native popover: arrows move, Escape and a click elsewhere close.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::field::fresh_id;
use super::icon::icon;
use crate::page::keyboard::composing;

/// A line of a menu.
#[derive(Clone)]
pub struct MenuItem {
    /// What it says.
    pub label: String,
    /// Its icon.
    pub icon: &'static str,
    /// Whether it takes something away.
    pub danger: bool,
    /// Whether it is the one in force, where one of several is.
    pub checked: Option<bool>,
    /// The keys that do the same.
    pub keys: Vec<&'static str>,
    /// What it does.
    pub action: Rc<dyn Fn()>,
}

impl MenuItem {
    /// A line that does something.
    pub fn new(icon: &'static str, label: impl Into<String>, action: impl Fn() + 'static) -> Self {
        Self { label: label.into(), icon, danger: false, checked: None, keys: Vec::new(), action: Rc::new(action) }
    }

    /// One that takes something away.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }

    /// With the keys that do the same.
    pub fn keys(mut self, keys: Vec<&'static str>) -> Self {
        self.keys = keys;
        self
    }

    /// One of several, of which one is in force.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = Some(checked);
        self
    }
}

/// A button with a menu of lines that stay the same.
pub fn menu(label: impl Into<String>, button: AnyView, class: &'static str, items: Vec<MenuItem>) -> AnyView {
    menu_of(label, button, class, move || items.clone())
}

/// A button with a menu whose lines are made each time that it is opened: an open one is not taken from under the pointer by
/// something that changed.
pub fn menu_of(
    label: impl Into<String>,
    button: AnyView,
    class: &'static str,
    items: impl Fn() -> Vec<MenuItem> + 'static,
) -> AnyView {
    let shown = RwSignal::new_local(untrack(&items));
    let id = fresh_id("menu");
    let label = label.into();
    let trigger = NodeRef::<html::Button>::new();
    let popover = NodeRef::<html::Div>::new();
    let opened = RwSignal::new(false);
    let close = move || {
        if let Some(popover) = popover.get_untracked() {
            let _ = popover.hide_popover();
        }
    };
    let place = move || {
        if let (Some(trigger), Some(popover)) = (trigger.get_untracked(), popover.get_untracked()) {
            place_below(&trigger, &popover);
            move_focus(&popover, Step::First);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(popover) = popover.get_untracked() else { return };
        let step = match event.key().as_str() {
            _ if composing(&event) => return,
            "ArrowDown" => Step::Next,
            "ArrowUp" => Step::Previous,
            "Home" => Step::First,
            "End" => Step::Last,
            "Tab" => {
                close();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        move_focus(&popover, step);
    };
    // A button with words of its own is named by them.
    let named = class.contains("icon-button").then(|| label.clone());
    let line = move |item: MenuItem| {
        let MenuItem { label, icon: name, danger, checked, keys, action } = item;
        let keys = keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view();
        view! {
            <button
                type="button" class="menu-item" class:danger=danger tabindex="-1"
                role=if checked.is_some() { "menuitemradio" } else { "menuitem" } aria-checked=checked.map(|on| on.to_string())
                on:click=move |_| {
                    close();
                    action();
                }
            >
                {icon(if checked == Some(true) { "check" } else { name })}<span>{label}</span><span class="keys" aria-hidden="true">{keys}</span>
            </button>
        }
    };
    let lines = move || shown.get().into_iter().map(line).collect_view();
    view! {
        <button
            node_ref=trigger type="button" class=class aria-label=named title=label.clone() aria-haspopup="menu"
            aria-expanded=move || opened.get().to_string() popovertarget=id.clone()
        >
            {button}
        </button>
        <div
            node_ref=popover id=id class="menu" role="menu" aria-label=label popover="auto" on:keydown=on_key
            on:beforetoggle=move |_: web_sys::Event| {
                if !opened.get_untracked() {
                    shown.set(items());
                }
            }
            on:toggle=move |_| {
                let open = popover.get_untracked().is_some_and(|popover| popover.matches(":popover-open").unwrap_or(false));
                opened.set(open);
                if open {
                    place();
                }
            }
        >
            {lines}
        </div>
    }
    .into_any()
}

/// Puts what was opened below its button, or above where there is more room, and inside of the page.
pub fn place_below(trigger: &web_sys::Element, popover: &HtmlElement) {
    let around = trigger.get_bounding_client_rect();
    let (right, above, below) = (whole(around.right()), whole(around.top()), whole(around.bottom()));
    let (width, height) = (popover.offset_width(), popover.offset_height());
    let page = document().document_element();
    let (page_width, page_height) = page.map_or((0, 0), |page| (page.client_width(), page.client_height()));
    let left = (right - width).max(8).min((page_width - width - 8).max(8));
    let fits_below = below + 4 + height <= page_height - 8;
    let top = if fits_below { below + 4 } else { (above - height - 4).max(8) };
    let style = popover.style();
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}

#[derive(Clone, Copy)]
enum Step {
    First,
    Last,
    Next,
    Previous,
}

/// Whole pixels: printing fractions would bring twenty kilobytes of program along.
#[expect(clippy::cast_possible_truncation, reason = "no page is two thousand million pixels wide")]
const fn whole(pixels: f64) -> i32 {
    pixels as i32
}

fn move_focus(popover: &web_sys::Element, step: Step) {
    let Ok(items) = popover.query_selector_all("button") else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let focused = document().active_element();
    let here = (0..count).find(|at| {
        items.item(*at).and_then(|item| item.dyn_into::<web_sys::Element>().ok()).as_ref() == focused.as_ref()
    });
    let next = match (step, here) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => count - 1,
        (Step::Next, Some(here)) => (here + 1) % count,
        (Step::Previous, Some(here)) => (here + count - 1) % count,
    };
    if let Some(item) = items.item(next).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}
