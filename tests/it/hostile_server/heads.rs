//! Lies about a vault's head: old ones, other branches, other roots, other signers.

use super::{Past, damage_of_head, plant};
use crate::harness::{Founder, Furnished, answers, frames, next_of};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    session::VaultDrafts,
};
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    ids::VaultId,
    operations::{
        records::VaultWrite,
        sync::{SyncFrame, SyncTeam},
    },
    record::{ChainPosition, Head, HeadRest, RecordContext, SignedHead},
};
use std::{cell::RefCell, rc::Rc};

/// Writes another version of the group.
async fn rename(past: &Past, name: &str) {
    let draft = next_of(&past.session, past.made.vault, past.made.key(past.made.group), name);
    let drafts = vec![draft];
    past.session.write(&[VaultDrafts { vault: past.made.vault, drafts }]).await.unwrap();
}

/// What the server says of the vault to a new device now.
async fn snapshot(past: &Past) -> Vec<SyncFrame> {
    let taken = Rc::new(RefCell::new(Vec::new()));
    let keep = taken.clone();
    past.fresh(frames(move |frames| *keep.borrow_mut() = frames.clone())).await;
    taken.take()
}

fn refused(past: &Past, fault: Fault) -> Damage {
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
        |rests| drop(rests.remove(1)),
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

#[tokio::test(flavor = "current_thread")]
async fn records_dropped_added_or_exchanged_do_not_fit_the_root() {
    let past = Past::make().await;
    let old = snapshot(&past).await;
    rename(&past, "newer").await;
    let added = past.forge().write([past.forge().next(past.made.key(past.made.resource))]).records;
    let old_group = old.iter().find_map(|frame| match frame {
        SyncFrame::Records { records } => records.iter().find(|record| name_of(record) == past.made.group).cloned(),
        _ => None,
    });
    let (old_group, group) = (old_group.unwrap(), past.made.group);
    type Change = Box<dyn Fn(&mut Vec<SyncFrame>)>;
    let changes: Vec<Change> = vec![
        Box::new(move |frames| edit_records(frames, |records| records.retain(|record| name_of(record) != group))),
        Box::new(move |frames| edit_records(frames, |records| records.extend(added.clone()))),
        // The version before the newest, taken from a backup.
        Box::new(move |frames| {
            edit_records(frames, |records| {
                *records.iter_mut().find(|record| name_of(record) == group).unwrap() = old_group.clone();
            });
        }),
        Box::new(|frames| edit_leaves(frames, |leaves| drop(leaves.pop()))),
        Box::new(|frames| edit_leaves(frames, |leaves| leaves[0].hash = Hash([7; 32]))),
        Box::new(|frames| edit_leaves(frames, |leaves| leaves[0].version.0 += 1)),
        Box::new(|frames| {
            edit_leaves(frames, |leaves| {
                let first = leaves[0].hash;
                leaves[0].hash = leaves[1].hash;
                leaves[1].hash = first;
            });
        }),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let fresh = past.fresh(frames(change)).await;
        assert_eq!(fresh.damage(), refused(&past, Fault::NotInHead), "change {number}");
        assert!(fresh.shows_nothing_of(past.made.vault));
    }
}

fn name_of(wire: &Bytes) -> sealward_contract::ids::ObjectId {
    sealward_contract::record::Record::parse(wire).unwrap().context().id
}

fn edit_records(frames: &mut [SyncFrame], edit: impl FnOnce(&mut Vec<Bytes>)) {
    let records = frames.iter_mut().find_map(|frame| match frame {
        SyncFrame::Records { records } => Some(records),
        _ => None,
    });
    edit(records.unwrap());
}

fn edit_leaves(frames: &mut [SyncFrame], edit: impl FnOnce(&mut Vec<sealward_contract::record::Leaf>)) {
    let leaves = frames.iter_mut().find_map(|frame| match frame {
        SyncFrame::Leaves { leaves } => Some(leaves),
        _ => None,
    });
    edit(leaves.unwrap());
}

#[tokio::test(flavor = "current_thread")]
async fn heads_that_nobody_with_a_right_signed_are_refused() {
    let past = Past::make().await;
    let forge = past.forge();
    let (stranger, _) = Founder::prepare(&past.server, "the.server");
    let nobody = stranger.identity.member;
    let member = past.member();
    let previous = past.session.vaults()[&past.made.vault].head().hash;
    let rest = HeadRest { ..forge.rest(&[]) };
    let by_stranger = |rest: HeadRest| stranger.identity.signing.sign(Head::new(previous, rest)).to_wire();
    let mut flipped = forge.sign(rest.clone());
    *flipped.0.last_mut().unwrap() ^= 1;
    let elsewhere = ChainPosition { hash: Hash([7; 32]), ..rest.position };
    let ahead = ChainPosition { sequence: rest.position.sequence + 1, ..rest.position };
    let before = past.session.chain().map(|chain| ChainPosition { sequence: 0, hash: chain.genesis() }).unwrap();
    let heads = [
        (flipped, Fault::Signature, member),
        (by_stranger(rest.clone()), Fault::Signature, member),
        (by_stranger(HeadRest { author: nobody, ..rest.clone() }), Fault::NoRight, nobody),
        (forge.sign(HeadRest { position: elsewhere, ..rest.clone() }), Fault::Substituted, member),
        (forge.sign(HeadRest { position: ahead, ..rest.clone() }), Fault::Substituted, member),
        // At that place of the chain the vault had not been made.
        (forge.sign(HeadRest { position: before, ..rest.clone() }), Fault::NoRight, member),
        (forge.sign(HeadRest { suite: 2, ..rest.clone() }), Fault::Substituted, member),
        (forge.sign(HeadRest { vault: VaultId([7; 16]), ..rest.clone() }), Fault::Substituted, member),
        (forge.sign(HeadRest { team: stranger.team, ..rest.clone() }), Fault::Substituted, member),
    ];
    for (number, (head, fault, author)) in heads.into_iter().enumerate() {
        let write = VaultWrite { vault: past.made.vault, records: vec![], head };
        let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
        assert_eq!(fresh.damage(), damage_of_head(past.made.vault, author, fault), "head {number}");
        assert!(fresh.shows_nothing_of(past.made.vault));
    }
    // And by the same way a right one is taken.
    let write = VaultWrite { vault: past.made.vault, records: vec![], head: forge.sign(rest) };
    let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
    assert_eq!(fresh.synced.unwrap().damages, []);
}

#[tokio::test(flavor = "current_thread")]
async fn the_head_of_another_vault_is_refused_and_the_other_vault_is_shown() {
    let past = Past::make().await;
    let second = Furnished::make(&past.session, "Second").await;
    let SyncFrame::Head { head } = ({
        let taken = Rc::new(RefCell::new(Vec::new()));
        let keep = taken.clone();
        let target = second.vault.to_string();
        past.fresh(move |asked, answered| {
            if asked.target.contains(&target) && asked.target.contains("/sync") {
                *keep.borrow_mut() = crate::harness::read_frames(&answered.body);
            }
            answered
        })
        .await;
        taken.take().swap_remove(0)
    }) else {
        panic!("no head")
    };
    let target = past.made.vault.to_string();
    let lie = move |asked: &crate::harness::Asked<'_>, answered| {
        if !asked.target.contains(&target) {
            return answered;
        }
        frames(|frames| frames[0] = SyncFrame::Head { head: head.clone() })(asked, answered)
    };
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.damage(), refused(&past, Fault::Substituted));
    assert_eq!(fresh.session.release(second.vault, second.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}

/// After a cut, heads from before it count no more, though a member signed them.
#[tokio::test(flavor = "current_thread")]
async fn a_head_from_before_a_cut_is_refused() {
    let past = Past::make().await;
    let forge = past.forge();
    let late = forge.write([forge.next(past.made.key(past.made.group))]);
    past.session.start_epoch(past.made.vault).await.unwrap();
    let fresh = past.fresh(frames(move |frames| plant(frames, &late))).await;
    assert_eq!(fresh.damage(), refused(&past, Fault::RolledBack));
    // The head that the cut names is the one exception.
    let honest = past.fresh(|_, answered| answered).await;
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
    past.wire.lie(|asked, answered| answered_as_written(asked, answered));
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
