//! Asking for guarded secrets: every step of a request, what it gives, and who has what now.

use super::{Page, TeamPath, operation, records::ReleaseRequest};
use crate::{
    audit::RequestEnd,
    bytes::Bytes,
    ids::{MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId, Version},
    problem::Never,
    request::{RequestRefused, Status},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPath {
    /// The team.
    pub team: TeamId,
    /// The request.
    pub request: RequestId,
}

/// A new request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// The signed [`crate::request::RequestStatement`] that asks.
    pub statement: Bytes,
    /// The private half of the lease key, sealed for whoever asks.
    pub lease_secret: Bytes,
}

/// A step of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestStep {
    /// The signed [`crate::request::RequestStatement`].
    pub statement: Bytes,
}

/// An approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    /// The signed [`crate::request::RequestStatement`].
    pub statement: Bytes,
    /// What its statement names, where it completes the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
}

/// Both halves of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The envelope to the lease key.
    pub envelope: Bytes,
    /// The server's part, 32 bytes.
    pub part: Bytes,
}

/// How a request stands after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestStands {
    /// How.
    pub status: Status,
}

/// Why a step was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RequestError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The statement cannot be taken.
    #[error("the request is refused: {reason}")]
    RequestRefused {
        /// Why.
        reason: RequestRefused,
    },
    /// The statement's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// Somebody else has the secret, or was first to wait for it.
    #[error("in use")]
    InUse {
        /// Who has it; `None` where nobody has and somebody waits whose turn it is.
        member: Option<MemberId>,
        /// Until when.
        until: Option<Timestamp>,
    },
    /// The account, or something above it, was deleted.
    #[error("deleted")]
    Deleted,
    /// Too many requests of the caller are open.
    #[error("too many requests")]
    TooManyRequests,
}

operation! {
    /// Asks for a secret.
    CreateRequest "create_request": Post "/v1/teams/{team}/requests", Member, keyed;
    TeamPath, body NewRequest => RequestStands, RequestError
}

operation! {
    /// Approves a request.
    ApproveRequest "approve_request": Post "/v1/teams/{team}/requests/{request}/approvals", Member;
    RequestPath, body NewApproval => RequestStands, RequestError
}

operation! {
    /// Rejects a request.
    RejectRequest "reject_request": Post "/v1/teams/{team}/requests/{request}/rejections", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

operation! {
    /// Takes the caller's own request back.
    CancelRequest "cancel_request": Post "/v1/teams/{team}/requests/{request}/cancellations", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

operation! {
    /// Takes what was approved back before it is used.
    RevokeRequest "revoke_request": Post "/v1/teams/{team}/requests/{request}/revocations", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

operation! {
    /// Checks the secret out: from now on the clock runs.
    CheckOutSecret "check_out_secret": Post "/v1/teams/{team}/requests/{request}/check-outs", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

operation! {
    /// Checks the secret in.
    CheckInSecret "check_in_secret": Post "/v1/teams/{team}/requests/{request}/check-ins", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

operation! {
    /// Checks the secret in for whoever has it.
    ForceCheckIn "force_check_in": Post "/v1/teams/{team}/requests/{request}/forced-check-ins", Member;
    RequestPath, body RequestStep => RequestStands, RequestError
}

/// A secret that is checked out, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeasedSecret {
    /// The secret's record.
    pub record: Bytes,
    /// Both halves of the grant; `None` for whoever has a key that opens it.
    pub grant: Option<Grant>,
}

/// Why a secret that was checked out is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum LeaseError {
    /// The caller has not checked it out, or not any more.
    #[error("not checked out")]
    NotCheckedOut,
    /// The secret, its account, or something above it was deleted.
    #[error("deleted")]
    Deleted,
    /// The statement is malformed, unsigned, another's or used before.
    #[error("the statement is refused")]
    ReleaseRefused,
    /// The statement's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
}

operation! {
    /// Releases a secret that the caller has checked out, and writes that down.
    ReleaseLeased "release_leased": Post "/v1/teams/{team}/requests/{request}/releases", Member;
    RequestPath, body ReleaseRequest => LeasedSecret, LeaseError
}

/// What an approver is given of a secret: never its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestedSecret {
    /// Header and signature of the newest version.
    pub record: Bytes,
    /// Its own key, wrapped to the guarded key of its epoch; `None` for an open one.
    pub wrapped_key: Option<Bytes>,
}

operation! {
    /// Gives whoever may approve a request what they need for that: header and wrapped key of the secret.
    GetRequestedSecret "get_requested_secret": Get "/v1/teams/{team}/requests/{request}/secret", Member;
    RequestPath => RequestedSecret, RequestError
}

/// A request with all its statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestListed {
    /// Its id.
    pub request: RequestId,
    /// Its signed statements, the one that asks first.
    pub statements: Vec<Bytes>,
    /// Header and signature of the secret's newest version; `None` where it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Bytes>,
    /// The sealed private half of its lease key; for whoever asked alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_secret: Option<Bytes>,
    /// The signed statements of the approval given ahead that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Vec<Bytes>>,
    /// How the server ended it, where no statement did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<RequestEnd>,
    /// How many have the secret or the turn before it, where one person has it at a time and it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
    /// When the clock moves that on, if nothing else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_at: Option<Timestamp>,
}

/// Which requests are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhichRequests {
    /// The caller's own.
    #[default]
    Own,
    /// Those of others that the caller may approve, reject, revoke or check in.
    Others,
}

/// Which page of which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestsQuery {
    /// Which.
    #[serde(default)]
    pub which: WhichRequests,
    /// Whether those are wanted alone of which something may follow.
    #[serde(default)]
    pub open: bool,
    /// Where to go on: `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at most; 1 to [`crate::limits::PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

operation! {
    /// Lists requests, the newest first.
    ListRequests "list_requests": Get "/v1/teams/{team}/requests", Member;
    TeamPath, query RequestsQuery => Page<RequestListed>, Never
}

operation! {
    /// Gives a request.
    GetRequest "get_request": Get "/v1/teams/{team}/requests/{request}", Member;
    RequestPath => RequestListed, Never
}

/// Who has an account's secret, and who waits, by the server's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountUse {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Who has it checked out, by which request and until when; one where it is exclusive.
    pub holder: Option<Holder>,
    /// How many requests for it are open and not checked out.
    pub waiting: u32,
    /// The version that somebody had and that is to be changed since.
    pub change_due: Option<Version>,
}

/// Who has a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holder {
    /// Who.
    pub member: MemberId,
    /// By which request.
    pub request: RequestId,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// All accounts that somebody has, waits for, or should change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UsesListed {
    /// One for each account and holder.
    pub uses: Vec<AccountUse>,
}

operation! {
    /// Lists who has which secrets now, who waits for them, and which are to be changed: of all vaults that the caller sees.
    ListUses "list_uses": Get "/v1/teams/{team}/uses", Member;
    TeamPath => UsesListed, Never
}
