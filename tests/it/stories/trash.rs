//! The trash: listed with where things stood, restored to their places, purged by hand and when their time is over.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    error::Error,
    model::{AccountDetails, ResourceGroupDetails, VaultDetails},
    operations::{Item, NewAccount, Place, Trashed},
    session::{NewVault, Session},
};
use sealward_contract::{
    chain::VaultKind,
    ids::{ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};

const DAY: u64 = 24 * 60 * 60 * 1_000;

async fn opened() -> (TestServer, Founder, Furnished, Session<InProcess>) {
    let (server, founder, made) = furnished_team().await;
    let session = fresh(&server, &founder).await;
    (server, founder, made, session)
}

/// What a device sees that knows nothing yet; nothing may be damaged.
async fn fresh(server: &TestServer, founder: &Founder) -> Session<InProcess> {
    let session = founder.session(server, &server.connect()).await;
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(session.verify_some(usize::MAX), (vec![], false));
    session
}

async fn delete(session: &Session<InProcess>, item: Item) {
    session.delete_items(&[item], |_, _, _| {}).await.whole().unwrap();
}

fn names(trash: &[Trashed]) -> Vec<&str> {
    trash.iter().map(|trashed| trashed.details.name()).collect()
}

fn items(trash: &[Trashed]) -> Vec<Item> {
    trash.iter().map(|trashed| trashed.item).collect()
}

/// Names of what stands directly and alive in something.
fn inside(session: &Session<InProcess>, vault: VaultId, parent: ObjectId) -> Vec<String> {
    let vaults = session.vaults();
    let live = vaults[&vault].children(&parent).filter(|(_, entry)| entry.is_live());
    let mut names: Vec<String> = live.map(|(_, entry)| entry.details().unwrap().name().to_owned()).collect();
    names.sort();
    names
}

fn group(made: &Furnished) -> Item {
    Item::within(made.vault, RecordKind::ResourceGroup, made.group)
}

fn resource(made: &Furnished) -> Item {
    Item::within(made.vault, RecordKind::Resource, made.resource)
}

fn first(made: &Furnished) -> Item {
    Item::within(made.vault, RecordKind::Account, made.first)
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_deleted_is_listed_with_its_place() {
    let (server, founder, made, session) = opened().await;
    server.clock.advance(60_000);
    delete(&session, first(&made)).await;
    server.clock.advance(60_000);
    delete(&session, group(&made)).await;
    let other = fresh(&server, &founder).await;
    let trash = other.trash();
    assert_eq!(names(&trash), [Furnished::GROUP, Furnished::FIRST.0], "the newest first");
    let [of_group, of_account] = trash.as_slice() else { panic!() };
    assert_eq!(of_group.place, ["Operations"]);
    assert!(of_group.place_is_there);
    // The resource and the other account: the one deleted before stays where it is.
    assert_eq!((of_group.inside, of_account.inside), (2, 0));
    assert_eq!(of_account.place, ["Operations", Furnished::GROUP, Furnished::RESOURCE]);
    assert!(!of_account.place_is_there);
    assert_eq!(of_account.author, founder.identity.member);
    assert_eq!(of_account.time.plus_millis(60_000), of_group.time);
    assert_eq!(of_account.due, Some(of_account.time.plus_millis(30 * DAY)));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_restored_is_where_it_was() {
    let (server, founder, made, session) = opened().await;
    delete(&session, first(&made)).await;
    delete(&session, resource(&made)).await;
    // Both at once, in any order: each finds its place.
    let report = session.restore_items(&[first(&made), resource(&made)], |_, _, _| {}).await;
    assert_eq!((report.changed, report.left.len()), (2, 0));
    let other = fresh(&server, &founder).await;
    assert_eq!(other.trash(), []);
    assert_eq!(inside(&other, made.vault, made.group), [Furnished::RESOURCE]);
    assert_eq!(inside(&other, made.vault, made.resource), [Furnished::SECOND.0, Furnished::FIRST.0]);
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // And taken back, they are deleted again.
    let mut undo = report.undo;
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(other.trash().len(), 2);
    // What is there cannot be restored.
    session.restore_items(&[resource(&made)], |_, _, _| {}).await.whole().unwrap();
    let again = session.restore_items(&[resource(&made)], |_, _, _| {}).await;
    assert_eq!(again.whole().map(drop), Err(Error::StaleVersion));
}

#[tokio::test(flavor = "current_thread")]
async fn what_has_lost_its_place_goes_to_the_nearest() {
    let (server, founder, made, session) = opened().await;
    delete(&session, resource(&made)).await;
    delete(&session, group(&made)).await;
    session.restore_items(&[resource(&made)], |_, _, _| {}).await.whole().unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, made.vault, made.vault.object()), [Furnished::RESOURCE]);
    assert_eq!(names(&other.trash()), [Furnished::GROUP]);
    assert_eq!(other.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
}

#[tokio::test(flavor = "current_thread")]
async fn an_account_takes_its_resource_with_it() {
    let (server, founder, made, session) = opened().await;
    delete(&session, first(&made)).await;
    delete(&session, group(&made)).await;
    let report = session.restore_items(&[first(&made)], |_, _, _| {}).await;
    let mut undo = report.whole().unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, made.vault, made.vault.object()), [Furnished::RESOURCE]);
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(inside(&other, made.vault, made.vault.object()), Vec::<String>::new());
    let trash = other.trash();
    let mut names = names(&trash);
    names.sort_unstable();
    assert_eq!(names, [Furnished::GROUP, Furnished::FIRST.0, Furnished::RESOURCE]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_moved_is_not_in_the_trash() {
    let (server, founder, made, session) = opened().await;
    let details = VaultDetails { name: "Archive".into(), ..Default::default() };
    let archive = session.create_vault(&NewVault { details, kind: VaultKind::Personal }).await.unwrap();
    let to = Place { vault: archive, parent: archive.object() };
    session.move_items(&[group(&made)], to, |_, _, _| {}).await.whole().unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(other.trash(), []);
    // Deleted there, it is there in the trash, and only there.
    let moved = other.vaults()[&archive].children(&archive.object()).map(|(key, _)| *key).next().unwrap();
    server.clock.advance(1_000);
    delete(&other, Item { vault: archive, key: moved }).await;
    assert_eq!(items(&other.trash()), [Item { vault: archive, key: moved }]);
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_purged_is_gone_for_every_device() {
    let (server, founder, made, session) = opened().await;
    let behind = fresh(&server, &founder).await;
    let details = ResourceGroupDetails { name: "Kept".into(), ..Default::default() };
    let top = Place { vault: made.vault, parent: made.vault.object() };
    session.create_resource_group(top, details).await.unwrap();
    delete(&session, group(&made)).await;
    behind.sync(|_| {}).await.unwrap();
    let report = session.purge_items(&items(&session.trash()), |_, _, _| {}).await;
    // The group, the resource, two accounts.
    assert_eq!((report.changed, report.left.len()), (4, 0));
    assert_eq!(session.trash(), []);
    // A device that knows nothing verifies all the same, and sees nothing damaged.
    let other = fresh(&server, &founder).await;
    assert_eq!(other.trash(), []);
    assert_eq!(inside(&other, made.vault, made.vault.object()), ["Kept"]);
    let (facts, damages) = other.fetch_facts(made.vault).await.unwrap();
    assert_eq!((facts.len(), damages), (0, vec![]));
    // One that was there hears of it with the next change, or where it would restore it.
    assert_eq!(behind.trash().len(), 1);
    let refused = behind.restore_items(&[group(&made)], |_, _, _| {}).await;
    assert_eq!(refused.whole().map(drop), Err(Error::Gone));
    assert_eq!(behind.trash(), []);
    assert_eq!(session.restore_items(&[group(&made)], |_, _, _| {}).await.whole().map(drop), Err(Error::Gone));
    assert_eq!(behind.verify_some(usize::MAX), (vec![], false));
}

#[tokio::test(flavor = "current_thread")]
async fn a_purge_reaches_other_devices_with_the_next_change() {
    let (server, founder, made, session) = opened().await;
    delete(&session, first(&made)).await;
    let behind = fresh(&server, &founder).await;
    session.purge_items(&[first(&made)], |_, _, _| {}).await.whole().unwrap();
    assert_eq!(behind.trash().len(), 1);
    let place = Place { vault: made.vault, parent: made.resource };
    let details = AccountDetails { name: "another".into(), ..Default::default() };
    session.create_account(place, NewAccount { details, secret: None }).await.unwrap();
    assert_eq!(behind.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(behind.trash(), []);
    assert_eq!(behind.verify_some(usize::MAX), (vec![], false));
}

#[tokio::test(flavor = "current_thread")]
async fn things_are_due_when_their_time_is_over() {
    let (server, founder, made, session) = opened().await;
    delete(&session, first(&made)).await;
    server.clock.advance(30 * DAY - 1_000);
    let session = fresh(&server, &founder).await;
    assert_eq!(session.due_for_purge(), []);
    server.clock.advance(1_000);
    assert_eq!(session.due_for_purge(), [first(&made)]);
    session.purge_items(&session.due_for_purge(), |_, _, _| {}).await.whole().unwrap();
    assert_eq!((session.due_for_purge(), session.deleted_in(made.vault)), (vec![], vec![]));
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_there_is_not_purged() {
    let (_server, _founder, made, session) = opened().await;
    let report = session.purge_items(&[first(&made), Item::vault(made.vault)], |_, _, _| {}).await;
    let left: Vec<_> = report.left.into_iter().map(|left| left.error).collect();
    assert_eq!((report.changed, left), (0, vec![Error::StaleVersion, Error::StaleVersion]));
    let key = LeafKey { id: made.first, kind: RecordKind::Account };
    assert!(session.verified(made.vault, key).is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn a_vault_is_purged_with_all_that_is_in_it() {
    let (server, founder, made, session) = opened().await;
    delete(&session, Item::vault(made.vault)).await;
    server.clock.advance(30 * DAY - 1_000);
    let session = fresh(&server, &founder).await;
    assert_eq!(session.due_for_purge(), []);
    server.clock.advance(1_000);
    assert_eq!(session.due_for_purge(), [Item::vault(made.vault)]);
    let report = session.purge_items(&session.due_for_purge(), |_, _, _| {}).await;
    // The vault, the group, the resource, two accounts.
    assert_eq!((report.changed, report.left.len()), (5, 0));
    assert_eq!((session.trash(), session.due_for_purge()), (vec![], vec![]));
    let other = fresh(&server, &founder).await;
    assert_eq!((other.trash(), other.due_for_purge()), (vec![], vec![]));
    let refused = other.restore_items(&[Item::vault(made.vault)], |_, _, _| {}).await;
    assert_eq!(refused.whole().map(drop), Err(Error::Gone));
    let key = LeafKey { id: made.first, kind: RecordKind::Account };
    assert!(other.verified(made.vault, key).is_err());
}
