//! Requests about keys of one's own and recovery, and who may make them: every role by every operation.

use super::requests::Making;
use crate::harness::{Forge, Founder, InProcess, ORIGIN, TestServer, raw, replacement, touched};
use sealward_client::{
    crypto::{hpke::XWingSecret, randomness::OsRandom, signing::SigningKey},
    session::Session,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, CancelRecovery, DeviceKeys, EndEnrolment, Enrol, NamedShare, Recover, RecoveryGroup, SetRecovery,
        SignedStatement, TeamRole,
    },
    crypto::{Hash, context::Label, hash},
    ids::{MemberId, Timestamp},
    operations::{
        Empty, Operation, TeamPath,
        keys::NewKeys,
        members::{MemberChange, MemberPath},
        recovery::{self, GivenShare, NewEnrolment, RecoveredKeys, RecoveryOpening, RecoveryRequest},
        wire::{Format, target},
    },
    session::{ChangeLogin, OpenRecovery},
    suite::SUITE,
    text::LoginName,
};

/// Somebody whose recovery was begun for a device whose keys the test holds.
pub struct Recovering {
    person: Founder,
    device: SigningKey,
    since: u64,
}

fn new_device() -> (SigningKey, DeviceKeys) {
    let randomness = &mut OsRandom::new();
    let (signing, sealing) = (SigningKey::make(randomness), XWingSecret::make(randomness));
    let keys = DeviceKeys { signing: signing.public(), sealing: sealing.public() };
    (signing, keys)
}

fn expiry(forge: &Forge<'_>) -> Timestamp {
    forge.now().plus_millis(3_600_000)
}

async fn set_group(session: &Session<InProcess>, trustees: &[MemberId]) {
    let mut trustees = trustees.to_vec();
    trustees.sort();
    let group = RecoveryGroup { needed: u8::try_from(trustees.len().min(2)).unwrap(), trustees };
    if session.chain().unwrap().recovery_group() != Some(&group) {
        session.set_recovery(Some(group)).await.unwrap();
    }
}

