//! Signing in and out against a server in memory.

use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, hash},
    operations::{
        Empty, PageQuery, SessionPath,
        audit::{EventsQuery, ListAuditEvents},
        session::*,
        sync::SyncTeam,
    },
    session::{ChangeLogin as Change, SignIn},
    suite::SUITE,
    text::LoginName,
};

use crate::testing::{KIT_TAG, Member, ORIGIN, Refused, World, public, sign};

/// Signs in with something changed.
async fn sign_in_with(
    world: &World,
    member: &Member,
    change: impl FnOnce(&mut SignIn, &mut NewSession),
) -> Result<SessionCreated, Refused> {
    let wanted = ChallengeFor { team: member.team, login_name: member.name.clone() };
    let challenge = world.call::<CreateChallenge>(None, &Empty {}, &Empty {}, &wanted).await?;
    let mut sign_in = SignIn {
        suite: SUITE,
        origin: ORIGIN.to_owned(),
        team: member.team,
        login_name: member.name.clone(),
        nonce: challenge.nonce,
    };
    let mut new = NewSession { sign_in: Bytes::default(), kit_tag: KIT_TAG, device: "test".to_owned() };
    change(&mut sign_in, &mut new);
    if new.sign_in.is_empty() {
        new.sign_in = sign(&member.secrets.login, sign_in).to_wire();
    }
    world.call::<CreateSession>(None, &Empty {}, &Empty {}, &new).await
}

async fn is_open(world: &World, member: &Member, token: &str) -> bool {
    world.call::<ListSessions>(Some(token), &member.path(), &PageQuery::default(), &Empty {}).await.is_ok()
}

fn code(result: Result<SessionCreated, Refused>) -> String {
    result.map_or_else(|refused| refused.code().to_owned(), |_| "signed in".to_owned())
}

#[tokio::test]
async fn a_sign_in_must_be_right_in_every_part() {
    let world = World::new();
    let ada = world.found("ada").await;
    let other = world.draft_founder("eve");
    assert_eq!(code(sign_in_with(&world, &ada, |_, _| ()).await), "signed in");
    let elsewhere = |sign_in: &mut SignIn, _: &mut NewSession| sign_in.origin = "https://elsewhere".to_owned();
    assert_eq!(code(sign_in_with(&world, &ada, elsewhere).await), "origin_refused");
    let reused = |sign_in: &mut SignIn, _: &mut NewSession| sign_in.nonce = Hash([1; 32]);
    // The kit is right, but without a challenge of its own nobody learns that.
    assert_eq!(code(sign_in_with(&world, &ada, reused).await), "sign_in_refused");
    let mut stranger = world.draft_founder("ada");
    stranger.team = ada.team;
    assert_eq!(code(sign_in_with(&world, &stranger, |_, _| ()).await), "wrong_password");
    let wrong_kit = |_: &mut SignIn, new: &mut NewSession| new.kit_tag = Hash([4; 32]);
    assert_eq!(code(sign_in_with(&world, &stranger, wrong_kit).await), "sign_in_refused");
    assert_eq!(code(sign_in_with(&world, &other, |_, _| ()).await), "sign_in_refused");
    let long = |_: &mut SignIn, new: &mut NewSession| new.device = "x".repeat(1_000);
    assert_eq!(code(sign_in_with(&world, &ada, long).await), "malformed");
    let half = |_: &mut SignIn, new: &mut NewSession| new.sign_in = Bytes(vec![0x82, 1]);
    assert_eq!(code(sign_in_with(&world, &ada, half).await), "malformed");
}

#[tokio::test]
async fn an_unknown_name_is_answered_like_a_wrong_signature() {
    let world = World::new();
    let ada = world.found("ada").await;
    let mut wrong = world.draft_founder("ada");
    wrong.team = ada.team;
    let mut unknown = world.draft_founder("nobody");
    unknown.team = ada.team;
    let no_kit = |_: &mut SignIn, new: &mut NewSession| new.kit_tag = Hash([4; 32]);
    let mut answers = Vec::new();
    for member in [&wrong, &unknown] {
        let mut problems = Vec::new();
        for _ in 0..8 {
            let mut problem = sign_in_with(&world, member, no_kit).await.unwrap_err().problem;
            problem.as_object_mut().unwrap().remove("retry_after");
            problems.push(problem);
        }
        answers.push(problems);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0][7]["code"], "rate_limited");
    // The wait passes.
    world.clock.forward(60_000);
    assert_eq!(code(sign_in_with(&world, &ada, |_, _| ()).await), "signed in");
}

