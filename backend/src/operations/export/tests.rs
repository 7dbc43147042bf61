//! Exports against a server in memory: all or nothing, one event, each statement once.

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    bytes::Bytes,
    chain::{Approvals, Body, Policy, PolicyScope, Requirement, SetPolicy},
    codec,
    file::ChunkIndex,
    ids::{Number, ObjectId, ReleaseId, VaultId, Version},
    limits,
    operations::{
        Empty,
        audit::{EventsQuery, ListAuditEvents},
        export::*,
        files::{BeginUpload, Chunk, ChunkPath, GetChunk, NewUpload, PutChunk},
        vault,
    },
    record::{LeafKey, Record, RecordKind, RecordState, Tier},
    release::{ExportFormat, ExportStatement, ExportedFile, ExportedSecret},
    suite::SUITE,
};

use crate::store::{StoreError, tables::RECORDS};
use crate::testing::{Draft, Member, Refused, World, next, request, sealed, sign};

struct Furnished {
    ada: Member,
    vault: VaultId,
    resource: Record,
    account: Record,
    secrets: Vec<Record>,
}

async fn furnish(world: &World) -> Furnished {
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(world).await;
    let first = ada.numbers(world, 20).await;
    let mut records = ada.seal(world, &ada.drafts(world, vault, first));
    ada.write(world, vault, &records).await.unwrap();
    records.truncate(3);
    let [resource, account, secret] = records.try_into().unwrap();
    let mut secrets = vec![secret];
    for count in 0..2 {
        let (id, number) = (ObjectId(world.bytes()), Number(first.0 + 5 + count));
        let of = |kind, parent, number| Draft { vault, ..Draft::new(kind, id, parent, number) };
        let drafts = [
            of(RecordKind::Account, resource.context().id, number),
            of(RecordKind::Secret, id, number),
            of(RecordKind::Facts, id, number),
        ];
        let records = ada.seal(world, &drafts);
        ada.write(world, vault, &records).await.unwrap();
        secrets.push(records[1].clone());
    }
    secrets.sort_by_key(|secret| secret.context().id);
    Furnished { ada, vault, resource, account, secrets }
}

impl Furnished {
    fn statement(&self, world: &World) -> ExportStatement {
        let listed = |secret: &Record| ExportedSecret {
            vault: self.vault,
            account: secret.context().id,
            version: secret.context().version,
        };
        ExportStatement {
            suite: SUITE,
            id: ReleaseId(world.bytes()),
            team: self.ada.team,
            member: self.ada.id,
            position: self.ada.state.position(),
            time: world.now(),
            secrets: self.secrets.iter().map(listed).collect(),
            format: ExportFormat::Backup,
            reason: None,
            files: vec![],
        }
    }

    /// Writes the next version of the first secret, and gives both.
    async fn change_first(&mut self, world: &World) -> [Record; 2] {
        let older = self.secrets[0].clone();
        let key = LeafKey { id: older.context().id, kind: RecordKind::Facts };
        let facts = *self.ada.vaults[&self.vault].tree.get(&key).unwrap();
        let drafts = [
            next(&older),
            Draft { kind: RecordKind::Facts, version: Version(2), previous: facts.hash, ..next(&older) },
        ];
        let records = drafts.map(|draft| sealed(world, &self.ada, draft));
        self.ada.write(world, self.vault, &records).await.unwrap();
        self.secrets[0] = records[0].clone();
        [older, records[0].clone()]
    }

    /// Gives the account a file of one small chunk.
    async fn attach(&mut self, world: &World, id: ObjectId) -> Record {
        let (token, body) = (Some(self.ada.token.as_str()), NewUpload { id, sealed_length: 272 });
        world.call::<BeginUpload>(token, &self.ada.vault_path(self.vault), &Empty {}, &body).await.unwrap();
        let body = Chunk { sealed: Bytes(vec![7; 272]) };
        world.call::<PutChunk>(token, &self.chunk(id), &Empty {}, &body).await.unwrap();
        let account = self.account.context();
        let draft = Draft::new(RecordKind::File, id, account.id, account.number);
        let record = sealed(world, &self.ada, Draft { vault: self.vault, tier: Tier::Open, ..draft });
        self.ada.write(world, self.vault, std::slice::from_ref(&record)).await.unwrap();
        record
    }

