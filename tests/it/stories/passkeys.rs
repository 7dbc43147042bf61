//! Passkeys, from the authenticator to the secret.

use crate::harness::{Authenticator, InProcess, ORIGIN, furnished_team, proof};
use sealward_client::{
    error::Error,
    session::{FactorProof, FactorsHeld, Session},
};
use sealward_contract::{
    chain::{FactorDemand, ServiceDemand, TeamPolicy},
    operations::factors::FactorText,
};

async fn add(session: &Session<InProcess>, name: &str, passkey: &Authenticator) -> Result<(), Error> {
    let options = session.begin_passkey(proof(session)).await?;
    session.add_passkey(name, &passkey.create(&options)).await.map(drop)
}

async fn confirm(session: &Session<InProcess>, passkey: &mut Authenticator) -> Result<(), Error> {
    passkey.counter += 1;
    let answer = passkey.get(&session.begin_confirmation().await?);
    session.confirm_session(FactorProof::Passkey(FactorText::new(answer.expose().to_owned()))).await.map(drop)
}

#[tokio::test(flavor = "current_thread")]
async fn passkeys_are_added_named_used_and_removed() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let always =
        TeamPolicy { factor: FactorDemand::Always, confirmation: 60, services: ServiceDemand::Exempt, zone: None };
    ada.set_team_policy(always).await.unwrap();
    assert_eq!(ada.begin_confirmation().await.err(), Some(Error::PasskeysUnavailable));
    let (mut laptop, mut phone) = (Authenticator::new(1, ORIGIN), Authenticator::new(2, ORIGIN));
    add(&ada, " Work laptop ", &laptop).await.unwrap();
    add(&ada, "手机", &phone).await.unwrap();
    let listed = ada.list_factors().await.unwrap();
    assert_eq!(listed.held, FactorsHeld { passkeys: 2, ..FactorsHeld::default() });
    let mut names: Vec<_> = listed.passkeys.iter().map(|row| row.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Work laptop", "手机"]);
    // One that is there is not added twice.
    assert_eq!(add(&ada, "again", &laptop).await, Err(Error::FactorExists));

    server.clock.advance(60_000);
    let needed = Error::SecondFactorNeeded(listed.held);
    assert_eq!(ada.release(made.vault, made.first).await.err(), Some(needed.clone()));
    confirm(&ada, &mut phone).await.unwrap();
    ada.release(made.vault, made.first).await.unwrap();

    // A new session begins with it too.
    let later = founder.session(&server, &server.connect()).await;
    assert_eq!(later.sync(|_| {}).await.err(), Some(needed));
    confirm(&later, &mut laptop).await.unwrap();
    later.sync(|_| {}).await.unwrap();
    let used = later.list_factors().await.unwrap().passkeys;
    assert!(used.iter().all(|row| row.used == Some(server.clock.now())));

    let id = |name: &str| used.iter().find(|row| row.name == name).unwrap().passkey;
    later.rename_passkey(id("手机"), "Phone").await.unwrap();
    later.remove_passkey(id("Work laptop")).await.unwrap();
    assert_eq!(confirm(&later, &mut laptop).await, Err(Error::FactorRefused));
    later.make_recovery_codes().await.unwrap();
    later.remove_passkey(id("手机")).await.unwrap();
    let left = later.list_factors().await.unwrap();
    assert_eq!((left.held, left.passkeys), (FactorsHeld::default(), vec![]));
}

#[tokio::test(flavor = "current_thread")]
async fn a_passkey_that_somebody_took_away_confirms_nothing() {
    let (server, founder, _) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let bob = crate::harness::Founder::invited(&server, &ada, "bob", &[]).await;
    let session = bob.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    let mut passkey = Authenticator::new(3, ORIGIN);
    add(&session, "key", &passkey).await.unwrap();
    assert_eq!(ada.list_without_factor().await.unwrap(), [founder.identity.member]);
    let options = session.begin_confirmation().await.unwrap();
    ada.take_factors_away(bob.identity.member).await.unwrap();
    passkey.counter += 1;
    let answer = FactorText::new(passkey.get(&options).expose().to_owned());
    assert_eq!(session.confirm_session(FactorProof::Passkey(answer)).await.err(), Some(Error::FactorRefused));
}
