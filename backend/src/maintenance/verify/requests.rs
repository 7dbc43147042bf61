//! Requests are what their signed statements make of them, and everything about one belongs to one that is there.

use sealward_contract::{
    chain::TeamState,
    ids::{RequestId, TeamId},
    request::{RequestState, SignedRequest},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{
        CHANGES_DUE, FREED, GRANTS, LEASES, OPEN_REQUESTS, REQUESTS, REQUESTS_OF_MEMBER, REQUESTS_OF_VAULT, RequestRow,
    },
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    each(rows, &REQUESTS, &(), report, |report, (team, request), row| {
        let at = format_args!("team {team}, request {request}");
        match known.team(&team) {
            None if !known.is_team(&team) => report.find("requests", &at, &"of no team"),
            // A chain that is damaged says nothing of what stands on it; it is reported for itself.
            None => {}
            Some(state) => {
                if let Err(reason) = replay(state, request, &row) {
                    report.find("requests", &at, &reason);
                }
            }
        }
        Ok(())
    })?;
    let stands = |report: &mut Report, table: &str, team: TeamId, request: RequestId| -> Result<(), StoreError> {
        if look(rows, &REQUESTS, &(team, request))?.is_none() {
            report.find(table, &format_args!("team {team}, request {request}"), &"of no request");
        }
        Ok(())
    };
    each(rows, &REQUESTS_OF_MEMBER, &(), report, |report, (team, .., request), _| {
        stands(report, "requests_of_member", team, request)
    })?;
    each(rows, &REQUESTS_OF_VAULT, &(), report, |report, (team, .., request), ()| {
        stands(report, "requests_of_vault", team, request)
    })?;
    each(rows, &OPEN_REQUESTS, &(), report, |report, (team, .., request), _| {
        stands(report, "open_requests", team, request)
    })?;
    each(rows, &GRANTS, &(), report, |report, (team, request), _| stands(report, "grants", team, request))?;
    each(rows, &LEASES, &(), report, |report, (team, .., request), _| stands(report, "leases", team, request))?;
    each(rows, &FREED, &(), report, |report, (team, ..), _| {
        if !known.is_team(&team) {
            report.find("freed", &format_args!("team {team}"), &"of no team");
        }
        Ok(())
    })?;
    each(rows, &CHANGES_DUE, &(), report, |report, (team, ..), _| {
        if !known.is_team(&team) {
            report.find("changes_due", &format_args!("team {team}"), &"of no team");
        }
        Ok(())
    })
}

fn replay(team: &TeamState, request: RequestId, row: &RequestRow) -> Result<(), String> {
    let parsed: Result<Vec<SignedRequest>, _> = row.statements.iter().map(|wire| SignedRequest::parse(wire)).collect();
    let statements = parsed.map_err(|_| "a statement that cannot be read".to_owned())?;
    let state = RequestState::replay(&statements, team).map_err(|refused| refused.to_string())?;
    let same = state.id() == request
        && state.requester() == row.requester
        && (state.ask().vault, state.ask().account) == (row.vault, row.account);
    if same { Ok(()) } else { Err("statements of another request".to_owned()) }
}
