//! Each member of a chain can sign in unless removed; each team has its name, and its founder a profile; nobody else is
//! there.

use sealward_contract::{
    chain::{Member, TeamState},
    ids::{ObjectId, TeamId, VaultId},
    record::{Expected, Record, RecordKind, check_record},
};

use super::{each, look, report::Report, teams::Known};
use crate::{
    operations::session::login_key,
    store::{
        ReadTx, StoreError,
        tables::{DIRECTORY, LOGINS, MEMBERS},
    },
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    for state in known.teams() {
        check_team(rows, state, report)?;
    }
    each(rows, &MEMBERS, &(), report, |report, (team, member), row| {
        let at = format_args!("team {team}, member {member}");
        match known.team(&team) {
            None if known.is_team(&team) => {}
            Some(state) if state.member(&member).is_some_and(may_return) => {
                if row.bundle.is_empty() || row.login_key.check().is_err() {
                    report.find("members", &at, &"nobody could sign in with it");
                }
            }
            _ => report.find("members", &at, &"of no member"),
        }
        Ok(())
    })?;
    each(rows, &LOGINS, &(), report, |report, (team, name), member| {
        let theirs = known.team(&team).and_then(|state| state.member(&member)).filter(|member| may_return(member));
        let fits = theirs.is_some_and(|member| login_key(&member.sign_in_name()) == name);
        if !fits && (known.team(&team).is_some() || !known.is_team(&team)) {
            report.find("logins", &format_args!("team {team}, member {member}"), &"not that member's login name");
        }
        Ok(())
    })?;
    each(rows, &DIRECTORY, &(), report, |report, (team, kind, id), wire| {
        if let Err(reason) = check_directory(known, team, kind, id, &wire) {
            report.find("directory", &format_args!("team {team}, {kind:?} {id}"), &reason);
        }
        Ok(())
    })
}

fn check_team(rows: &ReadTx, state: &TeamState, report: &mut Report) -> Result<(), StoreError> {
    let team = state.team();
    if look(rows, &DIRECTORY, &(team, RecordKind::Team, team.object()))?.is_none() {
        report.find("directory", &format_args!("team {team}"), &"its name is missing");
    }
    for member in state.members().filter(|member| may_return(member)) {
        let id = member.id();
        let mut missing = |what: &str| report.find("members", &format_args!("team {team}, member {id}"), &what);
        if look(rows, &MEMBERS, &(team, id))?.is_none() {
            missing("its bundle is missing");
        }
        if look(rows, &LOGINS, &(team, login_key(&member.sign_in_name())))? != Some(id) {
            missing("its login name leads elsewhere");
        }
        // Whoever joins has none until they write one.
        if id == state.founder() && look(rows, &DIRECTORY, &(team, RecordKind::Profile, id.object()))?.is_none() {
            missing("its profile is missing");
        }
    }
    Ok(())
}

/// Of whoever was removed, or has no keys yet, nothing is kept to sign in with.
fn may_return(member: &Member) -> bool {
    member.has_keys()
}

fn check_directory(known: &Known, team: TeamId, kind: RecordKind, id: ObjectId, wire: &[u8]) -> Result<(), String> {
    let Some(state) = known.team(&team) else {
        return if known.is_team(&team) { Ok(()) } else { Err("of no team".to_owned()) };
    };
    let record = Record::parse(wire).map_err(|error| error.to_string())?;
    if record.payload().is_none() {
        return Err("its payload is missing".to_owned());
    }
    let expected = Expected { vault: VaultId::DIRECTORY, id, kind, resource: None, version: None, hash: None };
    check_record(state, &expected, &record).map_err(|refused| refused.to_string())
}