    fn chunk(&self, id: ObjectId) -> ChunkPath {
        ChunkPath { team: self.ada.team, vault: self.vault, id, index: ChunkIndex(0) }
    }

    async fn fetch(&self, world: &World, id: ObjectId) -> Result<Chunk, Refused> {
        world.call::<GetChunk>(Some(&self.ada.token), &self.chunk(id), &Empty {}, &Empty {}).await
    }

    async fn set_policy(&mut self, world: &World, scope: PolicyScope, policy: Policy) {
        let set = SetPolicy { vault: self.vault, scope, policy: Some(policy) };
        let statement = self.ada.statement(world, Body::SetPolicy(set));
        let body = vault::PolicyChange { statement: statement.to_wire() };
        let path = self.ada.vault_path(self.vault);
        world.call::<vault::SetVaultPolicy>(Some(&self.ada.token), &path, &Empty {}, &body).await.unwrap();
        self.ada.state.apply(&statement).unwrap();
    }

    async fn export(&self, world: &World, statement: ExportStatement) -> Result<Vec<ExportFrame>, Refused> {
        self.send(world, sign(&self.ada.secrets.signing, statement).to_wire()).await
    }

    /// The answer in JSON.
    async fn send(&self, world: &World, statement: Bytes) -> Result<Vec<ExportFrame>, Refused> {
        let body = ExportRequest { statement };
        let asked = request::<ExportSecrets>(Some(&self.ada.token), &self.ada.path(), &Empty {}, Some(&body));
        let (status, _, bytes) = world.send(asked).await;
        if !status.is_success() {
            return Err(Refused { problem: serde_json::from_slice(&bytes).unwrap() });
        }
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(|line| serde_json::from_slice(line).unwrap()).collect())
    }

    async fn events(&self, world: &World) -> Vec<AuditEvent> {
        let query = EventsQuery { limit: Some(limits::PAGE), ..EventsQuery::default() };
        let path = self.ada.path();
        let page = world.call::<ListAuditEvents>(Some(&self.ada.token), &path, &query, &Empty {}).await.unwrap();
        page.items.iter().map(|listed| codec::decode(&listed.event).unwrap()).collect()
    }

    async fn refused(&self, world: &World, statement: ExportStatement) -> Refused {
        let before = world.server.app().store.commits();
        let refused = self.export(world, statement).await.unwrap_err();
        assert_eq!(world.server.app().store.commits(), before, "a refused export changed something");
        refused
    }
}

#[tokio::test]
async fn all_secrets_are_released_under_one_event() {
    let world = World::new();
    let it = furnish(&world).await;
    let before = it.events(&world).await.len();
    let statement = it.statement(&world);
    let frames = it.export(&world, statement.clone()).await.unwrap();
    let records = it.secrets.iter().map(Record::to_wire).collect();
    assert_eq!(frames, [ExportFrame::Records { records }, ExportFrame::End]);
    let events = it.events(&world).await;
    assert_eq!(events.len(), before + 1);
    let event = events.last().unwrap();
    assert_eq!(event.what, AuditedAct::SecretsExported { count: 3, format: ExportFormat::Backup, files: 0 });
    assert_eq!(event.member, Some(it.ada.id));
    let wire = sign(&it.ada.secrets.signing, statement).to_wire();
    assert_eq!(event.statement, Some(wire.clone()), "the whole list stands in the event");
    assert_eq!(it.send(&world, wire).await.unwrap_err().code(), "release_refused", "a statement is good once");
}

#[tokio::test]
async fn the_answer_in_cbor_is_the_same() {
    let world = World::new();
    let it = furnish(&world).await;
    let statement = sign(&it.ada.secrets.signing, it.statement(&world)).to_wire();
    let body = ExportRequest { statement };
    let asked = request::<ExportSecrets>(Some(&it.ada.token), &it.ada.path(), &Empty {}, Some(&body));
    let (mut head, body) = asked.into_parts();
    head.headers.insert("accept", "application/cbor-seq".parse().unwrap());
    let (status, headers, bytes) = world.send(http::Request::from_parts(head, body)).await;
    assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "application/cbor-seq"));
    let records = it.secrets.iter().map(Record::to_wire).collect();
    let expected = [codec::encode(&ExportFrame::Records { records }), codec::encode(&ExportFrame::End)].concat();
    assert_eq!(bytes, expected);
}

