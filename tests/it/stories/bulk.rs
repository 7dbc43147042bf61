//! More at once than one transaction takes: moved, copied, deleted and taken back, in parts that are each whole.

use crate::harness::{Founder, Furnished, InProcess, TestServer, draft_account, furnished_team};
use sealward_client::{
    error::Error,
    model::{AccountDetails, Day, SecretPayload, VaultDetails},
    operations::{FieldEdit, Item, Left, NewAccount, NewSecret, Place},
    session::{NewVault, Session},
    vault::Details,
};
use sealward_contract::{
    chain::VaultKind,
    ids::{ObjectId, VaultId, Version},
    limits,
    record::{LeafKey, RecordKind},
};

const ACCOUNTS: usize = 600;

fn live_accounts(session: &Session<InProcess>, vault: VaultId) -> Vec<LeafKey> {
    let vaults = session.vaults();
    let view = &vaults[&vault];
    let keys = view.entries().map(|(key, _)| *key);
    keys.filter(|key| key.kind == RecordKind::Account && view.is_reachable(key)).collect()
}

#[tokio::test(flavor = "current_thread")]
async fn more_than_one_transaction_takes() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let place = Place { vault: made.vault, parent: made.resource };
    for number in 2..ACCOUNTS {
        let details = AccountDetails { name: format!("account {number}"), ..Default::default() };
        let payload = SecretPayload::new(format!("secret {number}").as_str().into());
        let secret = Some(NewSecret { payload, score: None });
        session.create_account(place, NewAccount { details, secret }).await.unwrap();
    }
    assert_eq!(live_accounts(&session, made.vault).len(), ACCOUNTS);
    let details = VaultDetails { name: "Archive".into(), description: String::new(), ..Default::default() };
    let archive = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
    let to = Place { vault: archive, parent: archive.object() };
    let resource = [Item::within(made.vault, RecordKind::Resource, made.resource)];

    // Records there, secrets and facts, and deletions here: more than two transactions' worth.
    const { assert!(4 * ACCOUNTS > 2 * limits::BATCH_RECORDS) };
    let mut undo = session.move_items(&resource, to, |_, _, _| {}).await.whole().unwrap();
    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    let moved = live_accounts(&other, archive);
    assert_eq!((moved.len(), live_accounts(&other, made.vault).len()), (ACCOUNTS, 0));
    for key in moved.iter().step_by(97) {
        let entry = other.verified(archive, *key).unwrap();
        let secret = other.release(archive, key.id).await.unwrap();
        let expected = match entry.details.name() {
            name if name == Furnished::FIRST.0 => Furnished::FIRST.1.to_owned(),
            name if name == Furnished::SECOND.0 => Furnished::SECOND.1.to_owned(),
            name => name.replace("account", "secret"),
        };
        assert_eq!(secret.value.expose(), expected);
    }

    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!((live_accounts(&other, archive).len(), live_accounts(&other, made.vault).len()), (0, ACCOUNTS));
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);

    let mut undo = session.copy_items(&resource, to, |_, _, _| {}).await.whole().unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(live_accounts(&other, archive).len(), ACCOUNTS);
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!((live_accounts(&other, archive).len(), live_accounts(&other, made.vault).len()), (0, ACCOUNTS));
    assert_eq!(other.verify_some(usize::MAX), (vec![], false));
}

/// A session with a resource of its own that has so many accounts without secrets.
async fn many(count: usize) -> (TestServer, Founder, Furnished, InProcess, Session<InProcess>, Vec<Item>) {
    let (server, founder, made) = furnished_team().await;
    let wire = server.connect();
    let session = founder.session(&server, &wire).await;
    session.sync(|_| {}).await.unwrap();
    let numbers = session.take_numbers(u32::try_from(count).unwrap()).await.unwrap();
    let ids: Vec<ObjectId> = numbers.iter().map(|_| ObjectId(session.surroundings().make_id())).collect();
    let drafts = ids.iter().zip(numbers).map(|(id, number)| draft_account(*id, made.resource, number, "one of many"));
    let (written, done) = session.write_many(made.vault, drafts.collect(), |_| {}).await;
    assert_eq!((written, done), (count, Ok(())));
    let items = ids.into_iter().map(|id| Item::within(made.vault, RecordKind::Account, id)).collect();
    (server, founder, made, wire, session, items)
}

fn deleted(session: &Session<InProcess>, items: &[Item]) -> usize {
    let vaults = session.vaults();
    items.iter().filter(|item| !vaults[&item.vault].entry(&item.key).unwrap().is_live()).count()
}

