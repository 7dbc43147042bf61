//! The key of one version of a secret, handed on by whoever completes the approvals, and taken by whoever asked.

use super::{Known, RequestShown, Session, from_step};
use crate::{
    crypto::{
        guarded,
        hpke::{Envelope, XWingSecret},
        lease,
        sealing::{self, Sealed, SealingKey},
    },
    error::{Damage, Error, Fault, from_call},
    model::{Payload, SecretPayload},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    crypto::{
        SealingPublicKey,
        context::{of_lease_secret, of_record},
        hash,
    },
    ids::{ObjectId, ReleaseId, RequestId, VaultId},
    operations::{
        Empty,
        records::ReleaseRequest,
        requests::{
            GetRequestedSecret, Grant, LeaseError, LeasedSecret, ReleaseLeased, RequestPath, RequestedSecret,
            WhichRequests,
        },
    },
    record::{Expected, LeafKey, Record, RecordKind, RecordState, check_record},
    release::ReleaseStatement,
    request::{GrantNamed, Lease, SecretStand, Status},
    suite::SUITE,
};
use zeroize::Zeroizing;

impl<T: Transport> Session<T> {
    /// Has the server release a secret that is checked out, and opens it.
    ///
    /// # Errors
    /// [`Error::NotCheckedOut`] where it is not, or not any more; [`Error::Damage`] where the server gives another secret,
    /// or what opens it is of another request; others.
    pub async fn release_leased(&self, request: RequestId) -> Result<SecretPayload, Error> {
        self.confirmed(async || self.release_leased_once(request).await).await
    }

    /// The present secret in whichever way this member may have it: released directly, or by the lease that they have; and
    /// whether that lease is of an older version.
    ///
    /// # Errors
    /// [`Error::ApprovalNeeded`], [`Error::CheckOutNeeded`] where they have no lease; [`Error::NotAllowed`] where they could
    /// not ask for one; others.
    pub async fn release_as_may(&self, vault: VaultId, account: ObjectId) -> Result<(SecretPayload, bool), Error> {
        let access = self.access_now(vault, account).await?;
        if access.direct {
            return Ok((self.release(vault, account).await?, false));
        }
        let own = self.list_all_requests(WhichRequests::Own, true).await?.requests;
        let here = |request: &&RequestShown| (request.vault, request.account) == (vault, account);
        let stands = |status| own.iter().filter(here).find(|request| request.status == status);
        match stands(Status::CheckedOut) {
            Some(request) => Ok((self.release_leased(request.id).await?, request.superseded)),
            None if !access.may_ask => Err(Error::NotAllowed),
            None if access.needed == 0 || stands(Status::Approved).is_some() => Err(Error::CheckOutNeeded),
            None => Err(Error::ApprovalNeeded),
        }
    }

    async fn release_leased_once(&self, request: RequestId) -> Result<SecretPayload, Error> {
        let known = self.know_anew(request).await?;
        let now = self.surroundings.now();
        let status = self.judge_with(&known, now, |_, judged| judged.status)?;
        let lease = known.state.lease().filter(|_| status == Status::CheckedOut).ok_or(Error::NotCheckedOut)?;
        let ask = known.state.ask();
        let position = self.with_chain(|chain| chain.position())?;
        let statement = self.identity.signing.sign(ReleaseStatement {
            suite: SUITE,
            id: ReleaseId(self.surroundings.make_id()),
            team: self.team,
            vault: ask.vault,
            account: ask.account,
            version: lease.version,
            member: self.identity.member,
            position,
            time: now,
            reason: None,
        });
        let path = RequestPath { team: self.team, request };
        let body = ReleaseRequest { statement: statement.to_wire(), wanted: Default::default() };
        let given = self.call::<ReleaseLeased>(&path, &body).await.map_err(|error| from_call(error, from_lease))?;
        let payload = self.open_leased(&known, &lease, given)?;
        let key = LeafKey { id: ask.account, kind: RecordKind::Secret };
        SecretPayload::from_bytes(&payload).map_err(|_| Damage::of_record(ask.vault, key, Fault::Malformed).into())
    }

