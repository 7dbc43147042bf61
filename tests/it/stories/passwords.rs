//! Members without keys, passwords that somebody else sets, and recovery in the stead of a person's device.

use super::made::with_password;
use crate::harness::{Founder, Furnished, InProcess, furnished_team, proof, text};
use sealward_client::{
    api::Api,
    error::{Error, RecoveryFault},
    exposure::{Why, holders},
    model::ProfileDetails,
    session::{FirstLogin, MemberFilter, MemberListed, PasswordSet, Session, StandingIn, change_password},
};
use sealward_contract::{
    chain::{MemberState, RecoveryGroup, TeamRole, VaultGrant, VaultRole},
    ids::MemberId,
    text::LoginName,
};
use sealward_server::maintenance::verify::verify;

const FIRST: &str = "a first password for grace";
const AGAIN: &str = "another one, as the first was lost";
const OWN: &str = "one that nobody else has seen";

fn name(name: &str) -> LoginName {
    LoginName::parse(name).unwrap()
}

fn profile(full_name: &str) -> ProfileDetails {
    ProfileDetails {
        full_name: full_name.to_owned(),
        external_id: Some("4711".to_owned()),
        external_id_type: Some("staff".to_owned()),
        uuid: Some("c0ffee".to_owned()),
        ..ProfileDetails::default()
    }
}

fn listed(session: &Session<InProcess>, member: MemberId) -> MemberListed {
    session.find_member(&member).unwrap()
}

fn done(set: PasswordSet) -> FirstLogin {
    match set {
        PasswordSet::Done(login) => login,
        PasswordSet::Waiting(_) => panic!("it waits for trustees"),
    }
}

fn waiting(set: PasswordSet) -> Box<StandingIn> {
    match set {
        PasswordSet::Done(_) => panic!("no trustee was waited for"),
        PasswordSet::Waiting(begun) => begun,
    }
}

