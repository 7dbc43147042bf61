//! What becomes of a request when people, their rights and the secret change meanwhile, and who hears of it.

use super::request_terms::{acts, is_sound, refused};
use crate::harness::{GUARDED, Guarded, Someone};
use sealward_client::{
    error::Error,
    session::{Event, Heard},
};
use sealward_contract::{
    audit::{AuditedAct, RequestEnd},
    chain::{LeaseTerms, VaultRole},
    ids::Version,
    request::{RequestRefused, Status},
};
use std::time::Duration;

#[tokio::test(flavor = "current_thread")]
async fn an_approver_who_is_demoted_between_two_approvals_counts_no_more() {
    let scene = Guarded::in_memory(2, LeaseTerms::default()).await;
    // Two are always fewer than the custodians, so it takes a fourth before one can go.
    scene.ada.set_grant(scene.made.vault, scene.dan.id(), VaultRole::Custodian).await.unwrap();
    let request = scene.asked(&scene.carol).await;
    scene.bob.approve_request(request, None).await.unwrap();
    scene.ada.sync(|_| {}).await.unwrap();
    scene.ada.set_grant(scene.made.vault, scene.bob.id(), VaultRole::User).await.unwrap();
    scene.eve.approve_request(request, None).await.unwrap();
    let shown = scene.carol.request(request).await.unwrap();
    let by: Vec<_> = shown.approvals.iter().map(|approval| (approval.by, approval.counts)).collect();
    assert_eq!((shown.status, by), (Status::Requested, vec![(scene.bob.id(), false), (scene.eve.id(), true)]));
    assert_eq!(scene.carol.check_out(request).await, refused(RequestRefused::State));
    // A custodian again, Bob's former approval stays as it is; a new one counts.
    scene.ada.set_grant(scene.made.vault, scene.bob.id(), VaultRole::Custodian).await.unwrap();
    assert_eq!(scene.carol.status(request).await, Status::Requested);
    scene.bob.sync(|_| {}).await.unwrap();
    scene.bob.approve_request(request, None).await.unwrap();
    scene.carol.check_out(request).await.unwrap();
    assert_eq!(scene.carol.open(request).await.as_deref(), Ok(GUARDED));
    is_sound(&scene).await;
}

#[tokio::test(flavor = "current_thread")]
async fn nobody_approves_for_somebody_who_is_suspended() {
    let mut scene = Guarded::in_memory(2, LeaseTerms::default()).await;
    let request = scene.asked(&scene.carol).await;
    scene.bob.approve_request(request, None).await.unwrap();
    scene.ada.sync(|_| {}).await.unwrap();
    scene.ada.suspend_member(scene.carol.id()).await.unwrap();
    // What could never count is refused, and not offered.
    let shown = scene.eve.request(request).await.unwrap();
    assert_eq!((shown.status, shown.may.approve, shown.may.reject), (Status::Requested, false, true));
    assert_eq!(scene.eve.approve_request(request, None).await, refused(RequestRefused::State));
    scene.ada.resume_member(scene.carol.id()).await.unwrap();
    scene.carol = Someone::sign_in(&scene.server, scene.carol.keys).await;
    let carol = &scene.carol;
    // Both say it anew: what Bob said was for somebody who then lost the right.
    let counting = |shown: &sealward_client::session::RequestShown| {
        shown.approvals.iter().filter(|approval| approval.counts).count()
    };
    assert_eq!(counting(&carol.request(request).await.unwrap()), 0);
    for approver in [&scene.eve, &scene.bob] {
        approver.sync(|_| {}).await.unwrap();
        approver.approve_request(request, None).await.unwrap();
    }
    carol.check_out(request).await.unwrap();
    assert_eq!(carol.open(request).await.as_deref(), Ok(GUARDED));
}

