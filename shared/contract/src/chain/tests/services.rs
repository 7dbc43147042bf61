//! Services: who admits which, what they may have, when they are over, and what becomes of their keys.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{
    chain::{MemberKind, MemberState},
    host::Host,
    limits,
    policy::{self, MemberAction},
};

const BOT: Who = 7;

/// Three people, and a service that is an editor for an hour.
fn team() -> Team {
    let mut team = Team::of_three();
    team.does(ADA, team.admit(BOT, &[(1, VaultRole::Editor)]));
    team
}

fn state_of(team: &Team) -> MemberState {
    team.state.member(&member(BOT)).unwrap().state
}

fn role_of(team: &Team) -> Option<VaultRole> {
    team.state.vault_role(&vault(1), &member(BOT))
}

#[test]
fn a_service_is_a_member_with_the_roles_it_was_given() {
    let team = team();
    let bot = team.state.member(&member(BOT)).unwrap();
    assert_eq!((bot.kind(), bot.keeper(), bot.number.0), (MemberKind::Service, member(ADA), 4));
    assert_eq!(bot.sign_in_name().as_str(), "service:07070707070707070707070707070707");
    assert_eq!(bot.service().unwrap().expires, Some(Timestamp(START + HOUR)));
    assert_eq!(team.state.role(&member(BOT)), Some(TeamRole::Member));
    assert_eq!(role_of(&team), Some(VaultRole::Editor));
    assert!(!team.is_due(1));
    let recipients: Vec<_> = team.state.recipients(&vault(1)).map(|to| to.member).collect();
    assert_eq!(recipients, [member(ADA), member(BOT)]);
    let ada = team.state.member(&member(ADA)).unwrap();
    assert_eq!((ada.kind(), ada.keeper(), ada.service()), (MemberKind::Person, member(ADA), None));
    assert_eq!(ada.sign_in_name(), ada.keys.login_name);
}

#[test]
fn services_that_cannot_be() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let Body::Admit(good) = team.admit(BOT, &[(1, VaultRole::Editor)]) else { panic!() };
    let with = |change: &dyn Fn(&mut Admit)| {
        let mut changed = good.clone();
        change(&mut changed);
        Body::Admit(changed)
    };
    let host = |text: &str| Host::parse(text).unwrap();
    let many: Vec<Host> = (0..=limits::HOSTS).map(|number| host(&format!("host-{number}.example"))).collect();
    let as_token = LoginName::of_service(&member(BOT));
    for (author, body, reason) in [
        (EVE, with(&|admit| admit.grants.clear()), Refused::Right),
        // An administrator without custody gives no role in a vault.
        (BOB, with(&|_| {}), Refused::Right),
        (ADA, with(&|admit| admit.grants[0].role = VaultRole::Custodian), Refused::Right),
        (ADA, with(&|admit| admit.terms.scope = ServiceScope::Requests), Refused::Scope),
        (ADA, with(&|admit| admit.grants.push(admit.grants[0])), Refused::Grants),
        (ADA, with(&|admit| admit.terms.vault = Some(vault(2))), Refused::Grants),
        (ADA, with(&|admit| admit.terms.expires = Some(Timestamp(START))), Refused::Time),
        (ADA, with(&|admit| admit.terms.hosts = vec![host("192.0.2.1"), host("192.0.2.1/32")]), Refused::Host),
        (ADA, with(&|admit| admit.terms.hosts = many.clone()), Refused::Limit),
        (ADA, with(&|admit| admit.keys = keys_of(BOB)), Refused::Used),
        (ADA, with(&|admit| admit.keys.login_name = keys_of(EVE).login_name), Refused::Used),
        (ADA, with(&|admit| admit.keys.signing = public(BOB)), Refused::Used),
        (ADA, with(&|admit| admit.keys.sealing = sealing(10_001)), Refused::Used),
        (ADA, with(&|admit| admit.keys.signing = VerifyingKey([0; 32])), Refused::Key),
    ] {
        team.refuses(author, body, reason);
    }
    // An administrator admits one that has nothing yet.
    team.does(BOB, with(&|admit| admit.grants.clear()));
    assert_eq!(team.state.member(&member(BOT)).unwrap().keeper(), member(BOB));
    team.refuses(BOB, with(&|admit| admit.grants.clear()), Refused::Used);
    // Nobody takes the name that it signs in under, before or after.
    let named = MemberKeys { login_name: as_token, ..keys_of(9) };
    let stolen = Admit { keys: named, grants: vec![], ..good.clone() };
    team.refuses(ADA, Body::Admit(stolen), Refused::Used);
}

