//! Services of a team: members that are no persons and sign in by a token.

use serde::{Deserialize, Serialize};

use super::{SecretText, VaultId};
pub use sealward_contract::{
    chain::{ServiceScope, VaultRole},
    host::Host,
    ids::MemberId,
};

/// What a member is besides, where it is a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRow {
    /// From when on it may do nothing, in milliseconds since 1970; `None` where it has no end.
    pub expires: Option<i64>,
    /// Days until then, a begun one counted whole.
    pub days_left: Option<u32>,
    /// Where it may sign in from; anywhere where there is none.
    pub hosts: Vec<Host>,
    /// How much it may have.
    pub scope: ServiceScope,
    /// The vault that it uses where none is named.
    pub vault: Option<VaultId>,
    /// Whose client made its token, and could have kept it.
    pub keeper: MemberId,
    /// Whether the person may change until when, from where and for what it may act.
    pub editable: bool,
    /// Whether the person may give it another token.
    pub renewable: bool,
}

/// Until when a service may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceEnd {
    /// For so many days from now.
    Days(u16),
    /// Until this time, in milliseconds since 1970.
    At(i64),
    /// It has no end.
    Never,
}

/// What binds a service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServiceTerms {
    /// Until when.
    pub end: ServiceEnd,
    /// From where.
    pub hosts: Vec<Host>,
    /// How much it may have.
    pub scope: ServiceScope,
    /// The vault that it uses where none is named.
    pub vault: Option<VaultId>,
}

/// Admits a service.
#[derive(Serialize, Deserialize)]
pub struct AdmitService {
    /// What people know it by.
    pub login_name: String,
    /// Roles in vaults; never that of a custodian.
    pub grants: Vec<(VaultId, VaultRole)>,
    /// What binds it.
    pub terms: ServiceTerms,
}

/// Gives a service other terms.
#[derive(Serialize, Deserialize)]
pub struct SetService {
    /// Which.
    pub member: MemberId,
    /// All of them.
    pub terms: ServiceTerms,
}

/// Gives a service another token.
#[derive(Serialize, Deserialize)]
pub struct RenewService {
    /// Which.
    pub member: MemberId,
    /// All of its terms.
    pub terms: ServiceTerms,
}

/// The token of a service, which is shown once.
#[derive(Serialize, Deserialize)]
pub struct TokenMade {
    /// The token.
    pub token: SecretText,
}

/// Asks the server when services were last used.
#[derive(Serialize, Deserialize)]
pub struct ReadServiceUses;

/// When and from where a service was last used, by the server's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceUse {
    /// Which.
    pub member: MemberId,
    /// When, in milliseconds since 1970.
    pub used: i64,
    /// From which address.
    pub address: String,
}
