//! Uploads, records and fetches of files that are not right.

use super::{NO_BODY, Scene, told};
use crate::harness::{attach, bytes_of, raw};
use sealward_contract::{
    bytes::Bytes,
    file::ChunkIndex,
    ids::{Number, ObjectId, VaultId, Version},
    limits,
    operations::{
        ObjectPath,
        files::{BeginUpload, Chunk, ChunkPath, GetChunk, GetUpload, NewUpload, PutChunk},
        wire::target,
    },
    record::{LeafKey, RecordContext, RecordKind, RecordState, Tier},
};

impl Scene {
    fn chunk_path(&self, id: ObjectId, index: u32) -> ChunkPath {
        ChunkPath { team: self.founder.team, vault: self.made.vault, id, index: ChunkIndex(index) }
    }

    fn make_file(&self) -> ObjectId {
        ObjectId(self.session.surroundings().make_id())
    }

    async fn begin(&self, id: ObjectId, sealed_length: u64) {
        let begun = self.call::<BeginUpload>(self.vault_path(), Some(&NewUpload { id, sealed_length })).await;
        assert_eq!(begun.status, 200);
    }

    async fn put(&self, id: ObjectId, index: u32, sealed: Vec<u8>) -> (u16, String) {
        told(&self.call::<PutChunk>(self.chunk_path(id, index), Some(&Chunk { sealed: Bytes(sealed) })).await)
    }

