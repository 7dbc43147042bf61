//! Services: admitted, given other terms and another token; and when they were last used.

mod create;
mod renew;
mod set;
#[cfg(test)]
mod tests;
mod uses;

use std::collections::BTreeSet;

use sealward_contract::{
    chain::{Refused, TeamState},
    ids::{MemberId, VaultId},
    limits,
    operations::{services::ServiceToken, vault::ChainError},
};

use super::{
    call::Refusal,
    session::login_key,
    statement::{Followed, Wrapped, refuse, store_wrapped, wrapped},
};
use crate::store::{
    StoreError, WriteTx,
    tables::{LOGINS, MEMBERS, MemberRow},
};

/// What is stored of a token.
#[derive(Clone)]
pub(super) struct Kept {
    row: MemberRow,
    wrapped: Vec<Wrapped>,
}

/// Checks what comes with a token: a login key that is one, a bundle, and the keys of all the service's vaults.
pub(super) fn check(state: &TeamState, service: MemberId, token: &ServiceToken) -> Result<Kept, Refusal<ChainError>> {
    token.login_key.check().map_err(|_| refuse(Refused::Key))?;
    if token.bundle.is_empty() || token.bundle.len() > limits::BUNDLE {
        return Err(Refusal::Own(ChainError::EnvelopesRefused));
    }
    let granted: BTreeSet<VaultId> = state.vaults_of(&service).map(|(vault, _)| *vault).collect();
    let wrapped = wrapped(state, service, &granted, &token.directory, &token.envelopes)?;
    let row = MemberRow {
        login_key: token.login_key,
        bundle: token.bundle.clone(),
        bundle_version: 1,
        kit_tag: token.kit_tag,
    };
    Ok(Kept { row, wrapped })
}

pub(super) fn keep(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    service: MemberId,
    kept: Kept,
) -> Result<(), StoreError> {
    let team = followed.state.team();
    if let Some(member) = followed.state.member(&service) {
        LOGINS.put(tx, &(team, login_key(&member.sign_in_name())), &service)?;
    }
    MEMBERS.put(tx, &(team, service), &kept.row)?;
    store_wrapped(tx, followed, kept.wrapped)
}
