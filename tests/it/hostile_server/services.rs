//! Lies about services: other terms than were signed, other bundles, and what an expired one writes.

use super::{Past, damage};
use crate::harness::{Forge, Founder, answers, by_token_over, service, terms};
use sealward_client::{
    crypto::{randomness::OsRandom, signing::SigningKey},
    error::{DamagedObject, Error, Fault},
};
use sealward_contract::{
    chain::{Body, MemberState, ServiceScope, ServiceTerms, SetService, VaultRole},
    ids::MemberId,
    operations::{
        session::{CreateSession, SessionCreated},
        sync::SyncTeam,
    },
    record::{Expected, HeadRefused, Record, RecordRefused, check_head, check_record},
};

const AN_HOUR: u64 = 3_600_000;

#[tokio::test(flavor = "current_thread")]
async fn terms_that_nobody_signed_are_refused() {
    let past = Past::make().await;
    let asks = ServiceTerms { scope: ServiceScope::Requests, ..terms(&["192.0.2.1"]) };
    let token = past.session.admit_service(&service("build", &[], asks.clone())).await.unwrap();
    let member = token.member();
    let longer = ServiceTerms { expires: None, ..terms(&[]) };
    let by_owner = past.forge().state(Body::SetService(SetService { member, terms: longer.clone() }));
    let (bot, _) = Founder::of_token(&past.server, &token).await;
    let by_server = SigningKey::make(&mut OsRandom::new()).sign(by_owner.value().clone());
    let by_itself = {
        let forge = Forge { founder: &bot, session: &past.session, vault: past.made.vault };
        forge.state(Body::SetService(SetService { member, terms: longer }))
    };
    for wire in [by_server.to_wire(), by_itself.to_wire()] {
        let before = past.session.chain().unwrap().position();
        let lie = answers::<SyncTeam>(move |changes| changes.statements.push(wire.clone()));
        assert_eq!(past.lied_to(lie).await, Err(Error::Damage(damage(DamagedObject::Chain, Fault::NoRight))));
        assert_eq!(past.session.chain().unwrap().position(), before);
    }
    past.wire.tell_the_truth();
    let known = past.session.chain().unwrap().member(&member).unwrap().service().cloned();
    assert_eq!(known, Some(asks));
}

#[tokio::test(flavor = "current_thread")]
async fn another_members_bundle_is_refused() {
    let past = Past::make().await;
    let token = past.session.admit_service(&service("build", &[], terms(&[]))).await.unwrap();
    let other = past.session.admit_service(&service("other", &[], terms(&[]))).await.unwrap();
    let (_, created) = Founder::of_token(&past.server, &other).await;
    type Change = Box<dyn FnMut(&mut SessionCreated)>;
    let lies: Vec<(Change, Fault)> = vec![
        (Box::new(move |given| given.bundle = created.bundle.clone()), Fault::Unopenable),
        (Box::new(|given| given.member = MemberId([7; 16])), Fault::Substituted),
        (Box::new(|given| given.bundle_version = 2), Fault::Unopenable),
    ];
    for (lie, fault) in lies {
        let wire = past.server.connect();
        wire.lie(answers::<CreateSession>(lie));
        let refused = by_token_over(&past.server, &token, wire).await.map(drop);
        assert_eq!(refused, Err(Error::Damage(damage(DamagedObject::Identity, fault))));
    }
    // A chain that ends before the token was renewed names other keys for it.
    let newer = past.session.renew_service(token.member(), &terms(&[])).await.unwrap();
    let wire = past.server.connect();
    let renewed = past.session.chain().unwrap().member(&token.member()).unwrap().renewed().unwrap();
    let session = by_token_over(&past.server, &newer, wire.clone()).await.unwrap();
    let before = usize::try_from(renewed).unwrap();
    wire.lie(answers::<SyncTeam>(move |changes| changes.statements.truncate(before)));
    assert_eq!(session.sync(|_| {}).await, Err(Error::Damage(damage(DamagedObject::Identity, Fault::Substituted))));
}

/// What the server could keep back and hand out later, were readers not to judge it themselves.
#[tokio::test(flavor = "current_thread")]
async fn what_an_expired_service_signs_is_nobodys() {
    let past = Past::make().await;
    let vault = past.made.vault;
    let until = ServiceTerms { expires: Some(past.server.clock.now().plus_millis(AN_HOUR)), ..terms(&[]) };
    let token = past.session.admit_service(&service("build", &[(vault, VaultRole::Editor)], until)).await.unwrap();
    let (bot, _) = Founder::of_token(&past.server, &token).await;
    past.session.sync(|_| {}).await.unwrap();
    let write = || Forge { founder: &bot, session: &past.session, vault };
    let group = past.made.key(past.made.group);
    let early = write().seal(write().next(group));
    past.server.clock.advance(AN_HOUR);
    past.session.start_epoch(vault).await.unwrap();
    past.session.sync(|_| {}).await.unwrap();
    let late = write().seal(write().next(group));
    let head = write().sign(write().rest(std::slice::from_ref(&late)));
    let chain = past.session.chain().unwrap();
    assert_eq!(chain.member(&token.member()).unwrap().state, MemberState::Expired);
    let judge = |record: &Record| {
        let expected = Expected { vault, id: group.id, kind: group.kind, resource: None, version: None, hash: None };
        check_record(&chain, &expected, record)
    };
    assert_eq!(judge(&early), Ok(()));
    assert_eq!(judge(&late), Err(RecordRefused::Right));
    let head = sealward_contract::record::SignedHead::parse(&head).unwrap();
    assert_eq!(check_head(&chain, &vault, &head), Err(HeadRefused::Right));
}
