//! Files on accounts and resources: sent, fetched, broken off, taken up again, copied, removed.

use crate::harness::{Founder, Furnished, InProcess, TestServer, attach, bytes_of, furnished_team};
use sealward_client::{
    error::Error,
    files::{FileChanges, NewFile},
    model::{AccountDetails, CustomField, CustomValue, FileRef, RemovedFile, ResourceDetails, VaultDetails},
    operations::{Item, Place},
    session::{NewVault, Session},
    vault::Details,
};
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy, VaultKind, VaultRole},
    codec,
    ids::Timestamp,
    limits,
    operations::{
        Empty, TeamPath,
        audit::{EventsQuery, ListAuditEvents},
    },
    record::{LeafKey, RecordKind},
};
use sealward_server::{
    jobs,
    store::{Order, StoreError, tables::FILE_CHUNKS},
};
use std::{
    cell::{Cell, RefCell},
    ops::ControlFlow,
};
use zeroize::Zeroizing;

const MIB: usize = 1 << 20;
const DAY: u64 = 24 * 60 * 60 * 1_000;

fn details(files: &[FileRef]) -> AccountDetails {
    let files = (!files.is_empty()).then(|| files.to_vec());
    AccountDetails { name: Furnished::FIRST.0.into(), files, ..Default::default() }
}

/// A piece of a file in memory.
fn piece(bytes: &[u8], offset: u64, piece: &mut [u8]) -> Result<(), Error> {
    let start = usize::try_from(offset).unwrap();
    piece.copy_from_slice(&bytes[start..start + piece.len()]);
    Ok(())
}

fn named(length: usize) -> NewFile {
    NewFile { name: "backup.img".into(), media_type: String::new(), length: length as u64 }
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_attached_comes_back_on_another_device() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let (mut added, mut files) = (Vec::new(), Vec::new());
    let lengths = [0, 1, 256, 257, MIB - 1, MIB, MIB + 1, 2 * MIB + 500_000];
    for length in lengths {
        let sent = session.upload_bytes(made.vault, &format!("{length}.bin"), "", &bytes_of(length)).await.unwrap();
        files.push(sent.file.clone());
        added.push(sent);
    }
    let changes = FileChanges { added, removed: Vec::new() };
    let base = made.version(&session, made.first);
    let written = session.update_account_with(made.vault, made.first, base, details(&files), None, &changes).await;
    assert!(written.unwrap().is_none(), "files cannot be taken back with the details");

    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let entry = other.verified(made.vault, made.key(made.first)).unwrap();
    let Details::Account(account) = entry.details else { panic!() };
    let named = account.files.unwrap();
    assert_eq!(named, files);
    for (file, length) in named.iter().zip(lengths) {
        assert_eq!(file.length, length as u64);
        let bytes = other.download_bytes(made.vault, made.first, file).await.unwrap();
        assert!(*bytes == bytes_of(length), "{length}");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_is_a_secret_or_stands_in_a_field() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let key = session.upload_bytes(made.vault, "host.key", "", b"-----BEGIN").await.unwrap();
    let secret_file = Some(key.file.clone());
    let as_secret = AccountDetails { name: "root".into(), secret_file, ..Default::default() };
    let changes = FileChanges { added: vec![key], removed: Vec::new() };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, as_secret.clone(), None, &changes).await.unwrap();

    let plan = session.upload_bytes(made.vault, "rack.png", "image/png", &bytes_of(3_000)).await.unwrap();
    let field = CustomField { label: "Rack".into(), value: CustomValue::File(plan.file.clone()) };
    let resource = ResourceDetails { name: "web-1".into(), custom_fields: vec![field], ..Default::default() };
    let changes = FileChanges { added: vec![plan], removed: Vec::new() };
    let base = made.version(&session, made.resource);
    let next = (Details::Resource(Box::new(resource.clone())), None);
    session.update_entry_with(made.item(made.resource), base, next, &changes).await.unwrap();

    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let file = as_secret.secret_file.as_ref().unwrap();
    assert_eq!(**other.download_bytes(made.vault, made.first, file).await.unwrap(), *b"-----BEGIN");
    let CustomValue::File(file) = &resource.custom_fields[0].value else { panic!() };
    assert!(*other.download_bytes(made.vault, made.resource, file).await.unwrap() == bytes_of(3_000));
    // Asked for as another's, it is not what was asked for.
    assert!(matches!(other.release_file(made.vault, made.second, file.id).await, Err(Error::Damage(_))));
}

