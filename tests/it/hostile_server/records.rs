//! Lies about single records. Their hashes stand under the head, so the server can change only what the hash leaves
//! out; a member who conspires with it can sign anything. One bad record is shown as damaged and stops nothing else.

use super::{Past, chain::with_flipped_signature, change_records, plant};
use crate::harness::{Founder, Furnished, frames};
use sealward_client::{
    crypto::{randomness::OsRandom, sealing::SealingKey},
    error::{Damage, DamagedObject, Error, Fault},
    session::Session,
    vault::{SealUnder, seal_record},
};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::Hash,
    ids::{Epoch, MemberId, Number, VaultId, Version},
    operations::{records::VaultWrite, sync::SyncFrame},
    record::{ChainPosition, Record, RecordContext, RecordKind, Tier},
};

/// Damage of the furnished resource group; its number and author are named.
fn damage_of_group(past: &Past, author: MemberId, fault: Fault) -> Damage {
    Damage {
        object: DamagedObject::Record(RecordKind::ResourceGroup),
        vault: Some(past.made.vault),
        id: Some(past.made.group),
        number: Some(past.session.verified(past.made.vault, past.made.key(past.made.group)).unwrap().number),
        author: Some(author),
        fault,
    }
}

/// Everything but the group is there and can be acted on.
async fn all_else_is_shown<T: sealward_client::transport::Transport>(past: &Past, session: &Session<T>) {
    for id in [past.made.vault.object(), past.made.resource, past.made.first, past.made.second] {
        assert!(session.vaults()[&past.made.vault].entry(&past.made.key(id)).unwrap().details().is_ok());
    }
    let released = session.release(past.made.vault, past.made.second).await.unwrap();
    assert_eq!(released.value.expose(), Furnished::SECOND.1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_changed_signature_is_found_before_the_record_is_acted_on() {
    let past = Past::make().await;
    let group = past.made.group;
    let lie = move || {
        frames(move |frames| {
            change_records(frames, |record| {
                (record.context().id == group).then(|| with_flipped_signature(&record.to_wire()).0)
            });
        })
    };
    let expected = damage_of_group(&past, past.member(), Fault::Signature);
    // When it is asked for, ...
    let fresh = past.fresh(lie()).await;
    assert_eq!(fresh.synced.as_ref().unwrap().damages, []);
    let asked = fresh.session.verified(past.made.vault, past.made.key(group)).map(drop);
    assert_eq!(asked, Err(Error::Damage(expected)));
    // ... and in the background.
    let fresh = past.fresh(lie()).await;
    let mut found = Vec::new();
    loop {
        let (damages, left) = fresh.session.verify_some(2);
        found.extend(damages);
        if !left {
            break;
        }
    }
    assert_eq!(found, [expected]);
    all_else_is_shown(&past, &fresh.session).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_changed_or_missing_payload_damages_one_record() {
    let past = Past::make().await;
    let group = past.made.group;
    let exchanged = past.forge().seal(past.forge().next(past.made.key(past.made.resource))).payload().unwrap().clone();
    type Change = Box<dyn Fn(&Record) -> Vec<u8>>;
    let changes: Vec<Change> = vec![
        Box::new(|record| {
            let mut wire = record.to_wire().0;
            *wire.last_mut().unwrap() ^= 1;
            wire
        }),
        Box::new(|record| record.to_bare_wire().0),
        Box::new(move |record| with_payload(record, &exchanged)),
        Box::new(|record| with_payload(record, &[])),
        Box::new(|record| with_payload(record, &vec![0; 300 * 1024])),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let lie = frames(move |frames| {
            change_records(frames, |record| (record.context().id == group).then(|| change(record)));
        });
        let fresh = past.fresh(lie).await;
        assert_eq!(fresh.synced.as_ref().unwrap().damages, [], "change {number}");
        let asked = fresh.session.verified(past.made.vault, past.made.key(group)).map(drop);
        let expected = damage_of_group(&past, past.member(), Fault::Unopenable);
        assert_eq!(asked, Err(Error::Damage(expected)), "change {number}");
        all_else_is_shown(&past, &fresh.session).await;
    }
}

/// The container of a record with another payload, written by hand.
fn with_payload(record: &Record, payload: &[u8]) -> Vec<u8> {
    let bare = record.to_bare_wire().0;
    let mut wire = vec![0x84];
    wire.extend_from_slice(&bare[1..]);
    wire.push(0xf6);
    wire.extend(codec::encode(&Bytes(payload.to_vec())));
    wire
}

/// Everything that check_right and the opening refuse, under a head that a member signed.
#[tokio::test(flavor = "current_thread")]
async fn a_record_that_nobody_had_a_right_to_is_damaged_by_itself() {
    let past = Past::make().await;
    let forge = past.forge();
    let (stranger, _) = Founder::prepare(&past.server, "the.server");
    let nobody = stranger.identity.member;
    let member = past.member();
    let next = forge.next(past.made.key(past.made.group));
    let elsewhere = ChainPosition { hash: Hash([7; 32]), ..next.position };
    let before = ChainPosition { sequence: 0, hash: past.session.chain().unwrap().genesis() };
    let contexts = [
        (RecordContext { author: nobody, ..next.clone() }, Fault::NoRight, nobody),
        (RecordContext { position: elsewhere, ..next.clone() }, Fault::Substituted, member),
        (RecordContext { position: before, ..next.clone() }, Fault::NoRight, member),
        (RecordContext { epoch: Epoch(2), ..next.clone() }, Fault::Substituted, member),
        (RecordContext { tier: Tier::Open, ..next.clone() }, Fault::Substituted, member),
        (RecordContext { vault: VaultId([7; 16]), ..next.clone() }, Fault::Substituted, member),
        (RecordContext { team: stranger.team, ..next.clone() }, Fault::Substituted, member),
        // Right in all but what is in it.
        (next.clone(), Fault::Malformed, member),
    ];
    for (number, (context, fault, author)) in contexts.into_iter().enumerate() {
        let write = forge.write([context]);
        let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
        assert_eq!(fresh.synced.as_ref().unwrap().damages, [], "context {number}");
        let asked = fresh.session.verified(past.made.vault, past.made.key(past.made.group)).map(drop);
        let expected = damage_of_group(&past, author, fault);
        assert_eq!(asked, Err(Error::Damage(expected)), "context {number}");
        let (found, _) = fresh.session.verify_some(usize::MAX);
        assert!(found.is_empty() || found == [expected]);
        if number < 7 {
            all_else_is_shown(&past, &fresh.session).await;
        }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn payloads_sealed_under_another_key_or_by_a_newer_program_are_named_as_such() {
    let past = Past::make().await;
    let forge = past.forge();
    let context = || forge.next(past.made.key(past.made.group));
    let seal = |payload: &[u8], key| {
        let under = SealUnder::Key(key);
        seal_record(context(), payload, &under, &past.founder.identity.signing, &mut OsRandom::new()).unwrap()
    };
    let catalog = &catalog_key(&past);
    // Schema 1, one name and one text: what a group says. Then schema 2, then a further field, then bytes left over.
    let good = b"\x82\x01\x82\x61g\x60";
    let payloads = [
        (seal(good, &past.founder.lock_key), Err(Fault::Unopenable)),
        (seal(b"\x82\x02\x82\x61g\x60", catalog), Err(Fault::Newer)),
        (seal(b"\x82\x01\x84\x61g\x60\x60\x60", catalog), Err(Fault::Malformed)),
        (seal(b"\x82\x01\x82\x61g\x60\x00", catalog), Err(Fault::Malformed)),
        (seal(b"", catalog), Err(Fault::Malformed)),
        (seal(good, catalog), Ok(())),
    ];
    for (number, (record, expected)) in payloads.into_iter().enumerate() {
        let write = forge.write_of(&[record]);
        let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
        let asked = fresh.session.verified(past.made.vault, past.made.key(past.made.group)).map(drop);
        let expected = expected.map_err(|fault| Error::Damage(damage_of_group(&past, past.member(), fault)));
        assert_eq!(asked, expected, "payload {number}");
    }
}

fn catalog_key(past: &Past) -> SealingKey {
    SealingKey::from_slice(past.session.vaults()[&past.made.vault].keys[&Epoch::FIRST].catalog.expose()).unwrap()
}

/// A number that two live objects bear points nowhere.
#[tokio::test(flavor = "current_thread")]
async fn two_live_objects_with_one_number_are_both_refused() {
    let past = Past::make().await;
    let forge = past.forge();
    let (first, second) = (past.made.key(past.made.first), past.made.key(past.made.second));
    let number = past.session.verified(past.made.vault, first).unwrap().number;
    let twin = RecordContext { number, ..forge.next(second) };
    let key_of_catalog = catalog_key(&past);
    let catalog = SealUnder::Key(&key_of_catalog);
    let details = sealward_client::model::AccountDetails { name: "twin".into(), ..Default::default() };
    let payload = sealward_client::model::Payload::to_bytes(&details).unwrap();
    let signing = &past.founder.identity.signing;
    let twin = seal_record(twin, &payload, &catalog, signing, &mut OsRandom::new()).unwrap();
    let write = forge.write_of(&[twin]);
    let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
    assert_eq!(fresh.session.find_number(number), None);
    for key in [first, second] {
        let expected = Damage {
            object: DamagedObject::Record(RecordKind::Account),
            vault: Some(past.made.vault),
            id: Some(key.id),
            number: Some(number),
            author: Some(past.member()),
            fault: Fault::Substituted,
        };
        let sent = fresh.wire.sent();
        assert_eq!(fresh.session.verified(past.made.vault, key).map(drop), Err(Error::Damage(expected)));
        let released = fresh.session.release(past.made.vault, key.id).await.map(drop);
        assert_eq!(released, Err(Error::Damage(expected)));
        assert_eq!(fresh.wire.sent(), sent, "nothing was asked for");
    }
}

/// Records that cannot take a place under any head: the vault as a whole is refused, the others are shown.
#[tokio::test(flavor = "current_thread")]
async fn what_has_no_header_or_is_no_catalog_record_is_refused_with_its_vault() {
    let past = Past::make().await;
    let second = Furnished::make(&past.session, "Second").await;
    let forge = past.forge();
    let [secret, _] = forge.next_secret(past.made.first).map(|context| forge.seal(context));
    let account = forge.next(past.made.key(past.made.first));
    let with_field = {
        // A context of sixteen fields instead of fifteen.
        let record = forge.seal(account.clone());
        let mut header = codec::encode(record.header());
        assert_eq!(header[..2], [0x85, 0x8f]);
        header[1] = 0x90;
        let end = codec::encode(&account).len() + 1;
        header.insert(end, 0);
        let mut wire = vec![0x82];
        wire.extend(codec::encode(&Bytes(header)));
        wire.extend(codec::encode(&sealward_contract::crypto::Signature([0; 64])));
        wire
    };
    let leaf = crate::harness::leaf_of(&forge.seal(account));
    let frames_of = [
        SyncFrame::Records { records: vec![Bytes(with_field)] },
        SyncFrame::Records { records: vec![Bytes(b"half a rec".to_vec())] },
        SyncFrame::Records { records: vec![secret.to_wire()] },
        SyncFrame::Leaves { leaves: vec![leaf] },
        SyncFrame::Head { head: Bytes(vec![0x80]) },
    ];
    let target = past.made.vault.to_string();
    for (number, frame) in frames_of.into_iter().enumerate() {
        let target = target.clone();
        let fresh = past
            .fresh(move |asked, answered| {
                if !asked.target.contains(&target) {
                    return answered;
                }
                frames(|frames| frames.insert(1, frame.clone()))(asked, answered)
            })
            .await;
        let expected = Damage { object: DamagedObject::Head, fault: Fault::Malformed, ..nothing(past.made.vault) };
        assert_eq!(fresh.damage(), expected, "frame {number}");
        assert!(fresh.shows_nothing_of(past.made.vault));
        let released = fresh.session.release(second.vault, second.first).await.unwrap();
        assert_eq!(released.value.expose(), Furnished::FIRST.1);
    }
}

fn nothing(vault: VaultId) -> Damage {
    let (object, fault) = (DamagedObject::Head, Fault::Malformed);
    Damage { object, vault: Some(vault), id: None, number: None, author: None, fault }
}

/// An object that says it stands in itself, or in what stands in it, is never reached; and nothing loops.
#[tokio::test(flavor = "current_thread")]
async fn a_circle_of_groups_is_out_of_reach() {
    let past = Past::make().await;
    let forge = past.forge();
    let key = past.made.key(past.made.group);
    let key_of_catalog = catalog_key(&past);
    let catalog = SealUnder::Key(&key_of_catalog);
    let context = RecordContext { parent: past.made.group, version: Version(2), ..forge.next(key) };
    let signing = &past.founder.identity.signing;
    let circle = seal_record(context, b"\x82\x01\x82\x61g\x60", &catalog, signing, &mut OsRandom::new()).unwrap();
    let write: VaultWrite = forge.write_of(&[circle]);
    let fresh = past.fresh(frames(move |frames| plant(frames, &write))).await;
    for id in [past.made.group, past.made.resource, past.made.first] {
        assert_eq!(fresh.session.verified(past.made.vault, past.made.key(id)).map(drop), Err(Error::Gone));
    }
    assert_eq!(fresh.session.release(past.made.vault, past.made.first).await.map(drop), Err(Error::Gone));
    let number: Number = past.session.verified(past.made.vault, key).unwrap().number;
    assert_eq!(fresh.session.find_number(number), Some((past.made.vault, key)));
}
