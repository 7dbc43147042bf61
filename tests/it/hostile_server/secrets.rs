//! Lies about secrets and facts: another's, another version, another header, another signature.

use super::{Past, chain::with_flipped_signature, damage_of_sealed};
use crate::harness::{Furnished, answers, frames};
use sealward_client::{
    error::{Damage, DamagedObject, Error, Fault},
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
};
use sealward_contract::{
    bytes::Bytes,
    codec,
    ids::Version,
    operations::records::{ListFacts, ReleaseSecret},
    record::{Record, RecordContext, RecordKind, RecordState, Tier},
};
use std::{cell::RefCell, rc::Rc};

/// What the server has of a secret, as it would be released now.
async fn released_wire(past: &Past, second: bool) -> Bytes {
    let account = if second { past.made.second } else { past.made.first };
    let taken = Rc::new(RefCell::new(Bytes(Vec::new())));
    let keep = taken.clone();
    past.wire.lie(answers::<ReleaseSecret>(move |listed| *keep.borrow_mut() = listed.record.clone()));
    past.session.release(past.made.vault, account).await.unwrap();
    past.wire.tell_the_truth();
    taken.take()
}

async fn change_secret(past: &Past, secret: &str) {
    let details = AccountDetails { name: Furnished::FIRST.0.into(), ..Default::default() };
    let base = past.made.version(&past.session, past.made.first);
    let secret = Some(NewSecret { payload: SecretPayload::new(secret.into()), score: None });
    past.session.update_account(past.made.vault, past.made.first, base, details, secret).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn another_record_than_the_one_asked_for_is_refused() {
    let past = Past::make().await;
    let older = released_wire(&past, false).await;
    change_secret(&past, "third").await;
    let newest = released_wire(&past, false).await;
    let others = released_wire(&past, true).await;
    let forge = past.forge();
    let [next, next_facts] = forge.next_secret(past.made.first);
    let again = RecordContext { version: Version(2), ..next.clone() };
    let parsed = Record::parse(&newest).unwrap();
    let with_field = {
        let mut header = codec::encode(parsed.header());
        header[0] = 0x86;
        header.push(0);
        container(&header, &parsed)
    };
    let mut flipped_payload = newest.0.clone();
    *flipped_payload.last_mut().unwrap() ^= 1;
    let mut trailing = newest.0.clone();
    trailing.push(0);
    let lies = [
        (others, Fault::Substituted),
        (older, Fault::Substituted),
        // By the member itself, and not under the head.
        (forge.seal(next).to_wire(), Fault::Substituted),
        (forge.seal(again).to_wire(), Fault::Substituted),
        (forge.seal(next_facts).to_wire(), Fault::Substituted),
        (forge.seal(forge.next(past.made.key(past.made.first))).to_wire(), Fault::Substituted),
        (with_flipped_signature(&newest), Fault::Signature),
        (parsed.to_bare_wire(), Fault::Unopenable),
        (Bytes(with_field), Fault::Malformed),
        (Bytes(flipped_payload), Fault::Malformed),
        (Bytes(trailing), Fault::Malformed),
        (Bytes(newest.0[..200].to_vec()), Fault::Malformed),
        (Bytes(Vec::new()), Fault::Malformed),
    ];
    for (number, (lie, fault)) in lies.into_iter().enumerate() {
        past.wire.lie(answers::<ReleaseSecret>(move |listed| listed.record = lie.clone()));
        let released = past.session.release(past.made.vault, past.made.first).await.map(drop);
        let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, fault);
        assert_eq!(released, Err(Error::Damage(expected)), "lie {number}");
    }
    past.wire.tell_the_truth();
    let released = past.session.release(past.made.vault, past.made.first).await.unwrap();
    assert_eq!(released.value.expose(), "third");
}

fn container(header: &[u8], record: &Record) -> Vec<u8> {
    let mut wire = vec![0x84];
    wire.extend(codec::encode(&Bytes(header.to_vec())));
    // The signature of the record, whatever it is worth here.
    wire.extend_from_slice(&record.to_bare_wire()[1 + 3 + codec::encode(record.header()).len()..]);
    wire.push(0xf6);
    wire.extend(codec::encode(record.payload().unwrap()));
    wire
}

