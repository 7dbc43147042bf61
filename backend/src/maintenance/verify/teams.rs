//! The chains of all teams, replayed by the rules that they were made by.

use std::collections::{BTreeMap, BTreeSet};

use sealward_contract::{
    chain::{SignedStatement, TeamState, VaultState},
    ids::{TeamId, VaultId},
    record::ChainPosition,
};

use super::{each, look, report::Report};
use crate::store::{
    ReadTx, StoreError,
    tables::{STATEMENTS, TEAM_COUNTER, TEAMS, TeamRow},
};

/// What the chains say.
#[derive(Default)]
pub(super) struct Known {
    rows: BTreeMap<TeamId, TeamRow>,
    states: BTreeMap<TeamId, TeamState>,
    vaults: BTreeMap<VaultId, TeamId>,
}

impl Known {
    /// Whether there is such a team, its chain sound or not.
    pub(super) fn is_team(&self, team: &TeamId) -> bool {
        self.rows.contains_key(team)
    }

    /// A team whose chain is sound.
    pub(super) fn team(&self, team: &TeamId) -> Option<&TeamState> {
        self.states.get(team)
    }

    /// All teams whose chains are sound.
    pub(super) fn teams(&self) -> impl Iterator<Item = &TeamState> {
        self.states.values()
    }

    /// A vault, and the team whose it is.
    pub(super) fn vault(&self, vault: &VaultId) -> Option<(&TeamState, &VaultState)> {
        let state = self.states.get(self.vaults.get(vault)?)?;
        Some((state, state.vault(vault)?))
    }

    /// All vaults that the chains name.
    pub(super) fn vaults(&self) -> impl Iterator<Item = &VaultId> {
        self.vaults.keys()
    }

    /// Whether a chain that does not replay may have named what is missing elsewhere.
    pub(super) fn is_partial(&self) -> bool {
        self.states.len() < self.rows.len()
    }
}

/// Replays every chain.
///
/// # Errors
/// The engine failed.
pub(super) fn replay(rows: &ReadTx, report: &mut Report) -> Result<Known, StoreError> {
    let mut known = Known::default();
    each(rows, &TEAMS, &(), report, |_, team, row| {
        known.rows.insert(team, row);
        Ok(())
    })?;
    check_numbers(rows, &known, report)?;
    let mut broken = BTreeSet::new();
    each(rows, &STATEMENTS, &(), report, |report, (team, sequence), wire| {
        if !known.is_team(&team) {
            report.find("statements", &format_args!("team {team}, statement {sequence}"), &"of no team");
        } else if !broken.contains(&team)
            && let Err(reason) = follow(&mut known.states, team, sequence, &wire)
        {
            report.find("statements", &format_args!("team {team}, statement {sequence}"), &reason);
            broken.insert(team);
        }
        Ok(())
    })?;
    for (team, row) in &known.rows {
        let newest = ChainPosition { sequence: row.sequence, hash: row.hash };
        let ended = known.states.get(team).map(TeamState::position);
        if !broken.contains(team) && ended != Some(newest) {
            report.find("teams", &format_args!("team {team}"), &"its chain does not end where the team's row says");
            broken.insert(*team);
        }
    }
    known.states.retain(|team, _| !broken.contains(team));
    for (team, state) in &known.states {
        for (vault, _) in state.vaults() {
            if let Some(other) = known.vaults.insert(*vault, *team) {
                report.find(
                    "teams",
                    &format_args!("team {team}, vault {vault}"),
                    &format_args!("also of team {other}"),
                );
            }
        }
    }
    Ok(known)
}

/// The state with the next statement.
fn follow(states: &mut BTreeMap<TeamId, TeamState>, team: TeamId, sequence: u64, wire: &[u8]) -> Result<(), String> {
    let statement = SignedStatement::parse(wire).map_err(|error| error.to_string())?;
    if statement.value().sequence != sequence {
        return Err("stored under another number".to_owned());
    }
    if let Some(state) = states.get_mut(&team) {
        return state.apply(&statement).map_err(|refused| refused.to_string());
    }
    let state = TeamState::found(&statement).map_err(|refused| refused.to_string())?;
    if state.team() != team {
        return Err("another team's genesis".to_owned());
    }
    states.insert(team, state);
    Ok(())
}

/// Teams are numbered from 1 without one being used twice.
fn check_numbers(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let last = look(rows, &TEAM_COUNTER, &())?.unwrap_or_default();
    let mut seen = BTreeSet::new();
    for (team, row) in &known.rows {
        if row.number.0 == 0 || row.number.0 > last || !seen.insert(row.number.0) {
            report.find("teams", &format_args!("team {team}"), &"a number that was not given to it");
        }
    }
    Ok(())
}
