//! Exports against a server in memory: all or nothing, one event, each statement once.

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    bytes::Bytes,
    chain::{Approvals, Body, Policy, PolicyScope, Requirement, SetPolicy},
    codec,
    ids::{Number, ObjectId, ReleaseId, VaultId, Version},
    limits,
    operations::{Empty, PageQuery, audit::ListAuditEvents, export::*, vault},
    record::{Record, RecordKind, RecordState},
    release::{ExportFormat, ExportStatement, ExportedSecret},
    suite::SUITE,
};

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
        }
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
        let query = PageQuery { cursor: None, limit: Some(limits::PAGE) };
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
    assert_eq!(frames, [ExportFrame::Secrets { records }, ExportFrame::End]);
    let events = it.events(&world).await;
    assert_eq!(events.len(), before + 1);
    let event = events.last().unwrap();
    assert_eq!(event.what, AuditedAct::SecretsExported { count: 3, format: ExportFormat::Backup });
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
    let expected = [codec::encode(&ExportFrame::Secrets { records }), codec::encode(&ExportFrame::End)].concat();
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
    let policy = Policy { approvals: Approvals(0), reason: Requirement::Required };
    let set =
        SetPolicy { vault: it.vault, scope: PolicyScope::Resource(it.resource.context().id), policy: Some(policy) };
    let statement = it.ada.statement(&world, Body::SetPolicy(set));
    let body = vault::PolicyChange { statement: statement.to_wire() };
    let path = it.ada.vault_path(it.vault);
    world.call::<vault::SetVaultPolicy>(Some(&it.ada.token), &path, &Empty {}, &body).await.unwrap();
    it.ada.state.apply(&statement).unwrap();
    let bare = it.statement(&world);
    assert_eq!(it.refused(&world, bare.clone()).await.code(), "reason_required");
    let empty = ExportStatement { reason: Some(Bytes(vec![])), ..bare.clone() };
    assert_eq!(it.refused(&world, empty).await.code(), "reason_required");
    let reasoned = ExportStatement { reason: Some(Bytes(vec![1; 300])), ..bare };
    assert!(it.export(&world, reasoned).await.is_ok());
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
    statement.secrets = (0..=limits::EXPORT_SECRETS).map(place).collect();
    let refused = it.refused(&world, statement.clone()).await;
    assert_eq!((refused.code(), refused.problem["limit"].as_u64()), ("too_large", Some(50_000)));
    statement.secrets.pop();
    assert_eq!(it.refused(&world, statement).await.code(), "not_found", "the longest list fits into a body");
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
    let page = |cursor| PageQuery { cursor, limit: Some(limits::PAGE) };
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
