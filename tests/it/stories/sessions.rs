//! Signing in and out: wrong passwords and kits, changed ones, sessions ended here and there.

use crate::harness::{Answered, Founder, InProcess, ORIGIN, Person, TestServer, is_about, text};
use sealward_client::{
    api::Api,
    crypto::{password::SecretKey, randomness::OsRandom},
    error::Error,
    session::{Device, NewTeam, Session, create_team, sign_in},
};
use sealward_contract::{
    limits,
    operations::{Operation, session::ChangeLogin, team::CreateTeam},
    problem::Rejection,
    text::LoginName,
};

const PASSWORD: &str = "correct horse battery";

async fn team() -> (TestServer, Person) {
    let server = TestServer::in_memory();
    let person = Person::create_team(&server, "Engine", "ada.lovelace", PASSWORD).await;
    (server, person)
}

async fn try_with(server: &TestServer, device: Device, password: &str) -> Result<(), Error> {
    sign_in(Api::new(server.connect()), server.surroundings(), device, &text(password), "d", None).await.map(drop)
}

#[tokio::test(flavor = "current_thread")]
async fn a_wrong_password_is_told_from_a_wrong_kit() {
    let (server, person) = team().await;
    let device = || person.device.duplicate().unwrap();
    assert_eq!(try_with(&server, device(), "correct horse batterz").await, Err(Error::WrongPassword));
    let other_key = Device { secret_key: SecretKey::make(&mut OsRandom::new()), ..device() };
    assert_eq!(try_with(&server, other_key, PASSWORD).await, Err(Error::WrongKit));
    let other_name = Device { login_name: LoginName::parse("grace.hopper").unwrap(), ..device() };
    assert_eq!(try_with(&server, other_name, PASSWORD).await, Err(Error::WrongKit));
    let other_team = Device { team: sealward_contract::ids::TeamId([9; 16]), ..device() };
    assert_eq!(try_with(&server, other_team, PASSWORD).await, Err(Error::WrongKit));
    let other_origin = Device { origin: "https://vau1t.example".to_owned(), ..device() };
    assert_eq!(try_with(&server, other_origin, PASSWORD).await, Err(Error::OriginRefused));
    assert_eq!(try_with(&server, device(), PASSWORD).await, Ok(()));
    // NFKC: the same password from a keyboard that composes otherwise.
    assert_eq!(try_with(&server, device(), "ｃorrect horse battery").await, Ok(()));
}

