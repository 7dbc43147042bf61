//! Uploads, attaching and removing against a server in memory.

use std::ops::ControlFlow;

use sealward_contract::{
    bytes::Bytes,
    file::ChunkIndex,
    ids::{ObjectId, VaultId},
    limits,
    operations::{
        Empty,
        files::{BeginUpload, Chunk, ChunkPath, NewUpload, PutChunk},
        records::{PurgeObjects, PurgeRequest},
    },
    purge::{PurgeStatement, PurgedObject},
    record::{Record, RecordKind, RecordState, Tier},
    suite::SUITE,
};

use super::remove;
use crate::{
    jobs,
    store::{
        Order, StoreError,
        tables::{FILE_CHUNKS, FILES, RECORDS, UPLOADS},
    },
    testing::{Draft, Member, World, next, sealed, sign},
};

struct Scene {
    world: World,
    ada: Member,
    vault: VaultId,
    account: Record,
}

impl Scene {
    async fn set() -> Self {
        let world = World::new();
        let mut ada = world.found("ada").await;
        let vault = ada.make_vault(&world).await;
        let first = ada.numbers(&world, 20).await;
        let records = ada.seal(&world, &ada.drafts(&world, vault, first));
        ada.write(&world, vault, &records).await.unwrap();
        Self { world, ada, vault, account: records[1].clone() }
    }

    async fn send(&self, id: ObjectId, chunks: u32) {
        let (token, body) = (Some(self.ada.token.as_str()), NewUpload { id, sealed_length: 1_048_592 + 32_784 });
        let path = self.ada.vault_path(self.vault);
        self.world.call::<BeginUpload>(token, &path, &Empty {}, &body).await.unwrap();
        for (index, length) in [(0, 1_048_592), (1, 32_784)].into_iter().take(chunks as usize) {
            let path = ChunkPath { team: self.ada.team, vault: self.vault, id, index: ChunkIndex(index) };
            let body = Chunk { sealed: Bytes(vec![7; length]) };
            self.world.call::<PutChunk>(token, &path, &Empty {}, &body).await.unwrap();
        }
    }

    /// How many files, chunks and open uploads the store has.
    fn counts(&self) -> (usize, usize, usize) {
        let store = &self.world.server.app().store;
        let (mut files, mut chunks, mut uploads) = (0, 0, 0);
        let go_on = Ok::<_, StoreError>(ControlFlow::Continue(()));
        store
            .read(|tx| {
                FILES.scan(tx, &(), Order::Forward, |_, _| {
                    files += 1;
                    go_on.clone()
                })?;
                FILE_CHUNKS.scan(tx, &(), Order::Forward, |_, _| {
                    chunks += 1;
                    go_on.clone()
                })?;
                UPLOADS.scan(tx, &(), Order::Forward, |_, _| {
                    uploads += 1;
                    go_on.clone()
                })
            })
            .unwrap();
        (files, chunks, uploads)
    }

    async fn attach(&mut self, id: ObjectId) {
        let number = self.account.context().number;
        let draft = Draft::new(RecordKind::File, id, self.account.context().id, number);
        let record = sealed(&self.world, &self.ada, Draft { vault: self.vault, tier: Tier::Open, ..draft });
        self.ada.write(&self.world, self.vault, &[record]).await.unwrap();
    }
}

#[tokio::test]
async fn orphans_go_and_what_is_attached_stays() {
    let mut scene = Scene::set().await;
    let (kept, whole, half) = (ObjectId([1; 16]), ObjectId([2; 16]), ObjectId([3; 16]));
    scene.send(kept, 2).await;
    scene.send(whole, 2).await;
    scene.send(half, 1).await;
    scene.attach(kept).await;
    assert_eq!(scene.counts(), (3, 5, 2));
    scene.world.clock.forward(limits::UPLOAD_KEPT - 1);
    jobs::sweep(scene.world.server.app()).await.unwrap();
    assert_eq!(scene.counts(), (3, 5, 2));
    scene.world.clock.forward(1);
    jobs::sweep(scene.world.server.app()).await.unwrap();
    assert_eq!(scene.counts(), (1, 2, 0));
}

#[tokio::test]
async fn a_purged_file_leaves_no_chunk() {
    let mut scene = Scene::set().await;
    let (first, second) = (ObjectId([1; 16]), ObjectId([2; 16]));
    for id in [first, second] {
        scene.send(id, 2).await;
        scene.attach(id).await;
    }
    let vault = scene.vault;
    let store = &scene.world.server.app().store;
    store.write(move |tx| remove(tx, vault, first)).await.unwrap();
    assert_eq!(scene.counts(), (1, 2, 0));
    assert!(store.read(|tx| FILES.contains(tx, &(vault, second))).unwrap());
}

#[tokio::test]
async fn a_file_that_ends_leaves_its_header_and_no_chunk() {
    let mut scene = Scene::set().await;
    let (first, second) = (ObjectId([1; 16]), ObjectId([2; 16]));
    for id in [first, second] {
        scene.send(id, 2).await;
        scene.attach(id).await;
    }
    let store = &scene.world.server.app().store;
    let wire = store.read(|tx| RECORDS.get(tx, &(scene.vault, RecordKind::File, first, 1))).unwrap().unwrap();
    let there = Record::parse(&wire).unwrap();
    let ended = Draft { state: RecordState::Deleted, tier: Tier::Open, ..next(&there) };
    let ended = sealed(&scene.world, &scene.ada, ended);
    scene.ada.write(&scene.world, scene.vault, std::slice::from_ref(&ended)).await.unwrap();
    assert_eq!(scene.counts(), (1, 2, 0));
}

#[tokio::test]
async fn a_purged_account_takes_its_files_with_it() {
    let mut scene = Scene::set().await;
    let id = ObjectId([1; 16]);
    scene.send(id, 2).await;
    scene.attach(id).await;
    let deleted = Draft { state: RecordState::Deleted, ..next(&scene.account) };
    let deleted = sealed(&scene.world, &scene.ada, deleted);
    scene.ada.write(&scene.world, scene.vault, std::slice::from_ref(&deleted)).await.unwrap();
    let context = deleted.context();
    let statement = PurgeStatement {
        suite: SUITE,
        team: scene.ada.team,
        vault: scene.vault,
        member: scene.ada.id,
        position: scene.ada.state.position(),
        time: scene.world.now(),
        objects: vec![PurgedObject { kind: context.kind, id: context.id, version: context.version }],
    };
    let body = PurgeRequest { statement: sign(&scene.ada.secrets.signing, statement).to_wire() };
    let path = scene.ada.vault_path(scene.vault);
    let purged = scene.world.call::<PurgeObjects>(Some(&scene.ada.token), &path, &Empty {}, &body).await.unwrap();
    assert_eq!((purged.count, scene.counts()), (1, (0, 0, 0)));
    let store = &scene.world.server.app().store;
    let left = store.read(|tx| RECORDS.get(tx, &(scene.vault, RecordKind::File, id, 1))).unwrap().unwrap();
    assert!(Record::parse(&left).unwrap().payload().is_none());
}
