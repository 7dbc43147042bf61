//! Lies about a vault's newest head: other roots, other signers, other vaults.

use super::history::{refused, rename, snapshot};
use super::{Past, damage_of_head, plant};
use crate::harness::{Founder, Furnished, frames};
use sealward_client::error::Fault;
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    ids::VaultId,
    operations::{records::VaultWrite, sync::SyncFrame},
    record::{ChainPosition, Head, HeadRest},
};
use std::{cell::RefCell, rc::Rc};

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
        Box::new(|frames| edit_leaves(frames, |leaves| leaves.truncate(leaves.len() - 1))),
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
