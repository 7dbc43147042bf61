//! What opens a guarded secret, and what does not: everything that somebody was given and all their keys, the whole store,
//! backups and what is left in the data file, tried on one another by [`Attack`]. Each attempt that fails has one beside it
//! that opens by the same code.

use crate::harness::{Attack, GUARDED, Guarded, HOUR, TestServer, empty_folder};
use aho_corasick::AhoCorasick;
use sealward_client::error::Error;
use sealward_contract::{audit::RequestEnd, chain::LeaseTerms, ids::RequestId, request::Status};
use sealward_server::{
    lease_keys::{LEASE_KEYS_FILE, LeaseKeys},
    maintenance::{receive_rows, restore::restore, send_rows, verify::verify},
    store::{
        Copy, Order, Rows,
        tables::{GRANTS, LEASES},
    },
};
use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

/// What lies in the data folder, by name.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        entry
            .file_type()
            .unwrap()
            .is_file()
            .then(|| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
    };
    std::fs::read_dir(folder).unwrap().filter_map(read).collect()
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    AhoCorasick::new([wanted]).unwrap().is_match(bytes)
}

/// All rows of the store, one after the other.
fn rows_of(scene: &Guarded) -> Vec<u8> {
    let mut rows = Vec::new();
    send_rows(&scene.server.server.app().store.snapshot().unwrap(), &mut rows).unwrap();
    rows
}

/// A backup, as a server that runs makes it.
fn back_up(scene: &Guarded, to: &Path) {
    let mut copy = Copy::begin(to).unwrap();
    receive_rows(&mut &rows_of(scene)[..], |key, value| Ok(copy.put(key, value)?)).unwrap();
    copy.finish().unwrap();
}

async fn in_folder(name: &str, approvals: u8) -> (PathBuf, Guarded) {
    let folder = empty_folder(name);
    let server = TestServer::in_folder(&folder, crate::harness::TestClock::new());
    (folder, Guarded::set(server, approvals, LeaseTerms::default()).await)
}

