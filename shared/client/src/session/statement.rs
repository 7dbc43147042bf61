//! Saying something in the team's chain: signed, judged as everyone else will, sent, and taken once the server did.

use super::Session;
use crate::{
    api::CallError,
    crypto::signing::SigningKey,
    error::{Error, from_call},
    transport::Transport,
    vault::{VaultKeys, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Recipient, Refused, SignedStatement, Statement, TeamState},
    crypto::context::Label,
    ids::{Epoch, VaultId},
    operations::{
        Empty, Operation,
        vault::{ChainError, Envelope},
    },
    suite::SUITE,
};

/// How often a statement is made anew after the chain moved on.
pub(super) const CHAIN_TRIES: usize = 8;

/// Who signs a statement: the member, or new keys of theirs with those in force over the same bytes.
pub(super) struct Signing<'k> {
    /// Signs it.
    pub(super) by: &'k SigningKey,
    /// Signs the same bytes for another purpose.
    pub(super) cosigned: Option<(&'k SigningKey, Label)>,
}

/// What became of a statement that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// It was taken.
    Taken,
    /// The chain moved on, and was brought up to date: it is made anew.
    ChainMoved,
    /// A vault's head moved on: it is made anew once that is known.
    HeadMoved,
}

impl<T: Transport> Session<T> {
    /// Says something. `make` makes the body from what is known, or `None` where that has to be brought up to date
    /// first; `send` sends the statement with what goes with it. Both run again while others are faster, and once the
    /// session was confirmed with a second factor where the statement needs that.
    ///
    /// # Errors
    /// [`Error`].
    pub(super) async fn say(
        &self,
        make: impl AsyncFn() -> Result<Option<Body>, Error>,
        send: impl AsyncFn(&SignedStatement, &TeamState) -> Result<Result<(), CallError<ChainError>>, Error>,
    ) -> Result<(), Error> {
        self.say_by(&self.signing(), make, send).await
    }

    /// The same, signed in another way.
    ///
    /// # Errors
    /// [`Error`].
    pub(super) async fn say_by(
        &self,
        signing: &Signing<'_>,
        make: impl AsyncFn() -> Result<Option<Body>, Error>,
        send: impl AsyncFn(&SignedStatement, &TeamState) -> Result<Result<(), CallError<ChainError>>, Error>,
    ) -> Result<(), Error> {
        // Nobody else waits while the person is asked.
        self.confirmed(async || self.say_once(signing, &make, &send).await).await
    }

    async fn say_once(
        &self,
        signing: &Signing<'_>,
        make: &impl AsyncFn() -> Result<Option<Body>, Error>,
        send: &impl AsyncFn(&SignedStatement, &TeamState) -> Result<Result<(), CallError<ChainError>>, Error>,
    ) -> Result<(), Error> {
        let _turn = self.writing.lock().await;
        for _ in 0..CHAIN_TRIES {
            // A synchronisation on its way would bring the same statement, and find it out of order.
            let alone = self.keeping_up.lock().await;
            let settled = match make().await? {
                None => Settled::HeadMoved,
                Some(body) => {
                    let (statement, after) = self.state_by(signing, body)?;
                    let settled = self.settle(send(&statement, &after).await?).await?;
                    if settled == Settled::Taken {
                        self.take_own_statement(after, &statement);
                        return Ok(());
                    }
                    settled
                }
            };
            drop(alone);
            if settled == Settled::HeadMoved {
                self.keep_up(&|_| {}).await?;
            }
        }
        Err(Error::Busy)
    }

    /// Signs the next statement, and judges it as everyone else will: a statement that would be refused is not sent.
    pub(super) fn state(&self, body: Body) -> Result<(SignedStatement, TeamState), Error> {
        self.state_by(&self.signing(), body)
    }

