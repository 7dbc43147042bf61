//! What a policy may ask of those who want a secret: tickets, a second factor, named approvers, emergencies, more time,
//! and a change after use.

use crate::harness::{App, GUARDED, Guarded, HOUR, Someone, by_token, service, terms};
use sealward_client::{
    error::Error,
    session::{Ending, RequestDraft},
};
use sealward_contract::{
    audit::{ActKind, AuditedAct, RequestStepKind},
    chain::{LeaseTerms, Requirement, ServiceScope, ServiceTerms, TeamRole, VaultRole},
    ids::{RequestId, Version},
    operations::{audit::EventsQuery, requests::WhichRequests},
    request::{RequestRefused, Status},
};
use sealward_server::maintenance::verify::verify;

pub(super) fn refused<T>(reason: RequestRefused) -> Result<T, Error> {
    Err(Error::Request(reason))
}

/// What the audit tells of requests, the newest first.
pub(super) async fn acts(who: &Someone) -> Vec<(AuditedAct, bool)> {
    let query = EventsQuery { kind: Some(ActKind::Change), ..EventsQuery::default() };
    let listed = who.list_events(&query).await.unwrap();
    let all = listed.events.into_iter().map(|listed| (listed.event.what, listed.basis.is_ok()));
    all.filter(|(what, _)| matches!(what, AuditedAct::RequestStepped { .. } | AuditedAct::RequestEnded { .. }))
        .collect()
}

/// Nothing is wrong with the rows, and the audit holds from end to end.
pub(super) async fn is_sound(scene: &Guarded) {
    let report = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{report:?}");
    let checked = scene.ada.check_audit(|_, _| {}).await;
    assert!(checked.as_ref().is_ok_and(|checked| checked.broken.is_none()), "{:?}", checked.err());
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_is_named_for_it_takes_a_secret_at_once() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let (bob, eve) = (&scene.bob, &scene.eve);
    // Bob may break the glass, and nobody but Ada goes without an approval.
    let named = LeaseTerms { break_glass: vec![bob.id()], exempt: Some(vec![scene.ada.id()]), ..LeaseTerms::default() };
    scene.set_policy(1, named).await;
    bob.sync(|_| {}).await.unwrap();
    eve.sync(|_| {}).await.unwrap();
    assert_eq!(bob.release(scene.made.vault, scene.made.first).await.map(drop), Err(Error::ApprovalNeeded));
    let access = bob.access(scene.made.vault, scene.made.first).unwrap();
    assert_eq!((access.direct, access.may_ask, access.may_break_glass, access.needed), (false, true, true, 1));
    let urgent = || RequestDraft { break_glass: true, ..scene.draft() };
    let silent = RequestDraft { reason: None, ..urgent() };
    assert_eq!(bob.ask_for_secret(silent).await, Err(Error::ReasonNeeded));
    // Not who is not named, be they a custodian or not.
    assert_eq!(eve.ask_for_secret(urgent()).await, Err(Error::NotAllowed));
    assert_eq!(scene.carol.ask_for_secret(urgent()).await, Err(Error::NotAllowed));

    let request = bob.ask_for_secret(urgent()).await.unwrap();
    assert_eq!(bob.status(request).await, Status::Approved);
    bob.check_out(request).await.unwrap();
    assert_eq!(bob.open(request).await.as_deref(), Ok(GUARDED));
    // Everyone who may approve is told, and why.
    for other in [&scene.ada, eve] {
        let listed = other.list_requests(WhichRequests::Others, true, None).await.unwrap();
        let shown = listed.requests.iter().find(|shown| shown.id == request).unwrap();
        assert!(shown.break_glass && shown.status == Status::CheckedOut && shown.may.force_check_in);
        assert_eq!(format!("{:?}", shown.reason), "Text(\"the disk is full\")");
    }
    assert!(scene.carol.list_requests(WhichRequests::Others, false, None).await.unwrap().requests.is_empty());
    eve.force_check_in(request, Some("what was that?".into())).await.unwrap();
    assert_eq!(bob.open(request).await, Err(Error::NotCheckedOut));
    let steps: Vec<_> =
        acts(&scene.ada).await.into_iter().filter(|(what, _)| named_in(what) == Some(request)).collect();
    let kinds: Vec<_> = steps.iter().map(|(what, founded)| (step_of(what), *founded)).collect();
    for kind in [RequestStepKind::GlassBroken, RequestStepKind::CheckedOut, RequestStepKind::ForcedIn] {
        assert!(kinds.contains(&(Some(kind), true)), "{kinds:?}");
    }
    assert_eq!(kinds.len(), 3);
    is_sound(&scene).await;
}