#[tokio::test]
async fn one_secret_that_may_not_be_had_stops_all() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let right = it.statement(&world);
    let with = |change: fn(&mut ExportStatement)| {
        let mut statement = right.clone();
        change(&mut statement);
        statement
    };
    let stale = it.refused(&world, with(|statement| statement.secrets[1].version = Version(2))).await;
    assert_eq!((stale.code(), stale.problem["current"].as_u64()), ("stale_version", Some(1)));
    assert_eq!(stale.problem["account"].as_str(), Some(&*it.secrets[1].context().id.to_string()));
    let unknown = it.refused(&world, with(|statement| statement.secrets[2].account = ObjectId([0xff; 16]))).await;
    assert_eq!(unknown.code(), "not_found");
    let elsewhere = it.refused(&world, with(|statement| statement.secrets[2].vault = VaultId([0xff; 16]))).await;
    assert_eq!(elsewhere.code(), "not_found");
    // One account is deleted: its secret is named in the refusal.
    let gone = Draft { state: RecordState::Deleted, ..next(&it.account) };
    let gone = sealed(&world, &it.ada, gone);
    it.ada.write(&world, it.vault, &[gone]).await.unwrap();
    let deleted = it.refused(&world, right).await;
    assert_eq!(deleted.code(), "deleted");
    assert_eq!(deleted.problem["account"].as_str(), Some(&*it.account.context().id.to_string()));
}

#[tokio::test]
async fn a_policy_asks_for_a_reason_of_the_whole_export() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let policy = Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None };
    it.set_policy(&world, PolicyScope::Resource(it.resource.context().id), policy).await;
    let bare = it.statement(&world);
    assert_eq!(it.refused(&world, bare.clone()).await.code(), "reason_required");
    let empty = ExportStatement { reason: Some(Bytes(vec![])), ..bare.clone() };
    assert_eq!(it.refused(&world, empty).await.code(), "reason_required");
    let reasoned = ExportStatement { reason: Some(Bytes(vec![1; 300])), ..bare };
    assert!(it.export(&world, reasoned).await.is_ok());
    // A file asks for it too, by itself.
    let id = it.attach(&world, ObjectId([1; 16])).await.context().id;
    let file = ExportedFile { vault: it.vault, id, version: Version::FIRST };
    let bare = ExportStatement { secrets: vec![], files: vec![file], ..it.statement(&world) };
    let refused = it.refused(&world, bare.clone()).await;
    assert_eq!((refused.code(), refused.problem["account"].as_str()), ("reason_required", Some(&*id.to_string())));
    assert!(it.export(&world, ExportStatement { reason: Some(Bytes(vec![1; 300])), ..bare }).await.is_ok());
}

