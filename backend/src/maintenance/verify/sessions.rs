//! Sessions are found by their token and by their member, and are of members; last uses are of services.

use std::net::IpAddr;

use sealward_contract::chain::MemberKind;

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{BOUND_SESSIONS, MEMBER_SESSIONS, SERVICES, SESSIONS},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    each(rows, &SESSIONS, &(), report, |report, token, row| {
        let at = format_args!("team {}, session {}", row.team, row.session);
        if look(rows, &MEMBER_SESSIONS, &(row.team, row.member, row.session))? != Some(token) {
            report.find("sessions", &at, &"its member does not have it");
        }
        let theirs = known.team(&row.team).map(|state| state.member(&row.member).is_some());
        if !theirs.unwrap_or(known.is_team(&row.team)) {
            report.find("sessions", &at, &"of no member");
        }
        Ok(())
    })?;
    each(rows, &BOUND_SESSIONS, &(), report, |report, token, row| {
        if look(rows, &SESSIONS, &token)?.is_none() || row.address.parse::<IpAddr>().is_err() {
            report.find("bound_sessions", &format_args!("host {}", row.name), &"of no session");
        }
        Ok(())
    })?;
    each(rows, &SERVICES, &(), report, |report, (team, member), _| {
        let service = known.team(&team).map(|state| {
            state.member(&member).is_some_and(|known| known.kind() == MemberKind::Service && known.standing().is_some())
        });
        if !service.unwrap_or(known.is_team(&team)) {
            report.find("services", &format_args!("team {team}, member {member}"), &"of no service");
        }
        Ok(())
    })?;
    each(rows, &MEMBER_SESSIONS, &(), report, |report, (team, member, session), token| {
        let fits = look(rows, &SESSIONS, &token)?
            .is_some_and(|row| (row.team, row.member, row.session) == (team, member, session));
        if !fits {
            let at = format_args!("team {team}, member {member}, session {session}");
            report.find("member_sessions", &at, &"of no session");
        }
        Ok(())
    })
}
