//! Tells whoever listens to a team that its audit went on: at most once in a look, however much was written down.

use std::collections::HashMap;

use sealward_contract::ids::TeamId;

use crate::{memory::hub::Hint, operations::audit, server::App, store::StoreError};

/// The newest event of each team that somebody listens to, as of the last look.
pub type Told = HashMap<TeamId, u64>;

/// Looks once. What was written down before anybody listened they read themselves.
///
/// # Errors
/// The store failed.
pub fn look(app: &App, told: &mut Told) -> Result<(), StoreError> {
    let teams = app.hub.teams();
    told.retain(|team, _| teams.contains(team));
    let heads = app.store.read(|tx| {
        let head = |team: TeamId| Ok((team, audit::head(tx, &team)?.sequence));
        teams.into_iter().map(head).collect::<Result<Vec<_>, StoreError>>()
    })?;
    for (team, newest) in heads {
        if told.insert(team, newest).is_some_and(|before| before != newest) {
            app.hub.tell(&team, Hint::Audit);
        }
    }
    Ok(())
}
