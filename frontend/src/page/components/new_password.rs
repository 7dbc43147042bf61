//! A new password in a form: the present one before it where that is asked for, and the estimate of how strong it is.

use leptos::prelude::*;

use super::field::{Kind, TextField};
use super::form::Form;
use super::strength::{estimate, live_strength};
use crate::bridge::{Error, SecretText, Strength};
use crate::page::app::App;
use crate::page::language::tr;

/// The least score that will do.
const ENOUGH: u8 = 3;

/// What is typed.
#[derive(Clone, Copy)]
pub struct NewPassword {
    current: RwSignal<String>,
    new: RwSignal<String>,
    strength: RwSignal<Option<Strength>>,
}

impl NewPassword {
    /// Empty fields. No password that holds what is `known` of the person is strong.
    pub fn new(known: impl Fn() -> Vec<String> + 'static) -> Self {
        let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        Self { current, new, strength: estimate(new, known) }
    }

    /// For the person whose session is open.
    pub fn own(app: App) -> Self {
        Self::new(move || {
            app.view().map(|view| vec![view.team_name, view.full_name, view.login_name]).unwrap_or_default()
        })
    }

    /// Both fields, the present password under this label.
    pub fn fields(self, label: &'static str) -> AnyView {
        let current = TextField::new(label, self.current).kind(Kind::Password).required().focus();
        view! { {current.autocomplete("current-password").view()}{self.new_field(false)} }.into_any()
    }

    /// The field of the new one alone.
    pub fn field(self) -> AnyView {
        self.new_field(true)
    }

    fn new_field(self, focused: bool) -> AnyView {
        let field = TextField::new(tr!(security.new_password), self.new).kind(Kind::Password).required();
        let field = field.autocomplete("new-password");
        let field = if focused { field.focus() } else { field };
        view! { {field.view()}{live_strength(self.strength, self.new)} }.into_any()
    }

    /// The present password and the new one as they were typed; `None` where the form says that it is too weak.
    pub fn read(self, form: Form) -> Option<(SecretText, SecretText)> {
        if self.strength.get_untracked().is_some_and(|strength| strength.score < ENOUGH) {
            form.fault.set(Some(Error::TooWeak));
            return None;
        }
        Some((SecretText::new(self.current.get_untracked()), SecretText::new(self.new.get_untracked())))
    }

    /// Forgets what was typed.
    pub fn clear(self) {
        self.current.set(String::new());
        self.new.set(String::new());
    }
}
