//! Every member group has its name, and none that ended; and whoever follows the directory is given each record that was
//! written.

use sealward_contract::{
    ids::{GroupId, TeamId},
    record::RecordKind,
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{DIRECTORY, DIRECTORY_CHANGES, DIRECTORY_COUNTERS, DIRECTORY_PLACES},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    for state in known.teams() {
        let team = state.team();
        for group in state.groups() {
            let id = group.group;
            if look(rows, &DIRECTORY, &(team, RecordKind::Group, id.object()))?.is_none() {
                report.find("directory", &format_args!("team {team}, group {id}"), &"its name is missing");
            }
        }
        check_ended(rows, known, team, report)?;
    }
    each(rows, &DIRECTORY_COUNTERS, &(), report, |report, team, _| {
        if !known.is_team(&team) {
            report.find("directory_counters", &format_args!("team {team}"), &"of no team");
        }
        Ok(())
    })?;
    each(rows, &DIRECTORY_CHANGES, &(), report, |report, (team, at), change| {
        let place = look(rows, &DIRECTORY_PLACES, &(team, change.kind, change.id))?;
        let counted = look(rows, &DIRECTORY_COUNTERS, &team)?.unwrap_or_default();
        let there = look(rows, &DIRECTORY, &(team, change.kind, change.id))?.is_some();
        if place != Some(at) || counted < at || !there {
            report.find("directory_changes", &format_args!("team {team}, {at}"), &"not what was written then");
        }
        Ok(())
    })?;
    each(rows, &DIRECTORY_PLACES, &(), report, |report, (team, kind, id), at| {
        if look(rows, &DIRECTORY_CHANGES, &(team, at))?.is_none_or(|change| (change.kind, change.id) != (kind, id)) {
            report.find("directory_places", &format_args!("team {team}, {kind:?} {id}"), &"nobody is told of it");
        }
        Ok(())
    })
}

fn check_ended(rows: &ReadTx, known: &Known, team: TeamId, report: &mut Report) -> Result<(), StoreError> {
    let Some(state) = known.team(&team) else { return Ok(()) };
    let mut ended = Vec::new();
    DIRECTORY.scan_all(rows, &(team, RecordKind::Group), |row| {
        if let Ok(((.., id), _)) = row
            && state.group(&GroupId(id.0)).is_none_or(|group| !group.is_live())
        {
            ended.push(id);
        }
        Ok(())
    })?;
    for id in ended {
        report.find("directory", &format_args!("team {team}, group {id}"), &"of no group that is there");
    }
    Ok(())
}