#[test]
fn only_the_token_of_a_custodian_comes_by_a_vaults_keys() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let admitted = team.admit(BOT, &[]);
    team.does(BOB, admitted);
    team.refuses(ADA, grant(1, BOT, VaultRole::Viewer), Refused::Grants);
    // Renewed by a custodian, it may have what she gives it.
    team.does(ADA, team.renew(BOT, team.terms(None, ServiceScope::Roles)));
    team.does(ADA, grant(1, BOT, VaultRole::User));
    assert_eq!(role_of(&team), Some(VaultRole::User));
}

#[test]
fn the_id_of_an_open_link_is_nobody_elses() {
    let mut team = Team::of_three();
    team.does(ADA, team.invite(BOT, &[]));
    let Body::Admit(admit) = team.admit(BOT, &[]) else { panic!() };
    let invite = team.state.invitations().next().unwrap().invite.invite;
    let keys = MemberKeys { member: MemberId(invite.0), ..keys_of(9) };
    team.refuses(ADA, Body::Admit(Admit { keys, ..admit }), Refused::Used);
}

#[test]
fn a_service_manages_people_by_an_owners_word_alone() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let admitted = team.admit(BOT, &[]);
    team.does(BOB, admitted);
    // An administrator makes nobody one.
    team.refuses(BOB, set_role(BOT, TeamRole::Administrator), Refused::Right);
    team.does(ADA, set_role(BOT, TeamRole::Administrator));
    let admitted = team.admit(8, &[]);
    team.does(BOT, admitted);
    team.does(BOT, team.remove(8));
    // Neither above itself nor beside, and nothing of a vault.
    for body in
        [team.remove(ADA), team.suspend(BOB), grant(1, EVE, VaultRole::Viewer), set_role(EVE, TeamRole::Auditor)]
    {
        team.refuses(BOT, body, Refused::Right);
    }
    // Nor does an administrator come by its token, or lengthen its time.
    let terms = team.terms(None, ServiceScope::Roles);
    team.refuses(BOB, set_service(BOT, terms.clone()), Refused::Right);
    team.refuses(BOB, team.renew(BOT, terms.clone()), Refused::Right);
    let actions = |author| {
        let state = &team.state;
        policy::member_actions(state, &member(author), state.member(&member(BOT)).unwrap())
    };
    assert_eq!(actions(BOB), [MemberAction::GetMember]);
    assert_eq!(
        actions(ADA),
        [
            MemberAction::GetMember,
            MemberAction::PutProfile,
            MemberAction::SetTeamRole,
            MemberAction::SuspendMember,
            MemberAction::RemoveMember,
            MemberAction::SetService,
            MemberAction::RenewService,
        ]
    );
    team.does(ADA, set_service(BOT, terms));
    team.does(ADA, set_role(BOT, TeamRole::Member));
    let admitted = team.admit(9, &[]);
    team.refuses(BOT, admitted, Refused::Right);
}

#[test]
fn a_service_is_nothing_else_in_the_team_and_no_custodian() {
    let mut team = team();
    for role in [TeamRole::Owner, TeamRole::PasswordAdministrator, TeamRole::Auditor] {
        team.refuses(ADA, set_role(BOT, role), Refused::Service);
    }
    team.refuses(ADA, grant(1, BOT, VaultRole::Custodian), Refused::Service);
    let made = team.new_vault(&[(ADA, VaultRole::Custodian), (BOT, VaultRole::Custodian)], 2);
    team.refuses(ADA, made, Refused::Service);
    for kind in [VaultKind::Shared, VaultKind::Personal] {
        assert!(!policy::may_make_vault(&team.state, &member(BOT), kind));
    }
    for body in [
        team.invite(9, &[]),
        team.admit(9, &[]),
        set_service(BOT, team.terms(None, ServiceScope::Roles)),
        team.renew(BOT, team.terms(None, ServiceScope::Roles)),
        team.suspend(BOB),
        team.remove(BOB),
        grant(1, BOB, VaultRole::Viewer),
        revoke(1, ADA),
        set_role(BOB, TeamRole::Administrator),
    ] {
        team.refuses(BOT, body, Refused::Right);
    }
}

