//! Lies about the audit chain.

mod steps;

use super::{Past, damage};
use crate::harness::{Answered, Asked, Founder, answers};
use sealward_client::{
    crypto::{randomness::OsRandom, signing::SigningKey},
    error::{DamagedObject::Audit, Error, Fault},
};
use sealward_contract::{
    audit::{AuditEvent, AuditHead, AuditedAct, Broken, BrokenEvent, Unfounded},
    bytes::Bytes,
    codec,
    crypto::{Hash, Signed},
    operations::{
        audit::{EventListed, EventsQuery, ListAuditEvents},
        records::ListSecretHeaders,
        sync::SyncTeam,
    },
    release::ReleaseStatement,
};

#[tokio::test(flavor = "current_thread")]
async fn an_audit_that_goes_back_is_refused() {
    let past = Past::make().await;
    let refused = Err(Error::Damage(damage(Audit, Fault::RolledBack)));
    let lie = answers::<SyncTeam>(|changes| changes.audit.sequence -= 1);
    assert_eq!(past.lied_to(lie).await, refused);
    let lie = answers::<SyncTeam>(|changes| changes.audit.hash = Hash([7; 32]));
    assert_eq!(past.lied_to(lie).await, refused);
    past.wire.tell_the_truth();
    assert!(past.session.sync(|_| {}).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn an_audit_from_before_what_the_device_remembers_is_refused() {
    let past = Past::make().await;
    // Signing in adds an event; the lie takes two away.
    let lie = answers::<SyncTeam>(|changes| changes.audit.sequence -= 2);
    let fresh = past.fresh_with(past.session.memory(), lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Audit, Fault::RolledBack))));
    // Both sign-ins taken away, and another event in the place of the newest one remembered.
    let lie = answers::<SyncTeam>(|changes| {
        changes.audit.sequence -= 2;
        changes.audit.hash = Hash([7; 32]);
    });
    let fresh = past.fresh_with(past.session.memory(), lie).await;
    assert_eq!(fresh.synced, Err(Error::Damage(damage(Audit, Fault::RolledBack))));
}

fn decode(listed: &EventListed) -> AuditEvent {
    codec::decode(&listed.event).unwrap()
}

/// Changes one event.
fn change(items: &mut [EventListed], at: usize, change: impl FnOnce(&mut AuditEvent)) {
    let mut event = decode(&items[at]);
    change(&mut event);
    items[at].event = Bytes(codec::encode(&event));
}

/// Binds every event to the one before, so that only what is signed or known elsewhere gives a change away.
fn bind(items: &mut [EventListed]) -> AuditHead {
    let mut head = AuditHead::NONE;
    for at in 0..items.len() {
        change(items, at, |event| (event.sequence, event.previous) = (head.sequence + 1, head.hash));
        let event = decode(&items[at]);
        head = AuditHead { sequence: event.sequence, hash: event.hash() };
    }
    head
}

