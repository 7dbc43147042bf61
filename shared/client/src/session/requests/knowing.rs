//! Requests as the server tells them: replayed by the newest chain and the verified tree before anything of them counts.

use super::ahead;
use crate::{
    api::CallError,
    error::{Damage, DamagedObject, Error, Fault, from_plain_call},
    session::Session,
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    ids::{ObjectId, RequestId, Timestamp, VaultId},
    operations::{
        Empty,
        requests::{GetRequest, RequestListed, RequestPath},
    },
    problem::Rejection,
    record::{Expected, LeafKey, Record, RecordKind, check_record},
    request::{Judged, RequestBody, RequestState, SecretStand, SignedRequest, Standing, ahead::AheadState},
};
use std::collections::BTreeMap;

/// The hash of the first statement that this session heard under an id, of requests and of approvals given ahead.
pub(in crate::session) type FirstSaid = BTreeMap<[u8; 16], Hash>;

/// A request that was replayed.
pub(in crate::session) struct Known {
    pub(in crate::session) state: RequestState,
    pub(in crate::session) statements: Vec<SignedRequest>,
    pub(in crate::session) listed: RequestListed,
    pub(in crate::session) secret: Option<SecretStand>,
    /// The approval given ahead that it names.
    pub(in crate::session) ahead: Option<AheadState>,
}

impl<T: Transport> Session<T> {
    /// A request as the server has it now, replayed by the newest chain.
    pub(in crate::session) async fn know_anew(&self, request: RequestId) -> Result<Known, Error> {
        let path = RequestPath { team: self.team, request };
        let listed = self.call::<GetRequest>(&path, &Empty {}).await.map_err(|error| match error {
            CallError::Rejected(Rejection::NotFound) => Error::Gone,
            error => from_plain_call(error),
        })?;
        let vault = named_vault(&listed).ok_or_else(|| broken(None))?;
        self.sync_one(vault).await?;
        let known = self.know(listed)?;
        if known.state.id() == request { Ok(known) } else { Err(broken(Some(vault))) }
    }

    /// Brings the chain up to the newest place that any of the requests names.
    pub(super) async fn catch_up(&self, requests: &[RequestListed]) -> Result<(), Error> {
        let parsed = requests.iter().flat_map(|listed| &listed.statements);
        let named = parsed.filter_map(|wire| SignedRequest::parse(wire).ok());
        let ahead = requests.iter().flat_map(|listed| listed.ahead.iter().flatten());
        let places = named.map(|signed| signed.value().position.sequence).chain(ahead::places(ahead));
        self.keep_up_to(places.max()).await
    }

    /// Brings the chain up to a place that somebody names.
    pub(super) async fn keep_up_to(&self, named: Option<u64>) -> Result<(), Error> {
        let newest = self.with_chain(|chain| chain.position().sequence)?;
        if named.is_some_and(|named| named > newest) {
            self.keep_up(&|_| {}).await?;
        }
        Ok(())
    }

    /// Replays what the server gave.
    pub(in crate::session) fn know(&self, listed: RequestListed) -> Result<Known, Error> {
        let vault = named_vault(&listed);
        let parsed = listed.statements.iter().map(|wire| SignedRequest::parse(wire));
        let statements: Vec<SignedRequest> = parsed.collect::<Result<_, _>>().map_err(|_| broken(vault))?;
        let state = self.with_chain(|chain| RequestState::replay(&statements, chain))?.map_err(|_| broken(vault))?;
        if state.id() != listed.request || !self.is_first_said(state.id().0, state.hash()) {
            return Err(broken(vault));
        }
        self.role(&state.ask().vault).ok_or(Error::Gone)?;
        let ask = state.ask();
        let secret = self.proved_secret((ask.vault, ask.account), listed.secret.as_ref())?;
        let ahead = match (ask.ahead, &listed.ahead) {
            (Some(named), Some(wires)) => Some(self.replay_ahead(named, wires)?.ok_or_else(|| broken(vault))?),
            // Without them it counts for nothing.
            _ => None,
        };
        Ok(Known { state, statements, listed, secret, ahead })
    }

    /// Whether what began under an id is what this session heard first under it. Whoever asks chooses the id, and could sign
    /// two requests under one: the one that an approver reads, and the one that the server has them approve.
    pub(super) fn is_first_said(&self, id: [u8; 16], first: Hash) -> bool {
        *self.asked.borrow_mut().entry(id).or_insert(first) == first
    }

    /// The header of the secret, as far as the verified tree knows it: an older or newer one counts for nothing.
    pub(super) fn proved_secret(
        &self,
        (vault, account): (VaultId, ObjectId),
        header: Option<&Bytes>,
    ) -> Result<Option<SecretStand>, Error> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let leaf = self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(&key).copied());
        let (Some(leaf), Some(header)) = (leaf, header) else { return Ok(None) };
        let damage = |fault| Error::from(Damage::of_record(vault, key, fault));
        let record = Record::parse_header(header).map_err(|_| damage(Fault::Malformed))?;
        if record.hash() != leaf.hash {
            return Ok(None);
        }
        let resource = self.resource_of(&vault, &account);
        let (version, hash) = (leaf.version, leaf.hash);
        let expected =
            Expected { vault, id: account, kind: key.kind, resource, version: Some(version), hash: Some(hash) };
        self.with_chain(|chain| check_record(chain, &expected, &record))?.map_err(|refused| damage(refused.into()))?;
        Ok(Some(SecretStand { version, hash, tier: record.context().tier }))
    }

    /// The secret of an account, with the key that its policy demands: which one really seals it, its header says.
    pub(in crate::session) fn presumed_secret(
        &self,
        vault: VaultId,
        account: ObjectId,
    ) -> Result<Option<SecretStand>, Error> {
        self.verified(vault, LeafKey { id: account, kind: RecordKind::Account })?;
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let leaf = self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(&key).copied());
        let resource = self.resource_of(&vault, &account);
        self.with_chain(|chain| {
            let sequence = chain.position().sequence;
            let tier = chain.vault(&vault)?.tier_at(&account, resource.as_ref(), sequence);
            leaf.map(|leaf| SecretStand { version: leaf.version, hash: leaf.hash, tier })
        })
    }

    pub(super) fn judge_with<R>(
        &self,
        known: &Known,
        now: Timestamp,
        take: impl FnOnce(&Standing<'_>, Judged) -> R,
    ) -> Result<R, Error> {
        let ask = known.state.ask();
        let resource = self.resource_of(&ask.vault, &ask.account);
        self.with_chain(|chain| {
            let standing = Standing::new(chain, &ask.vault, (&ask.account, resource.as_ref()), known.secret);
            let standing = standing.with_ahead(known.ahead.as_ref());
            let judged = standing.judge(&known.state, now);
            take(&standing, judged)
        })
    }
}

/// The vault that a request says it is about.
fn named_vault(listed: &RequestListed) -> Option<VaultId> {
    let first = SignedRequest::parse(listed.statements.first()?).ok()?;
    match &first.value().body {
        RequestBody::Ask(ask) => Some(ask.vault),
        _ => None,
    }
}

/// A request that does not follow from what it says.
pub(super) fn broken(vault: Option<VaultId>) -> Error {
    Damage { vault, ..Damage::of(DamagedObject::Request, Fault::Substituted) }.into()
}
