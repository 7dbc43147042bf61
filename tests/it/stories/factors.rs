//! Second factors, from the app that shows a code to the secret that it lets one have.

use crate::harness::{App, Founder, Furnished, STEP, TestServer, attach, furnished_team, proof, service, terms};
use std::{cell::Cell, collections::BTreeSet, rc::Rc};

use sealward_client::{
    error::Error,
    session::{ExportSettings, FactorProof, FactorsHeld},
};
use sealward_contract::{
    chain::{FactorDemand, ServiceDemand, TeamPolicy, TeamRole, VaultRole},
    ids::Version,
    operations::factors::FactorText,
    release::ExportFormat,
};

fn policy(factor: FactorDemand, confirmation: u32) -> TeamPolicy {
    TeamPolicy { factor, confirmation, services: ServiceDemand::Exempt, zone: None }
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_is_shown_once_the_session_is_confirmed() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let file = attach(&ada, &made, b"a file").await;
    ada.set_team_policy(policy(FactorDemand::Always, 900)).await.unwrap();
    let none = FactorsHeld::default();
    assert_eq!(ada.release(made.vault, made.first).await.map(drop), Err(Error::SecondFactorNeeded(none)));
    let app = App::set_up(&server, &ada).await;
    let held = FactorsHeld { codes: true, ..none };
    assert_eq!(ada.list_factors().await.unwrap().held, held);
    assert_eq!(ada.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // Nothing that is taken out goes past it: secrets, earlier versions, files, exports.
    server.clock.advance(900_000);
    let needed = Some(Error::SecondFactorNeeded(held));
    assert_eq!(ada.release(made.vault, made.first).await.err(), needed);
    assert_eq!(ada.release_file(made.vault, made.first, file.id).await.err(), needed);
    let all = BTreeSet::from([(made.vault, made.key(made.first))]);
    let exported = ada.export(&all, &ExportSettings::all(ExportFormat::Json), |_| {}).await;
    assert_eq!(exported.err(), needed);
    app.confirm(&server, &ada).await.unwrap();
    assert_eq!(ada.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    ada.release_file(made.vault, made.first, file.id).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn what_needs_many_secrets_goes_on_where_it_was_each_time_the_person_confirms() {
    let (server, founder, made) = furnished_team().await;
    let ada = Rc::new(founder.session(&server, &server.connect()).await);
    ada.sync(|_| {}).await.unwrap();
    let app = Rc::new(App::set_up(&server, &ada).await);
    ada.set_team_policy(policy(FactorDemand::Always, 0)).await.unwrap();
    server.clock.advance(STEP + 60_000);
    let asked = Rc::new(Cell::new(0));
    let (session, counted, clock) = (Rc::downgrade(&ada), Rc::clone(&asked), server.clock.clone());
    ada.ask_for_factors(move |held| {
        counted.set(counted.get() + 1);
        assert!(held.codes);
        let (session, code) = (session.upgrade().unwrap(), app.code_at(clock.now()));
        Box::pin(async move { session.confirm_session(FactorProof::Codes(code)).await.is_ok() })
    });
    assert_eq!(ada.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(ada.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    assert_eq!(asked.get(), 1, "one after the other is one thing");
    server.clock.advance(STEP);
    let version = ada.release_version(made.vault, made.first, Version(1)).await.unwrap();
    assert_eq!((version.value.expose(), asked.get()), (Furnished::FIRST.1, 2));
    // Whoever does not confirm gets nothing.
    server.clock.advance(STEP);
    ada.ask_for_factors(|_| Box::pin(async { false }));
    assert_eq!(ada.release(made.vault, made.first).await.err(), Some(Error::NotConfirmed));
}

#[tokio::test(flavor = "current_thread")]
async fn rights_are_given_only_with_a_fresh_confirmation() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let bob = Founder::invited(&server, &ada, "bob", &[(made.vault, VaultRole::Editor)]).await.identity.member;
    let eve = Founder::invited(&server, &ada, "eve", &[(made.vault, VaultRole::User)]).await.identity.member;
    // Whoever has no factor is asked for none.
    ada.set_team_policy(policy(FactorDemand::Always, 43_200)).await.unwrap();
    ada.set_team_role(bob, TeamRole::Administrator).await.unwrap();
    let app = App::set_up(&server, &ada).await;
    let bot = || service("bot", &[(made.vault, VaultRole::User)], terms(&[]));
    let token = ada.admit_service(&bot()).await.unwrap();
    server.clock.advance(3_600_000);
    let before = ada.chain().unwrap().position();
    let needed = Error::SecondFactorNeeded(FactorsHeld { codes: true, ..FactorsHeld::default() });
    let other = service("other", &[(made.vault, VaultRole::User)], terms(&[]));
    assert_eq!(ada.admit_service(&other).await.err(), Some(needed.clone()));
    assert_eq!(ada.renew_service(token.member(), &terms(&[])).await.err(), Some(needed.clone()));
    assert_eq!(ada.set_service(token.member(), &terms(&["127.0.0.1"])).await, Err(needed.clone()));
    assert_eq!(ada.invite(&[], 86_400_000).await.err(), Some(needed.clone()));
    assert_eq!(ada.set_grant(made.vault, eve, VaultRole::Custodian).await, Err(needed.clone()));
    assert_eq!(ada.set_team_role(eve, TeamRole::Owner).await, Err(needed.clone()));
    ada.sync(|_| {}).await.unwrap();
    assert_eq!(ada.chain().unwrap().position(), before, "nothing of it was kept");
    // Rights are taken away without.
    ada.set_grant(made.vault, bob, VaultRole::Viewer).await.unwrap();
    ada.set_team_role(bob, TeamRole::Member).await.unwrap();
    ada.suspend_member(bob).await.unwrap();
    assert_eq!(ada.resume_member(bob).await, Err(needed.clone()));

    app.confirm(&server, &ada).await.unwrap();
    ada.admit_service(&other).await.unwrap();
    ada.renew_service(token.member(), &terms(&[])).await.unwrap();
    ada.set_service(token.member(), &terms(&["127.0.0.1"])).await.unwrap();
    ada.invite(&[], 86_400_000).await.unwrap();
    ada.set_grant(made.vault, eve, VaultRole::Custodian).await.unwrap();
    ada.set_team_role(eve, TeamRole::Owner).await.unwrap();
    ada.resume_member(bob).await.unwrap();
    // A team that asks for no factor asks for none here.
    ada.set_team_policy(policy(FactorDemand::Never, 900)).await.unwrap();
    server.clock.advance(3_600_000);
    ada.set_team_role(bob, TeamRole::Administrator).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_gives_rights_is_asked_and_it_goes_on_by_itself() {
    let (server, founder, made) = furnished_team().await;
    let ada = Rc::new(founder.session(&server, &server.connect()).await);
    ada.sync(|_| {}).await.unwrap();
    let bob = Founder::invited(&server, &ada, "bob", &[(made.vault, VaultRole::Viewer)]).await.identity.member;
    let app = Rc::new(App::set_up(&server, &ada).await);
    server.clock.advance(3_600_000);
    let asked = Rc::new(Cell::new(0));
    let (session, counted, clock) = (Rc::downgrade(&ada), Rc::clone(&asked), server.clock.clone());
    ada.ask_for_factors(move |_| {
        counted.set(counted.get() + 1);
        let (session, code) = (session.upgrade().unwrap(), app.code_at(clock.now()));
        Box::pin(async move {
            // Whatever else is said meanwhile does not wait for the person.
            session.sync(|_| {}).await.unwrap();
            session.confirm_session(FactorProof::Codes(code)).await.is_ok()
        })
    });
    ada.admit_service(&service("bot", &[(made.vault, VaultRole::User)], terms(&[]))).await.unwrap();
    ada.set_grant(made.vault, bob, VaultRole::User).await.unwrap();
    assert_eq!(asked.get(), 1, "a confirmation is fresh for a while");
    server.clock.advance(900_000);
    ada.set_team_role(bob, TeamRole::Administrator).await.unwrap();
    assert_eq!(asked.get(), 2);
    server.clock.advance(900_000);
    ada.ask_for_factors(|_| Box::pin(async { false }));
    assert_eq!(ada.set_grant(made.vault, bob, VaultRole::Editor).await, Err(Error::NotConfirmed));
    assert_eq!(ada.chain().unwrap().vault_role(&made.vault, &bob), Some(VaultRole::User));
}

#[tokio::test(flavor = "current_thread")]
async fn a_session_of_a_team_that_always_asks_begins_with_a_confirmation() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    ada.set_team_policy(policy(FactorDemand::Always, 900)).await.unwrap();
    let app = App::set_up(&server, &ada).await;
    let later = founder.session(&server, &server.connect()).await;
    let held = FactorsHeld { codes: true, ..FactorsHeld::default() };
    assert_eq!(later.sync(|_| {}).await.err(), Some(Error::SecondFactorNeeded(held)));
    let wrong = later.confirm_session(FactorProof::Codes(FactorText::new("000000".to_owned()))).await;
    assert_eq!(wrong.err(), Some(Error::FactorRefused));
    app.confirm(&server, &later).await.unwrap();
    later.sync(|_| {}).await.unwrap();
    assert_eq!(later.release(made.vault, made.second).await.unwrap().value.expose(), Furnished::SECOND.1);
}

#[tokio::test(flavor = "current_thread")]
async fn whoever_lost_the_phone_comes_in_by_a_recovery_code_or_by_an_administrator() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    ada.set_team_policy(policy(FactorDemand::Always, 900)).await.unwrap();
    let bob = Founder::invited(&server, &ada, "bob", &[(made.vault, VaultRole::User)]).await;
    let session = bob.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    App::set_up(&server, &session).await;
    let codes = session.make_recovery_codes().await.unwrap();
    assert_eq!(ada.list_without_factor().await.unwrap(), [founder.identity.member]);

    let second = bob.session(&server, &server.connect()).await;
    let code = |at: usize| FactorProof::RecoveryCodes(FactorText::new(codes[at].expose().to_owned()));
    second.confirm_session(code(0)).await.unwrap();
    second.sync(|_| {}).await.unwrap();
    assert_eq!(second.confirm_session(code(0)).await.err(), Some(Error::FactorRefused));

    // Nothing is left of the others: an administrator takes all of it away, and Bob is told.
    assert_eq!(session.take_factors_away(founder.identity.member).await, Err(Error::NotAllowed));
    ada.take_factors_away(bob.identity.member).await.unwrap();
    let third = bob.session(&server, &server.connect()).await;
    third.sync(|_| {}).await.unwrap();
    let listed = third.list_factors().await.unwrap();
    assert_eq!(listed.held, FactorsHeld::default());
    assert_eq!(listed.taken_away.map(|taken| taken.by), Some(founder.identity.member));
    third.dismiss_factor_notice().await.unwrap();
    assert_eq!(third.list_factors().await.unwrap().taken_away, None);
    assert_eq!(second.confirm_session(code(1)).await.err(), Some(Error::FactorRefused));
}

#[tokio::test(flavor = "current_thread")]
async fn services_have_a_switch_of_their_own() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let ada = founder.session(&server, &server.connect()).await;
    let made = Furnished::make(&ada, "Operations").await;
    let token = ada.admit_service(&service("bot", &[(made.vault, VaultRole::User)], terms(&[]))).await.unwrap();
    ada.set_team_policy(policy(FactorDemand::Always, 900)).await.unwrap();
    let (bot, created) = Founder::of_token(&server, &token).await;
    let bot = bot.take_over(&server, &server.connect(), &created, None);
    bot.sync(|_| {}).await.unwrap();
    assert_eq!(bot.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // It has nothing to set up a factor for.
    assert_eq!(bot.begin_codes(proof(&bot)).await.err(), Some(Error::FactorRefused));
    let same = TeamPolicy { services: ServiceDemand::Same, ..policy(FactorDemand::Always, 900) };
    ada.set_team_policy(same).await.unwrap();
    bot.sync(|_| {}).await.unwrap();
    let none = FactorsHeld::default();
    assert_eq!(bot.release(made.vault, made.first).await.err(), Some(Error::SecondFactorNeeded(none)));
}

#[tokio::test(flavor = "current_thread")]
async fn a_policy_is_an_owners_and_everyone_verifies_it() {
    let (server, founder, _) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let bob = Founder::invited(&server, &ada, "bob", &[]).await;
    ada.set_team_role(bob.identity.member, TeamRole::Administrator).await.unwrap();
    let session = bob.session(&server, &server.connect()).await;
    session.sync(|_| {}).await.unwrap();
    assert_eq!(session.set_team_policy(policy(FactorDemand::Never, 0)).await, Err(Error::NotAllowed));
    assert_eq!(session.team_policy().unwrap(), policy(FactorDemand::Guarded, 900));
    ada.set_team_policy(policy(FactorDemand::Never, 43_200)).await.unwrap();
    session.sync(|_| {}).await.unwrap();
    assert_eq!(session.team_policy().unwrap(), policy(FactorDemand::Never, 43_200));
}
