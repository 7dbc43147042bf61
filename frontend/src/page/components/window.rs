//! A list of any length with rows of one height. Only as many rows exist as fit on the screen and a few more; whoever
//! scrolls sees the same ones again with other contents, each moved by a transform, so that nothing is laid out anew. Who
//! rushes by faster than anybody reads sees place holders that the style sheet draws, and the rows where it ends.

use std::time::Duration;

use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::prelude::{Closure, JsCast};
use web_sys::{KeyboardEvent, ResizeObserver};

use crate::page::actions::{Step, step};
use crate::page::keyboard::composing;

/// Rows drawn above and below what can be seen.
const MARGIN: usize = 6;
/// Two jumps of more than a screen so soon after one another are a rush, and as long a rest ends it.
const RUSH: Duration = Duration::from_millis(100);

/// What a window shows and how it behaves.
pub struct Window {
    /// `listbox`, `grid` or `tree`.
    pub role: &'static str,
    /// Its name for screen readers.
    pub label: String,
    /// Its class.
    pub class: &'static str,
    /// Start of the ids of its rows: `prefix-7`.
    pub prefix: &'static str,
    /// Rows in all.
    pub count: Signal<usize>,
    /// Height of a row in pixels.
    pub row_height: u32,
    /// What stands above the rows and stays there, and its height in pixels.
    pub head: Option<(AnyView, u32)>,
    /// The row that the keys act on.
    pub cursor: RwSignal<usize>,
    /// The rows that exist, as (first, behind the last).
    pub drawn: RwSignal<(usize, usize)>,
}

impl Window {
    /// The window. `row` draws the row whose number it is given, which changes; `on_key` gets what does not move the
    /// cursor; `moved` hears of moves by key, and whether Shift was held.
    pub fn view(
        self,
        row: impl Fn(Memo<usize>) -> AnyView + Clone + Send + 'static,
        moved: impl Fn(usize, bool) + 'static,
        on_key: impl Fn(&KeyboardEvent, Option<Step>) + 'static,
    ) -> AnyView {
        let Self { role, label, class, prefix, count, row_height, head, cursor, drawn } = self;
        let (head, head_height) = head.map_or((None, 0), |(head, height)| (Some(head), height));
        let element = NodeRef::<html::Div>::new();
        let top = RwSignal::new(0_u32);
        let height = RwSignal::new(600_u32);
        watch_height(element, height);
        let (scrolled, rushing) = follow(element, top, height);
        let room = move || height.get().saturating_sub(head_height);
        // As many rows as ever stand on the screen of this height.
        let pool = Memo::new(move |_| (room() / row_height) as usize + 2 + 2 * MARGIN);
        let first = Memo::new(move |_| {
            let most = count.get().saturating_sub(pool.get());
            ((top.get() / row_height) as usize).saturating_sub(MARGIN).min(most)
        });
        Effect::new(move |_| {
            let range = (first.get(), (first.get() + pool.get()).min(count.get()));
            if drawn.get_untracked() != range {
                drawn.set(range);
            }
        });
        // The cursor stays in sight.
        Effect::new(move |_| {
            let at = u32::try_from(cursor.get()).unwrap_or(0) * row_height;
            let Some(element) = element.get_untracked() else { return };
            let (top, height) = (top.get_untracked(), untrack(room));
            if at < top {
                element.set_scroll_top(i32::try_from(at).unwrap_or(0));
            } else if at + row_height > top + height {
                element.set_scroll_top(i32::try_from((at + row_height).saturating_sub(height)).unwrap_or(0));
            }
        });
        let page = move || ((untrack(room) / row_height) as usize).saturating_sub(1).max(1);
        let keys = move |event: KeyboardEvent| {
            if composing(&event) {
                return;
            }
            let last = count.get_untracked().saturating_sub(1);
            let here = cursor.get_untracked().min(last);
            let next = match step(&event) {
                Some(Step::Down) => (here + 1).min(last),
                Some(Step::Up) => here.saturating_sub(1),
                Some(Step::PageDown) => (here + page()).min(last),
                Some(Step::PageUp) => here.saturating_sub(page()),
                Some(Step::First) => 0,
                Some(Step::Last) => last,
                other => {
                    on_key(&event, other);
                    return;
                }
            };
            event.prevent_default();
            cursor.set(next);
            moved(next, event.shift_key());
        };
        let active = move || {
            let at = cursor.get();
            let (first, end) = drawn.get();
            (first..end).contains(&at).then(|| format!("{prefix}-{at}"))
        };
        let place = move |slot: usize| {
            // Each row keeps its element as long as its number is near: the numbers of one element are a pool apart.
            let at = Memo::new(move |_| {
                let (first, pool) = (first.get(), pool.get().max(1));
                first + (slot + pool - first % pool) % pool
            });
            let away = move || at.get() >= count.get();
            let offset = move || format!("translateY({}px)", at.get().saturating_mul(row_height as usize));
            view! {
                <div class="window-row" role="presentation" hidden=away style:transform=offset>{row(at)}</div>
            }
        };
        let rows = move || 0..pool.get().min(count.get());
        view! {
            <div
                node_ref=element class=class class:rushing=rushing role=role aria-label=label tabindex="0" aria-activedescendant=active
                aria-multiselectable=(role != "tree").then_some("true")
                aria-rowcount=move || (role == "grid").then(|| (count.get() + 1).to_string())
                on:keydown=keys
                on:scroll=move |event| scrolled(event.time_stamp())
            >
                {head}
                <div
                    class="window-space" role="presentation"
                    style:height=move || format!("{}px", count.get().saturating_mul(row_height as usize))
                >
                    <For each=rows key=|slot| *slot children=place />
                </div>
            </div>
        }
        .into_any()
    }
}

