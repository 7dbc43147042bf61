//! Second factors of the caller, confirming with one, and the team's policy about them.

use super::{
    Empty, TeamPath,
    members::{MemberChange, MemberPath},
    operation,
    passkeys::PasskeyListed,
    vault::{ChainError, Stated},
};
use crate::{
    bytes::Bytes,
    factor::FactorsHeld,
    ids::{MemberId, Timestamp},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that proves a second factor, or makes one: for whom it is meant, and never for a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FactorText(String);

impl FactorText {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FactorText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FactorText(…)")
    }
}

/// The caller's second factors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorsListed {
    /// What there is to confirm with.
    pub held: FactorsHeld,
    /// Since when there are one-time codes.
    pub codes_since: Option<Timestamp>,
    /// The caller's passkeys, by ascending id.
    pub passkeys: Vec<PasskeyListed>,
    /// When the recovery codes were made.
    pub recovery_made: Option<Timestamp>,
    /// Until when this session is confirmed; `None` where it is not.
    pub confirmed_until: Option<Timestamp>,
    /// Who took the caller's factors away, and when, until the caller has taken note of it.
    pub taken_away: Option<FactorsTaken>,
}

/// Somebody took a member's factors away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorsTaken {
    /// Who.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

operation! {
    /// Lists the caller's second factors.
    ListFactors "list_factors": Get "/v1/teams/{team}/factors", Session;
    TeamPath => FactorsListed, Never
}

/// Why a factor was not added, removed or confirmed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FactorError {
    /// A wrong code, one that was used before, or one of nothing that was begun.
    #[error("the factor is refused")]
    FactorRefused,
    /// There is one of this kind already, or as many as there may be.
    #[error("there is one already")]
    FactorExists,
    /// Recovery codes are for whoever has another factor.
    #[error("there is no factor yet")]
    FactorMissing,
    /// The caller has no passkey for this address, or it is none that passkeys can belong to.
    #[error("no passkeys here")]
    PasskeysUnavailable,
    /// The caller has no factor yet, and did not prove that they know the password: whoever came by an open session must not
    /// make its confirmations theirs.
    #[error("the password is needed")]
    LoginProofNeeded,
}

/// Begins one-time codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCodes {
    /// A signed [`crate::session::ProveLogin`]; needed where the caller has no factor yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Bytes>,
}

/// The seed of new one-time codes, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodesBegun {
    /// Twenty bytes in base32 without padding, for SHA-1, six digits and thirty seconds (RFC 6238).
    pub seed: FactorText,
}

operation! {
    /// Begins one-time codes: makes their seed, which counts for nothing until a first code is confirmed.
    BeginCodes "begin_codes": Post "/v1/teams/{team}/factors/codes", Member;
    TeamPath, body NewCodes => CodesBegun, FactorError
}

/// A code as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TypedCode {
    /// The code; spaces in it do not count.
    pub code: FactorText,
}

operation! {
    /// Confirms the first code of new one-time codes: from now on they are a second factor, and this session is confirmed.
    ConfirmCodes "confirm_codes": Put "/v1/teams/{team}/factors/codes", Member;
    TeamPath, body TypedCode => Empty, FactorError
}

operation! {
    /// Removes the caller's one-time codes; with the last factor, recovery codes go too.
    RemoveCodes "remove_codes": Delete "/v1/teams/{team}/factors/codes", Member;
    TeamPath => Empty, FactorError
}

/// New recovery codes, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodesMade {
    /// Each good once. Earlier ones are good no more.
    pub codes: Vec<FactorText>,
}

operation! {
    /// Makes recovery codes in place of those that there are.
    MakeRecoveryCodes "make_recovery_codes": Post "/v1/teams/{team}/factors/recovery", Member;
    TeamPath, body Empty => RecoveryCodesMade, FactorError
}

/// What a member confirms with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorProof {
    /// A one-time code.
    Codes(FactorText),
    /// A recovery code.
    RecoveryCodes(FactorText),
    /// The browser's answer, in JSON, to what [`super::passkeys::BeginConfirmation`] gave.
    Passkey(FactorText),
}

/// Confirms with a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// With which.
    pub proof: FactorProof,
}

/// A session is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmed {
    /// Until when, by the team's policy.
    pub until: Timestamp,
}

operation! {
    /// Confirms this session with a second factor, for as long as the team's policy says.
    ConfirmSession "confirm_session": Post "/v1/teams/{team}/confirmation", Session;
    TeamPath, body Confirm => Confirmed, FactorError
}

operation! {
    /// Takes note of who took the caller's factors away.
    DismissFactorNotice "dismiss_factor_notice": Delete "/v1/teams/{team}/factors/notice", Member;
    TeamPath => Empty, Never
}

/// Why a member's factors were not taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TakeAwayError {
    /// The caller may not manage that member.
    #[error("forbidden")]
    Forbidden,
}

operation! {
    /// Takes all second factors of a member away, who has lost them; the member is told.
    TakeFactorsAway "take_factors_away": Delete "/v1/teams/{team}/members/{member}/factors", Member;
    MemberPath => Empty, TakeAwayError
}

/// Who has a second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorHolders {
    /// By ascending id.
    pub members: Vec<MemberId>,
}

operation! {
    /// Says which members have a second factor, to those who manage people.
    ListFactorHolders "list_factor_holders": Get "/v1/teams/{team}/factors/holders", Member;
    TeamPath => FactorHolders, Never
}

operation! {
    /// Sets the team's policy.
    SetTeamPolicy "set_team_policy": Post "/v1/teams/{team}/policy", Member, keyed;
    TeamPath, body MemberChange => Stated, ChainError
}
