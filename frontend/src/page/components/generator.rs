//! The generator: random passwords and phrases, made in the worker, with the last recipe remembered.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::{CharacterClasses, PasswordRules};

use super::field::{choice, fresh_id, tick};
use super::icon::icon;
use super::reveal::coloured;
use crate::bridge::{Generate, Generated, Letters, Recipe};
use crate::page::engine::ask;
use crate::page::language::{number, tr};
use crate::page::memory;

const SHORTEST: u8 = 8;
const LONGEST: u8 = 64;
const SEPARATORS: [char; 4] = ['-', ' ', '.', '_'];

/// The controls. `take` gets the text that the person decides for. What `rules` ask for cannot be left out.
pub fn generator(rules: Signal<Option<PasswordRules>>, take: impl Fn(String) + 'static) -> AnyView {
    let habit = Habit::remembered();
    let phrase = RwSignal::new(habit.phrase);
    let length = RwSignal::new(habit.length);
    let words = RwSignal::new(habit.words);
    let upper = RwSignal::new(habit.flag(0));
    let digits = RwSignal::new(habit.flag(1));
    let symbols = RwSignal::new(habit.flag(2));
    let lookalikes = RwSignal::new(habit.flag(3));
    let capitals = RwSignal::new(habit.flag(4));
    let digit = RwSignal::new(habit.flag(5));
    let separator = RwSignal::new(habit.separator);
    let made = RwSignal::new(None::<(String, u16)>);
    let again = RwSignal::new(0_u32);

    Effect::new(move |_| {
        again.track();
        let recipe = if phrase.get() {
            Recipe::Phrase {
                words: words.get(),
                separator: SEPARATORS.get(separator.get()).copied().unwrap_or('-'),
                capitals: letters(capitals.get()),
                digit: letters(digit.get()),
            }
        } else {
            let asked = |class| rules.with(|rules| rules.is_some_and(|rules| rules.classes.has(class)));
            let (least, most) = bounds(rules.get());
            Recipe::Password {
                length: length.get().clamp(least, most),
                upper: letters(upper.get() || asked(CharacterClasses::UPPER)),
                digits: letters(digits.get() || asked(CharacterClasses::DIGIT)),
                symbols: letters(symbols.get() || asked(CharacterClasses::SYMBOL)),
                lookalikes: letters(lookalikes.get()),
            }
        };
        let flags = [upper, digits, symbols, lookalikes, capitals, digit].map(|flag| flag.get());
        Habit { phrase: phrase.get(), length: length.get(), words: words.get(), flags, separator: separator.get() }
            .remember();
        spawn_local(async move {
            if let Ok(Generated { secret, bits }) = ask(Generate { recipe }).await {
                made.try_set(Some((secret.expose().to_owned(), bits)));
            }
        });
    });

    let controls = move || {
        if phrase.get() {
            let separators = SEPARATORS.iter().map(|separator| match separator {
                ' ' => tr!(generator.space).to_owned(),
                sign => sign.to_string(),
            });
            view! {
                {slider(tr!(generator.words), words, 3, 12)}
                {choice(tr!(generator.separator), separators.collect(), separator)}
                <div class="ticks">{tick(tr!(generator.capitals), capitals)}{tick(tr!(generator.digit), digit)}</div>
            }
            .into_any()
        } else {
            let (least, most) = bounds(rules.get());
            let asked = move |class| rules.with(|rules| rules.is_some_and(|rules| rules.classes.has(class)));
            view! {
                {slider(tr!(generator.length), length, least, most)}
                <div class="ticks">
                    {letter_tick("A–Z", upper, asked(CharacterClasses::UPPER))}
                    {letter_tick("0–9", digits, asked(CharacterClasses::DIGIT))}
                    {letter_tick("!#%&", symbols, asked(CharacterClasses::SYMBOL))}{tick(tr!(generator.lookalikes), lookalikes)}
                </div>
            }
            .into_any()
        }
    };
    let shown = move || match made.get() {
        Some((text, _)) => coloured(&text),
        None => ().into_any(),
    };
    let bits =
        move || made.with(|made| made.as_ref().map(|(_, bits)| tr!(generator.bits, bits = number(u32::from(*bits)))));
    view! {
        <section class="generator" aria-label=tr!(generator.title)>
            <div class="segments" role="group" aria-label=tr!(generator.kind)>
                {segment(tr!(generator.password), phrase, false)}
                {segment(tr!(generator.phrase), phrase, true)}
            </div>
            <output class="generated" aria-live="polite">{shown}</output>
            {controls}
            <div class="buttons">
                <span class="muted grow">{bits}</span>
                <button type="button" class="button" on:click=move |_| again.update(|count| *count = count.wrapping_add(1))>
                    {icon("refresh-cw")}<span>{tr!(generator.again)}</span>
                </button>
                <button
                    type="button" class="button primary"
                    on:click=move |_| {
                        if let Some((text, _)) = made.get_untracked() {
                            take(text);
                        }
                    }
                >
                    {tr!(generator.take)}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// The shortest and the longest password that may be made.
fn bounds(rules: Option<PasswordRules>) -> (u8, u8) {
    let Some(rules) = rules else { return (SHORTEST, LONGEST) };
    let most = rules.max_length.map_or(LONGEST, |most| u8::try_from(most).unwrap_or(u8::MAX).min(LONGEST));
    let least = u8::try_from(rules.min_length).unwrap_or(u8::MAX).max(SHORTEST.min(most));
    (least, most.max(least))
}

/// A kind of characters; what is asked for is used and cannot be left out.
fn letter_tick(label: &'static str, used: RwSignal<bool>, asked: bool) -> AnyView {
    if !asked {
        return tick(label, used);
    }
    view! { <label class="tick"><input type="checkbox" checked disabled /><span>{label}</span></label> }.into_any()
}

/// One of two buttons that exclude each other.
fn segment(label: &'static str, value: RwSignal<bool>, on: bool) -> AnyView {
    view! {
        <button type="button" aria-pressed=move || (value.get() == on).to_string() on:click=move |_| value.set(on)>{label}</button>
    }
    .into_any()
}

fn slider(label: &'static str, value: RwSignal<u8>, least: u8, most: u8) -> AnyView {
    let id = fresh_id("slider");
    view! {
        <div class="slider">
            <label for=id.clone()>{label}</label>
            <input
                id=id type="range" min=least.to_string() max=most.to_string() prop:value=move || value.get().to_string()
                on:input=move |event| {
                    if let Ok(number) = event_target_value(&event).parse() {
                        value.set(number);
                    }
                }
            />
            <output>{move || value.get()}</output>
        </div>
    }
    .into_any()
}

const fn letters(used: bool) -> Letters {
    if used { Letters::Used } else { Letters::Unused }
}

/// The last recipe, as a line of the page's memory: no secret is in it.
struct Habit {
    phrase: bool,
    length: u8,
    words: u8,
    flags: [bool; 6],
    separator: usize,
}

impl Habit {
    fn remembered() -> Self {
        let line = memory::read(memory::RECIPE).unwrap_or_default();
        let mut parts = line.split(',');
        let mut next = |default: u8| parts.next().and_then(|part| part.parse().ok()).unwrap_or(default);
        let (phrase, length, words, flags, separator) = (next(0), next(20), next(5), next(0b01_0111), next(0));
        Self {
            phrase: phrase == 1,
            length: length.clamp(SHORTEST, LONGEST),
            words: words.clamp(3, 12),
            flags: std::array::from_fn(|at| flags >> at & 1 == 1),
            separator: usize::from(separator).min(SEPARATORS.len() - 1),
        }
    }

    fn flag(&self, at: usize) -> bool {
        self.flags.get(at).copied().unwrap_or_default()
    }

    fn remember(&self) {
        let flags = self.flags.iter().rev().fold(0_u8, |bits, flag| bits << 1 | u8::from(*flag));
        let line = format!("{},{},{},{flags},{}", u8::from(self.phrase), self.length, self.words, self.separator);
        memory::write(memory::RECIPE, &line);
    }
}
