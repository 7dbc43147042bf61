//! Member groups: made, named, changed and ended; and what custodians of vaults give and take for them.

use super::{
    Page, PageQuery, TeamPath, VaultPath,
    directory::{DirectoryError, DirectoryWrite, DirectoryWritten},
    operation,
    vault::{ChainError, Envelope, Stated},
};
use crate::{
    bytes::Bytes,
    chain::VaultRole,
    ids::{GroupId, MemberId, TeamId, Timestamp, VaultId, Version},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of a member group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupPath {
    /// The team.
    pub team: TeamId,
    /// The group.
    pub group: GroupId,
}

/// A new member group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// The signed statement, which says who is in it.
    pub statement: Bytes,
    /// The first version of the record with its name.
    pub record: Bytes,
}

/// A change of a member group, or of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupChange {
    /// The signed statement.
    pub statement: Bytes,
}

operation! {
    /// Makes a member group, with its members and its name.
    CreateGroup "create_group": Post "/v1/teams/{team}/groups", Member, keyed;
    TeamPath, body NewGroup => Stated, ChainError
}

/// What a group asks for in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupVaultRole {
    /// The vault.
    pub vault: VaultId,
    /// The role that its members should have.
    pub role: VaultRole,
}

/// A member group, as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GroupEntry {
    /// Its id.
    pub group: GroupId,
    /// Who is in it, by ascending id.
    pub members: Vec<MemberId>,
    /// What it asks for in vaults in which the caller has a role.
    pub roles: Vec<GroupVaultRole>,
    /// When it was made.
    pub created: Timestamp,
    /// When its members were changed last.
    pub updated: Timestamp,
    /// The version of its name.
    pub version: Version,
    /// The sealed record with its name.
    pub record: Bytes,
}

operation! {
    /// Lists the member groups in the order of their ids.
    ListGroups "list_groups": Get "/v1/teams/{team}/groups", Member;
    TeamPath, query PageQuery => Page<GroupEntry>, Never
}

operation! {
    /// Writes the next version of a member group's name and description.
    UpdateGroup "update_group": Put "/v1/teams/{team}/groups/{group}", Member;
    GroupPath, body DirectoryWrite => DirectoryWritten, DirectoryError
}

operation! {
    /// Says who is in a member group.
    SetGroupMembers "set_group_members": Post "/v1/teams/{team}/groups/{group}/members", Member, keyed;
    GroupPath, body GroupChange => Stated, ChainError
}

operation! {
    /// Ends a member group for good. What it brought stays until custodians take it away.
    DeleteGroup "delete_group": Post "/v1/teams/{team}/groups/{group}/removal", Member, keyed;
    GroupPath, body GroupChange => Stated, ChainError
}

operation! {
    /// Says which role a group's members should have in a vault; nobody gets it by that.
    SetGroupRole "set_group_role": Post "/v1/teams/{team}/vaults/{vault}/group-roles", Member, keyed;
    VaultPath, body GroupChange => Stated, ChainError
}

/// Roles that a group asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupGrant {
    /// The signed statement.
    pub statement: Bytes,
    /// The keys that go with the role, of all epochs: one envelope for each member named.
    pub envelopes: Vec<Envelope>,
}

operation! {
    /// Gives members of a group what it asks for in a vault, each a role of their own.
    GrantByGroup "grant_by_group": Post "/v1/teams/{team}/vaults/{vault}/group-grants", Member, keyed, batch;
    VaultPath, body GroupGrant => Stated, ChainError
}

operation! {
    /// Takes away what only groups had brought that do not bring it any more.
    EndGroupGrants "end_group_grants": Post "/v1/teams/{team}/vaults/{vault}/group-revocations", Member, keyed;
    VaultPath, body GroupChange => Stated, ChainError
}
