//! Keeping things: changed, moved, copied, deleted, restored, and found again by another device.

use crate::harness::{Founder, Furnished, InProcess, TestServer, furnished_team};
use sealward_client::{
    error::Error,
    model::{AccountDetails, HiddenField, ResourceGroupDetails, SecretPayload, VaultDetails},
    operations::{Doing, Item, NewAccount, NewSecret, Place},
    session::{NewVault, Session},
    vault::Details,
};
use sealward_contract::{
    chain::VaultKind,
    ids::{ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind},
};

async fn opened() -> (TestServer, Founder, Furnished, Session<InProcess>) {
    let (server, founder, furnished) = furnished_team().await;
    let session = fresh(&server, &founder).await;
    (server, founder, furnished, session)
}

/// What a device sees that knows nothing yet; nothing may be damaged.
async fn fresh(server: &TestServer, founder: &Founder) -> Session<InProcess> {
    let session = founder.session(server, &server.connect()).await;
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(session.verify_some(usize::MAX), (vec![], false));
    session
}

fn account(vault: VaultId, id: ObjectId) -> Item {
    Item::within(vault, RecordKind::Account, id)
}

/// Names of what stands directly and alive in something.
fn inside(session: &Session<InProcess>, vault: VaultId, parent: ObjectId) -> Vec<String> {
    let vaults = session.vaults();
    let live = vaults[&vault].children(&parent).filter(|(_, entry)| entry.is_live());
    let mut names: Vec<String> = live.map(|(_, entry)| entry.details().unwrap().name().to_owned()).collect();
    names.sort();
    names
}

async fn another_vault(session: &Session<InProcess>) -> VaultId {
    let details = VaultDetails { name: "Archive".into(), description: String::new(), ..Default::default() };
    session.create_vault(&NewVault { details, kind: VaultKind::Personal }).await.unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_is_changed_with_its_account() {
    let (server, founder, made, session) = opened().await;
    let details = AccountDetails { name: "root".into(), user_name: "toor".into(), ..Default::default() };
    let mut payload = SecretPayload::new("second version".into());
    payload.hidden.push(HiddenField { label: "pin".into(), value: "4711".into() });
    payload.otp_seed = Some("JBSWY3DPEHPK3PXP".into());
    let secret = Some(NewSecret { payload, score: None });
    let undo = session.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    assert!(undo.is_none(), "a changed secret cannot be taken back");

    let other = fresh(&server, &founder).await;
    let released = other.release(made.vault, made.first).await.unwrap();
    assert_eq!(released.value.expose(), "second version");
    assert_eq!(released.hidden("pin").unwrap().expose(), "4711");
    assert_eq!(released.otp_seed.as_ref().unwrap().expose(), "JBSWY3DPEHPK3PXP");
    let entry = other.verified(made.vault, made.key(made.first)).unwrap();
    assert!(matches!(&entry.details, Details::Account(account) if account.user_name == "toor"));
    let (facts, damages) = other.fetch_facts(made.vault).await.unwrap();
    assert_eq!((facts.len(), damages), (2, vec![]));
    assert_eq!((facts[&made.first].length, facts[&made.first].classes.count()), (14, 2));
    // The one that was not touched is as it was.
    assert_eq!(other.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
}

#[tokio::test(flavor = "current_thread")]
async fn the_details_say_whether_the_secret_has_a_seed() {
    let (server, founder, made, session) = opened().await;
    let says = |session: &Session<InProcess>, id| {
        let entry = session.verified(made.vault, made.key(id)).unwrap();
        let Details::Account(account) = entry.details else { panic!("not an account") };
        (entry.version, account.has_otp)
    };
    assert_eq!(says(&session, made.first), (Version(1), None));
    let with_seed = || {
        let mut payload = SecretPayload::new("pw".into());
        payload.otp_seed = Some("JBSWY3DPEHPK3PXP".into());
        Some(NewSecret { payload, score: None })
    };
    let plain = || Some(NewSecret { payload: SecretPayload::new("pw".into()), score: None });
    // What the details claim themselves does not count where a secret is written with them.
    let claims = |has_otp| AccountDetails { name: "root".into(), has_otp, ..Default::default() };
    let write = async |version, claimed, secret| {
        session.update_account(made.vault, made.first, Version(version), claims(claimed), secret).await.unwrap();
        says(&session, made.first)
    };
    assert_eq!(write(1, None, with_seed()).await, (Version(2), Some(true)));
    assert_eq!(write(2, Some(true), None).await, (Version(3), Some(true)));
    assert_eq!(write(3, Some(true), plain()).await, (Version(4), None));

    let resource = session.verified(made.vault, made.key(made.first)).unwrap().parent;
    let account = NewAccount { details: claims(None), secret: with_seed() };
    let place = Place { vault: made.vault, parent: resource };
    let (new, _) = session.create_account(place, account).await.unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(says(&other, new), (Version(1), Some(true)));
    assert_eq!(says(&other, made.first), (Version(4), None));
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_that_changed_meanwhile_is_given_in_its_newest_version() {
    let (server, founder, made, session) = opened().await;
    let other = fresh(&server, &founder).await;
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("newer".into()), score: None });
    session.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), "newer");
}