#[tokio::test(flavor = "current_thread")]
async fn guessing_is_slowed_down_and_never_locks_out() {
    let (server, person) = team().await;
    let wrong = || Device { secret_key: SecretKey::make(&mut OsRandom::new()), ..person.device.duplicate().unwrap() };
    for _ in 0..6 {
        assert_eq!(try_with(&server, wrong(), "guess").await, Err(Error::WrongKit));
    }
    // Whoever guessed from here waits, even with the right password, ...
    let here = try_with(&server, person.device.duplicate().unwrap(), PASSWORD).await;
    assert!(matches!(here, Err(Error::Rejected(Rejection::RateLimited { retry_after: 1..=60_000 }))), "{here:?}");
    // ... whoever comes from elsewhere does not, and a minute later nobody does.
    let elsewhere = server.connect_from("203.0.113.5:9");
    assert!(person.sign_in_over(&server, elsewhere, None).await.is_ok());
    server.clock.advance(60_000);
    assert_eq!(try_with(&server, person.device.duplicate().unwrap(), PASSWORD).await, Ok(()));
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_password_ends_every_other_session() {
    let (server, mut person) = team().await;
    let (here, there) = (person.sign_in(&server).await, person.sign_in(&server).await);
    there.sync(|_| {}).await.unwrap();
    assert_eq!(here.change_password(&text("not it"), &text("a new one")).await, Err(Error::WrongPassword));
    here.change_password(&text(PASSWORD), &text("a new one, longer")).await.unwrap();
    assert!(here.sync(|_| {}).await.is_ok());
    assert_eq!(there.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(here.list_sessions().await.unwrap().len(), 1);
    let device = person.device.duplicate().unwrap();
    assert_eq!(try_with(&server, device, PASSWORD).await, Err(Error::WrongPassword));
    person.password = "a new one, longer".to_owned();
    person.sign_in(&server).await.sync(|_| {}).await.unwrap();
    // And it can be changed again from the same session.
    assert!(here.check_password(&text("a new one, longer")).is_ok());
    assert_eq!(here.check_password(&text(PASSWORD)), Err(Error::WrongPassword));
}

#[tokio::test(flavor = "current_thread")]
async fn a_replaced_kit_makes_the_old_one_worthless() {
    let (server, mut person) = team().await;
    let session = person.sign_in(&server).await;
    let old = person.device.duplicate().unwrap();
    assert_eq!(session.replace_kit(&text("not it")).await, Err(Error::WrongPassword));
    session.replace_kit(&text(PASSWORD)).await.unwrap();
    assert_eq!(try_with(&server, old, PASSWORD).await, Err(Error::WrongKit));
    person.device = session.device().duplicate().unwrap();
    assert_eq!(person.device.origin, ORIGIN);
    let again = person.sign_in(&server).await;
    again.sync(|_| {}).await.unwrap();
    assert_eq!(again.member(), session.member());
}

/// Loses the first answer of an operation, as a broken connection does, after the server has done its work.
fn lose_first_answer<O: Operation>(wire: &InProcess) {
    let mut lost = false;
    wire.lie(move |asked, answered| {
        if is_about::<O>(asked) && !std::mem::replace(&mut lost, true) {
            return Answered { status: 502, body: Vec::new() };
        }
        answered
    });
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_kit_is_not_lost_with_the_answer() {
    let (server, mut person) = team().await;
    let wire = server.connect();
    let session = person.sign_in_over(&server, wire.clone(), None).await.unwrap();
    lose_first_answer::<ChangeLogin>(&wire);
    session.replace_kit(&text(PASSWORD)).await.unwrap();
    person.device = session.device().duplicate().unwrap();
    person.sign_in(&server).await.sync(|_| {}).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_new_team_is_not_lost_with_the_answer() {
    let server = TestServer::in_memory();
    let wire = server.connect();
    lose_first_answer::<CreateTeam>(&wire);
    let new = NewTeam {
        name: "Engine".to_owned(),
        full_name: "Ada Lovelace".to_owned(),
        login_name: LoginName::parse("ada.lovelace").unwrap(),
        password: text(PASSWORD),
        origin: ORIGIN.to_owned(),
        setup_code: None,
    };
    let device = create_team(&Api::new(wire), &server.surroundings(), &new).await.unwrap();
    assert_eq!(try_with(&server, device, PASSWORD).await, Ok(()));
}

#[tokio::test(flavor = "current_thread")]
async fn sessions_are_listed_and_ended_singly() {
    let (server, person) = team().await;
    let first = person.sign_in(&server).await;
    server.clock.advance(60_000);
    let second = person.sign_in_over(&server, server.connect_from("203.0.113.5:9"), None).await.unwrap();
    let mut listed = second.list_sessions().await.unwrap();
    listed.sort_by_key(|session| session.created);
    let seen: Vec<_> = listed.iter().map(|one| (one.session, one.current, one.address.as_deref())).collect();
    assert_eq!(seen, [(first.id(), false, Some("192.0.2.1")), (second.id(), true, Some("203.0.113.5"))]);
    assert_eq!(listed[0].device, "a device");
    assert_eq!(listed[1].created.0 - listed[0].created.0, 60_000);

    second.end_session(first.id()).await.unwrap();
    assert_eq!(first.sync(|_| {}).await, Err(Error::SessionEnded));
    assert_eq!(second.end_session(first.id()).await, Err(Error::Rejected(Rejection::NotFound)));
    second.end_session(second.id()).await.unwrap();
    assert_eq!(second.sync(|_| {}).await, Err(Error::SessionEnded));
}

#[tokio::test(flavor = "current_thread")]
async fn a_session_ends_by_the_clock() {
    let (server, person) = team().await;
    let session = person.sign_in(&server).await;
    server.clock.advance(24 * 3_600_000 - 1);
    assert!(session.sync(|_| {}).await.is_ok());
    server.clock.advance(1);
    assert_eq!(session.sync(|_| {}).await, Err(Error::SessionEnded));
}

#[tokio::test(flavor = "current_thread")]
async fn a_server_that_is_down_is_told_from_all_else() {
    let (server, person) = team().await;
    let wire = server.connect();
    let session = person.sign_in_over(&server, wire.clone(), None).await.unwrap();
    wire.set_cut(true);
    assert_eq!(session.sync(|_| {}).await, Err(Error::Unreachable));
    assert!(matches!(person.sign_in_over(&server, wire.clone(), None).await, Err(Error::Unreachable)));
    wire.set_cut(false);
    assert!(session.sync(|_| {}).await.is_ok());
}

#[tokio::test(flavor = "current_thread")]
async fn one_unlock_serves_another_window() {
    let (server, person) = team().await;
    let session = person.sign_in(&server).await;
    session.sync(|_| {}).await.unwrap();
    let key = sealward_client::session::HandoverKey::make(&server.surroundings());
    let other = sealward_client::session::HandoverKey::make(&server.surroundings());
    let envelope = session.hand_over(&key.request()).unwrap();
    let refused = other.take_over(Api::new(server.connect()), server.surroundings(), &envelope);
    assert!(matches!(refused, Err(Error::Unintelligible)));
    let window: Session<_> = key.take_over(Api::new(server.connect()), server.surroundings(), &envelope).unwrap();
    window.sync(|_| {}).await.unwrap();
    assert_eq!((window.id(), window.member()), (session.id(), session.member()));
    assert_eq!(window.list_sessions().await.unwrap().len(), 1);
    // The window can do all that the first one can, such as changing the password.
    window.change_password(&text(PASSWORD), &text("another one")).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_member_has_so_many_sessions() {
    let server = TestServer::in_memory();
    let founder = Founder::found(&server, "ada.lovelace").await;
    let first = founder.session(&server, &server.connect()).await;
    for _ in 0..limits::SESSIONS {
        server.clock.advance(1_000);
        founder.sign_in(&server).await;
    }
    // The one that was not used for longest made room.
    assert_eq!(first.sync(|_| {}).await, Err(Error::SessionEnded));
    let newest = founder.session(&server, &server.connect()).await;
    let listed = newest.list_sessions().await.unwrap();
    assert_eq!(listed.len(), limits::SESSIONS);
    assert!(listed.iter().all(|one| one.session != first.id()));
}
