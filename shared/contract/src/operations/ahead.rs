//! Approvals that are given ahead: proposing, approving, withdrawing and listing them. They are used by a request that
//! names one.

use super::{
    ObjectPath, TeamPath, operation,
    requests::{Grant, RequestError, RequestedSecret},
};
use crate::{
    bytes::Bytes,
    ids::{AheadId, TeamId},
    problem::Never,
    request::ahead::AheadStatus,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of an approval that is given ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AheadPath {
    /// The team.
    pub team: TeamId,
    /// The approval.
    pub ahead: AheadId,
}

/// An approval, the first one or a further one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAheadApproval {
    /// The signed [`crate::request::ahead::AheadStatement`].
    pub statement: Bytes,
    /// What its statement names, where it completes the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
}

/// The end of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AheadWithdrawal {
    /// The signed [`crate::request::ahead::AheadStatement`].
    pub statement: Bytes,
}

/// How it stands after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AheadStands {
    /// How.
    pub status: AheadStatus,
}

operation! {
    /// Approves ahead that a member has a secret within a window.
    CreateAhead "create_ahead": Post "/v1/teams/{team}/approvals-ahead", Member, keyed;
    TeamPath, body NewAheadApproval => AheadStands, RequestError
}

operation! {
    /// Gives a further approval to one that was given ahead.
    ApproveAhead "approve_ahead": Post "/v1/teams/{team}/approvals-ahead/{ahead}/approvals", Member;
    AheadPath, body NewAheadApproval => AheadStands, RequestError
}

operation! {
    /// Withdraws what was approved ahead.
    WithdrawAhead "withdraw_ahead": Post "/v1/teams/{team}/approvals-ahead/{ahead}/withdrawals", Member;
    AheadPath, body AheadWithdrawal => AheadStands, RequestError
}

/// An approval that is given ahead, with all its statements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AheadItem {
    /// Its id.
    pub ahead: AheadId,
    /// Its signed statements, the one that proposes it first.
    pub statements: Vec<Bytes>,
    /// Header and signature of the secret's newest version; `None` where it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Bytes>,
}

/// What is approved ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AheadListed {
    /// All that is not over and that the caller may see: of vaults where they approve, and for themselves.
    pub items: Vec<AheadItem>,
}

operation! {
    /// Lists what is approved ahead.
    ListAhead "list_ahead": Get "/v1/teams/{team}/approvals-ahead", Member;
    TeamPath => AheadListed, Never
}

operation! {
    /// Gives a custodian what an approval needs of a secret: its header and wrapped key.
    GetSecretToGrant "get_secret_to_grant": Get "/v1/teams/{team}/vaults/{vault}/accounts/{id}/secret/key", Member;
    ObjectPath => RequestedSecret, RequestError
}
