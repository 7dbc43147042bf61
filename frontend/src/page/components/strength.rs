//! How strong a password is: a meter with words, and the estimate asked of the worker while one types.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{EstimateStrength, SecretText, Strength};
use crate::page::engine::ask;
use crate::page::language::tr;

/// The words for a score.
pub fn strength_name(score: u8) -> &'static str {
    match score {
        0 => tr!(strength.very_weak),
        1 => tr!(strength.weak),
        2 => tr!(strength.fair),
        3 => tr!(strength.good),
        _ => tr!(strength.strong),
    }
}

/// Four bars and a word.
pub fn strength_meter(score: u8) -> AnyView {
    let name = strength_name(score);
    view! {
        <span class="strength" data-score=score.to_string()>
            <span class="bars" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
            <span>{name}</span>
        </span>
    }
    .into_any()
}

/// The newest estimate of `password` in words, as one types; before that, what makes a good one.
pub fn live_strength(estimate: RwSignal<Option<Strength>>, password: RwSignal<String>) -> AnyView {
    let is_rated = move || estimate.with(Option::is_some) && !password.with(String::is_empty);
    // It keeps its place, so that nothing moves under a pointer when the estimate comes.
    let hint = view! { <span class="muted" class:unseen=is_rated>{tr!(strength.hint)}</span> };
    view! { <div class="live-strength" aria-live="polite">{hint}{rating(estimate, password)}</div> }.into_any()
}

/// The same for a secret that programs type, beside what makes one: nobody needs a hint there.
pub fn live_strength_alone(estimate: RwSignal<Option<Strength>>, password: RwSignal<String>) -> AnyView {
    view! { <div class="live-strength" aria-live="polite">{rating(estimate, password)}</div> }.into_any()
}

fn rating(estimate: RwSignal<Option<Strength>>, password: RwSignal<String>) -> impl IntoView {
    move || {
        let Strength { score, guesses_log10 } = estimate.get().filter(|_| !password.with(String::is_empty))?;
        Some(view! {
            <span class="rating">{strength_meter(score)}<span class="muted">{guessing_time(guesses_log10)}</span></span>
        })
    }
}

/// The newest estimate for a password, made a moment after the last key.
pub fn estimate(password: RwSignal<String>, known: impl Fn() -> Vec<String> + 'static) -> RwSignal<Option<Strength>> {
    let newest = RwSignal::new(None);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let text = password.get();
        let known = known();
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        if text.is_empty() {
            newest.set(None);
            return;
        }
        let later = set_timeout_with_handle(
            move || {
                spawn_local(async move {
                    let asked = EstimateStrength { password: SecretText::new(text.clone()), known };
                    let answer = ask(asked).await;
                    // Another key may have come in between.
                    if let Ok(strength) = answer
                        && password.try_with_untracked(|now| *now == text) == Some(true)
                    {
                        newest.set(Some(strength));
                    }
                });
            },
            Duration::from_millis(120),
        );
        timer.set_value(later.ok());
    });
    newest
}

/// How long guessing takes someone who stole the device with the kit: ten thousand tries a second and machine, of which
/// they have a hundred.
fn guessing_time(guesses_log10: f32) -> &'static str {
    match guesses_log10 - 6.0 {
        power if power < 1.8 => tr!(strength.seconds),
        power if power < 3.6 => tr!(strength.minutes),
        power if power < 4.9 => tr!(strength.hours),
        power if power < 6.5 => tr!(strength.days),
        power if power < 7.5 => tr!(strength.months),
        power if power < 9.5 => tr!(strength.years),
        _ => tr!(strength.centuries),
    }
}
