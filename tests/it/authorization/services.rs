//! Requests about services, and who may make them: every role by every operation.

use super::requests::Making;
use crate::harness::{Forge, Founder, Furnished, InProcess, TestServer, raw, service, terms};
use sealward_client::{
    crypto::{identity::Identity, randomness::OsRandom, signing::SigningKey},
    session::Session,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Admit, Body, MemberKeys, RenewService, SetService, TeamRole, VaultGrant, VaultRole},
    crypto::Hash,
    ids::{MemberId, VaultId},
    operations::{
        Empty, Operation, TeamPath,
        invitations::VaultEnvelope,
        members::{MemberChange, MemberPath},
        services::{self, ServiceToken},
        wire::{Format, target},
    },
    text::LoginName,
};

/// A token that goes with a statement, and the keys that the statement names.
fn make_token(forge: &Forge<'_>, vaults: &[VaultId]) -> (MemberKeys, ServiceToken) {
    let randomness = &mut OsRandom::new();
    let member = MemberId(forge.make_object().0);
    let identity = Identity::make(member, forge.founder.identity.genesis, randomness);
    let login_name = LoginName::parse(&format!("bot.{member}")).unwrap();
    let (signing, sealing) = (identity.signing.public(), identity.wrapping.public());
    let sealed = || Bytes(vec![7; 1_300]);
    let token = ServiceToken {
        statement: Bytes(vec![]),
        login_key: SigningKey::make(randomness).public(),
        kit_tag: Hash([5; 32]),
        bundle: Bytes(vec![8; 300]),
        directory: sealed(),
        envelopes: vaults.iter().map(|vault| VaultEnvelope { vault: *vault, sealed: sealed() }).collect(),
    };
    (MemberKeys { member, login_name, signing, sealing }, token)
}

fn admission(forge: &Forge<'_>, vaults: &[VaultId]) -> ServiceToken {
    let (keys, token) = make_token(forge, vaults);
    let grants = vaults.iter().map(|vault| VaultGrant { vault: *vault, role: VaultRole::User }).collect();
    let body = Body::Admit(Admit { keys, terms: terms(&[]), grants });
    ServiceToken { statement: forge.state(body).to_wire(), ..token }
}

fn renewal(forge: &Forge<'_>, member: MemberId) -> ServiceToken {
    let (keys, token) = make_token(forge, &[]);
    let MemberKeys { signing, sealing, .. } = keys;
    let body = Body::RenewService(RenewService { member, signing, sealing, terms: terms(&[]), vaults: vec![] });
    ServiceToken { statement: forge.state(body).to_wire(), ..token }
}

fn change(forge: &Forge<'_>, member: MemberId) -> MemberChange {
    let body = Body::SetService(SetService { member, terms: terms(&[]) });
    MemberChange { statement: forge.state(body).to_wire() }
}

impl Making<'_> {
    pub fn admission(&self) -> ServiceToken {
        admission(&self.forge(), &[self.about.vault])
    }

    /// A service of the own team, or whom the request is about.
    pub async fn a_service(&self) -> MemberPath {
        let session = &self.scene.own.session;
        let name = format!("service.{}", session.members().len());
        let member = match self.about.member {
            Some(member) => member,
            None => session.admit_service(&service(&name, &[], terms(&[]))).await.unwrap().member(),
        };
        MemberPath { team: self.scene.own.founder.team, member }
    }

    pub async fn terms(&self) -> (MemberPath, MemberChange) {
        let path = self.a_service().await;
        (path, change(&self.forge(), path.member))
    }

    pub async fn renewal(&self) -> (MemberPath, ServiceToken) {
        let path = self.a_service().await;
        (path, renewal(&self.forge(), path.member))
    }
}

/// Somebody with a role, and what they are answered.
pub struct Caller {
    pub name: &'static str,
    pub who: Founder,
    pub session: Session<InProcess>,
    token: String,
}

