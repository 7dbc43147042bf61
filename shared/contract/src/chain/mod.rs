//! The team chain: an append-only list of signed statements. Replaying it *is* the team.

mod apply;
mod directory;
mod group;
mod grouping;
mod invitation;
mod keys;
mod lease_terms;
mod member;
mod membership;
mod person;
mod recovery;
mod service;
mod state;
mod statement;
mod team_policy;
mod timeline;

#[cfg(test)]
mod tests;

pub use apply::Refused;
pub use directory::{DirectoryKey, DirectoryRenewal};
pub use group::{EndGroupGrants, GrantByGroup, SetGroup, SetGroupRole};
pub use grouping::{Group, Outgrown};
pub use invitation::{Invitation, InvitationState, Recipient};
pub use keys::ReplaceKeys;
pub use lease_terms::LeaseTerms;
pub use member::{Member, MemberKind, MemberState};
pub use membership::{
    Invite, Join, Remove, Resume, Revoke, SetGrant, SetTeamRole, Suspend, TouchedVault, VaultGrant, WithdrawInvite,
};
pub use person::{AdmitPerson, RegisterPerson, SetPassword};
pub use recovery::{
    CancelRecovery, DeviceKeys, EndEnrolment, Enrol, Enrolment, NamedShare, Recover, Recovery, RecoveryGroup,
    SetRecovery, StandIn,
};
pub use service::{Admit, RenewService, ServiceScope, ServiceTerms, SetService};
pub use state::{Cut, EpochState, TeamState, VaultState};
pub use statement::{
    Approvals, Body, EpochKeys, Genesis, Grant, MemberKeys, NamedHead, NewEpoch, NewVault, Policy, PolicyScope,
    Requirement, SetPolicy, SignedStatement, Statement, TeamRole, VaultKind, VaultRole, statement_hash,
};
pub use team_policy::{FactorDemand, ServiceDemand, TeamPolicy};