impl Making<'_> {
    fn own_member(&self) -> MemberId {
        self.scene.own.founder.identity.member
    }

    fn path_of(&self, member: MemberId) -> MemberPath {
        MemberPath { team: self.scene.own.founder.team, member: self.about.member.unwrap_or(member) }
    }

    fn change(&self, body: Body) -> MemberChange {
        MemberChange { statement: self.forge().state(body).to_wire() }
    }

    /// The same login key again, under a bundle of the next version.
    pub async fn new_keys(&self) -> NewKeys {
        let own = &self.scene.own;
        let (statement, bundle) = replacement(&self.forge(), &own.founder, touched(&own.session), None);
        let version = own.founder.sign_in(&self.scene.server).await.bundle_version + 1;
        let change = own.founder.login_key.sign(ChangeLogin {
            suite: SUITE,
            team: own.founder.team,
            member: self.own_member(),
            login_key: own.founder.login_key.public(),
            bundle: hash(&bundle),
            version,
        });
        let (change, directory) = (change.to_wire(), Bytes(vec![7; 1_300]));
        NewKeys { statement, change, kit_tag: own.founder.kit_tag, bundle, directory, envelopes: vec![] }
    }

    /// The other of two groups.
    pub fn trustees(&self) -> MemberChange {
        let own = &self.scene.own;
        let none = own.session.chain().unwrap().recovery_group().is_none();
        let group = none.then(|| RecoveryGroup { needed: 1, trustees: vec![self.own_member()] });
        self.change(Body::SetRecovery(SetRecovery { group }))
    }

    pub async fn enrolment(&self) -> NewEnrolment {
        let own = &self.scene.own;
        let trustee = self.somebody(&[]).await;
        set_group(&own.session, &[trustee]).await;
        let (copy, share) = (Bytes(vec![1; 300]), Bytes(vec![2; 1_200]));
        let body = Enrol {
            group: own.session.chain().unwrap().recovery_since().unwrap(),
            copy: hash(&copy),
            shares: vec![NamedShare { trustee, envelope: hash(&share) }],
        };
        NewEnrolment { statement: self.change(Body::Enrol(body)).statement, copy, shares: vec![share] }
    }

    pub async fn end_of_enrolment(&self) -> MemberChange {
        let own = &self.scene.own;
        let trustee = self.somebody(&[]).await;
        set_group(&own.session, &[trustee]).await;
        own.session.enrol(own.session.own_recovery().since.unwrap_or_default()).await.unwrap();
        let chain = own.session.chain().unwrap().clone();
        let enrolment = chain.member(&self.own_member()).unwrap().enrolment().unwrap().since;
        self.change(Body::EndEnrolment(EndEnrolment { enrolment }))
    }

    pub fn request_to_recover(&self) -> RecoveryRequest {
        // Of another name each time: a few for one are all that an address may ask for at once.
        let login_name = LoginName::parse(&format!("nobody.{}", self.forge().make_object())).unwrap();
        RecoveryRequest { login_name, device: new_device().1 }
    }

    /// Somebody who is enrolled with the founder as their only trustee.
    async fn enrolled(&self) -> Founder {
        let (server, own) = (&self.scene.server, &self.scene.own);
        set_group(&own.session, &[self.own_member()]).await;
        let name = format!("enrolled.{}", own.session.members().len());
        let person = Founder::invited(server, &own.session, &name, &[]).await;
        let session = person.session(server, &server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        session.enrol(session.own_recovery().since.unwrap_or_default()).await.unwrap();
        own.session.sync(|_| {}).await.unwrap();
        person
    }

    async fn recovering(&self) -> Recovering {
        let person = self.enrolled().await;
        let (device, keys) = new_device();
        let session = &self.scene.own.session;
        session.start_recovery(person.identity.member, &keys).await.unwrap();
        let since = session.chain().unwrap().position().sequence;
        Recovering { person, device, since }
    }

    pub async fn start_of_recovery(&self) -> (MemberPath, MemberChange) {
        let path = self.path_of(self.enrolled().await.identity.member);
        let (device, expires) = (new_device().1, expiry(&self.forge()));
        let body = Recover { member: path.member, device, expires, stand_in: None };
        (path, self.change(Body::Recover(body)))
    }

    pub async fn cancellation(&self) -> (MemberPath, MemberChange) {
        let Recovering { person, since, .. } = self.recovering().await;
        let path = self.path_of(person.identity.member);
        (path, self.change(Body::CancelRecovery(CancelRecovery { member: path.member, recovery: since })))
    }

    pub async fn share(&self) -> (MemberPath, GivenShare) {
        let Recovering { person, since, .. } = self.recovering().await;
        (self.path_of(person.identity.member), GivenShare { recovery: since, sealed: Bytes(vec![3; 1_200]) })
    }

    pub async fn recovery_opening(&self) -> RecoveryOpening {
        let Recovering { person, device, .. } = self.recovering().await;
        let opening = device.sign(OpenRecovery {
            suite: SUITE,
            origin: ORIGIN.to_owned(),
            team: person.team,
            login_name: person.login_name,
            time: self.forge().now(),
        });
        RecoveryOpening { opening: opening.to_wire(), from: 0 }
    }

    pub async fn recovered_keys(&self) -> RecoveredKeys {
        let Recovering { person, device, since } = self.recovering().await;
        self.scene.own.session.give_share(person.identity.member, since).await.unwrap();
        let (statement, bundle) = replacement(&self.forge(), &person, vec![], Some(since));
        let signed = SignedStatement::parse(&statement).unwrap();
        let device = device.sign_bytes(Label::FinishRecovery, signed.bytes());
        let (kit_tag, directory, envelopes) = (Hash([5; 32]), Bytes(vec![7; 1_300]), vec![]);
        RecoveredKeys { statement, kit_tag, bundle, bundle_version: 2, directory, envelopes, device }
    }
}

struct Caller {
    who: Founder,
    session: Session<InProcess>,
    token: String,
}

