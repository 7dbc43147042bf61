//! The same thing asked for twice at the same moment: it happens once.

use super::{Scene, told};
use crate::harness::{Answered, Founder, ORIGIN, TestClock, TestServer, raw};
use futures_util::future::join_all;
use sealward_client::api::Api;
use sealward_contract::{
    bytes::Bytes,
    ids::{ObjectId, ReleaseId, Version},
    operations::{
        Empty, ObjectPath, TeamPath,
        records::{Batch, ReleaseRequest, ReleaseSecret, WantedVersion, WriteBatch},
        session::{ChallengeFor, CreateChallenge},
        team::NumberCount,
        wire::Format,
    },
    record::{LeafKey, RecordKind},
    release::ReleaseStatement,
    suite::SUITE,
};
use sealward_server::config::{Config, CreateTeam};
use std::collections::BTreeSet;

const AT_ONCE: usize = 8;

/// How many of the answers are right, and the others' codes.
fn sort(answers: Vec<Answered>) -> (usize, BTreeSet<String>) {
    let (right, wrong): (Vec<_>, Vec<_>) = answers.iter().map(told).partition(|(status, _)| *status == 200);
    (right.len(), wrong.into_iter().map(|(_, code)| code).collect())
}

fn codes<const N: usize>(codes: [&str; N]) -> BTreeSet<String> {
    codes.into_iter().map(str::to_owned).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn a_release_statement_is_good_once() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let statement = ReleaseStatement {
        suite: SUITE,
        id: ReleaseId([7; 16]),
        team: scene.founder.team,
        vault: scene.made.vault,
        account: scene.made.first,
        version: Version(1),
        member: scene.founder.identity.member,
        position: forge.position(),
        time: forge.now(),
        reason: Some(Bytes(vec![1; 300])),
    };
    let body = ReleaseRequest {
        statement: scene.founder.identity.signing.sign(statement).to_wire(),
        wanted: WantedVersion::Newest,
    };
    let path = ObjectPath { team: scene.founder.team, vault: scene.made.vault, id: scene.made.first };
    let answers = join_all((0..AT_ONCE).map(|_| scene.call::<ReleaseSecret>(path, Some(&body)))).await;
    assert_eq!(sort(answers), (1, codes(["release_refused"])));
}

#[tokio::test(flavor = "current_thread")]
async fn a_head_is_followed_once() {
    let scene = Scene::set().await;
    let body = Batch { writes: vec![scene.forge().write([scene.forge().next(scene.group())])] };
    let path = TeamPath { team: scene.founder.team };
    let answers = join_all((0..AT_ONCE).map(|_| scene.call::<WriteBatch>(path, Some(&body)))).await;
    assert_eq!(sort(answers), (1, codes(["stale_head"])));
}

#[tokio::test(flavor = "current_thread")]
async fn a_number_goes_to_one_of_two_vaults() {
    let scene = Scene::set().await;
    let second = crate::harness::Furnished::make(&scene.session, "Second").await;
    let number = scene.session.take_numbers(1).await.unwrap()[0];
    let path = TeamPath { team: scene.founder.team };
    let bodies: Vec<Batch> = [scene.made.vault, second.vault]
        .into_iter()
        .map(|vault| {
            let forge = crate::harness::Forge { vault, ..scene.forge() };
            let key = LeafKey { id: ObjectId(vault.0.map(|byte| byte ^ 1)), kind: RecordKind::ResourceGroup };
            Batch { writes: vec![forge.write([forge.context(key, vault.object(), number)])] }
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| scene.call::<WriteBatch>(path, Some(body)))).await;
    assert_eq!(sort(answers), (1, codes(["not_reserved"])));
}

#[tokio::test(flavor = "current_thread")]
async fn no_number_is_handed_out_twice() {
    let scene = Scene::set().await;
    let target = format!("/v1/teams/{}/number-blocks", scene.founder.team);
    let body = Format::Json.write(&NumberCount { count: 5 });
    let answers = join_all((0..AT_ONCE).map(|_| scene.send("POST", &target, &[], body.clone()))).await;
    let firsts: BTreeSet<u64> =
        answers.iter().map(|answered| super::problem(answered)["first"].as_u64().unwrap()).collect();
    assert_eq!(firsts.len(), AT_ONCE);
    assert!(firsts.iter().zip(firsts.iter().skip(1)).all(|(one, next)| next - one >= 5));
}

#[tokio::test(flavor = "current_thread")]
async fn an_idempotency_key_is_used_once() {
    let scene = Scene::set().await;
    let target = format!("/v1/teams/{}/number-blocks", scene.founder.team);
    let headers = [("idempotency-key", "at once")];
    let answers = join_all((0..AT_ONCE).map(|_| scene.send("POST", &target, &headers, br#"{"count":5}"#.to_vec())));
    let bodies: BTreeSet<Vec<u8>> = answers.await.into_iter().map(|answered| answered.body).collect();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_challenge_is_answered_once() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let challenge_for = ChallengeFor { team: founder.team, login_name: founder.login_name.clone() };
    let api = Api::new(server.connect());
    let challenge = api.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &challenge_for, None).await.unwrap();
    let body = Format::Json.write(&founder.answer(challenge.nonce));
    let headers = [("content-type", "application/json")];
    let wire = server.connect();
    let answers = (0..AT_ONCE).map(|_| raw(&wire, "POST", "/v1/sessions", &headers, body.clone()));
    let (right, _) = sort(join_all(answers).await);
    assert_eq!(right, 1);
}

#[tokio::test(flavor = "current_thread")]
async fn one_team_is_the_first() {
    let first = Config { create_team: CreateTeam::First, ..Config::in_memory(ORIGIN) };
    let server = TestServer::with(first, TestClock::new());
    let headers = [("content-type", "application/json")];
    let wire = server.connect();
    let answers = (0..AT_ONCE).map(|number| {
        let team = Founder::prepare(&server, &format!("founder-{number}")).1;
        raw(&wire, "POST", "/v1/teams", &headers, Format::Json.write(&team))
    });
    assert_eq!(sort(join_all(answers).await), (1, codes(["creation_closed"])));
}
