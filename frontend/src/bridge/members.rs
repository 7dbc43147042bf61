//! The people of a team: members, invitations, roles in the team and in vaults.

use serde::{Deserialize, Serialize};

use super::{Comparison, MemberId, PasswordWay, QrCode, SecretText, ServiceRow, TeamId, VaultId, VaultRole};
pub use sealward_contract::{
    chain::{InvitationState, MemberState, TeamRole},
    ids::InviteId,
};

/// Where the link of an invitation leads; the invitation stands behind a `#`.
pub const JOIN_PATH: &str = "/join";

/// Asks for the people of the team.
#[derive(Serialize, Deserialize)]
pub struct ReadPeople;

/// Everyone who is, was or may become a member, and what the person may do about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    /// Members in the order of their numbers, those who were removed included.
    pub members: Vec<MemberRow>,
    /// Invitations, the newest first, those that are over included.
    pub invitations: Vec<InvitationRow>,
    /// Whether the person may invite.
    pub may_invite: bool,
    /// The vaults in which the person may give roles.
    pub grantable: Vec<NamedVault>,
}

/// A vault and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedVault {
    /// The vault.
    pub id: VaultId,
    /// Its name; empty where the person does not see it.
    pub name: String,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// The member.
    pub member: MemberId,
    /// The number that people use.
    pub number: u32,
    /// What they sign in with: the name that decisions go by.
    pub login_name: String,
    /// What they call themselves, where it is known.
    pub full_name: Option<String>,
    /// The department that they say they are of; empty where it is not known.
    pub department: String,
    /// Whether what the server gave as their newest profile cannot be right.
    pub damaged: bool,
    /// Whether they may act.
    pub state: MemberState,
    /// The login name of whoever made the keys that they have still to replace.
    pub made_by: Option<String>,
    /// Their role in the team, or the one that they get back; `None` for whoever was removed.
    pub role: Option<TeamRole>,
    /// Their roles in vaults, or those that they get back.
    pub grants: Vec<GrantRow>,
    /// What it is besides, where it is a service.
    pub service: Option<ServiceRow>,
    /// Whether this person has compared keys with them.
    pub compared: Comparison,
    /// Whether it is the person.
    pub own: bool,
    /// Whether the person may suspend, resume and remove them.
    pub manageable: bool,
    /// How the person may set their password.
    pub password: PasswordWay,
    /// The roles in the team that the person may give them.
    pub roles: Vec<TeamRole>,
}

/// A role in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// In which.
    pub vault: NamedVault,
    /// Which.
    pub role: VaultRole,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Its id.
    pub invite: InviteId,
    /// The login name of whoever invited.
    pub inviter: String,
    /// Roles in vaults.
    pub grants: Vec<GrantRow>,
    /// From when on nobody joins by it, in milliseconds since 1970.
    pub expires: i64,
    /// What became of it.
    pub state: InvitationState,
}

/// Invites somebody.
#[derive(Serialize, Deserialize)]
pub struct Invite {
    /// Roles in vaults; never that of a custodian.
    pub grants: Vec<(VaultId, VaultRole)>,
    /// For how many days.
    pub days: u16,
}

/// The link of a new invitation, which is shown once.
#[derive(Serialize, Deserialize)]
pub struct InvitationMade {
    /// The whole address.
    pub link: SecretText,
    /// The same as a QR code.
    pub qr: QrCode,
}

/// Withdraws an invitation.
#[derive(Serialize, Deserialize)]
pub struct WithdrawInvitation {
    /// Which.
    pub invite: InviteId,
}

/// Reads the link of an invitation, and checks it with the server.
#[derive(Serialize, Deserialize)]
pub struct OpenInvitation {
    /// The link, or what stands behind its `#`.
    pub link: SecretText,
}

/// What an invitation leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOpened {
    /// The team.
    pub team: TeamId,
    /// The login name of whoever invited, by the team's own history.
    pub inviter: String,
    /// In how many vaults a role comes with it.
    pub vaults: u32,
    /// From when on nobody joins by it, in milliseconds since 1970.
    pub expires: i64,
}

/// Joins a team.
#[derive(Serialize, Deserialize)]
pub struct JoinTeam {
    /// The link.
    pub link: SecretText,
    /// What the person will sign in with.
    pub login_name: String,
    /// Their password.
    pub password: SecretText,
}

/// Changes a member's role in the team.
#[derive(Serialize, Deserialize)]
pub struct SetTeamRole {
    /// Whose.
    pub member: MemberId,
    /// To what.
    pub role: TeamRole,
}

/// Changes whether a member may act.
#[derive(Serialize, Deserialize)]
pub struct SetStanding {
    /// Whose.
    pub member: MemberId,
    /// To what; [`MemberState::Removed`] is for good.
    pub state: MemberState,
}

/// Gives a member a role in a vault, another one, or none.
#[derive(Serialize, Deserialize)]
pub struct SetGrant {
    /// In which vault.
    pub vault: VaultId,
    /// Whom.
    pub member: MemberId,
    /// Which role.
    pub role: Option<VaultRole>,
}
