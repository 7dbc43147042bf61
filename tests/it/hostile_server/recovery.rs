//! Lies about keys of people and their recovery: made up, swapped, and kept back.

use super::{Past, damage};
use crate::harness::{Founder, ORIGIN, answers, replacement};
use sealward_client::{
    api::Api,
    crypto::{identity::Identity, randomness::OsRandom},
    error::{DamagedObject, Error, Fault, RecoveryFault},
    recovery::{Opened, RecoveringDevice},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{Body, RecoveryGroup, SetRecovery},
    operations::{
        recovery::{GetShare, OpenRecovery, RecoveryOpened},
        sync::SyncTeam,
    },
};

#[tokio::test(flavor = "current_thread")]
async fn keys_and_groups_that_nobody_signed_are_refused() {
    let past = Past::make().await;
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
    let member = grace.identity.member;
    // New keys that the former ones did not sign, and a group of the server's choice.
    let stranger = Identity::make(member, grace.identity.genesis, &mut OsRandom::new());
    let (made_up, _) = replacement(&past.forge(), &Founder { identity: stranger, ..grace }, vec![], None);
    let group = SetRecovery { group: Some(RecoveryGroup { needed: 1, trustees: vec![member] }) };
    let by_owner = past.forge().state(Body::SetRecovery(group));
    let planted =
        sealward_client::crypto::signing::SigningKey::make(&mut OsRandom::new()).sign(by_owner.value().clone());
    for wire in [made_up, planted.to_wire()] {
        let before = past.session.chain().unwrap().position();
        let lie = answers::<SyncTeam>(move |changes| changes.statements.push(wire.clone()));
        assert_eq!(past.lied_to(lie).await, Err(Error::Damage(damage(DamagedObject::Chain, Fault::NoRight))));
        assert_eq!(past.session.chain().unwrap().position(), before);
    }
    past.wire.tell_the_truth();
    assert_eq!((past.session.replaced_keys(), past.session.own_recovery().group), (vec![], None));
}

#[tokio::test(flavor = "current_thread")]
async fn a_device_believes_only_what_the_person_signed() {
    let past = Past::make().await;
    let (server, ada) = (&past.server, &past.session);
    let grace = Founder::invited(server, ada, "grace.hopper", &[]).await;
    let mary = Founder::invited(server, ada, "mary.somerville", &[]).await;
    let group = RecoveryGroup { needed: 1, trustees: vec![mary.identity.member] };
    ada.set_recovery(Some(group)).await.unwrap();
    let hers = grace.session(server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let name = grace.login_name.clone();
    let device = || RecoveringDevice::make(&server.surroundings(), grace.team, name.clone(), ORIGIN.to_owned());
    let begun = device();
    ada.start_recovery(grace.identity.member, &begun.keys()).await.unwrap();
    let wire = server.connect();
    let trustee = mary.session(server, &wire).await;
    trustee.sync(|_| {}).await.unwrap();
    // Another share than the person made is not passed on.
    wire.lie(answers::<GetShare>(|held| held.sealed = Bytes(vec![7; 1_200])));
    let other = Err(Error::Recovery(RecoveryFault::OtherShare));
    let since = trustee.recoveries()[0].since;
    assert_eq!(trustee.give_share(grace.identity.member, since).await, other);
    wire.tell_the_truth();
    trustee.give_share(grace.identity.member, since).await.unwrap();

    let (_, elsewhere) = Founder::prepare(server, "the.server");
    type Change = Box<dyn Fn(&mut RecoveryOpened)>;
    let chain = |fault| Error::Damage(damage(DamagedObject::Chain, fault));
    let unopened = || Error::Recovery(RecoveryFault::Unopened);
    let lies: Vec<(&str, Change, Error)> = vec![
        (
            "another team's chain",
            Box::new(move |given| given.statements[0] = elsewhere.genesis.clone()),
            chain(Fault::Substituted),
        ),
        ("a statement less", Box::new(|given| drop(given.statements.remove(1))), chain(Fault::NoRight)),
        (
            "a chain from before it was begun",
            Box::new(|given| given.statements.truncate(given.statements.len() - 1)),
            Error::Recovery(RecoveryFault::NotBegun),
        ),
        ("another copy", Box::new(|given| given.rest.as_mut().unwrap().copy = Bytes(vec![7; 300])), unopened()),
        ("another share", Box::new(|given| given.shares[0].sealed = Bytes(vec![7; 1_200])), unopened()),
        ("another trustee's name", Box::new(|given| given.shares[0].trustee.0[0] ^= 1), unopened()),
    ];
    for (what, lie, expected) in lies {
        let wire = server.connect();
        wire.lie(answers::<OpenRecovery>(lie));
        let looked = begun.look(&Api::new(wire), &server.surroundings()).await;
        assert_eq!(looked.err(), Some(expected), "{what}");
    }
    let looked = begun.look(&Api::new(server.connect()), &server.surroundings()).await.unwrap();
    assert!(matches!(looked, Opened::Ready(_)));
    // Nothing of it is for another device of the same person.
    let looked = device().look(&Api::new(server.connect()), &server.surroundings()).await;
    assert_eq!(looked.err(), Some(Error::Recovery(RecoveryFault::NotBegun)));
}