#[tokio::test(flavor = "current_thread")]
async fn a_broken_upload_goes_on_where_it_was() {
    let (server, founder, made) = furnished_team().await;
    let wire = server.connect();
    let session = founder.session(&server, &wire).await;
    session.sync(|_| {}).await.unwrap();
    let bytes = bytes_of(4 * MIB + 17);
    let mut upload = session.make_upload(made.vault, named(bytes.len())).await.unwrap();
    let id = upload.id();
    let read = RefCell::new(Vec::new());
    let before = wire.sent();
    let source = async |offset: u64, into: &mut [u8]| {
        read.borrow_mut().push(offset / MIB as u64);
        piece(&bytes, offset, into)
    };
    for cut_at in [1, 3] {
        let cut = |sent| wire.set_cut(sent == cut_at * MIB as u64);
        assert_eq!(session.upload(&mut upload, source, cut).await, Err(Error::Unreachable));
        assert_eq!(upload.sent(), cut_at * MIB as u64);
        wire.set_cut(false);
    }
    let told = RefCell::new(Vec::new());
    session.upload(&mut upload, source, |sent| told.borrow_mut().push(sent)).await.unwrap();
    // Every piece was read and sealed once: what was cut off was kept, and sent as it was.
    assert_eq!(*read.borrow(), [0, 1, 2, 3, 4]);
    assert_eq!(*told.borrow(), [3 * MIB as u64, 4 * MIB as u64, bytes.len() as u64]);
    // Three times asked how far it is, five chunks.
    assert_eq!(wire.sent() - before, 8);
    let sent = upload.finish().unwrap();
    assert_eq!(sent.file.id, id);
    let (file, changes) = (sent.file.clone(), FileChanges { added: vec![sent], removed: Vec::new() });
    let base = made.version(&session, made.first);
    let details = details(std::slice::from_ref(&file));
    session.update_account_with(made.vault, made.first, base, details, None, &changes).await.unwrap();
    assert!(*session.download_bytes(made.vault, made.first, &file).await.unwrap() == bytes);
}

/// The events of releases of files.
async fn file_releases(
    session: &Session<InProcess>,
    wire: &InProcess,
    token: &sealward_contract::operations::session::SessionToken,
) -> usize {
    let api = sealward_client::api::Api::new(wire.clone());
    let path = TeamPath { team: session.team() };
    let query = EventsQuery { limit: Some(500), ..EventsQuery::default() };
    let page = api.call::<ListAuditEvents>(Some(token), &path, &query, &Empty {}, None).await.unwrap();
    let is_release = |event: &AuditEvent| matches!(event.what, AuditedAct::FileReleased { .. });
    page.items.iter().filter(|listed| is_release(&codec::decode(&listed.event).unwrap())).count()
}

#[tokio::test(flavor = "current_thread")]
async fn a_broken_download_goes_on_and_is_released_once() {
    let (server, founder, made) = furnished_team().await;
    let created = founder.sign_in(&server).await;
    let wire = server.connect();
    let session = founder.take_over(&server, &wire, &created, None);
    session.sync(|_| {}).await.unwrap();
    let bytes = bytes_of(3 * MIB);
    let file = attach(&session, &made, &bytes).await;
    let mut download = session.open_file(made.vault, made.first, &file).await.unwrap();
    let mut got = Vec::new();
    for cut_after in [1, 2] {
        let sink = async |piece: Zeroizing<Vec<u8>>| {
            got.extend_from_slice(&piece);
            wire.set_cut(got.len() == cut_after * MIB);
            Ok(())
        };
        assert_eq!(session.download(&mut download, sink, |_| {}).await, Err(Error::Unreachable));
        wire.set_cut(false);
    }
    assert_eq!(file_releases(&session, &wire, &created.token).await, 1);
    // Past its hour the release is over: the rest asks again, and that is written down too.
    server.clock.advance(limits::FILE_RELEASE);
    let sink = async |piece: Zeroizing<Vec<u8>>| {
        got.extend_from_slice(&piece);
        Ok(())
    };
    session.download(&mut download, sink, |_| {}).await.unwrap();
    assert!(got == bytes);
    assert_eq!(file_releases(&session, &wire, &created.token).await, 2);
}

