//! A person's own keys, and what is stored where they are replaced: by the person, or by their recovery.

mod replace;

use std::{collections::BTreeSet, ops::ControlFlow};

use sealward_contract::{
    bytes::Bytes,
    chain::{Refused, ReplaceKeys, TeamState},
    crypto::hash,
    ids::{MemberId, TeamId, VaultId},
    limits,
    operations::{invitations::VaultEnvelope, vault::ChainError},
    problem::Rejection,
};

use super::{
    call::Refusal,
    statement::{Followed, Wrapped, refuse, store_wrapped, take_envelopes, wrapped},
};
use crate::store::{
    Order, StoreError, WriteTx,
    tables::{MEMBERS, MemberRow, WRAPPED},
};

/// What is stored of new keys.
#[derive(Clone)]
pub(super) struct Kept {
    row: MemberRow,
    wrapped: Vec<Wrapped>,
}

impl Kept {
    /// Checks what comes with a statement: the bundle and login key that it names, and keys of the person's vaults.
    pub(super) fn check(
        state: &TeamState,
        member: MemberId,
        replace: &ReplaceKeys,
        row: MemberRow,
        (directory, envelopes): (&Bytes, &[VaultEnvelope]),
    ) -> Result<Self, Refusal<ChainError>> {
        let refused = || Refusal::Own(ChainError::EnvelopesRefused);
        if row.login_key != replace.login_key {
            return Err(refuse(Refused::Key));
        }
        if row.bundle.is_empty() || row.bundle.len() > limits::BUNDLE || hash(&row.bundle) != replace.bundle {
            return Err(refused());
        }
        // Of a vault whose keys the person cannot open a custodian wraps them anew.
        let granted: BTreeSet<VaultId> = state.vaults_of(&member).map(|(vault, _)| *vault).collect();
        let brought: BTreeSet<VaultId> = envelopes.iter().map(|envelope| envelope.vault).collect();
        if !brought.is_subset(&granted) {
            return Err(refused());
        }
        let wrapped = wrapped(state, member, &brought, directory, envelopes)?;
        Ok(Self { row, wrapped })
    }

    /// Stores it in place of what there was; the bundle has to be of the next version.
    pub(super) fn store(
        self,
        tx: &mut WriteTx<'_, '_>,
        followed: &Followed,
        member: MemberId,
    ) -> Result<(), Refusal<ChainError>> {
        let team = followed.state.team();
        let before = MEMBERS.get(tx, &(team, member))?.ok_or(Rejection::NotFound)?;
        if before.bundle_version.checked_add(1) != Some(self.row.bundle_version) {
            return Err(Refusal::Own(ChainError::EnvelopesRefused));
        }
        MEMBERS.put(tx, &(team, member), &self.row)?;
        take_envelopes(tx, team, member)?;
        let brought = self.wrapped.iter().map(|(vault, ..)| *vault).collect();
        forget_wrapped(tx, team, member, &brought)?;
        store_wrapped(tx, followed, self.wrapped)?;
        Ok(())
    }
}

/// What was wrapped anew to the old keys is gone, and a custodian wraps it again: all but what the person brought.
pub(super) fn forget_wrapped(
    tx: &mut WriteTx<'_, '_>,
    team: TeamId,
    member: MemberId,
    brought: &BTreeSet<VaultId>,
) -> Result<(), StoreError> {
    let mut gone = Vec::new();
    WRAPPED.scan(tx, &(team, member), Order::Forward, |place, _| {
        gone.push(place);
        Ok(ControlFlow::Continue(()))
    })?;
    for place in gone.iter().filter(|(.., vault)| !brought.contains(vault)) {
        WRAPPED.delete(tx, place);
    }
    Ok(())
}
