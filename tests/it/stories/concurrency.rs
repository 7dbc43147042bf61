//! Several devices writing at once: nobody loses a change unseen, nobody starves, and hints come through.

use crate::harness::{
    Answered, Founder, Furnished, InProcess, TestServer, draft_resource, furnished_team, is_about, next_of,
};
use futures_util::future::join_all;
use sealward_client::{
    error::{DamagedObject, Error, Fault},
    model::{ResourceGroupDetails, VaultDetails},
    operations::{Item, Place},
    session::{Event, Heard, NewVault, Session, VaultDrafts},
    vault::Details,
};
use sealward_contract::{
    chain::VaultKind,
    ids::{ObjectId, Version},
    operations::{
        records::{WriteBatch, WriteError},
        wire::{ReadProblem, read_problem, write_problem},
    },
    record::{Leaf, LeafKey, Record, RecordKind},
};
use std::time::Duration;

async fn devices(server: &TestServer, founder: &Founder, count: usize) -> Vec<Session<InProcess>> {
    let mut sessions = Vec::new();
    for _ in 0..count {
        let session = founder.session(server, &server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        sessions.push(session);
    }
    sessions
}

#[tokio::test(flavor = "current_thread")]
async fn writers_of_different_objects_both_win() {
    let (server, founder, made) = furnished_team().await;
    let sessions = devices(&server, &founder, 2).await;
    // The second one does not know of the first one's head: it is told, builds on it, and goes on by itself.
    for (session, id) in sessions.iter().zip([made.group, made.resource]) {
        let drafts = vec![next_of(session, made.vault, made.key(id), "renamed")];
        session.write(&[VaultDrafts { vault: made.vault, drafts }]).await.unwrap();
    }
    let fresh = &devices(&server, &founder, 1).await[0];
    for id in [made.group, made.resource] {
        assert_eq!(fresh.verified(made.vault, made.key(id)).unwrap().details.name(), "renamed");
    }
    assert_eq!(fresh.vaults()[&made.vault].head().sequence, 4);
}

#[tokio::test(flavor = "current_thread")]
async fn a_winner_whose_change_is_hidden_in_a_leaf_is_refused() {
    let (server, founder, made) = furnished_team().await;
    let winner = &devices(&server, &founder, 1).await[0];
    let wire = server.connect();
    let loser = founder.session(&server, &wire).await;
    loser.sync(|_| {}).await.unwrap();
    let rename = |session: &Session<InProcess>, id| {
        vec![VaultDrafts { vault: made.vault, drafts: vec![next_of(session, made.vault, made.key(id), "renamed")] }]
    };
    winner.write(&rename(winner, made.group)).await.unwrap();
    // The root is right, and the loser would go on showing the old name under it.
    wire.lie(|asked, answered| {
        let Some(ReadProblem::Own(WriteError::StaleHead(mut moved))) = read_problem(&answered.body) else {
            return answered;
        };
        assert!(is_about::<WriteBatch>(asked));
        let record = Record::parse(&moved.records.remove(0)).unwrap();
        let key = LeafKey { id: record.context().id, kind: record.context().kind };
        moved.leaves.push(Leaf { key, version: record.context().version, hash: record.hash() });
        let (status, body) = write_problem(&WriteError::StaleHead(moved), None);
        Answered { status, body }
    });
    let refused = loser.write(&rename(&loser, made.resource)).await;
    let Err(Error::Damage(damage)) = refused else { panic!("{refused:?}") };
    assert_eq!((damage.object, damage.fault), (DamagedObject::Head, Fault::Malformed));
}

#[tokio::test(flavor = "current_thread")]
async fn of_two_writers_of_one_object_the_second_is_told() {
    let (server, founder, made) = furnished_team().await;
    let sessions = devices(&server, &founder, 2).await;
    let drafts: Vec<_> =
        sessions.iter().map(|session| next_of(session, made.vault, made.key(made.group), "renamed")).collect();
    let mut results = Vec::new();
    for (session, draft) in sessions.iter().zip(drafts) {
        results.push(session.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await);
    }
    assert_eq!(results, [Ok(()), Err(Error::StaleVersion)]);
    // Both have seen the winner's version by now, without a synchronisation.
    for session in &sessions {
        assert_eq!(made.version(session, made.group), Version(2));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn many_writers_at_once_all_get_through() {
    let (server, founder, made) = furnished_team().await;
    let sessions = devices(&server, &founder, 8).await;
    let write_five = |session: Session<InProcess>| async move {
        for _ in 0..5 {
            let place = Place { vault: made.vault, parent: made.vault.object() };
            let details = ResourceGroupDetails { name: "written at once".into(), ..Default::default() };
            session.create_resource_group(place, details).await.unwrap();
        }
        session
    };
    join_all(sessions.into_iter().map(write_five)).await;
    let fresh = &devices(&server, &founder, 1).await[0];
    let vaults = fresh.vaults();
    assert_eq!(vaults[&made.vault].head().sequence, 2 + 40);
    let groups = vaults[&made.vault].children(&made.vault.object()).count();
    assert_eq!(groups, 1 + 40);
}

#[tokio::test(flavor = "current_thread")]
async fn vaults_made_at_once_follow_one_another_in_the_chain() {
    let (server, founder, _) = furnished_team().await;
    let sessions = devices(&server, &founder, 4).await;
    let make = |session: Session<InProcess>| async move {
        let details = VaultDetails { name: "another".into(), description: String::new(), ..Default::default() };
        session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap()
    };
    let made = join_all(sessions.into_iter().map(make)).await;
    let fresh = &devices(&server, &founder, 1).await[0];
    assert!(made.iter().all(|vault| fresh.vaults().contains_key(vault)));
    assert_eq!(fresh.chain().unwrap().position().sequence, 5, "genesis, one vault, four more");
}

#[tokio::test(flavor = "current_thread")]
async fn a_loser_whose_place_was_deleted_is_told() {
    let (server, founder, made) = furnished_team().await;
    let sessions = devices(&server, &founder, 2).await;
    let number = sessions[1].take_numbers(1).await.unwrap()[0];
    let group = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    sessions[0].delete_items(&[group], |_, _, _| {}).await.whole().unwrap();
    let id = ObjectId(sessions[1].surroundings().make_id());
    let drafts = vec![draft_resource(id, made.group, number, "too late")];
    let lost = sessions[1].write(&[VaultDrafts { vault: made.vault, drafts }]).await;
    assert_eq!(lost, Err(Error::Refused));
    assert!(sessions[1].vaults()[&made.vault].entry(&made.key(made.group)).is_some_and(|entry| !entry.is_live()));
}

#[tokio::test(flavor = "current_thread")]
async fn hints_reach_the_other_window() {
    let (server, founder, made) = furnished_team().await;
    let sessions = devices(&server, &founder, 2).await;
    let mut events = sessions[1].open_events().await.unwrap();
    let mut next = async || tokio::time::timeout(Duration::from_secs(5), events.next()).await.unwrap().unwrap();
    assert_eq!(next().await, Some(Heard::Event(Event::Opened)));
    let group = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    let details = ResourceGroupDetails { name: "renamed".into(), ..Default::default() };
    sessions[0].update_entry(group, Version(1), Details::ResourceGroup(details), None).await.unwrap();
    assert_eq!(next().await, Some(Heard::Event(Event::Vault { vault: made.vault })));
    sessions[1].sync(|_| {}).await.unwrap();
    assert_eq!(sessions[1].verified(made.vault, group.key).unwrap().details.name(), "renamed");
    sessions[0].end_session(sessions[1].id()).await.unwrap();
    assert_eq!(next().await, Some(Heard::Event(Event::SessionEnded)));
    assert_eq!(next().await, None);
}

#[tokio::test(flavor = "current_thread")]
async fn another_teams_hints_do_not() {
    let (server, founder, _) = furnished_team().await;
    let session = &devices(&server, &founder, 1).await[0];
    let mut events = session.open_events().await.unwrap();
    assert_eq!(events.next().await, Ok(Some(Heard::Event(Event::Opened))));
    let other = Founder::found(&server, "grace.hopper").await;
    let other = other.session(&server, &server.connect()).await;
    let elsewhere = Furnished::make(&other, "Elsewhere").await;
    assert!(other.vaults().contains_key(&elsewhere.vault));
    let silence = tokio::time::timeout(Duration::from_millis(200), events.next()).await;
    assert!(silence.is_err(), "{silence:?}");
}
