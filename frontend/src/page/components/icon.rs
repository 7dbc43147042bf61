//! Icons from the one sprite, `/icons.svg`. They say nothing to screen readers: the words beside them do.

use leptos::prelude::*;
use sealward_client::model::{ResourceKind, SecretType};

/// An icon of the sprite.
pub fn icon(name: &'static str) -> AnyView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")></use>
        </svg>
    }
    .into_any()
}

/// The tile of a resource's type.
pub fn resource_tile(resource_type: &str) -> AnyView {
    let (name, class) = resource_icon(resource_type);
    view! { <span class=format!("tile {class}")>{icon(name)}</span> }.into_any()
}

/// The icon of a resource's type, and the class with its colour.
pub fn resource_icon(resource_type: &str) -> (&'static str, &'static str) {
    match ResourceKind::recognise(resource_type) {
        Some(ResourceKind::Server) => ("server", "hue-slate"),
        Some(ResourceKind::Windows) => ("app-window", "hue-blue"),
        Some(ResourceKind::Linux) => ("terminal", "hue-amber"),
        Some(ResourceKind::Database) => ("database", "hue-violet"),
        Some(ResourceKind::NetworkDevice) => ("network", "hue-cyan"),
        Some(ResourceKind::Website) => ("globe", "hue-green"),
        Some(ResourceKind::Application) => ("package", "hue-rose"),
        Some(ResourceKind::Cloud) => ("cloud", "hue-sky"),
        Some(ResourceKind::FileStore) => ("hard-drive", "hue-orange"),
        None => ("box", "hue-slate"),
    }
}

/// The icon of a kind of secret.
pub const fn secret_icon(secret_type: SecretType) -> &'static str {
    match secret_type {
        SecretType::Password => "key-round",
        SecretType::SshKey => "square-terminal",
        SecretType::AccessKey => "id-card",
        SecretType::Token => "ticket",
        SecretType::ApiKey => "braces",
        SecretType::Certificate => "badge-check",
        SecretType::Note => "sticky-note",
    }
}
