//! The engine: one session for a token, however many ask at the same time, and none that outlives its token.

use super::harness::{Machine, shared_server};
use sealward_cli::{
    clock,
    connection::{PlainHttp, ServerAddress, Trust},
    engine::{Engine, Settings},
    failure::Failure,
    tasks::{Answer, Task, Wanted},
};
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
    let answer = engine.with_session(token, async move |session| Task::Get(wanted).done(session).await).await?;
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
