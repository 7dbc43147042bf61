//! More at once than one transaction takes: moved, copied, deleted and taken back, in parts that are each whole.

use crate::harness::{Furnished, InProcess, furnished_team};
use sealward_client::{
    model::{AccountDetails, SecretPayload, VaultDetails},
    operations::{Item, NewAccount, NewSecret, Place},
    session::{NewVault, Session},
};
use sealward_contract::{
    chain::VaultKind,
    ids::VaultId,
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
    let undo = session.move_items(&resource, to, |_, _| {}).await.unwrap();
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

    session.undo(&undo).await.unwrap();
    assert_eq!(other.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!((live_accounts(&other, archive).len(), live_accounts(&other, made.vault).len()), (0, ACCOUNTS));
    assert_eq!(other.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);

    let undo = session.copy_items(&resource, to, |_, _| {}).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!(live_accounts(&other, archive).len(), ACCOUNTS);
    session.undo(&undo).await.unwrap();
    other.sync(|_| {}).await.unwrap();
    assert_eq!((live_accounts(&other, archive).len(), live_accounts(&other, made.vault).len()), (0, ACCOUNTS));
    assert_eq!(other.verify_some(usize::MAX), (vec![], false));
}
