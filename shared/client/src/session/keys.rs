//! A person's own keys: replaced in one statement together with password, kit and bundle, and compared with those of
//! others.

use super::{
    Device, Session,
    fresh_keys::{FreshKeys, Owner},
    statement::Signing,
};
use crate::{
    api::{Api, CallError},
    error::{Error, from_call},
    model::SecretText,
    surroundings::Surroundings,
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, MemberKind, MemberState, Recipient, TeamState},
    crypto::{SafetyNumber, context::Label, hash},
    ids::{MemberId, Timestamp, VaultId},
    limits,
    operations::{
        Empty,
        invitations::VaultEnvelope,
        keys::{NewKeys as NewKeysBody, ReplaceKeys},
        vault::ChainError,
    },
    problem::Rejection,
    session::ChangeLogin,
    suite::SUITE,
};
use std::cell::{Cell, RefCell};

/// New keys, a new Secret Key and what a new password gives: made here, and not in force before
/// [`Session::replace_keys`].
pub struct NewKeys {
    fresh: FreshKeys,
    change: Bytes,
    /// What was sent last, and under which Idempotency-Key, where nobody knows whether it arrived.
    sent: RefCell<Option<(NewKeysBody, String)>>,
    /// Whether the server has said that they are in force.
    in_force: Cell<bool>,
}

impl NewKeys {
    /// What the person's devices keep, and the kit is made from.
    #[must_use]
    pub fn device(&self) -> &Device {
        self.fresh.unlocking.device()
    }

    /// Whether they were sent, and may be in force: then nothing but these may be tried.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.sent.borrow().is_some()
    }

    /// Opens a session under them. What `before` has verified is not forgotten.
    ///
    /// # Errors
    /// [`Error`]; where it fails on the way it can be called again.
    pub async fn sign_in<T: Transport>(
        &self,
        api: Api<T>,
        surroundings: Surroundings,
        device_name: &str,
        before: &Session<T>,
    ) -> Result<Session<T>, Error> {
        let memory = before.memory_under(&self.fresh.identity.personal);
        let session = self.fresh.unlocking.sign_in(api, surroundings, device_name, memory.as_deref()).await?;
        session.sync(|_| {}).await?;
        Ok(session)
    }
}

impl<T: Transport> Session<T> {
    /// Makes new keys of one's own, after the present password.
    ///
    /// # Errors
    /// [`Error::WrongPassword`]; [`Error::OutOfMemory`]; a rejection for as long as the present ones are too new.
    pub fn make_keys(&self, current: &SecretText, new: &SecretText) -> Result<NewKeys, Error> {
        let own = self.identity.member;
        let renewed = self.with_chain(|chain| {
            // Keys that somebody else made are replaced at once.
            let known = chain.member(&own).filter(|known| known.state != MemberState::Made)?;
            Some(chain.time_of(known.renewed()?))
        })?;
        let age = renewed.map(|renewed| self.surroundings.now().since(renewed));
        if let Some(left) = age.and_then(|age| limits::KEYS_KEPT.checked_sub(age)).filter(|left| *left > 0) {
            return Err(Error::Rejected(Rejection::RateLimited { retry_after: left }));
        }
        let old = self.root_of(current)?;
        let (team, member) = (self.team, self.identity.member);
        let version = self.bundle.borrow().version.checked_add(1).ok_or(Error::Refused)?;
        let owner = {
            let (device, genesis) = (self.device(), self.identity.genesis);
            Owner { team, member, genesis, login_name: device.login_name.clone(), origin: device.origin.clone() }
        };
        let fresh = FreshKeys::make(&self.surroundings, owner, new, version)?;
        let change = old.login_key(&team).sign(ChangeLogin {
            suite: SUITE,
            team,
            member,
            login_key: fresh.login_key,
            bundle: hash(&fresh.bundle),
            version,
        });
        Ok(NewKeys { fresh, change: change.to_wire(), sent: RefCell::default(), in_force: Cell::default() })
    }

