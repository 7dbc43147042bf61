//! What the server keeps of groups and of the directory: a name as long as the group is there, and each record once in the
//! order in which they were written.

use std::ops::ControlFlow;

use sealward_contract::{
    bytes::Bytes,
    chain::{Body, SetGroup},
    ids::{GroupId, Number, VaultId},
    operations::{
        Empty, PageQuery,
        groups::{CreateGroup, DeleteGroup, GroupChange, GroupPath, ListGroups, NewGroup, SetGroupMembers},
    },
    record::RecordKind,
};

use crate::{
    maintenance::verify::verify,
    store::{
        Order, StoreError,
        tables::{DIRECTORY, DIRECTORY_CHANGES, DIRECTORY_COUNTERS, DIRECTORY_PLACES},
    },
    testing::{Draft, Member, World, sealed},
};

fn change(
    world: &World,
    ada: &mut Member,
    group: GroupId,
    members: Option<Vec<sealward_contract::ids::MemberId>>,
) -> Bytes {
    let statement = ada.statement(world, Body::SetGroup(SetGroup { group, members }));
    ada.state.apply(&statement).unwrap();
    statement.to_wire()
}

fn new_group(world: &World, ada: &mut Member) -> (GroupId, NewGroup) {
    let group = GroupId(world.bytes());
    let statement = change(world, ada, group, Some(vec![]));
    let id = group.object();
    let draft = Draft { vault: VaultId::DIRECTORY, ..Draft::new(RecordKind::Group, id, id, Number(0)) };
    (group, NewGroup { statement, record: sealed(world, ada, draft).to_wire() })
}

/// Records of the directory, changes, places; and how often it was written.
fn rows(world: &World, ada: &Member) -> (usize, Vec<u64>, usize, u64) {
    let counted = world.server.app().store.read(|tx| {
        let (mut records, mut changes, mut places) = (0, Vec::new(), 0);
        DIRECTORY.scan(tx, &ada.team, Order::Forward, |_, _| {
            records += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        DIRECTORY_CHANGES.scan(tx, &ada.team, Order::Forward, |(_, at), _| {
            changes.push(at);
            Ok(ControlFlow::Continue(()))
        })?;
        DIRECTORY_PLACES.scan(tx, &ada.team, Order::Forward, |_, _| {
            places += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        let at = DIRECTORY_COUNTERS.get(tx, &ada.team)?.unwrap_or_default();
        Ok::<_, StoreError>((records, changes, places, at))
    });
    counted.unwrap()
}

#[tokio::test]
async fn a_groups_name_comes_and_goes_with_it() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    assert_eq!(rows(&world, &ada), (2, vec![1, 2], 2, 2));
    let (group, body) = new_group(&world, &mut ada);
    world.call::<CreateGroup>(Some(&ada.token), &ada.path(), &Empty {}, &body).await.unwrap();
    assert_eq!(rows(&world, &ada), (3, vec![1, 2, 3], 3, 3));
    let (_, second) = new_group(&world, &mut ada);
    world.call::<CreateGroup>(Some(&ada.token), &ada.path(), &Empty {}, &second).await.unwrap();
    let path = GroupPath { team: ada.team, group };
    let own = ada.id;
    let filled = GroupChange { statement: change(&world, &mut ada, group, Some(vec![own])) };
    world.call::<SetGroupMembers>(Some(&ada.token), &path, &Empty {}, &filled).await.unwrap();
    let page = PageQuery { cursor: None, limit: Some(1) };
    let listed = world.call::<ListGroups>(Some(&ada.token), &ada.path(), &page, &Empty {}).await.unwrap();
    assert_eq!((listed.items.len(), listed.next.is_some()), (1, true));
    let page = PageQuery { cursor: listed.next, limit: Some(1) };
    let rest = world.call::<ListGroups>(Some(&ada.token), &ada.path(), &page, &Empty {}).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    let all: Vec<_> = listed.items.iter().chain(&rest.items).collect();
    let first = all.into_iter().find(|entry| entry.group == group).unwrap();
    assert_eq!((&first.members, &first.record), (&vec![ada.id], &body.record));
    let snapshot = world.server.app().store.snapshot().unwrap();
    let report = verify(&snapshot).unwrap();
    assert!(report.is_sound(), "{:#?}", report.lines());

    let end = GroupChange { statement: change(&world, &mut ada, group, None) };
    world.call::<DeleteGroup>(Some(&ada.token), &path, &Empty {}, &end).await.unwrap();
    assert_eq!(rows(&world, &ada), (3, vec![1, 2, 4], 3, 4));
    let snapshot = world.server.app().store.snapshot().unwrap();
    let report = verify(&snapshot).unwrap();
    assert!(report.is_sound(), "{:#?}", report.lines());
}
