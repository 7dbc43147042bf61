//! What the page itself remembers in this browser: looks and habits, never anything of the team's.

use leptos::prelude::window;

/// `en` or `zh`.
pub const LANGUAGE: &str = "language";
/// `light` or `dark`; missing means that the system decides.
pub const THEME: &str = "theme";
/// How lists are sorted.
pub const SORT: &str = "sort";
/// The generator's last recipe.
pub const RECIPE: &str = "recipe";
/// What the columns of sheets were said to hold, by a hash of their headings.
pub const COLUMNS: &str = "columns";
/// Groups that are folded in the tree.
pub const FOLDED: &str = "folded";

/// Reads a value.
pub fn read(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Writes a value; a browser that stores nothing forgets it, and that is all right.
pub fn write(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets a value.
pub fn forget(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(name);
    }
}
