//! Asking for a guarded secret: asked, approved, checked out, opened, checked in; and all that keeps it from that.

use crate::harness::{Furnished, GUARDED, Guarded, HOUR, InProcess};
use sealward_client::{
    error::Error,
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{Ending, RequestDraft, Session},
};
use sealward_contract::{
    chain::{Approvals, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, VaultRole},
    ids::{MemberId, RequestId, Version},
    operations::requests::WhichRequests,
    request::{End, RequestRefused, Status},
};
use sealward_server::{
    maintenance::verify::verify,
    store::{
        Order, Rows,
        tables::{GRANTS, LEASES},
    },
};

async fn change(session: &Session<InProcess>, made: &Furnished, base: Version, secret: &str) {
    session.sync(|_| {}).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new(secret.into()), score: None });
    session.update_account(made.vault, made.first, base, details, secret).await.unwrap();
}

fn draft(made: &Furnished) -> RequestDraft {
    RequestDraft {
        vault: made.vault,
        account: made.first,
        from: None,
        seconds: None,
        reason: Some("the disk is full".into()),
        ticket: None,
        extends: None,
        break_glass: false,
    }
}

async fn status(session: &Session<InProcess>, request: RequestId) -> Status {
    session.request(request).await.unwrap().status
}

async fn opened(session: &Session<InProcess>, request: RequestId) -> Result<String, Error> {
    session.release_leased(request).await.map(|payload| payload.value.expose().to_owned())
}

