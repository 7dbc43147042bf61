//! Member groups, and what they ask for in vaults.

use serde::{Deserialize, Serialize};

use super::{Fault, GrantRow, MemberId, NamedVault, VaultId, VaultRole, Version};
pub use sealward_client::model::MemberGroupDetails;
pub use sealward_contract::ids::GroupId;

/// A group and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupName {
    /// The group.
    pub id: GroupId,
    /// Its name; empty where it cannot be read.
    pub name: String,
}

/// Asks for the groups of the team.
#[derive(Serialize, Deserialize)]
pub struct ReadGroups;

/// The groups, and what the person may do about them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    /// In the order of their names.
    pub groups: Vec<GroupRow>,
    /// Whether the person may make, change and end groups.
    pub may_manage: bool,
    /// Vaults of the person's custody in which groups ask for something, or have brought what they bring no more, each with
    /// for how many members.
    pub open: Vec<(NamedVault, u32)>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// Which.
    pub id: GroupId,
    /// What it is called.
    pub details: MemberGroupDetails,
    /// The version of that.
    pub version: Option<Version>,
    /// What is wrong with the newest version that the server gave.
    pub fault: Option<Fault>,
    /// Who is in it: the login name of each.
    pub members: Vec<(MemberId, String)>,
    /// What it asks for.
    pub roles: Vec<GrantRow>,
}

/// Makes a group, or changes one.
#[derive(Serialize, Deserialize)]
pub struct SaveGroup {
    /// Which; `None` for a new one.
    pub group: Option<GroupId>,
    /// The version of its name that it was made from.
    pub base: Option<Version>,
    /// What it is called; `None` where that stays.
    pub details: Option<MemberGroupDetails>,
    /// Who is in it; `None` where that stays.
    pub members: Option<Vec<MemberId>>,
}

/// Ends a group for good.
#[derive(Serialize, Deserialize)]
pub struct EndGroup {
    /// Which.
    pub group: GroupId,
}

/// Asks for what groups ask for in a vault.
#[derive(Serialize, Deserialize)]
pub struct ReadVaultGroups {
    /// The vault.
    pub vault: VaultId,
}

/// What groups ask for in a vault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VaultGroups {
    /// Groups with a role.
    pub groups: Vec<VaultGroupRow>,
    /// Groups without one.
    pub others: Vec<GroupName>,
    /// What groups brought and bring no more.
    pub outgrown: Vec<OutgrownRow>,
}

/// A group with a role in a vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaultGroupRow {
    /// The group.
    pub group: GroupName,
    /// The role that its members should have.
    pub role: VaultRole,
    /// Members who have less: the login name of each, and what each would get.
    pub asked: Vec<(MemberId, String, VaultRole)>,
}

/// A role that goes beyond what a member has of itself and by its groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgrownRow {
    /// Whose.
    pub member: MemberId,
    /// Their login name.
    pub login_name: String,
    /// What they have.
    pub role: VaultRole,
    /// What is left of it.
    pub left: Option<VaultRole>,
}

/// Says what a group asks for in a vault.
#[derive(Serialize, Deserialize)]
pub struct SetGroupRole {
    /// The vault.
    pub vault: VaultId,
    /// The group.
    pub group: GroupId,
    /// The role; `None` for none.
    pub role: Option<VaultRole>,
}

/// Gives members what their group asks for.
#[derive(Serialize, Deserialize)]
pub struct GrantByGroup {
    /// In which vault.
    pub vault: VaultId,
    /// Which group.
    pub group: GroupId,
    /// The role that was shown.
    pub role: VaultRole,
    /// The members who were shown.
    pub members: Vec<MemberId>,
}

/// Takes what only groups had brought.
#[derive(Serialize, Deserialize)]
pub struct EndGroupGrants {
    /// In which vault.
    pub vault: VaultId,
    /// From the members who were shown.
    pub members: Vec<MemberId>,
}
