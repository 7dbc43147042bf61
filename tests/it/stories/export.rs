//! Taking secrets out: one decision, one event, and what the member may not have stays where it is.

use crate::harness::{Founder, Furnished, InProcess, TestServer, attach, bytes_of, draft_account, furnished_team};
use sealward_client::{
    crypto::randomness::OsRandom,
    error::{Error, Fault},
    export::{ExportOptions, backup},
    files::{Attached, FileChanges},
    import::{FileKey, Import, Options},
    model::{
        AccountDetails, CustomField, CustomValue, Field, FileRef, HiddenField, Invalid, Problem, ResourceDetails,
        SecretPayload, Unwritable, VaultDetails,
    },
    operations::{ExportSize, Item, NewAccount, NewSecret, Place},
    session::{ExportSettings, ExportStep, NewVault, Released, Session, VaultDrafts},
    vault::Details,
};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy, VaultKind},
    codec,
    crypto::Signed,
    ids::{ObjectId, ReleaseId, VaultId, Version},
    operations::{Page, audit::EventListed},
    record::{LeafKey, RecordKind},
    release::{ExportFormat, ExportStatement, ExportedSecret},
};
use std::collections::BTreeSet;

const MIB: usize = 1 << 20;

async fn upload(session: &Session<InProcess>, made: &Furnished, bytes: &[u8]) -> Attached {
    session.upload_bytes(made.vault, "plan.bin", "", bytes).await.unwrap()
}

async fn opened() -> (TestServer, Founder, Furnished, Session<InProcess>) {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    (server, founder, made, session)
}

fn accounts(vault: VaultId, ids: &[ObjectId]) -> BTreeSet<(VaultId, LeafKey)> {
    ids.iter().map(|id| (vault, LeafKey { id: *id, kind: RecordKind::Account })).collect()
}

fn all(format: ExportFormat) -> ExportSettings<'static> {
    ExportSettings::all(format)
}

fn secrets(count: usize) -> Released {
    Released { secrets: count, earlier: 0, files: 0 }
}

async fn change(session: &Session<InProcess>, made: &Furnished, secret: &str) {
    let secret = NewSecret { payload: SecretPayload::new(secret.into()), score: None };
    session.replace_secret(made.vault, made.first, secret, None).await.unwrap();
}

/// The only export that the audit knows of: what happened, and what was signed.
async fn only_export(server: &TestServer, founder: &Founder) -> (AuditedAct, ExportStatement) {
    let events = events(server, founder).await;
    let exports: Vec<_> =
        events.into_iter().filter(|event| matches!(event.what, AuditedAct::SecretsExported { .. })).collect();
    let [event] = exports.as_slice() else { panic!("{} exports", exports.len()) };
    let statement = Signed::<ExportStatement>::parse(event.statement.as_ref().unwrap()).unwrap();
    statement.verify(&founder.identity.signing.public()).unwrap();
    (event.what.clone(), statement.value().clone())
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
    let exported = session
        .export(&accounts(made.vault, &[made.first, made.second]), &all(ExportFormat::Json), |_| {})
        .await
        .unwrap();
    assert_eq!((exported.secrets.len(), exported.released), (2, secrets(2)));
    let events = events(&server, &founder).await;
    let acts: Vec<_> = events.iter().filter(|event| matches!(event.what, AuditedAct::SecretsExported { .. })).collect();
    let [event] = acts[..] else { panic!("{} events", acts.len()) };
    assert_eq!(event.what, AuditedAct::SecretsExported { count: 2, format: ExportFormat::Json, files: 0 });
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
    let exported = other.export(&both, &all(ExportFormat::Kdbx), |_| {}).await.unwrap();
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
    let exported = session.export(&accounts(made.vault, &[id]), &all(ExportFormat::Csv), |_| {}).await.unwrap();
    assert_eq!((exported.secrets.len(), exported.released), (0, secrets(0)));
    // One more: the sign-in with which the events were read.
    assert_eq!(events(&server, &founder).await.len(), before + 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_that_asks_for_a_reason_is_named() {
    let (_server, _founder, made, session) = opened().await;
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None });
    session.set_policy(&SetPolicy { vault: made.vault, scope: PolicyScope::Vault, policy }).await.unwrap();
    let exported = session.export(&accounts(made.vault, &[made.first]), &all(ExportFormat::Csv), |_| {}).await;
    assert_eq!(exported.map(drop), Err(Error::ReasonNeeded));
}

