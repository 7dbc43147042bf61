//! Whoever had a role when keys were made has them in an envelope, and no envelope is for anything else. What is in one
//! only its recipient can tell.

use sealward_contract::ids::{TeamId, VaultId};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    Order, ReadTx, StoreError,
    tables::{ENVELOPES, EnvelopeRow},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    for state in known.teams() {
        let team = state.team();
        for member in state.members() {
            let member = member.keys.member;
            let mut directory = false;
            ENVELOPES.scan(rows, &(team, member), Order::Forward, |(.., vault), _| {
                directory |= vault == VaultId::DIRECTORY;
                Ok(std::ops::ControlFlow::Continue(()))
            })?;
            if !directory {
                let at = format_args!("team {team}, member {member}");
                report.find("envelopes", &at, &"the directory's keys are missing");
            }
            for (vault, state) in state.vaults() {
                for epoch in state.epochs() {
                    let had_role = state.role_at(&member, epoch.since).is_some();
                    let place = (team, member, epoch.since, *vault);
                    let there = look(rows, &ENVELOPES, &place)?.is_some_and(|row| row.epoch == epoch.epoch);
                    if had_role && !there {
                        let at = format_args!("team {team}, member {member}, vault {vault}, epoch {}", epoch.epoch.0);
                        report.find("envelopes", &at, &"its keys are missing");
                    }
                }
            }
        }
    }
    each(rows, &ENVELOPES, &(), report, |report, (team, member, sequence, vault), row| {
        if !is_wanted(known, &team, sequence, &vault, &row) {
            let at = format_args!("team {team}, member {member}, statement {sequence}, vault {vault}");
            report.find("envelopes", &at, &"keys of no epoch");
        }
        Ok(())
    })
}

fn is_wanted(known: &Known, team: &TeamId, sequence: u64, vault: &VaultId, row: &EnvelopeRow) -> bool {
    let Some(state) = known.team(team) else { return known.is_team(team) };
    if row.sealed.is_empty() || sequence > state.position().sequence {
        return false;
    }
    *vault == VaultId::DIRECTORY
        || state.vault(vault).is_some_and(|vault| vault.epochs().iter().any(|epoch| epoch.epoch == row.epoch))
}