#[tokio::test(flavor = "current_thread")]
async fn a_lease_ends_with_the_right_at_once() {
    let mut scene = Guarded::in_memory(1, LeaseTerms { exclusive: true, ..LeaseTerms::default() }).await;
    let request = scene.checked_out(&scene.carol).await;
    let dans = scene.approved(&scene.dan).await;
    scene.ada.sync(|_| {}).await.unwrap();
    scene.ada.suspend_member(scene.carol.id()).await.unwrap();
    assert_eq!(scene.bob.status(request).await, Status::CheckedIn);
    scene.dan.check_out(dans).await.unwrap();
    assert_eq!(scene.dan.open(dans).await.as_deref(), Ok(GUARDED));
    // With the right back, the lease is not.
    scene.ada.resume_member(scene.carol.id()).await.unwrap();
    scene.carol = Someone::sign_in(&scene.server, scene.carol.keys).await;
    let carol = &scene.carol;
    assert_eq!(carol.open(request).await, Err(Error::NotCheckedOut));
    let acts = acts(&scene.ada).await;
    let ended = acts.iter().find_map(|(what, _)| match what {
        AuditedAct::RequestEnded { request: named, ended, .. } if *named == request => Some(*ended),
        _ => None,
    });
    assert_eq!(ended, Some(RequestEnd::CheckedIn));
    // Her role in the vault is a right as well.
    scene.dan.check_in(dans).await.unwrap();
    let again = scene.checked_out(carol).await;
    scene.ada.sync(|_| {}).await.unwrap();
    scene.ada.set_grant(scene.made.vault, carol.id(), VaultRole::Viewer).await.unwrap();
    assert!(carol.open(again).await.is_err());
    assert!(scene.ada.list_uses().await.unwrap().iter().all(|listed| listed.holder.is_none()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_version_or_another_policy_sends_an_approved_request_back() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let carol = &scene.carol;
    let request = scene.approved(carol).await;
    scene.change(Version(2), "newer").await;
    assert_eq!(carol.status(request).await, Status::Requested);
    assert_eq!(carol.check_out(request).await, refused(RequestRefused::State));
    scene.bob.approve_request(request, None).await.unwrap();
    assert_eq!(carol.status(request).await, Status::Approved);
    scene.set_policy(1, LeaseTerms { longest: Some(1_800), ..LeaseTerms::default() }).await;
    assert_eq!(carol.status(request).await, Status::Requested);
    scene.bob.sync(|_| {}).await.unwrap();
    scene.bob.approve_request(request, None).await.unwrap();
    carol.check_out(request).await.unwrap();
    assert_eq!(carol.open(request).await.as_deref(), Ok("newer"));
    // A version that comes while it is out does not take the old one away: that one was approved.
    scene.change(Version(3), "newest").await;
    assert_eq!(carol.open(request).await.as_deref(), Ok("newer"));
    carol.check_in(request).await.unwrap();
    is_sound(&scene).await;
}

#[tokio::test(flavor = "current_thread")]
async fn every_step_is_heard_of_in_the_vault_and_nowhere_else() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let stranger = crate::harness::Founder::found(&scene.server, "grace.hopper").await;
    let stranger = Someone::sign_in(&scene.server, stranger).await;
    let (mut eves, mut strangers) = (scene.eve.open_events().await.unwrap(), stranger.open_events().await.unwrap());
    let mut next = async || tokio::time::timeout(Duration::from_secs(5), eves.next()).await.unwrap().unwrap();
    assert_eq!(next().await, Some(Heard::Event(Event::Opened)));
    assert_eq!(strangers.next().await, Ok(Some(Heard::Event(Event::Opened))));
    let told = Some(Heard::Event(Event::Request { vault: scene.made.vault }));
    let request = scene.asked(&scene.carol).await;
    assert_eq!(next().await, told, "asked");
    scene.bob.approve_request(request, None).await.unwrap();
    assert_eq!(next().await, told, "approved");
    scene.carol.check_out(request).await.unwrap();
    assert_eq!(next().await, told, "checked out");
    scene.bob.force_check_in(request, None).await.unwrap();
    assert_eq!(next().await, told, "checked in by force");
    // By the clock too, once somebody looks after it.
    let lapsed = scene.checked_out(&scene.carol).await;
    for step in ["asked", "approved", "checked out"] {
        assert_eq!(next().await, told, "{step}");
    }
    scene.server.clock.advance(crate::harness::HOUR);
    sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
    assert_eq!(next().await, told, "{lapsed} is over");
    let silence = tokio::time::timeout(Duration::from_millis(50), strangers.next()).await;
    assert!(silence.is_err(), "{silence:?}");
}