#[test]
fn one_that_only_asks_is_a_viewer_at_most() {
    let mut team = Team::of_three();
    let asks = team.terms(None, ServiceScope::Requests);
    team.does(ADA, team.admit_by(BOT, &[(1, VaultRole::Viewer)], asks.clone()));
    for role in [VaultRole::User, VaultRole::Editor] {
        team.refuses(ADA, grant(1, BOT, role), Refused::Scope);
    }
    team.refuses(ADA, grant(1, BOT, VaultRole::Custodian), Refused::Service);
    team.does(ADA, set_service(BOT, team.terms(None, ServiceScope::Roles)));
    team.does(ADA, grant(1, BOT, VaultRole::User));
    team.refuses(ADA, set_service(BOT, asks.clone()), Refused::Scope);
    // Nor by being suspended meanwhile.
    team.does(ADA, team.suspend(BOT));
    team.refuses(ADA, set_service(BOT, asks.clone()), Refused::Scope);
    team.does(ADA, resume(BOT));
    team.does(ADA, lower(1, BOT, VaultRole::Viewer));
    team.does(ADA, set_service(BOT, asks));
}

#[test]
fn its_time_ends_what_it_may_until_it_gets_more() {
    let mut team = team();
    team.now += HOUR - 1;
    let early = team.signed(BOT, set_role(BOB, TeamRole::Owner));
    assert_eq!(team.append(&early), Err(Refused::Right), "still somebody");
    team.now += 1;
    team.refuses(BOT, team.invite(9, &[]), Refused::Expired);
    assert_eq!(state_of(&team), MemberState::Active, "the chain has not heard of the time");
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let over = team.state.position().sequence;
    assert_eq!((state_of(&team), role_of(&team)), (MemberState::Expired, None));
    assert!(!team.is_due(1));
    assert_eq!(team.state.role_at(&member(BOT), over), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(BOT), over), None);
    assert_eq!(team.state.vault(&vault(1)).unwrap().role_at(&member(BOT), over - 1), Some(VaultRole::Editor));
    assert!(!team.state.recipients(&vault(1)).any(|to| to.member == member(BOT)));
    for (body, reason) in [
        (team.suspend(BOT), Refused::State),
        (resume(BOT), Refused::State),
        (grant(1, BOT, VaultRole::User), Refused::Grants),
        (Body::Revoke(Revoke { vault: vault(1), member: member(BOT), head: None }), Refused::Heads),
        (Body::Remove(Remove { member: member(BOT), vaults: vec![], directory: None }), Refused::Heads),
    ] {
        team.refuses(ADA, body, reason);
    }
    team.refuses(BOT, team.invite(9, &[]), Refused::Expired);

    // Taking away what it would get back cuts off what it wrote, and makes new keys due.
    let mut revoked = team.clone();
    revoked.does(ADA, revoke(1, BOT));
    assert!(revoked.is_due(1));
    revoked.does(BOB, set_service(BOT, revoked.terms(None, ServiceScope::Roles)));
    assert_eq!((state_of(&revoked), role_of(&revoked)), (MemberState::Active, None));
    let mut removed = team.clone();
    removed.does(ADA, removed.remove(BOT));
    assert!(removed.is_due(1));
    removed.refuses(ADA, set_service(BOT, removed.terms(None, ServiceScope::Roles)), Refused::Unknown);
    removed.refuses(ADA, removed.renew(BOT, removed.terms(None, ServiceScope::Roles)), Refused::Unknown);

    // Keys made meanwhile are missed.
    let epoch = team.new_epoch(1);
    team.does(ADA, epoch);
    team.refuses(
        ADA,
        set_service(BOT, ServiceTerms { expires: Some(Timestamp(team.now)), ..team.terms(None, ServiceScope::Roles) }),
        Refused::Time,
    );
    team.does(ADA, set_service(BOT, team.terms(Some(2), ServiceScope::Roles)));
    assert_eq!((state_of(&team), role_of(&team)), (MemberState::Active, Some(VaultRole::Editor)));
    let missed: Vec<_> = team.state.missed_keys(&vault(1)).map(|to| to.member).collect();
    assert_eq!(missed, [member(BOT)]);
}

