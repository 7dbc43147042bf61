//! Records that are not sealed, not canonical, not their author's, or not of here and now.

use super::{Scene, problem, told};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{Hash, Signature, context::Label, hash},
    ids::{Epoch, MemberId, Number, VaultId, Version},
    limits,
    operations::records::{Batch, VaultWrite, WriteBatch},
    record::{ChainPosition, Record, RecordContext, RecordKind, Tier},
};
use serde_json::Value;

/// A record whose header names this payload, signed as it should be.
fn with_payload(scene: &Scene, payload: Vec<u8>) -> Record {
    let good = scene.forge().seal(scene.forge().next(scene.group()));
    let header = sealward_contract::record::Header { payload: hash(&payload), ..good.header().clone() };
    let signature = scene.founder.identity.signing.sign_bytes(Label::Record, &codec::encode(&header));
    Record::new(header, signature, None, Bytes(payload))
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_not_sealed_is_not_taken() {
    let scene = Scene::set().await;
    let malformed = (422, "record_refused: malformed");
    let plain = br#"{"name":"web-1","password":"hunter2"}"#.to_vec();
    for (what, payload) in [
        ("plain text", plain),
        ("nothing", Vec::new()),
        ("less than the floor", vec![0xab; 255 + 16]),
        ("between two sizes", vec![0xab; 256 + 16 + 1]),
        ("a size of Padmé without a tag", vec![0xab; 1024]),
        ("more than the limit", vec![0xab; 300 * 1024]),
    ] {
        let record = with_payload(&scene, payload);
        scene.refuses_write(what, scene.forge().write_of(&[record]), malformed).await;
    }
    // The next size of the padding is one.
    let record = with_payload(&scene, vec![0xab; 272 + 16]);
    let batch = Batch { writes: vec![scene.forge().write_of(&[record])] };
    assert_eq!(scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await.status, 200);
}

#[tokio::test(flavor = "current_thread")]
async fn bytes_have_one_encoding() {
    let scene = Scene::set().await;
    let good = scene.forge().write([scene.forge().next(scene.group())]);
    let record = good.records[0].0.clone();
    let head = good.head.0.clone();
    type Change = fn(&mut Vec<u8>);
    let changed = |change: Change| {
        let (mut record, mut head) = (record.clone(), head.clone());
        change(&mut record);
        change(&mut head);
        (record, head)
    };
    let changes: [(&str, Change); 5] = [
        ("a trailing byte", |bytes| bytes.push(0)),
        ("half of it", |bytes| bytes.truncate(bytes.len() / 2)),
        ("nothing", Vec::clear),
        // The container's length in two bytes instead of one; then a container of indefinite length.
        ("a longer length", |bytes| drop(bytes.splice(..1, [0x98, bytes[0] & 0x1f]))),
        ("an indefinite length", |bytes| {
            bytes[0] = 0x9f;
            bytes.push(0xff);
        }),
    ];
    for (what, change) in changes {
        let (record, head) = changed(change);
        let write = VaultWrite { records: vec![Bytes(record)], ..good.clone() };
        scene.refuses_write(what, write, (422, "record_refused: malformed")).await;
        let write = VaultWrite { head: Bytes(head), ..good.clone() };
        scene.refuses_write(what, write, (422, "head_refused: malformed")).await;
    }
    // A field more than the header has, signed and under a head of its own.
    let mut header = codec::encode(Record::parse(&record).unwrap().header());
    header[0] = 0x86;
    header.push(0);
    let signature = scene.founder.identity.signing.sign_bytes(Label::Record, &header);
    let mut wire = vec![0x84];
    wire.extend(codec::encode(&Bytes(header)));
    wire.extend(codec::encode(&signature));
    wire.push(0xf6);
    wire.extend(codec::encode(Record::parse(&record).unwrap().payload().unwrap()));
    let write = VaultWrite { records: vec![Bytes(wire)], ..good.clone() };
    scene.refuses_write("a further field", write, (422, "record_refused: malformed")).await;
    let bare = Record::parse(&record).unwrap().to_bare_wire();
    let write = VaultWrite { records: vec![bare], ..good };
    scene.refuses_write("no payload", write, (422, "record_refused: malformed")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_record_is_its_authors_and_of_here_and_now() {
    let scene = Scene::set().await;
    let next = scene.forge().next(scene.group());
    let (other, elsewhere) = (&scene.others.0, &scene.others.1);
    let unknown = ChainPosition { hash: Hash([7; 32]), ..next.position };
    let founding = ChainPosition { sequence: 0, hash: scene.session.chain().unwrap().genesis() };
    let ahead = next.time.plus_millis(limits::CLOCK_SKEW + 1);
    let cases = [
        ("another author", RecordContext { author: MemberId([7; 16]), ..next.clone() }, "author"),
        ("another team's author", RecordContext { author: other.identity.member, ..next.clone() }, "author"),
        ("another vault", RecordContext { vault: elsewhere.vault, ..next.clone() }, "other"),
        ("no vault", RecordContext { vault: VaultId::DIRECTORY, ..next.clone() }, "other"),
        ("another team", RecordContext { team: other.team, ..next.clone() }, "other"),
        ("another chain's place", RecordContext { position: unknown, ..next.clone() }, "position"),
        ("a place before the vault was made", RecordContext { position: founding, ..next.clone() }, "right"),
        ("another epoch", RecordContext { epoch: Epoch(2), ..next.clone() }, "epoch"),
        ("another tier", RecordContext { tier: Tier::Open, ..next.clone() }, "tier"),
        ("the directory's tier", RecordContext { tier: Tier::Directory, ..next.clone() }, "tier"),
        ("a time that is still to come", RecordContext { time: ahead, ..next.clone() }, "time"),
        ("another version before it", RecordContext { previous: Hash([7; 32]), ..next.clone() }, "history"),
        ("another number", RecordContext { number: Number(4_000), ..next.clone() }, "history"),
    ];
    for (what, context, reason) in cases {
        scene.refuses_record(what, context, (422, &format!("record_refused: {reason}"))).await;
    }
    let malformed = RecordContext { suite: 2, ..next.clone() };
    scene.refuses_record("another suite", malformed, (422, "record_refused: malformed")).await;
    let profile = RecordContext { kind: RecordKind::Profile, tier: Tier::Directory, ..next.clone() };
    scene.refuses_record("a profile", profile, (422, "record_refused: other")).await;

    let good = scene.forge().seal(next);
    let flipped = {
        let mut signature = [0; 64];
        signature.copy_from_slice(&scene.founder.identity.signing.sign_bytes(Label::Head, &[]).0);
        Record::new(good.header().clone(), Signature(signature), None, good.payload().unwrap().clone())
    };
    let write = scene.forge().write_of(&[flipped]);
    scene.refuses_write("a signature of something else", write, (422, "record_refused: signature")).await;
    let other_label = scene.founder.identity.signing.sign_bytes(Label::Statement, &codec::encode(good.header()));
    let record = Record::new(good.header().clone(), other_label, None, good.payload().unwrap().clone());
    let write = scene.forge().write_of(&[record]);
    scene.refuses_write("a signature for another purpose", write, (422, "record_refused: signature")).await;
    let by_other = other.identity.signing.sign_bytes(Label::Record, &codec::encode(good.header()));
    let record = Record::new(good.header().clone(), by_other, None, good.payload().unwrap().clone());
    let write = scene.forge().write_of(&[record]);
    scene.refuses_write("another's signature", write, (422, "record_refused: signature")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn versions_go_one_by_one() {
    let scene = Scene::set().await;
    let next = scene.forge().next(scene.group());
    for version in [1, 3, 4_000_000_000] {
        let context = RecordContext { version: Version(version), ..next.clone() };
        let batch = Batch { writes: vec![scene.forge().write([context])] };
        let before = scene.dump().await;
        let answered = scene.call::<WriteBatch>(scene.team_path(), Some(&batch)).await;
        assert_eq!(told(&answered), (409, "stale_version".to_owned()));
        let problem = problem(&answered);
        assert_eq!((&problem["current"], &problem["kind"]), (&Value::from(1), &Value::from("resource_group")));
        assert_eq!(problem["id"], scene.made.group.to_string());
        assert_eq!(scene.dump().await, before);
    }
    scene
        .refuses_record("version 0", RecordContext { version: Version(0), ..next }, (422, "record_refused: malformed"))
        .await;
}

#[tokio::test(flavor = "current_thread")]
async fn secrets_come_with_their_facts_and_in_their_tier() {
    let scene = Scene::set().await;
    let forge = scene.forge();
    let [secret, facts] = forge.next_secret(scene.made.first);
    let [other_secret, _] = forge.next_secret(scene.made.second);
    let company = (422, "record_refused: company");
    scene.refuses_record("a secret alone", secret.clone(), company).await;
    scene.refuses_record("facts alone", facts.clone(), company).await;
    let write = forge.write([other_secret, facts.clone()]);
    scene.refuses_write("another account's facts", write, company).await;
    let twice = forge.write([secret.clone(), facts.clone(), secret.clone()]);
    scene.refuses_write("a secret twice", twice, company).await;
    let tiers = [Tier::Catalog, Tier::Guarded, Tier::Directory];
    for tier in tiers {
        let write = forge.write([RecordContext { tier, ..secret.clone() }, facts.clone()]);
        scene.refuses_write("a secret of another tier", write, (422, "record_refused: tier")).await;
        let write = forge.write([secret.clone(), RecordContext { tier, ..facts.clone() }]);
        scene.refuses_write("facts of another tier", write, (422, "record_refused: tier")).await;
    }
    let write = VaultWrite { records: vec![], ..forge.write([]) };
    scene.refuses_write("nothing at all", write, company).await;
}
