//! Taking secrets out: one decision, one event, and what the member may not have stays where it is.

use crate::harness::{Founder, Furnished, InProcess, TestServer, draft_account, furnished_team};
use sealward_client::{
    error::Error,
    model::{AccountDetails, SecretPayload},
    operations::{Item, NewAccount, NewSecret, Place},
    session::{Session, VaultDrafts},
};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy},
    codec,
    crypto::Signed,
    ids::{ObjectId, VaultId, Version},
    operations::{Page, audit::EventListed},
    record::RecordKind,
    release::{ExportFormat, ExportStatement, ExportedSecret},
};
use std::collections::BTreeSet;

async fn opened() -> (TestServer, Founder, Furnished, Session<InProcess>) {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    (server, founder, made, session)
}

fn accounts(vault: VaultId, ids: &[ObjectId]) -> BTreeSet<(VaultId, ObjectId)> {
    ids.iter().map(|id| (vault, *id)).collect()
}

/// The acts and statements of all events.
async fn events(server: &TestServer, founder: &Founder) -> Vec<AuditEvent> {
    let created = founder.sign_in(server).await;
    let target = format!("/v1/teams/{}/audit-events?limit=500", founder.team);
    let bearer = format!("Bearer {}", created.token.expose());
    let headers = [("authorization", bearer.as_str())];
    let answered = crate::harness::raw(&server.connect(), "GET", &target, &headers, []).await;
    let page: Page<EventListed> = serde_json::from_slice(&answered.body).unwrap();
    page.items.iter().map(|listed| codec::decode(&listed.event).unwrap()).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn one_decision_is_one_event_that_lists_all() {
    let (server, founder, made, session) = opened().await;
    let exported =
        session.export(&accounts(made.vault, &[made.first, made.second]), ExportFormat::Json, |_| {}).await.unwrap();
    assert_eq!((exported.secrets.len(), exported.released), (2, 2));
    let events = events(&server, &founder).await;
    let acts: Vec<_> = events.iter().filter(|event| matches!(event.what, AuditedAct::SecretsExported { .. })).collect();
    let [event] = acts[..] else { panic!("{} events", acts.len()) };
    assert_eq!(event.what, AuditedAct::SecretsExported { count: 2, format: ExportFormat::Json });
    assert!(!events.iter().any(|event| matches!(event.what, AuditedAct::SecretReleased { .. })));
    // Whoever reads the audit can check who asked for what.
    let statement = Signed::<ExportStatement>::parse(event.statement.as_ref().unwrap()).unwrap();
    let chain = session.chain().unwrap();
    statement.verify(&chain.member(&founder.identity.member).unwrap().keys.signing).unwrap();
    let listed: BTreeSet<_> = statement.value().secrets.iter().copied().collect();
    let expected =
        [made.first, made.second].map(|account| ExportedSecret { vault: made.vault, account, version: Version(1) });
    assert_eq!(listed, expected.into());
}

#[tokio::test(flavor = "current_thread")]
async fn what_changed_meanwhile_is_given_as_it_is_now() {
    let (server, founder, made, session) = opened().await;
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("newer".into()), score: None });
    session.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    session
        .delete_items(&[Item::within(made.vault, RecordKind::Account, made.second)], |_, _, _| {})
        .await
        .whole()
        .unwrap();
    let both = accounts(made.vault, &[made.first, made.second]);
    let exported = other.export(&both, ExportFormat::Kdbx, |_| {}).await.unwrap();
    assert_eq!(exported.secrets.len(), 1, "the deleted one is passed over");
    assert_eq!(exported.secrets[&(made.vault, made.first)].value.expose(), "newer");
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_to_release_is_nothing_to_write_down() {
    let (server, founder, made, session) = opened().await;
    let (number, id) = (session.take_numbers(1).await.unwrap()[0], ObjectId(session.surroundings().make_id()));
    let drafts = vec![draft_account(id, made.resource, number, "without a secret")];
    session.write(&[VaultDrafts { vault: made.vault, drafts }]).await.unwrap();
    let before = events(&server, &founder).await.len();
    let exported = session.export(&accounts(made.vault, &[id]), ExportFormat::Csv, |_| {}).await.unwrap();
    assert_eq!((exported.secrets.len(), exported.released), (0, 0));
    // One more: the sign-in with which the events were read.
    assert_eq!(events(&server, &founder).await.len(), before + 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_that_asks_for_a_reason_is_named() {
    let (_server, _founder, made, session) = opened().await;
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Required });
    session.set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Vault, policy }).await.unwrap();
    let exported = session.export(&accounts(made.vault, &[made.first]), ExportFormat::Csv, |_| {}).await;
    assert_eq!(exported.map(drop), Err(Error::ReasonNeeded));
}

/// More than one part of the answer, and the list of the size in one event.
#[tokio::test(flavor = "current_thread")]
async fn twelve_hundred_secrets_come_in_parts() {
    let (_server, _founder, made, session) = opened().await;
    let place = Place { vault: made.vault, parent: made.resource };
    let new = |count: usize| NewAccount {
        details: AccountDetails { name: format!("account {count}"), ..Default::default() },
        secret: Some(NewSecret { payload: SecretPayload::new(format!("secret {count}").as_str().into()), score: None }),
    };
    let mut wanted = BTreeSet::new();
    for count in 0..1_200 {
        let (account, _) = session.create_account(place, new(count)).await.unwrap();
        wanted.insert((made.vault, account));
    }
    let seen = std::cell::Cell::new(0);
    let exported = session.export(&wanted, ExportFormat::Backup, |opened| seen.set(opened)).await.unwrap();
    assert_eq!((exported.secrets.len(), exported.released, seen.get()), (1_200, 1_200, 1_200));
    let distinct: BTreeSet<&str> = exported.secrets.values().map(|secret| secret.value.expose()).collect();
    assert_eq!(distinct.len(), 1_200);
}
