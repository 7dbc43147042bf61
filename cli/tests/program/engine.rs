//! The engine: one session for a token, however many ask at the same time, and none that outlives its token.

use super::harness::{Machine, PASSWORD, shared_server};
use sealward_cli::{
    clock,
    connection::{PlainHttp, ServerAddress, Trust},
    engine::{Credential, Engine, Open, Settings},
    failure::Failure,
    home::Home,
    tasks::{Answer, Task, Wanted, Watcher},
};
use sealward_client::error::Error;
use std::{num::NonZeroUsize, sync::Arc, time::Duration};

pub fn settings(server: &str) -> Settings {
    Settings {
        server: ServerAddress::read(server, PlainHttp::LoopbackOnly).unwrap(),
        trust: Trust::of_system().unwrap(),
        threads: NonZeroUsize::new(2).unwrap(),
        idle: Duration::from_secs(600),
        fresh_for: Duration::ZERO,
        state: None,
        device_name: "a test".to_owned(),
        clock: clock::system(),
    }
}

async fn secret(engine: &Engine, token: &str) -> Result<String, Failure> {
    let wanted = Wanted { what: "Web/db1/root".to_owned(), field: Some("secret".to_owned()), ..Wanted::default() };
    let answer = engine
        .with_session(token, async move |session| Task::Get(wanted).done(session, &Watcher::default()).await)
        .await?;
    match answer {
        Ok(Answer::Value(value)) => Ok(value.0.to_string()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_share_one_session() {
    let founder = Machine::new(shared_server());
    founder.found("gus");
    founder.file("secret", "S3cret");
    founder.run(&["create", "Web/db1/root", "--secret-file", "secret"]).well();
    let token = founder.run(&["service", "create", "many", "--vault", "Web", "--role", "editor"]).well();
    let engine = Arc::new(Engine::start(&settings(&founder.server)).unwrap());
    let callers = (0..16).map(|_| {
        let (engine, token) = (Arc::clone(&engine), token.clone());
        tokio::spawn(async move { secret(&engine, &token).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert_eq!(caller.await.unwrap().unwrap(), "S3cret");
    }
    let sessions = async |engine: &Engine| {
        engine.with_session(&token, async |session| Ok(session.list_sessions().await?.len())).await
    };
    assert_eq!(sessions(&engine).await.unwrap(), 1);
    // What somebody else writes is seen by the next caller.
    founder.file("secret", "Another");
    founder.run(&["edit", "Web/db1/root", "--secret-file", "secret"]).well();
    assert_eq!(secret(&engine, &token).await.unwrap(), "Another");
    // A token that is taken away stops at once.
    founder.run(&["member", "disable", "many"]).well();
    assert!(matches!(secret(&engine, &token).await, Err(Failure::Credential(_))));
    founder.run(&["member", "enable", "many"]).well();
    assert_eq!(secret(&engine, &token).await.unwrap(), "Another");
    Arc::into_inner(engine).unwrap().close().await;
    // Nothing of it is left on the server.
    let next = Engine::start(&settings(&founder.server)).unwrap();
    assert_eq!(sessions(&next).await.unwrap(), 1);
    next.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_two_callers_proves_its_own_password() {
    let founder = Machine::new(shared_server());
    founder.found("yan");
    let engine = Arc::new(Engine::start(&settings(&founder.server)).unwrap());
    let credential = |password: &str| {
        let device = Home::at(founder.path("home")).device().unwrap().unwrap().device;
        Credential::Person { device, password: password.into(), code: None, compared: true }
    };
    let (opened, is_open) = tokio::sync::oneshot::channel();
    let (go_on, waits) = tokio::sync::oneshot::channel();
    let (shared, first) = (Arc::clone(&engine), credential(PASSWORD));
    let first = tokio::spawn(async move {
        let act = async move |session: &Open| {
            opened.send(()).unwrap();
            waits.await.unwrap();
            Ok(session.list_sessions().await?.len())
        };
        shared.alone(first, act).await
    });
    is_open.await.unwrap();
    // While one is at it, another with a wrong password comes in by nobody's session.
    let wrong = engine.alone(credential("copper lantern walks south 8"), async |_: &Open| Ok(())).await;
    assert!(matches!(wrong, Err(Failure::Credential(Error::WrongPassword))), "{wrong:?}");
    // And one that is right has a session of its own, of which nothing is left afterwards.
    let sessions = async |engine: &Engine| {
        engine
            .alone(credential(PASSWORD), async |session: &Open| Ok(session.list_sessions().await?.len()))
            .await
            .unwrap()
    };
    let both = sessions(&engine).await;
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap(), both - 1);
    assert_eq!(sessions(&engine).await, both - 1);
}