impl Caller {
    async fn new(server: &TestServer, who: Founder) -> Self {
        let created = who.try_sign_in(server).await.unwrap();
        let session = who.take_over(server, &server.connect(), &created, None);
        session.sync(|_| {}).await.unwrap();
        Self { who, session, token: created.token.expose().to_owned() }
    }

    async fn ask<O: Operation<Query = Empty>>(
        &self,
        server: &TestServer,
        path: O::Path,
        body: Option<O::Request>,
    ) -> u16 {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(body.is_some().then_some(("content-type", "application/json")));
        let body = body.map(|body| Format::Json.write(&body)).unwrap_or_default();
        let target = target::<O>(&path, &Empty {}).unwrap();
        raw(&server.connect(), O::METHOD.as_str(), &target, &headers, body).await.status
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_by_every_operation_on_recovery() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let vault = crate::harness::Furnished::make(&ada, "Operations").await.vault;
    let team = owner.team;
    let mut callers = Vec::new();
    for (name, role) in [
        ("administrator", TeamRole::Administrator),
        ("password.administrator", TeamRole::PasswordAdministrator),
        ("auditor", TeamRole::Auditor),
        ("member", TeamRole::Member),
        ("trustee", TeamRole::Member),
    ] {
        let who = Founder::invited(&server, &ada, name, &[]).await;
        if role != TeamRole::Member {
            ada.set_team_role(who.identity.member, role).await.unwrap();
        }
        callers.push((name, who));
    }
    let trustee = callers[4].1.identity.member;
    set_group(&ada, &[owner.identity.member, trustee]).await;
    let person = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    let member = person.identity.member;
    let hers = person.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    callers.insert(0, ("owner", owner));
    callers.push(("herself", person));

    // Lists requests; begins; is given the share; gives it; cancels; sets another group.
    let table = [
        ("owner", [200, 200, 200, 200, 200, 200]),
        ("administrator", [200, 200, 404, 404, 200, 422]),
        ("password.administrator", [404, 422, 404, 404, 422, 422]),
        ("auditor", [404, 422, 404, 404, 422, 422]),
        ("member", [404, 422, 404, 404, 422, 422]),
        ("trustee", [404, 422, 200, 200, 422, 422]),
        ("herself", [404, 422, 404, 404, 200, 422]),
    ];
    // The owner last: another group ends what everyone else is asked about.
    for (name, expected) in table.into_iter().rev() {
        let (_, who) = callers.pop().unwrap();
        let caller = Caller::new(&server, who).await;
        let forge = Forge { founder: &caller.who, session: &caller.session, vault };
        let change = |body: Body| Some(MemberChange { statement: forge.state(body).to_wire() });
        let (of_team, of) = (TeamPath { team }, MemberPath { team, member });
        let mut got = vec![caller.ask::<recovery::ListRecoveryRequests>(&server, of_team, None).await];
        let begin = Recover { member, device: new_device().1, expires: expiry(&forge), stand_in: None };
        got.push(caller.ask::<recovery::StartRecovery>(&server, of, change(Body::Recover(begin))).await);
        ada.sync(|_| {}).await.unwrap();
        if ada.recoveries().is_empty() {
            ada.start_recovery(member, &new_device().1).await.unwrap();
        }
        let since = ada.recoveries()[0].since;
        caller.session.sync(|_| {}).await.unwrap();
        got.push(caller.ask::<recovery::GetShare>(&server, of, None).await);
        let given = GivenShare { recovery: since, sealed: Bytes(vec![3; 1_200]) };
        got.push(caller.ask::<recovery::GiveShare>(&server, of, Some(given)).await);
        let cancel = Body::CancelRecovery(CancelRecovery { member, recovery: since });
        got.push(caller.ask::<recovery::CancelRecovery>(&server, of, change(cancel)).await);
        ada.sync(|_| {}).await.unwrap();
        if !ada.recoveries().is_empty() {
            ada.cancel_recovery(member).await.unwrap();
        }
        caller.session.sync(|_| {}).await.unwrap();
        let none = Body::SetRecovery(SetRecovery { group: None });
        got.push(caller.ask::<recovery::SetRecovery>(&server, of_team, change(none)).await);
        assert_eq!(got, expected, "{name}");
    }
}