#[tokio::test]
async fn sessions_end_by_themselves_and_by_hand() {
    let world = World::new();
    let ada = world.found("ada").await;
    let second = world.sign_in(&ada).await.unwrap();
    let query = PageQuery::default();
    let listed = world.call::<ListSessions>(Some(&ada.token), &ada.path(), &query, &Empty {}).await.unwrap();
    assert_eq!(listed.items.len(), 2);
    assert_eq!(listed.items.iter().filter(|session| session.current).count(), 1);
    let path = SessionPath { team: ada.team, session: second.session };
    let bob = world.found("bob").await;
    let foreign = world.call::<EndSession>(Some(&bob.token), &path, &Empty {}, &Empty {}).await.unwrap_err();
    assert_eq!(foreign.code(), "not_found");
    world.call::<EndSession>(Some(&ada.token), &path, &Empty {}, &Empty {}).await.unwrap();
    assert!(!is_open(&world, &ada, second.token.expose()).await);
    let again = world.call::<EndSession>(Some(&ada.token), &path, &Empty {}, &Empty {}).await.unwrap_err();
    assert_eq!(again.code(), "not_found");
    world.clock.forward(25 * 3_600_000);
    assert!(!is_open(&world, &ada, &ada.token).await);
    crate::jobs::sweep(world.server.app()).await.unwrap();
    let third = world.sign_in(&ada).await.unwrap();
    let listed = world.call::<ListSessions>(Some(third.token.expose()), &ada.path(), &query, &Empty {}).await.unwrap();
    assert_eq!(listed.items.len(), 1);
}

#[tokio::test]
async fn a_member_who_never_signs_out_is_not_locked_out() {
    let world = World::new();
    let ada = world.found("ada").await;
    for _ in 0..sealward_contract::limits::SESSIONS + 3 {
        world.clock.forward(1_000);
        world.sign_in(&ada).await.unwrap();
    }
    assert!(!is_open(&world, &ada, &ada.token).await);
    let last = world.sign_in(&ada).await.unwrap();
    let query = PageQuery { cursor: None, limit: Some(500) };
    let listed = world.call::<ListSessions>(Some(last.token.expose()), &ada.path(), &query, &Empty {}).await.unwrap();
    assert_eq!(listed.items.len(), sealward_contract::limits::SESSIONS);
}

#[tokio::test]
async fn a_changed_login_ends_other_sessions() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let other = world.sign_in(&ada).await.unwrap();
    let new = world.draft_founder("ada").secrets.login;
    let bundle = Bytes(vec![1; 300]);
    let change = |version| Change {
        suite: SUITE,
        team: ada.team,
        member: ada.id,
        login_key: public(&new),
        bundle: hash(&bundle),
        version,
    };
    let body = |change, key| NewLogin { change: sign(key, change).to_wire(), kit_tag: KIT_TAG, bundle: bundle.clone() };
    let token = Some(ada.token.as_str());
    let path = ada.path();
    let unsigned = body(change(2), &new);
    let refused = world.call::<ChangeLogin>(token, &path, &Empty {}, &unsigned).await.unwrap_err();
    assert_eq!(refused.code(), "login_refused");
    let stale = body(change(3), &ada.secrets.login);
    let refused = world.call::<ChangeLogin>(token, &path, &Empty {}, &stale).await.unwrap_err();
    assert_eq!((refused.code(), refused.problem["current"].as_u64()), ("stale_bundle", Some(1)));
    let good = body(change(2), &ada.secrets.login);
    world.call::<ChangeLogin>(token, &path, &Empty {}, &good).await.unwrap();
    assert!(is_open(&world, &ada, &ada.token).await);
    assert!(!is_open(&world, &ada, other.token.expose()).await);
    assert_eq!(code(sign_in_with(&world, &ada, |_, _| ()).await), "wrong_password");
    ada.secrets.login = new;
    let again = world.sign_in(&ada).await.unwrap();
    assert_eq!((again.bundle, again.bundle_version), (bundle.clone(), 2));
}

#[tokio::test]
async fn everything_is_written_down_in_one_chain() {
    let world = World::new();
    let ada = world.found("ada").await;
    let mut wrong = world.draft_founder("ada");
    wrong.team = ada.team;
    sign_in_with(&world, &wrong, |_, _| ()).await.unwrap_err();
    let token = Some(ada.token.as_str());
    let query = EventsQuery { limit: Some(2), ..EventsQuery::default() };
    let first = world.call::<ListAuditEvents>(token, &ada.path(), &query, &Empty {}).await.unwrap();
    let query = EventsQuery { cursor: first.next.clone(), ..EventsQuery::default() };
    let second = world.call::<ListAuditEvents>(token, &ada.path(), &query, &Empty {}).await.unwrap();
    assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
    let mut previous = Hash::ZERO;
    for item in first.items.iter().chain(&second.items) {
        let event: sealward_contract::audit::AuditEvent = sealward_contract::codec::decode(&item.event).unwrap();
        assert_eq!(event.previous, previous);
        previous = event.hash();
    }
    let synced = world.call::<SyncTeam>(token, &ada.path(), &Default::default(), &Empty {}).await.unwrap();
    assert_eq!((synced.audit.sequence, synced.audit.hash), (3, previous));
}

#[tokio::test]
async fn challenges_are_for_names_in_their_folded_form() {
    let world = World::new();
    let ada = world.found("ada").await;
    let body = serde_json::json!({ "team": ada.team, "login_name": "ＡＤＡ" }).to_string();
    let request = http::Request::post("/v1/challenges").header("content-type", "application/json").body(body.into());
    let (status, ..) = world.send(request.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(LoginName::parse("ＡＤＡ"), Ok(ada.name));
}
