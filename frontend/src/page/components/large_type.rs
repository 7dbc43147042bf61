//! Large type: a secret in numbered cells with the word for each character, for reading it aloud or typing it over.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::dialog::{Width, dialog as plain_dialog};
use super::icon::icon;
use crate::bridge::SecretText;
use crate::page::app::{App, Dialog};
use crate::page::language::tr;

/// Seconds that the dialog stays open: enough to spell a long password twice.
const SECONDS: u64 = 120;
/// More characters than anybody spells.
const LONGEST: usize = 200;

/// The button that opens it for a text that is on the screen.
pub fn large_type_button(label: &str, text: &str) -> Option<AnyView> {
    let app = App::get();
    let open = open_for(label, text)?;
    let view = view! {
        <button type="button" class="icon-button" aria-label=tr!(large_type.open) title=tr!(large_type.open) on:click=move |_| app.open(open.clone())>
            {icon("a-large-small")}
        </button>
    };
    Some(view.into_any())
}

/// The dialog for a text that can be read aloud.
pub fn open_for(label: &str, text: &str) -> Option<Dialog> {
    if text.is_empty() || text.chars().count() > LONGEST || text.contains('\n') {
        return None;
    }
    Some(Dialog::LargeType(label.to_owned(), Arc::new(SecretText::new(text.to_owned()))))
}

/// The dialog.
pub fn dialog(label: String, text: &SecretText) -> AnyView {
    let app = App::get();
    let timer = set_timeout_with_handle(move || app.close(), Duration::from_secs(SECONDS)).ok();
    on_cleanup(move || {
        if let Some(timer) = timer {
            timer.clear();
        }
    });
    let cells = text.expose().chars().take(LONGEST).enumerate().map(|(at, character)| {
        let kind = Kind::of(character);
        view! {
            <li class=format!("cell {}", kind.class())>
                <span class="cell-number" aria-hidden="true">{at + 1}</span>
                <span class="cell-character mono" aria-hidden="true" translate="no">{shown(character)}</span>
                <span class="cell-word">{spell(character)}</span>
            </li>
        }
    });
    let legend = [
        (Kind::Upper, tr!(large_type.upper)),
        (Kind::Lower, tr!(large_type.lower)),
        (Kind::Digit, tr!(large_type.digit)),
        (Kind::Sign, tr!(large_type.sign)),
    ];
    let legend = legend.into_iter().map(|(kind, name)| {
        view! { <li class=format!("cell {}", kind.class())><span>{name}</span></li> }
    });
    plain_dialog(
        label,
        Width::Wide,
        view! {
            <div class="dialog-body" tabindex="0">
                <ol class="large-type">{cells.collect_view()}</ol>
                <ul class="large-type-legend" aria-hidden="true">{legend.collect_view()}</ul>
                <p class="hint">{tr!(large_type.hint)}</p>
            </div>
        }
        .into_any(),
    )
}

/// What is marked by colour and by a line of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Upper,
    Lower,
    Digit,
    Sign,
    Other,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            'A'..='Z' => Self::Upper,
            'a'..='z' => Self::Lower,
            '0'..='9' => Self::Digit,
            ' '..='~' => Self::Sign,
            _ => Self::Other,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::Digit => "digit",
            Self::Sign => "sign",
            Self::Other => "other",
        }
    }
}

/// A space would not be seen.
const fn shown(character: char) -> char {
    if character == ' ' { '␣' } else { character }
}

/// The word for a character: the spelling alphabet of aviation (ICAO) in English.
fn spell(character: char) -> String {
    spell_with(
        character,
        &Words {
            letters: tr!(large_type.letters),
            digits: tr!(large_type.digits),
            signs: tr!(large_type.signs),
            upper: tr!(large_type.upper_word),
            lower: tr!(large_type.lower_word),
        },
    )
}

struct Words<'a> {
    /// 26 words with spaces between.
    letters: &'a str,
    /// Ten.
    digits: &'a str,
    /// The 33 printable characters that are neither, in the order of ASCII, `|` between.
    signs: &'a str,
    /// With a place for the letter's word.
    upper: &'a str,
    lower: &'a str,
}

fn spell_with(character: char, words: &Words<'_>) -> String {
    let letter = |offset: u32| words.letters.split(' ').nth(offset as usize).unwrap_or_default();
    let code = u32::from(character);
    match character {
        'A'..='Z' => words.upper.replace("{letter}", letter(code - 65)),
        'a'..='z' => words.lower.replace("{letter}", &letter(code - 97).to_lowercase()),
        '0'..='9' => words.digits.split(' ').nth((code - 48) as usize).unwrap_or_default().to_owned(),
        ' '..='~' => {
            let before = match code {
                32..48 => 32,
                48..65 => 42,
                65..97 => 68,
                _ => 94,
            };
            words.signs.split('|').nth((code - before) as usize).unwrap_or_default().to_owned()
        }
        _ => character.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::{Kind, Words, spell_with};
    use crate::sentences::i18n::Locale;

    fn spelled(locale: Locale, text: &str) -> Vec<String> {
        let words = Words {
            letters: leptos_i18n::td_string!(locale, large_type.letters),
            digits: leptos_i18n::td_string!(locale, large_type.digits),
            signs: leptos_i18n::td_string!(locale, large_type.signs),
            upper: leptos_i18n::td_string!(locale, large_type.upper_word),
            lower: leptos_i18n::td_string!(locale, large_type.lower_word),
        };
        text.chars().map(|character| spell_with(character, &words)).collect()
    }

    #[test]
    fn every_character_has_its_word() {
        let english = spelled(Locale::en, "Aaz09 !/:@[`{~ü");
        let wanted = [
            "capital Alfa",
            "alfa",
            "zulu",
            "zero",
            "nine",
            "space",
            "exclamation mark",
            "slash",
            "colon",
            "at sign",
            "left square bracket",
            "backtick",
            "left brace",
            "tilde",
            "ü",
        ];
        assert_eq!(english, wanted);
        let chinese = spelled(Locale::zh, "Qq7-_");
        assert_eq!(chinese, ["大写 Q", "小写 q", "数字七", "连字符", "下划线"]);
        for locale in [Locale::en, Locale::zh] {
            let all: String = (' '..='~').collect();
            let words = spelled(locale, &all);
            assert!(words.iter().all(|word| !word.is_empty()));
            assert_eq!(words.iter().collect::<std::collections::BTreeSet<_>>().len(), 95, "no word twice");
        }
    }

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(
            ['A', 'a', '0', '#', '密'].map(Kind::of),
            [Kind::Upper, Kind::Lower, Kind::Digit, Kind::Sign, Kind::Other]
        );
    }
}
