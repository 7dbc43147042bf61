//! Heads that do not follow the newest one, or do not hold what they bring.

use super::{Scene, problem, told};
use sealward_client::{crypto::signing::SigningKey, session::VaultDrafts};
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    limits,
    operations::records::{Batch, VaultWrite, WriteBatch},
    record::{ChainPosition, Head, HeadRest},
};
use serde_json::Value;

#[tokio::test(flavor = "current_thread")]
async fn a_head_follows_the_newest_and_holds_what_it_brings() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let record = forge.seal(forge.next(scene.group()));
    let rest = forge.rest(std::slice::from_ref(&record));
    let write = |head: Bytes| VaultWrite { vault: scene.made.vault, records: vec![record.to_wire()], head };
    let (other, elsewhere) = (&scene.others.0, &scene.others.1);
    let stranger: &SigningKey = &other.identity.signing;
    let previous = scene.session.vaults()[&scene.made.vault].head().hash;
    let by_stranger = stranger.sign(Head::new(previous, rest.clone())).to_wire();
    let unknown = ChainPosition { hash: Hash([7; 32]), ..rest.position };
    let founding = ChainPosition { sequence: 0, hash: scene.session.chain().unwrap().genesis() };
    let ahead = rest.time.plus_millis(limits::CLOCK_SKEW + 1);
    let cases = [
        ("another root", HeadRest { root: Hash([7; 32]), ..rest.clone() }, "root"),
        ("the root of before", HeadRest { root: forge.rest(&[]).root, ..rest.clone() }, "root"),
        ("another author", HeadRest { author: other.identity.member, ..rest.clone() }, "author"),
        ("another vault", HeadRest { vault: elsewhere.vault, ..rest.clone() }, "other"),
        ("another team", HeadRest { team: other.team, ..rest.clone() }, "other"),
        ("another suite", HeadRest { suite: 2, ..rest.clone() }, "other"),
        ("another chain's place", HeadRest { position: unknown, ..rest.clone() }, "position"),
        ("a place before the vault was made", HeadRest { position: founding, ..rest.clone() }, "author"),
        ("a time that is still to come", HeadRest { time: ahead, ..rest.clone() }, "time"),
    ];
    for (what, rest, reason) in cases {
        let expected = format!("head_refused: {reason}");
        scene.refuses_write(what, write(forge.sign(rest)), (422, &expected)).await;
    }
    scene.refuses_write("another's signature", write(by_stranger), (422, "head_refused: signature")).await;
    for (what, head) in [
        ("a number too high", forge.sign(HeadRest { sequence: rest.sequence + 1, ..rest.clone() })),
        ("a number too low", forge.sign(HeadRest { sequence: rest.sequence - 1, ..rest.clone() })),
        ("the first number", forge.sign(HeadRest { sequence: 1, ..rest.clone() })),
        ("the last number", forge.sign(HeadRest { sequence: u64::MAX, ..rest.clone() })),
        ("another head before it", forge.sign_over(Hash([7; 32]), rest.clone())),
        ("no head before it", forge.sign_over(Hash::ZERO, rest.clone())),
    ] {
        scene.refuses_write(what, write(head), (409, "stale_head")).await;
    }
    // Two numbers in one head that are not the same.
    let split = Head { sequence: rest.sequence, previous, rest: HeadRest { sequence: 9, ..rest } };
    let head = scene.founder.identity.signing.sign(split).to_wire();
    scene.refuses_write("two numbers", write(head), (422, "head_refused: other")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_stale_head_is_told_what_it_missed() {
    let scene = Scene::set().await;
    let late = scene.forge().write([scene.forge().next(scene.group())]);
    let draft = crate::harness::next_of(&scene.session, scene.made.vault, scene.made.key(scene.made.first), "newer");
    let write = VaultDrafts { vault: scene.made.vault, drafts: vec![draft] };
    scene.session.write(&[write]).await.unwrap();
    let before = scene.dump().await;
    let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&Batch { writes: vec![late] })).await;
    assert_eq!(told(&answered), (409, "stale_head".to_owned()));
    let moved = problem(&answered);
    assert_eq!(moved["vault"], scene.made.vault.to_string());
    let count = |field: &str| moved[field].as_array().map_or(99, Vec::len);
    assert_eq!((count("rests"), count("records"), count("leaves"), &moved["complete"]), (1, 1, 0, &Value::Bool(true)));
    assert_eq!(scene.dump().await, before);
}
