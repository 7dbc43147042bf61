//! Problem details (RFC 9457): one table from an error's code to its status, and the refusals that any operation gives.

use crate::factor::FactorsHeld;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// What a problem's `type` begins with; its code follows.
pub const TYPE_PREFIX: &str = "urn:sealward:problem:";

/// An error enum of an operation: tagged with `code`, its variants' codes all in [`TABLE`].
pub trait Problem: Serialize + DeserializeOwned + JsonSchema + std::fmt::Debug {}

impl<T: Serialize + DeserializeOwned + JsonSchema + std::fmt::Debug> Problem for T {}

/// Code, status and title of every problem.
pub const TABLE: &[(&str, u16, &str)] = &[
    // any operation
    ("malformed", 400, "The request is not well-formed"),
    ("unauthenticated", 401, "No session, or one that has ended"),
    ("not_found", 404, "There is no such thing, or it is not for you"),
    ("method_not_allowed", 405, "This path does not take this method"),
    ("not_acceptable", 406, "The answer cannot be given in the form asked for"),
    ("too_large", 413, "The request is over a limit"),
    ("unsupported_media_type", 415, "The body is neither JSON nor CBOR"),
    ("idempotency_key_reused", 422, "The Idempotency-Key was used for another request"),
    ("rate_limited", 429, "Too many attempts"),
    ("keys_not_own", 403, "Keys that somebody else made have to be replaced first"),
    ("too_many_streams", 429, "Too many streams are open"),
    ("internal", 500, "The server failed"),
    ("read_only", 503, "The server cannot write at present"),
    ("unavailable", 503, "The server is busy or shutting down"),
    // sign-in
    ("sign_in_refused", 401, "Login name, password or Secret Key are wrong"),
    ("wrong_password", 401, "The password is wrong"),
    ("origin_refused", 403, "The server does not answer under this origin"),
    ("suspended", 403, "You are suspended"),
    ("token_expired", 403, "The token has expired"),
    ("address_refused", 403, "The token may not be used from this address"),
    ("login_refused", 403, "The change was not signed by the login key in force"),
    ("stale_bundle", 409, "The identity bundle was changed elsewhere"),
    // teams and the chain
    ("creation_closed", 403, "This server does not take new teams"),
    ("setup_code_refused", 403, "The set-up code is wrong"),
    ("already_exists", 409, "It was made before"),
    ("too_many_teams", 409, "This server is full"),
    ("stale_chain", 409, "The team's chain has moved on"),
    ("statement_refused", 422, "The statement does not follow from the chain"),
    ("envelopes_refused", 422, "The envelopes are not the ones that the statement asks for"),
    ("keys_replaced", 409, "The envelopes are sealed to keys that were replaced"),
    ("invitation_refused", 403, "There is no such invitation"),
    ("invitation_used", 410, "Somebody joined by this invitation"),
    ("invitation_withdrawn", 410, "The invitation was withdrawn"),
    ("invitation_expired", 410, "The invitation has expired"),
    ("share_refused", 422, "The share is for no recovery that was begun"),
    ("recovery_unknown", 404, "There is no recovery that names this device"),
    // records
    ("forbidden", 403, "Your role does not allow it"),
    ("stale_head", 409, "The vault's head has moved on"),
    ("epoch_due", 409, "The vault's new keys are due"),
    ("stale_version", 409, "The object was changed elsewhere"),
    ("head_refused", 422, "The head cannot follow"),
    ("record_refused", 422, "The record cannot be taken"),
    ("not_reserved", 422, "The number was not handed out"),
    // files
    ("upload_refused", 422, "No file has this length"),
    ("too_many_uploads", 409, "Too many uploads are open"),
    ("chunk_refused", 422, "The file has no such chunk, or not of this length"),
    ("chunk_differs", 409, "The chunk was sent before, with other bytes"),
    ("not_released", 403, "The file was not released to you, or too long ago"),
    // releases
    ("deleted", 410, "It was deleted"),
    ("release_refused", 422, "The release statement cannot be taken"),
    ("checkpoint_refused", 422, "The checkpoint is none, another's, or older than the one that is kept"),
    ("checkpoint_stale", 409, "The checkpoint is not of the present state"),
    ("clock_refused", 422, "The device's clock and the server's are too far apart"),
    ("reason_required", 422, "A reason must be given"),
    ("approval_required", 403, "A release needs approval"),
    // requests
    ("request_refused", 422, "The step of the request cannot be taken"),
    ("in_use", 409, "Somebody else has the secret"),
    ("too_many_requests", 409, "Too many requests are open"),
    ("not_checked_out", 403, "The secret is not checked out"),
    ("check_out_required", 403, "The secret must be checked out first"),
    // second factors
    ("second_factor_needed", 403, "A second factor must be confirmed"),
    ("factor_refused", 422, "The code is wrong, or was used before"),
    ("factor_exists", 409, "There is such a factor already"),
    ("passkeys_unavailable", 409, "There is no passkey under this address"),
    ("login_proof_needed", 403, "The password must be given again"),
    ("factor_missing", 409, "There is no second factor yet"),
    // webhooks
    ("webhook_refused", 422, "The webhook cannot be"),
    ("too_many_webhooks", 409, "The team has as many webhooks as it may have"),
    // the audit
    ("filter_refused", 422, "The filter cannot be"),
    // the trash
    ("not_deleted", 409, "It was not deleted"),
    ("purge_refused", 422, "The purge statement cannot be taken"),
];

/// Status and title of a code.
#[must_use]
pub fn look_up(code: &str) -> Option<(u16, &'static str)> {
    TABLE.iter().find(|(known, ..)| *known == code).map(|(_, status, title)| (*status, *title))
}

/// Refusals that every operation can give.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Rejection {
    /// Path, query or body do not parse.
    #[error("malformed at {at}")]
    Malformed {
        /// Which part of the request: a JSON path, or a word; never a value.
        at: String,
    },
    /// No session.
    #[error("unauthenticated")]
    Unauthenticated,
    /// Not there, or not for the caller.
    #[error("not found")]
    NotFound,
    /// Another method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// An `Accept` that cannot be met.
    #[error("not acceptable")]
    NotAcceptable,
    /// Over a limit.
    #[error("too large: at most {limit}")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// Neither JSON nor CBOR.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// The same key with another request.
    #[error("idempotency key reused")]
    IdempotencyKeyReused,
    /// The session has to be confirmed with a second factor first.
    #[error("a second factor is needed")]
    SecondFactorNeeded {
        /// What the caller can confirm with.
        held: FactorsHeld,
    },
    /// The caller's keys were made by somebody else: until they are replaced nothing else is done for it.
    #[error("keys that somebody else made")]
    KeysNotOwn,
    /// Slow down.
    #[error("rate limited")]
    RateLimited {
        /// Milliseconds to wait.
        retry_after: u64,
    },
    /// Too many event streams.
    #[error("too many streams")]
    TooManyStreams,
    /// A fault of the server.
    #[error("internal")]
    Internal,
    /// The disk is full or read-only.
    #[error("read only")]
    ReadOnly,
    /// Busy or shutting down.
    #[error("unavailable")]
    Unavailable,
}

/// An error that no value can have: the operation gives only [`Rejection`]s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Never {}