#[test]
fn a_suspended_one_whose_time_is_over_does_not_come_back() {
    let mut team = team();
    team.does(ADA, team.suspend(BOT));
    team.now += HOUR;
    team.does(ADA, resume(BOT));
    assert_eq!((state_of(&team), role_of(&team)), (MemberState::Expired, None));
    team.does(ADA, set_service(BOT, team.terms(None, ServiceScope::Roles)));
    assert_eq!((state_of(&team), role_of(&team)), (MemberState::Active, Some(VaultRole::Editor)));
}

#[test]
fn new_keys_replace_the_old_ones_from_that_statement_on() {
    let mut team = team();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let terms = team.terms(Some(9), ServiceScope::Roles);
    // Whoever makes its keys has what they open: that takes each vault's custody.
    team.refuses(BOB, team.renew(BOT, terms.clone()), Refused::Right);
    team.refuses(EVE, team.renew(BOT, terms.clone()), Refused::Right);
    let Body::RenewService(good) = team.renew(BOT, terms.clone()) else { panic!() };
    for (body, reason) in [
        (RenewService { member: member(BOB), vaults: vec![], ..good.clone() }, Refused::Service),
        (RenewService { member: member(9), vaults: vec![], ..good.clone() }, Refused::Unknown),
        (RenewService { vaults: vec![], ..good.clone() }, Refused::Heads),
        (RenewService { signing: public(BOT), ..good.clone() }, Refused::Used),
        (RenewService { sealing: sealing(BOT.into()), ..good.clone() }, Refused::Used),
        (RenewService { sealing: SealingPublicKey([0xff; 1216]), ..good.clone() }, Refused::Key),
        (
            RenewService { terms: ServiceTerms { expires: Some(Timestamp(1)), ..terms.clone() }, ..good.clone() },
            Refused::Time,
        ),
    ] {
        team.refuses(ADA, Body::RenewService(body), reason);
    }
    let mut suspended = team.clone();
    suspended.does(ADA, suspended.suspend(BOT));
    suspended.refuses(ADA, suspended.renew(BOT, terms.clone()), Refused::State);

    let before = team.state.position().sequence;
    team.does(ADA, Body::RenewService(good));
    assert!(team.is_due(1), "the old token may have had its keys");
    assert_eq!(team.state.vault(&vault(1)).unwrap().cut().unwrap().sequence, before + 1);
    let bot = team.state.member(&member(BOT)).unwrap();
    assert_eq!(bot.renewed(), Some(before + 1));
    assert_eq!((bot.signing_at(before), bot.signing_at(before + 1)), (&public(BOT), &public(renewed(BOT))));
    assert_eq!(bot.keys.sealing, sealing(renewed(BOT).into()));
    assert_eq!(role_of(&team), Some(VaultRole::Editor));
    // The old key signs nothing any more, and nobody gets it again.
    let old = sign(BOT, team.statement(BOT, team.invite(9, &[])));
    assert_eq!(team.append(&old), Err(Refused::Signature));
    let new = sign(renewed(BOT), team.statement(BOT, team.invite(9, &[])));
    assert_eq!(team.append(&new), Err(Refused::Right));
    let again = MemberKeys { signing: public(BOT), ..keys_of(9) };
    team.refuses(ADA, Body::Admit(Admit { keys: again, terms, grants: vec![] }), Refused::Used);

    // An expired one is back with them.
    let mut team = self::team();
    team.now += HOUR;
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let terms = team.terms(None, ServiceScope::Roles);
    team.refuses(BOB, team.renew(BOT, terms.clone()), Refused::Right);
    team.does(ADA, team.renew(BOT, terms));
    assert_eq!((state_of(&team), role_of(&team)), (MemberState::Active, Some(VaultRole::Editor)));
    assert!(team.is_due(1));
}
