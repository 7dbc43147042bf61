//! Taking secrets out: one decision, one event, and what the member may not have stays where it is.

use crate::harness::{Founder, Furnished, InProcess, TestServer, draft_account, furnished_team};
use sealward_client::{
    crypto::randomness::OsRandom,
    error::Error,
    export::backup,
    import::{FileKey, Import, Options},
    model::{AccountDetails, HiddenField, ResourceDetails, SecretPayload, VaultDetails},
    operations::{ExportSize, Item, NewAccount, NewSecret, Place},
    session::{NewVault, Session, VaultDrafts},
};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy, VaultKind},
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

/// All that a vault holds, as lines.
fn listed(session: &Session<InProcess>, vault: VaultId) -> Vec<String> {
    let vaults = session.vaults();
    let live = vaults[&vault].entries().filter(|(key, entry)| entry.is_live() && key.kind != RecordKind::Vault);
    let mut lines: Vec<String> =
        live.map(|(key, entry)| format!("{:?} {}", key.kind, entry.details().unwrap().name())).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "current_thread")]
async fn a_backup_is_restored_into_another_vault() {
    let (server, _founder, made, session) = opened().await;
    let place = Place { vault: made.vault, parent: made.group };
    let shelf = ResourceDetails { name: "Empty shelf".into(), ..Default::default() };
    session.create_resource(place, shelf, None).await.unwrap();
    let mut payload = SecretPayload::new("whole".into());
    payload.hidden.push(HiddenField { label: "PIN".into(), value: "0042".into() });
    payload.otp_seed = Some("JBSWY3DPEHPK3PXP".into());
    let details = AccountDetails { name: "rich".into(), tags: vec!["tag".into()], ..Default::default() };
    let account = NewAccount { details, secret: Some(NewSecret { payload, score: None }) };
    session.create_account(Place { vault: made.vault, parent: made.resource }, account).await.unwrap();
    let items = [Item::vault(made.vault)];
    assert_eq!(session.measure_export(&items), ExportSize { resources: 2, accounts: 3, secrets: 3 });
    let exported = session.export_archive(&items, ExportFormat::Backup, |_| {}).await.unwrap();
    assert_eq!((exported.released, exported.kept_back, exported.damages.len()), (3, 0, 0));
    let file = backup::write(&exported.archive, &"password".into(), &mut OsRandom::new()).unwrap();

    let details = VaultDetails { name: "Restored".into(), ..Default::default() };
    let vault = session.create_vault(&NewVault { details, kind: VaultKind::Personal }).await.unwrap();
    let read = || {
        let key = Some(FileKey { password: Some("password".into()), key_file: None });
        let file = zeroize::Zeroizing::new(file.clone());
        let options = Options { key, ..Options::default() };
        Import::open_as(file, &options, server.clock.now()).unwrap().finish()
    };
    let report = session.import(read(), vault, &[], |_| true).await.unwrap();
    assert_eq!((report.resources, report.accounts, report.known, report.error), (2, 3, 0, None));
    assert_eq!(listed(&session, vault), listed(&session, made.vault));
    let rich = {
        let vaults = session.vaults();
        let mut entries = vaults[&vault].entries();
        entries.find(|(_, entry)| entry.details().is_ok_and(|details| details.name() == "rich")).unwrap().0.id
    };
    let secret = session.release(vault, rich).await.unwrap();
    assert_eq!((secret.value.expose(), secret.hidden("PIN").unwrap().expose()), ("whole", "0042"));
    assert_eq!(secret.otp_seed.as_ref().unwrap().expose(), "JBSWY3DPEHPK3PXP");
    // Again, there and in the vault that it came from: everything is known.
    for vault in [vault, made.vault] {
        let before = listed(&session, vault);
        let report = session.import(read(), vault, &[], |_| true).await.unwrap();
        assert_eq!((report.resources, report.accounts, report.known), (0, 0, 3));
        assert_eq!(listed(&session, vault), before);
    }
}

#[tokio::test(flavor = "current_thread")]
async fn an_account_alone_brings_what_it_stands_in() {
    let (_server, _founder, made, session) = opened().await;
    let items = [Item::within(made.vault, RecordKind::Account, made.first)];
    let archive = session.export_archive(&items, ExportFormat::Json, |_| {}).await.unwrap().archive;
    assert_eq!((archive.vaults.len(), archive.groups.len(), archive.resources.len()), (1, 1, 1));
    let [account] = archive.accounts.as_slice() else { panic!("{} accounts", archive.accounts.len()) };
    assert_eq!(account.id, made.first);
    assert_eq!(account.secret.as_ref().unwrap().value.expose(), Furnished::FIRST.1);
}
