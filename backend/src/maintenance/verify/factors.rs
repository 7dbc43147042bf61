//! Second factors are of people who may sign in, and confirmations of sessions.

use sealward_contract::{
    chain::MemberKind,
    ids::{MemberId, TeamId},
    limits,
};

use webauthn_rs::prelude::Passkey;

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{CODE_FACTORS, CONFIRMATIONS, FACTORS_TAKEN, PASSKEYS, RECOVERY_CODES, SESSIONS},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let is_person = |team: TeamId, member: MemberId| {
        let theirs = known.team(&team).map(|state| {
            state.member(&member).is_some_and(|known| known.kind() == MemberKind::Person && known.standing().is_some())
        });
        theirs.unwrap_or(known.is_team(&team))
    };
    each(rows, &CODE_FACTORS, &(), report, |report, (team, member), _| {
        if !is_person(team, member) {
            report.find("code_factors", &format_args!("team {team}, member {member}"), &"of nobody who signs in");
        }
        Ok(())
    })?;
    each(rows, &RECOVERY_CODES, &(), report, |report, (team, member), row| {
        if !is_person(team, member) || row.codes.len() > limits::RECOVERY_CODES {
            report.find("recovery_codes", &format_args!("team {team}, member {member}"), &"of nobody, or too many");
        }
        Ok(())
    })?;
    each(rows, &PASSKEYS, &(), report, |report, (team, member, _), row| {
        let at = format_args!("team {team}, member {member}, {}", row.name);
        if !is_person(team, member) {
            report.find("passkeys", &at, &"of nobody who signs in");
        } else if serde_json::from_slice::<Passkey>(&row.credential).is_err() {
            report.find("passkeys", &at, &"nobody could confirm with it");
        }
        Ok(())
    })?;
    each(rows, &FACTORS_TAKEN, &(), report, |report, (team, member), _| {
        if !is_person(team, member) {
            report.find("factors_taken", &format_args!("team {team}, member {member}"), &"of nobody who signs in");
        }
        Ok(())
    })?;
    each(rows, &CONFIRMATIONS, &(), report, |report, token, _| {
        if look(rows, &SESSIONS, &token)?.is_none() {
            report.find("confirmations", &"a confirmation", &"of no session");
        }
        Ok(())
    })
}
