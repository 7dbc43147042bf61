//! Requests about second factors, and who may make them: every role by every operation.

use super::{requests::Making, services::Caller};
use crate::harness::{App, Authenticator, Forge, Founder, Furnished, ORIGIN, STEP, TestServer, proof, service, terms};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, FactorDemand, ServiceDemand, TeamPolicy, TeamRole, VaultRole},
    ids::{PasskeyId, SessionId, Timestamp},
    operations::{
        TeamPath,
        factors::{self, Confirm, FactorProof, FactorText, NewCodes, TypedCode},
        members::{MemberChange, MemberPath},
        passkeys::{NewPasskey, PasskeyOrigin, PasskeyPath, PasskeyWanted},
    },
    session::ProveLogin,
    suite::SUITE,
};

fn policy(forge: &Forge<'_>) -> MemberChange {
    let policy =
        TeamPolicy { factor: FactorDemand::Guarded, confirmation: 900, services: ServiceDemand::Exempt, zone: None };
    MemberChange { statement: forge.state(Body::SetTeamPolicy(policy)).to_wire() }
}

fn proof_of(who: &Founder, session: SessionId, time: Timestamp) -> Bytes {
    let statement = ProveLogin { suite: SUITE, team: who.team, member: who.identity.member, session, time };
    who.login_key.sign(statement).to_wire()
}

impl Making<'_> {
    pub fn team_policy(&self) -> MemberChange {
        policy(&self.forge())
    }

    /// Without a factor of the own member.
    pub async fn no_factor(&self) {
        let session = &self.scene.own.session;
        drop(session.remove_codes().await);
        for row in session.list_factors().await.unwrap().passkeys {
            session.remove_passkey(row.passkey).await.unwrap();
        }
    }

    fn proof(&self) -> Option<Bytes> {
        let founder = &self.scene.own.founder;
        Some(proof_of(founder, self.scene.own.session.id(), self.forge().now()))
    }

    pub fn new_codes(&self) -> NewCodes {
        NewCodes { proof: self.proof() }
    }

    pub fn passkey_wanted(&self) -> PasskeyWanted {
        PasskeyWanted { origin: ORIGIN.to_owned(), proof: self.proof() }
    }

    pub fn passkey_origin(&self) -> PasskeyOrigin {
        PasskeyOrigin { origin: ORIGIN.to_owned() }
    }

    pub async fn new_passkey(&self) -> NewPasskey {
        self.no_factor().await;
        let made = Authenticator::new(5, ORIGIN)
            .create(&self.scene.own.session.begin_passkey(proof(&self.scene.own.session)).await.unwrap());
        NewPasskey { name: "a passkey".to_owned(), credential: FactorText::new(made.expose().to_owned()) }
    }

    /// A passkey of the own member, or what the request is about.
    pub async fn a_passkey(&self) -> PasskeyPath {
        self.no_factor().await;
        let session = &self.scene.own.session;
        let made = Authenticator::new(5, ORIGIN).create(&session.begin_passkey(proof(session)).await.unwrap());
        let added = session.add_passkey("a passkey", &made).await.unwrap();
        let passkey = self.about.member.map_or(added.passkey, |other| PasskeyId(other.0));
        PasskeyPath { team: self.scene.own.founder.team, passkey }
    }

    /// With one, and a session that is confirmed by it.
    pub async fn a_factor(&self) -> App {
        self.no_factor().await;
        App::set_up(&self.scene.server, &self.scene.own.session).await
    }

    /// The first code of codes that are begun.
    pub async fn first_code(&self) -> TypedCode {
        self.no_factor().await;
        let app = App::begin(&self.scene.own.session).await;
        TypedCode { code: app.code(&self.scene.server) }
    }

    pub async fn confirmation(&self) -> Confirm {
        let app = self.a_factor().await;
        self.scene.server.clock.advance(STEP);
        Confirm { proof: FactorProof::Codes(app.code(&self.scene.server)) }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn every_role_by_every_operation_on_factors() {
    let server = TestServer::in_memory();
    let owner = Founder::found(&server, "ada.lovelace").await;
    let ada = owner.session(&server, &server.connect()).await;
    let vault = Furnished::make(&ada, "Operations").await.vault;
    let team = owner.team;
    let mut callers = Vec::new();
    for (name, role) in [
        ("administrator", TeamRole::Administrator),
        ("password administrator", TeamRole::PasswordAdministrator),
        ("auditor", TeamRole::Auditor),
        ("member", TeamRole::Member),
    ] {
        let who = Founder::invited(&server, &ada, &name.replace(' ', "."), &[]).await;
        if role != TeamRole::Member {
            ada.set_team_role(who.identity.member, role).await.unwrap();
        }
        callers.push(Caller::new(&server, name, who).await);
    }
    let token = ada.admit_service(&service("bot", &[(vault, VaultRole::Editor)], terms(&[]))).await.unwrap();
    let (bot, _) = Founder::of_token(&server, &token).await;
    callers.push(Caller::new(&server, "service", bot).await);
    let plain = Founder::invited(&server, &ada, "plain", &[]).await.identity.member;
    let second = Founder::invited(&server, &ada, "second", &[]).await.identity.member;
    ada.set_team_role(second, TeamRole::Administrator).await.unwrap();
    callers.insert(0, Caller::new(&server, "owner", owner).await);

    // Lists its own; begins codes with an open session alone; and with the password; who has any; takes away a member's; an administrator's; sets the policy.
    let table = [
        ("owner", [200, 403, 200, 200, 200, 200, 200]),
        ("administrator", [200, 403, 200, 200, 200, 403, 422]),
        ("password administrator", [200, 403, 200, 404, 403, 403, 422]),
        ("auditor", [200, 403, 200, 404, 403, 403, 422]),
        ("member", [200, 403, 200, 404, 403, 403, 422]),
        ("service", [200, 422, 422, 404, 403, 403, 422]),
    ];
    assert_eq!(table.len(), callers.len());
    for (caller, (name, expected)) in callers.iter().zip(table) {
        assert_eq!(caller.name, name);
        caller.session.sync(|_| {}).await.unwrap();
        let of_team = TeamPath { team };
        let forge = Forge { founder: &caller.who, session: &caller.session, vault };
        let of = |member| MemberPath { team, member };
        let proven = NewCodes { proof: Some(proof_of(&caller.who, caller.session.id(), server.clock.now())) };
        let got = [
            caller.ask::<factors::ListFactors>(&server, of_team, None).await,
            caller.ask::<factors::BeginCodes>(&server, of_team, Some(NewCodes::default())).await,
            caller.ask::<factors::BeginCodes>(&server, of_team, Some(proven)).await,
            caller.ask::<factors::ListFactorHolders>(&server, of_team, None).await,
            caller.ask::<factors::TakeFactorsAway>(&server, of(plain), None).await,
            caller.ask::<factors::TakeFactorsAway>(&server, of(second), None).await,
            caller.ask::<factors::SetTeamPolicy>(&server, of_team, Some(policy(&forge))).await,
        ];
        assert_eq!(got, expected, "{name}");
    }
}
