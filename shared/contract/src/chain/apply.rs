//! The rules of the chain: which statement may follow which state. Pure, and the same code in server, browser and CLI.
//!
//! `apply` checks first and changes afterwards, so that a refused statement leaves the state as it was.

use crate::{
    chain::{
        Approvals, Body, Cut, EpochKeys, EpochState, Genesis, Member, MemberKeys, MemberState, NewEpoch, NewVault,
        SetPolicy, SignedStatement, Statement, TeamRole, TeamState, VaultKind, VaultRole, VaultState, state::Timeline,
        statement_hash,
    },
    crypto::Hash,
    ids::{Epoch, MemberId, Number, TeamId, VaultId},
    limits, policy,
    suite::SUITE,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a statement does not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// Another suite.
    #[error("another suite")]
    Suite,
    /// Another team.
    #[error("another team")]
    Team,
    /// It does not follow the newest statement.
    #[error("does not follow the newest statement")]
    Order,
    /// Its time is before the newest statement's.
    #[error("before the newest statement in time")]
    Time,
    /// Its author is no active member.
    #[error("an unknown author")]
    Author,
    /// Its signature is not its author's.
    #[error("a signature that does not verify")]
    Signature,
    /// Its author has no right to it.
    #[error("an author without the right to it")]
    Right,
    /// An id, login name or key that was used before.
    #[error("an id, name or key that was used before")]
    Used,
    /// A login name or key that is none.
    #[error("a name or key that is none")]
    Key,
    /// An object that is not there.
    #[error("an object that is not there")]
    Unknown,
    /// An epoch that is not the next one.
    #[error("not the next epoch")]
    Epoch,
    /// Grants without their maker as custodian, to someone unknown, given twice, or in a personal vault.
    #[error("grants that cannot be")]
    Grants,
    /// A policy that could not be met: approvals must be fewer than the custodians.
    #[error("a policy that could not be met")]
    Policy,
    /// A genesis that is none, or one in the middle.
    #[error("a genesis out of place")]
    Genesis,
    /// More than the limits allow.
    #[error("over a limit")]
    Limit,
}

impl TeamState {
    /// Begins a team with its genesis.
    ///
    /// # Errors
    /// [`Refused`] with the first reason found.
    pub fn found(genesis: &SignedStatement) -> Result<Self, Refused> {
        let Statement { suite, team, sequence, previous, author, time, body } = genesis.value();
        if *suite != SUITE {
            return Err(Refused::Suite);
        }
        let Body::Genesis(Genesis { founder, directory }) = body else { return Err(Refused::Genesis) };
        if team.is_some() || *sequence != 0 || *previous != Hash::ZERO || *author != founder.member {
            return Err(Refused::Genesis);
        }
        check_keys(founder)?;
        genesis.verify(&founder.signing).map_err(|_| Refused::Signature)?;
        let hash = statement_hash(genesis);
        let mut role = Timeline::default();
        role.set(0, TeamRole::Owner);
        let founder = Member { keys: founder.clone(), number: Number(1), state: MemberState::Active, role };
        Ok(Self {
            team: TeamId::of_genesis(&hash),
            founder: *author,
            directory: *directory,
            time: *time,
            hashes: vec![hash],
            members: BTreeMap::from([(founder.keys.member, founder)]),
            vaults: BTreeMap::new(),
        })
    }

    /// Appends a statement.
    ///
    /// # Errors
    /// [`Refused`] with the first reason found; the state is then as it was.
    pub fn apply(&mut self, statement: &SignedStatement) -> Result<(), Refused> {
        self.check_place(statement)?;
        let Statement { author, time, body, .. } = statement.value();
        let sequence = self.hashes.len() as u64;
        match body {
            Body::Genesis(_) => return Err(Refused::Genesis),
            Body::NewVault(new) => self.make_vault(sequence, author, new)?,
            Body::NewEpoch(new) => self.start_epoch(sequence, author, new)?,
            Body::SetPolicy(set) => self.set_policy(sequence, author, set)?,
        }
        self.time = *time;
        self.hashes.push(statement_hash(statement));
        Ok(())
    }

    /// Suite, team, order, time, author and signature.
    fn check_place(&self, statement: &SignedStatement) -> Result<(), Refused> {
        let Statement { suite, team, sequence, previous, author, time, .. } = statement.value();
        let newest = self.position();
        if *suite != SUITE {
            return Err(Refused::Suite);
        }
        if *team != Some(self.team) {
            return Err(Refused::Team);
        }
        if *sequence != newest.sequence + 1 || *previous != newest.hash {
            return Err(Refused::Order);
        }
        if *time < self.time {
            return Err(Refused::Time);
        }
        self.role(author).ok_or(Refused::Author)?;
        let author = self.member(author).ok_or(Refused::Author)?;
        statement.verify(&author.keys.signing).map_err(|_| Refused::Signature)
    }

