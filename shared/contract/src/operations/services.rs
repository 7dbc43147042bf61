//! Services: admitted, given other terms and another token, and when they were last used. They are suspended, resumed and
//! removed like everyone.

use super::{
    TeamPath,
    invitations::VaultEnvelope,
    members::{MemberChange, MemberPath},
    operation,
    vault::{ChainError, Stated},
};
use crate::{
    bytes::Bytes,
    crypto::{Hash, VerifyingKey},
    ids::{MemberId, Timestamp},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service's new token: the statement, what the server keeps for signing in, and the keys that go with its roles. The
/// token itself never leaves the client that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceToken {
    /// The signed statement.
    pub statement: Bytes,
    /// The login key that the token gives.
    pub login_key: VerifyingKey,
    /// Tag of what the token gives in place of a Secret Key.
    pub kit_tag: Hash,
    /// The service's identity bundle, version 1, sealed under the lock key that the token gives.
    pub bundle: Bytes,
    /// The directory's key, sealed to the service.
    pub directory: Bytes,
    /// Keys of each vault in which the service has a role, sealed to it.
    pub envelopes: Vec<VaultEnvelope>,
}

operation! {
    /// Admits a service, which signs in by a token.
    CreateService "create_service": Post "/v1/teams/{team}/services", Member, keyed, batch;
    TeamPath, body ServiceToken => Stated, ChainError
}

operation! {
    /// Changes until when, from where and for what a service may act; its sessions go on only where that still holds.
    SetService "set_service": Post "/v1/teams/{team}/services/{member}/terms", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Gives a service new keys and another token; the old one stops at once, and its sessions end.
    RenewService "renew_service": Post "/v1/teams/{team}/services/{member}/token", Member, keyed, batch;
    MemberPath, body ServiceToken => Stated, ChainError
}

/// When a service was last used, by the server's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceUse {
    /// Which.
    pub member: MemberId,
    /// When, to the minute.
    pub used: Timestamp,
    /// From which address.
    pub address: String,
}

/// The last uses of all services that were ever used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceUses {
    /// By ascending id.
    pub uses: Vec<ServiceUse>,
}

operation! {
    /// Says when and from where services were last used, to those who may admit some.
    ListServiceUses "list_service_uses": Get "/v1/teams/{team}/services/uses", Member;
    TeamPath => ServiceUses, Never
}