/// One reason for the whole, sealed for the team: whoever reads the audit can open it, the server cannot.
#[tokio::test(flavor = "current_thread")]
async fn an_export_says_why_where_a_policy_asks_for_it() {
    let (server, founder, made, session) = opened().await;
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None });
    let items = [Item::vault(made.vault)];
    assert!(!session.measure_export(&items).reason);
    let scope = PolicyScope::Account(made.second);
    session.set_policy(&SetPolicy { vault: made.vault, scope, policy }).await.unwrap();
    assert!(session.measure_export(&items).reason);
    assert!(!session.measure_export(&[Item::within(made.vault, RecordKind::Account, made.first)]).reason);
    let export = |reason| {
        let settings = ExportSettings { reason, ..all(ExportFormat::Backup) };
        let (session, items) = (&session, &items);
        async move { session.export_archive(items, &settings, |_| {}).await.map(|exported| exported.released) }
    };
    for none in [None, Some(""), Some(" \n")] {
        assert_eq!(export(none).await, Err(Error::ReasonNeeded));
    }
    let long = "é".repeat(501);
    let too_long = Invalid::new(Field::Reason, Problem::TooLong { limit: 500 });
    assert_eq!(export(Some(&long)).await, Err(Error::Unwritable(Unwritable::Invalid(too_long))));
    assert_eq!(export(Some(" Moving to another house, 搬家 ")).await, Ok(secrets(2)));
    let (_, statement) = only_export(&server, &founder).await;
    let sealed = statement.reason.clone().unwrap();
    assert!(!sealed.0.windows(6).any(|bytes| bytes == b"Moving"));
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    assert_eq!(other.open_export_reason(&statement).unwrap(), "Moving to another house, 搬家");
    // It belongs to its statement.
    let elsewhere = ExportStatement { id: ReleaseId([1; 16]), ..statement };
    assert_eq!(other.open_export_reason(&elsewhere), None);
    // The longest fits.
    assert_eq!(export(Some(&"密".repeat(500))).await, Ok(secrets(2)));
}

