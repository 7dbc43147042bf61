//! New keys for a vault, and policies: what they ask of whoever wants a secret.

use crate::harness::{Furnished, draft_resource, furnished_team, next_of};
use sealward_client::{
    error::Error,
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::VaultDrafts,
};
use sealward_contract::{
    chain::{Approvals, Policy, PolicyScope, Requirement, SetPolicy},
    ids::{Epoch, ObjectId, Version},
};

#[tokio::test(flavor = "current_thread")]
async fn a_new_epoch_keeps_what_was_there_and_seals_what_comes() {
    let (server, founder, made) = furnished_team().await;
    let (first, second) = (server.connect(), server.connect());
    let (here, there) = (founder.session(&server, &first).await, founder.session(&server, &second).await);
    here.sync(|_| {}).await.unwrap();
    there.sync(|_| {}).await.unwrap();
    assert_eq!(here.start_epoch(made.vault).await.unwrap(), Epoch(2));

    // A device that has not heard of it writes, is told, and writes under the new keys.
    let draft = next_of(&there, made.vault, made.key(made.group), "under new keys");
    there.write(&[VaultDrafts { vault: made.vault, drafts: vec![draft] }]).await.unwrap();
    let details = AccountDetails { name: "root".into(), ..Default::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new("newly sealed".into()), score: None });
    there.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();

    let fresh = founder.session(&server, &server.connect()).await;
    assert_eq!(fresh.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(fresh.verify_some(usize::MAX), (vec![], false));
    let epoch = |id| fresh.vaults()[&made.vault].entry(&made.key(id)).unwrap().record().context().epoch;
    assert_eq!((epoch(made.group), epoch(made.first), epoch(made.second)), (Epoch(2), Epoch(2), Epoch(1)));
    assert_eq!(fresh.release(made.vault, made.first).await.unwrap().value.expose(), "newly sealed");
    assert_eq!(fresh.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    assert_eq!(fresh.start_epoch(made.vault).await.unwrap(), Epoch(3));
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_that_could_not_be_met_is_not_sent() {
    let (server, founder, made) = furnished_team().await;
    let wire = server.connect();
    let session = founder.session(&server, &wire).await;
    session.sync(|_| {}).await.unwrap();
    let sent = wire.sent();
    let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::None, terms: None });
    let set = SetPolicy { vault: made.vault, scope: PolicyScope::Vault, policy };
    assert_eq!(session.set_policy(&set).await, Err(Error::TooFewApprovers));
    assert_eq!(wire.sent(), sent, "one custodian cannot be approved by another");
}

#[tokio::test(flavor = "current_thread")]
async fn the_nearest_policy_asks_for_a_reason() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let asks = |reason| Some(Policy { approvals: Approvals(0), reason, terms: None });
    let set = |scope, policy| SetPolicy { vault: made.vault, scope, policy };
    session.set_policy(&set(PolicyScope::Vault, asks(Requirement::Required))).await.unwrap();
    session.set_policy(&set(PolicyScope::Account(made.second), asks(Requirement::None))).await.unwrap();
    assert_eq!(session.release(made.vault, made.first).await.map(drop), Err(Error::ReasonNeeded));
    assert_eq!(session.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    session.set_policy(&set(PolicyScope::Resource(made.resource), asks(Requirement::Optional))).await.unwrap();
    assert_eq!(session.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    session.set_policy(&set(PolicyScope::Resource(made.resource), None)).await.unwrap();
    assert_eq!(session.release(made.vault, made.first).await.map(drop), Err(Error::ReasonNeeded));
}

#[tokio::test(flavor = "current_thread")]
async fn numbers_are_unique_over_all_vaults() {
    let (server, founder, made) = furnished_team().await;
    let session = founder.session(&server, &server.connect()).await;
    let other = Furnished::make(&session, "Other").await;
    session.sync(|_| {}).await.unwrap();
    let mut numbers = Vec::new();
    for furnished in [&made, &other] {
        for id in [furnished.group, furnished.resource, furnished.first, furnished.second] {
            numbers.push(session.verified(furnished.vault, furnished.key(id)).unwrap().number);
        }
    }
    let count = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), count);
    // A number that another object bears is not taken a second time.
    let id = ObjectId(session.surroundings().make_id());
    let drafts = vec![draft_resource(id, other.vault.object(), numbers[0], "twin")];
    assert_eq!(session.write(&[VaultDrafts { vault: other.vault, drafts }]).await, Err(Error::Refused));
}
