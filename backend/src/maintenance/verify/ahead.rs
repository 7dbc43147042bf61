//! What is approved ahead is what its signed statements make of it, and everything about one belongs to one that is there.

use sealward_contract::{
    chain::TeamState,
    ids::AheadId,
    request::ahead::{AheadState, SignedAhead},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{AHEAD, AHEAD_GRANTS, AheadRow, OPEN_AHEAD},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    each(rows, &AHEAD, &(), report, |report, (team, ahead), row| {
        let at = format_args!("team {team}, approval {ahead}");
        match known.team(&team) {
            None if !known.is_team(&team) => report.find("ahead", &at, &"of no team"),
            // A chain that is damaged says nothing of what stands on it; it is reported for itself.
            None => {}
            Some(state) => {
                if let Err(reason) = replay(state, ahead, &row) {
                    report.find("ahead", &at, &reason);
                }
            }
        }
        Ok(())
    })?;
    each(rows, &OPEN_AHEAD, &(), report, |report, (team, vault, account, ahead), member| {
        let row = look(rows, &AHEAD, &(team, ahead))?;
        if row.is_none_or(|row| (row.vault, row.account, row.member) != (vault, account, member)) {
            report.find("open_ahead", &format_args!("team {team}, approval {ahead}"), &"of no approval");
        }
        Ok(())
    })?;
    each(rows, &AHEAD_GRANTS, &(), report, |report, (team, ahead), _| {
        let row = look(rows, &AHEAD, &(team, ahead))?;
        let open = match row {
            None => None,
            Some(row) => look(rows, &OPEN_AHEAD, &(team, row.vault, row.account, ahead))?,
        };
        if open.is_none() {
            report.find("ahead_grants", &format_args!("team {team}, approval {ahead}"), &"of no approval that is open");
        }
        Ok(())
    })
}

fn replay(team: &TeamState, ahead: AheadId, row: &AheadRow) -> Result<(), String> {
    let parsed: Result<Vec<SignedAhead>, _> = row.statements.iter().map(|wire| SignedAhead::parse(wire)).collect();
    let statements = parsed.map_err(|_| "a statement that cannot be read".to_owned())?;
    let state = AheadState::replay(&statements, team).map_err(|refused| refused.to_string())?;
    let proposal = state.proposal();
    let same = state.id() == ahead
        && (proposal.vault, proposal.account, proposal.member) == (row.vault, row.account, row.member);
    if same { Ok(()) } else { Err("statements of another approval".to_owned()) }
}
