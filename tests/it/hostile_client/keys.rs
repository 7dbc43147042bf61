//! Keys replaced by somebody who has not all that it takes, and with what does not belong to it.

use super::Scene;
use crate::harness::{replacement, touched};
use sealward_client::crypto::{randomness::OsRandom, signing::SigningKey};
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, hash},
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
    let recovered = RecoveredKeys { statement, kit_tag, bundle, bundle_version: 2, directory, envelopes };
    let closed = (422, "statement_refused: closed");
    scene.refuses::<FinishRecovery>("nobody's recovery", scene.team_path(), &recovered, closed).await;
    assert_eq!(scene.call::<ReplaceKeys>(scene.team_path(), Some(&good)).await.status, 200);
}
