//! Lies about what a step of a request is about: but for the one that asks, its statement names neither vault nor account
//! nor whoever asked.

use super::*;
use crate::harness::Guarded;
use sealward_contract::{
    audit::{Basis, RequestStepKind},
    chain::LeaseTerms,
    ids::{MemberId, ObjectId, TeamId, VaultId},
};
use sealward_server::{
    maintenance::verify::verify,
    store::{
        StoreError, WriteTx,
        tables::{AUDIT_ANCHORS, AUDIT_EVENTS, AuditHeadRow},
    },
};

/// Changes what an event says.
type Lie = fn(&Guarded, &mut VaultId, &mut ObjectId, &mut MemberId);

/// Asked for by Carol, approved by Bob, checked out and in.
async fn scene() -> (Guarded, Vec<EventListed>) {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let request = scene.checked_out(&scene.carol).await;
    scene.carol.check_in(request).await.unwrap();
    let listed = scene.ada.list_events(&all()).await.unwrap().events;
    let honest = listed.iter().map(|listed| EventListed { event: Bytes(codec::encode(&listed.event)) }).collect();
    (scene, honest)
}

fn all() -> EventsQuery {
    EventsQuery { limit: Some(500), ..EventsQuery::default() }
}

/// Where a step is told of.
fn find(events: &[EventListed], step: RequestStepKind) -> usize {
    let told = |listed: &EventListed| match decode(listed).what {
        AuditedAct::RequestStepped { step, .. } => Some(step),
        _ => None,
    };
    events.iter().position(|listed| told(listed) == Some(step)).unwrap()
}

/// Has an event say something else.
fn lie_about(scene: &Guarded, event: &mut AuditEvent, lie: Lie) {
    let AuditedAct::RequestStepped { vault, account, of, .. } = &mut event.what else { panic!("no step") };
    lie(scene, vault, account, of);
}

/// What a device of Ada's that has seen nothing finds in such a chain: the first fault, and the basis of one event.
async fn found(
    scene: &Guarded,
    mut events: Vec<EventListed>,
    at: usize,
) -> (Option<BrokenEvent>, Result<Basis, Unfounded>) {
    let head = bind(&mut events);
    let wire = scene.server.connect();
    let fresh = scene.ada.keys.session(&scene.server, &wire).await;
    wire.lie(with_head(move |items| items.clone_from(&events), head));
    let checked = fresh.check_audit(|_, _| {}).await.unwrap();
    let listed = fresh.list_events(&all()).await.unwrap();
    (checked.broken, listed.events[at].basis.clone())
}

#[tokio::test(flavor = "current_thread")]
async fn a_step_told_of_something_else_is_named() {
    let (scene, honest) = scene().await;
    let account: Lie = |scene, _, account, _| *account = scene.made.second;
    let vault: Lie = |_, vault, _, _| *vault = VaultId([1; 16]);
    let of: Lie = |scene, _, _, of| *of = scene.dan.id();
    let rows: [(&str, RequestStepKind, Lie); 7] = [
        ("approved for another account", RequestStepKind::Approved, account),
        ("approved in another vault", RequestStepKind::Approved, vault),
        ("approved for Dan", RequestStepKind::Approved, of),
        ("another account checked out", RequestStepKind::CheckedOut, account),
        ("Dan's request checked out", RequestStepKind::CheckedOut, of),
        ("another vault's checked in", RequestStepKind::CheckedIn, vault),
        ("Dan's request checked in", RequestStepKind::CheckedIn, of),
    ];
    for (what, step, lie) in rows {
        let at = find(&honest, step);
        let mut forged = honest.clone();
        change(&mut forged, at, |event| lie_about(&scene, event, lie));
        let (fault, basis) = found(&scene, forged, at).await;
        assert_eq!(fault, broken(at as u64 + 1, Broken::Unfounded(Unfounded::Other)), "{what}");
        assert_eq!(basis, Err(Unfounded::Other), "{what}: the list says so too");
    }
    // As it was: everything is bound to what was asked.
    let (fault, basis) = found(&scene, honest.clone(), find(&honest, RequestStepKind::Approved)).await;
    assert_eq!(fault, None);
    assert!(basis.is_ok_and(|basis| !basis.is_step_alone() && basis.author() == Some(scene.bob.id())));
}