async fn check(past: &Past, lie: impl FnMut(&Asked<'_>, Answered) -> Answered + 'static) -> Option<BrokenEvent> {
    past.wire.lie(lie);
    past.session.check_audit(|_, _| {}).await.unwrap().broken
}

fn broken(sequence: u64, broken: Broken) -> Option<BrokenEvent> {
    Some(BrokenEvent { sequence, broken })
}

/// Lies about events, and about the newest place to go with them.
fn with_head(
    mut change: impl FnMut(&mut Vec<EventListed>) + 'static,
    head: AuditHead,
) -> impl FnMut(&Asked<'_>, Answered) -> Answered {
    let mut events = answers::<ListAuditEvents>(move |page| change(&mut page.items));
    let mut newest = answers::<SyncTeam>(move |changes| changes.audit = head);
    move |asked, answered| {
        let answered = events(asked, answered);
        newest(asked, answered)
    }
}

/// All events as they are.
async fn events(past: &Past) -> Vec<EventListed> {
    let listed = past.session.list_events(&EventsQuery { limit: Some(500), ..EventsQuery::default() }).await.unwrap();
    listed.events.iter().map(|listed| EventListed { event: Bytes(codec::encode(&listed.event)) }).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn a_changed_dropped_or_reordered_event_is_named() {
    let past = Past::make().await;
    past.session.release(past.made.vault, past.made.first).await.unwrap();
    let honest = past.session.check_audit(|_, _| {}).await.unwrap();
    let last = honest.head.sequence;
    assert_eq!((honest.broken, honest.events, honest.whole), (None, last, true));
    let lie = answers::<ListAuditEvents>(|page| change(&mut page.items, 1, |event| event.address = None));
    assert_eq!(check(&past, lie).await, broken(2, Broken::Changed));
    let lie = answers::<ListAuditEvents>(|page| drop(page.items.remove(1)));
    assert_eq!(check(&past, lie).await, broken(2, Broken::Missing));
    let lie = answers::<ListAuditEvents>(|page| page.items.swap(1, 2));
    assert_eq!(check(&past, lie).await, broken(2, Broken::Missing));
    let lie = answers::<ListAuditEvents>(|page| page.items.insert(2, page.items[1].clone()));
    assert_eq!(check(&past, lie).await, broken(2, Broken::OutOfOrder));
    let lie = answers::<ListAuditEvents>(|page| drop(page.items.pop()));
    assert_eq!(check(&past, lie).await, broken(last, Broken::Missing));
    let lie = answers::<ListAuditEvents>(|page| page.items.clear());
    assert_eq!(check(&past, lie).await, broken(1, Broken::Missing));
    let lie = answers::<ListAuditEvents>(|page| page.items[0].event.0.push(0));
    assert_eq!(check(&past, lie).await, broken(1, Broken::Malformed));
    // Bound anew from the change on, the chain ends elsewhere than the newest place says.
    let lie = answers::<ListAuditEvents>(|page| {
        change(&mut page.items, 1, |event| event.address = None);
        bind(&mut page.items);
    });
    assert_eq!(check(&past, lie).await, broken(last, Broken::Changed));
    past.wire.tell_the_truth();
    assert_eq!(past.session.check_audit(|_, _| {}).await.unwrap().broken, None);
}

#[tokio::test(flavor = "current_thread")]
async fn a_chain_that_forks_from_what_was_seen_is_refused() {
    let past = Past::make().await;
    let seen = past.session.audit_head();
    let mut other = events(&past).await;
    change(&mut other, 1, |event| event.address = None);
    other.push(other[1].clone());
    let head = bind(&mut other);
    assert_eq!(head.sequence, seen.sequence + 1);
    let lie = with_head(move |items| items.clone_from(&other), head);
    assert_eq!(check(&past, lie).await, broken(seen.sequence, Broken::Changed));
}

#[tokio::test(flavor = "current_thread")]
async fn a_forged_statement_is_named() {
    let past = Past::make().await;
    past.session.release(past.made.vault, past.made.first).await.unwrap();
    let honest = events(&past).await;
    let at = honest.iter().position(|listed| matches!(decode(listed).what, AuditedAct::SecretReleased { .. })).unwrap();
    let number = at as u64 + 1;
    let released = decode(&honest[at]);
    let signed = Signed::<ReleaseStatement>::parse(released.statement.as_ref().unwrap()).unwrap();
    let own = SigningKey::make(&mut OsRandom::new());
    let by_server = own.sign(signed.value().clone()).to_wire();
    let of_other = own.sign(ReleaseStatement { account: past.made.second, ..signed.value().clone() }).to_wire();
    let rows = [
        (Some(by_server), Unfounded::Signature),
        (Some(of_other), Unfounded::Other),
        (Some(Bytes(vec![0x80])), Unfounded::Malformed),
        (None, Unfounded::Nothing),
    ];
    for (statement, unfounded) in rows {
        let mut forged = honest.clone();
        change(&mut forged, at, |event| event.statement = statement);
        let head = bind(&mut forged);
        // A device that has seen nothing has only the statements to go by.
        let wire = past.server.connect();
        let fresh = past.founder.session(&past.server, &wire).await;
        wire.lie(with_head(move |items| items.clone_from(&forged), head));
        let checked = fresh.check_audit(|_, _| {}).await.unwrap();
        assert_eq!(checked.broken, broken(number, Broken::Unfounded(unfounded)));
        let query = EventsQuery { limit: Some(500), ..EventsQuery::default() };
        let listed = fresh.list_events(&query).await.unwrap();
        assert_eq!(listed.events[at].basis, Err(unfounded), "the list says so too");
    }
    // The same release told of twice.
    let mut twice = honest.clone();
    twice.push(honest[at].clone());
    let head = bind(&mut twice);
    let wire = past.server.connect();
    let fresh = past.founder.session(&past.server, &wire).await;
    wire.lie(with_head(move |items| items.clone_from(&twice), head));
    assert_eq!(fresh.check_audit(|_, _| {}).await.unwrap().broken, broken(head.sequence, Broken::ReleasedTwice));
}

#[tokio::test(flavor = "current_thread")]
async fn a_change_told_of_twice_or_out_of_order_is_named() {
    let past = Past::make().await;
    let honest = events(&past).await;
    let is_vault = |listed: &EventListed| matches!(decode(listed).what, AuditedAct::VaultCreated { .. });
    let is_write = |listed: &EventListed| matches!(decode(listed).what, AuditedAct::RecordsWritten { .. });
    for told in [honest.iter().position(is_vault).unwrap(), honest.iter().position(is_write).unwrap()] {
        let mut twice = honest.clone();
        twice.push(honest[told].clone());
        let newest = decode(honest.last().unwrap()).time;
        change(&mut twice, honest.len(), |event| event.time = newest);
        let head = bind(&mut twice);
        let wire = past.server.connect();
        let fresh = past.founder.session(&past.server, &wire).await;
        wire.lie(with_head(move |items| items.clone_from(&twice), head));
        assert_eq!(fresh.check_audit(|_, _| {}).await.unwrap().broken, broken(head.sequence, Broken::OutOfOrder));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_that_is_left_out_of_the_ledger_is_missed() {
    let past = Past::make().await;
    let vault = past.made.vault;
    past.wire.lie(answers::<ListSecretHeaders>(|page| drop(page.items.pop())));
    let told = past.session.secret_standings(vault).await;
    assert!(matches!(told, Err(Error::Damage(damage)) if damage.fault == Fault::RolledBack));
    past.wire.tell_the_truth();
    assert_eq!(past.session.secret_standings(vault).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "current_thread")]
async fn events_removed_without_a_word_are_missed() {
    let past = Past::make().await;
    let honest = events(&past).await;
    let first = decode(&honest[1]);
    let lie = answers::<ListAuditEvents>(move |page| {
        page.items.drain(..2);
        page.anchor = AuditHead { sequence: 2, hash: first.hash() };
    });
    assert_eq!(check(&past, lie).await, broken(3, Broken::Anchor));
}

#[tokio::test(flavor = "current_thread")]
async fn somebody_elses_events_are_not_taken_for_ones_own() {
    let past = Past::make().await;
    let grace = Founder::invited(&past.server, &past.session, "grace.hopper", &[]).await;
    let wire = past.server.connect();
    let hers = grace.session(&past.server, &wire).await;
    hers.sync(|_| {}).await.unwrap();
    let own = hers.check_audit(|_, _| {}).await.unwrap();
    assert_eq!((own.broken, own.whole), (None, false));
    let foreign = events(&past).await[0].clone();
    wire.lie(answers::<ListAuditEvents>(move |page| page.items.insert(0, foreign.clone())));
    let checked = hers.check_audit(|_, _| {}).await.unwrap();
    assert_eq!(checked.broken, broken(1, Broken::Malformed));
}