    /// The record of a file on the first account.
    fn file_context(&self, id: ObjectId) -> RecordContext {
        let number = self.forge().next(self.made.key(self.made.first)).number;
        let context = self.forge().context(LeafKey { id, kind: RecordKind::File }, self.made.first, number);
        RecordContext { tier: Tier::Open, ..context }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_upload_has_the_length_of_a_padded_file() {
    let scene = Scene::set().await;
    let file = scene.make_file();
    for sealed_length in [0, 16, 271, 273, 1_048_593, 104_859_200 + 1, u64::MAX] {
        let body = NewUpload { id: file, sealed_length };
        let what = format!("{sealed_length} bytes");
        scene.refuses::<BeginUpload>(&what, scene.vault_path(), &body, (422, "upload_refused")).await;
    }
    scene.begin(file, 272).await;
    scene.begin(file, 272).await;
    let other = NewUpload { id: file, sealed_length: 288 };
    scene.refuses::<BeginUpload>("another length", scene.vault_path(), &other, (409, "already_exists")).await;
    let attached = attach(&scene.session, &scene.made, b"attached").await;
    let again = NewUpload { id: attached.id, sealed_length: 272 };
    scene.refuses::<BeginUpload>("an attached file", scene.vault_path(), &again, (409, "already_exists")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_chunk_is_taken_once_and_in_its_own_length() {
    let scene = Scene::set().await;
    let file = scene.make_file();
    scene.begin(file, 1_048_592 + 32_784).await;
    let refused = (422, "chunk_refused".to_owned());
    assert_eq!(scene.put(file, 1, vec![1; 32_783]).await, refused);
    assert_eq!(scene.put(file, 1, vec![1; 1_048_592]).await, refused);
    assert_eq!(scene.put(file, 0, vec![1; 32_784]).await, refused);
    assert_eq!(scene.put(file, 2, vec![1; 32_784]).await, refused);
    assert_eq!(scene.put(file, 0, Vec::new()).await, refused);
    let taken = (200, String::new());
    assert_eq!(scene.put(file, 1, vec![1; 32_784]).await, taken);
    assert_eq!(scene.put(file, 1, vec![1; 32_784]).await, taken);
    assert_eq!(scene.put(file, 1, vec![2; 32_784]).await, (409, "chunk_differs".to_owned()));
    assert_eq!(scene.put(scene.make_file(), 0, vec![1; 272]).await, (404, "not_found".to_owned()));
    let long = vec![b'A'; limits::CHUNK_BODY + 1];
    let place = target::<PutChunk>(&scene.chunk_path(file, 0), &Default::default()).unwrap();
    assert_eq!(told(&scene.send("PUT", &place, &[], long).await), (413, "too_large".to_owned()));
    // Every index has one spelling.
    for index in ["00", "+0", "0x0", "4294967296", "-1"] {
        let place = place.replace("chunks/0", &format!("chunks/{index}"));
        assert_eq!(told(&scene.send("PUT", &place, &[], "{\"sealed\":\"AQ\"}").await), (400, "malformed".to_owned()));
    }
    let upload = scene.call::<GetUpload>(scene.object(file), None).await;
    assert_eq!(String::from_utf8(upload.body).unwrap(), r#"{"sealed_length":1081376,"present":[1]}"#);
}

impl Scene {
    fn object(&self, id: ObjectId) -> ObjectPath {
        ObjectPath { team: self.founder.team, vault: self.made.vault, id }
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_record_brings_in_only_what_its_author_sent_whole() {
    let scene = Scene::set().await;
    let file = scene.make_file();
    let lost = (422, "record_refused: upload");
    scene.refuses_record("a file that was never sent", scene.file_context(file), lost).await;
    scene.begin(file, 1_048_592 + 32_784).await;
    scene.put(file, 0, vec![1; 1_048_592]).await;
    scene.refuses_record("half a file", scene.file_context(file), lost).await;
    scene.put(file, 1, vec![1; 32_784]).await;
    let right = scene.file_context(file);
    let cases = [
        ("in the catalog's tier", RecordContext { tier: Tier::Catalog, ..right.clone() }, "tier"),
        ("guarded without a policy", RecordContext { tier: Tier::Guarded, ..right.clone() }, "tier"),
        ("in a group", RecordContext { parent: scene.made.group, ..right.clone() }, "parent"),
        ("in nothing", RecordContext { parent: ObjectId([7; 16]), ..right.clone() }, "parent"),
        ("in itself", RecordContext { parent: file, ..right.clone() }, "parent"),
        ("under another number", RecordContext { number: Number(right.number.0 + 1), ..right.clone() }, "history"),
        ("deleted from the start", RecordContext { state: RecordState::Deleted, ..right.clone() }, "history"),
    ];
    for (what, context, reason) in cases {
        scene.refuses_record(what, context, (422, &format!("record_refused: {reason}"))).await;
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_is_written_once() {
    let scene = Scene::set().await;
    let file = attach(&scene.session, &scene.made, b"once").await;
    let next = scene.file_context(file.id);
    assert_eq!(next.version, Version(2));
    scene.refuses_record("a second version", next.clone(), (422, "record_refused: history")).await;
    let gone = RecordContext { state: RecordState::Deleted, ..next };
    let write = scene.forge().write([gone]);
    let written = scene
        .call::<sealward_contract::operations::records::WriteBatch>(
            scene.team_path(),
            Some(&sealward_contract::operations::records::Batch { writes: vec![write] }),
        )
        .await;
    assert_eq!(written.status, 200);
    scene.session.sync(|_| {}).await.unwrap();
    let back = scene.file_context(file.id);
    assert_eq!(back.version, Version(3));
    scene.refuses_record("a third version", back, (422, "record_refused: history")).await;
}

#[tokio::test(flavor = "current_thread")]
async fn a_chunk_is_given_after_a_release_and_for_a_while() {
    let scene = Scene::set().await;
    let file = attach(&scene.session, &scene.made, &bytes_of(300)).await;
    let fetch = async |id, index| told(&scene.call::<GetChunk>(scene.chunk_path(id, index), None).await);
    let closed = (403, "not_released".to_owned());
    assert_eq!(fetch(file.id, 0).await, closed);
    scene.session.release_file(scene.made.vault, scene.made.first, file.id).await.unwrap();
    assert_eq!(fetch(file.id, 0).await.0, 200);
    assert_eq!(fetch(file.id, 1).await, (404, "not_found".to_owned()));
    let other = attach(&scene.session, &scene.made, &bytes_of(300)).await;
    assert_eq!(fetch(other.id, 0).await, closed, "one release is for one file");
    // An upload is nobody's to fetch, not even its sender's.
    let upload = scene.make_file();
    scene.begin(upload, 272).await;
    scene.put(upload, 0, vec![1; 272]).await;
    assert_eq!(fetch(upload, 0).await, (404, "not_found".to_owned()));
    // Another team's vault, and another vault of one's own.
    for vault in [scene.others.1.vault, VaultId([7; 16])] {
        let path = ChunkPath { vault, ..scene.chunk_path(file.id, 0) };
        let place = target::<GetChunk>(&path, &Default::default()).unwrap();
        assert_eq!(told(&scene.send("GET", &place, NO_BODY, []).await), (404, "not_found".to_owned()));
    }
    let place = target::<GetChunk>(&scene.chunk_path(file.id, 0), &Default::default()).unwrap();
    assert_eq!(raw(&scene.server.connect(), "GET", &place, &[], []).await.status, 401);
    scene.server.clock.advance(limits::FILE_RELEASE);
    assert_eq!(fetch(file.id, 0).await, closed);
}
