//! A team in which a secret is guarded: three who may approve, two who ask, all with keys that the test holds.

use super::{Founder, Furnished, InProcess, Target, TestServer, raw, transport::Recorded};
use sealward_client::{
    api::Api,
    crypto::{guarded, hpke::Envelope, lease, randomness::OsRandom, sealing::SealingKey},
    error::Error,
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{RequestDraft, Session},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, TeamPolicy, VaultRole},
    crypto::{Hash, hash},
    ids::{MemberId, RequestId, Version},
    operations::{Empty, Operation, session::SessionCreated, wire::Format, wire::target},
    record::{Record, RecordKind},
    request::{GrantNamed, LeaseContext, RequestBody, RequestState, RequestStatement, SignedRequest, Status},
    suite::SUITE,
};
use sealward_server::store::tables::{RECORDS, REQUESTS};
use std::ops::Deref;

/// What is guarded.
pub const GUARDED: &str = "only when approved";

/// In milliseconds.
pub const HOUR: u64 = 60 * 60 * 1_000;

/// A member with keys in hand, and what they do: all that went over their wire is noted apart.
pub struct Someone {
    pub keys: Founder,
    pub created: SessionCreated,
    pub session: Session<InProcess>,
    pub wire: InProcess,
    pub received: Recorded,
}

impl Deref for Someone {
    type Target = Session<InProcess>;
    fn deref(&self) -> &Session<InProcess> {
        &self.session
    }
}

impl Someone {
    pub async fn sign_in(server: &TestServer, keys: Founder) -> Self {
        let created = keys.sign_in(server).await;
        let (wire, received) = server.connect_apart();
        let session = keys.take_over(server, &wire, &created, None);
        session.sync(|_| {}).await.unwrap();
        Self { keys, created, session, wire, received }
    }

    pub fn id(&self) -> MemberId {
        self.keys.identity.member
    }

    /// Opens a secret that is checked out.
    pub async fn open(&self, request: RequestId) -> Result<String, Error> {
        self.release_leased(request).await.map(|payload| payload.value.expose().to_owned())
    }

    pub async fn status(&self, request: RequestId) -> Status {
        self.request(request).await.unwrap().status
    }

    /// Calls an operation by hand, with this member's token.
    pub async fn send<O: Operation>(&self, path: &O::Path, body: Option<&O::Request>) -> super::Answered {
        let target = target::<O>(path, &O::Query::default()).unwrap();
        let bearer = format!("Bearer {}", self.created.token.expose());
        let mut headers = vec![("authorization", bearer.as_str())];
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(|body| Format::Json.write(body)).unwrap_or_default();
        raw(&self.wire, O::METHOD.as_str(), &target, &headers, body).await
    }

    /// Calls an operation with this member's token, as a client would that thinks nothing of its own.
    pub async fn call<O: Operation<Query = Empty>>(&self, path: &O::Path, body: &O::Request) -> Option<O::Response> {
        Api::new(self.wire.clone()).call::<O>(Some(&self.created.token), path, &Empty {}, body, None).await.ok()
    }
}

/// A request as the server's rows tell it.
pub struct Known {
    pub state: RequestState,
}

/// Ada, Bob and Eve are custodians, Carol and Dan use the vault; the first account's secret is guarded, and asked for with
/// a reason.
pub struct Guarded {
    pub server: TestServer,
    pub made: Furnished,
    pub ada: Someone,
    pub bob: Someone,
    pub eve: Someone,
    pub carol: Someone,
    pub dan: Someone,
}

impl Guarded {
    pub async fn in_memory(approvals: u8, terms: LeaseTerms) -> Self {
        Self::set(TestServer::in_memory(), approvals, terms).await
    }

