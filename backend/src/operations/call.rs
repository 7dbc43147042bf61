//! A call of an operation on its way through the server: what was asked, by whom, and what may come back.

use std::{future::Future, net::IpAddr, sync::Arc};

use axum::body::Body;
use sealward_contract::{
    chain::{MemberState, TeamState, VaultRole},
    crypto::{Hash, VerifyingKey},
    factor::FactorsHeld,
    ids::{MemberId, SessionId, TeamId, Timestamp, VaultId},
    operations::{Operation, wire::Format},
    problem::Rejection,
    record::ChainPosition,
};

use crate::{server::App, store::StoreError};

use super::answers::Keyed;

/// How an operation is carried out. One implementation for each operation of the contract's list.
pub trait Handler: Operation + Sized {
    /// Carries it out.
    fn handle(app: &Arc<App>, call: Call<Self>) -> impl Future<Output = Outcome<Self>> + Send;
}

/// What comes back from an operation.
pub type Outcome<O> = Result<Reply<<O as Operation>::Response>, Refusal<<O as Operation>::Error>>;

/// An answer: a value, or a stream of them already encoded.
pub enum Reply<T> {
    /// A value, encoded as the caller wishes.
    Value(T),
    /// A stream with its media type.
    Stream(&'static str, Body),
}

/// A call, parsed.
pub struct Call<O: Operation> {
    /// What the path names.
    pub path: O::Path,
    /// Query parameters.
    pub query: O::Query,
    /// Body.
    pub body: O::Request,
    /// Who calls; `None` for operations that anyone may call.
    pub caller: Option<Caller>,
    /// From which address.
    pub address: IpAddr,
    /// When.
    pub now: Timestamp,
    /// The Idempotency-Key, where one was given and is honoured.
    pub keyed: Option<Keyed>,
    /// Form of the answer that the caller wants.
    pub format: Format,
}

/// A member with a session.
#[derive(Clone)]
pub struct Caller {
    /// The team.
    pub team: TeamId,
    /// The member.
    pub member: MemberId,
    /// The session.
    pub session: SessionId,
    /// Hash of the session's token.
    pub token: Hash,
    /// The team at its newest statement when the call began.
    pub state: Arc<TeamState>,
    /// What the session has still to be confirmed with before it may do anything else.
    pub owes: Option<FactorsHeld>,
}

impl Caller {
    /// Whether somebody else made the caller's keys.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.state.member(&self.member).is_some_and(|member| member.state == MemberState::Made)
    }

    /// The caller's role in a vault; a vault without one is not there for the caller.
    ///
    /// # Errors
    /// [`Rejection::NotFound`].
    pub fn role(&self, vault: &VaultId) -> Result<VaultRole, Rejection> {
        self.state.vault_role(vault, &self.member).ok_or(Rejection::NotFound)
    }

    /// What verifies what the caller signed at a place of the chain.
    ///
    /// # Errors
    /// [`Rejection::Unauthenticated`] when it is no member any more.
    pub fn signing_at(&self, position: &ChainPosition) -> Result<VerifyingKey, Rejection> {
        let member = self.state.member(&self.member).ok_or(Rejection::Unauthenticated)?;
        Ok(*member.signing_at(position.sequence))
    }
}

impl<O: Operation> Call<O> {
    /// Who calls.
    ///
    /// # Errors
    /// [`Rejection::Unauthenticated`] when nobody signed in.
    pub fn caller(&self) -> Result<&Caller, Rejection> {
        self.caller.as_ref().ok_or(Rejection::Unauthenticated)
    }
}

/// Why an operation was not carried out.
#[derive(Debug)]
pub enum Refusal<E> {
    /// A refusal that any operation can give.
    Rejected(Rejection),
    /// One of its own.
    Own(E),
    /// What the operation built on has moved while it waited; it is judged again. Never leaves the server.
    Moved,
}

impl<E> Refusal<E> {
    /// The same refusal for an operation whose own errors are others.
    pub fn map<F>(self, map: impl FnOnce(E) -> F) -> Refusal<F> {
        match self {
            Self::Rejected(rejection) => Refusal::Rejected(rejection),
            Self::Own(error) => Refusal::Own(map(error)),
            Self::Moved => Refusal::Moved,
        }
    }
}

impl<E> From<Rejection> for Refusal<E> {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl<E> From<StoreError> for Refusal<E> {
    fn from(error: StoreError) -> Self {
        Self::Rejected(rejection(&error))
    }
}

/// What a caller is told of a failed store.
#[must_use]
pub fn rejection(error: &StoreError) -> Rejection {
    match error {
        StoreError::ReadOnly(_) => Rejection::ReadOnly,
        StoreError::Busy | StoreError::Closed | StoreError::Reopening => Rejection::Unavailable,
        StoreError::Engine(_) | StoreError::Damaged { .. } | StoreError::Panicked => {
            tracing::error!(%error, "an operation failed");
            Rejection::Internal
        }
    }
}
