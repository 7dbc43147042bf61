//! Signing in and changing the login with what is not right.

use super::{Scene, problem, told};
use crate::harness::{Answered, Founder, ORIGIN, TestServer, raw};
use sealward_client::crypto::{randomness::OsRandom, signing::SigningKey};
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, Signed, context::Label, hash},
    ids::MemberId,
    limits,
    operations::{
        TeamPath,
        session::{ChallengeFor, ChangeLogin as Operation, NewLogin, NewSession},
        wire::Format,
    },
    session::{ChangeLogin, SignIn},
    suite::SUITE,
    text::LoginName,
};

async fn post(server: &TestServer, target: &str, body: Vec<u8>) -> Answered {
    raw(&server.connect(), "POST", target, &[("content-type", "application/json")], body).await
}

async fn challenge(server: &TestServer, founder: &Founder, login_name: &str) -> Hash {
    let body = ChallengeFor { team: founder.team, login_name: LoginName::parse(login_name).unwrap() };
    let answered = post(server, "/v1/challenges", Format::Json.write(&body)).await;
    assert_eq!(answered.status, 200);
    serde_json::from_value(problem(&answered)["nonce"].clone()).unwrap()
}

async fn sign_in(server: &TestServer, body: &NewSession) -> Answered {
    post(server, "/v1/sessions", Format::Json.write(body)).await
}

#[tokio::test(flavor = "current_thread")]
async fn a_challenge_is_good_for_one_name_once_and_not_for_long() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let refused = (401, "sign_in_refused".to_owned());
    let nonce = challenge(&server, &founder, "ada.lovelace").await;
    assert_eq!(sign_in(&server, &founder.answer(nonce)).await.status, 200);
    let replayed = sign_in(&server, &founder.answer(nonce)).await;
    assert_ne!(replayed.status, 200);
    let others = challenge(&server, &founder, "grace.hopper").await;
    assert_ne!(sign_in(&server, &founder.answer(others)).await.status, 200);
    assert_ne!(sign_in(&server, &founder.answer(Hash([7; 32]))).await.status, 200);
    let old = challenge(&server, &founder, "ada.lovelace").await;
    server.clock.advance(limits::CHALLENGE);
    assert_ne!(sign_in(&server, &founder.answer(old)).await.status, 200);
    // A failed answer uses the challenge up.
    let nonce = challenge(&server, &founder, "ada.lovelace").await;
    let wrong = NewSession { kit_tag: Hash([7; 32]), ..by(&SigningKey::make(&mut OsRandom::new()), &founder, nonce) };
    assert_eq!(told(&sign_in(&server, &wrong).await), refused);
    assert_ne!(sign_in(&server, &founder.answer(nonce)).await.status, 200);
}

/// An answer by another key.
fn by(key: &SigningKey, founder: &Founder, nonce: Hash) -> NewSession {
    let parsed = Signed::<SignIn>::parse(&founder.answer(nonce).sign_in).unwrap();
    NewSession { sign_in: key.sign(parsed.value().clone()).to_wire(), ..founder.answer(nonce) }
}