#[tokio::test(flavor = "current_thread")]
async fn a_file_that_changes_while_it_is_sent_is_not_sent() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let mut upload = session.make_upload(made.vault, named(2 * MIB)).await.unwrap();
    let shorter = async |_: u64, _: &mut [u8]| Err(Error::FileChanged);
    assert_eq!(session.upload(&mut upload, shorter, |_| {}).await, Err(Error::FileChanged));
    assert!(upload.finish().is_none(), "half a file is none");
    let large = NewFile { length: limits::FILE + 1, ..named(0) };
    assert_eq!(session.make_upload(made.vault, large).await.map(drop), Err(Error::FileTooLarge));
}

#[tokio::test(flavor = "current_thread")]
async fn what_nobody_attaches_is_removed_after_a_day() {
    let (server, founder, made) = furnished_team().await;
    let created = founder.sign_in(&server).await;
    let session = founder.take_over(&server, &server.connect(), &created, None);
    session.sync(|_| {}).await.unwrap();
    let kept = attach(&session, &made, b"attached").await;
    let orphan = session.upload_bytes(made.vault, "orphan", "", &bytes_of(MIB)).await.unwrap();
    let bytes = bytes_of(2 * MIB);
    let mut begun = session.make_upload(made.vault, named(bytes.len())).await.unwrap();
    let first_only = async |offset: u64, into: &mut [u8]| match offset {
        0 => piece(&bytes, offset, into),
        _ => Err(Error::FileChanged),
    };
    assert_eq!(session.upload(&mut begun, first_only, |_| {}).await, Err(Error::FileChanged));
    let before = begun.id();

    server.clock.advance(limits::UPLOAD_KEPT - 1);
    jobs::sweep(server.server.app()).await.unwrap();
    server.clock.advance(1);
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let finds = |session: &Session<InProcess>| made.version(session, made.first);
    jobs::sweep(server.server.app()).await.unwrap();
    let files = details(&[kept.clone(), orphan.file.clone()]);
    let changes = FileChanges { added: vec![orphan], removed: Vec::new() };
    let lost = session.update_account_with(made.vault, made.first, finds(&session), files, None, &changes).await;
    assert_eq!(lost.map(drop), Err(Error::UploadLost));
    // What is half sent begins anew, under another key and id.
    let whole = async |offset: u64, into: &mut [u8]| piece(&bytes, offset, into);
    session.upload(&mut begun, whole, |_| {}).await.unwrap();
    assert_ne!(begun.id(), before);
    // What is attached stays.
    assert_eq!(**session.download_bytes(made.vault, made.first, &kept).await.unwrap(), *b"attached");
}

