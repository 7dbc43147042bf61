//! Old states shown to a device that remembers nothing, where somebody has signed to have seen more.

use super::history::{refused, rename, snapshot};
use super::{Past, damage};
use crate::harness::{Answered, Asked, answers, frames, next_of, service, terms};
use sealward_client::{
    error::{DamagedObject::Audit, Error, Fault},
    model::VaultDetails,
    session::{Footing, NewVault, Sight, VaultDrafts},
};
use sealward_contract::{
    bytes::Bytes,
    chain::VaultKind,
    crypto::Hash,
    ids::Timestamp,
    operations::{checkpoints::ListCheckpoints, sync::SyncTeam},
};
use std::{cell::RefCell, rc::Rc};

/// Two lies at once.
fn both(
    mut one: impl FnMut(&Asked<'_>, Answered) -> Answered,
    mut other: impl FnMut(&Asked<'_>, Answered) -> Answered,
) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    move |asked, answered| {
        let answered = one(asked, answered);
        other(asked, answered)
    }
}

impl Past {
    fn footing(&self) -> Footing {
        Footing { member: self.member(), time: Timestamp(self.server.clock.now().0) }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_device_says_whose_checkpoint_it_stands_on() {
    let past = Past::make().await;
    assert_eq!(past.session.sight(), Some(Sight::Shown(None)), "nobody left one before");
    assert_eq!(past.session.leave_checkpoint().await, Ok(true));
    let footing = past.footing();
    past.server.clock.advance(5_000);
    let honest = |_: &Asked<'_>, answered| answered;
    let fresh = past.fresh(honest).await;
    assert_eq!((fresh.synced.unwrap().damages, fresh.session.sight()), (vec![], Some(Sight::Shown(Some(footing)))));
    let sight = Sight::Shown(Some(footing));
    let week = 7 * 24 * 60 * 60 * 1_000;
    let after = |millis| sight.is_doubtful(Timestamp(footing.time.0 + millis));
    assert_eq!([after(0), after(week), after(week + 1)], [false, false, true]);
    let ahead = Sight::Shown(Some(Footing { time: Timestamp(footing.time.0 + week), ..footing }));
    assert!(ahead.is_doubtful(footing.time), "from a time to come");
    assert!(Sight::Shown(None).is_doubtful(Timestamp(0)) && !Sight::Own.is_doubtful(Timestamp(u64::MAX)));
    let remembering = past.fresh_with(past.session.memory(), honest).await;
    assert_eq!(remembering.session.sight(), Some(Sight::Own));
}

#[tokio::test(flavor = "current_thread")]
async fn a_chain_from_before_a_checkpoint_is_refused() {
    let past = Past::make().await;
    let details = VaultDetails { name: "Later".into(), ..Default::default() };
    let later = NewVault { details, kind: VaultKind::Shared };
    let later = past.session.create_vault(&later).await.unwrap();
    past.session.sync(|_| {}).await.unwrap();
    let older = || {
        answers::<SyncTeam>(move |changes| {
            changes.statements.pop();
            changes.heads.retain(|head| head.vault != later);
            changes.envelopes.retain(|envelope| envelope.vault != Some(later));
        })
    };
    // Without a checkpoint nothing tells that this is not all.
    assert_eq!(past.fresh(older()).await.synced.unwrap().damages, []);
    past.session.leave_checkpoint().await.unwrap();
    let footing = past.footing();
    assert_eq!(past.fresh(older()).await.synced, Err(Error::Behind { footing }));
    // A server that shows nobody's checkpoint is seen to do so.
    let silent = answers::<ListCheckpoints>(|listed| listed.checkpoints.clear());
    let fresh = past.fresh(both(older(), silent)).await;
    assert_eq!((fresh.synced.unwrap().damages, fresh.session.sight()), (vec![], Some(Sight::Shown(None))));
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_from_before_a_checkpoint_is_refused() {
    let past = Past::make().await;
    let old = snapshot(&past).await;
    rename(&past, "newer").await;
    let older = |old: Vec<_>| frames(move |frames| *frames = old.clone());
    assert_eq!(past.fresh(older(old.clone())).await.synced.unwrap().damages, [], "nothing tells");
    past.session.sync(|_| {}).await.unwrap();
    assert_eq!(past.session.leave_checkpoint().await, Ok(true));
    let fresh = past.fresh(older(old)).await;
    assert_eq!(fresh.damage(), refused(&past, Fault::RolledBack));
    assert!(fresh.shows_nothing_of(past.made.vault));
    // What goes on from there is taken.
    rename(&past, "newest").await;
    assert_eq!(past.fresh(|_, answered| answered).await.synced.unwrap().damages, []);
}

#[tokio::test(flavor = "current_thread")]
async fn an_audit_from_before_a_checkpoint_is_refused() {
    let past = Past::make().await;
    past.session.leave_checkpoint().await.unwrap();
    // Signing in added one event, which nobody has seen yet; the lie takes that and one more.
    let lie = answers::<SyncTeam>(|changes| {
        changes.audit.sequence -= 2;
        changes.audit.hash = Hash([7; 32]);
    });
    assert_eq!(past.fresh(lie).await.synced, Err(Error::Damage(damage(Audit, Fault::RolledBack))));
}

#[tokio::test(flavor = "current_thread")]
async fn what_nobody_signed_says_nothing() {
    let past = Past::make().await;
    past.session.leave_checkpoint().await.unwrap();
    let footing = past.footing();
    let lie = answers::<ListCheckpoints>(|listed| {
        let mut altered = listed.checkpoints[0].0.clone();
        let last = altered.len() - 1;
        altered[last] ^= 1;
        listed.checkpoints.insert(0, Bytes(altered));
        listed.checkpoints.push(Bytes(vec![7; 80]));
    });
    let fresh = past.fresh(lie).await;
    assert_eq!((fresh.synced.unwrap().damages, fresh.session.sight()), (vec![], Some(Sight::Shown(Some(footing)))));
}

#[tokio::test(flavor = "current_thread")]
async fn where_nobody_has_compared_nothing_is_written_or_remembered() {
    let past = Past::make().await;
    let token = past.session.admit_service(&service("build", &[], terms(&[]))).await.unwrap();
    past.session.suspend_member(token.member()).await.unwrap();
    let wire = past.server.connect();
    let session = past.founder.session_with(&past.server, &wire, None).await;
    session.hold_where_doubtful();
    session.sync(|_| {}).await.unwrap();
    assert!(session.is_held());
    assert_eq!(session.memory(), None, "the next session asks again");
    let before = wire.sent();
    let draft = next_of(&session, past.made.vault, past.made.key(past.made.group), "renamed");
    let drafts = VaultDrafts { vault: past.made.vault, drafts: vec![draft] };
    assert_eq!(session.write(&[drafts]).await, Err(Error::Held));
    let details = VaultDetails { name: "Another".into(), ..Default::default() };
    let another = NewVault { details, kind: VaultKind::Shared };
    assert_eq!(session.create_vault(&another).await.map(drop), Err(Error::Held));
    assert_eq!(session.start_epoch(past.made.vault).await.map(drop), Err(Error::Held));
    assert_eq!(session.resume_member(token.member()).await.map(drop), Err(Error::Held));
    assert_eq!(wire.sent(), before, "nothing was sent");

    session.begun_here();
    session.sync(|_| {}).await.unwrap();
    assert!(session.memory().is_some() && session.leave_checkpoint().await == Ok(true));
}

#[tokio::test(flavor = "current_thread")]
async fn what_others_saw_meanwhile_is_no_lie() {
    let past = Past::make().await;
    // Somebody writes and leaves a checkpoint between the two answers: the first one then knows less.
    let older = Rc::new(RefCell::new(true));
    let later = VaultDetails { name: "Later".into(), ..Default::default() };
    let later = NewVault { details: later, kind: VaultKind::Shared };
    let later = past.session.create_vault(&later).await.unwrap();
    past.session.sync(|_| {}).await.unwrap();
    past.session.leave_checkpoint().await.unwrap();
    let once = Rc::clone(&older);
    let fresh = past.fresh(answers::<SyncTeam>(move |changes| {
        if once.replace(false) {
            changes.statements.pop();
            changes.heads.retain(|head| head.vault != later);
            changes.envelopes.retain(|envelope| envelope.vault != Some(later));
        }
    }));
    let fresh = fresh.await;
    assert_eq!(fresh.synced.unwrap().damages, []);
    assert!(fresh.session.vaults().contains_key(&later));
}
