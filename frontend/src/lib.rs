//! The web app: a Leptos page and the worker that holds the keys.

#[expect(
    deprecated,
    reason = "the build-script variant pulls a second copy of the Unicode data sources into every build"
)]
mod sentences {
    leptos_i18n::load_locales!();
}

pub mod bridge;
pub mod keys;
pub mod page;
mod parcel;
pub mod reader;
pub mod strength;
pub mod viewer;
pub mod worker;
pub mod writer;