#[tokio::test(flavor = "current_thread")]
async fn an_upload_that_was_given_up_is_forgotten() {
    let (server, founder, made) = furnished_team().await;
    let wire = server.connect();
    let session = founder.session(&server, &wire).await;
    session.sync(|_| {}).await.unwrap();
    for _ in 0..=limits::UPLOADS {
        let mut upload = session.make_upload(made.vault, named(1)).await.unwrap();
        session.upload(&mut upload, async |_, _| Ok(()), |_| {}).await.unwrap();
        session.end_upload(upload).await.unwrap();
    }
    for count in 0..=limits::UPLOADS {
        let mut upload = session.make_upload(made.vault, named(1)).await.unwrap();
        let sent = session.upload(&mut upload, async |_, _| Ok(()), |_| {}).await;
        assert_eq!(sent, if count < limits::UPLOADS { Ok(()) } else { Err(Error::TooManyUploads) });
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_removed_file_is_given_to_nobody() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let file = attach(&session, &made, &bytes_of(2 * MIB)).await;
    let mut begun = session.open_file(made.vault, made.first, &file).await.unwrap();
    let changes = FileChanges { added: Vec::new(), removed: vec![file.id] };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, details(&[]), None, &changes).await.unwrap();
    assert_eq!(session.download(&mut begun, async |_| Ok(()), |_| {}).await, Err(Error::Gone));
    assert_eq!(session.open_file(made.vault, made.first, &file).await.map(drop), Err(Error::Gone));
    // So is the file of a deleted account, until the account returns.
    let file = attach(&session, &made, b"with its account").await;
    let account = Item::within(made.vault, RecordKind::Account, made.first);
    let mut undo = session.delete_items(&[account], |_, _, _| {}).await.whole().unwrap();
    assert_eq!(session.open_file(made.vault, made.first, &file).await.map(drop), Err(Error::Gone));
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    assert_eq!(**session.download_bytes(made.vault, made.first, &file).await.unwrap(), *b"with its account");
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_taken_away_comes_back_until_its_time_is_over() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let (first, second) = (attach(&session, &made, b"first").await, attach(&session, &made, b"second").await);
    let none = FileChanges::default();
    let take_away = async |session: &Session<InProcess>, gone: &[FileRef]| {
        let before = session.verified(made.vault, made.key(made.first)).unwrap();
        let mut after = Details::Account(Box::new(details(&[])));
        assert!(after.note_removed(&before.details, server.clock.now()).is_empty());
        let Details::Account(after) = after else { unreachable!() };
        assert_eq!(after.removed.iter().flatten().map(|removed| removed.file.clone()).collect::<Vec<_>>(), gone);
        session.update_account_with(made.vault, made.first, before.version, *after, None, &none).await.unwrap()
    };
    // `attach` names the newest file alone.
    let mut undo = take_away(&session, std::slice::from_ref(&second)).await.expect("it can be taken back");
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    assert_eq!(**session.download_bytes(made.vault, made.first, &second).await.unwrap(), *b"second");
    take_away(&session, std::slice::from_ref(&second)).await;

    server.clock.advance(30 * DAY - 1);
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    session.purge_removed_files().await.unwrap();
    assert_eq!(**session.download_bytes(made.vault, made.first, &second).await.unwrap(), *b"second");
    server.clock.advance(1);
    session.purge_removed_files().await.unwrap();
    assert_eq!(session.open_file(made.vault, made.first, &second).await.map(drop), Err(Error::Gone));
    let left = session.verified(made.vault, made.key(made.first)).unwrap().details;
    assert_eq!(left.removed().count(), 0);
    // What nobody noted is nobody's to remove.
    assert_eq!(**session.download_bytes(made.vault, made.first, &first).await.unwrap(), *b"first");
}

#[tokio::test(flavor = "current_thread")]
async fn of_more_removed_files_than_are_kept_the_oldest_goes_at_once() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let mut files = Vec::new();
    for number in 0..=20_u8 {
        files.push(attach(&session, &made, &[number]).await);
    }
    let removed = |files: &[FileRef]| {
        let notes = files.iter().map(|file| RemovedFile { file: file.clone(), time: Timestamp(0) });
        Details::Account(Box::new(AccountDetails { removed: Some(notes.collect()), ..details(&[]) }))
    };
    let mut after = Details::Account(Box::new(details(&[])));
    let mut before = removed(&files[..20]);
    if let Details::Account(before) = &mut before {
        before.files = Some(vec![files[20].clone()]);
    }
    let forgotten = after.note_removed(&before, server.clock.now());
    assert_eq!(forgotten, [files[0].id]);
    assert_eq!(
        after.removed().map(|removed| removed.file.id).collect::<Vec<_>>(),
        files[1..].iter().map(|file| file.id).collect::<Vec<_>>()
    );
    let held = chunks(&server);
    let changes = FileChanges { added: Vec::new(), removed: session.with_records(made.vault, forgotten) };
    let base = made.version(&session, made.first);
    session.update_entry_with(made.item(made.first), base, (after, None), &changes).await.unwrap();
    assert_eq!(session.open_file(made.vault, made.first, &files[0]).await.map(drop), Err(Error::Gone));
    assert_eq!(chunks(&server), held - 1);
    assert_eq!(**session.download_bytes(made.vault, made.first, &files[1]).await.unwrap(), [1]);
    // Once is enough.
    assert!(session.with_records(made.vault, [files[0].id]).is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_named_is_not_removed_for_good_whatever_a_note_says() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let file = attach(&session, &made, b"named").await;
    let removed = Some(vec![RemovedFile { file: file.clone(), time: Timestamp(0) }]);
    let noted = AccountDetails { removed, ..details(std::slice::from_ref(&file)) };
    let base = made.version(&session, made.first);
    session.update_account_with(made.vault, made.first, base, noted, None, &FileChanges::default()).await.unwrap();
    server.clock.advance(31 * DAY);
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    session.purge_removed_files().await.unwrap();
    assert_eq!(**session.download_bytes(made.vault, made.first, &file).await.unwrap(), *b"named");
}

