//! Lies about earlier versions of a secret, and about what was purged.

use super::{Past, chain::with_flipped_signature, change_records, damage_of_sealed};
use crate::harness::{Answered, Asked, answers, frames, is_about};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    model::SecretPayload,
    operations::{Item, NewSecret},
};
use sealward_contract::{
    bytes::Bytes,
    crypto::Hash,
    ids::Version,
    operations::{
        Page,
        records::{ListSecretVersions, RecordListed, ReleaseSecret},
    },
    record::{Record, RecordContext, RecordKind},
};
use std::{cell::RefCell, rc::Rc};

async fn change_secret(past: &Past, secret: &str) {
    let secret = NewSecret { payload: SecretPayload::new(secret.into()), score: None };
    past.session.replace_secret(past.made.vault, past.made.first, secret, None).await.unwrap();
}

/// What the server gives of one version of an account's secret.
async fn released_wire(past: &Past, second: bool, version: u32) -> Bytes {
    let account = if second { past.made.second } else { past.made.first };
    let taken = Rc::new(RefCell::new(Bytes(Vec::new())));
    let keep = taken.clone();
    past.wire.lie(answers::<ReleaseSecret>(move |listed| *keep.borrow_mut() = listed.record.clone()));
    past.session.release_version(past.made.vault, account, Version(version)).await.unwrap();
    past.wire.tell_the_truth();
    taken.take()
}

fn bare(wire: &Bytes) -> Bytes {
    Record::parse(wire).unwrap().to_bare_wire()
}

/// Three versions, and the wires of all of them.
async fn three(past: &Past) -> [Bytes; 3] {
    change_secret(past, "second version").await;
    change_secret(past, "third version").await;
    [released_wire(past, false, 1).await, released_wire(past, false, 2).await, released_wire(past, false, 3).await]
}

#[tokio::test(flavor = "current_thread")]
async fn a_history_is_the_chain_below_the_newest_version() {
    let past = Past::make().await;
    let [first, second, third] = three(&past).await;
    let others = released_wire(&past, true, 1).await;
    let forge = past.forge();
    let [next, _] = forge.next_secret(past.made.first);
    // By the member itself, signed and right in all but its place in the chain.
    let before = Record::parse(&first).unwrap().hash();
    let forged = forge.seal(RecordContext { version: Version(2), previous: before, ..next.clone() });
    let forged_first = forge.seal(RecordContext { version: Version(1), previous: Hash::ZERO, ..next });
    let [first, second, third, others] = [&first, &second, &third, &others].map(bare);
    let substituted = Fault::Substituted;
    let lies = [
        ("another version as the newest", vec![second.clone(), first.clone()], substituted),
        ("a forged one in the middle", vec![third.clone(), forged.to_bare_wire(), first.clone()], substituted),
        ("a forged one at the end", vec![third.clone(), second.clone(), forged_first.to_bare_wire()], substituted),
        ("another account's", vec![third.clone(), second.clone(), others], substituted),
        ("one left out", vec![third.clone(), first.clone()], substituted),
        ("one twice", vec![third.clone(), third.clone(), second.clone(), first.clone()], substituted),
        ("the other way round", vec![first.clone(), second.clone(), third.clone()], substituted),
        ("another signature", vec![third.clone(), with_flipped_signature(&second), first.clone()], Fault::Signature),
        ("the oldest left out", vec![third.clone(), second.clone()], Fault::RolledBack),
        ("nothing", vec![], Fault::RolledBack),
        ("no record", vec![Bytes(vec![0x80])], Fault::Malformed),
    ];
    for (what, told, fault) in lies {
        past.wire.lie(answers::<ListSecretVersions>(move |page| {
            let items = told.iter().map(|record| RecordListed { record: record.clone() }).collect();
            *page = Page { items, next: None };
        }));
        let listed = past.session.secret_versions(past.made.vault, past.made.first).await.map(drop);
        let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, fault);
        assert_eq!(listed, Err(Error::Damage(expected)), "{what}");
    }
    past.wire.tell_the_truth();
    assert_eq!(past.session.secret_versions(past.made.vault, past.made.first).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "current_thread")]