/// Everything that an account has: four versions of its secret and two files, one of them in three chunks; and a file of the resource.
#[tokio::test(flavor = "current_thread")]
async fn earlier_secrets_and_files_come_along() {
    let (server, founder, made, session) = opened().await;
    let first = server.clock.now();
    server.clock.advance(60_000);
    change(&session, &made, "second").await;
    server.clock.advance(60_000);
    change(&session, &made, "third").await;
    let large = bytes_of(2 * MIB + 17);
    let (key, photo) = (upload(&session, &made, b"key").await, upload(&session, &made, &large).await);
    let files = [key.file.clone(), photo.file.clone()];
    let details = AccountDetails {
        name: Furnished::FIRST.0.into(),
        secret_file: Some(files[0].clone()),
        files: Some(vec![files[1].clone()]),
        ..Default::default()
    };
    let changes = FileChanges { added: vec![key, photo], removed: Vec::new() };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, details, None, &changes).await.unwrap();
    let plan = upload(&session, &made, &bytes_of(500)).await;
    let of_resource = plan.file.clone();
    let field = CustomField { label: "Plan".into(), value: CustomValue::File(of_resource.clone()) };
    let details = ResourceDetails { name: "web-1".into(), custom_fields: vec![field], ..Default::default() };
    let changes = FileChanges { added: vec![plan], removed: Vec::new() };
    let base = made.version(&session, made.resource);
    let next = (Details::Resource(Box::new(details)), None);
    session.update_entry_with(made.item(made.resource), base, next, &changes).await.unwrap();

    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let items = [Item::vault(made.vault)];
    let bytes = 3 + 2 * MIB as u64 + 17 + 500;
    let size = ExportSize { resources: 1, accounts: 2, secrets: 2, earlier: 3, files: 3, bytes, reason: false };
    assert_eq!(other.measure_export(&items), size);
    let steps = std::cell::RefCell::new(Vec::new());
    let tell = |step| steps.borrow_mut().push(step);
    let exported = other.export_archive(&items, &all(ExportFormat::Backup), tell).await.unwrap();
    assert_eq!(exported.released, Released { secrets: 2, earlier: 3, files: 3 });
    assert_eq!((exported.kept_back, exported.damages), (0, vec![]));
    let steps = steps.into_inner();
    assert!(steps.contains(&ExportStep::Secrets(5, 5)));
    assert_eq!(steps.last(), Some(&ExportStep::Files(bytes, bytes)));
    let archive = &exported.archive;
    let account = archive.accounts.iter().find(|account| account.id == made.first).unwrap();
    // A file stands in the secret's place now: its text is an earlier one.
    assert_eq!(account.secret.as_ref().unwrap().value.expose(), "");
    let past: Vec<_> = account.past.iter().map(|past| (past.until, past.secret.value.expose())).collect();
    let (second, third) = (first.plus_millis(60_000), first.plus_millis(120_000));
    let expected = [(third, "third"), (third, "second"), (second, Furnished::FIRST.1)];
    assert_eq!(past, expected, "newest first, each until the next one was written");
    assert!(archive.accounts.iter().filter(|account| account.id != made.first).all(|account| account.past.is_empty()));
    assert_eq!(archive.file(&files[0]).unwrap(), b"key");
    assert!(archive.file(&files[1]).unwrap() == large);
    assert!(archive.file(&of_resource).unwrap() == bytes_of(500));

    let (act, statement) = only_export(&server, &founder).await;
    assert_eq!(act, AuditedAct::SecretsExported { count: 5, format: ExportFormat::Backup, files: 3 });
    let mut listed: Vec<_> = statement.secrets.iter().map(|secret| (secret.account, secret.version.0)).collect();
    let mut expected = vec![(made.first, 1), (made.first, 2), (made.first, 3), (made.first, 4), (made.second, 1)];
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let named: BTreeSet<_> = statement.files.iter().map(|file| (file.vault, file.id, file.version)).collect();
    let expected = [&files[0], &files[1], &of_resource].map(|file| (made.vault, file.id, Version(1)));
    assert_eq!(named, expected.into());
    // Fetching is part of the export: nothing else was written down.
    let events = events(&server, &founder).await;
    assert!(!events.iter().any(|event| matches!(event.what, AuditedAct::FileReleased { .. })));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_not_wanted_or_has_no_place_is_not_asked_for() {
    let (server, founder, made, session) = opened().await;
    change(&session, &made, "second").await;
    attach(&session, &made, b"bytes").await;
    let items = [Item::vault(made.vault)];
    let rows = [
        (ExportFormat::Backup, ExportOptions::default(), 0, 0),
        (ExportFormat::Kdbx, ExportOptions { earlier: true, files: false }, 1, 0),
        (ExportFormat::Backup, ExportOptions { earlier: false, files: true }, 0, 1),
        (ExportFormat::Json, ExportOptions { earlier: true, files: true }, 1, 0),
        (ExportFormat::Csv, ExportOptions { earlier: true, files: true }, 0, 0),
    ];
    for (format, options, earlier, files) in rows {
        let settings = ExportSettings { options, ..all(format) };
        let exported = session.export_archive(&items, &settings, |_| {}).await.unwrap();
        assert_eq!(exported.released, Released { secrets: 2, earlier, files }, "{format:?} {options:?}");
        let past: usize = exported.archive.accounts.iter().map(|account| account.past.len()).sum();
        assert_eq!((past, exported.archive.files.len()), (earlier, files));
    }
    let acts = events(&server, &founder).await;
    let acts: Vec<_> = acts.iter().filter(|event| matches!(event.what, AuditedAct::SecretsExported { .. })).collect();
    let exported = |format, count, files| AuditedAct::SecretsExported { count, format, files };
    let expected = [
        exported(ExportFormat::Backup, 2, 0),
        exported(ExportFormat::Kdbx, 3, 0),
        exported(ExportFormat::Backup, 2, 1),
        exported(ExportFormat::Json, 3, 0),
        exported(ExportFormat::Csv, 2, 0),
    ];
    assert_eq!(acts.iter().map(|event| event.what.clone()).collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "current_thread")]