    fn make_vault(&mut self, sequence: u64, author: &MemberId, new: &NewVault) -> Result<(), Refused> {
        if !policy::may_make_vault(self, author, new.kind) {
            return Err(Refused::Right);
        }
        if self.vaults.len() >= limits::VAULTS {
            return Err(Refused::Limit);
        }
        if new.vault == VaultId::DIRECTORY || self.vaults.contains_key(&new.vault) {
            return Err(Refused::Used);
        }
        check_epoch_keys(self, &new.keys)?;
        let mut grants: BTreeMap<MemberId, Timeline<Option<VaultRole>>> = BTreeMap::new();
        for grant in &new.grants {
            self.role(&grant.member).ok_or(Refused::Grants)?;
            let mut roles = Timeline::default();
            roles.set(sequence, Some(grant.role));
            if grants.insert(grant.member, roles).is_some() {
                return Err(Refused::Grants);
            }
        }
        let makers_role = new.grants.iter().find(|grant| grant.member == *author).map(|grant| grant.role);
        let alone = new.grants.len() == 1;
        if makers_role != Some(VaultRole::Custodian) || (new.kind == VaultKind::Personal && !alone) {
            return Err(Refused::Grants);
        }
        let number = u32::try_from(self.vaults.len() + 1).map_err(|_| Refused::Limit)?;
        self.vaults.insert(
            new.vault,
            VaultState {
                number: Number(number),
                kind: new.kind,
                epochs: vec![EpochState { epoch: Epoch::FIRST, keys: new.keys.clone(), since: sequence }],
                grants,
                policies: BTreeMap::new(),
                cut: None,
            },
        );
        Ok(())
    }

    fn start_epoch(&mut self, sequence: u64, author: &MemberId, new: &NewEpoch) -> Result<(), Refused> {
        let role = self.vault_role(&new.vault, author);
        let vault = self.vaults.get(&new.vault).ok_or(Refused::Unknown)?;
        if !role.is_some_and(policy::may_start_epoch) {
            return Err(Refused::Right);
        }
        let last = vault.epoch().ok_or(Refused::Unknown)?;
        if last.epoch.0.checked_add(1) != Some(new.epoch.0) {
            return Err(Refused::Epoch);
        }
        check_epoch_keys(self, &new.keys)?;
        let vault = self.vaults.get_mut(&new.vault).ok_or(Refused::Unknown)?;
        vault.epochs.push(EpochState { epoch: new.epoch, keys: new.keys.clone(), since: sequence });
        vault.cut = Some(Cut { sequence, head: Some(new.head) });
        Ok(())
    }

    fn set_policy(&mut self, sequence: u64, author: &MemberId, set: &SetPolicy) -> Result<(), Refused> {
        let role = self.vault_role(&set.vault, author);
        let vault = self.vaults.get_mut(&set.vault).ok_or(Refused::Unknown)?;
        if !role.is_some_and(policy::may_set_policy) {
            return Err(Refused::Right);
        }
        if let Some(policy) = &set.policy {
            let unmet = usize::from(policy.approvals.0) >= vault.custodians();
            if policy.approvals > Approvals::MOST || (policy.approvals.0 > 0 && unmet) {
                return Err(Refused::Policy);
            }
        }
        vault.policies.entry(set.scope).or_default().set(sequence, set.policy.clone());
        Ok(())
    }
}

fn check_keys(keys: &MemberKeys) -> Result<(), Refused> {
    if !keys.login_name.is_folded() {
        return Err(Refused::Key);
    }
    keys.signing.check().and_then(|()| keys.sealing.check()).map_err(|_| Refused::Key)
}

/// Keys are made anew for every epoch: one seen before would let its old holder open new secrets.
fn check_epoch_keys(state: &TeamState, keys: &EpochKeys) -> Result<(), Refused> {
    keys.guarded.check().map_err(|_| Refused::Key)?;
    let in_epochs = state.vaults().flat_map(|(_, vault)| vault.epochs()).map(|epoch| &epoch.keys);
    let seen = in_epochs
        .into_iter()
        .any(|known| known.guarded == keys.guarded || known.catalog == keys.catalog || known.open == keys.open);
    let members = state.members().any(|member| member.keys.sealing == keys.guarded);
    if seen || members { Err(Refused::Used) } else { Ok(()) }
}
