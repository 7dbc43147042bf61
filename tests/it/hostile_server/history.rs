//! Lies about a vault's past: old states, other branches, gaps, writes that are forgotten, winners that never were.

use super::{Past, damage_of_head, plant};
use crate::harness::{Founder, Furnished, answers, frames, next_of};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    session::VaultDrafts,
};
use sealward_contract::{
    crypto::Hash,
    operations::sync::{SyncFrame, SyncTeam},
    record::{Head, RecordContext, SignedHead},
};
use std::{cell::RefCell, rc::Rc};

/// Writes another version of the group.
pub(super) async fn rename(past: &Past, name: &str) {
    let draft = next_of(&past.session, past.made.vault, past.made.key(past.made.group), name);
    let drafts = vec![draft];
    past.session.write(&[VaultDrafts { vault: past.made.vault, drafts }]).await.unwrap();
}

/// What the server says of the vault to a new device now.
pub(super) async fn snapshot(past: &Past) -> Vec<SyncFrame> {
    let taken = Rc::new(RefCell::new(Vec::new()));
    let keep = taken.clone();
    past.fresh(frames(move |frames| *keep.borrow_mut() = frames.clone())).await;
    taken.take()
}

pub(super) fn refused(past: &Past, fault: Fault) -> Damage {
    damage_of_head(past.made.vault, past.member(), fault)
}

#[tokio::test(flavor = "current_thread")]
async fn an_old_state_is_refused_by_a_device_that_remembers() {
    let past = Past::make().await;
    let old = snapshot(&past).await;
    rename(&past, "newer").await;
    let memory = past.session.memory();
    let fresh = past.fresh_with(memory.clone(), frames(move |frames| *frames = old.clone())).await;
    assert_eq!(fresh.damage(), refused(&past, Fault::RolledBack));
    assert!(fresh.shows_nothing_of(past.made.vault));
    // Told the truth, the same device shows it.
    fresh.wire.tell_the_truth();
    assert_eq!(fresh.session.sync(|_| {}).await.unwrap().damages, []);
    assert!(fresh.session.refused().is_empty());
    let honest = past.fresh_with(memory, |_, answered| answered).await;
    assert_eq!(honest.synced.unwrap().damages, []);
}

#[tokio::test(flavor = "current_thread")]
async fn an_old_head_is_refused_within_a_session() {
    let past = Past::make().await;
    let old = snapshot(&past).await;
    let SyncFrame::Head { head: old_head } = old[0].clone() else { panic!("the head comes first") };
    rename(&past, "newer").await;
    let (vault, shown) = (past.made.vault, past.session.vaults()[&past.made.vault].head());
    past.wire.lie(move |asked, answered| {
        let mut in_team = answers::<SyncTeam>(|changes| changes.heads[0].head = old_head.clone());
        let mut in_vault = frames(|frames| *frames = old.clone());
        let answered = in_team(asked, answered);
        in_vault(asked, answered)
    });
    let report = past.session.sync(|_| {}).await.unwrap();
    assert_eq!(report.damages, [refused(&past, Fault::RolledBack)]);
    // What was seen before stays.
    assert_eq!(past.session.vaults()[&vault].head(), shown);
    let group = past.session.verified(vault, past.made.key(past.made.group)).unwrap();
    assert_eq!(group.details.name(), "newer");
}

