//! Tokens of strangers, and statements about services that do not follow or do not bring what they need.

use super::{Scene, told};
use crate::harness::{Forge, Founder, by_token, service, terms};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{
    crypto::{identity::Identity, randomness::OsRandom, signing::SigningKey},
    error::Error,
    service::ServiceToken,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Admit, Body, MemberKeys, RenewService, ServiceTerms, SetService, VaultGrant, VaultRole},
    crypto::{Hash, hash},
    ids::MemberId,
    operations::{
        TeamPath,
        invitations::VaultEnvelope,
        members::{MemberChange, MemberPath},
        services::{self, CreateService, ServiceToken as SentToken},
        session::{ChangeLogin, NewLogin},
        wire::target,
    },
    suite::SUITE,
    text::LoginName,
};

fn written(team: &[u8], member: &[u8], seed: &[u8]) -> ServiceToken {
    let text = Base64UrlUnpadded::encode_string(&[team, member, seed].concat());
    ServiceToken::read(&format!("swt1.{text}")).unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn tokens_of_strangers_are_refused_and_told_nothing() {
    let scene = Scene::set().await;
    let bound = ServiceTerms { expires: Some(scene.server.clock.now().plus_millis(1_000)), ..terms(&["198.51.100.1"]) };
    let token = scene.session.admit_service(&service("build", &[], bound)).await.unwrap();
    scene.server.clock.advance(2_000);
    let (team, other) = (scene.founder.team, scene.others.0.team);
    let text = token.expose();
    let bytes = Base64UrlUnpadded::decode_vec(text.strip_prefix("swt1.").unwrap()).unwrap();
    let (member, seed) = (token.member(), &bytes[32..]);
    for (what, stranger) in [
        ("another seed", written(&team.0, &member.0, &[7; 32])),
        ("another service", written(&team.0, &[7; 16], seed)),
        ("another team", written(&other.0, &member.0, seed)),
        ("a person", written(&team.0, &scene.founder.identity.member.0, seed)),
        ("no team", written(&[7; 16], &member.0, seed)),
    ] {
        // Neither that it has expired, nor that the address is another.
        assert_eq!(by_token(&scene.server, &stranger).await.err(), Some(Error::TokenRefused), "{what}");
    }
    assert_eq!(by_token(&scene.server, &token).await.err(), Some(Error::TokenExpired));
}

struct Made {
    admit: Admit,
    token: SentToken,
}

impl Scene {
    /// A service that could be admitted, made by hand.
    fn new_service(&self, name: &str) -> Made {
        let randomness = &mut OsRandom::new();
        let vault = self.made.vault;
        let member = MemberId(self.session.surroundings().make_id());
        let identity = Identity::make(member, self.founder.identity.genesis, randomness);
        let keys = MemberKeys {
            member,
            login_name: LoginName::parse(name).unwrap(),
            signing: identity.signing.public(),
            sealing: identity.wrapping.public(),
        };
        let grants = vec![VaultGrant { vault, role: VaultRole::Editor }];
        let sealed = || Bytes(vec![7; 1_300]);
        let token = SentToken {
            statement: Bytes(vec![]),
            login_key: SigningKey::make(randomness).public(),
            kit_tag: Hash([5; 32]),
            bundle: Bytes(vec![8; 300]),
            directory: sealed(),
            envelopes: vec![VaultEnvelope { vault, sealed: sealed() }],
        };
        Made { admit: Admit { keys, terms: terms(&[]), grants }, token }
    }

    fn stated(&self, body: Body, token: &SentToken) -> SentToken {
        SentToken { statement: self.forge().state(body).to_wire(), ..token.clone() }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_admission_gives_no_more_than_it_may_and_brings_all_that_it_needs() {
    let scene = Scene::set().await;
    let path = TeamPath { team: scene.founder.team };
    let Made { admit: good, token } = scene.new_service("build");
    let with = |change: &dyn Fn(&mut Admit)| {
        let mut changed = good.clone();
        change(&mut changed);
        scene.stated(Body::Admit(changed), &token)
    };
    let foreign = scene.others.1.vault;
    let now = scene.server.clock.now();
    for (what, body, reason) in [
        ("custody", with(&|admit| admit.grants[0].role = VaultRole::Custodian), "right"),
        ("another team's vault", with(&|admit| admit.grants[0].vault = foreign), "right"),
        ("a vault twice", with(&|admit| admit.grants.push(admit.grants[0])), "grants"),
        ("a time that is over", with(&|admit| admit.terms.expires = Some(now)), "time"),
        ("a name that is taken", with(&|admit| admit.keys.login_name = scene.founder.login_name.clone()), "used"),
        (
            "a key that a member has",
            with(&|admit| admit.keys.signing = scene.founder.identity.signing.public()),
            "used",
        ),
    ] {
        scene.refuses::<CreateService>(what, path, &body, (422, &format!("statement_refused: {reason}"))).await;
    }
    let right = with(&|_| {});
    let sealed = || Bytes(vec![7; 1_300]);
    for (what, envelopes) in [
        ("no keys", vec![]),
        ("keys twice", [right.envelopes.clone(), right.envelopes.clone()].concat()),
        ("keys of another vault", vec![VaultEnvelope { vault: foreign, sealed: sealed() }]),
        ("empty keys", vec![VaultEnvelope { vault: scene.made.vault, sealed: Bytes(vec![]) }]),
    ] {
        let body = SentToken { envelopes, ..right.clone() };
        scene.refuses::<CreateService>(what, path, &body, (422, "envelopes_refused")).await;
    }
    for body in [
        SentToken { directory: Bytes(vec![]), ..right.clone() },
        SentToken { bundle: Bytes(vec![]), ..right.clone() },
        SentToken { bundle: Bytes(vec![7; sealward_contract::limits::BUNDLE + 1]), ..right.clone() },
    ] {
        scene.refuses::<CreateService>("no bundle or directory", path, &body, (422, "envelopes_refused")).await;
    }
    let weak = SentToken { login_key: sealward_contract::crypto::VerifyingKey([0; 32]), ..right.clone() };
    scene.refuses::<CreateService>("no login key", path, &weak, (422, "statement_refused: key")).await;
    // Another kind of statement does not come in by this door.
    let set = SetService { member: scene.founder.identity.member, terms: terms(&[]) };
    let other = scene.stated(Body::SetService(set), &token);
    scene.refuses::<CreateService>("a person's terms", path, &other, (422, "statement_refused: service")).await;
    assert_eq!(scene.call::<CreateService>(path, Some(&right)).await.status, 200);
    // The same admission again.
    scene.refuses::<CreateService>("a replay", path, &right, (409, "stale_chain")).await;
    let again = scene.call::<CreateService>(path, Some(&right)).await;
    assert_eq!(told(&again), (409, "stale_chain".to_owned()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_changes_neither_itself_nor_others() {
    let scene = Scene::set().await;
    let grants = [(scene.made.vault, VaultRole::Editor)];
    let token = scene.session.admit_service(&service("build", &grants, terms(&[]))).await.unwrap();
    let (bot, created) = Founder::of_token(&scene.server, &token).await;
    let session = bot.take_over(&scene.server, &scene.server.connect(), &created, None);
    session.sync(|_| {}).await.unwrap();
    let Scene { server, made, others, .. } = scene;
    let own = Scene { server, founder: bot, made, created, session, others };
    let forge = Forge { founder: &own.founder, session: &own.session, vault: own.made.vault };
    let (team, member) = (own.founder.team, token.member());
    let of = MemberPath { team, member };
    let change = |body: Body| MemberChange { statement: forge.state(body).to_wire() };
    let right = (422, "statement_refused: right");
    let set = change(Body::SetService(SetService { member, terms: terms(&[]) }));
    own.refuses::<services::SetService>("a longer time", of, &set, right).await;
    let Made { admit, token: sent } = own.new_service("another");
    let admission = own.stated(
        Body::Admit(Admit { grants: vec![], ..admit.clone() }),
        &SentToken { envelopes: vec![], ..sent.clone() },
    );
    own.refuses::<CreateService>("another service", TeamPath { team }, &admission, right).await;
    let renew = RenewService {
        member,
        signing: admit.keys.signing,
        sealing: admit.keys.sealing,
        terms: terms(&[]),
        vaults: vec![],
    };
    let renewal = own.stated(Body::RenewService(renew), &sent);
    own.refuses::<services::RenewService>("another token for itself", of, &renewal, right).await;
    let bundle = Bytes(vec![9; 100]);
    let login = own.founder.login_key.sign(sealward_contract::session::ChangeLogin {
        suite: SUITE,
        team,
        member,
        login_key: SigningKey::make(&mut OsRandom::new()).public(),
        bundle: hash(&bundle),
        version: 2,
    });
    let login = NewLogin { change: login.to_wire(), kit_tag: Hash([1; 32]), bundle };
    own.refuses::<ChangeLogin>("another login", TeamPath { team }, &login, (403, "login_refused")).await;
    let target =
        target::<services::ListServiceUses>(&TeamPath { team }, &sealward_contract::operations::Empty {}).unwrap();
    assert_eq!(own.send("GET", &target, super::NO_BODY, []).await.status, 404);
}
