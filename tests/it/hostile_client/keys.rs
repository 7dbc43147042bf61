//! Keys replaced by somebody who has not all that it takes, and with what does not belong to it.

use super::Scene;
use crate::harness::{Founder, replacement, touched};
use sealward_client::crypto::{hpke::XWingSecret, randomness::OsRandom, signing::SigningKey};
use sealward_contract::{
    bytes::Bytes,
    chain::{DeviceKeys, RecoveryGroup, SignedStatement},
    crypto::{Hash, Signature, context::Label, hash},
    ids::{MemberId, VaultId},
    limits,
    operations::{
        invitations::VaultEnvelope,
        keys::{NewKeys, ReplaceKeys},
        recovery::{FinishRecovery, RecoveredKeys},
    },
    session::ChangeLogin,
    suite::SUITE,
};
use sealward_server::{maintenance::verify::verify, store::tables::RECOVERY_SHARES};

impl Scene {
    /// What replaces the founder's keys, and is right.
    fn new_keys(&self, by: &SigningKey, change: impl FnOnce(&mut ChangeLogin)) -> NewKeys {
        let (statement, bundle) = replacement(&self.forge(), &self.founder, touched(&self.session), None);
        let mut login = ChangeLogin {
            suite: SUITE,
            team: self.founder.team,
            member: self.founder.identity.member,
            login_key: self.founder.login_key.public(),
            bundle: hash(&bundle),
            version: 2,
        };
        change(&mut login);
        let sealed = Bytes(vec![7; 1_300]);
        let envelopes = vec![VaultEnvelope { vault: self.made.vault, sealed: sealed.clone() }];
        let change = by.sign(login).to_wire();
        NewKeys { statement, change, kit_tag: Hash([5; 32]), bundle, directory: sealed, envelopes }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_has_an_open_session_and_not_the_password_replaces_nothing() {
    let scene = Scene::set().await;
    let login_key = &scene.founder.login_key;
    let right = |_: &mut ChangeLogin| {};
    let stranger = SigningKey::make(&mut OsRandom::new());
    let no_password = scene.new_keys(&stranger, right);
    let by_identity = scene.new_keys(&scene.founder.identity.signing, right);
    for (what, body, expected) in [
        ("another login key's signature", no_password, "statement_refused: signature"),
        ("the identity's signature", by_identity, "statement_refused: signature"),
        (
            "another member's",
            scene.new_keys(login_key, |login| login.member = MemberId([7; 16])),
            "statement_refused: key",
        ),
        (
            "another login key",
            scene.new_keys(login_key, |login| login.login_key = stranger.public()),
            "statement_refused: key",
        ),
        ("another bundle", scene.new_keys(login_key, |login| login.bundle = Hash([7; 32])), "statement_refused: key"),
        ("a version that is not next", scene.new_keys(login_key, |login| login.version = 3), "envelopes_refused"),
    ] {
        scene.refuses::<ReplaceKeys>(what, scene.team_path(), &body, (422, expected)).await;
    }
    let good = scene.new_keys(login_key, right);
    let foreign = VaultEnvelope { vault: VaultId([7; 16]), sealed: Bytes(vec![7; 1_300]) };
    for (what, body) in [
        ("other bytes than the bundle", NewKeys { bundle: Bytes(vec![9; 300]), ..good.clone() }),
        ("no bundle", NewKeys { bundle: Bytes(vec![]), ..good.clone() }),
        ("a bundle over the limit", NewKeys { bundle: Bytes(vec![8; limits::BUNDLE + 1]), ..good.clone() }),
        ("no directory", NewKeys { directory: Bytes(vec![]), ..good.clone() }),
        ("keys of another vault", NewKeys { envelopes: vec![foreign], ..good.clone() }),
        ("keys twice", NewKeys { envelopes: [&good.envelopes[..], &good.envelopes].concat(), ..good.clone() }),
    ] {
        scene.refuses::<ReplaceKeys>(what, scene.team_path(), &body, (422, "envelopes_refused")).await;
    }
    // Without a session, by the way of those who were recovered, it needs a recovery.
    let NewKeys { statement, kit_tag, bundle, directory, envelopes, .. } = good.clone();
    let device = Signature([7; 64]);
    let recovered = RecoveredKeys { statement, kit_tag, bundle, bundle_version: 2, directory, envelopes, device };
    let closed = (422, "statement_refused: closed");
    scene.refuses::<FinishRecovery>("nobody's recovery", scene.team_path(), &recovered, closed).await;
    assert_eq!(scene.call::<ReplaceKeys>(scene.team_path(), Some(&good)).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_has_stolen_keys_finishes_no_recovery() {
    let scene = Scene::set().await;
    let (server, ada) = (&scene.server, &scene.session);
    let mary = Founder::invited(server, ada, "mary.somerville", &[]).await;
    let rosa = Founder::invited(server, ada, "rosa.parks", &[]).await;
    let grace = Founder::invited(server, ada, "grace.hopper", &[]).await;
    let mut trustees = vec![mary.identity.member, rosa.identity.member];
    trustees.sort();
    ada.set_recovery(Some(RecoveryGroup { needed: 2, trustees })).await.unwrap();
    let hers = grace.session(server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let device = SigningKey::make(&mut OsRandom::new());
    let sealing = XWingSecret::make(&mut OsRandom::new()).public();
    let keys = DeviceKeys { signing: device.public(), sealing };
    ada.start_recovery(grace.identity.member, &keys).await.unwrap();
    let since = ada.recoveries()[0].since;
    // The thief has her keys in force, and an administrator has begun her recovery for the device that she holds.
    let finish = |by: &SigningKey, label: Label| {
        let (statement, bundle) = replacement(&scene.forge(), &grace, vec![], Some(since));
        let signed = SignedStatement::parse(&statement).unwrap();
        let device = by.sign_bytes(label, signed.bytes());
        let (kit_tag, directory, envelopes) = (Hash([5; 32]), Bytes(vec![7; 1_300]), vec![]);
        RecoveredKeys { statement, kit_tag, bundle, bundle_version: 2, directory, envelopes, device }
    };
    let give = async |trustee: &Founder| {
        let session = trustee.session(server, &server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        session.give_share(grace.identity.member, since).await.unwrap();
    };
    let right = Label::FinishRecovery;
    let (closed, too_few) = ((422, "statement_refused: closed"), (422, "statement_refused: recovery"));
    scene.refuses::<FinishRecovery>("no share", scene.team_path(), &finish(&device, right), too_few).await;
    give(&mary).await;
    scene.refuses::<FinishRecovery>("a share too few", scene.team_path(), &finish(&device, right), too_few).await;
    give(&rosa).await;
    for (what, body) in [
        ("another device", finish(&SigningKey::make(&mut OsRandom::new()), right)),
        ("her own key", finish(&grace.identity.signing, right)),
        ("a signature for another purpose", finish(&device, Label::ReplaceKeys)),
    ] {
        scene.refuses::<FinishRecovery>(what, scene.team_path(), &body, closed).await;
    }
    let other = RecoveredKeys { device: finish(&device, right).device, ..finish(&device, right) };
    scene.refuses::<FinishRecovery>("over another statement", scene.team_path(), &other, closed).await;
    let body = finish(&device, right);
    assert_eq!(scene.call::<FinishRecovery>(scene.team_path(), Some(&body)).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn a_trustee_with_new_keys_leaves_no_share_behind() {
    let scene = Scene::set().await;
    let (server, ada) = (&scene.server, &scene.session);
    let mary = Founder::invited(server, ada, "mary.somerville", &[]).await;
    let grace = Founder::invited(server, ada, "grace.hopper", &[]).await;
    let mut trustees = vec![mary.identity.member, scene.founder.identity.member];
    trustees.sort();
    ada.set_recovery(Some(RecoveryGroup { needed: 2, trustees })).await.unwrap();
    let hers = grace.session(server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap_or_default()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let kept = |trustee: &Founder| {
        let rows = server.server.app().store.snapshot().unwrap();
        let place = (scene.founder.team, grace.identity.member, trustee.identity.member);
        RECOVERY_SHARES.get(&rows, &place).unwrap().is_some()
    };
    assert!(kept(&scene.founder) && kept(&mary));
    let new = scene.new_keys(&scene.founder.login_key, |_| {});
    assert_eq!(scene.call::<ReplaceKeys>(scene.team_path(), Some(&new)).await.status, 200);
    assert!(!kept(&scene.founder) && kept(&mary));
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}