/// Two heads of one number, both by the member: what the loser of a race had signed.
#[tokio::test(flavor = "current_thread")]
async fn another_branch_is_refused() {
    let past = Past::make().await;
    let loser = past.forge().write([past.forge().next(past.made.key(past.made.resource))]);
    rename(&past, "the winner").await;
    let SyncFrame::Head { head: winner } = snapshot(&past).await.swap_remove(0) else { panic!("no head") };
    let (winner, branch) = (SignedHead::parse(&winner).unwrap(), SignedHead::parse(&loser.head).unwrap());
    assert_eq!((winner.value().sequence, branch.value().sequence), (3, 3));
    let rest = branch.value().rest_hash();
    let memory = past.session.memory();
    for rests in [vec![], vec![rest], vec![rest, rest]] {
        let loser = loser.clone();
        let lie = frames(move |frames| {
            plant(frames, &loser);
            frames.push(SyncFrame::Rests { rests: rests.clone() });
            let end = frames.len() - 1;
            frames.swap(end - 1, end);
        });
        assert_eq!(past.fresh_with(memory.clone(), lie).await.damage(), refused(&past, Fault::RolledBack));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_history_with_a_gap_is_refused() {
    let past = Past::make().await;
    let memory = past.session.memory();
    for name in ["one", "two", "three"] {
        rename(&past, name).await;
    }
    type Change = fn(&mut Vec<Hash>);
    let changes: [Change; 5] = [
        |rests| {
            rests.remove(1);
        },
        |rests| rests.clear(),
        |rests| rests.swap(0, 1),
        |rests| rests.push(rests[0]),
        |rests| rests[2] = Hash([7; 32]),
    ];
    for change in changes {
        let lie = frames(move |frames| {
            for frame in frames {
                if let SyncFrame::Rests { rests } = frame {
                    assert_eq!(rests.len(), 3);
                    change(rests);
                }
            }
        });
        assert_eq!(past.fresh_with(memory.clone(), lie).await.damage(), refused(&past, Fault::RolledBack));
    }
    let honest = past.fresh_with(memory, |_, answered| answered).await;
    assert_eq!(honest.synced.unwrap().damages, []);
}

/// A member who signs a head in which a record went back: an editor who conspires with the server.
#[tokio::test(flavor = "current_thread")]
async fn versions_only_grow() {
    let past = Past::make().await;
    rename(&past, "second version").await;
    rename(&past, "third version").await;
    let forge = past.forge();
    let key = past.made.key(past.made.group);
    let next = forge.next(key);
    let back = RecordContext { version: sealward_contract::ids::Version(2), ..next.clone() };
    let same = RecordContext { version: sealward_contract::ids::Version(3), ..next };
    for context in [back, same] {
        let write = forge.write([context]);
        let rest = SignedHead::parse(&write.head).unwrap().value().rest_hash();
        past.wire.lie(move |asked, answered| {
            let head = write.head.clone();
            let mut in_team = answers::<SyncTeam>(|changes| changes.heads[0].head = head.clone());
            let mut in_vault = frames(|frames| {
                plant(frames, &write);
                frames.insert(1, SyncFrame::Rests { rests: vec![rest] });
            });
            let answered = in_team(asked, answered);
            in_vault(asked, answered)
        });
        let report = past.session.sync(|_| {}).await.unwrap();
        assert_eq!(report.damages, [refused(&past, Fault::RolledBack)]);
        assert_eq!(past.session.verified(past.made.vault, key).unwrap().details.name(), "third version");
    }
}

/// A server that says "written" and forgets it is found out by whoever wrote.
#[tokio::test(flavor = "current_thread")]
async fn an_acknowledged_write_that_is_forgotten_is_missed() {
    let past = Past::make().await;
    past.wire.lie(answered_as_written);
    // Refused for its head, acknowledged by the lie: the server has none of it.
    let other = past.fresh(|_, answered| answered).await;
    let draft = next_of(&other.session, past.made.vault, past.made.key(past.made.resource), "real");
    other.session.write(&[VaultDrafts { vault: past.made.vault, drafts: vec![draft] }]).await.unwrap();
    rename(&past, "forgotten").await;
    past.wire.tell_the_truth();
    let report = past.session.sync(|_| {}).await.unwrap();
    let expected = Damage { author: Some(past.member()), ..refused(&past, Fault::RolledBack) };
    assert_eq!(report.damages, [expected]);
    assert_eq!(report.damages[0].object, DamagedObject::Head);
}

fn answered_as_written(
    asked: &crate::harness::Asked<'_>,
    answered: crate::harness::Answered,
) -> crate::harness::Answered {
    use sealward_contract::operations::{
        records::{BatchWritten, WriteBatch},
        wire::Format,
    };
    if crate::harness::is_about::<WriteBatch>(asked) {
        assert_eq!(answered.status, 409);
        return crate::harness::Answered { status: 200, body: Format::Cbor.write(&BatchWritten { written: vec![] }) };
    }
    answered
}

/// The other way: a refusal that tells of a winner who never was.
#[tokio::test(flavor = "current_thread")]
async fn a_forged_winner_is_refused_and_nothing_is_written_over_it() {
    use sealward_contract::operations::{
        records::{HeadMoved, WriteBatch, WriteError},
        wire::write_problem,
    };
    let past = Past::make().await;
    let (stranger, _) = Founder::prepare(&past.server, "the.server");
    let forge = past.forge();
    let previous = past.session.vaults()[&past.made.vault].head().hash;
    let write = forge.write([forge.next(past.made.key(past.made.group))]);
    let rest = SignedHead::parse(&write.head).unwrap().value().rest.clone();
    let forged = stranger.identity.signing.sign(Head::new(previous, rest));
    let moved = HeadMoved {
        vault: past.made.vault,
        head: forged.to_wire(),
        rests: vec![forged.value().rest_hash()],
        records: write.records,
        leaves: vec![],
        complete: true,
    };
    past.wire.lie(move |asked, answered| {
        if !crate::harness::is_about::<WriteBatch>(asked) {
            return answered;
        }
        let (status, body) = write_problem(&WriteError::StaleHead(Box::new(moved.clone())), None);
        crate::harness::Answered { status, body }
    });
    let draft = next_of(&past.session, past.made.vault, past.made.key(past.made.resource), "mine");
    let result = past.session.write(&[VaultDrafts { vault: past.made.vault, drafts: vec![draft] }]).await;
    assert_eq!(result, Err(Error::Damage(refused(&past, Fault::Signature))));
    let group = past.session.verified(past.made.vault, past.made.key(past.made.group)).unwrap();
    assert_eq!(group.details.name(), Furnished::GROUP);
}
