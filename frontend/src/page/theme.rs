//! Light, dark, or as the system has it.

use leptos::prelude::document;

use super::memory;

/// How the page looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// What was chosen before.
    pub fn remembered() -> Self {
        match memory::read(memory::THEME).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// Shows and remembers it.
    pub fn choose(self) {
        match self {
            Self::System => memory::forget(memory::THEME),
            Self::Light => memory::write(memory::THEME, "light"),
            Self::Dark => memory::write(memory::THEME, "dark"),
        }
        self.apply();
    }

    /// Shows it.
    pub fn apply(self) {
        let Some(root) = document().document_element() else { return };
        let _ = match self {
            Self::System => root.remove_attribute("data-theme"),
            Self::Light => root.set_attribute("data-theme", "light"),
            Self::Dark => root.set_attribute("data-theme", "dark"),
        };
    }
}