/// Has `top` follow the scrolling, but for a rush. Gives what is to hear of every scroll event's time, and whether there
/// is a rush.
fn follow(
    element: NodeRef<html::Div>,
    top: RwSignal<u32>,
    height: RwSignal<u32>,
) -> (impl Fn(f64) + Copy, RwSignal<bool>) {
    let rushing = RwSignal::new(false);
    let rest = StoredValue::new(None::<TimeoutHandle>);
    // Where it was, and when it jumped last.
    let before = StoredValue::new((0_u32, f64::NEG_INFINITY));
    let stop_waiting = move || {
        if let Some(Some(rest)) = rest.try_update_value(Option::take) {
            rest.clear();
        }
    };
    on_cleanup(stop_waiting);
    let arrive = move || {
        if let Some(Some(element)) = element.try_get_untracked() {
            top.set(u32::try_from(element.scroll_top()).unwrap_or(0));
        }
        if rushing.try_get_untracked() == Some(true) {
            rushing.set(false);
        }
    };
    let scrolled = move |time: f64| {
        let Some(element) = element.get_untracked() else { return };
        let now = u32::try_from(element.scroll_top()).unwrap_or(0);
        let (last, jumped) = before.get_value();
        let jumps = now.abs_diff(last) > height.get_untracked();
        before.set_value((now, if jumps { time } else { jumped }));
        stop_waiting();
        if jumps && time - jumped < RUSH.as_secs_f64() * 1000.0 {
            if !rushing.get_untracked() {
                rushing.set(true);
            }
            rest.set_value(set_timeout_with_handle(arrive, RUSH).ok());
        } else {
            arrive();
        }
    };
    (scrolled, rushing)
}

fn watch_height(element: NodeRef<html::Div>, height: RwSignal<u32>) {
    let measured = StoredValue::new_local(None::<ResizeObserver>);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let watched = element.clone();
        let measure = Closure::<dyn Fn()>::new(move || {
            let now = u32::try_from(watched.client_height()).unwrap_or(0);
            if now > 0 && height.try_get_untracked().is_some_and(|before| before != now) {
                height.set(now);
            }
        });
        if let Ok(observer) = ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            measured.set_value(Some(observer));
        }
        // Lives as long as the observer does, which the cleanup below ends.
        measure.forget();
    });
    on_cleanup(move || {
        if let Some(Some(observer)) = measured.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}
