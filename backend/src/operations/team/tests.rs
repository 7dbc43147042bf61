//! Making teams, against servers in memory.

use sealward_contract::{
    bytes::Bytes,
    crypto::VerifyingKey,
    limits,
    operations::{Empty, team::*},
};

use crate::{
    Config,
    config::{CreateTeam as Who, DataPlace},
    testing::{ORIGIN, World},
};

async fn create(world: &World, body: &NewTeam) -> Result<TeamCreated, String> {
    let made = world.call::<CreateTeam>(None, &Empty {}, &Empty {}, body).await;
    made.map_err(|refused| refused.code().to_owned())
}

async fn creation(world: &World) -> TeamCreation {
    world.call::<GetServer>(None, &Empty {}, &Empty {}, &Empty {}).await.unwrap().creation
}

#[tokio::test]
async fn a_team_begins_with_everything_in_its_place() {
    let world = World::new();
    let founder = world.draft_founder("ada");
    let good = world.new_team(&founder);
    let other = world.new_team(&world.draft_founder("bob"));
    let with = |change: fn(&mut NewTeam, &NewTeam)| {
        let mut changed = good.clone();
        change(&mut changed, &other);
        changed
    };
    for (body, code) in [
        (with(|body, _| body.genesis = Bytes(vec![1])), "statement_refused"),
        (with(|body, _| body.login_key = VerifyingKey([0; 32])), "statement_refused"),
        (with(|body, _| body.bundle = Bytes::default()), "envelopes_refused"),
        (with(|body, _| body.bundle = Bytes(vec![1; limits::BUNDLE + 1])), "envelopes_refused"),
        (with(|body, _| body.directory_envelope = Bytes::default()), "envelopes_refused"),
        (with(|body, other| body.team_record = other.team_record.clone()), "record_refused"),
        (with(|body, _| body.team_record = body.profile_record.clone()), "record_refused"),
        (with(|body, _| body.profile_record = Bytes(b"Ada Lovelace".to_vec())), "record_refused"),
    ] {
        assert_eq!(create(&world, &body).await, Err(code.to_owned()));
    }
    world.clock.forward(limits::CLOCK_SKEW + 1);
    assert_eq!(create(&world, &good).await, Err("statement_refused".to_owned()));
    world.clock.back(limits::CLOCK_SKEW + 1);
    assert!(create(&world, &good).await.is_ok());
    assert_eq!(create(&world, &good).await, Err("already_exists".to_owned()));
    assert_eq!(create(&world, &other).await.unwrap().number.0, 2);
}

#[tokio::test]
async fn the_door_closes_behind_the_first_team() {
    let world = World::with(Config { create_team: Who::First, ..Config::in_memory(ORIGIN) });
    assert_eq!(creation(&world).await, TeamCreation::Open);
    world.found("ada").await;
    assert_eq!(creation(&world).await, TeamCreation::Closed);
    let late = world.new_team(&world.draft_founder("bob"));
    assert_eq!(create(&world, &late).await, Err("creation_closed".to_owned()));
    let closed = World::with(Config { create_team: Who::Closed, ..Config::in_memory(ORIGIN) });
    assert_eq!(create(&closed, &late).await, Err("creation_closed".to_owned()));
}

#[tokio::test]
async fn beyond_loopback_the_first_team_takes_the_set_up_code() {
    let folder = std::env::temp_dir().join(format!("sealward-setup-{}", uuid::Uuid::new_v4()));
    let config = Config {
        create_team: Who::First,
        listen: "0.0.0.0:1".parse().unwrap(),
        data: DataPlace::Folder(folder.clone()),
        ..Config::in_memory(ORIGIN)
    };
    let world = World::with(config);
    assert_eq!(creation(&world).await, TeamCreation::SetupCode);
    let mut body = world.new_team(&world.draft_founder("ada"));
    assert_eq!(create(&world, &body).await, Err("setup_code_refused".to_owned()));
    body.setup_code = Some("AAAAA-AAAAA-AAAAA-AAAAA".to_owned());
    assert_eq!(create(&world, &body).await, Err("setup_code_refused".to_owned()));
    let code = crate::setup_code::SetupCode::read(&folder).unwrap().unwrap().expose().to_owned();
    body.setup_code = Some(code.to_lowercase().replace('-', " "));
    assert!(create(&world, &body).await.is_ok());
    assert!(crate::setup_code::SetupCode::read(&folder).unwrap().is_none());
    let mut late = world.new_team(&world.draft_founder("bob"));
    late.setup_code = Some(code);
    assert_eq!(create(&world, &late).await, Err("creation_closed".to_owned()));
    drop(world);
    std::fs::remove_dir_all(folder).unwrap();
}