#[tokio::test(flavor = "current_thread")]
async fn a_step_without_the_one_that_asks_is_named() {
    let (scene, honest) = scene().await;
    let mut forged = honest.clone();
    forged.remove(find(&honest, RequestStepKind::Asked));
    let at = find(&forged, RequestStepKind::Approved);
    let (fault, basis) = found(&scene, forged, at).await;
    assert_eq!(fault, broken(at as u64 + 1, Broken::OutOfOrder));
    assert!(basis.is_ok_and(|basis| basis.is_step_alone()), "in a list it may stand on another page");
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_not_known_to_be_asked_is_not_called_checked() {
    let (scene, _) = scene().await;
    scene.ada.sync(|_| {}).await.unwrap();
    let checked = scene.ada.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((checked.broken, checked.whole, checked.steps_alone), (None, true, 0));
    // Of Bob's events alone, the request is not one.
    let of_bob = EventsQuery { member: Some(scene.bob.id()), ..all() };
    let listed = scene.ada.list_events(&of_bob).await.unwrap().events;
    let steps: Vec<_> =
        listed.iter().filter(|listed| matches!(listed.event.what, AuditedAct::RequestStepped { .. })).collect();
    assert_eq!(steps.len(), 1);
    assert!(steps[0].basis.as_ref().is_ok_and(Basis::is_step_alone));
    // Carol sees what she asked; what she did after Bob's approval does not follow from that alone.
    let own = scene.carol.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((own.broken, own.whole, own.steps_alone), (None, false, 2));
}

/// What verification finds wrong with one event.
fn verified(scene: &Guarded, team: TeamId, sequence: u64) -> Vec<String> {
    let lines = verify(&scene.server.server.app().store.snapshot().unwrap()).unwrap().lines();
    let at = format!("audit_events: team {team}, event {sequence}: ");
    lines.iter().filter_map(|line| line.strip_prefix(&at).map(str::to_owned)).collect()
}

/// Puts an event into the place of what is stored.
async fn store(scene: &Guarded, team: TeamId, event: &AuditEvent) {
    let (sequence, bytes) = (event.sequence, Bytes(codec::encode(event)));
    let put = move |tx: &mut WriteTx<'_, '_>| AUDIT_EVENTS.put(tx, &(team, sequence), &bytes);
    scene.server.server.app().store.write(put).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn verification_compares_a_step_with_the_request_that_is_stored() {
    let (scene, honest) = scene().await;
    let team = scene.ada.team();
    let asked = decode(&honest[find(&honest, RequestStepKind::Asked)]);
    let approved = decode(&honest[find(&honest, RequestStepKind::Approved)]);
    let sequence = approved.sequence;
    assert_eq!(verified(&scene, team, sequence), [""; 0]);
    let lies: [(&str, Lie); 3] = [
        ("another account", |scene, _, account, _| *account = scene.made.second),
        ("another vault", |_, vault, _, _| *vault = VaultId([1; 16])),
        ("Dan", |scene, _, _, of| *of = scene.dan.id()),
    ];
    // By the event that asks; and by the request itself, once that event is removed for its age.
    for reason in ["it carries another statement than it tells of", "a step that is not its request's"] {
        for (what, lie) in lies {
            let mut changed = approved.clone();
            lie_about(&scene, &mut changed, lie);
            store(&scene, team, &changed).await;
            assert_eq!(verified(&scene, team, sequence), [reason], "{what}");
        }
        store(&scene, team, &approved).await;
        assert_eq!(verified(&scene, team, sequence), [""; 0]);
        let anchor = AuditHeadRow { sequence: asked.sequence, hash: asked.hash(), time: asked.time };
        let removed = scene.server.server.app().store.write(move |tx| {
            for removed in 1..=anchor.sequence {
                AUDIT_EVENTS.delete(tx, &(team, removed));
            }
            AUDIT_ANCHORS.put(tx, &team, &anchor)?;
            Ok::<_, StoreError>(())
        });
        removed.await.unwrap();
    }
}
