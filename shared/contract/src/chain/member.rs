//! A member as the chain tells it.

use crate::{
    chain::{MemberKeys, TeamRole, VaultGrant, VaultRole, timeline::Timeline},
    ids::{MemberId, Number, VaultId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a member may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// It may.
    Active,
    /// Not for the time being.
    Suspended,
    /// Never again.
    Removed,
}

/// A member of the team, or one who was.
#[derive(Clone, Debug)]
pub struct Member {
    /// Name and public keys.
    pub keys: MemberKeys,
    /// The number that people use.
    pub number: Number,
    /// Whether the member may act.
    pub state: MemberState,
    pub(super) role: Timeline<Option<TeamRole>>,
    pub(super) kept: Kept,
    /// The statement that resumed it last.
    pub(super) resumed: Option<u64>,
}

/// What a suspended member gets back when it is resumed.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) role: Option<TeamRole>,
    pub(super) grants: BTreeMap<VaultId, VaultRole>,
}

impl Member {
    pub(super) fn new(keys: MemberKeys, number: Number, sequence: u64, given: TeamRole) -> Self {
        let mut role = Timeline::default();
        role.set(sequence, Some(given));
        Self { keys, number, state: MemberState::Active, role, kept: Kept::default(), resumed: None }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> MemberId {
        self.keys.member
    }

    /// The role that it has, or gets back when it is resumed; `None` for a member who was removed.
    #[must_use]
    pub fn standing(&self) -> Option<TeamRole> {
        self.role.now().copied().flatten().or(self.kept.role)
    }

    /// The statement that resumed it last.
    #[must_use]
    pub fn resumed(&self) -> Option<u64> {
        self.resumed
    }

    /// The roles in vaults that a suspended member gets back when it is resumed.
    pub fn kept_grants(&self) -> impl Iterator<Item = VaultGrant> {
        self.kept.grants.iter().map(|(vault, role)| VaultGrant { vault: *vault, role: *role })
    }
}
