//! What statements say of member groups. A group holds nothing: it says who belongs together and which role in a vault
//! they should have. Every right is the member's own, given by a custodian of the vault.

use crate::{
    chain::{NamedHead, VaultRole},
    ids::{GroupId, MemberId, VaultId},
};
use minicbor::{Decode, Encode};

/// A member group is made, has other members, or ends for good.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetGroup {
    /// Which.
    #[n(0)]
    pub group: GroupId,
    /// Everyone in it, each once, by ascending id; `None` ends it.
    #[n(1)]
    pub members: Option<Vec<MemberId>>,
}

/// Says which role the members of a group should have in a vault. It gives nobody anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetGroupRole {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The group.
    #[n(1)]
    pub group: GroupId,
    /// The role; `None` for none.
    #[n(2)]
    pub role: Option<VaultRole>,
}

/// Members of a group get what it asks for them in a vault, each a role of their own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantByGroup {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The group.
    #[n(1)]
    pub group: GroupId,
    /// The group's role, as its members get it.
    #[n(2)]
    pub role: VaultRole,
    /// Who, each once, by ascending id.
    #[n(3)]
    pub members: Vec<MemberId>,
}

/// Members lose what only groups brought them that they are in no longer, or that ask for less.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EndGroupGrants {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Who, each once, by ascending id.
    #[n(1)]
    pub members: Vec<MemberId>,
    /// The vault's newest head.
    #[n(2)]
    pub head: NamedHead,
}