#[tokio::test]
async fn files_and_earlier_secrets_come_with_the_others() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let [older, newer] = it.change_first(&world).await;
    let (first, second) = (it.attach(&world, ObjectId([1; 16])).await, it.attach(&world, ObjectId([2; 16])).await);
    let before = it.events(&world).await.len();
    let mut statement = it.statement(&world);
    statement.secrets.insert(0, ExportedSecret { version: Version::FIRST, ..statement.secrets[0] });
    let ids = [ObjectId([1; 16]), ObjectId([2; 16])];
    statement.files = ids.map(|id| ExportedFile { vault: it.vault, id, version: Version::FIRST }).into();
    assert_eq!(it.fetch(&world, ids[0]).await.unwrap_err().code(), "not_released");
    let frames = it.export(&world, statement.clone()).await.unwrap();
    let records = [&older, &newer, &it.secrets[1], &it.secrets[2], &first, &second].map(Record::to_wire).into();
    assert_eq!(frames, [ExportFrame::Records { records }, ExportFrame::End]);
    let events = it.events(&world).await;
    assert_eq!(events.len(), before + 1);
    let act = AuditedAct::SecretsExported { count: 4, format: ExportFormat::Backup, files: 2 };
    assert_eq!(events.last().unwrap().what, act);
    assert_eq!(events.last().unwrap().statement, Some(sign(&it.ada.secrets.signing, statement).to_wire()));
    // The chunks may be fetched for as long as after the release of one.
    for id in ids {
        assert_eq!(it.fetch(&world, id).await.unwrap().sealed, Bytes(vec![7; 272]));
    }
    world.clock.forward(limits::FILE_RELEASE);
    assert_eq!(it.fetch(&world, ids[1]).await.unwrap_err().code(), "not_released");
    // Files alone are an export too.
    let alone = ExportedFile { vault: it.vault, id: ids[1], version: Version::FIRST };
    let alone = ExportStatement { secrets: vec![], files: vec![alone], ..it.statement(&world) };
    let frames = it.export(&world, alone).await.unwrap();
    assert_eq!(frames, [ExportFrame::Records { records: vec![second.to_wire()] }, ExportFrame::End]);
    assert!(it.fetch(&world, ids[1]).await.is_ok());
    assert_eq!(it.fetch(&world, ids[0]).await.unwrap_err().code(), "not_released", "it was not named");
}

#[tokio::test]
async fn a_file_or_an_earlier_secret_that_may_not_be_had_stops_all() {
    let world = World::new();
    let mut it = furnish(&world).await;
    let mut other = world.found("grace").await;
    let theirs = other.make_vault(&world).await;
    it.change_first(&world).await;
    let file = it.attach(&world, ObjectId([1; 16])).await.context().id;
    let gone = it.attach(&world, ObjectId([2; 16])).await;
    let deleted = Draft { state: RecordState::Deleted, ..next(&gone) };
    let deleted = sealed(&world, &it.ada, deleted);
    it.ada.write(&world, it.vault, &[deleted]).await.unwrap();
    let listed = ExportedFile { vault: it.vault, id: file, version: Version::FIRST };
    let mut right = it.statement(&world);
    let newest = right.secrets[0];
    right.secrets.insert(0, ExportedSecret { version: Version::FIRST, ..newest });
    right.files = vec![listed];
    let secrets = |secrets: Vec<ExportedSecret>| ExportStatement { secrets, ..right.clone() };
    let files = |files: Vec<ExportedFile>| ExportStatement { files, ..right.clone() };
    let first = right.secrets[0];
    let cases = [
        ("an earlier secret without the newest", secrets(vec![first]), "stale_version"),
        (
            "a version that is not there yet",
            secrets(vec![newest, ExportedSecret { version: Version(3), ..newest }]),
            "stale_version",
        ),
        ("no version at all", secrets(vec![ExportedSecret { version: Version(0), ..newest }, newest]), "stale_version"),
        ("secrets out of order", secrets(vec![newest, first]), "release_refused"),
        ("another version of the file", files(vec![ExportedFile { version: Version(2), ..listed }]), "stale_version"),
        (
            "two versions of the file",
            files(vec![listed, ExportedFile { version: Version(2), ..listed }]),
            "stale_version",
        ),
        ("a file that is not there", files(vec![ExportedFile { id: ObjectId([9; 16]), ..listed }]), "not_found"),
        ("an account for a file", files(vec![ExportedFile { id: newest.account, ..listed }]), "not_found"),
        ("a vault that is not there", files(vec![ExportedFile { vault: VaultId([0xff; 16]), ..listed }]), "not_found"),
        ("another team's vault", files(vec![ExportedFile { vault: theirs, ..listed }]), "not_found"),
        ("the same file twice", files(vec![listed, listed]), "release_refused"),
        (
            "files out of order",
            files(vec![ExportedFile { id: ObjectId([2; 16]), ..listed }, listed]),
            "release_refused",
        ),
        (
            "a deleted file",
            files(vec![listed, ExportedFile { id: ObjectId([2; 16]), version: Version(2), ..listed }]),
            "deleted",
        ),
        ("a deleted file as it was", files(vec![listed, ExportedFile { id: ObjectId([2; 16]), ..listed }]), "deleted"),
    ];
    for (what, statement, code) in cases {
        assert_eq!(it.refused(&world, statement).await.code(), code, "{what}");
        assert_eq!(it.fetch(&world, file).await.unwrap_err().code(), "not_released", "{what}");
    }
    // The server has lost an earlier secret, as after a purge.
    let (vault, key) = (it.vault, newest.account);
    let kept = world.server.app().store.read(|tx| RECORDS.get(tx, &(vault, RecordKind::Secret, key, 1))).unwrap();
    let lose = move |tx: &mut crate::store::WriteTx<'_, '_>| {
        RECORDS.delete(tx, &(vault, RecordKind::Secret, key, 1));
        Ok::<_, StoreError>(())
    };
    world.server.app().store.write(lose).await.unwrap();
    let refused = it.refused(&world, right.clone()).await;
    assert_eq!((refused.code(), refused.problem["current"].as_u64()), ("stale_version", Some(2)));
    let restore = move |tx: &mut crate::store::WriteTx<'_, '_>| {
        RECORDS.put(tx, &(vault, RecordKind::Secret, key, 1), &kept.unwrap())?;
        Ok::<_, StoreError>(())
    };
    world.server.app().store.write(restore).await.unwrap();
    assert!(it.export(&world, right).await.is_ok());
}

