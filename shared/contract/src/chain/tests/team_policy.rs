//! The team's policy: who sets it, within which limits, and what it asks of whom.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::{
    chain::{FactorDemand, LeaseTerms, ServiceDemand, TeamPolicy},
    ids::ObjectId,
    policy,
    record::Tier,
};

fn set(factor: FactorDemand, confirmation: u32, services: ServiceDemand) -> Body {
    Body::SetTeamPolicy(TeamPolicy { factor, confirmation, services, zone: None })
}

#[test]
fn a_team_begins_with_a_second_factor_for_guarded_secrets() {
    let team = Team::of_three();
    let known = team.state.team_policy();
    assert_eq!((known.factor, known.confirmation, known.services), (FactorDemand::Guarded, 900, ServiceDemand::Exempt));
    assert!(policy::needs_factor(&team.state, &member(BOB), Tier::Guarded));
    assert!(!policy::needs_factor(&team.state, &member(BOB), Tier::Open));
    assert!(!policy::needs_factor_to_sign_in(&team.state));
}

#[test]
fn owners_alone_set_it() {
    let mut team = Team::of_three();
    let always = set(FactorDemand::Always, 0, ServiceDemand::Exempt);
    for role in [TeamRole::Member, TeamRole::Administrator, TeamRole::PasswordAdministrator, TeamRole::Auditor] {
        if role != TeamRole::Member {
            team.does(ADA, set_role(BOB, role));
        }
        team.refuses(BOB, always.clone(), Refused::Right);
    }
    team.does(ADA, set_role(BOB, TeamRole::Owner));
    team.does(BOB, always);
    assert_eq!(team.state.team_policy().factor, FactorDemand::Always);
}

#[test]
fn a_confirmation_lasts_for_twelve_hours_at_most() {
    let mut team = Team::of_three();
    team.refuses(ADA, set(FactorDemand::Guarded, 43_201, ServiceDemand::Exempt), Refused::Limit);
    team.does(ADA, set(FactorDemand::Guarded, 43_200, ServiceDemand::Exempt));
    assert_eq!(team.state.team_policy().confirmation, 43_200);
}

#[test]
fn a_time_zone_has_a_name_of_sixty_four_bytes_at_most() {
    let mut team = Team::of_three();
    let set = |zone: &str| Body::SetTeamPolicy(TeamPolicy { zone: Some(zone.into()), ..TeamPolicy::DEFAULT });
    for zone in ["", "a b", "Zürich", &"x".repeat(65)] {
        team.refuses(ADA, set(zone), Refused::Limit);
    }
    assert_eq!(team.state.team_policy().zone, None);
    for zone in ["Asia/Shanghai", &"x".repeat(64)] {
        team.does(ADA, set(zone));
        assert_eq!(team.state.team_policy().zone.as_deref(), Some(zone));
    }
    team.does(ADA, Body::SetTeamPolicy(TeamPolicy::DEFAULT));
    assert_eq!(team.state.team_policy().zone, None);
}

#[test]
fn it_says_what_is_asked_of_whom() {
    let mut team = Team::of_three();
    let terms = team.terms(None, ServiceScope::Roles);
    let bot = 9;
    let admitted = team.admit_by(bot, &[], terms);
    team.does(ADA, admitted);
    // Demand, services; whether people are asked for guarded and open ones, whether services are, and at sign-in.
    let rows = [
        (FactorDemand::Always, ServiceDemand::Exempt, [true, true, false, false, true]),
        (FactorDemand::Always, ServiceDemand::Same, [true, true, true, true, true]),
        (FactorDemand::Guarded, ServiceDemand::Exempt, [true, false, false, false, false]),
        (FactorDemand::Guarded, ServiceDemand::Same, [true, false, true, false, false]),
        (FactorDemand::Never, ServiceDemand::Exempt, [false, false, false, false, false]),
        (FactorDemand::Never, ServiceDemand::Same, [false, false, false, false, false]),
    ];
    for (factor, services, expected) in rows {
        team.does(ADA, set(factor, 60, services));
        let asked = |who, tier| policy::needs_factor(&team.state, &member(who), tier);
        let got = [
            asked(BOB, Tier::Guarded),
            asked(BOB, Tier::Open),
            asked(bot, Tier::Guarded),
            asked(bot, Tier::Open),
            policy::needs_factor_to_sign_in(&team.state),
        ];
        assert_eq!(got, expected, "{factor:?} {services:?}");
    }
}

#[test]
fn factors_are_taken_away_by_whoever_could_remove_the_member() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    let may = |team: &Team, by, of| policy::may_take_factors(&team.state, &member(by), &member(of));
    assert!(may(&team, ADA, BOB) && may(&team, BOB, EVE));
    assert!(!may(&team, BOB, ADA) && !may(&team, EVE, BOB) && !may(&team, ADA, ADA) && !may(&team, ADA, 77));
}

