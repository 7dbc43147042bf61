//! How the passwords of each vault are, the worst first.

use leptos::prelude::*;

use super::sheet::{Cell, Sheet};
use crate::bridge::{Check, VaultHealth};
use crate::page::app::App;
use crate::page::language::tr;
use crate::page::pages::filters::check_name;

const CHECKS: [Check; 6] = [Check::Weak, Check::Reused, Check::Old, Check::Expired, Check::Expiring, Check::NoSecret];

/// The table; nothing where there is no account.
pub fn section(app: App, vaults: &[VaultHealth]) -> AnyView {
    if vaults.is_empty() {
        return ().into_any();
    }
    let rows = vaults.iter().map(|vault| {
        let score = vault.score.map_or(Cell::Text(String::new()), |score| Cell::Count(u32::from(score)));
        let counts = CHECKS.map(|check| Cell::Count(vault.tally.of(check)));
        let first = [Cell::Text(vault.name.clone()), score, Cell::Count(vault.tally.accounts)];
        first.into_iter().chain(counts).collect()
    });
    let heads = [tr!(audit.vault), tr!(reports.score), tr!(reports.accounts)];
    let sheet = Sheet {
        name: "password-health",
        title: tr!(reports.passwords),
        heads: heads.into_iter().chain(CHECKS.map(check_name)).collect(),
        rows: rows.collect(),
    };
    view! { {sheet.heading(app)}<p class="muted">{tr!(reports.passwords_hint)}</p>{sheet.table()} }.into_any()
}