#[tokio::test(flavor = "current_thread")]
async fn what_was_written_before_a_failure_can_be_taken_back() {
    let (server, founder, _made, wire, session, items) = many(1_500).await;
    // The connection breaks off after the first of two transactions.
    let cut = wire.clone();
    let report = session.delete_items(&items, move |_, _, _| cut.set_cut(true)).await;
    wire.set_cut(false);
    assert_eq!((report.changed, report.left.len()), (1_000, 500));
    assert!(report.left.iter().all(|left| left.error == Error::Unreachable));
    let mut undo = report.undo;
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    assert_eq!(deleted(&other, &items), 1_000);
    // Taking it back fails too at first, and then goes on where it stopped.
    wire.set_cut(true);
    assert_eq!(session.undo(&mut undo, |_, _, _| {}).await, Err(Error::Unreachable));
    wire.set_cut(false);
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!((deleted(&other, &items), undo.is_empty()), (0, true));
}

#[tokio::test(flavor = "current_thread")]
async fn a_move_that_broke_off_between_vaults_is_taken_back() {
    let (server, founder, made, wire, session, items) = many(1_200).await;
    let details = VaultDetails { name: "Archive".into(), ..Default::default() };
    let archive = session.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
    let to = Place { vault: archive, parent: archive.object() };
    let details = sealward_client::model::ResourceDetails { name: "there".into(), ..Default::default() };
    let (resource, _) = session.create_resource(to, details, None).await.unwrap();
    let cut = wire.clone();
    let to = Place { vault: archive, parent: resource };
    // Two records for each: five hundred in one transaction.
    let report = session.move_items(&items, to, move |_, done, _| cut.set_cut(done >= 500)).await;
    wire.set_cut(false);
    assert_eq!((report.changed, report.left.len()), (500, 700));
    let mut undo = report.undo;
    let other = founder.session(&server, &server.connect()).await;
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    // Each is in one place or the other.
    assert_eq!((live_accounts(&other, archive).len(), deleted(&other, &items)), (500, 500));
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!((live_accounts(&other, archive).len(), deleted(&other, &items)), (0, 0));
    assert_eq!(live_accounts(&other, made.vault).len(), 1_202);
}

#[tokio::test(flavor = "current_thread")]
async fn one_that_was_changed_elsewhere_stops_none_of_the_others() {
    let (server, founder, made, _wire, session, items) = many(20).await;
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let details = AccountDetails { name: "changed elsewhere".into(), ..Default::default() };
    other.update_account(made.vault, items[7].key.id, Version(1), details, None).await.unwrap();
    other.delete_items(&items[9..10], |_, _, _| {}).await.whole().unwrap();
    let report = session.change_tags(&items, &["audited".into()], &[], |_, _, _| {}).await;
    assert_eq!((report.changed, report.same), (18, 0));
    let mut left: Vec<Item> = report.left.iter().map(|left| left.item).collect();
    left.sort();
    let mut expected = vec![items[7], items[9]];
    expected.sort();
    assert_eq!(left, expected);
    assert!(report.left.iter().all(|left| left.error == Error::StaleVersion), "{:?}", report.left);
}

#[tokio::test(flavor = "current_thread")]
async fn fields_are_set_where_they_are() {
    let (server, founder, made, _wire, session, mut items) = many(2).await;
    let resource = Item::within(made.vault, RecordKind::Resource, made.resource);
    items.push(resource);
    items.push(Item::within(made.vault, RecordKind::ResourceGroup, made.group));
    server.clock.advance(5_000);
    let edits = [FieldEdit::Owner("Ada".into()), FieldEdit::Privileged(true), FieldEdit::Expiry(Some(Day(21_000)))];
    let report = session.edit_items(&items, &edits, |_, _, _| {}).await;
    assert_eq!((report.changed, report.left), (3, vec![Left { item: items[3], error: Error::Unfit }]));
    let other = founder.session(&server, &server.connect()).await;
    other.sync(|_| {}).await.unwrap();
    let Details::Account(account) = other.verified(made.vault, items[0].key).unwrap().details else { panic!() };
    assert_eq!((account.privileged, account.expiry, account.changed), (true, Some(Day(21_000)), server.clock.now()));
    let Details::Resource(there) = other.verified(made.vault, resource.key).unwrap().details else { panic!() };
    assert_eq!(there.owner, "Ada");
    // Once more there is nothing to change.
    assert_eq!(session.edit_items(&items[..3], &edits, |_, _, _| {}).await.same, 3);
    let mut undo = report.undo;
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    let Details::Account(account) = other.verified(made.vault, items[0].key).unwrap().details else { panic!() };
    assert_eq!((account.privileged, account.expiry), (false, None));
}