fn named_in(what: &AuditedAct) -> Option<RequestId> {
    match what {
        AuditedAct::RequestStepped { request, .. } | AuditedAct::RequestEnded { request, .. } => Some(*request),
        _ => None,
    }
}

fn step_of(what: &AuditedAct) -> Option<RequestStepKind> {
    match what {
        AuditedAct::RequestStepped { step, .. } => Some(*step),
        _ => None,
    }
}

#[tokio::test(flavor = "current_thread")]
async fn more_time_takes_another_approval_and_ends_the_first_lease() {
    let scene = Guarded::in_memory(1, LeaseTerms { exclusive: true, ..LeaseTerms::default() }).await;
    let carol = &scene.carol;
    let first = scene.checked_out(carol).await;
    // Dan waits, and does not come in between.
    let dans = scene.approved(&scene.dan).await;
    scene.server.clock.advance(HOUR - 60_000);
    let more = RequestDraft { extends: Some(first), ..scene.draft() };
    let second = carol.ask_for_secret(more.clone()).await.unwrap();
    // It stands in no queue: neither behind her own lease nor behind Dan.
    assert_eq!(carol.request(second).await.unwrap().before, 0);
    assert_eq!(carol.check_out(second).await, refused(RequestRefused::State));
    scene.bob.approve_request(second, None).await.unwrap();
    assert_eq!(carol.status(first).await, Status::CheckedOut, "the first goes on until the second is taken");
    carol.check_out(second).await.unwrap();
    let shown = carol.request(first).await.unwrap();
    assert_eq!((shown.status, shown.end.unwrap().how), (Status::CheckedIn, Ending::Extended));
    assert_eq!(carol.open(first).await, Err(Error::NotCheckedOut));
    assert_eq!(carol.open(second).await.as_deref(), Ok(GUARDED));
    assert!(matches!(scene.dan.check_out(dans).await, Err(Error::InUse { .. })));
    let held: Vec<_> = scene.ada.list_uses().await.unwrap().into_iter().filter_map(|listed| listed.holder).collect();
    assert_eq!(held.iter().map(|holder| (holder.member, holder.request)).collect::<Vec<_>>(), [(carol.id(), second)]);
    // The hour counts anew, from the second check-out.
    scene.server.clock.advance(HOUR - 1);
    assert_eq!(carol.open(second).await.as_deref(), Ok(GUARDED));
    scene.server.clock.advance(1);
    assert_eq!(carol.open(second).await, Err(Error::NotCheckedOut));
    assert_eq!(
        carol.ask_for_secret(RequestDraft { extends: Some(second), ..more }).await,
        refused(RequestRefused::State)
    );
    scene.dan.check_out(dans).await.unwrap();
    is_sound(&scene).await;
}

/// What goes on with a lease ends with it, and asks for a new secret when all of it is over.
#[tokio::test(flavor = "current_thread")]
async fn more_time_ends_with_the_lease_that_it_goes_on_with() {
    let terms = LeaseTerms { exclusive: true, change_after_use: true, ..LeaseTerms::default() };
    let scene = Guarded::in_memory(1, terms).await;
    let (carol, dan) = (&scene.carol, &scene.dan);
    let due = async || scene.ada.list_uses().await.unwrap().into_iter().find_map(|listed| listed.change_due);
    let first = scene.checked_out(carol).await;
    assert_eq!(carol.open(first).await.as_deref(), Ok(GUARDED));
    let more = |extends| RequestDraft { extends: Some(extends), ..scene.draft() };
    let second = carol.ask_for_secret(more(first)).await.unwrap();
    let spare = carol.ask_for_secret(more(first)).await.unwrap();
    for request in [second, spare] {
        scene.bob.approve_request(request, None).await.unwrap();
    }
    // Nobody waits: it is hers already.
    let uses = scene.ada.list_uses().await.unwrap();
    assert_eq!(uses.iter().map(|listed| listed.waiting).collect::<Vec<_>>(), [0]);
    carol.check_out(second).await.unwrap();
    assert_eq!(carol.status(spare).await, Status::Void, "what it went on with is over");
    assert_eq!(carol.check_out(spare).await, refused(RequestRefused::State));
    assert_eq!(due().await, None, "it goes on");
    // Dan is approved, and has the turn after her: what she asks for in addition does not come before him.
    let dans = scene.approved(dan).await;
    let third = carol.ask_for_secret(more(second)).await.unwrap();
    scene.bob.approve_request(third, None).await.unwrap();
    carol.check_in(second).await.unwrap();
    assert_eq!(carol.status(third).await, Status::Void);
    assert_eq!(due().await, Some(Version(2)), "she saw it by the first lease");
    assert_eq!(dan.request(dans).await.unwrap().before, 0);
    dan.check_out(dans).await.unwrap();
    is_sound(&scene).await;
}