    /// Puts new keys in force. Vaults get new keys; every other session ends, and this one is of no more use: the next is
    /// opened by [`NewKeys::sign_in`].
    ///
    /// # Errors
    /// [`Error`]. Where [`NewKeys::is_unknown`] says so afterwards, it is to be called again with the same keys.
    pub async fn replace_keys(&self, new: &NewKeys) -> Result<(), Error> {
        if new.in_force.get() {
            return Ok(());
        }
        let unknown = new.sent.borrow().clone();
        if let Some((body, key)) = unknown {
            // The same again under the same key is the same answer.
            match self.send_keys(new, body, key).await {
                Ok(()) => return Ok(()),
                // Refused by the chain: it is made anew.
                Err(CallError::Own(_)) => {}
                Err(error) => return Err(from_call(error, |_| Error::Refused)),
            }
        }
        self.keep_up(&|_| {}).await?;
        let directory = {
            let epoch = self.with_chain(TeamState::directory_epoch)?;
            let directory = self.directory.borrow();
            let key = directory.key_at(epoch).ok_or(Error::NotAllowed)?;
            new.fresh.wrap_directory(&self.surroundings, key)?
        };
        let own = self.identity.member;
        let signing =
            Signing { by: &new.fresh.identity.signing, cosigned: Some((&self.identity.signing, Label::ReplaceKeys)) };
        self.say_by(
            &signing,
            async || {
                let Some(vaults) = self.held_heads(own).await? else { return Ok(None) };
                Ok(Some(Body::ReplaceKeys(new.fresh.replacement(vaults, None))))
            },
            async |statement, after| {
                let body = NewKeysBody {
                    statement: statement.to_wire(),
                    change: new.change.clone(),
                    kit_tag: new.fresh.kit_tag,
                    bundle: new.fresh.bundle.clone(),
                    directory: directory.clone(),
                    envelopes: self.wrap_own_vaults(new, after)?,
                };
                Ok(self.send_keys(new, body, self.idempotency_key()).await)
            },
        )
        .await
    }

    async fn send_keys(&self, new: &NewKeys, body: NewKeysBody, key: String) -> Result<(), CallError<ChainError>> {
        new.sent.replace(Some((body.clone(), key.clone())));
        let send = async || {
            let (path, key) = (self.team_path(), Some(key.clone()));
            self.api.call::<ReplaceKeys>(Some(&self.token), &path, &Empty {}, &body, key).await.map(drop)
        };
        let mut answer = send().await;
        if matches!(answer, Err(CallError::Unreachable(_))) {
            answer = send().await;
        }
        // Any other refusal may be of the second question, and nothing of the first one's answer.
        if matches!(answer, Ok(()) | Err(CallError::Own(_))) {
            new.sent.take();
        }
        new.in_force.set(answer.is_ok());
        answer
    }

    /// The keys of all vaults, for the new keys. Of a vault whose newest keys never came a custodian wraps those that are
    /// made next, and all of them where its role is given anew.
    fn wrap_own_vaults(&self, new: &NewKeys, after: &TeamState) -> Result<Vec<VaultEnvelope>, Error> {
        let member = self.identity.member;
        let sealing = new.fresh.identity.wrapping.public();
        let is_held = |vault: &VaultId| {
            let newest = after.vault(vault).and_then(|known| known.epoch()).map(|epoch| epoch.epoch);
            let vaults = self.vaults.borrow();
            newest.zip(vaults.get(vault)).is_some_and(|(newest, view)| view.keys.contains_key(&newest))
        };
        let granted = after.vaults_of(&member).filter_map(|(vault, known)| Some((*vault, known.role(&member)?)));
        let envelopes = granted.filter(|(vault, _)| is_held(vault)).map(|(vault, role)| {
            let (_, envelope) = self.wrap_all(&Recipient { member, sealing: &sealing, role }, vault)?;
            Ok(VaultEnvelope { vault, sealed: envelope.sealed })
        });
        envelopes.collect()
    }

    /// What this member and another one compare to know that each has the other's right keys. `None` with oneself, with a
    /// service, and with whoever is no member.
    #[must_use]
    pub fn safety_number(&self, other: &MemberId) -> Option<SafetyNumber> {
        let chain = self.chain.borrow();
        let chain = chain.as_ref()?;
        let (own, other) = (chain.member(&self.identity.member)?, chain.member(other)?);
        let compares = own.id() != other.id() && other.kind() == MemberKind::Person && other.has_keys();
        compares.then(|| SafetyNumber::derive(&chain.genesis(), &own.keys, &other.keys))
    }

    /// People whose keys were replaced while this member was one, each with the statement that did so last, and when.
    #[must_use]
    pub fn replaced_keys(&self) -> Vec<(MemberId, u64, Timestamp)> {
        let chain = self.chain.borrow();
        let Some(chain) = chain.as_ref() else { return Vec::new() };
        let own = self.identity.member;
        let since = chain.member(&own).map_or(0, |own| own.since());
        let others = chain
            .members()
            .filter(|member| member.id() != own && member.kind() == MemberKind::Person && member.standing().is_some());
        let replaced = others.filter_map(|member| Some((member.id(), member.renewed().filter(|at| *at > since)?)));
        replaced.map(|(member, at)| (member, at, chain.time_of(at))).collect()
    }
}
