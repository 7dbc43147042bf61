//! Lies about who one is: the bundle given at sign-in, and the keys that the chain names.

use super::{Past, damage};
use crate::harness::{Answered, Asked, Founder, Person, TestServer, answers};
use sealward_client::{
    crypto::{identity::Identity, randomness::OsRandom, sealing::SealingKey},
    error::{DamagedObject, Error, Fault},
};
use sealward_contract::{
    bytes::Bytes,
    ids::MemberId,
    operations::session::{CreateSession, SessionCreated},
};

fn bundle(change: impl FnMut(&mut SessionCreated)) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    answers::<CreateSession>(change)
}

#[tokio::test(flavor = "current_thread")]
async fn another_bundle_is_refused_at_sign_in() {
    let server = TestServer::in_memory();
    let mut person = Person::create_team(&server, "Engine", "ada.lovelace", "correct horse").await;
    let other = Founder::found(&server, "grace.hopper").await;
    let others = other.sign_in(&server).await.bundle;
    let old = std::rc::Rc::new(std::cell::RefCell::new(Bytes(Vec::new())));
    let wire = server.connect();
    let keep = old.clone();
    wire.lie(bundle(move |created| *keep.borrow_mut() = created.bundle.clone()));
    let session = person.sign_in_over(&server, wire, None).await.unwrap();
    session.change_password(&crate::harness::text("correct horse"), &crate::harness::text("battery")).await.unwrap();
    person.password = "battery".to_owned();
    let older = old.borrow().clone();
    type Change = Box<dyn FnMut(&mut SessionCreated)>;
    let lies: Vec<(Change, Fault)> = vec![
        (Box::new(move |created| created.bundle = others.clone()), Fault::Unopenable),
        (Box::new(move |created| created.bundle = older.clone()), Fault::Unopenable),
        (Box::new(move |created| created.bundle_version -= 1), Fault::Unopenable),
        (Box::new(|created| *created.bundle.0.last_mut().unwrap() ^= 1), Fault::Unopenable),
        (Box::new(|created| created.bundle.0.push(0)), Fault::Malformed),
        (Box::new(|created| created.bundle.0.truncate(50)), Fault::Malformed),
        (Box::new(|created| created.bundle.0.clear()), Fault::Malformed),
        (Box::new(|created| created.member = MemberId([7; 16])), Fault::Substituted),
    ];
    for (number, (lie, fault)) in lies.into_iter().enumerate() {
        let wire = server.connect();
        wire.lie(bundle(lie));
        let refused = person.sign_in_over(&server, wire, None).await.map(drop);
        assert_eq!(refused, Err(Error::Damage(damage(DamagedObject::Identity, fault))), "lie {number}");
    }
}

/// A founder whose bundle holds other keys than the chain names.
#[tokio::test(flavor = "current_thread")]
async fn a_chain_with_other_keys_for_oneself_is_refused() {
    let past = Past::make().await;
    let identity = &past.founder.identity;
    let randomness = &mut OsRandom::new();
    let made = || Identity::make(identity.member, identity.genesis, &mut OsRandom::new());
    let (signing, wrapping) = (made().signing, made().wrapping);
    let copy = |seed: &[u8; 32]| sealward_client::crypto::SecretBytes::from_slice(seed).unwrap();
    let own_signing = || sealward_client::crypto::signing::SigningKey::from_seed(&copy(identity.signing.expose_seed()));
    let own_wrapping =
        || sealward_client::crypto::hpke::XWingSecret::from_slice(identity.wrapping.expose().as_slice()).unwrap();
    let personal = || SealingKey::from_slice(identity.personal.expose()).unwrap();
    let changed = [
        (Identity { signing, wrapping: own_wrapping(), personal: personal(), ..made() }, DamagedObject::Identity),
        (Identity { signing: own_signing(), wrapping, personal: personal(), ..made() }, DamagedObject::Identity),
        (
            Identity {
                member: MemberId([7; 16]),
                genesis: identity.genesis,
                signing: own_signing(),
                wrapping: own_wrapping(),
                personal: personal(),
            },
            DamagedObject::Chain,
        ),
    ];
    for (identity, object) in changed {
        let created = past.founder.sign_in(&past.server).await;
        let bundle = identity.seal(&past.founder.lock_key, &past.founder.team, 1, randomness).unwrap();
        let changed = Founder { identity, ..Founder::prepare(&past.server, "ada.lovelace").0 };
        let changed = Founder { team: past.founder.team, ..changed };
        let created = SessionCreated { bundle: bundle.to_wire(), ..created };
        let session = changed.take_over(&past.server, &past.server.connect(), &created, None);
        let refused = session.sync(|_| {}).await;
        assert_eq!(refused, Err(Error::Damage(damage(object, Fault::Substituted))));
    }
}