fn refused<T>(reason: RequestRefused) -> Result<T, Error> {
    Err(Error::Request(reason))
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_is_asked_for_approved_used_given_back_and_changed() {
    let terms = LeaseTerms { change_after_use: true, ..LeaseTerms::default() };
    let Guarded { server, made, ada, bob, carol, .. } = Guarded::in_memory(1, terms).await;
    assert_eq!(carol.release(made.vault, made.first).await.map(drop), Err(Error::ApprovalNeeded));
    let access = carol.access(made.vault, made.first).unwrap();
    assert_eq!((access.direct, access.may_ask, access.needed), (false, true, 1));
    let blank = RequestDraft { reason: None, ..draft(&made) };
    assert_eq!(carol.ask_for_secret(blank).await, Err(Error::ReasonNeeded));

    let request = carol.ask_for_secret(draft(&made)).await.unwrap();
    // Nobody approves their own, and nothing is to be had before.
    assert_eq!(carol.approve_request(request, None).await, refused(RequestRefused::Own));
    assert_eq!(carol.check_out(request).await, refused(RequestRefused::State));
    assert_eq!(opened(&carol, request).await, Err(Error::NotCheckedOut));
    let asked = bob.list_requests(WhichRequests::Others, true, None).await.unwrap();
    assert_eq!((asked.requests.len(), asked.damages.len()), (1, 0));
    assert!(asked.requests[0].may.approve && asked.requests[0].may.reject);
    assert_eq!(format!("{:?}", asked.requests[0].reason), "Text(\"the disk is full\")");
    bob.approve_request(request, Some("go ahead".into())).await.unwrap();
    assert_eq!(status(&carol, request).await, Status::Approved);
    assert_eq!(opened(&carol, request).await, Err(Error::NotCheckedOut));
    carol.check_out(request).await.unwrap();
    assert_eq!(opened(&carol, request).await.as_deref(), Ok(GUARDED));
    assert_eq!(opened(&carol, request).await.as_deref(), Ok(GUARDED));
    let uses = ada.list_uses().await.unwrap();
    assert_eq!(uses.len(), 1);
    assert_eq!(uses[0].holder.map(|holder| holder.member), Some(carol.member()));

    // The clock gives it back: not a moment before.
    server.clock.advance(HOUR - 1);
    assert_eq!(opened(&carol, request).await.as_deref(), Ok(GUARDED));
    server.clock.advance(1);
    assert_eq!(opened(&carol, request).await, Err(Error::NotCheckedOut));
    assert_eq!(status(&carol, request).await, Status::CheckedIn);
    sealward_server::jobs::end_leases(server.server.app()).await.unwrap();
    let snapshot = server.server.app().store.snapshot().unwrap();
    assert_eq!(count(&snapshot), (0, 0), "no part of a grant is left");
    let uses = ada.list_uses().await.unwrap();
    assert_eq!((uses.len(), uses[0].holder, uses[0].change_due), (1, None, Some(Version(2))));
    change(&ada, &made, Version(2), "another one").await;
    assert_eq!(ada.list_uses().await.unwrap(), []);
    let report = verify(&snapshot).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let checked = ada.check_audit(|_, _| {}).await;
    assert!(checked.is_ok(), "{:?}", checked.err());
}

#[tokio::test(flavor = "current_thread")]
async fn who_has_an_older_version_is_told_that_there_is_a_newer_one() {
    let Guarded { made, ada, bob, carol, .. } = Guarded::in_memory(1, LeaseTerms::default()).await;
    let request = carol.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(request, None).await.unwrap();
    carol.check_out(request).await.unwrap();
    assert!(!carol.request(request).await.unwrap().superseded);
    change(&ada, &made, Version(2), "another one").await;
    carol.sync(|_| {}).await.unwrap();
    assert!(carol.request(request).await.unwrap().superseded);
    assert_eq!(opened(&carol, request).await.as_deref(), Ok(GUARDED));
    carol.check_in(request).await.unwrap();
    assert!(!carol.request(request).await.unwrap().superseded);
}

fn count(rows: &impl Rows) -> (usize, usize) {
    let (mut grants, mut leases) = (0, 0);
    GRANTS
        .scan(rows, &(), Order::Forward, |_, _| {
            grants += 1;
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    LEASES
        .scan(rows, &(), Order::Forward, |_, _| {
            leases += 1;
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    (grants, leases)
}

#[tokio::test(flavor = "current_thread")]
async fn two_have_to_approve_and_a_demoted_one_counts_no_more() {
    let Guarded { made, ada, bob, carol, .. } = Guarded::in_memory(2, LeaseTerms::default()).await;
    let request = carol.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(request, None).await.unwrap();
    assert_eq!(bob.approve_request(request, None).await, refused(RequestRefused::Twice));
    assert_eq!(status(&carol, request).await, Status::Requested);
    assert_eq!(carol.check_out(request).await, refused(RequestRefused::State));
    // One approval and the whole store: there is no grant that anybody could put together.
    let bobs: MemberId = bob.member();
    ada.set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Account(made.first), policy: None })
        .await
        .unwrap();
    let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::None, terms: None });
    ada.set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Account(made.first), policy }).await.unwrap();
    // Another policy: what was approved under the former one counts no more.
    assert_eq!(status(&carol, request).await, Status::Requested);
    bob.approve_request(request, None).await.unwrap();
    assert_eq!(status(&carol, request).await, Status::Approved);
    ada.set_grant(made.vault, bobs, VaultRole::Editor).await.unwrap();
    assert_eq!(status(&carol, request).await, Status::Requested);
    ada.approve_request(request, None).await.unwrap();
    carol.check_out(request).await.unwrap();
    assert_eq!(opened(&carol, request).await.as_deref(), Ok(GUARDED));
}

