//! Keeping up with a team and a vault, against a server in memory.

use std::time::Duration;

use futures_util::StreamExt;
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::Hash,
    ids::{Number, VaultId},
    limits,
    operations::{Empty, SessionPath, session::EndSession, sync::*},
    record::{Leaf, Record, SignedHead, follow},
};

use crate::{
    jobs::audit_hints::{self, Told},
    testing::{Member, World, next, request, sealed},
};

/// A whole answer, in both forms.
async fn frames(world: &World, member: &Member, vault: VaultId, query: &VaultSyncQuery) -> Vec<SyncFrame> {
    let path = member.vault_path(vault);
    let json = request::<SyncVault>(Some(&member.token), &path, query, None);
    let (status, headers, bytes) = world.send(json).await;
    assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "application/x-ndjson"));
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let json: Vec<SyncFrame> = lines.map(|line| serde_json::from_slice(line).unwrap()).collect();
    let (mut head, body) = request::<SyncVault>(Some(&member.token), &path, query, None).into_parts();
    head.headers.insert("accept", "application/cbor-seq".parse().unwrap());
    let (_, headers, bytes) = world.send(http::Request::from_parts(head, body)).await;
    assert_eq!(headers["content-type"], "application/cbor-seq");
    let mut decoder = minicbor::Decoder::new(&bytes);
    let mut cbor = Vec::new();
    while decoder.position() < bytes.len() {
        let frame: SyncFrame = decoder.decode().unwrap();
        cbor.push(frame);
    }
    assert_eq!(cbor.iter().flat_map(codec::encode).collect::<Vec<u8>>(), bytes);
    assert_eq!(json, cbor);
    cbor
}

struct Taken {
    head: Bytes,
    rests: Vec<Hash>,
    records: Vec<Bytes>,
    leaves: Vec<Leaf>,
    next: Option<String>,
}

fn take(frames: Vec<SyncFrame>) -> Taken {
    let mut taken =
        Taken { head: Bytes::default(), rests: Vec::new(), records: Vec::new(), leaves: Vec::new(), next: None };
    for frame in frames {
        match frame {
            SyncFrame::Head { head } => taken.head = head,
            SyncFrame::Rests { rests } => taken.rests.extend(rests),
            SyncFrame::Records { records } => taken.records.extend(records),
            SyncFrame::Leaves { leaves } => taken.leaves.extend(leaves),
            SyncFrame::End { next } => taken.next = next,
        }
    }
    taken
}

async fn fill(world: &World, member: &mut Member, accounts: u32) -> (VaultId, Vec<Record>) {
    let vault = member.make_vault(world).await;
    let first = member.numbers(world, 2 * accounts).await;
    let mut all = Vec::new();
    for part in 0..accounts.div_ceil(200) {
        let mut records = Vec::new();
        for account in part * 200..accounts.min((part + 1) * 200) {
            let drafts = member.drafts(world, vault, Number(first.0 + 2 * account));
            records.extend(member.seal(world, &drafts));
        }
        member.write(world, vault, &records).await.unwrap();
        all.extend(records);
    }
    (vault, all)
}