#[tokio::test]
async fn a_list_over_the_limit_is_refused() {
    let world = World::new();
    let it = furnish(&world).await;
    let mut statement = it.statement(&world);
    let place = |count: usize| {
        let mut id = [0xff; 16];
        id[8..].copy_from_slice(&count.to_be_bytes());
        ExportedSecret { vault: it.vault, account: ObjectId(id), version: Version::FIRST }
    };
    statement.secrets = (0..=limits::EXPORT_ITEMS).map(place).collect();
    let refused = it.refused(&world, statement.clone()).await;
    assert_eq!((refused.code(), refused.problem["limit"].as_u64()), ("too_large", Some(50_000)));
    let file = |id| ExportedFile { vault: it.vault, id: ObjectId([id; 16]), version: Version::FIRST };
    statement.secrets.truncate(limits::EXPORT_ITEMS - 1);
    statement.files = vec![file(1), file(2)];
    assert_eq!(it.refused(&world, statement.clone()).await.code(), "too_large", "both lists count");
    statement.files.pop();
    assert_eq!(it.refused(&world, statement).await.code(), "not_found", "the longest lists fit into a body");
}

#[tokio::test]
async fn pages_of_events_end_before_they_grow_too_large() {
    let world = World::new();
    let it = furnish(&world).await;
    for _ in 0..3 {
        assert!(it.export(&world, it.statement(&world)).await.is_ok());
    }
    // Three long events, as exports of many secrets leave them.
    let long =
        AuditEvent { statement: Some(Bytes(vec![7; limits::PAGE_BYTES / 2])), ..it.events(&world).await[0].clone() };
    let (team, first) = (it.ada.team, it.events(&world).await.len() as u64 + 1);
    world
        .server
        .app()
        .store
        .write(move |tx| {
            for sequence in first..first + 3 {
                let row = Bytes(codec::encode(&AuditEvent { sequence, ..long.clone() }));
                crate::store::tables::AUDIT_EVENTS.put(tx, &(team, sequence), &row)?;
            }
            Ok::<_, crate::store::StoreError>(())
        })
        .await
        .unwrap();
    let page = |cursor| EventsQuery { cursor, limit: Some(limits::PAGE), ..EventsQuery::default() };
    let path = it.ada.path();
    let call = |query| {
        let (world, path, token) = (&world, path, it.ada.token.clone());
        async move { world.call::<ListAuditEvents>(Some(&token), &path, &query, &Empty {}).await.unwrap() }
    };
    let one = call(page(None)).await;
    assert_eq!((one.items.len() as u64, one.next.clone()), (first + 1, Some((first + 1).to_string())));
    let other = call(page(one.next)).await;
    assert_eq!((other.items.len(), other.next), (1, None));
}
