//! Whoever is enrolled has the copy and the envelopes whose hashes they signed, and nobody else has any; shares are given
//! to recoveries that were begun. What is in them only trustees and devices can tell.

use sealward_contract::{
    bytes::Bytes,
    chain::{Enrol, Member, TeamState},
    crypto::{Hash, hash},
    ids::{MemberId, TeamId, Timestamp},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{GIVEN_SHARES, RECOVERY_COPIES, RECOVERY_REQUESTS, RECOVERY_SHARES},
};

fn enrolled<'s>(state: &'s TeamState, member: &MemberId) -> Option<&'s Enrol> {
    state.member(member).and_then(Member::enrolment).map(|enrolment| &enrolment.enrol)
}

fn is_named(sealed: &Bytes, named: Option<Hash>) -> bool {
    named == Some(hash(sealed))
}

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    for state in known.teams() {
        let team = state.team();
        for member in state.members() {
            let (id, Some(enrol)) = (member.id(), enrolled(state, &member.id())) else { continue };
            let at = format!("team {team}, member {id}");
            if look(rows, &RECOVERY_COPIES, &(team, id))?.is_none() {
                report.find("recovery_copies", &at, &"the copy is missing");
            }
            // Of a trustee who has replaced their keys since there is none any more.
            let since = state.member(&id).and_then(Member::enrolment).map_or(0, |enrolment| enrolment.since);
            let is_kept = |trustee: &MemberId| {
                let renewed = state.member(trustee).and_then(Member::renewed);
                renewed.is_none_or(|renewed| renewed < since)
            };
            for share in enrol.shares.iter().filter(|share| is_kept(&share.trustee)) {
                if look(rows, &RECOVERY_SHARES, &(team, id, share.trustee))?.is_none() {
                    report.find("recovery_shares", &at, &"a share is missing");
                }
            }
        }
    }
    // Of a team whose chain does not replay nothing can be said.
    let ask = |team: &TeamId, fits: &dyn Fn(&TeamState) -> bool| known.team(team).map_or(known.is_team(team), fits);
    each(rows, &RECOVERY_COPIES, &(), report, |report, (team, member), sealed| {
        if !ask(&team, &|state| is_named(&sealed, enrolled(state, &member).map(|enrol| enrol.copy))) {
            report.find("recovery_copies", &format_args!("team {team}, member {member}"), &"not what was signed");
        }
        Ok(())
    })?;
    each(rows, &RECOVERY_SHARES, &(), report, |report, (team, member, trustee), sealed| {
        let named = |state: &TeamState| {
            let shares = enrolled(state, &member).into_iter().flat_map(|enrol| &enrol.shares);
            shares.into_iter().find(|share| share.trustee == trustee).map(|share| share.envelope)
        };
        if !ask(&team, &|state| is_named(&sealed, named(state))) {
            let at = format_args!("team {team}, member {member}, trustee {trustee}");
            report.find("recovery_shares", &at, &"not what was signed");
        }
        Ok(())
    })?;
    each(rows, &RECOVERY_REQUESTS, &(), report, |report, (team, member, _), _| {
        if !ask(&team, &|state| state.member(&member).is_some_and(|member| member.standing().is_some())) {
            report.find("recovery_requests", &format_args!("team {team}, member {member}"), &"for nobody");
        }
        Ok(())
    })?;
    each(rows, &GIVEN_SHARES, &(), report, |report, (team, member, trustee), row| {
        let begun = |state: &TeamState| state.recovery_of(&member, Timestamp(0)).map(|begun| begun.since);
        if !ask(&team, &|state| begun(state) == Some(row.recovery) && enrolled(state, &member).is_some()) {
            let at = format_args!("team {team}, member {member}, trustee {trustee}");
            report.find("given_shares", &at, &"for no recovery");
        }
        Ok(())
    })
}