fn count(rows: &impl Rows) -> (usize, usize) {
    let (mut grants, mut leases) = (0, 0);
    GRANTS
        .scan(rows, &(), Order::Forward, |_, _| {
            grants += 1;
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    LEASES
        .scan(rows, &(), Order::Forward, |_, _| {
            leases += 1;
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    (grants, leases)
}

/// All that ever went over Carol's wire, with all her keys.
async fn by_carol(scene: &Guarded, requests: &[RequestId]) -> Option<String> {
    let target = scene.target(requests).await;
    Attack::default().keys_of(&scene.carol, scene.made.vault).bytes(scene.carol.received.all()).opens(&target)
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_asks_has_nothing_that_opens_before_it_is_checked_out() {
    let scene = Guarded::in_memory(1, LeaseTerms::default()).await;
    let request = scene.asked(&scene.carol).await;
    assert_eq!(by_carol(&scene, &[request]).await, None);
    scene.bob.approve_request(request, None).await.unwrap();
    // She asks for all that she may ask for, and is told that it is approved.
    assert_eq!(scene.carol.status(request).await, Status::Approved);
    assert_eq!(scene.carol.open(request).await, Err(Error::NotCheckedOut));
    assert_eq!(by_carol(&scene, &[request]).await, None, "approved is not checked out");
    scene.carol.check_out(request).await.unwrap();
    assert_eq!(by_carol(&scene, &[request]).await, None, "both halves come with the release, which is written down");
    assert_eq!(scene.carol.open(request).await.as_deref(), Ok(GUARDED));
    assert_eq!(by_carol(&scene, &[request]).await.as_deref(), Some(GUARDED), "the control");
    // Dan heard nothing, and what Carol was given is of no use to his keys.
    let target = scene.target(&[request]).await;
    let heard = scene.carol.received.all();
    let with_dans = Attack::default().keys_of(&scene.dan, scene.made.vault).bytes(heard);
    assert_eq!(with_dans.opens(&target), None);
}

#[tokio::test(flavor = "current_thread")]
async fn one_approval_of_two_and_the_whole_store_open_nothing() {
    let (folder, scene) = in_folder("one-of-two", 2).await;
    let request = scene.asked(&scene.carol).await;
    scene.bob.approve_request(request, None).await.unwrap();
    let target = scene.target(&[request]).await;
    let everything = |attack: Attack| {
        let attack = attack.bytes([rows_of(&scene)]).bytes(files(&folder).into_values());
        match files(&folder).get(LEASE_KEYS_FILE) {
            Some(keys) => attack.lease_keys(keys),
            None => attack,
        }
    };
    let carols = || Attack::default().keys_of(&scene.carol, scene.made.vault).bytes(scene.carol.received.all());
    assert_eq!(everything(carols()).opens(&target), None);
    scene.eve.approve_request(request, None).await.unwrap();
    // The server and whoever was approved can do it together, checked out or not; the threat model says so.
    assert_eq!(everything(carols()).opens(&target).as_deref(), Some(GUARDED), "the control");
    // The server alone cannot, nor with somebody for whom it was not approved.
    assert_eq!(everything(Attack::default()).opens(&target), None);
    let dans = Attack::default().keys_of(&scene.dan, scene.made.vault).bytes(scene.dan.received.all());
    assert_eq!(everything(dans).opens(&target), None);
    scene.carol.check_out(request).await.unwrap();
    assert_eq!(everything(Attack::default()).opens(&target), None);
    scene.server.server.close().await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_lease_that_nobody_opened_leaves_nothing_that_opens() {
    let (folder, scene) = in_folder("left-behind", 1).await;
    let request = scene.checked_out(&scene.carol).await;
    let backup = empty_folder("left-behind-backup").join("backup.redb");
    back_up(&scene, &backup);
    let (data, keys) = {
        let files = files(&folder);
        let data: Vec<&Vec<u8>> = files.iter().filter(|(name, _)| name.ends_with(".redb")).map(|(_, it)| it).collect();
        (data[0].clone(), files[LEASE_KEYS_FILE].clone())
    };
    let target = scene.target(&[request]).await;
    let carols = || Attack::default().keys_of(&scene.carol, scene.made.vault).bytes(scene.carol.received.all());
    let saved = std::fs::read(&backup).unwrap();
    // While it is open, the data with the file of the keys opens it, and so does the backup with that file.
    assert_eq!(carols().bytes([&data]).lease_keys(&keys).opens(&target).as_deref(), Some(GUARDED), "the control");
    assert_eq!(carols().bytes([&saved]).lease_keys(&keys).opens(&target).as_deref(), Some(GUARDED), "the control");
    assert_eq!(carols().bytes([&saved]).opens(&target), None, "the keys are in no backup");
    // The server's part is in the file under the key of the hour alone.
    let grant = GRANTS.get(&scene.server.server.app().store.snapshot().unwrap(), &(scene.ada.team(), request));
    let grant = grant.unwrap().unwrap();
    let part = {
        let copy = empty_folder("left-behind-keys");
        std::fs::write(copy.join(LEASE_KEYS_FILE), &keys).unwrap();
        let bound = [&scene.ada.team().0[..], &request.0].concat();
        LeaseKeys::open(&copy).unwrap().open_sealed(grant.hour, &bound, &grant.part).unwrap()
    };
    let key_of_the_hour = &keys[keys.len() - 32..];
    assert!(holds(&data, &grant.part) && holds(&keys, key_of_the_hour), "the controls");
    let nowhere = |wanted: &[u8]| files(&folder).values().all(|bytes| !holds(bytes, wanted));
    assert!(nowhere(&part), "the part is nowhere in the clear");

    scene.carol.check_in(request).await.unwrap();
    sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
    assert!(nowhere(&part) && nowhere(key_of_the_hour));
    let left = files(&folder);
    let attack = carols().bytes(left.values()).bytes([&saved, &data]).lease_keys(&left[LEASE_KEYS_FILE]);
    assert_eq!(attack.opens(&target), None);
    assert_eq!(scene.carol.open(request).await, Err(Error::NotCheckedOut));
    scene.server.server.close().await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_open_in_a_backup_is_void_when_it_is_restored() {
    let (_folder, scene) = in_folder("voided", 1).await;
    let approved = scene.approved(&scene.dan).await;
    let held = scene.checked_out(&scene.carol).await;
    let asked = scene.asked(&scene.dan).await;
    assert_eq!(scene.carol.open(held).await.as_deref(), Ok(GUARDED));
    let place = empty_folder("voided-backup");
    let backup = place.join("backup.redb");
    back_up(&scene, &backup);
    let restored = place.join("restored");
    restore(&backup, &restored, &mut |report| assert!(report.is_sound(), "{report:?}")).unwrap();

    let server = TestServer::in_folder(&restored, scene.server.clock.clone());
    let ada = scene.ada.keys.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    for (request, by) in [(approved, &scene.dan), (held, &scene.carol)] {
        let session = by.keys.session(&server, &server.connect()).await;
        session.sync(|_| {}).await.unwrap();
        let shown = session.request(request).await.unwrap();
        assert_eq!(shown.status, Status::Void);
        assert_eq!(session.release_leased(request).await.map(drop), Err(Error::NotCheckedOut));
        assert!(session.check_out(request).await.is_err());
    }
    let session = scene.bob.keys.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    assert_eq!(session.request(asked).await.unwrap().status, Status::Requested, "what held no part waits on");
    assert_eq!(ada.list_uses().await.unwrap().iter().filter_map(|listed| listed.holder).count(), 0);
    sealward_server::jobs::end_leases(server.server.app()).await.unwrap();
    let rows = server.server.app().store.snapshot().unwrap();
    assert_eq!(count(&rows), (0, 0));
    let row = sealward_server::store::tables::REQUESTS.get(&rows, &(ada.team(), held)).unwrap().unwrap();
    assert_eq!(row.ended, Some(RequestEnd::Restored));
    let report = verify(&rows).unwrap();
    assert!(report.is_sound(), "{report:?}");
    server.server.close().await.unwrap();
    scene.server.server.close().await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn the_key_of_an_hour_goes_with_the_last_lease_that_needs_it() {
    let (folder, scene) = in_folder("hours", 1).await;
    let file = || std::fs::read(folder.join(LEASE_KEYS_FILE)).unwrap();
    let first = scene.checked_out(&scene.carol).await;
    let second = scene.checked_out(&scene.dan).await;
    let both = file();
    scene.carol.check_in(first).await.unwrap();
    sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
    assert_eq!(file(), both, "Dan's lease is of the same hour");
    assert_eq!(scene.dan.open(second).await.as_deref(), Ok(GUARDED));
    scene.server.clock.advance(HOUR);
    sealward_server::jobs::end_leases(scene.server.server.app()).await.unwrap();
    assert!(file().len() < both.len());
    assert_eq!(count(&scene.server.server.app().store.snapshot().unwrap()), (0, 0));
    scene.server.server.close().await.unwrap();
}