async fn another_version_than_the_one_asked_for_is_refused() {
    let past = Past::make().await;
    let [first, second, third] = three(&past).await;
    let others = released_wire(&past, true, 1).await;
    let lies = [
        (third, Fault::Substituted),
        (second.clone(), Fault::Substituted),
        (others, Fault::Substituted),
        (with_flipped_signature(&first), Fault::Signature),
        (bare(&first), Fault::Unopenable),
        (Bytes(first.0[..200].to_vec()), Fault::Malformed),
    ];
    for (number, (lie, fault)) in lies.into_iter().enumerate() {
        past.wire.lie(answers::<ReleaseSecret>(move |listed| listed.record = lie.clone()));
        let released = past.session.release_version(past.made.vault, past.made.first, Version(1)).await.map(drop);
        let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, fault);
        assert_eq!(released, Err(Error::Damage(expected)), "lie {number}");
    }
    // And an earlier version is not taken for the newest.
    past.wire.lie(answers::<ReleaseSecret>(move |listed| listed.record = second.clone()));
    let released = past.session.release(past.made.vault, past.made.first).await.map(drop);
    let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, Fault::Substituted);
    assert_eq!(released, Err(Error::Damage(expected)));
}

/// A list without end is no reason to ask for ever.
#[tokio::test(flavor = "current_thread")]
async fn a_list_of_versions_has_an_end() {
    let past = Past::make().await;
    past.wire.lie(answers::<ListSecretVersions>(|page| *page = Page { items: vec![], next: Some("1".into()) }));
    let listed = past.session.secret_versions(past.made.vault, past.made.first).await.map(drop);
    let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, Fault::RolledBack);
    assert_eq!(listed, Err(Error::Damage(expected)));
}

/// A purged thing that is shown live again is older than what the head says.
#[tokio::test(flavor = "current_thread")]
async fn what_was_purged_does_not_come_back() {
    let past = Past::make().await;
    let (vault, account) = (past.made.vault, past.made.first);
    let taken = Rc::new(RefCell::new(Bytes(Vec::new())));
    let keep = taken.clone();
    let _ = past
        .fresh(frames(move |frames| {
            change_records(frames, |record| {
                if record.context().id == account {
                    *keep.borrow_mut() = record.to_wire();
                }
                None
            });
        }))
        .await;
    let live = taken.take();
    let item = Item::within(vault, RecordKind::Account, account);
    past.session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
    past.session.purge_items(&[item], |_, _, _| {}).await.whole().unwrap();
    let lie = frames(move |frames| {
        change_records(frames, |record| (record.context().id == account).then(|| live.0.clone()));
    });
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.damage(), super::damage_of_head(vault, past.member(), Fault::NotInHead));
    assert!(fresh.shows_nothing_of(vault));
}

/// Only what is out of reach may have lost what it says.
#[tokio::test(flavor = "current_thread")]
async fn what_is_there_does_not_pass_for_purged() {
    let past = Past::make().await;
    let (vault, account) = (past.made.vault, past.made.first);
    let lie = frames(move |frames| {
        change_records(frames, |record| (record.context().id == account).then(|| record.to_bare_wire().0));
    });
    let fresh = past.fresh(lie).await;
    assert_eq!(fresh.synced.as_ref().unwrap().damages, []);
    let number = past.session.verified(vault, past.made.key(account)).unwrap().number;
    let expected = Damage {
        object: DamagedObject::Record(RecordKind::Account),
        vault: Some(vault),
        id: Some(account),
        number: Some(number),
        author: Some(past.member()),
        fault: Fault::Unopenable,
    };
    assert_eq!(fresh.session.verify_some(usize::MAX), (vec![expected], false));
    assert_eq!(fresh.session.verified(vault, past.made.key(account)), Err(Error::Damage(expected)));
}

/// A refusal that says "purged" of something that is there changes nothing here.
#[tokio::test(flavor = "current_thread")]
async fn a_refusal_does_not_make_something_purged() {
    let past = Past::make().await;
    let (vault, account) = (past.made.vault, past.made.first);
    let problem = format!(r#"{{"code":"record_refused","id":"{account}","reason":"purged"}}"#);
    past.wire.lie(move |asked: &Asked<'_>, answered| {
        let of_batch = is_about::<sealward_contract::operations::records::WriteBatch>(asked);
        if of_batch { Answered { status: 422, body: problem.clone().into_bytes() } } else { answered }
    });
    let item = Item::within(vault, RecordKind::Account, account);
    let report = past.session.change_tags(&[item], &["tag".into()], &[], |_, _, _| {}).await;
    assert_eq!((report.changed, report.left.len()), (0, 1));
    assert!(past.session.verified(vault, past.made.key(account)).is_ok());
}