#[tokio::test(flavor = "current_thread")]
async fn deleted_things_are_out_of_reach_until_restored() {
    let (server, founder, made, session) = opened().await;
    let resource = Item::within(made.vault, RecordKind::Resource, made.resource);
    let mut undo = session.delete_items(&[resource], |_, _, _| {}).await.whole().unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, made.vault, made.group), Vec::<String>::new());
    for session in [&session, &other] {
        assert_eq!(session.verified(made.vault, resource.key).map(drop), Err(Error::Gone));
        // Of the account itself nothing changed; what it stands on is gone.
        assert_eq!(session.verified(made.vault, made.key(made.first)).map(drop), Err(Error::Gone));
        assert_eq!(session.release(made.vault, made.first).await.map(drop), Err(Error::Gone));
        let deleted = session.verified_even_deleted(made.vault, resource.key).unwrap();
        assert_eq!((deleted.details.name(), deleted.version), (Furnished::RESOURCE, Version(2)));
    }
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    assert!(undo.is_empty(), "once");
    other.sync(|_| {}).await.unwrap();
    assert_eq!(inside(&other, made.vault, made.group), [Furnished::RESOURCE]);
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(other.verified(made.vault, resource.key).unwrap().version, Version(3));
}

#[tokio::test(flavor = "current_thread")]
async fn a_whole_vault_is_deleted_and_restored() {
    let (server, founder, made, session) = opened().await;
    let mut undo = session.delete_items(&[Item::vault(made.vault)], |_, _, _| {}).await.whole().unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(other.release(made.vault, made.first).await.map(drop), Err(Error::Gone));
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn things_move_within_a_vault() {
    let (server, founder, made, session) = opened().await;
    let top = Place { vault: made.vault, parent: made.vault.object() };
    let details = ResourceGroupDetails { name: "Staging".into(), ..Default::default() };
    let (staging, _) = session.create_resource_group(top, details).await.unwrap();
    let resource = Item::within(made.vault, RecordKind::Resource, made.resource);
    let to = Place { vault: made.vault, parent: staging };
    let mut undo = session
        .move_items(&[resource], to, |doing, _, _| assert_eq!(doing, Doing::Writing, "no secret is released"))
        .await
        .whole()
        .unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, made.vault, staging), [Furnished::RESOURCE]);
    assert_eq!(inside(&other, made.vault, made.group), Vec::<String>::new());
    assert_eq!(other.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);

    // A group goes into another, and not into itself.
    let group = Item::within(made.vault, RecordKind::ResourceGroup, staging);
    session.move_items(&[group], Place { vault: made.vault, parent: made.group }, |_, _, _| {}).await.whole().unwrap();
    let outer = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    assert_eq!(session.move_items(&[outer], to, |_, _, _| {}).await.whole().map(drop), Err(Error::NotAllowed));
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(inside(&other, made.vault, made.group), ["Staging", Furnished::RESOURCE]);
}

#[tokio::test(flavor = "current_thread")]
async fn things_move_between_vaults_with_their_numbers() {
    let (server, founder, made, session) = opened().await;
    let archive = another_vault(&session).await;
    let number = session.verified(made.vault, made.key(made.first)).unwrap().number;
    let group = Item::within(made.vault, RecordKind::ResourceGroup, made.group);
    let to = Place { vault: archive, parent: archive.object() };
    let mut undo = session.move_items(&[group], to, |_, _, _| {}).await.whole().unwrap();

    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, made.vault, made.vault.object()), Vec::<String>::new());
    assert_eq!(inside(&other, archive, archive.object()), [Furnished::GROUP]);
    let (vault, key) = other.find_number(number).unwrap();
    assert_eq!((vault, key.kind), (archive, RecordKind::Account));
    assert_ne!(key.id, made.first, "ids are never used twice");
    assert_eq!(other.release(archive, key.id).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(other.release(made.vault, made.first).await.map(drop), Err(Error::Gone));
    let path = other.vaults()[&archive].surroundings(&key).unwrap();
    assert_eq!(path.len(), 3, "resource, group, vault");

    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(inside(&other, made.vault, made.vault.object()), [Furnished::GROUP]);
    assert_eq!(other.find_number(number), Some((made.vault, made.key(made.first))));
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
}