#[tokio::test]
async fn a_vault_is_given_whole_and_then_what_changed() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let (vault, records) = fill(&world, &mut ada, 700).await;
    let whole = take(frames(&world, &ada, vault, &VaultSyncQuery::default()).await);
    assert_eq!((whole.records.len(), whole.leaves.len(), whole.rests.len()), (1 + 2 * 700, 2 * 700, 0));
    assert_eq!(whole.next, None);
    let head = SignedHead::parse(&whole.head).unwrap();
    let mut tree = sealward_contract::record::Tree::default();
    for record in &whole.records {
        tree.put(crate::testing::leaf(&Record::parse(record).unwrap()));
    }
    for leaf in whole.leaves {
        tree.put(leaf);
    }
    assert_eq!(tree.root(), head.value().rest.root);
    // The same bytes again, now from memory.
    let again = take(frames(&world, &ada, vault, &VaultSyncQuery::default()).await);
    assert_eq!(again.records, whole.records);
    let changed = sealed(&world, &ada, next(&records[0]));
    let secret = sealed(&world, &ada, next(&records[2]));
    let facts = sealed(&world, &ada, next(&records[3]));
    ada.write(&world, vault, std::slice::from_ref(&changed)).await.unwrap();
    ada.write(&world, vault, &[secret, facts]).await.unwrap();
    let query = VaultSyncQuery { after: head.value().sequence, ..VaultSyncQuery::default() };
    let since = take(frames(&world, &ada, vault, &query).await);
    assert_eq!((since.records, since.leaves.len()), (vec![changed.to_wire()], 2));
    let reached = since.rests.iter().fold(head.value().hash(), |at, rest| follow(&at, rest));
    assert_eq!(reached, SignedHead::parse(&since.head).unwrap().value().hash());
    let newest = VaultSyncQuery { after: head.value().sequence + 2, ..VaultSyncQuery::default() };
    let nothing = take(frames(&world, &ada, vault, &newest).await);
    assert_eq!((nothing.records.len(), nothing.rests.len(), nothing.next), (0, 0, None));
    let known = VaultSyncQuery { known: Some(head.value().sequence), ..VaultSyncQuery::default() };
    assert_eq!(take(frames(&world, &ada, vault, &known).await).rests, since.rests);
}

#[tokio::test]
async fn a_sync_can_be_cut_short_anywhere() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let (vault, _) = fill(&world, &mut ada, 200).await;
    for limit in [7, 512, 513, 801] {
        let (mut query, mut records, mut leaves, mut calls) = (VaultSyncQuery::default(), 0, 0, 0);
        query.limit = Some(limit);
        loop {
            let part = take(frames(&world, &ada, vault, &query).await);
            records += part.records.len();
            leaves += part.leaves.len();
            calls += 1;
            match part.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!((records, leaves), (1 + 400, 400), "limit {limit}");
        assert_eq!(calls, 801_u32.div_ceil(limit));
    }
    for (cursor, limit, at) in [
        (None, Some(0), "limit"),
        (None, Some(limits::SYNC_RECORDS + 1), "limit"),
        (Some("x"), None, "cursor"),
        (Some("1.9.00112233-4455-6677-8899-aabbccddeeff"), None, "cursor"),
    ] {
        let query = VaultSyncQuery { cursor: cursor.map(str::to_owned), limit, ..VaultSyncQuery::default() };
        let request = request::<SyncVault>(Some(&ada.token), &ada.vault_path(vault), &query, None);
        let (status, _, bytes) = world.send(request).await;
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((status.as_u16(), problem["at"].as_str()), (400, Some(at)));
    }
}

#[tokio::test]
async fn a_team_is_given_from_where_the_caller_stands() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let vaults = [ada.make_vault(&world).await, ada.make_vault(&world).await];
    let sync = async |from| {
        let query = TeamSyncQuery { from, ..TeamSyncQuery::default() };
        world.call::<SyncTeam>(Some(&ada.token), &ada.path(), &query, &Empty {}).await.unwrap()
    };
    let whole = sync(0).await;
    assert_eq!((whole.statements.len(), whole.complete, whole.heads.len(), whole.directory.len()), (3, true, 2, 2));
    let envelopes: Vec<_> = whole.envelopes.iter().map(|envelope| envelope.vault).collect();
    assert_eq!(envelopes, [None, Some(vaults[0]), Some(vaults[1])]);
    let later = sync(2).await;
    // Until the directory was read its key is given again.
    let envelopes: Vec<_> = later.envelopes.iter().map(|envelope| envelope.vault).collect();
    assert_eq!((later.statements.len(), envelopes, later.heads.len()), (1, vec![Some(vaults[1]), None], 2));
    let query = TeamSyncQuery { from: 2, directory: Some(later.directory_at) };
    let read = world.call::<SyncTeam>(Some(&ada.token), &ada.path(), &query, &Empty {}).await.unwrap();
    assert_eq!((read.envelopes.len(), read.directory.len()), (1, 0));
    assert_eq!(sync(3).await.statements.len(), 0);
    assert_eq!(sync(99).await.statements.len(), 0);
}

