//! Changes of factors and of the policy: what they need, and what goes with them.

use super::*;

#[tokio::test]
async fn an_owner_with_a_factor_confirms_before_the_policy_changes() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let seed = set_up(&world, &ada).await;
    world.clock.forward(16 * 60_000);
    let refused = set_policy(&world, &mut ada, FactorDemand::Never, 900).await.unwrap_err();
    assert_eq!(refused.code(), "second_factor_needed");
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    set_policy(&world, &mut ada, FactorDemand::Never, 900).await.unwrap();
    assert!(acts(&world, &ada).await.contains(&AuditedAct::TeamPolicySet));
}

#[tokio::test]
async fn recovery_codes_are_good_once_each_and_go_with_the_last_factor() {
    let world = World::new();
    let ada = world.found("ada").await;
    let make = async || {
        let made = world.call::<MakeRecoveryCodes>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await;
        made.map(|made| made.codes)
    };
    assert_eq!(refusal(make().await), "factor_missing");
    set_up(&world, &ada).await;
    let codes = make().await.unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(list(&world, &ada, &ada.token).await.held.recovery_codes, 10);
    let by_code = |code: &FactorText| FactorProof::RecoveryCodes(code.clone());
    let other = world.sign_in(&ada).await.unwrap();
    let token = other.token.expose();
    confirm(&world, &ada, token, by_code(&codes[3])).await.unwrap();
    assert_eq!(refusal(confirm(&world, &ada, token, by_code(&codes[3])).await), "factor_refused");
    let small = text(&codes[4].expose().to_lowercase().replace('-', " "));
    confirm(&world, &ada, token, by_code(&small)).await.unwrap();
    assert_eq!(list(&world, &ada, token).await.held.recovery_codes, 8);
    // New ones take the place of those that were left.
    make().await.unwrap();
    assert_eq!(refusal(confirm(&world, &ada, token, by_code(&codes[5])).await), "factor_refused");
    world.call::<RemoveCodes>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(list(&world, &ada, &ada.token).await.held, FactorsHeld::default());
}

#[tokio::test]
async fn nobody_takes_their_own_factors_away_or_those_of_strangers() {
    let world = World::new();
    let ada = world.found("ada").await;
    set_up(&world, &ada).await;
    let bob = world.found("bob").await;
    let take = async |token: &str, member| {
        let path = MemberPath { team: ada.team, member };
        refusal(world.call::<TakeFactorsAway>(Some(token), &path, &Empty {}, &Empty {}).await)
    };
    assert_eq!(take(&ada.token, ada.id).await, "forbidden");
    assert_eq!(take(&ada.token, bob.id).await, "not_found");
    assert_eq!(take(&bob.token, ada.id).await, "not_found");
    assert!(list(&world, &ada, &ada.token).await.held.codes);
    let holders = world.call::<ListFactorHolders>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await.unwrap();
    assert_eq!(holders.members, [ada.id]);
}

#[tokio::test]
async fn factors_change_only_with_a_fresh_confirmation() {
    let world = World::new();
    let mut ada = world.found("ada").await;
    let seed = set_up(&world, &ada).await;
    set_policy(&world, &mut ada, FactorDemand::Guarded, 43_200).await.unwrap();
    // The policy lets a confirmation last for half a day; for this a quarter of an hour is the most.
    world.clock.forward(15 * 60_000);
    let remove =
        async |token: &str| refusal(world.call::<RemoveCodes>(Some(token), &ada.path(), &Empty {}, &Empty {}).await);
    assert!(list(&world, &ada, &ada.token).await.confirmed_until.is_some());
    assert_eq!(remove(&ada.token).await, "second_factor_needed");
    let made = world.call::<MakeRecoveryCodes>(Some(&ada.token), &ada.path(), &Empty {}, &Empty {}).await;
    assert_eq!(refusal(made), "second_factor_needed");
    confirm(&world, &ada, &ada.token, FactorProof::Codes(code(&world, &seed))).await.unwrap();
    // Another session of the same member is not confirmed by that.
    let other = world.sign_in(&ada).await.unwrap();
    assert_eq!(remove(other.token.expose()).await, "second_factor_needed");
    assert_eq!(remove(&ada.token).await, "done");
    assert_eq!(remove(&ada.token).await, "factor_missing");
    assert_eq!(list(&world, &ada, &ada.token).await.held, FactorsHeld::default());
}

#[tokio::test]
async fn whoever_has_an_open_session_alone_begins_no_first_factor() {
    let world = World::new();
    let (ada, bob) = (world.found("ada").await, world.found("bob").await);
    let begin = async |codes: NewCodes| {
        refusal(world.call::<BeginCodes>(Some(&ada.token), &ada.path(), &Empty {}, &codes).await)
    };
    assert_eq!(begin(NewCodes::default()).await, "login_proof_needed");
    assert_eq!(begin(NewCodes { proof: Some(b"anything".to_vec().into()) }).await, "login_proof_needed");
    // Somebody else's, one by another key, one for another session, and one of another time.
    assert_eq!(begin(proven(&world, &bob)).await, "login_proof_needed");
    let other = world.sign_in(&ada).await.unwrap();
    let by_other_session = Member { token: other.token.expose().to_owned(), ..world.found("eve").await };
    let stolen = ProveLogin { suite: SUITE, team: ada.team, member: ada.id, session: other.session, time: world.now() };
    let signed = sign(&ada.secrets.login, stolen.clone()).to_wire();
    assert_eq!(begin(NewCodes { proof: Some(signed) }).await, "login_proof_needed");
    let forged = NewCodes { proof: Some(sign(&by_other_session.secrets.login, stolen).to_wire()) };
    assert_eq!(begin(forged).await, "login_proof_needed");
    for time in [Timestamp(world.now().0 - 10 * 60_000), Timestamp(world.now().0 + 10 * 60_000)] {
        assert_eq!(begin(proven_at(&world, &ada, time)).await, "login_proof_needed");
    }
    assert_eq!(begin(proven(&world, &ada)).await, "done");
    // With a factor it is that which counts.
    set_up(&world, &ada).await;
    world.clock.forward(16 * 60_000);
    assert_eq!(begin(proven(&world, &ada)).await, "second_factor_needed");
}
