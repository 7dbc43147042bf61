//! Answers of passkeys that are wrong in one part each: address, host, challenge, signature, count, verification; and those
//! of another session or another member.

use super::Scene;
use crate::harness::{Authenticator, InProcess, ORIGIN, proof};
use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_client::{
    error::Error,
    model::SecretText,
    session::{FactorProof, Session},
};
use sealward_contract::operations::factors::FactorText;

type Bend = fn(&mut Authenticator);

/// What can be wrong with an answer, whichever it is.
const BENDS: [(&str, Bend); 6] = [
    ("another address", |passkey| passkey.origin = "https://vault.example.org".to_owned()),
    ("another port", |passkey| passkey.origin = "https://vault.example:8443".to_owned()),
    ("a name below it", |passkey| passkey.origin = "https://login.vault.example".to_owned()),
    ("another host's passkey", |passkey| passkey.host = Some("example".to_owned())),
    ("another challenge", |passkey| passkey.challenge = Some(Base64UrlUnpadded::encode_string(&[7; 32]))),
    ("nobody verified", |passkey| passkey.verifies = false),
];

async fn confirm(session: &Session<InProcess>, answer: &SecretText) -> Option<Error> {
    let proof = FactorProof::Passkey(FactorText::new(answer.expose().to_owned()));
    session.confirm_session(proof).await.err()
}

/// A session with a passkey; wrong tries are forgiven in between.
async fn with_passkey(scene: &Scene) -> Authenticator {
    let passkey = Authenticator::new(9, ORIGIN);
    let options = scene.session.begin_passkey(proof(&scene.session)).await.unwrap();
    scene.session.add_passkey("key", &passkey.create(&options)).await.unwrap();
    passkey
}

#[tokio::test(flavor = "current_thread")]
async fn no_passkey_is_added_by_a_wrong_answer() {
    let scene = Scene::set().await;
    for (what, bend) in BENDS {
        let mut passkey = Authenticator::new(9, ORIGIN);
        bend(&mut passkey);
        let options = scene.session.begin_passkey(proof(&scene.session)).await.unwrap();
        let added = scene.session.add_passkey("key", &passkey.create(&options)).await;
        assert_eq!(added.err(), Some(Error::FactorRefused), "{what}");
    }
    // What was begun is good once, and for five minutes.
    let passkey = Authenticator::new(9, ORIGIN);
    let options = scene.session.begin_passkey(proof(&scene.session)).await.unwrap();
    scene.session.add_passkey("key", &passkey.create(&options)).await.unwrap();
    let again = scene.session.add_passkey("key", &Authenticator::new(8, ORIGIN).create(&options)).await;
    assert_eq!(again.err(), Some(Error::FactorRefused));
    let options = scene.session.begin_passkey(proof(&scene.session)).await.unwrap();
    scene.server.clock.advance(5 * 60_000);
    let late = scene.session.add_passkey("key", &Authenticator::new(8, ORIGIN).create(&options)).await;
    assert_eq!(late.err(), Some(Error::FactorRefused));
    assert_eq!(scene.session.list_factors().await.unwrap().held.passkeys, 1);
}

#[tokio::test(flavor = "current_thread")]
async fn no_session_is_confirmed_by_a_wrong_answer() {
    let scene = Scene::set().await;
    let mut passkey = with_passkey(&scene).await;
    let refused = Some(Error::FactorRefused);
    // Another session, which is not confirmed by adding the passkey.
    let session = scene.founder.session(&scene.server, &scene.server.connect()).await;
    for (what, bend) in BENDS {
        scene.server.clock.advance(10 * 60_000);
        passkey.counter += 1;
        let mut bent = passkey.clone();
        bend(&mut bent);
        let answer = bent.get(&session.begin_confirmation().await.unwrap());
        assert_eq!(confirm(&session, &answer).await, refused, "{what}");
    }
    scene.server.clock.advance(60 * 60_000);
    // Signed by another key under the same name.
    let stranger = Authenticator::new(8, ORIGIN);
    let answer = stranger.get(&session.begin_confirmation().await.unwrap());
    let answer = SecretText::new(answer.expose().replace(&id_of(8), &id_of(9)));
    assert_eq!(confirm(&session, &answer).await, refused);
    // A right one is good once, and a count that does not go up is perhaps a copy's.
    passkey.counter = 50;
    let answer = passkey.get(&session.begin_confirmation().await.unwrap());
    assert_eq!(confirm(&session, &answer).await, None);
    assert_eq!(confirm(&session, &answer).await, refused);
    for counter in [50, 49, 0] {
        passkey.counter = counter;
        let answer = passkey.get(&session.begin_confirmation().await.unwrap());
        assert_eq!(confirm(&session, &answer).await, refused, "{counter}");
    }
    passkey.counter = 51;
    let answer = passkey.get(&session.begin_confirmation().await.unwrap());
    assert_eq!(confirm(&session, &answer).await, None);
}

fn id_of(seed: u8) -> String {
    Base64UrlUnpadded::encode_string(&[seed; 16])
}

#[tokio::test(flavor = "current_thread")]
async fn answers_to_other_sessions_and_of_other_members_are_none() {
    let scene = Scene::set().await;
    let mut passkey = with_passkey(&scene).await;
    let (one, two) = (
        scene.founder.session(&scene.server, &scene.server.connect()).await,
        scene.founder.session(&scene.server, &scene.server.connect()).await,
    );
    passkey.counter = 2;
    let answer = passkey.get(&one.begin_confirmation().await.unwrap());
    // Begun by one session, brought by another, with or without something begun of its own.
    assert_eq!(confirm(&two, &answer).await, Some(Error::FactorRefused));
    two.begin_confirmation().await.unwrap();
    assert_eq!(confirm(&two, &answer).await, Some(Error::FactorRefused));
    assert_eq!(confirm(&one, &answer).await, None);
    // Another member's passkey, under their own session's challenge.
    let grace = scene.others.0.session(&scene.server, &scene.server.connect()).await;
    let theirs = Authenticator::new(7, ORIGIN);
    let options = grace.begin_passkey(proof(&grace)).await.unwrap();
    grace.add_passkey("key", &theirs.create(&options)).await.unwrap();
    let answer = theirs.get(&two.begin_confirmation().await.unwrap());
    assert_eq!(confirm(&two, &answer).await, Some(Error::FactorRefused));
}