#[tokio::test(flavor = "current_thread")]
async fn a_member_without_keys_gets_them_when_a_password_is_set() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let bob = Founder::invited(&server, &ada, "bob", &[]).await;
    let his = bob.session(&server, &server.connect()).await;
    his.sync(|_| {}).await.unwrap();
    let refused = his.register_person(&name("grace"), &profile("Grace Hopper")).await;
    assert_eq!(refused, Err(Error::NotAllowed));

    let grace = ada.register_person(&name("grace"), &profile("Grace Hopper")).await.unwrap();
    assert_eq!(ada.register_person(&name("grace"), &profile("Grace")).await, Err(Error::NameTaken));
    let here = listed(&ada, grace);
    assert_eq!((here.state, here.has_keys, here.version), (MemberState::Keyless, false, 1));
    assert_eq!((here.role, here.full_name()), (Some(TeamRole::Member), "Grace Hopper"));
    let keyless = MemberFilter { state: Some(MemberState::Keyless), text: "4711".to_owned(), ..Default::default() };
    let found = ada.find_members(&keyless, Default::default(), Default::default(), 0..10);
    assert_eq!((found.total, found.members[0].member), (1, grace));
    // Everyone sees the name; nobody signs in with it.
    his.sync(|_| {}).await.unwrap();
    assert_eq!(listed(&his, grace).full_name(), "Grace Hopper");
    assert_eq!(his.safety_number(&grace), None);

    // Each call is one step.
    assert_eq!(ada.update_member(grace, 1, &profile("G. Hopper")).await, Ok(2));
    assert_eq!(ada.update_member(grace, 1, &profile("too late")).await, Err(Error::StaleVersion));
    ada.suspend_member(grace).await.unwrap();
    assert_eq!((listed(&ada, grace).state, listed(&ada, grace).version), (MemberState::Suspended, 3));
    assert_eq!(ada.set_password(grace, &text(FIRST), &[]).await.err(), Some(Error::Gone));
    ada.resume_member(grace).await.unwrap();
    assert_eq!((listed(&ada, grace).state, listed(&ada, grace).version), (MemberState::Keyless, 4));

    let grants = [VaultGrant { vault: made.vault, role: VaultRole::Editor }];
    assert_eq!(his.set_password(grace, &text(FIRST), &[]).await.err(), Some(Error::NotAllowed));
    let first = done(ada.set_password(grace, &text(FIRST), &grants).await.unwrap());
    assert_eq!((listed(&ada, grace).state, listed(&ada, grace).version), (MemberState::Made, 5));
    let hers = with_password(&server, &first.kit, FIRST).await.unwrap();
    assert_eq!((hers.made_by(), hers.role(&made.vault)), (Some(ada.member()), None));

    // The kit was lost on the way: another one, and the first is over.
    let second = done(ada.set_password(grace, &text(AGAIN), &[]).await.unwrap());
    assert_eq!((listed(&ada, grace).state, listed(&ada, grace).version), (MemberState::Made, 6));
    assert_eq!(hers.sync(|_| {}).await.err(), Some(Error::SessionEnded));
    assert_eq!(with_password(&server, &first.kit, FIRST).await.err(), Some(Error::WrongKit));

    // Whoever has still keys of somebody else's gets their own with the new password; later the kit stays.
    let change = async |kit, current, new| {
        let (api, surroundings) = (Api::new(server.connect()), server.surroundings());
        change_password(api, surroundings, kit, (&text(current), &text(new)), "a program").await
    };
    let kit = change(second.kit, AGAIN, OWN).await.unwrap().expect("a kit of her own");
    assert_eq!(change(kit.duplicate().unwrap(), AGAIN, FIRST).await.err(), Some(Error::WrongPassword));
    assert!(change(kit.duplicate().unwrap(), OWN, FIRST).await.unwrap().is_none());
    let own = with_password(&server, &kit, FIRST).await.unwrap();
    assert_eq!((own.made_by(), own.role(&made.vault)), (None, Some(VaultRole::Editor)));
    assert_eq!(own.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    ada.sync(|_| {}).await.unwrap();
    let here = listed(&ada, grace);
    assert_eq!((here.state, here.has_keys, here.version), (MemberState::Active, true, 7));
    let refused = ada.set_password(grace, &text(FIRST), &[]).await.err();
    assert_eq!(refused, Some(Error::Recovery(RecoveryFault::NotEnrolled)));
    assert!(ada.check_audit(|_, _| {}).await.is_ok());
    ada.remove_member(grace).await.unwrap();
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn an_administrator_stands_in_for_a_device_with_the_trustees_help() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace", &[(made.vault, VaultRole::Editor)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    let own = Furnished::fill(&hers, hers.make_personal_vault().await.unwrap().unwrap()).await;
    let mut trustees = Vec::new();
    for name in ["mary", "rosa"] {
        let trustee = Founder::invited(&server, &ada, name, &[]).await;
        trustees.push(trustee.session(&server, &server.connect()).await);
    }
    ada.sync(|_| {}).await.unwrap();
    let mut ids: Vec<MemberId> = trustees.iter().map(Session::member).collect();
    ids.sort();
    ada.set_recovery(Some(RecoveryGroup { needed: 2, trustees: ids })).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();

    let member = grace.identity.member;
    let begun = waiting(ada.set_password(member, &text(FIRST), &[]).await.unwrap());
    assert_eq!((begun.member(), begun.progress()), (member, Some((0, 2))));
    for trustee in &trustees {
        trustee.sync(|_| {}).await.unwrap();
        let seen = trustee.recoveries();
        assert_eq!((seen[0].stands_in, &seen[0].words, seen[0].by), (true, &begun.words(), ada.member()));
    }
    trustees[0].give_share(member, trustees[0].recoveries()[0].since).await.unwrap();
    assert!(ada.finish_standing_in(&begun, &text(FIRST)).await.unwrap().is_none());
    assert_eq!(begun.progress(), Some((1, 2)));
    trustees[1].give_share(member, trustees[1].recoveries()[0].since).await.unwrap();
    let login = ada.finish_standing_in(&begun, &text(FIRST)).await.unwrap().unwrap();

    // What she had is over; what was made for her opens nothing before she has replaced it.
    assert_eq!(hers.sync(|_| {}).await.err(), Some(Error::SessionEnded));
    let here = listed(&ada, member);
    assert_eq!((here.state, here.keeper, here.version), (MemberState::Made, ada.member(), 2));
    let first = with_password(&server, &login.kit, FIRST).await.unwrap();
    assert_eq!((first.made_by(), first.role(&made.vault)), (Some(ada.member()), None));
    assert!(first.release(made.vault, made.first).await.is_err());
    assert_eq!(ada.set_team_role(member, TeamRole::Administrator).await, Err(Error::Gone));
    // Ada counts as a holder of what the keys open, of the personal vault too.
    let chain = ada.chain().unwrap().clone();
    let keys = first.make_keys(&text(FIRST), &text(OWN)).unwrap();
    first.replace_keys(&keys).await.unwrap();
    let back = keys.sign_in(Api::new(server.connect()), server.surroundings(), "a device", &first).await.unwrap();
    assert_eq!((back.made_by(), back.role(&made.vault)), (None, Some(VaultRole::Editor)));
    assert_eq!(back.release(made.vault, made.first).await.unwrap().value.expose(), Furnished::FIRST.1);
    assert_eq!(back.release(own.vault, own.second).await.unwrap().value.expose(), Furnished::SECOND.1);
    let standings = back.secret_standings(own.vault).await.unwrap();
    let held = holders(&chain, &standings[0]);
    let by_ada = held.iter().find(|holder| holder.member == ada.member()).map(|holder| holder.why);
    assert_eq!(by_ada, Some(Why::MadeKeys(member)));
    ada.sync(|_| {}).await.unwrap();
    assert_eq!((listed(&ada, member).state, listed(&ada, member).version), (MemberState::Active, 3));
    assert_eq!(ada.verify_some(usize::MAX), (vec![], false));
    let report = verify(&server.server.app().store.snapshot().unwrap()).unwrap();
    assert!(report.is_sound(), "{:?}", report.lines());
}

#[tokio::test(flavor = "current_thread")]
async fn the_only_trustee_needs_nobody_else() {
    let (server, founder, made) = furnished_team().await;
    let ada = founder.session(&server, &server.connect()).await;
    ada.sync(|_| {}).await.unwrap();
    let grace = Founder::invited(&server, &ada, "grace", &[(made.vault, VaultRole::User)]).await;
    let hers = grace.session(&server, &server.connect()).await;
    hers.sync(|_| {}).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    ada.set_recovery(Some(RecoveryGroup { needed: 1, trustees: vec![ada.member()] })).await.unwrap();
    hers.sync(|_| {}).await.unwrap();
    hers.enrol(hers.own_recovery().since.unwrap()).await.unwrap();
    ada.sync(|_| {}).await.unwrap();
    let login = done(ada.set_password(grace.identity.member, &text(FIRST), &[]).await.unwrap());
    let first = with_password(&server, &login.kit, FIRST).await.unwrap();
    assert_eq!(first.made_by(), Some(ada.member()));
    // Whoever has to replace keys adds no second factor before.
    assert!(first.begin_codes(proof(&first)).await.is_err());
}
