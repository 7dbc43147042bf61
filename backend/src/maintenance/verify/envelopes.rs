//! Whoever had a role when keys were made has them in an envelope, open invitations too, and no envelope is for anything
//! or anyone else. What is in one only its recipient can tell.

use sealward_contract::{
    chain::{Invitation, InvitationState, MemberKind, TeamState},
    ids::{MemberId, TeamId, VaultId},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    Order, ReadTx, StoreError,
    tables::{ENVELOPES, EnvelopeRow},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    for state in known.teams() {
        let founder = state.member(&state.founder()).filter(|founder| founder.standing().is_some());
        if let Some(founder) = founder {
            check_directory(rows, state, founder.id(), report)?;
        }
        for member in state.members().filter(|member| member.standing().is_some()) {
            if member.kind() == MemberKind::Service {
                check_directory(rows, state, member.id(), report)?;
            }
            check_epochs(rows, state, member.id(), report, |vault, since| {
                // What was sealed to keys that were replaced went with them.
                member.renewed().is_none_or(|renewed| renewed < since)
                    && state.vault(vault).is_some_and(|vault| vault.role_at(&member.id(), since).is_some())
            })?;
        }
        for Invitation { invite, since, .. } in state.invitations().filter(|invitation| is_open(invitation)) {
            check_directory(rows, state, invite.invite.member(), report)?;
            check_epochs(rows, state, invite.invite.member(), report, |vault, made| {
                made > *since && invite.grants.iter().any(|grant| grant.vault == *vault)
            })?;
        }
    }
    each(rows, &ENVELOPES, &(), report, |report, (team, member, sequence, vault), row| {
        if !is_wanted(known, &team, &member, sequence, &vault, &row) {
            let at = format_args!("team {team}, member {member}, statement {sequence}, vault {vault}");
            report.find("envelopes", &at, &"keys of no epoch, or for nobody");
        }
        Ok(())
    })
}

fn is_open(invitation: &Invitation) -> bool {
    invitation.state == InvitationState::Open
}

/// The directory's keys are there: for whoever joined, only once they have wrapped them to themselves.
fn check_directory(rows: &ReadTx, state: &TeamState, member: MemberId, report: &mut Report) -> Result<(), StoreError> {
    let team = state.team();
    let mut there = false;
    ENVELOPES.scan(rows, &(team, member), Order::Forward, |(.., vault), _| {
        there |= vault == VaultId::DIRECTORY;
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    if !there {
        report.find("envelopes", &format_args!("team {team}, member {member}"), &"the directory's keys are missing");
    }
    Ok(())
}

/// The keys of each epoch that was made for this recipient are there.
fn check_epochs(
    rows: &ReadTx,
    state: &TeamState,
    member: MemberId,
    report: &mut Report,
    was_recipient: impl Fn(&VaultId, u64) -> bool,
) -> Result<(), StoreError> {
    let team = state.team();
    for (vault, known) in state.vaults() {
        for epoch in known.epochs().iter().filter(|epoch| was_recipient(vault, epoch.since)) {
            let row = look(rows, &ENVELOPES, &(team, member, epoch.since, *vault))?;
            if row.is_none_or(|row| row.epoch != epoch.epoch) {
                let at = format_args!("team {team}, member {member}, vault {vault}, epoch {}", epoch.epoch.0);
                report.find("envelopes", &at, &"its keys are missing");
            }
        }
    }
    Ok(())
}

fn is_wanted(
    known: &Known,
    team: &TeamId,
    member: &MemberId,
    sequence: u64,
    vault: &VaultId,
    row: &EnvelopeRow,
) -> bool {
    let Some(state) = known.team(team) else { return known.is_team(team) };
    let recipient = state.member(member).is_some_and(|member| member.standing().is_some())
        // Of whoever was removed, the keys of its own vault are kept with it.
        || state.personal_vault(member).is_some_and(|(own, _)| own == vault)
        || state.invitations().any(|invitation| is_open(invitation) && invitation.invite.invite.member() == *member);
    if !recipient || row.sealed.is_empty() || sequence > state.position().sequence {
        return false;
    }
    *vault == VaultId::DIRECTORY
        || state.vault(vault).is_some_and(|vault| vault.epochs().iter().any(|epoch| epoch.epoch == row.epoch))
}