async fn a_resource_is_exported_for_its_files_alone() {
    let (server, founder, made, session) = opened().await;
    let plan = upload(&session, &made, b"plan").await;
    let file = plan.file.clone();
    let field = CustomField { label: "Plan".into(), value: CustomValue::File(file.clone()) };
    let details = ResourceDetails { name: "bare".into(), custom_fields: vec![field], ..Default::default() };
    let place = Place { vault: made.vault, parent: made.group };
    let changes = FileChanges { added: vec![plan], removed: Vec::new() };
    let (bare, _) = session.create_resource_with(place, (details, &changes), None).await.unwrap();
    let items = [Item::within(made.vault, RecordKind::Resource, bare)];
    let exported = session.export_archive(&items, &all(ExportFormat::Backup), |_| {}).await.unwrap();
    assert_eq!(exported.released, Released { secrets: 0, earlier: 0, files: 1 });
    assert_eq!(exported.archive.file(&file).unwrap(), b"plan");
    let (act, _) = only_export(&server, &founder).await;
    assert_eq!(act, AuditedAct::SecretsExported { count: 0, format: ExportFormat::Backup, files: 1 });
}

/// Lengths are what the catalog says: who lies there has the file left out.
#[tokio::test(flavor = "current_thread")]
async fn files_that_are_too_large_together_are_not_asked_for() {
    let (server, founder, made, session) = opened().await;
    let (mut added, mut files) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let sent = upload(&session, &made, b"small").await;
        files.push(FileRef { length: 100 << 20, ..sent.file.clone() });
        added.push(sent);
    }
    let details = AccountDetails { name: "db".into(), files: Some(files.clone()), ..Default::default() };
    let changes = FileChanges { added, removed: Vec::new() };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, details.clone(), None, &changes).await.unwrap();
    let before = events(&server, &founder).await.len();
    let items = [Item::vault(made.vault)];
    let refused = session.export_archive(&items, &all(ExportFormat::Kdbx), |_| {}).await.map(drop);
    assert_eq!(refused, Err(Error::FilesTooLarge { bytes: 314_572_800, limit: 268_435_456 }));
    // One more: the sign-in with which the events were read.
    assert_eq!(events(&server, &founder).await.len(), before + 1);
    let settings = ExportSettings { options: ExportOptions::default(), ..all(ExportFormat::Kdbx) };
    assert_eq!(session.export_archive(&items, &settings, |_| {}).await.unwrap().released, secrets(2));
    let fewer = AccountDetails { files: Some(files[..2].to_vec()), ..details };
    let base = made.version(&session, made.first);
    session.update_account(made.vault, made.first, base, fewer, None).await.unwrap();
    let exported = session.export_archive(&items, &all(ExportFormat::Kdbx), |_| {}).await.unwrap();
    let faults: Vec<_> = exported.damages.iter().map(|damage| (damage.id.unwrap(), damage.fault)).collect();
    let mut expected = [(files[0].id, Fault::Malformed), (files[1].id, Fault::Malformed)];
    expected.sort_unstable_by_key(|(id, _)| *id);
    assert_eq!(faults, expected);
    assert!(exported.archive.files.is_empty() && exported.archive.accounts.len() == 2);
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_that_the_catalog_names_and_nobody_has_is_named() {
    let (_server, _founder, made, session) = opened().await;
    let file = attach(&session, &made, b"bytes").await;
    let details = AccountDetails { name: "db".into(), files: Some(vec![file.clone()]), ..Default::default() };
    let changes = FileChanges { added: Vec::new(), removed: vec![file.id] };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, details, None, &changes).await.unwrap();
    let exported =
        session.export_archive(&[Item::vault(made.vault)], &all(ExportFormat::Backup), |_| {}).await.unwrap();
    assert_eq!(exported.released, secrets(2));
    let [damage] = exported.damages[..] else { panic!("{:?}", exported.damages) };
    assert_eq!((damage.id, damage.fault), (Some(file.id), Fault::NotInHead));
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_goes_on_where_its_connection_broke() {
    let (server, founder, made, session) = opened().await;
    let bytes = bytes_of(3 * MIB);
    attach(&session, &made, &bytes).await;
    let wire = server.connect();
    let other = founder.session(&server, &wire).await;
    other.sync(|_| {}).await.unwrap();
    let wanted = accounts(made.vault, &[made.first]);
    // Cut after the first chunk, mended when it is tried again.
    let told = std::cell::Cell::new(0);
    let tell = |step| {
        if matches!(step, ExportStep::Files(..)) {
            told.set(told.get() + 1);
            wire.set_cut(told.get() == 2);
        }
    };
    let exported = other.export(&wanted, &all(ExportFormat::Backup), tell).await.unwrap();
    assert!(*exported.files[0].bytes == bytes);
    // A connection that stays away is one that failed.
    let tell = |step| wire.set_cut(matches!(step, ExportStep::Files(..)));
    assert_eq!(other.export(&wanted, &all(ExportFormat::Backup), tell).await.map(drop), Err(Error::Unreachable));
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
        wanted.insert((made.vault, LeafKey { id: account, kind: RecordKind::Account }));
    }
    let seen = std::cell::Cell::new(None);
    let exported = session.export(&wanted, &all(ExportFormat::Backup), |step| seen.set(Some(step))).await.unwrap();
    assert_eq!((exported.secrets.len(), exported.released), (1_200, secrets(1_200)));
    assert_eq!(seen.get(), Some(ExportStep::Secrets(1_200, 1_200)));
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
    change(&session, &made, "changed").await;
    let items = [Item::vault(made.vault)];
    let size = ExportSize { resources: 2, accounts: 3, secrets: 3, earlier: 1, ..Default::default() };
    assert_eq!(session.measure_export(&items), size);
    let exported = session.export_archive(&items, &all(ExportFormat::Backup), |_| {}).await.unwrap();
    assert_eq!(exported.released, Released { secrets: 3, earlier: 1, files: 0 });
    assert_eq!((exported.kept_back, exported.damages.len()), (0, 0));
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
    let named = |name: &str| {
        let vaults = session.vaults();
        let mut entries = vaults[&vault].entries();
        entries.find(|(_, entry)| entry.details().is_ok_and(|details| details.name() == name)).unwrap().0.id
    };
    let (rich, first) = (named("rich"), named(Furnished::FIRST.0));
    for (version, text) in [(1, Furnished::FIRST.1), (2, "changed")] {
        assert_eq!(session.release_version(vault, first, Version(version)).await.unwrap().value.expose(), text);
    }
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
    let archive = session.export_archive(&items, &all(ExportFormat::Json), |_| {}).await.unwrap().archive;
    assert_eq!((archive.vaults.len(), archive.groups.len(), archive.resources.len()), (1, 1, 1));
    let [account] = archive.accounts.as_slice() else { panic!("{} accounts", archive.accounts.len()) };
    assert_eq!(account.id, made.first);
    assert_eq!(account.secret.as_ref().unwrap().value.expose(), Furnished::FIRST.1);
}