#[tokio::test(flavor = "current_thread")]
async fn an_unknown_name_is_answered_like_a_wrong_signature() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let key = SigningKey::make(&mut OsRandom::new());
    let mut answers = Vec::new();
    for login_name in ["ada.lovelace", "grace.hopper"] {
        let nonce = challenge(&server, &founder, login_name).await;
        let sign_in_as = SignIn {
            suite: SUITE,
            origin: ORIGIN.to_owned(),
            team: founder.team,
            login_name: LoginName::parse(login_name).unwrap(),
            nonce,
        };
        let body =
            NewSession { sign_in: key.sign(sign_in_as).to_wire(), kit_tag: Hash([7; 32]), device: String::new() };
        let answered = sign_in(&server, &body).await;
        answers.push((answered.status, String::from_utf8(answered.body).unwrap()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 401);
}

#[tokio::test(flavor = "current_thread")]
async fn only_the_login_key_signs_in_and_only_for_that() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let nonce = challenge(&server, &founder, "ada.lovelace").await;
    let right = founder.answer(nonce);
    let value = Signed::<SignIn>::parse(&right.sign_in).unwrap().value().clone();
    // The member's own signing key is no login key; a signature for another purpose is none.
    let by_identity = founder.identity.signing.sign(value.clone()).to_wire();
    let bytes = sealward_contract::codec::encode(&value);
    let purpose = Signed::new(value.clone(), founder.login_key.sign_bytes(Label::ChangeLogin, &bytes)).to_wire();
    for sign_in_bytes in [by_identity, purpose] {
        let nonce = challenge(&server, &founder, "ada.lovelace").await;
        assert_ne!(nonce, Hash::ZERO);
        let body = NewSession { sign_in: sign_in_bytes, ..right.clone() };
        assert_eq!(sign_in(&server, &body).await.status, 401);
    }
    let other_origin = SignIn { origin: "https://vault.example.evil".to_owned(), ..value.clone() };
    let body = NewSession { sign_in: founder.login_key.sign(other_origin).to_wire(), ..right.clone() };
    assert_eq!(told(&sign_in(&server, &body).await), (403, "origin_refused".to_owned()));
    let malformed: [(&str, NewSession); 5] = [
        (
            "another suite",
            NewSession {
                sign_in: founder.login_key.sign(SignIn { suite: 2, ..value.clone() }).to_wire(),
                ..right.clone()
            },
        ),
        ("no statement", NewSession { sign_in: Bytes(vec![]), ..right.clone() }),
        (
            "a trailing byte",
            NewSession { sign_in: Bytes([right.sign_in.0.clone(), vec![0]].concat()), ..right.clone() },
        ),
        (
            "a device's name that is too long",
            NewSession { device: "d".repeat(limits::DEVICE_CHARS + 1), ..right.clone() },
        ),
        ("a device's name of two lines", NewSession { device: "a\nb".to_owned(), ..right.clone() }),
    ];
    for (what, body) in malformed {
        assert_eq!(told(&sign_in(&server, &body).await), (400, "malformed".to_owned()), "{what}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_login_is_changed_by_its_own_key_alone() {
    let scene = Scene::set().await;
    let (founder, path) = (&scene.founder, TeamPath { team: scene.founder.team });
    let bundle = founder.identity.seal(&founder.lock_key, &founder.team, 2, &mut OsRandom::new()).unwrap().to_wire();
    let new_key = SigningKey::make(&mut OsRandom::new());
    let right = ChangeLogin {
        suite: SUITE,
        team: founder.team,
        member: founder.identity.member,
        login_key: new_key.public(),
        bundle: hash(&bundle),
        version: 2,
    };
    let request = |change: ChangeLogin, bundle: &Bytes| NewLogin {
        change: founder.login_key.sign(change).to_wire(),
        kit_tag: founder.kit_tag,
        bundle: bundle.clone(),
    };
    let refused = (403, "login_refused");
    for key in [&new_key, &founder.identity.signing, &scene.others.0.login_key] {
        let body = NewLogin { change: key.sign(right.clone()).to_wire(), ..request(right.clone(), &bundle) };
        scene.refuses::<Operation>("another key's signature", path, &body, refused).await;
    }
    let weak = sealward_contract::crypto::VerifyingKey([0; 32]);
    let cases = [
        ("another suite", ChangeLogin { suite: 2, ..right.clone() }),
        ("another team", ChangeLogin { team: scene.others.0.team, ..right.clone() }),
        ("another member", ChangeLogin { member: MemberId([7; 16]), ..right.clone() }),
        ("another bundle", ChangeLogin { bundle: Hash([7; 32]), ..right.clone() }),
        ("a weak key", ChangeLogin { login_key: weak, ..right.clone() }),
    ];
    for (what, change) in cases {
        scene.refuses::<Operation>(what, path, &request(change, &bundle), refused).await;
    }
    for version in [0, 1, 3] {
        let body = request(ChangeLogin { version, ..right.clone() }, &bundle);
        scene.refuses::<Operation>("another version", path, &body, (409, "stale_bundle")).await;
    }
    let empty = Bytes(vec![]);
    let body = request(ChangeLogin { bundle: hash(&empty), ..right.clone() }, &empty);
    scene.refuses::<Operation>("no bundle", path, &body, refused).await;
    let long = Bytes(vec![1; limits::BUNDLE + 1]);
    let body = request(ChangeLogin { bundle: hash(&long), ..right.clone() }, &long);
    scene.refuses::<Operation>("a bundle that is too long", path, &body, (413, "too_large")).await;
    // Nothing of that changed how one signs in.
    scene.founder.sign_in(&scene.server).await;
    assert_eq!(scene.call::<Operation>(path, Some(&request(right, &bundle))).await.status, 200);
    let nonce = challenge(&scene.server, founder, "ada.lovelace").await;
    assert_eq!(sign_in(&scene.server, &founder.answer(nonce)).await.status, 401, "the old key is worth nothing");
    let nonce = challenge(&scene.server, founder, "ada.lovelace").await;
    assert_eq!(sign_in(&scene.server, &by(&new_key, founder, nonce)).await.status, 200);
}
