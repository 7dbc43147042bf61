//! What statements say of members: invited, joined, given and taken roles, suspended, removed.

use crate::{
    chain::{DirectoryRenewal, MemberKeys, NamedHead, TeamRole, VaultRole},
    crypto::{SealingPublicKey, VerifyingKey},
    ids::{InviteId, MemberId, Timestamp, VaultId},
};
use minicbor::{Decode, Encode};

/// Somebody is invited by a link. Both keys come from the link's secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invite {
    /// The invitation.
    #[n(0)]
    pub invite: InviteId,
    /// Verifies that whoever joins holds the link.
    #[n(1)]
    pub signing: VerifyingKey,
    /// What vault keys for whoever joins are sealed to.
    #[n(2)]
    pub sealing: SealingPublicKey,
    /// The role in the team.
    #[n(3)]
    pub role: TeamRole,
    /// Roles in vaults, each vault once.
    #[n(4)]
    pub grants: Vec<VaultGrant>,
    /// From when on nobody joins by it.
    #[n(5)]
    pub expires: Timestamp,
}

/// A role in a vault, for somebody who is named elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VaultGrant {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The role.
    #[n(1)]
    pub role: VaultRole,
}

/// An invitation is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WithdrawInvite {
    /// Which.
    #[n(0)]
    pub invite: InviteId,
}

/// Somebody joins: signed by the new member's own key, and by the invitation's over the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Join {
    /// The invitation.
    #[n(0)]
    pub invite: InviteId,
    /// The new member, who is the statement's author.
    #[n(1)]
    pub keys: MemberKeys,
}

/// A member's role in the team changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetTeamRole {
    /// Whose.
    #[n(0)]
    pub member: MemberId,
    /// The new role.
    #[n(1)]
    pub role: TeamRole,
}

/// A member gets a role in a vault, or another one than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetGrant {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Who.
    #[n(1)]
    pub member: MemberId,
    /// The role.
    #[n(2)]
    pub role: VaultRole,
    /// The vault's newest head where the role becomes a lesser one; nothing where it does not.
    #[n(3)]
    pub head: Option<NamedHead>,
}

/// A member's role in a vault is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Revoke {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Whose.
    #[n(1)]
    pub member: MemberId,
    /// The vault's newest head; nothing for a member who is suspended, who lost the role then.
    #[n(2)]
    pub head: Option<NamedHead>,
}

/// The newest head of a vault in which somebody loses a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TouchedVault {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Its head.
    #[n(1)]
    pub head: NamedHead,
}

/// A member may do nothing for the time being.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Suspend {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// Every vault in which the member has a role, by ascending id.
    #[n(1)]
    pub vaults: Vec<TouchedVault>,
}

/// A suspended member gets back its roles. Keys made meanwhile have to be wrapped to it by a custodian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Resume {
    /// Who.
    #[n(0)]
    pub member: MemberId,
}

/// A member leaves for good.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Remove {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// Every vault in which the member has a role, by ascending id: none for a member who is suspended.
    #[n(1)]
    pub vaults: Vec<TouchedVault>,
    /// A new key of the directory; `None` where it stays, as in statements of earlier releases.
    #[n(2)]
    pub directory: Option<DirectoryRenewal>,
}