    fn signing(&self) -> Signing<'_> {
        Signing { by: &self.identity.signing, cosigned: None }
    }

    fn state_by(&self, signing: &Signing<'_>, body: Body) -> Result<(SignedStatement, TeamState), Error> {
        self.check_held()?;
        let now = self.surroundings.now();
        self.with_chain(|chain| {
            let newest = chain.position();
            let mut statement = signing.by.sign(Statement {
                suite: SUITE,
                team: Some(self.team),
                sequence: newest.sequence + 1,
                previous: newest.hash,
                author: self.identity.member,
                time: now.max(chain.time()),
                body,
            });
            if let Some((key, label)) = signing.cosigned {
                let cosignature = key.sign_bytes(label, statement.bytes());
                statement = statement.with_cosignature(cosignature);
            }
            let mut after = chain.clone();
            after.apply(&statement).map_err(|refused| match refused {
                Refused::LastOwner => Error::LastOwner,
                Refused::Policy => Error::TooFewApprovers,
                Refused::Scope => Error::RequestOnly,
                Refused::Auditor => Error::AuditorsRole,
                Refused::Expired => Error::TokenExpired,
                Refused::Unknown | Refused::State | Refused::Closed => Error::Gone,
                _ => Error::NotAllowed,
            })?;
            Ok((statement, after))
        })?
    }

    pub(super) fn take_own_statement(&self, after: TeamState, statement: &SignedStatement) {
        *self.chain.borrow_mut() = Some(after);
        self.given.borrow_mut().statements.push(statement.to_wire());
    }

    /// What the server's answer means; where the chain moved on, that is followed here. The caller keeps others from
    /// keeping up.
    pub(super) async fn settle(&self, answer: Result<(), CallError<ChainError>>) -> Result<Settled, Error> {
        let error = match answer {
            Ok(()) => return Ok(Settled::Taken),
            Err(CallError::Own(ChainError::StaleChain { .. })) => {
                // The answer has the statements, and not the keys that came with them.
                self.sync_team().await?;
                return Ok(Settled::ChainMoved);
            }
            Err(CallError::Own(ChainError::HeadRefused)) => return Ok(Settled::HeadMoved),
            Err(error) => error,
        };
        Err(from_call(error, |own| match own {
            ChainError::StatementRefused { reason: Refused::Time } => Error::Clock,
            _ => Error::Refused,
        }))
    }

    /// Calls an operation under a fresh Idempotency-Key.
    pub(super) async fn call_keyed<O: Operation<Query = Empty>>(
        &self,
        path: &O::Path,
        body: &O::Request,
    ) -> Result<O::Response, CallError<O::Error>> {
        let key = Some(self.idempotency_key());
        self.api.call::<O>(Some(&self.token), path, &Empty {}, body, key).await
    }

    /// Wraps a vault's keys to somebody: those that go with their role.
    pub(super) fn wrap_to(
        &self,
        to: &Recipient<'_>,
        vault: VaultId,
        epoch: Epoch,
        keys: &[(Epoch, &VaultKeys)],
    ) -> Result<Envelope, Error> {
        let recipient = (&to.member, to.sealing);
        let sealed = self
            .surroundings
            .with_randomness(|randomness| wrap_keys(keys, &self.team, &vault, epoch, recipient, to.role, randomness))
            .map_err(|_| Error::Refused)?;
        Ok(Envelope { recipient: to.member, sealed: Bytes(sealed.into_bytes()) })
    }

    /// Wraps all of a vault's keys that are held here, of every epoch, as of the newest one.
    pub(super) fn wrap_all(&self, to: &Recipient<'_>, vault: VaultId) -> Result<(Epoch, Envelope), Error> {
        let newest = self.with_chain(|chain| chain.vault(&vault)?.epoch().map(|epoch| epoch.epoch))?;
        let newest = newest.ok_or(Error::Gone)?;
        let vaults = self.vaults.borrow();
        let view = vaults.get(&vault).ok_or(Error::Gone)?;
        let held: Vec<(Epoch, &VaultKeys)> = view.keys.iter().map(|(epoch, keys)| (*epoch, &**keys)).collect();
        if held.last().map(|(epoch, _)| *epoch) != Some(newest) {
            return Err(Error::NotAllowed);
        }
        Ok((newest, self.wrap_to(to, vault, newest, &held)?))
    }
}
