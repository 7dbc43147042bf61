//! Vaults made and given new keys, against a server in memory.

use sealward_contract::{
    bytes::Bytes,
    chain::{Body, NamedHead, NewEpoch},
    crypto::Hash,
    ids::{Epoch, MemberId, Number},
    operations::{Empty, PageQuery, VaultPath, sync::SyncTeam, vault::*},
};

use crate::testing::{Draft, Member, World, next, sealed};

async fn refused(world: &World, member: &Member, body: &NewVault) -> String {
    let before = world.server.app().store.commits();
    let refused = world.call::<CreateVault>(Some(&member.token), &member.path(), &Empty {}, body).await.unwrap_err();
    assert_eq!(world.server.app().store.commits(), before);
    refused.code().to_owned()
}

#[tokio::test]
async fn a_vault_is_made_whole_or_not_at_all() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let before = ada.state.clone();
    let (vault, body, head, leaf) = ada.new_vault(&world);
    ada.state = before.clone();
    let (_, other, ..) = ada.new_vault(&world);
    let with = |change: fn(&mut NewVault, &NewVault)| {
        let mut changed = body.clone();
        change(&mut changed, &other);
        changed
    };
    for (body, code) in [
        (with(|body, _| body.envelopes.clear()), "envelopes_refused"),
        (with(|body, _| body.envelopes.push(body.envelopes[0].clone())), "envelopes_refused"),
        (with(|body, _| body.envelopes[0].recipient = MemberId([9; 16])), "envelopes_refused"),
        (with(|body, _| body.envelopes[0].sealed = Bytes::default()), "envelopes_refused"),
        (with(|body, other| body.record = other.record.clone()), "record_refused"),
        (with(|body, _| body.record = Bytes(vec![1])), "record_refused"),
        (with(|body, other| body.head = other.head.clone()), "head_refused"),
        (with(|body, _| body.statement = Bytes(vec![1])), "statement_refused"),
    ] {
        assert_eq!(refused(&world, &ada, &body).await, code);
    }
    let bob = world.found("bob").await;
    assert_eq!(refused(&world, &bob, &body).await, "statement_refused");
    let made = world.call::<CreateVault>(Some(&ada.token), &ada.path(), &Empty {}, &body).await.unwrap();
    assert_eq!(made.hash, head.hash());
    assert_eq!(refused(&world, &ada, &body).await, "stale_chain");
    ada.taken(vault, &head, &[leaf]);
    let listed =
        world.call::<ListVaults>(Some(&ada.token), &ada.path(), &PageQuery::default(), &Empty {}).await.unwrap();
    assert_eq!((listed.items.len(), listed.items[0].number, &listed.items[0].record), (1, Number(1), &body.record));
    // The same id in another team would be the same vault to the server.
    let mut carol = world.found("carol").await;
    let number = carol.state.clone();
    let (_, stolen, ..) = carol.new_vault_with(&world, vault);
    carol.state = number;
    assert_eq!(refused(&world, &carol, &stolen).await, "statement_refused");
    // For another team it is not there, under whatever path.
    for path in [VaultPath { team: ada.team, vault }, VaultPath { team: bob.team, vault }] {
        let foreign = world.call::<GetVault>(Some(&bob.token), &path, &Empty {}, &Empty {}).await.unwrap_err();
        assert_eq!(foreign.code(), "not_found");
    }
}

#[tokio::test]
async fn a_new_epoch_names_the_newest_head_and_ends_the_old_keys() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let vault = ada.make_vault(&world).await;
    let first = ada.numbers(&world, 2).await;
    let records = ada.seal(&world, &ada.drafts(&world, vault, first));
    ada.write(&world, vault, &records).await.unwrap();
    let known = ada.vaults[&vault].clone();
    let body = |ada: &Member, head: NamedHead| {
        let new = NewEpoch { vault, epoch: Epoch(2), keys: ada.keys(&world), head };
        let statement = ada.statement(&world, Body::NewEpoch(new));
        (EpochStart { statement: statement.to_wire(), envelopes: vec![ada.envelope()] }, statement)
    };
    let path = ada.vault_path(vault);
    let (old, _) = body(&ada, NamedHead { sequence: 1, hash: Hash([1; 32]) });
    let stale = world.call::<StartEpoch>(Some(&ada.token), &path, &Empty {}, &old).await.unwrap_err();
    assert_eq!(stale.code(), "head_refused");
    let (new, statement) = body(&ada, NamedHead { sequence: known.sequence, hash: known.head.unwrap() });
    world.call::<StartEpoch>(Some(&ada.token), &path, &Empty {}, &new).await.unwrap();
    // Sealed before, under the old keys: too late.
    let late = next(&records[0]);
    let problem = ada.write(&world, vault, &[sealed(&world, &ada, late.clone())]).await.unwrap_err();
    assert_eq!(problem.code(), "stale_chain");
    ada.state.apply(&statement).unwrap();
    ada.write(&world, vault, &[sealed(&world, &ada, Draft { epoch: Epoch(2), ..late })]).await.unwrap();
    let synced = world.call::<SyncTeam>(Some(&ada.token), &ada.path(), &Default::default(), &Empty {}).await.unwrap();
    assert_eq!(synced.envelopes.last().map(|envelope| envelope.epoch), Some(Epoch(2)));
    // A whole server that forgot everything it had in memory comes to the same answer.
    let app = world.server.app();
    let replayed = crate::memory::teams::Teams::default();
    let state = app.store.read(|tx| replayed.state(tx, &ada.team)).unwrap().unwrap();
    assert_eq!(state.position(), ada.state.position());
}