#[test]
fn what_gives_rights_needs_one_where_the_team_asks_for_any() {
    let mut team = Team::of_three();
    team.does(ADA, set_role(BOB, TeamRole::Administrator));
    team.does(ADA, grant(1, BOB, VaultRole::User));
    let terms = team.terms(None, ServiceScope::Roles);
    let admitted = team.admit_by(9, &[], terms.clone());
    team.does(ADA, admitted);
    let gives = [
        team.invite(10, &[]),
        team.admit_by(11, &[], terms.clone()),
        team.renew(9, terms.clone()),
        Body::SetService(SetService { member: member(9), terms }),
        grant(1, EVE, VaultRole::Viewer),
        grant(1, BOB, VaultRole::Editor),
        grant(1, BOB, VaultRole::User),
        groups::give(1, 1, VaultRole::User, &[EVE]),
        set_role(BOB, TeamRole::Owner),
        set_role(BOB, TeamRole::Auditor),
        set_role(ADA, TeamRole::Auditor),
        set_role(EVE, TeamRole::PasswordAdministrator),
        resume(BOB),
        team.admit_person(12, &[]),
        team.recovery(EVE),
        groups::set_group(1, &[EVE]),
    ];
    let takes = [
        grant(1, BOB, VaultRole::Viewer),
        revoke(1, BOB),
        set_role(BOB, TeamRole::Member),
        set_role(ADA, TeamRole::Administrator),
        team.suspend(BOB),
        team.remove(BOB),
        groups::take(1, &[BOB]),
        groups::set_group(1, &[]),
        approvals(1, 0),
    ];
    for factor in [FactorDemand::Guarded, FactorDemand::Always, FactorDemand::Never] {
        if factor != FactorDemand::Guarded {
            team.does(ADA, set(factor, 900, ServiceDemand::Exempt));
        }
        for body in &gives {
            let asked = factor != FactorDemand::Never;
            assert_eq!(policy::gives_rights_needs_factor(&team.state, body), asked, "{factor:?} {body:?}");
        }
        for body in &takes {
            assert!(!policy::gives_rights_needs_factor(&team.state, body), "{factor:?} {body:?}");
        }
    }
}

#[test]
fn a_policy_that_asks_for_less_needs_one_and_one_that_asks_for_more_does_not() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    team.does(ADA, grant(1, EVE, VaultRole::Custodian));
    let needs = |team: &Team, body: &Body| policy::gives_rights_needs_factor(&team.state, body);
    let of_account = |count: Option<u8>| {
        let policy = count.map(|count| Policy { approvals: Approvals(count), reason: Requirement::None, terms: None });
        Body::SetPolicy(SetPolicy { vault: vault(1), scope: PolicyScope::Account(ObjectId([9; 16])), policy })
    };
    assert!(!needs(&team, &approvals(1, 1)) && !needs(&team, &of_account(None)));
    team.does(ADA, approvals(1, 1));
    assert!(needs(&team, &approvals(1, 0)) && !needs(&team, &approvals(1, 1)) && !needs(&team, &approvals(1, 2)));
    // An exception that is none, and one from it; taking one back may be either.
    assert!(needs(&team, &of_account(Some(0))) && !needs(&team, &of_account(Some(1))));
    team.does(ADA, of_account(Some(2)));
    assert!(needs(&team, &of_account(Some(1))) && needs(&team, &of_account(None)));
}

#[test]
fn terms_that_let_somebody_have_more_need_one() {
    let mut team = Team::of_three();
    team.does(ADA, grant(1, BOB, VaultRole::Custodian));
    team.does(ADA, grant(1, EVE, VaultRole::Custodian));
    let [ada, bob, eve] = [ADA, BOB, EVE].map(member);
    let before = LeaseTerms {
        exclusive: true,
        factor: true,
        approvers: vec![ada, bob],
        exempt: Some(vec![ada]),
        break_glass: vec![eve],
        ..LeaseTerms::default()
    };
    let set = |terms: LeaseTerms| {
        let policy = Some(Policy { approvals: Approvals(1), reason: Requirement::None, terms: Some(terms) });
        Body::SetPolicy(SetPolicy { vault: vault(1), scope: PolicyScope::Vault, policy })
    };
    team.does(ADA, set(before.clone()));
    let rows = [
        ("the same", before.clone(), false),
        ("not one person at a time", LeaseTerms { exclusive: false, ..before.clone() }, true),
        ("no second factor", LeaseTerms { factor: false, ..before.clone() }, true),
        ("every custodian approves", LeaseTerms { approvers: vec![], ..before.clone() }, true),
        ("another one approves", LeaseTerms { approvers: vec![ada, eve], ..before.clone() }, true),
        ("fewer approve", LeaseTerms { approvers: vec![bob], ..before.clone() }, false),
        ("nobody is asked", LeaseTerms { exempt: None, ..before.clone() }, true),
        ("another one is not asked", LeaseTerms { exempt: Some(vec![ada, bob]), ..before.clone() }, true),
        ("everyone is asked", LeaseTerms { exempt: Some(vec![]), ..before.clone() }, false),
        ("another one breaks the glass", LeaseTerms { break_glass: vec![bob, eve], ..before.clone() }, true),
        ("nobody breaks it", LeaseTerms { break_glass: vec![], ..before.clone() }, false),
        ("it has to be changed after use", LeaseTerms { change_after_use: true, ..before }, false),
    ];
    for (what, terms, asked) in rows {
        assert_eq!(policy::gives_rights_needs_factor(&team.state, &set(terms)), asked, "{what}");
    }
}