/// A member conspires: the head holds a secret that is wrong in itself.
#[tokio::test(flavor = "current_thread")]
async fn a_secret_that_is_wrong_under_the_head_is_refused() {
    let past = Past::make().await;
    let forge = past.forge();
    let [next, _] = forge.next_secret(past.made.first);
    let contexts = [
        (RecordContext { tier: Tier::Catalog, ..next.clone() }, Fault::Substituted),
        (RecordContext { tier: Tier::Guarded, ..next.clone() }, Fault::Substituted),
        (RecordContext { parent: past.made.second, ..next.clone() }, Fault::Substituted),
        (RecordContext { state: RecordState::Deleted, ..next.clone() }, Fault::Substituted),
        // Right in all but what is in it.
        (next, Fault::Malformed),
    ];
    for (number, (context, fault)) in contexts.into_iter().enumerate() {
        let record = forge.seal(context);
        let (write, wire) = (forge.write_of(std::slice::from_ref(&record)), record.to_wire());
        let account = past.made.first.to_string();
        let fresh = past
            .fresh(move |asked, answered| {
                let answered = frames(|frames| super::plant(frames, &write))(asked, answered);
                if !asked.target.contains(&account) {
                    return answered;
                }
                // The server refuses: its own version is another. The lie gives the planted one.
                let listed = sealward_contract::operations::records::RecordListed { record: wire.clone() };
                let body = sealward_contract::operations::wire::Format::Cbor.write(&listed);
                crate::harness::Answered { status: 200, body }
            })
            .await;
        assert_eq!(fresh.synced.as_ref().unwrap().damages, []);
        let released = fresh.session.release(past.made.vault, past.made.first).await.map(drop);
        let expected = damage_of_sealed(past.made.vault, RecordKind::Secret, past.made.first, fault);
        assert_eq!(released, Err(Error::Damage(expected)), "context {number}");
        let other = fresh.session.release(past.made.vault, past.made.second).await.unwrap();
        assert_eq!(other.value.expose(), Furnished::SECOND.1);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_is_asked_for_when_the_account_itself_does_not_verify() {
    let past = Past::make().await;
    let account = past.made.first;
    let lie = frames(move |frames| {
        super::change_records(frames, |record| {
            (record.context().id == account).then(|| with_flipped_signature(&record.to_wire()).0)
        });
    });
    let fresh = past.fresh(lie).await;
    let sent = fresh.wire.sent();
    let released = fresh.session.release(past.made.vault, account).await.map(drop);
    let number = past.session.verified(past.made.vault, past.made.key(account)).unwrap().number;
    let expected = Damage {
        object: DamagedObject::Record(RecordKind::Account),
        vault: Some(past.made.vault),
        id: Some(account),
        number: Some(number),
        author: Some(past.member()),
        fault: Fault::Signature,
    };
    assert_eq!(released, Err(Error::Damage(expected)));
    assert_eq!(fresh.wire.sent(), sent);
}

#[tokio::test(flavor = "current_thread")]
async fn one_bad_record_of_facts_leaves_the_others() {
    let past = Past::make().await;
    let (vault, first, second) = (past.made.vault, past.made.first, past.made.second);
    let forge = past.forge();
    let [secret, facts] = forge.next_secret(first);
    let secret = forge.seal(RecordContext { version: Version(1), ..secret });
    let facts = forge.seal(facts);
    let own = |lie: Bytes| move |wire: &Bytes| if is_of(wire, first) { lie.clone() } else { wire.clone() };
    type Change = Box<dyn Fn(&Bytes) -> Bytes>;
    let changes: Vec<(Change, Option<Damage>)> = vec![
        (
            Box::new(move |wire| if is_of(wire, first) { with_flipped_signature(wire) } else { wire.clone() }),
            Some(damage_of_sealed(vault, RecordKind::Facts, first, Fault::Signature)),
        ),
        (Box::new(own(secret.to_wire())), Some(damage_of_sealed(vault, RecordKind::Facts, first, Fault::Substituted))),
        (
            Box::new(own(Bytes(vec![0x80]))),
            Some(Damage { id: None, ..damage_of_sealed(vault, RecordKind::Facts, first, Fault::Malformed) }),
        ),
        // Newer than the head: not a lie, so nothing is said; it is asked for again after the next synchronisation.
        (Box::new(own(facts.to_wire())), None),
    ];
    for (number, (change, expected)) in changes.into_iter().enumerate() {
        past.wire.lie(answers::<ListFacts>(move |page| {
            for listed in &mut page.items {
                listed.record = change(&listed.record);
            }
        }));
        let (facts, damages) = past.session.fetch_facts(vault).await.unwrap();
        assert_eq!(facts.keys().copied().collect::<Vec<_>>(), [second], "change {number}");
        assert_eq!(damages, expected.into_iter().collect::<Vec<_>>(), "change {number}");
    }
}

fn is_of(wire: &Bytes, account: sealward_contract::ids::ObjectId) -> bool {
    Record::parse(wire).unwrap().context().id == account
}

/// A vault whose head never knew a secret shows none, whatever the server has of it.
#[tokio::test(flavor = "current_thread")]
async fn a_secret_that_the_head_does_not_contain_is_not_asked_for() {
    let past = Past::make().await;
    let (number, id) = (past.session.take_numbers(1).await.unwrap()[0], past.forge().make_object());
    let draft = crate::harness::draft_account(id, past.made.resource, number, "without a secret");
    let drafts = vec![draft];
    past.session.write(&[sealward_client::session::VaultDrafts { vault: past.made.vault, drafts }]).await.unwrap();
    let sent = past.wire.sent();
    assert!(!past.session.has_secret(&past.made.vault, &id));
    assert_eq!(past.session.release(past.made.vault, id).await.map(drop), Err(Error::Gone));
    assert_eq!(past.wire.sent(), sent);
    // And facts that the head does not contain are named.
    let [_, facts] = [RecordKind::Secret, RecordKind::Facts].map(|kind| {
        let key = sealward_contract::record::LeafKey { id, kind };
        past.forge().seal(past.forge().context(key, id, number))
    });
    past.wire.lie(answers::<ListFacts>(move |page| page.items[0].record = facts.to_wire()));
    let (_, damages) = past.session.fetch_facts(past.made.vault).await.unwrap();
    assert_eq!(damages, [damage_of_sealed(past.made.vault, RecordKind::Facts, id, Fault::NotInHead)]);
}