    pub async fn set(server: TestServer, approvals: u8, terms: LeaseTerms) -> Self {
        let founder = Founder::found(&server, "ada.lovelace").await;
        let ada = Someone::sign_in(&server, founder).await;
        let made = Furnished::make(&ada, "Operations").await;
        // A second factor is another story.
        ada.set_team_policy(TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT }).await.unwrap();
        let mut others = Vec::new();
        for (name, role) in [
            ("bob", VaultRole::Custodian),
            ("eve", VaultRole::Custodian),
            ("carol", VaultRole::User),
            ("dan", VaultRole::User),
        ] {
            let keys = Founder::invited(&server, &ada, name, &[]).await;
            ada.set_grant(made.vault, keys.identity.member, role).await.unwrap();
            others.push(keys);
        }
        let mut signed_in = Vec::new();
        for keys in others {
            signed_in.push(Someone::sign_in(&server, keys).await);
        }
        let [bob, eve, carol, dan] = <[_; 4]>::try_from(signed_in).ok().unwrap();
        let scene = Self { server, made, ada, bob, eve, carol, dan };
        scene.set_policy(approvals, terms).await;
        scene.change(Version(1), GUARDED).await;
        for other in [&scene.bob, &scene.eve, &scene.carol, &scene.dan] {
            other.sync(|_| {}).await.unwrap();
        }
        scene
    }

    /// Sets the account's policy: so many approvals, a reason, and these terms.
    pub async fn set_policy(&self, approvals: u8, terms: LeaseTerms) {
        let policy = Policy { approvals: Approvals(approvals), reason: Requirement::Required, terms: Some(terms) };
        let scope = PolicyScope::Account(self.made.first);
        self.ada.set_policy(&SetPolicy { vault: self.made.vault, scope, policy: Some(policy) }).await.unwrap();
    }

    /// Ada gives the account another secret.
    pub async fn change(&self, base: Version, secret: &str) {
        self.ada.sync(|_| {}).await.unwrap();
        let details = AccountDetails { name: "root".into(), ..Default::default() };
        let secret = Some(NewSecret { payload: SecretPayload::new(secret.into()), score: None });
        self.ada.update_account(self.made.vault, self.made.first, base, details, secret).await.unwrap();
    }

    pub fn draft(&self) -> RequestDraft {
        RequestDraft {
            vault: self.made.vault,
            account: self.made.first,
            from: None,
            seconds: None,
            reason: Some("the disk is full".into()),
            ticket: None,
            extends: None,
            break_glass: false,
        }
    }

    pub async fn asked(&self, by: &Someone) -> RequestId {
        by.ask_for_secret(self.draft()).await.unwrap()
    }

    /// Asked for, and approved by Bob.
    pub async fn approved(&self, by: &Someone) -> RequestId {
        let request = self.asked(by).await;
        self.bob.approve_request(request, None).await.unwrap();
        request
    }

    /// Asked for, approved by Bob, and checked out.
    pub async fn checked_out(&self, by: &Someone) -> RequestId {
        let request = self.approved(by).await;
        by.check_out(request).await.unwrap();
        request
    }

    /// A request as it is stored, replayed by Ada's newest chain.
    pub async fn known(&self, request: RequestId) -> Known {
        self.ada.sync(|_| {}).await.unwrap();
        let rows = self.server.server.app().store.snapshot().unwrap();
        let row = REQUESTS.get(&rows, &(self.ada.team(), request)).unwrap().unwrap();
        let statements: Vec<_> = row.statements.iter().map(|wire| SignedRequest::parse(wire).unwrap()).collect();
        let state = RequestState::replay(&statements, &self.ada.chain().unwrap()).unwrap();
        Known { state }
    }

    /// The next statement of a request, signed by hand.
    pub async fn step(&self, by: &Someone, request: RequestId, body: RequestBody) -> SignedRequest {
        let known = self.known(request).await;
        by.keys.identity.signing.sign(self.statement(by, &known, body))
    }

    /// The next statement of a request.
    pub fn statement(&self, by: &Someone, known: &Known, body: RequestBody) -> RequestStatement {
        RequestStatement {
            suite: SUITE,
            team: self.ada.team(),
            request: known.state.id(),
            number: known.state.count(),
            previous: known.state.last(),
            author: by.id(),
            position: self.ada.chain().unwrap().position(),
            time: self.server.clock.now(),
            body,
        }
    }

    /// The first statement of a request that differs from one that is there.
    pub fn asks(&self, by: &Someone, like: &Known, change: impl FnOnce(&mut RequestStatement)) -> SignedRequest {
        let mut statement = self.statement(by, like, RequestBody::Ask(like.state.ask().clone()));
        (statement.number, statement.previous) = (0, Hash::ZERO);
        statement.request = RequestId(by.surroundings().make_id());
        change(&mut statement);
        by.keys.identity.signing.sign(statement)
    }

    /// A version of the secret, as it is stored.
    pub fn record(&self, version: Version) -> Record {
        let rows = self.server.server.app().store.snapshot().unwrap();
        let place = (self.made.vault, RecordKind::Secret, self.made.first, version.0);
        Record::parse(&RECORDS.get(&rows, &place).unwrap().unwrap()).unwrap()
    }

    /// The second version of the secret, by way of these requests.
    pub async fn target(&self, requests: &[RequestId]) -> Target {
        let record = self.record(Version(2));
        let mut ways = Vec::new();
        for request in requests {
            let known = self.known(*request).await;
            ways.push((*request, known.state.requester(), known.state.context(Version(2), record.hash())));
        }
        Target { team: self.ada.team(), record, requests: ways }
    }

    /// The key of the newest version, as Bob's guarded key unwraps it.
    pub fn content_key(&self, version: Version) -> SealingKey {
        let record = self.record(version);
        let header = record.header();
        let wrapped = Envelope::from_bytes(record.wrapped_key().unwrap().0.clone()).unwrap();
        let vaults = self.bob.vaults();
        let own = vaults[&self.made.vault].keys[&header.context.epoch].guarded.as_ref().unwrap();
        guarded::unwrap_key(own, &header.context, &wrapped, &header.salt, &header.commitment).unwrap()
    }

    /// A grant of the secret's second version for a context, to the key of a request.
    pub fn grant(
        &self,
        known: &Known,
        context: &LeaseContext,
    ) -> (GrantNamed, sealward_contract::operations::requests::Grant) {
        let key = self.content_key(Version(2));
        in_grant(&lease::grant(&known.state.ask().key, context, &key, &mut OsRandom::new()).unwrap())
    }
}

/// A grant as it travels, and as its statement names it.
pub fn in_grant(grant: &lease::Grant) -> (GrantNamed, sealward_contract::operations::requests::Grant) {
    let (envelope, part) = (Bytes(grant.envelope.as_bytes().to_vec()), Bytes(grant.part.expose().to_vec()));
    let named = GrantNamed { envelope: hash(&envelope), part: hash(&part) };
    (named, sealward_contract::operations::requests::Grant { envelope, part })
}
