//! Earlier versions of a secret: who wrote them and when, shown and brought back one at a time, and brought in by an
//! import.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    error::Error,
    import::{Import, ImportPlan},
    model::{Score, SecretPayload},
    operations::{Item, NewSecret},
    session::Session,
};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    codec,
    ids::Version,
    operations::{
        Empty, TeamPath,
        audit::{EventsQuery, ListAuditEvents},
    },
    record::{LeafKey, RecordKind},
};
use zeroize::Zeroizing;

async fn opened() -> (TestServer, Founder, Furnished, Session<InProcess>) {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    (server, founder, made, session)
}

fn secret(text: &str) -> NewSecret {
    NewSecret { payload: SecretPayload::new(text.into()), score: Score::new(1) }
}

#[tokio::test(flavor = "current_thread")]
async fn every_version_is_listed_shown_and_brought_back() {
    let (server, founder, made, session) = opened().await;
    let first = server.clock.now();
    server.clock.advance(60_000);
    session.replace_secret(made.vault, made.first, secret("changed once"), None).await.unwrap();
    server.clock.advance(60_000);
    session.replace_secret(made.vault, made.first, secret("changed twice"), None).await.unwrap();

    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let versions = other.secret_versions(made.vault, made.first).await.unwrap();
    let told: Vec<_> = versions.iter().map(|version| (version.version, version.time, version.author)).collect();
    let member = founder.identity.member;
    let expected = [
        (Version(3), first.plus_millis(120_000), member),
        (Version(2), first.plus_millis(60_000), member),
        (Version(1), first, member),
    ];
    assert_eq!(told, expected);
    for (version, text) in [(1, Furnished::FIRST.1), (2, "changed once"), (3, "changed twice")] {
        let payload = other.release_version(made.vault, made.first, Version(version)).await.unwrap();
        assert_eq!(payload.value.expose(), text);
    }
    assert_eq!(other.release_version(made.vault, made.first, Version(4)).await.map(drop), Err(Error::Gone));

    // Brought back: a fourth version like the first, and none is lost.
    let payload = other.release_version(made.vault, made.first, Version(1)).await.unwrap();
    other.replace_secret(made.vault, made.first, NewSecret { payload, score: None }, None).await.unwrap();
    // The session that is behind hears of it by asking.
    let versions = session.secret_versions(made.vault, made.first).await.unwrap();
    assert_eq!(versions.iter().map(|version| version.version.0).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(session.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    let (facts, damages) = session.fetch_facts(made.vault).await.unwrap();
    assert_eq!((facts[&made.first].length, damages), (12, vec![]));
    // The account beside it has its own history.
    assert_eq!(session.secret_versions(made.vault, made.second).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn an_earlier_version_is_written_down_as_such() {
    let (server, founder, made, session) = opened().await;
    session.replace_secret(made.vault, made.first, secret("changed"), None).await.unwrap();
    session.release_version(made.vault, made.first, Version(1)).await.unwrap();
    let created = founder.sign_in(&server).await;
    let api = sealward_client::api::Api::new(server.connect());
    let query = EventsQuery { limit: Some(500), ..EventsQuery::default() };
    let path = TeamPath { team: founder.team };
    let listed = api.call::<ListAuditEvents>(Some(&created.token), &path, &query, &Empty {}, None).await.unwrap();
    let acts = listed.items.iter().map(|listed| codec::decode::<AuditEvent>(&listed.event).unwrap().what);
    let released: Vec<AuditedAct> = acts.filter(|act| matches!(act, AuditedAct::SecretReleased { .. })).collect();
    let expected = AuditedAct::SecretReleased { vault: made.vault, account: made.first, version: Version(1) };
    assert_eq!(released, [expected]);
}

#[tokio::test(flavor = "current_thread")]
async fn a_deleted_account_shows_no_history() {
    let (_server, _founder, made, session) = opened().await;
    let account = Item::within(made.vault, RecordKind::Account, made.first);
    session.delete_items(&[account], |_, _, _| {}).await.whole().unwrap();
    assert_eq!(session.secret_versions(made.vault, made.first).await, Err(Error::Gone));
    assert_eq!(session.release_version(made.vault, made.first, Version(1)).await.map(drop), Err(Error::Gone));
}

const BITWARDEN: &str = r#"{"encrypted":false,"folders":[],"items":[{"id":"00000000-0000-4000-8000-000000000001",
    "type":1,"name":"mail","login":{"username":"ada","password":"present","uris":[{"uri":"https://mail.example"}]},
    "passwordHistory":[{"lastUsedDate":"2024-05-01T00:00:00.000Z","password":"second"},
    {"lastUsedDate":"2023-05-01T00:00:00.000Z","password":"first"}]}]}"#;

fn plan(server: &TestServer) -> ImportPlan {
    let file = Zeroizing::new(BITWARDEN.as_bytes().to_vec());
    let mut import = Import::open(file, server.clock.now()).unwrap();
    while !import.next_chunk(500).unwrap().is_finished() {}
    import.finish()
}

#[tokio::test(flavor = "current_thread")]
async fn imported_passwords_bring_their_history() {
    let (server, founder, made, session) = opened().await;
    let report = session.import(plan(&server), made.vault, &[Score::new(3)], |_| true).await.unwrap();
    assert_eq!((report.accounts, report.error), (1, None));
    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let account: LeafKey = {
        let vaults = other.vaults();
        let mut keys = vaults[&made.vault].entries().map(|(key, _)| *key);
        keys.find(|key| key.kind == RecordKind::Account && ![made.first, made.second].contains(&key.id)).unwrap()
    };
    assert_eq!(other.secret_versions(made.vault, account.id).await.unwrap().len(), 3);
    for (version, text) in [(1, "first"), (2, "second"), (3, "present")] {
        let payload = other.release_version(made.vault, account.id, Version(version)).await.unwrap();
        assert_eq!(payload.value.expose(), text);
    }
    assert_eq!(other.release(made.vault, account.id).await.unwrap().value.expose(), "present");
    let (facts, _) = other.fetch_facts(made.vault).await.unwrap();
    assert_eq!((facts[&account.id].length, facts[&account.id].score), (7, Score::new(3)));
    // The same file again brings nothing.
    let again = session.import(plan(&server), made.vault, &[], |_| true).await.unwrap();
    assert_eq!((again.accounts, again.known), (0, 1));
}