#[tokio::test]
async fn whoever_reads_the_audit_hears_that_it_went_on() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let request = request::<StreamEvents>(Some(&ada.token), &ada.path(), &Empty {}, None);
    let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
    let mut events = response.into_body().into_data_stream();
    let mut heard = async || {
        let bytes = tokio::time::timeout(Duration::from_secs(5), events.next()).await.unwrap().unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert_eq!(heard().await, "data: {\"event\":\"opened\"}\n\n");
    let (app, mut told) = (world.server.app(), Told::new());
    audit_hints::look(app, &mut told).unwrap();
    audit_hints::look(app, &mut told).unwrap();
    // A sign-in is nothing that anybody synchronises for, and two are told once.
    world.sign_in(&ada).await.unwrap();
    world.sign_in(&ada).await.unwrap();
    audit_hints::look(app, &mut told).unwrap();
    audit_hints::look(app, &mut told).unwrap();
    assert_eq!(heard().await, "data: {\"event\":\"audit\"}\n\n");
    ada.make_vault(&world).await;
    assert_eq!(heard().await, "data: {\"event\":\"team\"}\n\n");
}

#[tokio::test]
async fn hints_reach_other_sessions_and_end_with_their_own() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(&world).await;
    let other = world.sign_in(&ada).await.unwrap();
    let request = request::<StreamEvents>(Some(other.token.expose()), &ada.path(), &Empty {}, None);
    let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let mut heard = async || {
        let bytes = tokio::time::timeout(Duration::from_secs(5), events.next()).await.unwrap()?.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Some(serde_json::from_str::<Event>(text.strip_prefix("data: ").unwrap().trim_end()).unwrap())
    };
    assert_eq!(heard().await, Some(Event::Opened));
    let first = ada.numbers(&world, 2).await;
    let records = ada.seal(&world, &ada.drafts(&world, vault, first));
    ada.write(&world, vault, &records).await.unwrap();
    assert_eq!(heard().await, Some(Event::Vault { vault }));
    ada.make_vault(&world).await;
    assert_eq!(heard().await, Some(Event::Team));
    assert!(matches!(heard().await, Some(Event::Vault { .. })));
    // Nothing of another team is heard.
    world.found("bob").await.make_vault(&world).await;
    let path = SessionPath { team: ada.team, session: other.session };
    world.call::<EndSession>(Some(&ada.token), &path, &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(heard().await, Some(Event::SessionEnded));
    assert_eq!(heard().await, None);
}

#[tokio::test]
async fn a_member_has_so_many_streams() {
    let world = World::new();
    let ada = world.found("ada").await;
    let mut open = Vec::new();
    for _ in 0..limits::STREAMS {
        let request = request::<StreamEvents>(Some(&ada.token), &ada.path(), &Empty {}, None);
        let response = tower::ServiceExt::oneshot(world.router.clone(), request).await.unwrap();
        assert_eq!(response.status(), 200);
        open.push(response);
    }
    let (status, ..) = world.send(request::<StreamEvents>(Some(&ada.token), &ada.path(), &Empty {}, None)).await;
    assert_eq!(status, 429);
    open.pop();
    let one = request::<StreamEvents>(Some(&ada.token), &ada.path(), &Empty {}, None);
    let response = tower::ServiceExt::oneshot(world.router.clone(), one).await.unwrap();
    assert_eq!(response.status(), 200);
    world.server.end_streams();
    let mut events = response.into_body().into_data_stream();
    while let Some(bytes) = tokio::time::timeout(Duration::from_secs(5), events.next()).await.unwrap() {
        bytes.unwrap();
    }
}
