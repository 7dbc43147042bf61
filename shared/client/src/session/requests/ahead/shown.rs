//! What is approved ahead, as it is drafted and shown.

use crate::error::Damage;
use sealward_contract::{
    ids::{AheadId, MemberId, ObjectId, Timestamp, VaultId},
    request::ahead::{AheadGiven, AheadStatus, Window},
};

/// What is to be approved ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AheadDraft {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Who may have its secret.
    pub member: MemberId,
    /// When.
    pub window: Window,
}

/// What this member may do with an approval that is given ahead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AheadActions {
    /// Approve it as well.
    pub approve: bool,
    /// Withdraw it.
    pub withdraw: bool,
    /// Check the secret out by it, unless somebody else has it.
    pub check_out: bool,
}

/// An approval that is given ahead, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AheadShown {
    /// Its id.
    pub id: AheadId,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Who may have the secret.
    pub member: MemberId,
    /// When.
    pub window: Window,
    /// How it stands.
    pub status: AheadStatus,
    /// How many approvals it takes.
    pub needed: u8,
    /// Who approved it.
    pub given: Vec<AheadGiven>,
    /// When its window closes; `None` where it is not open.
    pub closes: Option<Timestamp>,
    /// When its window opens next; `None` where it is open.
    pub opens: Option<Timestamp>,
    /// What this member may do with it.
    pub may: AheadActions,
}

/// What is approved ahead.
pub struct AheadPage {
    /// All that is not over.
    pub items: Vec<AheadShown>,
    /// What was left out, and why.
    pub damages: Vec<Damage>,
}
