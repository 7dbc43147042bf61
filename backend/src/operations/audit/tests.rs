//! Events listed from either end, filtered, removed for their age, and written to a file.

use std::sync::Arc;

use sealward_contract::{
    audit::{ActKind, AuditEvent, AuditHead, AuditedAct},
    codec,
    ids::{MemberId, Timestamp, VaultId},
    operations::{
        Empty,
        audit::{EventOrder, EventPage, EventsQuery, ListAuditEvents},
    },
};

use crate::{
    Config,
    jobs::{self, audit_log::AuditLog},
    maintenance::verify::verify,
    testing::{Member, ORIGIN, World},
};

const DAY: u64 = 86_400_000;

async fn list(world: &World, member: &Member, query: &EventsQuery) -> EventPage {
    world.call::<ListAuditEvents>(Some(&member.token), &member.path(), query, &Empty {}).await.unwrap()
}

fn numbers(page: &EventPage) -> Vec<u64> {
    page.items.iter().map(|listed| codec::decode::<AuditEvent>(&listed.event).unwrap().sequence).collect()
}

async fn refused(world: &World, member: &Member, query: &EventsQuery) -> (String, String) {
    let called = world.call::<ListAuditEvents>(Some(&member.token), &member.path(), query, &Empty {}).await;
    let problem = called.unwrap_err().problem;
    let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
    (text("code"), text("filter"))
}

#[tokio::test]
async fn events_are_listed_from_either_end_and_filtered() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    // 1 the team, 2 a session; then 3 a vault, and an hour later 4 another session.
    let vault = ada.make_vault(&world).await;
    let before = world.now();
    world.clock.forward(3_600_000);
    world.sign_in(&ada).await.unwrap();
    let newest = EventsQuery { order: EventOrder::Newest, limit: Some(3), ..EventsQuery::default() };
    let first = list(&world, &ada, &newest).await;
    assert_eq!((numbers(&first), first.next.as_deref(), first.anchor), (vec![4, 3, 2], Some("2"), AuditHead::NONE));
    let rest = list(&world, &ada, &EventsQuery { cursor: first.next, ..newest }).await;
    assert_eq!((numbers(&rest), rest.next), (vec![1], None));
    let rows = [
        (EventsQuery { kind: Some(ActKind::SignIn), ..EventsQuery::default() }, vec![2, 4]),
        (EventsQuery { kind: Some(ActKind::Refusal), ..EventsQuery::default() }, vec![]),
        (EventsQuery { vault: Some(vault), ..EventsQuery::default() }, vec![3]),
        (EventsQuery { member: Some(ada.id), ..EventsQuery::default() }, vec![1, 2, 3, 4]),
        (EventsQuery { from: Some(before.plus_millis(1)), ..EventsQuery::default() }, vec![4]),
        (EventsQuery { until: Some(before.plus_millis(1)), ..EventsQuery::default() }, vec![1, 2, 3]),
    ];
    for (query, wanted) in rows {
        assert_eq!(numbers(&list(&world, &ada, &query).await), wanted, "{query:?}");
    }
}

#[tokio::test]
async fn filters_that_cannot_be_are_refused() {
    let world = World::new();
    let ada = world.found("ada").await;
    let rows = [
        (EventsQuery { member: Some(MemberId([9; 16])), ..EventsQuery::default() }, "member"),
        (EventsQuery { vault: Some(VaultId([9; 16])), ..EventsQuery::default() }, "vault"),
        (EventsQuery { cursor: Some("yesterday".into()), ..EventsQuery::default() }, "cursor"),
        (EventsQuery { from: Some(Timestamp(5)), until: Some(Timestamp(5)), ..EventsQuery::default() }, "time"),
    ];
    for (query, filter) in rows {
        assert_eq!(refused(&world, &ada, &query).await, ("filter_refused".into(), filter.into()), "{query:?}");
    }
    let query = EventsQuery { limit: Some(0), ..EventsQuery::default() };
    assert_eq!(refused(&world, &ada, &query).await.0, "malformed");
}

#[tokio::test]
async fn old_events_go_and_the_chain_is_checked_from_the_last_of_them() {
    let world = World::with(Config { audit_days: Some(180), ..Config::in_memory(ORIGIN) });
    let mut ada = world.found("ada").await;
    let app = world.server.app();
    world.clock.forward(181 * DAY);
    jobs::sweep(app).await.unwrap();
    ada.token = world.sign_in(&ada).await.unwrap().token.expose().to_owned();
    // Not a day over yet: nothing is written down for a few minutes' worth of events.
    assert_eq!(numbers(&list(&world, &ada, &EventsQuery::default()).await), [1, 2, 3]);
    world.clock.forward(3_600_000);
    jobs::sweep(app).await.unwrap();
    let page = list(&world, &ada, &EventsQuery::default()).await;
    assert_eq!((numbers(&page), page.anchor.sequence), (vec![3, 4], 2));
    let pruned: AuditEvent = codec::decode(&page.items[1].event).unwrap();
    let wanted = AuditedAct::EventsPruned { through: 2, hash: page.anchor.hash };
    assert_eq!((pruned.what, pruned.member, pruned.address), (wanted, None, None));
    let first: AuditEvent = codec::decode(&page.items[0].event).unwrap();
    assert_eq!(first.previous, page.anchor.hash);
    let snapshot = || verify(&app.store.snapshot().unwrap()).unwrap();
    assert!(snapshot().is_sound(), "{:?}", snapshot().lines());
    // Another one removed without a word is found.
    let team = ada.team;
    let gone = app.store.write(move |tx| {
        crate::store::tables::AUDIT_EVENTS.delete(tx, &(team, 3));
        Ok::<_, crate::store::StoreError>(())
    });
    gone.await.unwrap();
    assert!(snapshot().lines()[0].ends_with("event 4: event 3: it is missing"), "{:?}", snapshot().lines());
}

#[tokio::test]
async fn each_event_is_a_line_of_the_log_once() {
    let world = World::new();
    let ada = world.found("ada").await;
    let folder = std::env::temp_dir().join(format!("sealward-audit-log-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("audit.jsonl");
    drop(std::fs::remove_file(&file));
    let log = Arc::new(AuditLog::open(&file).unwrap());
    let lines = || {
        let text = std::fs::read_to_string(&file).unwrap();
        text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect::<Vec<_>>()
    };
    Arc::clone(&log).catch_up(world.server.app()).await.unwrap();
    let first = lines();
    assert_eq!(first.len(), 2);
    assert_eq!(first[0]["act"], "team_created");
    assert_eq!(first[0]["member"], ada.id.to_string());
    assert_eq!((&first[0]["sequence"], &first[0]["signed"]), (&1.into(), &true.into()));
    assert_eq!((&first[1]["act"], &first[1]["signed"]), (&"session_started".into(), &false.into()));
    assert!(first[1].get("statement").is_none());
    world.sign_in(&ada).await.unwrap();
    // Moved away: the next line begins a new file.
    std::fs::rename(&file, folder.join("audit.jsonl.1")).unwrap();
    log.catch_up(world.server.app()).await.unwrap();
    let next = lines();
    assert_eq!((next.len(), &next[0]["sequence"]), (1, &3.into()));
    assert!(AuditLog::open(&folder.join("nowhere").join("audit.jsonl")).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}
