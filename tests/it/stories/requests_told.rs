//! Who is told what of guarded secrets: of one that is older than its policy, and of an emergency in a vault that one does
//! not see.

use crate::harness::{Founder, Furnished, InProcess, furnished_team};
use sealward_client::{
    error::Error,
    model::{AccountDetails, SecretPayload},
    operations::NewSecret,
    session::{Event, Heard, RequestDraft, Session},
};
use sealward_contract::{
    audit::{ActKind, AuditedAct, RequestStepKind},
    chain::{
        Approvals, FactorDemand, LeaseTerms, Policy, PolicyScope, Requirement, SetPolicy, TeamPolicy, TeamRole,
        VaultRole,
    },
    ids::Version,
    operations::audit::{EventOrder, EventsQuery},
};

fn guarded(made: &Furnished, terms: LeaseTerms) -> SetPolicy {
    let policy = Policy { approvals: Approvals(1), reason: Requirement::Optional, terms: Some(terms) };
    SetPolicy { vault: made.vault, scope: PolicyScope::Account(made.first), policy: Some(policy) }
}

fn draft(made: &Furnished, break_glass: bool) -> RequestDraft {
    RequestDraft {
        vault: made.vault,
        account: made.first,
        from: None,
        seconds: None,
        reason: Some("the disk is full".into()),
        ticket: None,
        extends: None,
        break_glass,
    }
}

async fn change(session: &Session<InProcess>, made: &Furnished, secret: &str) {
    let details = AccountDetails { name: "root".into(), ..AccountDetails::default() };
    let secret = Some(NewSecret { payload: SecretPayload::new(secret.into()), score: None });
    session.update_account(made.vault, made.first, Version(1), details, secret).await.unwrap();
}

async fn never_confirmed(ada: &Session<InProcess>) {
    let never = TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT };
    ada.set_team_policy(never).await.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn a_secret_is_given_by_the_stricter_of_its_key_and_its_policy() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    never_confirmed(&ada).await;
    let mut others = Vec::new();
    for (name, role) in [("bob", VaultRole::Custodian), ("carol", VaultRole::User)] {
        let who = Founder::invited(&server, &ada, name, &[]).await;
        ada.set_grant(made.vault, who.identity.member, role).await.unwrap();
        others.push(who.session(&server, &server.connect()).await);
    }
    let [bob, carol] = <[_; 2]>::try_from(others).ok().unwrap();
    // Nobody is exempt, and nothing is sealed anew.
    let terms = LeaseTerms { exempt: Some(Vec::new()), ..LeaseTerms::default() };
    ada.set_policy(&guarded(&made, terms)).await.unwrap();
    for session in [&bob, &carol] {
        session.sync(|_| {}).await.unwrap();
        let presumed = session.access(made.vault, made.first).unwrap();
        assert_eq!((presumed.direct, presumed.may_ask, presumed.open_still), (false, true, false));
        let now = session.access_now(made.vault, made.first).await.unwrap();
        assert_eq!((now.direct, now.may_ask, now.open_still), (false, true, true));
        // The server gives it by the policy, whatever keys somebody has.
        assert_eq!(session.release(made.vault, made.first).await.map(drop), Err(Error::ApprovalNeeded));
    }
    // The header of the version before says nothing of the next.
    change(&ada, &made, "only when approved").await;
    for session in [&bob, &carol] {
        session.sync(|_| {}).await.unwrap();
        let now = session.access_now(made.vault, made.first).await.unwrap();
        assert_eq!((now.direct, now.may_ask, now.open_still), (false, true, false));
        assert_eq!(session.release(made.vault, made.first).await.map(drop), Err(Error::ApprovalNeeded));
    }
    // Nor does a policy that asks for less hand out the key of what was sealed under the stricter one: that is asked for, and
    // given, as before.
    ada.set_policy(&SetPolicy { policy: None, ..guarded(&made, LeaseTerms::default()) }).await.unwrap();
    carol.sync(|_| {}).await.unwrap();
    assert!(carol.access(made.vault, made.first).unwrap().direct);
    let now = carol.access_now(made.vault, made.first).await.unwrap();
    assert_eq!((now.direct, now.may_ask, now.needed, now.open_still), (false, true, 1, false));
    assert_eq!(carol.release(made.vault, made.first).await.map(drop), Err(Error::ApprovalNeeded));
    let request = carol.ask_for_secret(draft(&made, false)).await.unwrap();
    bob.sync(|_| {}).await.unwrap();
    bob.approve_request(request, None).await.unwrap();
    assert_eq!(carol.release_as_may(made.vault, made.first).await.map(drop), Err(Error::CheckOutNeeded));
    carol.check_out(request).await.unwrap();
    let (given, is_older) = carol.release_as_may(made.vault, made.first).await.unwrap();
    assert_eq!((given.value.expose(), is_older), ("only when approved", false));
}

#[tokio::test(flavor = "current_thread")]
async fn an_owner_hears_of_an_emergency_in_a_vault_that_is_not_theirs() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    never_confirmed(&ada).await;
    let grace = Founder::invited(&server, &ada, "grace.hopper", &[]).await;
    ada.set_team_role(grace.identity.member, TeamRole::PasswordAdministrator).await.unwrap();
    let grace = grace.session(&server, &server.connect()).await;
    grace.sync(|_| {}).await.unwrap();
    let theirs = Furnished::make(&grace, "Databases").await;
    let bob = Founder::invited(&server, &ada, "bob", &[]).await;
    grace.sync(|_| {}).await.unwrap();
    grace.set_grant(theirs.vault, bob.identity.member, VaultRole::Custodian).await.unwrap();
    let terms =
        LeaseTerms { exempt: Some(Vec::new()), break_glass: vec![bob.identity.member], ..LeaseTerms::default() };
    grace.set_policy(&guarded(&theirs, terms)).await.unwrap();
    change(&grace, &theirs, "only when approved").await;
    let bob = bob.session(&server, &server.connect()).await;
    bob.sync(|_| {}).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    assert!(!ada.vaults().contains_key(&theirs.vault));

    let mut events = ada.open_events().await.unwrap();
    let mut heard = async || match events.next().await.unwrap() {
        Some(Heard::Event(event)) => event,
        other => panic!("{other:?}"),
    };
    assert_eq!(heard().await, Event::Opened);
    // What is asked in the ordinary way is not for those outside.
    let ordinary = bob.ask_for_secret(draft(&theirs, false)).await.unwrap();
    bob.cancel_request(ordinary).await.unwrap();
    change(&ada, &made, "another one").await;
    assert_eq!(heard().await, Event::Vault { vault: made.vault });
    let taken = bob.ask_for_secret(draft(&theirs, true)).await.unwrap();
    assert_eq!(heard().await, Event::Request { vault: theirs.vault });
    let query = EventsQuery { order: EventOrder::Newest, kind: Some(ActKind::Change), ..EventsQuery::default() };
    let listed = ada.list_events(&query).await.unwrap();
    let AuditedAct::RequestStepped { request, step, .. } = listed.events[0].event.what else { panic!() };
    assert_eq!((request, step), (taken, RequestStepKind::GlassBroken));
    assert_eq!(listed.events[0].event.member, Some(bob.member()));
    assert!(listed.events[0].basis.is_ok());
}
