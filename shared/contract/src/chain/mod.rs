//! The team chain: an append-only list of signed statements. Replaying it *is* the team.

mod apply;
mod state;
mod statement;

pub use apply::Refused;
pub use state::{Cut, EpochState, Member, MemberState, TeamState, VaultState};
pub use statement::{
    Approvals, Body, EpochKeys, Genesis, Grant, MemberKeys, NamedHead, NewEpoch, NewVault, Policy, PolicyScope,
    Requirement, SetPolicy, SignedStatement, Statement, TeamRole, VaultKind, VaultRole, statement_hash,
};