/// A file as the secret, beside it and as a field of account and resource: each is there again, where it was.
#[tokio::test(flavor = "current_thread")]
async fn the_files_of_a_backup_come_back_in_their_places() {
    let (server, founder, made, session) = opened().await;
    let sent = |bytes: &'static [u8]| upload(&session, &made, bytes);
    let (key, beside, inside, of_resource) =
        (sent(b"key").await, sent(b"beside").await, sent(b"inside").await, sent(b"rack").await);
    let field =
        |label: &str, file: &Attached| CustomField { label: label.into(), value: CustomValue::File(file.file.clone()) };
    let text = CustomField { label: "Last".into(), value: CustomValue::Text("field".into()) };
    let details = AccountDetails {
        name: Furnished::FIRST.0.into(),
        secret_file: Some(key.file.clone()),
        files: Some(vec![beside.file.clone()]),
        custom_fields: vec![field("Inside", &inside), text.clone()],
        ..Default::default()
    };
    let changes = FileChanges { added: vec![key, beside, inside], removed: Vec::new() };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, details, None, &changes).await.unwrap();
    let custom_fields = vec![field("Rack", &of_resource)];
    let details = ResourceDetails { name: "web-1".into(), custom_fields, ..Default::default() };
    let changes = FileChanges { added: vec![of_resource], removed: Vec::new() };
    let base = made.version(&session, made.resource);
    let next = (Details::Resource(Box::new(details)), None);
    session.update_entry_with(made.item(made.resource), base, next, &changes).await.unwrap();
    let exported =
        session.export_archive(&[Item::vault(made.vault)], &all(ExportFormat::Backup), |_| {}).await.unwrap();
    let file = backup::write(&exported.archive, &"password".into(), &mut OsRandom::new()).unwrap();

    let details = VaultDetails { name: "Restored".into(), ..Default::default() };
    let vault = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
    let key = Some(FileKey { password: Some("password".into()), key_file: None });
    let options = Options { key, ..Options::default() };
    let read =
        || Import::open_as(zeroize::Zeroizing::new(file.clone()), &options, server.clock.now()).unwrap().finish();
    let plan = read();
    assert_eq!((plan.rejected.len(), plan.left_out.len()), (0, 0));
    let report = session.import(plan, vault, &[], |_| true).await.unwrap();
    assert_eq!((report.resources, report.accounts, report.error), (1, 2, None));

    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let found = |name: &str| {
        let vaults = other.vaults();
        let mut entries = vaults[&vault].entries();
        let (key, _) = entries.find(|(_, entry)| entry.details().is_ok_and(|details| details.name() == name)).unwrap();
        *key
    };
    let (account, resource) = (found(Furnished::FIRST.0), found("web-1"));
    let Details::Account(details) = other.verified(vault, account).unwrap().details else { panic!() };
    let CustomValue::File(inside) = &details.custom_fields[0].value else { panic!("{:?}", details.custom_fields) };
    assert_eq!((details.custom_fields[0].label.as_str(), &details.custom_fields[1]), ("Inside", &text));
    let bytes =
        async |holder: ObjectId, file: &FileRef| other.download_bytes(vault, holder, file).await.unwrap().to_vec();
    assert_eq!(bytes(account.id, details.secret_file.as_ref().unwrap()).await, b"key");
    let [beside] = details.files.as_deref().unwrap() else { panic!() };
    assert_eq!(bytes(account.id, beside).await, b"beside");
    assert_eq!(bytes(account.id, inside).await, b"inside");
    let Details::Resource(details) = other.verified(vault, resource).unwrap().details else { panic!() };
    let CustomValue::File(rack) = &details.custom_fields[0].value else { panic!() };
    assert_eq!(bytes(resource.id, rack).await, b"rack");
    let again = session.import(read(), vault, &[], |_| true).await.unwrap();
    assert_eq!((again.resources, again.accounts, again.known), (0, 0, 2));
}