impl Caller {
    pub async fn new(server: &TestServer, name: &'static str, who: Founder) -> Self {
        let caller = Self::bare(server, name, who).await;
        caller.session.sync(|_| {}).await.unwrap();
        caller
    }

    /// With a session that has seen nothing.
    pub async fn bare(server: &TestServer, name: &'static str, who: Founder) -> Self {
        let created = who.try_sign_in(server).await.unwrap();
        let session = who.take_over(server, &server.connect(), &created, None);
        Self { name, who, session, token: created.token.expose().to_owned() }
    }

    pub async fn ask<O: Operation<Query = Empty>>(
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
async fn every_role_by_every_operation_on_services() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    let vault = Furnished::make(&ada, "Operations").await.vault;
    let team = owner.team;
    let mut callers = Vec::new();
    for (name, role, grants) in [
        ("administrator", TeamRole::Administrator, None),
        ("administrator and custodian", TeamRole::Administrator, Some(VaultRole::Custodian)),
        ("password administrator", TeamRole::PasswordAdministrator, None),
        ("auditor", TeamRole::Auditor, None),
        ("member and custodian", TeamRole::Member, Some(VaultRole::Custodian)),
    ] {
        let who = Founder::invited(&server, &ada, &name.replace(' ', "."), &[]).await;
        let member = who.identity.member;
        if role != TeamRole::Member {
            ada.set_team_role(member, role).await.unwrap();
        }
        if let Some(role) = grants {
            ada.set_grant(vault, member, role).await.unwrap();
        }
        callers.push(Caller::new(&server, name, who).await);
    }
    let token = ada.admit_service(&service("bot", &[(vault, VaultRole::Editor)], terms(&[]))).await.unwrap();
    let (bot, _) = Founder::of_token(&server, &token).await;
    callers.push(Caller::new(&server, "service", bot).await);
    callers.insert(0, Caller::new(&server, "owner and custodian", owner).await);

    // Admits one that has nothing; admits one with a role; other terms; another token; last uses.
    let table = [
        ("owner and custodian", [200, 200, 200, 200, 200]),
        ("administrator", [200, 422, 200, 200, 200]),
        ("administrator and custodian", [200, 200, 200, 200, 200]),
        ("password administrator", [422, 422, 422, 422, 404]),
        ("auditor", [422, 422, 422, 422, 404]),
        ("member and custodian", [422, 422, 422, 422, 404]),
        ("service", [422, 422, 422, 422, 404]),
    ];
    assert_eq!(table.len(), callers.len());
    for (caller, (name, expected)) in callers.iter().zip(table) {
        assert_eq!(caller.name, name);
        let (of_team, session) = (TeamPath { team }, &caller.session);
        let forge = Forge { founder: &caller.who, session, vault };
        ada.sync(|_| {}).await.unwrap();
        let bare =
            ada.admit_service(&service(&format!("bare.{}", ada.members().len()), &[], terms(&[]))).await.unwrap();
        let of_bare = MemberPath { team, member: bare.member() };
        session.sync(|_| {}).await.unwrap();
        let mut got = vec![caller.ask::<services::CreateService>(&server, of_team, Some(admission(&forge, &[]))).await];
        session.sync(|_| {}).await.unwrap();
        got.push(caller.ask::<services::CreateService>(&server, of_team, Some(admission(&forge, &[vault]))).await);
        session.sync(|_| {}).await.unwrap();
        got.push(caller.ask::<services::SetService>(&server, of_bare, Some(change(&forge, bare.member()))).await);
        session.sync(|_| {}).await.unwrap();
        got.push(caller.ask::<services::RenewService>(&server, of_bare, Some(renewal(&forge, bare.member()))).await);
        session.sync(|_| {}).await.unwrap();
        got.push(caller.ask::<services::ListServiceUses>(&server, of_team, None).await);
        assert_eq!(got, expected, "{name}");
    }
}
