//! Checkpoints that would have other people's new devices refuse the truth, or believe less of it.

use super::{Scene, told};
use sealward_client::crypto::{randomness::OsRandom, signing::SigningKey};
use sealward_contract::{
    chain::NamedHead,
    checkpoint::Checkpoint,
    crypto::Hash,
    ids::{MemberId, TeamId, VaultId},
    operations::{
        TeamPath,
        checkpoints::{NewCheckpoint, PutCheckpoint},
    },
};

#[tokio::test(flavor = "current_thread")]
async fn only_what_is_so_now_is_taken_and_only_from_who_saw_it() {
    let scene = Scene::set().await;
    let path = TeamPath { team: scene.founder.team };
    let seen = scene.session.sign_checkpoint().unwrap().value().clone();
    let signed = |checkpoint: Checkpoint| NewCheckpoint {
        checkpoint: scene.founder.identity.signing.sign(checkpoint).to_wire(),
    };
    let with = |change: &dyn Fn(&mut Checkpoint)| {
        let mut changed = seen.clone();
        change(&mut changed);
        signed(changed)
    };
    let (refused, stale) = ((422, "checkpoint_refused"), (409, "checkpoint_stale"));
    let twice = seen.heads[0];
    for (what, body, expected) in [
        ("another suite", with(&|seen| seen.suite = 2), refused),
        ("another team", with(&|seen| seen.team = TeamId([7; 16])), refused),
        ("another member", with(&|seen| seen.member = MemberId([7; 16])), refused),
        ("a statement to come", with(&|seen| seen.chain.sequence += 1), refused),
        ("another statement", with(&|seen| seen.chain.hash = Hash([7; 32])), refused),
        ("a vault twice", with(&|seen| seen.heads.push(twice)), refused),
        ("a head to come", with(&|seen| seen.heads[0].head.sequence += 1), stale),
        ("another head", with(&|seen| seen.heads[0].head.hash = Hash([7; 32])), stale),
        ("a vault of nobody", with(&|seen| seen.heads[0].vault = VaultId([7; 16])), stale),
        ("an event to come", with(&|seen| seen.audit.sequence += 100), stale),
        ("another event", with(&|seen| seen.audit.hash = Hash([7; 32])), stale),
        ("from tomorrow", with(&|seen| seen.time.0 += 86_400_000), (422, "clock_refused")),
    ] {
        scene.refuses::<PutCheckpoint>(what, path, &body, expected).await;
    }
    let stranger = SigningKey::make(&mut OsRandom::new()).sign(seen.clone());
    let forged = NewCheckpoint { checkpoint: stranger.to_wire() };
    scene.refuses::<PutCheckpoint>("signed by a stranger", path, &forged, refused).await;
    assert_eq!(scene.call::<PutCheckpoint>(path, Some(&signed(seen.clone()))).await.status, 200);
    // Nothing goes back behind the one that is kept.
    let before = scene.call::<PutCheckpoint>(path, Some(&with(&|seen| seen.time.0 -= 1))).await;
    assert_eq!(told(&before), (422, "checkpoint_refused".to_owned()));
    let fewer = with(&|seen| seen.heads.clear());
    assert_eq!(scene.call::<PutCheckpoint>(path, Some(&fewer)).await.status, 200);
    let none = NamedHead { sequence: 0, hash: Hash::ZERO };
    let empty = scene.call::<PutCheckpoint>(path, Some(&with(&|seen| seen.heads[0].head = none))).await;
    assert_eq!(told(&empty), (409, "checkpoint_stale".to_owned()));
}