/// Who waits for an approval stands before nobody; who has the secret, or the turn, does.
#[tokio::test(flavor = "current_thread")]
async fn the_queue_is_of_those_who_could_have_it() {
    let scene = Guarded::in_memory(1, LeaseTerms { exclusive: true, ..LeaseTerms::default() }).await;
    let (carol, dan) = (&scene.carol, &scene.dan);
    let waiting = scene.asked(carol).await;
    scene.server.clock.advance(1);
    let dans = scene.approved(dan).await;
    let shown = dan.request(dans).await.unwrap();
    assert_eq!((shown.before, shown.free_at, shown.may.check_out), (0, None, true));
    scene.bob.approve_request(waiting, None).await.unwrap();
    // She asked first: the turn is hers for ten minutes.
    let now = carol.surroundings().now();
    let shown = dan.request(dans).await.unwrap();
    let until = now.plus_millis(10 * 60 * 1_000);
    assert_eq!((shown.before, shown.free_at, shown.may.check_out), (1, Some(until), false));
    assert!(matches!(dan.check_out(dans).await, Err(Error::InUse { member: None, .. })));
    scene.server.clock.advance(10 * 60 * 1_000);
    let shown = dan.request(dans).await.unwrap();
    assert_eq!((shown.before, shown.free_at, shown.may.check_out), (0, None, true));
    dan.check_out(dans).await.unwrap();
    let shown = carol.request(waiting).await.unwrap();
    assert_eq!((shown.before, shown.may.check_out), (1, false));
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_has_a_second_factor_of_its_own() {
    // The team's policy asks for none.
    let scene = Guarded::in_memory(1, LeaseTerms { factor: true, ..LeaseTerms::default() }).await;
    let carol = &scene.carol;
    let request = scene.approved(carol).await;
    assert!(matches!(carol.check_out(request).await, Err(Error::SecondFactorNeeded(_))));
    assert_eq!(carol.status(request).await, Status::Approved);
    let app = App::set_up(&scene.server, carol).await;
    carol.check_out(request).await.unwrap();
    assert_eq!(carol.open(request).await.as_deref(), Ok(GUARDED));
    // And again for the secret itself, when the confirmation is over.
    let confirmed = u64::from(sealward_contract::chain::TeamPolicy::DEFAULT.confirmation) * 1_000;
    scene.server.clock.advance(confirmed);
    assert!(matches!(carol.open(request).await, Err(Error::SecondFactorNeeded(_))));
    app.confirm(&scene.server, carol).await.unwrap();
    assert_eq!(carol.open(request).await.as_deref(), Ok(GUARDED));
    // The second account of the same vault is as free as it was.
    assert!(scene.dan.release(scene.made.vault, scene.made.second).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn a_ticket_has_to_be_one() {
    let terms = LeaseTerms {
        ticket: Requirement::Required,
        ticket_pattern: Some("OPS-[0-9]{3,}".into()),
        ..LeaseTerms::default()
    };
    let scene = Guarded::in_memory(1, terms).await;
    let carol = &scene.carol;
    let with = |ticket: Option<&str>| RequestDraft { ticket: ticket.map(str::to_owned), ..scene.draft() };
    for wrong in [None, Some(""), Some("  "), Some("OPS-12"), Some("DEV-123"), Some("OPS-123 or so")] {
        assert_eq!(carol.ask_for_secret(with(wrong)).await, Err(Error::TicketNeeded), "{wrong:?}");
    }
    let request = carol.ask_for_secret(with(Some(" OPS-123 "))).await.unwrap();
    let shown = scene.bob.request(request).await.unwrap();
    assert_eq!(format!("{:?} {:?}", shown.reason, shown.ticket), "Text(\"the disk is full\") Text(\"OPS-123\")");
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_that_was_seen_is_to_be_changed_and_one_that_was_not_is_not() {
    let scene = Guarded::in_memory(1, LeaseTerms { change_after_use: true, ..LeaseTerms::default() }).await;
    let due = async || {
        let uses = scene.ada.list_uses().await.unwrap();
        uses.into_iter().find_map(|listed| listed.change_due)
    };
    let unseen = scene.checked_out(&scene.carol).await;
    scene.carol.check_in(unseen).await.unwrap();
    assert_eq!(due().await, None);
    // However it ends: given back, by force, by the clock, with the right.
    for (version, how) in (2..).zip(["given back", "by force", "by the clock", "with the right"]) {
        let request = scene.checked_out(&scene.carol).await;
        scene.carol.open(request).await.unwrap();
        assert_eq!(due().await, None, "{how}: while it is in use");
        match how {
            "given back" => scene.carol.check_in(request).await.unwrap(),
            "by force" => scene.bob.force_check_in(request, None).await.unwrap(),
            "by the clock" => {
                scene.server.clock.advance(HOUR);
                sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
            }
            _ => {
                scene.ada.sync(|_| {}).await.unwrap();
                scene.ada.suspend_member(scene.carol.id()).await.unwrap();
            }
        }
        assert_eq!(due().await, Some(Version(version)), "{how}");
        scene.change(Version(version), GUARDED).await;
        assert_eq!(due().await, None, "{how}: changed");
    }
    is_sound(&scene).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_approves_where_it_is_named() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let vault = scene.made.vault;
    let new = service("approver", &[(vault, VaultRole::User)], terms(&[]));
    let token = scene.ada.admit_service(&new).await.unwrap();
    let bot = by_token(&scene.server, &token).await.unwrap();
    bot.sync(|_| {}).await.unwrap();
    let request = scene.asked(&scene.carol).await;
    // Not named: it is not there for it.
    assert_eq!(bot.approve_request(request, None).await, Err(Error::Gone));
    let mut approvers = vec![scene.bob.id(), token.member()];
    approvers.sort();
    scene.set_policy(2, LeaseTerms { approvers, ..LeaseTerms::default() }).await;
    let request = scene.asked(&scene.carol).await;
    bot.sync(|_| {}).await.unwrap();
    bot.approve_request(request, Some("by its rule".into())).await.unwrap();
    assert_eq!(bot.approve_request(request, None).await, refused(RequestRefused::Twice));
    // Eve is a custodian, and not named.
    scene.eve.sync(|_| {}).await.unwrap();
    assert_eq!(scene.eve.approve_request(request, None).await, refused(RequestRefused::Right));
    scene.bob.approve_request(request, None).await.unwrap();
    let shown = scene.carol.request(request).await.unwrap();
    let by: Vec<_> = shown.approvals.iter().map(|approval| (approval.by, approval.counts)).collect();
    assert_eq!((shown.status, by), (Status::Approved, vec![(token.member(), true), (scene.bob.id(), true)]));
    scene.carol.check_out(request).await.unwrap();
    assert_eq!(scene.carol.open(request).await.as_deref(), Ok(GUARDED));
    // It has no key to hand on, so it is never the last.
    let last = scene.asked(&scene.carol).await;
    scene.bob.approve_request(last, None).await.unwrap();
    assert_eq!(bot.approve_request(last, None).await, Err(Error::NotAllowed));
    is_sound(&scene).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_service_that_only_asks_is_given_what_was_approved() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let asks = ServiceTerms { scope: ServiceScope::Requests, ..terms(&[]) };
    let new = service("asks", &[(scene.made.vault, VaultRole::Viewer)], asks);
    let token = scene.ada.admit_service(&new).await.unwrap();
    let bot = by_token(&scene.server, &token).await.unwrap();
    bot.sync(|_| {}).await.unwrap();
    let request = bot.ask_for_secret(scene.draft()).await.unwrap();
    // Ada made its keys: hers would be the approval of its own.
    scene.ada.sync(|_| {}).await.unwrap();
    assert_eq!(scene.ada.approve_request(request, None).await, refused(RequestRefused::Own));
    scene.bob.approve_request(request, None).await.unwrap();
    bot.check_out(request).await.unwrap();
    assert_eq!(bot.release_leased(request).await.unwrap().value.expose(), GUARDED);
}

#[tokio::test(flavor = "current_thread")]
async fn an_auditor_sees_who_has_what_and_neither_asks_nor_approves() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    scene.ada.sync(|_| {}).await.unwrap();
    let keys = crate::harness::Founder::invited(&scene.server, &scene.ada, "ivy", &[]).await;
    scene.ada.set_team_role(keys.identity.member, TeamRole::Auditor).await.unwrap();
    let ivy = Someone::sign_in(&scene.server, keys).await;
    let request = scene.checked_out(&scene.carol).await;
    let uses = ivy.list_uses().await.unwrap();
    assert_eq!(uses[0].holder.map(|holder| holder.member), Some(scene.carol.id()));
    assert!(ivy.ask_for_secret(scene.draft()).await.is_err());
    assert_eq!(ivy.approve_request(request, None).await, Err(Error::Gone));
    assert_eq!(ivy.force_check_in(request, None).await, Err(Error::Gone));
    let told = acts(&ivy).await;
    assert!(told.iter().any(|(what, founded)| named_in(what) == Some(request) && *founded));
}
