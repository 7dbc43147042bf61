//! Personal vaults whose owners were removed: each is the one that the chain gives its owner. And what was wrapped anew: to
//! members, of vaults that there are.

use std::collections::BTreeSet;

use sealward_contract::ids::{TeamId, VaultId};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    Order, ReadTx, StoreError,
    tables::{KEPT_VAULTS, KeptState, WRAPPED},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    each(rows, &KEPT_VAULTS, &(), report, |report, (team, vault), row| {
        let Some(state) = known.team(&team) else { return Ok(()) };
        let owner = state.member(&row.owner).filter(|owner| owner.standing().is_none());
        if owner.and_then(|owner| state.personal_vault(&owner.id())).is_none_or(|(own, _)| *own != vault) {
            report.find("kept_vaults", &format_args!("team {team}, vault {vault}"), &"not of somebody who was removed");
        }
        Ok(())
    })?;
    each(rows, &WRAPPED, &(), report, |report, (team, member, vault), sequence| {
        let Some(state) = known.team(&team) else { return Ok(()) };
        let fits = state.vault(&vault).is_some() && sequence <= state.position().sequence;
        if !fits {
            report.find("wrapped", &format_args!("team {team}, member {member}, vault {vault}"), &"of no vault");
        }
        Ok(())
    })
}

/// Whether nothing, or not all, is left of a vault.
pub(super) fn is_deleted(rows: &ReadTx, team: TeamId, vault: VaultId) -> Result<bool, StoreError> {
    Ok(look(rows, &KEPT_VAULTS, &(team, vault))?.is_some_and(|row| row.state != KeptState::Kept))
}

/// The vaults of which that is so.
pub(super) fn deleted(rows: &ReadTx) -> Result<BTreeSet<(TeamId, VaultId)>, StoreError> {
    let mut deleted = BTreeSet::new();
    KEPT_VAULTS.scan(rows, &(), Order::Forward, |place, row| {
        if row.state != KeptState::Kept {
            deleted.insert(place);
        }
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(deleted)
}
