//! A server that is stopped and started again, and who may begin on it.

use crate::harness::{Founder, Furnished, ORIGIN, Person, TestClock, TestServer, empty_folder, text};
use sealward_client::{
    api::Api,
    error::Error,
    session::{Device, NewTeam, create_team},
};
use sealward_contract::{problem::Rejection, text::LoginName};
use sealward_server::config::{Config, CreateTeam, DataPlace};
use std::path::Path;

#[tokio::test(flavor = "current_thread")]
async fn everything_is_there_after_a_restart() {
    let folder = empty_folder("restart");
    let clock = TestClock::new();
    let server = TestServer::in_folder(&folder, clock.clone());
    let founder = Founder::found(&server, "ada.lovelace").await;
    let created = founder.sign_in(&server).await;
    let session = founder.take_over(&server, &server.connect(), &created, None);
    let made = Furnished::make(&session, "Operations").await;
    let memory = session.memory();
    // Guesses are counted, and one challenge is left open.
    for _ in 0..6 {
        let wrong = sealward_client::crypto::signing::SigningKey::make(
            &mut sealward_client::crypto::randomness::OsRandom::new(),
        );
        let guess = Founder { login_key: wrong, ..Founder::prepare(&server, "ada.lovelace").0 };
        let guess = Founder { team: founder.team, ..guess };
        assert!(guess.try_sign_in(&server).await.is_err());
    }
    server.server.close().await.unwrap();
    drop((session, server));

    let server = TestServer::in_folder(&folder, clock.clone());
    // The session is still open, what it wrote is there, and nothing is older than what the device remembers.
    let session = founder.take_over(&server, &server.connect(), &created, memory);
    assert_eq!(session.sync(|_| {}).await.unwrap().damages, []);
    assert_eq!(session.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    // And so are the failures.
    let waits = founder.try_sign_in(&server).await;
    assert!(matches!(waits, Err(Some(Rejection::RateLimited { .. }))), "{waits:?}");
    clock.advance(60_000);
    assert!(founder.try_sign_in(&server).await.is_ok());
    server.server.close().await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn two_servers_do_not_share_a_file() {
    let folder = empty_folder("shared");
    let first = TestServer::in_folder(&folder, TestClock::new());
    let clock = std::sync::Arc::new(TestClock::new());
    let random = std::sync::Arc::new(sealward_server::surroundings::SystemRandom);
    let second = sealward_server::Server::open(config(&folder, CreateTeam::Open), clock, random);
    assert!(second.is_err());
    assert_eq!(first.connect().status_of("GET", "/readyz", &[]).await, 200);
}

fn config(folder: &Path, create_team: CreateTeam) -> Config {
    Config { data: DataPlace::Folder(folder.to_owned()), create_team, ..Config::in_memory(ORIGIN) }
}

async fn try_create(server: &TestServer, login_name: &str, setup_code: Option<&str>) -> Result<Device, Error> {
    let new = NewTeam {
        name: "Engine".into(),
        full_name: "Ada".into(),
        login_name: LoginName::parse(login_name).unwrap(),
        password: text("correct horse"),
        origin: ORIGIN.to_owned(),
        setup_code: setup_code.map(str::to_owned),
    };
    create_team(&Api::new(server.connect()), &server.surroundings(), &new).await
}

#[tokio::test(flavor = "current_thread")]
async fn the_door_closes_behind_the_first_team() {
    let server =
        TestServer::with(Config { create_team: CreateTeam::First, ..Config::in_memory(ORIGIN) }, TestClock::new());
    let device = try_create(&server, "ada.lovelace", None).await.unwrap();
    assert_eq!(try_create(&server, "grace.hopper", None).await.map(drop), Err(Error::CreationClosed));
    let person = Person { device, password: "correct horse".to_owned() };
    person.sign_in(&server).await.sync(|_| {}).await.unwrap();
    let closed = Config { create_team: CreateTeam::Closed, ..Config::in_memory(ORIGIN) };
    let closed = TestServer::with(closed, TestClock::new());
    assert_eq!(try_create(&closed, "ada.lovelace", None).await.map(drop), Err(Error::CreationClosed));
}

#[tokio::test(flavor = "current_thread")]
async fn beyond_loopback_the_first_team_takes_the_code() {
    let folder = empty_folder("setup-code");
    let open_to_all = Config { listen: "0.0.0.0:8480".parse().unwrap(), ..config(&folder, CreateTeam::First) };
    let server = TestServer::with(open_to_all, TestClock::new());
    assert_eq!(try_create(&server, "ada.lovelace", None).await.map(drop), Err(Error::SetupCode));
    assert_eq!(try_create(&server, "ada.lovelace", Some("guess")).await.map(drop), Err(Error::SetupCode));
    let code = server.server.app().setup_code.as_ref().unwrap().expose().to_owned();
    assert!(try_create(&server, "ada.lovelace", Some(&code)).await.is_ok());
    // It is good once.
    assert_eq!(try_create(&server, "grace.hopper", Some(&code)).await.map(drop), Err(Error::CreationClosed));
}
