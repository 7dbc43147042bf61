use std::ops::ControlFlow;

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    bytes::Bytes,
    codec,
    file::ChunkIndex,
    ids::{ObjectId, ReleaseId, VaultId, Version},
    operations::{
        Empty,
        export::{ExportRequest, ExportSecrets},
        files::{BeginUpload, Chunk, ChunkPath, NewUpload, PutChunk},
        records::{PurgeObjects, PurgeRequest, ReleaseRequest, ReleaseSecret, WantedVersion},
    },
    purge::{PurgeStatement, PurgedObject},
    record::{Record, RecordKind, Tier},
    release::{ExportFormat, ExportStatement, ExportedFile, ReleaseStatement},
    suite::SUITE,
};

use super::*;
use crate::{
    store::tables::{AUDIT_EVENTS, ENTRIES, Entry, RECORDS},
    testing::{Draft, Member, World, next, request, sign},
};

/// A team with a vault in which something was written, changed, deleted and released.
async fn team(world: &World) -> Member {
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(world).await;
    let first = ada.numbers(world, 4).await;
    let drafts = ada.drafts(world, vault, first);
    let records = ada.seal(world, &drafts);
    ada.write(world, vault, &records).await.unwrap();
    let changed = ada.seal(world, &[next(&records[1])]);
    ada.write(world, vault, &changed).await.unwrap();
    let gone = Draft { state: sealward_contract::record::RecordState::Deleted, ..next(&changed[0]) };
    let deleted = ada.seal(world, &[gone]);
    release(world, &ada, vault, &records[2]).await;
    ada.write(world, vault, &deleted).await.unwrap();
    let (file, unfinished) = (ObjectId(world.bytes()), ObjectId(world.bytes()));
    send(world, &ada, vault, file).await;
    send(world, &ada, vault, unfinished).await;
    let number = records[0].context().number;
    let draft = Draft { vault, ..Draft::new(RecordKind::File, file, records[0].context().id, number) };
    let attached = ada.seal(world, &[Draft { tier: Tier::Open, ..draft }]);
    ada.write(world, vault, &attached).await.unwrap();
    purge(world, &ada, vault, &deleted[0]).await;
    ada
}

/// Sends a file of one chunk.
async fn send(world: &World, ada: &Member, vault: VaultId, id: ObjectId) {
    let (token, length) = (Some(ada.token.as_str()), 32_784);
    let body = NewUpload { id, sealed_length: length };
    world.call::<BeginUpload>(token, &ada.vault_path(vault), &Empty {}, &body).await.unwrap();
    let path = ChunkPath { team: ada.team, vault, id, index: ChunkIndex(0) };
    let body = Chunk { sealed: Bytes(vec![7; length as usize]) };
    world.call::<PutChunk>(token, &path, &Empty {}, &body).await.unwrap();
}

async fn purge(world: &World, ada: &Member, vault: VaultId, deleted: &Record) {
    let context = deleted.context();
    let statement = PurgeStatement {
        suite: SUITE,
        team: ada.team,
        vault,
        member: ada.id,
        position: ada.state.position(),
        time: world.now(),
        objects: vec![PurgedObject { kind: context.kind, id: context.id, version: context.version }],
    };
    let body = PurgeRequest { statement: sign(&ada.secrets.signing, statement).to_wire() };
    world.call::<PurgeObjects>(Some(&ada.token), &ada.vault_path(vault), &Empty {}, &body).await.unwrap();
}

async fn release(world: &World, ada: &Member, vault: VaultId, secret: &Record) {
    let account: ObjectId = secret.context().id;
    let statement = ReleaseStatement {
        suite: SUITE,
        id: ReleaseId(world.bytes()),
        team: ada.team,
        vault,
        account,
        version: Version::FIRST,
        member: ada.id,
        position: ada.state.position(),
        time: world.now(),
        reason: None,
    };
    let body =
        ReleaseRequest { statement: sign(&ada.secrets.signing, statement).to_wire(), wanted: WantedVersion::Newest };
    let path = ada.object_path(vault, account);
    world.call::<ReleaseSecret>(Some(&ada.token), &path, &Empty {}, &body).await.unwrap();
}

fn report(world: &World) -> Report {
    verify(&world.server.app().store.snapshot().unwrap()).unwrap()
}

fn rows(world: &World) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let all = KeyRange { start: Vec::new(), end: None };
    let snapshot = world.server.app().store.snapshot().unwrap();
    snapshot
        .scan(&all, Order::Forward, &mut |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    rows
}

async fn set(world: &World, key: &[u8], value: Option<Vec<u8>>) {
    let key = key.to_vec();
    let put = world.server.app().store.write(move |tx| {
        match value {
            Some(value) => tx.put(key, value),
            None => tx.delete(key),
        }
        Ok::<_, StoreError>(())
    });
    put.await.unwrap();
}

#[tokio::test]
async fn what_the_server_stored_is_sound() {
    let world = World::new();
    team(&world).await;
    team(&world).await;
    let report = report(&world);
    assert_eq!(
        report.lines(),
        ["2 teams, 4 statements, 2 vaults, 10 heads, 12 records in 12 versions, 18 audit events: sound"]
    );
}

