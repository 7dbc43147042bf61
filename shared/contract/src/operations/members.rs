//! Members: their roles, suspended, resumed and removed.

use super::{
    operation,
    sync::VaultHead,
    vault::{ChainError, Stated},
};
use crate::{
    bytes::Bytes,
    ids::{MemberId, TeamId},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPath {
    /// The team.
    pub team: TeamId,
    /// The member.
    pub member: MemberId,
}

/// A change of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// The signed statement.
    pub statement: Bytes,
}

operation! {
    /// Changes a member's role in the team.
    SetTeamRole "set_team_role": Post "/v1/teams/{team}/members/{member}/role", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Suspends a member; its sessions end.
    SuspendMember "suspend_member": Post "/v1/teams/{team}/members/{member}/suspension", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Resumes a suspended member.
    ResumeMember "resume_member": Post "/v1/teams/{team}/members/{member}/resumption", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Removes a member for good; its sessions end, and what the server kept for it to sign in goes.
    RemoveMember "remove_member": Post "/v1/teams/{team}/members/{member}/removal", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

/// The heads that a statement about a member has to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldHeads {
    /// Newest head of each vault in which the member has a role, in the order of their ids.
    pub heads: Vec<VaultHead>,
}

operation! {
    /// Gives the newest head of each vault in which a member has a role, to the member and to those who may take roles away.
    ListHeldHeads "list_held_heads": Get "/v1/teams/{team}/members/{member}/heads", Member;
    MemberPath => HeldHeads, Never
}