    /// Opens what was leased: the very version that was checked out, with the grant that an approval names.
    fn open_leased(&self, known: &Known, lease: &Lease, given: LeasedSecret) -> Result<Zeroizing<Vec<u8>>, Error> {
        let ask = known.state.ask();
        let key = LeafKey { id: ask.account, kind: RecordKind::Secret };
        let damage = |fault| Error::from(Damage::of_record(ask.vault, key, fault));
        let record = Record::parse(&given.record).map_err(|_| damage(Fault::Malformed))?;
        let expected = Expected {
            vault: ask.vault,
            id: ask.account,
            kind: key.kind,
            resource: self.resource_of(&ask.vault, &ask.account),
            version: Some(lease.version),
            hash: Some(lease.record),
        };
        self.with_chain(|chain| check_record(chain, &expected, &record))?.map_err(|refused| damage(refused.into()))?;
        if record.context().parent != ask.account || record.context().state != RecordState::Live {
            return Err(damage(Fault::Substituted));
        }
        let Some(grant) = given.grant else { return self.open_record(ask.vault, &key, &record) };
        let named = GrantNamed { envelope: hash(&grant.envelope), part: hash(&grant.part) };
        let ahead = known.ahead.as_ref().filter(|ahead| Some(ahead.id()) == ask.ahead);
        let approved_ahead = ahead.is_some_and(|ahead| {
            let proposal = ahead.proposal();
            (proposal.version, proposal.record, ahead.granting()) == (lease.version, lease.record, Some(named))
        });
        let approved = known.state.approvals().iter().any(|approval| {
            let approve = &approval.approve;
            (approve.version, approve.record, approve.grant) == (lease.version, lease.record, Some(named))
        });
        if !approved && !approved_ahead {
            return Err(damage(Fault::Substituted));
        }
        let unopenable = || damage(Fault::Unopenable);
        let grant = lease::Grant {
            envelope: Envelope::from_bytes(grant.envelope.0).ok_or_else(unopenable)?,
            part: SealingKey::from_slice(&grant.part).ok_or_else(unopenable)?,
        };
        let content_key = match ahead {
            Some(ahead) => lease::take(&self.identity.wrapping, &ahead.context(), &grant),
            None => {
                let secret = self.open_lease_key(known).ok_or_else(unopenable)?;
                lease::take(&secret, &known.state.context(lease.version, lease.record), &grant)
            }
        };
        let content_key = content_key.map_err(|_| unopenable())?;
        let header = record.header();
        let payload = record.payload().ok_or_else(unopenable)?.0.clone();
        let sealed = Sealed { salt: header.salt, commitment: header.commitment, bytes: payload };
        sealing::open(&content_key, &of_record(&header.context), &sealed).map_err(|_| unopenable())
    }

    fn open_lease_key(&self, known: &Known) -> Option<XWingSecret> {
        let sealed = Sealed::from_wire(known.listed.lease_secret.as_ref()?).ok()?;
        let context = of_lease_secret(&self.team, &self.identity.member, &known.state.id());
        let secret = XWingSecret::from_slice(&sealing::open(&self.identity.personal, &context, &sealed).ok()?)?;
        (secret.public() == known.state.ask().key).then_some(secret)
    }

    /// Hands the key of the newest version on, to the key of the request and in two halves.
    pub(super) async fn make_grant(&self, known: &Known, secret: &SecretStand) -> Result<(GrantNamed, Grant), Error> {
        let ask = known.state.ask();
        let path = RequestPath { team: self.team, request: known.state.id() };
        let given = self.call::<GetRequestedSecret>(&path, &Empty {}).await.map_err(from_step)?;
        let key = self.unwrap_given((ask.vault, ask.account), secret, given)?;
        self.grant_to(&ask.key, &known.state.context(secret.version, secret.hash), &key)
    }

    /// Makes a grant in two halves, and what a statement says of them.
    pub(super) fn grant_to(
        &self,
        to: &SealingPublicKey,
        bound: impl Into<lease::Bound>,
        key: &SealingKey,
    ) -> Result<(GrantNamed, Grant), Error> {
        let bound = bound.into();
        let grant = self
            .surroundings
            .with_randomness(|randomness| lease::grant(to, bound, key, randomness))
            .map_err(|_| Error::Refused)?;
        let grant = Grant { envelope: Bytes(grant.envelope.into_bytes()), part: Bytes(grant.part.expose().to_vec()) };
        Ok((GrantNamed { envelope: hash(&grant.envelope), part: hash(&grant.part) }, grant))
    }

    /// The key of the one version of a secret that was proved, out of what the server gave.
    pub(super) fn unwrap_given(
        &self,
        (vault, account): (VaultId, ObjectId),
        secret: &SecretStand,
        given: RequestedSecret,
    ) -> Result<SealingKey, Error> {
        let leaf = LeafKey { id: account, kind: RecordKind::Secret };
        let damage = |fault| Error::from(Damage::of_record(vault, leaf, fault));
        let record = Record::parse_header(&given.record).map_err(|_| damage(Fault::Malformed))?;
        // The header was proved with the request; only that very one is gone on with.
        if record.hash() != secret.hash {
            return Err(Error::StaleVersion);
        }
        let header = record.header();
        let wrapped = given.wrapped_key.filter(|wrapped| hash(wrapped) == header.wrapped_key);
        let wrapped =
            wrapped.and_then(|wrapped| Envelope::from_bytes(wrapped.0)).ok_or_else(|| damage(Fault::Substituted))?;
        let vaults = self.vaults.borrow();
        let keys = vaults.get(&vault).and_then(|view| view.keys.get(&header.context.epoch));
        let own = keys.and_then(|keys| keys.guarded.as_ref()).ok_or(Error::NotAllowed)?;
        guarded::unwrap_key(own, &header.context, &wrapped, &header.salt, &header.commitment)
            .map_err(|_| damage(Fault::Unopenable))
    }
}

fn from_lease(error: LeaseError) -> Error {
    match error {
        LeaseError::NotCheckedOut => Error::NotCheckedOut,
        LeaseError::Deleted => Error::Gone,
        LeaseError::ReleaseRefused => Error::Refused,
        LeaseError::ClockRefused => Error::Clock,
    }
}