#[tokio::test(flavor = "current_thread")]
async fn a_move_between_vaults_takes_earlier_versions_along() {
    let (server, founder, made, session) = opened().await;
    let archive = another_vault(&session).await;
    for text in ["second", "third"] {
        let secret = NewSecret { payload: SecretPayload::new(text.into()), score: None };
        session.replace_secret(made.vault, made.first, secret, None).await.unwrap();
    }
    let resource = Item::within(made.vault, RecordKind::Resource, made.resource);
    let to = Place { vault: archive, parent: archive.object() };
    let number = session.verified(made.vault, made.key(made.first)).unwrap().number;
    session.copy_items(&[resource], to, |_, _, _| {}).await.whole().unwrap();
    let mut undo = session.move_items(&[resource], to, |_, _, _| {}).await.whole().unwrap();

    let other = fresh(&server, &founder).await;
    let (vault, key) = other.find_number(number).unwrap();
    assert_eq!(vault, archive);
    let versions = async |session: &Session<InProcess>, vault, account| -> Vec<u32> {
        let versions = session.secret_versions(vault, account).await.unwrap();
        versions.iter().map(|version| version.version.0).collect()
    };
    assert_eq!(versions(&other, archive, key.id).await, [3, 2, 1]);
    for (version, text) in [(1, Furnished::FIRST.1), (2, "second"), (3, "third")] {
        let released = other.release_version(archive, key.id, Version(version)).await.unwrap();
        assert_eq!(released.value.expose(), text);
    }
    // What was never changed has no history, and a copy begins one of its own.
    let accounts: Vec<LeafKey> = {
        let vaults = other.vaults();
        vaults[&archive].entries().filter(|(key, _)| key.kind == RecordKind::Account).map(|(key, _)| *key).collect()
    };
    let mut histories = Vec::new();
    for account in accounts {
        histories.push(versions(&other, archive, account.id).await.len());
    }
    histories.sort_unstable();
    assert_eq!(histories, [1, 1, 1, 3]);

    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(versions(&other, made.vault, made.first).await, [3, 2, 1]);
}

#[tokio::test(flavor = "current_thread")]
async fn copies_are_new_objects() {
    let (server, founder, made, session) = opened().await;
    let archive = another_vault(&session).await;
    let resource = Item::within(made.vault, RecordKind::Resource, made.resource);
    let to = Place { vault: archive, parent: archive.object() };
    let told = std::cell::RefCell::new(Vec::new());
    let mut undo = session
        .copy_items(&[resource], to, |doing, done, all| told.borrow_mut().push((doing, done, all)))
        .await
        .whole()
        .unwrap();
    // The secrets, then the resource and its accounts in one transaction.
    let expected = [(Doing::Releasing, 1, 2), (Doing::Releasing, 2, 2), (Doing::Writing, 3, 3)];
    assert_eq!(told.into_inner(), expected);

    let other = fresh(&server, &founder).await;
    assert_eq!(inside(&other, archive, archive.object()), [Furnished::RESOURCE]);
    assert_eq!(inside(&other, made.vault, made.group), [Furnished::RESOURCE]);
    let copied: Vec<LeafKey> = {
        let vaults = other.vaults();
        vaults[&archive].entries().filter(|(key, _)| key.kind == RecordKind::Account).map(|(key, _)| *key).collect()
    };
    let mut secrets = Vec::new();
    for key in &copied {
        let entry = other.verified(archive, *key).unwrap();
        assert_eq!(other.find_number(entry.number), Some((archive, *key)), "a number of its own");
        secrets.push(other.release(archive, key.id).await.unwrap().value.expose().to_owned());
    }
    secrets.sort();
    assert_eq!(secrets, [Furnished::FIRST.1, Furnished::SECOND.1]);

    // A copy goes its own way.
    let details = AccountDetails { name: "copy".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("of the copy".into()), score: None });
    other.update_account(archive, copied[0].id, Version(1), details, secret).await.unwrap();
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // Taking the copy back asks for what the other has not changed.
    assert_eq!(session.undo(&mut undo, |_, _, _| {}).await, Err(Error::StaleVersion));
}

#[tokio::test(flavor = "current_thread")]
async fn the_number_of_a_deleted_thing_comes_back_with_it() {
    let (server, founder, made, session) = opened().await;
    let number = session.verified(made.vault, made.key(made.first)).unwrap().number;
    let mut undo = session.delete_items(&[account(made.vault, made.first)], |_, _, _| {}).await.whole().unwrap();
    assert_eq!(session.find_number(number), None);
    session.undo(&mut undo, |_, _, _| {}).await.unwrap();
    let other = fresh(&server, &founder).await;
    assert_eq!(other.find_number(number), Some((made.vault, made.key(made.first))));
}
