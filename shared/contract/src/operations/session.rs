//! Signing in and out, and changing how one signs in.

use super::{Empty, Page, PageQuery, ServerPath, SessionPath, TeamPath, operation};
use crate::{
    bytes::Bytes,
    crypto::Hash,
    ids::{MemberId, SessionId, TeamId, Timestamp},
    problem::Never,
    text::LoginName,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// For whom a challenge is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeFor {
    /// The team.
    pub team: TeamId,
    /// The login name; whether anyone has it is not told.
    pub login_name: LoginName,
}

/// A challenge: good for one name, once, for [`crate::limits::CHALLENGE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Challenge {
    /// What is to be signed.
    pub nonce: Hash,
}

operation! {
    /// Gives a challenge to sign in with.
    CreateChallenge "create_challenge": Post "/v1/challenges", Anyone, small;
    ServerPath, body ChallengeFor => Challenge, Never
}

/// The answer to a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// A signed [`crate::session::SignIn`].
    pub sign_in: Bytes,
    /// Tag of the Secret Key in use: whoever has the right one, and only they, is told that the password is wrong.
    pub kit_tag: Hash,
    /// What the device calls itself, for the list of sessions.
    pub device: String,
}

/// The token that opens a session: 32 bytes, base64url. Goes in an `Authorization: Bearer` header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SessionToken(String);

impl SessionToken {
    /// Wraps a token.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(token)
    }

    /// The token itself: for the header, never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SessionToken(…)")
    }
}

/// A session began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionCreated {
    /// Its id.
    pub session: SessionId,
    /// What opens it.
    pub token: SessionToken,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// Who signed in.
    pub member: MemberId,
    /// The sealed identity bundle.
    pub bundle: Bytes,
    /// The bundle's version.
    pub bundle_version: u32,
}

/// Why nobody was signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SignInError {
    /// Unknown name, another Secret Key, used or expired challenge: all the same.
    #[error("sign-in refused")]
    SignInRefused,
    /// The Secret Key is the member's, the password is not.
    #[error("wrong password")]
    WrongPassword,
    /// The origin is none of the server's.
    #[error("origin refused")]
    OriginRefused,
    /// Everything is right, and the member may not act for the time being.
    #[error("suspended")]
    Suspended,
    /// Everything is right, and the service's time is over.
    #[error("expired")]
    TokenExpired,
    /// Everything is right, and the service may not sign in from this address.
    #[error("address refused")]
    AddressRefused,
}

operation! {
    /// Signs in.
    CreateSession "create_session": Post "/v1/sessions", Anyone, small;
    ServerPath, body NewSession => SessionCreated, SignInError
}

/// A session as its member sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionListed {
    /// Its id.
    pub session: SessionId,
    /// What the device calls itself.
    pub device: String,
    /// Address that it was last used from.
    pub address: Option<String>,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to the minute.
    pub used: Timestamp,
    /// Whether it is the caller's own.
    pub current: bool,
}

operation! {
    /// Lists the caller's sessions.
    ListSessions "list_sessions": Get "/v1/teams/{team}/sessions", Member;
    TeamPath, query PageQuery => Page<SessionListed>, Never
}

operation! {
    /// Ends one of the caller's sessions, the present one included.
    EndSession "end_session": Delete "/v1/teams/{team}/sessions/{session}", Session;
    SessionPath => Empty, Never
}

/// A new login key and bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogin {
    /// A signed [`crate::session::ChangeLogin`].
    pub change: Bytes,
    /// Tag of the Secret Key that goes with it.
    pub kit_tag: Hash,
    /// The bundle, sealed anew.
    pub bundle: Bytes,
}

/// Why the login was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ChangeLoginError {
    /// The signature is not the present login key's, or the change is another member's, or names another bundle.
    #[error("login change refused")]
    LoginRefused,
    /// It was changed elsewhere.
    #[error("the bundle has version {current}")]
    StaleBundle {
        /// Version of the stored bundle.
        current: u32,
    },
}

operation! {
    /// Changes password or Secret Key; ends every other session.
    ChangeLogin "change_login": Put "/v1/teams/{team}/login", Member;
    TeamPath, body NewLogin => Empty, ChangeLoginError
}
