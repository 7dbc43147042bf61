//! Recovery: its group, enrolment, and what happens between a device that somebody wants to be recovered on, an
//! administrator and the trustees.

use super::{
    TeamPath,
    invitations::VaultEnvelope,
    members::{MemberChange, MemberPath},
    operation,
    sync::{KeyEnvelope, VaultHead},
    vault::{ChainError, Stated},
};
use crate::{
    bytes::Bytes,
    chain::DeviceKeys,
    crypto::{Hash, Signature},
    ids::{MemberId, Timestamp},
    problem::Never,
    text::LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

operation! {
    /// Sets the team's recovery group; nobody is enrolled with it yet.
    SetRecovery "set_recovery": Post "/v1/teams/{team}/recovery/group", Member, keyed;
    TeamPath, body MemberChange => Stated, ChainError
}

/// What the trustees and the server need so that a person can be recovered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// The signed statement.
    pub statement: Bytes,
    /// The second copy of the identity bundle, sealed under a key that is split among the trustees.
    pub copy: Bytes,
    /// The trustees' envelopes in the statement's order.
    pub shares: Vec<Bytes>,
}

operation! {
    /// Lets the caller be recovered by the trustees.
    Enrol "enrol": Post "/v1/teams/{team}/recovery/enrolment", Member, keyed;
    TeamPath, body NewEnrolment => Stated, ChainError
}

operation! {
    /// Ends that.
    EndEnrolment "end_enrolment": Post "/v1/teams/{team}/recovery/enrolment/end", Member, keyed;
    TeamPath, body MemberChange => Stated, ChainError
}

/// A device asks that somebody be recovered on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryRequest {
    /// Who; whether anyone has that name, or is enrolled, is not told.
    pub login_name: LoginName,
    /// The keys that the device made for it.
    pub device: DeviceKeys,
}

operation! {
    /// Tells administrators that somebody wants to be recovered on a device.
    RequestRecovery "request_recovery": Post "/v1/teams/{team}/recovery/requests", Anyone, small;
    TeamPath, body RecoveryRequest => super::Empty, Never
}

/// A device on which somebody wants to be recovered, by the server's word: the words that both read say whether it is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestListed {
    /// Who.
    pub member: MemberId,
    /// The keys that the device made for it.
    pub device: DeviceKeys,
    /// When it asked.
    pub time: Timestamp,
    /// From which address.
    pub address: String,
}

/// All such requests that the caller may act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestsListed {
    /// The newest first.
    pub requests: Vec<RequestListed>,
}

operation! {
    /// Lists the devices on which people want to be recovered, to those who may begin their recovery.
    ListRecoveryRequests "list_recovery_requests": Get "/v1/teams/{team}/recovery/requests", Member;
    TeamPath => RequestsListed, Never
}

operation! {
    /// Begins a person's recovery: trustees may give their shares from now on.
    StartRecovery "start_recovery": Post "/v1/teams/{team}/members/{member}/recovery", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

operation! {
    /// Takes a recovery back.
    CancelRecovery "cancel_recovery": Post "/v1/teams/{team}/members/{member}/recovery/cancellation", Member, keyed;
    MemberPath, body MemberChange => Stated, ChainError
}

/// A trustee's share of somebody who is being recovered, and whether it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldShare {
    /// The envelope whose hash stands in the enrolment.
    pub sealed: Bytes,
    /// The trustees who have given theirs, by ascending id.
    pub given: Vec<MemberId>,
}

operation! {
    /// Gives a trustee their share of somebody whose recovery was begun.
    GetShare "get_share": Get "/v1/teams/{team}/members/{member}/recovery/share", Member;
    MemberPath => HeldShare, Never
}

/// A share for the device that the recovery names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenShare {
    /// The statement that began the recovery.
    pub recovery: u64,
    /// The share, sealed to the device.
    pub sealed: Bytes,
}

/// Why a share was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ShareError {
    /// It is empty or too large, or for another recovery.
    #[error("the share is refused")]
    ShareRefused,
}

operation! {
    /// Gives a share to a recovery.
    GiveShare "give_share": Post "/v1/teams/{team}/members/{member}/recovery/share", Member;
    MemberPath, body GivenShare => super::Empty, ShareError
}

/// Asks for what a device was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryOpening {
    /// A signed [`crate::session::OpenRecovery`].
    pub opening: Bytes,
    /// Number of statements that the caller has.
    #[serde(default)]
    pub from: u64,
}

/// What a device is given of the recovery that names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryOpened {
    /// Statements from there on, at most [`crate::limits::SYNC_STATEMENTS`].
    pub statements: Vec<Bytes>,
    /// Whether these are all.
    pub complete: bool,
    /// The shares that were given.
    pub shares: Vec<OpenedShare>,
    /// The rest, once enough were.
    pub rest: Option<RecoveryRest>,
}

/// A share that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenedShare {
    /// By whom.
    pub trustee: MemberId,
    /// The share, sealed to the device.
    pub sealed: Bytes,
}

/// What a device needs besides the shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryRest {
    /// The second copy of the identity bundle.
    pub copy: Bytes,
    /// Version of the bundle that the server has.
    pub bundle_version: u32,
    /// Everything that was wrapped to the person.
    pub envelopes: Vec<KeyEnvelope>,
    /// Newest head of each vault in which the person has a role, in the order of their ids.
    pub heads: Vec<VaultHead>,
}

/// Why a device is told nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RecoveryError {
    /// Nobody has begun a recovery that names this device: not yet, not of this person, or not any more. All the same.
    #[error("no recovery")]
    RecoveryUnknown,
    /// The request's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// The origin is none of the server's.
    #[error("origin refused")]
    OriginRefused,
}

operation! {
    /// Gives a device what there is of the recovery that names it.
    OpenRecovery "open_recovery": Post "/v1/teams/{team}/recovery/opening", Anyone, small;
    TeamPath, body RecoveryOpening => RecoveryOpened, RecoveryError
}

/// The new keys of somebody who was recovered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveredKeys {
    /// The statement, signed by the new key and by the one in force.
    pub statement: Bytes,
    /// Tag of the new Secret Key.
    pub kit_tag: Hash,
    /// The new identity bundle.
    pub bundle: Bytes,
    /// Its version: the one after that which the server has.
    pub bundle_version: u32,
    /// The directory's key, sealed to the new key.
    pub directory: Bytes,
    /// Keys of vaults in which the person has a role, sealed to the new key: of those whose keys could be opened.
    pub envelopes: Vec<VaultEnvelope>,
    /// Signature over the statement's bytes by the key of the device that the recovery names.
    pub device: Signature,
}

operation! {
    /// Replaces the keys, password and kit of somebody who was recovered; every session of theirs ends.
    FinishRecovery "finish_recovery": Post "/v1/teams/{team}/recovery/keys", Anyone, keyed, batch;
    TeamPath, body RecoveredKeys => Stated, ChainError
}
