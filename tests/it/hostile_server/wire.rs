//! Answers that break off, that are nothing of ours, or that never end.

use super::Past;
use crate::harness::{Answered, Asked, Furnished, answers, is_about, next_of};
use sealward_client::{error::Error, session::VaultDrafts};
use sealward_contract::{
    ids::{Number, VaultId},
    operations::{
        Operation,
        records::{HeadMoved, ReleaseSecret, WriteBatch, WriteError},
        sync::{SyncTeam, SyncVault},
        team::{NumberBlock, ReserveNumbers},
        wire::{Format, write_problem},
    },
};

/// The bodies of one operation's answers, changed as bytes.
fn bytes<O: Operation>(mut change: impl FnMut(Answered) -> Answered) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    move |asked, answered| if is_about::<O>(asked) { change(answered) } else { answered }
}

#[tokio::test(flavor = "current_thread")]
async fn half_a_stream_is_no_answer() {
    let past = Past::make().await;
    let whole = {
        let taken = std::rc::Rc::new(std::cell::Cell::new(0));
        let keep = taken.clone();
        past.fresh(bytes::<SyncVault>(move |answered| {
            keep.set(answered.body.len());
            answered
        }))
        .await;
        taken.get()
    };
    for length in [0, 1, 100, whole / 2, whole - 1] {
        let fresh = past
            .fresh(bytes::<SyncVault>(move |answered| Answered { body: answered.body[..length].to_vec(), ..answered }))
            .await;
        assert_eq!(fresh.synced, Err(Error::Unreachable), "{length} of {whole} bytes");
        assert!(fresh.shows_nothing_of(past.made.vault));
        fresh.wire.tell_the_truth();
        assert_eq!(fresh.session.sync(|_| {}).await.unwrap().damages, []);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn what_comes_after_the_end_is_refused() {
    use sealward_client::error::{DamagedObject::Head, Fault};
    let past = Past::make().await;
    // No frame; a second end; an end in another encoding; no records; bytes that begin nothing.
    for more in [&b"\x00"[..], b"\x82\x04\x80", b"\x82\x04\x81\xf6", b"\x82\x02\x81\x80", b"\xff"] {
        let damage = past.fresh(appended(more)).await.damage();
        assert_eq!((damage.object, damage.fault, damage.vault), (Head, Fault::Malformed, Some(past.made.vault)));
    }
    // The beginning of another frame.
    for more in [&b"\x82"[..], b"\x82\x02\x81\x99"] {
        assert_eq!(past.fresh(appended(more)).await.synced, Err(Error::Unreachable));
    }
}

fn appended(more: &'static [u8]) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    bytes::<SyncVault>(move |mut answered| {
        answered.body.extend_from_slice(more);
        answered
    })
}

#[tokio::test(flavor = "current_thread")]
async fn answers_that_are_none_of_ours_are_told_from_a_server_that_is_down() {
    let past = Past::make().await;
    let others = [
        (200, &b"<html>log in to the hotel's network</html>"[..], Error::Unintelligible),
        (200, b"", Error::Unintelligible),
        (200, b"\xa0", Error::Unintelligible),
        (500, b"oops", Error::Unintelligible),
        (403, br#"{"code":"something_new"}"#, Error::Unintelligible),
        (502, b"<html>Bad Gateway</html>", Error::Unreachable),
        (504, b"", Error::Unreachable),
        (401, br#"{"code":"unauthenticated"}"#, Error::SessionEnded),
    ];
    for (status, body, expected) in others {
        let lie = bytes::<SyncTeam>(move |_| Answered { status, body: body.to_vec() });
        assert_eq!(past.lied_to(lie).await, Err(expected.clone()), "{status}");
        let lie = bytes::<ReleaseSecret>(move |_| Answered { status, body: body.to_vec() });
        past.wire.lie(lie);
        let released = past.session.release(past.made.vault, past.made.first).await.map(drop);
        assert_eq!(released, Err(expected), "{status}");
    }
    // None of it has hurt what was there.
    past.wire.tell_the_truth();
    let released = past.session.release(past.made.vault, past.made.first).await.unwrap();
    assert_eq!(released.value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_field_that_is_no_field_of_an_answer_is_refused() {
    let past = Past::make().await;
    // A map of the right fields, one of the wrong type.
    let lie = bytes::<SyncTeam>(|_| Answered { status: 200, body: b"\xa1\x6astatements\x61x".to_vec() });
    assert_eq!(past.lied_to(lie).await, Err(Error::Unintelligible));
}

#[tokio::test(flavor = "current_thread")]
async fn empty_blocks_of_numbers_do_not_go_round_for_ever() {
    let past = Past::make().await;
    let lie = bytes::<ReserveNumbers>(|answered| {
        let body = Format::Cbor.write(&NumberBlock { first: Number(1), count: 0 });
        Answered { body, ..answered }
    });
    past.wire.lie(lie);
    // The first block that it fetched has numbers left; more than those have to be fetched.
    assert_eq!(past.session.take_numbers(1_000).await.map(drop), Err(Error::Unintelligible));
}

#[tokio::test(flavor = "current_thread")]
async fn a_race_that_is_always_lost_ends() {
    let past = Past::make().await;
    let vault = past.made.vault;
    let newest = {
        let taken = std::rc::Rc::new(std::cell::RefCell::new(None));
        let keep = taken.clone();
        let lie = answers::<SyncTeam>(move |changes| *keep.borrow_mut() = changes.heads.first().cloned());
        past.lied_to(lie).await.unwrap();
        taken.take().unwrap().head
    };
    let lost = |vault: VaultId, complete: bool| {
        let moved = HeadMoved { vault, head: newest.clone(), rests: vec![], records: vec![], leaves: vec![], complete };
        bytes::<WriteBatch>(move |_| {
            let (status, body) = write_problem(&WriteError::StaleHead(Box::new(moved.clone())), None);
            Answered { status, body }
        })
    };
    let draft = next_of(&past.session, vault, past.made.key(past.made.group), "never");
    let write = [VaultDrafts { vault, drafts: vec![draft] }];
    // Lost in a vault that is none: not allowed, and nothing is tried again.
    past.wire.lie(lost(VaultId([7; 16]), false));
    assert_eq!(past.session.write(&write).await, Err(Error::NotAllowed));
    // Lost to the very head that the write was built on: tried again, and not for ever.
    past.wire.lie(lost(vault, true));
    assert_eq!(past.session.write(&write).await, Err(Error::Busy));
    // The server had taken it after all, and the truth brings it.
    past.wire.tell_the_truth();
    past.session.sync(|_| {}).await.unwrap();
    assert_eq!(past.session.write(&write).await, Err(Error::StaleVersion));
}