#[tokio::test(flavor = "current_thread")]
async fn one_person_has_an_exclusive_secret_and_the_others_wait_in_order() {
    let terms = LeaseTerms { exclusive: true, ..LeaseTerms::default() };
    let Guarded { server, made, ada, bob, carol, dan, .. } = Guarded::in_memory(1, terms).await;
    // Custodians too.
    assert_eq!(ada.release(made.vault, made.first).await.map(drop), Err(Error::CheckOutNeeded));
    let first = carol.ask_for_secret(draft(&made)).await.unwrap();
    server.clock.advance(1_000);
    let second = dan.ask_for_secret(draft(&made)).await.unwrap();
    server.clock.advance(1_000);
    let third = ada.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(first, None).await.unwrap();
    bob.approve_request(second, None).await.unwrap();
    // Whoever asked before has the turn.
    assert!(matches!(dan.check_out(second).await, Err(Error::InUse { member: None, .. })));
    carol.check_out(first).await.unwrap();
    let held = dan.check_out(second).await;
    let until = server.clock.now().plus_millis(HOUR);
    assert_eq!(held, Err(Error::InUse { member: Some(carol.member()), until: Some(until) }));
    assert!(matches!(ada.check_out(third).await, Err(Error::InUse { .. })));
    assert_eq!(dan.request(second).await.unwrap().before, 1);
    // Taken back by a custodian.
    assert_eq!(dan.force_check_in(first, None).await, Err(Error::Gone));
    bob.force_check_in(first, Some("needed at once".into())).await.unwrap();
    let end = carol.request(first).await.unwrap().end.unwrap();
    assert_eq!((end.how, end.by), (Ending::Stated(End::ForcedIn), Some(bob.member())));
    assert_eq!(opened(&carol, first).await, Err(Error::NotCheckedOut));
    dan.check_out(second).await.unwrap();
    assert_eq!(opened(&dan, second).await.as_deref(), Ok(GUARDED));
    dan.check_in(second).await.unwrap();
    ada.check_out(third).await.unwrap();
    assert_eq!(opened(&ada, third).await.as_deref(), Ok(GUARDED));
    // Suspended in the middle of it.
    ada.check_in(third).await.unwrap();
    let fourth = dan.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(fourth, None).await.unwrap();
    dan.check_out(fourth).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    ada.suspend_member(dan.member()).await.unwrap();
    assert_eq!(count(&server.server.app().store.snapshot().unwrap()), (0, 0));
}

#[tokio::test(flavor = "current_thread")]
async fn a_request_is_rejected_cancelled_revoked_and_void_in_time() {
    let Guarded { server, made, bob, carol, .. } =
        Guarded::in_memory(1, LeaseTerms { waits: Some(3 * 3_600), ..LeaseTerms::default() }).await;
    let rejected = carol.ask_for_secret(draft(&made)).await.unwrap();
    bob.reject_request(rejected, Some("not today".into())).await.unwrap();
    assert_eq!(status(&carol, rejected).await, Status::Rejected);
    assert_eq!(bob.approve_request(rejected, None).await, refused(RequestRefused::State));
    let cancelled = carol.ask_for_secret(draft(&made)).await.unwrap();
    carol.cancel_request(cancelled).await.unwrap();
    assert_eq!(status(&bob, cancelled).await, Status::Cancelled);
    let revoked = carol.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(revoked, None).await.unwrap();
    bob.revoke_request(revoked, None).await.unwrap();
    assert_eq!(carol.check_out(revoked).await, refused(RequestRefused::State));
    // A window to come, and one that nobody approved in time.
    let from = server.clock.now().plus_millis(2 * HOUR);
    let later = carol.ask_for_secret(RequestDraft { from: Some(from), ..draft(&made) }).await.unwrap();
    let forgotten = carol.ask_for_secret(draft(&made)).await.unwrap();
    bob.approve_request(later, None).await.unwrap();
    assert_eq!(carol.check_out(later).await, refused(RequestRefused::Time));
    server.clock.advance(2 * HOUR);
    carol.check_out(later).await.unwrap();
    assert_eq!(opened(&carol, later).await.as_deref(), Ok(GUARDED));
    server.clock.advance(HOUR - 1);
    assert_eq!(status(&carol, forgotten).await, Status::Requested);
    server.clock.advance(1);
    assert_eq!(status(&carol, forgotten).await, Status::Void);
    assert_eq!(bob.approve_request(forgotten, None).await, refused(RequestRefused::State));
}
