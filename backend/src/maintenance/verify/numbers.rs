//! Numbers: handed out in blocks that do not overlap, each borne by the object that its row names.

use std::collections::BTreeMap;

use sealward_contract::{
    ids::{Number, TeamId},
    record::RecordState,
};

use super::{each, look, personal, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{ENTRIES, NUMBER_BLOCKS, NUMBER_COUNTERS, NUMBERED, NumberedRow},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let mut next: BTreeMap<TeamId, u32> = BTreeMap::new();
    each(rows, &NUMBER_BLOCKS, &(), report, |report, (team, first), block| {
        let free = next.entry(team).or_insert(1);
        if !known.is_team(&team) {
            report.find("number_blocks", &format_args!("team {team}, from {first}"), &"of no team");
        } else if first != *free {
            report.find("number_blocks", &format_args!("team {team}, from {first}"), &"not the next numbers");
        }
        *free = first.saturating_add(block.count);
        Ok(())
    })?;
    each(rows, &NUMBER_COUNTERS, &(), report, |report, team, counter| {
        if next.remove(&team) != Some(counter) {
            report.find("number_counters", &format_args!("team {team}"), &"not the number after the last block");
        }
        Ok(())
    })?;
    for team in next.keys() {
        report.find("number_counters", &format_args!("team {team}"), &"would hand out numbers again");
    }
    each(rows, &NUMBERED, &(), report, |report, (team, number), bearer| {
        let entry = look(rows, &ENTRIES, &(bearer.vault, bearer.kind, bearer.id))?;
        let block = NUMBER_BLOCKS.floor(rows, &team, &(team, number)).unwrap_or_default();
        let handed_out = block.is_some_and(|((_, first), block)| number - first < block.count);
        if entry.is_none_or(|entry| entry.number != Number(number)) || !handed_out {
            report.find("numbered", &format_args!("team {team}, number {number}"), &"not its bearer's");
        }
        Ok(())
    })?;
    let deleted = personal::deleted(rows)?;
    ENTRIES.scan_all(rows, &(), |row| {
        let Ok(((vault, kind, id), entry)) = row else { return Ok(()) };
        let Some((state, _)) = known.vault(&vault) else { return Ok(()) };
        if kind.is_numbered() {
            let bearer = look(rows, &NUMBERED, &(state.team(), entry.number.0))?;
            // What was deleted may have left its number to another object.
            let fits = match entry.state {
                RecordState::Live => bearer == Some(NumberedRow { vault, kind, id }),
                // It may have gone with a personal vault that it was moved to.
                RecordState::Deleted => bearer.is_some() || deleted.iter().any(|(team, _)| *team == state.team()),
            };
            if !fits {
                let at = format_args!("vault {vault}, {kind:?} {id}");
                report.find("entries", &at, &"it does not bear its number");
            }
        }
        Ok(())
    })
}