/// Rows of sealed chunks that the server has.
fn chunks(server: &TestServer) -> usize {
    let mut count = 0;
    let counted = server.server.app().store.read(|tx| {
        FILE_CHUNKS.scan(tx, &(), Order::Forward, |_, _| {
            count += 1;
            Ok::<_, StoreError>(ControlFlow::Continue(()))
        })
    });
    counted.unwrap();
    count
}

#[tokio::test(flavor = "current_thread")]
async fn only_a_custodian_ends_what_a_file_holds() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let (first, second) = (attach(&session, &made, b"first").await, attach(&session, &made, b"second").await);
    assert_eq!(chunks(&server), 2);
    let grace = Founder::invited(&server, &session, "grace.hopper", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    let ends = async |session: &Session<InProcess>, file: &FileRef| {
        let changes = FileChanges { added: Vec::new(), removed: vec![file.id] };
        let base = made.version(session, made.first);
        session.update_account_with(made.vault, made.first, base, details(&[]), None, &changes).await.unwrap();
    };
    ends(&hers, &first).await;
    assert_eq!(chunks(&server), 2, "an editor's word leaves the bytes to a purge");
    session.sync(|_| {}).await.unwrap();
    ends(&session, &second).await;
    assert_eq!(chunks(&server), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn files_go_along_to_another_vault() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let bytes = bytes_of(MIB + 5);
    let file = attach(&session, &made, &bytes).await;
    let archive = VaultDetails { name: "Archive".into(), ..Default::default() };
    let archive = session.create_vault(&NewVault { details: archive, kind: VaultKind::Shared }).await.unwrap();
    let to = Place { vault: archive, parent: archive.object() };
    let resource = [Item::within(made.vault, RecordKind::Resource, made.resource)];
    session.move_items(&resource, to, |_, _, _| {}).await.whole().unwrap();

    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let found = Cell::new(0);
    let keys: Vec<LeafKey> = other.vaults()[&archive].entries().map(|(key, _)| *key).collect();
    for key in keys.into_iter().filter(|key| key.kind == RecordKind::Account) {
        let Details::Account(account) = other.verified(archive, key).unwrap().details else { panic!() };
        for there in account.files.into_iter().flatten() {
            assert_ne!(there.id, file.id, "a file there is another than the file here");
            assert!(*other.download_bytes(archive, key.id, &there).await.unwrap() == bytes);
            found.set(found.get() + 1);
        }
    }
    assert_eq!(found.get(), 1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_that_asks_for_a_reason_asks_it_of_files_too() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let file = attach(&session, &made, b"under a policy").await;
    let policy = Some(Policy { approvals: Approvals(0), reason: Requirement::Required, terms: None });
    let set = SetPolicy { vault: made.vault, scope: PolicyScope::Account(made.first), policy };
    session.set_policy(&set).await.unwrap();
    assert_eq!(session.open_file(made.vault, made.first, &file).await.map(drop), Err(Error::ReasonNeeded));
}