/// Tables in which nothing else asks for a row: answers, failed sign-ins, the history of schemas, the schema itself.
const ALONE: [u8; 4] = [20, 21, 29, 0];

#[tokio::test]
async fn every_row_that_is_missing_is_noticed() {
    let world = World::new();
    team(&world).await;
    let mut tags = std::collections::BTreeSet::new();
    for (key, value) in rows(&world) {
        if !ALONE.contains(&key[0]) {
            tags.insert(key[0]);
            set(&world, &key, None).await;
            assert!(!report(&world).is_sound(), "a row of table {} was removed unseen", key[0]);
            set(&world, &key, Some(value)).await;
        }
    }
    assert_eq!(
        tags.into_iter().collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 22, 23, 24, 26, 31, 44, 45, 46]
    );
    assert!(report(&world).is_sound());
}

#[tokio::test]
async fn every_row_of_nothing_is_noticed() {
    let world = World::new();
    team(&world).await;
    for (key, value) in rows(&world) {
        // The same row under a key of another team, vault or object.
        let mut other = key.clone();
        let Some(byte) = other.get_mut(1).filter(|_| !ALONE.contains(&key[0])) else { continue };
        *byte ^= 1;
        set(&world, &other, Some(value)).await;
        assert!(!report(&world).is_sound(), "a row was put into table {} unseen", key[0]);
        set(&world, &other, None).await;
    }
    set(&world, &[200, 1], Some(vec![1])).await;
    assert_eq!(report(&world).lines()[0], "file: tag 200: an unknown table");
}

/// Tables of which every byte is bound by a hash, a signature, or another row.
const BOUND: [u8; 10] = [2, 4, 9, 10, 11, 12, 16, 17, 18, 24];

#[tokio::test]
async fn every_changed_byte_is_noticed() {
    let world = World::new();
    team(&world).await;
    for (key, value) in rows(&world) {
        if !BOUND.contains(&key[0]) {
            continue;
        }
        for at in (0..value.len()).step_by(value.len().div_ceil(12)) {
            let mut changed = value.clone();
            changed[at] ^= 1;
            set(&world, &key, Some(changed)).await;
            assert!(!report(&world).is_sound(), "byte {at} of a row of table {} was changed unseen", key[0]);
        }
        set(&world, &key, Some(value)).await;
    }
    assert!(report(&world).is_sound());
}

/// Has the file of a team's resource exported.
async fn export(world: &World, ada: &Member) -> ExportedFile {
    let store = &world.server.app().store;
    let mut found = None;
    let note = |(vault, kind, id): (VaultId, RecordKind, ObjectId), entry: Entry| {
        if kind == RecordKind::File {
            found = Some(ExportedFile { vault, id, version: entry.version });
        }
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    };
    store.read(|tx| ENTRIES.scan(tx, &(), Order::Forward, note)).unwrap();
    let file = found.unwrap();
    let statement = ExportStatement {
        suite: SUITE,
        id: ReleaseId(world.bytes()),
        team: ada.team,
        member: ada.id,
        position: ada.state.position(),
        time: world.now(),
        secrets: vec![],
        format: ExportFormat::Backup,
        reason: None,
        files: vec![file],
    };
    let body = ExportRequest { statement: sign(&ada.secrets.signing, statement).to_wire() };
    let asked = request::<ExportSecrets>(Some(&ada.token), &ada.path(), &Empty {}, Some(&body));
    assert_eq!(world.send(asked).await.0, 200);
    file
}

#[tokio::test]
async fn an_export_is_the_one_that_its_member_signed() {
    let world = World::new();
    let ada = team(&world).await;
    let file = export(&world, &ada).await;
    assert_eq!(
        report(&world).lines(),
        ["1 teams, 2 statements, 1 vaults, 5 heads, 6 records in 6 versions, 10 audit events: sound"]
    );
    // More files than the statement names.
    let (team, store) = (ada.team, &world.server.app().store);
    let wire = store.read(|tx| AUDIT_EVENTS.get(tx, &(team, 10))).unwrap().unwrap();
    let event: AuditEvent = codec::decode(&wire).unwrap();
    let what = AuditedAct::SecretsExported { count: 0, format: ExportFormat::Backup, files: 2 };
    let changed = Bytes(codec::encode(&AuditEvent { what, ..event }));
    store.write(move |tx| AUDIT_EVENTS.put(tx, &(team, 10), &changed)).await.unwrap();
    assert!(report(&world).lines()[0].ends_with("event 10: it carries another statement than it tells of"));
    store.write(move |tx| AUDIT_EVENTS.put(tx, &(team, 10), &wire)).await.unwrap();
    assert!(report(&world).is_sound());
    // A file that it released is gone.
    let lost = move |tx: &mut crate::store::WriteTx<'_, '_>| {
        RECORDS.delete(tx, &(file.vault, RecordKind::File, file.id, 1));
        Ok::<_, StoreError>(())
    };
    store.write(lost).await.unwrap();
    let missing = format!("event 10: File {} that it released is missing", file.id);
    assert!(report(&world).lines().iter().any(|line| line.ends_with(&missing)));
}
